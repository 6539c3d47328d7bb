/*
 * How the columns of a table depend on each other: books and structure from its sample, counts from all of it.
 *
 * Every engine learns on the same people, and is judged on others whom none of them has seen, by the
 * likelihood of their rows under what may be told.  The best is counted over all rows.
 */
#ifndef SS_FIT_DEPENDENCE_H
#define SS_FIT_DEPENDENCE_H

#include "fit/book.h"
#include "fit/sample.h"
#include "model/dependence.h"

typedef struct ss_fit_dependence ss_fit_dependence;

/*
 * columns: of the table, scanned; at: their places in the sample (SS_NONE: not in it).  NULL where there are not two columns
 * to tell of, or too few rows.  result holds what the model keeps, scratch the rest.
 */
ss_fit_dependence *ss_fit_dependence_learn(const ss_fit_column *columns, size_t ncolumns,
                                           const ss_sample *sample, const size_t *at,
                                           const ss_hash_key *key, ss_arena *result,
                                           ss_arena *scratch, ss_error *err);
void ss_fit_dependence_done(ss_fit_dependence *d);

/* The rows of a batch, of all that there are; or those of the sample, which is whole or stands for them. */
void ss_fit_dependence_add(ss_fit_dependence *d, const ss_fit_reading *reading);
void ss_fit_dependence_add_sample(ss_fit_dependence *d);

/* What may be stored. */
void ss_fit_dependence_finish(ss_fit_dependence *d, bool sampled, ss_dependence **dependence);

#endif
