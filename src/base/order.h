/*
 * Sorting: comparisons for qsort(), and faster ways where many numbers are sorted.
 *
 * The latter go by the bytes of the numbers (radix sort), take no comparison function, and need room for as much again,
 * which is wiped afterwards: keys are often hashes of people.
 */
#ifndef SS_BASE_ORDER_H
#define SS_BASE_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* For qsort(): two uint64_t, ascending. */
int ss_compare_u64(const void *a, const void *b);

/* Something with a place in an order. */
typedef struct ss_ranked
{
    uint64_t key;
    uint64_t of; /* what the caller likes: a row's number */
} ss_ranked;

/* The key by which numbers with a sign are in their order. */
static inline uint64_t
ss_rank_of_i64(int64_t v)
{
    return (uint64_t) v ^ (UINT64_C(1) << 63);
}

/* The number of that key. */
static inline int64_t
ss_i64_of_rank(uint64_t key)
{
    const uint64_t v = key ^ (UINT64_C(1) << 63);

    return v >> 63 == 0 ? (int64_t) v : -(int64_t) ~v - 1;
}

/* Ascending. */
void ss_sort_u64(uint64_t *list, size_t n);
void ss_sort_i64(int64_t *list, size_t n);

/* Ascending by their keys; those of equal keys stay in the order in which they are. */
void ss_sort_ranked(ss_ranked *list, size_t n);

#endif
