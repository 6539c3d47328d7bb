/* mkostemp(3), madvise(2) */
#define _GNU_SOURCE

#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/try.h"

#define REGION_LEAST ((size_t) 1 << 20)
#define REGION_MOST  ((size_t) 1 << 28)
#define ALIGNMENT    64

typedef struct region
{
    struct region *before;
    unsigned char *bytes;
    size_t n, used;
} region;

struct ss_spill
{
    ss_arena *owner;
    const char *folder;
    pthread_mutex_t mutex;
    int fd;
    off_t end;
    region *last;
};

static void
done(void *arg)
{
    ss_spill *s = arg;

    for (const region *r = s->last; r != NULL; r = r->before)
        (void) munmap(r->bytes, r->n);
    if (s->fd >= 0)
        (void) close(s->fd);
    (void) pthread_mutex_destroy(&s->mutex);
}

ss_spill *
ss_spill_new(ss_arena *owner, const char *folder)
{
    ss_spill *s = ss_alloc(owner, 1, sizeof *s);

    /* An arena of its own: it is used by several threads. */
    *s = (ss_spill){.owner = ss_arena_new(owner), .folder = ss_strdup(owner, folder), .fd = -1};
    if (pthread_mutex_init(&s->mutex, NULL) != 0)
        ss_out_of_memory();
    ss_arena_defer(s->owner, done, s);
    return s;
}

static ss_code
failed(const ss_spill *s, const char *doing, int number, ss_error *err)
{
    (void) ss_fail(err, SS_ERETRY, "could not %s a file in \"%s\": %s", doing, s->folder,
                   strerror(number));
    return ss_hint(err, "Make room there, or name another output: folder.");
}

static ss_code
make_file(ss_spill *s, ss_error *err)
{
    char *name = ss_strf(s->owner, "%s/spill.XXXXXX", s->folder);

    s->fd = mkostemp(name, O_CLOEXEC);
    if (s->fd < 0 || unlink(name) != 0)
        return failed(s, "make", errno, err);
    return SS_OK;
}

/* The room is there before it is written: a full disk is an error here and no signal later. */
static ss_code
add_region(ss_spill *s, size_t least, ss_error *err)
{
    size_t n = s->last == NULL ? REGION_LEAST : 2 * s->last->n;
    region *r = ss_alloc(s->owner, 1, sizeof *r);
    int number;

    if (n > REGION_MOST)
        n = REGION_MOST;
    if (n < least)
        n = (least + REGION_LEAST - 1) / REGION_LEAST * REGION_LEAST;
    if (s->fd < 0)
        SS_TRY(make_file(s, err));
    do
        number = posix_fallocate(s->fd, s->end, (off_t) n);
    while (number == EINTR);
    if (number != 0)
        return failed(s, "make room in", number, err);
    r->bytes = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, s->end);
    if (r->bytes == MAP_FAILED)
        return failed(s, "map", errno, err);
    r->n = n;
    r->before = s->last;
    s->last = r;
    s->end += (off_t) n;
    /* Keys of rows have no place in a core dump. */
    (void) madvise(r->bytes, n, MADV_DONTDUMP);
    return SS_OK;
}

ss_code
ss_spill_alloc(ss_spill *s, size_t n, void **bytes, ss_error *err)
{
    const size_t size = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ss_code code = SS_OK;

    (void) pthread_mutex_lock(&s->mutex);
    if (s->last == NULL || s->last->n - s->last->used < size)
        code = add_region(s, size, err);
    if (code == SS_OK)
    {
        *bytes = s->last->bytes + s->last->used;
        s->last->used += size;
    }
    (void) pthread_mutex_unlock(&s->mutex);
    return code;
}
