#include "stats/tail.h"

#include <math.h>

#include <gsl/gsl_sf_zeta.h>

#define SLOPE_MIN         0.0  /* as many values with one number of rows as with another */
#define SLOPE_MIN_ENDLESS 1.01 /* below it an endless law does not add up */
#define STEPS             60   /* of bisection */
#define DIFFERENCE        1e-3

/* Mean and variance of log n under the law. */
static void
moments(double slope, uint64_t most, double *mean, double *variance)
{
    double sum = 0, first = 0, second = 0;

    if (most == 0)
    {
        /* They are the derivatives of the logarithm of zeta. */
        const double below = log(gsl_sf_hzeta(slope - DIFFERENCE, 1)),
                     at = log(gsl_sf_hzeta(slope, 1)),
                     above = log(gsl_sf_hzeta(slope + DIFFERENCE, 1));

        *mean = (below - above) / (2 * DIFFERENCE);
        *variance = (below - 2 * at + above) / (DIFFERENCE * DIFFERENCE);
        return;
    }
    for (uint64_t n = 1; n <= most; n++)
    {
        const double x = log((double) n), p = exp(-slope * x);

        sum += p;
        first += p * x;
        second += p * x * x;
    }
    *mean = first / sum;
    *variance = second / sum - *mean * *mean;
}

bool
ss_tail_fit(const uint64_t *rows, size_t n, uint64_t most, double *slope, double *error)
{
    double low, high = SS_TAIL_SLOPE_MAX, sum = 0, mean, variance;

    if (most > SS_TAIL_ROWS_MAX)
        most = 0;
    for (size_t i = 0; i < n; i++)
        sum += log((double) rows[i]);
    low = most == 0 ? SLOPE_MIN_ENDLESS : SLOPE_MIN;
    if (n == 0 || most == 1)
        return false;
    sum /= (double) n;
    /* The mean of log n falls as the slope rises. */
    moments(high, most, &mean, &variance);
    if (sum <= mean)
        return false;
    moments(low, most, &mean, &variance);
    if (sum >= mean)
        return false;
    for (int i = 0; i < STEPS; i++)
    {
        const double middle = (low + high) / 2;

        moments(middle, most, &mean, &variance);
        if (mean > sum)
            low = middle;
        else
            high = middle;
    }
    *slope = (low + high) / 2;
    moments(*slope, most, &mean, &variance);
    *error = 1 / sqrt((double) n * variance);
    return true;
}
