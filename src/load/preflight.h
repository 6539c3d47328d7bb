/*
 * Preflight: everything the target lacks, found before a row is read and told at once.
 *
 * Each finding names the object and carries the SQL or the policy line that mends it.  Nothing is
 * changed on the server, but that a run tries a locale which the server does not list by creating and
 * dropping NAME__scratch, marked.
 */
#ifndef SS_LOAD_PREFLIGHT_H
#define SS_LOAD_PREFLIGHT_H

#include <sandseed/finding.h>

#include "load/target.h"
#include "load/target_roles.h"

/*
 * Check target for what catalog and policy need.  roles: from ss_target_roles_look().  source: a connection to the source, for what
 * depends on stripped extensions; or NULL.  tries: whether a locale may be tried.  SS_OK whatever is found; the run
 * ends when one of the findings has severity SS_FINDING_STOPS, with the highest code among those.
 */
ss_code ss_preflight(ss_target *target, const ss_catalog *catalog, const ss_policy *policy,
                     const ss_target_roles *roles, ss_pg *source, bool tries, ss_arena *result,
                     ss_finding **findings, size_t *nfindings, ss_error *err);

#endif
