/* What may be stored: fan-outs, totals, quantiles and null shares that give nobody away. */
#include "unit/check.h"

#include <stdlib.h>

#include "fit/column.h"
#include "fit/fan_out.h"
#include "fit/heavy.h"
#include "support/catalog_builder.h"

#define K 11

/* --- fan-outs ----------------------------------------------------------------------------------- */

static ss_cells
fan_out(ss_arena *arena, const int64_t *children, const size_t *parents, size_t n)
{
    ss_counter *c = ss_counter_new(SS_COUNTER_NUMBERS, 2048, K, 1, NULL);
    ss_cells cells;
    uint64_t who = 0;

    for (size_t i = 0; i < n; i++)
    {
        for (size_t p = 0; p < parents[i]; p++)
        {
            who++;
            ss_counter_add(c, children[i], &who, SS_WHOLE);
        }
    }
    ss_fan_out_cells(c, arena, &cells);
    ss_counter_free(c);
    return cells;
}

static void
an_outlier_is_in_no_fan_out(void **state)
{
    static const int64_t few[] = {0, 3, 50000}, many[] = {0, 3, 137, 50000};
    static const size_t few_parents[] = {389, 10, 1}, many_parents[] = {390, 30, 12, 1};
    ss_arena *arena = ss_arena_new(NULL);
    ss_cells cells = fan_out(arena, few, few_parents, 3);

    (void) state;
    assert_int_equal(cells.n, 2);
    assert_int_equal(cells.cells[1].number, 3);
    assert_int_equal(cells.cells[1].count, 10);
    cells = fan_out(arena, many, many_parents, 4);
    assert_int_equal(cells.n, 3);
    assert_int_equal(cells.cells[2].number, 140);
    assert_int_equal(cells.cells[2].count, 15);
    ss_arena_free(arena);
}

static void
fewer_than_k_parents_say_nothing(void **state)
{
    static const int64_t children[] = {0, 5, 9};
    static const size_t parents[] = {K - 1, K - 2, 1};
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_int_equal(fan_out(arena, children, parents, 3).n, 0);
    ss_arena_free(arena);
}

/* What n rows of a person count for, as rows. */
static uint64_t
rows_of(const ss_heavy *heavy, uint64_t person, uint64_t n)
{
    return ss_whole_rows(n * ss_heavy_weight(heavy, person));
}

/* People 100, 101 ... who have most, by how many rows each. */
static ss_heavy *
heavy_of(ss_arena *arena, const uint64_t *rows, size_t n)
{
    ss_heavy *heavy = ss_heavy_new(K, arena);

    for (size_t i = 0; i < n; i++)
        ss_heavy_add(heavy, 100 + i, rows[i]);
    ss_heavy_end(heavy, false);
    return heavy;
}

static void
nobody_counts_for_more_than_the_kth(void **state)
{
    uint64_t rows[K] = {50000, 400, 3, 3, 3, 3, 3, 3, 3, 3, 3};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_heavy *heavy = heavy_of(arena, rows, K);

    (void) state;
    assert_int_equal(rows_of(heavy, 100, 50000), 3);
    assert_int_equal(rows_of(heavy, 101, 400), 3);
    /* a cell that has a third of them */
    assert_int_equal(rows_of(heavy, 100, 16667), 1);
    assert_int_equal(rows_of(heavy, 102, 3), 3);
    assert_int_equal(rows_of(heavy, 7, 2), 2); /* not among those who have most */
    assert_int_equal(rows_of(heavy, 0, 9), 9); /* nobody's */
    ss_arena_free(arena);
}

/* What somebody counts for at most, of n people, each with so many rows less than the one before; others: and of others. */
static uint64_t
cap_of(uint64_t first, uint64_t step, size_t n, bool others)
{
    uint64_t rows[4 * K];

    for (size_t i = 0; i < n; i++)
        rows[i] = first - i * step;
    return ss_heavy_cap(rows, n, K, others);
}

static void
the_cap_is_a_round_number(void **state)
{
    (void) state;
    assert_int_equal(cap_of(0, 0, 0, false), 0);
    assert_int_equal(cap_of(47, 1, K, false), 35);
    assert_int_equal(cap_of(48, 1, K, false), 35);
    assert_int_equal(cap_of(1247, 1, K, false), 1200);
    assert_int_equal(cap_of(13, 0, K, false), 12);
    assert_int_equal(cap_of(50, 0, 1, false), 50); /* fewer than k: of the last */
    assert_int_equal(cap_of(57, 1, 2, false), 50);
    for (uint64_t c = 1; c < 8; c++)
        assert_int_equal(cap_of(c, 0, K, false), c);
    for (uint64_t c = 1; c < 100000; c++)
    {
        const uint64_t cap = cap_of(c, 0, K, false);

        assert_true(cap <= c && cap >= c - c / 4 && cap_of(c + 1, 0, K, false) >= cap);
    }
    assert_true(cap_of(UINT64_MAX, 0, K, false) > UINT64_MAX / 2);
}

/* Whoever is not listed has no more rows than the last one who is. */
static void
nobody_who_is_not_listed_is_above_the_cap(void **state)
{
    (void) state;
    assert_int_equal(cap_of(13, 0, 4 * K, true), 13);
    assert_int_equal(cap_of(1000, 0, 4 * K, true), 1000);
    assert_int_equal(cap_of(1003, 0, 4 * K, true), 1003);
    /* the k-th has 990, the last one 957 */
    assert_int_equal(cap_of(1000, 1, 4 * K, true), 980);
    assert_int_equal(cap_of(1000, 1, 4 * K, false), 800);
    /* 47, 46 ... 4: the k-th has 37 */
    assert_int_equal(cap_of(47, 1, 4 * K, true), 35);
    for (uint64_t c = 50; c < 5000; c++)
        assert_true(cap_of(c, 1, 4 * K, true) >= c - (4 * K - 1));
}

/* Eleven people with 37 to 47 rows are told as 11 x 35, and as many whatever the k-th has, who else has as many rows as the last one. */
static void
a_crowd_of_those_who_have_most_tells_nobodys_rows(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (uint64_t of_kth = 35; of_kth <= 38; of_kth++)
    {
        ss_heavy *heavy = ss_heavy_new(K, arena);
        uint64_t told = 0;

        for (uint64_t i = 0; i < 4 * K; i++)
            ss_heavy_add(heavy, 100 + i, i < K - 1 ? 47 - i : i == K - 1 ? of_kth : 1);
        ss_heavy_end(heavy, true);
        for (uint64_t i = 0; i < K; i++)
            told += (i < K - 1 ? 47 - i : of_kth) * ss_heavy_weight(heavy, 100 + i);
        assert_int_equal(ss_whole_rows(told), K * 35);
        assert_int_equal(rows_of(heavy, 100 + K, 1), 1);
        assert_int_equal(rows_of(heavy, 100 + 4 * K, 1), 1); /* as another, who is listed */
    }
    ss_arena_free(arena);
}

/* More than k are above it: all of them count for as much. */
static void
all_above_the_cap_count_for_it(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_heavy *heavy = ss_heavy_new(K, arena);

    (void) state;
    for (uint64_t i = 0; i < 2 * K; i++)
        ss_heavy_add(heavy, 100 + i, 57 - i);
    ss_heavy_end(heavy, false);
    for (uint64_t i = 0; i < 2 * K; i++)
        assert_int_equal(rows_of(heavy, 100 + i, 57 - i), 57 - i < 40 ? 57 - i : 40);
    ss_arena_free(arena);
}

/* --- cells as they are stored ------------------------------------------------------------------- */

static void
stored_cells_come_to_the_total(void **state)
{
    static const uint64_t rows[][4] = {
        {45, 0, 0, 0}, {955, 12, 11, 0}, {11, 11, 11, 11}, {333, 333, 334, 17}};
    static const uint64_t totals[] = {1200, 1200, 45, 1000};
    const ss_fit_terms terms = {.k = K};

    (void) state;
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
    {
        ss_cell list[3] = {{.count = rows[i][0]}, {.count = rows[i][1]}, {.count = rows[i][2]}};
        ss_cells cells = {.cells = list, .n = 3};
        uint64_t rest = rows[i][3], sum;

        ss_fit_store(&cells, &rest, totals[i], &terms);
        sum = list[0].count + list[1].count + list[2].count;
        assert_int_equal(cells.total, sum);
        assert_int_equal(sum + rest, totals[i]);
        for (size_t c = 0; c < 3; c++)
        {
            assert_int_equal(list[c].count % 5, 0);
            assert_int_equal(list[c].count == 0, rows[i][c] == 0);
            assert_true(rows[i][c] == 0 || list[c].count >= 10);
        }
    }
}

/*
 * All rows that one multiple of 5 stands for are told as the same number, whatever they stand for: or it and that multiple, which a
 * tree tells, would leave fewer of them.
 */
static void
no_rescaling_shows_what_was_rounded(void **state)
{
    (void) state;
    for (uint64_t stored = 15; stored <= 200; stored += 5)
    {
        for (size_t i = 0; i < 16; i++)
        {
            const ss_fit_terms terms = {.k = K, .aside = i % 4, .halved = (unsigned) (i / 4)};
            const uint64_t all = 1000 + stored, total = 5 * (all / 5 + 17 * i) << terms.halved;
            uint64_t told = 0, first = 0;

            for (uint64_t rows = stored - 2; rows <= stored + 2; rows++)
            {
                ss_cell list[2] = {{.count = rows}, {.count = all - rows}};
                ss_cells cells = {.cells = list, .n = 2};
                const uint64_t now = ss_fit_stored(&terms, ss_fit_told(&terms, rows * SS_WHOLE));
                uint64_t rest = 0;

                ss_fit_store(&cells, &rest, total, &terms);
                assert_true(told == 0 || now == told);
                assert_true(first == 0 || list[0].count == first);
                assert_int_equal(now % 5, 0);
                assert_int_equal(list[0].count + list[1].count, total);
                told = now;
                first = list[0].count;
            }
        }
    }
}

/* --- columns ------------------------------------------------------------------------------------ */

typedef struct fixture
{
    ss_arena *arena;
    ss_builder b;
    ss_decision decision;
    ss_fit_who who;
    bool null_empty[1];
    ss_fit_column column;
    uint64_t rows;
} fixture;

static void
begin(fixture *f, const char *type)
{
    size_t t;

    *f = (fixture){
        .arena = ss_arena_new(NULL),
        .decision = {.class = SS_CLASS_QUASI_IDENTIFIER, .treatment = SS_TREAT_SYNTHESISE},
        .who = {.k = K, .npaths = 1, .cells = 2048}};
    f->who.may_be_empty = ss_alloc(f->arena, 1, sizeof(bool));
    f->b = builder_new(f->arena);
    t = builder_table(&f->b, "public", "t");
    (void) builder_column(&f->b, t, "c", type, false);
    ss_fit_column_init(&f->column, builder_done(&f->b), &f->b.tables[t].columns[0], &f->decision,
                       SS_FIT_NO_KEY, &f->who, f->null_empty);
}

static void
add(fixture *f, bool null, int64_t v, uint64_t who)
{
    static const ss_form form = SS_FORM_I64;
    ss_arena *arena = ss_arena_new(NULL);
    ss_batch *batch = ss_batch_new(arena, &form, 1);
    const ss_fit_behind behind = {.npaths = 1, .subjects = &who, .weights = &(uint64_t){SS_WHOLE}};
    ss_hash_key key;

    ss_hash_key_new(&key);
    if (null)
        ss_column_put_null(&batch->columns[0], 0);
    else
        ss_column_put_i64(&batch->columns[0], 0, v);
    ss_fit_column_add(&f->column, &batch->columns[0], 1, &behind, &key);
    f->rows++;
    ss_arena_free(arena);
}

static ss_marginal
end(fixture *f, bool shape_only, bool uncounted)
{
    const ss_fit_terms terms = {
        .k = K, .shape_only = shape_only, .uncounted = uncounted, .rows = f->rows};
    ss_marginal m;

    ss_fit_column_finish(&f->column, &terms, f->arena, &m);
    return m;
}

static void
done(fixture *f)
{
    ss_fit_column_done(&f->column);
    ss_arena_free(f->arena);
}

static void
points_are_the_grids_not_somebodys(void **state)
{
    fixture f;
    ss_marginal m;
    size_t hits = 0;

    (void) state;
    begin(&f, "date");
    for (uint64_t i = 1; i <= 400; i++)
        add(&f, false, -20000 + (int64_t) (i * i * 7919 % 25000), i);
    m = end(&f, false, false);
    assert_int_equal(m.kind, SS_MARGINAL_NUMBER);
    assert_true(m.npoints >= 8);
    for (size_t p = 0; p < m.npoints; p++)
    {
        for (uint64_t i = 1; i <= 400; i++)
        {
            const int64_t v = -20000 + (int64_t) (i * i * 7919 % 25000);

            hits += v == m.points[p] || v + 1 == m.points[p];
        }
    }
    assert_true(hits <= 1);
    done(&f);
}

/* Nor where numbers are as large as they can be, and no two people's are near each other. */
static void
points_of_the_largest_are_not_somebodys(void **state)
{
    fixture f;
    ss_marginal m;

    (void) state;
    begin(&f, "int8");
    for (uint64_t i = 1; i <= 1000; i++)
        add(&f, false, (int64_t) (i * UINT64_C(0x9E3779B97F4A7C15)), i);
    m = end(&f, false, false);
    assert_int_equal(m.kind, SS_MARGINAL_NUMBER);
    assert_true(m.npoints >= 8);
    for (size_t p = 0; p < m.npoints; p++)
    {
        assert_true(p == 0 || m.points[p] > m.points[p - 1]);
        for (uint64_t i = 1; i <= 1000; i++)
        {
            const int64_t v = (int64_t) (i * UINT64_C(0x9E3779B97F4A7C15));

            assert_true(v != m.points[p] && v != m.points[p] - 1);
        }
    }
    done(&f);
}

static void
every_pool_between_points_has_k_people(void **state)
{
    static const char *const types[] = {"date", "timestamptz", "int8"};

    (void) state;
    for (size_t type = 0; type < 3; type++)
    {
        fixture f;
        ss_marginal m;
        int64_t values[600];

        begin(&f, types[type]);
        for (size_t i = 0; i < 600; i++)
        {
            values[i] = (int64_t) (i * i * i * 131 % 90001) - 30000;
            add(&f, false, values[i] * f.column.step, i / 2 + 1);
        }
        m = end(&f, false, false);
        assert_true(m.npoints >= 4);
        for (size_t p = 0; p <= m.npoints; p++)
        {
            size_t people = 0;

            for (size_t i = 0; i < 600; i += 2)
            {
                bool inside = false;

                for (size_t k = i; k < i + 2; k++)
                    inside = inside || ((p == 0 || values[k] >= m.points[p - 1]) &&
                                        (p == m.npoints || values[k] < m.points[p]));
                people += inside;
            }
            assert_true(people >= K);
        }
        done(&f);
    }
}

static void
nulls_are_counted_by_people(void **state)
{
    fixture f;

    (void) state;
    begin(&f, "int4");
    for (uint64_t i = 1; i <= 1000; i++)
        add(&f, i <= 300, (int64_t) (i % 9), i <= 300 ? 1 : i);
    assert_int_equal(end(&f, false, false).nulls, 0);
    for (uint64_t i = 1; i < K; i++)
        add(&f, true, 0, 2000 + i);
    assert_int_equal(end(&f, false, false).nulls, 310);
    assert_int_equal(end(&f, false, true).nulls, 0);
    done(&f);
    begin(&f, "int4");
    for (uint64_t i = 1; i <= 1000; i++)
        add(&f, i > 300, 1, i <= 300 ? 1 : i);
    assert_int_equal(end(&f, false, false).nulls, 1000);
    done(&f);
}

static void
declared_values_of_few_people_are_not_counted(void **state)
{
    fixture f;
    ss_marginal m;

    (void) state;
    begin(&f, "bool");
    for (uint64_t i = 1; i <= 40; i++)
        add(&f, false, i % 2 == 0, i);
    m = end(&f, true, false);
    assert_int_equal(m.values.n, 2);
    assert_int_equal(m.values.total, 0);
    assert_int_equal(end(&f, false, false).values.total, 40);
    done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outlier_is_in_no_fan_out),
        cmocka_unit_test(fewer_than_k_parents_say_nothing),
        cmocka_unit_test(nobody_counts_for_more_than_the_kth),
        cmocka_unit_test(the_cap_is_a_round_number),
        cmocka_unit_test(nobody_who_is_not_listed_is_above_the_cap),
        cmocka_unit_test(a_crowd_of_those_who_have_most_tells_nobodys_rows),
        cmocka_unit_test(all_above_the_cap_count_for_it),
        cmocka_unit_test(stored_cells_come_to_the_total),
        cmocka_unit_test(no_rescaling_shows_what_was_rounded),
        cmocka_unit_test(points_are_the_grids_not_somebodys),
        cmocka_unit_test(points_of_the_largest_are_not_somebodys),
        cmocka_unit_test(every_pool_between_points_has_k_people),
        cmocka_unit_test(nulls_are_counted_by_people),
        cmocka_unit_test(declared_values_of_few_people_are_not_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
