/*
 * Times of rows: how far they are from a sibling's, a parent's, the end of their table.
 *
 * Each is told where it says something: where it differs from what would be if siblings, parents or days were others.
 */
#include <math.h>
#include <stdlib.h>

#include "base/divide.h"
#include "base/order.h"
#include "fit/relations_internal.h"

#define INTERVALS     32
#define LOOKED_AT     16384 /* rows or so, to see whether a distance says anything */
#define AGE_INTERVALS 16
#define AGE_ROWS      200  /* fewer in the last bin say nothing of its days */
#define AGE_CODES     64   /* of a column that may change with them */
#define DIFFERENCE    0.05 /* of two distributions, at most, that are as good as the same */
#define NARROWER      0.75 /* of a time's own spread: a distance that is wider would blur it */
#define OTHER         769 /* rows between a child and the one whose parent it is given as if by chance */
#define DAY_SECONDS   INT64_C(86400)
#define DAY_MICROS    (DAY_SECONDS * 1000000)

/* A time of row r in the units of column grid of the table of g. */
static bool
time_of(const ss_fit_kept *k, size_t column, size_t r, const ss_fit_kept *g, size_t grid,
        int64_t *units)
{
    const bool days = k->columns[column].step == 1;

    if (!k->known[column][r])
        return false;
    *units = k->units[column][r];
    if (g->columns[grid].step == 1)
        *units = days ? *units : ss_floor_div(*units, DAY_MICROS);
    else
        *units = days ? *units * DAY_SECONDS : ss_floor_div(*units, g->columns[grid].step);
    return true;
}

/* The greatest difference of two distributions (Kolmogorov and Smirnov); 0 where chance would have as much, one time in a thousand. */
static double
difference(int64_t *a, size_t n, int64_t *b, size_t m)
{
    double most = 0;
    size_t i = 0, k = 0;

    if (n < ROWS_MIN || m < ROWS_MIN)
        return 0;
    ss_sort_i64(a, n);
    ss_sort_i64(b, m);
    while (i < n && k < m)
    {
        const int64_t v = a[i] < b[k] ? a[i] : b[k];

        while (i < n && a[i] == v)
            i++;
        while (k < m && b[k] == v)
            k++;
        most = fmax(most, fabs((double) i / (double) n - (double) k / (double) m));
    }
    return most > 1.95 * sqrt(1.0 / (double) n + 1.0 / (double) m) ? most : 0;
}

/* From the first to the third quarter of what is sorted. */
static double
spread(const int64_t *sorted, size_t n)
{
    return n == 0 ? 0 : (double) sorted[n / 4 * 3] - (double) sorted[n / 4];
}

static uint64_t
mixed(uint64_t v)
{
    v = (v ^ (v >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    v = (v ^ (v >> 27)) * UINT64_C(0x94d049bb133111eb);
    return v ^ (v >> 31);
}

static ss_distance
coded(const ss_relations *f, const ss_fit_kept *k, const ss_numbers *numbers, uint32_t intervals)
{
    ss_book *book = ss_relations_book(f, k, numbers, intervals, true);
    ss_distance d = {.book = book, .codes = ss_alloc(f->scratch, k->rows.n + 1, sizeof *d.codes)};

    book->nulls = true;
    for (size_t r = 0; r < k->rows.n; r++)
        d.codes[r] = numbers->known[r] ? (uint16_t) ss_book_bin(book, numbers->units[r])
                                       : (uint16_t) ss_book_null(book);
    return d;
}

/* --- the sibling before ----------------------------------------------------------------------------- */

typedef struct dealt /* a time, to be dealt to a family of so many */
{
    uint32_t siblings;
    uint64_t place;
    int64_t time;
} dealt;

/* Gaps of families of the same sizes whose times anybody could have had. */
static size_t
dealt_gaps(const dealt *list, size_t n, ss_ranked *order, int64_t *times, int64_t *gaps)
{
    size_t ngaps = 0;

    for (size_t i = 0; i < n; i++)
        order[i] = (ss_ranked){list[i].place, i};
    ss_sort_ranked(order, n);
    for (size_t i = 0; i < n; i++)
        order[i].key = list[order[i].of].siblings;
    ss_sort_ranked(order, n);
    for (size_t first = 0; first < n && first + order[first].key <= n;)
    {
        const size_t siblings = (size_t) order[first].key;

        for (size_t i = 0; i < siblings; i++)
            times[i] = list[order[first + i].of].time;
        ss_sort_i64(times, siblings);
        for (size_t i = 1; i < siblings; i++)
            gaps[ngaps++] = times[i] - times[i - 1];
        first += siblings;
    }
    return ngaps;
}

static void
find_gaps(const ss_relations *f, ss_relative *m, const uint32_t *counts)
{
    const ss_fit_kept *k = m->k;
    const size_t n = k->rows.n;
    ss_arena *scratch = ss_arena_new(f->scratch);
    ss_numbers gaps = {ss_alloc(scratch, n + 1, sizeof(int64_t)),
                       ss_alloc(scratch, n + 1, sizeof(bool))};
    int64_t *real = ss_alloc(scratch, n + 1, sizeof *real);
    int64_t *chance = ss_alloc(scratch, n + 1, sizeof *chance);
    int64_t *times = ss_alloc(scratch, n + 1, sizeof *times);
    dealt *deal = ss_alloc(scratch, n + 1, sizeof *deal);
    ss_ranked *order = ss_alloc(scratch, n + 1, sizeof *order);
    const size_t one_in = 1 + n / LOOKED_AT; /* families */
    size_t nreal = 0, ndealt = 0, nchance;
    double differs, own;

    for (size_t r = 0; r < n; r++)
    {
        const bool looked_at = mixed(m->parent[r]) % one_in == 0;
        int64_t own_time, before;

        if (m->parent[r] == NOWHERE || !time_of(k, k->when, r, k, k->when, &own_time))
            continue;
        if (counts[m->parent[r]] > 1 && looked_at)
        {
            times[ndealt] = own_time;
            deal[ndealt++] = (dealt){counts[m->parent[r]], mixed(r), own_time};
        }
        if (m->previous[r] == NOWHERE || !time_of(k, k->when, m->previous[r], k, k->when, &before))
            continue;
        gaps.units[r] = own_time - before;
        gaps.known[r] = true;
        if (looked_at)
            real[nreal++] = gaps.units[r];
    }
    if (nreal >= ROWS_MIN)
    {
        ss_sort_i64(times, ndealt);
        own = spread(times, ndealt);
        nchance = dealt_gaps(deal, ndealt, order, times, chance);
        differs = difference(real, nreal, chance, nchance);
        if (differs > DIFFERENCE && spread(real, nreal) < NARROWER * own)
            m->gap = coded(f, k, &gaps, INTERVALS);
    }
    ss_arena_free(scratch);
}

/* --- a parent ---------------------------------------------------------------------------------------- */

/* By one of its times: how widely it is spread; infinity: it says nothing, or only of few rows. */
static double
find_offset(const ss_relations *f, const ss_fit_kept *k, const ss_fit_kept *p, size_t from,
            const uint32_t *parent, const uint32_t *rows, size_t nrows, ss_numbers *offsets)
{
    ss_arena *scratch = ss_arena_new(f->scratch);
    int64_t *real = ss_alloc(scratch, nrows + 1, sizeof *real);
    int64_t *chance = ss_alloc(scratch, nrows + 1, sizeof *chance);
    int64_t *times = ss_alloc(scratch, nrows + 1, sizeof *times);
    const size_t one_in = 1 + nrows / LOOKED_AT;
    size_t n = 0, nchance = 0;
    double wide = INFINITY;

    for (size_t i = 0; i < nrows; i++)
    {
        const size_t r = rows[i], other = rows[(i + OTHER) % nrows];
        int64_t own, theirs;

        if (!time_of(k, k->when, r, k, k->when, &own))
            continue;
        if (time_of(p, from, parent[r], k, k->when, &theirs))
        {
            offsets->units[r] = own - theirs;
            offsets->known[r] = true;
        }
        if (i % one_in > 0)
            continue;
        if (offsets->known[r])
        {
            times[n] = own;
            real[n++] = own - theirs;
        }
        if (time_of(p, from, parent[other], k, k->when, &theirs))
            chance[nchance++] = own - theirs;
    }
    ss_sort_i64(times, n);
    if (2 * n * one_in >= nrows && difference(real, n, chance, nchance) > DIFFERENCE &&
        spread(real, n) < NARROWER * spread(times, n))
        wide = spread(real, n);
    ss_arena_free(scratch);
    return wide;
}

ss_distance
ss_relations_offset(const ss_relations *f, const ss_fit_kept *k, size_t reference,
                    const uint32_t *parent, const bool *which)
{
    const ss_fit_kept *p = f->members[k->references[reference].parent].k;
    ss_arena *scratch = ss_arena_new(f->scratch);
    uint32_t *rows = ss_alloc(scratch, k->rows.n + 1, sizeof *rows);
    ss_numbers best = {0};
    size_t n = 0, from = SS_NONE;
    double narrowest = INFINITY;
    ss_distance d = {0};

    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        if (parent[r] != NOWHERE && (which == NULL || which[r]))
            rows[n++] = r;
    }
    for (size_t c = 0; c < p->table->ncolumns && n >= ROWS_MIN && k->when != SS_NONE; c++)
    {
        ss_numbers offsets;
        double wide;

        if (!p->columns[c].is_time || p->columns[c].values == NULL || p->units[c] == NULL)
            continue;
        offsets = (ss_numbers){ss_alloc(scratch, k->rows.n + 1, sizeof(int64_t)),
                               ss_alloc(scratch, k->rows.n + 1, sizeof(bool))};
        wide = find_offset(f, k, p, c, parent, rows, n, &offsets);
        if (wide >= narrowest)
            continue;
        narrowest = wide;
        from = c;
        best = offsets;
    }
    if (from != SS_NONE)
    {
        d = coded(f, k, &best, INTERVALS);
        d.from = from;
    }
    ss_arena_free(scratch);
    return d;
}

void
ss_relations_gaps(const ss_relations *f, ss_relative *m, const uint32_t *counts)
{
    const ss_fit_kept *k = m->k;
    bool *firsts = ss_alloc(f->scratch, k->rows.n + 1, sizeof *firsts);

    if (k->when == SS_NONE)
        return;
    find_gaps(f, m, counts);
    for (size_t r = 0; r < k->rows.n; r++)
        firsts[r] = m->previous[r] == NOWHERE;
    m->offset = ss_relations_offset(f, k, m->owner, m->parent, firsts);
}

/* --- the end ----------------------------------------------------------------------------------------- */

/* The end of the day on which, or after which, there are rows of k people. */
static bool
find_end(const ss_relations *f, const ss_fit_kept *k, const int64_t *sorted, size_t n,
         const int64_t *units, int64_t *end)
{
    const int64_t day = k->columns[k->when].step == 1 ? 1 : DAY_SECONDS;
    const ss_people *people = &k->people;
    uint64_t *sets = ss_alloc(f->scratch, people->npaths * people->k + 1, sizeof *sets);

    for (size_t i = n, rows = 0; i > 0; i--)
    {
        const size_t r = (size_t) sorted[i - 1];

        for (size_t p = 0; p < people->npaths; p++)
            ss_people_put(sets + p * people->k, people->k,
                          k->rows.subjects[r * people->npaths + p]);
        rows++;
        if (rows < people->k || !ss_people_enough(people, sets))
            continue;
        *end = (ss_floor_div(units[r], day) + 1) * day;
        return true;
    }
    return false;
}

/* Are rows of the older and the newer half told apart by the column?  Chi-squared, five standard deviations above its mean. */
static bool
tells_halves_apart(const ss_coded_column *c, const ss_fit_unit *list, size_t n)
{
    uint32_t counts[2][AGE_CODES] = {{0}};
    double chi2 = 0, df = -1;

    if (c->ncodes > AGE_CODES)
        return false;
    for (size_t i = 0; i < n; i++)
        counts[i >= n / 2][c->codes[list[i].row]]++;
    for (uint32_t v = 0; v < c->ncodes; v++)
    {
        const double both = counts[0][v] + counts[1][v];
        const double older = both * (double) (n / 2) / (double) n, newer = both - older;

        if (older < 5 || newer < 5)
            continue;
        chi2 += (counts[0][v] - older) * (counts[0][v] - older) / older +
                (counts[1][v] - newer) * (counts[1][v] - newer) / newer;
        df++;
    }
    return df > 0 && chi2 > df + 5 * sqrt(2 * df) + 10;
}

void
ss_relations_age(const ss_relations *f, ss_relative *m)
{
    const ss_fit_kept *k = m->k;
    const size_t n = k->rows.n;
    ss_arena *scratch;
    ss_numbers ages;
    size_t when = 0, nlast = 0, nall = 0;
    int64_t *units, *sorted, end;
    uint16_t last;
    bool differs = false;
    ss_fit_unit *list, *all;

    while (k->when != SS_NONE && when < k->n && k->books[when]->column != k->when)
        when++;
    if (k->when == SS_NONE || when == k->n || k->books[when]->kind != SS_BOOK_BINS)
        return;
    scratch = ss_arena_new(f->scratch);
    list = ss_alloc(scratch, n + 1, sizeof *list);
    all = ss_alloc(scratch, n + 1, sizeof *all);
    units = ss_alloc(scratch, n + 1, sizeof *units);
    sorted = ss_alloc(scratch, n + 1, sizeof *sorted);
    ages = (ss_numbers){ss_alloc(scratch, n + 1, sizeof(int64_t)),
                        ss_alloc(scratch, n + 1, sizeof(bool))};
    for (size_t r = 0; r < n; r++)
    {
        if (!time_of(k, k->when, r, k, k->when, &units[r]))
            continue;
        all[nall++] = (ss_fit_unit){units[r], r};
    }
    ss_fit_sort_units(all, nall);
    /* Where the last is a spike, values before it may have a greater code. */
    last = nall == 0 ? 0 : k->rows.columns[when].codes[all[nall - 1].row];
    for (size_t i = 0; i < nall; i++)
    {
        sorted[i] = (int64_t) all[i].row;
        if (k->rows.columns[when].codes[all[i].row] == last)
            list[nlast++] = all[i];
    }
    for (size_t c = 0; c < k->n && nlast >= AGE_ROWS; c++)
        differs = differs || (c != when && tells_halves_apart(&k->rows.columns[c], list, nlast));
    if (differs && find_end(f, k, sorted, nall, units, &end))
    {
        for (size_t i = 0; i < nlast; i++)
        {
            const size_t r = list[i].row;

            ages.units[r] = units[r] < end ? end - units[r] : 0;
            ages.known[r] = true;
        }
        m->age = coded(f, k, &ages, AGE_INTERVALS);
        m->age.end = end;
    }
    ss_arena_free(scratch);
}
