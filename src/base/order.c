#include "base/order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define FEW    48 /* so many are sorted sooner by insertion */
#define DIGITS 3  /* bytes that are looked at before what is still equal is sorted by itself */

int
ss_compare_u64(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return (x > y) - (x < y);
}

/*
 * What follows is written once for numbers alone and for pairs of a key and what it is of: an element has so many words,
 * of which the first is its key.  The number of words is a constant wherever this is called.
 */

static inline void
insertion_sort(uint64_t *list, size_t n, size_t words)
{
    for (size_t i = 1; i < n; i++)
    {
        uint64_t own[2] = {0};
        size_t at = i;

        memcpy(own, list + i * words, words * sizeof *own);
        for (; at > 0 && list[(at - 1) * words] > own[0]; at--)
            memcpy(list + at * words, list + (at - 1) * words, words * sizeof *own);
        memcpy(list + at * words, own, words * sizeof *own);
    }
}

/* By one byte of the keys, those where it is equal in the order in which they are. */
static inline void
distribute(const uint64_t *from, uint64_t *to, size_t n, size_t words, unsigned shift)
{
    size_t places[256] = {0}, before = 0;

    for (size_t i = 0; i < n; i++)
        places[(from[i * words] >> shift) & 0xFF]++;
    for (size_t d = 0; d < 256; d++)
    {
        const size_t own = places[d];

        places[d] = before;
        before += own;
    }
    for (size_t i = 0; i < n; i++)
    {
        const size_t at = places[(from[i * words] >> shift) & 0xFF]++;

        memcpy(to + at * words, from + i * words, words * sizeof *to);
    }
}

/* The highest bytes in which keys differ, lowest first; their number.  *more: they differ in others, too. */
static inline size_t
differing(const uint64_t *list, size_t n, size_t words, unsigned *shifts, bool *more)
{
    uint64_t bits = 0;
    size_t m = 0;

    for (size_t i = 1; i < n; i++)
        bits |= list[i * words] ^ list[0];
    *more = false;
    for (unsigned shift = 64; shift > 0;)
    {
        shift -= 8;
        if (((bits >> shift) & 0xFF) == 0)
            continue;
        *more = m == DIGITS;
        if (*more)
            break;
        shifts[m++] = shift;
    }
    for (size_t i = 0; i < m / 2; i++)
    {
        const unsigned high = shifts[i];

        shifts[i] = shifts[m - 1 - i];
        shifts[m - 1 - i] = high;
    }
    return m;
}

/* Once by the bytes that tell most.  Below which bit keys that agree so far are still to be sorted; 0: nowhere. */
static inline unsigned
sort_by_bytes(uint64_t *list, uint64_t *room, size_t n, size_t words)
{
    uint64_t *from = list, *to = room;
    unsigned shifts[DIGITS];
    bool more;
    const size_t m = differing(list, n, words, shifts, &more);

    for (size_t i = 0; i < m; i++)
    {
        uint64_t *last = from;

        distribute(from, to, n, words, shifts[i]);
        from = to;
        to = last;
    }
    if (from != list)
        memcpy(list, from, n * words * sizeof *list);
    return more ? shifts[0] : 0;
}

/* Each time at least DIGITS bytes less are left: three levels at most. */
#define SORT(name, words)                                                                          \
    static void name(uint64_t *list, uint64_t *room, size_t n)                                     \
    {                                                                                              \
        unsigned shift;                                                                            \
                                                                                                   \
        if (n <= FEW)                                                                              \
        {                                                                                          \
            insertion_sort(list, n, words);                                                        \
            return;                                                                                \
        }                                                                                          \
        shift = sort_by_bytes(list, room, n, words);                                               \
        for (size_t first = 0, last; first < n && shift > 0; first = last)                         \
        {                                                                                          \
            const uint64_t own = list[first * (words)] >> shift;                                   \
                                                                                                   \
            for (last = first + 1; last < n && list[last * (words)] >> shift == own;)              \
                last++;                                                                            \
            if (last - first > 1)                                                                  \
                name(list + first * (words), room, last - first);                                  \
        }                                                                                          \
    }

SORT(sort_numbers, 1)
SORT(sort_pairs, 2)

static void
sort(uint64_t *list, size_t n, size_t words)
{
    uint64_t *room = NULL;

    if (n > FEW)
        room = ss_must(malloc(n * words * sizeof *room));
    if (words == 1)
        sort_numbers(list, room, n);
    else
        sort_pairs(list, room, n);
    if (room != NULL)
        ss_wipe(room, n * words * sizeof *room);
    free(room);
}

void
ss_sort_u64(uint64_t *list, size_t n)
{
    sort(list, n, 1);
}

void
ss_sort_i64(int64_t *list, size_t n)
{
    /* The two types may alias each other. */
    uint64_t *ranks = (uint64_t *) list;

    for (size_t i = 0; i < n; i++)
        ranks[i] = ss_rank_of_i64(list[i]);
    sort(ranks, n, 1);
    for (size_t i = 0; i < n; i++)
        list[i] = ss_i64_of_rank(ranks[i]);
}

void
ss_sort_ranked(ss_ranked *list, size_t n)
{
    /* Two words and nothing else. */
    _Static_assert(sizeof *list == 2 * sizeof(uint64_t), "no padding");
    sort((uint64_t *) list, n, 2);
}
