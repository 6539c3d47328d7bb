/*
 * One column, or one path of a document, as its name, type and table show it.
 */
#ifndef SS_CLASSIFY_NAMED_H
#define SS_CLASSIFY_NAMED_H

#include "classify/about.h"
#include "classify/recogniser.h"

typedef struct ss_named
{
    const ss_catalog *catalog;
    const ss_about *all;   /* tables of the catalog */
    const ss_about *about; /* its own */
    const ss_table *table; /* that it, or the column of the path, is of */
    const ss_column *column;
    const ss_words *name;
    char letter;
    bool primary, foreign;
    bool open;              /* a text of any length */
    const ss_recogniser *r; /* or NULL */
    ss_pattern pattern;     /* the name by which r takes it */
} ss_named;

/* Column c of table t; all: of every table. */
ss_named ss_named_column(const ss_catalog *catalog, const ss_about *all, size_t t, size_t c);

/* A path in documents of a column; name: of its last key; where it has none, it is called as the column is.  What it needs is in result. */
ss_named ss_named_path(const ss_named *column, const ss_words *name, char letter, ss_arena *result);

#endif
