/*
 * What is frequent in a column of more different values than are counted each: the frequent ones of the sample, and what lies between
 * them.
 *
 * A counter that has met too many numbers tells intervals of them, and one of texts nothing; neither says which value half of the rows
 * have.  In the sample, whose rows are all there at once, those are found that k people have, and the others are counted apart
 * from them.  Shares are the sample's then: of a value that a share p of its people has, p is known to sqrt(p (1 - p) / people).
 */
#ifndef SS_FIT_FREQUENT_H
#define SS_FIT_FREQUENT_H

#include "fit/column.h"
#include "fit/sample.h"

/*
 * Once all rows are counted, and before what is told of the column (ss_fit_column_finish()): sets frequent and others where the
 * column needs it, and where there is a frequent value.  at: its place in the sample.
 */
void ss_fit_frequent(ss_fit_column *column, const ss_sample *sample, size_t at,
                     const ss_hash_key *key);

#endif
