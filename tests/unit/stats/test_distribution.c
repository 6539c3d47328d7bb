/* The choice of a column's distribution: the true one or one as good, nothing that is not there, and points within bins. */
#include "unit/check.h"

#include "stats/distribution.h"
#include "stats/gsl.h"
#include "unit/stats/drawn.h"

#define LEAST 11
#define MANY  50
#define TRAIN 8000
#define HELD  2000

typedef struct chosen
{
    ss_arena *arena;
    ss_grid_cell *rows, *held_out;
    size_t nrows, nheld_out;
    ss_distribution_choice choice;
} chosen;

static void
choose(chosen *c, const ss_grid_range *range, double rows_per_subject)
{
    const ss_distribution_options o = {.range = *range,
                                       .least_rows = LEAST,
                                       .many_rows = MANY,
                                       .rows_per_subject = rows_per_subject};

    ss_distribution_choose(c->rows, c->nrows, c->held_out, c->nheld_out, &o, c->arena, &c->choice);
}

static const ss_grid_range anything;

/* Units that value makes of uniforms, train and held out. */
static chosen
choice_of(double (*value)(double u), uint64_t seed)
{
    chosen c = {.arena = ss_arena_new(NULL)};

    c.rows = ss_alloc(c.arena, TRAIN, sizeof *c.rows);
    c.held_out = ss_alloc(c.arena, HELD, sizeof *c.held_out);
    for (size_t i = 0; i < TRAIN + HELD; i++)
    {
        const int64_t unit = (int64_t) floor(value(uniform(&seed)));

        if (i < TRAIN)
            c.rows[i] = (ss_grid_cell){unit, unit, 1};
        else
            c.held_out[i - TRAIN] = (ss_grid_cell){unit, unit, 1};
    }
    c.nrows = ss_grid_put_together(c.rows, TRAIN);
    c.nheld_out = ss_grid_put_together(c.held_out, HELD);
    choose(&c, &anything, 1);
    return c;
}

static const char *
name_of(const chosen *c)
{
    return c->choice.candidates[c->choice.chosen].name;
}

static const ss_distribution_candidate *
candidate(const chosen *c, const char *name)
{
    for (size_t i = 0; i < c->choice.n; i++)
    {
        if (strcmp(c->choice.candidates[i].name, name) == 0)
            return &c->choice.candidates[i];
    }
    return NULL;
}

/* ---- what is chosen ------------------------------------------------------------------------------ */

/*
 * Whatever is chosen is as good as the truth, by rows that nobody has seen, and told by no more numbers; almost always it is
 * the truth itself.  Held-out rows are noise: 2 standard errors are exceeded once in 40 times.
 */
static void
the_true_family_or_one_as_good(void **state)
{
    size_t true_ones = 0;

    (void) state;
    for (size_t l = 0; l < KNOWN_LAWS; l++)
    {
        const ss_law law = law_of(&known_laws[l]);
        const ss_cdf cdf = ss_law_cdf(&law);
        const ss_grid_range range = range_of_law(&known_laws[l]);
        chosen c = {.arena = ss_arena_new(NULL)};
        const ss_distribution_candidate *best;
        double fresh = 0, of_truth = 0;
        ss_spans spans;

        c.rows = drawn(&cdf, TRAIN, 2 * l + 1, c.arena, &c.nrows);
        c.held_out = drawn(&cdf, HELD, 2 * l + 2, c.arena, &c.nheld_out);
        choose(&c, &range, 1);
        best = &c.choice.candidates[c.choice.chosen];
        c.rows = drawn(&cdf, 4000, 0, c.arena, &c.nrows);
        spans = ss_grid_spans(c.rows, c.nrows, &range, c.arena);
        for (size_t i = 0; i < spans.n; i++)
        {
            const ss_distribution *d = &c.choice.distribution;

            fresh +=
                spans.rows[i] / spans.total *
                (ss_cdf_log_mass(&d->cdf, &spans.spans[i]) - ss_cdf_log_total(&d->cdf, &d->range));
            of_truth += spans.rows[i] / spans.total * ss_cdf_log_mass(&cdf, &spans.spans[i]);
        }
        assert_true(fresh > of_truth - 0.005);
        assert_true(best->fitted && best->eligible);
        assert_true(best->numbers <= law.family->nparams);
        true_ones += strcmp(best->name, law.family->name) == 0;
        ss_arena_free(c.arena);
    }
    assert_true(true_ones >= KNOWN_LAWS - 1);
}

static double
bimodal(double u)
{
    return u < 0.5 ? 20000 + 8000 * u : 90000 + 8000 * u * u;
}

static double
even(double u)
{
    return 1000000 * u;
}

static double
heavy(double u)
{
    return u < 0.9 ? 300000 * u * u + 40000 * sin(9 * u) + 50000
                   : 400000 + 30000 * (pow((1 - u) / 0.1, -0.9) - 1);
}

static void
two_peaks_are_not_one(void **state)
{
    const chosen c = choice_of(bimodal, 1);

    (void) state;
    assert_string_not_equal(name_of(&c), "normal");
    assert_string_not_equal(name_of(&c), "student-t");
    assert_true(candidate(&c, "normal")->fitted);
    assert_true(candidate(&c, "normal")->behind > 0.5);
    ss_arena_free(c.arena);
}

static void
uniform_noise_has_no_tail(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 10; seed++)
    {
        const chosen c = choice_of(even, seed * 1001);

        assert_string_equal(name_of(&c), "quantiles");
        assert_false(c.choice.distribution.quantiles.upper.fitted);
        assert_false(c.choice.distribution.quantiles.lower.fitted);
        ss_arena_free(c.arena);
    }
}

/* Of a form that no family has, with one row in ten in a tail that has no mean worth the name. */
static void
a_heavy_tail_is_told_as_one(void **state)
{
    const chosen c = choice_of(heavy, 4);

    (void) state;
    assert_string_equal(name_of(&c), "quantiles, upper tail");
    assert_true(c.choice.distribution.quantiles.upper.fitted);
    assert_true(fabs(c.choice.distribution.quantiles.upper.shape - 0.9) < 0.25);
    ss_arena_free(c.arena);
}

/* Thirty of eight thousand are a group of their own: too few to be told. */
static double
with_a_few(double u)
{
    return u < 0.004 ? 900000 + 1e6 * u : 500000 + 40000 * log((u - 0.0039) / (1.0001 - u));
}

static void
a_component_of_few_is_not_told(void **state)
{
    const chosen c = choice_of(with_a_few, 2);
    const ss_distribution *d = &c.choice.distribution;

    (void) state;
    for (size_t i = 0; i < c.choice.n; i++)
    {
        const ss_distribution_candidate *one = &c.choice.candidates[i];

        assert_true(isfinite(one->nats) && isfinite(one->behind) && isfinite(one->error));
    }
    assert_true(d->law == NULL || ss_law_least_share(d->law, &d->range) * TRAIN >= MANY);
    ss_arena_free(c.arena);
}

/* What is stored is what is judged: parameters of three digits. */
static void
parameters_are_told_rounded(void **state)
{
    const ss_law law = law_of(&known_laws[3]);
    const ss_cdf cdf = ss_law_cdf(&law);
    chosen c = {.arena = ss_arena_new(NULL)};
    const ss_law *told;

    (void) state;
    c.rows = drawn(&cdf, TRAIN, 5, c.arena, &c.nrows);
    c.held_out = drawn(&cdf, HELD, 6, c.arena, &c.nheld_out);
    choose(&c, &anything, 1);
    told = c.choice.distribution.law;
    assert_non_null(told);
    assert_string_equal(told->family->name, "gamma");
    for (size_t i = 0; i < 2; i++)
        assert_true(told->params[i] == ss_round_digits(told->params[i], 3));
    ss_arena_free(c.arena);
}

/* Rows of few people are noisier: what is told by fewer numbers is taken sooner. */
static void
rows_of_one_person_count_less(void **state)
{
    const ss_law law = {
        .family = &ss_family_log_normal_shifted, .params = {6, 0.5, 40}, .length = 1};
    const ss_cdf cdf = ss_law_cdf(&law);
    chosen c = {.arena = ss_arena_new(NULL)};
    double error;

    (void) state;
    c.rows = drawn(&cdf, TRAIN, 8, c.arena, &c.nrows);
    c.held_out = drawn(&cdf, HELD, 9, c.arena, &c.nheld_out);
    choose(&c, &anything, 1);
    error = candidate(&c, "normal")->error;
    choose(&c, &anything, 16);
    assert_true(fabs(candidate(&c, "normal")->error / error - 4) < 1e-9);
    ss_arena_free(c.arena);
}

/* ---- input of every kind ------------------------------------------------------------------------- */

static void
is_sound(chosen *c, const ss_grid_range *range)
{
    static const int64_t bins[][2] = {
        {INT64_MIN, INT64_MAX}, {INT64_MIN, -1000},        {1000, INT64_MAX}, {0, 0}, {-3, 12},
        {INT64_MAX, INT64_MAX}, {INT64_MIN, INT64_MIN + 1}};
    static const double fractions[] = {0, 0.01, 0.25, 0.5, 0.75, 0.99, 1};

    choose(c, range, 1);
    assert_true(c->choice.chosen < c->choice.n);
    for (size_t i = 0; i < c->choice.n; i++)
    {
        const ss_distribution_candidate *one = &c->choice.candidates[i];

        assert_true(isfinite(one->nats) && isfinite(one->behind) && isfinite(one->error));
    }
    for (size_t b = 0; b < sizeof bins / sizeof *bins; b++)
    {
        int64_t points[7];

        ss_distribution_points(&c->choice.distribution, bins[b][0], bins[b][1], fractions, 7,
                               points);
        for (size_t i = 0; i < 7; i++)
        {
            assert_true(points[i] >= bins[b][0] && points[i] <= bins[b][1]);
            assert_true(i == 0 || points[i] >= points[i - 1]);
        }
    }
}

static void
degenerate_input_is_borne(void **state)
{
    ss_grid_cell inputs[][3] = {
        {{0}},
        {{5, 5, 1}},
        {{5, 5, 100000}},
        {{-1000, 1000, 500}},
        {{INT64_MIN, INT64_MAX, 500}},
        {{INT64_MIN, INT64_MIN, 60}, {0, 0, 60}, {INT64_MAX, INT64_MAX, 60}},
        {{INT64_MAX - 2, INT64_MAX - 2, 60},
         {INT64_MAX - 1, INT64_MAX - 1, 60},
         {INT64_MAX, INT64_MAX, 60}},
        {{1, 1, UINT64_MAX}, {2, 2, UINT64_MAX}, {3, 3, UINT64_MAX}},
        {{1, 1, 0}, {2, 2, 0}, {3, 3, 0}},
        {{0, 0, 90}, {1, 1, 5}, {1000000, 1000000, 90}},
    };
    const ss_grid_cell hole[] = {{2, 2, 0}};
    const ss_grid_range ranges[] = {
        {.has_low = false},
        {.has_low = true, .low = 0},
        {.has_low = true, .has_high = true, .low = 3, .high = 3},
        {.has_low = true, .has_high = true, .low = INT64_MIN, .high = INT64_MAX},
        {.holes = hole, .nholes = 1},
        {.has_low = true, .has_high = true, .low = 2, .high = 2, .holes = hole, .nholes = 1},
    };

    (void) state;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
    {
        const size_t n = i == 0                                                     ? 0
                         : inputs[i][1].low == 0 && inputs[i][1].high == 0 && i < 5 ? 1
                                                                                    : 3;

        for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
        {
            chosen c = {.arena = ss_arena_new(NULL), .rows = inputs[i], .nrows = n};

            is_sound(&c, &ranges[r]);
            c.held_out = inputs[i];
            c.nheld_out = n;
            is_sound(&c, &ranges[r]);
            /* Of other people who are quite different. */
            c.held_out = inputs[9];
            c.nheld_out = 3;
            is_sound(&c, &ranges[r]);
            ss_arena_free(c.arena);
        }
    }
}

/* Heaped on hundreds, with a few between. */
static double
heaped(double u)
{
    const double x = 50000 * -log1p(-u);

    return fmod(1e6 * u, 10) < 8 ? floor(x / 100) * 100 : x;
}

static void
heaps_are_borne(void **state)
{
    chosen c = choice_of(heaped, 12);

    (void) state;
    is_sound(&c, &anything);
    assert_string_equal(name_of(&c), "exponential");
    ss_arena_free(c.arena);
}

/* Cells counted in parts, merged in any order: the same choice, number by number. */
static void
parts_in_any_order_are_the_same(void **state)
{
    const ss_law law = law_of(&known_laws[13]);
    const ss_cdf cdf = ss_law_cdf(&law);
    chosen a = {.arena = ss_arena_new(NULL)}, b;
    uint64_t seed = 3;

    (void) state;
    a.rows = drawn(&cdf, TRAIN, 21, a.arena, &a.nrows);
    a.held_out = drawn(&cdf, HELD, 22, a.arena, &a.nheld_out);
    b = a;
    b.rows = ss_alloc(a.arena, TRAIN, sizeof *b.rows);
    b.nrows = 0;
    for (size_t i = 0; i < a.nrows; i++)
    {
        for (uint64_t r = 0; r < a.rows[i].rows; r++)
            b.rows[b.nrows++] = (ss_grid_cell){a.rows[i].low, a.rows[i].high, 1};
    }
    for (size_t i = b.nrows - 1; i > 0; i--)
    {
        const size_t k = ss_below(ss_unfold(&seed), i + 1);
        const ss_grid_cell swap = b.rows[i];

        b.rows[i] = b.rows[k];
        b.rows[k] = swap;
    }
    b.nrows = ss_grid_put_together(b.rows, b.nrows);
    choose(&a, &anything, 1);
    choose(&b, &anything, 1);
    assert_int_equal(a.choice.n, b.choice.n);
    assert_int_equal(a.choice.chosen, b.choice.chosen);
    for (size_t i = 0; i < a.choice.n; i++)
    {
        assert_true(a.choice.candidates[i].nats == b.choice.candidates[i].nats);
        assert_true(a.choice.candidates[i].behind == b.choice.candidates[i].behind);
    }
    assert_non_null(a.choice.distribution.law);
    assert_memory_equal(a.choice.distribution.law->params, b.choice.distribution.law->params,
                        sizeof a.choice.distribution.law->params);
    ss_arena_free(a.arena);
}

/* ---- points -------------------------------------------------------------------------------------- */

/* Points of all bins, put together, are the distribution. */
static void
points_follow_the_distribution(void **state)
{
    double fractions[20];

    (void) state;
    for (size_t i = 0; i < 20; i++)
        fractions[i] = ((double) i + 0.5) / 20;
    for (size_t l = 0; l < KNOWN_LAWS; l++)
    {
        const ss_law law = law_of(&known_laws[l]);
        const ss_cdf cdf = ss_law_cdf(&law);
        const ss_grid_range range = range_of_law(&known_laws[l]);
        const ss_distribution d = {.law = &law, .cdf = cdf, .range = range};
        int64_t low = INT64_MIN;

        for (size_t bin = 1; bin <= 10; bin++)
        {
            const double share = (double) bin / 10;
            const int64_t high =
                bin == 10 ? INT64_MAX : (int64_t) floor(ss_cdf_quantile(&cdf, share, 1 - share));
            const double from = bin == 1 ? 0 : cdf.lower(&law, (double) low - 0.5),
                         to = bin == 10 ? 1 : cdf.lower(&law, (double) high + 0.5);
            int64_t points[20];

            ss_distribution_points(&d, low, high, fractions, 20, points);
            for (size_t i = 0; i < 20; i++)
            {
                const double wanted = from + (to - from) * fractions[i];

                assert_true(points[i] >= low && points[i] <= high);
                assert_true(i == 0 || points[i] >= points[i - 1]);
                assert_true(!range.has_low || (points[i] >= range.low && points[i] <= range.high));
                /* The unit's own cell has the point in it. */
                assert_true(cdf.lower(&law, (double) points[i] - 0.6) <= wanted + 1e-9);
                assert_true(cdf.lower(&law, (double) points[i] + 0.6) >= wanted - 1e-9);
            }
            low = high + (bin < 10);
        }
    }
}

/* Nobody is below 0, so nobody is made there, also where the column has no bound. */
static double
amount(double u)
{
    return u < 0.3 ? 4000 * u : 1200 + 90000 * u * u * u;
}

static void
nothing_is_made_below_zero_where_nobody_is(void **state)
{
    const chosen c = choice_of(amount, 6);
    const double fractions[] = {0, 1e-6, 0.5, 1};
    int64_t points[4];

    (void) state;
    ss_distribution_points(&c.choice.distribution, INT64_MIN, 50, fractions, 4, points);
    assert_true(points[0] >= 0 && points[3] <= 50);
    ss_arena_free(c.arena);
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
        cmocka_unit_test(the_true_family_or_one_as_good),
        cmocka_unit_test(two_peaks_are_not_one),
        cmocka_unit_test(uniform_noise_has_no_tail),
        cmocka_unit_test(a_heavy_tail_is_told_as_one),
        cmocka_unit_test(a_component_of_few_is_not_told),
        cmocka_unit_test(parameters_are_told_rounded),
        cmocka_unit_test(rows_of_one_person_count_less),
        cmocka_unit_test(degenerate_input_is_borne),
        cmocka_unit_test(heaps_are_borne),
        cmocka_unit_test(parts_in_any_order_are_the_same),
        cmocka_unit_test(points_follow_the_distribution),
        cmocka_unit_test(nothing_is_made_below_zero_where_nobody_is),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
