#include "unit/check.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/together.h"
#include "base/watch.h"

#define PATIENCE_MS 20000

typedef struct play
{
    ss_code fails[2];
    atomic_int noticed;
    bool caller_stops;
} play;

/* One that fails does so at once; one that does not, waits until it is stopped or patience ends. */
static ss_code
act(void *arg, size_t step, const ss_watch *watch, ss_error *err)
{
    play *p = arg;

    ss_notice(watch, SS_INFO, "step %zu", step);
    if (p->fails[step] != SS_OK)
        return ss_fail(err, p->fails[step], "step %zu failed", step);
    if (p->fails[1 - step] == SS_OK && !p->caller_stops)
        return SS_OK;
    for (int ms = 0; ms < PATIENCE_MS && !ss_interrupted(watch); ms += 5)
        ss_sleep_ms(5);
    return ss_check_interrupt(watch, err);
}

static void
on_notice(void *arg, ss_level level, const char *text)
{
    play *p = arg;

    (void) level;
    (void) text;
    atomic_fetch_add(&p->noticed, 1);
}

static bool
on_interrupted(void *arg)
{
    return ((play *) arg)->caller_stops;
}

static ss_code
run(play *p, size_t workers, ss_error *err)
{
    const ss_watch watch = {.notice = on_notice, .interrupted = on_interrupted, .arg = p};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_code code = ss_together(2, workers, act, p, &watch, arena, err);

    ss_arena_free(arena);
    return code;
}

static void
steps_that_succeed_all_run(void **state)
{
    (void) state;
    for (size_t workers = 1; workers <= 2; workers++)
    {
        play p = {0};
        ss_error err = {.code = SS_OK};

        assert_int_equal(run(&p, workers, &err), SS_OK);
        assert_int_equal(atomic_load(&p.noticed), 2);
    }
}

static void
a_failure_stops_the_other_and_is_told(void **state)
{
    (void) state;
    for (size_t failing = 0; failing < 2; failing++)
    {
        play p = {0};
        ss_error err = {.code = SS_OK};

        p.fails[failing] = SS_EREFUSED;
        assert_int_equal(run(&p, 2, &err), SS_EREFUSED);
        assert_string_equal(err.line[0], failing == 0 ? "step 0 failed" : "step 1 failed");
    }
}

static void
the_caller_stops_all(void **state)
{
    play p = {.caller_stops = true};
    ss_error err = {.code = SS_OK};

    (void) state;
    assert_int_equal(run(&p, 2, &err), SS_EINTERRUPTED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_that_succeed_all_run),
        cmocka_unit_test(a_failure_stops_the_other_and_is_told),
        cmocka_unit_test(the_caller_stops_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
