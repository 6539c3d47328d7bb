/* mkostemp(3), madvise(2), fallocate(2) */
#define _GNU_SOURCE

#include "base/nameless.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/try.h"

struct ss_nameless
{
    const char *folder, *hint;
    int fd; /* -1: nothing was put into it yet */
    uint64_t end;
};

static void
done(void *arg)
{
    const ss_nameless *f = arg;

    if (f->fd >= 0)
        (void) close(f->fd);
}

ss_nameless *
ss_nameless_new(ss_arena *owner, const char *folder, const char *hint)
{
    ss_nameless *f = ss_alloc(owner, 1, sizeof *f);

    *f =
        (ss_nameless){.folder = ss_strdup(owner, folder), .hint = ss_strdup(owner, hint), .fd = -1};
    ss_arena_defer(owner, done, f);
    return f;
}

static ss_code
failed(const ss_nameless *f, const char *doing, int number, ss_error *err)
{
    (void) ss_fail(err, SS_ERETRY, "could not %s a file in \"%s\": %s", doing, f->folder,
                   strerror(number));
    return ss_hint(err, "%s", f->hint);
}

static ss_code
make(ss_nameless *f, ss_error *err)
{
    ss_arena *scratch;
    char *name;
    ss_code code = SS_OK;

    if (f->fd >= 0)
        return SS_OK;
    scratch = ss_arena_new(NULL);
    name = ss_strf(scratch, "%s/rows.XXXXXX", f->folder);
    f->fd = mkostemp(name, O_CLOEXEC);
    if (f->fd < 0 || unlink(name) != 0)
        code = failed(f, "make", errno, err);
    ss_arena_free(scratch);
    return code;
}

uint64_t
ss_nameless_end(const ss_nameless *f)
{
    return f->end;
}

ss_code
ss_nameless_append(ss_nameless *f, const void *data, size_t n, ss_error *err)
{
    const unsigned char *bytes = data;

    SS_TRY(make(f, err));
    while (n > 0)
    {
        const ssize_t w = pwrite(f->fd, bytes, n, (off_t) f->end);

        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return failed(f, "write", errno, err);
        bytes += w;
        n -= (size_t) w;
        f->end += (uint64_t) w;
    }
    return SS_OK;
}

ss_code
ss_nameless_read(const ss_nameless *f, uint64_t at, void *data, size_t n, ss_error *err)
{
    unsigned char *bytes = data;

    while (n > 0)
    {
        const ssize_t got = pread(f->fd, bytes, n, (off_t) at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return failed(f, "read", got == 0 ? EIO : errno, err);
        bytes += got;
        at += (uint64_t) got;
        n -= (size_t) got;
    }
    return SS_OK;
}

void
ss_nameless_forget(const ss_nameless *f, uint64_t at, uint64_t n)
{
    /* Where the file system has no holes the room comes back with the whole file. */
    if (n > 0)
        (void) fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) at, (off_t) n);
}

ss_code
ss_nameless_map(ss_nameless *f, size_t n, void **bytes, ss_error *err)
{
    int number;

    SS_TRY(make(f, err));
    do
        number = posix_fallocate(f->fd, (off_t) f->end, (off_t) n);
    while (number == EINTR);
    if (number != 0)
        return failed(f, "make room in", number, err);
    *bytes = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, (off_t) f->end);
    if (*bytes == MAP_FAILED)
        return failed(f, "map", errno, err);
    f->end += n;
    /* What is of production has no place in a core dump. */
    (void) madvise(*bytes, n, MADV_DONTDUMP);
    return SS_OK;
}
