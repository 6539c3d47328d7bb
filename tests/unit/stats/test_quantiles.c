/* A quantile function: rows enough behind every number of it, round knots, and tails that go on where knots end. */
#include "unit/check.h"

#include "stats/gsl.h"
#include "stats/quantiles.h"
#include "unit/stats/drawn.h"

#define LEAST 11

static const ss_grid_range anything;

static uint64_t
rows_between(const ss_grid_cell *cells, size_t n, int64_t above, int64_t upto)
{
    uint64_t rows = 0;

    for (size_t i = 0; i < n; i++)
        rows += cells[i].low > above && cells[i].high <= upto ? cells[i].rows : 0;
    return rows;
}

/* Of cells of all kinds: no interval and no tail has fewer than least rows, and what is stored is what is there. */
static void
every_number_has_rows_enough(void **state)
{
    uint64_t seed = 11;

    (void) state;
    for (size_t round = 0; round < 400; round++)
    {
        ss_grid_cell cells[300];
        ss_arena *arena = ss_arena_new(NULL);
        const size_t n = ss_below(ss_unfold(&seed), 300);
        int64_t at = (int64_t) ss_below(ss_unfold(&seed), 100000) - 50000, before = INT64_MIN;
        ss_quantiles q;

        for (size_t i = 0; i < n; i++)
        {
            const int64_t high =
                at + (int64_t) (round % 3 == 0 ? ss_below(ss_unfold(&seed), 50) : 0);

            cells[i] =
                (ss_grid_cell){at, high, ss_below(ss_unfold(&seed), round % 5 == 0 ? 100 : 4)};
            at = high + 1 + (int64_t) ss_below(ss_unfold(&seed), round % 2 == 0 ? 1000 : 2);
        }
        q = ss_quantiles_of(cells, n, &anything, 16, LEAST, arena);
        for (size_t i = 0; i < q.n; i++)
        {
            const uint64_t rows = rows_between(cells, n, before, q.knots[i].upper);

            assert_true(i == 0 || q.knots[i].upper > before);
            assert_true(rows >= LEAST);
            assert_int_equal(q.knots[i].rows, (rows + 2) / 5 * 5);
            before = q.knots[i].upper;
        }
        if (q.n > 0)
        {
            assert_true(rows_between(cells, n, before, INT64_MAX) >= LEAST);
            assert_int_equal(q.beyond, (rows_between(cells, n, before, INT64_MAX) + 2) / 5 * 5);
        }
        ss_arena_free(arena);
    }
}

/* Of values that nobody shares hardly a knot is one: those that are would be by chance, as round values are. */
static void
knots_are_round_and_nobodys_value(void **state)
{
    const ss_law law = {.family = &ss_family_normal, .params = {0, 1e6}, .length = 1};
    const ss_cdf cdf = ss_law_cdf(&law);
    uint64_t exact = 0, knots = 0;

    (void) state;
    for (uint64_t seed = 1; seed <= 20; seed++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        size_t n;
        const ss_grid_cell *cells = drawn(&cdf, 2000, seed, arena, &n);
        const ss_quantiles q = ss_quantiles_of(cells, n, &anything, 64, LEAST, arena);

        assert_true(q.n >= 50 && q.n < 100);
        knots += q.n;
        for (size_t i = 0; i < q.n; i++)
        {
            assert_int_equal(q.knots[i].upper % 1000, 0);
            exact += rows_between(cells, n, q.knots[i].upper - 1, q.knots[i].upper);
        }
        ss_arena_free(arena);
    }
    assert_true(exact * 100 < knots);
}

/* It goes through its knots, never falls, ends at 0 and 1, and its density is what it rises by. */
static void
it_is_a_distribution_function(void **state)
{
    (void) state;
    for (size_t l = 0; l < KNOWN_LAWS; l++)
    {
        const ss_law law = law_of(&known_laws[l]);
        const ss_cdf from = ss_law_cdf(&law);
        const ss_grid_range range = range_of_law(&known_laws[l]);
        ss_arena *arena = ss_arena_new(NULL);
        size_t n;
        const ss_grid_cell *cells = drawn(&from, 5000, 0, arena, &n);
        const ss_quantiles q = ss_quantiles_of(cells, n, &range, 32, LEAST, arena);
        const ss_cdf cdf = ss_quantiles_cdf(&q, &range, arena);
        double total = (double) q.beyond, sum = 0, last = -1;

        for (size_t i = 0; i < q.n; i++)
            total += (double) q.knots[i].rows;
        for (size_t i = 0; i < q.n; i++)
        {
            sum += (double) q.knots[i].rows;
            assert_true(fabs(cdf.lower(cdf.of, (double) q.knots[i].upper + 0.5) - sum / total) <
                        1e-12);
        }
        for (int i = 0; i <= 1000; i++)
        {
            const double x = ss_cdf_quantile(&from, (i + 0.5) / 1001, 1 - (i + 0.5) / 1001),
                         h = 1e-4;
            const double y = cdf.lower(cdf.of, x);
            const double slope = (cdf.lower(cdf.of, x + h) - cdf.lower(cdf.of, x - h)) / (2 * h);

            assert_true(y >= last);
            assert_true(fabs(y + cdf.upper(cdf.of, x) - 1) < 1e-12);
            assert_true(fabs(y - (i + 0.5) / 1001) < 0.01);
            assert_true(fabs(slope - exp(cdf.log_density(cdf.of, x))) < 1e-3 * slope + 1e-9);
            last = y;
        }
        assert_true(cdf.lower(cdf.of, -HUGE_VAL) == 0 && cdf.upper(cdf.of, HUGE_VAL) == 0);
        assert_true(fabs(ss_cdf_log_total(&cdf, &range)) < 1e-9);
        ss_arena_free(arena);
    }
}

/* Steffen 1990: between knots there is no extremum, also where a step is beside a plain. */
static void
a_step_makes_no_wave(void **state)
{
    ss_quantiles_knot knots[] = {{0, 100}, {100, 5}, {200, 5}, {210, 1000}, {300, 5}, {400, 5}};
    const ss_quantiles q = {.knots = knots, .n = 6, .beyond = 100};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_cdf cdf = ss_quantiles_cdf(&q, &anything, arena);
    double last = 0;

    (void) state;
    for (int x = -200; x < 800; x++)
    {
        const double y = cdf.lower(cdf.of, x);

        assert_true(y > last);
        last = y;
    }
    assert_true(fabs(cdf.lower(cdf.of, 210.5) - cdf.lower(cdf.of, 200.5) - 1000.0 / 1220) < 1e-12);
    ss_arena_free(arena);
}

/* A Pareto tail beyond a normal body: found again, for fewer knots; its mirror image below. */
static void
a_pareto_tail_is_fitted(void **state)
{
    (void) state;
    for (int side = 0; side < 2; side++)
    {
        const bool upper = side == 0;
        const size_t rows = 20000;
        ss_arena *arena = ss_arena_new(NULL);
        ss_grid_cell *cells = ss_alloc(arena, rows, sizeof *cells);
        size_t n = 0;
        ss_quantiles q, tailed;
        ss_quantiles_tail told;
        ss_spans spans;

        /* Four fifths even from 0 to 80000, one beyond with shape 1/2. */
        for (size_t i = 0; i < rows; i++)
        {
            const double u = ((double) i + 0.5) / (double) rows;
            const double x =
                u < 0.8 ? u * 100000 : 80000 + 20000 / 0.5 * (pow((1 - u) / 0.2, -0.5) - 1);
            const int64_t unit = (int64_t) (upper ? x : -x);

            cells[i] = (ss_grid_cell){unit, unit, 1};
        }
        n = ss_grid_put_together(cells, rows);
        q = ss_quantiles_of(cells, n, &anything, 32, LEAST, arena);
        spans = ss_grid_spans(cells, n, &anything, arena);
        assert_true(ss_quantiles_with_tail(&q, upper ? SS_QUANTILES_UPPER : SS_QUANTILES_LOWER,
                                           &spans, &anything, 50, 1, arena, &tailed));
        told = upper ? tailed.upper : tailed.lower;
        assert_true(told.fitted);
        assert_false(upper ? tailed.lower.fitted : tailed.upper.fitted);
        assert_true(fabs(told.shape - 0.5) < 0.03);
        assert_true(told.shape == ss_round_digits(told.shape, 3));
        assert_true(ss_quantiles_numbers(&tailed) < ss_quantiles_numbers(&q));
        /* One in 10,000 lies beyond this. */
        {
            const ss_cdf cdf = ss_quantiles_cdf(&tailed, &anything, arena);
            const double x = 80000 + 40000 * (pow(1e-4 / 0.2, -0.5) - 1);
            const double beyond = upper ? cdf.upper(cdf.of, x) : cdf.lower(cdf.of, -x);

            assert_true(fabs(beyond / 1e-4 - 1) < 0.25);
        }
        /* With more rows asked for than there are, there is none. */
        assert_false(ss_quantiles_with_tail(&q, upper ? SS_QUANTILES_UPPER : SS_QUANTILES_LOWER,
                                            &spans, &anything, 30000, 1, arena, &tailed));
        ss_arena_free(arena);
    }
}

static void
tails_end_at_hard_bounds(void **state)
{
    ss_quantiles_knot knots[] = {{10, 20}, {50, 100}, {90, 100}};
    const ss_quantiles q = {.knots = knots, .n = 3, .beyond = 20};
    const ss_grid_range range = {.has_low = true, .has_high = true, .low = 1, .high = 99};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_cdf cdf = ss_quantiles_cdf(&q, &range, arena);

    (void) state;
    assert_true(cdf.lower(cdf.of, 0.5) == 0 && cdf.lower(cdf.of, 1.5) > 0);
    assert_true(cdf.upper(cdf.of, 99.5) == 0 && cdf.upper(cdf.of, 98.5) > 0);
    assert_true(fabs(cdf.lower(cdf.of, 10.5) - 20.0 / 240) < 1e-12);
    ss_arena_free(arena);
}

static void
too_little_is_told_as_nothing(void **state)
{
    const ss_grid_cell cells[] = {{5, 5, 12}, {9, 9, 12}};
    const ss_grid_range range = {.has_low = true, .has_high = true, .low = 0, .high = 9};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_quantiles none = ss_quantiles_of(NULL, 0, &anything, 64, LEAST, arena);
    const ss_quantiles few = ss_quantiles_of(cells, 2, &range, 64, LEAST, arena);
    const ss_cdf cdf = ss_quantiles_cdf(&few, &range, arena),
                 open = ss_quantiles_cdf(&none, &anything, arena);
    const ss_span one = ss_span_of(7, 7);

    (void) state;
    assert_int_equal(none.n, 0);
    assert_int_equal(ss_quantiles_numbers(&few), 0);
    assert_true(fabs(cdf.lower(cdf.of, 4.5) - 0.5) < 1e-12);
    assert_true(isfinite(ss_cdf_log_mass(&open, &one)));
    ss_arena_free(arena);
}

static int
start(void **state)
{
    (void) state;
    ss_stats_init();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_has_rows_enough),
        cmocka_unit_test(knots_are_round_and_nobodys_value),
        cmocka_unit_test(it_is_a_distribution_function),
        cmocka_unit_test(a_step_makes_no_wave),
        cmocka_unit_test(a_pareto_tail_is_fitted),
        cmocka_unit_test(tails_end_at_hard_bounds),
        cmocka_unit_test(too_little_is_told_as_nothing),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
