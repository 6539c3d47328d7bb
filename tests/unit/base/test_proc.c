#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/memory_file.h"
#include "base/proc.h"

static double
now_s(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static ss_code
shell(const char *script, ss_buf *out, ss_buf *err_text, int timeout_s, const ss_watch *watch,
      int *status, ss_error *err)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    const char *const set[] = {"GIVEN=yes", NULL};
    const char *const unset[] = {"TAKEN", NULL};
    const ss_proc_options o = {.argv = argv,
                               .setenv = set,
                               .unsetenv = unset,
                               .cwd = "/",
                               .out = out,
                               .err_text = err_text,
                               .timeout_s = timeout_s};

    return ss_proc_run(&o, watch, status, err);
}

static void
output_environment_and_status_arrive(void **state)
{
    ss_buf out = {0}, errors = {0};
    ss_error err;
    int status = -1;

    (void) state;
    assert_int_equal(setenv("TAKEN", "no", 1), 0);
    assert_int_equal(setenv("GIVEN", "no", 1), 0);
    assert_int_equal(shell("echo $GIVEN-$TAKEN; pwd; echo bad >&2; exit 3", &out, &errors, 10, NULL,
                           &status, &err),
                     SS_OK);
    assert_int_equal(status, 3);
    assert_string_equal(ss_buf_text(&out), "yes-\n/\n");
    assert_string_equal(ss_buf_text(&errors), "bad\n");
    assert_int_equal(shell("kill -9 $$", NULL, NULL, 10, NULL, &status, &err), SS_OK);
    assert_int_equal(status, 128 + 9);
    ss_buf_done(&out);
    ss_buf_done(&errors);
}

/* Into one file goes what it says in both ways; it is ours to wait for, in a session of its own. */
static void
what_is_started_goes_on_beside_us(void **state)
{
    static const char script[] = "ps -o sid= -p $$ | tr -d ' '; echo bad >&2; read line; exit 4";
    const char *const argv[] = {"sh", "-c", script, NULL};
    ss_arena *arena = ss_arena_new(NULL);
    char said[64] = "", expected[64];
    ss_error err;
    int fd, status = -1;
    pid_t pid = 0;

    (void) state;
    assert_int_equal(ss_memory_file(arena, &fd, &err), SS_OK);
    assert_int_equal(ss_proc_start(&(ss_proc_options){.argv = argv, .out_fd = fd}, &pid, &err),
                     SS_OK);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 4);
    assert_true(pread(fd, said, sizeof said - 1, 0) > 0);
    (void) snprintf(expected, sizeof expected, "%d\nbad\n", (int) pid);
    assert_string_equal(said, expected);
    assert_int_equal(
        ss_proc_start(&(ss_proc_options){.argv = (const char *const[]){"/nowhere/program", NULL}},
                      &pid, &err),
        SS_EMEND);
    ss_arena_free(arena);
}

/* From its beginning wherever ours stands, and as often as it likes; no other program gets it. */
static void
a_file_in_memory_is_opened_anew_by_name(void **state)
{
    static const char script[] =
        "cat /proc/self/fd/0; cat /proc/self/fd/0; ls /proc/self/fd | wc -l";
    const char *const argv[] = {"sh", "-c", script, NULL};
    ss_arena *arena = ss_arena_new(NULL);
    ss_buf with = {0}, without = {0};
    ss_error err;
    int fd, status = -1;

    (void) state;
    assert_int_equal(ss_memory_file(arena, &fd, &err), SS_OK);
    assert_int_equal(ss_memory_file_append(fd, "once\n", 5, &err), SS_OK);
    assert_int_equal(ss_proc_run(&(ss_proc_options){.argv = argv, .in_fd = fd, .out = &with}, NULL,
                                 &status, &err),
                     SS_OK);
    assert_int_equal(status, 0);
    assert_int_equal(
        ss_proc_run(&(ss_proc_options){.argv = argv, .out = &without}, NULL, &status, &err), SS_OK);
    assert_memory_equal(ss_buf_text(&with), "once\nonce\n", 10);
    assert_string_equal(ss_buf_text(&with) + 10, ss_buf_text(&without));
    ss_buf_done(&with);
    ss_buf_done(&without);
    ss_arena_free(arena);
}

static void
only_what_is_kept_is_passed_on(void **state)
{
    const char *const argv[] = {"/usr/bin/env", NULL};
    const char *const set[] = {"GIVEN=yes", NULL};
    const char *const kept[] = {"KEPT", "GIVEN", "KEPT_NOT_THERE", NULL};
    ss_buf out = {0};
    const ss_proc_options o = {.argv = argv, .setenv = set, .keepenv = kept, .out = &out};
    ss_error err;
    int status;

    (void) state;
    assert_int_equal(setenv("KEPT", "too", 1), 0);
    assert_int_equal(setenv("KEPT_LONGER", "secret", 1), 0);
    assert_int_equal(setenv("GIVEN", "no", 1), 0);
    assert_int_equal(ss_proc_run(&o, NULL, &status, &err), SS_OK);
    assert_string_equal(ss_buf_text(&out), "KEPT=too\nGIVEN=yes\n");
    ss_buf_done(&out);
}

static void
much_output_does_not_block_and_the_end_of_stderr_is_kept(void **state)
{
    ss_buf out = {0}, errors = {0};
    ss_error err;
    int status;

    (void) state;
    assert_int_equal(shell("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo end >&2",
                           &out, &errors, 20, NULL, &status, &err),
                     SS_OK);
    assert_int_equal(out.len, 3000000);
    assert_true(errors.len <= 1U << 20);
    assert_memory_equal(errors.data + errors.len - 4, "end\n", 4);
    ss_buf_done(&out);
    ss_buf_done(&errors);
}

static void
no_shell_reads_the_arguments(void **state)
{
    const char *const argv[] = {"echo", "$HOME `id`; echo 'x", NULL};
    ss_buf out = {0};
    const ss_proc_options o = {.argv = argv, .out = &out};
    ss_error err;
    int status;

    (void) state;
    assert_int_equal(ss_proc_run(&o, NULL, &status, &err), SS_OK);
    assert_string_equal(ss_buf_text(&out), "$HOME `id`; echo 'x\n");
    ss_buf_done(&out);
}

static void
a_missing_program_is_named(void **state)
{
    const char *const argv[] = {"no-such-program-here", NULL};
    const ss_proc_options o = {.argv = argv};
    ss_error err;
    int status;

    (void) state;
    assert_int_equal(ss_proc_run(&o, NULL, &status, &err), SS_EMEND);
    assert_non_null(strstr(err.line[0], "no-such-program-here"));
}

static bool
yes_soon(void *arg)
{
    return now_s() > *(const double *) arg;
}

static void
children_end_when_we_are_told_to_stop(void **state)
{
    double when = now_s() + 0.2;
    const ss_watch watch = {.interrupted = yes_soon, .arg = &when};
    ss_error err;
    int status;

    (void) state;
    /* A child that does not listen to SIGTERM, with one of its own. */
    assert_int_equal(
        shell("trap '' TERM; sleep 60 & wait; sleep 60", NULL, NULL, 0, &watch, &status, &err),
        SS_EINTERRUPTED);
    assert_true(now_s() - when < 2.5);
    assert_int_equal(shell("exec sleep 60", NULL, NULL, 1, NULL, &status, &err), SS_ERETRY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_environment_and_status_arrive),
        cmocka_unit_test(what_is_started_goes_on_beside_us),
        cmocka_unit_test(a_file_in_memory_is_opened_anew_by_name),
        cmocka_unit_test(only_what_is_kept_is_passed_on),
        cmocka_unit_test(much_output_does_not_block_and_the_end_of_stderr_is_kept),
        cmocka_unit_test(no_shell_reads_the_arguments),
        cmocka_unit_test(a_missing_program_is_named),
        cmocka_unit_test(children_end_when_we_are_told_to_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
