#include "unit/check.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>
#include <sodium.h>

#include "base/leftovers.h"
#include "secret/locked.h"

/* Public: include/sandseed/commands.h. */
void ss_end_now(int status);

static void
memory_is_zeroed_and_can_be_had_again(void **state)
{
    ss_error err;

    (void) state;
    /* more often than there is room at once: what is freed is free again */
    for (int i = 0; i < 1200; i++)
    {
        ss_arena *owner = ss_arena_new(NULL);
        unsigned char *bytes;

        assert_int_equal(ss_locked_new(owner, 100, &bytes, &err), SS_OK);
        for (int k = 0; k < 100; k++)
            assert_int_equal(bytes[k], 0);
        memset(bytes, 0xA5, 100);
        ss_arena_free(owner);
    }
}

/* As many as --jobs allows shuffle their rows by a stream of their own. */
static void
every_job_has_a_piece(void **state)
{
    ss_arena *owner = ss_arena_new(NULL);
    unsigned char *bytes;
    ss_error err;

    (void) state;
    for (int i = 0; i < 256 + 32; i++)
        assert_int_equal(ss_locked_new(owner, 100, &bytes, &err), SS_OK);
    ss_arena_free(owner);
}

/* The lock is refused to a process without the right or the room for it: no key is taken then. */
static void
a_refused_lock_is_an_error(void **state)
{
    int status = 0;
    pid_t pid;

    (void) state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizers' mlock() locks nothing and succeeds */
#endif
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
    {
        static const struct rlimit none = {0, 0};
        ss_arena *owner = ss_arena_new(NULL);
        unsigned char *bytes;
        ss_error err = {.code = SS_OK};

        if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 ||
            (getuid() == 0 && (prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK, 0, 0, 0) != 0 ||
                               setgid(65534) != 0 || setuid(65534) != 0)))
            _exit(3);
        if (ss_locked_new(owner, 32, &bytes, &err) != SS_EMEND)
            _exit(1);
        _exit(strstr(err.hint, "ulimit -l") != NULL ? 0 : 2);
    }
    assert_true(waitpid(pid, &status, 0) == pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int seen[2];

static unsigned char *watched;

static void
look(void)
{
    (void) !write(seen[1], watched, 32);
}

/* Whoever looks after the keys were wiped finds nothing: the last look is at the end of ss_end_now(). */
static void
the_end_of_the_process_wipes(void **state)
{
    unsigned char bytes[32], zero[32] = {0};
    int status = 0;
    pid_t pid;

    (void) state;
    assert_int_equal(pipe(seen), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
    {
        static const ss_leftover looking = {.process = -1, .wipe = look};
        ss_arena *owner = ss_arena_new(NULL);
        ss_error err;

        if (ss_locked_new(owner, 32, &watched, &err) != SS_OK)
            _exit(1);
        memset(watched, 0xA5, 32);
        ss_leftover_add(&looking); /* after that of the keys: called after it */
        ss_end_now(7);
    }
    assert_true(waitpid(pid, &status, 0) == pid);
    assert_int_equal(WEXITSTATUS(status), 7);
    assert_int_equal(read(seen[0], bytes, sizeof bytes), sizeof bytes);
    assert_memory_equal(bytes, zero, sizeof zero);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_has_a_piece),
        cmocka_unit_test(a_refused_lock_is_an_error),
        cmocka_unit_test(the_end_of_the_process_wipes),
        cmocka_unit_test(memory_is_zeroed_and_can_be_had_again),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
