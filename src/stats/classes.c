/* The engine of latent classes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/backoff.h"
#include "stats/engine.h"
#include "stats/latent_class.h"

__extension__ typedef unsigned __int128 wide;

#define ROWS_WORK  ((size_t) 1 << 19) /* rows times columns that are learnt from, about */
#define ROWS_MIN   ((size_t) 1000)
#define CELLS_WORK (UINT64_C(1) << 27) /* codes times classes times classes, at most */
#define NOISE      3                   /* nats of all people held out */

typedef struct classes
{
    ss_engine_options o;
    size_t d;
    ss_latent_classes *of_rows;
    uint32_t nclasses;
    uint32_t *first; /* of a column: its first cell, of the first class */
    uint32_t *ncodes, *nordered;
    bool *given, any_given;
    uint32_t first_class; /* the first cell of classes */
    size_t ncells;
    uint64_t alpha;
} classes;

typedef struct classes_model
{
    const classes *structure;
    ss_told shares;
    ss_told **
        told; /* of a column: of all and of groups, then of classes, as ss_backoff_nodes has them */
    uint32_t *shares_below;
    uint32_t **below; /* of a column: classes x ncodes */
} classes_model;

/* --- learning --------------------------------------------------------------------------------------- */

static void
shape(classes *s, const ss_coded_table *rows, const ss_engine_options *options, ss_arena *result)
{
    s->o = *options;
    s->d = rows->d;
    s->nclasses = ss_latent_classes_count(s->of_rows);
    s->first = ss_alloc(result, rows->d + 1, sizeof *s->first);
    s->ncodes = ss_alloc(result, rows->d + 1, sizeof *s->ncodes);
    s->nordered = ss_alloc(result, rows->d + 1, sizeof *s->nordered);
    s->given = ss_alloc(result, rows->d + 1, sizeof *s->given);
    for (size_t c = 0; c < rows->d; c++)
    {
        s->first[c] = (uint32_t) s->ncells;
        s->ncodes[c] = rows->columns[c].ncodes;
        s->nordered[c] = rows->columns[c].nordered;
        s->given[c] = rows->columns[c].given;
        s->any_given = s->any_given || s->given[c];
        s->ncells += (size_t) s->nclasses * s->ncodes[c];
    }
    s->first_class = (uint32_t) s->ncells;
    s->ncells += s->nclasses;
}

/* What people held out say of the structure as it would be told from the tally. */
static double
judge(const classes *s, const ss_tally *tally, const ss_coded_table *held_out)
{
    ss_arena *scratch = ss_arena_new(NULL);
    double nats;
    void *model;

    ss_engine_classes.settle(s, tally, scratch, &model);
    nats = ss_engine_loglik(&ss_engine_classes, model, held_out);
    ss_arena_free(scratch);
    return nats;
}

/* At most so many classes, with the shrinkage that people held out like best. */
static classes *
try_classes(const ss_coded_table *rows, const ss_coded_table *held_out, uint32_t nclasses,
            const ss_engine_options *options, ss_arena *result, double *nats)
{
    static const uint64_t alphas[] = {1, 16, 128};
    const ss_latent_class_options o = {.least = {.k = options->least_rows > options->people.k
                                                          ? options->least_rows
                                                          : options->people.k,
                                                 .npaths = options->people.npaths,
                                                 .may_be_empty = options->people.may_be_empty},
                                       .nclasses = nclasses};
    classes *s = ss_alloc(result, 1, sizeof *s);
    uint64_t best = alphas[0];
    ss_tally *tally;

    s->of_rows = ss_latent_classes_learn(rows, held_out, &o, result);
    shape(s, rows, options, result);
    tally = ss_tally_new(s->ncells, &options->people);
    ss_engine_count(&ss_engine_classes, s, rows, tally);
    *nats = -INFINITY;
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++)
    {
        double got;

        s->alpha = alphas[i];
        got = judge(s, tally, held_out);
        if (got <= *nats)
            continue;
        *nats = got;
        best = alphas[i];
    }
    s->alpha = best;
    ss_tally_free(tally);
    return s;
}

/* The first rows, which are any: as many as cost what may be spent on them. */
static ss_coded_table
some(const ss_coded_table *rows, ss_arena *result)
{
    const size_t most = ROWS_WORK / (rows->d + 1), n = most > ROWS_MIN ? most : ROWS_MIN;

    return ss_coded_slice(rows, 0, n < rows->n ? n : rows->n, result);
}

/* With more classes, rung by rung, until twice in a row that helps nobody held out. */
static ss_code
learn(const ss_coded_table *all, const ss_coded_table *all_held_out,
      const ss_engine_options *options, ss_arena *result, void **structure, ss_error *err)
{
    static const uint32_t ladder[] = {1, 4, 8, 16, 32, 64, SS_LATENT_CLASSES_MAX};
    ss_arena *scratch = ss_arena_new(NULL), *kept = NULL;
    const ss_coded_table rows = some(all, scratch), held_out = some(all_held_out, scratch);
    double best = 0;
    uint64_t ncodes = 0;
    size_t worse = 0;

    (void) err;
    for (size_t c = 0; c < rows.d; c++)
        ncodes += rows.columns[c].ncodes;
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder && worse < 2; i++)
    {
        const uint64_t n = ladder[i];
        ss_arena *own;
        classes *s;
        double nats;

        if (n > 1 && (n * options->least_rows > rows.n || n * n * ncodes > CELLS_WORK))
            break;
        own = ss_arena_new(result);
        s = try_classes(&rows, &held_out, ladder[i], options, own, &nats);
        worse = n == 1 || (nats - best) * (double) held_out.n > NOISE ? 0 : worse + 1;
        if (worse == 0)
        {
            best = nats;
            *structure = s;
        }
        ss_arena_free(worse == 0 ? kept : own);
        kept = worse == 0 ? own : kept;
    }
    ss_arena_free(scratch);
    return SS_OK;
}

static size_t
ncells(const void *structure)
{
    const classes *s = structure;

    return s->ncells;
}

static void
cells(const void *structure, const ss_coded_table *rows, uint32_t *list)
{
    const classes *s = structure;
    uint32_t *assigned = list + s->d * rows->n;

    ss_latent_classes_assign(s->of_rows, rows, assigned);
    for (size_t c = 0; c < s->d; c++)
    {
        for (size_t r = 0; r < rows->n; r++)
            list[c * rows->n + r] =
                s->first[c] + assigned[r] * s->ncodes[c] + rows->columns[c].codes[r];
    }
    for (size_t r = 0; r < rows->n; r++)
        assigned[r] += s->first_class;
}

/* --- settling --------------------------------------------------------------------------------------- */

/* Within a class what is rare follows the classes that are like it, and in the end the whole column. */
static void
settle(const void *structure, const ss_tally *tally, ss_arena *result, void **model)
{
    const classes *s = structure;
    const size_t k = s->o.people.k;
    classes_model *m = ss_alloc(result, 1, sizeof *m);
    ss_arena *scratch = ss_arena_new(NULL);
    const uint32_t *above = ss_latent_classes_above(s->of_rows);
    ss_backoff backoff = {.nodes = ss_backoff_nodes(above, s->nclasses, scratch),
                          .nnodes = 2 * s->nclasses - 1,
                          .nleaves = s->nclasses,
                          .alpha = s->alpha};

    *m = (classes_model){.structure = s,
                         .shares_below = ss_alloc(result, s->nclasses, sizeof *m->shares_below),
                         .told = ss_alloc(result, s->d + 1, sizeof *m->told),
                         .below = ss_alloc(result, s->d + 1, sizeof *m->below)};
    ss_told_make(tally, s->first_class, s->nclasses, 0, k, result, &m->shares);
    ss_told_below(&m->shares, NULL, s->nclasses, k, 0, m->shares_below);
    for (size_t c = 0; c < s->d; c++)
    {
        backoff.first = s->first[c];
        backoff.ncodes = s->ncodes[c];
        backoff.nordered = s->nordered[c];
        m->told[c] = ss_backoff_settle(&backoff, tally, k, result, NULL);
        m->below[c] = ss_backoff_derive(&backoff, m->told[c], k, result);
    }
    ss_arena_free(scratch);
    *model = m;
}

/* --- using ------------------------------------------------------------------------------------------ */

/* Log of the sum of the classes' probabilities. */
static double
log_sum(const double *logs, uint32_t n)
{
    double most = logs[0], sum = 0;

    for (uint32_t z = 1; z < n; z++)
        most = logs[z] > most ? logs[z] : most;
    for (uint32_t z = 0; z < n; z++)
        sum += logs[z] > most - 40 ? exp(logs[z] - most) : 0;
    return most + log(sum);
}

static void
log_density(const void *model, const ss_coded_table *rows, double *nats)
{
    const classes_model *m = model;
    const classes *s = m->structure;
    ss_arena *scratch = ss_arena_new(NULL);
    double **logs = ss_alloc(scratch, s->d + 1, sizeof *logs);
    double *sums = ss_alloc(scratch, s->nclasses, sizeof *sums);
    double *shares = ss_alloc(scratch, s->nclasses, sizeof *shares);

    for (uint32_t z = 0; z < s->nclasses; z++)
        shares[z] = ss_below_log(m->shares_below, s->nclasses, z);
    for (size_t c = 0; c < s->d; c++)
    {
        logs[c] = ss_alloc(scratch, (size_t) s->ncodes[c] * s->nclasses, sizeof *logs[c]);
        for (uint32_t i = 0; i < s->ncodes[c]; i++)
        {
            for (uint32_t z = 0; z < s->nclasses; z++)
                logs[c][(size_t) i * s->nclasses + z] =
                    ss_below_log(m->below[c] + (size_t) z * s->ncodes[c], s->ncodes[c], i);
        }
    }
    for (size_t r = 0; r < rows->n; r++)
    {
        nats[r] = 0;
        memcpy(sums, shares, s->nclasses * sizeof *sums);
        for (int given = 1; given >= 0; given--)
        {
            for (size_t c = 0; c < s->d; c++)
            {
                const double *line = logs[c] + (size_t) rows->columns[c].codes[r] * s->nclasses;

                if (s->given[c] != (given == 1))
                    continue;
                for (uint32_t z = 0; z < s->nclasses; z++)
                    sums[z] += line[z];
            }
            if (given == 1 && s->any_given)
                nats[r] -= log_sum(sums, s->nclasses);
        }
        nats[r] += log_sum(sums, s->nclasses);
    }
    ss_arena_free(scratch);
}

/* As ss_below_log has it: a code that is never drawn has half a uniform. */
static uint64_t
twice_width(const uint32_t *below, uint32_t ncodes, uint32_t c)
{
    const uint64_t width = ss_below_width(below, ncodes, c);

    return width == 0 ? 1 : 2 * width;
}

/* Bits of a number behind the first 31. */
static int32_t
excess(uint64_t number)
{
    return 33 - __builtin_clzll(number);
}

/* How probable the classes are of a row, in integers: products of widths, all by the same power of two. */
static void
condition(const classes_model *m, const ss_coded_table *rows, size_t r, uint64_t *weights,
          int32_t *powers)
{
    const classes *s = m->structure;
    int32_t most = INT32_MIN;

    for (uint32_t z = 0; z < s->nclasses; z++)
    {
        weights[z] = twice_width(m->shares_below, s->nclasses, z);
        powers[z] = 0;
        for (size_t c = 0; c < s->d; c++)
        {
            if (!s->given[c])
                continue;
            if (excess(weights[z]) > 0)
            {
                powers[z] += excess(weights[z]);
                weights[z] >>= excess(weights[z]);
            }
            weights[z] *= twice_width(m->below[c] + (size_t) z * s->ncodes[c], s->ncodes[c],
                                      rows->columns[c].codes[r]);
        }
        powers[z] += excess(weights[z]);
        most = powers[z] > most ? powers[z] : most;
    }
    for (uint32_t z = 0; z < s->nclasses; z++)
    {
        const int32_t down = excess(weights[z]) + most - powers[z];

        weights[z] = down >= 64 ? 0 : down >= 0 ? weights[z] >> down : weights[z] << -down;
    }
}

static uint32_t
draw_given(const classes_model *m, const ss_coded_table *rows, size_t r, uint64_t word,
           uint64_t *weights, int32_t *powers)
{
    uint64_t total = 0, u;
    uint32_t z = 0;

    condition(m, rows, r, weights, powers);
    for (uint32_t i = 0; i < m->structure->nclasses; i++)
        total += weights[i];
    for (u = (uint64_t) ((wide) word * total >> 64); u >= weights[z]; z++)
        u -= weights[z];
    return z;
}

static void
draw(const void *model, ss_coded_table *rows, const uint64_t *words)
{
    const classes_model *m = model;
    const classes *s = m->structure;
    const uint64_t *own = words + s->d * rows->n;
    uint64_t weights[SS_LATENT_CLASSES_MAX];
    int32_t powers[SS_LATENT_CLASSES_MAX];
    uint32_t *drawn = calloc(rows->n + 1, sizeof *drawn);

    if (drawn == NULL)
        ss_out_of_memory();
    for (size_t r = 0; r < rows->n; r++)
        drawn[r] = s->any_given ? draw_given(m, rows, r, own[r], weights, powers)
                                : ss_below_draw(m->shares_below, s->nclasses, own[r]);
    for (size_t c = 0; c < s->d; c++)
    {
        for (size_t r = 0; r < rows->n && !s->given[c]; r++)
            rows->columns[c].codes[r] =
                (uint16_t) ss_below_draw(m->below[c] + (size_t) drawn[r] * s->ncodes[c],
                                         s->ncodes[c], words[c * rows->n + r]);
    }
    free(drawn);
}

const ss_engine ss_engine_classes = {.name = "classes",
                                     .nlatent = 1,
                                     .learn = learn,
                                     .ncells = ncells,
                                     .cells = cells,
                                     .settle = settle,
                                     .log_density = log_density,
                                     .draw = draw};
