#include "stats/family.h"

#include <math.h>
#include <string.h>

#define DIGITS 3

static const ss_family *const families[] = {
#define FAMILY(name) &ss_family_##name,
#include "stats/families.def"
#undef FAMILY
};

const ss_family *const *
ss_family_all(size_t *n)
{
    *n = sizeof families / sizeof *families;
    return families;
}

const ss_family *
ss_family_find(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
    {
        if (strcmp(families[i]->name, name) == 0)
            return families[i];
    }
    return NULL;
}

bool
ss_law_place(ss_law *law, const ss_family *family, const ss_grid_groups *g)
{
    *law = (ss_law){.family = family, .origin = 0, .length = 1};
    if (g->total <= 0)
        return false;
    switch (family->support)
    {
    case SS_SUPPORT_LINE:
        return true;
    case SS_SUPPORT_ABOVE:
        law->origin = g->range->has_low ? (double) g->range->low : 0;
        /* A value of 0 may have been anything that is rounded to it. */
        return g->low >= law->origin - 0.5;
    case SS_SUPPORT_BETWEEN:
        law->origin = (double) g->range->low;
        law->length = (double) ((uint64_t) g->range->high - (uint64_t) g->range->low);
        return g->range->has_low && g->range->has_high && law->length > 0;
    }
    return false;
}

/* ---- on the axis of units ------------------------------------------------------------------------ */

/* Where x is beyond the support: -1 below, 1 above; else 0, and *u is x as the family knows it. */
static int
inside(const ss_law *law, double x, double *u)
{
    const ss_support support = law->family->support;

    *u = (x - law->origin) / law->length;
    if (isinf(x))
        return x < 0 ? -1 : 1;
    if (support != SS_SUPPORT_LINE && *u <= 0)
        return -1;
    return support == SS_SUPPORT_BETWEEN && *u >= 1 ? 1 : 0;
}

static double
law_lower(const void *of, double x)
{
    const ss_law *law = of;
    double u;
    const int beyond = inside(law, x, &u);

    return beyond != 0 ? beyond > 0 : law->family->lower(law->params, u);
}

static double
law_upper(const void *of, double x)
{
    const ss_law *law = of;
    double u;
    const int beyond = inside(law, x, &u);

    return beyond != 0 ? beyond < 0 : law->family->upper(law->params, u);
}

static double
law_log_density(const void *of, double x)
{
    const ss_law *law = of;
    double u;

    return inside(law, x, &u) != 0 ? -HUGE_VAL
                                   : law->family->log_density(law->params, u) - log(law->length);
}

ss_cdf
ss_law_cdf(const ss_law *law)
{
    return (ss_cdf){law, law_lower, law_upper, law_log_density};
}

/* ---- parameters as they are told ----------------------------------------------------------------- */

double
ss_law_scale_of(const ss_law *law, size_t place)
{
    const ss_param *p = &law->family->params[place];

    return p->log_by ? exp(law->params[p->by]) : law->params[p->by];
}

double
ss_law_least_share(const ss_law *law, const ss_grid_range *range)
{
    const ss_span all = ss_grid_range_span(range);

    return law->family->least_share == NULL
               ? 1
               : law->family->least_share(law->params, all.from, all.to);
}

static double
ten_to(int power)
{
    double ten = 1;

    for (; power > 0; power--)
        ten *= 10; /* exact up to 10^22 */
    return ten;
}

/* The power of ten of x's first digit. */
static int
magnitude(double x)
{
    return (int) floor(log10(fabs(x)));
}

/* x to a multiple of 10^power. */
static double
round_at(double x, int power, double (*how)(double))
{
    return power >= 0 ? how(x / ten_to(power)) * ten_to(power)
                      : how(x * ten_to(-power)) / ten_to(-power);
}

double
ss_round_digits(double x, int digits)
{
    return x == 0 || !isfinite(x) ? x : round_at(x, magnitude(x) - digits + 1, round);
}

void
ss_law_round(ss_law *law)
{
    const ss_family *family = law->family;

    for (size_t i = 0; i < family->nparams; i++)
    {
        const ss_param *p = &family->params[i];
        double *at = &law->params[i], by;

        if (p->kind != SS_PARAM_PLACE)
        {
            *at = ss_round_digits(*at, DIGITS);
            continue;
        }
        by = ss_law_scale_of(law, i);
        if (by > 0 && isfinite(by))
            *at = round_at(*at, magnitude(by) - DIGITS + 1, p->down ? floor : round);
    }
}

bool
ss_law_fix_begin(ss_law *law, const ss_grid_groups *g, double rows)
{
    const double within = ss_grid_groups_quantile(g, fmin(rows / g->total, 1));

    for (size_t i = 0; i < law->family->nparams; i++)
    {
        const double place = law->params[i];
        int power;

        if (!law->family->params[i].down)
            continue;
        power = magnitude(ss_law_scale_of(law, i)) - DIGITS + 1;
        do
            law->params[i] = round_at(place, power, floor);
        while (law->params[i] + pow(10, power++) < within);
        law->fixed[i] = true;
        return true;
    }
    return false;
}
