#include "unit/check.h"

#include <stdlib.h>

#include <sodium.h>

#include "secret/bijection.h"
#include "secret/prf.h"

static const unsigned char key[SS_KEY_BYTES] = {3, 1, 4, 1, 5, 9, 2, 6},
                           other_key[SS_KEY_BYTES] = {3, 1, 4, 1, 5, 9, 2, 7};

static void
assert_whole(uint64_t n, uint64_t values)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_bijection *b = ss_bijection_new(key, n, values, arena);
    unsigned char *hit = calloc(n, 1);

    for (uint64_t x = 0; x < n; x++)
    {
        const uint64_t y = ss_biject(b, x);

        if (y >= n || hit[y]++ != 0)
            fail_msg("of %llu, %llu", (unsigned long long) n, (unsigned long long) x);
    }
    free(hit);
    ss_arena_free(arena);
}

/* Every size to 512 and every 97th to 2^16, whole; tests/bench/bench_bijections goes through all of them. */
static void
small_domains_are_permuted_whole(void **state)
{
    (void) state;
    for (uint64_t n = 1; n <= 512; n++)
        assert_whole(n, 1);
    for (uint64_t n = 513; n <= 65536; n += 97)
        assert_whole(n, 1);
    assert_whole(65536, 1);
    assert_whole(65537, 1);
}

/* About where a table ends and the network begins, with its rounds looked up and computed. */
static void
the_border_is_whole(void **state)
{
    (void) state;
    assert_whole(SS_BIJECTION_TABLE, 1);
    assert_whole(SS_BIJECTION_TABLE + 1, 1);
    assert_whole(SS_BIJECTION_TABLE + 1, 1000000);
}

static int
compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return x < y ? -1 : x > y;
}

/* Samples of sizes to 2^63: inside, distinct, and the same with rounds looked up or computed. */
static void
large_domains_hold(void **state)
{
    enum
    {
        SAMPLES = 4000
    };

    uint64_t *seen = malloc(SAMPLES * sizeof *seen), *many = malloc(SAMPLES * sizeof *many);

    (void) state;
    for (int bits = 21; bits <= 63; bits++)
    {
        for (int odd = -1; odd <= 1; odd++)
        {
            const uint64_t n = (UINT64_C(1) << bits) + (uint64_t) (bits == 63 && odd > 0 ? 0 : odd);
            ss_arena *arena = ss_arena_new(NULL);
            const ss_bijection *computed = ss_bijection_new(key, n, 1, arena),
                               *looked_up = ss_bijection_new(key, n, 1000000, arena);

            for (uint64_t i = 0; i < SAMPLES; i++)
            {
                const uint64_t x = i % 2 == 0 ? i : n - 1 - i;

                seen[i] = ss_biject(computed, x);
                assert_true(seen[i] < n);
                assert_true(i % 8 != 0 || seen[i] == ss_biject(looked_up, x));
                many[i] = x;
            }
            ss_biject_all(looked_up, many, SAMPLES);
            assert_memory_equal(many, seen, SAMPLES * sizeof *many);
            qsort(seen, SAMPLES, sizeof *seen, compare);
            for (int i = 1; i < SAMPLES; i++)
                assert_true(seen[i] != seen[i - 1]);
            ss_arena_free(arena);
        }
    }
    free(seen);
    free(many);
}

/* Under two keys as many numbers agree as by chance: one is expected. */
static void
two_keys_have_nothing_in_common(void **state)
{
    static const uint64_t sizes[] = {1000, 100000, SS_BIJECTION_TABLE + 1};

    (void) state;
    for (size_t s = 0; s < 3; s++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        const ss_bijection *a = ss_bijection_new(key, sizes[s], 1, arena),
                           *b = ss_bijection_new(other_key, sizes[s], 1, arena);
        int same = 0, fixed = 0;

        for (uint64_t x = 0; x < sizes[s]; x++)
        {
            same += ss_biject(a, x) == ss_biject(b, x);
            fixed += ss_biject(a, x) == x;
        }
        /* Poisson of mean one: more than ten once in a hundred million */
        assert_in_range(same, 0, 10);
        assert_in_range(fixed, 0, 10);
        ss_arena_free(arena);
    }
}

/* Each permutation of three is as likely: over keys, chi-squared with 5 degrees of freedom. */
static void
the_table_prefers_no_permutation(void **state)
{
    enum
    {
        KEYS = 6000
    };

    int count[27] = {0};
    double chi = 0;

    (void) state;
    for (int k = 0; k < KEYS; k++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        unsigned char one[SS_KEY_BYTES] = {(unsigned char) k, (unsigned char) (k >> 8), 77};
        const ss_bijection *b = ss_bijection_new(one, 3, 1, arena);

        count[ss_biject(b, 0) * 9 + ss_biject(b, 1) * 3 + ss_biject(b, 2)]++;
        ss_arena_free(arena);
    }
    for (int i = 0; i < 27; i++)
    {
        if (count[i] > 0)
            chi += (count[i] - KEYS / 6.0) * (count[i] - KEYS / 6.0) / (KEYS / 6.0);
    }
    /* fixed keys: the same each time; beyond 20.5 once in a thousand */
    assert_true(chi < 20.5);
}

/* SipHash-2-4 with 128 bits: the reference implementation's vectors_sip128, key and message 00, 01, ... */
static void
the_prf_is_siphash(void **state)
{
    unsigned char counting[32], message[15];
    uint64_t out[2];

    (void) state;
    for (unsigned char i = 0; i < 32; i++)
        counting[i] = i;
    memcpy(message, counting, sizeof message);
    ss_prf(counting, message, 0, out);
    assert_true(out[0] == UINT64_C(0xe6a825ba047f81a3) && out[1] == UINT64_C(0x930255c71472f66d));
    ss_prf(counting, message, sizeof message, out);
    assert_true(out[0] == UINT64_C(0x11a8b03399e99354) && out[1] == UINT64_C(0xd9c3cf970fec087e));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_domains_are_permuted_whole),
        cmocka_unit_test(the_border_is_whole),
        cmocka_unit_test(large_domains_hold),
        cmocka_unit_test(two_keys_have_nothing_in_common),
        cmocka_unit_test(the_table_prefers_no_permutation),
        cmocka_unit_test(the_prf_is_siphash),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
