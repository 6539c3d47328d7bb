/*
 * Documents of every type, as a source might send them.  Where all is kept they stay as they are, or are neutral; where all is
 * replaced JSON stays JSON.
 */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support/documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct
{
    const char *type, *keep, *change;
} types[] = {
    {"json", "{$.**: {class: non-personal}, $.**.keyvalue().key: {class: non-personal}}",
     "{$.**: {class: free-text}, $.**.keyvalue().key: {class: direct-identifier, kind: code}, $.a: "
     "{class: key}, $.b: "
     "{class: quasi-identifier, treatment: generalise, to: month}, '$.c[*]': {class: secret}}"},
    {"hstore", "{$.*: {class: non-personal}, $.keyvalue().key: {class: non-personal}}",
     "{$.*: {class: free-text}, $.keyvalue().key: {class: key}, $.a: {class: secret}}"},
    {"xml", "{$.**: {class: non-personal}, $.**.keyvalue().key: {class: non-personal}}",
     "{$.**: {class: free-text}, $.**.keyvalue().key: {class: non-personal}, $.a: {class: "
     "secret}}"},
    {"text[]", "{'$[*]': {class: non-personal}}", "{'$[*]': {class: key}}"},
    {"jsonb[]", "{'$.**': {class: non-personal}, $.**.keyvalue().key: {class: non-personal}}",
     "{'$.**': {class: free-text}, $.**.keyvalue().key: {class: non-personal}}"},
    {"pair", "{$.a: {class: non-personal}, $.b: {class: non-personal}}",
     "{$.a: {class: free-text}, $.b: {class: key}}"},
};

#define NTYPES (sizeof types / sizeof types[0])

/* The server's texts hold no NUL, which ends one for jansson; and it takes no number beyond those of double. */
static bool
is_json(const char *text, size_t n, bool or_large)
{
    json_error_t error = {.text = ""};
    json_t *json =
        memchr(text, '\0', n) != NULL
            ? NULL
            : json_loadb(text, n, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
                         &error);
    const bool is =
        json != NULL || (or_large && json_error_code(&error) == json_error_numeric_overflow);

    json_decref(json);
    return is;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static documents keep[NTYPES], change[NTYPES];
    const char *after;
    size_t length, t;
    char *text;

    for (size_t i = 0; i < NTYPES && keep[i].arena == NULL; i++)
    {
        keep[i] = documents_open(types[i].type, types[i].keep);
        change[i] = documents_open(types[i].type, types[i].change);
    }
    if (n == 0)
        return 0;
    t = data[0] % NTYPES;
    /* Of its own length, so that a byte read behind it is seen. */
    text = malloc(n);
    if (text == NULL)
        abort();
    memcpy(text, data + 1, n - 1);
    n--;
    keep[t].counts = (ss_kind_counts){0};
    /* XML is written anew, and elements of an array get quotes. */
    after = documents_change(&keep[t], text, n, &length);
    if (after == NULL)
        abort();
    if (keep[t].counts.fallbacks == 0 && t != 2 && t != 4 &&
        (length != n || memcmp(after, text, n) != 0))
        abort();
    if (t == 0 && is_json(text, n, false) &&
        keep[t].counts.fallbacks > 0) /* but what is deeper than we look */
    {
        size_t deep = 0;

        for (size_t i = 0; i < n; i++)
            deep += text[i] == '[' || text[i] == '{';
        if (deep <= SS_SCAN_DEPTH)
            abort();
    }
    after = documents_change(&change[t], text, n, &length);
    if (after != NULL && t == 0 && is_json(text, n, false) && !is_json(after, length, true))
        abort();
    free(text);
    return 0;
}
