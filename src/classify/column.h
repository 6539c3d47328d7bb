/*
 * What every column is: names, comments, types, keys, labels, what the tables around are about and, where rows were looked at,
 * what values look like.
 *
 * Of these values say more than names, and a column that refers to another is what that one is.  Where nothing tells, a column is
 * undecided: a person decides, and until then nothing of it is learnt.
 */
#ifndef SS_CLASSIFY_COLUMN_H
#define SS_CLASSIFY_COLUMN_H

#include "classify/about.h"
#include "classify/sample.h"
#include "policy/write.h"

/* Every column of every table, in result.  sample: of its rows; NULL: they were not looked at. */
const ss_classified *const *ss_classify_columns(const ss_catalog *catalog, const ss_sample *sample,
                                                ss_arena *result);

/*
 * What a value in a document of column c of table t is by the name of its key alone; about: of ss_classify_about().  No row
 * is looked at.
 */
ss_proposal ss_classify_key(const ss_catalog *catalog, const ss_about *about, size_t t, size_t c,
                            const char *key, ss_arena *result);

#endif
