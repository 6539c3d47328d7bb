#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "stats/tree.h"

#define ORDINAL_MIN 16 /* ordered codes, with more the variance of their scores is split by */
#define SCORE_UNIT                                                                                 \
    1024 /* normal scores are integers: their sums do not depend on the order of rows */
#define LEAVES_MAX 2000
#define GAIN_MIN   3.0 /* nats of all of a node's rows: less is noise, whatever people held out say */
#define PRUNE_MIN  0.5 /* nats of people held out, by which a split must help them */
#define ORDERINGS                                                                                  \
    3 /* of a category's codes that are tried: by the shares of the likeliest targets */
#define DEPTH_MAX 40
#define ALPHAS    7

static const uint64_t alphas[ALPHAS] = {1, 4, 16, 48, 128, 320, 800}; /* sixteenths */

typedef struct growing_node
{
    ss_tree_node node;
    uint32_t from, to;           /* of index */
    uint32_t held_from, held_to; /* of held_index */
    uint32_t depth;
    uint32_t *counts; /* rows by the target's code */
    uint32_t *held;   /* the same of those held out */
    bool is_leaf;
} growing_node;

typedef struct growing
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
    growing_node *nodes;
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
} growing;

/* --- scores ----------------------------------------------------------------------------------------- */

/* Normal scores of the target's codes by their middle ranks; those without order are told apart by entropy. */
static void
score(growing *g)
{
    const uint32_t n = g->target->nordered;
    uint64_t *counts = ss_alloc(g->arena, g->ncodes + 1, sizeof *counts), all = 0, before = 0;

    g->scores = ss_alloc(g->arena, g->ncodes + 1, sizeof *g->scores);
    for (size_t r = 0; r < g->rows->n; r++)
        counts[g->target->codes[r]]++;
    for (uint32_t c = 0; c < n; c++)
        all += counts[c];
    for (uint32_t c = 0; c < n && all > 0; c++)
    {
        const double middle =
            ((double) before + (double) counts[c] / 2.0 + 0.5) / ((double) all + 1.0);

        g->scores[c] = llround(gsl_cdf_ugaussian_Pinv(middle) * SCORE_UNIT);
        before += counts[c];
    }
}

/* --- the best split by one column ------------------------------------------------------------------- */

typedef struct split
{
    double gain; /* nats of all rows of the node; 0: none */
    uint32_t column;
    size_t nleft; /* the first so many of order go left */
    uint32_t *order, norder;
} split;

/* The target's codes of the node's rows, sorted by the predictor's, whose codes that occur are listed. */
static uint32_t
sort_by(growing *g, const growing_node *node, const ss_coded_column *by)
{
    uint32_t n = 0, at = 0;

    memset(g->starts, 0, (by->ncodes + 1) * sizeof *g->starts);
    for (uint32_t i = node->from; i < node->to; i++)
        g->starts[by->codes[g->index[i]]]++;
    for (uint32_t c = 0; c < by->ncodes; c++)
    {
        const uint32_t count = g->starts[c];

        g->starts[c] = at;
        at += count;
        if (count > 0)
            g->order[n++] = c;
    }
    if (n < 2)
        return n;
    for (uint32_t i = node->from; i < node->to; i++)
    {
        const uint32_t row = g->index[i];

        g->sorted[g->starts[by->codes[row]]++] = g->target->codes[row];
    }
    /* Each start has moved to the next one's. */
    for (uint32_t c = by->ncodes; c > 0; c--)
        g->starts[c] = g->starts[c - 1];
    g->starts[0] = 0;
    return n;
}

static void
keep(split *best, double gain, uint32_t column, const growing *g, uint32_t n, size_t nleft)
{
    if (gain <= best->gain)
        return;
    best->gain = gain;
    best->column = column;
    best->nleft = nleft;
    best->norder = n;
    memcpy(best->order, g->order, n * sizeof *best->order);
}

/* Along order, by entropy: sum of n log n of both sides' counts, less that of the sides. */
static void
sweep_entropy(growing *g, const growing_node *node, uint32_t column, uint32_t n, split *best)
{
    const uint32_t all = node->to - node->from;
    double of_left = 0, of_right = 0, base;
    uint32_t left = 0;

    memset(g->left_counts, 0, g->ncodes * sizeof *g->left_counts);
    for (uint32_t c = 0; c < g->ncodes; c++)
        of_right += g->xlogx[node->counts[c]];
    base = of_right - g->xlogx[all];
    for (uint32_t i = 0; i + 1 < n; i++)
    {
        const uint32_t code = g->order[i];
        double gain;

        for (uint32_t s = g->starts[code]; s < g->starts[code + 1]; s++)
        {
            const uint16_t t = g->sorted[s];

            of_left += g->step[g->left_counts[t]];
            of_right -= g->step[node->counts[t] - g->left_counts[t] - 1];
            g->left_counts[t]++;
        }
        left = left + g->starts[code + 1] - g->starts[code];
        if (left < g->least_rows || (g->rare[code] && g->rare[g->order[i + 1]]))
            continue;
        if (all - left < g->least_rows)
            break;
        gain = of_left - g->xlogx[left] + of_right - g->xlogx[all - left] - base;
        keep(best, gain, column, g, n, i + 1);
    }
}

/* Rows of one side whose target has an order, and those without: their entropy, and the variance of scores. */
typedef struct side
{
    uint32_t n, scored;
    int64_t sum, squares;
} side;

static void
add_to(side *s, int64_t score, bool scored)
{
    s->n++;
    if (!scored)
        return;
    s->scored++;
    s->sum += score;
    s->squares += score * score;
}

static side
less(const side *a, const side *b)
{
    return (side){.n = a->n - b->n,
                  .scored = a->scored - b->scored,
                  .sum = a->sum - b->sum,
                  .squares = a->squares - b->squares};
}

/* Log likelihood of a side's scores, normally distributed, and of which rows have none. */
static double
side_nats(const growing *g, const side *s)
{
    const double n = (double) s->scored;
    double nats = g->xlogx[s->scored] + g->xlogx[s->n - s->scored] - g->xlogx[s->n];

    if (s->scored > 0)
    {
        const double mean = (double) s->sum / n;
        double variance = ((double) s->squares / n - mean * mean) / SCORE_UNIT / SCORE_UNIT;

        /* Scores within one code are spread over it: no side is sharper than a hundredth. */
        variance = variance < 1e-4 ? 1e-4 : variance;
        nats -= n / 2.0 * log(variance);
    }
    return nats;
}

static void
sweep_scores(growing *g, const growing_node *node, uint32_t column, uint32_t n, split *best)
{
    side all = {0}, left = {0};
    double base;

    for (uint32_t c = 0; c < g->ncodes; c++)
    {
        const int64_t count = node->counts[c];

        all.n += node->counts[c];
        if (c >= g->target->nordered)
            continue;
        all.scored += node->counts[c];
        all.sum += count * g->scores[c];
        all.squares += count * g->scores[c] * g->scores[c];
    }
    base = side_nats(g, &all);
    for (uint32_t i = 0; i + 1 < n; i++)
    {
        const uint32_t code = g->order[i];
        side right;

        for (uint32_t s = g->starts[code]; s < g->starts[code + 1]; s++)
            add_to(&left, g->scores[g->sorted[s]], g->sorted[s] < g->target->nordered);
        if (left.n < g->least_rows || (g->rare[code] && g->rare[g->order[i + 1]]))
            continue;
        if (all.n - left.n < g->least_rows)
            break;
        right = less(&all, &left);
        keep(best, side_nats(g, &left) + side_nats(g, &right) - base, column, g, n, i + 1);
    }
}

/* order by shares, ascending; of equal ones the smaller code first. */
static void
sort_order(growing *g, uint32_t n)
{
    for (uint32_t gap = n / 2; gap > 0; gap /= 2)
    {
        for (uint32_t i = gap; i < n; i++)
        {
            const uint32_t code = g->order[i];
            uint32_t k = i;

            for (; k >= gap; k -= gap)
            {
                const uint32_t before = g->order[k - gap];

                if (g->shares[before] < g->shares[code] ||
                    (g->shares[before] <= g->shares[code] && before < code))
                    break;
                g->order[k] = before;
            }
            g->order[k] = code;
        }
    }
}

/* Of the rows of a code: the sum of the target's scores, or how many have its code of. */
static int64_t
sum_scores(const growing *g, uint32_t code, uint32_t of)
{
    int64_t sum = 0;

    for (uint32_t s = g->starts[code]; s < g->starts[code + 1]; s++)
        sum += g->ordinal ? g->scores[g->sorted[s]] : g->sorted[s] == of;
    return sum;
}

/* Which of the n codes in order are rare; returns whether k people have all these together. */
static bool
find_rare(growing *g, const growing_node *node, const ss_coded_column *by, uint32_t n)
{
    const ss_people *p = &g->o->people;
    const size_t each = p->npaths * p->k;
    uint64_t *all = g->code_people + by->ncodes * each;
    uint32_t rows = 0;

    memset(g->code_people, 0, (by->ncodes + 1) * each * sizeof *g->code_people);
    for (uint32_t i = node->from; i < node->to && p->npaths > 0; i++)
    {
        const uint32_t row = g->index[i];
        uint64_t *own = g->code_people + by->codes[row] * each;

        for (size_t w = 0; w < p->npaths; w++)
            ss_people_put(own + w * p->k, p->k, g->rows->subjects[row * p->npaths + w]);
    }
    for (uint32_t i = 0; i < n; i++)
    {
        const uint32_t code = g->order[i], own = g->starts[code + 1] - g->starts[code];
        const uint64_t *people = g->code_people + code * each;

        g->rare[code] = own < p->k || !ss_people_enough(p, people);
        if (!g->rare[code])
            continue;
        rows += own;
        for (size_t w = 0; w < p->npaths; w++)
        {
            for (size_t h = 0; h < p->k; h++)
                ss_people_put(all + w * p->k, p->k, people[w * p->k + h]);
        }
    }
    return rows >= p->k && ss_people_enough(p, all);
}

/*
 * A category's codes have no order of their own: the best division of them lies along the mean score of an ordinal target,
 * along the share of either code of a target of two (Breiman et al. 1984, theorem 4.5), and near the share of one of the
 * frequent codes otherwise.  Rare codes are together, so that where they go tells of nobody.
 */
static void
try_category(growing *g, const growing_node *node, uint32_t column, uint32_t n, split *best)
{
    const uint32_t orderings = g->ordinal ? 1 : g->ncodes == 2 ? 1 : ORDERINGS;
    const bool enough = find_rare(g, node, &g->rows->columns[column], n);

    for (uint32_t k = 0; k < orderings; k++)
    {
        double share = INFINITY;
        int64_t of_rare = 0;
        uint32_t rare = 0;

        if (!g->ordinal && (k >= g->ncodes || node->counts[g->here[k]] == 0))
            break;
        for (uint32_t i = 0; i < n; i++)
        {
            const uint32_t code = g->order[i], own = g->starts[code + 1] - g->starts[code];
            const int64_t sum = sum_scores(g, code, g->here[k]);

            g->shares[code] = (double) sum / (double) own;
            of_rare += g->rare[code] ? sum : 0;
            rare += g->rare[code] ? own : 0;
        }
        if (rare > 0 && enough)
            share = (double) of_rare / (double) rare;
        for (uint32_t i = 0; i < n; i++)
        {
            if (g->rare[g->order[i]])
                g->shares[g->order[i]] = share;
        }
        sort_order(g, n);
        if (g->ordinal)
            sweep_scores(g, node, column, n, best);
        else
            sweep_entropy(g, node, column, n, best);
    }
    for (uint32_t i = 0; i < n; i++)
        g->rare[g->order[i]] = false;
}

static void
try_column(growing *g, const growing_node *node, uint32_t column, split *best)
{
    const ss_coded_column *by = &g->rows->columns[column];
    const uint32_t n = sort_by(g, node, by);

    if (n < 2)
        return;
    if (by->nordered < 2)
        try_category(g, node, column, n, best);
    else if (g->ordinal)
        sweep_scores(g, node, column, n, best);
    else
        sweep_entropy(g, node, column, n, best);
}

/* The target's most frequent codes of the node. */
static void
find_frequent(growing *g, const growing_node *node)
{
    for (uint32_t k = 0; k < ORDERINGS && k < g->ncodes; k++)
    {
        uint32_t most = SS_TREE_LEAF;

        for (uint32_t c = 0; c < g->ncodes; c++)
        {
            bool taken = false;

            for (uint32_t i = 0; i < k; i++)
                taken = taken || g->here[i] == c;
            if (!taken && (most == SS_TREE_LEAF || node->counts[c] > node->counts[most]))
                most = c;
        }
        g->here[k] = most;
    }
}

/* --- dividing --------------------------------------------------------------------------------------- */

static bool
goes_left(const uint64_t *bits, uint32_t code)
{
    return (bits[code / 64] >> (code % 64) & 1) != 0;
}

/* Which codes go left: those of the split; the ones between or beside them as their neighbours, others with most rows. */
static uint64_t *
directions(const growing *g, const growing_node *node, const split *s)
{
    const ss_coded_column *by = &g->rows->columns[s->column];
    uint64_t *bits = ss_alloc(g->arena, by->ncodes / 64 + 1, sizeof *bits);
    bool *known = ss_alloc(g->arena, by->ncodes + 1, sizeof *known);
    uint32_t left = 0;
    bool most_left;

    for (uint32_t i = 0; i < s->norder; i++)
    {
        known[s->order[i]] = true;
        if (i < s->nleft)
            bits[s->order[i] / 64] |= UINT64_C(1) << (s->order[i] % 64);
    }
    for (uint32_t i = node->from; i < node->to; i++)
        left += goes_left(bits, by->codes[g->index[i]]);
    most_left = 2 * left > node->to - node->from;
    for (uint32_t c = 0; c < by->ncodes; c++)
    {
        bool to_left = most_left;

        if (known[c])
            continue;
        if (by->nordered >= 2 && c < by->nordered)
            to_left = c < s->order[s->nleft - 1];
        if (to_left)
            bits[c / 64] |= UINT64_C(1) << (c % 64);
    }
    return bits;
}

/* Rows that go left first, each side in the order that it was in. */
static uint32_t
divide(growing *g, const ss_coded_column *by, const uint64_t *bits, uint32_t *index, uint32_t from,
       uint32_t to)
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

/* Do k people stand behind the rows from .. to? */
static bool
enough_people(const growing *g, uint32_t from, uint32_t to)
{
    const ss_people *p = &g->o->people;

    if (p->npaths == 0)
        return to - from >= p->k;
    memset(g->seen, 0, p->npaths * p->k * sizeof *g->seen);
    for (uint32_t i = from; i < to; i++)
    {
        const uint64_t *subjects = g->rows->subjects + (size_t) g->index[i] * p->npaths;

        for (size_t w = 0; w < p->npaths; w++)
            ss_people_put(g->seen + w * p->k, p->k, subjects[w]);
        if (i % 16 == 0 && ss_people_full(p, g->seen))
            return true;
    }
    return ss_people_enough(p, g->seen);
}

static uint32_t
new_node(growing *g, uint32_t parent, uint32_t depth, uint32_t from, uint32_t to,
         uint32_t held_from, uint32_t held_to)
{
    growing_node *n;

    g->nodes = ss_grow(g->arena, g->nodes, g->nnodes, &g->capacity, sizeof *g->nodes);
    n = &g->nodes[g->nnodes];
    *n = (growing_node){.node = {.column = SS_TREE_LEAF, .parent = parent},
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
pure(const growing *g, const growing_node *node)
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
split_node(growing *g, uint32_t at, split *splits)
{
    const size_t n = g->o->ncandidates;
    const growing_node node = g->nodes[at];

    if (node.to - node.from < 2 * g->least_rows || node.depth >= DEPTH_MAX ||
        g->nleaves >= LEAVES_MAX || pure(g, &node))
        return false;
    if (!g->ordinal)
        find_frequent(g, &node);
    for (size_t i = 0; i < n; i++)
    {
        splits[i].gain = GAIN_MIN;
        splits[i].norder = 0;
        try_column(g, &node, g->o->candidates[i], &splits[i]);
    }
    for (;;)
    {
        split *best = NULL;
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
        bits = directions(g, &node, best);
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

/* --- pruning ---------------------------------------------------------------------------------------- */

/*
 * What the node's distribution would be as it is told: codes with k or more by their counts, the others together
 * as the node above has them, shrunk towards it.  Rows stand for people here: settling counts them exactly.
 */
static void
told_like(const growing *g, const growing_node *node, const double *above, uint64_t alpha,
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
held_nats(const growing *g, const growing_node *node, const double *p)
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
judge(const growing *g, uint64_t alpha, double *p, double *nats)
{
    for (size_t i = 0; i < g->nnodes; i++)
    {
        const growing_node *node = &g->nodes[i];
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
prune(const growing *g, const double *nats, bool *cut)
{
    double *best = malloc((g->nnodes + 1) * sizeof *best), root;

    if (best == NULL)
        ss_out_of_memory();
    for (size_t i = g->nnodes; i > 0; i--)
    {
        const growing_node *node = &g->nodes[i - 1];
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

/* --- all -------------------------------------------------------------------------------------------- */

/* Nodes that are left, parents before children, into result. */
static void
copy_tree(const growing *g, const bool *cut, ss_arena *result, ss_tree *tree)
{
    uint32_t *moved = ss_alloc(g->arena, g->nnodes + 1, sizeof *moved);

    tree->nodes = ss_alloc(result, g->nnodes + 1, sizeof *tree->nodes);
    tree->nnodes = tree->nleaves = 0;
    for (size_t i = 0; i < g->nnodes; i++)
    {
        const growing_node *node = &g->nodes[i];
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

static void
begin(growing *g)
{
    const size_t n = g->rows->n, held = g->held_out->n, most = n > held ? n : held;
    uint32_t widest = g->ncodes;

    for (size_t i = 0; i < g->o->ncandidates; i++)
    {
        const uint32_t codes = g->rows->columns[g->o->candidates[i]].ncodes;

        widest = codes > widest ? codes : widest;
    }
    g->ordinal = g->target->nordered > ORDINAL_MIN;
    g->least_rows = g->o->least_rows > n / LEAVES_MAX ? g->o->least_rows : n / LEAVES_MAX;
    g->index = ss_alloc(g->arena, n + 1, sizeof *g->index);
    g->held_index = ss_alloc(g->arena, held + 1, sizeof *g->held_index);
    g->moved = ss_alloc(g->arena, most + 1, sizeof *g->moved);
    g->xlogx = ss_alloc(g->arena, n + 2, sizeof *g->xlogx);
    g->step = ss_alloc(g->arena, n + 1, sizeof *g->step);
    g->seen = ss_alloc(g->arena, g->o->people.npaths * g->o->people.k + 1, sizeof *g->seen);
    g->starts = ss_alloc(g->arena, widest + 2, sizeof *g->starts);
    g->sorted = ss_alloc(g->arena, n + 1, sizeof *g->sorted);
    g->order = ss_alloc(g->arena, widest + 1, sizeof *g->order);
    g->shares = ss_alloc(g->arena, widest + 1, sizeof *g->shares);
    g->rare = ss_alloc(g->arena, widest + 1, sizeof *g->rare);
    g->code_people = ss_alloc(g->arena, (widest + 1) * g->o->people.npaths * g->o->people.k + 1,
                              sizeof *g->code_people);
    g->left_counts = ss_alloc(g->arena, g->ncodes + 1, sizeof *g->left_counts);
    g->here = ss_alloc(g->arena, ORDERINGS, sizeof *g->here);
    for (size_t i = 0; i < n; i++)
        g->index[i] = (uint32_t) i;
    for (size_t i = 0; i < held; i++)
        g->held_index[i] = (uint32_t) i;
    for (size_t i = 1; i < n + 2; i++)
        g->xlogx[i] = (double) i * log((double) i);
    for (size_t i = 0; i < n + 1; i++)
        g->step[i] = g->xlogx[i + 1] - g->xlogx[i];
    score(g);
}

void
ss_tree_grow(const ss_coded_table *rows, const ss_coded_table *held_out, uint32_t target,
             const ss_tree_options *options, ss_arena *result, ss_tree *tree)
{
    growing g = {.rows = rows,
                 .held_out = held_out,
                 .o = options,
                 .target = &rows->columns[target],
                 .target_column = target,
                 .ncodes = rows->columns[target].ncodes,
                 .arena = ss_arena_new(NULL),
                 .nleaves = 1};
    uint32_t widest = 1;
    split *splits;
    double *p, *nats, most = -INFINITY;
    bool *cut, *best;

    begin(&g);
    for (size_t i = 0; i < options->ncandidates; i++)
    {
        const uint32_t codes = rows->columns[options->candidates[i]].ncodes;

        widest = codes > widest ? codes : widest;
    }
    splits = ss_alloc(g.arena, options->ncandidates + 1, sizeof *splits);
    for (size_t i = 0; i < options->ncandidates; i++)
        splits[i].order = ss_alloc(g.arena, widest + 1, sizeof *splits[i].order);
    (void) new_node(&g, 0, 0, 0, (uint32_t) rows->n, 0, (uint32_t) held_out->n);
    for (uint32_t i = 0; i < g.nnodes; i++)
        (void) split_node(&g, i, splits);
    p = ss_alloc(g.arena, g.nnodes * g.ncodes + 1, sizeof *p);
    nats = ss_alloc(g.arena, g.nnodes + 1, sizeof *nats);
    cut = ss_alloc(g.arena, g.nnodes + 1, sizeof *cut);
    best = ss_alloc(g.arena, g.nnodes + 1, sizeof *best);
    *tree = (ss_tree){.target = target, .alpha = alphas[0]};
    for (size_t a = 0; a < ALPHAS; a++)
    {
        double got;

        judge(&g, alphas[a], p, nats);
        got = prune(&g, nats, cut);
        if (got <= most)
            continue;
        most = got;
        tree->alpha = alphas[a];
        memcpy(best, cut, g.nnodes * sizeof *best);
    }
    copy_tree(&g, best, result, tree);
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
