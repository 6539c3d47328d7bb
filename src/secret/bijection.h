/*
 * Keyed bijections of [0, n): which number stands for which, nobody without the key knows, and no two stand for one.
 *
 * Up to SS_BIJECTION_TABLE a table, shuffled by Fisher and Yates with numbers of ChaCha20 (RFC 8439) under the key: one of
 * all permutations, each as likely; whoever knows some pairs learns nothing of the others.  Beyond that the Feistel network
 * of rand/permutation.h (Black and Rogaway 2002): ten rounds of SipHash-2-4; no standard of NIST.  What is known against
 * such networks on small domains needs many of them under one key, told apart by a tweak; here each has a key of its own.
 */
#ifndef SS_SECRET_BIJECTION_H
#define SS_SECRET_BIJECTION_H

#include <stdint.h>

#include "base/arena.h"
#include "secret/key.h"

#define SS_BIJECTION_TABLE (UINT64_C(1) << 16) /* 256 KB, made in less than a millisecond */
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

/* The same of many, in place. */
void ss_biject_all(const ss_bijection *bijection, uint64_t *x, size_t n);

#endif
