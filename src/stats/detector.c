#include "stats/detector.h"

#include <math.h>
#include <stdlib.h>

#include "stats/association.h"

#define PAIRS_MAX 48
#define LEVELS    SS_ASSOCIATION_LEVELS
#define PRIOR     1.0 /* rows of a cell that are taken as seen: a few say little */

typedef struct pair
{
    double information;
    size_t a, b;
} pair;

struct ss_detector
{
    size_t n, d;
    const uint8_t **levels; /* by column and code */
    pair pairs[PAIRS_MAX];
    size_t npairs;
    uint8_t **cells; /* by pair: of each real row */
};

typedef struct scored
{
    double score;
    bool real;
} scored;

typedef struct side
{
    uint8_t **cells;    /* by pair */
    size_t n, from, to; /* of n rows those that are judged; the others are learnt from */
} side;

/* The pairs of which one code tells most of the other, in what is real. */
static void
choose(ss_detector *d, const ss_coded_table *real, const ss_association *association)
{
    for (size_t a = 0; a < real->d; a++)
    {
        d->levels[a] = ss_association_levels(association, a);
        for (size_t b = 0; b < a; b++)
        {
            const double information = ss_association_information(association, a, b);
            size_t at = d->npairs < PAIRS_MAX ? d->npairs++ : PAIRS_MAX;

            for (; at > 0 && information > d->pairs[at - 1].information; at--)
            {
                if (at < PAIRS_MAX)
                    d->pairs[at] = d->pairs[at - 1];
            }
            if (at < PAIRS_MAX)
                d->pairs[at] = (pair){information, a, b};
        }
    }
}

static uint8_t **
cells_of(const ss_detector *d, const ss_coded_table *rows, ss_arena *result)
{
    uint8_t **cells = ss_alloc(result, PAIRS_MAX, sizeof *cells);

    for (size_t i = 0; i < d->npairs; i++)
    {
        const uint16_t *a = rows->columns[d->pairs[i].a].codes;
        const uint16_t *b = rows->columns[d->pairs[i].b].codes;
        const uint8_t *of_a = d->levels[d->pairs[i].a], *of_b = d->levels[d->pairs[i].b];

        cells[i] = ss_alloc(result, rows->n + 1, sizeof *cells[i]);
        for (size_t r = 0; r < rows->n; r++)
            cells[i][r] = (uint8_t) (of_a[a[r]] * LEVELS + of_b[b[r]]);
    }
    return cells;
}

ss_detector *
ss_detector_new(const ss_coded_table *real, ss_arena *result)
{
    ss_detector *d = ss_alloc(result, 1, sizeof *d);

    *d = (ss_detector){
        .n = real->n, .d = real->d, .levels = ss_alloc(result, real->d + 1, sizeof *d->levels)};
    choose(d, real, ss_association_of(real, result));
    d->cells = cells_of(d, real, result);
    return d;
}

static void
count(const side *s, size_t at, double *counts)
{
    for (size_t r = 0; r < s->n; r++)
        counts[s->cells[at][r]] += r < s->from || r >= s->to;
}

/* Logs of how much oftener real rows that are learnt from are in a cell of the pair than drawn ones. */
static void
weigh(const side *real, const side *drawn, size_t at, double *weights)
{
    const double share = (double) (real->n - (real->to - real->from) + 1) /
                         (double) (drawn->n - (drawn->to - drawn->from) + 1);
    double counts[2][LEVELS * LEVELS] = {{0}};

    count(real, at, counts[0]);
    count(drawn, at, counts[1]);
    for (size_t c = 0; c < LEVELS * LEVELS; c++)
        weights[c] = log((counts[0][c] + PRIOR * share) / ((counts[1][c] + PRIOR) * share));
}

static void
add_scores(const side *s, size_t at, const double *weights, scored *list)
{
    for (size_t r = s->from; r < s->to; r++)
        list[r - s->from].score += weights[s->cells[at][r]];
}

static int
by_score(const void *a, const void *b)
{
    const scored *x = a, *y = b;

    return (x->score > y->score) - (x->score < y->score);
}

/* Pairs of a real and a drawn row of which the real one has the higher score; of equal ones half. */
static double
right(scored *list, size_t n)
{
    double pairs = 0, drawn = 0;

    qsort(list, n, sizeof *list, by_score);
    for (size_t first = 0, last; first < n; first = last)
    {
        double here[2] = {0};

        for (last = first; last < n && list[last].score <= list[first].score; last++)
            here[list[last].real]++;
        pairs += here[true] * (drawn + here[false] / 2);
        drawn += here[false];
    }
    return pairs;
}

/* The first half of n rows is judged, or the second. */
static side
half_of(uint8_t **cells, size_t n, bool second)
{
    return (side){cells, n, second ? n / 2 : 0, second ? n : n / 2};
}

double
ss_detector_auc(const ss_detector *d, const ss_coded_table *rows)
{
    ss_arena *scratch = ss_arena_new(NULL);
    uint8_t **cells = cells_of(d, rows, scratch);
    scored *list = ss_alloc(scratch, d->n + rows->n + 1, sizeof *list);
    double pairs = 0, all = 0;

    for (size_t half = 0; half < 2; half++)
    {
        const side real = half_of(d->cells, d->n, half == 1);
        const side drawn = half_of(cells, rows->n, half == 1);
        const size_t nreal = real.to - real.from, n = nreal + drawn.to - drawn.from;

        for (size_t i = 0; i < n; i++)
            list[i] = (scored){0, i < nreal};
        for (size_t i = 0; i < d->npairs; i++)
        {
            double weights[LEVELS * LEVELS];

            weigh(&real, &drawn, i, weights);
            add_scores(&real, i, weights, list);
            add_scores(&drawn, i, weights, list + nreal);
        }
        pairs += right(list, n);
        all += (double) nreal * (double) (n - nreal);
    }
    ss_arena_free(scratch);
    return all > 0 ? pairs / all : 0.5;
}

/* Of Mann and Whitney's statistic, twice over halves. */
double
ss_detector_error(size_t n)
{
    const double m = (double) n / 2;

    return m < 1 ? 1 : sqrt((2 * m + 1) / (12 * m * m) / 2);
}
