#include "stats/family.h"

#include <math.h>

/* By moments (Hosking and Wallis 1987, Technometrics 29(3)), a heavy tail cut where they still exist. */
static bool
pareto_start(const ss_grid_groups *g, ss_law *law)
{
    const double mean = g->mean - law->origin, deviation = g->deviation;
    const double ratio = mean * mean / (deviation * deviation);

    law->params[1] = fmin(fmax((1 - ratio) / 2, -0.3), 0.45);
    law->params[0] = fmax(mean * (1 - law->params[1]), 1e-3 * mean);
    return mean > 0 && deviation > 0;
}

/* -log P(X > x), HUGE_VAL beyond the end that a tail of negative shape has. */
static double
cumulative_hazard(const double *p, double x)
{
    const double z = x / p[0], t = p[1] * z;

    if (t <= -1)
        return HUGE_VAL;
    return fabs(t) < 1e-8 ? z * (1 - t / 2) : log1p(t) / p[1];
}

static double
pareto_log_density(const double *p, double x)
{
    const double t = p[1] * x / p[0];

    return t <= -1 ? -HUGE_VAL : -log(p[0]) - cumulative_hazard(p, x) - log1p(t);
}

static double
pareto_lower(const double *p, double x)
{
    return -expm1(-cumulative_hazard(p, x));
}

static double
pareto_upper(const double *p, double x)
{
    return exp(-cumulative_hazard(p, x));
}

/* A shape of -1/2 and less has no standard error, and is no tail. */
const ss_family ss_family_pareto = {
    .name = "generalised-pareto",
    .support = SS_SUPPORT_ABOVE,
    .nparams = 2,
    .params = {{.name = "scale", .kind = SS_PARAM_SCALE},
               {.name = "shape", .kind = SS_PARAM_PURE, .least = -0.45, .most = 3}},
    .start = pareto_start,
    .log_density = pareto_log_density,
    .lower = pareto_lower,
    .upper = pareto_upper,
};
