#include "stats/pair_copula.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "stats/normal_score.h"

#define UNIT 10000
#define LITTLE                                                                                     \
    ((uint64_t) 1 << 10) /* of 2^32: where a bin is that unlikely, it is evenly drawn from */
#define ALL  ((uint64_t) 1 << 32)
#define STEP 50 /* thousandths between places that are tried first */

/* --- fitting ---------------------------------------------------------------------------------------- */

static double
between(double low, double high)
{
    return low > 0 ? gsl_cdf_ugaussian_Q(low) - gsl_cdf_ugaussian_Q(high)
                   : gsl_cdf_ugaussian_P(high) - gsl_cdf_ugaussian_P(low);
}

double
ss_pair_copula_gain(int rho, const ss_pair_row *row)
{
    const double r = (double) rho / 1000, s = sqrt((1 - r) * (1 + r)), mean = r * row->x;
    const double y = (row->y - mean) / s;
    const double cut = between((row->low - mean) / s, (row->high - mean) / s);

    if (rho == 0 || cut < (double) LITTLE / (double) ALL)
        return 0;
    return (row->y * row->y - y * y) / 2 - log(s * cut / between(row->low, row->high));
}

static double
total(const ss_pair_row *rows, size_t n, int rho)
{
    double gain = 0;

    for (size_t i = 0; i < n; i++)
        gain += ss_pair_copula_gain(rho, &rows[i]);
    return gain;
}

/* The best of every STEP-th and the ends, then of ever smaller steps from there. */
int
ss_pair_copula_fit(const ss_pair_row *rows, size_t n, double *gain)
{
    int best = 0;

    *gain = 0;
    for (int step = STEP, from = -1000, to = 1000; step > 0; step = step == 1 ? 0 : (step + 3) / 4)
    {
        for (int rho = from; rho <= to; rho += step)
        {
            const int at = rho > SS_PAIR_COPULA_MAX    ? SS_PAIR_COPULA_MAX
                           : rho < -SS_PAIR_COPULA_MAX ? -SS_PAIR_COPULA_MAX
                                                       : rho;
            const double got = total(rows, n, at);

            if (got <= *gain)
                continue;
            *gain = got;
            best = at;
        }
        from = best - step;
        to = best + step;
    }
    return best;
}

/* --- drawing ---------------------------------------------------------------------------------------- */

/* The greatest whole number whose square is not above n. */
static uint32_t
square_root(uint32_t n)
{
    uint32_t root = 0;

    for (uint32_t bit = 1u << 15; bit > 0; bit >>= 1)
    {
        if ((root + bit) * (root + bit) <= n)
            root += bit;
    }
    return root;
}

/* How much of 2^32 has scores below z / by: they never descend. */
static uint64_t
below(int64_t z, int64_t by)
{
    uint64_t low = 0, high = ALL;

    while (low < high)
    {
        const uint64_t middle = low + (high - low) / 2;

        if (ss_normal_score((uint32_t) middle) * by < z)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t
ss_pair_copula_draw(int rho, uint32_t u, uint64_t from, uint64_t to, uint32_t word)
{
    const int64_t along = (int64_t) rho * (UNIT / 1000);
    const int64_t across = square_root((uint32_t) (UNIT * UNIT - along * along));
    const int64_t mean = along * ss_normal_score(u);
    uint64_t low = 0, high = ALL, at;

    if (from > 0)
        low = below((int64_t) UNIT * ss_normal_score((uint32_t) from) - mean, across);
    if (to < ALL)
        high = below((int64_t) UNIT * ss_normal_score((uint32_t) to) - mean, across);
    if (rho == 0 || high < low + LITTLE)
        return (uint32_t) (from + ((to - from) * word >> 32));
    at = below(mean + across * ss_normal_score((uint32_t) (low + ((high - low) * word >> 32))),
               UNIT);
    return (uint32_t) (at < from ? from : at >= to ? to - 1 : at);
}
