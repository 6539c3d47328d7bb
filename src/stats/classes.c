/*
 * The engine of latent classes: a row's class is drawn first, then every column, which within a class is on its own.
 *
 * Its model is trees, too: one of the class, which splits by what is given, and one of each column, which splits by the class
 * alone.  Within a class what is rare follows the classes that are like it, and in the end the whole column.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/latent_class.h"
#include "stats/trees.h"

#define ROWS_WORK  ((size_t) 1 << 19) /* rows times columns that are learnt from, about */
#define ROWS_MIN   ((size_t) 1000)
#define CELLS_WORK (UINT64_C(1) << 27) /* codes times classes times classes, at most */
#define NOISE      3                   /* nats of all people held out */

typedef struct classes
{
    ss_latent_classes *of_rows;
    uint32_t nclasses;
    ss_trees *trees; /* of the table's columns, and of the class behind them */
} classes;

/* The rows with their class as one more column, whose codes are not filled in. */
static ss_coded_table
with_class(const ss_coded_table *rows, uint32_t nclasses, ss_arena *result)
{
    ss_coded_table t = *rows;

    t.d = rows->d + 1;
    t.columns = ss_alloc(result, t.d, sizeof *t.columns);
    memcpy(t.columns, rows->columns, rows->d * sizeof *t.columns);
    t.columns[rows->d] = (ss_coded_column){
        .ncodes = nclasses, .codes = ss_alloc(result, rows->n + 1, sizeof *t.columns->codes)};
    return t;
}

static ss_coded_table
classify(const classes *s, const ss_coded_table *rows, ss_arena *result)
{
    ss_coded_table t = with_class(rows, s->nclasses, result);
    uint32_t *assigned = ss_alloc(result, rows->n + 1, sizeof *assigned);

    ss_latent_classes_assign(s->of_rows, rows, assigned);
    for (size_t r = 0; r < rows->n; r++)
        t.columns[rows->d].codes[r] = (uint16_t) assigned[r];
    return t;
}

/* --- learning --------------------------------------------------------------------------------------- */

static void
make_trees(classes *s, const ss_coded_table *rows, const ss_coded_table *held_out,
           const ss_engine_options *options, ss_arena *result)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_coded_table all = classify(s, rows, scratch);
    const ss_coded_table all_held_out = classify(s, held_out, scratch);
    uint32_t *given = ss_alloc(scratch, rows->d + 1, sizeof *given);
    uint32_t *itself = ss_alloc(scratch, s->nclasses, sizeof *itself);
    ss_tree_options o = {
        .people = options->people, .least_rows = options->least_rows, .candidates = given};
    ss_tree tree;

    for (uint32_t c = 0; c < rows->d; c++)
    {
        if (rows->columns[c].given)
            given[o.ncandidates++] = c;
    }
    for (uint32_t z = 0; z < s->nclasses; z++)
        itself[z] = z;
    s->trees = ss_trees_new(&all, options->people.k, result);
    ss_tree_grow(&all, &all_held_out, (uint32_t) rows->d, &o, result, &tree);
    ss_trees_append(s->trees, &all, &tree);
    for (uint32_t c = 0; c < rows->d; c++)
    {
        if (rows->columns[c].given)
            continue;
        ss_tree_of_groups(c, (uint32_t) rows->d, s->nclasses, itself, s->nclasses,
                          ss_latent_classes_above(s->of_rows), result, &tree);
        ss_trees_append(s->trees, &all, &tree);
    }
    ss_arena_free(scratch);
}

static void
shrink(classes *s, uint64_t alpha)
{
    for (size_t t = 1; t < s->trees->n; t++)
        s->trees->targets[t].tree.alpha = alpha;
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
    s->nclasses = ss_latent_classes_count(s->of_rows);
    make_trees(s, rows, held_out, options, result);
    tally = ss_tally_new(s->trees->ncells, &options->people);
    ss_engine_count(&ss_engine_classes, s, rows, tally);
    *nats = -INFINITY;
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++)
    {
        double got;

        shrink(s, alphas[i]);
        got = judge(s, tally, held_out);
        if (got <= *nats)
            continue;
        *nats = got;
        best = alphas[i];
    }
    shrink(s, best);
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

static uint32_t
nclasses(const void *structure)
{
    const classes *s = structure;

    return s->nclasses;
}

static bool
finds(const void *structure)
{
    return nclasses(structure) > 1;
}

static size_t
ncells(const void *structure)
{
    const classes *s = structure;

    return s->trees->ncells;
}

static void
cells(const void *structure, const ss_coded_table *rows, uint32_t *list)
{
    const classes *s = structure;
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_coded_table all = classify(s, rows, scratch);

    ss_trees_cells(s->trees, &all, list);
    ss_arena_free(scratch);
}

static void
settle(const void *structure, const ss_tally *tally, ss_arena *result, void **model)
{
    const classes *s = structure;

    ss_trees_settle(s->trees, tally, result, model);
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

/* Logs of the probability of each code of a column in each class: codes x classes. */
static double *
logs_of(const ss_trees_target *t, uint32_t n, ss_arena *result)
{
    double *logs = ss_alloc(result, (size_t) t->ncodes * n, sizeof *logs);
    uint32_t *leaves = ss_alloc(result, n, sizeof *leaves);
    const ss_tree_node *root = t->tree.nodes;
    ss_coded_table each = {.n = n, .d = root->column == SS_TREE_LEAF ? 0 : root->column + 1};

    /* A row of each class: its tree looks at nothing else. */
    each.columns = ss_alloc(result, each.d + 1, sizeof *each.columns);
    each.columns[each.d == 0 ? 0 : each.d - 1].codes = ss_alloc(result, n, sizeof(uint16_t));
    for (uint32_t z = 0; z < n; z++)
        each.columns[each.d == 0 ? 0 : each.d - 1].codes[z] = (uint16_t) z;
    ss_tree_leaves(&t->tree, &each, leaves);
    for (uint32_t z = 0; z < n; z++)
    {
        for (uint32_t c = 0; c < t->ncodes; c++)
            logs[(size_t) c * n + z] =
                ss_below_log(t->below + (size_t) leaves[z] * t->ncodes, t->ncodes, c);
    }
    return logs;
}

static void
log_density(const void *model, const ss_coded_table *rows, double *nats)
{
    const ss_trees *m = model;
    const ss_trees_target *class = &m->targets[0];
    const uint32_t n = class->ncodes;
    ss_arena *scratch = ss_arena_new(NULL);
    double **logs = ss_alloc(scratch, m->n, sizeof *logs);
    double *sums = ss_alloc(scratch, n, sizeof *sums);
    double *shares = ss_alloc(scratch, (size_t) class->tree.nleaves * n, sizeof *shares);
    uint32_t *leaves = ss_alloc(scratch, rows->n + 1, sizeof *leaves);

    ss_tree_leaves(&class->tree, rows, leaves);
    for (uint32_t i = 0; i < class->tree.nleaves * n; i++)
        shares[i] = ss_below_log(class->below + (size_t) (i / n) * n, n, i % n);
    for (size_t t = 1; t < m->n; t++)
        logs[t] = logs_of(&m->targets[t], n, scratch);
    for (size_t r = 0; r < rows->n; r++)
    {
        memcpy(sums, shares + (size_t) leaves[r] * n, n * sizeof *sums);
        for (size_t t = 1; t < m->n; t++)
        {
            const uint16_t code = rows->columns[m->targets[t].tree.target].codes[r];
            const double *line = logs[t] + (size_t) code * n;

            for (uint32_t z = 0; z < n; z++)
                sums[z] += line[z];
        }
        nats[r] = log_sum(sums, n);
    }
    ss_arena_free(scratch);
}

static void
draw(const void *model, ss_coded_table *rows, const uint64_t *words)
{
    const ss_trees *m = model;
    ss_arena *scratch = ss_arena_new(NULL);
    ss_coded_table all = with_class(rows, m->targets[0].ncodes, scratch);

    ss_trees_draw(m, &all, words);
    ss_arena_free(scratch);
}

const ss_engine ss_engine_classes = {.name = "classes",
                                     .nclasses = nclasses,
                                     .learn = learn,
                                     .finds = finds,
                                     .ncells = ncells,
                                     .cells = cells,
                                     .settle = settle,
                                     .log_density = log_density,
                                     .draw = draw};
