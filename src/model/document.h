/*
 * What documents (JSON, hstore, XML, arrays, composites, ranges, geometric types) hold: a tree of places, each with what is known of the values that stand there.
 *
 * A node is one type of value at one path.  How often a path is there follows from its nodes' counts and that of what they
 * stand in.  What stands there is told as a column's values are: by a marginal, and habits.  Each number has k people
 * behind it (design 5.7), however many values one document has there.
 */
#ifndef SS_MODEL_DOCUMENT_H
#define SS_MODEL_DOCUMENT_H

#include "model/habits.h"

typedef enum ss_node_type
{
    SS_NODE_ARRAY,
    SS_NODE_BOOLEAN,
    SS_NODE_NULL,
    SS_NODE_NUMBER,
    SS_NODE_OBJECT,
    SS_NODE_STRING,
    SS_NNODE_TYPES
} ss_node_type;

#define SS_VARIANT_KEYS  53   /* of an object, at most: bits of a number that JSON holds */
#define SS_VARIANTS_MOST 1024 /* of an object */
#define SS_DECIDING_MOST 64   /* values of what decides the variant */

typedef struct ss_node
{
    const char *path; /* "$.items[*].price"; keys that are data: "$.scores.*" */
    ss_node_type type;
    /* Of numbers that are times, what they are: "date", "timestamp" or "timestamptz"; their marginal and habits are told as such a column's. */
    const char *time;
    uint64_t count; /* of such values in all rows */
    /* Of numbers, texts and booleans; of an object whose keys are data those that are in no path, as texts; or NULL. */
    const ss_marginal *marginal;
    ss_habit_told sizes; /* of arrays elements, of an object whose keys are data those keys */
    /* Of an object, which of its keys go together: bit i of a variant's number is keys[i]. */
    const char **keys; /* as steps of paths (".kind"), ascending; NULL: not told */
    size_t nkeys;
    ss_habit_told variants;
    /* The key, a text or a boolean, that decides the variant; or NULL. */
    const char *by;
    ss_habit_told
        decides; /* SS_VARIANTS_MOST x place among the values of its marginal + place among the variants */
} ss_node;

struct ss_document
{
    ss_node *nodes; /* by path, then type */
    size_t n;
};

const char *ss_node_type_name(ss_node_type type);

/* By path, then type. */
int ss_node_compare(const ss_node *a, const ss_node *b);

/* How many counts stand in it. */
size_t ss_document_ncounts(const ss_document *document);

/* A new reference. */
json_t *ss_document_json(const ss_document *document);

/* Trusting nothing.  SS_EMEND names the node by its place, never a value. */
ss_code ss_document_from_json(json_t *json, uint64_t people, ss_arena *result,
                              const ss_document **document, ss_error *err);

#endif
