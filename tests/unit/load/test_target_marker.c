#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "load/target.h"

static void
what_is_written_is_read_again(void **state)
{
    (void) state;
    ss_arena *arena = ss_arena_new(NULL);
    const ss_target_state states[] = {SS_TARGET_BUILDING, SS_TARGET_FINISHED, SS_TARGET_PUBLISHED};
    for (size_t i = 0; i < 3; i++)
    {
        const ss_marker in = {.state = states[i],
                              .run = "20261123T185500Z-1f",
                              .at = "2026-11-23T18:55:00Z",
                              .inputs = "9f3a61c2"};
        ss_marker out = {0};
        assert_true(ss_marker_parse(ss_marker_text(arena, &in), &out));
        assert_int_equal(out.state, states[i]);
        assert_string_equal(out.run, in.run);
        assert_string_equal(out.at, in.at);
        assert_string_equal(out.inputs, in.inputs);
    }
    ss_arena_free(arena);
}

static void
inputs_may_be_missing(void **state)
{
    (void) state;
    ss_marker m = {0};
    assert_true(ss_marker_parse("sandseed: 1 state=building run=a at=2026-11-23T18:55:00Z", &m));
    assert_string_equal(m.inputs, "");
    assert_int_equal(m.state, SS_TARGET_BUILDING);
}

static void
anything_else_is_no_marker(void **state)
{
    (void) state;
    static const char *const OTHERS[] = {
        "",
        "sandbox of the shop",
        "sandseed",
        "sandseed: 2 state=building run=a at=2026-11-23T18:55:00Z",
        "sandseed: 1 state=built run=a at=2026-11-23T18:55:00Z",
        "sandseed: 1 state=buildings run=a at=2026-11-23T18:55:00Z",
        "sandseed: 1 state=foreign run=a at=2026-11-23T18:55:00Z",
        "sandseed: 1 state=building run= at=2026-11-23T18:55:00Z",
        "sandseed: 1 state=building run=a'b at=2026-11-23T18:55:00Z",
        "sandseed: 1 state=building run=a at=yesterday",
        "sandseed: 1 state=building run=a at=2026-11-23T18:55:00",
        "sandseed: 1 state=building at=2026-11-23T18:55:00Z run=a",
        "sandseed: 1 state=building run=a at=2026-11-23T18:55:00Z ",
        "sandseed: 1 state=building run=a at=2026-11-23T18:55:00Z more",
        "sandseed: 1 state=building run=a at=2026-11-23T18:55:00Z inputs=",
        "sandseed: 1 state=building run=a at=2026-11-23T18:55:00Z inputs=a b",
        " sandseed: 1 state=building run=a at=2026-11-23T18:55:00Z",
        "Sandseed: 1 state=building run=a at=2026-11-23T18:55:00Z",
    };
    ss_marker m;
    assert_false(ss_marker_parse(NULL, &m));
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
    {
        if (ss_marker_parse(OTHERS[i], &m))
            fail_msg("taken for a marker: %s", OTHERS[i]);
    }
}

static void
a_word_has_a_limit(void **state)
{
    (void) state;
    char text[256] = "sandseed: 1 state=building run=";
    ss_marker m;
    const size_t n = strlen(text);
    memset(text + n, 'a', SS_MARKER_WORD_MAX);
    strncpy(text + n + SS_MARKER_WORD_MAX, " at=2026-11-23T18:55:00Z", 32);
    assert_true(ss_marker_parse(text, &m));
    memset(text + n, 'a', SS_MARKER_WORD_MAX + 1);
    strncpy(text + n + SS_MARKER_WORD_MAX + 1, " at=2026-11-23T18:55:00Z", 32);
    assert_false(ss_marker_parse(text, &m));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(inputs_may_be_missing),
        cmocka_unit_test(anything_else_is_no_marker),
        cmocka_unit_test(a_word_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
