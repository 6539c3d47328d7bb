#include "stats/tree.h"

void
ss_tree_of_groups(uint32_t target, uint32_t column, uint32_t ncodes, const uint32_t *group,
                  uint32_t n, const uint32_t *above, ss_arena *result, ss_tree *tree)
{
    const uint32_t last = 2 * n - 2;

    *tree = (ss_tree){.target = target,
                      .nodes = ss_alloc(result, last + 1, sizeof *tree->nodes),
                      .nnodes = last + 1,
                      .nleaves = n};
    /* All of them is the last of the joins, and the first of the nodes: so parents come before their children. */
    for (uint32_t i = 0; i <= last; i++)
    {
        ss_tree_node *node = &tree->nodes[last - i], *parent = &tree->nodes[last - above[i]];

        node->parent = last - above[i];
        node->column = i < n ? SS_TREE_LEAF : column;
        if (i < n)
            node->left = i;
        else
            node->goes_left = ss_alloc(result, ncodes / 64 + 1, sizeof *node->goes_left);
        if (i == last)
            break;
        if (parent->left == 0)
            parent->left = last - i;
        else
            parent->right = last - i;
    }
    for (uint32_t c = 0; c < ncodes && n > 1; c++)
    {
        for (uint32_t at = last - group[c]; at != 0; at = tree->nodes[at].parent)
        {
            const ss_tree_node *parent = &tree->nodes[tree->nodes[at].parent];

            if (parent->left == at)
                parent->goes_left[c / 64] |= UINT64_C(1) << (c % 64);
        }
    }
}
