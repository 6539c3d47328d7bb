/*
 * Cumulative distribution functions: probabilities of cells, and values at given probabilities.
 *
 * Both tails are asked for as they are, never as one minus the other, and where a cell is so narrow, or lies so far
 * out, that two values of a cdf are too near each other, the density is integrated over it: its logarithm is
 * finite wherever the density is not zero.
 */
#ifndef SS_STATS_CDF_H
#define SS_STATS_CDF_H

#include "stats/grid.h"

typedef struct ss_cdf
{
    const void *of;
    double (*lower)(const void *of, double x); /* P(X <= x); x may be infinite */
    double (*upper)(const void *of, double x); /* P(X > x) */
    double (*log_density)(const void *of, double x);
} ss_cdf;

/* nats[i]: log P(X in spans[i]); -HUGE_VAL where it cannot be, never NaN.  spans: n, ascending. */
void ss_cdf_log_masses(const ss_cdf *cdf, const ss_span *spans, size_t n, double *nats);

double ss_cdf_log_mass(const ss_cdf *cdf, const ss_span *span);

/* log P(X in range): of what distributions over a range are divided by. */
double ss_cdf_log_total(const ss_cdf *cdf, const ss_grid_range *range);

/* x with P(X <= x) = lower, given what is above it: upper = 1 - lower; the smaller one is used. */
double ss_cdf_quantile(const ss_cdf *cdf, double lower, double upper);

/*
 * The units of a bin at n ascending fractions (0..1) of its probability: in the bin, never descending.  Where the
 * bin has no probability they are spread evenly.
 */
void ss_cdf_points(const ss_cdf *cdf, int64_t low, int64_t high, const double *fractions, size_t n,
                   int64_t *points);

#endif
