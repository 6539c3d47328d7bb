/*
 * Walking documents of columns: JSON, hstore and XML alike are keys, elements and values.
 *
 * Only for looking: what is not well formed ends the walk.
 */
#ifndef SS_CLASSIFY_DOCUMENT_H
#define SS_CLASSIFY_DOCUMENT_H

#include "classify/values.h"

typedef enum ss_document_event
{
    SS_DOCUMENT_KEY, /* text: of an object, an element or an attribute (@name) of XML; values follow, then END */
    SS_DOCUMENT_ELEMENT, /* of an array; then END */
    SS_DOCUMENT_END,
    SS_DOCUMENT_TEXT,
    SS_DOCUMENT_NUMBER,
    SS_DOCUMENT_FLAG,
} ss_document_event;

/* *at: where the walk is, for the visitor to change; begins as root. */
typedef void (*ss_document_visit)(void *arg, void **at, ss_document_event event, const char *text,
                                  size_t n);

/* False: it is not well formed. */
bool ss_document_walk(ss_document kind, const char *text, size_t n, ss_document_visit visit,
                      void *arg, void *root);

/* Is it a key that is data: an address, a number, a uuid, a date? */
bool ss_is_key_of_data(const char *key, size_t n);

#endif
