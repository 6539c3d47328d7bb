#include "fit/agree.h"

#include <string.h>

#include "model/dependence.h"
#include "model/habits.h"
#include "stats/copula.h"
#include "stats/trees.h"

__extension__ typedef unsigned __int128 wide;

void
ss_fit_agree_shapes(const ss_fit_terms *terms, ss_marginal *m)
{
    ss_cells *const shapes[] = {&m->lengths, &m->alphabets, &m->codes};
    const uint64_t rows = ss_fit_shape_rows(m);

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    {
        uint64_t none = 0;

        ss_fit_store(shapes[i], &none, rows, terms);
    }
    for (size_t i = 0; m->habits != NULL && i < SS_NHABITS; i++)
    {
        ss_habit_told *told = &m->habits->told[i];

        if (told->cells.n > 0 && !ss_habit_has_several(i))
            ss_fit_store(&told->cells, &told->rest, rows, terms);
    }
}

/* The code that stands for a marginal's value and no other, or SS_NONE. */
static size_t
code_of(const ss_book *b, const ss_cell *cell)
{
    for (uint32_t c = 0; c < b->nvalues; c++)
    {
        if ((b->kind == SS_BOOK_DECLARED && cell->number == (int64_t) c) ||
            (b->kind == SS_BOOK_CATEGORIES && cell->text != NULL &&
             strcmp(b->texts[c], cell->text) == 0) ||
            (b->kind == SS_BOOK_BINS && b->spike[c] && cell->number == b->upper[c]))
            return c;
    }
    return SS_NONE;
}

/* Does the marginal tell of the code by itself?  Not of bins of several values. */
static bool
is_told(const ss_book *b, uint32_t code)
{
    return b->kind != SS_BOOK_BINS || code > b->nvalues || (code < b->nvalues && b->spike[code]);
}

/* Adds up, of the whole tree, what is told of each code alone, and what is drawn of it: rows, in 2^-16 of one. */
static void
add_up(const ss_trees_target *t, size_t k, uint64_t *told, uint64_t *drawn)
{
    for (uint32_t n = 0; n < t->tree.nnodes; n++)
    {
        const ss_tree_node *node = &t->tree.nodes[n];
        const ss_told *own = &t->told[n];
        const bool leaf = node->column == SS_TREE_LEAF;
        const uint32_t *below = leaf ? t->below + (size_t) node->left * t->ncodes : NULL;
        const uint64_t rows = ss_told_rows(own), likely = ss_told_likely(own, k);

        for (size_t i = 0; i < own->ncells; i++)
        {
            const ss_told_cell *cell = &own->cells[i];
            const wide units = (wide) cell->rows << 16;

            if (cell->from == cell->to)
                told[cell->from] += (uint64_t) (leaf ? units * likely / rows : units);
        }
        for (uint32_t c = 0; leaf && c < t->ncodes; c++)
            drawn[c] += (uint64_t) ((wide) likely * ss_below_width(below, t->ncodes, c) >> 16);
    }
}

/*
 * Rows of each code that the marginal tells of: what the tree tells of it; where that is far less than what it draws, so much.  Both follow
 * from the numbers that the tree tells, as they are rounded: the rows themselves, rounded in another way, would be
 * one more number of them, and both together told more than either.  Codes that no number of the tree has anything to do
 * with are counted.
 */
static uint64_t *
weights_of(const ss_trees_target *t, const ss_book *b, size_t k, ss_arena *scratch)
{
    uint64_t *weights = ss_alloc(scratch, t->ncodes, sizeof *weights);
    uint64_t *told = ss_alloc(scratch, t->ncodes, sizeof *told);
    uint64_t *drawn = ss_alloc(scratch, t->ncodes, sizeof *drawn);

    add_up(t, k, told, drawn);
    for (uint32_t c = 0; c < t->ncodes; c++)
    {
        if (told[c] == 0 && t->codes[c].shared == 0)
            weights[c] = ss_people_round(ss_whole_rows(t->codes[c].left));
        else
            weights[c] = (is_told(b, c) && drawn[c] / 2 <= told[c] ? told[c] : drawn[c]) >> 16;
    }
    return weights;
}

/* What is NULL, as a share of what is told. */
static void
agree_nulls(const uint64_t *weights, const ss_book *b, const ss_fit_terms *terms, ss_marginal *m)
{
    const uint64_t least = ss_people_least(terms->k);
    uint64_t all = 0, nulls;

    if (!b->nulls || m->nulls == 0 || m->nulls == m->count || m->count < 2 * least)
        return;
    for (uint32_t c = 0; c < ss_book_ncodes(b); c++)
        all += weights[c];
    nulls = all == 0 ? m->nulls : (uint64_t) ((wide) weights[ss_book_null(b)] * m->count / all);
    m->nulls = ss_fit_stored(terms, nulls == 0 ? 1 : nulls);
    m->nulls = m->nulls + least > m->count ? m->count - least : m->nulls;
}

/* Of what is none of the values that codes stand for. */
static uint64_t
others_of(const uint64_t *weights, const ss_book *b)
{
    uint64_t weight = 0;

    if (b->kind == SS_BOOK_CATEGORIES)
        return weights[ss_book_other(b)];
    for (uint32_t c = 0; b->kind == SS_BOOK_BINS && c <= b->nvalues; c++)
        weight += is_told(b, c) ? 0 : weights[c];
    return weight;
}

static void
agree_values(const uint64_t *weights, const ss_book *b, const ss_fit_terms *terms, ss_marginal *m,
             ss_arena *scratch)
{
    size_t *of = ss_alloc(scratch, m->values.n + 1, sizeof *of);
    const uint64_t weight = others_of(weights, b);
    uint64_t others = m->rest;

    for (size_t i = 0; i < m->values.n; i++)
    {
        of[i] = code_of(b, &m->values.cells[i]);
        others += of[i] == SS_NONE ? m->values.cells[i].count : 0;
    }
    of[m->values.n] = SS_NONE;
    for (size_t i = 0; i <= m->values.n; i++)
    {
        uint64_t *count = i < m->values.n ? &m->values.cells[i].count : &m->rest;

        if (*count == 0)
            continue;
        *count = of[i] == SS_NONE ? (uint64_t) ((wide) weight * *count / others) : weights[of[i]];
        /* What is there is told as the least, not as nothing. */
        *count += *count == 0;
    }
    ss_fit_store(&m->values, &m->rest, m->count - m->nulls, terms);
}

static void
agree(const ss_trees_target *t, const ss_book *b, const ss_fit_terms *terms, ss_marginal *m,
      ss_arena *scratch)
{
    const uint64_t *weights = weights_of(t, b, terms->k, scratch);

    agree_nulls(weights, b, terms, m);
    agree_values(weights, b, terms, m, scratch);
    ss_fit_agree_shapes(terms, m);
}

/* A copula's variable has the shares of a tree without any split. */
static ss_trees_target
as_tree(const ss_copula_variable *v, ss_arena *scratch)
{
    ss_trees_target t = {.ncodes = v->ncodes,
                         .nordered = v->nordered,
                         .told = ss_alloc(scratch, 1, sizeof *t.told),
                         .codes = v->codes,
                         .below = v->below};

    t.tree.nodes = ss_alloc(scratch, 1, sizeof *t.tree.nodes);
    t.tree.nodes[0].column = SS_TREE_LEAF;
    t.tree.nnodes = t.tree.nleaves = 1;
    t.told[0] = v->told;
    return t;
}

static void
agree_with_copula(const ss_dependence *d, const ss_fit_terms *terms, ss_marginal *columns,
                  ss_arena *scratch)
{
    const ss_copula *c = d->model;

    for (size_t i = 0; i < c->n; i++)
    {
        const ss_variable *variable = &d->variables[c->variables[i].column];
        ss_trees_target t;

        if (variable->kind != SS_VARIABLE_COLUMN)
            continue;
        t = as_tree(&c->variables[i], scratch);
        agree(&t, variable->book, terms, &columns[variable->column], scratch);
    }
}

void
ss_fit_agree(const ss_dependence *d, const ss_fit_terms *terms, ss_marginal *columns,
             ss_arena *scratch)
{
    const ss_trees *trees = d->model;

    /* Of a sample nobody knows what the marginal's count of it would be. */
    if (d->sampled)
        return;
    if (d->engine == &ss_engine_copula)
    {
        agree_with_copula(d, terms, columns, scratch);
        return;
    }
    for (size_t v = 0; v < d->n; v++)
    {
        const ss_variable *variable = &d->variables[v];
        const size_t target = trees->of[v];

        if (variable->kind == SS_VARIABLE_COLUMN && target != SIZE_MAX)
            agree(&trees->targets[target], variable->book, terms, &columns[variable->column],
                  scratch);
    }
}
