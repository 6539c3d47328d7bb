/*
 * A distribution over codes as it may be told: in every part of it stand k people (design 5.7).
 *
 * Codes with enough people are cells of their own.  Neighbours of ordered codes that have too few are told
 * together, as one cell from .. to; what remains is told as one number, the rest, if k people are behind that, and not
 * told at all if not, nor whether there is any: whoever draws then takes a few rows for it, as many whether it was
 * there or not.  No number is told with a cell that could be taken off it again.
 *
 * All numbers together come to the rows, rounded up to a multiple of 2 k: how many there are can be had elsewhere, and whether there is
 * anybody in what is not told cannot be found by it.
 *
 * Whoever draws spreads a number over its codes as the parent's distribution has them, that of the node above in a tree, of
 * the whole column at its root: what is rare here follows where it is not.  Numbers are rounded to multiples of 5.
 */
#ifndef SS_STATS_TOLD_H
#define SS_STATS_TOLD_H

#include "base/arena.h"
#include "stats/tally.h"

typedef struct ss_told_cell
{
    uint32_t from, to; /* codes, both inside */
    uint64_t rows;
} ss_told_cell;

typedef struct ss_told
{
    ss_told_cell *cells; /* ascending, disjoint */
    size_t ncells;
    uint64_t
        rest; /* rows of all codes that are in no cell; 0: they are too few to be told, or none */
} ss_told;

/* Cells first .. first + ncodes - 1 of the tally, of which the first nordered codes have an order. */
void ss_told_make(const ss_tally *tally, uint32_t first, uint32_t ncodes, uint32_t nordered,
                  size_t k, ss_arena *result, ss_told *told);

/* All rows of it. */
uint64_t ss_told_rows(const ss_told *told);

/* As many as there are likely to be: a whole is rounded up, by half of its step on average. */
uint64_t ss_told_likely(const ss_told *told, size_t k);

/*
 * A distribution as it is drawn from: of 2^32 equally likely uniforms, below[c] are less than those of code c.  So
 * that no floating point and no library can change a row (design 5.4), all of it is integers.
 *
 * parent: the distribution that told cells and the rest are spread by, or NULL: evenly.  alpha: sixteenths of a row, spread
 * as parent is, that are added to all (shrinkage).
 */
void ss_told_below(const ss_told *told, const uint32_t *parent, uint32_t ncodes, size_t k,
                   uint64_t alpha, uint32_t *below);

/* How many of 2^32 uniforms are code c's. */
uint64_t ss_below_width(const uint32_t *below, uint32_t ncodes, uint32_t c);

/* Log of the probability of code c; of one that is never drawn, that of half a uniform. */
double ss_below_log(const uint32_t *below, uint32_t ncodes, uint32_t c);

/* The code of a uniform word. */
uint32_t ss_below_draw(const uint32_t *below, uint32_t ncodes, uint64_t word);

#endif
