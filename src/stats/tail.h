/*
 * The law of a tail: how often values occur that are too rare to be told one by one.
 *
 * Of values, n^-slope have n rows: the discrete power law, whose slope is fitted by maximum likelihood (Clauset, Shalizi and Newman 2009,
 * equation 3.5, and for a tail that ends at a number of rows the same with a sum in place of zeta).  Where values by rank follow Zipf's law
 * with exponent s, slope is 1 + 1/s.
 */
#ifndef SS_STATS_TAIL_H
#define SS_STATS_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SS_TAIL_SLOPE_MAX 10.0
#define SS_TAIL_ROWS_MAX  4096 /* beyond it a tail is as good as endless */

/*
 * rows: of each of n values, at least 1; most: that a value of the tail can have, 0: any number.  *error: the standard error of *slope.  false: there is no
 * slope that is likeliest (all values occur once, or it is none of a tail).
 */
bool ss_tail_fit(const uint64_t *rows, size_t n, uint64_t most, double *slope, double *error);

#endif
