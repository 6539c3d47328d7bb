/* The subset of a run: judged with the policy, chosen before rows are read, told of in the report. */
#ifndef SS_RUN_RUN_SUBSET_H
#define SS_RUN_RUN_SUBSET_H

#include "run/build.h"

/* A finding of the plan where the source does not take the subset's condition. */
ss_code ss_run_judge_subset(ss_plan *plan, const ss_source *source, ss_arena *arena, ss_error *err);

/* Of a plan that has one; in arena, with nothing of build changed: other steps are at work meanwhile. */
ss_code ss_run_choose_subset(const ss_build *build, const ss_watch *watch, ss_arena *arena,
                             ss_subset **subset, ss_error *err);

/* It is the build's from now on, and the report tells of it. */
void ss_run_tell_subset(ss_build *build, ss_subset *subset);

/* What the report says of a table; NULL: it was not read for a subset. */
const ss_report_subset *ss_run_subset_of(const ss_build *build, size_t table);

#endif
