/* Arrays and composites as documents: lists, and objects with the fields as keys. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fit/documents_internal.h"

#define NESTED_MAX 8

typedef struct reading
{
    const ss_catalog *catalog;
    const char *text;
    size_t at, n;
} reading;

static json_t *read_value(const ss_catalog *catalog, size_t type, const char *text, size_t n,
                          unsigned depth);

/* One that cannot be told as what it is, is a text; what is not UTF-8 is none. */
static json_t *
or_text(json_t *json, const char *text, size_t n)
{
    json = json != NULL ? json : json_stringn(text, n);
    return json != NULL ? json : json_null();
}

static json_t *
read_number(const char *text)
{
    int64_t whole;
    double real;

    if (ss_parse_i64(text, &whole))
        return json_integer(whole);
    real = strtod(text, NULL);
    return isfinite(real) ? json_real(real) : NULL;
}

static bool
is_at(const reading *r, char c)
{
    return r->at < r->n && r->text[r->at] == c;
}

/* --- arrays ------------------------------------------------------------------------------------- */

/* An element that is no list, up to what divides it from the next; NULL is unquoted. */
static json_t *
read_element(reading *r, const ss_type *array, unsigned depth)
{
    const bool quoted = is_at(r, '"');
    ss_buf element = {0};
    json_t *json;

    for (bool in = false; r->at < r->n; r->at++)
    {
        const char c = r->text[r->at];

        if (!in && (c == '}' || c == array->delimiter))
            break;
        if (c == '"')
        {
            in = !in;
            continue;
        }
        r->at += c == '\\' && r->at + 1 < r->n;
        ss_buf_putc(&element, r->text[r->at]);
    }
    json = !quoted && strcmp(ss_buf_text(&element), "NULL") == 0
               ? json_null()
               : read_value(r->catalog, array->base, ss_buf_text(&element), element.len, depth);
    ss_buf_done(&element);
    return json;
}

/* {1,2}, {{1,2},{3,4}}: at the first of them; NULL: it does not end. */
static json_t *
read_list(reading *r, const ss_type *array, unsigned depth)
{
    json_t *list = json_array();

    for (r->at++; r->at < r->n && !is_at(r, '}');)
    {
        json_t *element = is_at(r, '{') && depth < NESTED_MAX ? read_list(r, array, depth + 1)
                                                              : read_element(r, array, depth + 1);

        if (element == NULL || json_array_append_new(list, element) != 0)
        {
            json_decref(list);
            return NULL;
        }
        r->at += is_at(r, array->delimiter);
    }
    if (is_at(r, '}'))
    {
        r->at++;
        return list;
    }
    json_decref(list);
    return NULL;
}

/* With its bounds before it, where they do not begin with one: [0:1]={1,2} */
static json_t *
read_array(const ss_catalog *catalog, const ss_type *array, const char *text, size_t n,
           unsigned depth)
{
    const char *begin = n == 0 ? NULL : memchr(text, '{', n);
    reading r = {.catalog = catalog,
                 .text = text,
                 .at = begin == NULL ? n : (size_t) (begin - text),
                 .n = n};

    return begin == NULL ? NULL : read_list(&r, array, depth);
}

/* --- composites ----------------------------------------------------------------------------------- */

/* One field, up to what divides it from the next; nothing at all is NULL. */
static json_t *
read_field(reading *r, const ss_type_field *field, unsigned depth)
{
    const bool null = is_at(r, ',') || is_at(r, ')');
    ss_buf value = {0};
    json_t *json;

    for (bool in = false; r->at < r->n; r->at++)
    {
        const char c = r->text[r->at];

        if (!in && (c == ',' || c == ')'))
            break;
        if (c == '"' && in && r->at + 1 < r->n && r->text[r->at + 1] == '"')
            r->at++;
        else if (c == '"')
        {
            in = !in;
            continue;
        }
        else
            r->at += c == '\\' && r->at + 1 < r->n;
        ss_buf_putc(&value, r->text[r->at]);
    }
    json = null ? json_null()
                : read_value(r->catalog, field->type, ss_buf_text(&value), value.len, depth);
    ss_buf_done(&value);
    return json;
}

/* (1,"b c",) */
static json_t *
read_composite(const ss_catalog *catalog, const ss_type *type, const char *text, size_t n,
               unsigned depth)
{
    reading r = {.catalog = catalog, .text = text, .at = 1, .n = n};
    json_t *object = json_object();
    bool whole = false;

    for (size_t i = 0; i < type->nfields && n > 1 && text[0] == '('; i++)
    {
        /* A name that is not UTF-8 has no key. */
        (void) json_object_set_new(object, type->fields[i].name,
                                   read_field(&r, &type->fields[i], depth + 1));
        if (!is_at(&r, i + 1 < type->nfields ? ',' : ')'))
            break;
        r.at++;
        whole = i + 1 == type->nfields && r.at == n;
    }
    if (whole)
        return object;
    json_decref(object);
    return NULL;
}

/* --- any value ------------------------------------------------------------------------------------ */

static json_t *
read_value(const ss_catalog *catalog, size_t type, const char *text, size_t n, unsigned depth)
{
    const size_t base = ss_catalog_base_type(catalog, type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];

    if (t == NULL || depth > NESTED_MAX)
        return or_text(NULL, text, n);
    if (t->kind == SS_TYPE_ARRAY)
        return or_text(read_array(catalog, t, text, n, depth), text, n);
    if (t->kind == SS_TYPE_COMPOSITE)
        return or_text(read_composite(catalog, t, text, n, depth), text, n);
    if (ss_type_is(t, "bool"))
        return json_boolean(n > 0 && text[0] == 't');
    if (ss_type_is_integer(t) || ss_type_is(t, "numeric") || ss_type_is(t, "float4") ||
        ss_type_is(t, "float8"))
        return or_text(read_number(text), text, n);
    if (ss_document_is_tree(t))
        return or_text(ss_document_read_tree(t, text, n), text, n);
    return or_text(NULL, text, n);
}

json_t *
ss_document_read_typed(const ss_catalog *catalog, const ss_type *type, const char *text, size_t n)
{
    return type->kind == SS_TYPE_ARRAY ? read_array(catalog, type, text, n, 0)
                                       : read_composite(catalog, type, text, n, 0);
}
