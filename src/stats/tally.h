/*
 * A tally: exact counts of numbered cells, each with the people behind it.
 *
 * Contingency tables, leaves of trees, fan-outs and transitions are counted so: whoever knows the shape of a
 * table numbers its cells.  Memory: 12 bytes a cell, and k hashes per way to people for those cells in
 * which fewer than k were seen so far; of the others no more is kept than that they have enough.  Tallies of
 * parts of a table are merged in any order.
 */
#ifndef SS_STATS_TALLY_H
#define SS_STATS_TALLY_H

#include "base/arena.h"
#include "stats/people.h"

#define SS_TALLY_NO_CELL UINT32_MAX /* adds nothing */

typedef struct ss_tally ss_tally;

/* people's array is copied. */
ss_tally *ss_tally_new(size_t ncells, const ss_people *people);
void ss_tally_free(ss_tally *tally);

/* One row.  subjects: npaths keyed hashes, 0 is nobody on that path; weight: SS_WHOLE at most. */
void ss_tally_add(ss_tally *tally, uint32_t cell, const uint64_t *subjects, uint64_t weight);

/* Of the same shape and people. */
void ss_tally_merge(ss_tally *into, const ss_tally *from);

size_t ss_tally_ncells(const ss_tally *tally);
uint64_t ss_tally_weight(const ss_tally *tally, uint32_t cell);
uint64_t ss_tally_rows(const ss_tally *tally, uint32_t cell);

/* Do k people, and k rows, stand behind the cell; behind n cells together? */
bool ss_tally_enough(const ss_tally *tally, uint32_t cell);
bool ss_tally_enough_together(const ss_tally *tally, const uint32_t *cells, size_t n);

size_t ss_tally_k(const ss_tally *tally);
size_t ss_tally_npaths(const ss_tally *tally);

/* Were k people seen in the cell on every path?  Else those on one path: k at most, and then zeros; NULL: nobody at all. */
bool ss_tally_full(const ss_tally *tally, uint32_t cell);
const uint64_t *ss_tally_seen(const ss_tally *tally, uint32_t cell, size_t path);

/* Cells together, added one by one. */
typedef struct ss_tally_sum
{
    uint64_t weight;
    bool full;
    uint64_t *sets;
} ss_tally_sum;

ss_tally_sum *ss_tally_sum_new(const ss_tally *tally, ss_arena *arena);
void ss_tally_sum_add(const ss_tally *tally, uint32_t cell, ss_tally_sum *sum);
bool ss_tally_sum_enough(const ss_tally *tally, const ss_tally_sum *sum);

/*
 * people[i] of the cells, each of whom is counted in one cell alone: any of the cells have as many together as these numbers
 * come to, or more, on every path that leads from them to anybody.
 */
void ss_tally_divide_people(const ss_tally *tally, const uint32_t *cells, size_t n,
                            uint32_t *people);

#endif
