/* What may be stored of a column that was counted. */
#include <stdlib.h>

#include "base/text.h"
#include "fit/column_internal.h"

/* The cells with k people behind them and their rows; *left the rows of the others, 0 where they have not k together. */
static void
take_cells(const ss_counter *counter, const ss_fit_terms *terms, ss_arena *result, ss_cells *out,
           uint64_t *left)
{
    size_t n = 0, enough = 0;
    ss_count *list;

    *out = (ss_cells){0};
    *left = 0;
    if (counter == NULL || terms->uncounted)
        return;
    list = ss_counter_list(counter, &n);
    for (size_t i = 0; i < n; i++)
        enough += list[i].enough;
    out->cells = ss_alloc(result, enough + 1, sizeof *out->cells);
    for (size_t i = 0; i < n; i++)
    {
        if (!list[i].enough)
        {
            *left += list[i].count;
            continue;
        }
        out->cells[out->n] = (ss_cell){
            .number = list[i].text != NULL ? SS_NO_NUMBER : list[i].number,
            .text =
                list[i].text != NULL ? ss_strndup(result, list[i].text, list[i].text_length) : NULL,
            .count = list[i].count};
        out->n++;
        list[i].count = 0;
    }
    if (!ss_counter_enough_together(counter, list, n))
        *left = 0;
    free(list);
}

/* Every declared value alive, those with k behind them with their counts. */
static void
take_declared(const ss_fit_column *c, const ss_fit_terms *terms, uint64_t present, ss_arena *result,
              ss_marginal *m)
{
    const ss_type *t = &c->catalog->types[ss_catalog_base_type(c->catalog, c->column->type)];
    const size_t n = t->kind == SS_TYPE_ENUM ? t->nlabels : 2;
    ss_cells learnt;
    uint64_t left;

    /* What is not stored is declared all the same, and made now and then. */
    take_cells(terms->shape_only ? NULL : c->values, terms, result, &learnt, &left);
    left = 0;
    ss_fit_store(&learnt, &left, present, terms);
    m->values.cells = ss_alloc(result, n + 1, sizeof *m->values.cells);
    for (size_t i = 0; i < n; i++)
    {
        ss_cell *cell = &m->values.cells[m->values.n++];

        *cell = (ss_cell){.number = (int64_t) i};
        for (size_t k = 0; k < learnt.n; k++)
        {
            if (learnt.cells[k].number == (int64_t) i)
                cell->count = learnt.cells[k].count;
        }
        m->values.total += cell->count;
    }
}

static uint64_t
rows_of(const ss_counter *counter)
{
    size_t n;
    ss_count *list = ss_counter_list(counter, &n);
    uint64_t rows = 0;

    for (size_t i = 0; i < n; i++)
        rows += list[i].count;
    free(list);
    return rows;
}

/*
 * Atoms: single values with k people behind them (prices, defaults, round numbers), known while cells are one unit wide, or of the
 * sample.  The rest follows the quantiles, where there is enough of it.
 */
static void
take_number(const ss_fit_column *c, const ss_fit_terms *terms, uint64_t present, ss_arena *result,
            ss_marginal *m)
{
    uint64_t left = 0;

    if (c->frequent != NULL)
    {
        take_cells(c->frequent, terms, result, &m->values, &left);
        left = rows_of(c->others);
    }
    else if (ss_counter_shift(c->values) == 0)
        take_cells(c->values, terms, result, &m->values, &left);
    else
        left = rows_of(c->values);
    ss_fit_column_points(c, terms, result, m);
    if (m->npoints < 2)
        m->npoints = 0;
    else
        m->rest = left;
    ss_fit_store(&m->values, &m->rest, present, terms);
    if (m->npoints == 0 && m->values.n == 0)
        m->kind = SS_MARGINAL_SHAPE;
}

/*
 * The null share, when k people are NULL and k are not: else all, where k are NULL or all rows are nobody's, or none.  Where NULL is
 * the column's own way of saying that a path leads to nobody, the other paths tell.
 */
static void
take_nulls(const ss_fit_column *c, const ss_fit_terms *terms, ss_marginal *m)
{
    bool null, present;

    if (c->null_people == NULL || terms->uncounted || m->count == 0)
        return;
    null = ss_crowd_enough(c->null_people, c->null_empty);
    present = ss_crowd_enough(c->present_people, c->who->may_be_empty);
    if (null && present)
    {
        const uint64_t least = ss_people_round(terms->k);

        m->nulls = ss_fit_stored(terms, ss_fit_told(terms, c->nulls));
        if (m->count < 2 * least)
            m->nulls = 2 * c->nulls > c->count ? m->count : 0;
        else if (m->nulls + least > m->count)
            m->nulls = m->count - least;
    }
    else if ((null && !present) || (c->nulls == c->count && terms->nobody))
        m->nulls = m->count;
}

/* The frequent texts of many; the others where k people have some. */
static void
take_frequent(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result, ss_marginal *m)
{
    size_t n;
    ss_count *list = ss_counter_list(c->lengths, &n);

    take_cells(c->frequent, terms, result, &m->values, &m->rest);
    m->rest = ss_counter_enough_together(c->lengths, list, n) ? rows_of(c->lengths) : 0;
    free(list);
}

static void
take_shape(const ss_counter *counter, const ss_fit_terms *terms, ss_arena *result,
           const ss_marginal *m, ss_cells *shape)
{
    uint64_t none = 0;

    take_cells(counter, terms, result, shape, &none);
    none = 0;
    ss_fit_store(shape, &none, ss_fit_shape_rows(m), terms);
}

/*
 * Shapes of the texts that are not told: of all, they less the values would be those that fewer than k have.
 */
static void
take_shapes_of_rest(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result,
                    ss_marginal *m)
{
    size_t n;
    ss_count *list = ss_counter_list(c->values, &n);
    int64_t *lengths = ss_must(calloc(n + 1, sizeof *lengths));
    int64_t *alphabets = ss_must(calloc(n + 1, sizeof *alphabets));
    ss_counter *of_lengths, *of_alphabets;

    for (size_t i = 0; i < n; i++)
    {
        const ss_text_shape is =
            ss_fit_text_shape((const unsigned char *) list[i].text, list[i].text_length);

        lengths[i] = is.length;
        alphabets[i] = is.alphabet;
        list[i].count = list[i].enough ? 0 : list[i].count;
    }
    of_lengths = ss_counter_regroup(c->values, list, lengths, n);
    of_alphabets = ss_counter_regroup(c->values, list, alphabets, n);
    take_shape(of_lengths, terms, result, m, &m->lengths);
    take_shape(of_alphabets, terms, result, m, &m->alphabets);
    ss_counter_free(of_lengths);
    ss_counter_free(of_alphabets);
    free(lengths);
    free(alphabets);
    free(list);
}

uint64_t
ss_fit_shape_rows(const ss_marginal *m)
{
    return m->values.n > 0 ? m->rest : m->count - m->nulls;
}

/* The keys that k people's rows refer to, or none: then it is a key like any other. */
static void
take_references(const ss_fit_column *c, const ss_fit_terms *terms, uint64_t present,
                ss_arena *result, ss_marginal *m)
{
    if (terms != NULL && !ss_counter_overflowed(c->values))
    {
        take_cells(c->values, terms, result, &m->values, &m->rest);
        ss_fit_store(&m->values, &m->rest, present, terms);
    }
    if (m->values.n > 0)
        return;
    m->kind = SS_MARGINAL_KEY;
    m->rest = 0;
}

void
ss_fit_column_finish(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result,
                     ss_marginal *m)
{
    const bool learns = !terms->shape_only && !terms->uncounted;
    uint64_t present;

    *m = (ss_marginal){.column = c->column->name,
                       .kind = c->kind,
                       .count = terms->rows,
                       .constant = c->decision->value,
                       .scale = c->scale,
                       .step = c->step};
    take_nulls(c, terms, m);
    present = terms->rows - m->nulls;
    if (c->kind == SS_MARGINAL_REFERENCE)
        take_references(c, learns ? terms : NULL, present, result, m);
    else if (c->kind == SS_MARGINAL_CATEGORIES && c->lengths == NULL)
        take_declared(c, terms, present, result, m);
    else if (!learns && (c->kind == SS_MARGINAL_CATEGORIES || c->kind == SS_MARGINAL_NUMBER))
        m->kind = SS_MARGINAL_SHAPE;
    else if (c->kind == SS_MARGINAL_CATEGORIES)
    {
        if (c->frequent != NULL)
            take_frequent(c, terms, result, m);
        else if (!ss_counter_overflowed(c->values))
            take_cells(c->values, terms, result, &m->values, &m->rest);
        ss_fit_store(&m->values, &m->rest, present, terms);
        if (m->values.n == 0)
        {
            m->kind = SS_MARGINAL_SHAPE;
            m->rest = 0;
        }
    }
    else if (c->kind == SS_MARGINAL_NUMBER)
        take_number(c, terms, present, result, m);
    m->sampled = c->sampled;
    if (m->kind == SS_MARGINAL_CATEGORIES && c->lengths != NULL && m->rest > 0 &&
        c->frequent == NULL)
        take_shapes_of_rest(c, terms, result, m);
    else if (m->kind == SS_MARGINAL_SHAPE || m->kind == SS_MARGINAL_KEY ||
             (c->frequent != NULL && c->lengths != NULL && m->rest > 0))
    {
        take_shape(c->lengths, terms, result, m, &m->lengths);
        take_shape(c->alphabets, terms, result, m, &m->alphabets);
        take_shape(c->codes, terms, result, m, &m->codes);
    }
}
