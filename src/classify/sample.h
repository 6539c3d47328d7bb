/*
 * Looking at the rows of a source: a bounded sample of every table, from several places in it.
 *
 * Of a table at most SS_SAMPLE_ROWS rows are read, from its beginning, its end and pages picked all over it, and no more once
 * 64 MB of them have come; of a value at most a few thousand characters, the fewer the wider the table, of a document what is
 * its share of 1 MB.  A statement that takes longer than SS_SAMPLE_TIMEOUT_S is given up.  Nothing of the values stays but rates (values.h).
 * No code of the source's own runs: only columns of types of PostgreSQL itself, of citext and of hstore are read.
 */
#ifndef SS_CLASSIFY_SAMPLE_H
#define SS_CLASSIFY_SAMPLE_H

#include <sandseed/watch.h>

#include "catalog/catalog.h"
#include "classify/values.h"
#include "pg/snapshot.h"

#define SS_SAMPLE_ROWS      1500
#define SS_SAMPLE_TIMEOUT_S 10

typedef struct ss_sample
{
    const ss_values *const
        *tables;          /* per table its columns; NULL where its rows were not looked at */
    size_t rows;          /* looked at in all */
    const size_t *unread; /* tables that have rows and could not be looked at */
    size_t nunread;
} ss_sample;

/*
 * With at most so many connections at once, and the same result with any number.  Partitions count for their roots.  Tables that our role may not read, whose rows are hidden or that are slow or
 * broken are left out and listed; a lost connection is an error.
 */
ss_code ss_sample_read(const ss_catalog *catalog, ss_snapshot *snapshot, size_t jobs,
                       const ss_watch *watch, ss_arena *result, ss_sample *sample, ss_error *err);

#endif
