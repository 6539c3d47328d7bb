/*
 * What every column is, from the catalog alone: names, comments, types, keys, labels and what the tables around are about.
 *
 * Where nothing tells, a column is undecided: a person decides, and until then nothing of it is learnt.
 */
#ifndef SS_CLASSIFY_COLUMN_H
#define SS_CLASSIFY_COLUMN_H

#include "policy/write.h"

/* Proposals for every column of every table, in result. */
const ss_proposal *const *ss_classify_columns(const ss_catalog *catalog, ss_arena *result);

#endif
