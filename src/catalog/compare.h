/*
 * Two catalogs held against each other, as data: what is new, vanished or changed between them.
 *
 * For checks of drift (yesterday's source and today's) and for a first quick look at whether a sandbox
 * has its source's schema.  It sees what a catalog holds, by name; whether two definitions mean the
 * same although they read differently is for the server to say (design 5.2), so compare catalogs of one
 * version of PostgreSQL.  It decides nothing: what a difference costs is the caller's.
 */
#ifndef SS_CATALOG_COMPARE_H
#define SS_CATALOG_COMPARE_H

#include "catalog/catalog.h"

/* One line per kind: constant, stable word for machines. */
#define SS_DIFFERENCES(X)                                                                          \
    X(TABLE_NEW, "table-new")                                                                      \
    X(TABLE_VANISHED, "table-vanished")                                                            \
    X(TABLE_CHANGED,                                                                               \
      "table-changed") /* kind, persistence, partition key, parents, row security */               \
    X(PARTITION_NEW, "partition-new")                                                              \
    X(PARTITION_VANISHED, "partition-vanished")                                                    \
    X(COLUMN_NEW, "column-new")                                                                    \
    X(COLUMN_VANISHED, "column-vanished")                                                          \
    X(COLUMN_RETYPED, "column-retyped")                                                            \
    X(COLUMN_NULLABILITY, "column-nullability")                                                    \
    X(COLUMN_CHANGED, "column-changed") /* default, identity, generation, collation */             \
    X(KEY_NEW, "key-new")                                                                          \
    X(KEY_VANISHED, "key-vanished")                                                                \
    X(KEY_CHANGED, "key-changed")                                                                  \
    X(FOREIGN_KEY_NEW, "foreign-key-new")                                                          \
    X(FOREIGN_KEY_VANISHED, "foreign-key-vanished")                                                \
    X(FOREIGN_KEY_CHANGED, "foreign-key-changed")                                                  \
    X(CHECK_NEW, "check-new")                                                                      \
    X(CHECK_VANISHED, "check-vanished")                                                            \
    X(CHECK_CHANGED, "check-changed")                                                              \
    X(EXCLUSION_NEW, "exclusion-new")                                                              \
    X(EXCLUSION_VANISHED, "exclusion-vanished")                                                    \
    X(EXCLUSION_CHANGED, "exclusion-changed")                                                      \
    X(LABEL_NEW, "enum-label-new")                                                                 \
    X(LABEL_VANISHED, "enum-label-vanished")                                                       \
    X(LABELS_REORDERED, "enum-labels-reordered")                                                   \
    X(TYPE_CHANGED, "type-changed") /* a domain's, a composite's, a range's definition */          \
    X(SEQUENCE_NEW, "sequence-new")                                                                \
    X(SEQUENCE_VANISHED, "sequence-vanished")                                                      \
    X(SEQUENCE_CHANGED, "sequence-changed")                                                        \
    X(VIEW_NEW, "view-new")                                                                        \
    X(VIEW_VANISHED, "view-vanished")                                                              \
    X(VIEW_CHANGED, "view-changed") /* view or materialised, populated or not */                   \
    X(EXTENSION_NEW, "extension-new")                                                              \
    X(EXTENSION_VANISHED, "extension-vanished")                                                    \
    X(EXTENSION_CHANGED, "extension-changed")

typedef enum ss_difference_kind
{
#define SS_DIFFERENCE_CONSTANT(name, word) SS_DIFFERENCE_##name,
    SS_DIFFERENCES(SS_DIFFERENCE_CONSTANT)
#undef SS_DIFFERENCE_CONSTANT
} ss_difference_kind;

typedef struct ss_difference
{
    ss_difference_kind kind;
    const char *object; /* label of the table, column, constraint, type, ...: "public.t.email" */
    const char
        *text;     /* "was integer, is bigint": types and words, never an expression or a value */
    size_t before; /* index of the table in the first catalog, SS_NONE when it has none */
    size_t after;  /* in the second */
} ss_difference;

/* "column-retyped" */
const char *ss_difference_name(ss_difference_kind kind);

/*
 * What changed from before to after, in result: by table in the order of before, then new tables in the
 * order of after, then types, sequences, views, extensions.  *n receives how many.
 */
const ss_difference *ss_catalog_compare(const ss_catalog *before, const ss_catalog *after,
                                        ss_arena *result, size_t *n);

#endif
