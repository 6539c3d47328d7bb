#include "report/histogram.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "model/habits.h"
#include "rows/codec.h"

enum
{
    INDENT = 6,
    BUCKETS = 24,
    VALUES_SHOWN = 5, /* values with most rows, one to a line */
    BAR = 20          /* characters that all rows are */
};

/* Mass in so many buckets between from and to, both told of. */
typedef struct histogram
{
    double mass[BUCKETS];
    size_t n;
} histogram;

/* --- drawing ---------------------------------------------------------------------------------------- */

/* "[ .:=#@]" */
static void
put_line(ss_buf *out, const histogram *h)
{
    static const char ramp[] = ".:-=+*#%@";
    const size_t levels = sizeof ramp - 1;
    double most = 0;

    for (size_t i = 0; i < h->n; i++)
        most = h->mass[i] > most ? h->mass[i] : most;
    ss_buf_putc(out, '[');
    for (size_t i = 0; i < h->n; i++)
    {
        const size_t level = most > 0 ? (size_t) (h->mass[i] / most * (double) levels) : 0;

        ss_buf_putc(out, h->mass[i] <= 0 ? ' ' : ramp[level < levels ? level : levels - 1]);
    }
    ss_buf_putc(out, ']');
}

/* The histogram, and words behind it. */
static void
put_histogram(ss_layout *l, const histogram *h, const char *words)
{
    ss_buf line = {0};

    put_line(&line, h);
    ss_layout_to(l, INDENT);
    ss_layout_cell(l, ss_buf_text(&line), BUCKETS + 2, false);
    ss_layout_to(l, INDENT + BUCKETS + 3);
    ss_layout_text(l, words, INDENT + 2);
    ss_layout_end(l);
    ss_buf_done(&line);
}

/* Cells whose numbers lie from first to last, each a bucket, or several together where there are too many. */
static histogram
of_cells(const ss_cells *cells, int64_t first, int64_t last)
{
    const double width = (double) last - (double) first + 1;
    histogram h = {.n = width < BUCKETS ? (size_t) width : BUCKETS};

    for (size_t i = 0; i < cells->n; i++)
    {
        const double at = (double) cells->cells[i].number - (double) first;
        const size_t bucket = (size_t) (at / width * (double) h.n);

        h.mass[bucket < h.n ? bucket : h.n - 1] += (double) cells->cells[i].count;
    }
    return h;
}

/* --- numbers and times ------------------------------------------------------------------------------ */

/* Rows at a number, or spread evenly from one to another. */
typedef struct piece
{
    double from, to, rows;
} piece;

typedef struct pieces
{
    piece *list;
    size_t n;
    double total;
} pieces;

static void
add_piece(pieces *p, double from, double to, double rows)
{
    p->list[p->n++] = (piece){from, to, rows};
    p->total += rows;
}

/* What lies beyond the outermost quantiles is shown at them: how far it goes is not told. */
static pieces
pieces_of(const ss_marginal *m, ss_arena *scratch)
{
    pieces p = {.list = ss_alloc(scratch, m->values.n + m->npoints + 2, sizeof *p.list)};
    const double each = m->npoints == 0 ? 0 : (double) m->rest / (double) (m->npoints + 1);

    for (size_t i = 0; i < m->values.n; i++)
    {
        const double at = (double) m->values.cells[i].number;

        add_piece(&p, at, at, (double) m->values.cells[i].count);
    }
    for (size_t i = 0; i < m->npoints; i++)
    {
        const double to = (double) m->points[i];

        add_piece(&p, i == 0 ? to : (double) m->points[i - 1], to, each);
    }
    if (m->npoints > 0)
        add_piece(&p, (double) m->points[m->npoints - 1], (double) m->points[m->npoints - 1], each);
    return p;
}

/* Rows at most at. */
static double
rows_until(const pieces *p, double at)
{
    double rows = 0;

    for (size_t i = 0; i < p->n; i++)
    {
        const piece *x = &p->list[i];

        if (x->to <= at)
            rows += x->rows;
        else if (x->from < at)
            rows += x->rows * (at - x->from) / (x->to - x->from);
    }
    return rows;
}

/* The unit at which that share of the rows is reached. */
static double
quantile(const pieces *p, double share, double low, double high)
{
    while (high - low > 1)
    {
        const double middle = floor(low + (high - low) / 2);

        if (middle <= low || middle >= high)
            break;
        if (rows_until(p, middle) < share * p->total)
            low = middle;
        else
            high = middle;
    }
    return rows_until(p, low) < share * p->total ? high : low;
}

/* A number in its column's units, to three digits, or a day. */
static const char *
unit_text(double units, const ss_marginal *m, const char *type, ss_arena *scratch)
{
    const bool date = strcmp(type, "date") == 0, moment = strncmp(type, "timestamp", 9) == 0;
    const double days = date ? units : units * (double) m->step / (double) SS_DAY_US;
    int64_t year, month, day;

    if ((date || moment) && days > (double) SS_DAY_FIRST && days < (double) SS_DAY_LAST)
    {
        ss_civil_of_days((int64_t) days - (days < 0 && !date), &year, &month, &day);
        return ss_strf(scratch, "%04lld-%02lld-%02lld", (long long) year, (long long) month,
                       (long long) day);
    }
    if (strncmp(type, "time", 4) == 0)
        return ss_strf(scratch, "%02lld:%02lld", (long long) (units / 3.6e9),
                       (long long) (units / 6e7) % 60);
    for (int i = 0; i < m->scale; i++)
        units /= 10;
    return ss_strf(scratch,
                   units > -1e6 && units < 1e6 && (units >= 100 || units <= -100) ? "%.0f" : "%.3g",
                   units);
}

static void
put_numbers(ss_layout *l, const ss_marginal *m, const char *type, ss_arena *scratch)
{
    const pieces p = pieces_of(m, scratch);
    histogram h = {.n = BUCKETS};
    double low, high, before;

    if (p.n == 0 || p.total <= 0)
        return;
    low = p.list[0].from;
    high = p.list[0].to;
    for (size_t i = 1; i < p.n; i++)
    {
        low = p.list[i].from < low ? p.list[i].from : low;
        high = p.list[i].to > high ? p.list[i].to : high;
    }
    /* A few far ones would leave all others in one bucket. */
    before = quantile(&p, .98, low, high);
    low = quantile(&p, .02, low, high);
    high = before;
    before = 0;
    for (size_t i = 0; i < h.n && high > low; i++)
    {
        const double until = rows_until(&p, low + (high - low) * (double) (i + 1) / (double) h.n);

        h.mass[i] = i == 0 ? until : until - before;
        before = until;
    }
    if (high > low)
        put_histogram(l, &h,
                      ss_strf(scratch, "%s to %s, but for a few; half up to %s",
                              unit_text(low, m, type, scratch), unit_text(high, m, type, scratch),
                              unit_text(quantile(&p, .5, low, high), m, type, scratch)));
    else
        ss_layout_line(l, INDENT, INDENT + 2,
                       ss_strf(scratch, "nearly all %s", unit_text(low, m, type, scratch)));
}

/* --- values ----------------------------------------------------------------------------------------- */

static void
put_bar(ss_layout *l, double share, const char *value)
{
    ss_buf text = {0};

    for (size_t i = 0; i < BAR && (double) i < share * BAR; i++)
        ss_buf_putc(&text, '#');
    ss_layout_to(l, INDENT);
    ss_layout_cell(l, ss_buf_text(&text), BAR, false);
    ss_buf_clear(&text);
    ss_buf_printf(&text, "%3.0f %% %s", 100 * share, value);
    ss_layout_to(l, INDENT + BAR + 1);
    ss_layout_text(l, ss_buf_text(&text), INDENT + BAR + 7);
    ss_layout_end(l);
    ss_buf_done(&text);
}

/* A value; of a declared one the model knows its place in the list alone, whose words are in the schema. */
static const char *
value_text(const ss_cell *c, const char *type, ss_arena *scratch)
{
    if (c->text != NULL)
        return ss_printable(scratch, c->text);
    if (strcmp(type, "boolean") == 0)
        return c->number == 0 ? "false" : "true";
    return ss_strf(scratch, "label %lld of %s", (long long) c->number + 1,
                   ss_printable(scratch, type));
}

static void
put_values(ss_layout *l, const ss_marginal *m, const char *type, ss_arena *scratch)
{
    const double total = (double) (m->values.total + m->rest);
    const ss_cell *c = NULL;
    size_t shown = 0;
    double others = (double) m->rest;

    while (total > 0 && (c = ss_cells_next_most(&m->values, c)) != NULL && c->count > 0)
    {
        if (shown == VALUES_SHOWN)
        {
            others += (double) c->count;
            continue;
        }
        shown++;
        put_bar(l, (double) c->count / total, value_text(c, type, scratch));
    }
    if (shown > 0 && others > 0)
        put_bar(l, others / total, "others, each with fewer");
}

/* --- the rest --------------------------------------------------------------------------------------- */

static void
put_cells(ss_layout *l, const ss_cells *cells, int64_t first, int64_t last, const char *words)
{
    const histogram h = of_cells(cells, first, last);

    if (cells->n > 0)
        put_histogram(l, &h, words);
}

/* Of weekday and hour together, each for itself. */
static void
put_weekday_hours(ss_layout *l, const ss_cells *cells, ss_arena *scratch)
{
    ss_cells days = {.cells = ss_alloc(scratch, cells->n + 1, sizeof(ss_cell)), .n = cells->n},
             hours = days;

    hours.cells = ss_alloc(scratch, cells->n + 1, sizeof(ss_cell));
    for (size_t i = 0; i < cells->n; i++)
    {
        days.cells[i] = hours.cells[i] = cells->cells[i];
        days.cells[i].number /= 100;
        hours.cells[i].number %= 100;
    }
    put_cells(l, &days, 1, 7, "Monday to Sunday");
    put_cells(l, &hours, 0, 23, "hours 0 to 23");
}

static void
put_ends(ss_layout *l, const ss_cells *cells, const char *what, ss_arena *scratch)
{
    if (cells->n > 1)
        put_cells(l, cells, cells->cells[0].number, cells->cells[cells->n - 1].number,
                  ss_strf(scratch, "%s %lld to %lld", what, (long long) cells->cells[0].number,
                          (long long) cells->cells[cells->n - 1].number));
}

static void
put_habits(ss_layout *l, const ss_habits *h, ss_arena *scratch)
{
    put_weekday_hours(l, &h->told[SS_HABIT_WEEKDAY_HOURS].cells, scratch);
    put_cells(l, &h->told[SS_HABIT_WEEKDAYS].cells, 1, 7, "Monday to Sunday");
    put_cells(l, &h->told[SS_HABIT_HOURS].cells, 0, 23, "hours 0 to 23");
    put_cells(l, &h->told[SS_HABIT_MONTHS].cells, 1, 12, "January to December");
    put_ends(l, &h->told[SS_HABIT_ELEMENTS].cells, "elements", scratch);
    put_ends(l, &h->told[SS_HABIT_SIZES].cells, "sizes", scratch);
}

void
ss_histograms_of_column(ss_layout *l, const ss_marginal *m, const char *type, ss_arena *scratch)
{
    switch (m->kind)
    {
    case SS_MARGINAL_NUMBER:
        put_numbers(l, m, type, scratch);
        break;
    case SS_MARGINAL_CATEGORIES:
    case SS_MARGINAL_REFERENCE:
        put_values(l, m, type, scratch);
        break;
    case SS_MARGINAL_SHAPE:
        put_ends(l, &m->lengths, "lengths", scratch);
        put_ends(l, &m->codes,
                 strncmp(type, "date", 4) == 0 || strncmp(type, "timestamp", 9) == 0
                     ? "decades since 2000:"
                     : "digits (below 0: of negative numbers)",
                 scratch);
        break;
    case SS_MARGINAL_NONE:
    case SS_MARGINAL_NULL:
    case SS_MARGINAL_CONSTANT:
    case SS_MARGINAL_KEY:
        break;
    }
    if (m->habits != NULL)
        put_habits(l, m->habits, scratch);
}

void
ss_histogram_of_children(ss_layout *l, const ss_fan_out *f, ss_arena *scratch)
{
    put_ends(l, &f->children, "children:", scratch);
}
