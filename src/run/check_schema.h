/* The schema's part of check: the archive that a refresh would restore, judged by the code that judges it there. */
#ifndef SS_RUN_CHECK_SCHEMA_H
#define SS_RUN_CHECK_SCHEMA_H

#include "policy/policy.h"
#include "run/source.h"

/*
 * Dump the schema and look through it; nothing is restored.  What no catalog query knows of is a finding (a name, an object of
 * another kind), and so is that it cannot be dumped.  A finding of plan that the archive belies goes.  Only an interrupt is an
 * error.
 */
ss_code ss_check_schema(const ss_options *options, const ss_source *source, ss_plan *plan,
                        const ss_watch *watch, ss_arena *arena, ss_finding **findings, size_t *n,
                        ss_error *err);

#endif
