/* Correspondence analysis: the order of categories by what goes with them. */
#ifndef SS_STATS_CORRESPONDENCE_H
#define SS_STATS_CORRESPONDENCE_H

#include <stddef.h>

#include "base/arena.h"

/*
 * scores[i] of each of nrows categories on the first axis of the table's correspondence analysis (Benzecri 1973;
 * Greenacre 1984), in standard coordinates times the axis' singular value; 0 of one without counts.  counts: nrows x ncolumns, row major.  The
 * category with the largest count, of those the first, has no score above 0.  Returns the axis' inertia, the square of that singular value.
 */
double ss_correspondence_scores(const double *counts, size_t nrows, size_t ncolumns,
                                ss_arena *scratch, double *scores);

#endif
