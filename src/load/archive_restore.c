/* The archive into a database: pg_restore for what travels, our own connection for what was changed. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/archive_internal.h"
#include "load/archive_text.h"

typedef struct restore
{
    const ss_archive *archive;
    const ss_target *target;
    const char *dbname;
    const ss_watch *watch;
    ss_arena *scratch;
    ss_buf lines; /* entries gathered for the next pg_restore */
    size_t lists; /* files written so far */
} restore;

/* Hand the gathered entries to pg_restore. */
static ss_code
flush(restore *r, size_t jobs, ss_error *err)
{
    if (r->lines.len == 0)
        return SS_OK;
    const ss_archive *a = r->archive;
    const bool scratch = strcmp(r->dbname, r->target->scratch.name) == 0;
    const char *list = ss_archive_list_file(
        a, ss_strf(r->scratch, "%s.%zu", scratch ? "scratch" : "next", r->lists++), r->scratch);
    ss_code code = ss_file_write(list, ss_buf_text(&r->lines), r->lines.len, 0600, err);
    if (code == SS_OK)
        code = ss_restore(a->input.programs, r->target->endpoint, r->dbname, a->input.file,
                          &(ss_restore_options){.use_list = list,
                                                .jobs = jobs,
                                                .no_owner = a->owners_by_hand,
                                                .no_acl = a->acls_by_hand},
                          r->watch, err);
    (void) unlink(list);
    ss_buf_clear(&r->lines);
    return code;
}

static ss_code
execute(restore *r, const char *text, const char *what, ss_error *err)
{
    ss_pg *pg = NULL;
    ss_code code = ss_pg_open(r->scratch, r->target->endpoint,
                              &(ss_pg_options){.dbname = r->dbname}, r->watch, &pg, err);
    const char *statement = NULL;
    size_t len = 0;
    while (code == SS_OK && ss_archive_text_next(&text, &statement, &len))
        code = ss_pg_exec(pg, ss_strndup(r->scratch, statement, len), err);
    ss_pg_close(pg);
    if (code != SS_OK)
        ss_note(err, "while restoring %s", what);
    return code;
}

static const char *
label(const restore *r, size_t i)
{
    const ss_archive_entry *e = &r->archive->entries[i];
    return ss_strf(r->scratch, "%s %s.%s (entry %d of the archive)", e->desc,
                   ss_printable(r->scratch, e->schema), ss_printable(r->scratch, e->tag),
                   e->dump_id);
}

static void
gather(restore *r, size_t i)
{
    ss_buf_printf(&r->lines, "%s\n", r->archive->entries[i].line);
}

static ss_code
restore_pre(restore *r, ss_error *err)
{
    const ss_archive *a = r->archive;
    for (size_t i = 0; i < a->n; i++)
    {
        const ss_fate_of *fate = &a->fates[i];
        if (fate->post || fate->fate == SS_FATE_STRIPPED)
            continue;
        if (fate->fate == SS_FATE_TRAVELS)
        {
            gather(r, i);
            continue;
        }
        SS_TRY(flush(r, 1, err));
        SS_TRY(execute(r, fate->text, label(r, i), err));
    }
    return SS_OK;
}

/*
 * Owners or grants, one by one.  With owners: skip what our role may not do is left out; without, it
 * is an error.
 */
static ss_code
by_hand(restore *r, ss_pg *pg, const char **statements, size_t n, const char *what, ss_error *err)
{
    size_t refused = 0;
    for (size_t i = 0; i < n; i++)
    {
        const ss_code code = ss_pg_exec(pg, statements[i], err);
        if (code == SS_OK)
            continue;
        if (!r->archive->owners_by_hand || !ss_pg_is_sqlstate(err, "42501"))
        {
            ss_note(err, "while giving %s of the archive", what);
            return ss_hint(err, "Let the policy say: schema: {owners: skip}.");
        }
        refused++;
    }
    if (refused > 0)
        ss_notice(r->watch, SS_WARNING, "%zu of %zu %s were left out: our role may not give them",
                  refused, n, what);
    return SS_OK;
}

static ss_code
restore_hand(restore *r, ss_error *err)
{
    const ss_archive *a = r->archive;
    if (a->nowner_statements == 0 && a->nacl_statements == 0)
        return SS_OK;
    ss_pg *pg = NULL;
    SS_TRY(ss_pg_open(r->scratch, r->target->endpoint, &(ss_pg_options){.dbname = r->dbname},
                      r->watch, &pg, err));
    ss_code code = by_hand(r, pg, a->owner_statements, a->nowner_statements, "owners", err);
    if (code == SS_OK)
        code = by_hand(r, pg, a->acl_statements, a->nacl_statements, "grants", err);
    ss_pg_close(pg);
    return code;
}

/*
 * Attaching a partition's index locks the parent's tree in another order than a foreign key of the
 * parent does, and a parallel pg_restore does not know of that: the two deadlock now and then.  So
 * the attaching is done by one worker with nobody beside it; the archive's order is kept.
 */
static ss_code
restore_post(restore *r, size_t jobs, ss_error *err)
{
    const ss_archive *a = r->archive;
    bool attaching = false;
    for (size_t i = 0; i < a->n; i++)
    {
        if (!a->fates[i].post || a->fates[i].fate == SS_FATE_STRIPPED)
            continue;
        if (a->fates[i].fate == SS_FATE_EDITED)
        {
            /* What follows may be about it. */
            SS_TRY(flush(r, attaching ? 1 : jobs, err));
            SS_TRY(execute(r, a->fates[i].text, label(r, i), err));
            continue;
        }
        const ss_entry_kind *kind = ss_entry_kind_of(a->entries[i].desc);
        const bool acl = strcmp(kind->desc, "ACL") == 0 || strcmp(kind->desc, "DEFAULT ACL") == 0;
        if (acl && a->acls_by_hand)
            continue;
        const bool attach = strcmp(kind->desc, "INDEX ATTACH") == 0;
        if (attach != attaching && jobs > 1)
            SS_TRY(flush(r, attaching ? 1 : jobs, err));
        attaching = attach;
        gather(r, i);
    }
    SS_TRY(flush(r, attaching ? 1 : jobs, err));
    return restore_hand(r, err);
}

static ss_code
explain(const ss_archive *archive, const ss_target *target, const char *dbname, ss_code code,
        ss_error *err)
{
    if (code == SS_OK || code == SS_EINTERRUPTED)
        return code;
    const int source = archive->input.catalog->server_version / 10000;
    const int server = target->version / 10000;
    ss_note(err, "while restoring the schema into database \"%s\"",
            ss_printable(target->arena, dbname));
    if (code != SS_EMEND)
        return code;
    if (server < source)
        ss_hint(err,
                "The target's server is PostgreSQL %d, older than the source's %d, and does not "
                "take this "
                "schema: use a newer server.  The sandbox of before is untouched.",
                server, source);
    return code;
}

typedef struct parts
{
    bool pre, post;
    size_t jobs; /* of post-data */
} parts;

static ss_code
restore_run(const ss_archive *archive, const ss_target *target, const char *dbname, parts which,
            const ss_watch *watch, ss_error *err)
{
    restore r = {.archive = archive,
                 .target = target,
                 .dbname = dbname,
                 .watch = watch,
                 .scratch = ss_arena_new(NULL)};
    ss_code code = SS_OK;

    if (which.pre)
        code = restore_pre(&r, err);
    if (code == SS_OK && (!which.post || which.jobs > 1))
        code = flush(&r, 1, err);
    if (code == SS_OK && which.post)
        code = restore_post(&r, which.jobs, err);
    ss_buf_done(&r.lines);
    ss_arena_free(r.scratch);
    return code == SS_OK ? code : explain(archive, target, dbname, code, err);
}

ss_code
ss_archive_restore_pre(const ss_archive *archive, const ss_target *target, const char *dbname,
                       const ss_watch *watch, ss_error *err)
{
    return restore_run(archive, target, dbname, (parts){.pre = true}, watch, err);
}

ss_code
ss_archive_restore_post(const ss_archive *archive, const ss_target *target, const char *dbname,
                        size_t jobs, const ss_watch *watch, ss_error *err)
{
    return restore_run(archive, target, dbname, (parts){.post = true, .jobs = jobs}, watch, err);
}

ss_code
ss_archive_restore(const ss_archive *archive, const ss_target *target, const char *dbname,
                   const ss_watch *watch, ss_error *err)
{
    return restore_run(archive, target, dbname, (parts){.pre = true, .post = true, .jobs = 1},
                       watch, err);
}

ss_code
ss_archive_scratch(const ss_archive *archive, ss_target *target, const char *run,
                   const ss_watch *watch, ss_error *err)
{
    ss_code code = ss_target_create(target, &target->scratch, archive->input.catalog,
                                    archive->input.policy, run, err);
    if (code == SS_OK)
        code = ss_archive_restore(archive, target, target->scratch.name, watch, err);
    if (code != SS_OK)
    {
        ss_error ignored = {0};
        (void) ss_target_drop(target, &target->scratch, &ignored);
    }
    return code;
}
