/* The bivariate normal distribution: against Owen's function as published, identities, and an integral of its own. */
#include "unit/check.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>

#include "stats/bivariate_normal.h"

static const double rhos[] = {-0.9999, -0.99, -0.93, -0.9,  -0.5,  -0.1, 0,
                              0.2,     0.74,  0.8,   0.924, 0.926, 0.98, 0.9999};
static const double places[] = {-6, -2.5, -1, -0.3, 0, 0.2, 1, 1.7, 4};

#define NRHOS   (sizeof rhos / sizeof *rhos)
#define NPLACES (sizeof places / sizeof *places)

/* Patefield and Tandy 2000 (Journal of Statistical Software 5(5)), their six test points: T(h, a) = P(X <= h, Y <= 0) - P(X <= h) / 2. */
static void
owens_function_is_as_published(void **state)
{
    static const struct
    {
        double h, a, t;
    } known[] = {{0.0625, 0.25, 3.8911930234701366e-02}, {6.5, 0.4375, 2.0005773048508315e-11},
                 {7, 0.96875, 6.3990627193898685e-13},   {4.78125, 0.0625, 1.0632974804687463e-07},
                 {2, 0.5, 8.6250779855215071e-03},       {1, 0.9999975, 6.6741808978228592e-02}};

    (void) state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    {
        const double rho = known[i].a / sqrt(1 + known[i].a * known[i].a);
        const double t =
            ss_bivariate_normal(known[i].h, 0, rho) - gsl_cdf_ugaussian_P(known[i].h) / 2;

        assert_true(fabs(t - known[i].t) < 1e-15);
    }
}

/* P(X <= 0, Y <= 0) = 1/4 + asin(rho) / 2 pi (Sheppard 1898). */
static void
the_quadrant_is_as_sheppard_says(void **state)
{
    (void) state;
    for (size_t i = 0; i < NRHOS; i++)
        assert_true(fabs(ss_bivariate_normal(0, 0, rhos[i]) - 0.25 - asin(rhos[i]) / (2 * M_PI)) <
                    1e-15);
}

typedef struct line
{
    double k, rho;
} line;

static double
density(double x, void *of)
{
    const line *l = of;

    return gsl_ran_ugaussian_pdf(x) *
           gsl_cdf_ugaussian_P((l->k - l->rho * x) / sqrt(1 - l->rho * l->rho));
}

static void
it_is_the_integral_of_its_density(void **state)
{
    gsl_integration_workspace *room = gsl_integration_workspace_alloc(1000);

    (void) state;
    for (size_t r = 0; r < NRHOS; r++)
    {
        for (size_t i = 0; i < NPLACES; i++)
        {
            for (size_t j = 0; j < NPLACES; j++)
            {
                line l = {places[j], rhos[r]};
                gsl_function f = {density, &l};
                const double bend = l.k / l.rho, h = places[i];
                double got, error, sum = 0, from = -9;

                /* In two pieces: it may be a step where the other one's mean is k. */
                if (bend > from && bend < h)
                {
                    assert_int_equal(gsl_integration_qag(&f, from, bend, 1e-15, 1e-12, 1000,
                                                         GSL_INTEG_GAUSS61, room, &got, &error),
                                     0);
                    sum = got;
                    from = bend;
                }
                (void) gsl_integration_qag(&f, from, h, 1e-15, 1e-12, 1000, GSL_INTEG_GAUSS61, room,
                                           &got, &error);
                assert_true(fabs(ss_bivariate_normal(h, l.k, l.rho) - sum - got) < 1e-12);
            }
        }
    }
    gsl_integration_workspace_free(room);
}

static void
turned_round_it_is_the_same(void **state)
{
    (void) state;
    for (size_t r = 0; r < NRHOS; r++)
    {
        for (size_t i = 0; i < NPLACES * NPLACES; i++)
        {
            const double h = places[i / NPLACES], k = places[i % NPLACES];
            const double p = ss_bivariate_normal(h, k, rhos[r]);

            assert_true(fabs(p - ss_bivariate_normal(k, h, rhos[r])) < 1e-15);
            assert_true(fabs(p + ss_bivariate_normal(h, -k, -rhos[r]) - gsl_cdf_ugaussian_P(h)) <
                        1e-14);
        }
    }
}

static void
ends_are_exact(void **state)
{
    (void) state;
    assert_true(ss_bivariate_normal(-INFINITY, 1, 0.5) == 0);
    assert_true(ss_bivariate_normal(1, -INFINITY, 0.5) == 0);
    assert_true(ss_bivariate_normal(INFINITY, 1, 0.5) == gsl_cdf_ugaussian_P(1));
    assert_true(ss_bivariate_normal(1, INFINITY, 0.5) == gsl_cdf_ugaussian_P(1));
    assert_true(fabs(ss_bivariate_normal(0.5, 1, 1) - gsl_cdf_ugaussian_P(0.5)) < 1e-15);
    assert_true(fabs(ss_bivariate_normal(0.5, 1, -1) -
                     (gsl_cdf_ugaussian_P(0.5) - gsl_cdf_ugaussian_Q(1))) < 1e-15);
    assert_true(ss_bivariate_normal(-0.5, -1, -1) == 0);
    assert_true(fabs(ss_bivariate_normal_cell(-INFINITY, INFINITY, -INFINITY, INFINITY, 0.3) - 1) <
                1e-15);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owens_function_is_as_published),
        cmocka_unit_test(the_quadrant_is_as_sheppard_says),
        cmocka_unit_test(it_is_the_integral_of_its_density),
        cmocka_unit_test(turned_round_it_is_the_same),
        cmocka_unit_test(ends_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
