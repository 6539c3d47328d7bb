/*
 * Signatures that other programs verify: Ed25519 (RFC 8032) over BLAKE2b-512 in the file formats of minisign
 * (https://jedisct1.github.io/minisign/), so that an officer needs nothing of ours to check one.
 *
 * The signing key is derived from an epoch's key: only who has that can sign, and its public half may be known to all.
 */
#ifndef SS_SECRET_SIGN_H
#define SS_SECRET_SIGN_H

#include <stddef.h>

#include <sandseed/error.h>

#include "base/arena.h"
#include "secret/key.h"

/* The public key, as minisign -P takes it: 56 characters of base64; in result. */
ss_code ss_sign_public_key(const unsigned char key[SS_KEY_BYTES], ss_arena *result,
                           const char **public_key, ss_error *err);

/*
 * The text of DATA.minisig for n bytes of data, in result.  trusted: one line of at most 1,000 bytes that is signed with
 * it and shown by minisign -V.
 */
ss_code ss_sign(const unsigned char key[SS_KEY_BYTES], const void *data, size_t n,
                const char *trusted, ss_arena *result, const char **signature, ss_error *err);

#endif
