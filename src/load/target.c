#include "load/target.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/target_internal.h"

extern const char ss_sql_load_look_at_database[];
extern const char ss_sql_load_target_role[];
extern const char ss_sql_load_user_objects[];

/* How often, and with which pause, a drop is tried again while sessions are on their way out. */
#define DROP_ATTEMPTS 25
#define DROP_PAUSE_MS 200

static bool
is_true(const char *value)
{
    return value != NULL && strcmp(value, "true") == 0;
}

const char *
ss_target_label(const ss_target *target, const char *name)
{
    return ss_strf(target->arena, "database \"%s\"", ss_printable(target->arena, name));
}

static char *
quoted(ss_arena *arena, const char *name)
{
    ss_buf sql = {0};
    ss_pg_ident(&sql, name);
    char *text = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return text;
}

/* --- opening ------------------------------------------------------------------------------------ */

ss_code
ss_target_maintenance(const ss_target *target, ss_arena *arena, const ss_watch *watch, ss_pg **pg,
                      ss_error *err)
{
    static const char *const NAMES[] = {"postgres", "template1"};

    if (target->maintenance != NULL)
        return ss_pg_open(
            arena, target->endpoint,
            &(ss_pg_options){.dbname = target->maintenance, .application_name = "sandseed target"},
            watch, pg, err);
    ss_code code = SS_OK;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
    {
        code =
            ss_pg_open(arena, target->endpoint,
                       &(ss_pg_options){.dbname = NAMES[i], .application_name = "sandseed target"},
                       watch, pg, err);
        /* Not there, or our role may not enter it: the next one.  All else concerns the server. */
        if (code == SS_OK || (!ss_pg_is_sqlstate(err, "3D000") && !ss_pg_is_sqlstate(err, "42501")))
            return code;
    }
    ss_note(err, "while looking for a database to work from (postgres, template1)");
    return code;
}

/* Does name end as the databases beside a sandbox do?  A run for the sandbox would drop it as its own. */
static const char *
side_ending(const char *name)
{
    static const char *const ENDINGS[] = {"__next", "__previous", "__scratch"};
    const size_t n = strlen(name);

    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++)
    {
        const size_t m = strlen(ENDINGS[i]);

        if (n >= m && strcmp(name + n - m, ENDINGS[i]) == 0)
            return ENDINGS[i];
    }
    return NULL;
}

static ss_code
check_name(ss_target *target, ss_error *err)
{
    static const char *const SERVERS_OWN[] = {"postgres", "template0", "template1"};
    const char *name = target->endpoint->dbname;

    if (name == NULL || name[0] == '\0')
    {
        ss_fail(err, SS_EMEND, "target %s names no database", target->endpoint->label);
        return ss_hint(err, "Add the name of the sandbox to the target, as in .../sandbox; of a "
                            "service, to its definition (~/.pg_service.conf, PGSERVICEFILE).");
    }
    const size_t n = strlen(name);
    if (n > SS_TARGET_NAME_MAX)
    {
        ss_fail(err, SS_EREFUSED, "name of the target database is %zu bytes long, at most %d fit",
                n, SS_TARGET_NAME_MAX);
        return ss_hint(err, "Choose a shorter name: the server would cut \"NAME__previous\" at 63 "
                            "bytes and another database would be meant.");
    }
    for (size_t i = 0; i < sizeof SERVERS_OWN / sizeof SERVERS_OWN[0]; i++)
    {
        if (strcmp(name, SERVERS_OWN[i]) == 0)
        {
            ss_fail(err, SS_EREFUSED, "database \"%s\" is the server's own, not a target", name);
            return ss_hint(err, "Choose another name for the sandbox.");
        }
    }
    const char *ending = side_ending(name);
    if (ending != NULL)
    {
        ss_fail(err, SS_EREFUSED, "name of the target database \"%s\" ends in \"%s\"",
                ss_printable(target->arena, name), ending);
        return ss_hint(err, "Choose another name for the sandbox: NAME__next, NAME__previous and "
                            "NAME__scratch belong to the sandbox NAME, whose next run drops them.");
    }
    target->name = ss_strdup(target->arena, name);
    target->live.name = target->name;
    target->next.name = ss_strf(target->arena, "%s__next", name);
    target->previous.name = ss_strf(target->arena, "%s__previous", name);
    target->scratch.name = ss_strf(target->arena, "%s__scratch", name);
    return SS_OK;
}

static ss_code
look_at_role(ss_target *target, ss_error *err)
{
    ss_pg_result *r = NULL;
    SS_TRY(ss_pg_query(target->pg, target->arena, ss_sql_load_target_role, 0, NULL, &r, err));
    if (ss_pg_rows(r) != 1)
        return ss_fail(err, SS_EBUG, "the target's server does not list our own role");
    target->user = ss_pg_value(r, 0, 0);
    target->superuser = is_true(ss_pg_value(r, 0, 1));
    target->createdb = target->superuser || is_true(ss_pg_value(r, 0, 2));
    target->createrole = target->superuser || is_true(ss_pg_value(r, 0, 3));
    target->throwaway = is_true(ss_pg_value(r, 0, 4));
    target->version = ss_pg_server_version(target->pg);
    return SS_OK;
}

/* What somebody made in db, as a phrase; NULL when nothing. */
static ss_code
user_objects(ss_target *target, const ss_target_db *db, const char **phrase, ss_error *err)
{
    ss_pg *pg = NULL;
    ss_pg_result *r = NULL;
    ss_code code =
        ss_pg_open(target->arena, target->endpoint,
                   &(ss_pg_options){.dbname = db->name, .application_name = "sandseed target"},
                   target->watch, &pg, err);
    if (code == SS_OK)
        code = ss_pg_query(pg, target->arena, ss_sql_load_user_objects, 0, NULL, &r, err);
    ss_pg_close(pg);
    if (code != SS_OK)
    {
        ss_note(err, "while looking whether %s is empty", ss_target_label(target, db->name));
        return code;
    }
    *phrase = NULL;
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        const char *one = ss_printable(target->arena, ss_pg_value(r, i, 0));
        *phrase = *phrase == NULL ? one : ss_strf(target->arena, "%s, %s", *phrase, one);
    }
    return SS_OK;
}

/* Why a database is not ours, in db->state FOREIGN: kept for the refusal. */
static ss_code
refuse(ss_target *target, const ss_target_db *db, const char *why, const char *next, ss_error *err)
{
    ss_fail(err, SS_EREFUSED, "%s is not sandseed's: %s", ss_target_label(target, db->name), why);
    return ss_hint(err, "%s", next);
}

/*
 * Fill db from the server.  adopt: an unmarked empty one of our role's counts as ours.  Refuses what is not ours.
 */
static ss_code
look(ss_target *target, ss_target_db *db, bool adopt, ss_error *err)
{
    const char *params[] = {db->name};
    ss_pg_result *r = NULL;
    SS_TRY(
        ss_pg_query(target->pg, target->arena, ss_sql_load_look_at_database, 1, params, &r, err));
    *db = (ss_target_db){.name = db->name, .state = SS_TARGET_ABSENT};
    if (ss_pg_rows(r) == 0)
        return SS_OK;

    uint64_t oid = 0;
    if (!ss_parse_u64(ss_pg_value(r, 0, 0), &oid))
        return ss_fail(err, SS_EBUG, "the server gave no oid for a database");
    db->oid = (ss_oid) oid;
    db->connectable = is_true(ss_pg_value(r, 0, 1));
    db->owner = ss_pg_value(r, 0, 2);
    db->state = SS_TARGET_FOREIGN;
    const bool own = is_true(ss_pg_value(r, 0, 3));
    const bool may = is_true(ss_pg_value(r, 0, 4));
    const char *owner = ss_printable(target->arena, db->owner);
    const char *ident = quoted(target->arena, db->name);

    if (is_true(ss_pg_value(r, 0, 6)))
        return refuse(target, db, "it is a template database", "Choose another target name.", err);
    if (ss_marker_parse(ss_pg_value(r, 0, 5), &db->marker))
    {
        if (!may)
            return refuse(
                target, db,
                ss_strf(target->arena, "it carries the marker, but belongs to role \"%s\"", owner),
                ss_strf(target->arena,
                        "Connect as that role, or give it away: ALTER "
                        "DATABASE %s OWNER TO %s.",
                        ss_printable(target->arena, ident),
                        ss_printable(target->arena, quoted(target->arena, target->user))),
                err);
        db->state = db->marker.state;
        return SS_OK;
    }

    static const char ELSEWHERE[] =
        "sandseed writes only databases it has made.  Choose another target name, or drop the "
        "database yourself when nobody needs it.";
    if (!own)
        return refuse(
            target, db,
            ss_strf(target->arena, "it carries no marker and belongs to role \"%s\"", owner),
            ELSEWHERE, err);
    if (!adopt || !db->connectable)
        return refuse(target, db, "it carries no marker", ELSEWHERE, err);
    const char *objects = NULL;
    SS_TRY(user_objects(target, db, &objects, err));
    if (objects != NULL)
        return refuse(target, db,
                      ss_strf(target->arena, "it carries no marker and holds %s", objects),
                      ELSEWHERE, err);
    db->state = SS_TARGET_EMPTY;
    return SS_OK;
}

ss_code
ss_target_look(ss_target *target, ss_target_db *db, ss_error *err)
{
    SS_TRY(look(target, db, db != &target->previous, err));
    /* What is published stands under NAME or NAME__previous, unless somebody else has given it this name. */
    if (db->state == SS_TARGET_PUBLISHED && (db == &target->next || db == &target->scratch))
    {
        ss_fail(err, SS_EREFUSED,
                "%s is a published sandbox, in the place of what a run for \"%s\" builds",
                ss_target_label(target, db->name), ss_printable(target->arena, target->name));
        return ss_hint(
            err,
            "Rename it, or drop it yourself when nobody needs it; or choose another target name.");
    }
    return SS_OK;
}

ss_code
ss_target_look_same(ss_target *target, ss_target_db *db, ss_error *err)
{
    const ss_oid seen = db->oid;

    SS_TRY(ss_target_look(target, db, err));
    if (seen != 0 && db->oid != 0 && db->oid != seen)
        return ss_fail(err, SS_EREFUSED, "%s was replaced by another of that name during the run",
                       ss_target_label(target, db->name));
    return SS_OK;
}

static void
close_deferred(void *arg)
{
    ss_target_close(arg);
}

ss_code
ss_target_look_all(ss_target *target, ss_error *err)
{
    ss_target_db *const all[] = {&target->live, &target->next, &target->previous, &target->scratch};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        SS_TRY(ss_target_look(target, all[i], err));
    return SS_OK;
}

ss_code
ss_target_open(ss_arena *arena, const ss_endpoint *endpoint, const ss_watch *watch,
               ss_target **target, ss_error *err)
{
    if (endpoint->kind == SS_ENDPOINT_CSV)
        return ss_fail(err, SS_EMEND, "%s is a folder of files, not a server to write to",
                       endpoint->label);
    ss_target *t = ss_alloc(arena, 1, sizeof *t);
    *t = (ss_target){.endpoint = endpoint, .watch = watch, .arena = arena};
    SS_TRY(check_name(t, err));
    SS_TRY(ss_target_maintenance(t, arena, watch, &t->pg, err));
    t->maintenance = ss_strdup(arena, ss_pg_dbname(t->pg));
    if (strcmp(t->maintenance, "template1") == 0)
        ss_notice(watch, SS_WARNING,
                  "our role may not enter database \"postgres\": this run holds a session in "
                  "template1, so that nobody "
                  "can copy that by CREATE DATABASE until it ends");
    ss_arena_defer(arena, close_deferred, t);

    ss_code code = look_at_role(t, err);
    if (code == SS_OK)
        code = ss_target_look_all(t, err);
    if (code != SS_OK)
    {
        ss_target_close(t);
        return code;
    }
    *target = t;
    return SS_OK;
}

ss_code
ss_target_apart(const ss_target *target, ss_arena *arena, const ss_watch *watch, ss_target *apart,
                ss_error *err)
{
    *apart = *target;
    apart->arena = arena;
    apart->watch = watch;
    apart->pg = NULL;
    return ss_target_maintenance(apart, arena, watch, &apart->pg, err);
}

void
ss_target_close(ss_target *target)
{
    if (target == NULL)
        return;
    ss_pg_close(target->pg);
    target->pg = NULL;
}

ss_code
ss_target_hold(ss_target *target, ss_error *err)
{
    if (target->held)
        return SS_OK;
    const char *params[] = {target->name};
    ss_pg_result *r = NULL;
    SS_TRY(ss_pg_query(target->pg, target->arena,
                       "SELECT pg_catalog.pg_try_advisory_lock("
                       "pg_catalog.hashtextextended('sandseed target ' || $1, 0))::pg_catalog.text",
                       1, params, &r, err));
    if (ss_pg_rows(r) != 1 || !is_true(ss_pg_value(r, 0, 0)))
    {
        ss_fail(err, SS_ERETRY, "another run of sandseed is writing %s",
                ss_target_label(target, target->name));
        return ss_hint(err, "Wait until it has ended, then run this again.");
    }
    target->held = true;
    return SS_OK;
}

ss_code
ss_target_connect(const ss_target *target, ss_arena *arena, ss_pg **pg, ss_error *err)
{
    SS_TRY(ss_pg_open(arena, target->endpoint, &(ss_pg_options){.dbname = target->next.name},
                      target->watch, pg, err));
    /* Settings of the source's database may be in force here already, one of role among them. */
    ss_buf sql = {0};
    ss_buf_puts(&sql, "SET ROLE ");
    ss_pg_ident(&sql, target->user);
    ss_buf_puts(&sql, ";SET default_transaction_read_only = off;"
                      "SET statement_timeout = 0; SET lock_timeout = 0;"
                      "SET idle_in_transaction_session_timeout = 0;"
                      "SET default_transaction_isolation = 'read committed';"
                      "SET vacuum_cost_delay = 0");
    ss_code code = ss_pg_exec(*pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    if (code == SS_OK)
        code = ss_pg_quiet_log(*pg, err);
    if (code != SS_OK)
        ss_pg_close(*pg);
    return code;
}

/* --- marks -------------------------------------------------------------------------------------- */

ss_code
ss_target_mark(ss_target *target, ss_target_db *db, const ss_marker *marker, ss_error *err)
{
    ss_marker m = *marker;
    ss_clock_utc(m.at);
    ss_buf sql = {0};
    ss_buf_puts(&sql, "COMMENT ON DATABASE ");
    ss_pg_ident(&sql, db->name);
    ss_buf_puts(&sql, " IS ");
    ss_pg_literal(&sql, ss_marker_text(target->arena, &m));
    const ss_code code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    if (code != SS_OK)
    {
        ss_note(err, "while marking %s", ss_target_label(target, db->name));
        return code;
    }
    db->marker = m;
    db->state = m.state;
    return SS_OK;
}

bool
ss_target_has_finished(const ss_target *target, const char *inputs)
{
    return target->next.state == SS_TARGET_FINISHED && inputs != NULL && inputs[0] != '\0' &&
           strcmp(target->next.marker.inputs, inputs) == 0;
}

ss_code
ss_target_finish(ss_target *target, const char *inputs, ss_error *err)
{
    if (inputs != NULL && !ss_marker_word_valid(inputs))
        return ss_fail(err, SS_EBUG, "digest of the inputs is no word for a marker");
    if (!target->begun || target->next.state != SS_TARGET_BUILDING)
        return ss_fail(err, SS_EBUG, "a target was finished that was not begun");
    ss_marker m = target->next.marker;
    m.state = SS_TARGET_FINISHED;
    m.inputs[0] = '\0';
    if (inputs != NULL)
        (void) snprintf(m.inputs, sizeof m.inputs, "%s", inputs);
    return ss_target_mark(target, &target->next, &m, err);
}

/* --- dropping ----------------------------------------------------------------------------------- */

ss_code
ss_target_sessions(ss_target *target, const ss_target_db *db, size_t *n, ss_error *err)
{
    const char *oid = ss_strf(target->arena, "%u", db->oid);
    ss_pg_result *r = NULL;
    uint64_t count = 0;
    /*
     * Autovacuum steps aside by itself; a prepared transaction does not.  Only an administrator is told
     * what a worker is; that it has no role, everybody is.
     */
    SS_TRY(
        ss_pg_query(target->pg, target->arena,
                    "SELECT ((SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity a"
                    " WHERE a.datid = $1::pg_catalog.oid AND a.pid <> pg_catalog.pg_backend_pid()"
                    " AND a.usesysid IS NOT NULL)"
                    " + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts x"
                    " JOIN pg_catalog.pg_database d ON d.datname = x.database"
                    " WHERE d.oid = $1::pg_catalog.oid))::pg_catalog.text",
                    1, &oid, &r, err));
    if (ss_pg_rows(r) != 1 || !ss_parse_u64(ss_pg_value(r, 0, 0), &count))
        return ss_fail(err, SS_EBUG, "the server did not count sessions");
    *n = (size_t) count;
    return SS_OK;
}

ss_code
ss_target_terminate(ss_target *target, const ss_target_db *db, ss_error *err)
{
    const char *oid = ss_strf(target->arena, "%u", db->oid);
    ss_pg_result *r = NULL;
    /* A superuser's session ends at a superuser's word only; asking for it would be an error. */
    return ss_pg_query(
        target->pg, target->arena,
        "SELECT pg_catalog.count(pg_catalog.pg_terminate_backend(a.pid))"
        " FROM pg_catalog.pg_stat_activity a"
        " JOIN pg_catalog.pg_roles u ON u.oid = a.usesysid"
        " CROSS JOIN pg_catalog.pg_roles me"
        " WHERE a.datid = $1::pg_catalog.oid AND a.pid <> pg_catalog.pg_backend_pid()"
        " AND me.rolname = current_user"
        " AND (me.rolsuper OR (NOT u.rolsuper AND (pg_catalog.pg_has_role(a.usesysid, 'USAGE')"
        " OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))))",
        1, &oid, &r, err);
}

ss_code
ss_target_drop(ss_target *target, ss_target_db *db, ss_error *err)
{
    SS_TRY(ss_target_look_same(target, db, err));
    if (db->state == SS_TARGET_ABSENT)
        return SS_OK;

    ss_buf sql = {0};
    ss_buf_puts(&sql, "DROP DATABASE ");
    ss_pg_ident(&sql, db->name);
    ss_code code = SS_OK;
    for (int attempt = 0; attempt < DROP_ATTEMPTS; attempt++)
    {
        code = ss_target_terminate(target, db, err);
        if (code == SS_OK)
            code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
        if (code == SS_OK || !ss_pg_is_sqlstate(err, "55006") || ss_interrupted(target->watch))
            break;
        ss_sleep_ms(DROP_PAUSE_MS);
    }
    ss_buf_done(&sql);
    if (code != SS_OK)
    {
        ss_note(err, "while dropping %s", ss_target_label(target, db->name));
        if (ss_pg_is_sqlstate(err, "55006"))
            ss_hint(err, "Somebody is connected to it: end those sessions and run this again.");
        return code;
    }
    *db = (ss_target_db){.name = db->name, .state = SS_TARGET_ABSENT};
    return SS_OK;
}

/*
 * May this run drop the NAME__next that stands there?  What is finished waits for the next run, unless this one was
 * told to stop, and may have been finished by an earlier one.
 */
static bool
may_drop_next(const ss_target *target, const ss_target_db *now)
{
    const bool made = target->run != NULL && strcmp(now->marker.run, target->run) == 0;

    switch (now->state)
    {
    case SS_TARGET_EMPTY:
        return true;
    case SS_TARGET_BUILDING:
        return made;
    case SS_TARGET_FINISHED:
        return (made || now->oid == target->next.oid) && ss_interrupted(target->watch);
    case SS_TARGET_ABSENT:
    case SS_TARGET_PUBLISHED:
    case SS_TARGET_FOREIGN:
        break;
    }
    return false;
}

void
ss_target_abandon(ss_target *target)
{
    ss_arena *scratch;
    ss_target own;
    ss_error err = {0}, ignored;
    ss_grace grace;
    ss_code code;

    if (target == NULL || (!target->begun && !target->tried))
        return;
    scratch = ss_arena_new(NULL);
    ss_grace_begin(&grace, target->watch);
    /* The run's own connection may be broken, or refuse to work after an interrupt. */
    code = ss_target_apart(target, scratch, &grace.watch, &own, &err);
    if (code == SS_OK)
    {
        ss_pg_leave_running(own.pg);
        if (target->begun)
            code = ss_target_look(&own, &own.next, &err);
        if (code == SS_OK && target->begun && may_drop_next(target, &own.next))
            code = ss_target_drop(&own, &own.next, &err);
        own.scratch.oid = 0;
        if (ss_target_look(&own, &own.scratch, &ignored) == SS_OK)
            (void) ss_target_drop(&own, &own.scratch, &ignored);
        ss_target_close(&own);
    }
    if (code != SS_OK && target->begun)
        ss_notice(target->watch, SS_WARNING, "%s could not be dropped: %s; the next run does it",
                  ss_target_label(target, target->next.name),
                  code == SS_EINTERRUPTED ? "its server did not answer in time" : err.line[0]);
    ss_arena_free(scratch);
}
