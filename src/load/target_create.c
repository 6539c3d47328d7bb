/* Making a database: encoding, locale and collation provider of the source, marker, closed doors. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/target.h"
#include "load/target_internal.h"

typedef struct locale_choice
{
    const char *encoding;
    const char *provider; /* "libc", "icu", "builtin"; NULL: do not say */
    const char *collate;  /* NULL: the template's */
    const char *ctype;
    const char *icu_locale;
} locale_choice;

bool
ss_target_is_locale_refusal(const ss_error *err)
{
    /* wrong object type, invalid parameter value, feature not supported, undefined object */
    static const char *const STATES[] = {"42809", "22023", "0A000", "42704"};
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++)
    {
        if (ss_pg_is_sqlstate(err, STATES[i]))
            return true;
    }
    return false;
}

bool
ss_target_knows_provider(const ss_target *target, const char *provider)
{
    if (provider == NULL || strcmp(provider, "libc") == 0)
        return true;
    if (strcmp(provider, "icu") == 0)
        return target->version >= 150000;
    return strcmp(provider, "builtin") == 0 && target->version >= 170000;
}

static void
create_statement(ss_buf *sql, const ss_target *target, const char *name,
                 const locale_choice *choice)
{
    ss_buf_puts(sql, "CREATE DATABASE ");
    ss_pg_ident(sql, name);
    ss_buf_puts(sql, " TEMPLATE template0 ENCODING ");
    ss_pg_literal(sql, choice->encoding);
    /* Its checkpoints have nothing to wait for, and template0's pages need not go through the log one by one. */
    if (target->throwaway && target->version >= 150000)
        ss_buf_puts(sql, " STRATEGY FILE_COPY");
    if (choice->collate != NULL)
    {
        ss_buf_puts(sql, " LC_COLLATE ");
        ss_pg_literal(sql, choice->collate);
    }
    if (choice->ctype != NULL)
    {
        ss_buf_puts(sql, " LC_CTYPE ");
        ss_pg_literal(sql, choice->ctype);
    }
    if (choice->provider == NULL || target->version < 150000)
        return;
    ss_buf_printf(sql, " LOCALE_PROVIDER %s", choice->provider);
    if (choice->icu_locale == NULL)
        return;
    if (strcmp(choice->provider, "icu") == 0)
        ss_buf_puts(sql, " ICU_LOCALE ");
    else if (strcmp(choice->provider, "builtin") == 0)
        ss_buf_puts(sql, " BUILTIN_LOCALE ");
    else
        return;
    ss_pg_literal(sql, choice->icu_locale);
}

static ss_code
try_create(ss_target *target, const char *name, const locale_choice *choice, ss_error *err)
{
    ss_buf sql = {0};
    create_statement(&sql, target, name, choice);
    const ss_code code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    return code;
}

/* The source's locale; where the policy allows it, what the server has instead. */
static ss_code
create_with_locale(ss_target *target, const char *name, const ss_catalog *catalog, bool substitute,
                   ss_error *err)
{
    const locale_choice choices[] = {
        {catalog->encoding, catalog->locale_provider, catalog->collate, catalog->ctype,
         catalog->icu_locale},
        /* The server's own, which may not go with the encoding; the C locale goes with all. */
        {catalog->encoding, NULL, NULL, NULL, NULL},
        {catalog->encoding, "libc", "C", "C", NULL},
    };
    const size_t n = substitute ? sizeof choices / sizeof choices[0] : 1;
    bool of_locale = false;
    ss_code code = SS_OK;
    for (size_t i = 0; i < n; i++)
    {
        of_locale = !ss_target_knows_provider(target, choices[i].provider);
        if (of_locale)
        {
            code = ss_fail(err, SS_EMEND, "the server has no collation provider \"%s\"",
                           choices[i].provider);
            continue;
        }
        code = try_create(target, name, &choices[i], err);
        if (code == SS_OK && i > 0)
            target->locale_note = ss_strf(target->arena, "locale of the source (%s) replaced by %s",
                                          ss_printable(target->arena, catalog->collate),
                                          i == 1 ? "the server's default" : "C");
        of_locale = ss_target_is_locale_refusal(err);
        if (code == SS_OK || !of_locale)
            break;
    }
    if (code == SS_OK)
        return SS_OK;
    ss_note(err, "while creating %s (encoding %s, locale %s)", ss_target_label(target, name),
            catalog->encoding, ss_printable(target->arena, catalog->collate));
    if (of_locale)
        ss_hint(err, "Install the locale on the target's server, or let the policy say: schema: "
                     "{locale: substitute}.");
    else if (ss_pg_is_sqlstate(err, "42501"))
        ss_hint(err, "The role needs the right to create databases: ALTER ROLE %s CREATEDB.",
                ss_printable(target->arena, target->user));
    return code;
}

/* Nobody but our role and superusers from here on; who slipped in before is put out. */
static ss_code
shut(ss_target *target, ss_target_db *db, ss_error *err)
{
    ss_buf sql = {0};
    ss_buf_puts(&sql, "REVOKE ALL ON DATABASE ");
    ss_pg_ident(&sql, db->name);
    ss_buf_puts(&sql, " FROM PUBLIC");
    ss_code code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    size_t sessions = 0;
    if (code == SS_OK)
        code = ss_target_sessions(target, db, &sessions, err);
    if (code == SS_OK && sessions > 0)
        code = ss_target_terminate(target, db, err);
    return code;
}

ss_code
ss_target_create(ss_target *target, ss_target_db *db, const ss_catalog *catalog,
                 const ss_policy *policy, const char *run, ss_error *err)
{
    if (!ss_marker_word_valid(run))
        return ss_fail(err, SS_EBUG, "name of the run is no word for a marker");
    db->oid = 0;
    SS_TRY(ss_target_drop(target, db, err));
    SS_TRY(create_with_locale(target, db->name, catalog,
                              policy != NULL && policy->locale_substitute, err));
    ss_marker m = {.state = SS_TARGET_BUILDING};
    (void) snprintf(m.run, sizeof m.run, "%s", run);
    SS_TRY(ss_target_mark(target, db, &m, err));
    SS_TRY(ss_target_look(target, db, err));
    return shut(target, db, err);
}

ss_code
ss_target_reopen_live(ss_target *target, ss_error *err)
{
    if (target->live.state != SS_TARGET_PUBLISHED || target->live.connectable)
        return SS_OK;
    ss_buf sql = {0};
    ss_buf_puts(&sql, "ALTER DATABASE ");
    ss_pg_ident(&sql, target->live.name);
    ss_buf_puts(&sql, " WITH ALLOW_CONNECTIONS true");
    const ss_code code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    if (code == SS_OK)
        target->live.connectable = true;
    return code;
}

/* whose: "DATABASE", or "ROLE SESSION_USER IN DATABASE", which outranks what the role has of its own. */
static ss_code
set_for_build(ss_target *target, const ss_target_db *db, const char *whose, const char *setting,
              ss_error *err)
{
    ss_buf sql = {0};

    ss_buf_printf(&sql, "ALTER %s ", whose);
    ss_pg_ident(&sql, db->name);
    ss_buf_printf(&sql, " SET %s", setting);
    const ss_code code = ss_pg_exec(target->pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    return code;
}

/*
 * Has every job an index to build to the end?  Not when one table is larger than a job's share: its
 * indexes are then built when everything else is done.
 */
static bool
indexes_fill_jobs(const ss_catalog *catalog, size_t jobs)
{
    double largest = 0, total = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const double bytes = (double) catalog->tables[t].bytes;

        largest = bytes > largest ? bytes : largest;
        total += bytes;
    }
    return jobs > 1 && total > 0 && largest * (double) jobs <= total;
}

/*
 * For as long as it is built, and for pg_restore's sessions too: nothing is lost with it when the server
 * dies, indexes are sorted in memory, and workers of one index's build do not slow down another's
 * (docs/benchmarks.md).  ss_target_settings() takes it back.
 */
static ss_code
hurry(ss_target *target, const ss_target_db *db, const ss_catalog *catalog, size_t jobs,
      ss_error *err)
{
    SS_TRY(set_for_build(target, db, "DATABASE", "synchronous_commit = off", err));
    /* pg_restore's sessions too, and autovacuum's: functions run on rows while indexes are built. */
    if (target->superuser)
    {
        SS_TRY(set_for_build(target, db, "DATABASE", SS_PG_QUIET_LOG, err));
        SS_TRY(set_for_build(target, db, "ROLE SESSION_USER IN DATABASE", SS_PG_QUIET_LOG, err));
    }
    SS_TRY(set_for_build(target, db, "DATABASE", "maintenance_work_mem = '256MB'", err));
    if (indexes_fill_jobs(catalog, jobs))
        SS_TRY(set_for_build(target, db, "DATABASE", "max_parallel_maintenance_workers = 0", err));
    return SS_OK;
}

ss_code
ss_target_begin(ss_target *target, const ss_catalog *catalog, const ss_policy *policy,
                const char *run, size_t jobs, ss_error *err)
{
    if (!ss_marker_word_valid(run))
        return ss_fail(err, SS_EBUG, "name of the run is no word for a marker");
    SS_TRY(ss_target_hold(target, err));
    SS_TRY(ss_target_look(target, &target->live, err));
    SS_TRY(ss_target_reopen_live(target, err));
    if (target->next.state == SS_TARGET_BUILDING || target->next.state == SS_TARGET_FINISHED)
        ss_notice(target->watch, SS_INFO, "dropping the unpublished %s of run %s",
                  ss_target_label(target, target->next.name), target->next.marker.run);
    target->run = ss_strdup(target->arena, run);
    target->begun = true;
    /* One that a crash left, or nothing. */
    target->scratch.oid = 0;
    SS_TRY(ss_target_drop(target, &target->scratch, err));
    SS_TRY(ss_target_create(target, &target->next, catalog, policy, run, err));
    return hurry(target, &target->next, catalog, jobs, err);
}
