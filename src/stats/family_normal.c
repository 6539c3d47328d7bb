#include "stats/family.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>

static bool
normal_start(const ss_grid_groups *g, ss_law *law)
{
    law->params[0] = g->mean;
    law->params[1] = g->deviation;
    return g->deviation > 0;
}

static double
normal_log_density(const double *p, double x)
{
    const double z = (x - p[0]) / p[1];

    return -z * z / 2 - log(p[1]) - (M_LN2 + M_LNPI) / 2;
}

static double
normal_lower(const double *p, double x)
{
    return gsl_cdf_ugaussian_P((x - p[0]) / p[1]);
}

static double
normal_upper(const double *p, double x)
{
    return gsl_cdf_ugaussian_Q((x - p[0]) / p[1]);
}

const ss_family ss_family_normal = {
    .name = "normal",
    .support = SS_SUPPORT_LINE,
    .nparams = 2,
    .params = {{.name = "mean", .kind = SS_PARAM_PLACE, .by = 1, .among_rows = true},
               {.name = "deviation", .kind = SS_PARAM_SCALE}},
    .start = normal_start,
    .log_density = normal_log_density,
    .lower = normal_lower,
    .upper = normal_upper,
};
