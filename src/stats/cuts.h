/*
 * Sums over cells, and who stands behind what is left when they are subtracted.
 *
 * Every cell is in two sums at most (a leaf's over its codes, a node's over its leaves), of which those that are told can
 * be added and subtracted at will.  Take sums as vertices and cells as edges between them, with one more vertex
 * for all that is not told: a combination of sums leaves at least the edges of a cut.  So no subtraction finds
 * fewer than k people if there is no cut with any but fewer than k.
 */
#ifndef SS_STATS_CUTS_H
#define SS_STATS_CUTS_H

#include "stats/tally.h"

#define SS_CUTS_UNTOLD UINT32_MAX

typedef struct ss_cuts_cell
{
    uint32_t cell; /* of the tally, with rows in it */
    uint32_t a, b; /* the sums that it is in, which differ, or SS_CUTS_UNTOLD */
} ss_cuts_cell;

/*
 * dropped[s], of nsums: those of the sums under may_drop that are not to be told, the smallest first and few, so that no
 * cut of the others has fewer than k people.  Behind each sum stand k, and a cell is in one at most that may not be dropped.
 */
void ss_cuts_drop(const ss_tally *tally, const ss_cuts_cell *cells, size_t n, uint32_t nsums,
                  const bool *may_drop, bool *dropped);

#endif
