/*
 * Distributions of one target under conditions that refine each other: leaves of a tree, classes below the
 * whole, levels of another column.
 *
 * They are told from the leaves up: a node tells of a code what those below it hide, where k people stand behind all
 * of it together, so that a node less its children leaves nobody, or k.  Nor do leaves' sums over several codes less
 * nodes' sums over several leaves leave fewer, however they are added up: what would is not told (stats/cuts.h).  They
 * are drawn from the root down: what a node does not tell of follows the node above it.
 */
#ifndef SS_STATS_BACKOFF_H
#define SS_STATS_BACKOFF_H

#include "stats/told.h"

#define SS_BACKOFF_INNER UINT32_MAX

typedef struct ss_backoff_node
{
    uint32_t parent; /* comes before it; the root is the first, and its own */
    uint32_t leaf;   /* its number among the leaves, whose cells are counted; or SS_BACKOFF_INNER */
} ss_backoff_node;

typedef struct ss_backoff
{
    const ss_backoff_node *nodes;
    uint32_t nnodes, nleaves;
    uint32_t first; /* the tally's cell of the first leaf's first code; leaf by leaf from there */
    uint32_t ncodes, nordered;
    uint64_t alpha; /* shrinkage towards the node above, in sixteenths of a row */
} ss_backoff;

/* Weights of a code's rows. */
typedef struct ss_backoff_code
{
    uint64_t told;   /* in some number of this code alone */
    uint64_t left;   /* in none */
    uint64_t shared; /* of those that are left: in a number of several codes */
} ss_backoff_code;

/* What is told at each node, in result.  codes: of each code, or NULL. */
ss_told *ss_backoff_settle(const ss_backoff *backoff, const ss_tally *tally, size_t k,
                           ss_arena *result, ss_backoff_code *codes);

/* What is drawn from in each leaf: leaves x ncodes as ss_told_below has them, in integers alone, in result. */
uint32_t *ss_backoff_derive(const ss_backoff *backoff, const ss_told *told, size_t k,
                            ss_arena *result);

#endif
