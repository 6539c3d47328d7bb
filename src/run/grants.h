/*
 * sandseed plan FILE --grants ROLE: the SQL for a role that can do at the source what the policy needs and nothing
 * else (design 5.15), and for that of schema_source, where the policy has one.  What it needs is what the resolver says that a run reads, by which check measures, too.
 */
#ifndef SS_RUN_GRANTS_H
#define SS_RUN_GRANTS_H

#include <sandseed/commands.h>

#include "base/arena.h"

/* Reads the catalog alone; writes nothing.  SS_EMEND: no such role can be, or the source has no roles. */
ss_code ss_plan_grants(const ss_options *options, const ss_watch *watch, ss_arena *arena,
                       ss_result *result, ss_error *err);

#endif
