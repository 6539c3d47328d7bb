/*
 * A Gaussian copula of one pair: what is left of their dependence inside the bins that two numbers lie in.
 *
 * Its one parameter is told in hundredths.  It is fitted to how often two rows of the same pair of bins ascend together
 * (Kendall's tau: rho = sin(pi tau / 2), Kruskal 1958, Journal of the American Statistical Association 53), and drawn from in
 * whole numbers (design 5.4).
 */
#ifndef SS_STATS_PAIR_COPULA_H
#define SS_STATS_PAIR_COPULA_H

#include <stddef.h>
#include <stdint.h>

#define SS_PAIR_COPULA_MAX 99 /* hundredths, of either sign */

/* A row: the pair of bins it lies in, a hash of whose it is, and its values there. */
typedef struct ss_pair_row
{
    uint32_t cell;
    uint64_t who;
    int64_t x, y;
} ss_pair_row;

typedef struct ss_pair_copula
{
    double tau; /* within cells; of ties as tau-b has it */
    double z;   /* standard errors that it is away from independence */
    size_t n;   /* rows that it was found by, the first of rows */
    int rho;    /* hundredths */
} ss_pair_copula;

/*
 * rows: n, of different people.  Of a cell with many those are looked at whose hashes are least; they become the first of rows.
 */
void ss_pair_copula_fit(ss_pair_row *rows, size_t n, ss_pair_copula *fit);

/* Log of the density at u and v (0 .. 1) of how far into its bin each of the two lies. */
double ss_pair_copula_log_density(int rho, double u, double v);

/*
 * How far into its bin the second one lies, in 2^-32, where the first lies at u of its own; word: a uniform one.  Of rho 0 it is word.
 */
uint32_t ss_pair_copula_draw(int rho, uint32_t u, uint32_t word);

#endif
