/* Keyed hashes of subjects and values during one run: SipHash-2-4 under a key that dies with it. */
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

/* 64 bits, never 0. */
uint64_t ss_hash(const ss_hash_key *key, const void *data, size_t n);

#endif
