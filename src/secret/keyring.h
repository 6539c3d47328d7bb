/*
 * A key file: the keys of a few epochs, or of one sandbox's, in text.
 *
 *     # comment
 *     sandseed-key 1
 *     epoch 2026q4 2026-10-01T08:00:00Z 64 hexadecimal digits     the current one first
 *     epoch 2026q3 2026-07-01T08:00:00Z ...
 *
 *     sandbox shop-agents epoch 2026q4 2026-10-01T08:00:00Z ...   derived from an epoch's: good for that sandbox alone
 *
 * Instead of all that, one bare key of 32 bytes as hexadecimal digits or base64, as key stores keep them; its epoch is
 * what the policy says.  A file under a passphrase has one line
 *
 *     sandseed-key 1 argon2id OPSLIMIT MEMLIMIT SALT
 *
 * and then base64 of a nonce and the text above, encrypted by XChaCha20-Poly1305 with that line as associated data, under
 * Argon2id of the passphrase (RFC 9106; libsodium's crypto_pwhash()).
 */
#ifndef SS_SECRET_KEYRING_H
#define SS_SECRET_KEYRING_H

#include <stdbool.h>

#include "secret/key.h"
#include "secret/locked.h"

#define SS_KEYRING_TEXT 16384 /* bytes of the longest key file */
#define SS_KEY_NAME     64    /* characters of the longest name of an epoch or sandbox */

typedef struct ss_keyring_entry
{
    const char
        *sandbox;      /* whose key it is; NULL: the epoch's own, of which sandboxes' are derived */
    const char *epoch; /* NULL: of a bare key */
    const char *created;      /* RFC 3339, UTC; NULL: of a bare key */
    const unsigned char *key; /* SS_KEY_BYTES of locked memory */
} ss_keyring_entry;

typedef struct ss_keyring
{
    ss_keyring_entry *entries; /* the current epoch first */
    size_t n;
} ss_keyring;

/* Letters, digits, '.', '_' and '-' of ASCII, 1 to SS_KEY_NAME of them: what epochs and sandboxes can be called. */
bool ss_key_name_is_good(const char *name);

/*
 * n bytes of text -> ring, which goes with owner.  SS_EMEND, naming label and line and nothing of what stands there, for a
 * malformed text, a key that nobody should use, and one that stands there twice.
 */
ss_code ss_keyring_parse(const char *label, const unsigned char *text, size_t n, ss_arena *owner,
                         ss_keyring **ring, ss_error *err);

/* The other way: text of *n bytes in locked memory. */
ss_code ss_keyring_print(const ss_keyring *ring, ss_arena *owner, unsigned char **text, size_t *n,
                         ss_error *err);

/* Is the text one under a passphrase? */
bool ss_keyring_is_sealed(const unsigned char *text, size_t n);

/* text under a passphrase, in result; takes a second and 256 MB. */
ss_code ss_keyring_seal(const unsigned char *text, size_t n, const unsigned char *passphrase,
                        size_t npassphrase, ss_arena *result, const char **sealed, ss_error *err);

/* The other way: SS_EMEND for a wrong passphrase or a changed text. */
ss_code ss_keyring_unseal(const char *label, const unsigned char *sealed, size_t nsealed,
                          const unsigned char *passphrase, size_t npassphrase, ss_arena *owner,
                          unsigned char **text, size_t *n, ss_error *err);

/* The entry of this sandbox and epoch, the epoch's own where there is none; epoch NULL: the current one.  NULL: none. */
const ss_keyring_entry *ss_keyring_find(const ss_keyring *ring, const char *sandbox,
                                        const char *epoch);

/* ring with an entry more in front, of a new random key; goes with owner. */
ss_code ss_keyring_add(const ss_keyring *ring, const char *epoch, const char *created,
                       ss_arena *owner, ss_keyring **more, ss_error *err);

#endif
