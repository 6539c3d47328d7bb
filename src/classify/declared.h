/*
 * What a column's comment and its declared values say: labels of its enum, and the lists of CHECK (... IN (...)).
 *
 * Special categories are told by these and by names, never by values alone.
 */
#ifndef SS_CLASSIFY_DECLARED_H
#define SS_CLASSIFY_DECLARED_H

#include "classify/recogniser.h"

typedef struct ss_declared
{
    ss_class class; /* UNDECIDED: nothing is said */
    const char *kind;
    const char *by; /* "the values that it may have", "its comment" */
} ss_declared;

/* letter: of the column's type (recogniser.h). */
ss_declared ss_classify_declared(const ss_catalog *catalog, const ss_table *table,
                                 const ss_column *column, char letter, ss_arena *scratch);

#endif
