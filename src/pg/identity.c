#include "pg/identity.h"

#include <string.h>

#include "base/try.h"
#include "pg/pg_internal.h"

static const char *
or_none(const char *text)
{
    return text == NULL ? "" : text;
}

ss_code
ss_pg_identify(ss_pg *pg, ss_arena *arena, ss_pg_identity *id, ss_error *err)
{
    ss_pg_result *r = NULL;

    SS_TRY(ss_pg_query(pg, arena,
                       "SELECT d.oid::pg_catalog.text, d.datname::pg_catalog.text,"
                       " pg_catalog.pg_postmaster_start_time()::pg_catalog.text,"
                       " pg_catalog.pg_is_in_recovery()::pg_catalog.text,"
                       " pg_catalog.has_function_privilege("
                       "'pg_catalog.pg_control_system()', 'EXECUTE')::pg_catalog.text,"
                       " pg_catalog.host(pg_catalog.inet_server_addr()),"
                       " pg_catalog.inet_server_port()::pg_catalog.text"
                       " FROM pg_catalog.pg_database d"
                       " WHERE d.datname = pg_catalog.current_database()",
                       0, NULL, &r, err));
    if (ss_pg_rows(r) != 1)
        return ss_fail(err, SS_EBUG, "the server does not list our own database");
    *id = (ss_pg_identity){.database = ss_pg_value(r, 0, 0),
                           .name = ss_pg_value(r, 0, 1),
                           .started = ss_pg_value(r, 0, 2),
                           .standby = strcmp(ss_pg_value(r, 0, 3), "true") == 0};
    /* The server's own address and port: what stands behind a tunnel. */
    id->at = ss_strf(arena, "%s %s %s %s %s", or_none(PQhost(pg->conn)),
                     or_none(PQhostaddr(pg->conn)), or_none(PQport(pg->conn)),
                     or_none(ss_pg_value(r, 0, 5)), or_none(ss_pg_value(r, 0, 6)));
    if (strcmp(ss_pg_value(r, 0, 4), "true") == 0)
        SS_TRY(ss_pg_value_of(pg, arena,
                              "SELECT system_identifier::pg_catalog.text"
                              " FROM pg_catalog.pg_control_system()",
                              &id->system, err));
    return SS_OK;
}
