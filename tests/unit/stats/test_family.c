/* Families: published values, laws that each of them obeys, and parameters found again within their standard errors. */
#include "unit/check.h"

#include "stats/gsl.h"
#include "unit/stats/drawn.h"

#define NEAR(a, b, within) assert_true(fabs((a) - (b)) <= (within))

/* ---- values that others have printed, or that have a closed form --------------------------------- */

static const struct
{
    const char *name;
    double params[SS_FAMILY_PARAMS];
    double x, lower, upper; /* 0: not looked at */
    double within;          /* of what is given */
} published[] = {
    /* Abramowitz and Stegun 1964, table 26.1. */
    {"normal", {0, 1}, 1.96, 0.97500210485, 0.02499789515, 1e-10},
    {"normal", {100, 15}, 115, 0.84134474607, 0.15865525393, 1e-10},
    /* The same, table 26.2: -log10 Q(10) = 23.11805, Q(30) 197.30921. */
    {"normal", {0, 1}, 10, 0, 7.61985e-24, 1e-5},
    {"normal", {0, 1}, 30, 0, 4.90671e-198, 1e-5},
    /* Table 26.8, chi-squared with 5 degrees of freedom at 5 %: 11.0705; with 10 at 0.1 %: 29.588. */
    {"gamma", {2.5, 2}, 11.0705, 0.95, 0.05, 1e-5},
    {"gamma", {5, 2}, 29.588, 0, 0.001, 1e-3},
    /* Erlang: 1 - exp(-x) (1 + x). */
    {"gamma", {2, 1}, 3, 0.80085172652854423, 0.19914827347145578, 1e-12},
    /* Table 26.10, Student's t with 4 degrees of freedom at 5 %, two-sided: 2.776; Cauchy: 1/2 + atan(x) / pi. */
    {"student-t", {0, 1, 4}, 2.776, 0.975, 0.025, 1e-3},
    {"student-t", {0, 1, 1}, 1, 0.75, 0.25, 1e-12},
    /* With 2 degrees of freedom: 1/2 + x / (2 sqrt(2 + x x)). */
    {"student-t", {0, 1, 2}, 3, 0.95226701686664544, 0.047732983133354563, 1e-12},
    /* x x (6 - 8 x + 3 x x). */
    {"beta", {2, 3}, 0.4, 0.5248, 0.4752, 1e-12},
    /* 2 / pi asin(sqrt(x)), the arcsine law. */
    {"beta", {0.5, 0.5}, 0.25, 1.0 / 3, 2.0 / 3, 1e-12},
    {"weibull", {2.5, 7}, 7, 0.63212055882855768, 0.36787944117144233, 1e-12},
    {"exponential", {3}, 6, 0.86466471676338730, 0.13533528323661270, 1e-12},
    {"exponential", {1}, 700, 0, 9.8596765437597708e-305, 1e-12},
    {"log-normal", {1, 0.5}, 7.2427429852, 0.97500210485, 0.02499789515, 1e-9},
    {"log-normal-shifted", {1, 0.5, -3}, 4.2427429852, 0.97500210485, 0.02499789515, 1e-9},
    {"generalised-pareto", {2, 0.5}, 4, 0.75, 0.25, 1e-12},
    {"generalised-pareto", {2, -0.25}, 4, 0.9375, 0.0625, 1e-12},
    {"generalised-pareto", {2, 0}, 2, 0.63212055882855768, 0.36787944117144233, 1e-12},
    {"normal-mixture-2", {0, 1, 10, 1, 0.25}, 5, 0.25, 0.75, 1e-5},
    {"normal-mixture-3", {0, 1, 10, 1, 30, 1, 0.25, 0.5}, 20, 0.75, 0.25, 1e-12},
};

static void
published_values_are_met(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
    {
        const ss_family *f = ss_family_find(published[i].name);

        assert_non_null(f);
        if (published[i].lower > 0)
            NEAR(f->lower(published[i].params, published[i].x) / published[i].lower, 1,
                 published[i].within);
        NEAR(f->upper(published[i].params, published[i].x) / published[i].upper, 1,
             published[i].within);
    }
}

/* ---- laws ---------------------------------------------------------------------------------------- */

static void
tails_density_and_quantiles_agree(void **state)
{
    (void) state;
    for (size_t l = 0; l < KNOWN_LAWS; l++)
    {
        const ss_law law = law_of(&known_laws[l]);
        const ss_cdf cdf = ss_law_cdf(&law);
        double last = -HUGE_VAL;

        assert_true(cdf.lower(&law, -HUGE_VAL) == 0 && cdf.upper(&law, -HUGE_VAL) == 1);
        assert_true(cdf.lower(&law, HUGE_VAL) == 1 && cdf.upper(&law, HUGE_VAL) == 0);
        for (int i = 1; i < 40; i++)
        {
            const double x = ss_cdf_quantile(&cdf, i / 40.0, 1 - i / 40.0), h = 1e-3;
            const double slope = (cdf.lower(&law, x + h) - cdf.lower(&law, x - h)) / (2 * h);

            assert_true(x > last);
            NEAR(cdf.lower(&law, x), i / 40.0, 1e-9);
            NEAR(cdf.lower(&law, x) + cdf.upper(&law, x), 1, 1e-9);
            NEAR(slope / exp(cdf.log_density(&law, x)), 1, 1e-4);
            last = x;
        }
        /* Far out; a tail that ends has nothing there. */
        last = ss_cdf_quantile(&cdf, 1, 1e-9);
        assert_true(last > ss_cdf_quantile(&cdf, 1, 1e-6));
        NEAR(cdf.upper(&law, last) / 1e-9, 1, 1e-3);
    }
}

/* A cell that is narrow or far out has a logarithm, where the difference of two values of a cdf is 0. */
static void
no_cell_is_too_narrow_or_too_far(void **state)
{
    const ss_law law = {.family = &ss_family_normal, .params = {0, 1}, .length = 1};
    const ss_cdf cdf = ss_law_cdf(&law);
    const ss_span narrow = {1, 1 + 1e-12, 1e-12}, far = {50, 51, 1}, low = {-51, -50, 1};
    const ss_span flat = ss_span_of(INT64_MAX, INT64_MAX);
    const ss_law wide = {.family = &ss_family_normal, .params = {9e18, 1e18}, .length = 1};
    const ss_cdf wide_cdf = ss_law_cdf(&wide);

    (void) state;
    NEAR(ss_cdf_log_mass(&cdf, &narrow), log(1e-12) - 0.5 - log(2.5066282746310002), 1e-9);
    /* Q(50) is exp(-1254.83): Abramowitz and Stegun, table 26.2, -log10 = 544.96634. */
    NEAR(ss_cdf_log_mass(&cdf, &far), -1254.83, 3);
    NEAR(ss_cdf_log_mass(&cdf, &far), ss_cdf_log_mass(&cdf, &low), 1e-6);
    NEAR(ss_cdf_log_mass(&wide_cdf, &flat), -log(1e18) - 0.919 - 0.025, 0.01);
}

static void
parameters_are_told_by_three_digits(void **state)
{
    ss_law law = {.family = &ss_family_normal, .params = {1234567.8, 45.678}, .length = 1};

    (void) state;
    assert_true(ss_round_digits(0.00123456, 3) == 0.00123);
    assert_true(ss_round_digits(-98765, 3) == -98800);
    assert_true(ss_round_digits(0, 3) == 0);
    assert_true(ss_round_digits(9.996, 3) == 10.0);
    ss_law_round(&law);
    assert_true(law.params[1] == 45.7);
    /* To a hundredth of the deviation's power of ten, or a location would be off by a hundred of them. */
    assert_true(law.params[0] == 1234567.8);
    law = (ss_law){.family = &ss_family_normal, .params = {1234567.8, 45678}, .length = 1};
    ss_law_round(&law);
    assert_true(law.params[0] == 1234600);
    law = (ss_law){
        .family = &ss_family_log_normal_shifted, .params = {5.004, 0.61, 4018.9}, .length = 1};
    ss_law_round(&law);
    assert_true(law.params[0] == 5.004 && law.params[2] == 4018);
}

/* ---- fits that others have published ------------------------------------------------------------- */

static ss_family_fit
fit_of(const char *name, const ss_grid_cell *cells, size_t n, const ss_grid_range *range)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_spans s = ss_grid_spans(cells, n, range, arena);
    const ss_grid_groups g = ss_grid_group(&s, range, arena);
    ss_family_fit fit;
    const bool converged = ss_family_fit_to(ss_family_find(name), &g, arena, &fit);

    assert_int_equal(converged, fit.converged);
    ss_arena_free(arena);
    return fit;
}

static const ss_grid_range anything;

static void
points(const int64_t *values, size_t n, ss_grid_cell *cells, size_t *ncells)
{
    for (size_t i = 0; i < n; i++)
        cells[i] = (ss_grid_cell){values[i], values[i], 1};
    *ncells = ss_grid_put_together(cells, n);
}

/*
 * Endurance of 23 ball bearings, in 10^4 revolutions (Lieblein and Zelen 1956).  Weibull: Thoman, Bain and Antle 1969
 * (Technometrics 11, 445), 2.102 and 81.88; gamma and log-normal: Lawless 1982, Statistical Models and Methods
 * for Lifetime Data.
 */
static void
ball_bearings(void **state)
{
    static const int64_t values[] = {1788, 2892, 3300,  4152,  4212,  4560,  4840, 5184,
                                     5196, 5412, 5556,  6780,  6864,  6864,  6888, 8412,
                                     9312, 9864, 10512, 10584, 12792, 12804, 17340};
    ss_grid_cell cells[23];
    ss_family_fit fit;
    size_t n;

    (void) state;
    points(values, 23, cells, &n);
    fit = fit_of("weibull", cells, n, &anything);
    assert_true(fit.converged);
    NEAR(fit.law.params[0], 2.102, 0.03);
    NEAR(fit.law.params[1], 8188, 60);
    fit = fit_of("gamma", cells, n, &anything);
    NEAR(fit.law.params[0], 4.025, 0.08);
    NEAR(fit.law.params[0] * fit.law.params[1], 7222, 40);
    fit = fit_of("log-normal", cells, n, &anything);
    NEAR(fit.law.params[0], log(100) + 4.150, 0.01);
    NEAR(fit.law.params[1], 0.522, 0.01);
    /* Lawless again: the mean of exponential times is their mean, its standard error that by the root of n. */
    fit = fit_of("exponential", cells, n, &anything);
    NEAR(fit.law.params[0], 7222, 60);
    NEAR(fit.errors[0], 7222 / sqrt(23), 150);
}

/* Hours between failures of air conditioning (Proschan 1963): Davison and Hinkley 1997 fit a gamma of shape 0.707. */
static void
air_conditioning(void **state)
{
    static const int64_t values[] = {300,  500,  700,   1800,  4300,  8500,
                                     9100, 9800, 10000, 13000, 23000, 48700};
    ss_grid_cell cells[12];
    ss_family_fit fit;
    size_t n;

    (void) state;
    points(values, 12, cells, &n);
    fit = fit_of("gamma", cells, n, &anything);
    assert_true(fit.converged);
    NEAR(fit.law.params[0], 0.707, 0.02);
    NEAR(fit.law.params[0] * fit.law.params[1], 10808, 200);
}

/*
 * Minutes between 272 eruptions of Old Faithful (Azzalini and Bowman 1990), a mixture of two normals: Benaglia,
 * Chauveau, Hunter and Young 2009 (Journal of Statistical Software 32(6)) print weights 0.361 and 0.639, means 54.615 and 80.091,
 * deviations 5.871 and 5.868, log likelihood -1034.002; of grouped minutes variances are less by 1/12.
 */
static void
old_faithful(void **state)
{
    static const uint8_t minutes[][2] = {
        {43, 1},  {45, 3},  {46, 5},  {47, 4},  {48, 3}, {49, 5},  {50, 5},  {51, 6},  {52, 5},
        {53, 7},  {54, 9},  {55, 6},  {56, 4},  {57, 3}, {58, 4},  {59, 7},  {60, 6},  {62, 4},
        {63, 3},  {64, 4},  {65, 3},  {66, 2},  {67, 1}, {68, 1},  {69, 2},  {70, 4},  {71, 5},
        {72, 1},  {73, 7},  {74, 6},  {75, 8},  {76, 9}, {77, 12}, {78, 15}, {79, 10}, {80, 8},
        {81, 13}, {82, 12}, {83, 14}, {84, 10}, {85, 6}, {86, 6},  {87, 2},  {88, 6},  {89, 3},
        {90, 6},  {91, 1},  {92, 1},  {93, 2},  {94, 1}, {96, 1}};
    ss_grid_cell cells[sizeof minutes / 2];
    ss_family_fit fit;

    (void) state;
    for (size_t i = 0; i < sizeof minutes / 2; i++)
        cells[i] = (ss_grid_cell){minutes[i][0], minutes[i][0], minutes[i][1]};
    fit = fit_of("normal-mixture-2", cells, sizeof minutes / 2, &anything);
    assert_true(fit.converged);
    NEAR(fit.law.params[0], 54.615, 0.15);
    NEAR(fit.law.params[1], sqrt(5.871 * 5.871 - 1.0 / 12), 0.15);
    NEAR(fit.law.params[2], 80.091, 0.15);
    NEAR(fit.law.params[3], sqrt(5.868 * 5.868 - 1.0 / 12), 0.15);
    NEAR(fit.law.params[4], 0.361, 0.006);
}

/*
 * Exponential times in n equal cells of width h have a likelihood with a maximum in closed form (Kulldorff 1961,
 * Contributions to the Theory of Estimation from Grouped and Partially Grouped Samples): h / log(1 + rows / sum of i rows(i)).
 */
static void
grouped_exponential_times(void **state)
{
    static const uint64_t rows[] = {400, 230, 160, 90, 50, 40, 20, 10};
    const int64_t h = 1000000;
    ss_grid_cell cells[8];
    ss_family_fit fit;
    double sum = 0, all = 0, mean;

    (void) state;
    for (int64_t i = 0; i < 8; i++)
    {
        cells[i] = (ss_grid_cell){i * h, (i + 1) * h - 1, rows[i]};
        sum += (double) i * (double) rows[i];
        all += (double) rows[i];
    }
    mean = (double) h / log1p(all / sum);
    fit = fit_of("exponential", cells, 8, &anything);
    assert_true(fit.converged);
    NEAR(fit.law.params[0] / mean, 1, 0.004);
    assert_true(fit.errors[0] > mean / sqrt(all));
}

/* ---- recovery ------------------------------------------------------------------------------------ */

/* From quantiles, without noise: within a fraction of a standard error. */
static void
parameters_are_found_again(void **state)
{
    (void) state;
    for (size_t l = 0; l < KNOWN_LAWS; l++)
    {
        const ss_law law = law_of(&known_laws[l]);
        const ss_cdf cdf = ss_law_cdf(&law);
        const ss_grid_range range = range_of_law(&known_laws[l]);
        ss_arena *arena = ss_arena_new(NULL);
        size_t n;
        const ss_grid_cell *cells = drawn(&cdf, 10000, 0, arena, &n);
        const ss_family_fit fit = fit_of(known_laws[l].name, cells, n, &range);

        assert_true(fit.converged);
        assert_true(isfinite(fit.nats));
        for (size_t i = 0; i < law.family->nparams; i++)
        {
            assert_true(fit.errors[i] > 0);
            NEAR((fit.law.params[i] - law.params[i]) / fit.errors[i], 0, 0.4);
        }
        ss_arena_free(arena);
    }
}

/*
 * From samples: errors have the size that they say.  16 samples a law, of 2,000 rows; seeds are fixed.  Were they
 * others, a mean of 16 squares of independent standard normals left 0.25 .. 2.5 once in 2,000 times.
 */
static void
standard_errors_are_right(void **state)
{
    (void) state;
    for (size_t l = 0; l < KNOWN_LAWS; l++)
    {
        const ss_law law = law_of(&known_laws[l]);
        const ss_cdf cdf = ss_law_cdf(&law);
        const ss_grid_range range = range_of_law(&known_laws[l]);
        double squares[SS_FAMILY_PARAMS] = {0};

        for (uint64_t seed = 1; seed <= 16; seed++)
        {
            ss_arena *arena = ss_arena_new(NULL);
            size_t n;
            const ss_grid_cell *cells = drawn(&cdf, 2000, seed * 7919 + l, arena, &n);
            const ss_family_fit fit = fit_of(known_laws[l].name, cells, n, &range);

            assert_true(fit.converged);
            for (size_t i = 0; i < law.family->nparams; i++)
            {
                const double z = (fit.law.params[i] - law.params[i]) / fit.errors[i];

                NEAR(z, 0, 4.5);
                squares[i] += z * z / 16;
            }
            ss_arena_free(arena);
        }
        for (size_t i = 0; i < law.family->nparams; i++)
            assert_true(squares[i] > 0.25 && squares[i] < 2.5);
    }
}

/* A normal distribution of which a bound cuts half away, and a spike some more. */
static void
bounds_and_holes_do_not_move_parameters(void **state)
{
    const ss_grid_cell holes[] = {{1100, 1139, 0}, {1300, 1300, 0}};
    const ss_grid_range range = {.has_low = true, .low = 950, .holes = holes, .nholes = 2};
    const ss_law law = {.family = &ss_family_normal, .params = {1000, 200}, .length = 1};
    const ss_cdf cdf = ss_law_cdf(&law);
    ss_arena *arena = ss_arena_new(NULL);
    size_t n, kept = 0;
    ss_grid_cell *cells = drawn(&cdf, 40000, 0, arena, &n);
    ss_family_fit fit;

    (void) state;
    for (size_t i = 0; i < n; i++)
    {
        if (!(cells[i].low >= 1100 && cells[i].low <= 1139) && cells[i].low != 1300)
            cells[kept++] = cells[i];
    }
    fit = fit_of("normal", cells, kept, &range);
    assert_true(fit.converged);
    NEAR((fit.law.params[0] - 1000) / fit.errors[0], 0, 0.5);
    NEAR((fit.law.params[1] - 200) / fit.errors[1], 0, 0.5);
    ss_arena_free(arena);
}

/* The least value is somebody's: a shift comes no nearer to it than 50 rows do. */
static void
a_shift_does_not_tell_the_least_value(void **state)
{
    const ss_law law = {
        .family = &ss_family_log_normal_shifted, .params = {5, 1.2, 4017}, .length = 1};
    const ss_cdf cdf = ss_law_cdf(&law);
    ss_arena *arena = ss_arena_new(NULL);
    size_t n;
    const ss_grid_cell *cells = drawn(&cdf, 5000, 17, arena, &n);
    const ss_spans s = ss_grid_spans(cells, n, &anything, arena);
    const ss_grid_groups g = ss_grid_group(&s, &anything, arena);
    ss_family_fit fit;
    double within;

    (void) state;
    assert_true(ss_family_fit_to(law.family, &g, arena, &fit));
    assert_true(fabs(fit.law.params[2] - 4017) < 2);
    within = ss_grid_groups_quantile(&g, 50.0 / 5000);
    assert_true(within > 4020 && within < 4100);
    assert_true(ss_law_fix_begin(&fit.law, &g, 50));
    assert_true(fit.law.params[2] == 4000);
    assert_true(ss_law_fit(fit.law, &g, arena, &fit));
    assert_true(fit.law.params[2] == 4000 && fit.errors[2] == 0);
    assert_true(fit.law.params[0] > 5);
    ss_law_round(&fit.law);
    assert_true(fit.law.params[2] == 4000);
    ss_arena_free(arena);
}

/* ---- what is no data for a family ---------------------------------------------------------------- */

static void
what_cannot_be_fitted_is_said(void **state)
{
    const ss_grid_cell one[] = {{5, 5, 100}}, wide[] = {{-1000, 1000, 100}},
                       two[] = {{0, 0, 50}, {1, 1, 50}},
                       ends[] = {{INT64_MIN, INT64_MIN, 70}, {0, 0, 5}, {INT64_MAX, INT64_MAX, 70}},
                       below[] = {{-50, -50, 30}, {-20, -20, 40}, {-10, -10, 30}},
                       huge[] = {{1, 1, UINT64_MAX}, {2, 2, UINT64_MAX}, {3, 9, UINT64_MAX}};

    const struct
    {
        const ss_grid_cell *cells;
        size_t n;
    } all[] = {{one, 0}, {one, 1}, {wide, 1}, {two, 2}, {ends, 3}, {below, 3}, {huge, 3}};

    const ss_grid_range bounded = {
        .has_low = true, .has_high = true, .low = INT64_MIN, .high = INT64_MAX};
    size_t nfamilies;
    const ss_family *const *families = ss_family_all(&nfamilies);

    (void) state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    {
        for (size_t f = 0; f < 2 * nfamilies; f++)
        {
            const ss_family_fit fit = fit_of(families[f / 2]->name, all[i].cells, all[i].n,
                                             f % 2 == 0 ? &anything : &bounded);

            for (size_t p = 0; p < families[f / 2]->nparams; p++)
                assert_true(!fit.converged ||
                            (isfinite(fit.law.params[p]) && isfinite(fit.errors[p])));
            assert_true(!fit.converged || isfinite(fit.nats));
        }
    }
    assert_false(fit_of("gamma", below, 3, &anything).converged);
    assert_false(fit_of("normal", one, 0, &anything).converged);
    assert_false(fit_of("beta", two, 2, &anything).converged);
    assert_false(fit_of("normal-mixture-3", one, 1, &anything).converged);
}

/* An exponential distribution is the limit of normal ones that a bound cuts off: of no use to anybody who reads it. */
static void
a_mean_lies_where_rows_are(void **state)
{
    static const char *const names[] = {"normal", "normal-mixture-2", "normal-mixture-3"};
    const ss_law law = law_of(&known_laws[0]);
    const ss_cdf cdf = ss_law_cdf(&law);
    const ss_grid_range range = {.has_low = true};
    ss_arena *arena = ss_arena_new(NULL);
    size_t n;
    const ss_grid_cell *cells = drawn(&cdf, 10000, 0, arena, &n);

    (void) state;
    for (size_t i = 0; i < 3; i++)
        assert_false(fit_of(names[i], cells, n, &range).converged);
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
        cmocka_unit_test(published_values_are_met),
        cmocka_unit_test(tails_density_and_quantiles_agree),
        cmocka_unit_test(no_cell_is_too_narrow_or_too_far),
        cmocka_unit_test(parameters_are_told_by_three_digits),
        cmocka_unit_test(ball_bearings),
        cmocka_unit_test(air_conditioning),
        cmocka_unit_test(old_faithful),
        cmocka_unit_test(grouped_exponential_times),
        cmocka_unit_test(parameters_are_found_again),
        cmocka_unit_test(standard_errors_are_right),
        cmocka_unit_test(bounds_and_holes_do_not_move_parameters),
        cmocka_unit_test(a_shift_does_not_tell_the_least_value),
        cmocka_unit_test(a_mean_lies_where_rows_are),
        cmocka_unit_test(what_cannot_be_fitted_is_said),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
