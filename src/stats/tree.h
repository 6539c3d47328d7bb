/*
 * One target's tree: which of its codes are likely, given the codes of columns that were drawn before it.
 *
 * Sequential classification trees (Reiter 2005, Journal of Official Statistics 21(3); Nowok, Raab and Dibben 2016,
 * Journal of Statistical Software 74(11)): splits by entropy for categories and few ordered codes, by the variance of
 * normal scores for many ordered ones; what does not help people held out is pruned.  A tree that is learnt
 * holds no count.
 */
#ifndef SS_STATS_TREE_H
#define SS_STATS_TREE_H

#include "stats/engine.h"

#define SS_TREE_LEAF UINT32_MAX

typedef struct ss_tree_node
{
    uint32_t column;      /* of the table, by which it splits; or SS_TREE_LEAF */
    uint32_t left, right; /* nodes; of a leaf left is its number among the leaves */
    uint32_t parent;      /* of the root: itself */
    uint64_t *goes_left;  /* a bit per code of the column */
} ss_tree_node;

typedef struct ss_tree
{
    uint32_t target;
    ss_tree_node *nodes; /* nodes[0] is the root; children come after their parents */
    uint32_t nnodes, nleaves;
    uint64_t alpha; /* shrinkage towards the parent node, in sixteenths of a row */
} ss_tree;

typedef struct ss_tree_options
{
    ss_people people;
    size_t least_rows;          /* of a leaf */
    const uint32_t *candidates; /* columns to split by */
    size_t ncandidates;
} ss_tree_options;

/* *tree lives in result. */
void ss_tree_grow(const ss_coded_table *rows, const ss_coded_table *held_out, uint32_t target,
                  const ss_tree_options *options, ss_arena *result, ss_tree *tree);

/*
 * The tree whose leaves are n groups of a column's codes: group, by code, numbers them.  above: how they are joined, as
 * ss_grouping_tree() has it.
 */
void ss_tree_of_groups(uint32_t target, uint32_t column, uint32_t ncodes, const uint32_t *group,
                       uint32_t n, const uint32_t *above, ss_arena *result, ss_tree *tree);

/* The leaf of each row, by its number among the leaves. */
void ss_tree_leaves(const ss_tree *tree, const ss_coded_table *rows, uint32_t *leaves);

#endif
