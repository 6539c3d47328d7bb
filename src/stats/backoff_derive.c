/*
 * From what is told at each node to what is drawn from in each leaf.
 *
 * First from the root down: what a leaf does not tell of each code alone is spread as the node above it has it.  That makes
 * codes too frequent which other leaves tell of by themselves, and too rare which the leaf has most of.  Both are known better:
 * of all that leaves do not tell by itself the nodes' numbers are sums over leaves, and the leaves' numbers sums over
 * codes, and a cell is in one of each at most.  So cells are scaled to the ones and the others in turn (iterative
 * proportional fitting: Deming and Stephan 1940, Annals of Mathematical Statistics 11(4)).  At last each node is what its leaves are
 * together, and shrunk towards the one above.  All of it follows from numbers that are told, in integers.
 */
#include <string.h>

#include "stats/backoff.h"

#define NO_SUM      UINT32_MAX
#define ROUNDS      3  /* of fitting: more fit what rounding made of the sums */
#define UNIT_BITS   20 /* of a row in mass */
#define FACTOR_BITS 24

__extension__ typedef unsigned __int128 wide;

typedef struct deriving
{
    const ss_backoff *b;
    const ss_told *told;
    size_t k;
    uint64_t *rows; /* that are told at each node or below it */
    uint64_t *
        mass; /* nodes x ncodes: such rows, of inner nodes; in units, of leaves, and in the end of all */
    uint64_t *rest;  /* units of each leaf that are in none of its cells */
    uint32_t *below; /* nodes x ncodes: as the node would be drawn */
    uint32_t
        *sum_of; /* nodes x ncodes: the node's number that what is not told alone is in; NO_SUM */
    uint32_t nsums;
    uint64_t *wanted, *sums,
        *factors;          /* of each such number: rows, units now, by how much to scale */
    bool *in_cell, *alone; /* codes of one leaf that are in a cell; that are one */
} deriving;

static bool
is_leaf(const deriving *d, uint32_t n)
{
    return d->b->nodes[n].leaf != SS_BACKOFF_INNER;
}

static uint64_t
ratio(uint64_t rows, uint64_t units)
{
    const wide factor = units == 0 ? 0 : ((wide) rows << (UNIT_BITS + FACTOR_BITS)) / units;

    return factor > UINT64_MAX ? UINT64_MAX : (uint64_t) factor;
}

static uint64_t
scaled(uint64_t units, uint64_t factor)
{
    return (uint64_t) ((wide) units * factor >> FACTOR_BITS);
}

/* --- from the root down ----------------------------------------------------------------------------- */

/* Rows of each code that are told at the node or below it, and of all codes. */
static void
add_up(deriving *d)
{
    const ss_backoff *b = d->b;

    for (uint32_t n = b->nnodes; n > 0; n--)
    {
        const ss_backoff_node *node = &b->nodes[n - 1];
        const ss_told *told = &d->told[n - 1];
        uint64_t *own = d->mass + (size_t) (n - 1) * b->ncodes;
        uint64_t *above = d->mass + (size_t) node->parent * b->ncodes;

        for (size_t i = 0; i < told->ncells; i++)
        {
            if (told->cells[i].from == told->cells[i].to)
                own[told->cells[i].from] += told->cells[i].rows;
        }
        if (is_leaf(d, n - 1))
            d->rows[n - 1] = ss_told_rows(told);
        if (n == 1)
            continue;
        d->rows[node->parent] += d->rows[n - 1];
        for (uint32_t c = 0; c < b->ncodes; c++)
            above[c] += own[c];
    }
}

/* The numbers of nodes: a code is in the nearest one above. */
static void
number_sums(deriving *d)
{
    const ss_backoff *b = d->b;

    for (uint32_t n = 0; n < b->nnodes; n++)
    {
        const ss_told *told = &d->told[n];
        uint32_t *own = d->sum_of + (size_t) n * b->ncodes;

        if (n == 0)
        {
            for (uint32_t c = 0; c < b->ncodes; c++)
                own[c] = NO_SUM;
        }
        else
            memcpy(own, d->sum_of + (size_t) b->nodes[n].parent * b->ncodes,
                   b->ncodes * sizeof *own);
        for (size_t i = 0; i < told->ncells; i++)
        {
            const ss_told_cell *cell = &told->cells[i];

            if (is_leaf(d, n) && cell->from == cell->to)
                own[cell->from] = NO_SUM;
            if (is_leaf(d, n))
                continue;
            own[cell->from] = d->nsums;
            d->wanted[d->nsums++] = cell->rows;
        }
    }
}

static void
mark_cells(deriving *d, uint32_t leaf)
{
    const ss_told *told = &d->told[leaf];

    memset(d->in_cell, 0, d->b->ncodes * sizeof *d->in_cell);
    memset(d->alone, 0, d->b->ncodes * sizeof *d->alone);
    for (size_t i = 0; i < told->ncells; i++)
    {
        for (uint32_t c = told->cells[i].from; c <= told->cells[i].to; c++)
            d->in_cell[c] = true;
        d->alone[told->cells[i].from] = told->cells[i].from == told->cells[i].to;
    }
}

/* As what is told of it, and the rest as above; where nothing is told, as above. */
static void
tell_below(const deriving *d, const ss_told *told, const uint32_t *above, uint32_t *own)
{
    ss_told_below(told, above, d->b->ncodes, d->k, ss_told_rows(told) == 0 ? 16 : 0, own);
}

static void
spread_leaf(deriving *d, uint32_t n, const uint32_t *above, uint32_t *own)
{
    const uint32_t ncodes = d->b->ncodes;
    const uint64_t rows = d->rows[n] == 0 ? 1 : d->rows[n]; /* of nothing as above */
    uint64_t *mass = d->mass + (size_t) n * ncodes;

    tell_below(d, &d->told[n], above, own);
    mark_cells(d, n);
    for (uint32_t c = 0; c < ncodes; c++)
    {
        mass[c] = (uint64_t) ((wide) ss_below_width(own, ncodes, c) * rows >> (32 - UNIT_BITS));
        d->rest[n] += d->in_cell[c] ? 0 : mass[c];
        /* Of what no node tells either there are fewer than the node above has: what others tell by themselves. */
        if (d->nsums > 0 && d->sum_of[(size_t) n * ncodes + c] == NO_SUM && !d->alone[c])
            mass[c] /= 2;
    }
}

static void
spread(deriving *d, ss_arena *scratch)
{
    const ss_backoff *b = d->b;
    ss_told inner = {.cells = ss_alloc(scratch, b->ncodes, sizeof *inner.cells)};

    for (uint32_t n = 0; n < b->nnodes; n++)
    {
        const uint32_t *above = n == 0 ? NULL : d->below + (size_t) b->nodes[n].parent * b->ncodes;
        uint32_t *own = d->below + (size_t) n * b->ncodes;
        uint64_t *counts = d->mass + (size_t) n * b->ncodes, sum = 0;

        if (is_leaf(d, n))
        {
            spread_leaf(d, n, above, own);
            continue;
        }
        inner.ncells = 0;
        for (uint32_t c = 0; c < b->ncodes; c++)
        {
            if (counts[c] > 0)
                inner.cells[inner.ncells++] = (ss_told_cell){.from = c, .to = c, .rows = counts[c]};
            sum += counts[c];
        }
        inner.rest = d->rows[n] > sum ? d->rows[n] - sum : 0;
        tell_below(d, &inner, above, own);
        memset(counts, 0, b->ncodes * sizeof *counts);
    }
}

/* --- fitting ---------------------------------------------------------------------------------------- */

static void
fit_nodes(deriving *d)
{
    const ss_backoff *b = d->b;

    memset(d->sums, 0, d->nsums * sizeof *d->sums);
    for (size_t i = 0; i < (size_t) b->nnodes * b->ncodes; i++)
    {
        if (d->sum_of[i] != NO_SUM)
            d->sums[d->sum_of[i]] += d->mass[i]; /* of inner nodes it is 0 */
    }
    for (uint32_t s = 0; s < d->nsums; s++)
        d->factors[s] = ratio(d->wanted[s], d->sums[s]);
    for (size_t i = 0; i < (size_t) b->nnodes * b->ncodes; i++)
    {
        if (d->sum_of[i] != NO_SUM)
            d->mass[i] = scaled(d->mass[i], d->factors[d->sum_of[i]]);
    }
}

static void
fit_leaf(deriving *d, uint32_t n)
{
    const uint32_t ncodes = d->b->ncodes;
    const ss_told *told = &d->told[n];
    uint64_t *own = d->mass + (size_t) n * ncodes, units = 0, factor;

    for (size_t i = 0; i < told->ncells; i++)
    {
        const ss_told_cell *cell = &told->cells[i];
        uint64_t inside = 0;

        for (uint32_t c = cell->from; c <= cell->to; c++)
            inside += own[c];
        factor = ratio(cell->rows, inside);
        for (uint32_t c = cell->from; c <= cell->to && cell->from < cell->to; c++)
            own[c] = scaled(own[c], factor);
    }
    mark_cells(d, n);
    for (uint32_t c = 0; c < ncodes; c++)
        units += d->in_cell[c] ? 0 : own[c];
    factor = units == 0 ? 0 : (uint64_t) (((wide) d->rest[n] << FACTOR_BITS) / units);
    for (uint32_t c = 0; c < ncodes; c++)
        own[c] = d->in_cell[c] ? own[c] : scaled(own[c], factor);
}

/* --- what is drawn ---------------------------------------------------------------------------------- */

/* Nodes are what their leaves are, and shrunk towards those above, the root towards all codes alike. */
static void
shrink(deriving *d)
{
    const ss_backoff *b = d->b;
    const uint32_t ncodes = b->ncodes;

    for (uint32_t n = b->nnodes; n > 1; n--)
    {
        uint64_t *above = d->mass + (size_t) b->nodes[n - 1].parent * ncodes;

        for (uint32_t c = 0; c < ncodes; c++)
            above[c] += d->mass[(size_t) (n - 1) * ncodes + c];
    }
    for (uint32_t n = 0; n < b->nnodes; n++)
    {
        const uint32_t *above = d->below + (size_t) b->nodes[n].parent * ncodes;
        uint64_t *mass = d->mass + (size_t) n * ncodes;
        wide all = 0, before = 0;

        for (uint32_t c = 0; c < ncodes; c++)
        {
            const uint64_t width =
                n == 0 ? (UINT64_C(1) << 32) / ncodes : ss_below_width(above, ncodes, c);

            mass[c] += (uint64_t) ((wide) width * b->alpha >> (32 + 4 - UNIT_BITS));
            all += mass[c];
        }
        for (uint32_t c = 0; c < ncodes; c++)
        {
            const wide at = all == 0 ? ((wide) c << 32) / ncodes : (before << 32) / all;

            d->below[(size_t) n * ncodes + c] = at >= UINT32_MAX ? UINT32_MAX : (uint32_t) at;
            before += mass[c];
        }
    }
}

uint32_t *
ss_backoff_derive(const ss_backoff *b, const ss_told *told, size_t k, ss_arena *result)
{
    const size_t cells_of_nodes = (size_t) b->nnodes * b->ncodes;
    ss_arena *scratch = ss_arena_new(NULL);
    uint32_t *of_leaves = ss_alloc(result, (size_t) b->nleaves * b->ncodes, sizeof *of_leaves);
    deriving d = {.b = b,
                  .told = told,
                  .k = k,
                  .rows = ss_alloc(scratch, b->nnodes, sizeof *d.rows),
                  .mass = ss_alloc(scratch, cells_of_nodes, sizeof *d.mass),
                  .rest = ss_alloc(scratch, b->nnodes, sizeof *d.rest),
                  .below = ss_alloc(scratch, cells_of_nodes, sizeof *d.below),
                  .sum_of = ss_alloc(scratch, cells_of_nodes, sizeof *d.sum_of),
                  .in_cell = ss_alloc(scratch, b->ncodes, sizeof *d.in_cell),
                  .alone = ss_alloc(scratch, b->ncodes, sizeof *d.alone)};
    size_t nsums = 0;

    for (uint32_t n = 0; n < b->nnodes; n++)
        nsums += b->nodes[n].leaf == SS_BACKOFF_INNER ? told[n].ncells : 0;
    d.wanted = ss_alloc(scratch, nsums + 1, sizeof *d.wanted);
    d.sums = ss_alloc(scratch, nsums + 1, sizeof *d.sums);
    d.factors = ss_alloc(scratch, nsums + 1, sizeof *d.factors);
    add_up(&d);
    number_sums(&d);
    spread(&d, scratch);
    for (unsigned round = 0; round < ROUNDS && nsums > 0; round++)
    {
        fit_nodes(&d);
        for (uint32_t n = 0; n < b->nnodes; n++)
        {
            if (is_leaf(&d, n))
                fit_leaf(&d, n);
        }
    }
    shrink(&d);
    for (uint32_t n = 0; n < b->nnodes; n++)
    {
        if (is_leaf(&d, n))
            memcpy(of_leaves + (size_t) b->nodes[n].leaf * b->ncodes,
                   d.below + (size_t) n * b->ncodes, b->ncodes * sizeof *of_leaves);
    }
    ss_arena_free(scratch);
    return of_leaves;
}
