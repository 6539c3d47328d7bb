#include "secret/key.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <sodium.h>

#define PERSONAL 16

static void
personalise(unsigned char out[PERSONAL], const char *text)
{
    memset(out, 0, PERSONAL);
    memcpy(out, text, strnlen(text, PERSONAL));
}

void
ss_key_hash(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
            const char *personal, const void *message, size_t n)
{
    unsigned char person[PERSONAL];

    personalise(person, personal);
    (void) crypto_generichash_blake2b_salt_personal(out, SS_KEY_BYTES, message, n, key,
                                                    SS_KEY_BYTES, NULL, person);
}

void
ss_key_derive(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
              const char *personal, const char *const *parts, size_t nparts)
{
    unsigned char person[PERSONAL];
    crypto_generichash_blake2b_state state;

    personalise(person, personal);
    (void) crypto_generichash_blake2b_init_salt_personal(&state, key, SS_KEY_BYTES, SS_KEY_BYTES,
                                                         NULL, person);
    for (size_t i = 0; i < nparts; i++)
    {
        const uint64_t n = strlen(parts[i]);
        unsigned char length[8];

        for (size_t k = 0; k < sizeof length; k++)
            length[k] = (unsigned char) (n >> (8 * k));
        (void) crypto_generichash_blake2b_update(&state, length, sizeof length);
        (void) crypto_generichash_blake2b_update(&state, (const unsigned char *) parts[i], n);
    }
    (void) crypto_generichash_blake2b_final(&state, out, SS_KEY_BYTES);
    sodium_memzero(&state, sizeof state);
}

void
ss_key_of_sandbox(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
                  const char *sandbox, const char *epoch)
{
    ss_key_derive(out, key, "sbx/v1", (const char *const[]){sandbox, epoch}, 2);
}

void
ss_key_of_use(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
              const char *link_group, const char *kind, const char *version, const char *use)
{
    ss_key_derive(out, key, "grp/v1", (const char *const[]){link_group, kind, version, use}, 4);
}

void
ss_key_of_purpose(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
                  const char *purpose)
{
    ss_key_derive(out, key, "prp/v1", (const char *const[]){purpose}, 1);
}

void
ss_key_fingerprint(char text[SS_FINGERPRINT + 1], const unsigned char key[SS_KEY_BYTES])
{
    unsigned char name[SS_KEY_BYTES];

    ss_key_derive(name, key, "fpr/v1", NULL, 0);
    (void) sodium_bin2hex(text, SS_FINGERPRINT + 1, name, SS_FINGERPRINT / 2);
    sodium_memzero(name, sizeof name);
}

/* Repeats itself after so many bytes, or grows by the same each time: typed, not drawn. */
static bool
is_pattern(const unsigned char key[SS_KEY_BYTES])
{
    bool grows = true;

    for (size_t i = 2; i < SS_KEY_BYTES; i++)
        grows &= (unsigned char) (key[i] - key[i - 1]) == (unsigned char) (key[1] - key[0]);
    for (size_t period = 1; period <= SS_KEY_BYTES / 2; period++)
    {
        if (memcmp(key, key + period, SS_KEY_BYTES - period) == 0)
            return true;
    }
    return grows;
}

const char *
ss_key_weakness(const unsigned char key[SS_KEY_BYTES])
{
    /* NIST SP 800-38A and FF1 samples (AES-256), the key of CryptoPAn, of ipcrypt-pfx, and of RFC 8032 7.1 test 1. */
    static const char *const published[] = {
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94",
        "1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202",
        "0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301",
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    };

    if (is_pattern(key))
        return "its bytes follow a pattern";
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++)
    {
        unsigned char bytes[SS_KEY_BYTES];
        size_t n = 0;

        (void) sodium_hex2bin(bytes, sizeof bytes, published[i], strlen(published[i]), NULL, &n,
                              NULL);
        if (n == SS_KEY_BYTES && memcmp(bytes, key, SS_KEY_BYTES) == 0)
            return "it is a published test key";
    }
    return NULL;
}
