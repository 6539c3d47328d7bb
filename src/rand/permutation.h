/*
 * Keyed bijections on [0, n): each row number has its own key, and nobody without the seed knows
 * which.
 *
 * A generalised Feistel network on [0, a) x [0, b), a * b being hardly larger than n, with
 * SipHash-2-4 as the round function, and cycle walking (J. Black, P. Rogaway, "Ciphers with
 * arbitrary finite domains", CT-RSA 2002, section 6).
 */
#ifndef SS_RAND_PERMUTATION_H
#define SS_RAND_PERMUTATION_H

#include <stdint.h>

#include "base/arena.h"
#include "rand/stream.h"

typedef struct ss_permutation
{
    const unsigned char *key; /* 16 bytes, the caller's; NULL: own */
    unsigned char own[16];
    uint64_t n;
    uint64_t a, b;         /* about the square root of n each */
    const uint32_t *table; /* the round functions' values, or NULL: they are computed */
} ss_permutation;

/* The bijection of this name on [0, n) under seed; n is 1 to 2^63. */
void ss_permutation_init(ss_permutation *p, const unsigned char seed[SS_SEED_BYTES],
                         const char *name, uint64_t n);

/* The same under 16 bytes of the caller's, which stay where they are. */
void ss_permutation_init_keyed(ss_permutation *p, const unsigned char *key, uint64_t n);

/* Look the rounds up from now on, where a table in arena stays small (n to 2^30): ten times as fast. */
void ss_permutation_tabulate(ss_permutation *p, ss_arena *arena);

/* Where it sends x < n. */
uint64_t ss_permute(const ss_permutation *p, uint64_t x);

/* The same of many, in place: several at once, so that one's look-ups do not wait for another's. */
void ss_permute_all(const ss_permutation *p, uint64_t *x, size_t many);

#endif
