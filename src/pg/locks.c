#include "pg/locks.h"

#include "base/text.h"
#include "pg/pg.h"

/* Of an exclusive lock it is enough to name a few: the waiting ended at the first. */
static const char LOCKED[] =
    "SELECT pg_catalog.string_agg(pg_catalog.format('%s (process %s)', q.name, q.pids), ', ') FROM "
    "("
    " SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,"
    "  pg_catalog.string_agg(DISTINCT l.pid::pg_catalog.text, ', ') AS pids"
    " FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE l.granted AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'"
    " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d"
    "  WHERE d.datname = pg_catalog.current_database())"
    " AND l.pid <> pg_catalog.pg_backend_pid() AND c.relpersistence <> 't'"
    " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_'"
    " GROUP BY 1 ORDER BY 1 LIMIT 3) q";

ss_code
ss_locks_note(const ss_endpoint *endpoint, const ss_watch *watch, ss_error *err)
{
    const ss_pg_options options = {.source = true, .statement_timeout_s = 10};
    const ss_code code = err->code;
    ss_arena *scratch;
    const char *tables = NULL;
    ss_error ignored = {0};
    ss_pg *pg = NULL;

    if (!ss_pg_is_sqlstate(err, "55P03"))
        return code;
    scratch = ss_arena_new(NULL);
    if (ss_pg_open(scratch, endpoint, &options, watch, &pg, &ignored) == SS_OK &&
        ss_pg_value_of(pg, scratch, LOCKED, &tables, &ignored) == SS_OK && tables != NULL)
        (void) ss_note(err, "locked by others: %s", ss_printable(scratch, tables));
    ss_pg_close(pg);
    ss_arena_free(scratch);
    return code;
}
