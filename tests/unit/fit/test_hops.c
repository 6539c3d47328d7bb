/* Keys of parents: found by their hashes, followed to people, who are counted. */
#include "unit/check.h"

#include "fit/heavy.h"
#include "stats/people.h"

static ss_fit_numbers
numbers_of(ss_arena *arena)
{
    return (ss_fit_numbers){.spill = ss_spill_new(arena, "/tmp")};
}

static void
numbers_are_found_by_their_keys_however_many_there_are(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_fit_numbers m = numbers_of(arena);
    ss_error err;

    (void) state;
    assert_int_equal(ss_fit_numbers_get(&m, 7), 0);
    for (uint64_t i = 1; i <= 100000; i++)
    {
        uint64_t *n;

        assert_int_equal(ss_fit_numbers_at(&m, i * UINT64_C(0x9E3779B97F4A7C15), &n, &err), SS_OK);
        assert_int_equal(*n, 0);
        *n = i;
    }
    for (uint64_t i = 1; i <= 100000; i++)
        assert_int_equal(ss_fit_numbers_get(&m, i * UINT64_C(0x9E3779B97F4A7C15)), i);
    assert_int_equal(ss_fit_numbers_get(&m, 12345), 0);
    assert_int_equal(ss_fit_numbers_get(&m, 0), 0);
    ss_arena_free(arena);
}

static void
a_chain_ends_where_a_key_leads_nowhere(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_fit_hop first = {.numbers = numbers_of(arena)}, second = {.numbers = numbers_of(arena)};
    const ss_fit_hop *list[] = {&first, &second};
    const ss_fit_chain chain = {.list = list, .n = 2};
    uint64_t *n;
    ss_error err;

    (void) state;
    assert_int_equal(ss_fit_numbers_at(&first.numbers, 11, &n, &err), SS_OK);
    *n = 21;
    assert_int_equal(ss_fit_numbers_at(&first.numbers, 12, &n, &err), SS_OK);
    *n = 22;
    assert_int_equal(ss_fit_numbers_at(&second.numbers, 21, &n, &err), SS_OK);
    *n = 31;
    assert_int_equal(ss_fit_chain_follow(&chain, 11), 31);
    assert_int_equal(ss_fit_chain_follow(&chain, 12), 0);
    assert_int_equal(ss_fit_chain_follow(&chain, 13), 0);
    assert_int_equal(ss_fit_chain_follow(&chain, 0), 0);
    ss_arena_free(arena);
}

/* Person i has i rows: the third has 998, and of a dozen the last one 989, between which is 990. */
static void
those_who_have_most_are_found_among_all(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_fit_numbers m = numbers_of(arena);
    ss_heavy *heavy;
    ss_error err;

    (void) state;
    for (uint64_t i = 1; i <= 1000; i++)
    {
        uint64_t *n;

        assert_int_equal(ss_fit_numbers_at(&m, i * UINT64_C(0x9E3779B97F4A7C15), &n, &err), SS_OK);
        *n = i;
    }
    heavy = ss_heavy_of(&m, NULL, 3, arena);
    assert_int_equal(ss_heavy_weight(heavy, 1000 * UINT64_C(0x9E3779B97F4A7C15)),
                     SS_WHOLE * 990 / 1000);
    assert_int_equal(ss_heavy_weight(heavy, 991 * UINT64_C(0x9E3779B97F4A7C15)),
                     SS_WHOLE * 990 / 991);
    assert_int_equal(ss_heavy_weight(heavy, 990 * UINT64_C(0x9E3779B97F4A7C15)), SS_WHOLE);
    assert_int_equal(ss_heavy_weight(heavy, 5 * UINT64_C(0x9E3779B97F4A7C15)), SS_WHOLE);
    ss_arena_free(arena);
}

/* Of whom one in five is set aside: one weighs at most what the others' third does. */
static void
who_is_set_aside_is_not_among_those_who_have_most(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_control_table aside = {.state = SS_CONTROL_SET_ASIDE, .key = {{1}}};
    ss_fit_numbers m = numbers_of(arena);
    uint64_t most[12] = {0}, cap;
    size_t n = 0;
    ss_heavy *heavy;
    ss_error err;

    (void) state;
    for (uint64_t i = 1; i <= 100; i++)
    {
        uint64_t *rows;

        assert_int_equal(ss_fit_numbers_at(&m, i * UINT64_C(0x9E3779B97F4A7C15), &rows, &err),
                         SS_OK);
        *rows = i;
    }
    for (uint64_t i = 100; n < 12; i--)
    {
        if (!ss_control_has(&aside, i * UINT64_C(0x9E3779B97F4A7C15)))
            most[n++] = i;
    }
    assert_int_not_equal(most[2], 98);
    cap = ss_heavy_cap(most, 12, 3, true);
    heavy = ss_heavy_of(&m, &aside, 3, arena);
    assert_int_equal(ss_heavy_weight(heavy, most[0] * UINT64_C(0x9E3779B97F4A7C15)),
                     SS_WHOLE * cap / most[0]);
    assert_int_equal(ss_heavy_weight(heavy, most[11] * UINT64_C(0x9E3779B97F4A7C15)), SS_WHOLE);
    for (uint64_t i = 1; i <= 100; i++)
    {
        if (ss_control_has(&aside, i * UINT64_C(0x9E3779B97F4A7C15)))
            assert_int_equal(ss_heavy_weight(heavy, i * UINT64_C(0x9E3779B97F4A7C15)), SS_WHOLE);
    }
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_found_by_their_keys_however_many_there_are),
        cmocka_unit_test(a_chain_ends_where_a_key_leads_nowhere),
        cmocka_unit_test(those_who_have_most_are_found_among_all),
        cmocka_unit_test(who_is_set_aside_is_not_among_those_who_have_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
