/* The engine of sequential trees, and with no column to split by that of independence. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/association.h"
#include "stats/trees.h"

#define CANDIDATES_MAX 24

/* --- learning --------------------------------------------------------------------------------------- */

static bool
comes_before(const ss_coded_column *a, const ss_coded_column *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->ncodes < b->ncodes;
}

/* By rank, and of each small domains first: what has many codes is told by what has few, and cheaply. */
static void
put_in_order(const ss_coded_table *rows, uint32_t *order, size_t n)
{
    for (size_t i = 1; i < n; i++)
    {
        const uint32_t c = order[i];
        size_t at = i;

        for (; at > 0 && comes_before(&rows->columns[c], &rows->columns[order[at - 1]]); at--)
            order[at] = order[at - 1];
        order[at] = c;
    }
}

/* Of the columns that are known before target those that tell most of it. */
static size_t
choose(const ss_association *a, const uint32_t *known, size_t nknown, uint32_t target,
       uint32_t *candidates)
{
    size_t n = 0;

    for (size_t i = 0; i < nknown; i++)
    {
        const double own = ss_association_information(a, known[i], target);
        size_t at = n < CANDIDATES_MAX ? n++ : CANDIDATES_MAX;

        for (; at > 0 && own > ss_association_information(a, candidates[at - 1], target); at--)
        {
            if (at < CANDIDATES_MAX)
                candidates[at] = candidates[at - 1];
        }
        if (at < CANDIDATES_MAX)
            candidates[at] = known[i];
    }
    return n;
}

ss_trees *
ss_trees_new(const ss_coded_table *rows, size_t k, ss_arena *result)
{
    ss_trees *s = ss_alloc(result, 1, sizeof *s);

    *s = (ss_trees){.k = k, .d = rows->d};
    s->targets = ss_alloc(result, rows->d + 1, sizeof *s->targets);
    s->of = ss_alloc(result, rows->d + 1, sizeof *s->of);
    for (size_t c = 0; c < rows->d; c++)
        s->of[c] = SIZE_MAX;
    return s;
}

void
ss_trees_append(ss_trees *s, const ss_coded_table *rows, const ss_tree *tree)
{
    const ss_coded_column *column = &rows->columns[tree->target];

    s->of[tree->target] = s->n;
    s->targets[s->n++] = (ss_trees_target){.tree = *tree,
                                           .ncodes = column->ncodes,
                                           .nordered = column->nordered,
                                           .first = (uint32_t) s->ncells};
    s->ncells += (size_t) tree->nleaves * column->ncodes;
}

static ss_code
learn(const ss_coded_table *rows, const ss_coded_table *held_out, const ss_engine_options *options,
      bool dependent, ss_arena *result, void **structure)
{
    ss_trees *s = ss_trees_new(rows, options->people.k, result);
    ss_arena *scratch = ss_arena_new(NULL);
    uint32_t *known = ss_alloc(scratch, rows->d + 1, sizeof *known), *targets, *candidates;
    ss_association *association = NULL;
    size_t nknown = 0, n = 0;

    targets = ss_alloc(scratch, rows->d + 1, sizeof *targets);
    candidates = ss_alloc(scratch, CANDIDATES_MAX, sizeof *candidates);
    for (uint32_t c = 0; c < rows->d; c++)
    {
        if (rows->columns[c].given)
            known[nknown++] = c;
        else
            targets[n++] = c;
    }
    put_in_order(rows, targets, n);
    if (dependent)
        association = ss_association_of(rows, scratch);
    for (size_t i = 0; i < n; i++)
    {
        ss_tree tree;
        ss_tree_options o = {
            .people = options->people, .least_rows = options->least_rows, .candidates = candidates};

        if (dependent)
            o.ncandidates = choose(association, known, nknown, targets[i], candidates);
        ss_tree_grow(rows, held_out, targets[i], &o, result, &tree);
        ss_trees_append(s, rows, &tree);
        known[nknown++] = targets[i];
    }
    ss_arena_free(scratch);
    *structure = s;
    return SS_OK;
}

static ss_code
learn_trees(const ss_coded_table *rows, const ss_coded_table *held_out,
            const ss_engine_options *options, ss_arena *result, void **structure, ss_error *err)
{
    (void) err;
    return learn(rows, held_out, options, true, result, structure);
}

static ss_code
learn_independence(const ss_coded_table *rows, const ss_coded_table *held_out,
                   const ss_engine_options *options, ss_arena *result, void **structure,
                   ss_error *err)
{
    (void) err;
    return learn(rows, held_out, options, false, result, structure);
}

bool
ss_trees_finds(const void *structure)
{
    const ss_trees *s = structure;

    for (size_t i = 0; i < s->n; i++)
    {
        if (s->targets[i].tree.nleaves > 1)
            return true;
    }
    return false;
}

size_t
ss_trees_ncells(const void *structure)
{
    const ss_trees *s = structure;

    return s->ncells;
}

void
ss_trees_cells(const void *structure, const ss_coded_table *rows, uint32_t *list)
{
    const ss_trees *s = structure;

    for (size_t c = 0; c < s->d; c++)
    {
        const ss_trees_target *target = s->of[c] == SIZE_MAX ? NULL : &s->targets[s->of[c]];
        uint32_t *own = list + c * rows->n;

        if (target != NULL)
            ss_tree_leaves(&target->tree, rows, own);
        for (size_t r = 0; r < rows->n; r++)
            own[r] = target == NULL
                         ? SS_TALLY_NO_CELL
                         : target->first + own[r] * target->ncodes + rows->columns[c].codes[r];
    }
}

/* --- settling --------------------------------------------------------------------------------------- */

ss_backoff
ss_trees_backoff(const ss_trees_target *target, ss_arena *scratch)
{
    const ss_tree *tree = &target->tree;
    ss_backoff_node *nodes = ss_alloc(scratch, tree->nnodes, sizeof *nodes);

    for (uint32_t n = 0; n < tree->nnodes; n++)
        nodes[n] = (ss_backoff_node){
            .parent = tree->nodes[n].parent,
            .leaf = tree->nodes[n].column == SS_TREE_LEAF ? tree->nodes[n].left : SS_BACKOFF_INNER};
    return (ss_backoff){.nodes = nodes,
                        .nnodes = tree->nnodes,
                        .nleaves = tree->nleaves,
                        .first = target->first,
                        .ncodes = target->ncodes,
                        .nordered = target->nordered,
                        .alpha = tree->alpha};
}

void
ss_trees_settle(const void *structure, const ss_tally *tally, ss_arena *result, void **model)
{
    const ss_trees *s = structure;
    ss_trees *m = ss_alloc(result, 1, sizeof *m);
    ss_arena *scratch = ss_arena_new(NULL);

    *m = *s;
    m->targets = ss_alloc(result, s->n + 1, sizeof *m->targets);
    for (size_t t = 0; t < s->n; t++)
    {
        const ss_backoff backoff = ss_trees_backoff(&s->targets[t], scratch);

        m->targets[t] = s->targets[t];
        m->targets[t].codes = ss_alloc(result, backoff.ncodes, sizeof *m->targets[t].codes);
        m->targets[t].told = ss_backoff_settle(&backoff, tally, s->k, result, m->targets[t].codes);
    }
    ss_arena_free(scratch);
    ss_trees_derive(m, result);
    *model = m;
}

void
ss_trees_derive(ss_trees *trees, ss_arena *result)
{
    ss_arena *scratch = ss_arena_new(NULL);

    for (size_t t = 0; t < trees->n; t++)
    {
        const ss_backoff backoff = ss_trees_backoff(&trees->targets[t], scratch);

        trees->targets[t].below =
            ss_backoff_derive(&backoff, trees->targets[t].told, trees->k, result);
    }
    ss_arena_free(scratch);
}

/* --- using ------------------------------------------------------------------------------------------ */

void
ss_trees_log_density(const void *model, const ss_coded_table *rows, double *nats)
{
    const ss_trees *m = model;
    uint32_t *leaves = ss_must(calloc(rows->n + 1, sizeof *leaves));

    memset(nats, 0, rows->n * sizeof *nats);
    for (size_t t = 0; t < m->n; t++)
    {
        const ss_trees_target *target = &m->targets[t];
        const uint16_t *codes = rows->columns[target->tree.target].codes;

        ss_tree_leaves(&target->tree, rows, leaves);
        for (size_t r = 0; r < rows->n; r++)
            nats[r] += ss_below_log(target->below + (size_t) leaves[r] * target->ncodes,
                                    target->ncodes, codes[r]);
    }
    free(leaves);
}

void
ss_trees_draw(const void *model, ss_coded_table *rows, const uint64_t *words)
{
    const ss_trees *m = model;
    uint32_t *leaves = ss_must(calloc(rows->n + 1, sizeof *leaves));

    for (size_t t = 0; t < m->n; t++)
    {
        const ss_trees_target *target = &m->targets[t];
        const uint32_t c = target->tree.target;

        ss_tree_leaves(&target->tree, rows, leaves);
        for (size_t r = 0; r < rows->n; r++)
            rows->columns[c].codes[r] =
                (uint16_t) ss_below_draw(target->below + (size_t) leaves[r] * target->ncodes,
                                         target->ncodes, words[(size_t) c * rows->n + r]);
    }
    free(leaves);
}

const ss_engine ss_engine_trees = {.name = "trees",
                                   .learn = learn_trees,
                                   .finds = ss_trees_finds,
                                   .ncells = ss_trees_ncells,
                                   .cells = ss_trees_cells,
                                   .settle = ss_trees_settle,
                                   .log_density = ss_trees_log_density,
                                   .draw = ss_trees_draw};

const ss_engine ss_engine_independence = {.name = "independence",
                                          .learn = learn_independence,
                                          .finds = ss_trees_finds,
                                          .ncells = ss_trees_ncells,
                                          .cells = ss_trees_cells,
                                          .settle = ss_trees_settle,
                                          .log_density = ss_trees_log_density,
                                          .draw = ss_trees_draw};
