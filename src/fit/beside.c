#include "fit/beside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "stats/normal_score.h"
#include "stats/pair_copula.h"

#define ROWS_MAX    32768 /* that are looked at */
#define PEOPLE_MIN  500   /* whose rows show it; and k */
#define SCREEN_ROWS 2048  /* by which it is seen who may be a partner */
#define NUMBERS_MAX 128   /* columns that may have one or be one */
#define NEAR        0.8   /* correlation of codes, at least */
#define FIT_ROWS    4096  /* of so many people */
#define SURE        12.5 /* nats of all rows: five standard errors, for some thousand pairs are tried */
#define NOISE       5 /* nats of all people held out */

/* Of a number: of each row that has it the score of its middle rank; and those between bins. */
typedef struct scores
{
    double *of_row;
    double *ends; /* nvalues + 1: below the first bin, between, above the last */
} scores;

typedef struct world
{
    const ss_fit_number *numbers;
    const ss_sample *sample;
    const ss_people *people;
    size_t nrows;
    ss_arena *scratch;
    scores *scores;    /* of each number */
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

/* --- normal scores ---------------------------------------------------------------------------------- */

/* Rows inside of bins, by their bins and values; their number. */
static size_t
order_rows(const ss_fit_number *number, size_t nrows, ss_ranked *rows)
{
    size_t n = 0;

    for (size_t r = 0; r < nrows; r++)
    {
        if (number->codes[r] < number->book->nvalues)
            rows[n++] = (ss_ranked){ss_rank_of_i64(number->units[r]), r};
    }
    ss_sort_ranked(rows, n);
    for (size_t i = 0; i < n; i++)
        rows[i].key = number->codes[rows[i].of];
    ss_sort_ranked(rows, n);
    return n;
}

static scores
score(const world *w, size_t i)
{
    const ss_fit_number *number = &w->numbers[i];
    const uint32_t nbins = number->book->nvalues;
    ss_arena *scratch = ss_arena_new(NULL);
    ss_ranked *rows = ss_alloc(scratch, w->nrows + 1, sizeof *rows);
    scores out = {.of_row = ss_alloc(w->scratch, w->nrows + 1, sizeof *out.of_row),
                  .ends = ss_alloc(w->scratch, nbins + 1, sizeof *out.ends)};
    const size_t n = order_rows(number, w->nrows, rows);
    size_t at = 0;

    for (size_t first = 0, last; first < n; first = last)
    {
        const ss_ranked *own = &rows[first];
        double middle;

        for (last = first; last < n && rows[last].key == own->key &&
                           number->units[rows[last].of] == number->units[own->of];)
            last++;
        middle = ss_normal_quantile((double) (first + last) / 2 / (double) n);
        for (size_t of = first; of < last; of++)
            out.of_row[rows[of].of] = middle;
    }
    out.ends[0] = -HUGE_VAL;
    for (uint32_t b = 0; b < nbins; b++)
    {
        while (at < n && rows[at].key == b)
            at++;
        out.ends[b + 1] = at == 0  ? -HUGE_VAL
                          : at < n ? ss_normal_quantile((double) at / (double) n)
                                   : HUGE_VAL;
    }
    ss_arena_free(scratch);
    return out;
}

/* --- one pair --------------------------------------------------------------------------------------- */

static bool
enough_people(const world *w, size_t i, size_t j)
{
    const size_t k = w->people->k > PEOPLE_MIN ? w->people->k : PEOPLE_MIN;
    const ss_people many = {
        .k = k, .npaths = w->people->npaths, .may_be_empty = w->people->may_be_empty};
    uint32_t *list = ss_alloc(w->scratch, w->nrows + 1, sizeof *list);
    size_t n = 0;

    for (uint32_t r = 0; r < w->nrows; r++)
    {
        if (!held_out(w, r) && inside(w, i, r) && inside(w, j, r))
            list[n++] = r;
    }
    return ss_people_behind(&many, w->sample->subjects, list, n, w->sets);
}

/* Rows that both numbers lie inside of bins in: one of each person, of whom a sample has all rows together. */
static size_t
list_rows(const world *w, size_t i, size_t j, bool held)
{
    const scores *x = &w->scores[i], *y = &w->scores[j];
    uint64_t last = 0;
    size_t n = 0;

    for (size_t r = 0; r < w->nrows; r++)
    {
        const uint16_t code = w->numbers[j].codes[r];

        if (held_out(w, r) != held || !inside(w, i, r) || !inside(w, j, r) ||
            (n > 0 && w->sample->who[r] == last))
            continue;
        last = w->sample->who[r];
        w->rows[n++] = (ss_pair_row){
            .x = x->of_row[r], .y = y->of_row[r], .low = y->ends[code], .high = y->ends[code + 1]};
    }
    return n;
}

/* Do people held out lie inside of bins as it says? */
static bool
helps(const world *w, size_t i, size_t j, int rho)
{
    const size_t n = list_rows(w, i, j, true);
    double gain = 0;

    for (size_t r = 0; r < n; r++)
        gain += ss_pair_copula_gain(rho, &w->rows[r]);
    return gain > NOISE;
}

/* The number before i whose bins go with its most, where they do so nearly enough for what is inside to matter. */
static void
find_partner(world *w, size_t i)
{
    size_t best = i, n;
    double most = NEAR, gain;
    int rho;

    for (size_t j = 0; j < i; j++)
    {
        const double size = together(w, i, j);

        if (size <= most)
            continue;
        most = size;
        best = j;
    }
    if (best == i || !enough_people(w, best, i))
        return;
    n = list_rows(w, best, i, false);
    rho = ss_pair_copula_fit(w->rows, n < FIT_ROWS ? n : FIT_ROWS, &gain);
    if (gain < SURE || !helps(w, best, i, rho))
        return;
    w->numbers[i].book->beside = w->numbers[best].book->column;
    w->numbers[i].book->rho = rho;
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
               .scratch = scratch,
               .scores = ss_alloc(scratch, n + 1, sizeof *w.scores),
               .rows = ss_alloc(scratch, nrows + 1, sizeof *w.rows),
               .sets = ss_alloc(scratch, people->npaths * k + 1, sizeof *w.sets)};

    for (size_t i = 0; i < n && i < NUMBERS_MAX; i++)
    {
        w.scores[i] = score(&w, i);
        w.scratch = ss_arena_new(scratch);
        find_partner(&w, i);
        ss_arena_free(w.scratch);
        w.scratch = scratch;
    }
    ss_arena_free(scratch);
}
