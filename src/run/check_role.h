/* What the source's role, and that of schema_source, can do beyond what a policy needs (design 5.15), for sandseed check. */
#ifndef SS_RUN_CHECK_ROLE_H
#define SS_RUN_CHECK_ROLE_H

#include <sandseed/commands.h>
#include <sandseed/finding.h>

#include "policy/policy.h"
#include "run/source.h"

/*
 * A warning for every kind of right of each, with the first objects that it holds for.  None of a private server or of
 * CSV files: on these everybody who gets in is the owner.  Looks at this database alone, not at others of the server.
 * Connects as schema_source where the policy has it.
 */
ss_code ss_check_roles(const ss_options *options, const ss_source *source, const ss_plan *plan,
                       const ss_watch *watch, ss_arena *arena, ss_finding **findings, size_t *n,
                       ss_error *err);

#endif
