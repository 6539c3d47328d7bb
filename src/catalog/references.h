/*
 * The references of a table as its rows see them: its foreign keys, and for a partitioned root also those
 * that only its partitions declare, each set of columns and parent once.
 */
#ifndef SS_CATALOG_REFERENCES_H
#define SS_CATALOG_REFERENCES_H

#include "catalog/catalog.h"

typedef struct ss_reference
{
    const char *constraint;
    size_t parent; /* table: a root when the key points into a partition tree */
    size_t ncolumns;
    const size_t *columns; /* of the child, indices into its columns */
    const size_t *parent_columns;
    bool nullable; /* one of the child's columns is */
    /* A constraint holds the values of all rows to the parent's keys: not one NOT VALID, of some partitions, or of the policy. */
    bool held;
    bool ambiguous; /* it is to a partition, whose key does not tell rows of the whole tree apart */
} ss_reference;

/* Does one of n references hold the column, an index? */
bool ss_references_hold(const ss_reference *list, size_t n, size_t column);

/* Is the column a key by itself: no two rows have the same value? */
bool ss_key_is_alone(const ss_table *table, const ss_column *column);

/*
 * Could a column be a reference to that key, which nobody declared: are their values compared by an operator of the
 * key's own index?
 */
bool ss_reference_types_fit(const ss_catalog *catalog, const ss_column *column,
                            const ss_column *key);

/* Have equal values of the column equal bytes?  Not so 1.0 and 1.00, or what a collation holds equal. */
bool ss_column_is_canonical(const ss_catalog *catalog, const ss_column *column);

/*
 * Are those whom the reference leads to told apart by the key that it refers to, rather than by its own columns?  Where one
 * of them may be written in several ways, or by values that are not there.
 */
bool ss_reference_is_joined(const ss_catalog *catalog, size_t table, const ss_reference *reference);

/* *n receives how many. */
const ss_reference *ss_table_references(const ss_catalog *catalog, size_t table, ss_arena *result,
                                        size_t *n);

#endif
