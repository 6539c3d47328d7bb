#include "stats/family.h"

#include <math.h>

static bool
exponential_start(const ss_grid_groups *g, ss_law *law)
{
    law->params[0] = g->mean - law->origin;
    return law->params[0] > 0;
}

static double
exponential_log_density(const double *p, double x)
{
    return -x / p[0] - log(p[0]);
}

static double
exponential_lower(const double *p, double x)
{
    return -expm1(-x / p[0]);
}

static double
exponential_upper(const double *p, double x)
{
    return exp(-x / p[0]);
}

const ss_family ss_family_exponential = {
    .name = "exponential",
    .support = SS_SUPPORT_ABOVE,
    .nparams = 1,
    .params = {{.name = "mean", .kind = SS_PARAM_SCALE}},
    .start = exponential_start,
    .log_density = exponential_log_density,
    .lower = exponential_lower,
    .upper = exponential_upper,
};
