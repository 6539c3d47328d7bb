#include "stats/cdf.h"

#include <math.h>

#define CANCELLED                                                                                  \
    1e-7 /* of a value of the cdf: less than this is not left of it after taking another away */
#define STEPS_MOST 200
#define EXACT      0.01 /* of a unit */

typedef struct place
{
    double x, lower, upper; /* lower is not asked for in the upper half, upper not in the lower */
    bool high;
} place;

static place
place_at(const ss_cdf *cdf, double x, bool high)
{
    place at = {.x = x, .high = high};

    if (!high)
    {
        at.lower = cdf->lower(cdf->of, x);
        at.high = !(at.lower <= 0.5);
    }
    if (at.high)
        at.upper = cdf->upper(cdf->of, x);
    return at;
}

/* Simpson's rule on the density; where there is no end to the span, the density at its near end will do. */
static double
log_by_density(const ss_cdf *cdf, const ss_span *s)
{
    double a, b, c, most;

    if (isinf(s->from) || isinf(s->to))
        return isinf(s->from) && isinf(s->to)
                   ? 0
                   : cdf->log_density(cdf->of, isinf(s->from) ? s->to : s->from);
    a = cdf->log_density(cdf->of, s->from);
    b = cdf->log_density(cdf->of, s->from + (s->to - s->from) / 2);
    c = cdf->log_density(cdf->of, s->to);
    most = fmax(a, fmax(b, c));
    if (!isfinite(most))
        return -HUGE_VAL;
    return most + log(s->width) + log((exp(a - most) + 4 * exp(b - most) + exp(c - most)) / 6);
}

static double
log_between(const ss_cdf *cdf, const place *a, const place *b, const ss_span *span)
{
    const double mass = a->high ? a->upper - b->upper : b->lower - a->lower;
    const double of = a->high ? a->upper : b->lower;
    double nats;

    if (mass > CANCELLED * of)
        return log(mass);
    nats = log_by_density(cdf, span);
    return isnan(nats) ? -HUGE_VAL : nats;
}

void
ss_cdf_log_masses(const ss_cdf *cdf, const ss_span *spans, size_t n, double *nats)
{
    place a = {.x = NAN}, b = {.x = NAN};

    for (size_t i = 0; i < n; i++)
    {
        a = b.x == spans[i].from ? b : place_at(cdf, spans[i].from, b.high);
        b = place_at(cdf, spans[i].to, a.high);
        nats[i] = log_between(cdf, &a, &b, &spans[i]);
    }
}

double
ss_cdf_log_mass(const ss_cdf *cdf, const ss_span *span)
{
    double nats;

    ss_cdf_log_masses(cdf, span, 1, &nats);
    return nats;
}

double
ss_cdf_log_total(const ss_cdf *cdf, const ss_grid_range *range)
{
    const ss_span all = ss_grid_range_span(range);
    const double nats = ss_cdf_log_mass(cdf, &all);
    double out = 0;

    for (size_t i = 0; i < range->nholes; i++)
    {
        const ss_span hole = ss_span_of(range->holes[i].low, range->holes[i].high);

        out += exp(ss_cdf_log_mass(cdf, &hole) - nats);
    }
    /* What is left cannot be told when nearly all of it is a hole. */
    return out < 1 - CANCELLED ? nats + log1p(-out) : -HUGE_VAL;
}

/* ---- values at probabilities --------------------------------------------------------------------- */

typedef struct aim
{
    const ss_cdf *cdf;
    double share;
    bool high; /* share is above, not below */
} aim;

/* Rises with x; 0 where it is aimed at. */
static double
past(const aim *a, double x)
{
    return a->high ? a->share - a->cdf->upper(a->cdf->of, x)
                   : a->cdf->lower(a->cdf->of, x) - a->share;
}

/* The Illinois method (Dowell and Jarratt 1971, BIT 11), with a bisection whenever it is slow. */
static double
solve(const aim *a, double low, double high, double exact)
{
    double below = past(a, low), above = past(a, high), width = high - low;
    int side = 0;

    if (!(below < 0))
        return low;
    if (!(above > 0))
        return high;
    for (size_t i = 0; i < STEPS_MOST && high - low > exact; i++)
    {
        double x = high - above * ((high - low) / (above - below)), f;

        if (i % 4 == 3)
        {
            x = high - low > width / 8 ? low + (high - low) / 2 : x;
            width = high - low;
        }
        if (!(x > low && x < high))
            x = low + (high - low) / 2;
        if (!(x > low && x < high))
            break;
        f = past(a, x);
        if (f == 0)
            return x;
        if (f < 0)
        {
            above = side < 0 ? above / 2 : above;
            low = x;
            below = f;
        }
        else
        {
            below = side > 0 ? below / 2 : below;
            high = x;
            above = f;
        }
        side = f < 0 ? -1 : 1;
    }
    return low + (high - low) / 2;
}

double
ss_cdf_quantile(const ss_cdf *cdf, double lower, double upper)
{
    const aim a = {.cdf = cdf, .share = lower <= upper ? lower : upper, .high = lower > upper};
    double low = -1, high = 1;

    while (past(&a, low) > 0 && low > -1e300)
        low *= 4;
    while (past(&a, high) < 0 && high < 1e300)
        high *= 4;
    return solve(&a, low, high, 0);
}

/* The unit whose cell x lies in, or the nearest one in the bin. */
static int64_t
unit_at(int64_t low, int64_t high, double x)
{
    if (!(x > (double) low))
        return low;
    return x >= (double) high ? high : (int64_t) floor(x + 0.5);
}

/* A share of the way from low to high. */
static int64_t
unit_between(int64_t low, int64_t high, double share)
{
    const uint64_t steps = (uint64_t) high - (uint64_t) low;
    const double step = floor(share * ((double) steps + 1));

    if (!(step > 0))
        return low;
    return step >= (double) steps ? high : (int64_t) ((uint64_t) low + (uint64_t) step);
}

void
ss_cdf_points(const ss_cdf *cdf, int64_t low, int64_t high, const double *fractions, size_t n,
              int64_t *points)
{
    const ss_span bin = ss_span_of(low, high);
    const place a = place_at(cdf, bin.from, false), b = place_at(cdf, bin.to, a.high);
    const double mass = a.high ? a.upper - b.upper : b.lower - a.lower;
    const bool even = !(mass > CANCELLED * (a.high ? a.upper : b.lower));
    double from = bin.from;
    int64_t last = low;

    for (size_t i = 0; i < n; i++)
    {
        const double below = a.lower + fractions[i] * mass;
        aim at = {.cdf = cdf, .share = below, .high = a.high || below > 0.5};

        if (even)
        {
            points[i] = unit_between(low, high, fractions[i]);
            continue;
        }
        if (at.high)
            at.share = b.upper + (1 - fractions[i]) * mass;
        from = solve(&at, from, bin.to, EXACT);
        points[i] = unit_at(low, high, from);
        points[i] = points[i] < last ? last : points[i];
        last = points[i];
    }
}
