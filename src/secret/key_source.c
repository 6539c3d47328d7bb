/* pipe2(): no other thread's child may inherit an end. */
#define _GNU_SOURCE

#include "secret/key_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "secret/private_file.h"

#define TIMEOUT_S      30
#define LOOK_MS        100
#define PASSPHRASE     1024 /* bytes of the longest */
#define PASSPHRASE_MIN 12

const char *
ss_key_source_label(const ss_key_source *source, ss_arena *arena)
{
    if (source->command != NULL)
        return ss_strf(arena, "key command \"%.200s\"", ss_printable(arena, source->command[0]));
    if (source->has_fd)
        return ss_strf(arena, "descriptor %d", source->fd);
    return ss_printable(arena, source->file);
}

/* --- what all of them are read by ---------------------------------------------------------------- */

/* Everything up to the end, at most room bytes; SS_EMEND when there is more, SS_ERETRY when it does not come. */
static ss_code
read_all(int fd, const char *label, const ss_watch *watch, unsigned char *bytes, size_t room,
         size_t *n, ss_error *err)
{
    const int64_t until = ss_clock_ms() + INT64_C(1000) * TIMEOUT_S;

    for (*n = 0;;)
    {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        ssize_t got = -1;

        SS_TRY(ss_check_interrupt(watch, err));
        if (ss_clock_ms() > until)
            return ss_fail(err, SS_ERETRY, "%s did not end within %d s", label, TIMEOUT_S);
        if (poll(&p, 1, LOOK_MS) == 0)
            continue;
        /* One byte too many tells that there are more; it has no place. */
        got = *n < room ? read(fd, bytes + *n, room - *n) : read(fd, (unsigned char[1]){0}, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return ss_fail(err, SS_EMEND, "could not read %s: %s", label, strerror(errno));
        if (got > 0 && *n == room)
            return ss_fail(err, SS_EMEND, "%s holds more than %zu bytes: no key is that long",
                           label, room);
        if (got == 0)
            return SS_OK;
        *n += (size_t) got;
    }
}

/* --- files --------------------------------------------------------------------------------------- */

static ss_code
read_file(const char *path, const char *label, const ss_watch *watch, unsigned char *bytes,
          size_t room, size_t *n, ss_error *err)
{
    ss_code code;
    int fd;

    if (ss_private_file_open(path, label, &fd, err) != SS_OK)
        return ss_path_exists(path) ? err->code
                                    : ss_hint(err, "sandseed key new makes a key file.");
    code = read_all(fd, label, watch, bytes, room, n, err);
    (void) close(fd);
    return code;
}

/* --- commands ------------------------------------------------------------------------------------ */

/* What it prints waits in a pipe, which holds more than the longest key. */
static ss_code
read_command(const ss_key_source *source, const char *label, const ss_watch *watch,
             unsigned char *bytes, size_t room, size_t *n, ss_error *err)
{
    ss_proc_options run = {.argv = source->command, .timeout_s = TIMEOUT_S};
    int ends[2], status = 0;
    ss_code code;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return ss_fail(err, SS_ERETRY, "could not run %s: %s", label, strerror(errno));
    run.out_fd = ends[1];
    code = ss_proc_run(&run, watch, &status, err);
    (void) close(ends[1]);
    if (code == SS_OK && status != 0)
    {
        (void) ss_fail(err, SS_EMEND, "%s ended with status %d", label, status);
        code = ss_hint(err, "Run it by hand, as this user: what it says on standard error is not "
                            "passed on.");
    }
    if (code == SS_OK)
        code = read_all(ends[0], label, watch, bytes, room, n, err);
    (void) close(ends[0]);
    return code == SS_OK ? SS_OK : ss_note(err, "while asking for the key");
}

/* --- passphrases --------------------------------------------------------------------------------- */

ss_code
ss_passphrase_read(const char *file, ss_arena *owner, unsigned char **passphrase, size_t *n,
                   ss_error *err)
{
    SS_TRY(ss_locked_new(owner, PASSPHRASE, passphrase, err));
    SS_TRY(read_file(file, ss_printable(owner, file), NULL, *passphrase, PASSPHRASE, n, err));
    while (*n > 0 && ((*passphrase)[*n - 1] == '\n' || (*passphrase)[*n - 1] == '\r'))
        --*n;
    return SS_OK;
}

ss_code
ss_passphrase_get(const char *file, const char *prompt, const ss_watch *watch, ss_arena *owner,
                  unsigned char **passphrase, size_t *n, ss_error *err)
{
    if (file != NULL)
        SS_TRY(ss_passphrase_read(file, owner, passphrase, n, err));
    else
    {
        SS_TRY(ss_locked_new(owner, PASSPHRASE, passphrase, err));
        *n = 0;
        if (watch == NULL || watch->ask == NULL ||
            !watch->ask(watch->arg, prompt, *passphrase, PASSPHRASE, n))
        {
            SS_TRY(ss_check_interrupt(watch, err));
            (void) ss_fail(err, SS_EMEND,
                           "the key is under a passphrase, and there is nobody to "
                           "ask for it");
            return ss_hint(err, "Say passphrase_file: in the policy, or --passphrase-file.");
        }
    }
    if (*n < PASSPHRASE_MIN)
        return ss_fail(err, SS_EMEND, "a passphrase has at least %d characters", PASSPHRASE_MIN);
    return SS_OK;
}

/* --- all ----------------------------------------------------------------------------------------- */

static ss_code
read_text(const ss_key_source *source, const char *label, const ss_watch *watch,
          unsigned char *bytes, size_t *n, ss_error *err)
{
    ss_code code;

    if (source->command != NULL)
        return read_command(source, label, watch, bytes, SS_KEYRING_TEXT, n, err);
    if (!source->has_fd)
        return read_file(source->file, label, watch, bytes, SS_KEYRING_TEXT, n, err);
    code = read_all(source->fd, label, watch, bytes, SS_KEYRING_TEXT, n, err);
    (void) close(source->fd);
    return code;
}

static ss_code
read_ring(const ss_key_source *source, const char *label, const ss_watch *watch, ss_arena *owner,
          ss_arena *scratch, ss_keyring **ring, ss_error *err)
{
    unsigned char *text, *passphrase;
    size_t n, npassphrase;

    SS_TRY(ss_locked_new(scratch, SS_KEYRING_TEXT, &text, err));
    SS_TRY(read_text(source, label, watch, text, &n, err));
    if (ss_keyring_is_sealed(text, n))
    {
        SS_TRY(ss_passphrase_get(source->passphrase_file,
                                 ss_strf(scratch, "Passphrase of %s: ", label), watch, scratch,
                                 &passphrase, &npassphrase, err));
        SS_TRY(ss_keyring_unseal(label, text, n, passphrase, npassphrase, scratch, &text, &n, err));
    }
    else if (source->passphrase_file != NULL)
        return ss_fail(err, SS_EMEND, "%s is not under a passphrase, and one is given", label);
    return ss_keyring_parse(label, text, n, owner, ring, err);
}

ss_code
ss_key_source_read(const ss_key_source *source, const ss_watch *watch, ss_arena *owner,
                   ss_keyring **ring, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(owner);
    const ss_code code =
        read_ring(source, ss_key_source_label(source, scratch), watch, owner, scratch, ring, err);

    ss_arena_free(scratch);
    return code;
}
