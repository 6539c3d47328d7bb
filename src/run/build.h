/*
 * Building a sandbox: what refresh and generate do alike, from an archive of the schema to a
 * published database.
 */
#ifndef SS_RUN_BUILD_H
#define SS_RUN_BUILD_H

#include <sandseed/commands.h>

#include "load/data.h"
#include "model/model.h"
#include "pg/programs.h"
#include "pseudonymise/pseudonymise.h"
#include "report/report.h"
#include "rows/row_source.h"
#include "run/source.h"
#include "subset/subset.h"

#define SS_BUILD_STAGES_MAX 16
#define SS_BUILD_GATES_MAX  4

typedef struct ss_build
{
    const ss_options *options;
    const ss_watch *watch;
    ss_arena *arena; /* of the run */
    const ss_policy *policy;
    const ss_plan *plan;
    ss_pseudonyms *pseudonyms; /* NULL: none are made */
    ss_key_room *keys;         /* NULL: none are needed */
    ss_subset *subset;         /* NULL: whole tables are copied */
    const ss_source *source;
    const ss_model *model; /* what was learnt; NULL until then, and where nothing was */
    ss_endpoint endpoint;  /* the target */
    const char *id;        /* of the run */
    const char *output;    /* folder of reports and seed */
    const char *folder;    /* for this run's files; goes with the run */
    size_t jobs;
    ss_programs programs;
    ss_target *target;
    struct ss_csv_target
        *csv; /* the target is a folder of files; endpoint is then where they are made */
    struct ss_building *building; /* build.c's own */
    const char *inputs;           /* digest of what the sandbox is made from; or NULL */
    bool resumes;                 /* may publish what an earlier run finished; set before begin */
    bool shares_snapshot;         /* others read the source's beside: it is not let go */
    bool loads_nothing;           /* no row is copied or made, and nobody else is in the server */
    int archive; /* an empty file in memory for the archive of what is judged equal to the source's schema; 0: none is kept */
    bool finished;       /* NAME__next stands finished, made from these inputs */
    bool target_started; /* this run started the target's private server */
    ss_load load;
    ss_report report;
    ss_report_stage stages[SS_BUILD_STAGES_MAX];
    ss_report_gate gates[SS_BUILD_GATES_MAX];
    double began;
    double stage_began;
    const char *stage;
} ss_build;

/* Say that a stage begins (and the one before it ends): in the log and in the report. */
void ss_build_stage(ss_build *build, const char *name);

/* What warns: into the report and to whoever watches; what stops a run, or is a note, is said elsewhere. */
void ss_build_add_findings(ss_build *build, const ss_finding *findings, size_t n);

/*
 * What makes the rows of synthesise tables.  Called when the kept tables stand in NAME__next;
 * returns sources parallel to the catalog's tables, NULL where none is made.
 */
typedef ss_code ss_build_maker(ss_build *build, void *arg, const ss_row_source *const **sources,
                               ss_error *err);

/* Files have no owners: the roles of the private server that they are staged or made in say nothing. */
void ss_build_skip_owners(ss_build *b);

/*
 * Dump the source's schema into the file archive and, meanwhile, open the target, be its only run and check
 * it whole: before a row is read.  build->finished then says whether rows need to be read at all.
 */
ss_code ss_build_begin(ss_build *build, const char *archive, ss_error *err);

/* Build NAME__next, unless it stands finished; judge it and publish it.  Without ss_build_begin(): opens the target first. */
ss_code ss_build_run(ss_build *build, const char *archive, ss_build_maker *maker, void *arg,
                     ss_error *err);

/* After a failure: NAME__next goes, a server that this run started stops. */
void ss_build_abandon(ss_build *build);

#endif
