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
 * Documents, arrays and the like are looked at as a whole or not at all: of those there is a sample of their own, of fewer
 * rows and longer texts.
 */
#define SS_DOCUMENT_ROWS  8192
#define SS_DOCUMENT_BYTES ((size_t) 8 << 20) /* of that sample */
#define SS_DOCUMENT_MOST  4001               /* bytes of one; what has so many is not looked at */

bool ss_fit_is_document(const ss_fit_column *column);

/*
 * Of one column, which lies at `at` in the sample, of a document that of documents: its marginal is finished, and rows whose value that tells have no habits.
 * NULL: nothing may be told, or nothing is.
 */
ss_habits *ss_fit_habits(const ss_fit_column *column, const ss_marginal *marginal,
                         const ss_sample *sample, size_t at, const ss_fit_terms *terms,
                         const ss_hash_key *key, ss_arena *result);

#endif
