#include "unit/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/file.h"
#include "secret/key_source.h"

#define KEY "3f0a61c2b7d94e8812aa90fe7716d3c45b6e01f2a3948877665fedcba1029384"

typedef struct world
{
    ss_arena *arena;
    char folder[64];
    const char *file;
    ss_keyring *ring;
    ss_error err;
} world;

static int
set_up(void **state)
{
    static world w;

    w = (world){.arena = ss_arena_new(NULL), .folder = "/tmp/ss_key_XXXXXX"};
    assert_non_null(mkdtemp(w.folder));
    w.file = ss_strf(w.arena, "%s/k.key", w.folder);
    assert_int_equal(ss_file_write(w.file, KEY "\n", strlen(KEY) + 1, 0600, &w.err), SS_OK);
    *state = &w;
    return 0;
}

static int
tear_down(void **state)
{
    world *w = *state;

    (void) ss_folder_remove(w->folder, &w->err);
    ss_arena_free(w->arena);
    return 0;
}

static ss_code
read_from(world *w, const ss_key_source *source)
{
    w->ring = NULL;
    w->err = (ss_error){.code = SS_OK};
    return ss_key_source_read(source, NULL, w->arena, &w->ring, &w->err);
}

static void
assert_refused(world *w, const ss_key_source *source, ss_code code, const char *what)
{
    assert_int_equal(read_from(w, source), code);
    assert_non_null(strstr(w->err.line[0], what));
    for (size_t i = 0; i < w->err.depth; i++)
        assert_null(strstr(w->err.line[i], "3f0a61"));
    assert_null(w->ring);
}

static void
a_file_of_ours_alone_is_read(void **state)
{
    world *w = *state;
    const ss_key_source source = {.file = w->file};

    assert_int_equal(read_from(w, &source), SS_OK);
    assert_int_equal(w->ring->n, 1);
    assert_int_equal(w->ring->entries[0].key[0], 0x3f);
    assert_int_equal(chmod(w->file, 0400), 0);
    assert_int_equal(read_from(w, &source), SS_OK);
}

static void
a_file_that_others_can_get_at_is_refused(void **state)
{
    world *w = *state;
    const ss_key_source source = {.file = w->file};
    const char *link = ss_strf(w->arena, "%s/link", w->folder);

    assert_int_equal(chmod(w->file, 0640), 0);
    assert_refused(w, &source, SS_EMEND, "others can read or change");
    assert_int_equal(chmod(w->file, 0604), 0);
    assert_refused(w, &source, SS_EMEND, "others can read or change");
    assert_int_equal(chmod(w->file, 0600), 0);
    assert_int_equal(chmod(w->folder, 0770), 0);
    assert_refused(w, &source, SS_EMEND, "others can change the folder");
    assert_int_equal(chmod(w->folder, 0700), 0);
    assert_int_equal(symlink(w->file, link), 0);
    assert_refused(w, &(ss_key_source){.file = link}, SS_EMEND, "symbolic link");
    assert_refused(w, &(ss_key_source){.file = w->folder}, SS_EMEND, "is not a file");
    assert_refused(w, &(ss_key_source){.file = "/nowhere/k"}, SS_EMEND, "could not open");
    assert_int_equal(mkfifo(ss_strf(w->arena, "%s/fifo", w->folder), 0600), 0);
    assert_refused(w, &(ss_key_source){.file = ss_strf(w->arena, "%s/fifo", w->folder)}, SS_EMEND,
                   "is not a file");
    if (getuid() == 0)
    {
        assert_int_equal(chown(w->folder, 65534, 65534), 0);
        assert_refused(w, &source, SS_EMEND, "belongs to another user");
        assert_int_equal(chown(w->folder, 0, 0), 0);
        assert_int_equal(chown(w->file, 65534, 65534), 0);
        assert_refused(w, &source, SS_EMEND, "another user");
    }
}

static void
a_command_is_asked_without_a_shell(void **state)
{
    world *w = *state;
    const char *const cat[] = {"cat", w->file, NULL};
    const char *const odd[] = {"echo", "$(cat", w->file, ")", NULL};
    const char *const fails[] = {"sh", "-c", "cat \"$0\"; echo hunter2 >&2; exit 7", w->file, NULL};
    const char *const chatty[] = {"head", "-c", "20000", "/dev/zero", NULL};
    const char *const none[] = {"no-such-program", NULL};
    const char *const silent[] = {"true", NULL};

    assert_int_equal(read_from(w, &(ss_key_source){.command = cat}), SS_OK);
    assert_int_equal(w->ring->entries[0].key[0], 0x3f);
    assert_refused(w, &(ss_key_source){.command = odd}, SS_EMEND, "no key file");
    assert_refused(w, &(ss_key_source){.command = fails}, SS_EMEND, "status 7");
    for (size_t i = 0; i < w->err.depth; i++)
        assert_null(strstr(w->err.line[i], "hunter2"));
    assert_refused(w, &(ss_key_source){.command = chatty}, SS_EMEND, "more than");
    assert_refused(w, &(ss_key_source){.command = none}, SS_EMEND, "could not find");
    assert_refused(w, &(ss_key_source){.command = silent}, SS_EMEND, "no key");
}

static bool
soon(void *arg)
{
    int *times = arg;

    return ++*times > 3;
}

/* A key command that hangs ends when the caller asks for it; its own limit is tried by tests/e2e/key.slow.sh. */
static void
a_command_that_hangs_can_be_stopped(void **state)
{
    world *w = *state;
    const char *const hangs[] = {"sleep", "600", NULL};
    int times = 0;
    const ss_watch watch = {.interrupted = soon, .arg = &times};

    assert_int_equal(
        ss_key_source_read(&(ss_key_source){.command = hangs}, &watch, w->arena, &w->ring, &w->err),
        SS_EINTERRUPTED);
}

static void
a_descriptor_is_read_and_closed(void **state)
{
    world *w = *state;
    const int fd = open(w->file, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(read_from(w, &(ss_key_source){.has_fd = true, .fd = fd}), SS_OK);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_refused(w, &(ss_key_source){.has_fd = true, .fd = fd}, SS_EMEND, "could not read");
}

static bool
answer(void *arg, const char *prompt, unsigned char *text, size_t room, size_t *n)
{
    const char *passphrase = arg;

    assert_non_null(strstr(prompt, "k.key"));
    assert_true(strlen(passphrase) <= room);
    *n = strlen(passphrase);
    memcpy(text, passphrase, *n);
    return true;
}

static void
a_passphrase_comes_from_its_file_or_from_the_caller(void **state)
{
    world *w = *state;
    static const char plain[] = KEY, pass[] = "correct horse battery";
    char right[] = "correct horse battery";
    const char *phrase = ss_strf(w->arena, "%s/phrase", w->folder), *sealed;
    const ss_key_source alone = {.file = w->file},
                        with_file = {.file = w->file, .passphrase_file = phrase};
    const ss_watch watch = {.ask = answer, .arg = right};

    assert_int_equal(ss_file_write(phrase, "correct horse battery\n", 22, 0600, &w->err), SS_OK);
    assert_refused(w, &with_file, SS_EMEND, "is not under a passphrase");
    assert_int_equal(ss_keyring_seal((const unsigned char *) plain, strlen(plain),
                                     (const unsigned char *) pass, strlen(pass), w->arena, &sealed,
                                     &w->err),
                     SS_OK);
    assert_int_equal(ss_file_write(w->file, sealed, strlen(sealed), 0600, &w->err), SS_OK);
    assert_int_equal(read_from(w, &with_file), SS_OK);
    assert_int_equal(w->ring->entries[0].key[0], 0x3f);
    assert_refused(w, &alone, SS_EMEND, "nobody to ask");
    assert_int_equal(ss_key_source_read(&alone, &watch, w->arena, &w->ring, &w->err), SS_OK);
    assert_int_equal(chmod(phrase, 0644), 0);
    assert_refused(w, &with_file, SS_EMEND, "others can read or change");
    assert_int_equal(ss_file_write(phrase, "short\n", 6, 0600, &w->err), SS_OK);
    assert_int_equal(chmod(phrase, 0600), 0);
    assert_refused(w, &with_file, SS_EMEND, "at least 12");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_of_ours_alone_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_others_can_get_at_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_command_is_asked_without_a_shell, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_that_hangs_can_be_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_descriptor_is_read_and_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_passphrase_comes_from_its_file_or_from_the_caller, set_up,
                                        tear_down),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
