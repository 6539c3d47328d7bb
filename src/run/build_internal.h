/* For build*.c only: what the parts of a build hand each other. */
#ifndef SS_RUN_BUILD_INTERNAL_H
#define SS_RUN_BUILD_INTERNAL_H

#include "load/archive.h"
#include "load/target_roles.h"
#include "run/build.h"
#include "run/findings.h"

/* What this part of a run learns on its way and the end of it needs. */
typedef struct ss_building
{
    ss_build *b;
    ss_target_roles *roles;
    ss_archive *archive;
    ss_programs dumps; /* dump NAME__next to compare it */
    ss_db_facts facts;
    const char **settings_skipped;
    size_t nsettings_skipped;
    const char *
        scratch_dump; /* what the archive makes of an empty database; NULL: there is none, or it waits for its gate */
    uint64_t *rows; /* parallel to the catalog's tables: of a NAME__next that stands finished */
} ss_building;

/* What restores the schema of archive, a file of pg_dump, at the target. */
ss_archive_input ss_build_archive_input(const ss_building *g, const char *archive);

/* Into the report: what the archive's plan leaves out of the schema. */
void ss_build_report_schema(ss_building *g);

/* Of a few empty tables: each session of a server costs more than what it would do beside others. */
bool ss_build_is_small(const ss_build *b);

/* Make the empty scratch database that the schema is compared with, and dump it; nothing else may use the target. */
ss_code ss_build_scratch(ss_building *g, ss_arena *result, ss_error *err);

/*
 * Where nothing is loaded, NAME__next itself is at this moment what the archive makes of an empty database: dump it, and no
 * scratch database is needed.  It is not dumped where the source's own text will very likely do.
 */
ss_code ss_build_restored(ss_building *g, ss_arena *result, ss_error *err);

/*
 * All gates, each over a connection of its own, and ANALYZE beside them.  Fills the report; SS_EGATE when one does
 * not pass.
 */
ss_code ss_build_judge(ss_building *g, ss_error *err);

/*
 * Where the archive is kept, the definitions are not among the gates: they are judged here, of the published database, from the
 * archive itself.
 */
ss_code ss_build_judge_archive(ss_building *g, ss_error *err);

/* Whether NAME__next is just what this run would make, finished: sets b->finished and counts its rows. */
ss_code ss_build_finished_look(ss_building *g, const char *archive, ss_error *err);

/* The report tells what was made then, as far as it can be told now. */
ss_code ss_build_finished_report(ss_building *g, const char *archive, ss_error *err);

#endif
