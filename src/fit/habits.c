#include "fit/habits_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fit/documents_internal.h"

#define TEXT_ROWS 32768 /* texts take longer to look at than numbers */

void
ss_habit_add(const ss_habit_rows *rows, ss_tally *tally, uint32_t cell, size_t r)
{
    const ss_sample *s = rows->sample;

    ss_tally_add(tally, cell, s->subjects + r * s->npaths, s->weights[r]);
}

uint64_t
ss_habit_scaled(const ss_habit_rows *rows, uint64_t weight)
{
    return ss_fit_scaled(ss_whole_rows(weight), ss_whole_rows(rows->weight), rows->rows);
}

void
ss_habit_tell(const ss_habit_rows *rows, const ss_tally *tally, const int64_t *numbers, size_t n,
              ss_habit_told *told)
{
    const size_t ncells = ss_tally_ncells(tally);
    uint32_t *others = ss_alloc(rows->scratch, ncells + 1, sizeof *others);
    ss_cells *cells = &told->cells;
    uint64_t weight = 0;
    size_t nothers = 0;

    *told = (ss_habit_told){.cells = {.cells = ss_alloc(rows->result, n + 1, sizeof(ss_cell))}};
    for (uint32_t i = 0; i < ncells; i++)
    {
        weight += ss_tally_weight(tally, i);
        if (i < n && ss_tally_enough(tally, i))
            cells->cells[cells->n++] = (ss_cell){.number = numbers == NULL ? i : numbers[i],
                                                 .count = ss_tally_rows(tally, i)};
        else if (ss_tally_weight(tally, i) > 0)
            others[nothers++] = i;
    }
    if (cells->n == 0)
        return;
    if (ss_tally_enough_together(tally, others, nothers))
    {
        for (size_t i = 0; i < nothers; i++)
            told->rest += ss_tally_rows(tally, others[i]);
    }
    ss_fit_store(cells, &told->rest, ss_habit_scaled(rows, weight), rows->terms);
}

void
ss_habit_tell_share(const ss_habit_rows *rows, const ss_tally *tally, ss_habit_told *told)
{
    if (ss_tally_enough(tally, 1))
        ss_habit_tell(rows, tally, NULL, 2, told);
}

bool
ss_habit_text(const ss_habit_rows *rows, size_t r, const char **text, size_t *n)
{
    if (rows->values->null[r])
        return false;
    *text = (const char *) ss_column_bytes(rows->values, r, n);
    return *n < rows->most;
}

/* --- texts that rows may have several of -------------------------------------------------------------- */

#define SEEN_MAX 256 /* different ones of a row */

struct ss_mentions
{
    const ss_habit_rows *rows;
    ss_counter *counter;
    size_t row; /* the last one */
    uint64_t seen[SEEN_MAX];
    size_t nseen;
};

ss_mentions *
ss_mentions_new(const ss_habit_rows *rows)
{
    const size_t most = rows->column->who->cells;
    ss_mentions *m = ss_alloc(rows->scratch, 1, sizeof *m);

    *m = (ss_mentions){
        .rows = rows,
        .counter = ss_counter_new(SS_COUNTER_TEXTS, most < SS_MENTIONS_MAX ? most : SS_MENTIONS_MAX,
                                  rows->people.k, rows->people.npaths, rows->people.may_be_empty)};
    return m;
}

void
ss_mentions_free(ss_mentions *m)
{
    ss_counter_free(m->counter);
}

void
ss_mentions_add(ss_mentions *m, size_t r, const char *text, size_t n)
{
    const ss_sample *s = m->rows->sample;
    const uint64_t hash = ss_hash(m->rows->key, text, n);
    size_t bad;

    if (n > SS_HABIT_TEXT_MAX || !ss_utf8_valid((const unsigned char *) text, n, &bad))
        return;
    for (size_t i = 0; i < n; i++)
    {
        if ((unsigned char) text[i] < ' ')
            return;
    }
    if (r != m->row)
        m->nseen = 0;
    m->row = r;
    for (size_t i = 0; i < m->nseen; i++)
    {
        if (m->seen[i] == hash)
            return;
    }
    if (m->nseen == SEEN_MAX)
        return;
    m->seen[m->nseen++] = hash;
    ss_counter_add_text(m->counter, text, n, hash, s->subjects + r * s->npaths, s->weights[r]);
}

void
ss_mentions_tell(const ss_mentions *m, ss_habit_told *told)
{
    size_t n;
    ss_count *list = ss_counter_list(m->counter, &n);
    ss_cells *cells = &told->cells;
    ss_cell *all = ss_alloc(m->rows->result, cells->n + n + 1, sizeof *all);

    for (size_t i = 0; i < cells->n; i++)
        all[i] = cells->cells[i];
    cells->cells = all;
    for (size_t i = 0; i < n; i++)
    {
        const uint64_t rows = ss_habit_scaled(m->rows, list[i].count * SS_WHOLE);

        if (!list[i].enough)
            continue;
        all[cells->n] =
            (ss_cell){.number = SS_NO_NUMBER,
                      .text = ss_strndup(m->rows->result, list[i].text, list[i].text_length),
                      .count = ss_fit_stored(m->rows->terms, rows)};
        cells->total += all[cells->n++].count;
    }
    free(list);
}

static int
compare_cells(const void *a, const void *b)
{
    return strcmp(((const ss_cell *) a)->text, ((const ss_cell *) b)->text);
}

void
ss_habit_sort(ss_habit_told *told)
{
    if (told->cells.n > 0)
        qsort(told->cells.cells, told->cells.n, sizeof *told->cells.cells, compare_cells);
}

/* --- columns ------------------------------------------------------------------------------------------ */

/* Is there more to be told of it than what a document says? */
static bool
is_compound(const ss_type *type)
{
    return type->kind == SS_TYPE_ARRAY || type->kind == SS_TYPE_RANGE || ss_type_is(type, "inet") ||
           ss_type_is(type, "cidr") || ss_type_is(type, "bytea") || ss_type_is(type, "bit") ||
           ss_type_is(type, "varbit") || ss_type_is(type, "uuid") || ss_type_is(type, "tsvector");
}

/* The type of a column that may have habits, or NULL. */
static const ss_type *
type_of(const ss_fit_column *c)
{
    const size_t base = ss_catalog_base_type(c->catalog, c->column->type);

    return base == SS_NONE || !ss_habits_allowed(c->decision->class, c->decision->treatment) ||
                   (c->kind != SS_MARGINAL_CATEGORIES && c->kind != SS_MARGINAL_NUMBER &&
                    c->kind != SS_MARGINAL_SHAPE)
               ? NULL
               : &c->catalog->types[base];
}

bool
ss_fit_is_document(const ss_fit_column *c)
{
    const ss_type *type = type_of(c);

    return type != NULL &&
           (ss_document_is_tree(type) || ss_document_has_parts(type) || is_compound(type));
}

/* Does the marginal tell row r's value? */
static bool
is_told(const ss_fit_column *c, const ss_cells *told, const ss_batch_column *values, size_t r)
{
    const unsigned char *text;
    int64_t units;
    size_t n;

    if (told->n == 0)
        return false;
    if (told->cells[0].text == NULL)
        return ss_fit_column_units(c, values, r, &units) &&
               ss_cells_find_number(told, units) < told->n;
    text = ss_column_bytes(values, r, &n);
    return ss_cells_find_text(told, (const char *) text, n) < told->n;
}

/*
 * Rows whose value is told are out, as those are that have none: a habit of all rows less those of the values that are told
 * would be one of the few who have another value.
 */
static void
leave_out_told(const ss_habit_rows *rows, ss_batch_column *values)
{
    uint8_t *out = ss_alloc(rows->scratch, rows->sample->n + 1, sizeof *out);

    for (size_t r = 0; r < rows->sample->n; r++)
        out[r] = values->null[r] || is_told(rows->column, &rows->marginal->values, values, r);
    values->null = out;
}

ss_habits *
ss_fit_habits(const ss_fit_column *c, const ss_marginal *marginal, const ss_sample *sample,
              size_t at, const ss_fit_terms *terms, const ss_hash_key *key, ss_arena *result)
{
    const bool document = ss_fit_is_document(c);
    const bool some = c->lengths != NULL && sample->n > TEXT_ROWS;
    ss_batch_column values = sample->columns[at];
    ss_sample first = *sample;
    ss_habit_rows rows = {
        .column = c,
        .type = type_of(c),
        .marginal = marginal,
        .sample = &first,
        .values = &values,
        .people = {.k = c->who->k, .npaths = c->who->npaths, .may_be_empty = c->who->may_be_empty},
        .terms = terms,
        .key = key,
        .result = result,
        .most = document ? SS_DOCUMENT_MOST : SIZE_MAX,
        .rows = ss_fit_shape_rows(marginal)};
    ss_habits *h;

    if (rows.type == NULL || terms->shape_only || terms->uncounted || rows.rows == 0)
        return NULL;
    /* Those with the least hashes: whole families but for the last. */
    first.n = some ? TEXT_ROWS : sample->n;
    rows.scratch = ss_arena_new(NULL);
    leave_out_told(&rows, &values);
    for (size_t r = 0; r < first.n; r++)
    {
        const char *text;
        size_t n;

        if (!rows.values->null[r] && (!document || ss_habit_text(&rows, r, &text, &n)))
            rows.weight += sample->weights[r];
    }
    h = ss_alloc(result, 1, sizeof *h);
    *h = (ss_habits){.sampled = some || sample->halved + sample->limited > 0};
    if (c->is_time || ss_type_is(rows.type, "time"))
        ss_fit_calendar(&rows, h);
    else if (c->is_number)
        ss_fit_steps(&rows, h);
    else if (document)
    {
        if (is_compound(rows.type))
            ss_fit_compound(&rows, h);
        if (ss_document_is_tree(rows.type) || ss_document_has_parts(rows.type))
            ss_fit_documents(&rows, h);
    }
    else if (c->lengths != NULL)
    {
        ss_fit_text_habits(&rows, h);
        ss_fit_templates(&rows, h);
    }
    ss_arena_free(rows.scratch);
    return ss_habits_ncounts(h) > 0 ? h : NULL;
}
