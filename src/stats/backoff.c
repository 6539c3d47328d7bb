/* What is told at each node. */
#include "stats/backoff.h"

#include "stats/cuts.h"

#define NO_CELL SS_TALLY_NO_CELL
#define ROUNDS  6 /* of looking again for what may not be told */

/* --- settling --------------------------------------------------------------------------------------- */

/* Cells of leaves that are told nowhere yet, of one code below one node: a list through next. */
typedef struct hidden
{
    uint32_t head, tail; /* of cells, from the first; NO_CELL: none */
} hidden;

typedef struct settling
{
    const ss_backoff *b;
    const ss_tally *tally;
    size_t k;
    ss_told *told;         /* of nodes */
    bool *silent;          /* nodes x ncodes: the node is not to tell of the code */
    hidden *hidden;        /* nodes x ncodes */
    uint32_t *next;        /* of cells */
    uint32_t *list;        /* room for a code's cells of all leaves */
    bool *alone;           /* cells that are told by themselves */
    uint32_t *sum_of_leaf; /* of cells: the leaf's sum over several codes; SS_CUTS_UNTOLD */
    uint32_t *sum_of_code; /* of cells: the node's sum over several leaves; SS_CUTS_UNTOLD */
    uint32_t nsums, nsums_of_leaves;
} settling;

static void
tell_leaf(settling *s, uint32_t node, ss_arena *result)
{
    const uint32_t ncodes = s->b->ncodes, first = s->b->nodes[node].leaf * ncodes;
    ss_told *told = &s->told[node];

    ss_told_make(s->tally, s->b->first + first, ncodes, s->b->nordered, s->k, result, told);
    for (uint32_t c = 0; c < ncodes; c++)
        s->sum_of_leaf[first + c] = told->rest > 0 ? s->nsums : SS_CUTS_UNTOLD;
    s->nsums += told->rest > 0;
    for (size_t i = 0; i < told->ncells; i++)
    {
        const ss_told_cell *cell = &told->cells[i];

        s->alone[first + cell->from] = cell->from == cell->to;
        if (cell->from == cell->to)
            continue;
        for (uint32_t c = cell->from; c <= cell->to; c++)
            s->sum_of_leaf[first + c] = s->nsums;
        s->nsums++;
    }
}

static void
hide_leaf(settling *s, uint32_t node)
{
    const uint32_t ncodes = s->b->ncodes, first = s->b->nodes[node].leaf * ncodes;
    hidden *own = s->hidden + (size_t) node * ncodes;

    for (uint32_t c = 0; c < ncodes; c++)
    {
        s->next[first + c] = NO_CELL;
        s->sum_of_code[first + c] = SS_CUTS_UNTOLD;
        if (!s->alone[first + c] && ss_tally_weight(s->tally, s->b->first + first + c) > 0)
            own[c] = (hidden){first + c, first + c};
    }
}

static uint32_t
list_hidden(const settling *s, const hidden *h)
{
    uint32_t n = 0;

    for (uint32_t cell = h->head; cell != NO_CELL; cell = s->next[cell])
        s->list[n++] = s->b->first + cell;
    return n;
}

/* All below the node has been passed up to it: what they hide of a code is told here, where k people are behind it. */
static void
settle_node(settling *s, uint32_t node)
{
    ss_told *told = &s->told[node];

    told->ncells = 0;
    for (uint32_t c = 0; c < s->b->ncodes; c++)
    {
        hidden *own = &s->hidden[(size_t) node * s->b->ncodes + c];
        const uint32_t n = list_hidden(s, own);
        uint64_t weight = 0;

        if (n == 0 || s->silent[(size_t) node * s->b->ncodes + c] ||
            !ss_tally_enough_together(s->tally, s->list, n))
            continue;
        for (uint32_t i = 0; i < n; i++)
        {
            weight += ss_tally_weight(s->tally, s->list[i]);
            s->sum_of_code[s->list[i] - s->b->first] = s->nsums;
        }
        s->nsums++;
        told->cells[told->ncells++] =
            (ss_told_cell){.from = c, .to = c, .rows = ss_people_round(ss_whole_rows(weight))};
        *own = (hidden){NO_CELL, NO_CELL};
    }
}

static void
pass_up(settling *s, uint32_t node)
{
    const hidden *own = s->hidden + (size_t) node * s->b->ncodes;
    hidden *above = s->hidden + (size_t) s->b->nodes[node].parent * s->b->ncodes;

    for (uint32_t c = 0; c < s->b->ncodes; c++)
    {
        if (own[c].head == NO_CELL)
            continue;
        if (above[c].head == NO_CELL)
            above[c] = own[c];
        else
        {
            s->next[own[c].tail] = above[c].head;
            above[c].head = own[c].head;
        }
    }
}

/* Nodes from the leaves up. */
static void
settle_nodes(settling *s)
{
    const size_t cells_of_nodes = (size_t) s->b->nnodes * s->b->ncodes;

    for (size_t i = 0; i < cells_of_nodes; i++)
        s->hidden[i] = (hidden){NO_CELL, NO_CELL};
    s->nsums = s->nsums_of_leaves;
    for (uint32_t n = s->b->nnodes; n > 0; n--)
    {
        if (s->b->nodes[n - 1].leaf == SS_BACKOFF_INNER)
            settle_node(s, n - 1);
        else
            hide_leaf(s, n - 1);
        if (n > 1)
            pass_up(s, n - 1);
    }
}

/* The node is not to tell of the code; nor those above it, where that goes on too long. */
static void
silence(settling *s, uint32_t node, uint32_t code, bool above)
{
    for (;;)
    {
        s->silent[(size_t) node * s->b->ncodes + code] = true;
        if (node == 0 || !above)
            return;
        node = s->b->nodes[node].parent;
    }
}

/* Sums of nodes by which fewer than k people would be given away are not to be told.  Were there any? */
static bool
silence_nodes(settling *s, bool above)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const uint32_t ncells = s->b->nleaves * s->b->ncodes;
    ss_cuts_cell *cells = ss_alloc(scratch, (size_t) ncells + 1, sizeof *cells);
    bool *may_drop = ss_alloc(scratch, (size_t) s->nsums + 1, sizeof *may_drop);
    bool *dropped = ss_alloc(scratch, (size_t) s->nsums + 1, sizeof *dropped), any = false;
    uint32_t sum = s->nsums_of_leaves;
    size_t n = 0;

    for (uint32_t i = sum; i < s->nsums; i++)
        may_drop[i] = true;
    for (uint32_t i = 0; i < ncells; i++)
    {
        if (!s->alone[i] && ss_tally_weight(s->tally, s->b->first + i) > 0)
            cells[n++] = (ss_cuts_cell){s->b->first + i, s->sum_of_leaf[i], s->sum_of_code[i]};
    }
    ss_cuts_drop(s->tally, cells, n, s->nsums, may_drop, dropped);
    /* They are numbered in the order that nodes were settled in. */
    for (uint32_t node = s->b->nnodes; node > 0; node--)
    {
        const ss_told *told = &s->told[node - 1];

        for (size_t i = 0; s->b->nodes[node - 1].leaf == SS_BACKOFF_INNER && i < told->ncells; i++)
        {
            if (dropped[sum++])
            {
                silence(s, node - 1, told->cells[i].from, above);
                any = true;
            }
        }
    }
    ss_arena_free(scratch);
    return any;
}

ss_told *
ss_backoff_settle(const ss_backoff *b, const ss_tally *tally, size_t k, ss_arena *result,
                  ss_backoff_code *codes)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const size_t cells_of_nodes = (size_t) b->nnodes * b->ncodes;
    const size_t ncells = (size_t) b->nleaves * b->ncodes;
    settling s = {.b = b,
                  .tally = tally,
                  .k = k,
                  .told = ss_alloc(result, b->nnodes, sizeof *s.told),
                  .silent = ss_alloc(scratch, cells_of_nodes, sizeof *s.silent),
                  .hidden = ss_alloc(scratch, cells_of_nodes, sizeof *s.hidden),
                  .next = ss_alloc(scratch, ncells, sizeof *s.next),
                  .list = ss_alloc(scratch, b->nleaves, sizeof *s.list),
                  .alone = ss_alloc(scratch, ncells, sizeof *s.alone),
                  .sum_of_leaf = ss_alloc(scratch, ncells, sizeof *s.sum_of_leaf),
                  .sum_of_code = ss_alloc(scratch, ncells, sizeof *s.sum_of_code)};
    unsigned round = 0;

    for (uint32_t n = b->nnodes; n > 0; n--)
    {
        if (b->nodes[n - 1].leaf != SS_BACKOFF_INNER)
            tell_leaf(&s, n - 1, result);
        else
            s.told[n - 1].cells = ss_alloc(result, b->ncodes, sizeof *s.told->cells);
    }
    s.nsums_of_leaves = s.nsums;
    /* What a node does not tell is told above, where it may be too few again. */
    do
        settle_nodes(&s);
    while (silence_nodes(&s, ++round > ROUNDS));
    for (size_t i = 0; i < ncells && codes != NULL; i++)
    {
        ss_backoff_code *of = &codes[i % b->ncodes];
        const bool told = s.alone[i] || s.sum_of_code[i] != SS_CUTS_UNTOLD;

        const uint64_t weight = ss_tally_weight(tally, b->first + (uint32_t) i);

        *(told ? &of->told : &of->left) += weight;
        of->shared += !told && s.sum_of_leaf[i] != SS_CUTS_UNTOLD ? weight : 0;
    }
    ss_arena_free(scratch);
    return s.told;
}
