#include "fit/agree.h"
#include "fit/mappings_internal.h"

#include <stdlib.h>
#include <string.h>

#include "model/dependence.h"
#include "stats/levels.h"

/* --- what is told ------------------------------------------------------------------------------------- */

static int
compare_values(const ss_token_value *a, const ss_token_value *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == SS_TOKEN_TEXT)
        return strcmp(a->text, b->text);
    return (a->number > b->number) - (a->number < b->number);
}

typedef struct telling
{
    ss_token token;
    size_t nvalues;
} telling;

static int
by_values(const void *x, const void *y)
{
    const telling *a = x, *b = y;

    if (a->token.first != b->token.first)
        return a->token.first < b->token.first ? -1 : 1;
    for (size_t i = 0; i < a->nvalues; i++)
    {
        const int order = compare_values(&a->token.values[i], &b->token.values[i]);

        if (order != 0)
            return order;
    }
    return 0;
}

static void
tell(const ss_fit_mapping *own, const ss_fit_terms *terms, const uint64_t *rows, ss_arena *result,
     ss_mapping *out)
{
    const size_t n = own->told.ncolumns;
    ss_arena *scratch = ss_arena_new(NULL);
    telling *list = ss_alloc(scratch, own->n, sizeof *list);

    out->ntokens = 0;
    for (uint32_t i = 1; i < own->n; i++)
    {
        telling *t = &list[out->ntokens];

        if (rows[i] == 0)
            continue;
        *t = (telling){.token = own->tokens[i], .nvalues = n - own->tokens[i].first};
        t->token.rows = ss_fit_round(terms, ss_fit_told(terms, rows[i] * SS_WHOLE));
        out->ntokens++;
    }
    out->rest = ss_fit_round(terms, ss_fit_told(terms, rows[0] * SS_WHOLE));
    if (out->ntokens > 0)
        qsort(list, out->ntokens, sizeof *list, by_values);
    out->tokens = ss_alloc(result, out->ntokens + 1, sizeof *out->tokens);
    for (size_t i = 0; i < out->ntokens; i++)
    {
        ss_token *t = &out->tokens[i];

        *t = list[i].token;
        t->values = ss_alloc(result, list[i].nvalues, sizeof *t->values);
        for (size_t k = 0; k < list[i].nvalues; k++)
        {
            t->values[k] = list[i].token.values[k];
            if (t->values[k].kind == SS_TOKEN_TEXT)
                t->values[k].text = ss_strdup(result, t->values[k].text);
        }
    }
    ss_arena_free(scratch);
}

/* --- the columns' own counts -------------------------------------------------------------------------- */

typedef struct agreeing
{
    const ss_fit_mapping *own;
    const ss_fit_terms *terms;
    const uint32_t *by;   /* of each token the one that its rows are told at */
    const uint64_t *rows; /* that are told at each */
    uint32_t *list;
} agreeing;

/* The cell of a token's value, or the number of cells. */
static size_t
cell_of(const ss_cells *cells, const ss_token_value *v)
{
    return v->kind == SS_TOKEN_TEXT ? ss_cells_find_text(cells, v->text, strlen(v->text))
                                    : ss_cells_find_number(cells, v->number);
}

/*
 * Rows of tokens, a list through next, that are told with the value of the mapping's column at, as the tokens tell them: rounded in another
 * way they would be one more number of the same rows.  0: nothing is, or what is not is k people's.
 */
static uint64_t
told_with(const agreeing *a, size_t at, uint32_t first, const uint32_t *next)
{
    uint64_t rows = 0;
    size_t hidden = 0;

    for (uint32_t t = first; t != 0; t = next[t])
    {
        const uint32_t by = a->by[t];

        /* What tells some of them has the same value. */
        rows += a->rows[t];
        if (by == SS_LEVELS_NONE || by == 0 || a->own->tokens[by].first > at)
            a->list[hidden++] = t;
    }
    if (hidden > 0 && ss_tally_enough_together(a->own->tally, a->list, hidden))
        return 0;
    return ss_fit_told(a->terms, rows * SS_WHOLE);
}

static void
agree_column(const agreeing *a, size_t at, ss_marginal *m)
{
    const ss_fit_mapping *own = a->own;
    const uint64_t least = ss_people_least(a->terms->k);
    ss_arena *scratch = ss_arena_new(NULL);
    uint32_t *first = ss_alloc(scratch, m->values.n + 1, sizeof *first), nulls = 0;
    uint32_t *next = ss_alloc(scratch, own->n, sizeof *next);
    uint64_t rows;

    for (uint32_t t = 1; t < own->n; t++)
    {
        const ss_token *token = &own->tokens[t];
        const ss_token_value *v = token->first > at ? NULL : &token->values[at - token->first];
        const size_t cell =
            v == NULL || v->kind == SS_TOKEN_NULL ? m->values.n : cell_of(&m->values, v);
        uint32_t *head = cell < m->values.n                      ? &first[cell]
                         : v != NULL && v->kind == SS_TOKEN_NULL ? &nulls
                                                                 : NULL;

        if (head == NULL)
            continue;
        next[t] = *head;
        *head = t;
    }
    rows = told_with(a, at, nulls, next);
    if (rows > 0 && m->nulls > 0 && m->nulls < m->count && m->count >= 2 * least)
    {
        m->nulls = ss_fit_stored(a->terms, rows);
        m->nulls = m->nulls + least > m->count ? m->count - least : m->nulls;
    }
    for (size_t i = 0; i < m->values.n; i++)
    {
        rows = told_with(a, at, first[i], next);
        if (rows > 0 && m->values.cells[i].count > 0)
            m->values.cells[i].count = rows;
    }
    ss_fit_store(&m->values, &m->rest, m->count - m->nulls, a->terms);
    ss_fit_agree_shapes(a->terms, m);
    ss_arena_free(scratch);
}

static bool
is_drawn(const ss_dependence *d, size_t column)
{
    for (size_t v = 0; d != NULL && !d->sampled && v < d->n; v++)
    {
        if (d->variables[v].kind == SS_VARIABLE_COLUMN && d->variables[v].column == column)
            return true;
    }
    return false;
}

/*
 * Counts of the columns that no tree counts: of a value what tokens tell of it, where that less its own count would be fewer than k people.  done:
 * columns that another mapping told of.
 */
static void
agree(const agreeing *a, const ss_dependence *d, ss_marginal *columns, bool *done)
{
    for (size_t i = 0; i < a->own->told.ncolumns; i++)
    {
        const size_t c = a->own->told.columns[i];

        if (!done[c] && !is_drawn(d, c))
            agree_column(a, i, &columns[c]);
        done[c] = true;
    }
}

static bool
has_tokens(const ss_mapping *m, size_t first)
{
    for (size_t i = 0; i < m->ntokens; i++)
    {
        if (m->tokens[i].first == first)
            return true;
    }
    return false;
}

static size_t *
copied(ss_arena *result, const size_t *list, size_t n)
{
    size_t *to = ss_alloc(result, n + 1, sizeof *to);

    memcpy(to, list, n * sizeof *to);
    return to;
}

void
ss_fit_mappings_finish(const ss_fit_mappings *m, const ss_fit_terms *terms,
                       const ss_dependence *dependence, ss_marginal *columns, ss_arena *result,
                       ss_mapping **list, size_t *n)
{
    ss_arena *scratch = ss_arena_new(NULL);
    bool *done = ss_alloc(scratch, m->ncolumns + 1, sizeof *done);

    *n = 0;
    *list = ss_alloc(result, m->n + 1, sizeof **list);
    for (size_t i = 0; i < m->n; i++)
    {
        const ss_fit_mapping *own = &m->list[i];
        ss_mapping *out = &(*list)[*n];
        agreeing a = {.own = own, .terms = terms};
        uint32_t *by;
        uint64_t *rows;
        bool holds = true, exceptions = false;

        for (size_t k = 0; k < own->nrules && holds; k++)
        {
            bool some;

            holds = ss_fit_rules_holds(m->rules, own->rules[k], &some);
            exceptions = exceptions || some;
        }
        if (!holds)
            continue;
        *out = own->told;
        out->exceptions = exceptions;
        a.by = by = ss_alloc(scratch, own->n, sizeof *by);
        a.list = ss_alloc(scratch, own->n, sizeof *a.list);
        a.rows = rows = ss_levels_settle(own->tally, own->parent, own->n, m->people.k, by, scratch);
        tell(own, terms, rows, result, out);
        if (ss_mapping_told(out) == 0)
            continue;
        agree(&a, dependence, columns, done);
        out->columns = copied(result, own->told.columns, out->ncolumns);
        out->levels = ss_alloc(result, out->nlevels + 1, sizeof *out->levels);
        out->nlevels = 0;
        for (size_t l = 0; l < own->told.nlevels; l++)
        {
            if (has_tokens(out, own->told.levels[l]))
                out->levels[out->nlevels++] = own->told.levels[l];
        }
        out->drawn = copied(result, own->told.drawn, out->ndrawn);
        (*n)++;
    }
    ss_arena_free(scratch);
}
