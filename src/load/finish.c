/* After post-data: sequences, materialised views, ANALYZE. */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"
#include "load/target_internal.h"

extern const char ss_sql_load_sequences_used[];

/* --- sequences ---------------------------------------------------------------------------------- */

/*
 * Each sequence past the largest key of the columns that use it (the smallest, when it counts down);
 * one whose tables are empty stays at its start.
 */
static ss_code
set_sequences(ss_pg *pg, ss_arena *arena, ss_error *err)
{
    ss_pg_result *used;

    SS_TRY(ss_pg_query(pg, arena, ss_sql_load_sequences_used, 0, NULL, &used, err));
    for (size_t i = 0; i < ss_pg_rows(used); i++)
    {
        const char *sequence = ss_pg_qualified(arena, ss_pg_value(used, i, 0), ss_pg_value(used, i, 1));
        const char *table = ss_pg_qualified(arena, ss_pg_value(used, i, 5), ss_pg_value(used, i, 6));
        const bool down = ss_pg_value(used, i, 2)[0] == '-';
        ss_buf sql = {0};
        ss_code code;

        /* "last" is the sequence's own position, so that of several columns the farthest counts. */
        ss_buf_printf(&sql,
                      "SELECT pg_catalog.setval(s.oid::pg_catalog.regclass, %s(m, p), true) FROM (SELECT ",
                      down ? "LEAST" : "GREATEST");
        ss_buf_printf(&sql,
                      "pg_catalog.%s(%s) AS m FROM %s) k, (SELECT CASE WHEN is_called THEN "
                      "last_value END AS p FROM %s) q, (SELECT ",
                      down ? "min" : "max", ss_pg_value(used, i, 7), table, sequence);
        ss_pg_literal(&sql, sequence);
        ss_buf_printf(&sql, "::pg_catalog.regclass AS oid) s WHERE m BETWEEN %s AND %s",
                      ss_pg_value(used, i, 3), ss_pg_value(used, i, 4));
        code = ss_pg_exec(pg, ss_buf_text(&sql), err);
        ss_buf_done(&sql);
        if (code != SS_OK)
            return ss_note(err, "while setting sequence %s", ss_printable(arena, sequence));
    }
    return SS_OK;
}

/* --- materialised views ------------------------------------------------------------------------- */

static ss_code
refresh_view(ss_pg *pg, const ss_view *view, ss_arena *arena, ss_error *err)
{
    return ss_pg_execf(pg, err, "REFRESH MATERIALIZED VIEW %s",
                       ss_pg_qualified(arena, view->schema, view->name));
}

/* A function that it calls may find its tables by the search_path alone: as the source's database has it. */
static ss_code
refresh_view_by_path(const ss_load *load, ss_pg *pg, const ss_view *view, ss_arena *arena,
                     ss_error *err)
{
    ss_buf sql = {0};
    ss_error own = {0}, back = {0};
    ss_code code;

    if (load->search_path == NULL)
        ss_buf_puts(&sql, "RESET search_path");
    else
    {
        ss_buf_puts(&sql, "SET search_path = ");
        ss_target_name_list(&sql, load->search_path);
    }
    code = ss_pg_exec(pg, ss_buf_text(&sql), &own);
    ss_buf_done(&sql);
    if (code == SS_OK)
        code = refresh_view(pg, view, arena, &own);
    if (ss_pg_exec(pg, "SET search_path = ''", &back) != SS_OK)
    {
        *err = back;
        return back.code;
    }
    /* When it does not help, either error may be the telling one: a view that waits for another, or the name. */
    if (code != SS_OK && !ss_pg_is_sqlstate(&own, err->sqlstate))
        *err = own;
    return code == SS_OK ? SS_OK : err->code;
}

static bool
lacks_name(const ss_error *err)
{
    return ss_pg_is_sqlstate(err, "42P01") || ss_pg_is_sqlstate(err, "42883") ||
           ss_pg_is_sqlstate(err, "42704") || ss_pg_is_sqlstate(err, "3F000");
}

/* They may read each other: what is not ready yet is tried again after the others. */
static ss_code
populate_views(const ss_load *load, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const ss_catalog *c = load->catalog;
    bool *done = ss_alloc(arena, c->nviews + 1, sizeof *done);
    size_t left = 0, before;

    for (size_t i = 0; i < c->nviews; i++)
    {
        done[i] = !c->views[i].materialised || !c->views[i].populated;
        left += !done[i];
    }
    do
    {
        before = left;
        for (size_t i = 0; i < c->nviews; i++)
        {
            ss_code code;

            if (done[i])
                continue;
            SS_TRY(ss_check_interrupt(load->watch, err));
            code = refresh_view(pg, &c->views[i], arena, err);
            if (code != SS_OK && lacks_name(err))
                code = refresh_view_by_path(load, pg, &c->views[i], arena, err);
            if (code == SS_OK)
            {
                done[i] = true;
                left--;
            }
            else if (!ss_pg_is_sqlstate(err, "55000") || code == SS_EINTERRUPTED)
                return ss_note(err, "while populating materialised view %s.%s",
                               ss_printable(arena, c->views[i].schema),
                               ss_printable(arena, c->views[i].name));
        }
    } while (left > 0 && left < before);
    if (left > 0)
        return ss_note(err, "while populating materialised views");
    return SS_OK;
}

/* --- ANALYZE ------------------------------------------------------------------------------------ */

typedef struct analysing
{
    const ss_load *load;
    const size_t *tables;
    ss_pg **connections; /* per worker */
    ss_arena **arenas;
} analysing;

/* The server would ask another one, which the sandbox does not know, for rows of such a partition. */
static bool
has_foreign_partition(const ss_catalog *catalog, const ss_table *table)
{
    for (size_t t = 0; table->kind == SS_TABLE_PARTITIONED && t < catalog->ntables; t++)
    {
        if (catalog->tables[t].kind == SS_TABLE_FOREIGN && catalog->tables[t].is_partition &&
            ss_table_root(catalog, &catalog->tables[t]) == ss_table_root(catalog, table))
            return true;
    }
    return false;
}

static ss_code
analyse_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    analysing *a = arg;
    const ss_table *table = &a->load->catalog->tables[a->tables[job]];

    SS_TRY(ss_check_interrupt(a->load->watch, err));
    if (a->connections[worker] == NULL)
        SS_TRY(ss_load_session(a->load, a->arenas[worker], &a->connections[worker], err));
    if (ss_pg_execf(a->connections[worker], err, "ANALYZE %s",
                    ss_load_name(table, a->arenas[worker])) != SS_OK)
        return ss_note(err, "while analysing %s", table->label);
    return SS_OK;
}

static ss_code
analyse(ss_load *load, ss_arena *arena, ss_error *err)
{
    size_t *tables = ss_alloc(arena, load->catalog->ntables + 1, sizeof *tables), n = 0;
    analysing a = {.load = load,
                   .tables = tables,
                   .connections = ss_alloc(arena, load->jobs + 1, sizeof(ss_pg *)),
                   .arenas = ss_alloc(arena, load->jobs + 1, sizeof(ss_arena *))};
    ss_code code;

    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        const ss_table *table = &load->catalog->tables[t];

        if (table->kind != SS_TABLE_FOREIGN && load->tables[t].mode != SS_MODE_EMPTY &&
            !has_foreign_partition(load->catalog, table))
            tables[n++] = t;
    }
    for (size_t i = 1; i < n; i++)
    {
        const size_t moving = tables[i];
        size_t k = i;

        for (; k > 0 && load->done[tables[k - 1]].rows < load->done[moving].rows; k--)
            tables[k] = tables[k - 1];
        tables[k] = moving;
    }
    for (size_t i = 0; i < load->jobs; i++)
        a.arenas[i] = ss_arena_new(arena);
    code = ss_pool_run(n, load->jobs, analyse_job, &a, err);
    for (size_t i = 0; i < load->jobs; i++)
        ss_arena_free(a.arenas[i]);
    return code;
}

ss_code
ss_load_finish(ss_load *load, ss_arena *arena, ss_error *err)
{
    ss_pg *pg;

    SS_TRY(ss_load_session(load, arena, &pg, err));
    SS_TRY(set_sequences(pg, arena, err));
    SS_TRY(populate_views(load, pg, arena, err));
    ss_pg_close(pg);
    return analyse(load, arena, err);
}
