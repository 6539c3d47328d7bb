/* The correlation matrix that is nearest to one whose entries were estimated pair by pair. */
#ifndef SS_STATS_NEAREST_CORRELATION_H
#define SS_STATS_NEAREST_CORRELATION_H

#include <stddef.h>

#include "base/arena.h"

/*
 * a: n x n, symmetric; becomes the nearest matrix, in the Frobenius norm, with a diagonal of ones and no eigenvalue below
 * least (0 .. 1): Higham 2002, IMA Journal of Numerical Analysis 22(3), alternating projections with Dykstra's correction.
 * Returns how many rounds it took; 0: it was one.
 */
size_t ss_nearest_correlation(double *a, size_t n, double least, ss_arena *scratch);

#endif
