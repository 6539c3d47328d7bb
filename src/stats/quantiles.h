/*
 * A monotone quantile function: what a distribution is told by when no family has its form.
 *
 * Knots are quantiles that may be told: rows enough lie between neighbours, and beyond the outermost (design 5.7).
 * Between knots the distribution function is the monotone cubic through them (Steffen 1990, Astronomy and
 * Astrophysics 239, 443), whose derivative is a density; beyond the outermost it has an exponential tail that goes
 * on at the density it meets, or a generalised Pareto tail (Pickands 1975) with parameters of its own.
 */
#ifndef SS_STATS_QUANTILES_H
#define SS_STATS_QUANTILES_H

#include "stats/cdf.h"

typedef struct ss_quantiles_knot
{
    int64_t upper; /* a unit, rounded */
    uint64_t rows; /* up to it, from above the knot before; as they are stored, ss_people_round() */
} ss_quantiles_knot;

typedef struct ss_quantiles_tail
{
    bool fitted;
    double scale,
        shape; /* of a generalised Pareto distribution, when fitted; to 3 significant digits */
} ss_quantiles_tail;

typedef struct ss_quantiles
{
    ss_quantiles_knot *knots; /* ascending; the first one's rows are those of the lower tail */
    size_t n;        /* fewer than SS_QUANTILES_LEAST: nothing is told, all units are alike */
    uint64_t beyond; /* rows above the last */
    ss_quantiles_tail lower, upper;
} ss_quantiles;

#define SS_QUANTILES_LEAST 3

/*
 * Knots are rounded to a quarter of their interval or less, as edges of bins are, so that none is anybody's value.
 *
 * About so many intervals with equal shares of the rows, with smaller ones towards both ends; least: the rows that an
 * interval and a tail have at least.
 */
ss_quantiles ss_quantiles_of(const ss_grid_cell *cells, size_t n, const ss_grid_range *range,
                             size_t intervals, uint64_t least, ss_arena *result);

typedef enum ss_quantiles_side
{
    SS_QUANTILES_LOWER = 1,
    SS_QUANTILES_UPPER = 2,
} ss_quantiles_side;

/*
 * The same with a Pareto tail on one side, which begins at the outermost knot that least rows lie beyond.  False: there
 * is no such knot, a hard bound is on that side, or the tail is not heavier than the default one (of shape 0) by two
 * standard errors, as they are when a person has so many rows; *tailed is not set then.
 */
bool ss_quantiles_with_tail(const ss_quantiles *quantiles, ss_quantiles_side side,
                            const ss_spans *spans, const ss_grid_range *range, uint64_t least,
                            double rows_per_subject, ss_arena *result, ss_quantiles *tailed);

/* How many numbers it is told by. */
size_t ss_quantiles_numbers(const ss_quantiles *quantiles);

/* Its distribution function; what is prepared for it lives in result. */
ss_cdf ss_quantiles_cdf(const ss_quantiles *quantiles, const ss_grid_range *range,
                        ss_arena *result);

#endif
