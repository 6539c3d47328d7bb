/*
 * Habits of columns that are learnt (model/habits.h), from the sample.
 *
 * The sample holds whole families, the same ones whatever the order of rows and the parts they were read in; k people
 * in it are k people.  Counts are scaled to all rows, as those of the marginal are.  Reading the sample
 * costs the same however large the table is, and the scan nothing.
 */
#ifndef SS_FIT_HABITS_H
#define SS_FIT_HABITS_H

#include "fit/sample.h"
#include "model/habits.h"

/*
 * Of one column, which lies at `at` in the sample: its marginal is finished, and what it tells as values has no template.
 * NULL: nothing may be told, or nothing is.
 */
const ss_habits *ss_fit_habits(const ss_fit_column *column, const ss_marginal *marginal,
                               const ss_sample *sample, size_t at, const ss_fit_terms *terms,
                               const ss_hash_key *key, ss_arena *result);

#endif
