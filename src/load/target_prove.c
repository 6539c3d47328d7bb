/* Source and target are not the same database: three proofs, of which each sees what the others miss. */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "load/target.h"
#include "load/target_internal.h"
#include "pg/identity.h"

static ss_code
refuse_same(ss_target *target, const ss_target_db *db, const char *how, ss_error *err)
{
    ss_fail(err, SS_EREFUSED, "target %s is the source itself (%s)",
            ss_target_label(target, db->name), how);
    return ss_hint(err, "Name another database as target; the source is only ever read.");
}

/* Another run may drop its databases, or give them other names, between a look and a connection. */
static bool
is_gone(const ss_target *target, const ss_target_db *db)
{
    const char *found = NULL;
    ss_error ignored;

    return ss_pg_value_of(target->pg, target->arena,
                          ss_strf(target->arena,
                                  "SELECT datname::pg_catalog.text FROM pg_catalog.pg_database"
                                  " WHERE oid = %u",
                                  db->oid),
                          &found, &ignored) == SS_OK &&
           (found == NULL || strcmp(found, db->name) != 0);
}

/* Does a lock that the source holds show in db? */
static ss_code
probe(ss_target *target, const ss_target_db *db, const char *key, ss_error *err)
{
    ss_pg *pg = NULL;
    ss_pg_result *r = NULL;
    ss_code code =
        ss_pg_open(target->arena, target->endpoint,
                   &(ss_pg_options){.dbname = db->name, .application_name = "sandseed target"},
                   target->watch, &pg, err);
    if (code == SS_EMEND && is_gone(target, db))
        return SS_OK;
    if (code == SS_OK)
        code = ss_pg_query(pg, target->arena,
                           "SELECT pg_catalog.pg_try_advisory_xact_lock($1::pg_catalog.int8)"
                           "::pg_catalog.text",
                           1, &key, &r, err);
    if (code == SS_OK && (ss_pg_rows(r) != 1 || strcmp(ss_pg_value(r, 0, 0), "true") != 0))
        code = refuse_same(target, db, "a lock held in one shows in the other", err);
    ss_pg_close(pg);
    if (code != SS_OK && code != SS_EREFUSED)
        return ss_note(err, "while proving that %s is not the source",
                       ss_target_label(target, db->name));
    return code;
}

ss_code
ss_target_prove_different(ss_target *target, ss_pg *source, ss_error *err)
{
    ss_pg_identity theirs;
    ss_pg_identity ours;
    const char *key = NULL;
    if (ss_pg_identify(source, target->arena, &theirs, err) != SS_OK)
        return ss_note(err, "while asking the source which server it is");
    if (ss_pg_identify(target->pg, target->arena, &ours, err) != SS_OK)
        return ss_note(err, "while asking the target which server it is");
    if (ours.standby)
    {
        (void) ss_fail(err, SS_EMEND, "the server of target %s is a standby: it can only be read",
                       ss_target_label(target, target->name));
        return ss_hint(err, "Name its primary or, better, a server of its own for sandboxes.");
    }
    const bool known = theirs.system != NULL && ours.system != NULL;
    const bool same_system = known && strcmp(theirs.system, ours.system) == 0;
    const bool same_start = strcmp(theirs.started, ours.started) == 0;
    target->same_cluster = same_system || same_start;

    /* Held to the end of the source's transaction; what is random here need not be secret. */
    SS_TRY(ss_pg_value_of(source, target->arena,
                          "WITH k AS MATERIALIZED (SELECT pg_catalog.hashtextextended("
                          "pg_catalog.random()::pg_catalog.text ||"
                          " pg_catalog.clock_timestamp()::pg_catalog.text, 0) AS v)"
                          " SELECT k.v::pg_catalog.text FROM k",
                          &key, err));
    ss_pg_result *r = NULL;
    SS_TRY(ss_pg_query(source, target->arena,
                       "SELECT pg_catalog.pg_advisory_xact_lock($1::pg_catalog.int8)", 1, &key, &r,
                       err));

    const ss_target_db *const all[] = {&target->live, &target->next, &target->previous,
                                       &target->scratch};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    {
        if (all[i]->state == SS_TARGET_ABSENT)
            continue;
        const char *oid = ss_strf(target->arena, "%u", all[i]->oid);
        const bool same_oid = strcmp(oid, theirs.database) == 0;
        if (same_system && same_oid)
            return refuse_same(target, all[i], "same system identifier and database OID", err);
        if (same_oid && same_start)
            return refuse_same(target, all[i], "same server start and database OID", err);
        if (!known && same_oid && strcmp(all[i]->name, theirs.name) == 0)
        {
            ss_fail(err, SS_EREFUSED,
                    "cannot prove that target %s is not the source: name and OID are the same, and "
                    "the system identifier may not be read",
                    ss_target_label(target, all[i]->name));
            return ss_hint(err, "Grant EXECUTE on pg_catalog.pg_control_system() to both roles, or "
                                "name another database.");
        }
        if (all[i]->connectable)
            SS_TRY(probe(target, all[i], key, err));
    }
    return SS_OK;
}
