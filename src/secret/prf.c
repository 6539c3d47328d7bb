#include "secret/prf.h"

#include <sodium.h>

static uint64_t
little_endian(const unsigned char *bytes)
{
    uint64_t v = 0;

    for (int i = 7; i >= 0; i--)
        v = v << 8 | bytes[i];
    return v;
}

void
ss_prf(const unsigned char key[SS_KEY_BYTES], const void *data, size_t n, uint64_t out[2])
{
    unsigned char bytes[crypto_shorthash_siphashx24_BYTES];

    (void) crypto_shorthash_siphashx24(bytes, data, n, key);
    out[0] = little_endian(bytes);
    out[1] = little_endian(bytes + 8);
}

uint64_t
ss_prf_word(const unsigned char key[SS_KEY_BYTES], uint64_t x)
{
    unsigned char in[8], bytes[crypto_shorthash_BYTES];

    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (unsigned char) (x >> (8 * i));
    (void) crypto_shorthash(bytes, in, sizeof in, key);
    return little_endian(bytes);
}
