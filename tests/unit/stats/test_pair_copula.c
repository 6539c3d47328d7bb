/* Copulas of pairs inside of bins: what was put in is found again, noise has none, and what is drawn is what was told. */
#include "unit/check.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "rand/stream.h"
#include "stats/pair_copula.h"

#define ROWS 8000
#define ALL  4294967296.0

static ss_pair_row rows[ROWS];

static uint32_t
word(uint64_t *s)
{
    return (uint32_t) (ss_unfold(s) >> 32);
}

static double
quantile(double u)
{
    return u <= 0 ? -HUGE_VAL : u >= 1 ? HUGE_VAL : gsl_cdf_ugaussian_Pinv(u);
}

/* Normal pairs of a correlation of so many thousandths; the second one's bins are nbins equal shares. */
static void
make(double rho, uint32_t nbins, uint64_t s)
{
    for (size_t i = 0; i < ROWS; i++)
    {
        const double x = quantile(((double) word(&s) + 0.5) / ALL);
        const double y =
            rho / 1000 * x + sqrt(1 - rho * rho / 1e6) * quantile(((double) word(&s) + 0.5) / ALL);
        const double bin = floor(gsl_cdf_ugaussian_P(y) * nbins);

        rows[i] = (ss_pair_row){
            .x = x, .y = y, .low = quantile(bin / nbins), .high = quantile((bin + 1) / nbins)};
    }
}

/* Within four standard errors, by the curvature of the likelihood. */
static void
what_was_put_in_is_found(void **state)
{
    static const struct
    {
        int rho;
        uint32_t nbins;
    } cases[] = {{-600, 4}, {300, 2}, {900, 8}, {-950, 16}, {990, 32}, {998, 64}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        const int step = 1000 - abs(cases[i].rho) > 50 ? 20 : 1;
        double gain, near = 0, at = 0, far = 0, error;
        int got;

        make(cases[i].rho, cases[i].nbins, i + 1);
        got = ss_pair_copula_fit(rows, ROWS, &gain);
        for (size_t r = 0; r < ROWS; r++)
        {
            near += ss_pair_copula_gain(got - step, &rows[r]);
            at += ss_pair_copula_gain(got, &rows[r]);
            far += ss_pair_copula_gain(got + step, &rows[r]);
        }
        assert_true(fabs(at - gain) < 1e-6 * gain);
        error = step / sqrt(fmax(2 * at - near - far, 1e-9));
        assert_true(abs(got - cases[i].rho) < 4 * error + 1);
        assert_true(gain > 12.5);
    }
}

/* A negative control: bins that go together, inside of which nothing does, are no better known; two nats are by chance in 1 of 20 cases. */
static void
noise_has_none(void **state)
{
    (void) state;
    for (uint64_t s = 100; s < 110; s++)
    {
        double gain;

        make(0, 8, s);
        (void) ss_pair_copula_fit(rows, ROWS, &gain);
        assert_true(gain < 8);
        make(900, 32, s);
        for (size_t i = 0; i < ROWS; i++)
        {
            const double low = gsl_cdf_ugaussian_P(rows[i].low),
                         high = gsl_cdf_ugaussian_P(rows[i].high);

            rows[i].y = quantile(low + (high - low) * ((double) word(&s) + 0.5) / ALL);
        }
        (void) ss_pair_copula_fit(rows, ROWS, &gain);
        assert_true(gain < 8);
    }
}

/* Twenty parts of a bin, of 20,000 draws each at most 4.5 standard deviations from what the density says. */
static void
it_is_drawn_as_its_density_says(void **state)
{
    static const struct
    {
        int rho;
        double u, from, to;
    } cases[] = {{800, 0.3, 0.25, 0.5},
                 {-950, 0.9, 0, 0.125},
                 {999, 0.501, 0.5, 0.515},
                 {500, 0.99, 0.9, 1}};

    uint64_t s = 3;

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        const double width = (cases[i].to - cases[i].from) / 20;
        const uint64_t from = (uint64_t) (cases[i].from * ALL), to = (uint64_t) (cases[i].to * ALL);
        size_t seen[20] = {0};

        for (size_t r = 0; r < 20000; r++)
        {
            const uint64_t at = ss_pair_copula_draw(cases[i].rho, (uint32_t) (cases[i].u * ALL),
                                                    from, to, word(&s));

            assert_true(at >= from && at < to);
            seen[(at - from) * 20 / (to - from)]++;
        }
        for (size_t p = 0; p < 20; p++)
        {
            double expected = 0;

            for (size_t k = 0; k < 400; k++)
            {
                const ss_pair_row row = {
                    .x = quantile(cases[i].u),
                    .y = quantile(cases[i].from + ((double) p + ((double) k + 0.5) / 400) * width),
                    .low = quantile(cases[i].from),
                    .high = quantile(cases[i].to)};

                expected += exp(ss_pair_copula_gain(cases[i].rho, &row)) / 400 / 20 * 20000;
            }
            assert_true(fabs((double) seen[p] - expected) <
                        4.5 * sqrt(expected) + 0.02 * expected + 3);
        }
    }
}

static void
what_tells_nothing_is_drawn_evenly(void **state)
{
    const uint64_t half = (uint64_t) 1 << 31, all = (uint64_t) 1 << 32;

    (void) state;
    assert_int_equal(ss_pair_copula_draw(0, 12345, 0, all, 67890), 67890);
    assert_int_equal(ss_pair_copula_draw(0, 12345, half, all, 10), half + 5);
    /* A bin where the second one cannot be. */
    assert_int_equal(ss_pair_copula_draw(999, 1, half, all, 10), half + 5);
    /* A bin of one place. */
    assert_int_equal(ss_pair_copula_draw(500, (uint32_t) half, 77, 78, UINT32_MAX), 77);
}

static void
no_rows_have_none(void **state)
{
    double gain;

    (void) state;
    assert_int_equal(ss_pair_copula_fit(rows, 0, &gain), 0);
    assert_true(gain == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_is_found),
        cmocka_unit_test(noise_has_none),
        cmocka_unit_test(it_is_drawn_as_its_density_says),
        cmocka_unit_test(what_tells_nothing_is_drawn_evenly),
        cmocka_unit_test(no_rows_have_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
