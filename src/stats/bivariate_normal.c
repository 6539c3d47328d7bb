#include "stats/bivariate_normal.h"

#include <math.h>
#include <stddef.h>

#include <gsl/gsl_cdf.h>

#define TWO_PI  6.283185307179586
#define STRONG  0.925 /* from where on the integral is one over what is left to 1 */
#define NOTHING -100  /* exp() of less does not count */
#define NODES   10

/* Gauss and Legendre: the positive half of the nodes on (-1, 1), and their weights. */
typedef struct rule
{
    size_t n;
    double x[NODES], w[NODES];
} rule;

static const rule few = {3,
                         {0.9324695142031522, 0.6612093864662647, 0.2386191860831970},
                         {0.1713244923791705, 0.3607615730481384, 0.4679139345726904}};

static const rule some = {6,
                          {0.9815606342467191, 0.9041172563704750, 0.7699026741943050,
                           0.5873179542866171, 0.3678314989981802, 0.1252334085114692},
                          {0.04717533638651177, 0.1069393259953183, 0.1600783285433464,
                           0.2031674267230659, 0.2334925365383547, 0.2491470458134029}};

static const rule many = {
    10,
    {0.9931285991850949, 0.9639719272779138, 0.9122344282513259, 0.8391169718222188,
     0.7463319064601508, 0.6360536807265150, 0.5108670019508271, 0.3737060887154196,
     0.2277858511416451, 0.07652652113349733},
    {0.01761400713915212, 0.04060142980038694, 0.06267204833410906, 0.08327674157670475,
     0.1019301198172404, 0.1181945319615184, 0.1316886384491766, 0.1420961093183821,
     0.1491729864726037, 0.1527533871307259}};

/* Plackett's integral over the correlation, whose arc sine is the variable: Genz's equation 3. */
static double
weak(double h, double k, double rho)
{
    const rule *r = fabs(rho) < 0.3 ? &few : fabs(rho) < 0.75 ? &some : &many;
    const double hk = h * k, hs = (h * h + k * k) / 2, half = asin(rho) / 2;
    double sum = 0;

    for (size_t i = 0; i < 2 * r->n; i++)
    {
        const double x = i < r->n ? 1 - r->x[i] : 1 + r->x[i - r->n];
        const double s = sin(half * x);

        sum += r->w[i % r->n] * exp((s * hk - hs) / (1 - s * s));
    }
    return sum * half / TWO_PI + gsl_cdf_ugaussian_Q(h) * gsl_cdf_ugaussian_Q(k);
}

/* What is missing of the upper quadrant at correlation 1: the integrand's expansion, and what that leaves (equation 6). */
static double
missing(double h, double k, double rho)
{
    const double hk = h * k, as = (1 - rho) * (1 + rho), bs = (h - k) * (h - k);
    const double c = (4 - hk) / 8, d = (12 - hk) / 80, near = -(bs / as + hk) / 2, b = fabs(h - k);
    double a = sqrt(as), sum = 0;

    if (near > NOTHING)
        sum = a * exp(near) * (1 - c * (bs - as) * (1 - d * bs) / 3 + c * d * as * as);
    if (hk > NOTHING)
        sum -= exp(-hk / 2) * sqrt(TWO_PI) * gsl_cdf_ugaussian_P(-b / a) * b *
               (1 - c * bs * (1 - d * bs) / 3);
    a /= 2;
    for (size_t i = 0; i < 2 * many.n; i++)
    {
        const double x = a * (i < many.n ? 1 - many.x[i] : 1 + many.x[i - many.n]);
        const double xs = x * x, rs = sqrt(1 - xs), e = -(bs / xs + hk) / 2;

        if (e > NOTHING)
            sum += a * many.w[i % many.n] * exp(e) *
                   (exp(-(hk / 2) * xs / ((1 + rs) * (1 + rs))) / rs -
                    (1 + c * xs * (1 + 5 * d * xs)));
    }
    return sum / TWO_PI;
}

/* P(X > h, Y > k). */
static double
upper(double h, double k, double rho)
{
    double p;

    if (fabs(rho) < STRONG)
        return weak(h, k, rho);
    if (rho > 0)
    {
        p = rho < 1 ? missing(h, k, rho) : 0;
        return gsl_cdf_ugaussian_Q(h > k ? h : k) - p;
    }
    k = -k;
    p = rho > -1 ? missing(h, k, -rho) : 0;
    if (h >= k)
        return p;
    return p + (h < 0 ? gsl_cdf_ugaussian_P(k) - gsl_cdf_ugaussian_P(h)
                      : gsl_cdf_ugaussian_Q(h) - gsl_cdf_ugaussian_Q(k));
}

double
ss_bivariate_normal(double h, double k, double rho)
{
    double p;

    if (h == -HUGE_VAL || k == -HUGE_VAL)
        return 0;
    if (h == HUGE_VAL)
        return gsl_cdf_ugaussian_P(k);
    if (k == HUGE_VAL)
        return gsl_cdf_ugaussian_P(h);
    p = upper(-h, -k, rho);
    return p < 0 ? 0 : p > 1 ? 1 : p;
}

double
ss_bivariate_normal_cell(double h1, double h2, double k1, double k2, double rho)
{
    const double p = ss_bivariate_normal(h2, k2, rho) - ss_bivariate_normal(h1, k2, rho) -
                     ss_bivariate_normal(h2, k1, rho) + ss_bivariate_normal(h1, k1, rho);

    return p < 0 ? 0 : p;
}
