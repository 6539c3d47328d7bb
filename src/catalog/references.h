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
} ss_reference;

/* *n receives how many. */
const ss_reference *ss_table_references(const ss_catalog *catalog, size_t table, ss_arena *result,
                                        size_t *n);

#endif
