/*
 * The pseudorandom function of pseudonyms: SipHash-2-4 with 128 bits of output (Aumasson, Bernstein, "SipHash: a fast
 * short-input PRF", INDOCRYPT 2012) under the first 128 bits of a key of use (key.h).
 */
#ifndef SS_SECRET_PRF_H
#define SS_SECRET_PRF_H

#include <stddef.h>
#include <stdint.h>

#include "secret/key.h"

/* out[0], out[1]: two words that nobody without the key can tell from random ones; the same for the same n bytes. */
void ss_prf(const unsigned char key[SS_KEY_BYTES], const void *data, size_t n, uint64_t out[2]);

/* The same of one number; one word. */
uint64_t ss_prf_word(const unsigned char key[SS_KEY_BYTES], uint64_t x);

#endif
