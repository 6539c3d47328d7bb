/*
 * Keyed bijections of [0, n): which number stands for which, nobody without the key knows, and no two stand for one.
 *
 * Up to SS_BIJECTION_TABLE a table, shuffled by Fisher and Yates with numbers of ChaCha20 (RFC 8439) under the key: one of
 * all permutations, each as likely; whoever knows some pairs learns nothing of the others.  Beyond that the Feistel network
 * of rand/permutation.h (Black and Rogaway 2002): ten rounds of SipHash-2-4; no standard of NIST.
 */
#ifndef SS_SECRET_BIJECTION_H
#define SS_SECRET_BIJECTION_H

#include <stdint.h>

#include "base/arena.h"
#include "secret/key.h"

#define SS_BIJECTION_TABLE (UINT64_C(1) << 20) /* 4 MB */
#define SS_BIJECTION_MAX   (UINT64_C(1) << 63)

typedef struct ss_bijection ss_bijection;

/*
 * The one of [0, n), 1 <= n <= SS_BIJECTION_MAX, under a key of use, which stays where it is; in result.  values: about
 * how many will be asked of it: worth a table of round functions or not.
 */
const ss_bijection *ss_bijection_new(const unsigned char key[SS_KEY_BYTES], uint64_t n,
                                     uint64_t values, ss_arena *result);

/* What stands for x < n. */
uint64_t ss_biject(const ss_bijection *bijection, uint64_t x);

/* The same on pairs of halves of 61 bits each, in place: numbers of 122 bits, as the free bits of a UUID. */
void ss_biject_122(const unsigned char key[SS_KEY_BYTES], uint64_t halves[2]);

#endif
