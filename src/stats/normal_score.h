/*
 * Normal scores in whole numbers: standard normal values by inversion, the same on every machine (design 5.4).
 */
#ifndef SS_STATS_NORMAL_SCORE_H
#define SS_STATS_NORMAL_SCORE_H

#include <stdint.h>

#define SS_NORMAL_ONE 65536 /* a standard deviation */

/* The quantile at (u + 1/2) / 2^32, in units of 1 / SS_NORMAL_ONE; within one of them, never descending in u. */
int32_t ss_normal_score(uint32_t u);

/* The quantile at p, 0 < p < 1, as fit needs it. */
double ss_normal_quantile(double p);

#endif
