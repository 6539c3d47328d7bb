/* Copulas of pairs inside of bins: what was put in is found again, noise has none, and what is drawn is what was told. */
#include "unit/check.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "rand/stream.h"
#include "stats/normal_score.h"
#include "stats/pair_copula.h"

#define ROWS 20000

static ss_pair_row rows[ROWS];

/* Rows of somebody each, in 400 cells, whose values there are a pair of that copula. */
static void
make(int rho, uint64_t seed)
{
    for (size_t i = 0; i < ROWS; i++)
    {
        const uint32_t u = (uint32_t) (ss_unfold(&seed) >> 32);

        rows[i] =
            (ss_pair_row){.cell = (uint32_t) ss_below(ss_unfold(&seed), 400),
                          .who = i + 1,
                          .x = u,
                          .y = ss_pair_copula_draw(rho, u, (uint32_t) (ss_unfold(&seed) >> 32))};
    }
}

/* Tau of 400 cells of 50 rows has a standard error of at most .005: rho one of .008, of which 4 and a half for rounding. */
static void
what_was_put_in_is_found(void **state)
{
    static const int rhos[] = {-90, -50, -10, 20, 60, 95};

    (void) state;
    for (size_t i = 0; i < sizeof rhos / sizeof *rhos; i++)
    {
        ss_pair_copula fit;

        make(rhos[i], i);
        ss_pair_copula_fit(rows, ROWS, &fit);
        assert_true(abs(fit.rho - rhos[i]) <= 4);
        assert_true(fabs(fit.z) > 5 && (fit.z > 0) == (rhos[i] > 0));
    }
}

/* A negative control: of 20 tables of noise z is normal; beyond 4 it is in one case of 800. */
static void
noise_has_none(void **state)
{
    (void) state;
    for (uint64_t s = 100; s < 120; s++)
    {
        ss_pair_copula fit;

        make(0, s);
        ss_pair_copula_fit(rows, ROWS, &fit);
        assert_true(fabs(fit.z) < 4 && abs(fit.rho) < 5);
    }
}

static void
nothing_has_none(void **state)
{
    ss_pair_copula fit;

    (void) state;
    ss_pair_copula_fit(rows, 0, &fit);
    assert_int_equal(fit.rho, 0);
    for (size_t i = 0; i < 100; i++)
        rows[i] = (ss_pair_row){.cell = (uint32_t) i, .who = i, .x = 1, .y = 2};
    ss_pair_copula_fit(rows, 100, &fit);
    assert_int_equal(fit.rho, 0);
    for (size_t i = 0; i < 100; i++)
        rows[i] = (ss_pair_row){.cell = 1, .who = i, .x = 1, .y = (int64_t) i};
    ss_pair_copula_fit(rows, 100, &fit);
    assert_int_equal(fit.rho, 0);
    assert_true(fit.z == 0);
}

/* A decile of the second given one of the first, by density and as drawn: 100 cells, of 10,000 draws each at most 4 sd apart. */
static void
it_is_drawn_as_its_density_says(void **state)
{
    static const int rhos[] = {-80, 30, 95};
    uint64_t s = 3;

    (void) state;
    for (size_t i = 0; i < 3; i++)
    {
        for (uint32_t d = 0; d < 10; d++)
        {
            const double u = ((double) d + 0.5) / 10;
            size_t seen[10] = {0};

            for (size_t r = 0; r < 10000; r++)
                seen[(uint64_t) ss_pair_copula_draw(rhos[i], (uint32_t) (u * 4294967296.0),
                                                    (uint32_t) (ss_unfold(&s) >> 32)) *
                         10 >>
                     32]++;
            for (size_t v = 0; v < 10; v++)
            {
                double p = 0;

                for (size_t k = 0; k < 1000; k++)
                    p += exp(ss_pair_copula_log_density(
                             rhos[i], u, ((double) v + ((double) k + 0.5) / 1000) / 10)) /
                         10000;
                assert_true(fabs((double) seen[v] - 10000 * p) < 4.5 * sqrt(10000 * p) + 10);
            }
        }
    }
}

/* Of rho 0 the word itself, and of any an even spread when the first one's is. */
static void
its_margin_is_even(void **state)
{
    size_t seen[10] = {0};
    uint64_t s = 9;

    (void) state;
    assert_int_equal(ss_pair_copula_draw(0, 12345, 67890), 67890);
    for (size_t r = 0; r < 100000; r++)
        seen[(uint64_t) ss_pair_copula_draw(70, (uint32_t) (ss_unfold(&s) >> 32),
                                            (uint32_t) (ss_unfold(&s) >> 32)) *
                 10 >>
             32]++;
    for (size_t v = 0; v < 10; v++)
        assert_true(seen[v] > 9600 && seen[v] < 10400);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_is_found),
        cmocka_unit_test(noise_has_none),
        cmocka_unit_test(nothing_has_none),
        cmocka_unit_test(it_is_drawn_as_its_density_says),
        cmocka_unit_test(its_margin_is_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
