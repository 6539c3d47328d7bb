#include "pg/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"

struct ss_snapshot
{
    const ss_endpoint *source;
    ss_pg *holder;
    const char *id;
    const ss_watch *watch;
    double taken; /* ss_clock_s() */
    int max_age_s;
};

ss_code
ss_snapshot_open(ss_arena *arena, const ss_endpoint *source, const ss_watch *watch,
                 ss_snapshot **out, ss_error *err)
{
    const ss_pg_options options = {.source = true, .application_name = "sandseed snapshot"};
    ss_snapshot *s = ss_alloc(arena, 1, sizeof *s);
    const char *id;

    *s = (ss_snapshot){.source = source, .watch = watch, .taken = ss_clock_s()};
    SS_TRY(ss_pg_open(arena, source, &options, watch, &s->holder, err));
    SS_TRY(ss_pg_exec(s->holder, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err));
    SS_TRY(ss_pg_value_of(s->holder, arena, "SELECT pg_catalog.pg_export_snapshot()", &id, err));
    if (id == NULL)
        return ss_fail(err, SS_ERETRY, "%s exported no snapshot", source->label);
    s->id = id;
    *out = s;
    return SS_OK;
}

ss_pg *
ss_snapshot_pg(ss_snapshot *snapshot)
{
    return snapshot->holder;
}

const char *
ss_snapshot_id(const ss_snapshot *snapshot)
{
    return snapshot->id;
}

const ss_endpoint *
ss_snapshot_endpoint(const ss_snapshot *snapshot)
{
    return snapshot->source;
}

void
ss_snapshot_limit(ss_snapshot *snapshot, int max_age_s)
{
    snapshot->max_age_s = max_age_s;
}

static ss_code
check_age(const ss_snapshot *s, ss_error *err)
{
    if (s->max_age_s <= 0 || ss_clock_s() - s->taken <= s->max_age_s)
        return SS_OK;
    (void) ss_fail(err, SS_ERETRY, "the snapshot of %s is older than %d s, the policy's limit",
                   s->source->label, s->max_age_s);
    return ss_hint(err, "Raise max_snapshot_age in the policy, or read from a standby.");
}

void
ss_snapshot_release(ss_snapshot *snapshot)
{
    ss_error ignored;

    /* Whatever goes wrong with it now, nothing depends on it any more. */
    (void) ss_pg_exec(snapshot->holder, "COMMIT", &ignored);
}

ss_code
ss_snapshot_begin(const ss_snapshot *snapshot, ss_pg *reader, ss_error *err)
{
    ss_buf sql = {0};
    ss_code code = check_age(snapshot, err);

    if (code != SS_OK)
        return code;
    ss_buf_puts(&sql, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT ");
    ss_pg_literal(&sql, snapshot->id);
    /* A statement that hangs holds the snapshot as well. */
    if (snapshot->max_age_s > 0)
        ss_buf_printf(&sql, "; SET LOCAL statement_timeout = '%ds'",
                      snapshot->max_age_s - (int) (ss_clock_s() - snapshot->taken) + 1);
    code = ss_pg_exec(reader, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    if (code == SS_OK)
        return SS_OK;
    /* Unknown (22023, 42704) or no longer held (55000): whoever held it is gone. */
    if (ss_pg_is_sqlstate(err, "22023") || ss_pg_is_sqlstate(err, "42704") ||
        ss_pg_is_sqlstate(err, "55000"))
    {
        (void) ss_fail(err, SS_ERETRY,
                       "the server knows no such snapshot: the connection that held it was lost, "
                       "or is one to another server");
        (void) ss_hint(err, "Run it again.  Should it fail again: behind a load balancer or a "
                            "pooler every connection must reach the same server.");
    }
    if (err->code != SS_EINTERRUPTED)
    {
        ss_error ignored;

        (void) ss_pg_exec(reader, "ROLLBACK", &ignored);
    }
    return ss_note(err, "while joining the snapshot of %s", snapshot->source->label);
}

ss_code
ss_snapshot_end(ss_pg *reader, ss_error *err)
{
    return ss_pg_exec(reader, "COMMIT", err);
}

/* The table's digest as this transaction sees it, over its first so many columns. */
static ss_code
digest(ss_pg *reader, const ss_table_seen *seen, int columns, ss_arena *scratch, ss_pg_result **res,
       ss_error *err)
{
    static const char SQL[] =
        "SELECT pg_catalog.md5(pg_catalog.format('%%L.%%L %%s %%s ', n.nspname, c.relname,"
        " c.relfilenode, c.relrowsecurity) || coalesce((SELECT pg_catalog.string_agg("
        "pg_catalog.format('%%s %%L %%s %%s', a.attnum, a.attname, a.atttypid, a.atttypmod), ' '"
        " ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid"
        " AND a.attnum > 0 AND a.attnum <= %d), '')),"
        " c.relnatts::pg_catalog.text, c.relfilenode::pg_catalog.text,"
        " pg_catalog.format('%%I.%%I', n.nspname, c.relname)"
        " FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = %lu";

    return ss_pg_query(reader, scratch, ss_strf(scratch, SQL, columns, (unsigned long) seen->oid),
                       0, NULL, res, err);
}

static ss_code
fail_changed(const ss_table_seen *seen, ss_error *err)
{
    (void) ss_fail(err, SS_ERETRY,
                   "%s was truncated, rewritten, renamed, altered or dropped while it was being "
                   "read",
                   seen->label);
    return ss_hint(err, "Run it again when nobody changes the schema.");
}

/*
 * Lock what has the table's name by now, to this transaction's end, and see that it is the table: in the place of one
 * that was renamed there may stand a view, and reading that runs its owner's code as us.  PREPARE takes the lock that
 * reading takes, needs no right that reading does not need, and runs nothing.
 */
static ss_code
lock(ss_pg *reader, const ss_table_seen *seen, const char *name, ss_arena *scratch, ss_error *err)
{
    /* No table, no schema of that name, no such kind, a view that may not be read. */
    static const char *const others[] = {"42P01", "3F000", "42809", "55000"};
    ss_buf literal = {0};
    const char *sql;
    ss_pg_result *res;
    ss_code code = ss_pg_execf(reader, err,
                               "PREPARE sandseed_lock AS SELECT FROM ONLY %s;"
                               " DEALLOCATE sandseed_lock",
                               name);

    for (size_t i = 0; code != SS_OK && i < sizeof others / sizeof others[0]; i++)
    {
        if (ss_pg_is_sqlstate(err, others[i]))
            return fail_changed(seen, err);
    }
    if (code != SS_OK)
        return ss_note(err, "while reading %s", seen->label);
    /* Unlike pg_class, which is read in the snapshot, these two functions see the present. */
    ss_pg_literal(&literal, name);
    sql = ss_strf(
        scratch,
        "SELECT FROM (SELECT pg_catalog.to_regclass(%s)::pg_catalog.oid) t (oid) WHERE t.oid = %lu"
        " AND coalesce(pg_catalog.pg_relation_filenode(t.oid), 0) = %lu",
        ss_buf_text(&literal), (unsigned long) seen->oid, (unsigned long) seen->filenode);
    ss_buf_done(&literal);
    SS_TRY(ss_pg_query(reader, scratch, sql, 0, NULL, &res, err));
    return ss_pg_rows(res) == 1 ? SS_OK : fail_changed(seen, err);
}

ss_code
ss_snapshot_look(ss_pg *reader, ss_table_seen *seen, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_pg_result *res;
    uint64_t columns = 0, filenode = 0;
    /* The most columns that a table may have. */
    ss_code code = digest(reader, seen, 1600, scratch, &res, err);

    if (code == SS_OK &&
        (ss_pg_rows(res) != 1 || !ss_parse_u64(ss_pg_value(res, 0, 1), &columns) ||
         !ss_parse_u64(ss_pg_value(res, 0, 2), &filenode) || filenode != seen->filenode))
        code = fail_changed(seen, err);
    if (code == SS_OK)
        code = lock(reader, seen, ss_pg_value(res, 0, 3), scratch, err);
    if (code == SS_OK)
    {
        seen->columns = (int) columns;
        (void) snprintf(seen->digest, sizeof seen->digest, "%s", ss_pg_value(res, 0, 0));
    }
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_snapshot_unchanged(ss_pg *reader, const ss_table_seen *seen, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_pg_result *res;
    ss_code code = digest(reader, seen, seen->columns, scratch, &res, err);

    if (code == SS_OK &&
        (ss_pg_rows(res) != 1 || strcmp(ss_pg_value(res, 0, 0), seen->digest) != 0))
        code = fail_changed(seen, err);
    ss_arena_free(scratch);
    return code;
}
