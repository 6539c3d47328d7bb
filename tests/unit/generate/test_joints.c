/* Columns made together: every row is one of the patterns, orders and rules hold. */
#include "unit/check.h"
#include "unit/generate/world.h"

#define ROWS 3000

static ss_joint *
add_joint(world *w, size_t t, size_t n, const size_t *columns, const char *const *patterns,
          const uint64_t *counts)
{
    ss_joint *j = ss_alloc(w->arena, 1, sizeof *j);

    *j = (ss_joint){.ncolumns = n};
    j->columns = ss_alloc(w->arena, n, sizeof *j->columns);
    memcpy(j->columns, columns, n * sizeof *columns);
    j->gaps = ss_alloc(w->arena, n, sizeof *j->gaps);
    for (size_t i = 0; i < n; i++)
        j->gaps[i] = (ss_marginal){
            .kind = SS_MARGINAL_SHAPE, .step = 1, .scale = w->marginals[t][columns[i]].scale};
    while (patterns[j->patterns.n] != NULL)
        j->patterns.n++;
    j->patterns.cells = ss_alloc(w->arena, j->patterns.n, sizeof *j->patterns.cells);
    for (size_t i = 0; i < j->patterns.n; i++)
    {
        j->patterns.cells[i] =
            (ss_cell){.number = SS_NO_NUMBER, .text = patterns[i], .count = counts[i]};
        j->patterns.total += counts[i];
    }
    w->learnt[t].joints = j;
    w->learnt[t].njoints = 1;
    return j;
}

static bool
is(const char *text, const char *expected)
{
    return text != NULL && strcmp(text, expected) == 0;
}

static void
nulls_and_categories_go_together(void **state)
{
    static const char *const patterns[] = {"#0 - @1", "#2 =in%20transit -", NULL};
    static const uint64_t counts[] = {300, 100};
    static const size_t columns[] = {1, 2, 3};
    world *w = world_new();
    const size_t t = add_table(w, "t", ROWS);
    size_t first = 0;
    cells c;

    (void) state;
    (void) add_column(w, t, "id", T_INT8, -1, true);
    add_column(w, t, "mood", T_MOOD, -1, true)->kind = SS_MARGINAL_CATEGORIES;
    (void) add_column(w, t, "state", T_TEXT, -1, false);
    (void) add_column(w, t, "amount", T_INT4, -1, false);
    add_key(w, t, true, "1");
    (void) add_joint(w, t, 3, columns, patterns, counts);
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_rows(w, t, 0, 0, NULL, ROWS, 0);
    for (size_t r = 0; r < ROWS; r++)
    {
        const bool a =
            is(cell(&c, r, 1), "sad") && cell(&c, r, 2) == NULL && cell(&c, r, 3) != NULL;
        const bool b = is(cell(&c, r, 1), "happy") && is(cell(&c, r, 2), "in transit") &&
                       cell(&c, r, 3) == NULL;

        assert_true(a || b);
        first += a;
    }
    /* three in four: off by more than a tenth once in a million years */
    assert_true(first > ROWS * 7 / 10 && first < ROWS * 8 / 10);
    ss_arena_free(w->arena);
}

static void
orders_hold_over_types(void **state)
{
    static const char *const patterns[] = {"@1 @2 @2", "@2 @1 -", NULL};
    static const uint64_t counts[] = {100, 100};
    static const size_t columns[] = {0, 1, 2};
    world *w = world_new();
    const size_t t = add_table(w, "t", ROWS);
    cells c;

    (void) state;
    (void) add_column(w, t, "day", T_DATE, -1, true);
    (void) add_column(w, t, "at", T_TIMESTAMP, -1, true);
    (void) add_column(w, t, "seen", T_TIMESTAMPTZ, -1, false);
    (void) add_joint(w, t, 3, columns, patterns, counts);
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_rows(w, t, 0, 0, NULL, ROWS, 3);
    for (size_t r = 0; r < ROWS; r++)
    {
        /* texts compare as times do while years have four digits; a date is its midnight */
        const char *midnight = ss_strf(w->arena, "%s 00:00:00", cell(&c, r, 0));
        const int order = strcmp(midnight, cell(&c, r, 1));

        if (cell(&c, r, 2) == NULL)
            assert_true(order > 0);
        else
        {
            assert_true(order < 0);
            assert_memory_equal(cell(&c, r, 1), cell(&c, r, 2), strlen(cell(&c, r, 1)));
        }
    }
    ss_arena_free(w->arena);
}

static int64_t
cents(const char *text)
{
    int64_t v = 0;

    for (; *text != '\0'; text++)
        v = *text == '.' ? v : v * 10 + (*text - '0');
    return v;
}

static void
sums_and_products_are_computed(void **state)
{
    static const char *const patterns[] = {"@3 @1 @2 @1", NULL};
    static const uint64_t counts[] = {100};
    static const size_t columns[] = {0, 1, 2, 3};
    static ss_derived rules[] = {{.target = 0, .terms = {1, 2}, .nterms = 2},
                                 {.target = 2, .terms = {1, 3}, .nterms = 2, .product = true}};
    world *w = world_new();
    const size_t t = add_table(w, "t", ROWS);
    ss_joint *j;
    cells c;

    (void) state;
    (void) add_column(w, t, "total", T_NUMERIC, (16 << 16 | 2) + 4, true);
    (void) add_column(w, t, "net", T_NUMERIC, (16 << 16 | 2) + 4, true);
    (void) add_column(w, t, "tax", T_NUMERIC, (16 << 16 | 2) + 4, true);
    (void) add_column(w, t, "rate", T_NUMERIC, (4 << 16 | 3) + 4, true);
    j = add_joint(w, t, 4, columns, patterns, counts);
    j->derived = rules;
    j->nderived = 2;
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_rows(w, t, 0, 0, NULL, ROWS, 0);
    for (size_t r = 0; r < ROWS; r++)
    {
        const int64_t product = cents(cell(&c, r, 1)) * cents(cell(&c, r, 3));

        assert_int_equal(cents(cell(&c, r, 0)), cents(cell(&c, r, 1)) + cents(cell(&c, r, 2)));
        assert_int_equal(cents(cell(&c, r, 2)), (product + 500) / 1000);
    }
    ss_arena_free(w->arena);
}

static void
what_is_too_large_is_not_computed(void **state)
{
    static const char *const patterns[] = {"@3 @1 @2", NULL};
    static const uint64_t counts[] = {100};
    static const size_t columns[] = {0, 1, 2};
    static ss_derived rules[] = {{.target = 0, .terms = {1, 2}, .nterms = 2, .product = true}};
    const int64_t nineteen = 19;
    const uint64_t once = 1;
    world *w = world_new();
    const size_t t = add_table(w, "t", ROWS);
    ss_joint *j;
    cells c;

    (void) state;
    (void) add_column(w, t, "amount", T_NUMERIC, (38 << 16 | 4) + 4, true);
    /* numbers of 19 digits, whose product has 38: with four decimals it is too long */
    add_column(w, t, "count", T_INT8, -1, true)->codes = cells_of(w, 1, &nineteen, &once);
    add_column(w, t, "price", T_INT8, -1, true)->codes = cells_of(w, 1, &nineteen, &once);
    j = add_joint(w, t, 3, columns, patterns, counts);
    j->derived = rules;
    j->nderived = 1;
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_rows(w, t, 0, 0, NULL, ROWS, 0);
    for (size_t r = 0; r < ROWS; r++)
        assert_true(strlen(cell(&c, r, 0)) < 12);
    ss_arena_free(w->arena);
}

static void
one_of_two_parents_is_there(void **state)
{
    static const char *const patterns[] = {"- *", "* -", NULL};
    static const uint64_t counts[] = {100, 300};
    static const size_t columns[] = {0, 1};
    world *w = world_new();
    const size_t a = add_table(w, "a", 40), b = add_table(w, "b", 60), t = add_table(w, "t", ROWS);
    cells c;

    (void) state;
    (void) add_column(w, a, "id", T_INT8, -1, true);
    (void) add_column(w, b, "id", T_INT8, -1, true);
    add_key(w, a, true, "1");
    add_key(w, b, true, "1");
    (void) add_column(w, t, "a_id", T_INT8, -1, false);
    (void) add_column(w, t, "b_id", T_INT8, -1, false);
    (void) add_reference(w, t, "1", a, "1");
    (void) add_reference(w, t, "2", b, "1");
    (void) add_joint(w, t, 2, columns, patterns, counts);
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_rows(w, t, 1, 0, NULL, ROWS, 0);
    for (size_t r = 0; r < ROWS; r++)
        assert_true((cell(&c, r, 0) == NULL) != (cell(&c, r, 1) == NULL));
    ss_arena_free(w->arena);
}

static void
what_is_no_pattern_is_left_out(void **state)
{
    static const char *const patterns[] = {"@1",  "@1 @2 @3", "#9 @1", "@1 =x", "@x @1",
                                           "@ @", "- -",      "",      NULL};
    static const uint64_t counts[] = {100, 100, 100, 100, 100, 100, 100, 100};
    static const size_t columns[] = {0, 1};
    world *w = world_new();
    const size_t t = add_table(w, "t", ROWS);
    cells c;

    (void) state;
    (void) add_column(w, t, "a", T_INT4, -1, false);
    (void) add_column(w, t, "b", T_INT4, -1, false);
    (void) add_joint(w, t, 2, columns, patterns, counts);
    assert_int_equal(world_make(w, 1), SS_OK);
    c = world_rows(w, t, 0, 0, NULL, ROWS, 0);
    for (size_t r = 0; r < ROWS; r++)
        assert_true(cell(&c, r, 0) == NULL && cell(&c, r, 1) == NULL);
    ss_arena_free(w->arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nulls_and_categories_go_together),
        cmocka_unit_test(orders_hold_over_types),
        cmocka_unit_test(sums_and_products_are_computed),
        cmocka_unit_test(what_is_too_large_is_not_computed),
        cmocka_unit_test(one_of_two_parents_is_there),
        cmocka_unit_test(what_is_no_pattern_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
