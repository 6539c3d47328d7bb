/* Bins of numbers: spikes stand alone, intervals share the rest, edges are nobody's value. */
#include "unit/check.h"

#include <stdlib.h>

#include "rand/stream.h"
#include "stats/bins.h"

#define K 11

static ss_bins
bins_of(const ss_bins_run *runs, size_t n, uint32_t intervals, ss_arena *arena)
{
    const ss_bins_options o = {.k = K, .intervals = intervals};
    ss_bins bins;

    ss_bins_make(runs, n, &o, arena, &bins);
    return bins;
}

static void
nothing_has_one_bin(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_bins bins = bins_of(NULL, 0, 64, arena);

    (void) state;
    assert_int_equal(bins.n, 1);
    assert_int_equal(ss_bins_code(&bins, INT64_MIN), 0);
    assert_int_equal(ss_bins_code(&bins, INT64_MAX), 0);
    ss_arena_free(arena);
}

static void
few_values_have_a_bin_each(void **state)
{
    const ss_bins_run runs[] = {{1, 50}, {2, 3}, {3, 20}, {5, 12}, {7, 11}};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_bins bins = bins_of(runs, 5, 64, arena);
    const ss_bins_run others[] = {{1, 50}, {3, 20}, {5, 12}, {7, 11}};
    const ss_bins without = bins_of(others, 4, 64, arena);

    (void) state;
    for (int64_t value = 1; value <= 7; value += 2)
        assert_true(bins.spike[ss_bins_code(&bins, value)]);
    assert_true(ss_bins_code(&bins, 1) < ss_bins_code(&bins, 3));
    /* Three people between two spikes show in no edge: without them the bins are the same. */
    assert_int_equal(bins.n, without.n);
    assert_memory_equal(bins.upper, without.upper, bins.n * sizeof *bins.upper);
    ss_arena_free(arena);
}

/* 100,000 values without two alike, and 5,000 times 0. */
static void
a_spike_stands_alone_and_intervals_share_the_rest(void **state)
{
    const size_t n = 100000;
    ss_bins_run *runs = calloc(n + 2, sizeof *runs);
    ss_arena *arena = ss_arena_new(NULL);
    uint64_t *rows;
    size_t at = 0, exact = 0;
    ss_bins bins;

    (void) state;
    assert_non_null(runs);
    for (size_t i = 0; i < n; i++)
    {
        const int64_t value = (int64_t) (i * 1009) - 20000003;

        if (at > 0 && runs[at - 1].value < 0 && value > 0)
            runs[at++] = (ss_bins_run){0, 5000};
        if (value != 0)
            runs[at++] = (ss_bins_run){value + 1, 1};
    }
    bins = bins_of(runs, at, 64, arena);
    assert_true(bins.n >= 60 && bins.n <= 140);
    assert_true(bins.spike[ss_bins_code(&bins, 0)]);
    assert_int_not_equal(ss_bins_code(&bins, 0), ss_bins_code(&bins, -1));
    assert_int_not_equal(ss_bins_code(&bins, 0), ss_bins_code(&bins, 1));
    rows = calloc(bins.n, sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < at; i++)
    {
        const uint32_t c = ss_bins_code(&bins, runs[i].value);

        rows[c] += runs[i].rows;
        exact += !bins.spike[c] && bins.upper[c] == runs[i].value;
        assert_true(c == 0 || bins.upper[c - 1] < runs[i].value);
        assert_true(runs[i].value <= bins.upper[c]);
    }
    for (uint32_t c = 0; c + 1 < bins.n; c++)
        assert_true(rows[c] < 4000 || bins.spike[c]);
    /* A thousand apart, rounded to far more than that: an edge is somebody's value by chance alone. */
    assert_true(exact <= 3);
    free(rows);
    free(runs);
    ss_arena_free(arena);
}

static void
extremes_are_values_too(void **state)
{
    const ss_bins_run runs[] = {{INT64_MIN, 40}, {-5, 11}, {0, 30}, {INT64_MAX, 20}};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_bins bins = bins_of(runs, 4, 4, arena);

    (void) state;
    for (size_t i = 1; i < 4; i++)
        assert_true(ss_bins_code(&bins, runs[i - 1].value) < ss_bins_code(&bins, runs[i].value));
    ss_arena_free(arena);
}

/* Prices in cents: at each of points whole numbers x 14 rows of x.99, and six with other cents: 30 in 100. */
static size_t
prices(size_t points, ss_bins_run *runs)
{
    size_t m = 0;

    for (size_t x = 0; x < points; x++)
    {
        for (size_t i = 0; i < 6; i++)
            runs[m++] = (ss_bins_run){.value = (int64_t) (100 * x + 16 * i + x % 16), .rows = 1};
        runs[m++] = (ss_bins_run){.value = (int64_t) (100 * x + 99), .rows = 14};
    }
    return m;
}

/*
 * Few lie between two spikes, and are no spike's: of those at x.99 as many rows are coded so as there are, and no other; the others
 * are in intervals near by.  When they were in the bin of the spike behind them, all rows were x.99.
 */
static void
nothing_else_is_in_a_spike(void **state)
{
    static const size_t points[] = {10, 40, 90};
    ss_bins_run runs[7 * 90];

    (void) state;
    for (size_t t = 0; t < sizeof points / sizeof *points; t++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        const size_t n = prices(points[t], runs);
        const ss_bins bins = bins_of(runs, n, 64, arena);
        uint64_t spikes = 0, others = 0, near = 0, *rows = ss_alloc(arena, bins.n, sizeof *rows);

        for (size_t i = 0; i < n; i++)
        {
            const uint32_t c = ss_bins_code(&bins, runs[i].value);

            rows[c] += runs[i].rows;
            if (runs[i].value % 100 == 99)
            {
                assert_true(bins.spike[c] && bins.upper[c] == runs[i].value);
                spikes += runs[i].rows;
                continue;
            }
            assert_false(bins.spike[c]);
            others += runs[i].rows;
            near += c + 1 < bins.n && bins.upper[c] - runs[i].value < 400 ? runs[i].rows : 0;
        }
        assert_int_equal(spikes, 14 * points[t]);
        assert_int_equal(others, 6 * points[t]);
        assert_true(near * 10 >= 8 * others);
        for (uint32_t c = 0; c + 1 < bins.n; c++)
        {
            assert_true(rows[c] >= K);
            assert_true(bins.upper[c] < bins.upper[c + 1]);
        }
        assert_false(bins.spike[bins.n - 1]);
        ss_arena_free(arena);
    }
}

/* Of 10,000 rows one person has all but 20: k people lie in every interval, however many rows are in it. */
static bool
few_people(void *arg, const size_t *runs, size_t n)
{
    const size_t first = n == 0 ? 0 : runs[0], last = n == 0 ? 0 : runs[n - 1] + 1;
    const size_t others = (last + 499) / 500 - (first + 499) / 500;

    (void) arg;
    return others + (n > 0) >= K;
}

static void
k_people_lie_in_every_interval(void **state)
{
    const size_t n = 10000;
    ss_bins_run *runs = calloc(n, sizeof *runs);
    const ss_bins_options o = {.k = K, .intervals = 64, .enough = few_people};
    ss_arena *arena = ss_arena_new(NULL);
    ss_bins bins;

    (void) state;
    assert_non_null(runs);
    for (size_t i = 0; i < n; i++)
        runs[i] = (ss_bins_run){.value = (int64_t) i * 1009, .rows = 1};
    ss_bins_make(runs, n, &o, arena, &bins);
    assert_true(bins.n >= 1);
    for (size_t i = 0, first = 0; i < n; i++)
    {
        const uint32_t bin = ss_bins_code(&bins, runs[i].value);

        if (i + 1 < n && ss_bins_code(&bins, runs[i + 1].value) == bin)
            continue;
        assert_true(few_people(NULL, (const size_t[]){first, i}, 2));
        first = i + 1;
    }
    free(runs);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_has_one_bin),
        cmocka_unit_test(few_values_have_a_bin_each),
        cmocka_unit_test(a_spike_stands_alone_and_intervals_share_the_rest),
        cmocka_unit_test(nothing_else_is_in_a_spike),
        cmocka_unit_test(k_people_lie_in_every_interval),
        cmocka_unit_test(extremes_are_values_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
