#include "secret/locked.h"

#include <stdatomic.h>

#include <sodium.h>

#include "base/leftovers.h"

#define ROOM                                                                                       \
    512 /* of one process at once: two for each of 256 jobs; whoever needs many keys puts them into one piece */

typedef struct piece
{
    _Atomic(unsigned char *) bytes; /* NULL: free */
    atomic_size_t n;                /* 0 until bytes may be wiped */
} piece;

static piece pieces[ROOM];

/* Called while other threads may be at work, and by signal handlers. */
static void
wipe_all(void)
{
    for (size_t i = 0; i < ROOM; i++)
    {
        unsigned char *bytes = atomic_load(&pieces[i].bytes);

        if (bytes != NULL)
            sodium_memzero(bytes, atomic_load(&pieces[i].n));
    }
}

static void
free_piece(void *arg)
{
    piece *p = arg;
    unsigned char *bytes = atomic_load(&p->bytes);

    atomic_store(&p->n, 0);
    atomic_store(&p->bytes, NULL);
    sodium_free(bytes);
}

static piece *
take_piece(unsigned char *bytes, size_t n)
{
    static const ss_leftover keys = {.process = -1, .wipe = wipe_all};
    static atomic_flag known = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&known))
        ss_leftover_add(&keys);
    for (size_t i = 0; i < ROOM; i++)
    {
        unsigned char *expected = NULL;

        if (!atomic_compare_exchange_strong(&pieces[i].bytes, &expected, bytes))
            continue;
        atomic_store(&pieces[i].n, n);
        return &pieces[i];
    }
    return NULL;
}

ss_code
ss_locked_new(ss_arena *owner, size_t n, unsigned char **bytes, ss_error *err)
{
    unsigned char *room = sodium_malloc(n);
    piece *p;

    /* sodium_malloc() goes on where the lock is refused. */
    if (room == NULL || sodium_mlock(room, n) != 0)
    {
        sodium_free(room);
        (void) ss_fail(err, SS_EMEND, "the system does not lock memory for keys");
        return ss_hint(err, "Raise the limit of locked memory to 1 MB or more: ulimit -l, or "
                            "LimitMEMLOCK= of a systemd unit.");
    }
    sodium_memzero(room, n);
    p = take_piece(room, n);
    if (p == NULL)
    {
        sodium_free(room);
        return ss_fail(err, SS_EBUG, "more than %d pieces of locked memory at once", ROOM);
    }
    ss_arena_defer(owner, free_piece, p);
    *bytes = room;
    return SS_OK;
}
