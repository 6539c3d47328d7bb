/*
 * The archive's way into a target: which entries travel, which are changed, which stay behind.
 *
 * pg_dump made one archive of the source's schema (pg/programs.h).  ss_archive_plan() goes through
 * its list once and decides for every entry: restored by pg_restore; stripped (user mappings,
 * subscriptions, publications, event triggers, security labels, large objects, extensions that the policy strips with
 * what depends on them, comments that look personal); or edited: left out of the list
 * and executed in its place over our own connection (what is foreign without its options, grants
 * without the roles that the target lacks, texts in which the policy replaces what looks personal).  The decisions serve NAME__next and NAME__scratch alike.
 */
#ifndef SS_LOAD_ARCHIVE_H
#define SS_LOAD_ARCHIVE_H

#include "load/target.h"
#include "load/target_roles.h"
#include "pg/programs.h"

typedef struct ss_stripped /* one line of the report */
{
    const char *what;   /* "EVENT TRIGGER", "ACL", "SERVER", ... */
    const char *object; /* schema.name, escaped for display */
    const char *why;
    bool edited; /* travelled in part */
} ss_stripped;

/* An object whose text looks personal and that the policy does not decide: a finding that stops. */
typedef struct ss_archive_doubt
{
    ss_finding finding;
    size_t found; /* in the entry that holds most */
} ss_archive_doubt;

/* What check wants to know of an archive. */
typedef struct ss_archive_doubts
{
    ss_archive_doubt *list;
    size_t n, capacity;
    ss_map *looked_at; /* every object whose text looks personal, decided or not */
} ss_archive_doubts;

typedef struct ss_archive ss_archive;

typedef struct ss_archive_input
{
    const ss_programs *programs;
    const char *file;
    const ss_catalog *catalog;
    const ss_policy *policy;
    const ss_target *target;      /* what our role may do there */
    const ss_target_roles *roles; /* who exists there */
    ss_pg *
        source; /* to ask what depends on stripped extensions; NULL: nothing is stripped that way */
    ss_archive_doubts *doubts; /* to gather all of them; NULL: the first is an error */
} ss_archive_input;

/* Read the archive's list and decide; with doubts nothing can be restored from it.  What input points to outlives the archive. */
ss_code ss_archive_plan(const ss_archive_input *input, ss_arena *result, ss_archive **archive,
                        ss_error *err);

/* What does not travel as it is, for the report. */
const ss_stripped *ss_archive_stripped(const ss_archive *archive, size_t *n);

/*
 * What travels as pg_dump would print it, in result; NULL when some of it does not travel as it is in the archive.
 */
ss_code ss_archive_text(const ss_archive *archive, ss_arena *result, const char **text,
                        ss_error *err);

/*
 * Restore into database dbname of the target's server: pre-data one after the other, post-data with
 * jobs connections.  An error names the archive entry; nothing is ignored.
 */
ss_code ss_archive_restore_pre(const ss_archive *archive, const ss_target *target,
                               const char *dbname, const ss_watch *watch, ss_error *err);
ss_code ss_archive_restore_post(const ss_archive *archive, const ss_target *target,
                                const char *dbname, size_t jobs, const ss_watch *watch,
                                ss_error *err);

/* Both by one pg_restore where the archive's texts allow it: into a database that no row comes into between them. */
ss_code ss_archive_restore(const ss_archive *archive, const ss_target *target, const char *dbname,
                           const ss_watch *watch, ss_error *err);

/*
 * Make NAME__scratch: created, restored whole and empty from the same decisions, ready to be compared (assess/schema_equal.h).
 * Drop it with ss_target_drop(target, &target->scratch, ...); dropped here on failure.
 */
ss_code ss_archive_scratch(const ss_archive *archive, ss_target *target, const char *run,
                           const ss_watch *watch, ss_error *err);

#endif
