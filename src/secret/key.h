/*
 * Keys and the tree that they form (docs/design.md 5.9):
 *
 *     the key of an epoch   32 random bytes, made by sandseed key new or by whoever holds keys
 *      -> of a sandbox      by its name and the epoch's: two sandboxes have nothing in common
 *          -> of a use      by link group, kind of pseudonym, its version and what it is used for
 *          -> of a purpose  of what is no pseudonym: files that are encrypted, who is sampled
 *
 * Each step is BLAKE2b-256 (RFC 7693), keyed by the key above, with a personalisation of its own and each part of the
 * message preceded by its length, so that no two keys can be the same by accident of what they are called.
 *
 * Keys are in locked memory (locked.h); nothing here keeps a copy.
 */
#ifndef SS_SECRET_KEY_H
#define SS_SECRET_KEY_H

#include <stddef.h>

#define SS_KEY_BYTES   32
#define SS_FINGERPRINT 16 /* hexadecimal digits */

/* BLAKE2b-256 of n bytes under key, personalised by at most 16 bytes of text. */
void ss_key_hash(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
                 const char *personal, const void *message, size_t n);

/* The same of so many texts, each preceded by its length: 8 bytes, little-endian. */
void ss_key_derive(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
                   const char *personal, const char *const *parts, size_t nparts);

/* Of an epoch's key: that of a sandbox. */
void ss_key_of_sandbox(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
                       const char *sandbox, const char *epoch);

/* Of a sandbox's key: that of one use of one kind of pseudonym in one link group. */
void ss_key_of_use(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
                   const char *link_group, const char *kind, const char *version, const char *use);

/* Of a sandbox's key: that of a purpose other than pseudonyms. */
void ss_key_of_purpose(unsigned char out[SS_KEY_BYTES], const unsigned char key[SS_KEY_BYTES],
                       const char *purpose);

/* What names a key in reports and logs and tells nothing of it. */
void ss_key_fingerprint(char text[SS_FINGERPRINT + 1], const unsigned char key[SS_KEY_BYTES]);

/* Why nobody should use this key: all bytes alike, a short pattern, one of published test vectors; or NULL. */
const char *ss_key_weakness(const unsigned char key[SS_KEY_BYTES]);

#endif
