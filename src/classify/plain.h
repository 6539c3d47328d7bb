/*
 * The first, plain classification: what is certain from the catalog alone.
 *
 * Keys, and what is plainly not personal (booleans, enums, generated columns); everything else is
 * undecided, which runs as shape.  Recognisers of names, values and comments hang on here.
 */
#ifndef SS_CLASSIFY_PLAIN_H
#define SS_CLASSIFY_PLAIN_H

#include "policy/write.h"

/* Proposals for every column of every table, in result. */
const ss_proposal *const *ss_classify_plain(const ss_catalog *catalog, ss_arena *result);

/*
 * Per table, why it looks like reference data (small, many keys point to it, none leads on to
 * another kind of table, nothing in it that may be about people); NULL where it does not.
 */
const char *const *ss_classify_reference(const ss_catalog *catalog, ss_arena *result);

/* Is the table, or a column of it, named as people and what is theirs are?  Evidence that may warn, never decide. */
bool ss_classify_names_people(const ss_table *table);

#endif
