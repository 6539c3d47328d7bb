#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/tree_grow.h"

#define PRUNE_MIN 0.5 /* nats of people held out, by which a split must help them */
#define ALPHAS    7

static const uint64_t alphas[ALPHAS] = {1, 4, 16, 48, 128, 320, 800}; /* sixteenths */

/*
 * What the node's distribution would be as it is told: codes with k or more by their counts, the others together
 * as the node above has them, shrunk towards it.  Rows stand for people here: settling counts them exactly.
 */
static void
told_like(const ss_growing *g, const ss_growing_node *node, const double *above, uint64_t alpha,
          double *p)
{
    const double rows = (double) (node->to - node->from), a = (double) alpha / 16.0;
    const double k = (double) g->o->people.k;
    double rest = 0, weights = 0;

    for (uint32_t c = 0; c < g->ncodes; c++)
    {
        const double expected = rows * above[c];

        if (node->counts[c] >= g->o->people.k)
            continue;
        rest += node->counts[c];
        weights += expected < k ? expected : k;
    }
    for (uint32_t c = 0; c < g->ncodes; c++)
    {
        const double expected = rows * above[c];
        double n = node->counts[c];

        if (n < k)
            n = weights > 0 ? rest * (expected < k ? expected : k) / weights : 0;
        p[c] = (n + a * above[c]) / (rows + a);
    }
}

static double
held_nats(const ss_growing *g, const ss_growing_node *node, const double *p)
{
    double nats = 0;

    for (uint32_t c = 0; c < g->ncodes; c++)
    {
        if (node->held[c] > 0)
            nats += node->held[c] * log(p[c] > 1e-9 ? p[c] : 1e-9);
    }
    return nats;
}

/* Nats of those held out, node by node as a leaf; distributions from the root downwards. */
static void
judge(const ss_growing *g, uint64_t alpha, double *p, double *nats)
{
    for (size_t i = 0; i < g->nnodes; i++)
    {
        const ss_growing_node *node = &g->nodes[i];
        double *own = p + i * g->ncodes;

        if (i == 0)
        {
            for (uint32_t c = 0; c < g->ncodes; c++)
                own[c] = (node->counts[c] + 0.5) /
                         ((double) (node->to - node->from) + 0.5 * (double) g->ncodes);
        }
        else
            told_like(g, node, p + (size_t) node->node.parent * g->ncodes, alpha, own);
        nats[i] = held_nats(g, node, own);
    }
}

/* Cut what does not help people held out; returns their nats under what is left. */
static double
prune(const ss_growing *g, const double *nats, bool *cut)
{
    double *best = ss_must(malloc((g->nnodes + 1) * sizeof *best)), root;

    for (size_t i = g->nnodes; i > 0; i--)
    {
        const ss_growing_node *node = &g->nodes[i - 1];
        double below;

        cut[i - 1] = true;
        best[i - 1] = nats[i - 1];
        if (node->is_leaf)
            continue;
        below = best[node->node.left] + best[node->node.right];
        if (below <= nats[i - 1] + PRUNE_MIN)
            continue;
        cut[i - 1] = false;
        best[i - 1] = below;
    }
    root = best[0];
    free(best);
    return root;
}

/* Nodes that are left, parents before children, into result. */
static void
copy_tree(const ss_growing *g, const bool *cut, ss_arena *result, ss_tree *tree)
{
    uint32_t *moved = ss_alloc(g->arena, g->nnodes + 1, sizeof *moved);

    tree->nodes = ss_alloc(result, g->nnodes + 1, sizeof *tree->nodes);
    tree->nnodes = tree->nleaves = 0;
    for (size_t i = 0; i < g->nnodes; i++)
    {
        const ss_growing_node *node = &g->nodes[i];
        ss_tree_node *out = &tree->nodes[tree->nnodes];
        const bool root = i == 0;

        moved[i] = SS_TREE_LEAF;
        if (!root && (moved[node->node.parent] == SS_TREE_LEAF || cut[node->node.parent]))
            continue;
        moved[i] = tree->nnodes;
        *out =
            (ss_tree_node){.column = SS_TREE_LEAF, .parent = root ? 0 : moved[node->node.parent]};
        if (!root)
        {
            ss_tree_node *parent = &tree->nodes[out->parent];

            if (g->nodes[node->node.parent].node.left == i)
                parent->left = tree->nnodes;
            else
                parent->right = tree->nnodes;
        }
        tree->nnodes++;
        if (cut[i])
        {
            out->left = tree->nleaves++;
            continue;
        }
        out->column = node->node.column;
        out->goes_left =
            ss_alloc(result, g->rows->columns[out->column].ncodes / 64 + 1, sizeof *out->goes_left);
        memcpy(out->goes_left, node->node.goes_left,
               (g->rows->columns[out->column].ncodes / 64 + 1) * sizeof *out->goes_left);
    }
}

void
ss_tree_prune(const ss_growing *g, ss_arena *result, ss_tree *tree)
{
    double *p = ss_alloc(g->arena, g->nnodes * g->ncodes + 1, sizeof *p);
    double *nats = ss_alloc(g->arena, g->nnodes + 1, sizeof *nats), most = -INFINITY;
    bool *cut = ss_alloc(g->arena, g->nnodes + 1, sizeof *cut);
    bool *best = ss_alloc(g->arena, g->nnodes + 1, sizeof *best);

    tree->alpha = alphas[0];
    for (size_t a = 0; a < ALPHAS; a++)
    {
        double got;

        judge(g, alphas[a], p, nats);
        got = prune(g, nats, cut);
        if (got <= most)
            continue;
        most = got;
        tree->alpha = alphas[a];
        memcpy(best, cut, g->nnodes * sizeof *best);
    }
    copy_tree(g, best, result, tree);
}
