/* Documents as fit reads them to learn from: whatever a source sends as one of a type, it is a document or it is none. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fit/documents_internal.h"
#include "support/catalog_builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const bases[] = {"xml",       "jsonb",          "hstore", "parcel", "_date",
                                    "int8range", "int8multirange", "point",  "lseg",   "box",
                                    "circle",    "line",           "path",   "polygon"};

#define NBASES (sizeof bases / sizeof bases[0])

static const ss_catalog *
make_catalog(void)
{
    static ss_type_field fields[3];
    static ss_arena *arena; /* for as long as the program runs */
    size_t types[NBASES];
    ss_builder b;

    arena = ss_arena_new(NULL);
    b = builder_new(arena);
    for (size_t i = 0; i < NBASES; i++)
        types[i] = builder_type(&b, bases[i], SS_TYPE_BASE);
    b.types[types[2]].extension = "hstore";
    fields[0] = (ss_type_field){"dates", types[4], -1};
    fields[1] = (ss_type_field){"page", types[0], -1};
    fields[2] = (ss_type_field){"nights", types[6], -1};
    b.types[types[3]].kind = SS_TYPE_COMPOSITE;
    b.types[types[3]].fields = fields;
    b.types[types[3]].nfields = 3;
    b.types[types[4]].kind = SS_TYPE_ARRAY;
    b.types[types[4]].base = builder_type(&b, "date", SS_TYPE_BASE);
    b.types[types[5]].kind = SS_TYPE_RANGE;
    b.types[types[5]].base = builder_type(&b, "int8", SS_TYPE_BASE);
    b.types[types[6]].kind = SS_TYPE_MULTIRANGE;
    b.types[types[6]].base = types[5];
    return builder_done(&b);
}

/* Every text is UTF-8 and every number finite: then it can be written, and read again. */
static void
must_be_sound(json_t *document)
{
    char *text = json_dumps(document, JSON_ENCODE_ANY);
    json_t *again = text == NULL ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);

    if (text == NULL || again == NULL)
        abort();
    json_decref(again);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const ss_catalog *catalog;
    const ss_type *type;
    json_t *document;
    char *text;

    if (catalog == NULL)
        catalog = make_catalog();
    /* No text of a server holds a NUL. */
    if (n == 0 || memchr(data + 1, '\0', n - 1) != NULL)
        return 0;
    type = &catalog->types[data[0] % NBASES];
    /* Of its own length, so that a byte read behind it is seen; a column's bytes end with a NUL. */
    text = malloc(n);
    if (text == NULL)
        abort();
    memcpy(text, data + 1, n - 1);
    text[n - 1] = '\0';
    document = ss_document_is_tree(type) ? ss_document_read_tree(type, text, n - 1)
                                         : ss_document_read_typed(catalog, type, text, n - 1);
    if (document != NULL)
        must_be_sound(document);
    json_decref(document);
    free(text);
    return 0;
}
