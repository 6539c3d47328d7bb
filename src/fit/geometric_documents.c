/*
 * Geometric values as documents: where they lie and how far they reach, not each of their points.
 *
 * A coordinate that is no number (NaN, Infinity) is the text that it is; what follows from one is left out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/documents_internal.h"

#define NUMBER_MAX 40 /* bytes of one as float8 is written */

typedef struct reading
{
    const char *text;
    size_t at, n;
} reading;

/* Up to what ends it. */
static bool
read_number(reading *r, double *number)
{
    char word[NUMBER_MAX + 1];
    char *end;
    size_t n = 0;

    while (r->at < r->n && strchr(",)]}>", r->text[r->at]) == NULL && n < NUMBER_MAX)
        word[n++] = r->text[r->at++];
    word[n] = '\0';
    *number = strtod(word, &end);
    return n > 0 && *end == '\0';
}

/* What is written like the form, in which # stands for a number. */
static bool
read_form(reading *r, const char *form, double *numbers)
{
    for (const char *f = form; *f != '\0'; f++)
    {
        if (*f == '#' ? !read_number(r, numbers++) : r->at == r->n || r->text[r->at++] != *f)
            return false;
    }
    return true;
}

static bool
read_whole(const char *text, size_t n, const char *form, double *numbers)
{
    reading r = {.text = text, .n = n};

    return read_form(&r, form, numbers) && r.at == n;
}

static void
put_number(json_t *object, const char *key, double v)
{
    const char *word = isnan(v) ? "NaN" : v > 0 ? "Infinity" : "-Infinity";

    (void) json_object_set_new(object, key, isfinite(v) ? json_real(v) : json_string(word));
}

static void
put_finite(json_t *object, const char *key, double v)
{
    if (isfinite(v))
        put_number(object, key, v);
}

/* The least box around points. */
typedef struct extent
{
    double least[2], most[2];
    bool finite; /* all of them are */
    size_t n;
} extent;

static void
extend(extent *e, const double *point)
{
    e->finite = (e->n == 0 || e->finite) && isfinite(point[0]) && isfinite(point[1]);
    for (size_t i = 0; i < 2; i++)
    {
        e->least[i] = e->n == 0 ? point[i] : fmin(e->least[i], point[i]);
        e->most[i] = e->n == 0 ? point[i] : fmax(e->most[i], point[i]);
    }
    e->n++;
}

static void
put_extent(json_t *object, const extent *e)
{
    if (!e->finite)
        return;
    put_number(object, "x", e->least[0]);
    put_number(object, "y", e->least[1]);
    put_finite(object, "width", e->most[0] - e->least[0]);
    put_finite(object, "height", e->most[1] - e->least[1]);
}

/* --- one each ------------------------------------------------------------------------------------- */

#define VALUES_MOST 3

/* Numbers that stand for themselves, under these names. */
static json_t *
read_named(const char *text, size_t n, const char *pattern, const char *const *names, size_t nnames)
{
    double v[VALUES_MOST];
    json_t *object = read_whole(text, n, pattern, v) ? json_object() : NULL;

    for (size_t i = 0; i < nnames && object != NULL; i++)
        put_number(object, names[i], v[i]);
    return object;
}

static json_t *
read_point(const char *text, size_t n)
{
    return read_named(text, n, "(#,#)", (const char *const[]){"x", "y"}, 2);
}

/* From where to how far. */
static json_t *
read_lseg(const char *text, size_t n)
{
    double v[4];
    json_t *object = read_whole(text, n, "[(#,#),(#,#)]", v) ? json_object() : NULL;

    if (object == NULL)
        return NULL;
    put_number(object, "x", v[0]);
    put_number(object, "y", v[1]);
    put_finite(object, "dx", v[2] - v[0]);
    put_finite(object, "dy", v[3] - v[1]);
    return object;
}

static json_t *
read_box(const char *text, size_t n)
{
    double v[4];
    json_t *object = read_whole(text, n, "(#,#),(#,#)", v) ? json_object() : NULL;
    extent e = {0};

    if (object == NULL)
        return NULL;
    extend(&e, v);
    extend(&e, v + 2);
    put_extent(object, &e);
    return object;
}

static json_t *
read_circle(const char *text, size_t n)
{
    return read_named(text, n, "<(#,#),#>", (const char *const[]){"x", "y", "radius"}, 3);
}

/* ax + by + c = 0 */
static json_t *
read_line(const char *text, size_t n)
{
    return read_named(text, n, "{#,#,#}", (const char *const[]){"a", "b", "c"}, 3);
}

/* Points between brackets that say whether the last one leads to the first. */
static json_t *
read_points(const char *text, size_t n, bool *closed)
{
    reading r = {.text = text, .at = 1, .n = n};
    extent e = {0};
    size_t begin = 1; /* of what is behind the last point */
    double v[2];
    json_t *object;

    *closed = n > 0 && text[0] == '(';
    if (n == 0 || (!*closed && text[0] != '['))
        return NULL;
    while (read_form(&r, e.n == 0 ? "(#,#)" : ",(#,#)", v))
    {
        extend(&e, v);
        begin = r.at;
    }
    if (e.n == 0 || begin + 1 != n || text[begin] != (*closed ? ')' : ']'))
        return NULL;
    object = json_object();
    (void) json_object_set_new(object, "points", json_integer((json_int_t) e.n));
    put_extent(object, &e);
    return object;
}

static json_t *
read_path(const char *text, size_t n)
{
    bool closed;
    json_t *object = read_points(text, n, &closed);

    if (object != NULL)
        (void) json_object_set_new(object, "closed", json_boolean(closed));
    return object;
}

static json_t *
read_polygon(const char *text, size_t n)
{
    bool closed;
    json_t *object = read_points(text, n, &closed);

    if (closed)
        return object;
    json_decref(object);
    return NULL;
}

/* --- any of them ---------------------------------------------------------------------------------- */

typedef json_t *ss_read(const char *text, size_t n);

static ss_read *
reader_of(const ss_type *type)
{
    static const struct
    {
        const char *type;
        ss_read *read;
    } readers[] = {{"point", read_point},    {"lseg", read_lseg}, {"box", read_box},
                   {"circle", read_circle},  {"line", read_line}, {"path", read_path},
                   {"polygon", read_polygon}};

    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
    {
        if (ss_type_is(type, readers[i].type))
            return readers[i].read;
    }
    return NULL;
}

bool
ss_document_is_geometric(const ss_type *type)
{
    return reader_of(type) != NULL;
}

json_t *
ss_document_read_geometric(const ss_type *type, const char *text, size_t n)
{
    ss_read *read = reader_of(type);

    return read == NULL ? NULL : read(text, n);
}
