#include "unit/check.h"

#include <stdlib.h>

#include "base/order.h"

#define MOST 5000

/* Splitmix64: the same numbers in every run. */
static uint64_t
next(uint64_t *state)
{
    uint64_t v = *state += UINT64_C(0x9E3779B97F4A7C15);

    v = (v ^ (v >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    v = (v ^ (v >> 27)) * UINT64_C(0x94D049BB133111EB);
    return v ^ (v >> 31);
}

static void
known_numbers_come_in_their_order(void **state)
{
    uint64_t list[] = {3, UINT64_MAX, 0, 256, 255, UINT64_C(1) << 63, 65536, 3};
    static const uint64_t sorted[] = {0, 3, 3, 255, 256, 65536, UINT64_C(1) << 63, UINT64_MAX};
    int64_t with_sign[] = {0, INT64_MIN, 5, -1, INT64_MAX, -256, 256};
    static const int64_t with_sign_sorted[] = {INT64_MIN, -256, -1, 0, 5, 256, INT64_MAX};

    (void) state;
    ss_sort_u64(list, 8);
    assert_memory_equal(list, sorted, sizeof sorted);
    ss_sort_i64(with_sign, 7);
    assert_memory_equal(with_sign, with_sign_sorted, sizeof with_sign_sorted);
    ss_sort_u64(NULL, 0);
    ss_sort_i64(NULL, 0);
    ss_sort_ranked(NULL, 0);
}

static void
ranks_of_numbers_lead_back_to_them(void **state)
{
    static const int64_t numbers[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX};

    (void) state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    {
        assert_true(ss_i64_of_rank(ss_rank_of_i64(numbers[i])) == numbers[i]);
        assert_true(i == 0 || ss_rank_of_i64(numbers[i - 1]) < ss_rank_of_i64(numbers[i]));
    }
}

/* Keys as they come: hashes, few values, hashes of which one bit in 16 is left, times, bytes that differ far apart, all alike. */
static uint64_t
key_of(unsigned kind, uint64_t *chance)
{
    const uint64_t v = next(chance);

    switch (kind)
    {
    case 0:
        return v;
    case 1:
        return v % 7;
    case 2:
        return v & UINT64_C(0x8000400020001001);
    case 3:
        return UINT64_C(700000000000000) + v % 86400000000;
    case 4:
        return (v % 3) << 56 | ((v >> 8) % 300) << 20 | ((v >> 32) & 1);
    default:
        return 42;
    }
}

static int
by_key_then_place(const void *a, const void *b)
{
    const ss_ranked *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->of > y->of) - (x->of < y->of);
}

/* qsort() knows better: with the place that each had as a second key there is one order only. */
static void
any_numbers_are_sorted_as_comparisons_would(void **state)
{
    static ss_ranked ranked[MOST], expected[MOST];
    static uint64_t numbers[MOST];
    static int64_t with_sign[MOST];
    uint64_t chance = 1;

    (void) state;
    for (unsigned trial = 0; trial < 600; trial++)
    {
        const size_t n = trial % 6 == 0 ? MOST : (size_t) (next(&chance) % 300);

        for (size_t i = 0; i < n; i++)
        {
            ranked[i] = expected[i] = (ss_ranked){key_of(trial / 6 % 6, &chance), i};
            numbers[i] = ranked[i].key;
            with_sign[i] = ss_i64_of_rank(numbers[i]);
        }
        qsort(expected, n, sizeof *expected, by_key_then_place);
        ss_sort_ranked(ranked, n);
        ss_sort_u64(numbers, n);
        ss_sort_i64(with_sign, n);
        for (size_t i = 0; i < n; i++)
        {
            assert_true(ranked[i].key == expected[i].key && ranked[i].of == expected[i].of);
            assert_true(numbers[i] == expected[i].key);
            assert_true(ss_rank_of_i64(with_sign[i]) == expected[i].key);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_numbers_come_in_their_order),
        cmocka_unit_test(ranks_of_numbers_lead_back_to_them),
        cmocka_unit_test(any_numbers_are_sorted_as_comparisons_would),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
