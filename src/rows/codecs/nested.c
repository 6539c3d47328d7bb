/*
 * Arrays, ranges, multiranges and composites, in any nesting.
 *
 * PostgreSQL: array_send() and array_out() in arrayfuncs.c, range_send() in rangetypes.c,
 * multirange_send() in multirangetypes.c, record_send() and record_out() in rowtypes.c.
 */
#include "rows/rows_internal.h"

#define ARRAY_DIMENSIONS 6
#define ARRAY_ELEMENTS   134217727 /* MaxArraySize */

#define RANGE_EMPTY           0x01
#define RANGE_LOWER_INCLUSIVE 0x02
#define RANGE_UPPER_INCLUSIVE 0x04
#define RANGE_LOWER_INFINITE  0x08
#define RANGE_UPPER_INFINITE  0x10

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static const ss_type *
type_of(const ss_codec_type *t)
{
    return &t->catalog->types[t->type];
}

static ss_codec_type
inner(const ss_codec_type *t, size_t type, int32_t typmod)
{
    return (ss_codec_type){.catalog = t->catalog, .type = type, .typmod = typmod};
}

/* Must the text from start to the end of out be quoted?  specials beside quotes and blanks. */
static bool
needs_quotes(const ss_buf *out, size_t start, const char *specials)
{
    if (out->len == start)
        return true;
    for (size_t i = start; i < out->len; i++)
    {
        const char c = (char) out->data[i];

        if (c == '"' || c == '\\' || is_space(c) || (c != '\0' && strchr(specials, c) != NULL))
            return true;
    }
    return false;
}

static bool
is_null_word(const unsigned char *text, size_t n)
{
    static const char word[] = "null";

    if (n != 4)
        return false;
    for (size_t i = 0; i < 4; i++)
        if ((text[i] | 0x20) != word[i])
            return false;
    return true;
}

/* --- arrays ------------------------------------------------------------------------------------ */

typedef struct array_shape
{
    int ndim;
    size_t size[ARRAY_DIMENSIONS];
    int32_t lower[ARRAY_DIMENSIONS];
} array_shape;

static bool
shape_read(const unsigned char *data, size_t n, array_shape *shape, size_t *elements)
{
    if (n < 12 || ss_get_u32(data) > ARRAY_DIMENSIONS || ss_get_u32(data + 4) > 1)
        return false;
    shape->ndim = (int) ss_get_u32(data);
    if (n < 12 + 8 * (size_t) shape->ndim)
        return false;
    *elements = shape->ndim > 0;
    for (int i = 0; i < shape->ndim; i++)
    {
        shape->size[i] = ss_get_u32(data + 12 + 8 * (size_t) i);
        shape->lower[i] = (int32_t) ss_get_u32(data + 16 + 8 * (size_t) i);
        if (shape->size[i] > ARRAY_ELEMENTS)
            return false;
        *elements *= shape->size[i];
        if (*elements > ARRAY_ELEMENTS)
            return false;
    }
    /* The server makes empty arrays of no dimension. */
    return shape->ndim == 0 || *elements > 0;
}

static void
shape_print(const array_shape *shape, ss_buf *out)
{
    bool plain = true;

    for (int i = 0; i < shape->ndim; i++)
        plain = plain && shape->lower[i] == 1;
    if (plain)
        return;
    for (int i = 0; i < shape->ndim; i++)
    {
        ss_buf_putc(out, '[');
        ss_int_print(shape->lower[i], out);
        ss_buf_putc(out, ':');
        ss_int_print(shape->lower[i] + (int64_t) shape->size[i] - 1, out);
        ss_buf_putc(out, ']');
    }
    ss_buf_putc(out, '=');
}

ss_code
ss_array_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, int depth,
               ss_error *err)
{
    const ss_codec_type element = inner(t, type_of(t)->base, t->typmod);
    const char specials[4] = {'{', '}', type_of(t)->delimiter, '\0'};
    array_shape shape;
    size_t count;
    size_t at;

    if (!shape_read(data, n, &shape, &count))
        return ss_codec_malformed("array", err);
    if (shape.ndim == 0)
    {
        ss_buf_puts(out, "{}");
        return n == 12 ? SS_OK : ss_codec_malformed("array", err);
    }
    shape_print(&shape, out);
    at = 12 + 8 * (size_t) shape.ndim;
    for (size_t i = 0; i < count; i++)
    {
        uint32_t len;
        size_t start;
        size_t block = 1;

        if (i > 0)
            ss_buf_putc(out, specials[2]);
        for (int d = shape.ndim - 1; d >= 0; d--)
        {
            block *= shape.size[d];
            if (i % block == 0)
                ss_buf_putc(out, '{');
        }
        if (n - at < 4)
            return ss_codec_malformed("array", err);
        len = ss_get_u32(data + at);
        at += 4;
        start = out->len;
        if (len == UINT32_MAX)
            ss_buf_puts(out, "NULL");
        else
        {
            if (len > n - at)
                return ss_codec_malformed("array", err);
            SS_TRY(ss_value_print(&element, data + at, len, out, depth, err));
            at += len;
            if (needs_quotes(out, start, specials) ||
                is_null_word(out->data + start, out->len - start))
                ss_quote_tail(out, start, SS_QUOTE_BACKSLASH);
        }
        block = 1;
        for (int d = shape.ndim - 1; d >= 0; d--)
        {
            block *= shape.size[d];
            if ((i + 1) % block == 0)
                ss_buf_putc(out, '}');
        }
    }
    return at == n ? SS_OK : ss_codec_malformed("array", err);
}

/*
 * The word at *p up to an unquoted delimiter or closing character, escapes undone: a slice of the
 * text when there are none, else in spare.  doubled: "" stands for a quote inside quotes.
 */
typedef struct word
{
    const char *text;
    size_t n;
    bool quoted;
} word;

static bool
word_scan(const char **p, const char *end, const char *stops, bool doubled, ss_buf *spare, word *w)
{
    const char *start = *p;
    bool inside = false;
    bool plain = true;

    w->quoted = false;
    ss_buf_clear(spare);
    for (; *p < end; (*p)++)
    {
        const char c = **p;

        if (!inside && c != '\0' && strchr(stops, c) != NULL)
            break;
        if (c == '"')
        {
            if (plain && *p > start)
                ss_buf_append(spare, start, (size_t) (*p - start));
            plain = false;
            if (inside && doubled && end - *p > 1 && (*p)[1] == '"')
            {
                ss_buf_putc(spare, '"');
                (*p)++;
                continue;
            }
            inside = !inside;
            w->quoted = true;
            continue;
        }
        if (c == '\\')
        {
            if (plain && *p > start)
                ss_buf_append(spare, start, (size_t) (*p - start));
            plain = false;
            if (++*p >= end)
                return false;
            w->quoted = true;
            ss_buf_putc(spare, **p);
            continue;
        }
        if (!plain)
            ss_buf_putc(spare, c);
    }
    if (inside)
        return false;
    w->text = plain ? start : ss_buf_text(spare);
    w->n = plain ? (size_t) (*p - start) : spare->len;
    return true;
}

static bool
bounds_scan(const char **p, const char *end, array_shape *shape)
{
    shape->ndim = 0;
    while (*p < end && **p == '[')
    {
        const char *close = memchr(*p, ']', (size_t) (end - *p));
        const char *colon = close == NULL ? NULL : memchr(*p, ':', (size_t) (close - *p));
        int64_t lower;
        int64_t upper;

        if (colon == NULL || shape->ndim == ARRAY_DIMENSIONS ||
            !ss_int_parse(*p + 1, (size_t) (colon - *p - 1), &lower) ||
            !ss_int_parse(colon + 1, (size_t) (close - colon - 1), &upper) || lower < INT32_MIN ||
            upper > INT32_MAX || upper < lower || upper - lower >= ARRAY_ELEMENTS)
            return false;
        shape->lower[shape->ndim] = (int32_t) lower;
        shape->size[shape->ndim++] = (size_t) (upper - lower + 1);
        *p = close + 1;
    }
    return shape->ndim == 0 || (*p < end && *(*p)++ == '=');
}

/* Read the braces: the elements go to out, the sizes to shape and must be the same everywhere. */
static ss_code
elements_parse(const ss_codec_type *element, char delimiter, const char *p, const char *end,
               int ndim, array_shape *shape, ss_buf *out, ss_buf *spare, bool *nulls, int depth,
               ss_error *err)
{
    const char stops[4] = {delimiter, '{', '}', '\0'};
    size_t seen[ARRAY_DIMENSIONS] = {0};
    int level = 0;
    bool open = true; /* an element or a brace must come */

    while (p < end)
    {
        word w;

        if (open && level < ndim)
        {
            if (*p++ != '{')
                break;
            seen[level++] = 0;
            continue;
        }
        if (open)
        {
            size_t start;

            if (!word_scan(&p, end, stops, false, spare, &w) || (w.n == 0 && !w.quoted))
                break;
            if (!w.quoted && is_null_word((const unsigned char *) w.text, w.n))
            {
                ss_buf_put_u32(out, UINT32_MAX);
                *nulls = true;
            }
            else
            {
                start = ss_len_begin(out);
                SS_TRY(ss_value_parse(element, w.text, w.n, out, depth, err));
                SS_TRY(ss_len_end(out, start, err));
            }
            seen[level - 1]++;
            open = false;
            continue;
        }
        if (*p == delimiter)
        {
            p++;
            open = true;
            continue;
        }
        if (*p++ != '}')
            break;
        level--;
        if (shape->size[level] == 0)
            shape->size[level] = seen[level];
        if (shape->size[level] != seen[level])
            break;
        if (level == 0)
            return p == end ? SS_OK : ss_codec_bad_text("array", err);
        seen[level - 1]++;
    }
    return ss_codec_bad_text("array", err);
}

ss_code
ss_array_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, int depth,
               ss_error *err)
{
    const ss_type *type = type_of(t);
    const ss_codec_type element = inner(t, type->base, t->typmod);
    const char *p = text;
    const char *end = text + n;
    array_shape shape = {0};
    array_shape found = {0};
    ss_buf spare = {0};
    const size_t head = out->len;
    bool nulls = false;
    ss_code code;
    int ndim = 0;

    if (type->base >= t->catalog->ntypes || !bounds_scan(&p, end, &shape))
        return ss_codec_bad_text("array", err);
    if (shape.ndim == 0 && end - p == 2 && p[0] == '{' && p[1] == '}')
    {
        ss_buf_put_u64(out, 0);
        ss_buf_put_u32(out, t->catalog->types[type->base].oid);
        return SS_OK;
    }
    while (end - p > ndim && p[ndim] == '{')
        ndim++;
    if (ndim == 0 || ndim > ARRAY_DIMENSIONS || (shape.ndim != 0 && shape.ndim != ndim))
        return ss_codec_bad_text("array", err);
    ss_buf_put_u32(out, (uint32_t) ndim);
    ss_buf_put_u32(out, 0);
    ss_buf_put_u32(out, t->catalog->types[type->base].oid);
    for (int i = 0; i < ndim; i++)
        ss_buf_put_u64(out, 0);
    code = elements_parse(&element, type->delimiter, p, end, ndim, &found, out, &spare, &nulls,
                          depth, err);
    ss_buf_done(&spare);
    if (code != SS_OK)
        return code;
    out->data[head + 7] = nulls;
    for (int i = 0; i < ndim; i++)
    {
        if (shape.ndim != 0 && shape.size[i] != found.size[i])
            return ss_codec_bad_text("array", err);
        ss_set_u32(out->data + head + 12 + 8 * (size_t) i, (uint32_t) found.size[i]);
        ss_set_u32(out->data + head + 16 + 8 * (size_t) i,
                   shape.ndim != 0 ? (uint32_t) shape.lower[i] : 1);
    }
    return SS_OK;
}

/* --- ranges ------------------------------------------------------------------------------------ */

static ss_code
bound_print(const ss_codec_type *element, const unsigned char *data, size_t n, size_t *at,
            ss_buf *out, int depth, ss_error *err)
{
    const size_t start = out->len;
    uint32_t len;

    if (n - *at < 4)
        return ss_codec_malformed("range", err);
    len = ss_get_u32(data + *at);
    *at += 4;
    if (len > n - *at)
        return ss_codec_malformed("range", err);
    SS_TRY(ss_value_print(element, data + *at, len, out, depth, err));
    *at += len;
    if (needs_quotes(out, start, "()[],"))
        ss_quote_tail(out, start, SS_QUOTE_DOUBLE);
    return SS_OK;
}

static ss_code
bounds_print(const ss_codec_type *element, const unsigned char *data, size_t n, ss_buf *out,
             int depth, ss_error *err)
{
    size_t at = 1;

    if (n < 1 || data[0] > 0x1F)
        return ss_codec_malformed("range", err);
    if ((data[0] & RANGE_EMPTY) != 0)
    {
        ss_buf_puts(out, "empty");
        return n == 1 ? SS_OK : ss_codec_malformed("range", err);
    }
    ss_buf_putc(out, (data[0] & RANGE_LOWER_INCLUSIVE) != 0 ? '[' : '(');
    if ((data[0] & RANGE_LOWER_INFINITE) == 0)
        SS_TRY(bound_print(element, data, n, &at, out, depth, err));
    ss_buf_putc(out, ',');
    if ((data[0] & RANGE_UPPER_INFINITE) == 0)
        SS_TRY(bound_print(element, data, n, &at, out, depth, err));
    ss_buf_putc(out, (data[0] & RANGE_UPPER_INCLUSIVE) != 0 ? ']' : ')');
    return at == n ? SS_OK : ss_codec_malformed("range", err);
}

/* One range from *p on. */
static ss_code
bounds_parse(const ss_codec_type *element, const char **p, const char *end, ss_buf *out,
             ss_buf *spare, int depth, ss_error *err)
{
    const size_t head = out->len;
    unsigned flags = 0;

    ss_buf_putc(out, 0);
    if (end - *p >= 5 && memcmp(*p, "empty", 5) == 0)
    {
        *p += 5;
        out->data[head] = RANGE_EMPTY;
        return SS_OK;
    }
    if (*p >= end || (**p != '[' && **p != '('))
        return ss_codec_bad_text("range", err);
    flags |= *(*p)++ == '[' ? RANGE_LOWER_INCLUSIVE : 0;
    for (int i = 0; i < 2; i++)
    {
        word w;

        if (!word_scan(p, end, i == 0 ? "," : ")]", true, spare, &w) || *p >= end)
            return ss_codec_bad_text("range", err);
        if (w.n == 0 && !w.quoted)
            flags |= i == 0 ? RANGE_LOWER_INFINITE : RANGE_UPPER_INFINITE;
        else
        {
            const size_t start = ss_len_begin(out);

            SS_TRY(ss_value_parse(element, w.text, w.n, out, depth, err));
            SS_TRY(ss_len_end(out, start, err));
        }
        flags |= i == 1 && **p == ']' ? RANGE_UPPER_INCLUSIVE : 0;
        (*p)++;
    }
    out->data[head] = (unsigned char) flags;
    return SS_OK;
}

ss_code
ss_range_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, int depth,
               ss_error *err)
{
    const ss_codec_type element = inner(t, type_of(t)->base, -1);

    return bounds_print(&element, data, n, out, depth, err);
}

ss_code
ss_range_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, int depth,
               ss_error *err)
{
    const ss_codec_type element = inner(t, type_of(t)->base, -1);
    ss_buf spare = {0};
    const char *p = text;
    ss_code code = bounds_parse(&element, &p, text + n, out, &spare, depth, err);

    ss_buf_done(&spare);
    if (code == SS_OK && p != text + n)
        code = ss_codec_bad_text("range", err);
    return code;
}

/* Between the bounds of its ranges; the catalog has a multirange's range type as its base. */
static ss_codec_type
multirange_element(const ss_codec_type *t)
{
    const size_t base = type_of(t)->base;

    if (base < t->catalog->ntypes && t->catalog->types[base].kind == SS_TYPE_RANGE)
        return inner(t, t->catalog->types[base].base, -1);
    return inner(t, base, -1);
}

ss_code
ss_multirange_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
                    int depth, ss_error *err)
{
    const ss_codec_type element = multirange_element(t);
    size_t at = 4;
    uint32_t count;

    if (n < 4)
        return ss_codec_malformed("multirange", err);
    count = ss_get_u32(data);
    ss_buf_putc(out, '{');
    for (uint32_t i = 0; i < count; i++)
    {
        uint32_t len;

        if (n - at < 4)
            return ss_codec_malformed("multirange", err);
        len = ss_get_u32(data + at);
        at += 4;
        if (len > n - at)
            return ss_codec_malformed("multirange", err);
        if (i > 0)
            ss_buf_putc(out, ',');
        SS_TRY(bounds_print(&element, data + at, len, out, depth, err));
        at += len;
    }
    ss_buf_putc(out, '}');
    return at == n ? SS_OK : ss_codec_malformed("multirange", err);
}

ss_code
ss_multirange_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, int depth,
                    ss_error *err)
{
    const ss_codec_type element = multirange_element(t);
    const size_t head = out->len;
    const char *p = text + 1;
    const char *end = text + n;
    ss_buf spare = {0};
    uint32_t count = 0;
    ss_code code = SS_OK;

    if (n < 2 || text[0] != '{' || end[-1] != '}')
        return ss_codec_bad_text("multirange", err);
    end--;
    ss_buf_put_u32(out, 0);
    while (p < end && code == SS_OK)
    {
        const size_t start = ss_len_begin(out);

        if (count > 0 && *p++ != ',')
            code = ss_codec_bad_text("multirange", err);
        else
            code = bounds_parse(&element, &p, end, out, &spare, depth, err);
        if (code == SS_OK)
            code = ss_len_end(out, start, err);
        count++;
    }
    ss_buf_done(&spare);
    if (code == SS_OK)
        ss_set_u32(out->data + head, count);
    return code;
}

/* --- composites -------------------------------------------------------------------------------- */

ss_code
ss_composite_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
                   int depth, ss_error *err)
{
    const ss_type *type = type_of(t);
    size_t at = 4;

    if (n < 4 || ss_get_u32(data) != type->nfields)
        return ss_codec_malformed("composite", err);
    ss_buf_putc(out, '(');
    for (size_t i = 0; i < type->nfields; i++)
    {
        const ss_codec_type field = inner(t, type->fields[i].type, type->fields[i].typmod);
        const size_t start = out->len + (i > 0);
        uint32_t len;

        if (n - at < 8)
            return ss_codec_malformed("composite", err);
        len = ss_get_u32(data + at + 4);
        at += 8;
        if (i > 0)
            ss_buf_putc(out, ',');
        if (len == UINT32_MAX)
            continue;
        if (len > n - at)
            return ss_codec_malformed("composite", err);
        SS_TRY(ss_value_print(&field, data + at, len, out, depth, err));
        at += len;
        if (needs_quotes(out, start, "(),"))
            ss_quote_tail(out, start, SS_QUOTE_DOUBLE);
    }
    ss_buf_putc(out, ')');
    return at == n ? SS_OK : ss_codec_malformed("composite", err);
}

ss_code
ss_composite_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, int depth,
                   ss_error *err)
{
    const ss_type *type = type_of(t);
    const char *p = text + 1;
    const char *end = text + n;
    ss_buf spare = {0};
    ss_code code = SS_OK;

    if (n < 2 || text[0] != '(' || end[-1] != ')')
        return ss_codec_bad_text("composite", err);
    ss_buf_put_u32(out, (uint32_t) type->nfields);
    for (size_t i = 0; i < type->nfields && code == SS_OK; i++)
    {
        const ss_codec_type field = inner(t, type->fields[i].type, type->fields[i].typmod);
        size_t start;
        word w;

        if (field.type >= t->catalog->ntypes || !word_scan(&p, end, ",)", true, &spare, &w) ||
            p >= end || *p != (i + 1 < type->nfields ? ',' : ')'))
        {
            code = ss_codec_bad_text("composite", err);
            break;
        }
        p++;
        ss_buf_put_u32(out, t->catalog->types[field.type].oid);
        start = ss_len_begin(out);
        if (w.n == 0 && !w.quoted)
        {
            ss_set_u32(out->data + start - 4, UINT32_MAX);
            continue;
        }
        code = ss_value_parse(&field, w.text, w.n, out, depth, err);
        if (code == SS_OK)
            code = ss_len_end(out, start, err);
    }
    ss_buf_done(&spare);
    if (code == SS_OK && p != (type->nfields == 0 ? end - 1 : end))
        code = ss_codec_bad_text("composite", err);
    return code;
}

#define NESTED(x)                                                                                  \
    static ss_code x##_print(const ss_codec_type *t, const unsigned char *data, size_t n,          \
                             ss_buf *out, ss_error *err)                                           \
    {                                                                                              \
        return ss_##x##_print(t, data, n, out, 0, err);                                            \
    }                                                                                              \
    static ss_code x##_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out,      \
                             ss_error *err)                                                        \
    {                                                                                              \
        return ss_##x##_parse(t, text, n, out, 0, err);                                            \
    }                                                                                              \
    SS_TEXT_CODEC(x)

NESTED(array);
NESTED(range);
NESTED(multirange);
NESTED(composite);
