#include "unit/check.h"

#include "run/inputs.h"

#define REST "sandseed: 1\n# of the shop\ntables:\n  public.a:\n    mode: keep\n"

static void
keys_of_the_publishing_do_not_count(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_string_equal(ss_inputs_policy(REST, arena), REST);
    assert_string_equal(ss_inputs_policy("when_in_use: {wait: 10m, then: terminate}\n" REST, arena),
                        REST);
    assert_string_equal(
        ss_inputs_policy("when_in_use:\n  wait: 10m\n\n  then: keep-next\n" REST, arena), REST);
    assert_string_equal(ss_inputs_policy(REST "keep_previous: 1\nwhen_in_use: {wait: 1s}", arena),
                        REST);
    ss_arena_free(arena);
}

static void
everything_else_counts(void **state)
{
    static const char *const whole[] = {
        "access: {agent: read-only}\n" REST,
        "people: 11\n" REST,
        "sandseed: 1\ntables:\n  when_in_use:\n    mode: keep\n",
        "when_in_use_not: 1\n" REST,
    };
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        assert_string_equal(ss_inputs_policy(whole[i], arena), whole[i]);
    ss_arena_free(arena);
}

/* In other ways of writing YAML a line may hold more than the key that it begins with. */
static void
what_is_not_written_line_by_line_counts_whole(void **state)
{
    static const char *const whole[] = {
        "{sandseed: 1,\nwhen_in_use: {wait: 1s}, tables: {public.a: {mode: keep}}}\n",
        "--- {sandseed: 1,\nwhen_in_use: {wait: 1s}, tables: {public.a: {mode: keep}}}\n",
        "  {sandseed: 1,\nwhen_in_use: {wait: 1s}, tables: {public.a: {mode: keep}}}\n",
        "\"sandseed\": 1\nwhen_in_use: {wait: 1s}\n",
        "  sandseed: 1\n  when_in_use: {wait: 1s}\n",
    };
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        assert_string_equal(ss_inputs_policy(whole[i], arena), whole[i]);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_the_publishing_do_not_count),
        cmocka_unit_test(everything_else_counts),
        cmocka_unit_test(what_is_not_written_line_by_line_counts_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
