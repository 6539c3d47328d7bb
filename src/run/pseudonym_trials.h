/* Pseudonyms held against the schema's CHECKs and domains by the server whose schema it is: check and refresh judge by the same. */
#ifndef SS_RUN_PSEUDONYM_TRIALS_H
#define SS_RUN_PSEUDONYM_TRIALS_H

#include "pseudonymise/pseudonymise.h"
#include "run/source.h"

/* Adds to the plan's findings.  Reads no table, and runs no code of the schema's own. */
ss_code ss_pseudonym_trials_judge(ss_pseudonyms *pseudonyms, const ss_source *source,
                                  ss_arena *arena, ss_error *err);

#endif
