#include "secret/digest.h"

#include <stdint.h>

#include <sodium.h>

char *
ss_digest(ss_arena *arena, const void *data, size_t n)
{
    unsigned char hash[32];
    char *text = ss_alloc(arena, 2 * sizeof hash + 1, 1);

    (void) crypto_generichash(hash, sizeof hash, data, n, NULL, 0);
    return sodium_bin2hex(text, 2 * sizeof hash + 1, hash, sizeof hash);
}

char *
ss_digest_short(ss_arena *arena, const void *data, size_t n)
{
    return ss_strndup(arena, ss_digest(arena, data, n), 8);
}

struct ss_digester
{
    crypto_generichash_state *state;
};

ss_digester *
ss_digest_begin(ss_arena *arena)
{
    const size_t align = _Alignof(crypto_generichash_state);
    ss_digester *d = ss_alloc(arena, 1, sizeof *d);
    unsigned char *room = ss_alloc(arena, crypto_generichash_statebytes() + align, 1);

    /* libsodium wants it aligned to 64 bytes, which is more than an arena gives. */
    room += (align - (uintptr_t) room % align) % align;
    d->state = (crypto_generichash_state *) (void *) room;
    (void) crypto_generichash_init(d->state, NULL, 0, 32);
    return d;
}

void
ss_digest_add(ss_digester *d, const void *data, size_t n)
{
    (void) crypto_generichash_update(d->state, data, n);
}

char *
ss_digest_end(ss_digester *d, ss_arena *arena)
{
    unsigned char hash[32];
    char *text = ss_alloc(arena, 2 * sizeof hash + 1, 1);

    (void) crypto_generichash_final(d->state, hash, sizeof hash);
    return sodium_bin2hex(text, 2 * sizeof hash + 1, hash, sizeof hash);
}
