#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sandseed/commands.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/leftovers.h"

/* A run with a server, two folders of which one is taken back, and an end without return. */
static _Noreturn void
run(const char *gone, const char *kept, const int server_lives[2])
{
    const pid_t server = fork();

    if (server == 0)
    {
        (void) close(server_lives[0]);
        for (;;)
            (void) pause();
    }
    (void) close(server_lives[1]);
    const ss_leftover process = ss_leftover_server((int) server);
    ss_leftover_add(&process);
    ss_leftover_add(&(ss_leftover){.folder = gone});

    const ss_leftover back = {.folder = kept};
    ss_leftover_add(&back);
    ss_leftover_take_back(&back);
    ss_end_now(42);
    _exit(1);
}

static void
servers_and_folders_go_with_the_process(void **state)
{
    char gone[] = "/var/tmp/ssgone.XXXXXX", kept[] = "/var/tmp/sskept.XXXXXX";
    ss_arena *arena = ss_arena_new(NULL);
    const char *inner = NULL;
    int lives[2], status = 0;
    ss_error err;
    char end;
    pid_t pid;

    (void) state;
    assert_non_null(mkdtemp(gone));
    assert_non_null(mkdtemp(kept));
    inner = ss_path_join(arena, gone, "a/b");
    assert_int_equal(ss_folder_make(inner, 0700, &err), SS_OK);
    assert_int_equal(ss_file_write(ss_path_join(arena, inner, "c"), "x", 1, 0600, &err), SS_OK);
    assert_int_equal(symlink(kept, ss_path_join(arena, gone, "link")), 0);
    assert_int_equal(pipe(lives), 0);

    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        run(gone, kept, lives);
    (void) close(lives[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
    assert_int_equal(read(lives[0], &end, 1),
                     0); /* nobody holds the other end: the server is gone */
    assert_false(ss_path_exists(gone));
    assert_true(ss_path_exists(kept));
    (void) close(lives[0]);
    (void) rmdir(kept);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_and_folders_go_with_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
