/*
 * The bivariate normal distribution, which GSL has the density of and no cumulative distribution function.
 */
#ifndef SS_STATS_BIVARIATE_NORMAL_H
#define SS_STATS_BIVARIATE_NORMAL_H

/*
 * P(X <= h, Y <= k) of standard normal X and Y with correlation rho (-1..1); h and k may be infinite.  Within 1e-14 of
 * the truth: Genz 2004, Statistics and Computing 14(3), after Drezner and Wesolowsky 1990.
 */
double ss_bivariate_normal(double h, double k, double rho);

/* P(h1 < X <= h2, k1 < Y <= k2); never negative. */
double ss_bivariate_normal_cell(double h1, double h2, double k1, double k2, double rho);

#endif
