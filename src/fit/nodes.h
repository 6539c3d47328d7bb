/* What the files of nodes share: the places of documents, with all values that stand there. */
#ifndef SS_FIT_NODES_H
#define SS_FIT_NODES_H

#include <string.h>

#include "fit/documents_internal.h"
#include "policy/leaves.h"

/* One place, with all values that stand there, each a mention. */
typedef struct ss_node_place
{
    ss_node node;
    size_t in;            /* the place that it stands in, or SS_NONE */
    bool integers, reals; /* which of them are told; others are left out */
    size_t time;          /* the type of the times that its numbers are, or SS_NONE */
    size_t bit;           /* of its key in the variants of what it stands in, or SS_NONE */
    size_t n;             /* mentions */
    ss_buf rows;          /* uint32_t: of each */
    ss_buf owners;        /* uint32_t: the mention of what it stands in */
    ss_buf numbers; /* number; of booleans int64_t; of arrays and objects int64_t, their size */
    ss_buf bytes,
        ends; /* texts; of an object whose keys are data those keys, which have rows of their own */
    ss_buf key_rows;
    size_t nkeys;
    ss_buf masks; /* uint64_t: of an object, which of its keys it has */
    ss_buf
        others; /* uint32_t: rows of elements, or of what stands under keys that are data, that are of no place */
    size_t nothers;
    uint64_t in_rows; /* rows of the column that have it, as is told */
} ss_node_place;

typedef struct ss_nodes
{
    const ss_habit_rows *rows;
    const ss_leaf_types *types;
    ss_node_place *list; /* in the order of nodes */
    size_t n;
    size_t row, left; /* values of this row that are still looked at */
    ss_buf others;    /* uint32_t: rows whose document is of no place */
    size_t nothers;
} ss_nodes;

static inline uint32_t
ss_node_u32(const ss_buf *buf, size_t i)
{
    uint32_t x;

    memcpy(&x, buf->data + i * sizeof x, sizeof x);
    return x;
}

static inline int64_t
ss_node_i64(const ss_buf *buf, size_t i)
{
    int64_t x;

    memcpy(&x, buf->data + i * sizeof x, sizeof x);
    return x;
}

/* "integer" and "number" are one. */
ss_node_type ss_node_type_of(const char *name);

/* NULL: there is none. */
ss_node_place *ss_node_place_find(const ss_nodes *ns, const char *path, ss_node_type type);

/* Where the last step of a path begins: .key, ."key", .*, [*]. */
size_t ss_path_last_step(const char *path);

/* Counts of all places, and rows that have them; then those of the paths that are told. */
void ss_nodes_count(ss_nodes *ns);
void ss_nodes_agree(const ss_nodes *ns, ss_cells *paths);

/* Of an object, whose mentions are rows: its variants, and what decides them once all texts are told. */
void ss_node_place_tell_variants(const ss_habit_rows *mentions, ss_node_place *p);
void ss_node_place_tell_decides(const ss_nodes *ns, const ss_habit_rows *mentions,
                                ss_node_place *object);

#endif
