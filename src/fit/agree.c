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

/*
 * Of each code's rows the weight that the marginal tells of: what the tree tells of it; where that is far less than what it draws, so much.
 * Both follow from the tree's numbers alone.  Codes that no number of the tree has anything to do with are counted.
 */
static uint64_t *
weights_of(const ss_trees_target *t, const ss_book *b, ss_arena *scratch)
{
    uint64_t *weights = ss_alloc(scratch, t->ncodes, sizeof *weights), all = 0, rows = 0;
    uint64_t *drawn = ss_alloc(scratch, t->ncodes, sizeof *drawn);

    for (uint32_t n = 0; n < t->tree.nnodes; n++)
    {
        const ss_tree_node *node = &t->tree.nodes[n];
        const uint64_t own = ss_told_rows(&t->told[n]);

        for (uint32_t c = 0; node->column == SS_TREE_LEAF && c < t->ncodes; c++)
            drawn[c] +=
                own * ss_below_width(t->below + (size_t) node->left * t->ncodes, t->ncodes, c) >>
                16;
        rows += node->column == SS_TREE_LEAF ? own : 0;
    }
    for (uint32_t c = 0; c < t->ncodes; c++)
        all += t->codes[c].told + t->codes[c].left;
    for (uint32_t c = 0; c < t->ncodes; c++)
    {
        const ss_backoff_code *code = &t->codes[c];
        const uint64_t expected =
            rows == 0 ? 0 : (uint64_t) ((wide) drawn[c] * all / ((wide) rows << 16));

        if (!is_told(b, c) || (code->told == 0 && code->shared == 0))
            weights[c] = code->told + code->left;
        else
            weights[c] = expected / 2 > code->told ? expected : code->told;
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
    const uint64_t *weights = weights_of(t, b, scratch);

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
