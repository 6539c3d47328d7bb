/* The engine of sequential trees, and with no column to split by that of independence. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/association.h"
#include "stats/trees.h"

#define CANDIDATES_MAX 24

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
    ss_trees *s = ss_alloc(result, 1, sizeof *s);
    ss_arena *scratch = ss_arena_new(NULL);
    uint32_t *known = ss_alloc(scratch, rows->d + 1, sizeof *known), *targets, *candidates;
    ss_association *association = NULL;
    size_t nknown = 0;

    targets = ss_alloc(scratch, rows->d + 1, sizeof *targets);
    candidates = ss_alloc(scratch, CANDIDATES_MAX, sizeof *candidates);
    *s = (ss_trees){.k = options->people.k, .d = rows->d};
    s->targets = ss_alloc(result, rows->d + 1, sizeof *s->targets);
    s->of = ss_alloc(result, rows->d + 1, sizeof *s->of);
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
        const ss_coded_column *column = &rows->columns[targets[i]];
        ss_trees_target *target = &s->targets[i];
        ss_tree_options o = {
            .people = options->people, .least_rows = options->least_rows, .candidates = candidates};

        if (dependent)
            o.ncandidates = choose(association, known, nknown, targets[i], candidates);
        *target = (ss_trees_target){
            .ncodes = column->ncodes, .nordered = column->nordered, .first = (uint32_t) s->ncells};
        ss_tree_grow(rows, held_out, targets[i], &o, result, &target->tree);
        s->of[targets[i]] = i;
        s->ncells += (size_t) target->tree.nleaves * column->ncodes;
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
    const ss_trees *s = structure;

    return s->ncells;
}

static void
cells(const void *structure, const ss_coded_table *rows, uint32_t *list)
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

/* Cells of leaves that are told nowhere yet, of one code below one node: a list through next. */
typedef struct hidden
{
    uint32_t head, tail; /* of cells, from the tree's first; SS_TALLY_NO_CELL: none */
} hidden;

typedef struct settling
{
    const ss_tally *tally;
    const ss_trees_target *target;
    uint32_t ncodes;
    size_t k;
    bool *told;     /* nodes x ncodes: told below or at the node */
    hidden *hidden; /* nodes x ncodes */
    uint32_t *next; /* of the tree's cells */
    uint32_t *list; /* room for a code's cells of all leaves */
} settling;

static void
settle_leaf(settling *s, uint32_t node, ss_arena *result)
{
    const uint32_t leaf = s->target->tree.nodes[node].left;
    ss_told *told = &s->target->told[node];

    ss_told_make(s->tally, s->target->first + leaf * s->ncodes, s->ncodes, s->target->nordered,
                 s->k, result, told);
    for (size_t i = 0; i < told->ncells; i++)
    {
        if (told->cells[i].from == told->cells[i].to)
            s->told[(size_t) node * s->ncodes + told->cells[i].from] = true;
    }
    for (uint32_t c = 0; c < s->ncodes; c++)
    {
        const size_t at = (size_t) node * s->ncodes + c;
        const uint32_t cell = leaf * s->ncodes + c;

        s->next[cell] = SS_TALLY_NO_CELL;
        s->hidden[at] = (hidden){SS_TALLY_NO_CELL, SS_TALLY_NO_CELL};
        if (!s->told[at] && ss_tally_weight(s->tally, s->target->first + cell) > 0)
            s->hidden[at] = (hidden){cell, cell};
    }
}

static uint32_t
list_hidden(const settling *s, const hidden *h)
{
    uint32_t n = 0;

    for (uint32_t cell = h->head; cell != SS_TALLY_NO_CELL; cell = s->next[cell])
        s->list[n++] = s->target->first + cell;
    return n;
}

/*
 * A node tells of a code what its children tell, and what they hide where k people stand behind all of it together.  So
 * the node less its children leaves nobody, or k.
 */
static void
settle_node(settling *s, uint32_t node, ss_arena *result)
{
    const ss_tree_node *own = &s->target->tree.nodes[node];
    ss_told *told = &s->target->told[node];

    *told = (ss_told){.cells = ss_alloc(result, s->ncodes, sizeof *told->cells),
                      .joined = SS_TOLD_NONE};
    for (uint32_t c = 0; c < s->ncodes; c++)
    {
        const hidden *l = &s->hidden[(size_t) own->left * s->ncodes + c];
        const hidden *r = &s->hidden[(size_t) own->right * s->ncodes + c];
        hidden *both = &s->hidden[(size_t) node * s->ncodes + c];
        uint64_t weight = 0;
        uint32_t n;

        *both = l->head == SS_TALLY_NO_CELL ? *r : *l;
        if (l->head != SS_TALLY_NO_CELL && r->head != SS_TALLY_NO_CELL)
        {
            s->next[l->tail] = r->head;
            both->tail = r->tail;
        }
        n = list_hidden(s, both);
        if (n == 0 || !ss_tally_enough_together(s->tally, s->list, n))
            continue;
        for (uint32_t i = 0; i < n; i++)
            weight += ss_tally_weight(s->tally, s->list[i]);
        told->cells[told->ncells++] =
            (ss_told_cell){.from = c, .to = c, .rows = ss_people_round(ss_whole_rows(weight))};
        *both = (hidden){SS_TALLY_NO_CELL, SS_TALLY_NO_CELL};
    }
}

static void
settle_target(const ss_tally *tally, size_t k, ss_arena *result, ss_trees_target *target)
{
    const ss_tree *tree = &target->tree;
    ss_arena *scratch = ss_arena_new(NULL);
    settling s = {.tally = tally, .target = target, .ncodes = target->ncodes, .k = k};
    const size_t cells_of_nodes = (size_t) tree->nnodes * s.ncodes;

    s.told = ss_alloc(scratch, cells_of_nodes, sizeof *s.told);
    s.hidden = ss_alloc(scratch, cells_of_nodes, sizeof *s.hidden);
    s.next = ss_alloc(scratch, (size_t) tree->nleaves * s.ncodes, sizeof *s.next);
    s.list = ss_alloc(scratch, tree->nleaves, sizeof *s.list);
    target->told = ss_alloc(result, tree->nnodes, sizeof *target->told);
    for (uint32_t n = tree->nnodes; n > 0; n--)
    {
        if (tree->nodes[n - 1].column == SS_TREE_LEAF)
            settle_leaf(&s, n - 1, result);
        else
            settle_node(&s, n - 1, result);
    }
    ss_arena_free(scratch);
}

static void
settle(const void *structure, const ss_tally *tally, ss_arena *result, void **model)
{
    const ss_trees *s = structure;
    ss_trees *m = ss_alloc(result, 1, sizeof *m);

    *m = *s;
    m->targets = ss_alloc(result, s->n + 1, sizeof *m->targets);
    for (size_t t = 0; t < s->n; t++)
    {
        m->targets[t] = s->targets[t];
        settle_target(tally, s->k, result, &m->targets[t]);
    }
    ss_trees_derive(m, result);
    *model = m;
}

/* --- deriving --------------------------------------------------------------------------------------- */

/* Rows of each code that are told at the node or below it, and of all codes. */
static void
add_up(const ss_trees_target *t, uint64_t *counts, uint64_t *rows)
{
    for (uint32_t n = t->tree.nnodes; n > 0; n--)
    {
        const ss_tree_node *node = &t->tree.nodes[n - 1];
        const ss_told *told = &t->told[n - 1];
        const bool leaf = node->column == SS_TREE_LEAF;
        uint64_t *own = counts + (size_t) (n - 1) * t->ncodes;

        rows[n - 1] = leaf ? ss_told_rows(told) : rows[node->left] + rows[node->right];
        for (uint32_t c = 0; c < t->ncodes && !leaf; c++)
            own[c] = counts[(size_t) node->left * t->ncodes + c] +
                     counts[(size_t) node->right * t->ncodes + c];
        for (size_t i = 0; i < told->ncells; i++)
        {
            if (told->cells[i].from == told->cells[i].to)
                own[told->cells[i].from] += told->cells[i].rows;
        }
    }
}

/* From the root downwards: each node's distribution, spread by that of the one above. */
static void
derive(ss_trees_target *t, size_t k, ss_arena *result)
{
    const size_t cells_of_nodes = (size_t) t->tree.nnodes * t->ncodes;
    ss_arena *scratch = ss_arena_new(NULL);
    uint64_t *counts = ss_alloc(scratch, cells_of_nodes, sizeof *counts);
    uint64_t *rows = ss_alloc(scratch, t->tree.nnodes, sizeof *rows);
    uint32_t *below = ss_alloc(scratch, cells_of_nodes, sizeof *below);
    ss_told told = {.cells = ss_alloc(scratch, t->ncodes, sizeof *told.cells),
                    .joined = SS_TOLD_NONE};

    t->below = ss_alloc(result, (size_t) t->tree.nleaves * t->ncodes, sizeof *t->below);
    add_up(t, counts, rows);
    for (uint32_t n = 0; n < t->tree.nnodes; n++)
    {
        const ss_tree_node *node = &t->tree.nodes[n];
        const uint32_t *above = n == 0 ? NULL : below + (size_t) node->parent * t->ncodes;
        uint32_t *own = below + (size_t) n * t->ncodes;
        uint64_t sum = 0;

        told.ncells = 0;
        for (uint32_t c = 0; c < t->ncodes; c++)
        {
            const uint64_t count = counts[(size_t) n * t->ncodes + c];

            if (count == 0)
                continue;
            told.cells[told.ncells++] = (ss_told_cell){.from = c, .to = c, .rows = count};
            sum += count;
        }
        told.rest = rows[n] > sum ? rows[n] - sum : 0;
        ss_told_below(node->column == SS_TREE_LEAF ? &t->told[n] : &told, above, t->ncodes, k,
                      t->tree.alpha, own);
        if (node->column == SS_TREE_LEAF)
            memcpy(t->below + (size_t) node->left * t->ncodes, own, t->ncodes * sizeof *own);
    }
    ss_arena_free(scratch);
}

void
ss_trees_derive(ss_trees *trees, ss_arena *result)
{
    for (size_t t = 0; t < trees->n; t++)
        derive(&trees->targets[t], trees->k, result);
}

/* --- using ------------------------------------------------------------------------------------------ */

static void
log_density(const void *model, const ss_coded_table *rows, double *nats)
{
    const ss_trees *m = model;
    uint32_t *leaves = calloc(rows->n + 1, sizeof *leaves);

    if (leaves == NULL)
        ss_out_of_memory();
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

static void
draw(const void *model, ss_coded_table *rows, const uint64_t *words)
{
    const ss_trees *m = model;
    uint32_t *leaves = calloc(rows->n + 1, sizeof *leaves);

    if (leaves == NULL)
        ss_out_of_memory();
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
