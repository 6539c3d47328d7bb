/* The law of a tail: slopes of known samples are found within their standard error. */
#include "unit/check.h"

#include <math.h>
#include <stdlib.h>

#include "rand/stream.h"
#include "stats/tail.h"

#define VALUES 5000

/* Rows of values that follow the law, 1 .. most, or any number for 0 (cut at 200,000, beyond which one value in 10,000 lies at most). */
static void
draw(double slope, uint64_t most, uint64_t seed, uint64_t *rows)
{
    const uint64_t last = most == 0 ? 200000 : most;
    double total = 0, *below = malloc((size_t) (last + 1) * sizeof *below);

    assert_non_null(below);
    for (uint64_t n = 1; n <= last; n++)
        below[n] = total += pow((double) n, -slope);
    for (size_t i = 0; i < VALUES; i++)
    {
        const double u = (double) (ss_unfold(&seed) >> 11) / 9007199254740992.0 * total;
        uint64_t low = 1, high = last;

        while (low < high)
        {
            const uint64_t middle = low + (high - low) / 2;

            if (below[middle] > u)
                high = middle;
            else
                low = middle + 1;
        }
        rows[i] = low;
    }
    free(below);
}

/* Three standard errors; the seeds are fixed, chance would fail one in 370. */
static void
test_slopes_are_found(void **state)
{
    static const struct
    {
        double slope;
        uint64_t most;
    } laws[] = {{1.8, 0}, {2, 0},  {2.5, 0}, {3.5, 0},  {0.5, 10},
                {1, 10},  {2, 10}, {3, 10},  {1.2, 300}};

    uint64_t *rows = malloc(VALUES * sizeof *rows);

    (void) state;
    assert_non_null(rows);
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
    {
        double slope, error;

        draw(laws[i].slope, laws[i].most, 11 + i, rows);
        assert_true(ss_tail_fit(rows, VALUES, laws[i].most, &slope, &error));
        assert_true(fabs(slope - laws[i].slope) < 3 * error);
        assert_true(error > 0 && error < 0.06);
    }
    free(rows);
}

/* The standard error is the spread of many samples' slopes, within four of its own. */
static void
test_standard_error_is_that_of_samples(void **state)
{
    const size_t runs = 200, each = VALUES / 10;
    uint64_t *rows = malloc(VALUES * sizeof *rows);
    double wrong = 0, slope, error = 0;

    (void) state;
    assert_non_null(rows);
    for (size_t i = 0; i < runs; i++)
    {
        if (i % 10 == 0)
            draw(1.8, 50, 1000 + i, rows);
        assert_true(ss_tail_fit(rows + i % 10 * each, each, 50, &slope, &error));
        wrong += (slope - 1.8) * (slope - 1.8);
    }
    assert_true(fabs(sqrt(wrong / (double) runs) / error - 1) < 4 / sqrt(2 * (double) runs));
    free(rows);
}

/* Of the endless law the mean of log n is known. */
static void
test_known_answer(void **state)
{
    /* zeta(2) = pi^2/6, -zeta'(2) = 0.9375482543: values whose mean of log n is their ratio have slope 2. */
    const double mean = 0.9375482543158438 / (M_PI * M_PI / 6);
    uint64_t rows[10000];
    double slope, error, sum = 0;

    (void) state;
    for (size_t i = 0; i < 10000; i++)
    {
        const double left = mean * (double) (i + 1) - sum;

        rows[i] = left > log(3) ? 3 : left > log(2) ? 2 : 1;
        sum += log((double) rows[i]);
    }
    assert_true(fabs(sum / 10000 - mean) < 1e-4);
    assert_true(ss_tail_fit(rows, 10000, 0, &slope, &error));
    assert_true(fabs(slope - 2) < 1e-3);
}

static void
test_no_tail_has_no_slope(void **state)
{
    uint64_t once[100], large[100];
    double slope, error;

    (void) state;
    for (size_t i = 0; i < 100; i++)
    {
        once[i] = 1;
        large[i] = 9 + i % 2;
    }
    assert_false(ss_tail_fit(once, 100, 0, &slope, &error));
    assert_false(ss_tail_fit(once, 100, 10, &slope, &error));
    assert_false(ss_tail_fit(once, 100, 1, &slope, &error));
    assert_false(ss_tail_fit(large, 100, 10, &slope, &error));
    assert_false(ss_tail_fit(NULL, 0, 10, &slope, &error));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slopes_are_found),
        cmocka_unit_test(test_standard_error_is_that_of_samples),
        cmocka_unit_test(test_known_answer),
        cmocka_unit_test(test_no_tail_has_no_slope),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
