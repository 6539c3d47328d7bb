#include "report/inspect_habits.h"

#include "model/document.h"

#define SHARES_SHOWN 3    /* of granularity, endings and templates, those with most */
#define LEAST_SHARE  .005 /* of them, what rounds to 0 % is not shown */

static double
share(const ss_habit_told *told, uint64_t count)
{
    return (double) count / (double) (told->cells.total + told->rest);
}

static void
put_calendar(ss_buf *out, const ss_habits *h)
{
    static const char *const at[] = {
        "at midnight",        "on the hour",        "on the half hour", "on the quarter",
        "on ten minutes",     "on five minutes",    "on the minute",    "on the second",
        "on the millisecond", "on the microsecond",
    };
    const ss_habit_told *granularity = &h->told[SS_HABIT_GRANULARITY];
    const ss_cell *c = NULL;

    if (h->told[SS_HABIT_WEEKDAY_HOURS].cells.n > 0)
        ss_buf_printf(out, "; by weekday and hour%s%s%s", h->zone == NULL ? "" : " (",
                      h->zone == NULL ? "" : h->zone, h->zone == NULL ? "" : ")");
    if (h->told[SS_HABIT_WEEKDAYS].cells.n > 0)
        ss_buf_puts(out, "; by weekday");
    if (h->told[SS_HABIT_HOURS].cells.n > 0)
        ss_buf_puts(out, "; by hour");
    if (h->told[SS_HABIT_MONTHS].cells.n > 0)
        ss_buf_puts(out, ", day and month");
    for (size_t i = 0;
         i < SHARES_SHOWN && (c = ss_cells_next_most(&granularity->cells, c)) != NULL &&
         share(granularity, c->count) >= LEAST_SHARE;
         i++)
        ss_buf_printf(out, "%s %.0f %% %s", i == 0 ? ";" : ",", 100 * share(granularity, c->count),
                      at[c->number]);
}

/* A whole number of units, as its column has it: 5 of scale 2 is 0.05. */
static void
put_units(ss_buf *out, int64_t units, int scale)
{
    int64_t one = 1;

    for (; scale > 0 && units % 10 == 0; scale--)
        units /= 10;
    for (int i = 0; i < scale && i < 18; i++)
        one *= 10;
    ss_buf_printf(out, "%lld", (long long) (units / one));
    if (scale > 0)
        ss_buf_printf(out, ".%0*lld", scale < 18 ? scale : 18, (long long) (units % one));
}

static void
put_numbers(ss_buf *out, const ss_habits *h, int scale)
{
    const ss_habit_told *steps = &h->told[SS_HABIT_STEPS], *endings = &h->told[SS_HABIT_ENDINGS];
    const ss_cell *c = NULL;

    if (steps->cells.n > 0)
    {
        ss_buf_printf(out, "; %s multiples of ", steps->rest == 0 ? "all" : "nearly all");
        put_units(out, steps->cells.cells[0].number, scale);
    }
    for (size_t i = 0; i < SHARES_SHOWN && (c = ss_cells_next_most(&endings->cells, c)) != NULL &&
                       share(endings, c->count) >= LEAST_SHARE;
         i++)
        ss_buf_printf(out, "%s %02lld (%.0f %%)", i == 0 ? "; ending with" : ",",
                      (long long) c->number, 100 * share(endings, c->count));
    if (endings->cells.n > 0 && h->place > 1)
    {
        ss_buf_puts(out, " at the place of ");
        put_units(out, h->place, scale);
    }
}

static void
put_texts(ss_buf *out, const ss_habits *h)
{
    static const struct
    {
        ss_habit habit;
        const char *words;
    } shares[] = {{SS_HABIT_EMPTY, "empty"},
                  {SS_HABIT_BLANK, "blank"},
                  {SS_HABIT_LEADING_BLANK, "with leading blanks"},
                  {SS_HABIT_TRAILING_BLANK, "with trailing blanks"},
                  {SS_HABIT_BEYOND_ASCII, "beyond ASCII"},
                  {SS_HABIT_LINE_ENDS, "with line ends"}};

    static const char *const letters[] = {"without letters", "small letters", "capitals",
                                          "Title Case",      "Sentence case", "mixed case"};
    const ss_habit_told *templates = &h->told[SS_HABIT_TEMPLATES],
                        *cased = &h->told[SS_HABIT_LETTER_CASE];
    const ss_cell *c = NULL;

    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
    {
        const ss_habit_told *told = &h->told[shares[i].habit];

        if (told->cells.n > 0)
            ss_buf_printf(out, "; %.0f %% %s",
                          100 * share(told, told->cells.cells[told->cells.n - 1].count),
                          shares[i].words);
    }
    if ((c = ss_cells_next_most(&cased->cells, c)) != NULL)
        ss_buf_printf(out, "; %.0f %% %s", 100 * share(cased, c->count), letters[c->number]);
    c = NULL;
    for (size_t i = 0; i < SHARES_SHOWN && (c = ss_cells_next_most(&templates->cells, c)) != NULL &&
                       share(templates, c->count) >= LEAST_SHARE;
         i++)
        ss_buf_printf(out, "%s %s (%.0f %%)", i == 0 ? "; like" : ",", c->text,
                      100 * share(templates, c->count));
    if (templates->cells.n > SHARES_SHOWN)
        ss_buf_printf(out, " and %zu more", templates->cells.n - SHARES_SHOWN);
}

/* Texts that most have, with their share of all rows; they may have several. */
static void
put_mentions(ss_buf *out, const ss_habit_told *told, const char *before, uint64_t rows)
{
    const ss_cell *c = NULL;

    for (size_t i = 0;
         i < SHARES_SHOWN && rows > 0 && (c = ss_cells_next_most(&told->cells, c)) != NULL; i++)
        ss_buf_printf(out, "%s %s (%.0f %%)", i == 0 ? before : ",", c->text,
                      100 * (double) c->count / (double) rows);
    if (told->cells.n > SHARES_SHOWN)
        ss_buf_printf(out, " and %zu more", told->cells.n - SHARES_SHOWN);
}

static void
put_times(ss_buf *out, const ss_document *d)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++)
    {
        if (d->nodes[i].time != NULL && n++ < SHARES_SHOWN)
            ss_buf_printf(out, "%s %s", n == 1 ? "; times at" : ",", d->nodes[i].path);
    }
    if (n > SHARES_SHOWN)
        ss_buf_printf(out, " and %zu more", n - SHARES_SHOWN);
}

/* At how many places values are told, which keys go together, and which are data. */
static void
put_document(ss_buf *out, const ss_document *d)
{
    const char *separator = "; keys that are data at ";
    size_t told = 0;

    for (size_t i = 0; i < d->n; i++)
        told += d->nodes[i].marginal != NULL && d->nodes[i].type != SS_NODE_OBJECT;
    ss_buf_printf(out, "; values at %zu place%s", told, told == 1 ? "" : "s");
    for (size_t i = 0; i < d->n; i++)
    {
        const ss_node *node = &d->nodes[i];

        if (node->variants.cells.n > 1)
            ss_buf_printf(out, "; %zu sets of keys at %s%s%s", node->variants.cells.n, node->path,
                          node->by == NULL ? "" : " by ", node->by == NULL ? "" : node->by + 1);
    }
    put_times(out, d);
    for (size_t i = 0; i < d->n; i++)
    {
        if (d->nodes[i].type != SS_NODE_OBJECT || d->nodes[i].sizes.cells.n == 0)
            continue;
        ss_buf_printf(out, "%s%s", separator, d->nodes[i].path);
        separator = ", ";
    }
}

static void
put_parts(ss_buf *out, const ss_habits *h, uint64_t rows)
{
    const ss_habit_told *prefixes = &h->told[SS_HABIT_PREFIXES],
                        *versions = &h->told[SS_HABIT_VERSIONS];
    const ss_cell *c = NULL;

    if (h->told[SS_HABIT_ELEMENTS].cells.n > 0)
        ss_buf_puts(out, "; by number of elements");
    if (h->told[SS_HABIT_SIZES].cells.n > 0)
        ss_buf_puts(out, "; by size");
    if (h->told[SS_HABIT_BOUNDS].cells.n > 0)
        ss_buf_puts(out, "; by which bounds they have");
    for (size_t i = 0; i < SHARES_SHOWN && (c = ss_cells_next_most(&prefixes->cells, c)) != NULL &&
                       share(prefixes, c->count) >= LEAST_SHARE;
         i++)
        ss_buf_printf(out, "%s IPv%lld/%lld (%.0f %%)", i == 0 ? ";" : ",",
                      (long long) c->number / 1000, (long long) c->number % 1000,
                      100 * share(prefixes, c->count));
    c = NULL;
    for (size_t i = 0; i < SHARES_SHOWN && (c = ss_cells_next_most(&versions->cells, c)) != NULL &&
                       share(versions, c->count) >= LEAST_SHARE;
         i++)
        ss_buf_printf(out, "%s version %lld (%.0f %%)", i == 0 ? ";" : ",", (long long) c->number,
                      100 * share(versions, c->count));
    put_mentions(out, &h->told[SS_HABIT_ELEMENT_VALUES], "; elements", rows);
    put_mentions(out, &h->told[SS_HABIT_PATHS], "; paths", rows);
    if (h->document != NULL)
        put_document(out, h->document);
}

void
ss_inspect_habits(ss_buf *out, const ss_marginal *m)
{
    if (m->habits == NULL)
        return;
    put_calendar(out, m->habits);
    put_numbers(out, m->habits, m->scale);
    put_texts(out, m->habits);
    put_parts(out, m->habits, m->count - m->nulls);
}
