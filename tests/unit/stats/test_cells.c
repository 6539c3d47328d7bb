/* Counts are of people: k - 1 are never enough, k are, a thousand rows of one are one. */
#include "unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rand/stream.h"
#include "stats/cells.h"

#define K 11

static bool
single_cell_enough(ss_counter *c)
{
    size_t n;
    ss_count *list = ss_counter_list(c, &n);
    const bool enough = n == 1 && list[0].enough;

    free(list);
    return enough;
}

static void
k_people_are_enough_and_fewer_are_not(void **state)
{
    ss_counter *c = ss_counter_new(SS_COUNTER_NUMBERS, 100, K, 1, NULL);

    (void) state;
    for (uint64_t who = 1; who < K; who++)
    {
        for (int row = 0; row < 1000; row++)
            ss_counter_add(c, 5, &who, SS_WHOLE);
        assert_false(single_cell_enough(c));
    }
    ss_counter_add(c, 5, &(uint64_t){K}, SS_WHOLE);
    assert_true(single_cell_enough(c));
    ss_counter_free(c);
}

static void
of_two_paths_the_smaller_count_decides(void **state)
{
    ss_counter *c = ss_counter_new(SS_COUNTER_NUMBERS, 100, K, 2, NULL);

    (void) state;
    for (uint64_t i = 1; i <= 100; i++)
        ss_counter_add(c, 5, (uint64_t[]){i, 1 + i % (K - 1)}, SS_WHOLE);
    assert_false(single_cell_enough(c));
    ss_counter_add(c, 5, (uint64_t[]){1, 4711}, SS_WHOLE);
    assert_true(single_cell_enough(c));
    ss_counter_free(c);
}

static void
the_order_does_not_matter(void **state)
{
    ss_counter *up = ss_counter_new(SS_COUNTER_NUMBERS, 64, K, 1, NULL);
    ss_counter *down = ss_counter_new(SS_COUNTER_NUMBERS, 64, K, 1, NULL);
    size_t n, m;
    ss_count *a, *b;

    (void) state;
    for (int64_t i = 0; i < 20000; i++)
    {
        const int64_t back = 19999 - i;

        ss_counter_add(up, i * 7919 % 10007 - 5000, &(uint64_t){(uint64_t) (i % 97) + 1}, SS_WHOLE);
        ss_counter_add(down, back * 7919 % 10007 - 5000, &(uint64_t){(uint64_t) (back % 97) + 1},
                       SS_WHOLE);
    }
    assert_int_equal(ss_counter_shift(up), ss_counter_shift(down));
    a = ss_counter_list(up, &n);
    b = ss_counter_list(down, &m);
    assert_int_equal(n, m);
    assert_in_range(n, 2, 64);
    for (size_t i = 0; i < n; i++)
    {
        assert_true(a[i].number == b[i].number && a[i].count == b[i].count);
        assert_int_equal(a[i].enough, b[i].enough);
    }
    free(a);
    free(b);
    ss_counter_free(up);
    ss_counter_free(down);
}

static int
by_hash(const void *a, const void *b)
{
    const ss_value_seen *x = a, *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

static void
assert_same(const ss_counter *x, const ss_counter *y)
{
    size_t n, m;
    double scale, other_scale;
    bool all, other_all;
    ss_count *a = ss_counter_list(x, &n), *b = ss_counter_list(y, &m);
    ss_value_seen *seen, *other;

    assert_int_equal(ss_counter_overflowed(x), ss_counter_overflowed(y));
    assert_int_equal(ss_counter_shift(x), ss_counter_shift(y));
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++)
    {
        assert_true(a[i].number == b[i].number && a[i].count == b[i].count);
        assert_int_equal(a[i].enough, b[i].enough);
        assert_true((a[i].text == NULL) == (b[i].text == NULL));
        assert_true(a[i].text == NULL || strcmp(a[i].text, b[i].text) == 0);
    }
    free(a);
    free(b);
    seen = ss_counter_rare(x, &n, &scale, &all);
    other = ss_counter_rare(y, &m, &other_scale, &other_all);
    assert_int_equal(n, m);
    assert_int_equal(all, other_all);
    assert_true(scale == other_scale);
    qsort(seen, n, sizeof *seen, by_hash);
    qsort(other, m, sizeof *other, by_hash);
    for (size_t i = 0; i < n; i++)
        assert_true(seen[i].hash == other[i].hash && seen[i].weight == other[i].weight);
    free(seen);
    free(other);
}

/* So many different values, of rows that are dealt to so many parts: one part alone, or each, may have too many. */
static void
count_in_parts(ss_counter_kind kind, uint64_t values, size_t nparts, uint64_t long_one)
{
    ss_counter *whole = ss_counter_new(kind, 64, K, 2, (bool[]){false, true}), *parts[4];
    uint64_t state = values * 4 + nparts;

    ss_counter_sample(whole, 32);
    for (size_t p = 0; p < nparts; p++)
    {
        parts[p] = ss_counter_new(kind, 64, K, 2, (bool[]){false, true});
        ss_counter_sample(parts[p], 32);
    }
    for (uint64_t row = 0; row < 3000; row++)
    {
        const uint64_t word = ss_unfold(&state), value = word % values;
        const uint64_t who[] = {1 + (word >> 20) % 200, (word >> 40) % 3 == 0 ? 1 + word % 7 : 0};
        /* Large values are in the last part alone. */
        ss_counter *both[] = {whole,
                              parts[2 * value > values ? nparts - 1 : (word >> 50) % nparts]};

        for (size_t i = 0; i < 2; i++)
        {
            char text[SS_COUNTER_TEXT_MAX + 8];
            const int n = snprintf(text, sizeof text, "%0*d",
                                   row == long_one ? SS_COUNTER_TEXT_MAX + 1 : 1, (int) value);

            if (kind == SS_COUNTER_NUMBERS)
                ss_counter_add(both[i], (int64_t) value * 7 - 100, who, SS_WHOLE);
            else
                ss_counter_add_text(both[i], text, (size_t) n,
                                    UINT64_MAX / (values + 1) * (value + 1), who, SS_WHOLE);
        }
    }
    for (size_t p = 1; p < nparts; p++)
        ss_counter_merge(parts[0], parts[p]);
    assert_same(whole, parts[0]);
    for (size_t p = 0; p < nparts; p++)
        ss_counter_free(parts[p]);
    ss_counter_free(whole);
}

static void
parts_are_merged_into_what_one_counter_has(void **state)
{
    static const uint64_t values[] = {5, 63, 64, 65, 100, 130, 1000};

    (void) state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    {
        for (size_t nparts = 1; nparts <= 4; nparts++)
        {
            count_in_parts(SS_COUNTER_NUMBERS, values[i], nparts, UINT64_MAX);
            count_in_parts(SS_COUNTER_TEXTS, values[i], nparts, UINT64_MAX);
        }
    }
    /* One text that is too long, in some part. */
    count_in_parts(SS_COUNTER_TEXTS, 20, 3, 1500);
}

static void
crowds_are_merged_by_their_people(void **state)
{
    ss_crowd *a = ss_crowd_new(K, 1), *b = ss_crowd_new(K, 1);

    (void) state;
    for (uint64_t who = 1; who < K; who++)
    {
        ss_crowd_add(a, &who, SS_WHOLE);
        ss_crowd_add(b, &who, SS_WHOLE);
    }
    ss_crowd_merge(a, b);
    assert_false(ss_crowd_enough(a, NULL));
    ss_crowd_add(b, &(uint64_t){K}, SS_WHOLE);
    ss_crowd_merge(a, b);
    assert_true(ss_crowd_enough(a, NULL));
    ss_crowd_free(a);
    ss_crowd_free(b);
}

static void
too_many_texts_are_no_categories(void **state)
{
    ss_counter *c = ss_counter_new(SS_COUNTER_TEXTS, 4, 2, 0, NULL);
    size_t n;

    (void) state;
    for (uint64_t i = 0; i < 4; i++)
        ss_counter_add_text(c, "abcd" + i, 1, i + 1, NULL, SS_WHOLE);
    assert_false(ss_counter_overflowed(c));
    ss_counter_add_text(c, "e", 1, 99, NULL, SS_WHOLE);
    assert_true(ss_counter_overflowed(c));
    free(ss_counter_list(c, &n));
    assert_int_equal(n, 0);
    ss_counter_free(c);
}

/* Ten people with a row each, then one with as many rows as all of them. */
static void
half_of_the_rows_are_not_half_of_the_people(void **state)
{
    ss_counter *c = ss_counter_new(SS_COUNTER_NUMBERS, 100, K, 1, NULL);
    size_t n;
    ss_count *list;

    (void) state;
    for (uint64_t who = 1; who < K; who++)
        ss_counter_add(c, (int64_t) who, &who, SS_WHOLE);
    for (int row = 0; row < K; row++)
        ss_counter_add(c, 100, &(uint64_t){K}, SS_WHOLE);
    list = ss_counter_list(c, &n);
    assert_int_equal(n, K);
    assert_int_equal(ss_counter_half_from(c, list, n), n - (K + 1) / 2);
    assert_int_equal(ss_counter_half_from(c, list, 3), 0);
    list[n - 1].count = 0;
    assert_int_equal(ss_counter_half_from(c, list, n), n - 1 - (K + 1) / 2);
    free(list);
    ss_counter_free(c);
}

static void
cells_are_enough_together_by_their_people(void **state)
{
    ss_counter *c = ss_counter_new(SS_COUNTER_NUMBERS, 100, K, 1, NULL);
    size_t n;
    ss_count *list;

    (void) state;
    /* ten cells, each of the same six people: six people in all */
    for (int64_t cell = 0; cell < 10; cell++)
    {
        for (uint64_t who = 1; who <= 6; who++)
            ss_counter_add(c, cell, &who, SS_WHOLE);
    }
    list = ss_counter_list(c, &n);
    assert_false(ss_counter_enough_together(c, list, n));
    free(list);
    for (uint64_t who = 7; who <= K; who++)
        ss_counter_add(c, 3, &who, SS_WHOLE);
    list = ss_counter_list(c, &n);
    assert_true(ss_counter_enough_together(c, list, n));
    assert_false(ss_counter_enough_together(c, list, 3));
    free(list);
    ss_counter_free(c);
}

static void
of_an_empty_path_the_others_tell_only_where_that_is_said(void **state)
{
    static const bool second[] = {false, true};
    ss_counter *c = ss_counter_new(SS_COUNTER_NUMBERS, 100, K, 2, second);
    ss_crowd *crowd = ss_crowd_new(K, 2);

    (void) state;
    for (uint64_t who = 1; who <= K; who++)
    {
        assert_false(ss_crowd_enough(crowd, second));
        ss_counter_add(c, 5, (uint64_t[]){who, 0}, SS_WHOLE);
        ss_crowd_add(crowd, (uint64_t[]){who, 0}, SS_WHOLE);
    }
    assert_true(single_cell_enough(c));
    assert_true(ss_crowd_enough(crowd, second));
    assert_false(ss_crowd_enough(crowd, NULL));
    /* one who stands there is one too few */
    ss_counter_add(c, 5, (uint64_t[]){1, 1}, SS_WHOLE);
    ss_crowd_add(crowd, (uint64_t[]){1, 1}, SS_WHOLE);
    assert_false(single_cell_enough(c));
    assert_false(ss_crowd_enough(crowd, second));
    ss_counter_free(c);
    ss_crowd_free(crowd);
}

static void
rows_that_lead_to_nobody_are_no_people(void **state)
{
    static const bool all[] = {true};
    ss_counter *c = ss_counter_new(SS_COUNTER_NUMBERS, 100, K, 1, all);
    ss_crowd *crowd = ss_crowd_new(K, 1);
    size_t n;
    ss_count *list;

    (void) state;
    for (int row = 0; row < 1000; row++)
    {
        ss_counter_add(c, 5, &(uint64_t){0}, SS_WHOLE);
        ss_crowd_add(crowd, &(uint64_t){0}, SS_WHOLE);
    }
    assert_false(single_cell_enough(c));
    assert_false(ss_crowd_enough(crowd, all));
    list = ss_counter_list(c, &n);
    assert_false(ss_counter_enough_together(c, list, n));
    free(list);
    ss_counter_free(c);
    ss_crowd_free(crowd);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k_people_are_enough_and_fewer_are_not),
        cmocka_unit_test(of_two_paths_the_smaller_count_decides),
        cmocka_unit_test(the_order_does_not_matter),
        cmocka_unit_test(parts_are_merged_into_what_one_counter_has),
        cmocka_unit_test(crowds_are_merged_by_their_people),
        cmocka_unit_test(too_many_texts_are_no_categories),
        cmocka_unit_test(half_of_the_rows_are_not_half_of_the_people),
        cmocka_unit_test(cells_are_enough_together_by_their_people),
        cmocka_unit_test(of_an_empty_path_the_others_tell_only_where_that_is_said),
        cmocka_unit_test(rows_that_lead_to_nobody_are_no_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
