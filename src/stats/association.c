#include "stats/association.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS     SS_ASSOCIATION_LEVELS
#define PER_PAIR   5                  /* rows per pair of levels, at least */
#define PAIR_ROWS  ((size_t) 1 << 28) /* rows times pairs that are looked at, about */
#define ROWS_MIN   1000
#define LEVELS_MIN 4

struct ss_association
{
    size_t d;
    double *information; /* d x d */
    uint8_t **levels;    /* of a column: by code */
};

/* The level of each code: of ordered ones about equal shares of the rows, of others the most frequent, and the rest. */
static void
bring_down(const ss_coded_column *column, size_t n, uint32_t nlevels, uint8_t *level,
           ss_arena *scratch)
{
    uint64_t *counts = ss_alloc(scratch, column->ncodes + 1, sizeof *counts), before = 0;
    uint32_t taken = 0;

    for (size_t r = 0; r < n; r++)
        counts[column->codes[r]]++;
    if (column->ncodes <= nlevels)
    {
        for (uint32_t c = 0; c < column->ncodes; c++)
            level[c] = (uint8_t) c;
        return;
    }
    for (uint32_t c = 0; c < column->ncodes; c++)
        level[c] = (uint8_t) (nlevels - 1);
    for (uint32_t c = 0; c < column->nordered; c++)
    {
        level[c] = (uint8_t) ((before + counts[c] / 2) * (nlevels - 1) / (n + 1));
        before += counts[c];
    }
    for (; column->nordered == 0 && taken < nlevels - 1; taken++)
    {
        uint32_t most = 0;

        for (uint32_t c = 1; c < column->ncodes; c++)
            most = counts[c] > counts[most] ? c : most;
        level[most] = (uint8_t) taken;
        counts[most] = 0;
    }
}

static size_t
occurring(const uint32_t *counts, size_t n)
{
    size_t some = 0;

    for (size_t i = 0; i < n; i++)
        some += counts[i] > 0;
    return some;
}

static double
information(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint32_t both[LEVELS * LEVELS] = {0}, of_a[LEVELS] = {0}, of_b[LEVELS] = {0};
    double sum = 0;

    for (size_t r = 0; r < n; r++)
        both[a[r] * LEVELS + b[r]]++;
    for (size_t i = 0; i < LEVELS; i++)
    {
        for (size_t k = 0; k < LEVELS; k++)
        {
            of_a[i] += both[i * LEVELS + k];
            of_b[k] += both[i * LEVELS + k];
        }
    }
    for (size_t i = 0; i < LEVELS; i++)
    {
        for (size_t k = 0; k < LEVELS; k++)
        {
            const double count = both[i * LEVELS + k];

            if (count > 0)
                sum += count * log(count * (double) n / ((double) of_a[i] * (double) of_b[k]));
        }
    }
    /* What is in sum by chance alone: half of the cells that occur, less those of the margins. */
    sum += ((double) (occurring(of_a, LEVELS) + occurring(of_b, LEVELS)) -
            (double) occurring(both, LEVELS * LEVELS) - 1) /
           2;
    return n == 0 || sum < 0 ? 0 : sum / (double) n;
}

ss_association *
ss_association_of(const ss_coded_table *table, ss_arena *result)
{
    const size_t d = table->d, pairs = d * d / 2 + 1;
    ss_association *a = ss_alloc(result, 1, sizeof *a);
    ss_arena *scratch = ss_arena_new(NULL);
    size_t n = PAIR_ROWS / pairs > ROWS_MIN ? PAIR_ROWS / pairs : ROWS_MIN;
    uint8_t **levels = ss_alloc(scratch, d + 1, sizeof *levels);
    uint32_t nlevels = LEVELS;

    n = n < table->n ? n : table->n;
    while (nlevels > LEVELS_MIN && (size_t) nlevels * nlevels * PER_PAIR > n)
        nlevels--;
    *a = (ss_association){.d = d,
                          .information = ss_alloc(result, d * d + 1, sizeof *a->information),
                          .levels = ss_alloc(result, d + 1, sizeof *a->levels)};
    for (size_t c = 0; c < d; c++)
    {
        const ss_coded_column *column = &table->columns[c];
        uint8_t *of = ss_alloc(result, column->ncodes + 1, sizeof *of);

        levels[c] = ss_alloc(scratch, n + 1, sizeof *levels[c]);
        bring_down(column, n, nlevels, of, scratch);
        a->levels[c] = of;
        for (size_t r = 0; r < n; r++)
            levels[c][r] = of[column->codes[r]];
    }
    for (size_t i = 0; i < d; i++)
    {
        for (size_t k = i + 1; k < d; k++)
            a->information[i * d + k] = a->information[k * d + i] =
                information(levels[i], levels[k], n);
    }
    ss_arena_free(scratch);
    return a;
}

double
ss_association_information(const ss_association *a, size_t x, size_t y)
{
    return a->information[x * a->d + y];
}

const uint8_t *
ss_association_levels(const ss_association *a, size_t c)
{
    return a->levels[c];
}
