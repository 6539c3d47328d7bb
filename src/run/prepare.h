/*
 * What refresh, fit and generate do first: the output folder is theirs alone, the policy is read and
 * held against the source.
 */
#ifndef SS_RUN_PREPARE_H
#define SS_RUN_PREPARE_H

#include "run/build.h"
#include "run/sandbox_key.h"

/* A run of this command begins: its id, its report's head.  build->arena is new and the caller's to free. */
void ss_prepare(ss_build *build, const char *command, const ss_options *options,
                const ss_watch *watch);

/* Make the output folder and hold it until the arena goes; a folder in it for this run's files. */
ss_code ss_prepare_output(ss_build *build, const char *output, ss_error *err);

/* Read options->policy. */
ss_code ss_prepare_policy(ss_build *build, ss_error *err);

/*
 * Open the source (--source, else the policy's), resolve the policy against it and find the programs.
 * SS_EREFUSED when the policy is incomplete or unsafe, or the source's role may do too much.
 * source lives in build->arena, where the report finds it when the run has ended.
 */
ss_code ss_prepare_source(ss_build *build, ss_source *source, ss_error *err);

/* The key of the sandbox, where the policy or an option says one; refused where the plan needs one and there is none. */
ss_code ss_prepare_key(ss_build *build, ss_error *err);

/* The run's key, and in its report, is this one. */
void ss_prepare_take_key(ss_build *build, const ss_sandbox_key *key);

#endif
