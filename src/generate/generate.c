#include "generate/generate.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "generate/generate_internal.h"
#include "policy/amount.h"
#include "rows/copy.h"

/* --- tables ------------------------------------------------------------------------------------- */

/* The field of COPY text that holds it. */
static const char *
wire_of(const char *constant, ss_arena *arena)
{
    ss_buf field = {0};
    char *text;

    ss_copy_escape((const unsigned char *) constant, strlen(constant), &field);
    text = ss_strdup(arena, ss_buf_text(&field));
    ss_buf_done(&field);
    return text;
}

static void
begin_column(made_table *t, size_t i)
{
    const ss_catalog *catalog = t->g->input->catalog;
    const ss_column *column = &t->table->columns[i];
    const size_t base = ss_catalog_base_type(catalog, column->type);
    made_column *c = &t->columns[i];

    *c = (made_column){.column = column,
                       .codec = ss_codec_find(catalog, column->type),
                       .type = base == SS_NONE ? NULL : &catalog->types[base],
                       .marginal = &t->g->input->model->tables[t->index].columns[i],
                       .name = ss_strf(t->g->arena, "%s.%s", t->table->label, column->name),
                       .governed = SS_NONE,
                       .by = MADE_MARGINAL};
    c->nullable = ss_catalog_is_nullable(catalog, column);
    c->typmod = ss_catalog_typmod(catalog, column);
    c->codec_type = (ss_codec_type){.catalog = catalog, .type = base, .typmod = c->typmod};
    ss_stream_init(&c->stream, t->g->input->seed, c->name, 0);
    if (c->type != NULL)
    {
        ss_generate_type(c, t->g->arena);
        ss_generate_declared(c, catalog, t->table, t->g->arena);
    }
    switch (c->marginal->kind)
    {
    case SS_MARGINAL_NONE:
        c->by = MADE_BY_SERVER;
        break;
    case SS_MARGINAL_NULL:
        c->by = MADE_NULL;
        break;
    case SS_MARGINAL_CONSTANT:
        c->by = MADE_CONSTANT;
        if (c->codec == NULL)
            c->wire = wire_of(c->marginal->constant, t->g->arena);
        break;
    case SS_MARGINAL_CATEGORIES:
    case SS_MARGINAL_NUMBER:
    case SS_MARGINAL_SHAPE:
    case SS_MARGINAL_KEY:
    case SS_MARGINAL_REFERENCE:
        break;
    }
}

/* To judge the rows of such a table the sandbox would have to ask the other server. */
static ss_code
refuse_foreign_partition(const made_table *t, ss_error *err)
{
    const ss_catalog *catalog = t->g->input->catalog;

    for (size_t i = 0; t->table->kind == SS_TABLE_PARTITIONED && i < catalog->ntables; i++)
    {
        const ss_table *leaf = &catalog->tables[i];

        if (leaf->kind != SS_TABLE_FOREIGN || !leaf->is_partition ||
            ss_table_root(catalog, leaf) != t->table)
            continue;
        (void) ss_fail(
            err, SS_EREFUSED,
            "%s: rows cannot be made for a table with a partition on another server (%s)",
            t->table->label, leaf->label);
        return ss_hint(err, "Give the table mode keep or empty.");
    }
    return SS_OK;
}

static ss_code
begin_table(made_table *t, ss_error *err)
{
    const ss_generate_input *in = t->g->input;

    SS_TRY(refuse_foreign_partition(t, err));
    t->planned = ss_amount_of(in->tables[t->index].rows, in->model->tables[t->index].rows);
    t->rows = in->model->tables[t->index].rows == 0 ? 0 : t->planned;
    t->columns = ss_alloc(t->g->arena, t->table->ncolumns + 1, sizeof *t->columns);
    for (size_t c = 0; c < t->table->ncolumns; c++)
        begin_column(t, c);
    return ss_generate_references(t, err);
}

/* How many parents there are, and what that leaves of the rows.  True when it made them fewer. */
static bool
size_table(const generator *g, made_table *t)
{
    const uint64_t before = t->rows;

    for (size_t i = 0; i < t->nreferences; i++)
    {
        made_reference *r = &t->references[i];

        if (r->keys == NULL && r->role != ROLE_NULL && r->role != ROLE_SELF)
            r->parents = g->tables[r->r->parent].rows;
        else if (r->role == ROLE_SELF)
            r->parents = t->rows;
        if (r->parents == 0 && !r->nullable)
            t->rows = 0;
        if (r->role == ROLE_ONE_TO_ONE && !r->nullable && t->rows > r->parents)
            t->rows = r->parents;
    }
    return t->rows < before;
}

/* What CHECKs leave of the parents, and of the rows that need one each. */
static void
narrow_parents(generator *g, made_table *t)
{
    for (size_t i = 0; i < t->nreferences; i++)
    {
        const made_reference *r = &t->references[i];

        ss_generate_narrow(g, t, i);
        if (r->role == ROLE_ONE_TO_ONE && !r->nullable && t->rows > r->parents)
            t->rows = r->parents;
    }
}

/* Sizes are final: lay down who has how many children. */
static void
begin_parents(generator *g, made_table *t)
{
    for (size_t i = 0; i < t->nreferences; i++)
    {
        made_reference *r = &t->references[i];

        for (size_t c = 0; r->parents == 0 && c < t->table->ncolumns; c++)
        {
            if (t->columns[c].by == MADE_REFERENCE && t->columns[c].reference == i &&
                !t->columns[c].nullable)
                t->columns[c].by = MADE_MARGINAL;
        }

        if (r->role == ROLE_ONE_TO_ONE && r->nullable)
            ss_generate_pair(g, t, r);
        else if (r->role == ROLE_ONE_TO_ONE || r->role == ROLE_WITHIN)
        {
            ss_permutation_init(&r->permutation, g->input->seed, r->name,
                                r->parents == 0 ? 1 : r->parents);
            ss_permutation_tabulate(&r->permutation, g->arena);
        }
        ss_generate_agree(g, r);
    }
    for (size_t i = 0; i < t->nreferences; i++)
    {
        made_reference *r = &t->references[i];

        if (r->role == ROLE_FIRST || r->role == ROLE_OTHER)
            ss_generate_weigh(g, t, r);
    }
}

/* --- rows --------------------------------------------------------------------------------------- */

ss_code
ss_generate_put_value(const made_column *c, const value *v, ss_batch_column *out, size_t r,
                      ss_error *err)
{
    char digits[24];
    size_t n = 0;
    uint64_t u;

    if (v->null)
    {
        ss_column_put_null(out, r);
        return SS_OK;
    }
    if (v->form == out->form && v->form == SS_FORM_I64)
    {
        ss_column_put_i64(out, r, v->i64);
        return SS_OK;
    }
    if (v->kept != NULL)
        return c->codec->from_text(&c->codec_type, v->kept, v->n, out, r, err);
    if (v->text)
        return c->codec->from_text(&c->codec_type, (const char *) v->bytes, v->n, out, r, err);
    if (v->form == SS_FORM_TEXT && out->form == SS_FORM_TEXT)
    {
        ss_column_put_bytes(out, r, v->bytes, v->n);
        return SS_OK;
    }
    if (v->form == SS_FORM_TEXT)
        return c->codec->from_text(&c->codec_type, (const char *) v->bytes, v->n, out, r, err);
    u = v->i64 < 0 ? 0 - (uint64_t) v->i64 : (uint64_t) v->i64;
    do
        digits[sizeof digits - ++n] = (char) ('0' + u % 10);
    while ((u /= 10) != 0);
    if (v->i64 < 0)
        digits[sizeof digits - ++n] = '-';
    return c->codec->from_text(&c->codec_type, digits + sizeof digits - n, n, out, r, err);
}

/* The random words of a stream: in one go for a block, one by one where attempts differ. */
static void
words_of(const ss_stream *own, const char *name, const unsigned char *seed, uint64_t first,
         const uint64_t *rows, const uint32_t *attempts, size_t n, uint64_t *words)
{
    ss_stream stream = *own;
    uint32_t of = 0;

    if (rows == NULL)
        ss_stream_words(own, first, n, words);
    for (size_t i = 0; i < n && (rows != NULL || attempts != NULL); i++)
    {
        const uint64_t row = rows == NULL ? first + i : rows[i];
        const uint32_t attempt = attempts == NULL ? 0 : attempts[i];

        if (rows == NULL && attempt == 0)
            continue;
        /* Rows that are made again together mostly share their attempt. */
        if (attempt != of)
            ss_stream_init(&stream, seed, name, attempt);
        of = attempt;
        words[i] = ss_stream_word(&stream, row);
    }
}

static ss_code
make_cell(generator *g, size_t worker, const made_table *t, size_t column, uint64_t row,
          uint32_t attempt, uint8_t state, ss_batch_column *out, size_t r, ss_error *err)
{
    const made_column *c = &t->columns[column];
    value v;

    switch (c->by)
    {
    case MADE_NULL:
        ss_column_put_null(out, r);
        return SS_OK;
    case MADE_CONSTANT:
        if (c->codec == NULL)
        {
            ss_column_put_bytes(out, r, c->wire, strlen(c->wire));
            return SS_OK;
        }
        return c->codec->from_text(&c->codec_type, c->marginal->constant,
                                   strlen(c->marginal->constant), out, r, err);
    case MADE_REFERENCE:
        if (state == STATE_NULL)
            v = (value){.null = true};
        else
            ss_generate_reference(g, worker, t, column, row, attempt, state == STATE_PRESENT, 0,
                                  &v);
        return ss_generate_put_value(c, &v, out, r, err);
    case MADE_KEY:
        ss_generate_key_at(g, worker, t, c, row, attempt, &v);
        return ss_generate_put_value(c, &v, out, r, err);
    case MADE_ORDINAL:
        v = (value){.form = SS_FORM_I64, .i64 = ss_generate_count(g, worker, t, c, row)};
        return ss_generate_put_value(c, &v, out, r, err);
    case MADE_BY_SERVER:
    case MADE_FIXED:
    case MADE_MARGINAL:
    case MADE_TOGETHER:
        break;
    }
    return ss_fail(err, SS_EBUG, "%s is not made here", c->name);
}

static ss_code
make_column(const made_table *t, size_t worker, size_t k, uint64_t first, const uint64_t *rows,
            const uint32_t *attempts, size_t n, ss_batch *batch, ss_error *err)
{
    generator *g = t->g;
    const size_t column = t->transferred[k];
    const made_column *c = &t->columns[column];
    const uint8_t *states =
        c->governed == SS_NONE ? NULL : g->buffers[worker].nulls + c->governed * SS_BATCH_ROWS;
    ss_batch_column *out = &batch->columns[k];
    uint64_t words[SS_BATCH_ROWS];
    ss_code code = SS_OK;

    if (c->by == MADE_TOGETHER)
        return SS_OK;
    if (c->by == MADE_FIXED)
        attempts = NULL;
    if (c->by == MADE_MARGINAL || c->by == MADE_FIXED)
    {
        words_of(&c->stream, c->name, g->input->seed, first, rows, attempts, n, words);
        for (size_t i = 0; i < n && code == SS_OK; i++)
            code = ss_generate_value(c, words[i], attempts == NULL ? 0 : attempts[i], out, i, err);
        return code;
    }
    for (size_t i = 0; i < n && code == SS_OK; i++)
        code = make_cell(g, worker, t, column, rows == NULL ? first + i : rows[i],
                         attempts == NULL ? 0 : attempts[i],
                         states == NULL ? STATE_FREE : states[i], out, i, err);
    return code;
}

static ss_code
make_rows(void *arg, size_t worker, uint64_t first, const uint64_t *rows, const uint32_t *attempts,
          size_t n, ss_batch *batch, ss_error *err)
{
    const made_table *t = arg;
    uint64_t words[SS_BATCH_ROWS];

    /* First what is made together: it says when references are NULL. */
    for (size_t j = 0; j < t->njoints; j++)
    {
        const made_joint *joint = &t->joints[j];

        words_of(&joint->stream, joint->name, t->g->input->seed, first, rows, attempts, n, words);
        SS_TRY(ss_generate_together(t->g, worker, t, joint, words, attempts, n, batch, err));
    }
    for (size_t k = 0; k < t->source.ncolumns; k++)
    {
        if (make_column(t, worker, k, first, rows, attempts, n, batch, err) != SS_OK)
            return ss_note(err, "while making up %s", t->columns[t->transferred[k]].name);
    }
    batch->nrows = n;
    batch->first_row = first;
    return SS_OK;
}

static ss_code
finish_table(made_table *t, ss_error *err)
{
    size_t n = 0;

    t->transferred = ss_alloc(t->g->arena, t->table->ncolumns + 1, sizeof *t->transferred);
    t->forms = ss_alloc(t->g->arena, t->table->ncolumns + 1, sizeof *t->forms);
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const made_column *column = &t->columns[c];

        if (column->by == MADE_BY_SERVER)
            continue;
        if (column->codec == NULL && column->by != MADE_NULL && column->by != MADE_CONSTANT)
            return ss_fail(err, SS_EREFUSED, "%s: nothing can be made of type %s", column->name,
                           ss_printable(t->g->arena, column->column->type_text));
        /* COPY BINARY needs a codec for every column: what is NULL anyway is left out. */
        if (column->codec == NULL && column->by == MADE_NULL &&
            !ss_catalog_has_default(t->g->input->catalog, column->column))
            continue;
        t->transferred[n] = c;
        t->forms[n++] = column->codec == NULL ? SS_FORM_WIRE : column->codec->form;
    }
    t->source = (ss_row_source){.arg = t,
                                .nrows = t->rows,
                                .planned = t->planned,
                                .columns = t->transferred,
                                .forms = t->forms,
                                .ncolumns = n,
                                .make = make_rows};
    ss_generate_joints(t, t->g->arena);
    return SS_OK;
}

/* --- all ---------------------------------------------------------------------------------------- */

static void
forget_cursors(generator *g)
{
    const size_t workers = g->input->jobs == 0 ? 1 : g->input->jobs;

    for (size_t w = 0; w < workers; w++)
    {
        for (size_t i = 0; i < g->nreferences; i++)
            g->cursors[w][i].block = UINT64_MAX;
    }
}

static void
free_text(void *text)
{
    ss_buf_done(text);
}

/* Where each worker makes a fixed value; settling does so, too, as worker 0. */
static void
begin_fixed(generator *g)
{
    static const ss_form forms[] = {SS_FORM_I64, SS_FORM_F64, SS_FORM_TEXT};
    const size_t workers = g->input->jobs == 0 ? 1 : g->input->jobs;

    g->fixed = ss_alloc(g->arena, workers, sizeof *g->fixed);
    for (size_t w = 0; w < workers; w++)
    {
        g->fixed[w].batch = ss_batch_new(g->arena, forms, sizeof forms / sizeof forms[0]);
        ss_arena_defer(g->arena, free_text, &g->fixed[w].text);
    }
}

/* What each worker remembers of each reference; settling looks parents up, too, as worker 0. */
static void
begin_cursors(generator *g)
{
    const size_t workers = g->input->jobs == 0 ? 1 : g->input->jobs;

    g->cursors = ss_alloc(g->arena, workers, sizeof *g->cursors);
    for (size_t w = 0; w < workers; w++)
        g->cursors[w] = ss_alloc(g->arena, g->nreferences + 1, sizeof **g->cursors);
    forget_cursors(g);
}

/* Until no table gets fewer rows for want of parents; true when one did. */
static bool
size_tables(generator *g)
{
    const size_t n = g->input->catalog->ntables;
    bool any = false, fewer = true;

    while (fewer)
    {
        fewer = false;
        for (size_t i = 0; i < n; i++)
        {
            if (g->tables[g->order[i]].made)
                fewer = size_table(g, &g->tables[g->order[i]]) || fewer;
        }
        any = any || fewer;
    }
    return any;
}

static ss_code
settle(generator *g, ss_error *err)
{
    const ss_catalog *catalog = g->input->catalog;
    bool fewer = true;

    SS_TRY(ss_generate_settle(g, err));
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (g->tables[i].made)
            SS_TRY(ss_generate_try_referenced(&g->tables[i], err));
    }
    /* Once where there is no cycle; fewer rows may mean fewer of those that depend on them. */
    while (fewer)
    {
        fewer = size_tables(g);
        forget_cursors(g);
        for (size_t i = 0; i < catalog->ntables; i++)
        {
            made_table *t = &g->tables[g->order[i]];
            const uint64_t before = t->rows;

            if (!t->made)
                continue;
            (void) size_table(g, t);
            narrow_parents(g, t);
            begin_parents(g, t);
            fewer = fewer || t->rows < before;
        }
    }
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        made_table *t = &g->tables[g->order[i]];

        if (!t->made)
            continue;
        for (size_t c = 0; c < t->table->ncolumns; c++)
        {
            uint64_t most;

            if (t->columns[c].by != MADE_KEY)
                continue;
            (void) ss_generate_key_init(&t->columns[c], g->input->seed,
                                        t->columns[c].of_siblings ? t->sibling_room : t->rows,
                                        &most, g->arena);
            ss_permutation_tabulate(&t->columns[c].permutation, g->arena);
        }
        SS_TRY(finish_table(t, err));
    }
    return SS_OK;
}

/* What each worker needs while it makes rows, for the largest table. */
static void
begin_buffers(generator *g)
{
    size_t columns = 0, governed = 0;

    for (size_t i = 0; i < g->input->catalog->ntables; i++)
    {
        const made_table *t = &g->tables[i];

        governed = t->ngoverned > governed ? t->ngoverned : governed;
        for (size_t j = 0; t->made && j < t->njoints; j++)
            columns = t->joints[j].n > columns ? t->joints[j].n : columns;
    }
    g->buffers = ss_alloc(g->arena, g->input->jobs + 1, sizeof *g->buffers);
    for (size_t w = 0; w < g->input->jobs; w++)
        g->buffers[w] = (joint_buffer){.units = ss_alloc(g->arena, columns + 1, sizeof(int64_t)),
                                       .known = ss_alloc(g->arena, columns + 1, sizeof(bool)),
                                       .nulls = ss_alloc(g->arena, governed + 1, SS_BATCH_ROWS)};
}

ss_code
ss_generate_sources(const ss_generate_input *input, ss_arena *result,
                    const ss_row_source *const **sources, ss_error *err)
{
    const ss_catalog *catalog = input->catalog;
    generator *g = ss_alloc(result, 1, sizeof *g);
    ss_generate_input *own = ss_alloc(result, 1, sizeof *own);
    const ss_row_source **list = ss_alloc(result, catalog->ntables + 1, sizeof *list);

    *own = *input;
    *g = (generator){.input = own, .arena = result};
    g->tables = ss_alloc(result, catalog->ntables + 1, sizeof *g->tables);
    g->order = ss_alloc(result, catalog->ntables + 1, sizeof *g->order);
    g->rank = ss_alloc(result, catalog->ntables + 1, sizeof *g->rank);
    ss_catalog_parents_first(catalog, g->order, result);
    for (size_t i = 0; i < catalog->ntables; i++)
        g->rank[g->order[i]] = i;
    for (size_t i = 0; i < catalog->ntables; i++)
        g->tables[i] = (made_table){.g = g,
                                    .index = i,
                                    .table = &catalog->tables[i],
                                    .first = SS_NONE,
                                    .made = input->tables[i].mode == SS_MODE_SYNTHESISE &&
                                            !catalog->tables[i].is_partition};
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (g->tables[i].made)
            SS_TRY(begin_table(&g->tables[i], err));
    }
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (g->tables[i].made)
            ss_generate_keys_in_partitions(g, &g->tables[i]);
    }
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (g->tables[i].made)
            SS_TRY(ss_generate_try_keys(&g->tables[i], err));
    }
    begin_cursors(g);
    begin_fixed(g);
    SS_TRY(settle(g, err));
    begin_buffers(g);
    for (size_t i = 0; i < catalog->ntables; i++)
        list[i] = g->tables[i].made ? &g->tables[i].source : NULL;
    *sources = list;
    return SS_OK;
}
