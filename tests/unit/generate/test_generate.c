/* The laws of the generator: pure, valid by the schema, unique where promised, every child a parent's. */
#include <limits.h>

#include "unit/check.h"
#include "unit/generate/world.h"

/* --- helpers ------------------------------------------------------------------------------------ */

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* columns: one digit each, from 1; NULL when one of them is NULL. */
static const char *
key_of(world *w, const cells *c, size_t row, const char *columns)
{
    const char *key = "";

    for (; *columns != '\0'; columns++)
    {
        const char *text = cell(c, row, (size_t) (*columns - '1'));

        if (text == NULL)
            return NULL;
        key = ss_strf(w->arena, "%s|%s", key, text);
    }
    return key;
}

typedef struct keys
{
    const char **list; /* sorted */
    size_t n;
} keys;

static keys
keys_of(world *w, const cells *c, const char *columns)
{
    keys k = {.list = ss_alloc(w->arena, c->nrows + 1, sizeof *k.list)};

    for (size_t r = 0; r < c->nrows; r++)
    {
        const char *key = key_of(w, c, r, columns);

        if (key != NULL)
            k.list[k.n++] = key;
    }
    qsort(k.list, k.n, sizeof *k.list, by_text);
    return k;
}

static void
assert_unique(world *w, const cells *c, const char *columns)
{
    const keys k = keys_of(w, c, columns);

    for (size_t i = 1; i < k.n; i++)
        assert_string_not_equal(k.list[i - 1], k.list[i]);
}

/* Every child's key stands among the parents'; returns how many are not NULL. */
static size_t
assert_found(world *w, const cells *child, const char *columns, const cells *parent,
             const char *parent_columns)
{
    const keys have = keys_of(w, child, columns), all = keys_of(w, parent, parent_columns);

    for (size_t i = 0; i < have.n; i++)
        assert_non_null(bsearch(&have.list[i], all.list, all.n, sizeof *all.list, by_text));
    return have.n;
}

/* --- every type --------------------------------------------------------------------------------- */

static const struct
{
    int type;
    int32_t typmod;
} kinds[] = {
    {T_BOOL, -1},      {T_INT2, -1},        {T_INT4, -1},      {T_INT8, -1},
    {T_FLOAT4, -1},    {T_FLOAT8, -1},      {T_NUMERIC, -1},   {T_NUMERIC, (5 << 16 | 2) + 4},
    {T_TEXT, -1},      {T_VARCHAR, 7 + 4},  {T_BPCHAR, 3 + 4}, {T_NAME, -1},
    {T_UUID, -1},      {T_BYTEA, -1},       {T_DATE, -1},      {T_TIME, -1},
    {T_TIMESTAMP, -1}, {T_TIMESTAMPTZ, -1}, {T_INET, -1},      {T_MACADDR, -1},
    {T_BIT, 5},        {T_INTERVAL, -1},    {T_JSONB, -1},     {T_MOOD, -1},
    {T_MOODS, -1},     {T_RANGE, -1},       {T_PAIR, -1},      {T_WORD, -1},
};

#define NKINDS (sizeof kinds / sizeof kinds[0])

/* Four marginals of each type: nothing learnt; nothing learnt, nullable; long addresses; wide numbers. */
static world *
world_of_kinds(size_t k)
{
    static const int64_t long_text[] = {40}, address[] = {SS_ALPHABET_EMAIL}, wide[] = {-17, 17};
    static const uint64_t all[] = {1000}, half[] = {500, 500};
    world *w = world_new();
    const size_t t = add_table(w, "t", 5000);
    ss_marginal *m;

    (void) add_column(w, t, "a", (size_t) kinds[k].type, kinds[k].typmod, true);
    (void) add_column(w, t, "b", (size_t) kinds[k].type, kinds[k].typmod, false);
    m = add_column(w, t, "c", (size_t) kinds[k].type, kinds[k].typmod, true);
    m->lengths = cells_of(w, 1, long_text, all);
    m->alphabets = cells_of(w, 1, address, all);
    m = add_column(w, t, "d", (size_t) kinds[k].type, kinds[k].typmod, false);
    if (kinds[k].type != T_DATE && kinds[k].type != T_TIMESTAMP && kinds[k].type != T_TIMESTAMPTZ)
        m->codes = cells_of(w, 2, wide, half);
    if (kinds[k].type == T_MOOD || kinds[k].type == T_BOOL)
    {
        static const int64_t numbers[] = {0, 1};
        static const uint64_t counts[] = {990, 0};

        for (size_t c = 0; c < 4; c++)
        {
            w->marginals[t][c].kind = SS_MARGINAL_CATEGORIES;
            w->marginals[t][c].values = cells_of(w, 2, numbers, counts);
        }
    }
    return w;
}

static void
not_null_is_obeyed_and_null_shares_are_kept(void **state)
{
    (void) state;
    for (size_t k = 0; k < NKINDS; k++)
    {
        world *w = world_of_kinds(k);
        size_t nulls = 0;
        cells c;

        assert_int_equal(world_make(w, 1), SS_OK);
        c = world_table(w, 0);
        assert_int_equal(c.nrows, 5000);
        for (size_t r = 0; r < c.nrows; r++)
        {
            assert_non_null(cell(&c, r, 0));
            assert_non_null(cell(&c, r, 2));
            nulls += cell(&c, r, 1) == NULL;
        }
        /* a fifth; beyond five sigma once in two million.  The domain is NOT NULL by itself. */
        if (kinds[k].type == T_WORD)
            assert_int_equal(nulls, 0);
        else
            assert_in_range(nulls, 1000 - 142, 1000 + 142);
        ss_arena_free(w->arena);
    }
}

static void
values_fit_their_type(void **state)
{
    (void) state;
    for (size_t k = 0; k < NKINDS; k++)
    {
        world *w = world_of_kinds(k);
        cells c;

        assert_int_equal(world_make(w, 1), SS_OK);
        c = world_table(w, 0);
        for (size_t i = 0; i < c.nrows * c.ncolumns; i++)
        {
            const char *text = c.texts[i];
            const double number = text == NULL ? 0 : strtod(text, NULL);

            if (text == NULL)
                continue;
            if (kinds[k].type == T_VARCHAR)
                assert_in_range(strlen(text), 0, 7);
            else if (kinds[k].type == T_WORD)
                assert_in_range(strlen(text), 0, 5);
            else if (kinds[k].type == T_BPCHAR)
                assert_in_range(strlen(text), 0, 3);
            else if (kinds[k].type == T_NAME)
                assert_in_range(strlen(text), 0, 63);
            else if (kinds[k].type == T_BIT)
                assert_int_equal(strlen(text), 5);
            else if (kinds[k].type == T_INT2)
                assert_true(number >= -32768 && number <= 32767);
            else if (kinds[k].type == T_INT4)
                assert_true(number >= -2147483648.0 && number <= 2147483647.0);
            else if (kinds[k].type == T_NUMERIC && kinds[k].typmod >= 0)
                assert_true(number > -1000 && number < 1000);
        }
        ss_arena_free(w->arena);
    }
}

static void
rows_do_not_depend_on_how_they_are_asked_for(void **state)
{
    (void) state;
    for (size_t k = 0; k < NKINDS; k++)
    {
        world *w = world_of_kinds(k);
        uint64_t rows[100];
        cells whole, part;

        assert_int_equal(world_make(w, 1), SS_OK);
        whole = world_table(w, 0);
        for (size_t i = 0; i < 100; i++)
            rows[i] = (i * 7919 + 13) % 5000;
        part = world_rows(w, 0, 1, 0, rows, 100, 0);
        for (size_t i = 0; i < 100; i++)
        {
            for (size_t c = 0; c < whole.ncolumns; c++)
                assert_true(same_text(cell(&part, i, c), cell(&whole, rows[i], c)));
        }
        part = world_rows(w, 0, 1, 77, NULL, 33, 0);
        for (size_t i = 0; i < 33 * whole.ncolumns; i++)
            assert_true(same_text(part.texts[i], whole.texts[77 * whole.ncolumns + i]));
        ss_arena_free(w->arena);
    }
}

static void
declared_values_are_all_alive(void **state)
{
    world *w = world_of_kinds(0);
    size_t rare = 0;
    cells c;

    (void) state;
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_table(w, 0);
    for (size_t r = 0; r < c.nrows; r++)
        rare += cell(&c, r, 0)[0] == 't';
    assert_in_range(rare, 5, 80);
    ss_arena_free(w->arena);
}

/* --- keys --------------------------------------------------------------------------------------- */

static void
keys_of_every_type_are_unique(void **state)
{
    static const struct
    {
        int type;
        int32_t typmod;
        uint64_t rows; /* that are left of 5000 */
    } expected[] = {{T_INT2, -1, 5000},
                    {T_INT4, -1, 5000},
                    {T_INT8, -1, 5000},
                    {T_NUMERIC, -1, 5000},
                    {T_NUMERIC, (3 << 16) + 4, 1999},
                    {T_NUMERIC, (6 << 16 | 2) + 4, 5000},
                    {T_TEXT, -1, 5000},
                    {T_VARCHAR, 2 + 4, 961},
                    {T_BPCHAR, 6 + 4, 5000},
                    {T_NAME, -1, 5000},
                    {T_UUID, -1, 5000},
                    {T_BYTEA, -1, 5000},
                    {T_DATE, -1, 5000},
                    {T_TIMESTAMP, -1, 5000},
                    {T_TIMESTAMPTZ, 0, 5000},
                    {T_INET, -1, 5000},
                    {T_MOOD, -1, 3},
                    {T_BOOL, -1, 2},
                    {T_FLOAT4, -1, 5000},
                    {T_FLOAT8, -1, 5000},
                    {T_TIME, -1, 5000},
                    {T_MACADDR, -1, 5000},
                    {T_WORD, -1, 5000}};

    (void) state;
    for (size_t k = 0; k < sizeof expected / sizeof expected[0]; k++)
    {
        world *w = world_new();
        const size_t t = add_table(w, "t", 5000), child = add_table(w, "child", 7000);
        cells c, d;

        (void) add_column(w, t, "k", (size_t) expected[k].type, expected[k].typmod, true);
        add_key(w, t, true, "1");
        (void) add_column(w, child, "r", (size_t) expected[k].type, expected[k].typmod, true);
        (void) add_reference(w, child, "1", t, "1");
        assert_int_equal(world_make(w, 1), SS_OK);
        c = world_table(w, t);
        assert_int_equal(c.nrows, expected[k].rows);
        assert_unique(w, &c, "1");
        d = world_table(w, child);
        assert_int_equal(assert_found(w, &d, "1", &c, "1"), 7000);
        ss_arena_free(w->arena);
    }
}

static void
keys_keep_to_declared_bounds_and_lists(void **state)
{
    world *w = world_new();
    const size_t t = add_table(w, "t", 500), u = add_table(w, "u", 500);
    cells c;

    (void) state;
    (void) add_column(w, t, "id", T_INT4, -1, true);
    add_key(w, t, true, "1");
    add_check(w, t, "1", "CHECK (((id >= 1000) AND (id < 1400)))");
    (void) add_column(w, u, "code", T_TEXT, -1, true);
    add_key(w, u, true, "1");
    add_check(w, u, "1", "CHECK ((code = ANY (ARRAY['north'::text, 'south'::text])))");
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_table(w, t);
    assert_int_equal(c.nrows, 400);
    assert_unique(w, &c, "1");
    for (size_t r = 0; r < c.nrows; r++)
        assert_in_range(atol(cell(&c, r, 0)), 1000, 1399);
    c = world_table(w, u);
    assert_int_equal(c.nrows, 2);
    assert_unique(w, &c, "1");
    assert_true(strcmp(cell(&c, 0, 0), "north") == 0 || strcmp(cell(&c, 0, 0), "south") == 0);
    ss_arena_free(w->arena);
}

/* The 500 rows of a table whose first column has this CHECK and these partitions; NULL: none. */
static cells
make_declared(world *w, size_t t, const char *check, const char *bound, const char *other_bound)
{
    cells c;

    if (check != NULL)
        add_check(w, t, "1", check);
    if (bound != NULL)
        add_partition(w, t, bound);
    if (other_bound != NULL)
        add_partition(w, t, other_bound);
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_table(w, t);
    assert_int_equal(c.nrows, 500);
    return c;
}

static void
keys_go_below_one_where_they_must(void **state)
{
    static const struct
    {
        int type;
        const char *check, *bound, *other_bound;
        long low, high, step; /* of 500 keys; a date is YYYYMMDD */
    } cases[] = {
        {T_INT4, NULL, "FOR VALUES FROM (MINVALUE) TO (10)", NULL, -490, 9, 1},
        {T_INT4, NULL, "FOR VALUES FROM (MINVALUE) TO (1000)", NULL, 1, 500, 1},
        {T_INT4, NULL, "FOR VALUES FROM (MINVALUE) TO (-5)", NULL, -505, -6, 1},
        {T_INT4, NULL, "FOR VALUES FROM (MINVALUE) TO (300)", "FOR VALUES FROM (300) TO (600)", 1,
         549, 1},
        {T_DATE, NULL, "FOR VALUES FROM (MINVALUE) TO ('2000-01-11')", NULL, 19980829, 20000110, 1},
        {T_INT4, "CHECK ((a < 10))", NULL, NULL, -490, 9, 1},
        {T_INT4, "CHECK ((a < 1000))", NULL, NULL, 1, 500, 1},
        {T_INT2, "CHECK (((a >= -100) AND (a < 400)))", NULL, NULL, -100, 399, 1},
        {T_INT4, "CHECK (((a % 2) = 0))", NULL, NULL, 2, 1000, 2},
        {T_INT4, "CHECK ((((a % 7) = 0) AND (a > 15)))", NULL, NULL, 21, 21 + 7 * 499, 7},
        {T_INT4, "CHECK (((a % 2) = 0))", "FOR VALUES FROM (MINVALUE) TO (10)", NULL, -990, 8, 2},
        {T_NUMERIC, "CHECK (((a % (5)::numeric) = (0)::numeric))", NULL, NULL, 5, 2500, 5},
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        world *w = world_new();
        const size_t t = add_table(w, "t", 500), u = add_table(w, "u", 500);
        long low = LONG_MAX, high = LONG_MIN;
        cells c;

        (void) add_column(w, t, "a", (size_t) cases[i].type, -1, true);
        (void) add_column(w, u, "a", (size_t) cases[i].type, -1, true);
        (void) add_reference(w, u, "1", t, "1");
        add_key(w, t, true, "1");
        c = make_declared(w, t, cases[i].check, cases[i].bound, cases[i].other_bound);
        assert_unique(w, &c, "1");
        for (size_t r = 0; r < c.nrows; r++)
        {
            const char *text = cell(&c, r, 0);
            const long v = cases[i].type == T_DATE
                               ? atol(text) * 10000 + atol(text + 5) * 100 + atol(text + 8)
                               : atol(text);

            assert_int_equal(v % cases[i].step, 0);
            low = v < low ? v : low;
            high = v > high ? v : high;
        }
        assert_int_equal(low, cases[i].low);
        assert_int_equal(high, cases[i].high);
        ss_arena_free(w->arena);
    }
}

static void
there_are_keys_for_many_rows(void **state)
{
    static const size_t types[] = {T_INT4, T_TIMESTAMP, T_TIMESTAMPTZ, T_UUID};

    enum
    {
        MANY_ROWS = 1200000
    };

    (void) state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    {
        world *w = world_new();
        const size_t t = add_table(w, "t", MANY_ROWS);
        ss_marginal *m = add_column(w, t, "a", types[i], -1, true);

        /* as fit writes one of a key */
        m->kind = SS_MARGINAL_KEY;
        m->step = 1;
        add_key(w, t, true, "1");
        assert_int_equal(world_make(w, 1), SS_OK);
        assert_int_equal(w->sources[t]->nrows, MANY_ROWS);
        ss_arena_free(w->arena);
    }
}

static void
days_and_times_keep_to_what_is_declared(void **state)
{
    static const struct
    {
        int type;
        bool key;
        const char *check, *bound, *other_bound;
        const char *low, *high; /* as text, whose order is that of the values */
    } cases[] = {
        {T_TIME, false,
         "CHECK (((a >= '08:00:00'::time without time zone) AND (a < '18:00:00'::time without time "
         "zone)))",
         "FOR VALUES FROM (MINVALUE) TO ('12:00:00')", "FOR VALUES FROM ('12:00:00') TO (MAXVALUE)",
         "08:00:00", "17:59:59.999999"},
        {T_TIME, false, "CHECK ((a >= '23:00:00'::time without time zone))", NULL, NULL, "23:00:00",
         "24:00:00"},
        {T_TIME, false, NULL, "FOR VALUES IN ('08:00:00', '09:00:00')", NULL, "08:00:00",
         "09:00:00"},
        {T_DATE, false, "CHECK ((a > '-infinity'::date))", NULL, NULL, "2019", "2031"},
        {T_DATE, true, "CHECK ((a > '-infinity'::date))", NULL, NULL, "1999", "2031"},
        {T_DATE, true, "CHECK ((a < '9999-12-31'::date))", NULL, NULL, "1999", "2031"},
        {T_DATE, false, "CHECK ((a > '2050-01-01'::date))", NULL, NULL, "2050-01-02", "2056"},
        {T_DATE, false, NULL, "FOR VALUES FROM ('-infinity') TO ('2001-01-01')", NULL, "1999",
         "2000-12-31"},
        {T_DATE, false, "CHECK ((a = '2040-02-03'::date))", NULL, NULL, "2040-02-03", "2040-02-03"},
        {T_DATE, false, NULL, "FOR VALUES IN ('2040-01-01', '2040-02-01', NULL)", NULL,
         "2040-01-01", "2040-02-01"},
        {T_DATE, false, "CHECK ((a = ANY (ARRAY['2040-01-01'::date, '2041-01-01'::date])))", NULL,
         NULL, "2040-01-01", "2041-01-01"},
        {T_TIMESTAMPTZ, false, "CHECK ((a < 'infinity'::timestamp with time zone))", NULL, NULL,
         "2019", "2031"},
        {T_TIMESTAMP, true, NULL, "FOR VALUES FROM ('2040-01-01 00:00:00') TO (MAXVALUE)", NULL,
         "2040-01-01", "2040-01-01 00:10"},
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        world *w = world_new();
        const size_t t = add_table(w, "t", 500);
        cells c;

        (void) add_column(w, t, "a", (size_t) cases[i].type, -1, true);
        if (cases[i].key)
            add_key(w, t, true, "1");
        c = make_declared(w, t, cases[i].check, cases[i].bound, cases[i].other_bound);
        for (size_t r = 0; r < c.nrows; r++)
        {
            assert_true(strcmp(cell(&c, r, 0), cases[i].low) >= 0);
            assert_true(strcmp(cell(&c, r, 0), cases[i].high) <= 0);
        }
        ss_arena_free(w->arena);
    }
}

static void
a_long_list_has_each_of_its_literals(void **state)
{
    enum
    {
        LITERALS = 20000
    };

    world *w = world_new();
    const size_t t = add_table(w, "t", 2 * LITERALS);
    ss_buf check = {0};

    (void) state;
    ss_buf_puts(&check, "CHECK ((a = ANY (ARRAY['again'::text");
    for (int i = 1; i < LITERALS; i++)
        ss_buf_puts(&check, ss_strf(w->arena, ", 'again'::text, 'n%d'::text", i));
    ss_buf_puts(&check, "])))");
    (void) add_column(w, t, "a", T_TEXT, -1, true);
    add_key(w, t, true, "1");
    add_check(w, t, "1", ss_buf_text(&check));
    assert_int_equal(world_make(w, 1), SS_OK);
    assert_int_equal(w->sources[t]->nrows, LITERALS);
    ss_buf_done(&check);
    ss_arena_free(w->arena);
}

static void
what_others_point_to_passes_its_checks(void **state)
{
    static const size_t types[] = {T_DATE, T_TEXT, T_NUMERIC, T_WORD};
    static const char demanded[] = {'5', 'k', '3', 'k'};

    (void) state;
    for (size_t i = 0; i < sizeof demanded; i++)
    {
        world *w = world_new();
        const size_t t = add_table(w, "t", 3000), u = add_table(w, "u", 4000);
        cells c, d;

        (void) add_column(w, t, "id", T_INT4, -1, true);
        (void) add_column(w, t, "a", types[i], -1, true);
        add_key(w, t, true, "1");
        add_key(w, t, false, "12");
        add_check(w, t, "2", "CHECK (says_the_server(a))");
        (void) add_column(w, u, "t_id", T_INT4, -1, true);
        (void) add_column(w, u, "a", types[i], -1, true);
        (void) add_reference(w, u, "12", t, "12");
        w->demanded = demanded[i];
        assert_int_equal(world_make(w, 1), SS_OK);
        c = world_table(w, t);
        for (size_t r = 0; r < c.nrows; r++)
            assert_non_null(strchr(cell(&c, r, 1), demanded[i]));
        d = world_table(w, u);
        assert_int_equal(assert_found(w, &d, "12", &c, "12"), 4000);
        ss_arena_free(w->arena);
    }
}

static void
keys_that_others_point_to_pass_their_checks(void **state)
{
    static const struct
    {
        size_t type;
        int32_t typmod;
        char demanded;
        uint64_t rows; /* of 500 */
    } cases[] = {{T_DATE, -1, '5', 500}, {T_INT4, -1, '7', 500},     {T_INT8, -1, '9', 500},
                 {T_UUID, -1, 'f', 500}, {T_TEXT, -1, 'K', 500},     {T_NUMERIC, -1, '3', 500},
                 {T_TIME, -1, '3', 500}, {T_VARCHAR, 2 + 4, 'K', 61}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        world *w = world_new();
        const size_t t = add_table(w, "t", 500), u = add_table(w, "u", 700);
        cells c, d;

        (void) add_column(w, t, "a", cases[i].type, cases[i].typmod, true);
        add_key(w, t, true, "1");
        add_check(w, t, "1", "CHECK (says_the_server(a))");
        (void) add_column(w, u, "a", cases[i].type, cases[i].typmod, true);
        (void) add_reference(w, u, "1", t, "1");
        w->demanded = cases[i].demanded;
        assert_int_equal(world_make(w, 1), SS_OK);
        c = world_table(w, t);
        assert_int_equal(c.nrows, cases[i].rows);
        assert_unique(w, &c, "1");
        for (size_t r = 0; r < c.nrows; r++)
            assert_non_null(strchr(cell(&c, r, 0), cases[i].demanded));
        d = world_table(w, u);
        assert_int_equal(assert_found(w, &d, "1", &c, "1"), 700);
        ss_arena_free(w->arena);
    }
}

static void
text_keys_are_made_as_most_pass(void **state)
{
    static const char demanded[] = {'\0', 'x', '#', '@'};

    (void) state;
    for (size_t i = 0; i < sizeof demanded; i++)
    {
        world *w = world_new();
        const size_t t = add_table(w, "t", 1000);
        cells c;

        (void) add_column(w, t, "a", T_TEXT, -1, true);
        add_key(w, t, true, "1");
        add_check(w, t, "1", "CHECK ((a ~ '^[A-Z]{4}-[0-9]{3}$'::text))");
        add_check(w, t, "1", "CHECK ((a ~ '^x-[0-9]+$'::text))");
        add_check(w, t, "1", "CHECK ((a ~~ '%#'::text))");
        w->demanded = demanded[i];
        assert_int_equal(world_make(w, 1), SS_OK);
        c = world_table(w, t);
        assert_int_equal(c.nrows, 1000);
        assert_unique(w, &c, "1");
        for (size_t r = 0; r < c.nrows; r++)
        {
            /* Where no way passes, as where all do, the first is taken. */
            if (demanded[i] == 'x' || demanded[i] == '#')
                assert_non_null(strchr(cell(&c, r, 0), demanded[i]));
            else
                assert_int_equal(strspn(cell(&c, r, 0), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 4);
        }
        ss_arena_free(w->arena);
    }
}

static void
no_key_of_a_type_that_has_none(void **state)
{
    world *w = world_new();
    const size_t t = add_table(w, "t", 500);

    const size_t u = add_table(w, "u", 500);

    (void) state;
    (void) add_column(w, t, "k", T_JSONB, -1, true);
    add_key(w, t, true, "1");
    (void) add_column(w, u, "k", T_JSONB, -1, true);
    (void) add_reference(w, u, "1", t, "1");
    assert_int_equal(world_make(w, 1), SS_EREFUSED);
    ss_arena_free(w->arena);

    /* but a key that nobody references is the server's to judge */
    w = world_new();
    (void) add_table(w, "t", 500);
    (void) add_column(w, 0, "k", T_JSONB, -1, true);
    add_key(w, 0, true, "1");
    assert_int_equal(world_make(w, 1), SS_OK);
    ss_arena_free(w->arena);
    w = world_new();
    (void) add_table(w, "t", 500);
    (void) add_column(w, 0, "id", T_INT4, -1, true);
    (void) add_column(w, 0, "k", T_RANGE, -1, true);
    add_key(w, 0, true, "1");
    add_key(w, 0, false, "2");
    assert_int_equal(world_make(w, 1), SS_OK);
    ss_arena_free(w->arena);
}

/* --- CHECKs ------------------------------------------------------------------------------------- */

static void
what_checks_declare_is_obeyed(void **state)
{
    static const int64_t digits[] = {-2, 2};
    static const uint64_t half[] = {500, 500};
    world *w = world_new();
    const size_t t = add_table(w, "t", 2000);
    size_t negative = 0;
    cells c;

    (void) state;
    add_column(w, t, "a", T_INT4, -1, true)->codes = cells_of(w, 2, digits, half);
    add_column(w, t, "b", T_INT4, -1, true)->codes = cells_of(w, 2, digits, half);
    add_column(w, t, "c", T_INT4, -1, true)->codes = cells_of(w, 2, digits, half);
    add_check(w, t, "1", "CHECK ((a <> 0))");
    add_check(w, t, "2", "CHECK (((b >= 0) AND (b <= 50)))");
    add_check(w, t, "3", "CHECK ((c = ANY (ARRAY[10, 20, 30])))");
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_table(w, t);
    for (size_t r = 0; r < c.nrows; r++)
    {
        const long third = atol(cell(&c, r, 2));

        negative += cell(&c, r, 0)[0] == '-';
        assert_in_range(atol(cell(&c, r, 1)), 0, 50);
        assert_true(third == 10 || third == 20 || third == 30);
    }
    assert_in_range(negative, 1000 - 112, 1000 + 112);
    ss_arena_free(w->arena);
}

/* Of a model that was tampered with, which is read all the same. */
static void
numbers_that_no_type_has_do_no_harm(void **state)
{
    static const int64_t any[] = {-INT64_MAX, INT64_MAX};
    static const uint64_t half[] = {500, 500};
    world *w = world_new();
    const size_t t = add_table(w, "t", 100);
    ss_marginal *m;
    cells c;

    (void) state;
    add_column(w, t, "a", T_TIMESTAMP, -1, true)->codes = cells_of(w, 2, any, half);
    add_column(w, t, "b", T_DATE, -1, true)->codes = cells_of(w, 2, any, half);
    m = add_column(w, t, "c", T_INT8, -1, true);
    m->codes = cells_of(w, 2, any, half);
    m->step = 1000000;
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_table(w, t);
    assert_int_equal(c.nrows, 100);
    ss_arena_free(w->arena);
}

static void
checks_are_obeyed_where_nothing_is_learnt(void **state)
{
    world *w = world_new();
    const size_t t = add_table(w, "t", 1000);
    size_t on_bound = 0;
    cells c;

    (void) state;
    (void) add_column(w, t, "a", T_INT4, -1, true);
    (void) add_column(w, t, "b", T_INT4, -1, true);
    (void) add_column(w, t, "c", T_BPCHAR, 2 + 4, true);
    (void) add_column(w, t, "d", T_TEXT, -1, true);
    (void) add_column(w, t, "e", T_TEXT, -1, true);
    (void) add_column(w, t, "f", T_INT4, -1, true);
    add_key(w, t, false, "5");
    add_check(w, t, "6", "CHECK ((((f % 12) = 0) AND (f >= 100)))");
    add_check(w, t, "1", "CHECK ((a >= 1900))");
    add_check(w, t, "2", "CHECK ((b < 20))");
    add_check(w, t, "3", "CHECK ((((c)::text = upper((c)::text)) AND (length(c) = 2)))");
    add_check(w, t, "4", "CHECK (((length(btrim(d)) >= 12) AND (char_length(d) <= 14)))");
    add_check(w, t, "5", "CHECK (((e = lower(e)) AND (length(e) > 9)))");
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_table(w, t);
    assert_unique(w, &c, "5");
    for (size_t r = 0; r < c.nrows; r++)
    {
        const char *code = cell(&c, r, 2), *key = cell(&c, r, 4);

        on_bound += atol(cell(&c, r, 0)) == 1900;
        assert_in_range(atol(cell(&c, r, 0)), 1900, 2200);
        assert_in_range(atol(cell(&c, r, 1)), 0, 19);
        assert_true(strlen(code) == 2 && code[0] >= 'A' && code[1] <= 'Z');
        assert_in_range(strlen(cell(&c, r, 3)), 12, 14);
        assert_true(atol(cell(&c, r, 5)) % 12 == 0 && atol(cell(&c, r, 5)) >= 100);
        assert_true(strlen(key) > 9 && strpbrk(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
    }
    assert_in_range(on_bound, 0, 100);
    ss_arena_free(w->arena);
}

/* --- references --------------------------------------------------------------------------------- */

static void
children_fall_under_parents_as_fitted(void **state)
{
    static const int64_t numbers[] = {0, 1, 4};
    static const uint64_t counts[] = {500, 300, 200};
    world *w = world_new();
    const size_t p = add_table(w, "p", 2000), c = add_table(w, "c", 2200);
    size_t of[5] = {0}, at = 0;
    cells parents, children;
    keys k;

    (void) state;
    (void) add_column(w, p, "id", T_INT8, -1, true);
    add_key(w, p, true, "1");
    (void) add_column(w, c, "p_id", T_INT4, -1, true);
    (void) add_column(w, c, "line", T_INT2, -1, true);
    add_key(w, c, true, "12");
    add_reference(w, c, "1", p, "1")->children = cells_of(w, 3, numbers, counts);
    assert_int_equal(world_make(w, 3), SS_OK);
    parents = world_table(w, p);
    children = world_table(w, c);
    assert_int_equal(children.nrows, 2200);
    assert_int_equal(assert_found(w, &children, "1", &parents, "1"), 2200);
    assert_unique(w, &children, "12");
    k = keys_of(w, &children, "1");
    for (size_t i = 0; i <= k.n; i++)
    {
        if (i == k.n || (i > 0 && strcmp(k.list[i], k.list[i - 1]) != 0))
        {
            of[i - at > 4 ? 4 : i - at]++;
            at = i;
        }
    }
    /* 600 with one and 400 with four are expected; the total is scaled to exactly 2200 */
    assert_in_range(of[1], 500, 700);
    assert_in_range(of[2] + of[3] + of[4], 320, 480);
    for (size_t r = 0; r < children.nrows; r++)
        assert_in_range(atol(cell(&children, r, 1)), 1, 6);
    ss_arena_free(w->arena);
}

static void
links_are_unique_pairs(void **state)
{
    static const int64_t twenty[] = {20};
    static const uint64_t all[] = {100};
    world *w = world_new();
    const size_t a = add_table(w, "a", 200), b = add_table(w, "b", 1000),
                 link = add_table(w, "link", 4000);
    cells as, bs, links;

    (void) state;
    (void) add_column(w, a, "id", T_INT4, -1, true);
    add_key(w, a, true, "1");
    (void) add_column(w, b, "id", T_UUID, -1, true);
    add_key(w, b, true, "1");
    (void) add_column(w, link, "a_id", T_INT4, -1, true);
    (void) add_column(w, link, "b_id", T_UUID, -1, true);
    add_key(w, link, true, "12");
    add_reference(w, link, "1", a, "1")->children = cells_of(w, 1, twenty, all);
    (void) add_reference(w, link, "2", b, "1");
    assert_int_equal(world_make(w, 1), SS_OK);
    as = world_table(w, a);
    bs = world_table(w, b);
    links = world_table(w, link);
    assert_int_equal(links.nrows, 4000);
    assert_int_equal(assert_found(w, &links, "1", &as, "1"), 4000);
    assert_int_equal(assert_found(w, &links, "2", &bs, "1"), 4000);
    assert_unique(w, &links, "12");
    ss_arena_free(w->arena);
}

/* A unique pair of which one half may be NULL: the pair's other half must not depend on chance. */
static void
links_with_nulls_are_the_same_each_time(void **state)
{
    world *w = world_new();
    const size_t a = add_table(w, "a", 200), link = add_table(w, "link", 1000);
    ss_fan_out *f;
    cells once, again;

    (void) state;
    (void) add_column(w, a, "id", T_INT4, -1, true);
    add_key(w, a, true, "1");
    (void) add_column(w, link, "x", T_INT4, -1, false);
    (void) add_column(w, link, "y", T_INT4, -1, true);
    add_key(w, link, false, "12");
    f = add_reference(w, link, "1", a, "1");
    f->count = 1000;
    f->nulls = 300;
    (void) add_reference(w, link, "2", a, "1");
    assert_int_equal(world_make(w, 1), SS_OK);
    once = world_rows(w, link, 0, 0, NULL, 1000, 0);
    for (uint64_t r = 999; r > 0; r -= 37)
    {
        again = world_rows(w, link, 1, 0, &r, 1, 0);
        assert_true(same_text(cell(&again, 0, 0), cell(&once, r, 0)));
        assert_true(same_text(cell(&again, 0, 1), cell(&once, r, 1)));
    }
    assert_unique(w, &once, "12");
    ss_arena_free(w->arena);
}

static void
one_to_one_is_capped_by_the_parents(void **state)
{
    world *w = world_new();
    const size_t p = add_table(w, "p", 100), c = add_table(w, "c", 300),
                 d = add_table(w, "d", 1000);
    cells parents, children, grandchildren;

    (void) state;
    (void) add_column(w, p, "id", T_INT4, -1, true);
    add_key(w, p, true, "1");
    (void) add_column(w, c, "id", T_INT4, -1, true);
    add_key(w, c, true, "1");
    (void) add_reference(w, c, "1", p, "1");
    (void) add_column(w, d, "c_id", T_INT4, -1, true);
    (void) add_reference(w, d, "1", c, "1");
    assert_int_equal(world_make(w, 1), SS_OK);
    parents = world_table(w, p);
    children = world_table(w, c);
    grandchildren = world_table(w, d);
    assert_int_equal(children.nrows, 100);
    assert_unique(w, &children, "1");
    assert_int_equal(assert_found(w, &children, "1", &parents, "1"), 100);
    assert_int_equal(assert_found(w, &grandchildren, "1", &children, "1"), 1000);
    ss_arena_free(w->arena);
}

static void
checks_choose_among_parents(void **state)
{
    static const char check[] =
        "CHECK ((kind = ANY (ARRAY['person'::text, 'firm'::text, 'x'::text])))";
    world *w = world_new();
    const size_t t = add_table(w, "party", 900), own = add_table(w, "person", 300),
                 many = add_table(w, "visit", 2000);
    cells party, c;
    size_t persons = 0;

    (void) state;
    for (size_t i = 0; i < 3; i++)
    {
        const size_t table = i == 0 ? t : i == 1 ? own : many;

        (void) add_column(w, table, "id", T_INT4, -1, true);
        (void) add_column(w, table, "kind", T_TEXT, -1, true);
    }
    add_key(w, t, true, "1");
    add_key(w, t, false, "12");
    add_check(w, t, "2", check);
    add_key(w, own, true, "1");
    add_check(w, own, "2", "CHECK ((kind = 'person'::text))");
    (void) add_reference(w, own, "12", t, "12");
    add_check(w, many, "2", "CHECK ((kind = ANY (ARRAY['firm'::text, 'person'::text])))");
    (void) add_reference(w, many, "12", t, "12");
    assert_int_equal(world_make(w, 1), SS_OK);

    party = world_table(w, t);
    for (size_t r = 0; r < party.nrows; r++)
        persons += strcmp(cell(&party, r, 1), "person") == 0;
    c = world_table(w, own);
    assert_int_equal(c.nrows, persons < 300 ? persons : 300);
    assert_unique(w, &c, "1");
    assert_int_equal(assert_found(w, &c, "12", &party, "12"), c.nrows);
    for (size_t r = 0; r < c.nrows; r++)
        assert_string_equal(cell(&c, r, 1), "person");
    c = world_table(w, many);
    assert_int_equal(c.nrows, 2000);
    assert_int_equal(assert_found(w, &c, "12", &party, "12"), c.nrows);
    for (size_t r = 0; r < c.nrows; r++)
        assert_string_not_equal(cell(&c, r, 1), "x");
    ss_arena_free(w->arena);
}

static void
one_to_one_with_nulls_keeps_its_rows(void **state)
{
    world *w = world_new();
    const size_t p = add_table(w, "p", 100), c = add_table(w, "c", 300);
    ss_fan_out *f;
    cells parents, children;

    (void) state;
    (void) add_column(w, p, "id", T_INT4, -1, true);
    add_key(w, p, true, "1");
    (void) add_column(w, c, "p_id", T_INT4, -1, false);
    add_key(w, c, false, "1");
    f = add_reference(w, c, "1", p, "1");
    f->count = 300;
    f->nulls = 240;
    assert_int_equal(world_make(w, 1), SS_OK);
    parents = world_table(w, p);
    children = world_table(w, c);
    assert_int_equal(children.nrows, 300);
    assert_unique(w, &children, "1");
    assert_int_equal(assert_found(w, &children, "1", &parents, "1"), 60);
    ss_arena_free(w->arena);
}

/* staff works in a store, a store has a manager: both NOT NULL, and each manager has one store. */
static void
cycles_hold(void **state)
{
    world *w = world_new();
    const size_t staff = add_table(w, "staff", 40), store = add_table(w, "store", 60);
    cells s, t;

    (void) state;
    (void) add_column(w, staff, "staff_id", T_INT2, -1, true);
    (void) add_column(w, staff, "store_id", T_INT2, -1, true);
    add_key(w, staff, true, "1");
    (void) add_column(w, store, "store_id", T_INT2, -1, true);
    (void) add_column(w, store, "manager", T_INT2, -1, true);
    add_key(w, store, true, "1");
    add_key(w, store, false, "2");
    (void) add_reference(w, staff, "2", store, "1");
    (void) add_reference(w, store, "2", staff, "1");
    assert_int_equal(world_make(w, 1), SS_OK);
    s = world_table(w, staff);
    t = world_table(w, store);
    assert_int_equal(t.nrows, 40);
    assert_unique(w, &s, "1");
    assert_unique(w, &t, "1");
    assert_unique(w, &t, "2");
    assert_int_equal(assert_found(w, &s, "2", &t, "1"), s.nrows);
    assert_int_equal(assert_found(w, &t, "2", &s, "1"), t.nrows);
    ss_arena_free(w->arena);
}

/* Keys that are each other's references, with nothing to begin from, are refused by name. */
static void
keys_in_a_circle_are_refused(void **state)
{
    world *w = world_new();
    const size_t a = add_table(w, "a", 40), b = add_table(w, "b", 60);

    (void) state;
    (void) add_column(w, a, "id", T_INT4, -1, true);
    add_key(w, a, true, "1");
    (void) add_column(w, b, "id", T_INT4, -1, true);
    add_key(w, b, true, "1");
    (void) add_reference(w, a, "1", b, "1");
    (void) add_reference(w, b, "1", a, "1");
    assert_int_equal(world_make(w, 1), SS_EREFUSED);
    ss_arena_free(w->arena);
}

static void
a_reference_to_itself_is_a_tree(void **state)
{
    world *w = world_new();
    const size_t t = add_table(w, "t", 1000);
    ss_fan_out *f;
    cells c;
    size_t roots = 0;

    (void) state;
    (void) add_column(w, t, "id", T_INT4, -1, true);
    (void) add_column(w, t, "boss", T_INT4, -1, false);
    add_key(w, t, true, "1");
    f = add_reference(w, t, "2", t, "1");
    f->count = 1000;
    f->nulls = 100;
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_table(w, t);
    (void) assert_found(w, &c, "2", &c, "1");
    for (size_t r = 0; r < c.nrows; r++)
    {
        bool before = cell(&c, r, 1) == NULL;

        roots += before;
        for (size_t q = 0; q < r && !before; q++)
            before = strcmp(cell(&c, q, 0), cell(&c, r, 1)) == 0;
        assert_true(before);
    }
    assert_in_range(roots, 50, 150);
    ss_arena_free(w->arena);
}

/* Who may point to a row must not be surprised when the row is made again. */
static void
referenced_keys_stay_when_a_row_is_made_again(void **state)
{
    world *w = world_new();
    const size_t p = add_table(w, "p", 500), q = add_table(w, "q", 500),
                 c = add_table(w, "c", 3000), d = add_table(w, "d", 3000);
    cells first, again, grandchildren;

    (void) state;
    (void) add_column(w, p, "id", T_INT4, -1, true);
    add_key(w, p, true, "1");
    (void) add_column(w, q, "id", T_INT4, -1, true);
    add_key(w, q, true, "1");
    (void) add_column(w, c, "id", T_INT4, -1, true);
    (void) add_column(w, c, "p_id", T_INT4, -1, true);
    (void) add_column(w, c, "q_id", T_INT4, -1, true);
    (void) add_column(w, c, "n", T_INT4, -1, true);
    add_key(w, c, true, "1");
    add_key(w, c, false, "13");
    (void) add_reference(w, c, "2", p, "1");
    (void) add_reference(w, c, "3", q, "1");
    (void) add_column(w, d, "c_id", T_INT4, -1, true);
    (void) add_column(w, d, "q_id", T_INT4, -1, true);
    (void) add_reference(w, d, "12", c, "13");
    assert_int_equal(world_make(w, 1), SS_OK);
    first = world_rows(w, c, 0, 0, NULL, 3000, 0);
    again = world_rows(w, c, 0, 0, NULL, 3000, 3);
    grandchildren = world_table(w, d);
    assert_int_equal(assert_found(w, &grandchildren, "12", &again, "13"), 3000);
    assert_int_equal(assert_found(w, &grandchildren, "12", &first, "13"), 3000);
    {
        size_t same = 0;

        for (size_t r = 0; r < 3000; r++)
            same += same_text(cell(&first, r, 3), cell(&again, r, 3));
        assert_in_range(same, 0, 100);
    }
    ss_arena_free(w->arena);
}

/* Of a composite key without a parent, only what may be NULL is NULL. */
static void
composite_nulls_spare_what_is_not_null(void **state)
{
    world *w = world_new();
    const size_t p = add_table(w, "p", 100), c = add_table(w, "c", 1000);
    ss_fan_out *f;
    cells parents, children;
    size_t found;

    (void) state;
    (void) add_column(w, p, "tenant", T_INT4, -1, true);
    (void) add_column(w, p, "id", T_INT4, -1, true);
    add_key(w, p, true, "12");
    (void) add_column(w, c, "tenant", T_INT4, -1, true);
    (void) add_column(w, c, "owner", T_INT4, -1, false);
    f = add_reference(w, c, "12", p, "12");
    f->count = 1000;
    f->nulls = 300;
    assert_int_equal(world_make(w, 1), SS_OK);
    parents = world_table(w, p);
    children = world_table(w, c);
    for (size_t r = 0; r < children.nrows; r++)
        assert_non_null(cell(&children, r, 0));
    found = assert_found(w, &children, "12", &parents, "12");
    assert_in_range(found, 700 - 73, 700 + 73);
    ss_arena_free(w->arena);
}

/* Everything of a tenant belongs to the tenant: references that share its column agree. */
static void
references_that_share_a_column_agree(void **state)
{
    static const int64_t some[] = {0, 3, 40};
    static const uint64_t often[] = {30, 40, 30};
    world *w = world_new();
    const size_t tenant = add_table(w, "tenant", 40), customer = add_table(w, "customer", 600),
                 product = add_table(w, "product", 300), orders = add_table(w, "orders", 2000),
                 line = add_table(w, "line", 3000), employee = add_table(w, "employee", 400);
    ss_fan_out *f;
    cells c[6];
    size_t bosses = 0;

    (void) state;
    (void) add_column(w, tenant, "id", T_INT4, -1, true);
    add_key(w, tenant, true, "1");
    for (size_t t = customer; t <= product; t++)
    {
        (void) add_column(w, t, "tenant", T_INT4, -1, true);
        (void) add_column(w, t, "id", T_INT4, -1, true);
        add_key(w, t, true, "12");
        f = add_reference(w, t, "1", tenant, "1");
        f->children = cells_of(w, 3, some, often);
    }
    (void) add_column(w, orders, "tenant", T_INT4, -1, true);
    (void) add_column(w, orders, "no", T_INT4, -1, true);
    (void) add_column(w, orders, "customer", T_INT4, -1, true);
    (void) add_column(w, orders, "gift", T_INT4, -1, false);
    add_key(w, orders, true, "12");
    (void) add_reference(w, orders, "1", tenant, "1");
    (void) add_reference(w, orders, "13", customer, "12");
    f = add_reference(w, orders, "14", product, "12");
    f->count = 1000;
    f->nulls = 500;
    (void) add_column(w, line, "tenant", T_INT4, -1, true);
    (void) add_column(w, line, "no", T_INT4, -1, true);
    (void) add_column(w, line, "product", T_INT4, -1, true);
    add_key(w, line, false, "123");
    (void) add_reference(w, line, "13", product, "12");
    (void) add_reference(w, line, "12", orders, "12");
    (void) add_column(w, employee, "tenant", T_INT4, -1, true);
    (void) add_column(w, employee, "id", T_INT4, -1, true);
    (void) add_column(w, employee, "boss", T_INT4, -1, false);
    add_key(w, employee, true, "12");
    (void) add_reference(w, employee, "13", employee, "12");
    (void) add_reference(w, employee, "1", tenant, "1");
    assert_int_equal(world_make(w, 1), SS_OK);
    for (size_t t = tenant; t <= employee; t++)
        c[t] = world_table(w, t);
    assert_int_equal(assert_found(w, &c[orders], "13", &c[customer], "12"), 2000);
    assert_int_equal(assert_found(w, &c[orders], "1", &c[tenant], "1"), 2000);
    assert_in_range(assert_found(w, &c[orders], "14", &c[product], "12"), 400, 1100);
    assert_int_equal(c[line].nrows, 3000);
    assert_int_equal(assert_found(w, &c[line], "12", &c[orders], "12"), 3000);
    assert_int_equal(assert_found(w, &c[line], "13", &c[product], "12"), 3000);
    assert_unique(w, &c[line], "123");
    (void) assert_found(w, &c[employee], "13", &c[employee], "12");
    for (size_t r = 0; r < c[employee].nrows; r++)
        bosses += cell(&c[employee], r, 2) != NULL;
    assert_in_range(bosses, 300, 400);
    ss_arena_free(w->arena);
}

/* Kept parents too; and what cannot be had together is refused, or without a parent where it may be. */
static void
references_that_share_a_column_with_kept_tables(void **state)
{
    static const char *const tenants[] = {"1", "2", "3"};
    static const char *const products[] = {"3", "a", "1", "b", "1", "c"};
    static const ss_key_list kept_tenants = {.n = 3, .ncolumns = 1, .texts = tenants};
    static const ss_key_list kept_products = {.n = 3, .ncolumns = 2, .texts = products};

    (void) state;
    for (int apart = 0; apart < 2; apart++)
    {
        world *w = world_new();
        const size_t tenant = add_table(w, "tenant", 3), product = add_table(w, "product", 3),
                     line = add_table(w, "line", 500), doc = add_table(w, "doc", 100);
        cells c;

        (void) add_column(w, tenant, "id", T_INT4, -1, true);
        add_key(w, tenant, true, "1");
        (void) add_column(w, product, "tenant", T_INT4, -1, true);
        (void) add_column(w, product, "id", T_TEXT, -1, true);
        add_key(w, product, true, "12");
        w->plans[product].mode = SS_MODE_KEEP;
        w->kept[product] = kept_products;
        if (apart == 0)
        {
            w->plans[tenant].mode = SS_MODE_KEEP;
            w->kept[tenant] = kept_tenants;
        }
        (void) add_column(w, line, "tenant", T_INT4, -1, true);
        (void) add_column(w, line, "no", T_INT4, -1, true);
        (void) add_column(w, line, "product", T_TEXT, -1, true);
        (void) add_column(w, line, "extra", T_TEXT, -1, false);
        (void) add_reference(w, line, "1", tenant, "1");
        (void) add_reference(w, line, "14", product, "12");
        assert_int_equal(world_make(w, 1), SS_OK);
        c = world_table(w, line);
        for (size_t r = 0; r < c.nrows; r++)
        {
            const char *t = cell(&c, r, 0), *extra = cell(&c, r, 3);

            if (apart == 1 || strcmp(t, "2") == 0)
                assert_null(extra);
            else if (strcmp(t, "3") == 0)
                assert_string_equal(extra, "a");
            else
                assert_true(strcmp(extra, "b") == 0 || strcmp(extra, "c") == 0);
        }
        /* Beside another reference of two columns, one to a product is all or nothing. */
        (void) add_column(w, doc, "tenant", T_INT4, -1, true);
        (void) add_column(w, doc, "no", T_INT4, -1, true);
        add_key(w, doc, true, "12");
        w->catalog.nforeign_keys = w->tables[line].nforeign_keys = 0;
        (void) add_reference(w, line, "12", doc, "12");
        (void) add_reference(w, line, "13", product, "12");
        (void) add_reference(w, doc, "1", tenant, "1");
        if (apart == 1)
        {
            assert_int_equal(world_make(w, 1), SS_EREFUSED);
            ss_arena_free(w->arena);
            continue;
        }
        assert_int_equal(world_make(w, 1), SS_OK);
        c = world_table(w, line);
        for (size_t r = 0; r < c.nrows; r++)
            assert_true(strcmp(cell(&c, r, 0), "3") == 0 ? strcmp(cell(&c, r, 2), "a") == 0
                                                         : strcmp(cell(&c, r, 0), "1") == 0);
        ss_arena_free(w->arena);
    }
}

static void
kept_parents_are_found_by_their_keys(void **state)
{
    static char long_key[301];
    static const char *const countries[] = {"AT", "DE", long_key};
    static const char *const digests[] = {"\\x00ff10", "\\xdeadbeef"};
    world *w = world_new();
    const size_t p = add_table(w, "country", 3), q = add_table(w, "digest", 2),
                 c = add_table(w, "c", 900), none = add_table(w, "none", 0),
                 e = add_table(w, "e", 50);
    cells children;
    size_t longs = 0;

    (void) state;
    memset(long_key, 'x', 300);
    (void) add_column(w, p, "code", T_TEXT, -1, true);
    (void) add_column(w, q, "d", T_BYTEA, -1, true);
    (void) add_column(w, none, "id", T_INT4, -1, true);
    w->plans[p].mode = SS_MODE_KEEP;
    w->plans[q].mode = SS_MODE_KEEP;
    w->plans[none].mode = SS_MODE_EMPTY;
    w->kept[p] = (ss_key_list){.n = 3, .ncolumns = 1, .texts = countries};
    w->kept[q] = (ss_key_list){.n = 2, .ncolumns = 1, .texts = digests};
    (void) add_column(w, c, "country", T_TEXT, -1, true);
    (void) add_column(w, c, "d", T_BYTEA, -1, true);
    (void) add_column(w, c, "n", T_INT4, -1, false);
    (void) add_reference(w, c, "1", p, "1");
    (void) add_reference(w, c, "2", q, "1");
    (void) add_reference(w, c, "3", none, "1");
    (void) add_column(w, e, "n", T_INT4, -1, true);
    (void) add_reference(w, e, "1", none, "1");
    assert_int_equal(world_make(w, 1), SS_OK);
    assert_null(w->sources[p]);
    children = world_table(w, c);
    assert_int_equal(children.nrows, 900);
    for (size_t r = 0; r < children.nrows; r++)
    {
        const char *code = cell(&children, r, 0), *d = cell(&children, r, 1);

        longs += strcmp(code, long_key) == 0;
        assert_true(strlen(code) == 2 || strcmp(code, long_key) == 0);
        assert_true(strcmp(d, digests[0]) == 0 || strcmp(d, digests[1]) == 0);
        assert_null(cell(&children, r, 2));
    }
    assert_in_range(longs, 200, 400);
    /* NOT NULL with no parent to be had: no rows */
    assert_int_equal(w->sources[e]->nrows, 0);
    ss_arena_free(w->arena);
}

static void
rows_follow_the_policy(void **state)
{
    static const struct
    {
        const char *rows;
        uint64_t expected;
    } cases[] = {{NULL, 200}, {"10%", 20}, {"0.1%", 1}, {"1000%", 2000}, {"7", 7}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        world *w = world_new();

        (void) add_table(w, "t", 200);
        (void) add_column(w, 0, "n", T_INT4, -1, true);
        w->plans[0].rows = cases[i].rows;
        assert_int_equal(world_make(w, 1), SS_OK);
        assert_int_equal(w->sources[0]->nrows, cases[i].expected);
        ss_arena_free(w->arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_null_is_obeyed_and_null_shares_are_kept),
        cmocka_unit_test(values_fit_their_type),
        cmocka_unit_test(rows_do_not_depend_on_how_they_are_asked_for),
        cmocka_unit_test(declared_values_are_all_alive),
        cmocka_unit_test(keys_of_every_type_are_unique),
        cmocka_unit_test(keys_keep_to_declared_bounds_and_lists),
        cmocka_unit_test(keys_go_below_one_where_they_must),
        cmocka_unit_test(there_are_keys_for_many_rows),
        cmocka_unit_test(days_and_times_keep_to_what_is_declared),
        cmocka_unit_test(a_long_list_has_each_of_its_literals),
        cmocka_unit_test(what_others_point_to_passes_its_checks),
        cmocka_unit_test(keys_that_others_point_to_pass_their_checks),
        cmocka_unit_test(text_keys_are_made_as_most_pass),
        cmocka_unit_test(no_key_of_a_type_that_has_none),
        cmocka_unit_test(what_checks_declare_is_obeyed),
        cmocka_unit_test(numbers_that_no_type_has_do_no_harm),
        cmocka_unit_test(checks_are_obeyed_where_nothing_is_learnt),
        cmocka_unit_test(children_fall_under_parents_as_fitted),
        cmocka_unit_test(links_are_unique_pairs),
        cmocka_unit_test(links_with_nulls_are_the_same_each_time),
        cmocka_unit_test(one_to_one_is_capped_by_the_parents),
        cmocka_unit_test(checks_choose_among_parents),
        cmocka_unit_test(one_to_one_with_nulls_keeps_its_rows),
        cmocka_unit_test(cycles_hold),
        cmocka_unit_test(keys_in_a_circle_are_refused),
        cmocka_unit_test(a_reference_to_itself_is_a_tree),
        cmocka_unit_test(referenced_keys_stay_when_a_row_is_made_again),
        cmocka_unit_test(composite_nulls_spare_what_is_not_null),
        cmocka_unit_test(references_that_share_a_column_agree),
        cmocka_unit_test(references_that_share_a_column_with_kept_tables),
        cmocka_unit_test(kept_parents_are_found_by_their_keys),
        cmocka_unit_test(rows_follow_the_policy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
