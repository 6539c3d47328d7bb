/*
 * Sequential trees: a model of all columns, each drawn by its own tree, given those that were drawn before it.
 *
 * What it tells is told node by node: a leaf its distribution; a node above it, of a code, what its children hide
 * and k people stand behind together.  A node's own distribution follows from that, and what is drawn from the
 * leaves' in turn: ss_trees_derive().
 */
#ifndef SS_STATS_TREES_H
#define SS_STATS_TREES_H

#include "stats/backoff.h"
#include "stats/engine.h"
#include "stats/tree.h"

typedef struct ss_trees_target
{
    ss_tree tree; /* tree.target: the column */
    uint32_t ncodes, nordered;
    uint32_t first;         /* cell of the tally; of leaf l and code c: first + l * ncodes + c */
    ss_told *told;          /* per node; NULL in a structure */
    ss_backoff_code *codes; /* known to those who settle alone; else NULL */
    uint32_t *below;        /* leaves x ncodes (stats/told.h); NULL in a structure */
} ss_trees_target;

typedef struct ss_trees
{
    size_t k;
    size_t n, d;              /* targets; columns */
    ss_trees_target *targets; /* in the order that they are drawn in */
    size_t *of;               /* of a column: its target; SIZE_MAX: given */
    size_t ncells;
} ss_trees;

/* Without trees yet, for the columns of rows; each is appended behind those of the columns that it splits by. */
ss_trees *ss_trees_new(const ss_coded_table *rows, size_t k, ss_arena *result);
void ss_trees_append(ss_trees *trees, const ss_coded_table *rows, const ss_tree *tree);

/* Of every engine whose structure and model are trees, as struct ss_engine has them. */
bool ss_trees_finds(const void *structure);
size_t ss_trees_ncells(const void *structure);
void ss_trees_cells(const void *structure, const ss_coded_table *rows, uint32_t *cells);
void ss_trees_settle(const void *structure, const ss_tally *tally, ss_arena *result, void **model);
void ss_trees_log_density(const void *model, const ss_coded_table *rows, double *nats);
void ss_trees_draw(const void *model, ss_coded_table *rows, const uint64_t *words);

/* The target's tree as one of tables; its nodes live in scratch. */
ss_backoff ss_trees_backoff(const ss_trees_target *target, ss_arena *scratch);

/* From what is told of each node to what is drawn from, in integers alone; below lives in result. */
void ss_trees_derive(ss_trees *trees, ss_arena *result);

#endif
