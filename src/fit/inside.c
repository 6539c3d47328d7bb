#include "fit/inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "stats/distribution.h"

#define PEOPLE_MIN   50 /* fewer: values are spread evenly (design 5.7) */
#define INNER_POINTS 1  /* between two edges a bin is a 64th of the rows: its middle will do */
#define OUTER_POINTS 15 /* the tails are told more of */

typedef struct world
{
    const ss_sample *sample;
    const ss_people *people;
    const ss_book *book;
    uint64_t *sets;
} world;

/* The bin's own value, which is told of elsewhere. */
static bool
in_spike(const ss_book *book, int64_t value)
{
    return book->spike[ss_book_bin(book, value)];
}

/* Of the values that are in no spike: of people held out, or of the others. */
static bool
taken(const world *w, const ss_fit_unit *unit, bool held)
{
    return (w->sample->who[unit->row] % SS_SAMPLE_PARTS < SS_SAMPLE_HELD) == held &&
           !in_spike(w->book, unit->value);
}

/* A cell each of equal values. */
static size_t
exact_cells(const world *w, const ss_fit_unit *units, size_t n, ss_grid_cell *cells)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
    {
        if (!taken(w, &units[i], true))
            continue;
        if (m == 0 || cells[m - 1].low != units[i].value)
            cells[m++] = (ss_grid_cell){.low = units[i].value, .high = units[i].value};
        cells[m - 1].rows++;
    }
    return m;
}

/* Neighbouring values together until k people have one of them; what is left at the end joins the last cell. */
static size_t
cells_of_people(const world *w, const ss_fit_unit *units, size_t n, ss_grid_cell *cells)
{
    const ss_people *p = w->people;
    size_t m = 0;
    bool enough = true, open = false;

    for (size_t i = 0; i < n; i++)
    {
        const uint64_t *subjects = w->sample->subjects + units[i].row * p->npaths;

        if (!taken(w, &units[i], false))
            continue;
        if (enough && (!open || units[i].value != cells[m - 1].high))
        {
            cells[m++] = (ss_grid_cell){.low = units[i].value, .high = units[i].value};
            memset(w->sets, 0, (p->npaths * p->k + 1) * sizeof *w->sets);
            open = true;
            enough = false;
        }
        cells[m - 1].high = units[i].value;
        cells[m - 1].rows++;
        ss_people_add(p, w->sets, subjects);
        enough = enough || (cells[m - 1].rows >= p->k && ss_people_enough(p, w->sets));
    }
    if (!enough && m > 1)
    {
        cells[m - 2].high = cells[m - 1].high;
        cells[m - 2].rows += cells[m - 1].rows;
        m--;
    }
    return enough || m > 1 ? m : 0;
}

static void
tell_family(const ss_distribution *d, ss_arena *result, ss_book *book)
{
    const ss_family *family;

    book->family = "quantiles";
    if (d->law == NULL)
        return;
    family = d->law->family;
    book->family = family->name;
    book->parameters = ss_alloc(result, family->nparams + 2, sizeof *book->parameters);
    for (size_t i = 0; i < family->nparams; i++)
        book->parameters[book->nparameters++] =
            ss_strf(result, "%s %.4g", family->params[i].name, d->law->params[i]);
    if (family->support != SS_SUPPORT_LINE)
        book->parameters[book->nparameters++] = ss_strf(result, "from %.4g", d->law->origin);
}

/* Points of each bin: few where it is narrow, more in the tails. */
static void
tell_points(const ss_distribution *d, ss_arena *result, ss_book *book)
{
    uint32_t first = book->nvalues, last = 0, n = 0;

    for (uint32_t b = 0; b < book->nvalues; b++)
    {
        if (book->spike[b])
            continue;
        first = first == book->nvalues ? b : first;
        last = b;
    }
    book->inside = ss_alloc(result, book->nvalues + 1, sizeof *book->inside);
    book->points =
        ss_alloc(result, book->nvalues * INNER_POINTS + 2 * OUTER_POINTS, sizeof *book->points);
    for (uint32_t b = 0; b < book->nvalues; b++)
    {
        const uint32_t m = b == first || b == last ? OUTER_POINTS : INNER_POINTS;
        const int64_t least = ss_book_least(book, b);
        const int64_t low = least == INT64_MIN ? INT64_MIN + 1 : least;
        double fractions[OUTER_POINTS];

        book->inside[b] = n;
        if (book->spike[b])
            continue;
        for (uint32_t i = 0; i < m; i++)
            fractions[i] = (i + 1.0) / (m + 1.0);
        ss_distribution_points(d, low, book->upper[b], fractions, m, book->points + n);
        n += m;
    }
    book->inside[book->nvalues] = n;
}

void
ss_fit_sort_units(ss_fit_unit *units, size_t n)
{
    ss_ranked *list = ss_must(malloc((n + 1) * sizeof *list));

    for (size_t i = 0; i < n; i++)
        list[i] = (ss_ranked){ss_rank_of_i64(units[i].value), units[i].row};
    ss_sort_ranked(list, n);
    for (size_t i = 0; i < n; i++)
        units[i] = (ss_fit_unit){ss_i64_of_rank(list[i].key), (size_t) list[i].of};
    ss_wipe(list, n * sizeof *list);
    free(list);
}

uint64_t
ss_fit_most_rows(const ss_sample *s)
{
    uint64_t *list = ss_must(calloc(s->n + 1, sizeof *list)), most = 1;

    for (size_t p = 0; p < s->npaths; p++)
    {
        size_t n = 0;

        for (size_t r = 0; r < s->n; r++)
        {
            list[n] = s->subjects[r * s->npaths + p];
            n += list[n] != 0;
        }
        ss_sort_u64(list, n);
        for (size_t first = 0, last; first < n; first = last)
        {
            for (last = first; last < n && list[last] == list[first];)
                last++;
            most = last - first > most ? last - first : most;
        }
    }
    ss_wipe(list, s->n * sizeof *list);
    free(list);
    return most;
}

void
ss_fit_inside(const ss_fit_unit *units, size_t n, const ss_sample *sample, const ss_people *people,
              uint64_t most, ss_arena *result, ss_book *book)
{
    ss_arena *scratch = ss_arena_new(NULL);
    world w = {.sample = sample,
               .people = people,
               .book = book,
               .sets = ss_alloc(scratch, people->npaths * people->k + 1, sizeof *w.sets)};
    ss_grid_cell *rows = ss_alloc(scratch, n + 1, sizeof *rows);
    ss_grid_cell *held = ss_alloc(scratch, n + 1, sizeof *held);
    const size_t nrows = cells_of_people(&w, units, n, rows);
    const size_t nheld = exact_cells(&w, units, n, held);
    uint64_t all = 0;

    for (size_t i = 0; i < nrows; i++)
        all += rows[i].rows;
    /* So many rows are surely 50 people's. */
    if (all > (PEOPLE_MIN - 1) * most)
    {
        const ss_distribution_options o = {.least_rows = 1,
                                           .many_rows = (PEOPLE_MIN - 1) * most + 1,
                                           .rows_per_subject = sqrt((double) most)};
        ss_distribution_choice choice;

        ss_distribution_choose(rows, nrows, held, nheld, &o, scratch, &choice);
        tell_family(&choice.distribution, result, book);
        tell_points(&choice.distribution, result, book);
    }
    ss_arena_free(scratch);
}
