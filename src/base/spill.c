#include "base/spill.h"

#include <pthread.h>
#include <sys/mman.h>

#include "base/nameless.h"
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
    pthread_mutex_t mutex;
    ss_nameless *file;
    region *last;
};

static void
done(void *arg)
{
    ss_spill *s = arg;

    for (const region *r = s->last; r != NULL; r = r->before)
        (void) munmap(r->bytes, r->n);
    (void) pthread_mutex_destroy(&s->mutex);
}

ss_spill *
ss_spill_new(ss_arena *owner, const char *folder)
{
    ss_spill *s = ss_alloc(owner, 1, sizeof *s);

    /* An arena of its own: it is used by several threads. */
    *s = (ss_spill){.owner = ss_arena_new(owner)};
    s->file = ss_nameless_new(s->owner, folder, "Make room there, or name another output: folder.");
    if (pthread_mutex_init(&s->mutex, NULL) != 0)
        ss_out_of_memory();
    ss_arena_defer(s->owner, done, s);
    return s;
}

static ss_code
add_region(ss_spill *s, size_t least, ss_error *err)
{
    size_t n = s->last == NULL ? REGION_LEAST : 2 * s->last->n;
    region *r = ss_alloc(s->owner, 1, sizeof *r);
    void *bytes;

    if (n > REGION_MOST)
        n = REGION_MOST;
    if (n < least)
        n = (least + REGION_LEAST - 1) / REGION_LEAST * REGION_LEAST;
    SS_TRY(ss_nameless_map(s->file, n, &bytes, err));
    r->bytes = bytes;
    r->n = n;
    r->before = s->last;
    s->last = r;
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
