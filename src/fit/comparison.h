/*
 * Which engine tells best how the variables of a table depend on each other.
 *
 * Every engine that has a chance learns from the same people, and is judged by others whom none of them has seen: by the
 * likelihood of their rows under what may be told.  Where that cannot tell two apart, a detector decides
 * (stats/detector.h).
 */
#ifndef SS_FIT_COMPARISON_H
#define SS_FIT_COMPARISON_H

#include "fit/relations.h"
#include "model/dependence.h"

/* scores and nscores, engine of *out; *structure of that lives in result. */
ss_code ss_fit_compare(const ss_fit_variables *variables, const ss_engine_options *options,
                       ss_arena *result, ss_dependence *out, void **structure, ss_error *err);

#endif
