/* The engine of sequential trees, and with no column to split by that of independence. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/association.h"
#include "stats/engine.h"
#include "stats/told.h"
#include "stats/tree.h"

#define CANDIDATES_MAX 24

typedef struct trees
{
    ss_engine_options o;
    size_t n, d;
    ss_tree *list;    /* in the order that they are drawn in */
    size_t *of;       /* of a column: its tree; SIZE_MAX: given */
    uint32_t *first;  /* of a tree: its first cell */
    uint32_t *ncodes; /* of its target */
    uint32_t *nordered;
    size_t ncells;
} trees;

typedef struct trees_model
{
    const trees *structure;
    ss_told **told;   /* of a tree: of its leaves */
    uint32_t **below; /* of a tree: leaves x ncodes */
} trees_model;

/* --- learning --------------------------------------------------------------------------------------- */

/* Small domains first: what has many codes is told by what has few, and cheaply. */
static void
put_in_order(const ss_coded_table *rows, uint32_t *order, size_t n)
{
    for (size_t i = 1; i < n; i++)
    {
        const uint32_t c = order[i];
        size_t at = i;

        for (; at > 0 && rows->columns[order[at - 1]].ncodes > rows->columns[c].ncodes; at--)
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

static ss_code
learn(const ss_coded_table *rows, const ss_coded_table *held_out, const ss_engine_options *options,
      bool dependent, ss_arena *result, void **structure)
{
    trees *s = ss_alloc(result, 1, sizeof *s);
    ss_arena *scratch = ss_arena_new(NULL);
    uint32_t *known = ss_alloc(scratch, rows->d + 1, sizeof *known), *targets, *candidates;
    ss_association *association = NULL;
    size_t nknown = 0;

    targets = ss_alloc(scratch, rows->d + 1, sizeof *targets);
    candidates = ss_alloc(scratch, CANDIDATES_MAX, sizeof *candidates);
    *s = (trees){.o = *options, .d = rows->d};
    s->list = ss_alloc(result, rows->d + 1, sizeof *s->list);
    s->of = ss_alloc(result, rows->d + 1, sizeof *s->of);
    s->first = ss_alloc(result, rows->d + 1, sizeof *s->first);
    s->ncodes = ss_alloc(result, rows->d + 1, sizeof *s->ncodes);
    s->nordered = ss_alloc(result, rows->d + 1, sizeof *s->nordered);
    for (uint32_t c = 0; c < rows->d; c++)
    {
        s->of[c] = SIZE_MAX;
        if (rows->columns[c].given)
            known[nknown++] = c;
        else
            targets[s->n++] = c;
    }
    put_in_order(rows, targets, s->n);
    if (dependent)
        association = ss_association_of(rows, scratch);
    for (size_t i = 0; i < s->n; i++)
    {
        const ss_coded_column *target = &rows->columns[targets[i]];
        ss_tree_options o = {
            .people = options->people, .least_rows = options->least_rows, .candidates = candidates};

        if (dependent)
            o.ncandidates = choose(association, known, nknown, targets[i], candidates);
        ss_tree_grow(rows, held_out, targets[i], &o, result, &s->list[i]);
        s->of[targets[i]] = i;
        s->first[i] = (uint32_t) s->ncells;
        s->ncodes[i] = target->ncodes;
        s->nordered[i] = target->nordered;
        s->ncells += (size_t) s->list[i].nleaves * target->ncodes;
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

static size_t
ncells(const void *structure)
{
    const trees *s = structure;

    return s->ncells;
}

static void
cells(const void *structure, const ss_coded_table *rows, size_t c, uint32_t *list)
{
    const trees *s = structure;
    const size_t t = s->of[c];

    if (t == SIZE_MAX)
    {
        for (size_t r = 0; r < rows->n; r++)
            list[r] = SS_TALLY_NO_CELL;
        return;
    }
    ss_tree_leaves(&s->list[t], rows, list);
    for (size_t r = 0; r < rows->n; r++)
        list[r] = s->first[t] + list[r] * s->ncodes[t] + rows->columns[c].codes[r];
}

/* --- settling --------------------------------------------------------------------------------------- */

/* Cells of leaves that are told nowhere yet, of one code below one node: a list through next. */
typedef struct hidden
{
    uint32_t head, tail; /* of cells, from the tree's first; SS_TALLY_NO_CELL: none */
} hidden;

typedef struct settling
{
    const ss_tally *tally;
    const ss_tree *tree;
    uint32_t first, ncodes, nordered;
    size_t k;
    uint64_t *counts; /* nodes x ncodes: rows that are told below and at the node */
    uint64_t *rows;   /* nodes */
    hidden *hidden;   /* nodes x ncodes */
    uint32_t *next;   /* of the tree's cells */
    uint32_t *list;   /* room for a code's cells of all leaves */
    ss_told *leaves;
} settling;

static void
settle_leaf(settling *s, uint32_t node, ss_arena *result)
{
    const uint32_t leaf = s->tree->nodes[node].left;
    ss_told *told = &s->leaves[leaf];
    uint64_t *counts = s->counts + (size_t) node * s->ncodes;

    ss_told_make(s->tally, s->first + leaf * s->ncodes, s->ncodes, s->nordered, s->k, result, told);
    s->rows[node] = ss_told_rows(told);
    for (size_t i = 0; i < told->ncells; i++)
    {
        if (told->cells[i].from == told->cells[i].to)
            counts[told->cells[i].from] = told->cells[i].rows;
    }
    for (uint32_t c = 0; c < s->ncodes; c++)
    {
        hidden *h = &s->hidden[(size_t) node * s->ncodes + c];
        const uint32_t cell = leaf * s->ncodes + c;

        s->next[cell] = SS_TALLY_NO_CELL;
        *h = (hidden){SS_TALLY_NO_CELL, SS_TALLY_NO_CELL};
        if (counts[c] == 0 && ss_tally_weight(s->tally, s->first + cell) > 0)
            *h = (hidden){cell, cell};
    }
}

static uint32_t
list_hidden(const settling *s, const hidden *h)
{
    uint32_t n = 0;

    for (uint32_t cell = h->head; cell != SS_TALLY_NO_CELL; cell = s->next[cell])
        s->list[n++] = s->first + cell;
    return n;
}

/*
 * A node tells of a code what its children tell, and what they hide where k people stand behind all of it together.  So
 * the node less its children leaves nobody, or k.
 */
static void
settle_node(settling *s, uint32_t node)
{
    const uint32_t left = s->tree->nodes[node].left, right = s->tree->nodes[node].right;

    s->rows[node] = s->rows[left] + s->rows[right];
    for (uint32_t c = 0; c < s->ncodes; c++)
    {
        const hidden *l = &s->hidden[(size_t) left * s->ncodes + c];
        const hidden *r = &s->hidden[(size_t) right * s->ncodes + c];
        hidden *own = &s->hidden[(size_t) node * s->ncodes + c];
        uint64_t *count = &s->counts[(size_t) node * s->ncodes + c], weight = 0;
        uint32_t n;

        *count =
            s->counts[(size_t) left * s->ncodes + c] + s->counts[(size_t) right * s->ncodes + c];
        *own = l->head == SS_TALLY_NO_CELL ? *r : *l;
        if (l->head != SS_TALLY_NO_CELL && r->head != SS_TALLY_NO_CELL)
        {
            s->next[l->tail] = r->head;
            own->tail = r->tail;
        }
        n = list_hidden(s, own);
        if (n == 0 || !ss_tally_enough_together(s->tally, s->list, n))
            continue;
        for (uint32_t i = 0; i < n; i++)
            weight += ss_tally_weight(s->tally, s->list[i]);
        *count += ss_people_round(ss_whole_rows(weight));
        *own = (hidden){SS_TALLY_NO_CELL, SS_TALLY_NO_CELL};
    }
}

/* From the root downwards: each node's distribution, spread by that of the one above. */
static void
spread(const settling *s, uint32_t *below, ss_arena *scratch, uint32_t *of_leaves)
{
    ss_told told = {.cells = ss_alloc(scratch, s->ncodes + 1, sizeof *told.cells),
                    .joined = SS_TOLD_NONE};

    for (uint32_t n = 0; n < s->tree->nnodes; n++)
    {
        const ss_tree_node *node = &s->tree->nodes[n];
        const uint32_t *above = n == 0 ? NULL : below + (size_t) node->parent * s->ncodes;
        uint32_t *own = below + (size_t) n * s->ncodes;
        uint64_t sum = 0;

        told.ncells = 0;
        for (uint32_t c = 0; c < s->ncodes; c++)
        {
            const uint64_t count = s->counts[(size_t) n * s->ncodes + c];

            if (count == 0)
                continue;
            told.cells[told.ncells++] = (ss_told_cell){.from = c, .to = c, .rows = count};
            sum += count;
        }
        told.rest = s->rows[n] > sum ? s->rows[n] - sum : 0;
        ss_told_below(node->column == SS_TREE_LEAF ? &s->leaves[node->left] : &told, above,
                      s->ncodes, s->k, s->tree->alpha, own);
        if (node->column == SS_TREE_LEAF)
            memcpy(of_leaves + (size_t) node->left * s->ncodes, own, s->ncodes * sizeof *own);
    }
}

static void
settle_tree(const trees *structure, size_t t, const ss_tally *tally, ss_arena *result,
            trees_model *m)
{
    const ss_tree *tree = &structure->list[t];
    ss_arena *scratch = ss_arena_new(NULL);
    settling s = {.tally = tally,
                  .tree = tree,
                  .first = structure->first[t],
                  .ncodes = structure->ncodes[t],
                  .nordered = structure->nordered[t],
                  .k = structure->o.people.k};
    const size_t cells_of_nodes = (size_t) tree->nnodes * s.ncodes;

    s.counts = ss_alloc(scratch, cells_of_nodes, sizeof *s.counts);
    s.rows = ss_alloc(scratch, tree->nnodes, sizeof *s.rows);
    s.hidden = ss_alloc(scratch, cells_of_nodes, sizeof *s.hidden);
    s.next = ss_alloc(scratch, (size_t) tree->nleaves * s.ncodes, sizeof *s.next);
    s.list = ss_alloc(scratch, tree->nleaves, sizeof *s.list);
    s.leaves = ss_alloc(result, tree->nleaves, sizeof *s.leaves);
    for (uint32_t n = tree->nnodes; n > 0; n--)
    {
        if (tree->nodes[n - 1].column == SS_TREE_LEAF)
            settle_leaf(&s, n - 1, result);
        else
            settle_node(&s, n - 1);
    }
    m->told[t] = s.leaves;
    m->below[t] = ss_alloc(result, (size_t) tree->nleaves * s.ncodes, sizeof *m->below[t]);
    spread(&s, ss_alloc(scratch, cells_of_nodes, sizeof(uint32_t)), scratch, m->below[t]);
    ss_arena_free(scratch);
}

static void
settle(const void *structure, const ss_tally *tally, ss_arena *result, void **model)
{
    const trees *s = structure;
    trees_model *m = ss_alloc(result, 1, sizeof *m);

    *m = (trees_model){.structure = s,
                       .told = ss_alloc(result, s->n + 1, sizeof *m->told),
                       .below = ss_alloc(result, s->n + 1, sizeof *m->below)};
    for (size_t t = 0; t < s->n; t++)
        settle_tree(s, t, tally, result, m);
    *model = m;
}

/* --- using ------------------------------------------------------------------------------------------ */

static void
log_density(const void *model, const ss_coded_table *rows, double *nats)
{
    const trees_model *m = model;
    const trees *s = m->structure;
    uint32_t *leaves = calloc(rows->n + 1, sizeof *leaves);

    if (leaves == NULL)
        ss_out_of_memory();
    memset(nats, 0, rows->n * sizeof *nats);
    for (size_t t = 0; t < s->n; t++)
    {
        const uint16_t *codes = rows->columns[s->list[t].target].codes;

        ss_tree_leaves(&s->list[t], rows, leaves);
        for (size_t r = 0; r < rows->n; r++)
        {
            const uint32_t *below = m->below[t] + (size_t) leaves[r] * s->ncodes[t];

            nats[r] += ss_below_log(below, s->ncodes[t], codes[r]);
        }
    }
    free(leaves);
}

static void
draw(const void *model, ss_coded_table *rows, const uint64_t *words)
{
    const trees_model *m = model;
    const trees *s = m->structure;
    uint32_t *leaves = calloc(rows->n + 1, sizeof *leaves);

    if (leaves == NULL)
        ss_out_of_memory();
    for (size_t t = 0; t < s->n; t++)
    {
        const uint32_t c = s->list[t].target;

        ss_tree_leaves(&s->list[t], rows, leaves);
        for (size_t r = 0; r < rows->n; r++)
        {
            const uint32_t *below = m->below[t] + (size_t) leaves[r] * s->ncodes[t];

            rows->columns[c].codes[r] =
                (uint16_t) ss_below_draw(below, s->ncodes[t], words[(size_t) c * rows->n + r]);
        }
    }
    free(leaves);
}

const ss_engine ss_engine_trees = {.name = "trees",
                                   .learn = learn_trees,
                                   .ncells = ncells,
                                   .cells = cells,
                                   .settle = settle,
                                   .log_density = log_density,
                                   .draw = draw};

const ss_engine ss_engine_independence = {.name = "independence",
                                          .learn = learn_independence,
                                          .ncells = ncells,
                                          .cells = cells,
                                          .settle = settle,
                                          .log_density = log_density,
                                          .draw = draw};
