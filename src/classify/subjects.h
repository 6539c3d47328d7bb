/*
 * Whose rows a database holds: which tables are of people, and by which columns every other one leads to them.
 *
 * Over declared foreign keys, and over references that nobody declared: a column that is named as keys to another table are,
 * is of their type, and whose values are there.  Proposals: the policy says what holds, and a person may say something else.
 */
#ifndef SS_CLASSIFY_SUBJECTS_H
#define SS_CLASSIFY_SUBJECTS_H

#include "policy/write.h"

typedef struct ss_inclusion /* how many of some values of a column are keys of a parent */
{
    size_t values; /* different ones that were looked at */
    size_t found;
} ss_inclusion;

/* Does the column's reference to that parent hold?  False: its values could not be looked at. */
typedef bool ss_ask_inclusion(void *arg, const ss_table *table, const ss_column *column,
                              const ss_table *parent, const ss_column *key, ss_inclusion *answer);

/*
 * Of every table of the catalog, in result.  ask: looks at values, where names and types speak for a reference; NULL: names
 * and types decide.
 */
const ss_subject_proposal *ss_classify_subjects(const ss_catalog *catalog, ss_ask_inclusion *ask,
                                                void *arg, ss_arena *result);

#endif
