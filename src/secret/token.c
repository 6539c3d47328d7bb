#include "secret/token.h"

#include <string.h>

#include <sodium.h>

void
ss_secret_random(unsigned char *bytes, size_t n)
{
    randombytes_buf(bytes, n);
}

char *
ss_secret_token(ss_arena *arena)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char bytes[32];
    char *text = ss_alloc(arena, sizeof bytes + 1, 1);

    ss_secret_random(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        text[i] = alphabet[bytes[i] & 31];
    sodium_memzero(bytes, sizeof bytes);
    return text;
}

char *
ss_secret_id(ss_arena *arena)
{
    unsigned char bytes[16];
    char *text = ss_alloc(arena, 2 * sizeof bytes + 1, 1);

    ss_secret_random(bytes, sizeof bytes);
    return sodium_bin2hex(text, 2 * sizeof bytes + 1, bytes, sizeof bytes);
}

bool
ss_secret_is_id(const char *text)
{
    return strlen(text) == SS_SECRET_ID && strspn(text, "0123456789abcdef") == SS_SECRET_ID;
}
