/*
 * What stands at the paths of documents: columns of JSON, hstore, XML, arrays and composites, and of these within one another.
 *
 * A leaf is a value by itself, and is treated as a column of its type would be.  Leaves of JSON, hstore and XML have
 * types that no column of the source need have: the catalog here is the source's, with those behind its own.
 */
#ifndef SS_POLICY_LEAVES_H
#define SS_POLICY_LEAVES_H

#include "catalog/catalog.h"
#include "policy/path.h"

typedef enum ss_container
{
    SS_CONTAINER_NONE, /* a value */
    SS_CONTAINER_JSON,
    SS_CONTAINER_HSTORE,
    SS_CONTAINER_XML,
    SS_CONTAINER_ARRAY,
    SS_CONTAINER_COMPOSITE,
} ss_container;

typedef struct ss_leaf_types
{
    const ss_catalog *catalog;
    size_t text, number, flag; /* of JSON's texts, numbers and booleans */
    size_t date, moment, uuid; /* that a text may be written as */
} ss_leaf_types;

const ss_leaf_types *ss_leaf_types_new(const ss_catalog *catalog, ss_arena *result);

/* Of a type whose domains are peeled off. */
ss_container ss_container_of(const ss_type *type);

/* A column of the type, called so, to ask of it what is asked of columns. */
ss_column ss_leaf_column(const char *name, size_t type, int32_t typmod);

typedef struct ss_leaf_place
{
    uint32_t state;
    ss_container in; /* what it stands in; NONE: it is all of the column's value */
    bool
        key; /* not what stands there, but the keys that no path names, where one says what becomes of them */
    ss_column leaf; /* what it is: a type, and for people the field of a composite that it is */
} ss_leaf_place;

/*
 * Every state in which a value can be, with each type that it may have there, as far as types alone tell; before what is in
 * an array, a composite or a document, that itself: false, and what is in it is left out.
 */
typedef bool ss_leaf_visit(void *arg, const ss_leaf_place *place);

void ss_leaves_walk(const ss_leaf_types *types, const ss_path_set *set, size_t type, int32_t typmod,
                    ss_leaf_visit *visit, void *arg);

/* The first state where keys that no path names lead on, and no path says what becomes of them; SS_PATH_NOWHERE: there is none. */
uint32_t ss_leaves_untold_keys(const ss_leaf_types *types, const ss_path_set *set, size_t type);

#endif
