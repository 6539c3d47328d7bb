/* Cardinality: right within its published standard error, a fair sample of values, whatever the order. */
#include "unit/check.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "rand/stream.h"
#include "stats/cardinality.h"

#define K     11
#define BOUND 1024

static const ss_people nobody = {.k = K};

static uint64_t
hash_of(uint64_t value, uint64_t seed)
{
    uint64_t state = value * UINT64_C(0x9E3779B97F4A7C15) + seed * 7919;

    return ss_unfold(&state);
}

static double
estimate(uint64_t n, uint64_t seed, size_t bound)
{
    ss_cardinality *c = ss_cardinality_new(bound, &nobody);
    double found;

    for (uint64_t i = 0; i < n; i++)
        ss_cardinality_add(c, hash_of(i, seed), NULL, SS_WHOLE);
    found = ss_cardinality_estimate(c);
    ss_cardinality_free(c);
    return found;
}

static void
test_exact_until_the_bound(void **state)
{
    (void) state;
    for (uint64_t n = 0; n <= BOUND; n += n < 20 ? 1 : 97)
        assert_true(estimate(n, 1, BOUND) == (double) n);
    assert_true(estimate(BOUND, 1, BOUND) == BOUND);
}

/* Four standard errors: by chance once in 16,000; the seeds are fixed. */
static void
test_right_within_four_standard_errors(void **state)
{
    (void) state;
    for (uint64_t n = 10; n <= 10000000; n *= 10)
    {
        const double found = estimate(n, 2, BOUND);

        assert_true(fabs(found - (double) n) <= 4 * (double) n / sqrt(BOUND - 2));
    }
}

/* Of 300 runs the root of the mean square of what is wrong is 1/sqrt(bound - 2), and the mean is none (both within four standard errors). */
static void
test_standard_error_is_the_published_one(void **state)
{
    const size_t runs = 300, bound = 64;
    double sum = 0, squares = 0, error;

    (void) state;
    for (uint64_t i = 0; i < runs; i++)
    {
        const double wrong = estimate(20000, 100 + i, bound) / 20000 - 1;

        sum += wrong;
        squares += wrong * wrong;
    }
    error = 1 / sqrt((double) bound - 2);
    assert_true(fabs(sum / (double) runs) < 4 * error / sqrt((double) runs));
    assert_true(fabs(sqrt(squares / (double) runs) / error - 1) < 4 / sqrt(2 * (double) runs));
}

static void
add_row(ss_cardinality *c, uint64_t row)
{
    uint64_t state = row;
    const uint64_t value = ss_unfold(&state) % 9000, rows = 1 + value % 3;
    const uint64_t subjects[2] = {1 + ss_unfold(&state) % 50, 1 + row};

    for (uint64_t i = 0; i < rows; i++)
        ss_cardinality_add(c, hash_of(value, 3), subjects, SS_WHOLE);
}

static void
assert_same(const ss_cardinality *a, const ss_cardinality *b)
{
    size_t n, m;
    double one, two;
    ss_value_seen *x = ss_cardinality_list(a, &n, &one), *y = ss_cardinality_list(b, &m, &two);

    assert_int_equal(n, m);
    assert_true(one == two);
    for (size_t i = 0; i < n; i++)
    {
        assert_true(x[i].hash == y[i].hash && x[i].weight == y[i].weight);
        assert_int_equal(ss_cardinality_enough(a, &x[i]), ss_cardinality_enough(b, &y[i]));
    }
    for (size_t first = 0; first + 20 < n; first += 7)
        assert_int_equal(ss_cardinality_enough_together(a, x + first, 9),
                         ss_cardinality_enough_together(b, y + first, 9));
    free(x);
    free(y);
}

static void
test_order_and_parts_change_nothing(void **state)
{
    const ss_people people = {.k = K, .npaths = 2};
    const uint64_t rows = 60000;
    ss_cardinality *whole = ss_cardinality_new(200, &people),
                   *backwards = ss_cardinality_new(200, &people),
                   *merged = ss_cardinality_new(200, &people), *parts[5];

    (void) state;
    for (uint64_t r = 0; r < rows; r++)
        add_row(whole, r);
    for (uint64_t r = rows; r > 0; r--)
        add_row(backwards, r - 1);
    for (size_t p = 0; p < 5; p++)
    {
        parts[p] = ss_cardinality_new(200, &people);
        for (uint64_t r = 0; r < rows; r++)
        {
            if ((r % 11 < 4 ? r % 11 : 4) == p)
                add_row(parts[p], r);
        }
    }
    for (size_t p = 5; p > 0; p--)
    {
        ss_cardinality_merge(merged, parts[p - 1]);
        ss_cardinality_free(parts[p - 1]);
    }
    assert_same(whole, backwards);
    assert_same(whole, merged);
    ss_cardinality_free(whole);
    ss_cardinality_free(backwards);
    ss_cardinality_free(merged);
}

/* It is a sample of values: a third of them is met once, however often the others are. */
static void
test_sample_is_of_values(void **state)
{
    ss_cardinality *c = ss_cardinality_new(BOUND, &nobody);
    size_t n, once = 0;
    double scale;
    ss_value_seen *list;

    (void) state;
    for (uint64_t v = 0; v < 30000; v++)
    {
        for (uint64_t i = 0; i < (v % 3 == 0 ? 1 : 2 + v % 40); i++)
            ss_cardinality_add(c, hash_of(v, 5), NULL, SS_WHOLE);
    }
    list = ss_cardinality_list(c, &n, &scale);
    for (size_t i = 0; i < n; i++)
        once += list[i].weight == SS_WHOLE;
    assert_true(fabs((double) once / (double) n - 1.0 / 3) < 4 * sqrt(2.0 / 9 / (double) n));
    assert_true(fabs(scale * (double) n / 30000 - 1) < 4 / sqrt(BOUND - 2));
    free(list);
    ss_cardinality_free(c);
}

static void
test_people_are_counted_not_rows(void **state)
{
    const ss_people people = {.k = K, .npaths = 1};
    ss_cardinality *c = ss_cardinality_new(BOUND, &people);
    size_t n;
    double scale;
    ss_value_seen *list;

    (void) state;
    for (uint64_t i = 0; i < 1000; i++)
    {
        const uint64_t subject = 1 + i % 10;

        ss_cardinality_add(c, hash_of(i % 2, 5), &subject, SS_WHOLE);
    }
    list = ss_cardinality_list(c, &n, &scale);
    assert_int_equal(n, 2);
    assert_false(ss_cardinality_enough(c, &list[0]) || ss_cardinality_enough_together(c, list, 2));
    free(list);
    ss_cardinality_add(c, hash_of(1, 5), &(uint64_t){99}, SS_WHOLE);
    list = ss_cardinality_list(c, &n, &scale);
    assert_true(ss_cardinality_enough_together(c, list, 2));
    free(list);
    ss_cardinality_free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_until_the_bound),
        cmocka_unit_test(test_right_within_four_standard_errors),
        cmocka_unit_test(test_standard_error_is_the_published_one),
        cmocka_unit_test(test_order_and_parts_change_nothing),
        cmocka_unit_test(test_sample_is_of_values),
        cmocka_unit_test(test_people_are_counted_not_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
