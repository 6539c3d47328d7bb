#include "stats/grid.h"

#include <math.h>
#include <stdlib.h>

#define GROUP_MIDDLE 0.2    /* rows of a group are this much of p (1 - p) of all ... */
#define GROUP_LEAST  0.0005 /* ... and this much more */
#define CELLS_KEPT   64     /* so many are groups as they are, and so are the gaps between them */
#define WIDE_PARTS   24 /* a group, or a gap in it, has such a part of the middle of all, and less; */
#define WIDE_GAPS    32   /* a gap in the tails such a part of everything */
#define TAIL         0.05 /* of the rows, on either side */

static int
by_place(const void *a, const void *b)
{
    const ss_grid_cell *x = a, *y = b;

    return x->low != y->low ? (x->low < y->low ? -1 : 1) : 0;
}

size_t
ss_grid_put_together(ss_grid_cell *cells, size_t n)
{
    size_t kept = 0;

    if (n == 0)
        return 0;
    qsort(cells, n, sizeof *cells, by_place);
    for (size_t i = 1; i < n; i++)
    {
        if (cells[i].low == cells[kept].low)
            cells[kept].rows += cells[i].rows;
        else
            cells[++kept] = cells[i];
    }
    return kept + 1;
}

ss_span
ss_span_of(int64_t low, int64_t high)
{
    return (ss_span){.from = (double) low - 0.5,
                     .to = (double) high + 0.5,
                     .width = (double) ((uint64_t) high - (uint64_t) low) + 1};
}

ss_span
ss_grid_range_span(const ss_grid_range *r)
{
    ss_span span = {.from = r->has_low ? (double) r->low - 0.5 : -HUGE_VAL,
                    .to = r->has_high ? (double) r->high + 0.5 : HUGE_VAL,
                    .width = HUGE_VAL};

    if (r->has_low && r->has_high)
        span.width = ss_span_of(r->low, r->high).width;
    return span;
}

ss_spans
ss_grid_spans(const ss_grid_cell *cells, size_t n, const ss_grid_range *range, ss_arena *result)
{
    ss_spans s = {.spans = ss_alloc(result, n + 1, sizeof *s.spans),
                  .rows = ss_alloc(result, n + 1, sizeof *s.rows)};

    for (size_t i = 0; i < n; i++)
    {
        int64_t low = cells[i].low, high = cells[i].high;

        low = range->has_low && low < range->low ? range->low : low;
        high = range->has_high && high > range->high ? range->high : high;
        if (low > high || cells[i].rows == 0)
            continue;
        s.spans[s.n] = ss_span_of(low, high);
        s.rows[s.n] = (double) cells[i].rows;
        s.total += s.rows[s.n++];
    }
    return s;
}

/* ---- groups -------------------------------------------------------------------------------------- */

typedef struct grouping
{
    ss_grid_groups *g;
    double from, to;    /* of the group that is open */
    double rows, width; /* in it */
    double before;      /* rows in groups that are closed */
} grouping;

static void
close_at(grouping *at, double to)
{
    ss_grid_groups *g = at->g;
    const double width = to - at->from > at->width ? to - at->from : at->width;

    if (to > at->from || at->rows > 0)
    {
        g->spans[g->n] = (ss_span){at->from, to, width};
        g->rows[g->n] = at->rows;
        g->middle[g->n++] = (at->from + to) / 2;
    }
    at->before += at->rows;
    at->from = at->to = to;
    at->rows = at->width = 0;
}

/* What is left out up to x: what is open ends before it and goes on after it. */
static const ss_grid_cell *
pass_holes(grouping *at, const ss_grid_cell *hole, const ss_grid_cell *end, double x)
{
    for (; hole < end && (double) hole->low < x; hole++)
    {
        const ss_span out = ss_span_of(hole->low, hole->high);

        if (out.from > at->from)
            close_at(at, out.from);
        at->from = at->to = out.to > at->from ? out.to : at->from;
    }
    return hole;
}

static void
moments(ss_grid_groups *g)
{
    double sum = 0;

    for (size_t i = 0; i < g->n; i++)
        g->mean += g->rows[i] > 0 ? g->rows[i] / g->total * g->middle[i] : 0;
    for (size_t i = 0; i < g->n; i++)
    {
        const double off = g->middle[i] - g->mean, width = g->spans[i].width;

        sum += g->rows[i] > 0 ? g->rows[i] / g->total * (off * off + width * width / 12) : 0;
    }
    g->deviation = sqrt(sum);
}

/* What makes a group wide: of so few cells nothing, else a part of what the middle nine tenths of all rows span. */
static double
wide_of(const ss_spans *s)
{
    double before = 0, low = 0;
    size_t i = 0;

    for (; i < s->n && before + s->rows[i] <= s->total / 20; i++)
        before += s->rows[i];
    low = s->spans[i < s->n ? i : 0].from;
    for (; i + 1 < s->n && before + s->rows[i] < s->total - s->total / 20; i++)
        before += s->rows[i];
    return s->n <= CELLS_KEPT ? 0 : (s->spans[i].to - low) / WIDE_PARTS;
}

/* How wide gaps and groups may be here: more in the tails, where heavy ones would have a group for each row. */
static double
wide_here(const ss_spans *s, double share, double wide)
{
    const double gap = (s->spans[s->n - 1].to - s->spans[0].from) / WIDE_GAPS;

    return wide > 0 && (share < TAIL || share > 1 - TAIL) ? fmax(gap, wide) : fmin(gap, wide);
}

ss_grid_groups
ss_grid_group(const ss_spans *s, const ss_grid_range *range, ss_arena *result)
{
    const ss_span all = ss_grid_range_span(range);
    const size_t most = 3 * (s->n + range->nholes) + 4;
    ss_grid_groups g = {.spans = ss_alloc(result, most, sizeof *g.spans),
                        .rows = ss_alloc(result, most, sizeof *g.rows),
                        .middle = ss_alloc(result, most, sizeof *g.middle),
                        .total = s->total,
                        .range = range};
    grouping at = {.g = &g, .from = all.from, .to = all.from};
    const ss_grid_cell *hole = range->holes, *end = range->holes + range->nholes;
    double wide;

    if (s->n == 0)
        return g;
    g.low = s->spans[0].from;
    g.high = s->spans[s->n - 1].to;
    wide = wide_of(s);
    for (size_t i = 0; i < s->n; i++)
    {
        const ss_span *span = &s->spans[i];
        const double share = (at.before + at.rows + s->rows[i] / 2) / s->total;
        const double most_wide = wide_here(s, share, wide);

        hole = pass_holes(&at, hole, end, span->from);
        if (i == 0 || span->from - at.to > most_wide)
        {
            if (at.rows > 0)
                close_at(&at, at.to);
            close_at(&at, span->from);
        }
        at.rows += s->rows[i];
        at.width += span->width;
        at.to = span->to;
        if (at.to - at.from > most_wide ||
            at.rows >= s->total * (GROUP_MIDDLE * share * (1 - share) + GROUP_LEAST))
            close_at(&at, at.to);
    }
    if (at.rows > 0)
        close_at(&at, at.to);
    (void) pass_holes(&at, hole, end, HUGE_VAL);
    if (all.to > at.from)
        close_at(&at, all.to);
    moments(&g);
    return g;
}

double
ss_grid_groups_quantile(const ss_grid_groups *g, double share)
{
    double before = 0, last = g->low;

    for (size_t i = 0; i < g->n; i++)
    {
        if (g->rows[i] <= 0)
            continue;
        if (before + g->rows[i] >= share * g->total)
            return g->spans[i].from +
                   (g->spans[i].to - g->spans[i].from) * (share * g->total - before) / g->rows[i];
        before += g->rows[i];
        last = g->spans[i].to;
    }
    return last;
}
