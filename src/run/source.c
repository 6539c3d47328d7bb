#include "run/source.h"

#include <string.h>

#include "base/try.h"
#include "base/watch.h"
#include "catalog/read.h"
#include "pg/cluster.h"
#include "pg/locks.h"
#include "run/csv_source.h"

static void
stop_deferred(void *folder)
{
    ss_error ignored;

    (void) ss_cluster_stop(folder, NULL, NULL, &ignored);
}

static ss_code
look_at_role(ss_source *source, ss_pg *pg, ss_arena *scratch, ss_error *err)
{
    const char *super, *writes;

    SS_TRY(ss_pg_value_of(pg, scratch,
                          "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user",
                          &super, err));
    SS_TRY(ss_pg_value_of(
        pg, scratch,
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid ="
        " c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <>"
        " 'information_schema' AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE,"
        " TRUNCATE'))",
        &writes, err));
    source->superuser = super != NULL && super[0] == 't';
    source->may_write = source->superuser || (writes != NULL && writes[0] == 't');
    source->role = source->superuser ? "superuser" : source->may_write ? "can write" : "reads";
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

ss_code
ss_source_open(const char *text, const char *base, const ss_policy *policy,
               const ss_options *options, const ss_watch *watch, ss_arena *arena, ss_source *source,
               ss_error *err)
{
    ss_arena *scratch = ss_arena_new(arena);
    const ss_cluster_options cluster = {.bindir = options->pg_bindir};
    ss_cluster_status status;

    *source = (ss_source){0};
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
            ss_arena_defer(arena, stop_deferred, ss_strdup(arena, source->endpoint.folder));
    }
    SS_TRY(ss_snapshot_open(arena, &source->endpoint, watch, &source->snapshot, err));
    SS_TRY(look_at_role(source, ss_snapshot_pg(source->snapshot), scratch, err));
    if (ss_catalog_read(ss_snapshot_pg(source->snapshot), arena, scratch, &source->catalog, err) !=
        SS_OK)
        return ss_locks_note(&source->endpoint, watch, err);
    if (source->csv_folder != NULL)
        forget_role(source->catalog, ss_pg_user(ss_snapshot_pg(source->snapshot)));
    /* On a private server everybody who gets in is its owner. */
    if (source->superuser && source->endpoint.kind != SS_ENDPOINT_CLUSTER)
        ss_notice(watch, SS_WARNING,
                  "the source's role is a superuser; one that reads and nothing "
                  "else would do");
    else if (source->may_write && source->endpoint.kind != SS_ENDPOINT_CLUSTER)
        ss_notice(watch, SS_WARNING,
                  "the source's role can write; one that reads and nothing else "
                  "would do");
    ss_arena_free(scratch);
    return SS_OK;
}
