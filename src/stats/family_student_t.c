#include "stats/family.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#define LIGHT  2.8 /* 95 % lie within so many times what 50 % do; 2.9 of a normal distribution */
#define SKEWED 0.3 /* of what 95 % lie within, which a symmetric one has 0 of */

/* Of tails that are lighter than a normal distribution's, and of skewed data, the likelihood has no maximum worth finding. */
static bool
student_t_start(const ss_grid_groups *g, ss_law *law)
{
    const double a = ss_grid_groups_quantile(g, 0.25), b = ss_grid_groups_quantile(g, 0.75);
    const double low = ss_grid_groups_quantile(g, 0.025), high = ss_grid_groups_quantile(g, 0.975);

    law->params[0] = ss_grid_groups_quantile(g, 0.5);
    if (high - low < LIGHT * (b - a) ||
        fabs(high + low - 2 * law->params[0]) > SKEWED * (high - low))
        return false;
    law->params[1] = (b - a) / 1.45; /* the quartiles with 5 degrees of freedom */
    law->params[2] = 5;
    return b > a;
}

static double
student_t_log_density(const double *p, double x)
{
    const double z = (x - p[0]) / p[1], df = p[2];

    return gsl_sf_lngamma((df + 1) / 2) - gsl_sf_lngamma(df / 2) - (log(df) + M_LNPI) / 2 -
           log(p[1]) - (df + 1) / 2 * log1p(z * z / df);
}

static double
student_t_lower(const double *p, double x)
{
    return gsl_cdf_tdist_P((x - p[0]) / p[1], p[2]);
}

static double
student_t_upper(const double *p, double x)
{
    return gsl_cdf_tdist_Q((x - p[0]) / p[1], p[2]);
}

/* With more than 30 degrees of freedom it is a normal distribution. */
const ss_family ss_family_student_t = {
    .name = "student-t",
    .support = SS_SUPPORT_LINE,
    .nparams = 3,
    .params = {{.name = "location", .kind = SS_PARAM_PLACE, .by = 1, .among_rows = true},
               {.name = "scale", .kind = SS_PARAM_SCALE},
               {.name = "df", .kind = SS_PARAM_PURE, .least = 0.5, .most = 30}},
    .start = student_t_start,
    .log_density = student_t_log_density,
    .lower = student_t_lower,
    .upper = student_t_upper,
};
