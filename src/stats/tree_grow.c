#include <math.h>
#include <string.h>

#include "stats/tree_grow.h"

#define LEAVES_MAX 2000
#define GAIN_MIN   3.0 /* nats of all of a node's rows: less is noise, whatever people held out say */
#define DEPTH_MAX  40

/* --- dividing --------------------------------------------------------------------------------------- */

static bool
goes_left(const uint64_t *bits, uint32_t code)
{
    return (bits[code / 64] >> (code % 64) & 1) != 0;
}

/*
 * Does a code that no row of the node has go left?  Nobody is to tell from the split who has what: of a category it goes
 * where codes go that few people have, of ordered codes with the nearer side, so that where these part is not where
 * somebody is; and they are not parted from those without order by the last that somebody has.
 */
static bool
absent_goes_left(const ss_coded_column *by, const ss_split *s, uint32_t code)
{
    const uint32_t last = s->order[s->nleft - 1], next = s->order[s->nleft];

    if (by->nordered < 2)
        return s->rare_left;
    if (code >= by->nordered)
        return code < last;
    return next >= by->nordered || 2 * code < last + next;
}

/* Which codes go left. */
static uint64_t *
directions(const ss_growing *g, const ss_split *s)
{
    const ss_coded_column *by = &g->rows->columns[s->column];
    uint64_t *bits = ss_alloc(g->arena, by->ncodes / 64 + 1, sizeof *bits);
    bool *left = ss_alloc(g->arena, by->ncodes + 1, sizeof *left);

    for (uint32_t c = 0; c < by->ncodes; c++)
        left[c] = absent_goes_left(by, s, c);
    for (uint32_t i = 0; i < s->norder; i++)
        left[s->order[i]] = i < s->nleft;
    for (uint32_t c = 0; c < by->ncodes; c++)
        bits[c / 64] |= (uint64_t) left[c] << (c % 64);
    return bits;
}

/* Rows that go left first, each side in the order that it was in. */
static uint32_t
divide(ss_growing *g, const ss_coded_column *by, const uint64_t *bits, uint32_t *index,
       uint32_t from, uint32_t to)
{
    uint32_t left = from, right = 0;

    for (uint32_t i = from; i < to; i++)
    {
        if (goes_left(bits, by->codes[index[i]]))
            index[left++] = index[i];
        else
            g->moved[right++] = index[i];
    }
    memcpy(index + left, g->moved, right * sizeof *index);
    return left;
}

static bool
enough_people(const ss_growing *g, uint32_t from, uint32_t to)
{
    return ss_people_behind(&g->o->people, g->rows->subjects, g->index + from, to - from, g->seen);
}

static uint32_t
new_node(ss_growing *g, uint32_t parent, uint32_t depth, uint32_t from, uint32_t to,
         uint32_t held_from, uint32_t held_to)
{
    ss_growing_node *n;

    g->nodes = ss_grow(g->arena, g->nodes, g->nnodes, &g->capacity, sizeof *g->nodes);
    n = &g->nodes[g->nnodes];
    *n = (ss_growing_node){.node = {.column = SS_TREE_LEAF, .parent = parent},
                           .from = from,
                           .to = to,
                           .held_from = held_from,
                           .held_to = held_to,
                           .depth = depth,
                           .counts = ss_alloc(g->arena, g->ncodes, sizeof *n->counts),
                           .held = ss_alloc(g->arena, g->ncodes, sizeof *n->held),
                           .is_leaf = true};
    for (uint32_t i = from; i < to; i++)
        n->counts[g->target->codes[g->index[i]]]++;
    for (uint32_t i = held_from; i < held_to; i++)
        n->held[g->held_out->columns[g->target_column].codes[g->held_index[i]]]++;
    return (uint32_t) g->nnodes++;
}

static bool
pure(const ss_growing *g, const ss_growing_node *node)
{
    for (uint32_t c = 0; c < g->ncodes; c++)
    {
        if (node->counts[c] > 0)
            return node->counts[c] == node->to - node->from;
    }
    return true;
}

/* Split the node by the best column whose two sides have people enough; false: it stays a leaf. */
static bool
split_node(ss_growing *g, uint32_t at, ss_split *splits)
{
    const size_t n = g->o->ncandidates;
    const ss_growing_node node = g->nodes[at];

    if (node.to - node.from < 2 * g->least_rows || node.depth >= DEPTH_MAX ||
        g->nleaves >= LEAVES_MAX || pure(g, &node))
        return false;
    ss_split_begin_node(g, &node);
    for (size_t i = 0; i < n; i++)
    {
        splits[i].gain = GAIN_MIN;
        splits[i].norder = 0;
        ss_split_try(g, &node, g->o->candidates[i], &splits[i]);
    }
    for (;;)
    {
        ss_split *best = NULL;
        const ss_coded_column *by;
        uint64_t *bits;
        uint32_t middle, held_middle, left, right;

        for (size_t i = 0; i < n; i++)
        {
            if (splits[i].norder > 0 && (best == NULL || splits[i].gain > best->gain))
                best = &splits[i];
        }
        if (best == NULL)
            return false;
        by = &g->rows->columns[best->column];
        bits = directions(g, best);
        middle = divide(g, by, bits, g->index, node.from, node.to);
        if (!enough_people(g, node.from, middle) || !enough_people(g, middle, node.to))
        {
            best->norder = 0;
            continue;
        }
        held_middle = divide(g, &g->held_out->columns[best->column], bits, g->held_index,
                             node.held_from, node.held_to);
        g->nodes[at].node.column = best->column;
        g->nodes[at].node.goes_left = bits;
        g->nodes[at].is_leaf = false;
        left = new_node(g, at, node.depth + 1, node.from, middle, node.held_from, held_middle);
        right = new_node(g, at, node.depth + 1, middle, node.to, held_middle, node.held_to);
        g->nodes[at].node.left = left;
        g->nodes[at].node.right = right;
        g->nleaves++;
        return true;
    }
}

/* --- all -------------------------------------------------------------------------------------------- */

/* Returns how many codes the column has that has most. */
static uint32_t
begin(ss_growing *g)
{
    const size_t n = g->rows->n, held = g->held_out->n, most = n > held ? n : held;
    uint32_t widest = g->ncodes;

    for (size_t i = 0; i < g->o->ncandidates; i++)
    {
        const uint32_t codes = g->rows->columns[g->o->candidates[i]].ncodes;

        widest = codes > widest ? codes : widest;
    }
    g->least_rows = g->o->least_rows > n / LEAVES_MAX ? g->o->least_rows : n / LEAVES_MAX;
    g->index = ss_alloc(g->arena, n + 1, sizeof *g->index);
    g->held_index = ss_alloc(g->arena, held + 1, sizeof *g->held_index);
    g->moved = ss_alloc(g->arena, most + 1, sizeof *g->moved);
    g->xlogx = ss_alloc(g->arena, n + 2, sizeof *g->xlogx);
    g->step = ss_alloc(g->arena, n + 1, sizeof *g->step);
    g->seen = ss_alloc(g->arena, g->o->people.npaths * g->o->people.k + 1, sizeof *g->seen);
    for (size_t i = 0; i < n; i++)
        g->index[i] = (uint32_t) i;
    for (size_t i = 0; i < held; i++)
        g->held_index[i] = (uint32_t) i;
    for (size_t i = 1; i < n + 2; i++)
        g->xlogx[i] = (double) i * log((double) i);
    for (size_t i = 0; i < n + 1; i++)
        g->step[i] = g->xlogx[i + 1] - g->xlogx[i];
    ss_split_begin(g, widest);
    return widest;
}

void
ss_tree_grow(const ss_coded_table *rows, const ss_coded_table *held_out, uint32_t target,
             const ss_tree_options *options, ss_arena *result, ss_tree *tree)
{
    ss_growing g = {.rows = rows,
                    .held_out = held_out,
                    .o = options,
                    .target = &rows->columns[target],
                    .target_column = target,
                    .ncodes = rows->columns[target].ncodes,
                    .arena = ss_arena_new(NULL),
                    .nleaves = 1};
    const uint32_t widest = begin(&g);
    ss_split *splits;

    splits = ss_alloc(g.arena, options->ncandidates + 1, sizeof *splits);
    for (size_t i = 0; i < options->ncandidates; i++)
        splits[i].order = ss_alloc(g.arena, widest, sizeof *splits[i].order);
    (void) new_node(&g, 0, 0, 0, (uint32_t) rows->n, 0, (uint32_t) held_out->n);
    for (uint32_t i = 0; i < g.nnodes; i++)
        (void) split_node(&g, i, splits);
    tree->target = target;
    ss_tree_prune(&g, result, tree);
    ss_arena_free(g.arena);
}

void
ss_tree_leaves(const ss_tree *tree, const ss_coded_table *rows, uint32_t *leaves)
{
    for (size_t r = 0; r < rows->n; r++)
    {
        const ss_tree_node *node = tree->nodes;

        while (node->column != SS_TREE_LEAF)
            node = &tree->nodes[goes_left(node->goes_left, rows->columns[node->column].codes[r])
                                    ? node->left
                                    : node->right];
        leaves[r] = node->left;
    }
}
