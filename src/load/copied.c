/*
 * Tables whose rows are the source's own: kept ones, copied unread, and changed ones, batch by batch.
 *
 * Each is read in short transactions of one range of pages and written in one stream, several tables at once.
 */
#include <string.h>

#include "base/clock.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"
#include "pg/pg.h"
#include "rows/widest.h"

typedef struct copied
{
    const ss_table *table;
    char *name;
    char *list;
    const char *format; /* "binary", "text" */
    ss_copy_format copy_format;
} copied;

static ss_code
tick(void *arg, uint64_t rows, ss_error *err)
{
    const ss_loading *l = arg;

    (void) rows;
    return ss_check_interrupt(l->load->watch, err);
}

/* The statement that reads range [from, to) of pages; to 0: to the end. */
static char *
range_sql(const copied *k, int64_t from, int64_t to, ss_arena *arena)
{
    if (from == 0 && to == 0)
        return ss_strf(arena, "COPY %s %s TO STDOUT (FORMAT %s)", k->name, k->list, k->format);
    return ss_strf(
        arena,
        "COPY (SELECT %.*s FROM ONLY %s WHERE ctid >= '(%lld,0)'::pg_catalog.tid%s) TO "
        "STDOUT (FORMAT %s)",
        (int) (strlen(k->list) - 2), k->list + 1, k->name, (long long) from,
        to == 0 ? "" : ss_strf(arena, " AND ctid < '(%lld,0)'::pg_catalog.tid", (long long) to),
        k->format);
}

/* One range: a short transaction of its own, then a look whether the table is still the same. */
static ss_code
copy_range(ss_loading *l, ss_load_worker *w, const copied *k, int64_t from, int64_t to,
           uint64_t *rows, ss_error *err)
{
    const ss_copy_part part = {.format = k->copy_format, .first = from == 0, .last = to == 0};
    ss_table_seen seen = {
        .oid = k->table->oid, .filenode = k->table->filenode, .label = k->table->label};

    SS_TRY(ss_snapshot_begin(l->load->snapshot, w->reader, err));
    SS_TRY(ss_snapshot_look(w->reader, &seen, err));
    if (ss_pg_copy_out(w->reader, range_sql(k, from, to, w->scratch), err) != SS_OK)
        return ss_note(err, "while reading %s", k->table->label);
    if (ss_copy_pass(w->reader, w->loader, &part, tick, l, rows, err) != SS_OK)
    {
        (void) ss_note_widest_column(w->reader, k->table, err);
        return ss_note(err, "while copying %s", k->table->label);
    }
    SS_TRY(ss_snapshot_end(w->reader, err));
    return ss_snapshot_unchanged(w->reader, &seen, err);
}

static ss_code
copy_ranges(ss_loading *l, ss_load_worker *w, const copied *k, uint64_t *rows, ss_error *err)
{
    const bool splits = l->load->catalog->server_version >= 140000 && k->list[0] != '\0';
    int64_t from = 0;

    *rows = 0;
    for (;;)
    {
        const bool last = !splits || from + SS_RANGE_PAGES >= k->table->relpages;
        uint64_t n = 0;

        SS_TRY(copy_range(l, w, k, from, last ? 0 : from + SS_RANGE_PAGES, &n, err));
        *rows += n;
        ss_load_tell(l, "load", k->table, n);
        if (last)
            return SS_OK;
        from += SS_RANGE_PAGES;
    }
}

static ss_code
copy_table(ss_loading *l, ss_load_worker *w, size_t index, ss_error *err)
{
    const ss_table *table = &l->load->catalog->tables[index];
    size_t *columns = ss_alloc(w->scratch, table->ncolumns + 1, sizeof *columns), n = 0;
    copied k = {.table = table, .name = ss_load_name(table, w->scratch)};
    uint64_t sent = 0, taken = 0;
    ss_code code;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (table->columns[c].generated == SS_GENERATED_NOT)
            columns[n++] = c;
    }
    (void) ss_load_columns(l->load, index, columns, n, &k.copy_format, w->scratch);
    k.format = k.copy_format == SS_COPY_BINARY ? "binary" : "text";
    k.list = ss_load_column_list(table, columns, n, w->scratch);
    SS_TRY(ss_load_open_worker(l, w, true, err));
    SS_TRY(ss_pg_execf(w->loader, err, "BEGIN; TRUNCATE ONLY %s", k.name));
    SS_TRY(ss_pg_copy_in(
        w->loader,
        ss_strf(w->scratch, "COPY %s %s FROM STDIN (FORMAT %s, FREEZE)", k.name, k.list, k.format),
        err));
    code = copy_ranges(l, w, &k, &sent, err);
    if (code != SS_OK)
    {
        ss_pg_copy_abort(w->loader);
        return code;
    }
    SS_TRY(ss_pg_copy_end(w->loader, &taken, err));
    SS_TRY(ss_pg_exec(w->loader, "COMMIT", err));
    l->load->done[index].rows = sent; /* the row-count gate holds the sandbox to what was read */
    return SS_OK;
}

static ss_code
copy_job(void *arg, size_t job, size_t number, ss_error *err)
{
    ss_loading *l = arg;
    const size_t index = l->tables[job];
    const double start = ss_clock_s();
    ss_code code;

    SS_TRY(ss_check_interrupt(l->load->watch, err));
    code = copy_table(l, &l->workers[number], index, err);
    ss_arena_reset(l->workers[number].scratch);
    l->load->done[index].seconds = ss_clock_s() - start;
    if (code != SS_OK)
        return ss_note(err, "while loading %s", l->load->catalog->tables[index].label);
    return SS_OK;
}

ss_code
ss_load_kept(ss_load *load, ss_arena *arena, ss_error *err)
{
    ss_loading l = {.load = load};
    size_t *tables = ss_alloc(arena, load->catalog->ntables + 1, sizeof *tables), n = 0;

    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        const ss_table *table = &load->catalog->tables[t];

        if (load->tables[t].mode == SS_MODE_KEEP && ss_table_has_rows(table))
        {
            tables[n++] = t;
            l.rows_total += table->reltuples > 0 ? (uint64_t) table->reltuples : 0;
        }
    }
    l.tables = ss_load_largest_first(load, tables, n);
    return ss_load_run(&l, n, copy_job, arena, err);
}
