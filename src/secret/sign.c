#include "secret/sign.h"

#include <string.h>

#include <sodium.h>

#include "base/try.h"
#include "secret/locked.h"

#define KEY_ID    8
#define SIGNATURE crypto_sign_BYTES

typedef struct signer
{
    unsigned char *secret; /* locked; crypto_sign_SECRETKEYBYTES */
    unsigned char public[crypto_sign_PUBLICKEYBYTES];
    unsigned char id[KEY_ID]; /* the first bytes of a hash of the public key */
} signer;

static ss_code
open_signer(const unsigned char key[SS_KEY_BYTES], ss_arena *owner, signer *s, ss_error *err)
{
    unsigned char *seed, hash[32];

    SS_TRY(ss_locked_new(owner, crypto_sign_SECRETKEYBYTES, &s->secret, err));
    SS_TRY(ss_locked_new(owner, SS_KEY_BYTES, &seed, err));
    ss_key_derive(seed, key, "sig/v1", NULL, 0);
    (void) crypto_sign_seed_keypair(s->public, s->secret, seed);
    (void) crypto_generichash(hash, sizeof hash, s->public, sizeof s->public, NULL, 0);
    memcpy(s->id, hash, KEY_ID);
    return SS_OK;
}

static const char *
base64(const void *data, size_t n, ss_arena *result)
{
    const size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *text = ss_alloc(result, room, 1);

    return sodium_bin2base64(text, room, data, n, sodium_base64_VARIANT_ORIGINAL);
}

ss_code
ss_sign_public_key(const unsigned char key[SS_KEY_BYTES], ss_arena *result, const char **public_key,
                   ss_error *err)
{
    ss_arena *scratch = ss_arena_new(result);
    unsigned char bytes[2 + KEY_ID + crypto_sign_PUBLICKEYBYTES] = {'E', 'd'};
    signer s;
    const ss_code code = open_signer(key, scratch, &s, err);

    if (code == SS_OK)
    {
        memcpy(bytes + 2, s.id, KEY_ID);
        memcpy(bytes + 2 + KEY_ID, s.public, sizeof s.public);
        *public_key = base64(bytes, sizeof bytes, result);
    }
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_sign(const unsigned char key[SS_KEY_BYTES], const void *data, size_t n, const char *trusted,
        ss_arena *result, const char **signature, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(result);
    unsigned char hash[64], whole[SIGNATURE], bytes[2 + KEY_ID + SIGNATURE] = {'E', 'D'};
    const size_t ntrusted = strlen(trusted);
    unsigned char *both = ss_alloc(scratch, SIGNATURE + ntrusted, 1);
    signer s;
    const ss_code code = open_signer(key, scratch, &s, err);

    if (code == SS_OK)
    {
        (void) crypto_generichash(hash, sizeof hash, data, n, NULL, 0);
        (void) crypto_sign_detached(both, NULL, hash, sizeof hash, s.secret);
        memcpy(both + SIGNATURE, trusted, ntrusted);
        (void) crypto_sign_detached(whole, NULL, both, SIGNATURE + ntrusted, s.secret);
        memcpy(bytes + 2, s.id, KEY_ID);
        memcpy(bytes + 2 + KEY_ID, both, SIGNATURE);
        *signature = ss_strf(result,
                             "untrusted comment: signature of sandseed\n%s\ntrusted comment: "
                             "%s\n%s\n",
                             base64(bytes, sizeof bytes, scratch), trusted,
                             base64(whole, sizeof whole, scratch));
    }
    ss_arena_free(scratch);
    return code;
}
