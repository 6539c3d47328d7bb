/*
 * Growing a tree: what its parts have in common.
 *
 * tree_grow.c divides rows node by node, tree_split.c finds what to divide them by, tree_prune.c cuts what does not help
 * people held out.
 */
#ifndef SS_STATS_TREE_GROW_H
#define SS_STATS_TREE_GROW_H

#include "stats/tree.h"

#define SS_ORDERINGS                                                                               \
    3 /* of a category's codes that are tried: by the shares of the likeliest targets */

typedef struct ss_growing_node
{
    ss_tree_node node;
    uint32_t from, to;           /* of index */
    uint32_t held_from, held_to; /* of held_index */
    uint32_t depth;
    uint32_t *counts; /* rows by the target's code */
    uint32_t *held;   /* the same of those held out */
    bool is_leaf;
} ss_growing_node;

typedef struct ss_growing
{
    const ss_coded_table *rows, *held_out;
    const ss_tree_options *o;
    const ss_coded_column *target;
    uint32_t target_column;
    uint32_t ncodes;
    bool ordinal;
    int64_t *scores; /* of the target's codes */
    uint32_t *index, *held_index, *moved;
    size_t least_rows;
    double *xlogx, *step; /* x log x; and by how much one more makes it more */
    ss_growing_node *nodes;
    size_t nnodes, capacity, nleaves;
    uint64_t *seen; /* sets of people, of both sides */
    /* of one predictor */
    uint32_t *starts;
    uint16_t *sorted; /* the target's codes, by the predictor's */
    uint32_t *order;  /* the predictor's codes that occur */
    double *shares;
    bool *rare; /* codes of a category that fewer than k people of the node have */
    uint64_t *
        code_people; /* sets of people, by the predictor's code; behind them those of all rare codes */
    uint32_t *left_counts;
    uint32_t *here; /* target codes of the node, most frequent first */
    ss_arena *arena;
} ss_growing;

/* The best that is known of ways to divide a node. */
typedef struct ss_split
{
    double gain; /* nats of all rows of the node; 0: none */
    uint32_t column;
    size_t nleft;   /* the first so many of order go left */
    bool rare_left; /* and rare codes of a category with them */
    uint32_t *order, norder;
} ss_split;

/* Room for what is looked at of one predictor; widest: the codes of the one that has most. */
void ss_split_begin(ss_growing *growing, uint32_t widest);

/* Before the columns of a node are tried. */
void ss_split_begin_node(ss_growing *growing, const ss_growing_node *node);

/* What is better by the column than best is. */
void ss_split_try(ss_growing *growing, const ss_growing_node *node, uint32_t column,
                  ss_split *best);

/* Shrinkage and nodes of tree, by people held out. */
void ss_tree_prune(const ss_growing *growing, ss_arena *result, ss_tree *tree);

#endif
