/* After post-data: children's CHECKs, sequences, materialised views, ANALYZE. */
#include <inttypes.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"
#include "load/target_internal.h"

extern const char ss_sql_load_sequences_used[];
extern const char ss_sql_load_views_read[];

/* --- CHECKs of children -------------------------------------------------------------------------- */

/* Has a table a CHECK of this name that is not validated? */
static bool
is_unvalidated_somewhere(const ss_catalog *c, const char *name)
{
    for (size_t t = 0; t < c->ntables; t++)
    {
        for (size_t i = 0; i < c->tables[t].nchecks; i++)
        {
            if (!c->tables[t].checks[i].validated && strcmp(c->tables[t].checks[i].name, name) == 0)
                return true;
        }
    }
    return false;
}

static bool
is_to_be_validated(const ss_catalog *c, const ss_check *check)
{
    return check->inherited && check->validated && is_unvalidated_somewhere(c, check->name);
}

static bool
validates_something(const ss_catalog *c)
{
    for (size_t t = 0; t < c->ntables; t++)
    {
        for (size_t i = 0; i < c->tables[t].nchecks; i++)
        {
            if (is_to_be_validated(c, &c->tables[t].checks[i]))
                return true;
        }
    }
    return false;
}

/*
 * A child made after its parent's CHECK ... NOT VALID inherits it validated.  pg_dump has the parent's come
 * down to all children, not validated.
 */
static ss_code
validate_inherited(const ss_load *load, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const ss_catalog *c = load->catalog;

    for (size_t t = 0; t < c->ntables; t++)
    {
        for (size_t i = 0; i < c->tables[t].nchecks; i++)
        {
            const ss_check *check = &c->tables[t].checks[i];
            ss_buf name = {0};
            ss_code code;

            if (!is_to_be_validated(c, check))
                continue;
            ss_pg_ident(&name, check->name);
            code = ss_pg_execf(pg, err, "ALTER TABLE %s VALIDATE CONSTRAINT %s",
                               ss_load_name(&c->tables[t], arena), ss_buf_text(&name));
            ss_buf_done(&name);
            if (code != SS_OK)
                return ss_note(err, "while validating CHECK \"%s\" of %s",
                               ss_printable(arena, check->name), c->tables[t].label);
        }
    }
    return SS_OK;
}

/* --- sequences ---------------------------------------------------------------------------------- */

typedef struct sequence
{
    const char *schema;
    const char *name;
    const char *label; /* schema.name, quoted */
    int64_t increment;
    int64_t min;
    int64_t max;
    int64_t start;
} sequence;

static ss_code
sequence_of(const ss_pg_result *used, size_t row, ss_arena *arena, sequence *seq, ss_error *err)
{
    *seq = (sequence){.schema = ss_pg_value(used, row, 0), .name = ss_pg_value(used, row, 1)};
    seq->label = ss_pg_qualified(arena, seq->schema, seq->name);
    if (!ss_parse_i64(ss_pg_value(used, row, 2), &seq->increment) ||
        !ss_parse_i64(ss_pg_value(used, row, 3), &seq->min) ||
        !ss_parse_i64(ss_pg_value(used, row, 4), &seq->max) ||
        !ss_parse_i64(ss_pg_value(used, row, 5), &seq->start))
        return ss_fail(err, SS_EBUG, "the server described a sequence without numbers");
    return SS_OK;
}

/*
 * Past the largest key of a column that uses it (the smallest, when it counts down); where there is none
 * it stays at its start.  Keys outside the sequence's own range (written by hand, NaN) are none of its
 * business.
 */
static ss_code
set_by_column(ss_pg *pg, const sequence *seq, const char *table, const char *value, ss_arena *arena,
              ss_error *err)
{
    const bool down = seq->increment < 0;
    ss_buf literal = {0}, sql = {0};
    ss_code code;

    ss_pg_literal(&literal, seq->label);
    /* "p" is the sequence's own position, so that of several columns the farthest counts. */
    ss_buf_printf(
        &sql,
        "SELECT pg_catalog.setval(s.oid::pg_catalog.regclass, %s(m, p), true) FROM (SELECT "
        "pg_catalog.%s(%s)::pg_catalog.int8 AS m FROM %s WHERE %s BETWEEN "
        "'%" PRId64 "'::pg_catalog.int8 AND '%" PRId64 "'::pg_catalog.int8) k, ",
        down ? "LEAST" : "GREATEST", down ? "min" : "max", value, table, value, seq->min, seq->max);
    ss_buf_printf(&sql,
                  "(SELECT CASE WHEN is_called THEN last_value END AS p FROM %s) q, "
                  "(SELECT %s::pg_catalog.regclass AS oid) s WHERE m IS NOT NULL",
                  seq->label, ss_buf_text(&literal));
    code = ss_pg_exec(pg, ss_buf_text(&sql), err);
    ss_buf_done(&literal);
    ss_buf_done(&sql);
    if (code != SS_OK)
        return ss_note(err, "while setting sequence %s by its columns in %s",
                       ss_printable(arena, seq->label), ss_printable(arena, table));
    return SS_OK;
}

/* The next number above n of two significant digits: 1,234 and 1,300 give nothing more away than "about". */
static uint64_t
round_up(uint64_t n)
{
    uint64_t unit = 1;

    while (n / unit >= 100)
        unit *= 10;
    return n / unit >= UINT64_MAX / unit ? n : (n / unit + 1) * unit;
}

/* steps from the sequence's start in its direction; false when that is out of its range. */
static bool
away_from_start(const sequence *seq, uint64_t steps, int64_t *position)
{
    const uint64_t room = seq->increment < 0 ? (uint64_t) seq->start - (uint64_t) seq->min
                                             : (uint64_t) seq->max - (uint64_t) seq->start;

    if (steps > room)
        return false;
    *position = (int64_t) (seq->increment < 0 ? (uint64_t) seq->start - steps
                                              : (uint64_t) seq->start + steps);
    return true;
}

/*
 * A sequence that no column shows the use of (an application asks it for keys).  With kept rows it goes
 * on from where the source's stands, their keys being real; without, it only has to be past the keys
 * that were made, which count from its start, and the source's position stays where it is.
 */
static ss_code
set_free(ss_pg *pg, const sequence *seq, const ss_pg_result *source, uint64_t rows, ss_arena *arena,
         ss_error *err)
{
    uint64_t steps = rows;
    int64_t position = 0, last = 0;
    bool known = false;
    ss_buf literal = {0};
    ss_code code;

    for (size_t i = 0; source != NULL && i < ss_pg_rows(source); i++)
    {
        if (strcmp(ss_pg_value(source, i, 0), seq->schema) == 0 &&
            strcmp(ss_pg_value(source, i, 1), seq->name) == 0)
            known = ss_parse_i64(ss_pg_value(source, i, 2), &last);
    }
    if (known && (seq->increment < 0 ? last < seq->start : last > seq->start))
    {
        const uint64_t gone = seq->increment < 0 ? (uint64_t) seq->start - (uint64_t) last
                                                 : (uint64_t) last - (uint64_t) seq->start;

        steps = gone > steps ? gone : steps;
    }
    if (steps == 0)
        return SS_OK;
    if (!away_from_start(seq, round_up(steps), &position))
    {
        /* Near its end: as far as the source, or where it is. */
        if (!known)
            return SS_OK;
        position = last;
    }
    ss_pg_literal(&literal, seq->label);
    code = ss_pg_execf(pg, err,
                       "SELECT pg_catalog.setval(%s::pg_catalog.regclass, '%" PRId64
                       "'::pg_catalog.int8, true)",
                       ss_buf_text(&literal), position);
    ss_buf_done(&literal);
    if (code != SS_OK)
        return ss_note(err, "while setting sequence %s", ss_printable(arena, seq->label));
    return SS_OK;
}

/* Where the source's sequences stand; NULL without kept rows.  By a short session: it locks sequences. */
static ss_code
source_positions(const ss_load *load, ss_arena *arena, ss_pg_result **positions, ss_error *err)
{
    const ss_pg_options options = {.source = true, .application_name = "sandseed reader"};
    bool kept = false;
    ss_pg *pg;
    ss_code code;

    *positions = NULL;
    for (size_t t = 0; t < load->catalog->ntables; t++)
        kept = kept || (load->tables[t].mode == SS_MODE_KEEP && load->done[t].rows > 0);
    if (!kept || load->snapshot == NULL)
        return SS_OK;
    SS_TRY(
        ss_pg_open(arena, ss_snapshot_endpoint(load->snapshot), &options, load->watch, &pg, err));
    /* NULL where our role may not read it, and where it was never asked. */
    code = ss_pg_query(pg, arena,
                       "SELECT schemaname, sequencename, last_value FROM pg_catalog.pg_sequences"
                       " WHERE last_value IS NOT NULL",
                       0, NULL, positions, err);
    ss_pg_close(pg);
    if (code != SS_OK)
        return ss_note(err, "while asking where the source's sequences stand");
    return SS_OK;
}

static ss_code
set_sequences(const ss_load *load, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    ss_pg_result *used, *source = NULL;
    uint64_t rows = 0;
    bool asked = false;

    for (size_t t = 0; t < load->catalog->ntables; t++)
        rows += load->done[t].rows;
    SS_TRY(ss_pg_query(pg, arena, ss_sql_load_sequences_used, 0, NULL, &used, err));
    for (size_t i = 0; i < ss_pg_rows(used); i++)
    {
        const char *value = ss_pg_value(used, i, 8);
        sequence seq;

        SS_TRY(ss_check_interrupt(load->watch, err));
        SS_TRY(sequence_of(used, i, arena, &seq, err));
        if (value != NULL)
        {
            SS_TRY(set_by_column(
                pg, &seq, ss_pg_qualified(arena, ss_pg_value(used, i, 6), ss_pg_value(used, i, 7)),
                value, arena, err));
            continue;
        }
        if (!asked)
            SS_TRY(source_positions(load, arena, &source, err));
        asked = true;
        SS_TRY(set_free(pg, &seq, source, rows, arena, err));
    }
    return SS_OK;
}

/* --- materialised views ------------------------------------------------------------------------- */

/* A function that it calls may find its tables by the search_path alone: as the source's database has it. */
static ss_code
refresh_by_path(const ss_load *load, ss_pg *pg, const char *statement, ss_error *err)
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
        code = ss_pg_exec(pg, statement, &own);
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

static ss_code
refresh_view(const ss_load *load, ss_pg *pg, const ss_view *view, const char *how, ss_arena *arena,
             ss_error *err)
{
    const char *statement = ss_strf(arena, "REFRESH MATERIALIZED VIEW %s%s",
                                    ss_pg_qualified(arena, view->schema, view->name), how);
    ss_code code = ss_pg_exec(pg, statement, err);

    if (code != SS_OK && lacks_name(err))
        code = refresh_by_path(load, pg, statement, err);
    if (code == SS_OK)
        return SS_OK;
    if (load->made != NULL && ss_load_row_refused(err))
        return ss_load_view_refused(view->schema, view->name, arena, err);
    return ss_note(err, "while populating materialised view %s.%s",
                   ss_printable(arena, view->schema), ss_printable(arena, view->name));
}

static size_t
find_view(const ss_catalog *c, const char *schema, const char *name)
{
    for (size_t i = 0; i < c->nviews; i++)
    {
        if (strcmp(c->views[i].name, name) == 0 && strcmp(c->views[i].schema, schema) == 0)
            return i;
    }
    return SS_NONE;
}

/* needed: populated in the source, or read by one that is (it was populated when that one was). */
static ss_code
find_needed(const ss_catalog *c, ss_pg *pg, bool *needed, ss_arena *arena, ss_error *err)
{
    ss_pg_result *reads;

    for (size_t i = 0; i < c->nviews; i++)
        needed[i] = c->views[i].materialised && c->views[i].populated;
    SS_TRY(ss_pg_query(pg, arena, ss_sql_load_views_read, 0, NULL, &reads, err));
    for (size_t i = 0; i < ss_pg_rows(reads); i++)
    {
        const size_t reader = find_view(c, ss_pg_value(reads, i, 0), ss_pg_value(reads, i, 1));
        const size_t read = find_view(c, ss_pg_value(reads, i, 2), ss_pg_value(reads, i, 3));

        if (reader != SS_NONE && read != SS_NONE && c->views[reader].populated)
            needed[read] = true;
    }
    return SS_OK;
}

/* One round over those that are left; what reads one that is not ready yet waits for the next. */
static ss_code
populate_ready(const ss_load *load, ss_pg *pg, bool *wanted, size_t *left, ss_arena *arena,
               ss_error *err)
{
    const ss_catalog *c = load->catalog;
    ss_error unready = {.code = SS_OK};
    const size_t before = *left;

    for (size_t i = 0; i < c->nviews; i++)
    {
        ss_code code;

        if (!wanted[i])
            continue;
        SS_TRY(ss_check_interrupt(load->watch, err));
        code = refresh_view(load, pg, &c->views[i], "", arena, err);
        if (code == SS_OK)
        {
            wanted[i] = false;
            --*left;
            continue;
        }
        if (code == SS_EINTERRUPTED || !ss_pg_is_sqlstate(err, "55000"))
            return code;
        unready = *err;
        *err = (ss_error){.code = SS_OK};
    }
    if (*left < before)
        return SS_OK;
    *err = unready;
    return unready.code;
}

/* As they are in the source: the unpopulated ones stay so, or are emptied again once others have read them. */
static ss_code
populate_views(const ss_load *load, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const ss_catalog *c = load->catalog;
    bool *needed = ss_alloc(arena, c->nviews + 1, sizeof *needed);
    bool *wanted = ss_alloc(arena, c->nviews + 1, sizeof *wanted);
    size_t left = 0;

    SS_TRY(find_needed(c, pg, needed, arena, err));
    for (size_t i = 0; i < c->nviews; i++)
    {
        wanted[i] = needed[i];
        left += needed[i];
    }
    while (left > 0)
        SS_TRY(populate_ready(load, pg, wanted, &left, arena, err));
    for (size_t i = 0; i < c->nviews; i++)
    {
        if (needed[i] && !c->views[i].populated)
            SS_TRY(refresh_view(load, pg, &c->views[i], " WITH NO DATA", arena, err));
    }
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

ss_code
ss_load_analyse(const ss_load *load, size_t connections, ss_arena *arena, ss_error *err)
{
    size_t *tables = ss_alloc(arena, load->catalog->ntables + 1, sizeof *tables), n = 0;
    analysing a = {.load = load,
                   .tables = tables,
                   .connections = ss_alloc(arena, connections + 1, sizeof(ss_pg *)),
                   .arenas = ss_alloc(arena, connections + 1, sizeof(ss_arena *))};
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
    for (size_t i = 0; i < connections; i++)
        a.arenas[i] = ss_arena_new(arena);
    code = ss_pool_run(n, connections, analyse_job, &a, err);
    for (size_t i = 0; i < connections; i++)
        ss_arena_free(a.arenas[i]);
    return code;
}

ss_code
ss_load_finish(ss_load *load, ss_arena *arena, ss_error *err)
{
    ss_pg *pg;

    /* A session for nothing is a process for nothing. */
    if (load->empty && !validates_something(load->catalog))
        return SS_OK;
    SS_TRY(ss_load_session(load, arena, &pg, err));
    SS_TRY(validate_inherited(load, pg, arena, err));
    SS_TRY(set_sequences(load, pg, arena, err));
    SS_TRY(populate_views(load, pg, arena, err));
    ss_pg_close(pg);
    return SS_OK;
}
