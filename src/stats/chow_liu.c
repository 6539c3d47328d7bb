/*
 * The engine of Chow and Liu (1968, IEEE Transactions on Information Theory 14(3)): every column depends on one other,
 * so that all pairs together tell most.  For tables that have too few rows for more.
 *
 * Of the other column not the code is looked at but a level that is coarse enough for each to have rows and people;
 * how many levels, and whether any, people decide who are left out in turn.  So each column has a tree that splits by
 * one other column alone, and all else is as with trees.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/association.h"
#include "stats/grouping.h"
#include "stats/trees.h"

#define NOBODY     UINT32_MAX /* the parent of a column that depends on none */
#define PIECES_MAX 64         /* of a parent, that levels are made of */
#define FOLDS      5
/* Nats of all rows by which a parent must be better than none: with 3 one table of noise in five has an edge, with 5 some. */
#define NOISE     7
#define ROWS_WORK ((size_t) 1 << 17) /* rows times columns that are learnt from, about */
#define ROWS_MIN  ((size_t) 1000)
#define ALPHAS    5
#define LEVELS    6

static const uint64_t alphas[ALPHAS] = {1, 16, 64, 256, 1024}; /* sixteenths of a row */
static const uint32_t levels_tried[LEVELS] = {1, 2, 4, 8, 16, PIECES_MAX};

/* How a target depends on its parent. */
typedef struct conditional
{
    ss_trees_target of;
    uint32_t parent; /* or NOBODY, with one level */
    uint32_t *level; /* of the parent's codes: leaves of the tree */
} conditional;

static uint32_t
level_of(const conditional *c, const ss_coded_table *rows, size_t r)
{
    return c->parent == NOBODY ? 0 : c->level[rows->columns[c->parent].codes[r]];
}

/* --- levels ----------------------------------------------------------------------------------------- */

typedef struct learning
{
    const ss_coded_table *rows;                   /* of all people */
    const ss_coded_table *in[FOLDS], *out[FOLDS]; /* that a fold learns from, and judges by */
    ss_people people, least;                      /* behind a number; of a level */
    const ss_association *association;
} learning;

static int
by_frequency(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x < *y) - (*x > *y);
}

/* Neighbours that have rows enough together; returns how many pieces. */
static uint32_t
cut_ordered(const ss_tally *codes, uint32_t nordered, size_t each, uint32_t *piece)
{
    uint64_t so_far = 0;
    uint32_t n = 0;

    for (uint32_t c = 0; c < nordered; c++)
    {
        piece[c] = n;
        so_far += ss_tally_rows(codes, c);
        if (so_far < each)
            continue;
        so_far = 0;
        n++;
    }
    if (so_far > 0 && n == 0)
        n = 1;
    for (uint32_t c = 0; c < nordered; c++)
        piece[c] = n > 0 && piece[c] >= n ? n - 1 : piece[c];
    return n;
}

/* From piece n on each of the most frequent codes that have people, and all others; returns how many pieces there are. */
static uint32_t
cut_unordered(const ss_tally *codes, uint32_t from, uint32_t to, uint32_t n, uint32_t *piece)
{
    ss_arena *scratch = ss_arena_new(NULL);
    uint64_t *list = ss_alloc(scratch, to - from + 1, sizeof *list);
    size_t taken = 0;

    /* A code's rows, and behind them the code: of equal ones the smaller first. */
    for (uint32_t c = from; c < to; c++)
        list[c - from] =
            (ss_tally_enough(codes, c) ? ss_tally_rows(codes, c) << 16 : 0) | (UINT16_MAX - c);
    qsort(list, to - from, sizeof *list, by_frequency);
    for (; taken < to - from && list[taken] >> 16 > 0 && n + 1 < PIECES_MAX; taken++)
        piece[UINT16_MAX - (list[taken] & UINT16_MAX)] = n++;
    for (size_t i = taken; i < to - from; i++)
        piece[UINT16_MAX - (list[i] & UINT16_MAX)] = n;
    n += taken < to - from;
    ss_arena_free(scratch);
    return n;
}

/*
 * What levels are made of, by code; returns how many.  A piece of fewer than k people is part of the largest: what its
 * people have in the target is nobody's to know, and must not decide its place.
 */
static uint32_t
make_pieces(const learning *l, const ss_coded_table *rows, uint32_t column, uint32_t *piece)
{
    const ss_coded_column *by = &rows->columns[column];
    const size_t most = rows->n / PIECES_MAX * 2 + 1;
    ss_tally *codes = ss_tally_new(by->ncodes, &l->people), *pieces;
    uint32_t moved[PIECES_MAX + 1], n, largest = 0, kept = 0;

    for (size_t r = 0; r < rows->n; r++)
        ss_tally_add(codes, by->codes[r], rows->subjects + r * rows->npaths, rows->weights[r]);
    n = cut_ordered(codes, by->nordered, most > l->least.k ? most : l->least.k, piece);
    n = cut_unordered(codes, by->nordered, by->ncodes, n, piece);
    pieces = ss_tally_new(n, &l->people);
    for (size_t r = 0; r < rows->n; r++)
        ss_tally_add(pieces, piece[by->codes[r]], rows->subjects + r * rows->npaths,
                     rows->weights[r]);
    for (uint32_t i = 1; i < n; i++)
        largest = ss_tally_weight(pieces, i) > ss_tally_weight(pieces, largest) ? i : largest;
    for (uint32_t i = 0; i < n; i++)
        moved[i] = i == largest || ss_tally_enough(pieces, i) ? kept++ : UINT32_MAX;
    for (uint32_t c = 0; c < by->ncodes; c++)
        piece[c] = moved[moved[piece[c]] == UINT32_MAX ? largest : piece[c]];
    ss_tally_free(codes);
    ss_tally_free(pieces);
    return kept;
}

/* At most so many levels of the parent, whose codes are together where they tell the same of the target. */
static conditional
make_conditional(const learning *l, const ss_coded_table *rows, uint32_t target, uint32_t parent,
                 uint32_t nlevels, ss_arena *result)
{
    const ss_coded_column *of = &rows->columns[target];
    const uint8_t *target_level = ss_association_levels(l->association, target);
    ss_arena *scratch = ss_arena_new(NULL);
    uint32_t *above = ss_alloc(scratch, 2 * PIECES_MAX, sizeof *above), n = 1;
    const ss_coded_column *by = NULL;
    conditional c = {.of = {.ncodes = of->ncodes, .nordered = of->nordered}, .parent = NOBODY};

    if (nlevels > 1)
    {
        ss_grouping *g;

        by = &rows->columns[parent];
        c.parent = parent;
        c.level = ss_alloc(result, by->ncodes + 1, sizeof *c.level);
        g = ss_grouping_new(make_pieces(l, rows, parent, c.level), SS_ASSOCIATION_LEVELS, 1,
                            &l->least, scratch);
        for (size_t r = 0; r < rows->n; r++)
        {
            const uint32_t piece = c.level[by->codes[r]];

            g->rows[piece]++;
            g->counts[piece][target_level[of->codes[r]]]++;
            ss_grouping_add_member(g, piece, rows->subjects + r * rows->npaths);
        }
        (void) ss_grouping_join_small(g);
        ss_grouping_join_to(g, nlevels);
        for (uint32_t i = 0; i < by->ncodes; i++)
            c.level[i] = g->of[c.level[i]];
        n = g->n;
        ss_grouping_tree(g, above);
    }
    ss_tree_of_groups(target, parent, by == NULL ? 0 : by->ncodes, c.level, n, above, result,
                      &c.of.tree);
    ss_arena_free(scratch);
    return c;
}

/* --- who is left out in turn ------------------------------------------------------------------------ */

/* All rows of a person are of one fold. */
static size_t
fold_of(const ss_coded_table *rows, size_t r)
{
    uint64_t subject = 0;

    for (size_t w = 0; w < rows->npaths && subject == 0; w++)
        subject = rows->subjects[r * rows->npaths + w];
    return (subject == 0 ? r : (size_t) (subject >> 7)) % FOLDS;
}

static void
divide(learning *l, ss_arena *scratch)
{
    const size_t n = l->rows->n;
    uint32_t *in = ss_alloc(scratch, n + 1, sizeof *in),
             *out = ss_alloc(scratch, n + 1, sizeof *out);

    for (size_t f = 0; f < FOLDS; f++)
    {
        size_t nin = 0, nout = 0;

        for (uint32_t r = 0; r < n; r++)
        {
            if (fold_of(l->rows, r) == f)
                out[nout++] = r;
            else
                in[nin++] = r;
        }
        l->in[f] = ss_coded_select(l->rows, in, nin, scratch);
        l->out[f] = ss_coded_select(l->rows, out, nout, scratch);
    }
}

/* nats: log-likelihood of those left out, by alpha. */
static void
judge(const learning *l, conditional *c, size_t fold, double *nats)
{
    const ss_coded_table *in = l->in[fold], *out = l->out[fold];
    ss_arena *scratch = ss_arena_new(NULL);
    const uint32_t target = c->of.tree.target, ncodes = c->of.ncodes;
    ss_tally *tally = ss_tally_new((size_t) c->of.tree.nleaves * ncodes, &l->people);

    for (size_t r = 0; r < in->n; r++)
        ss_tally_add(tally, level_of(c, in, r) * ncodes + in->columns[target].codes[r],
                     in->subjects + r * in->npaths, in->weights[r]);
    for (size_t a = 0; a < ALPHAS; a++)
    {
        ss_backoff backoff;
        uint32_t *below;

        c->of.tree.alpha = alphas[a];
        backoff = ss_trees_backoff(&c->of, scratch);
        below = ss_backoff_derive(&backoff,
                                  ss_backoff_settle(&backoff, tally, l->people.k, scratch, NULL),
                                  l->people.k, scratch);
        nats[a] = 0;
        for (size_t r = 0; r < out->n; r++)
            nats[a] += ss_below_log(below + (size_t) level_of(c, out, r) * ncodes, ncodes,
                                    out->columns[target].codes[r]);
    }
    ss_tally_free(tally);
    ss_arena_free(scratch);
}

static conditional
choose_levels(const learning *l, uint32_t target, uint32_t parent, ss_arena *result)
{
    const size_t tried = parent == NOBODY ? 1 : LEVELS;
    double nats[LEVELS][ALPHAS] = {{0}}, most = -INFINITY;
    uint32_t nlevels = 1;
    uint64_t alpha = alphas[0];
    conditional c;

    for (size_t f = 0; f < FOLDS; f++)
    {
        double own[ALPHAS];
        bool all = false; /* levels that there can be */

        for (size_t i = 0; i < tried; i++)
        {
            ss_arena *scratch = ss_arena_new(NULL);

            if (!all)
            {
                c = make_conditional(l, l->in[f], target, parent, levels_tried[i], scratch);
                judge(l, &c, f, own);
            }
            all = all || c.of.tree.nleaves < levels_tried[i];
            for (size_t a = 0; a < ALPHAS; a++)
                nats[i][a] += own[a];
            ss_arena_free(scratch);
        }
    }
    for (size_t i = 0; i < tried; i++)
    {
        for (size_t a = 0; a < ALPHAS; a++)
        {
            const double got = nats[i][a] - (i > 0 ? NOISE : 0);

            if (got <= most)
                continue;
            most = got;
            nlevels = levels_tried[i];
            alpha = alphas[a];
        }
    }
    c = make_conditional(l, l->rows, target, parent, nlevels, result);
    c.of.tree.alpha = alpha;
    return c;
}

/* --- the tree --------------------------------------------------------------------------------------- */

/* The least rank of what is not known yet. */
static unsigned
next_rank(const ss_coded_table *rows, const bool *known)
{
    unsigned rank = UINT_MAX;

    for (size_t c = 0; c < rows->d; c++)
        rank = !known[c] && rows->columns[c].rank < rank ? rows->columns[c].rank : rank;
    return rank;
}

/* Of the columns of the first rank that which all others tell most of. */
static uint32_t
find_root(const ss_coded_table *rows, const ss_association *a, const bool *known)
{
    const unsigned rank = next_rank(rows, known);
    double most = -1;
    uint32_t root = 0;

    for (uint32_t c = 0; c < rows->d; c++)
    {
        double sum = 0;

        for (size_t other = 0; other < rows->d; other++)
            sum += other == c ? 0 : ss_association_information(a, c, other);
        if (rows->columns[c].rank != rank || sum <= most)
            continue;
        most = sum;
        root = c;
    }
    return root;
}

/* Of the columns of the next rank that of which something known tells most. */
static uint32_t
find_next(const ss_coded_table *rows, const bool *known, const double *best)
{
    const unsigned rank = next_rank(rows, known);
    uint32_t next = NOBODY;

    for (uint32_t c = 0; c < rows->d; c++)
    {
        if (!known[c] && rows->columns[c].rank == rank && (next == NOBODY || best[c] > best[next]))
            next = c;
    }
    return next;
}

/* From now on the column is known, and may tell of others. */
static void
make_known(const ss_coded_table *rows, const ss_association *a, uint32_t column, bool *known,
           double *best, uint32_t *from)
{
    known[column] = true;
    for (uint32_t c = 0; c < rows->d; c++)
    {
        const double own = known[c] ? 0 : ss_association_information(a, column, c);

        if (own <= best[c])
            continue;
        best[c] = own;
        from[c] = column;
    }
}

/*
 * The spanning tree of most information (Prim 1957), from the given columns or from the root on, rank by rank: the n targets
 * in order, and their parents.
 */
static void
span(const ss_coded_table *rows, const ss_association *a, size_t n, uint32_t *order,
     uint32_t *parents, ss_arena *scratch)
{
    bool *known = ss_alloc(scratch, rows->d + 1, sizeof *known);
    double *best = ss_alloc(scratch, rows->d + 1, sizeof *best);
    uint32_t *from = ss_alloc(scratch, rows->d + 1, sizeof *from);

    for (uint32_t c = 0; c < rows->d; c++)
        from[c] = NOBODY;
    for (uint32_t c = 0; c < rows->d; c++)
    {
        if (rows->columns[c].given)
            make_known(rows, a, c, known, best, from);
    }
    for (size_t taken = 0; taken < n; taken++)
    {
        const uint32_t next =
            n == rows->d && taken == 0 ? find_root(rows, a, known) : find_next(rows, known, best);

        order[taken] = next;
        parents[taken] = from[next];
        make_known(rows, a, next, known, best, from);
    }
}

/* The first rows, which are any: as many as cost what may be spent on them. */
static ss_coded_table
some(const ss_coded_table *rows, ss_arena *result)
{
    const size_t most = ROWS_WORK / (rows->d + 1), n = most > ROWS_MIN ? most : ROWS_MIN;

    return ss_coded_slice(rows, 0, n < rows->n ? n : rows->n, result);
}

static ss_code
learn(const ss_coded_table *rows, const ss_coded_table *held_out, const ss_engine_options *options,
      ss_arena *result, void **structure, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_coded_table a = some(rows, scratch), b = some(held_out, scratch);
    learning l = {.rows = ss_coded_both(&a, &b, scratch),
                  .people = options->people,
                  .least = options->people};
    ss_trees *s = ss_trees_new(rows, options->people.k, result);
    uint32_t *order = ss_alloc(scratch, rows->d + 1, sizeof *order);
    uint32_t *parents = ss_alloc(scratch, rows->d + 1, sizeof *parents);
    size_t n = 0;

    (void) err;
    l.least.k = options->least_rows > options->people.k ? options->least_rows : options->people.k;
    l.association = ss_association_of(l.rows, scratch);
    divide(&l, scratch);
    for (size_t c = 0; c < rows->d; c++)
        n += !rows->columns[c].given;
    span(l.rows, l.association, n, order, parents, scratch);
    for (size_t i = 0; i < n; i++)
    {
        const conditional chosen = choose_levels(&l, order[i], parents[i], result);

        ss_trees_append(s, rows, &chosen.of.tree);
    }
    ss_arena_free(scratch);
    *structure = s;
    return SS_OK;
}

const ss_engine ss_engine_chow_liu = {.name = "chow-liu",
                                      .learn = learn,
                                      .finds = ss_trees_finds,
                                      .ncells = ss_trees_ncells,
                                      .cells = ss_trees_cells,
                                      .settle = ss_trees_settle,
                                      .log_density = ss_trees_log_density,
                                      .draw = ss_trees_draw};
