/*
 * Keyed bijections on [0, n): each row number has its own key, and nobody without the seed knows
 * which.
 *
 * A balanced Feistel network over the smallest even number of bits that holds n, with SipHash-2-4 as
 * the round function, and cycle walking (J. Black, P. Rogaway, "Ciphers with arbitrary finite
 * domains", CT-RSA 2002).
 */
#ifndef SS_RAND_PERMUTATION_H
#define SS_RAND_PERMUTATION_H

#include <stdint.h>

#include "rand/stream.h"

typedef struct ss_permutation
{
    unsigned char key[16];
    uint64_t n;
    unsigned half; /* bits of one half */
} ss_permutation;

/* The bijection of this name on [0, n) under seed; n is 1 to 2^62. */
void ss_permutation_init(ss_permutation *p, const unsigned char seed[SS_SEED_BYTES],
                         const char *name, uint64_t n);

/* Where it sends x < n. */
uint64_t ss_permute(const ss_permutation *p, uint64_t x);

#endif
