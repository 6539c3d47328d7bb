#include "load/publish.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/target_internal.h"

extern const char ss_sql_load_user_schemas[];

/* How often sessions are counted while waiting; how often the swap is tried once they were ended. */
#define LOOK_EVERY_MS 200
#define SWAP_ATTEMPTS 50

/* A session that has just been closed is counted for a moment: that is nobody in the way. */
#define GRACE_S 2

/* --- who is let in ------------------------------------------------------------------------------ */

static void
grant_in_schema(ss_buf *sql, const char *schema, const ss_access *access)
{
    const char *const rights[][2] = {
        {"USAGE ON SCHEMA ", "USAGE ON SCHEMA "},
        {"SELECT ON ALL TABLES IN SCHEMA ",
         "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "},
        {"SELECT ON ALL SEQUENCES IN SCHEMA ", "USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA "},
    };
    for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
    {
        ss_buf_printf(sql, "GRANT %s", rights[i][access->read_only ? 0 : 1]);
        ss_pg_ident(sql, schema);
        ss_buf_puts(sql, " TO ");
        ss_pg_ident(sql, access->role);
        ss_buf_puts(sql, ";\n");
    }
}

/* The rights of access: roles inside NAME__next.  To repeat it changes nothing. */
static ss_code
let_in(ss_target *target, const ss_policy *policy, ss_error *err)
{
    if (policy == NULL || policy->naccess == 0)
        return SS_OK;
    ss_arena *scratch = ss_arena_new(NULL);
    ss_pg *pg = NULL;
    ss_pg_result *schemas = NULL;
    ss_buf sql = {0};
    ss_code code = ss_target_connect(target, scratch, &pg, err);
    if (code == SS_OK)
        code = ss_pg_query(pg, scratch, ss_sql_load_user_schemas, 0, NULL, &schemas, err);
    ss_buf_puts(&sql, "BEGIN;\n");
    for (size_t i = 0; code == SS_OK && i < policy->naccess; i++)
    {
        for (size_t k = 0; k < ss_pg_rows(schemas); k++)
            grant_in_schema(&sql, ss_pg_value(schemas, k, 0), &policy->access[i]);
    }
    ss_buf_puts(&sql, "COMMIT");
    if (code == SS_OK)
        code = ss_pg_exec(pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    ss_pg_close(pg);
    ss_arena_free(scratch);
    if (code != SS_OK)
    {
        ss_note(err, "while letting the roles of access: into %s",
                ss_target_label(target, target->next.name));
        ss_hint(err,
                "Make sure that each of them exists on the target's server: CREATE ROLE ... .");
    }
    return code;
}

static ss_code
existing_roles(ss_target *target, const ss_db_facts *facts, bool *exists, ss_error *err)
{
    for (size_t i = 0; i < facts->ngrants; i++)
    {
        exists[i] = facts->grants[i].role == NULL;
        if (exists[i])
            continue;
        ss_pg_result *r = NULL;
        SS_TRY(ss_pg_query(target->pg, target->arena,
                           "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", 1,
                           &facts->grants[i].role, &r, err));
        exists[i] = ss_pg_rows(r) == 1;
    }
    return SS_OK;
}

/* GRANT ... ON DATABASE name, as the source has them and for access: roles. */
static ss_code
database_grants(ss_target *target, const ss_policy *policy, const ss_db_facts *facts, ss_buf *sql,
                ss_error *err)
{
    bool *exists = NULL;
    if (facts != NULL)
    {
        exists = ss_alloc(target->arena, facts->ngrants + 1, sizeof *exists);
        SS_TRY(existing_roles(target, facts, exists, err));
    }
    for (size_t i = 0; facts != NULL && i < facts->ngrants; i++)
    {
        const ss_db_grant *g = &facts->grants[i];
        if (!exists[i])
            continue;
        ss_buf_puts(sql, "GRANT ");
        ss_buf_puts(sql, g->privilege);
        ss_buf_puts(sql, " ON DATABASE ");
        ss_pg_ident(sql, target->name);
        ss_buf_puts(sql, " TO ");
        if (g->role == NULL)
            ss_buf_puts(sql, "PUBLIC");
        else
            ss_pg_ident(sql, g->role);
        ss_buf_puts(sql, g->grantable && g->role != NULL ? " WITH GRANT OPTION;\n" : ";\n");
    }
    for (size_t i = 0; policy != NULL && i < policy->naccess; i++)
    {
        ss_buf_puts(sql, "GRANT CONNECT ON DATABASE ");
        ss_pg_ident(sql, target->name);
        ss_buf_puts(sql, " TO ");
        ss_pg_ident(sql, policy->access[i].role);
        ss_buf_puts(sql, ";\n");
    }
    return SS_OK;
}

/* --- the swap ----------------------------------------------------------------------------------- */

static void
rename_database(ss_buf *sql, const char *from, const char *to)
{
    ss_buf_puts(sql, "ALTER DATABASE ");
    ss_pg_ident(sql, from);
    ss_buf_puts(sql, " RENAME TO ");
    ss_pg_ident(sql, to);
    ss_buf_puts(sql, ";\n");
}

static void
allow_connections(ss_buf *sql, const char *name, bool allow)
{
    ss_buf_puts(sql, "ALTER DATABASE ");
    ss_pg_ident(sql, name);
    ss_buf_printf(sql, " WITH ALLOW_CONNECTIONS %s;\n", allow ? "true" : "false");
}

/* Is it the database that was looked at?  Fails with 22012, and with it all that the transaction renamed. */
static void
must_be(ss_buf *sql, const char *name, ss_oid oid)
{
    ss_buf_puts(sql, "SELECT 1 / pg_catalog.count(*) FROM pg_catalog.pg_database WHERE datname = ");
    ss_pg_literal(sql, name);
    ss_buf_printf(sql, " AND oid = %u;\n", (unsigned) oid);
}

static ss_code
swap_statement(ss_target *target, const ss_policy *policy, const ss_db_facts *facts, bool shut,
               ss_buf *sql, ss_error *err)
{
    ss_marker m = target->next.marker;
    m.state = SS_TARGET_PUBLISHED;
    ss_clock_utc(m.at);

    ss_buf_puts(sql, "BEGIN;\n");
    if (target->live.state == SS_TARGET_PUBLISHED)
    {
        rename_database(sql, target->name, target->previous.name);
        must_be(sql, target->previous.name, target->live.oid);
        if (shut)
            allow_connections(sql, target->previous.name, true);
    }
    rename_database(sql, target->next.name, target->name);
    must_be(sql, target->name, target->next.oid);
    SS_TRY(database_grants(target, policy, facts, sql, err));
    ss_buf_puts(sql, "COMMENT ON DATABASE ");
    ss_pg_ident(sql, target->name);
    ss_buf_puts(sql, " IS ");
    ss_pg_literal(sql, ss_marker_text(target->arena, &m));
    ss_buf_puts(sql, ";\nCOMMIT");
    return SS_OK;
}

static ss_code
exec_text(ss_target *target, ss_buf *sql, ss_error *err)
{
    const ss_code code = ss_pg_exec(target->pg, ss_buf_text(sql), err);
    if (code != SS_OK)
    {
        ss_error ignored = {0};
        (void) ss_pg_exec(target->pg, "ROLLBACK", &ignored);
    }
    return code;
}

static ss_code
sessions_in_the_way(ss_target *target, size_t *n, ss_error *err)
{
    size_t live = 0;
    size_t next = 0;
    if (target->live.state != SS_TARGET_ABSENT)
        SS_TRY(ss_target_sessions(target, &target->live, &live, err));
    SS_TRY(ss_target_sessions(target, &target->next, &next, err));
    *n = live + next;
    return SS_OK;
}

/* Drop the older previous one, an adopted empty NAME, and rename.  Sessions are gone, or it fails with 55006. */
static ss_code
swap(ss_target *target, const ss_policy *policy, const ss_db_facts *facts, bool shut, ss_error *err)
{
    ss_buf sql = {0};
    ss_code code = SS_OK;
    if (target->live.state == SS_TARGET_PUBLISHED)
    {
        /* It may have been given another name, and the name another database, while we waited. */
        SS_TRY(ss_target_look_same(target, &target->live, err));
        target->previous.oid = 0;
        code = ss_target_drop(target, &target->previous, err);
    }
    /* BUILDING and FINISHED under the name itself: left by hand-made renames; ours, worth nothing */
    else if (target->live.state != SS_TARGET_ABSENT)
        code = ss_target_drop(target, &target->live, err);
    if (code == SS_OK)
        code = swap_statement(target, policy, facts, shut, &sql, err);
    if (code == SS_OK)
        code = exec_text(target, &sql, err);
    ss_buf_done(&sql);
    if (code != SS_OK && ss_pg_is_sqlstate(err, "22012"))
        return ss_fail(err, SS_EREFUSED, "%s or %s was replaced by another of that name",
                       ss_target_label(target, target->name),
                       ss_target_label(target, target->next.name));
    return code;
}

/* Shut NAME, end its sessions, swap; open it again when that fails. */
static ss_code
swap_by_force(ss_target *target, const ss_policy *policy, const ss_db_facts *facts, ss_error *err)
{
    ss_buf sql = {0};
    const bool shut = target->live.state == SS_TARGET_PUBLISHED;
    ss_code code = SS_OK;
    if (shut)
    {
        SS_TRY(ss_target_look_same(target, &target->live, err));
        allow_connections(&sql, target->name, false);
        code = exec_text(target, &sql, err);
    }
    for (int attempt = 0; code == SS_OK; attempt++)
    {
        if (shut)
            code = ss_target_terminate(target, &target->live, err);
        if (code == SS_OK)
            code = ss_target_terminate(target, &target->next, err);
        if (code == SS_OK)
            code = swap(target, policy, facts, shut, err);
        if (code == SS_OK || !ss_pg_is_sqlstate(err, "55006") || attempt == SWAP_ATTEMPTS ||
            ss_interrupted(target->watch))
            break;
        code = SS_OK;
        ss_sleep_ms(LOOK_EVERY_MS);
    }
    if (code != SS_OK && shut)
    {
        /* Yesterday's sandbox stays in use.  The run's connection may be broken or interrupted. */
        ss_error ignored = {0};
        ss_arena *scratch = ss_arena_new(NULL);
        ss_pg *pg = NULL;
        ss_grace grace;
        ss_grace_begin(&grace, target->watch);
        ss_buf_clear(&sql);
        allow_connections(&sql, target->name, true);
        if (ss_target_maintenance(target, scratch, &grace.watch, &pg, &ignored) == SS_OK)
        {
            ss_pg_leave_running(pg);
            (void) ss_pg_exec(pg, ss_buf_text(&sql), &ignored);
            ss_pg_close(pg);
        }
        ss_arena_free(scratch);
    }
    ss_buf_done(&sql);
    return code;
}

static ss_code
keep_next(ss_target *target, size_t sessions, ss_error *err)
{
    ss_fail(err, SS_ERETRY, "%s is in use (%zu session%s): nothing was published",
            ss_target_label(target, target->name), sessions, sessions == 1 ? "" : "s");
    return ss_hint(err,
                   "The new sandbox is finished and kept as %s; end the sessions and run this "
                   "again%s, or let the policy say: when_in_use: {wait: 10m, then: terminate}.",
                   ss_printable(target->arena, target->next.name),
                   target->next.marker.inputs[0] != '\0'
                       ? ", which publishes it without building it anew when nothing has changed"
                       : "");
}

/* Wait until nobody is in the way, for as long as the policy says, then do as it says. */
static ss_code
wait_and_swap(ss_target *target, const ss_policy *policy, const ss_db_facts *facts, ss_error *err)
{
    const double start = ss_clock_s();
    const double deadline =
        start + (policy != NULL && policy->wait_s > GRACE_S ? policy->wait_s : GRACE_S);
    bool told = false;
    for (;;)
    {
        size_t sessions = 0;
        SS_TRY(sessions_in_the_way(target, &sessions, err));
        if (sessions == 0)
        {
            const ss_code code = swap(target, policy, facts, false, err);
            if (code == SS_OK || !ss_pg_is_sqlstate(err, "55006"))
                return code;
            sessions = 1;
        }
        ss_report_waiting(target->watch);
        SS_TRY(ss_check_interrupt(target->watch, err));
        if (ss_clock_s() >= deadline)
        {
            if (policy == NULL || !policy->then_terminate)
                return keep_next(target, sessions, err);
            ss_notice(target->watch, SS_WARNING, "ending %zu session%s in %s", sessions,
                      sessions == 1 ? "" : "s", ss_target_label(target, target->name));
            const ss_code code = swap_by_force(target, policy, facts, err);
            if (code != SS_OK && ss_pg_is_sqlstate(err, "55006"))
                return keep_next(target, sessions, err);
            return code;
        }
        if (!told && ss_clock_s() >= start + GRACE_S)
        {
            told = true;
            ss_notice(target->watch, SS_INFO, "%s is in use (%zu session%s): waiting",
                      ss_target_label(target, target->name), sessions, sessions == 1 ? "" : "s");
        }
        ss_sleep_ms(LOOK_EVERY_MS);
    }
}

ss_code
ss_publish(ss_target *target, const ss_policy *policy, const ss_db_facts *facts, ss_error *err)
{
    SS_TRY(ss_target_hold(target, err));
    /* Hours may lie between the first look and now. */
    SS_TRY(ss_target_look(target, &target->live, err));
    SS_TRY(ss_target_look(target, &target->next, err));
    SS_TRY(ss_target_look(target, &target->previous, err));
    if (target->next.state != SS_TARGET_FINISHED)
        return ss_fail(err, SS_EBUG, "%s is not finished and cannot be published",
                       ss_target_label(target, target->next.name));
    target->begun = true;
    SS_TRY(ss_target_reopen_live(target, err));
    SS_TRY(let_in(target, policy, err));
    const ss_code code = wait_and_swap(target, policy, facts, err);
    if (code != SS_OK)
    {
        ss_note(err, "while publishing %s", ss_target_label(target, target->name));
        return code;
    }

    ss_error late = {0};
    ss_code after = ss_target_look(target, &target->live, &late);
    if (after == SS_OK)
        after = ss_target_look(target, &target->next, &late);
    if (after == SS_OK)
        after = ss_target_look(target, &target->previous, &late);
    if (after == SS_OK && (policy == NULL || !policy->keep_previous) &&
        target->previous.state != SS_TARGET_ABSENT)
        after = ss_target_drop(target, &target->previous, &late);
    if (after != SS_OK)
        ss_notice(target->watch, SS_WARNING,
                  "%s is published, but %s could not be dropped; the next run does it",
                  ss_target_label(target, target->name),
                  ss_target_label(target, target->previous.name));
    target->begun = false;
    return SS_OK;
}
