#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "stats/tree_grow.h"

#define ORDINAL_MIN 16 /* ordered codes, with more the variance of their scores is split by */
#define SCORE_UNIT                                                                                 \
    1024 /* normal scores are integers: their sums do not depend on the order of rows */

/* --- scores ----------------------------------------------------------------------------------------- */

/* Normal scores of the target's codes by their middle ranks; those without order are told apart by entropy. */
static void
score(ss_growing *g)
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

/* The target's codes of the node's rows, sorted by the predictor's, whose codes that occur are listed. */
static uint32_t
sort_by(ss_growing *g, const ss_growing_node *node, const ss_coded_column *by)
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
keep(ss_split *best, double gain, uint32_t column, const ss_growing *g, uint32_t n, size_t nleft)
{
    if (gain <= best->gain)
        return;
    best->gain = gain;
    best->column = column;
    best->nleft = nleft;
    best->norder = n;
    best->rare_left = false;
    for (size_t i = 0; i < nleft; i++)
        best->rare_left = best->rare_left || g->rare[g->order[i]];
    memcpy(best->order, g->order, n * sizeof *best->order);
}

/* Along order, by entropy: sum of n log n of both sides' counts, less that of the sides. */
static void
sweep_entropy(ss_growing *g, const ss_growing_node *node, uint32_t column, uint32_t n,
              ss_split *best)
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
side_nats(const ss_growing *g, const side *s)
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
sweep_scores(ss_growing *g, const ss_growing_node *node, uint32_t column, uint32_t n,
             ss_split *best)
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

/* Of equal shares rare codes come last, beside each other, else the smaller code first. */
static bool
comes_before(const ss_growing *g, uint32_t a, uint32_t b)
{
    if (g->shares[a] < g->shares[b] || g->shares[b] < g->shares[a])
        return g->shares[a] < g->shares[b];
    return g->rare[a] != g->rare[b] ? g->rare[b] : a < b;
}

/* order by shares, ascending. */
static void
sort_order(ss_growing *g, uint32_t n)
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

                if (comes_before(g, before, code))
                    break;
                g->order[k] = before;
            }
            g->order[k] = code;
        }
    }
}

/* Of the rows of a code: the sum of the target's scores, or how many have its code of. */
static int64_t
sum_scores(const ss_growing *g, uint32_t code, uint32_t of)
{
    const uint16_t *targets = g->sorted + g->starts[code];
    const uint32_t n = g->starts[code + 1] - g->starts[code];
    uint32_t same = 0;
    int64_t sum = 0;

    if (g->ordinal)
    {
        for (uint32_t i = 0; i < n; i++)
            sum += g->scores[targets[i]];
        return sum;
    }
    for (uint32_t i = 0; i < n; i++)
        same += targets[i] == of;
    return same;
}

/* Which of the n codes in order are rare; returns whether k people have all these together. */
static bool
find_rare(ss_growing *g, const ss_growing_node *node, const ss_coded_column *by, uint32_t n)
{
    const ss_people *p = &g->o->people;
    const size_t each = p->npaths * p->k;
    uint64_t *all = g->code_people + by->ncodes * each;
    uint32_t rows = 0;

    memset(all, 0, each * sizeof *all);
    for (uint32_t i = 0; i < n; i++)
        memset(g->code_people + g->order[i] * each, 0, each * sizeof *g->code_people);
    for (uint32_t i = node->from; i < node->to && p->npaths > 0; i++)
    {
        const uint32_t row = g->index[i];

        ss_people_add(p, g->code_people + by->codes[row] * each,
                      g->rows->subjects + row * p->npaths);
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
try_category(ss_growing *g, const ss_growing_node *node, uint32_t column, uint32_t n,
             ss_split *best)
{
    const uint32_t orderings = g->ordinal ? 1 : g->ncodes == 2 ? 1 : SS_ORDERINGS;
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

void
ss_split_try(ss_growing *g, const ss_growing_node *node, uint32_t column, ss_split *best)
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

void
ss_split_begin(ss_growing *g, uint32_t widest)
{
    const size_t npeople = g->o->people.npaths * g->o->people.k;

    g->ordinal = g->target->nordered > ORDINAL_MIN;
    g->starts = ss_alloc(g->arena, widest + 2, sizeof *g->starts);
    g->sorted = ss_alloc(g->arena, g->rows->n + 1, sizeof *g->sorted);
    g->order = ss_alloc(g->arena, widest + 1, sizeof *g->order);
    g->shares = ss_alloc(g->arena, widest + 1, sizeof *g->shares);
    g->rare = ss_alloc(g->arena, widest + 1, sizeof *g->rare);
    g->code_people = ss_alloc(g->arena, (widest + 1) * npeople + 1, sizeof *g->code_people);
    g->left_counts = ss_alloc(g->arena, g->ncodes + 1, sizeof *g->left_counts);
    g->here = ss_alloc(g->arena, SS_ORDERINGS, sizeof *g->here);
    score(g);
}

/* The target's most frequent codes of the node. */
void
ss_split_begin_node(ss_growing *g, const ss_growing_node *node)
{
    if (g->ordinal)
        return;
    for (uint32_t k = 0; k < SS_ORDERINGS && k < g->ncodes; k++)
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
