/* Reference data: small tables that others refer to, and that nobody is in. */
#ifndef SS_CLASSIFY_REFERENCE_H
#define SS_CLASSIFY_REFERENCE_H

#include "classify/column.h"

/*
 * Per table, why it looks like reference data (small, many keys point to it, none leads on to another kind of table, none
 * of its columns is personal or undecided); NULL where it does not.
 */
const char *const *ss_classify_reference(const ss_catalog *catalog,
                                         const ss_classified *const *columns, ss_arena *result);

/* Per table: do its names, those of its columns or of keys to it speak of people?  Evidence that may warn, never decide. */
const bool *ss_classify_speak_of_people(const ss_catalog *catalog,
                                        const ss_classified *const *columns, ss_arena *result);

#endif
