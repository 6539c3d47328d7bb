#include "load/data.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"
#include "pg/pg.h"

extern const char ss_sql_load_checks_standing[];

/* --- attempts ----------------------------------------------------------------------------------- */

static size_t
find_row(const ss_attempts *a, uint64_t row)
{
    size_t low = 0, high = a->n;

    while (low < high)
    {
        const size_t middle = low + (high - low) / 2;

        if (a->rows[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t
ss_attempts_get(const ss_attempts *a, uint64_t row)
{
    const size_t at = find_row(a, row);

    return at < a->n && a->rows[at] == row ? a->attempts[at] : 0;
}

static void
make_room(ss_attempts *a, size_t n)
{
    if (n <= a->capacity)
        return;
    a->capacity = n > 2 * a->capacity ? n + 64 : 2 * a->capacity;
    a->rows = realloc(a->rows, a->capacity * sizeof *a->rows);
    a->attempts = realloc(a->attempts, a->capacity * sizeof *a->attempts);
    if (a->rows == NULL || a->attempts == NULL)
        ss_out_of_memory();
}

uint32_t
ss_attempts_bump(ss_attempts *a, const uint64_t *rows, size_t n)
{
    size_t known = 0, from = a->n, to, next = n;
    uint32_t most = 0;

    for (size_t i = 0, at = n == 0 ? 0 : find_row(a, rows[0]); i < n && at < a->n; i++)
    {
        while (at < a->n && a->rows[at] < rows[i])
            at++;
        known += at < a->n && a->rows[at] == rows[i];
    }
    make_room(a, a->n + n - known);
    to = a->n += n - known;
    /* Merged from the end, in place: one pass however many there are. */
    while (next > 0)
    {
        const bool same = from > 0 && a->rows[from - 1] == rows[next - 1];

        to--;
        if (from > 0 && !same && a->rows[from - 1] > rows[next - 1])
        {
            from--;
            a->rows[to] = a->rows[from];
            a->attempts[to] = a->attempts[from];
            continue;
        }
        next--;
        a->rows[to] = rows[next];
        a->attempts[to] = same ? a->attempts[--from] + 1 : 1;
        most = a->attempts[to] > most ? a->attempts[to] : most;
    }
    return most;
}

void
ss_attempts_done(void *arg)
{
    ss_attempts *a = arg;

    free(a->rows);
    free(a->attempts);
    *a = (ss_attempts){0};
}

/* --- what the files share ----------------------------------------------------------------------- */

ss_code
ss_load_session(const ss_load *load, ss_arena *arena, ss_pg **pg, ss_error *err)
{
    SS_TRY(ss_target_connect(load->target, arena, pg, err));
    /* There are no triggers before post-data; extensions' own tables may have some. */
    if (load->target->superuser)
        SS_TRY(ss_pg_exec(*pg, "SET session_replication_role = replica", err));
    return SS_OK;
}

char *
ss_load_name(const ss_table *table, ss_arena *arena)
{
    return ss_pg_qualified(arena, table->schema, table->name);
}

ss_copy_column *
ss_load_columns(const ss_load *load, size_t index, const size_t *columns, size_t n,
                ss_copy_format *format, ss_arena *arena)
{
    const ss_table *table = &load->catalog->tables[index];
    ss_copy_column *list = ss_alloc(arena, n + 1, sizeof *list);
    size_t *types = ss_alloc(arena, n + 1, sizeof *types);

    for (size_t i = 0; i < n; i++)
    {
        const ss_column *column = &table->columns[columns[i]];
        const ss_codec *codec = ss_codec_find(load->catalog, column->type);

        types[i] = column->type;
        list[i] = (ss_copy_column){
            .type = {.catalog = load->catalog,
                     .type = ss_catalog_base_type(load->catalog, column->type),
                     .typmod = column->typmod},
            .codec = codec,
            .form = codec == NULL ? SS_FORM_WIRE : codec->form,
            .label = ss_strf(arena, "%s.%s", table->label, column->name),
        };
    }
    *format = ss_copy_format_of(load->catalog, types, n);
    return list;
}

char *
ss_load_column_list(const ss_table *table, const size_t *columns, size_t n, ss_arena *arena)
{
    ss_buf out = {0};
    char *text;

    for (size_t i = 0; i < n; i++)
    {
        ss_buf_puts(&out, i == 0 ? "(" : ", ");
        ss_pg_ident(&out, table->columns[columns[i]].name);
    }
    if (n > 0)
        ss_buf_putc(&out, ')');
    text = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return text;
}

bool
ss_load_is_made(const ss_load *load, size_t index)
{
    const ss_table *root = ss_table_root(load->catalog, &load->catalog->tables[index]);

    return load->made != NULL && load->made[ss_catalog_index(load->catalog, root)] != NULL;
}

/* --- made tables -------------------------------------------------------------------------------- */

typedef struct making
{
    const ss_row_source *source;
    const ss_table *table;
    ss_attempts *attempts;
    ss_batch *batch;
    ss_copy_column *columns;
    ss_copy_format format;
    char *name;
    char *copy;
} making;

/* Fill the batch with rows [first, first + n), each at its own attempt. */
static ss_code
fill(const making *m, size_t number, uint64_t first, size_t n, ss_arena *scratch, ss_error *err)
{
    uint32_t *attempts = NULL;

    if (m->attempts->n > 0)
    {
        attempts = ss_alloc(scratch, n, sizeof *attempts);
        for (size_t i = 0; i < n; i++)
            attempts[i] = ss_attempts_get(m->attempts, first + i);
    }
    ss_batch_clear(m->batch);
    return m->source->make(m->source->arg, number, first, NULL, attempts, n, m->batch, err);
}

static ss_code
stream_rows(ss_loading *l, ss_load_worker *w, size_t number, const making *m, uint64_t first,
            uint64_t count, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(w->scratch);
    ss_copy_writer *writer =
        ss_copy_writer_new(scratch, w->loader, m->format, m->columns, m->source->ncolumns);
    ss_code code = SS_OK;

    for (uint64_t done = 0; done < count && code == SS_OK;)
    {
        const uint64_t left = count - done;
        const size_t n = left > SS_BATCH_ROWS ? SS_BATCH_ROWS : (size_t) left;
        ss_arena *block = ss_arena_new(scratch);

        code = ss_check_interrupt(l->load->watch, err);
        if (code == SS_OK)
            code = fill(m, number, first + done, n, block, err);
        if (code == SS_OK)
            code = ss_copy_write(writer, m->batch, err);
        ss_arena_free(block);
        done += n;
        ss_load_tell(l, "make", m->table, n);
    }
    if (code == SS_OK)
        code = ss_copy_write_end(writer, err);
    ss_arena_free(scratch);
    return code;
}

/* COPY rows [first, first + count): SS_OK, or the server's refusal; *line is the row it named. */
static ss_code
copy_rows(ss_loading *l, ss_load_worker *w, size_t number, const making *m, const char *copy,
          uint64_t first, uint64_t count, uint64_t *line, ss_error *err)
{
    uint64_t taken = 0;
    ss_code code;

    *line = 0;
    SS_TRY(ss_pg_copy_in(w->loader, copy, err));
    code = stream_rows(l, w, number, m, first, count, err);
    if (code != SS_OK)
    {
        ss_pg_copy_abort(w->loader);
        return code;
    }
    code = ss_pg_copy_end(w->loader, &taken, err);
    if (code != SS_OK)
        *line = ss_pg_copy_failed_line(w->loader);
    return code;
}

static ss_code
make_table(ss_loading *l, ss_load_worker *w, size_t number, size_t index, ss_error *err)
{
    const ss_table *table = &l->load->catalog->tables[index];
    const bool rooted = table->kind == SS_TABLE_PARTITIONED;
    making m = {.source = l->load->made[index],
                .table = table,
                .attempts = l->load->attempts[index],
                .name = ss_load_name(table, w->scratch)};
    ss_load_table *done = &l->load->done[index];
    uint64_t line;
    ss_code code;

    SS_TRY(ss_load_open_worker(l, w, false, err));
    m.batch = ss_batch_new(w->scratch, m.source->forms, m.source->ncolumns);
    m.columns = ss_load_columns(l->load, index, m.source->columns, m.source->ncolumns, &m.format,
                                w->scratch);
    m.copy = ss_strf(w->scratch, "COPY %s %s FROM STDIN (FORMAT %s", m.name,
                     ss_load_column_list(table, m.source->columns, m.source->ncolumns, w->scratch),
                     m.format == SS_COPY_BINARY ? "binary" : "text");
    SS_TRY(ss_pg_execf(w->loader, err, "BEGIN; TRUNCATE %s%s", rooted ? "" : "ONLY ", m.name));
    code =
        copy_rows(l, w, number, &m, ss_strf(w->scratch, "%s%s)", m.copy, rooted ? "" : ", FREEZE"),
                  0, m.source->nrows, &line, err);
    if (code != SS_OK && line > 0 && ss_load_row_refused(err))
    {
        ss_sieve sieve;

        SS_TRY(ss_pg_exec(w->loader, "ROLLBACK", err));
        *err = (ss_error){.code = SS_OK};
        SS_TRY(ss_sieve_open(&sieve, l->load, index, number, w->loader, w->scratch, err));
        SS_TRY(ss_sieve_reload(&sieve, err));
        code = ss_sieve_close(&sieve, err);
    }
    else if (code == SS_OK)
        code = ss_pg_exec(w->loader, "COMMIT", err);
    if (code == SS_OK)
        done->rows = m.source->nrows;
    return code;
}

static ss_code
make_job(void *arg, size_t job, size_t number, ss_error *err)
{
    ss_loading *l = arg;
    const size_t index = l->tables[job];
    const double start = ss_clock_s();
    ss_code code;

    SS_TRY(ss_check_interrupt(l->load->watch, err));
    code = make_table(l, &l->workers[number], number, index, err);
    ss_arena_reset(l->workers[number].scratch);
    l->load->done[index].seconds = ss_clock_s() - start;
    if (code != SS_OK)
        return ss_note(err, "while making %s", l->load->catalog->tables[index].label);
    return SS_OK;
}

static const char *
check_key(const char *schema, const char *table, const char *check, ss_arena *arena)
{
    return ss_strf(arena, "%s %s", ss_pg_qualified(arena, schema, table), check);
}

bool
ss_load_check_is_off(const ss_load *load, const ss_table *table, const ss_check *check,
                     ss_arena *arena)
{
    return ss_map_get(load->checks_off,
                      check_key(table->schema, table->name, check->name, arena)) != NULL;
}

/*
 * CHECKs of tables come off before their rows are made; parents first, as inherited ones follow.  Not all
 * stand yet: post-data brings those that are NOT VALID, and those whose function takes a row of the table.
 */
static ss_code
drop_checks(ss_load *load, ss_arena *arena, ss_error *err)
{
    size_t *order = ss_alloc(arena, load->catalog->ntables + 1, sizeof *order);
    ss_map *standing = ss_map_new(arena);
    ss_pg_result *res;
    ss_pg *pg;

    load->checks_off = ss_map_new(arena);
    SS_TRY(ss_load_session(load, arena, &pg, err));
    SS_TRY(ss_pg_query(pg, arena, ss_sql_load_checks_standing, 0, NULL, &res, err));
    for (size_t i = 0; i < ss_pg_rows(res); i++)
        ss_map_put(standing,
                   check_key(ss_pg_value(res, i, 0), ss_pg_value(res, i, 1), ss_pg_value(res, i, 2),
                             arena),
                   load);
    ss_catalog_parents_first(load->catalog, order, arena);
    for (size_t i = 0; i < load->catalog->ntables; i++)
    {
        const ss_table *table = &load->catalog->tables[order[i]];

        for (size_t c = 0; c < table->nchecks && ss_load_is_made(load, order[i]); c++)
        {
            const ss_check *check = &table->checks[c];
            const char *key = check_key(table->schema, table->name, check->name, arena);
            ss_buf sql = {0};
            ss_code code;

            if (check->inherited || ss_map_get(standing, key) == NULL)
                continue;
            ss_buf_printf(&sql, "ALTER TABLE %s DROP CONSTRAINT ", ss_load_name(table, arena));
            ss_pg_ident(&sql, check->name);
            code = ss_pg_exec(pg, ss_buf_text(&sql), err);
            ss_buf_done(&sql);
            if (code != SS_OK)
                return ss_note(err, "while preparing %s", table->label);
            ss_map_put(load->checks_off, key, load);
        }
    }
    ss_pg_close(pg);
    return SS_OK;
}

ss_code
ss_load_made(ss_load *load, ss_arena *arena, ss_error *err)
{
    ss_loading l = {.load = load};
    size_t *tables = ss_alloc(arena, load->catalog->ntables + 1, sizeof *tables), n = 0;

    load->attempts = ss_alloc(arena, load->catalog->ntables + 1, sizeof(ss_attempts *));
    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        if (load->made == NULL || load->made[t] == NULL)
            continue;
        load->attempts[t] = ss_alloc(arena, 1, sizeof(ss_attempts));
        ss_arena_defer(arena, ss_attempts_done, load->attempts[t]);
        tables[n++] = t;
        l.rows_total += load->made[t]->nrows;
    }
    if (n == 0)
        return SS_OK;
    SS_TRY(drop_checks(load, arena, err));
    l.tables = ss_load_largest_first(load, tables, n);
    return ss_load_run(&l, n, make_job, arena, err);
}
