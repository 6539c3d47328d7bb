#include "fit/beside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/pair_copula.h"

#define ROWS_MAX    32768 /* that are looked at */
#define PEOPLE_MIN  500   /* whose rows show it; and k */
#define SCREEN_ROWS 2048  /* by which it is seen who may be a partner */
#define NUMBERS_MAX 256   /* columns that may have one or be one */
#define PARTNERS    3     /* that are looked at closely */
#define ERRORS      5     /* that a dependence is away from none: some thousand pairs are tried */
#define NOISE       5     /* nats by which all people held out must like it */
#define LEAST       3     /* hundredths: less is not worth telling */

typedef struct world
{
    const ss_fit_number *numbers;
    const ss_sample *sample;
    const ss_people *people;
    size_t nrows;
    ss_arena *scratch;
    ss_pair_row *rows; /* working list */
    uint64_t *sets;
} world;

/* Does the row have a value of number i that its bin says not all of? */
static bool
inside(const world *w, size_t i, size_t r)
{
    const ss_book *book = w->numbers[i].book;
    const uint16_t code = w->numbers[i].codes[r];

    return code < book->nvalues && !book->spike[code];
}

static bool
held_out(const world *w, size_t r)
{
    return w->sample->who[r] % SS_SAMPLE_PARTS < SS_SAMPLE_HELD;
}

/* Correlation of the codes of two numbers, in rows that have both: its size. */
static double
together(const world *w, size_t i, size_t j)
{
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0, spread;

    for (size_t r = 0; r < w->nrows && r < SCREEN_ROWS; r++)
    {
        const double a = w->numbers[i].codes[r], b = w->numbers[j].codes[r];

        if (!inside(w, i, r) || !inside(w, j, r))
            continue;
        n++;
        x += a;
        y += b;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    spread = (n * xx - x * x) * (n * yy - y * y);
    return spread > 0 ? fabs(n * xy - x * y) / sqrt(spread) : 0;
}

/* --- how far into its bin a value lies -------------------------------------------------------------- */

typedef struct value
{
    uint16_t code;
    int64_t unit;
    uint32_t row;
} value;

static int
by_value(const void *a, const void *b)
{
    const value *x = a, *y = b;

    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Of each row, 0 .. 1: middle ranks among those of the bin. */
static double *
fractions(const world *w, size_t i)
{
    value *values = ss_alloc(w->scratch, w->nrows + 1, sizeof *values);
    double *out = ss_alloc(w->scratch, w->nrows + 1, sizeof *out);
    size_t n = 0;

    for (uint32_t r = 0; r < w->nrows; r++)
    {
        if (inside(w, i, r))
            values[n++] = (value){w->numbers[i].codes[r], w->numbers[i].units[r], r};
    }
    if (n > 0)
        qsort(values, n, sizeof *values, by_value);
    for (size_t first = 0, last; first < n; first = last)
    {
        for (last = first; last < n && values[last].code == values[first].code;)
            last++;
        for (size_t from = first, to; from < last; from = to)
        {
            for (to = from; to < last && values[to].unit == values[from].unit;)
                to++;
            for (size_t v = from; v < to; v++)
                out[values[v].row] =
                    ((double) (from + to) / 2 - (double) first) / (double) (last - first);
        }
    }
    return out;
}

/* --- one pair --------------------------------------------------------------------------------------- */

static bool
enough_people(const world *w, size_t i, size_t j)
{
    const size_t k = w->people->k > PEOPLE_MIN ? w->people->k : PEOPLE_MIN;
    const ss_people many = {
        .k = k, .npaths = w->people->npaths, .may_be_empty = w->people->may_be_empty};
    size_t n = 0;

    memset(w->sets, 0, (many.npaths * k + 1) * sizeof *w->sets);
    for (size_t r = 0; r < w->nrows; r++)
    {
        if (held_out(w, r) || !inside(w, i, r) || !inside(w, j, r))
            continue;
        n++;
        for (size_t p = 0; p < many.npaths; p++)
            ss_people_put(w->sets + p * k, k, w->sample->subjects[r * many.npaths + p]);
        if (n >= k && many.npaths > 0 && ss_people_full(&many, w->sets))
            return true;
    }
    return n >= k && (many.npaths == 0 || ss_people_enough(&many, w->sets));
}

/* By one row of each person, of whom a sample has all rows together: nobody shows it alone. */
static void
fit_pair(const world *w, size_t i, size_t j, ss_pair_copula *fit)
{
    size_t n = 0;

    for (size_t r = 0; r < w->nrows; r++)
    {
        const ss_fit_number *x = &w->numbers[i], *y = &w->numbers[j];

        if (held_out(w, r) || !inside(w, i, r) || !inside(w, j, r) ||
            (n > 0 && w->rows[n - 1].who == w->sample->who[r]))
            continue;
        w->rows[n++] = (ss_pair_row){.cell = (uint32_t) x->codes[r] * SS_CODES_MAX + y->codes[r],
                                     .who = w->sample->who[r],
                                     .x = x->units[r],
                                     .y = y->units[r]};
    }
    ss_pair_copula_fit(w->rows, n, fit);
}

/* Do people held out lie inside of bins as it says? */
static bool
helps(const world *w, size_t i, size_t j, int rho)
{
    const double *u = fractions(w, i), *v = fractions(w, j);
    double nats = 0;

    for (size_t r = 0; r < w->nrows; r++)
    {
        if (held_out(w, r) && inside(w, i, r) && inside(w, j, r))
            nats += ss_pair_copula_log_density(rho, u[r], v[r]);
    }
    return nats > NOISE;
}

/* The best partner of number i among those before it. */
static void
find_partner(world *w, size_t i)
{
    size_t partners[PARTNERS], n = 0, best = 0;
    double sizes[PARTNERS];
    ss_pair_copula found = {0};

    for (size_t j = 0; j < i; j++)
    {
        const double size = together(w, i, j);
        size_t at = n < PARTNERS ? n++ : PARTNERS;

        for (; at > 0 && size > sizes[at - 1]; at--)
        {
            if (at < PARTNERS)
            {
                sizes[at] = sizes[at - 1];
                partners[at] = partners[at - 1];
            }
        }
        if (at < PARTNERS)
        {
            sizes[at] = size;
            partners[at] = j;
        }
    }
    for (size_t p = 0; p < n; p++)
    {
        ss_pair_copula fit;

        fit_pair(w, partners[p], i, &fit);
        if (abs(fit.rho) < LEAST || fabs(fit.z) < ERRORS || abs(fit.rho) <= abs(found.rho) ||
            !enough_people(w, partners[p], i))
            continue;
        found = fit;
        best = partners[p];
    }
    if (found.rho == 0 || !helps(w, best, i, found.rho))
        return;
    w->numbers[i].book->beside = w->numbers[best].book->column;
    w->numbers[i].book->rho = found.rho;
}

void
ss_fit_beside(const ss_fit_number *numbers, size_t n, const ss_sample *sample,
              const ss_people *people)
{
    const size_t k = people->k > PEOPLE_MIN ? people->k : PEOPLE_MIN;
    const size_t nrows = sample->n < ROWS_MAX ? sample->n : ROWS_MAX;
    ss_arena *scratch = ss_arena_new(NULL);
    world w = {.numbers = numbers,
               .sample = sample,
               .people = people,
               .nrows = nrows,
               .rows = ss_alloc(scratch, nrows + 1, sizeof *w.rows),
               .sets = ss_alloc(scratch, people->npaths * k + 1, sizeof *w.sets)};

    for (size_t i = 0; i < n && i < NUMBERS_MAX; i++)
    {
        w.scratch = ss_arena_new(scratch);
        find_partner(&w, i);
        ss_arena_free(w.scratch);
    }
    ss_arena_free(scratch);
}
