/*
 * A Gaussian copula of a pair of numbers: what is left of their dependence inside the bins that they lie in.
 *
 * The second one's bin is known; where it lies there follows the first one's place in its own distribution by one correlation,
 * told in thousandths, cut to the bin.  It is fitted by the likelihood of just that law, and drawn from in whole numbers (design 5.4).
 */
#ifndef SS_STATS_PAIR_COPULA_H
#define SS_STATS_PAIR_COPULA_H

#include <stddef.h>
#include <stdint.h>

#define SS_PAIR_COPULA_MAX 999 /* thousandths, of either sign */

/* Normal scores of a row's two numbers, and between which ones the second one's bin lies: finite or not. */
typedef struct ss_pair_row
{
    double x, y, low, high;
} ss_pair_row;

/* Nats by which y is likelier at correlation rho, in thousandths, than were it spread as it is in the bin whatever x. */
double ss_pair_copula_gain(int rho, const ss_pair_row *row);

/* The likeliest correlation in thousandths; *gain: nats of all n rows. */
int ss_pair_copula_fit(const ss_pair_row *rows, size_t n, double *gain);

/*
 * Where the second number lies in its distribution, from .. to - 1 in 2^-32, which is its bin (from < to <= 2^32), when the first
 * lies at u; word: a uniform one.
 */
uint32_t ss_pair_copula_draw(int rho, uint32_t u, uint64_t from, uint64_t to, uint32_t word);

#endif
