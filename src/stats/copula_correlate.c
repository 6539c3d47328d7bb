/* What a copula learns from rows: the order of codes, and correlations of pairs that may be told. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/association.h"
#include "stats/copula.h"
#include "stats/correspondence.h"
#include "stats/nearest_correlation.h"
#include "stats/polychoric.h"

#define LEVELS_MAX 8     /* of a variable in a pair's table */
#define LEVELS_MIN 2     /* with fewer rows a cell has too few people */
#define OTHERS     8     /* variables that tell the order of a category */
#define ERRORS     3     /* a correlation of fewer standard errors is none */
#define LEAST      0.002 /* eigenvalue of the correlations */

typedef struct learning
{
    ss_copula *c;
    const ss_coded_table *rows;
    const ss_people *people;
    const ss_association *association;
    uint8_t **levels; /* of a variable: by code */
    uint32_t nlevels;
    double (*shares)[LEVELS_MAX]; /* of a variable's levels, as they may be told */
} learning;

/* --- the order of codes ----------------------------------------------------------------------------- */

typedef struct place
{
    double key;
    uint32_t code;
} place;

static int
by_key(const void *a, const void *b)
{
    const place *x = a, *y = b;

    return x->key != y->key ? (x->key > y->key) - (x->key < y->key)
                            : (x->code > y->code) - (x->code < y->code);
}

/* Of the block the variables that tell most of variable v. */
static size_t
telling(const learning *l, size_t v, uint32_t *others)
{
    size_t n = 0;

    for (size_t i = 0; i < l->c->nblock; i++)
    {
        const uint32_t column = l->c->variables[l->c->block[i]].column;
        const double own =
            ss_association_information(l->association, column, l->c->variables[v].column);
        size_t at = n < OTHERS ? n : OTHERS;

        if (l->c->block[i] == v || own <= 0)
            continue;
        n += n < OTHERS;
        for (; at > 0 && own > ss_association_information(l->association, others[at - 1],
                                                          l->c->variables[v].column);
             at--)
        {
            if (at < OTHERS)
                others[at] = others[at - 1];
        }
        if (at < OTHERS)
            others[at] = column;
    }
    return n;
}

/* Codes by levels of those others, cells as they may be told: the place of a code that few people have tells of nobody. */
static void
count_profiles(const learning *l, const ss_copula_variable *v, const uint32_t *others, size_t n,
               double *counts)
{
    const uint16_t *codes = l->rows->columns[v->column].codes;

    for (size_t i = 0; i < n; i++)
    {
        const uint8_t *level = ss_association_levels(l->association, others[i]);
        const uint16_t *of = l->rows->columns[others[i]].codes;
        ss_tally *tally = ss_tally_new((size_t) v->ncodes * SS_ASSOCIATION_LEVELS, l->people);

        for (size_t r = 0; r < l->rows->n; r++)
            ss_tally_add(tally, (uint32_t) codes[r] * SS_ASSOCIATION_LEVELS + level[of[r]],
                         l->rows->subjects + r * l->rows->npaths,
                         l->rows->weights == NULL ? SS_WHOLE : l->rows->weights[r]);
        for (uint32_t c = 0; c < v->ncodes; c++)
        {
            for (uint32_t j = 0; j < SS_ASSOCIATION_LEVELS; j++)
            {
                const uint32_t cell = c * SS_ASSOCIATION_LEVELS + j;

                if (ss_tally_enough(tally, cell))
                    counts[(c * n + i) * SS_ASSOCIATION_LEVELS + j] =
                        (double) ss_people_round(ss_tally_rows(tally, cell));
            }
        }
        ss_tally_free(tally);
    }
}

/*
 * Where codes without an order lie among those that have one: where a line through the others' scores has theirs.  A code
 * that nothing is known of comes behind all.
 */
static void
place_beside(const ss_copula_variable *v, const double *scores, const double *counts,
             size_t ncolumns, place *places)
{
    double rows = 0, x = 0, y = 0, xx = 0, xy = 0, slope;

    for (uint32_t c = 0; c < v->nordered; c++)
    {
        double own = 0;

        for (size_t j = 0; j < ncolumns; j++)
            own += counts[c * ncolumns + j];
        rows += own;
        x += own * c;
        y += own * scores[c];
        xx += own * c * c;
        xy += own * c * scores[c];
    }
    slope = rows * xx - x * x > 0 ? (rows * xy - x * y) / (rows * xx - x * x) : 0;
    for (uint32_t c = v->nordered; c < v->ncodes; c++)
    {
        if (slope != 0 && scores[c] != 0)
            places[c].key = (scores[c] - (y - slope * x) / rows) / slope;
        else
            places[c].key = v->nordered;
    }
}

static void
order_codes(const learning *l, size_t which, ss_arena *result)
{
    ss_copula_variable *v = &l->c->variables[which];
    ss_arena *scratch = ss_arena_new(NULL);
    place *places = ss_alloc(scratch, v->ncodes + 1, sizeof *places);
    double *scores = ss_alloc(scratch, v->ncodes + 1, sizeof *scores), *counts;
    uint32_t others[OTHERS];
    const size_t n = v->nordered < v->ncodes ? telling(l, which, others) : 0;
    const size_t ncolumns = n * SS_ASSOCIATION_LEVELS;

    for (uint32_t c = 0; c < v->ncodes; c++)
        places[c] = (place){.key = c, .code = c};
    if (n > 0)
    {
        counts = ss_alloc(scratch, v->ncodes * ncolumns, sizeof *counts);
        count_profiles(l, v, others, n, counts);
        (void) ss_correspondence_scores(counts, v->ncodes, ncolumns, scratch, scores);
        for (uint32_t c = 0; c < v->ncodes && v->nordered == 0; c++)
            places[c].key = scores[c];
        if (v->nordered > 0)
            place_beside(v, scores, counts, ncolumns, places);
        qsort(places, v->ncodes, sizeof *places, by_key);
    }
    v->code_at = ss_alloc(result, v->ncodes, sizeof *v->code_at);
    for (uint32_t c = 0; c < v->ncodes; c++)
        v->code_at[c] = places[c].code;
    ss_arena_free(scratch);
}

/* --- levels ----------------------------------------------------------------------------------------- */

/* Neighbours in the order of codes, of about equal shares of the rows; a code that many have is a level of its own. */
static void
make_levels(const learning *l, size_t which, ss_arena *scratch)
{
    const ss_copula_variable *v = &l->c->variables[which];
    const uint16_t *codes = l->rows->columns[v->column].codes;
    uint8_t *level = ss_alloc(scratch, v->ncodes + 1, sizeof *level);
    ss_tally *tally = ss_tally_new(v->ncodes, l->people), *told;
    uint64_t left = 0, so_far = 0;
    uint32_t at = 0;

    for (size_t r = 0; r < l->rows->n; r++)
    {
        const uint64_t weight = l->rows->weights == NULL ? SS_WHOLE : l->rows->weights[r];

        ss_tally_add(tally, codes[r], l->rows->subjects + r * l->rows->npaths, weight);
        left += weight;
    }
    for (uint32_t i = 0; i < v->ncodes; i++)
    {
        const uint64_t own = ss_tally_weight(tally, v->code_at[i]);
        const uint64_t fair = left / (l->nlevels - at);

        /* Before a code that would make it too large by more than it is now too small. */
        if (so_far > 0 && at + 1 < l->nlevels && so_far + own > fair &&
            so_far + own - fair > (fair > so_far ? fair - so_far : 0))
        {
            left -= so_far;
            so_far = 0;
            at++;
        }
        level[v->code_at[i]] = (uint8_t) at;
        so_far += own;
    }
    told = ss_tally_new(l->nlevels, l->people);
    for (size_t r = 0; r < l->rows->n; r++)
        ss_tally_add(told, level[codes[r]], l->rows->subjects + r * l->rows->npaths,
                     l->rows->weights == NULL ? SS_WHOLE : l->rows->weights[r]);
    for (uint32_t i = 0; i < l->nlevels; i++)
        l->shares[which][i] =
            ss_tally_enough(told, i) ? (double) ss_people_round(ss_tally_rows(told, i)) : 0;
    ss_tally_free(tally);
    ss_tally_free(told);
    l->levels[which] = level;
}

/* --- correlations ----------------------------------------------------------------------------------- */

/* Of variables a and b; 0 where it may be chance. */
static double
correlation(const learning *l, size_t a, size_t b)
{
    const uint16_t *x = l->rows->columns[l->c->variables[a].column].codes;
    const uint16_t *y = l->rows->columns[l->c->variables[b].column].codes;
    const uint32_t m = l->nlevels;
    ss_arena *scratch = ss_arena_new(NULL);
    ss_tally *tally = ss_tally_new((size_t) m * m, l->people);
    double counts[LEVELS_MAX * LEVELS_MAX] = {0};
    bool untold[LEVELS_MAX * LEVELS_MAX];
    ss_polychoric_table table = {.nrows = m,
                                 .ncolumns = m,
                                 .counts = counts,
                                 .untold = untold,
                                 .row_shares = l->shares[a],
                                 .column_shares = l->shares[b]};
    ss_polychoric got;
    ss_told told;

    for (size_t r = 0; r < l->rows->n; r++)
        ss_tally_add(tally, l->levels[a][x[r]] * m + l->levels[b][y[r]],
                     l->rows->subjects + r * l->rows->npaths,
                     l->rows->weights == NULL ? SS_WHOLE : l->rows->weights[r]);
    ss_told_make(tally, 0, m * m, 0, l->people->k, scratch, &told);
    memset(untold, true, sizeof untold);
    for (size_t i = 0; i < told.ncells; i++)
    {
        counts[told.cells[i].from] = (double) told.cells[i].rows;
        untold[told.cells[i].from] = false;
    }
    table.rest = (double) told.rest;
    ss_polychoric_of(&table, scratch, &got);
    ss_tally_free(tally);
    ss_arena_free(scratch);
    return fabs(got.rho) > ERRORS * got.error ? got.rho : 0;
}

/* The variables that the others tell most of, where there are too many. */
static void
choose_block(learning *l, ss_arena *result)
{
    ss_copula *c = l->c;
    ss_arena *scratch = ss_arena_new(NULL);
    place *places = ss_alloc(scratch, c->n + 1, sizeof *places);

    for (size_t i = 0; i < c->n; i++)
    {
        places[i].code = (uint32_t) i;
        for (size_t j = 0; j < c->n && c->n > SS_COPULA_BLOCK; j++)
            places[i].key -=
                i == j ? 0
                       : ss_association_information(l->association, c->variables[i].column,
                                                    c->variables[j].column);
    }
    qsort(places, c->n, sizeof *places, by_key);
    c->nblock = c->n < SS_COPULA_BLOCK ? c->n : SS_COPULA_BLOCK;
    c->block = ss_alloc(result, c->nblock + 1, sizeof *c->block);
    for (size_t i = 0; i < c->nblock; i++)
    {
        size_t at = i;

        for (; at > 0 && c->block[at - 1] > places[i].code; at--)
            c->block[at] = c->block[at - 1];
        c->block[at] = places[i].code;
    }
    ss_arena_free(scratch);
}

void
ss_copula_correlate(ss_copula *copula, const ss_coded_table *rows, const ss_engine_options *options,
                    ss_arena *result)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const double fits = sqrt((double) rows->n / (4.0 * (double) options->people.k));
    learning l = {.c = copula,
                  .rows = rows,
                  .people = &options->people,
                  .association = ss_association_of(rows, scratch),
                  .levels = ss_alloc(scratch, copula->n + 1, sizeof *l.levels),
                  .nlevels = fits > LEVELS_MAX   ? LEVELS_MAX
                             : fits < LEVELS_MIN ? LEVELS_MIN
                                                 : (uint32_t) fits,
                  .shares = ss_alloc(scratch, copula->n + 1, sizeof *l.shares)};
    const size_t n = (choose_block(&l, result), copula->nblock);

    for (size_t v = 0; v < copula->n; v++)
        order_codes(&l, v, result);
    for (size_t i = 0; i < n; i++)
        make_levels(&l, copula->block[i], scratch);
    copula->correlations = ss_alloc(result, n * n + 1, sizeof *copula->correlations);
    for (size_t i = 0; i < n; i++)
    {
        copula->correlations[i * n + i] = 1;
        for (size_t j = 0; j < i; j++)
            copula->correlations[i * n + j] = copula->correlations[j * n + i] =
                correlation(&l, copula->block[i], copula->block[j]);
    }
    (void) ss_nearest_correlation(copula->correlations, n, LEAST, scratch);
    ss_arena_free(scratch);
}
