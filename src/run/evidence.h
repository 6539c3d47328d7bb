/*
 * What leaves with its values is held against what names, comments, types and keys say that it is: check and refresh
 * judge by the same.  Reads the catalog alone, no rows.
 */
#ifndef SS_RUN_EVIDENCE_H
#define SS_RUN_EVIDENCE_H

#include "policy/policy.h"

/* Adds to the plan's findings: a column that is said not to be personal and looks so needs a signature. */
void ss_evidence_judge(ss_plan *plan, ss_arena *arena);

#endif
