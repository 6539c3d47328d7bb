/*
 * Cells of a grid: how many rows have a value in each stretch of a column's units.
 *
 * A unit is a value times 10^scale, a whole number: numbers that are rounded are so met as what they are, and a
 * likelihood of cells is exact, P(low - 1/2 < X < high + 1/2) for each row.  What a column can never hold (its hard
 * bounds) and what is described elsewhere (the spikes that were taken out) has no part in a distribution: it is
 * divided by what is left.
 */
#ifndef SS_STATS_GRID_H
#define SS_STATS_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct ss_grid_cell
{
    int64_t low, high; /* units, both inside */
    uint64_t rows;
} ss_grid_cell;

/*
 * Cells of parts of a table, in any order, put together: ascending, equal ones once.  Cells that are not equal
 * must be disjoint.  Returns how many there are now.
 */
size_t ss_grid_put_together(ss_grid_cell *cells, size_t n);

typedef struct ss_span /* of real numbers between units */
{
    double from, to;
    double width; /* also where doubles are too coarse to tell from from to */
} ss_span;

ss_span ss_span_of(int64_t low, int64_t high);

/* Where values may lie. */
typedef struct ss_grid_range
{
    bool has_low, has_high;
    int64_t low, high;         /* the column's hard bounds, both inside */
    const ss_grid_cell *holes; /* taken out: ascending, disjoint, within the bounds */
    size_t nholes;
} ss_grid_range;

/* From the low bound's lower side to the high bound's upper one; infinite where there is none. */
ss_span ss_grid_range_span(const ss_grid_range *range);

/* Cells as spans within the range: rows beyond hard bounds are left out. */
typedef struct ss_spans
{
    ss_span *spans;
    double *rows;
    size_t n;
    double total;
} ss_spans;

ss_spans ss_grid_spans(const ss_grid_cell *cells, size_t n, const ss_grid_range *range,
                       ss_arena *result);

/*
 * The same brought down to some hundred groups of rows, fine in the tails, that cover the whole range but for its
 * holes: what a maximum-likelihood fit costs does not depend on how many cells there are, and little is
 * lost, for a group is far narrower than what a fit can tell apart.
 */
typedef struct ss_grid_groups
{
    ss_span *spans; /* ascending; the outermost may be infinite, and hold no row */
    double *rows;
    double *middle; /* of spans with rows */
    size_t n;
    double total, mean, deviation;
    double low, high; /* where rows lie */
    const ss_grid_range *range;
} ss_grid_groups;

ss_grid_groups ss_grid_group(const ss_spans *spans, const ss_grid_range *range, ss_arena *result);

/* About where a share of the rows lies below. */
double ss_grid_groups_quantile(const ss_grid_groups *groups, double share);

#endif
