/* sandseed plan --list-kinds: the kinds of pseudonyms, of which a policy names one with kind:. */
#ifndef SS_RUN_KINDS_H
#define SS_RUN_KINDS_H

#include <sandseed/commands.h>

/* Refuses whatever else plan would take. */
ss_code ss_plan_list_kinds(const ss_options *options, ss_result *result, ss_error *err);

#endif
