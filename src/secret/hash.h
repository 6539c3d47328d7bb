/* Keyed hashes of subjects and values: SipHash-2-4 under a key of the run, or of a secret that stays. */
#ifndef SS_SECRET_HASH_H
#define SS_SECRET_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct ss_hash_key
{
    unsigned char bytes[16];
} ss_hash_key;

/* A random key. */
void ss_hash_key_new(ss_hash_key *key);

/* The same key for the same n bytes of a secret and the same purpose: BLAKE2b of the purpose, keyed.  n: 16 to 64. */
void ss_hash_key_from(ss_hash_key *key, const unsigned char *secret, size_t n, const char *purpose);

/* 64 bits, never 0. */
uint64_t ss_hash(const ss_hash_key *key, const void *data, size_t n);

#endif
