#include "secret/hash.h"

#include <string.h>

#include <sodium.h>

void
ss_hash_key_new(ss_hash_key *key)
{
    randombytes_buf(key->bytes, sizeof key->bytes);
}

void
ss_hash_key_from(ss_hash_key *key, const unsigned char *secret, size_t n, const char *purpose)
{
    (void) crypto_generichash(key->bytes, sizeof key->bytes, (const unsigned char *) purpose,
                              strlen(purpose), secret, n);
}

uint64_t
ss_hash(const ss_hash_key *key, const void *data, size_t n)
{
    unsigned char out[8];
    uint64_t v;

    (void) crypto_shorthash(out, data, n, key->bytes);
    memcpy(&v, out, sizeof v);
    return v == 0 ? 1 : v;
}
