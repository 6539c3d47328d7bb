/*
 * Coded tables: rows whose values are small integers, as every model of dependence wants them.
 *
 * fit turns a column's values into codes: ordered bins and spikes of numbers and times, categories, what
 * is NULL.  Which value a code stands for is fit's affair.
 */
#ifndef SS_STATS_CODED_H
#define SS_STATS_CODED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define SS_CODES_MAX 4096 /* of a column, at most */

typedef struct ss_coded_column
{
    uint32_t ncodes; /* codes are below */
    uint32_t
        nordered; /* the first so many ascend with the value; the others (NULL; all of a category's) have no order */
    bool given;    /* known before the row is drawn: of its parent, its class, the sibling before */
    unsigned rank; /* of those that are drawn: all of a rank come before those of the next */
    uint16_t *codes; /* n */
} ss_coded_column;

typedef struct ss_coded_table
{
    size_t n, d;
    ss_coded_column *columns; /* d */
    size_t npaths;
    const uint64_t *
        subjects; /* n x npaths, row major: keyed hashes of who stands behind a row (stats/people.h) */
    const uint64_t *weights; /* n, of SS_WHOLE; NULL: all whole */
} ss_coded_table;

/* The rows list[0 .. n - 1] of table, copied into result. */
ss_coded_table *ss_coded_select(const ss_coded_table *table, const uint32_t *list, size_t n,
                                ss_arena *result);

/* The rows from .. from + n - 1, where they lie; columns of the answer live in result. */
ss_coded_table ss_coded_slice(const ss_coded_table *table, size_t from, size_t n, ss_arena *result);

/* The rows of a, then those of b. */
ss_coded_table *ss_coded_both(const ss_coded_table *a, const ss_coded_table *b, ss_arena *result);

/* The same columns without rows, room for n in each. */
ss_coded_table *ss_coded_like(const ss_coded_table *table, size_t n, ss_arena *result);

#endif
