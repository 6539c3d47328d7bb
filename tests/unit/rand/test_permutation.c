#include "unit/check.h"

#include <stdlib.h>

#include "rand/permutation.h"

static const unsigned char seed[SS_SEED_BYTES] = {1, 2, 3};

static void
every_size_is_a_bijection(void **state)
{
    static const uint64_t sizes[] = {1,   2,   3,   4,    5,     7,     16,   17,
                                     255, 256, 257, 1000, 65535, 65536, 65537};

    (void) state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
    {
        unsigned char *hit = calloc(sizes[s], 1);
        ss_permutation p;

        ss_permutation_init(&p, seed, "t", sizes[s]);
        for (uint64_t x = 0; x < sizes[s]; x++)
        {
            const uint64_t y = ss_permute(&p, x);

            assert_true(y < sizes[s]);
            assert_int_equal(hit[y]++, 0);
        }
        /* looked up or computed: the same */
        {
            ss_arena *arena = ss_arena_new(NULL);
            ss_permutation q = p;

            ss_permutation_tabulate(&q, arena);
            assert_non_null(q.table);
            for (uint64_t x = 0; x < sizes[s]; x++)
                assert_true(ss_permute(&q, x) == ss_permute(&p, x));
            ss_arena_free(arena);
        }
        free(hit);
    }
}

static void
another_seed_or_name_is_another_bijection(void **state)
{
    static const unsigned char other[SS_SEED_BYTES] = {1, 2, 4};
    ss_permutation a, b, c;
    int same_b = 0, same_c = 0;

    (void) state;
    ss_permutation_init(&a, seed, "t", 10000);
    ss_permutation_init(&b, other, "t", 10000);
    ss_permutation_init(&c, seed, "u", 10000);
    for (uint64_t x = 0; x < 10000; x++)
    {
        same_b += ss_permute(&a, x) == ss_permute(&b, x);
        same_c += ss_permute(&a, x) == ss_permute(&c, x);
    }
    /* one is expected; ten by chance once in ten million */
    assert_in_range(same_b, 0, 10);
    assert_in_range(same_c, 0, 10);
}

/* Domains that no table fits: distinct, inside, and far from where they were. */
static void
large_domains_hold(void **state)
{
    static const uint64_t sizes[] = {(UINT64_C(1) << 40) - 1, UINT64_C(1) << 62,
                                     (UINT64_C(1) << 63) - 1, UINT64_C(1) << 63};

    (void) state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
    {
        ss_permutation p;
        uint64_t previous = 0, low = 0;

        ss_permutation_init(&p, seed, "t", sizes[s]);
        for (uint64_t x = 0; x < 2000; x++)
        {
            const uint64_t y = ss_permute(&p, x);

            assert_true(y < sizes[s]);
            assert_true(x == 0 || y != previous);
            low += y < sizes[s] / 2;
            previous = y;
        }
        /* six sigma */
        assert_in_range(low, 1000 - 134, 1000 + 134);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_a_bijection),
        cmocka_unit_test(large_domains_hold),
        cmocka_unit_test(another_seed_or_name_is_another_bijection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
