/*
 * Values of types that are made of others as documents: arrays and multiranges are lists, composites objects with the fields
 * as keys, ranges objects of where they begin and how long they are; geometric ones are in geometric_documents.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fit/documents_internal.h"
#include "rows/codec.h"

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

/* --- times and UUIDs ------------------------------------------------------------------------------ */

static bool
is_time(const ss_type *t)
{
    return ss_type_is(t, "date") || ss_type_is(t, "timestamp") || ss_type_is(t, "timestamptz");
}

/* Days or microseconds since 2000-01-01; NULL: it is an infinite one, or none. */
static json_t *
read_time(const ss_catalog *catalog, size_t type, const char *text, size_t n)
{
    const ss_codec_type of = {.catalog = catalog, .type = type, .typmod = -1};
    int64_t units = INT64_MAX;
    uint8_t null = 0;
    ss_batch_column one = {.form = SS_FORM_I64, .null = &null, .i64 = &units};
    ss_error ignored = {0};

    if (ss_codec_find(catalog, type)->from_text(&of, text, n, &one, 0, &ignored) != SS_OK)
        return NULL;
    return units == INT64_MAX || units == INT64_MIN ? NULL : json_integer(units);
}

/* How it was made; NULL: it is none. */
static json_t *
read_uuid(const char *text, size_t n)
{
    const char digit[] = {n == 36 ? text[14] : '\0', '\0'};
    char *end;
    const long version = strtol(digit, &end, 16);

    return end == digit ? NULL : json_pack("{s:I}", "version", (json_int_t) version);
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

/* Up to one of the ends, without quotes and escapes; false: nothing at all stands there. */
static bool
take_word(reading *r, const char *ends, ss_buf *word)
{
    const size_t begin = r->at;

    for (bool in = false; r->at < r->n; r->at++)
    {
        const char c = r->text[r->at];

        if (!in && strchr(ends, c) != NULL)
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
        ss_buf_putc(word, r->text[r->at]);
    }
    return r->at > begin;
}

/* One field, up to what divides it from the next; nothing at all is NULL. */
static json_t *
read_field(reading *r, const ss_type_field *field, unsigned depth)
{
    ss_buf value = {0};
    json_t *json = take_word(r, ",)", &value)
                       ? read_value(r->catalog, field->type, ss_buf_text(&value), value.len, depth)
                       : json_null();

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

/* --- ranges --------------------------------------------------------------------------------------- */

/* One bound, up to what ends it; NULL: there is none on this side. */
static json_t *
read_bound(reading *r, size_t type, unsigned depth)
{
    ss_buf value = {0};
    json_t *json = take_word(r, ",)]", &value)
                       ? read_value(r->catalog, type, ss_buf_text(&value), value.len, depth)
                       : NULL;

    ss_buf_done(&value);
    return json;
}

/* NULL: they are no numbers, or too far apart. */
static json_t *
difference(const json_t *upper, const json_t *lower)
{
    int64_t whole;
    double real;

    if (!json_is_number(upper) || !json_is_number(lower))
        return NULL;
    if (json_is_integer(upper) && json_is_integer(lower) &&
        !__builtin_sub_overflow(json_integer_value(upper), json_integer_value(lower), &whole))
        return json_integer(whole);
    real = json_number_value(upper) - json_number_value(lower);
    return isfinite(real) ? json_real(real) : NULL;
}

/* Where it ends follows from where it begins and its length, and is told where one of these is not known. */
static void
put_bounds(json_t *range, json_t *lower, json_t *upper)
{
    json_t *length = difference(upper, lower);

    if (lower != NULL)
        (void) json_object_set_new(range, "lower", lower);
    if (length != NULL)
        (void) json_object_set_new(range, "length", length);
    if (length != NULL)
        json_decref(upper);
    else if (upper != NULL)
        (void) json_object_set_new(range, "upper", upper);
}

/* [1,5), (,"2020-01-01 00:00:00"], empty: at the first of them; NULL: it does not end. */
static json_t *
read_range(reading *r, size_t type, unsigned depth)
{
    json_t *range, *lower, *upper = NULL;
    const bool inclusive = is_at(r, '[');
    char bounds[3] = {inclusive ? '[' : '(', ')', '\0'};

    if (r->n - r->at >= 5 && memcmp(r->text + r->at, "empty", 5) == 0)
    {
        r->at += 5;
        return json_pack("{s:s}", "bounds", "empty");
    }
    if (!inclusive && !is_at(r, '('))
        return NULL;
    range = json_object();
    r->at++;
    lower = read_bound(r, type, depth);
    if (is_at(r, ','))
    {
        r->at++;
        upper = read_bound(r, type, depth);
    }
    put_bounds(range, lower, upper);
    if (is_at(r, ')') || is_at(r, ']'))
    {
        bounds[1] = r->text[r->at++];
        (void) json_object_set_new(range, "bounds", json_string(bounds));
        return range;
    }
    json_decref(range);
    return NULL;
}

static json_t *
read_whole_range(const ss_catalog *catalog, const ss_type *type, const char *text, size_t n,
                 unsigned depth)
{
    reading r = {.catalog = catalog, .text = text, .n = n};
    json_t *range = type->base == SS_NONE ? NULL : read_range(&r, type->base, depth + 1);

    if (r.at == n)
        return range;
    json_decref(range);
    return NULL;
}

/* {[1,3),[5,8)} */
static json_t *
read_multirange(const ss_catalog *catalog, const ss_type *type, const char *text, size_t n,
                unsigned depth)
{
    reading r = {.catalog = catalog, .text = text, .at = 1, .n = n};
    const size_t element = type->base == SS_NONE ? SS_NONE : catalog->types[type->base].base;
    json_t *list = element != SS_NONE && n >= 2 && text[0] == '{' ? json_array() : NULL;

    while (list != NULL && r.at < n && !is_at(&r, '}'))
    {
        json_t *part = read_range(&r, element, depth + 1);

        if (part == NULL || json_array_append_new(list, part) != 0)
            break;
        r.at += is_at(&r, ',');
    }
    if (list != NULL && is_at(&r, '}') && r.at + 1 == n)
        return list;
    json_decref(list);
    return NULL;
}

/* --- any value ------------------------------------------------------------------------------------ */

static json_t *
read_parts(const ss_catalog *catalog, const ss_type *type, const char *text, size_t n,
           unsigned depth)
{
    switch (type->kind)
    {
    case SS_TYPE_ARRAY:
        return read_array(catalog, type, text, n, depth);
    case SS_TYPE_COMPOSITE:
        return read_composite(catalog, type, text, n, depth);
    case SS_TYPE_RANGE:
        return read_whole_range(catalog, type, text, n, depth);
    case SS_TYPE_MULTIRANGE:
        return read_multirange(catalog, type, text, n, depth);
    case SS_TYPE_BASE:
        return ss_document_read_geometric(type, text, n);
    case SS_TYPE_ENUM:
    case SS_TYPE_DOMAIN:
    case SS_TYPE_PSEUDO:
        break;
    }
    return NULL;
}

static json_t *
read_value(const ss_catalog *catalog, size_t type, const char *text, size_t n, unsigned depth)
{
    const size_t base = ss_catalog_base_type(catalog, type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];

    if (t == NULL || depth > NESTED_MAX)
        return or_text(NULL, text, n);
    if (ss_type_is(t, "bool"))
        return json_boolean(n > 0 && text[0] == 't');
    if (ss_type_is_integer(t) || ss_type_is(t, "numeric") || ss_type_is(t, "float4") ||
        ss_type_is(t, "float8"))
        return or_text(read_number(text), text, n);
    if (is_time(t))
        return or_text(read_time(catalog, base, text, n), text, n);
    if (ss_type_is(t, "uuid"))
        return or_text(read_uuid(text, n), text, n);
    if (ss_document_is_tree(t))
        return or_text(ss_document_read_tree(t, text, n), text, n);
    return or_text(read_parts(catalog, t, text, n, depth), text, n);
}

bool
ss_document_has_parts(const ss_type *type)
{
    return type->kind == SS_TYPE_ARRAY || type->kind == SS_TYPE_COMPOSITE ||
           type->kind == SS_TYPE_RANGE || type->kind == SS_TYPE_MULTIRANGE ||
           ss_document_is_geometric(type);
}

json_t *
ss_document_read_typed(const ss_catalog *catalog, const ss_type *type, const char *text, size_t n)
{
    return read_parts(catalog, type, text, n, 0);
}

/* --- types of what stands at paths ------------------------------------------------------------------ */

/* The type of the field that the path begins with, *path behind it; SS_NONE: there is none. */
static size_t
field_at(const ss_type *type, const char **path)
{
    ss_buf step = {0};
    size_t found = SS_NONE;

    for (size_t i = 0; i < type->nfields && found == SS_NONE; i++)
    {
        ss_buf_clear(&step);
        ss_document_put_key(&step, type->fields[i].name, strlen(type->fields[i].name));
        if (strncmp(*path, ss_buf_text(&step), step.len) != 0 ||
            strchr(".[", (*path)[step.len]) == NULL)
            continue;
        found = type->fields[i].type;
        *path += step.len;
    }
    ss_buf_done(&step);
    return found;
}

static bool
skip(const char **path, const char *step)
{
    const size_t n = strlen(step);

    if (strncmp(*path, step, n) != 0)
        return false;
    *path += n;
    return true;
}

/* What stands one step further: elements, parts, fields, bounds. */
static size_t
type_behind(const ss_catalog *catalog, size_t at, const char **path)
{
    const ss_type *type = &catalog->types[at];

    if (type->kind == SS_TYPE_COMPOSITE)
        return field_at(type, path);
    if (type->kind == SS_TYPE_RANGE)
        return skip(path, ".lower") || skip(path, ".upper") ? type->base : SS_NONE;
    if (!skip(path, "[*]"))
        return SS_NONE;
    /* An array of more dimensions is of one type. */
    return type->kind == SS_TYPE_ARRAY || type->kind == SS_TYPE_MULTIRANGE ? type->base : at;
}

size_t
ss_document_time(const ss_catalog *catalog, const ss_type *type, const char *path)
{
    size_t at = (size_t) (type - catalog->types);

    for (path++; at != SS_NONE && *path != '\0';)
    {
        at = type_behind(catalog, at, &path);
        at = at == SS_NONE ? SS_NONE : ss_catalog_base_type(catalog, at);
    }
    return at != SS_NONE && is_time(&catalog->types[at]) ? at : SS_NONE;
}
