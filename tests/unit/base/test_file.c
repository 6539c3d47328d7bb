#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static ss_arena *arena;
static char folder[] = "/var/tmp/ssfile.XXXXXX";

static const char *
in(const char *name)
{
    return ss_path_join(arena, folder, name);
}

static void
files_are_written_whole_and_read_whole(void **state)
{
    char *text;
    size_t n;
    struct stat st;
    ss_error err;

    (void) state;
    assert_int_equal(ss_file_write(in("a"), "one\0two", 7, 0600, &err), SS_OK);
    assert_int_equal(ss_file_read(in("a"), 100, arena, &text, &n, &err), SS_OK);
    assert_int_equal(n, 7);
    assert_memory_equal(text, "one\0two", 8);
    assert_int_equal(stat(in("a"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(ss_file_write(in("a"), "", 0, 0644, &err), SS_OK);
    assert_int_equal(ss_file_read(in("a"), 100, arena, &text, NULL, &err), SS_OK);
    assert_string_equal(text, "");
}

static void
a_file_behind_a_link_stays(void **state)
{
    char *text;
    struct stat st;
    ss_error err;

    (void) state;
    assert_int_equal(ss_file_write(in("behind"), "kept", 4, 0600, &err), SS_OK);
    assert_int_equal(symlink("behind", in("link")), 0);
    assert_int_equal(ss_file_write(in("link"), "new", 3, 0600, &err), SS_OK);
    assert_int_equal(lstat(in("link"), &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(ss_file_read(in("behind"), 100, arena, &text, NULL, &err), SS_OK);
    assert_string_equal(text, "kept");
}

static void
a_file_of_the_users_keeps_its_rights_and_its_link(void **state)
{
    char *text;
    struct stat st;
    ss_error err;

    (void) state;
    assert_int_equal(ss_file_write_over(in("own"), "old", 3, 0604, &err), SS_OK);
    assert_int_equal(stat(in("own"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0604);
    assert_int_equal(chmod(in("own"), 0640), 0);
    assert_int_equal(symlink("own", in("to_own")), 0);
    assert_int_equal(ss_file_write_over(in("to_own"), "new", 3, 0604, &err), SS_OK);
    assert_int_equal(lstat(in("to_own"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(in("own"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(ss_file_read(in("own"), 100, arena, &text, NULL, &err), SS_OK);
    assert_string_equal(text, "new");
}

static void
errors_name_the_path(void **state)
{
    char *text;
    ss_error err;

    (void) state;
    assert_int_equal(ss_file_read(in("none"), 100, arena, &text, NULL, &err), SS_EMEND);
    assert_non_null(strstr(err.line[0], in("none")));
    assert_int_equal(ss_file_read(folder, 100, arena, &text, NULL, &err), SS_EMEND);
    assert_int_equal(ss_file_write(in("big"), "123456", 6, 0600, &err), SS_OK);
    assert_int_equal(ss_file_read(in("big"), 5, arena, &text, NULL, &err), SS_EMEND);
    assert_non_null(strstr(err.line[0], "larger"));
    assert_int_equal(ss_file_write(in("no/such/folder"), "x", 1, 0600, &err), SS_EMEND);
    assert_int_equal(ss_folder_make(in("big/below"), 0700, &err), SS_EMEND);
    assert_int_equal(ss_folder_make(in("big"), 0700, &err), SS_EMEND);
    assert_non_null(strstr(err.line[0], "is not a folder"));
}

static void
removing_a_folder_does_not_follow_links(void **state)
{
    ss_error err;

    (void) state;
    assert_int_equal(ss_folder_make(in("x/y/z"), 0700, &err), SS_OK);
    assert_int_equal(ss_folder_make(in("x/y"), 0700, &err), SS_OK);
    assert_int_equal(ss_folder_make(in("outside"), 0700, &err), SS_OK);
    assert_int_equal(ss_file_write(in("outside/mine"), "x", 1, 0600, &err), SS_OK);
    assert_int_equal(ss_file_write(in("x/y/z/f"), "x", 1, 0600, &err), SS_OK);
    assert_int_equal(symlink(in("outside"), in("x/y/out")), 0);
    assert_int_equal(ss_folder_remove(in("x"), &err), SS_OK);
    assert_false(ss_path_exists(in("x")));
    assert_true(ss_path_exists(in("outside/mine")));
    assert_int_equal(ss_folder_remove(in("x"), &err), SS_OK);
    assert_int_equal(symlink(in("outside"), in("link_to_folder")), 0);
    assert_int_not_equal(ss_folder_remove(in("link_to_folder"), &err), SS_OK);
    assert_true(ss_path_exists(in("outside/mine")));
}

static void
paths_are_joined_and_resolved(void **state)
{
    char *cwd = getcwd(NULL, 0);

    (void) state;
    assert_string_equal(ss_path_join(arena, "/a", "b"), "/a/b");
    assert_string_equal(ss_path_join(arena, "/a/", "b"), "/a/b");
    assert_string_equal(ss_path_join(arena, "/a", "/b"), "/b");
    assert_string_equal(ss_path_absolute(arena, "/no/such/path"), "/no/such/path");
    assert_string_equal(ss_path_absolute(arena, "/"), "/");
    assert_string_equal(ss_path_absolute(arena, "."), cwd);
    assert_int_equal(symlink(folder, in("self")), 0);
    assert_string_equal(ss_path_absolute(arena, in("self/not/there")), in("not/there"));
    free(cwd);
}

static int
set_up(void **state)
{
    (void) state;
    arena = ss_arena_new(NULL);
    return mkdtemp(folder) == NULL;
}

static void
folders_change_names(void **state)
{
    ss_error err = {.code = SS_OK};

    (void) state;
    assert_int_equal(ss_folder_make(in("new/inner"), 0700, &err), SS_OK);
    assert_int_equal(ss_folder_make(in("old"), 0700, &err), SS_OK);
    assert_int_equal(ss_folder_exchange(in("new"), in("old"), in("aside"), &err), SS_OK);
    assert_true(ss_path_exists(in("old/inner")));
    assert_true(ss_path_exists(in("new")));
    assert_false(ss_path_exists(in("new/inner")));
    assert_false(ss_path_exists(in("aside")));
    assert_int_equal(ss_folder_exchange(in("new"), in("nowhere"), in("aside"), &err), SS_EMEND);
    assert_non_null(strstr(err.line[0], "nowhere"));
    assert_true(ss_path_exists(in("new")));
}

/* From now on the kernel has no renameat2(): as on a file system that cannot exchange two names. */
static bool
forbid_exchange(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* 0: as it should be; 1: not; 77: filters are forbidden here. */
static int
exchange_without_the_kernel(void)
{
    ss_error err = {.code = SS_OK};

    if (!forbid_exchange())
        return 77;
    if (ss_folder_exchange(in("one"), in("two"), in("aside"), &err) != SS_OK ||
        !ss_path_exists(in("two/of one")) || !ss_path_exists(in("one")) ||
        ss_path_exists(in("one/of one")) || ss_path_exists(in("aside")))
        return 1;
    /* What cannot be renamed stays, and so does the other. */
    if (ss_folder_exchange(in("nowhere"), in("two"), in("aside"), &err) != SS_EMEND)
        return 1;
    return ss_path_exists(in("two/of one")) && !ss_path_exists(in("aside")) ? 0 : 1;
}

static void
folders_change_names_where_they_cannot_be_exchanged(void **state)
{
    ss_error err = {.code = SS_OK};
    int status;
    pid_t pid;

    (void) state;
    assert_int_equal(ss_folder_make(in("one/of one"), 0700, &err), SS_OK);
    assert_int_equal(ss_folder_make(in("two"), 0700, &err), SS_OK);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(exchange_without_the_kernel());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int
tear_down(void **state)
{
    ss_error err;

    (void) state;
    (void) ss_folder_remove(folder, &err);
    ss_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_written_whole_and_read_whole),
        cmocka_unit_test(a_file_behind_a_link_stays),
        cmocka_unit_test(a_file_of_the_users_keeps_its_rights_and_its_link),
        cmocka_unit_test(errors_name_the_path),
        cmocka_unit_test(removing_a_folder_does_not_follow_links),
        cmocka_unit_test(paths_are_joined_and_resolved),
        cmocka_unit_test(folders_change_names),
        cmocka_unit_test(folders_change_names_where_they_cannot_be_exchanged),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
