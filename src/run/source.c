#include "run/source.h"

#include <string.h>

#include "base/leftovers.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "catalog/read.h"
#include "pg/cluster.h"
#include "pg/locks.h"
#include "run/csv_source.h"

typedef struct started
{
    const char *folder;
    const ss_watch *watch;
    ss_leftover server;
} started;

static void
stop_deferred(void *arg)
{
    const started *s = arg;
    ss_error ignored;

    (void) ss_cluster_stop(s->folder, NULL, s->watch, &ignored);
    ss_leftover_take_back(&s->server);
}

/*
 * What the session's role may do.  SET ROLE, by the server's settings or by ours, takes nothing from a session: any code
 * that it runs can take it back.  So all count that it may become.  Who may run programs on the server or write its files
 * is as good as a superuser there, and before PostgreSQL 16 CREATEROLE gives oneself these.
 */
static ss_code
look_at_role(ss_source *source, ss_pg *pg, ss_arena *scratch, ss_error *err)
{
    static const char *const words[] = {"reads", "reads, past row security", "can write",
                                        "can write, past row security"};
    const char *super, *bypasses, *writes;

    SS_TRY(ss_pg_value_of(
        pg, scratch,
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE (r.rolsuper OR r.rolname IN"
        " ('pg_execute_server_program', 'pg_write_server_files') OR (r.rolcreaterole AND"
        " pg_catalog.current_setting('server_version_num')::pg_catalog.int4 < 160000)) AND"
        " pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER'))",
        &super, err));
    SS_TRY(ss_pg_value_of(pg, scratch,
                          "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolbypassrls"
                          " AND pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER'))",
                          &bypasses, err));
    SS_TRY(ss_pg_value_of(
        pg, scratch,
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid ="
        " c.relnamespace, pg_catalog.pg_roles r WHERE c.relkind IN ('r', 'p') AND n.nspname !~"
        " '^pg_' AND n.nspname <> 'information_schema' AND pg_catalog.pg_has_role(session_user,"
        " r.oid, 'MEMBER') AND (pg_catalog.has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE') OR"
        " pg_catalog.has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE')))",
        &writes, err));
    source->superuser = super != NULL && super[0] == 't';
    source->may_write = source->superuser || (writes != NULL && writes[0] == 't');
    source->role =
        source->superuser
            ? "superuser"
            : words[2 * source->may_write + (bypasses != NULL && bypasses[0] == 't' ? 1 : 0)];
    return SS_OK;
}

static ss_code
stage(const ss_policy *policy, const ss_options *options, const ss_watch *watch, ss_arena *arena,
      ss_source *source, ss_error *err)
{
    ss_csv_stage stage;

    SS_TRY(ss_csv_stage_files(&source->endpoint, policy, options->pg_bindir, watch, arena, &stage,
                              err));
    source->csv_folder = source->endpoint.folder;
    source->csv = stage.tables;
    source->ncsv = stage.ntables;
    source->endpoint = stage.endpoint;
    return SS_OK;
}

/* Files have no owner: the role that everything of theirs belongs to in a private server is nobody else's. */
static void
forget_role(ss_catalog *catalog, const char *role)
{
    size_t n = 0;

    for (size_t i = 0; i < catalog->nroles; i++)
    {
        if (strcmp(catalog->roles[i], role) != 0)
            catalog->roles[n++] = catalog->roles[i];
    }
    catalog->nroles = n;
}

/* --- schema_source ------------------------------------------------------------------------------ */

/* A lock that the source holds to its end shows in the same database of the same server, and nowhere else. */
static ss_code
prove_same(ss_source *source, ss_pg *schema, ss_arena *scratch, ss_error *err)
{
    ss_pg *pg = ss_snapshot_pg(source->snapshot);
    const char *key;
    ss_pg_result *r;

    /* What is random here need not be secret. */
    SS_TRY(
        ss_pg_value_of(pg, scratch,
                       "SELECT pg_catalog.hashtextextended(pg_catalog.random()::pg_catalog.text ||"
                       " pg_catalog.clock_timestamp()::pg_catalog.text, 0)::pg_catalog.text",
                       &key, err));
    SS_TRY(ss_pg_query(pg, scratch, "SELECT pg_catalog.pg_advisory_xact_lock($1::pg_catalog.int8)",
                       1, &key, &r, err));
    SS_TRY(ss_pg_query(schema, scratch,
                       "SELECT pg_catalog.pg_try_advisory_xact_lock($1::pg_catalog.int8)"
                       "::pg_catalog.text",
                       1, &key, &r, err));
    if (ss_pg_rows(r) == 1 && strcmp(ss_pg_value(r, 0, 0), "false") == 0)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "schema_source %s is another database than the source %s",
                   source->schema->label, source->endpoint.label);
    return ss_hint(err,
                   "Let them differ in their role and nothing else: same server, same database.");
}

/* Which tables that role may lock. */
static ss_code
look_at_locks(ss_source *source, ss_pg *schema, ss_arena *arena, ss_arena *scratch, ss_error *err)
{
    ss_table *tables = ss_alloc(arena, source->catalog->ntables + 1, sizeof *tables);
    ss_pg_result *r;

    SS_TRY(ss_pg_query(schema, scratch,
                       "SELECT c.oid::pg_catalog.text FROM pg_catalog.pg_class c WHERE c.relkind IN"
                       " ('r', 'p', 'f') AND NOT (pg_catalog.has_schema_privilege(c.relnamespace,"
                       " 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))",
                       0, NULL, &r, err));
    for (size_t t = 0; t < source->catalog->ntables; t++)
    {
        tables[t] = source->catalog->tables[t];
        tables[t].lockable = true;
        for (size_t i = 0; i < ss_pg_rows(r); i++)
        {
            uint64_t oid = 0;

            if (ss_parse_u64(ss_pg_value(r, i, 0), &oid) && oid == tables[t].oid)
                tables[t].lockable = false;
        }
    }
    source->catalog->tables = tables;
    return SS_OK;
}

/* The schema is read by another role, so that the source's needs no more than what the policy has read. */
static ss_code
open_schema_source(ss_source *source, const ss_policy *policy, const ss_watch *watch,
                   ss_arena *arena, ss_arena *scratch, ss_error *err)
{
    const ss_pg_options options = {.source = true, .application_name = "sandseed schema"};
    ss_endpoint *endpoint = ss_alloc(arena, 1, sizeof *endpoint);
    ss_source other = {0};
    ss_pg *schema;

    SS_TRY(ss_endpoint_parse(policy->schema_source, ".", 1, arena, endpoint, err));
    if (endpoint->kind != SS_ENDPOINT_SERVER || source->endpoint.kind != SS_ENDPOINT_SERVER)
        return ss_fail(err, SS_EMEND,
                       "schema_source goes with a source on a server, and is on the same one");
    source->schema = endpoint;
    SS_TRY(ss_pg_open(scratch, endpoint, &options, watch, &schema, err));
    SS_TRY(prove_same(source, schema, scratch, err));
    SS_TRY(look_at_locks(source, schema, arena, scratch, err));
    SS_TRY(look_at_role(&other, schema, scratch, err));
    if (other.superuser)
        ss_notice(watch, SS_WARNING,
                  "the role of schema_source is a superuser or may become one; one "
                  "that may read would do");
    else if (other.may_write)
        ss_notice(watch, SS_WARNING,
                  "the role of schema_source can write; one that may read would do");
    source->superuser = source->superuser || other.superuser;
    source->role = ss_strf(arena, "%s; schema_source: %s", source->role, other.role);
    ss_pg_close(schema);
    return SS_OK;
}

ss_code
ss_source_open(const char *text, const char *base, const ss_policy *policy,
               const ss_options *options, const ss_watch *watch, ss_arena *arena, ss_source *source,
               ss_error *err)
{
    ss_arena *scratch = ss_arena_new(arena);
    const ss_cluster_options cluster = {.bindir = options->pg_bindir};
    ss_cluster_status status;

    *source = (ss_source){.schema = &source->endpoint};
    SS_TRY(ss_endpoint_parse(text, base, 1, arena, &source->endpoint, err));
    if (source->endpoint.kind == SS_ENDPOINT_CSV)
        SS_TRY(stage(policy, options, watch, arena, source, err));
    else if (source->endpoint.kind == SS_ENDPOINT_CLUSTER)
    {
        SS_TRY(ss_cluster_inspect(source->endpoint.folder, scratch, &status, err));
        if (!status.exists)
            return ss_fail(err, SS_EMEND, "there is no private server in \"%s\"",
                           source->endpoint.folder);
        SS_TRY(ss_cluster_start(source->endpoint.folder, &cluster, watch, &source->started, err));
        if (source->started)
        {
            started *s = ss_alloc(arena, 1, sizeof *s);

            *s = (started){.folder = ss_strdup(arena, source->endpoint.folder),
                           .watch = watch,
                           .server = ss_leftover_server(ss_cluster_pid(source->endpoint.folder))};
            ss_leftover_add(&s->server);
            ss_arena_defer(arena, stop_deferred, s);
        }
    }
    SS_TRY(ss_snapshot_open(arena, &source->endpoint, watch, &source->snapshot, err));
    SS_TRY(look_at_role(source, ss_snapshot_pg(source->snapshot), scratch, err));
    if (ss_catalog_read(ss_snapshot_pg(source->snapshot), arena, scratch, &source->catalog, err) !=
        SS_OK)
        return ss_locks_note(&source->endpoint, watch, err);
    if (source->csv_folder != NULL)
    {
        forget_role(source->catalog, ss_pg_user(ss_snapshot_pg(source->snapshot)));
        source->role = "reads files";
    }
    else if (policy != NULL && policy->ncsv > 0)
        ss_notice(
            watch, SS_WARNING,
            "the source is no folder of CSV files: the csv: section of the policy is not used");
    /* On a private server everybody who gets in is its owner. */
    if (source->superuser && source->endpoint.kind != SS_ENDPOINT_CLUSTER)
        ss_notice(watch, SS_WARNING,
                  "the source's role is a superuser or may become one; one that "
                  "reads and nothing else would do");
    else if (source->may_write && source->endpoint.kind != SS_ENDPOINT_CLUSTER)
        ss_notice(watch, SS_WARNING,
                  "the source's role can write; one that reads and nothing else "
                  "would do");
    if (policy != NULL && policy->schema_source != NULL &&
        open_schema_source(source, policy, watch, arena, scratch, err) != SS_OK)
        return ss_note(err, "%s: schema_source", policy->file);
    ss_arena_free(scratch);
    return SS_OK;
}

ss_code
ss_source_refuse_privileged(const ss_source *source, const ss_options *options, ss_error *err)
{
    if (!source->superuser || source->endpoint.kind == SS_ENDPOINT_CLUSTER ||
        options->allow_privileged_source)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "the %s role is a superuser or may become one",
                   source->schema == &source->endpoint ? "source's"
                                                       : "source's or schema_source's");
    return ss_hint(err, "Use a role that can read and nothing else: none with CREATEROLE before "
                        "PostgreSQL 16, none in pg_execute_server_program or "
                        "pg_write_server_files.  Or say --allow-privileged-source.");
}
