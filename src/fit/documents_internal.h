/* What looking at documents shares: how one is read and walked, and which of its keys are data. */
#ifndef SS_FIT_DOCUMENTS_INTERNAL_H
#define SS_FIT_DOCUMENTS_INTERNAL_H

#include <jansson.h>

#include "base/buf.h"
#include "fit/habits_internal.h"
#include "model/document.h"

#define SS_DOCUMENT_DEPTH    3
#define SS_DOCUMENT_DEEPEST  (SS_DOCUMENT_DEPTH + 1) /* of XML, whose outermost element has a name */
#define SS_DOCUMENT_ELEMENTS 32                      /* of an array that are looked at */
#define SS_DOCUMENT_VALUES   256 /* of one document of which what stands there is looked at */

/* Row r's document, a new reference; NULL: it is NULL, was cut, or cannot be read. */
json_t *ss_document_read(const ss_habit_rows *rows, size_t r);

/* JSON, hstore, XML; the text of one, NULL: it cannot be read. */
bool ss_document_is_tree(const ss_type *type);
json_t *ss_document_read_tree(const ss_type *type, const char *text, size_t n);
json_t *ss_document_read_xml(const char *text, size_t n);

/* How deep is looked into documents of the type. */
size_t ss_document_depth(const ss_type *type);

/* point, path and the like; the text of one, NULL: it cannot be read, or the type is none of them. */
bool ss_document_is_geometric(const ss_type *type);
json_t *ss_document_read_geometric(const ss_type *type, const char *text, size_t n);

/* Array, composite, range, multirange, geometric type; the text of one, NULL: it cannot be read. */
bool ss_document_has_parts(const ss_type *type);
json_t *ss_document_read_typed(const ss_catalog *catalog, const ss_type *type, const char *text,
                               size_t n);

/* What the numbers at a path of a type's documents are as times, a type of the catalog; SS_NONE: they are none. */
size_t ss_document_time(const ss_catalog *catalog, const ss_type *type, const char *path);

/* A key as a step of a path: quoted unless it is a plain word. */
void ss_document_put_key(ss_buf *path, const char *key, size_t n);

/* Which keys objects have, by their paths. */
typedef struct ss_data_keys ss_data_keys;

typedef enum ss_key_use
{
    SS_KEY_NAMED, /* k people have it, or nobody knows */
    SS_KEY_DATA,  /* one of many of its object that are data */
    SS_KEY_RARE,  /* fewer have it, and those of its object are no data */
} ss_key_use;

/* path, key: hashes of the object's path and of its key. */
ss_key_use ss_data_keys_use(const ss_data_keys *keys, uint64_t path, uint64_t key);

typedef struct ss_spot
{
    size_t row, depth;
    json_t *value;
    size_t in;       /* what visit() said of what it stands in; of the document itself SIZE_MAX */
    const char *key; /* that is data, under which it stands; or NULL */
} ss_spot;

typedef struct ss_document_walk ss_document_walk;

/* What stands somewhere comes after what it stands in. */
struct ss_document_walk
{
    const ss_habit_rows *rows;
    const ss_data_keys *keys; /* what is rare is left out */
    size_t (*visit)(ss_document_walk *walk, const ss_spot *spot);
    void *arg;
    ss_buf path; /* of the value that is visited */
};

void ss_document_walk_row(ss_document_walk *walk, json_t *document, size_t r);

/* "integer" and "number" are apart. */
const char *ss_document_type(const json_t *json);

/*
 * Which nodes there are, of the paths that are told (SS_HABIT_PATHS), and what stands there; NULL: none.  How many rows have a path
 * is settled with them: no number less another leaves fewer than k people.
 */
const ss_document *ss_fit_nodes(const ss_habit_rows *rows, const ss_data_keys *keys,
                                ss_habit_told *paths);

#endif
