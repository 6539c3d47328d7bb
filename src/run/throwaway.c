#include "run/throwaway.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pg/cluster.h"
#include "secret/token.h"

#define PLACE "/var/tmp/sandseed-"

static void
remove_deferred(void *folder)
{
    ss_cluster_remove(folder);
}

ss_code
ss_throwaway_start(ss_arena *arena, const char *bindir, const char *dbname, const ss_watch *watch,
                   ss_endpoint *endpoint, ss_error *err)
{
    const ss_cluster_options options = {.bindir = bindir, .throwaway = true};
    const char *id = ss_secret_id(arena);
    bool started;

    /* 64 random bits: nobody else's folder, and a path that leaves room for the socket's name. */
    *endpoint = (ss_endpoint){.kind = SS_ENDPOINT_CLUSTER,
                              .folder = ss_strf(arena, PLACE "%.16s", id),
                              .dbname = ss_strdup(arena, dbname)};
    endpoint->label = ss_strf(arena, "cluster:%s?dbname=%s", endpoint->folder, dbname);
    ss_arena_defer(arena, remove_deferred, ss_strdup(arena, endpoint->folder));
    if (ss_cluster_start(endpoint->folder, &options, watch, &started, err) != SS_OK)
        return ss_note(err, "while starting a private server for this run");
    return SS_OK;
}

ss_code
ss_throwaway_roles(const ss_endpoint *endpoint, const char *const *roles, size_t nroles,
                   const ss_watch *watch, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_pg_options options = {.dbname = "postgres"};
    ss_pg *pg = NULL;
    ss_code code = ss_pg_open(scratch, endpoint, &options, watch, &pg, err);

    for (size_t i = 0; i < nroles && code == SS_OK; i++)
    {
        const char *exists = NULL;
        ss_buf sql = {0};

        /* The server's own; what it does not have cannot be created. */
        if (strncmp(roles[i], "pg_", 3) == 0)
            continue;
        ss_buf_puts(&sql, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ");
        ss_pg_literal(&sql, roles[i]);
        code = ss_pg_value_of(pg, scratch, ss_buf_text(&sql), &exists, err);
        ss_buf_clear(&sql);
        ss_buf_puts(&sql, "CREATE ROLE ");
        ss_pg_ident(&sql, roles[i]);
        ss_buf_puts(&sql, " NOLOGIN");
        if (code == SS_OK && exists == NULL)
            code = ss_pg_exec(pg, ss_buf_text(&sql), err);
        ss_buf_done(&sql);
        if (code != SS_OK)
            (void) ss_note(err, "while creating role %s", ss_printable(scratch, roles[i]));
    }
    ss_arena_free(scratch);
    return code;
}
