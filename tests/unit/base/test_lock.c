#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/lock.h"

static ss_arena *arena;
static char folder[] = "/var/tmp/sslock.XXXXXX";

static const char *
in(const char *name)
{
    return ss_path_join(arena, folder, name);
}

static void
one_holder_at_a_time(void **state)
{
    struct stat st;
    int first, second;

    (void) state;
    first = ss_lock_take(in("a"), O_RDWR | O_CREAT);
    assert_true(first >= 0);
    assert_int_equal(fstat(first, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(fcntl(first, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(ss_lock_take(in("a"), O_RDWR), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(close(first), 0);
    second = ss_lock_take(in("a"), O_RDWR);
    assert_true(second >= 0);
    assert_int_equal(close(second), 0);
}

static void
folders_can_be_locked_and_links_cannot(void **state)
{
    int held;

    (void) state;
    assert_int_equal(mkdir(in("d"), 0700), 0);
    held = ss_lock_take(in("d"), O_RDONLY | O_DIRECTORY);
    assert_true(held >= 0);
    assert_int_equal(ss_lock_take(in("d"), O_RDONLY | O_DIRECTORY), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(close(held), 0);
    assert_int_equal(symlink(in("d"), in("link")), 0);
    assert_int_equal(ss_lock_take(in("link"), O_RDONLY), -1);
    assert_int_equal(errno, ELOOP);
    assert_int_equal(ss_lock_take(in("gone"), O_RDWR), -1);
    assert_int_equal(errno, ENOENT);
}

static int
set_up(void **state)
{
    (void) state;
    arena = ss_arena_new(NULL);
    return mkdtemp(folder) == NULL;
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
        cmocka_unit_test(one_holder_at_a_time),
        cmocka_unit_test(folders_can_be_locked_and_links_cannot),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
