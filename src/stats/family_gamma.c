#include "stats/family.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

static bool
gamma_start(const ss_grid_groups *g, ss_law *law)
{
    const double mean = g->mean - law->origin, variance = g->deviation * g->deviation;

    law->params[0] = mean * mean / variance;
    law->params[1] = variance / mean;
    return mean > 0 && variance > 0;
}

static double
gamma_log_density(const double *p, double x)
{
    return (p[0] - 1) * log(x) - x / p[1] - gsl_sf_lngamma(p[0]) - p[0] * log(p[1]);
}

static double
gamma_lower(const double *p, double x)
{
    return gsl_cdf_gamma_P(x, p[0], p[1]);
}

static double
gamma_upper(const double *p, double x)
{
    return gsl_cdf_gamma_Q(x, p[0], p[1]);
}

const ss_family ss_family_gamma = {
    .name = "gamma",
    .support = SS_SUPPORT_ABOVE,
    .nparams = 2,
    .params = {{.name = "shape", .kind = SS_PARAM_SCALE},
               {.name = "scale", .kind = SS_PARAM_SCALE}},
    .start = gamma_start,
    .log_density = gamma_log_density,
    .lower = gamma_lower,
    .upper = gamma_upper,
};
