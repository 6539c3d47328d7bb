#include "stats/family.h"

#include <math.h>

/* Two quantiles give both parameters: log(-log(1 - p)) = shape (log x - log scale). */
static bool
weibull_start(const ss_grid_groups *g, ss_law *law)
{
    const double a = ss_grid_groups_quantile(g, 0.25) - law->origin,
                 b = ss_grid_groups_quantile(g, 0.75) - law->origin;
    const double low = log(-log1p(-0.25)), high = log(-log1p(-0.75));

    if (!(a > 0 && b > a))
        return false;
    law->params[0] = (high - low) / (log(b) - log(a));
    law->params[1] = exp(log(b) - high / law->params[0]);
    return true;
}

static double
weibull_log_density(const double *p, double x)
{
    const double at = log(x / p[1]);

    return log(p[0] / p[1]) + (p[0] - 1) * at - exp(p[0] * at);
}

static double
weibull_lower(const double *p, double x)
{
    return -expm1(-pow(x / p[1], p[0]));
}

static double
weibull_upper(const double *p, double x)
{
    return exp(-pow(x / p[1], p[0]));
}

const ss_family ss_family_weibull = {
    .name = "weibull",
    .support = SS_SUPPORT_ABOVE,
    .nparams = 2,
    .params = {{.name = "shape", .kind = SS_PARAM_SCALE},
               {.name = "scale", .kind = SS_PARAM_SCALE}},
    .start = weibull_start,
    .log_density = weibull_log_density,
    .lower = weibull_lower,
    .upper = weibull_upper,
};
