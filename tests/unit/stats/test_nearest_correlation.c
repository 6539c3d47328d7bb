/* The nearest correlation matrix: Higham's examples, and what must hold of any. */
#include "unit/check.h"

#include <math.h>

#include <gsl/gsl_eigen.h>

#include "rand/stream.h"
#include "stats/gsl.h"
#include "stats/nearest_correlation.h"

static double
least_eigenvalue(const double *a, size_t n)
{
    gsl_matrix *m = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n);
    gsl_eigen_symm_workspace *room = gsl_eigen_symm_alloc(n);
    double least;

    memcpy(m->data, a, n * n * sizeof *a);
    (void) gsl_eigen_symm(m, values, room);
    least = gsl_vector_min(values);
    gsl_eigen_symm_free(room);
    gsl_vector_free(values);
    gsl_matrix_free(m);
    return least;
}

/* Higham 2002, section 4: to four digits as printed there; and his distance. */
static void
highams_example_is_as_published(void **state)
{
    double a[] = {1, 1, 0, 1, 1, 1, 0, 1, 1}, before[9], apart = 0;
    ss_arena *scratch = ss_arena_new(NULL);

    (void) state;
    memcpy(before, a, sizeof a);
    assert_true(ss_nearest_correlation(a, 3, 0, scratch) > 0);
    assert_true(fabs(a[1] - 0.7607) < 5e-5 && fabs(a[5] - 0.7607) < 5e-5);
    assert_true(fabs(a[2] - 0.1573) < 5e-5);
    for (size_t i = 0; i < 9; i++)
        apart += (a[i] - before[i]) * (a[i] - before[i]);
    assert_true(fabs(sqrt(apart) - 0.5278) < 5e-5);
    ss_arena_free(scratch);
}

/* The tridiagonal one: the documentation of NAG's g02aa has it to four digits. */
static void
a_tridiagonal_matrix_is_as_published(void **state)
{
    double a[] = {2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2};
    static const double known[] = {1,       -0.8084, 0.1916,  0.1068,  -0.8084, 1,
                                   -0.6562, 0.1916,  0.1916,  -0.6562, 1,       -0.8084,
                                   0.1068,  0.1916,  -0.8084, 1};
    ss_arena *scratch = ss_arena_new(NULL);

    (void) state;
    assert_true(ss_nearest_correlation(a, 4, 0, scratch) > 0);
    for (size_t i = 0; i < 16; i++)
        assert_true(fabs(a[i] - known[i]) < 5e-5);
    ss_arena_free(scratch);
}

static void
of_any_it_is_a_correlation_matrix(void **state)
{
    ss_arena *scratch = ss_arena_new(NULL);
    uint64_t s = 3;

    (void) state;
    for (size_t n = 1; n < 20; n++)
    {
        double a[20 * 20];

        for (size_t i = 0; i < n; i++)
        {
            a[i * n + i] = 1;
            for (size_t j = 0; j < i; j++)
                a[i * n + j] = a[j * n + i] = (double) ss_below(ss_unfold(&s), 2001) / 1000 - 1;
        }
        (void) ss_nearest_correlation(a, n, 0.01, scratch);
        assert_true(least_eigenvalue(a, n) > 0.01 - 1e-9);
        for (size_t i = 0; i < n * n; i++)
        {
            assert_true(fabs(a[i]) <= 1);
            assert_true(a[i] == a[i % n * n + i / n] || fabs(a[i] - a[i % n * n + i / n]) < 1e-12);
            assert_true(i % (n + 1) != 0 || a[i] == 1);
        }
    }
    ss_arena_free(scratch);
}

static void
one_that_is_stays(void **state)
{
    double a[] = {1, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 1}, before[9];
    ss_arena *scratch = ss_arena_new(NULL);

    (void) state;
    memcpy(before, a, sizeof a);
    assert_int_equal(ss_nearest_correlation(a, 3, 0.01, scratch), 0);
    assert_memory_equal(a, before, sizeof a);
    ss_arena_free(scratch);
}

static int
setup(void **state)
{
    (void) state;
    ss_stats_init();
    return 0;
}

/* Of 48 columns that are two, but for what a double cannot tell: it comes to an end. */
static void
a_matrix_of_two_dimensions_is_done_with(void **state)
{
    enum
    {
        N = 48
    };

    ss_arena *arena = ss_arena_new(NULL);
    double a[N * N];

    (void) state;
    for (size_t i = 0; i < N; i++)
    {
        for (size_t j = 0; j < N; j++)
            a[i * N + j] = i == j ? 1 : i % 2 == j % 2 ? 1 - 1e-17 * (double) (i + j) : 1e-300;
    }
    (void) ss_nearest_correlation(a, N, 1e-3, arena);
    for (size_t i = 0; i < N; i++)
        assert_true(a[i * N + i] == 1 && a[i * N] <= 1 && a[i * N] >= -1);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(highams_example_is_as_published),
        cmocka_unit_test(a_tridiagonal_matrix_is_as_published),
        cmocka_unit_test(of_any_it_is_a_correlation_matrix),
        cmocka_unit_test(one_that_is_stays),
        cmocka_unit_test(a_matrix_of_two_dimensions_is_done_with),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
