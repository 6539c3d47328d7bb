/* How many rows keys and exclusions have room for, and what check makes of it. */
#include "unit/policy/policy_text.h"

#include "policy/distinct.h"

#define ANY SS_DISTINCT_ANY

/* t (a: of a type): how many values, under a CHECK of the table or, as VALUE, of a domain over that type. */
static uint64_t
values(const char *type, const char *check, bool of_domain)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", "t");
    uint64_t n;

    if (of_domain)
    {
        const size_t base = builder_type(&b, type, SS_TYPE_BASE),
                     domain = builder_type(&b, "d", SS_TYPE_DOMAIN);

        b.types[domain].base = base;
        b.types[domain].checks = &check;
        b.types[domain].nchecks = 1;
        (void) builder_column(&b, t, "a", "d", false);
    }
    else
    {
        (void) builder_column(&b, t, "a", type, false);
        if (check != NULL)
        {
            ss_check *c = builder_check(&b, t, "t_a_check", "");

            c->definition = check;
            c->attnums = builder_attnums(&b, t, "a", &c->ncolumns);
        }
    }
    n = ss_distinct_values(builder_done(&b), &b.tables[t], &b.tables[t].columns[0]);
    ss_arena_free(arena);
    return n;
}

static void
values_are_counted_where_the_schema_lists_them(void **state)
{
    static const struct
    {
        const char *type, *check;
        uint64_t n;
    } cases[] = {
        {"bool", NULL, 2},
        {"bool", "CHECK (a)", 1},
        {"bool", "CHECK ((NOT a))", 1},
        {"int4", NULL, ANY},
        {"text", "CHECK ((a = ANY (ARRAY['x'::text, 'y'::text])))", 2},
        {"text", "CHECK ((a = 'it''s'::text))", 1},
        {"varchar",
         "CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character "
         "varying])::text[])))",
         2},
        {"varchar",
         "CHECK (((a)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character "
         "varying)::text])))",
         2},
        {"numeric", "CHECK ((a = ANY (ARRAY[(1)::numeric, 2.5, '-3'::numeric])))", 3},
        {"int4", "CHECK ((a = ANY (ARRAY[10, 20, '-30'::integer])))", 3},
        {"int4", "CHECK (((a >= '-1'::integer) AND (a <= 5)))", 7},
        {"int8",
         "CHECK (((a >= '-9223372036854775808'::bigint) AND (a <= '9223372036854775807'::bigint)))",
         ANY},
        /* What only looks like a list. */
        {"text", "CHECK ((a = ANY (ARRAY['x'::text, NULL::text])))", ANY},
        {"text", "CHECK (((a = ANY (ARRAY['x'::text])) OR (length(a) > 3)))", ANY},
        {"text", "CHECK ((NOT (a = ANY (ARRAY['x'::text]))))", ANY},
        {"text", "CHECK ((lower(a) = ANY (ARRAY['x'::text])))", ANY},
        {"text", "CHECK (((a = ANY (ARRAY['x'::text])) IS NOT FALSE))", ANY},
        {"text", "CHECK ((a <> 'x'::text))", ANY},
        {"text", "CHECK ((ab = 'x'::text))", ANY},
        {"text", "CHECK ((a = b))", ANY},
        {"text", "CHECK ((a = 'x'::text)) NOT VALID", ANY},
        {"numeric", "CHECK (((a)::integer = ANY (ARRAY[1, 2])))", ANY},
        {"numeric", "CHECK (((a >= (1)::numeric) AND (a <= (5)::numeric)))", ANY},
        {"int4", "CHECK (((a >= 1) OR (a <= 5)))", ANY},
        {"int4", "CHECK ((a = ANY (ARRAY[1", ANY},
        {"text", "CHECK ((a = 'x", ANY},
        {"text", "CHECK ", ANY},
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        print_message("%s %s\n", cases[i].type, cases[i].check == NULL ? "" : cases[i].check);
        assert_int_equal(values(cases[i].type, cases[i].check, false), cases[i].n);
    }
    assert_int_equal(values("text", "CHECK ((VALUE = ANY (ARRAY['x'::text, 'y'::text])))", true),
                     2);
    assert_int_equal(values("bool", "CHECK ((VALUE IS NOT NULL))", true), 2);
}

static void
a_collation_of_its_own_makes_a_list_uncertain(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", "t");
    ss_column *a = builder_column(&b, t, "a", "text", false);
    ss_check *c = builder_check(&b, t, "t_a_check", "(a = 'x'::text)");

    (void) state;
    c->attnums = builder_attnums(&b, t, "a", &c->ncolumns);
    a->attcollation = "pg_catalog.\"default\"";
    assert_int_equal(ss_distinct_values(builder_done(&b), &b.tables[t], a), 1);
    a->attcollation = "public.any_case";
    assert_int_equal(ss_distinct_values(builder_done(&b), &b.tables[t], a), ANY);
    ss_arena_free(arena);
}

/* --- keys and exclusions over t (f bool, e mood, n int, s text), each nullable or not -------------- */

typedef struct world
{
    ss_builder b;
    size_t t;
    ss_expression expression;
    ss_decision columns[4];
} world;

static world
world_of(ss_arena *arena, bool not_null)
{
    static const char *labels[] = {"low", "mid", "high"};
    world w = {.b = builder_new(arena)};
    size_t mood;

    w.t = builder_table(&w.b, "public", "t");
    mood = builder_type(&w.b, "mood", SS_TYPE_ENUM);
    w.b.types[mood].labels = labels;
    w.b.types[mood].nlabels = 3;
    (void) builder_column(&w.b, w.t, "f", "bool", not_null);
    (void) builder_column(&w.b, w.t, "e", "mood", not_null);
    (void) builder_column(&w.b, w.t, "n", "int4", not_null);
    (void) builder_column(&w.b, w.t, "s", "text", not_null);
    for (size_t c = 0; c < 4; c++)
        w.columns[c].treatment = SS_TREAT_SYNTHESISE;
    return w;
}

static void
treat(world *w, size_t c, ss_treatment treatment, const char *value)
{
    w->columns[c].treatment = treatment;
    w->columns[c].value = value;
}

static uint64_t
of_key(world *w, const char *columns, bool nulls_not_distinct)
{
    ss_key *k = builder_key(&w->b, w->t, "k", columns, false);

    k->nulls_not_distinct = nulls_not_distinct;
    return ss_distinct_of_key(w->b.catalog, &w->b.tables[w->t], w->columns, k);
}

/* A unique index on one expression or, where that is NULL, on n; with a condition. */
static uint64_t
of_index(world *w, const char *expression, const char *predicate)
{
    static const int16_t none = 0;
    ss_key *k = builder_key(&w->b, w->t, "k", "n", false);

    w->expression = (ss_expression){"k", expression, predicate};
    w->b.tables[w->t].expressions = &w->expression;
    w->b.tables[w->t].nexpressions = 1;
    k->expression = expression != NULL;
    k->partial = predicate != NULL;
    if (k->expression)
        k->attnums = &none;
    return ss_distinct_of_key(w->b.catalog, &w->b.tables[w->t], w->columns, k);
}

static void
a_key_has_room_for_the_tuples_of_its_columns(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    world w = world_of(arena, true);

    (void) state;
    assert_int_equal(of_key(&w, "f", false), 2);
    assert_int_equal(of_key(&w, "f e", false), 6);
    assert_int_equal(of_key(&w, "f n", false), ANY);
    treat(&w, 2, SS_TREAT_CONSTANT, "5");
    assert_int_equal(of_key(&w, "f n", false), 2);
    assert_int_equal(of_key(&w, "s n", false), ANY);
    treat(&w, 0, SS_TREAT_GENERALISE, NULL);
    assert_int_equal(of_key(&w, "f n", false), 2);
    ss_arena_free(arena);
}

static void
nulls_count_as_the_key_counts_them(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    world w = world_of(arena, false);

    (void) state;
    assert_int_equal(of_key(&w, "f e", false), ANY);
    assert_int_equal(of_key(&w, "f e", true), 3 * 4);
    treat(&w, 1, SS_TREAT_NULLIFY, NULL);
    assert_int_equal(of_key(&w, "f e", false), ANY);
    assert_int_equal(of_key(&w, "f e", true), 3);
    treat(&w, 0, SS_TREAT_CONSTANT, "true");
    assert_int_equal(of_key(&w, "f", false), 1);
    assert_int_equal(of_key(&w, "f e", false), ANY);
    ss_arena_free(arena);
}

static void
what_the_server_makes_is_not_treated(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    world w = world_of(arena, true);

    (void) state;
    treat(&w, 2, SS_TREAT_CONSTANT, "5");
    w.b.parts[w.t].columns[2].generated = SS_GENERATED_STORED;
    assert_int_equal(of_key(&w, "n", false), ANY);
    ss_arena_free(arena);
}

static void
few_expressions_are_certain(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    world w = world_of(arena, false);

    (void) state;
    assert_int_equal(of_index(&w, "lower(s)", NULL), ANY);
    assert_int_equal(of_index(&w, "COALESCE(e, 'low'::public.mood)", NULL), 4);
    assert_int_equal(of_index(&w, "COALESCE(f, f)", NULL), ANY);
    treat(&w, 3, SS_TREAT_CONSTANT, "q");
    assert_int_equal(of_index(&w, "lower(s)", NULL), 1);
    assert_int_equal(of_index(&w, "upper((s)::text)", NULL), 1);
    assert_int_equal(of_index(&w, "lower(s) || 'x'::text", NULL), ANY);
    assert_int_equal(of_index(&w, "public.lower(s)", NULL), ANY);
    assert_int_equal(of_index(&w, "lower(e)", NULL), ANY);
    assert_int_equal(of_index(&w, "md5(s)", NULL),
                     ANY); /* NULL, for all that is known of a function */
    treat(&w, 3, SS_TREAT_NULLIFY, NULL);
    assert_int_equal(of_index(&w, "lower(s)", NULL), ANY);
    assert_int_equal(of_index(&w, "COALESCE(s, ''::text)", NULL), 1);
    ss_arena_free(arena);
}

static void
a_condition_must_hold_for_every_row(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    world w = world_of(arena, false);

    (void) state;
    treat(&w, 2, SS_TREAT_CONSTANT, "5");
    assert_int_equal(of_index(&w, NULL, "(s IS NULL)"), ANY);
    assert_int_equal(of_index(&w, NULL, "(n IS NOT NULL)"), 1);
    assert_int_equal(of_index(&w, NULL, "(n IS NULL)"), ANY);
    assert_int_equal(of_index(&w, NULL, "(n > 3)"), ANY);
    assert_int_equal(of_index(&w, NULL, "(n = 5)"), 1);
    assert_int_equal(of_index(&w, NULL, "(n = 6)"), ANY);
    assert_int_equal(of_index(&w, NULL, "f"), ANY);
    treat(&w, 0, SS_TREAT_CONSTANT, "true");
    assert_int_equal(of_index(&w, NULL, "f"), 1);
    assert_int_equal(of_index(&w, NULL, "(NOT f)"), ANY);
    treat(&w, 3, SS_TREAT_NULLIFY, NULL);
    assert_int_equal(of_index(&w, NULL, "(s IS NULL)"), 1);
    assert_int_equal(of_index(&w, NULL, "(s IS NOT NULL)"), ANY);
    assert_int_equal(of_index(&w, NULL, "((s IS NULL) AND f AND (n = 5))"), 1);
    assert_int_equal(of_index(&w, NULL, "((s IS NULL) AND (e = 'low'::public.mood))"), ANY);
    assert_int_equal(of_index(&w, NULL, "((s IS NULL) OR (n = 6))"), ANY);
    treat(&w, 3, SS_TREAT_CONSTANT, "a''b");
    assert_int_equal(of_index(&w, NULL, "((s)::text = 'a'::text)"), ANY);
    treat(&w, 3, SS_TREAT_CONSTANT, "a");
    assert_int_equal(of_index(&w, NULL, "((s)::text = 'a'::text)"), 1);
    ss_arena_free(arena);
}

static void
ranges_that_are_not_empty_overlap_themselves(void **state)
{
    static const struct
    {
        const char *subtype, *value;
        bool overlaps;
    } cases[] = {
        {"int4", "[2,5)", true},
        {"int4", "[2,2]", true},
        {"int4", "[2,2)", false},
        {"int4", "[02,2)", false},
        {"int4", "(3,4)", false},
        {"int4", "(3,4]", true},
        {"int4", "[3,)", true},
        {"int4", "(,3)", true},
        {"int4", "(,)", true},
        {"int4", "empty", false},
        {"int4", "", false},
        {"int4", "[a,b)", false},
        {"date", "[2020-01-01,2020-01-02)", true},
        {"date", "[2020-01-01,2020-01-01)", false},
        {"numeric", "[1.0,1.00)", false},
        {"numeric", "[1.0,1.00]", true},
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = builder_new(arena);
        const size_t range = builder_type(&b, "some_range", SS_TYPE_RANGE);

        b.types[range].base = builder_type(&b, cases[i].subtype, SS_TYPE_BASE);
        print_message("%s\n", cases[i].value);
        assert_int_equal(ss_distinct_overlaps_itself(b.catalog, range, cases[i].value),
                         cases[i].overlaps);
        ss_arena_free(arena);
    }
}

static void
constants_conflict_under_equals_and_overlaps(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    world w = world_of(arena, false);
    ss_decision columns[5];
    const size_t range = builder_type(&w.b, "int4range", SS_TYPE_RANGE);

    (void) state;
    w.b.types[range].base = builder_type(&w.b, "int4", SS_TYPE_BASE);
    (void) builder_column(&w.b, w.t, "r", "int4range", false);
    memcpy(columns, w.columns, sizeof w.columns);
    columns[4] = (ss_decision){.treatment = SS_TREAT_CONSTANT, .value = "[2,5)"};
    for (int nullified = 0; nullified < 2; nullified++)
    {
        static const int16_t attnums[] = {3, 5};
        static const char *const overlap[] = {"=", "&&"}, *const beside[] = {"=", "-|-"},
                                 *const foreign[] = {"?", "&&"};
        ss_exclusion x = {.name = "x", .attnums = attnums, .operators = overlap, .ncolumns = 2};
        const ss_table *t = &w.b.tables[w.t];
        const uint64_t room = nullified ? ANY : 1;

        columns[2] = nullified ? (ss_decision){.treatment = SS_TREAT_NULLIFY}
                               : (ss_decision){.treatment = SS_TREAT_CONSTANT, .value = "5"};
        assert_int_equal(ss_distinct_of_exclusion(w.b.catalog, t, columns, &x), room);
        x.partial = true;
        assert_int_equal(ss_distinct_of_exclusion(w.b.catalog, t, columns, &x), ANY);
        x.partial = false;
        x.operators = beside;
        assert_int_equal(ss_distinct_of_exclusion(w.b.catalog, t, columns, &x), ANY);
        x.operators = foreign;
        assert_int_equal(ss_distinct_of_exclusion(w.b.catalog, t, columns, &x), ANY);
        x.operators = NULL;
        assert_int_equal(ss_distinct_of_exclusion(w.b.catalog, t, columns, &x), ANY);
        assert_int_equal(ss_distinct_of_exclusion(w.b.catalog, t, NULL, &x), ANY);
    }
    ss_arena_free(arena);
}

/* --- what check says ---------------------------------------------------------------------------- */

/* t (f bool, n int, PRIMARY KEY (f, n)) of so many rows by the planner: the finding, or NULL. */
static const ss_finding *
finding(ss_arena *arena, double reltuples, const char *rows, const char *n)
{
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", "t");
    const ss_plan *plan;

    (void) builder_column(&b, t, "f", "bool", true);
    (void) builder_column(&b, t, "n", "bool", true);
    (void) builder_key(&b, t, "t_pkey", "f n", true);
    b.tables[t].reltuples = reltuples;
    plan = resolve(
        arena, builder_done(&b),
        ss_strf(arena,
                HEAD "tables: {public.t: {mode: synthesise, subject: none, why: x%s, columns: "
                     "{f: {class: key}, n: {class: non-personal%s}}}}\n",
                rows, n));
    for (size_t i = 0; i < plan->nfindings; i++)
    {
        if (plan->findings[i].what == SS_WHAT_NOT_UNIQUE)
            return &plan->findings[i];
    }
    return NULL;
}

static void
a_key_that_a_treatment_narrows_stops(void **state)
{
    static const char constant[] = ", treatment: constant, value: 'true'";
    ss_arena *arena = ss_arena_new(NULL);
    const ss_finding *f = finding(arena, 4, "", constant);

    (void) state;
    assert_non_null(f);
    assert_int_equal(f->severity, SS_FINDING_STOPS);
    assert_non_null(strstr(f->text, "room for 2 rows as its columns are treated"));
    assert_non_null(strstr(f->mend, "rows: 2"));
    /* Where no more rows are known to be made there is nothing to say. */
    assert_null(finding(arena, 2, "", constant));
    assert_null(finding(arena, 4, ", rows: 2", constant));
    assert_null(finding(arena, 4, ", rows: 50%", constant));
    assert_null(finding(arena, 0, ", rows: 50", constant));
    assert_null(finding(arena, -1, ", rows: 50", constant));
    ss_arena_free(arena);
}

static void
a_key_that_is_full_by_itself_warns(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_finding *f = finding(arena, 3, ", rows: 200%", "");

    (void) state;
    assert_non_null(f);
    assert_int_equal(f->severity, SS_FINDING_WARNS);
    assert_non_null(strstr(f->text, "room for 4 rows"));
    assert_null(finding(arena, 3, "", ""));
    /* The source itself cannot have more than the key takes: the planner errs. */
    assert_null(finding(arena, 1000, "", ""));
    ss_arena_free(arena);
}

static void
lists_of_texts_are_taken_whole_or_not(void **state)
{
    static const struct
    {
        const char *definition;
        const char *texts; /* NULL: it is no list */
    } claims[] = {
        {"CHECK ((a = ANY (ARRAY['f'::text, 'm'::text])))", "f m"},
        {"CHECK (((a)::text = ANY ((ARRAY['f'::character varying, 'm'::character "
         "varying])::text[])))",
         "f m"},
        {"CHECK ((a = 'f'::text))", "f"},
        {"CHECK (((a = ANY (ARRAY['f'::text, 'm'::text])) OR (b = 1)))", NULL},
        {"CHECK ((a <> ALL (ARRAY['f'::text, 'm'::text])))", NULL},
        {"CHECK ((a = ANY (ARRAY['it''s'::text, 'm'::text])))", NULL},
        {"CHECK ((a = ANY (ARRAY['f'::text, 'm'::text]))) NOT VALID", NULL},
        {"CHECK ((b = 'f'::text))", NULL},
    };

    const ss_type type = {.schema = "pg_catalog", .name = "text", .base = SS_NONE};

    (void) state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        size_t n;
        const char *const *list = ss_check_list(claims[i].definition, "a", &type, arena, &n);
        ss_buf all = {0};

        assert_true((list == NULL) == (claims[i].texts == NULL));
        for (size_t k = 0; list != NULL && k < n; k++)
            ss_buf_printf(&all, "%s%s", k == 0 ? "" : " ", list[k]);
        if (list != NULL)
            assert_string_equal(ss_buf_text(&all), claims[i].texts);
        ss_buf_done(&all);
        ss_arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_counted_where_the_schema_lists_them),
        cmocka_unit_test(a_collation_of_its_own_makes_a_list_uncertain),
        cmocka_unit_test(a_key_has_room_for_the_tuples_of_its_columns),
        cmocka_unit_test(nulls_count_as_the_key_counts_them),
        cmocka_unit_test(what_the_server_makes_is_not_treated),
        cmocka_unit_test(few_expressions_are_certain),
        cmocka_unit_test(a_condition_must_hold_for_every_row),
        cmocka_unit_test(ranges_that_are_not_empty_overlap_themselves),
        cmocka_unit_test(constants_conflict_under_equals_and_overlaps),
        cmocka_unit_test(a_key_that_a_treatment_narrows_stops),
        cmocka_unit_test(a_key_that_is_full_by_itself_warns),
        cmocka_unit_test(lists_of_texts_are_taken_whole_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
