/* The target's part of check: what a refresh would find there before it reads a row. */
#ifndef SS_RUN_CHECK_TARGET_H
#define SS_RUN_CHECK_TARGET_H

#include "run/source.h"

/*
 * Look at the target that the command line or the policy names; nothing is started or changed.  What is
 * wrong is a finding, also that it cannot be reached.  Only an interrupt is an error.
 */
ss_code ss_check_target(const ss_options *options, const ss_policy *policy, const ss_source *source,
                        const ss_watch *watch, ss_arena *arena, ss_finding **findings, size_t *n,
                        ss_error *err);

#endif
