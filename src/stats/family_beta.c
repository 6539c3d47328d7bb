#include "stats/family.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

static bool
beta_start(const ss_grid_groups *g, ss_law *law)
{
    const double mean = (g->mean - law->origin) / law->length,
                 deviation = g->deviation / law->length,
                 both = mean * (1 - mean) / (deviation * deviation) - 1;

    law->params[0] = mean * both;
    law->params[1] = (1 - mean) * both;
    return mean > 0 && mean < 1 && deviation > 0 && both > 0;
}

static double
beta_log_density(const double *p, double x)
{
    return (p[0] - 1) * log(x) + (p[1] - 1) * log1p(-x) - gsl_sf_lnbeta(p[0], p[1]);
}

static double
beta_lower(const double *p, double x)
{
    return gsl_cdf_beta_P(x, p[0], p[1]);
}

static double
beta_upper(const double *p, double x)
{
    return gsl_cdf_beta_Q(x, p[0], p[1]);
}

const ss_family ss_family_beta = {
    .name = "beta",
    .support = SS_SUPPORT_BETWEEN,
    .nparams = 2,
    .params = {{.name = "a", .kind = SS_PARAM_SCALE}, {.name = "b", .kind = SS_PARAM_SCALE}},
    .start = beta_start,
    .log_density = beta_log_density,
    .lower = beta_lower,
    .upper = beta_upper,
};
