#include "unit/check.h"

#include "rand/stream.h"

static const unsigned char seed[SS_SEED_BYTES] = {9};

static void
a_word_depends_on_its_place_alone(void **state)
{
    ss_stream s;
    uint64_t whole[1000], part[1000];

    (void) state;
    ss_stream_init(&s, seed, "public.t.c", 0);
    ss_stream_words(&s, 0, 1000, whole);
    for (size_t first = 0; first < 40; first++)
    {
        ss_stream_words(&s, first, 1000 - first, part);
        assert_memory_equal(part, whole + first, (1000 - first) * sizeof *whole);
        assert_true(ss_stream_word(&s, first) == whole[first]);
    }
}

/* The key stream of an all-zero key and nonce: RFC 8439 appendix A.1, test vector 1. */
static void
words_are_chacha20s(void **state)
{
    const ss_stream s = {{0}, {0}};
    static const unsigned char expected[8] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90};
    uint64_t word = ss_stream_word(&s, 0);

    (void) state;
    for (int i = 0; i < 8; i++)
        assert_int_equal((word >> (8 * i)) & 0xFF, expected[i]);
}

static void
attempts_and_names_differ(void **state)
{
    ss_stream a, b, c;

    (void) state;
    ss_stream_init(&a, seed, "x", 0);
    ss_stream_init(&b, seed, "x", 1);
    ss_stream_init(&c, seed, "y", 0);
    assert_true(ss_stream_word(&a, 0) != ss_stream_word(&b, 0));
    assert_true(ss_stream_word(&a, 0) != ss_stream_word(&c, 0));
}

static void
below_keeps_to_its_range(void **state)
{
    (void) state;
    assert_true(ss_below(0, 10) == 0);
    assert_true(ss_below(UINT64_MAX, 10) == 9);
    assert_true(ss_below(UINT64_C(1) << 63, 10) == 5);
    assert_true(ss_below(UINT64_MAX, UINT64_MAX) == UINT64_MAX - 1);
    assert_true(ss_below(UINT64_MAX, 1) == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_depends_on_its_place_alone),
        cmocka_unit_test(words_are_chacha20s),
        cmocka_unit_test(attempts_and_names_differ),
        cmocka_unit_test(below_keeps_to_its_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
