/* What the commands share that hold a policy against its source. */
#ifndef SS_RUN_POLICY_SOURCE_H
#define SS_RUN_POLICY_SOURCE_H

#include <jansson.h>

#include "classify/column.h"
#include "pseudonymise/pseudonymise.h"
#include "run/source.h"

/* Of the n bytes of the file's text and, where it has one, of its base: what reports and pages name. */
const char *ss_policy_digest(const ss_policy *policy, const char *text, size_t n, ss_arena *arena);

/* Read the policy of options, and open its source or that of --source. */
ss_code ss_policy_open(const ss_options *options, const ss_watch *watch, ss_arena *arena,
                       ss_policy **policy, ss_source *source, ss_error *err);

/*
 * Hold the policy, whose lock file is read, against the source: what check, inspect and refresh judge by.  Like ss_policy_resolve() it never
 * fails on what it finds.  pseudonyms: NULL where the plan makes none.
 */
ss_code ss_policy_judge(const ss_policy *policy, const ss_source *source, ss_arena *arena,
                        ss_plan **plan, ss_pseudonyms **pseudonyms, ss_error *err);

/* What every column of the source is.  Rows are looked at unless options say otherwise; tables whose rows could not be are warned of. */
ss_code ss_look_at_source(const ss_options *options, const ss_source *source, const ss_watch *watch,
                          ss_arena *arena, const ss_classified *const **columns, ss_error *err);

/* What an edit of a policy changed, for --json. */
json_t *ss_policy_changes_json(const ss_policy_changes *changes);

#endif
