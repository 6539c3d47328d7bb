#include "stats/quantiles.h"

#include <gsl/gsl_interp.h>
#include <math.h>

#include "base/divide.h"
#include "stats/family.h"
#include "stats/people.h"

#define ROWS_MOST  (UINT64_C(1) << 53) /* what a model's integers hold (design 5.8) */
#define ROWS_LEAST 5
#define WIDE_PARTS 4  /* knots are rounded to so many parts of their interval, or more */
#define TAIL_SHARE 50 /* a fitted tail has one row in so many, and more */
#define HEAVY      2  /* standard errors that its shape is above 0 by */

/* ---- knots --------------------------------------------------------------------------------------- */

typedef struct knotting
{
    const ss_grid_cell *cells; /* within the range, all with rows */
    size_t n;
    double total;
    ss_quantiles *q;
} knotting;

/* Rows as they are stored; none of what is told has none. */
static uint64_t
stored(double rows)
{
    const uint64_t rounded = ss_people_round((uint64_t) fmin(rows, (double) ROWS_MOST));

    return rounded > ROWS_LEAST ? rounded : ROWS_LEAST;
}

/*
 * A round unit from which on no row is in the cells up to last, or few are: without moving a row where there is room for
 * it before the next cell.
 */
static int64_t
round_edge(const knotting *k, size_t first, size_t last)
{
    const int64_t low = k->cells[first].low, high = k->cells[last].high;
    const uint64_t unit = ss_round_unit(((uint64_t) high - (uint64_t) low) / WIDE_PARTS);
    const int64_t edge = ss_floor_to(high, (int64_t) unit);
    const uint64_t up = unit - ((uint64_t) high - (uint64_t) edge);

    if (edge == high || last + 1 == k->n ||
        (uint64_t) k->cells[last + 1].low - (uint64_t) high <= up)
        return edge;
    return (int64_t) ((uint64_t) high + up);
}

/*
 * A knot at or before the end of cell last, if there is a round unit for it; first is the first cell after the knot before.
 * Returns the next first.  Where a cell ends is told only if it is of one unit and has rows enough of its own, or the knot would be
 * somebody's value.
 */
static size_t
knot(const knotting *k, size_t first, size_t last, double least, double *below)
{
    const ss_grid_cell *cells = k->cells;
    const int64_t before = k->q->n > 0 ? k->q->knots[k->q->n - 1].upper : INT64_MIN;
    int64_t edge = round_edge(k, first, last);
    size_t end = last;
    double rows = 0;

    while (end > first && cells[end].high > edge)
        end--;
    for (size_t i = first; i <= end; i++)
        rows += (double) cells[i].rows;
    if (cells[end].high > edge || rows < least || (end < last && cells[end + 1].low <= edge))
    {
        if (cells[last].low != cells[last].high || (double) cells[last].rows < least)
            return first;
        for (size_t i = end + 1; i <= last; i++)
            rows += (double) cells[i].rows;
        end = last;
        edge = cells[last].high;
    }
    /* Where doubles cannot tell two knots from each other, there is one. */
    if ((double) edge + 0.5 <= (double) before + 0.5)
        return first;
    *below += rows;
    k->q->knots[k->q->n++] = (ss_quantiles_knot){.upper = edge, .rows = stored(rows)};
    return end + 1;
}

ss_quantiles
ss_quantiles_of(const ss_grid_cell *all, size_t nall, const ss_grid_range *range, size_t intervals,
                uint64_t least_rows, ss_arena *result)
{
    ss_grid_cell *cells = ss_alloc(result, nall + 1, sizeof *cells);
    ss_quantiles q = {.knots = ss_alloc(result, nall + 1, sizeof *q.knots)};
    knotting k = {.cells = cells, .q = &q};
    const double least = least_rows > 0 ? (double) least_rows : 1;
    double below = 0, here = 0;
    size_t first = 0, next;

    for (size_t i = 0; i < nall; i++)
    {
        if (all[i].rows == 0 || (range->has_low && all[i].low < range->low) ||
            (range->has_high && all[i].high > range->high))
            continue;
        cells[k.n++] = all[i];
        k.total += (double) all[i].rows;
    }
    for (size_t i = 0; i < k.n; i++)
    {
        const double step =
            fmin(k.total / (double) intervals, fmax(least, fmin(below, (k.total - below) / 2)));

        here += (double) k.cells[i].rows;
        if (k.total - below - here < least)
            break;
        if (here < fmax(step, least))
            continue;
        next = knot(&k, first, i, least, &below);
        for (; first < next; first++)
            here -= (double) k.cells[first].rows;
    }
    q.beyond = stored(k.total - below);
    return q;
}

size_t
ss_quantiles_numbers(const ss_quantiles *q)
{
    return q->n < SS_QUANTILES_LEAST
               ? 0
               : 2 * q->n + (q->lower.fitted ? 2 : 0) + (q->upper.fitted ? 2 : 0);
}

/* ---- its distribution function ------------------------------------------------------------------- */

typedef struct tail
{
    double at, share; /* where it begins, and what lies beyond */
    double scale, shape;
    double end; /* how far it may go; HUGE_VAL */
    double cut; /* the share of the tail that would go farther */
} tail;

typedef struct curve
{
    double *x, *below; /* n */
    size_t n;
    gsl_interp *interp; /* NULL: even from low to high */
    tail lower, upper;
    double low, high;
} curve;

static double
beyond_in(const tail *t, double x)
{
    const double z = x / t->scale;

    if (!(x < t->end))
        return 0;
    return t->shape == 0 ? exp(-z) : t->shape * z <= -1 ? 0 : exp(-log1p(t->shape * z) / t->shape);
}

/* The share of all that lies farther out than x, which is a distance. */
static double
tail_beyond(const tail *t, double x)
{
    const double left = beyond_in(t, x) - t->cut;

    return t->end <= 0 || left <= 0 ? 0 : t->share * left / (1 - t->cut);
}

static double
tail_log_density(const tail *t, double x)
{
    const double z = x / t->scale;
    double nats = log(t->share) - log(t->scale) - log1p(-t->cut);

    if (!(x < t->end) || t->shape * z <= -1)
        return -HUGE_VAL;
    nats -= t->shape == 0 ? z : (1 + 1 / t->shape) * log1p(t->shape * z);
    return nats;
}

static double
curve_at(const curve *c, double x)
{
    return gsl_interp_eval(c->interp, c->x, c->below, x, NULL);
}

static double
curve_lower(const void *of, double x)
{
    const curve *c = of;

    if (x == HUGE_VAL)
        return 1;
    if (c->interp == NULL)
        return fmin(fmax((x - c->low) / (c->high - c->low), 0), 1);
    if (x < c->x[0])
        return tail_beyond(&c->lower, c->x[0] - x);
    return x > c->x[c->n - 1] ? 1 - tail_beyond(&c->upper, x - c->x[c->n - 1]) : curve_at(c, x);
}

static double
curve_upper(const void *of, double x)
{
    const curve *c = of;

    return c->interp != NULL && x > c->x[c->n - 1] ? tail_beyond(&c->upper, x - c->x[c->n - 1])
                                                   : 1 - curve_lower(of, x);
}

static double
curve_log_density(const void *of, double x)
{
    const curve *c = of;

    if (c->interp == NULL)
        return x >= c->low && x <= c->high ? -log(c->high - c->low) : -HUGE_VAL;
    if (x < c->x[0])
        return tail_log_density(&c->lower, c->x[0] - x);
    if (x > c->x[c->n - 1])
        return tail_log_density(&c->upper, x - c->x[c->n - 1]);
    return log(gsl_interp_eval_deriv(c->interp, c->x, c->below, x, NULL));
}

/* density: that of all rows where the tail begins. */
static tail
tail_of(const ss_quantiles_tail *told, double share, double density, double end)
{
    tail t = {.share = share, .scale = share / density, .end = end};

    if (told->fitted)
    {
        t.scale = told->scale;
        t.shape = told->shape;
    }
    if (end > 0 && isfinite(end))
    {
        t.end = HUGE_VAL;
        t.cut = beyond_in(&t, end);
        t.end = end;
    }
    return t;
}

static void
free_interp(void *interp)
{
    gsl_interp_free(interp);
}

/* Where there are too few knots: the whole of the range, or of all units. */
static void
make_even(curve *c, const ss_span *all)
{
    c->low = isinf(all->from) ? (double) INT64_MIN : all->from;
    c->high = isinf(all->to) ? (double) INT64_MAX : all->to;
}

ss_cdf
ss_quantiles_cdf(const ss_quantiles *q, const ss_grid_range *range, ss_arena *result)
{
    const ss_span all = ss_grid_range_span(range);
    curve *c = ss_alloc(result, 1, sizeof *c);
    double total = (double) q->beyond, sum = 0, first, last;
    ss_cdf cdf = {c, curve_lower, curve_upper, curve_log_density};

    make_even(c, &all);
    if (q->n < SS_QUANTILES_LEAST)
        return cdf;
    c->n = q->n;
    c->x = ss_alloc(result, c->n, sizeof *c->x);
    c->below = ss_alloc(result, c->n, sizeof *c->below);
    for (size_t i = 0; i < c->n; i++)
        total += (double) q->knots[i].rows;
    for (size_t i = 0; i < c->n; i++)
    {
        sum += (double) q->knots[i].rows;
        c->x[i] = (double) q->knots[i].upper + 0.5;
        c->below[i] = sum / total;
    }
    c->interp = gsl_interp_alloc(gsl_interp_steffen, c->n);
    if (c->interp == NULL)
        ss_out_of_memory();
    ss_arena_defer(result, free_interp, c->interp);
    (void) gsl_interp_init(c->interp, c->x, c->below, c->n);
    first = (c->below[1] - c->below[0]) / (c->x[1] - c->x[0]);
    last = (c->below[c->n - 1] - c->below[c->n - 2]) / (c->x[c->n - 1] - c->x[c->n - 2]);
    c->lower = tail_of(&q->lower, c->below[0], first, c->x[0] - all.from);
    c->upper = tail_of(&q->upper, (double) q->beyond / total, last, all.to - c->x[c->n - 1]);
    return cdf;
}

/* ---- Pareto tails -------------------------------------------------------------------------------- */

/* How many knots go into the tail, so that it has least rows and more; 0: there is no such tail. */
static size_t
knots_in_tail(const ss_quantiles *q, bool upper, double least, double *rows)
{
    for (size_t i = 0; i + SS_QUANTILES_LEAST < q->n; i++)
    {
        *rows +=
            (double) (upper ? (i == 0 ? q->beyond : q->knots[q->n - i].rows) : q->knots[i].rows);
        if (*rows >= least)
            return i + 1;
    }
    return 0;
}

/* Spans beyond x, as distances from it. */
static ss_spans
spans_beyond(const ss_spans *spans, double x, bool upper, ss_arena *scratch)
{
    ss_spans out = {.spans = ss_alloc(scratch, spans->n + 1, sizeof *out.spans),
                    .rows = ss_alloc(scratch, spans->n + 1, sizeof *out.rows)};

    for (size_t i = 0; i < spans->n; i++)
    {
        const ss_span *s = &spans->spans[upper ? i : spans->n - 1 - i];
        const double from = upper ? s->from - x : x - s->to, to = upper ? s->to - x : x - s->from;

        if (from < 0)
            continue;
        out.spans[out.n] = (ss_span){from, to, s->width};
        out.rows[out.n] = spans->rows[upper ? i : spans->n - 1 - i];
        out.total += out.rows[out.n++];
    }
    return out;
}

bool
ss_quantiles_with_tail(const ss_quantiles *q, ss_quantiles_side side, const ss_spans *spans,
                       const ss_grid_range *range, uint64_t least, double rows_per_subject,
                       ss_arena *result, ss_quantiles *tailed)
{
    static const ss_grid_range no_range;
    const bool upper = side == SS_QUANTILES_UPPER;
    const ss_span all = ss_grid_range_span(range);
    double rows = 0, x;
    const size_t in =
        knots_in_tail(q, upper, fmax((double) least, spans->total / TAIL_SHARE), &rows);
    ss_quantiles_tail *told;
    ss_grid_groups groups;
    ss_family_fit fit;
    ss_spans beyond;
    bool fitted;

    /* A hard bound ends a tail; what piles up before it is for knots to tell. */
    if (in == 0 || isfinite(upper ? all.to : all.from))
        return false;
    x = (double) q->knots[upper ? q->n - in : in - 1].upper + 0.5;
    beyond = spans_beyond(spans, x, upper, result);
    groups = ss_grid_group(&beyond, &no_range, result);
    if (beyond.total < (double) least)
        return false;
    fitted = ss_family_fit_to(&ss_family_pareto, &groups, result, &fit);
    if (!fitted || !(fit.law.params[1] > HEAVY * sqrt(rows_per_subject) * fit.errors[1]))
        return false;
    ss_law_round(&fit.law);
    *tailed = *q;
    told = upper ? &tailed->upper : &tailed->lower;
    *told = (ss_quantiles_tail){true, fit.law.params[0], fit.law.params[1]};
    tailed->n = q->n - (in - 1);
    if (upper)
    {
        for (size_t i = tailed->n; i < q->n; i++)
            tailed->beyond += q->knots[i].rows;
        return true;
    }
    tailed->knots = ss_alloc(result, tailed->n, sizeof *tailed->knots);
    for (size_t i = 0; i < tailed->n; i++)
        tailed->knots[i] = q->knots[i + in - 1];
    for (size_t i = 0; i < in - 1; i++)
        tailed->knots[0].rows += q->knots[i].rows;
    return true;
}
