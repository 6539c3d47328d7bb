#include "secret/digest.h"

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
