/*
 * How the variables of a table depend on each other: structure from its sample, counts from all rows where they can be.
 *
 * Every engine learns on the same people, and is judged on others whom none of them has seen, by the
 * likelihood of their rows under what may be told.  The best is counted over all rows; where rows know their relatives,
 * over those of the sample, which alone does.
 */
#ifndef SS_FIT_DEPENDENCE_H
#define SS_FIT_DEPENDENCE_H

#include "fit/relations.h"
#include "model/dependence.h"

typedef struct ss_fit_dependence ss_fit_dependence;

/*
 * NULL where there are not two variables to tell of, or too few rows; or on failure, which err->code then says.  result holds what
 * the model keeps, scratch the rest.
 */
ss_fit_dependence *ss_fit_dependence_learn(const ss_fit_kept *kept,
                                           const ss_fit_variables *variables, ss_arena *result,
                                           ss_arena *scratch, ss_error *err);
void ss_fit_dependence_done(ss_fit_dependence *d);

/* Are its counts to be of all rows, rather than of the sample? */
bool ss_fit_dependence_wants_all(const ss_fit_dependence *d);

/* The rows of a batch, of all that there are; or those of the sample. */
void ss_fit_dependence_add(ss_fit_dependence *d, const ss_fit_reading *reading);
void ss_fit_dependence_add_sample(ss_fit_dependence *d);

/* What may be stored. */
void ss_fit_dependence_finish(ss_fit_dependence *d, ss_dependence **dependence);

#endif
