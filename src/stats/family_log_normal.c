#include "stats/family.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>

/* Moments of logarithms of what lies above the shift. */
static bool
start_above(const ss_grid_groups *g, double shift, double *log_mean, double *log_deviation)
{
    double mean = 0, squares = 0;

    for (size_t pass = 0; pass < 2; pass++)
    {
        for (size_t i = 0; i < g->n; i++)
        {
            const double share = g->rows[i] / g->total;

            if (share <= 0)
                continue;
            if (!(g->middle[i] - shift >= 0))
                return false;
            if (pass == 0)
                mean += share * log(fmax(g->middle[i] - shift, 0.1));
            else
                squares += share * pow(log(fmax(g->middle[i] - shift, 0.1)) - mean, 2);
        }
    }
    *log_mean = mean;
    *log_deviation = sqrt(squares);
    return squares > 0;
}

static bool
log_normal_start(const ss_grid_groups *g, ss_law *law)
{
    return start_above(g, law->origin, &law->params[0], &law->params[1]);
}

/* By three quantiles: where what is above and what is below the median are in proportion. */
static bool
shifted_start(const ss_grid_groups *g, ss_law *law)
{
    const double a = ss_grid_groups_quantile(g, 0.05), m = ss_grid_groups_quantile(g, 0.5),
                 b = ss_grid_groups_quantile(g, 0.95), skew = a + b - 2 * m;
    const double room = (m - g->low) / 20;
    double shift = (a * b - m * m) / skew;

    if (!(skew > 0) || !(room > 0))
        return false;
    shift = fmax(fmin(shift, g->low - room), m - 20 * (b - a));
    law->params[2] = shift;
    return start_above(g, shift, &law->params[0], &law->params[1]);
}

static double
log_normal_log_density(const double *p, double x)
{
    const double z = (log(x) - p[0]) / p[1];

    return -z * z / 2 - log(x) - log(p[1]) - (M_LN2 + M_LNPI) / 2;
}

static double
log_normal_lower(const double *p, double x)
{
    return gsl_cdf_ugaussian_P((log(x) - p[0]) / p[1]);
}

static double
log_normal_upper(const double *p, double x)
{
    return gsl_cdf_ugaussian_Q((log(x) - p[0]) / p[1]);
}

static double
shifted_log_density(const double *p, double x)
{
    return x > p[2] ? log_normal_log_density(p, x - p[2]) : -HUGE_VAL;
}

static double
shifted_lower(const double *p, double x)
{
    return x > p[2] ? log_normal_lower(p, x - p[2]) : 0;
}

static double
shifted_upper(const double *p, double x)
{
    return x > p[2] ? log_normal_upper(p, x - p[2]) : 1;
}

const ss_family ss_family_log_normal = {
    .name = "log-normal",
    .support = SS_SUPPORT_ABOVE,
    .nparams = 2,
    .params = {{.name = "log-mean", .kind = SS_PARAM_PLACE, .by = 1},
               {.name = "log-deviation", .kind = SS_PARAM_SCALE}},
    .start = log_normal_start,
    .log_density = log_normal_log_density,
    .lower = log_normal_lower,
    .upper = log_normal_upper,
};

const ss_family ss_family_log_normal_shifted = {
    .name = "log-normal-shifted",
    .support = SS_SUPPORT_LINE,
    .nparams = 3,
    .params = {{.name = "log-mean", .kind = SS_PARAM_PLACE, .by = 1},
               {.name = "log-deviation", .kind = SS_PARAM_SCALE},
               {.name = "shift", .kind = SS_PARAM_PLACE, .by = 0, .log_by = true, .down = true}},
    .start = shifted_start,
    .log_density = shifted_log_density,
    .lower = shifted_lower,
    .upper = shifted_upper,
};
