/*
 * point (x,y), lseg [(x,y),(x,y)], box (x,y),(x,y), line {A,B,C}, circle <(x,y),r>,
 * path [...] or (...), polygon ((x,y),...).  On the wire all are float8 numbers.
 */
#include "rows/rows_internal.h"

/* In a picture, # stands for a number. */
static ss_code
picture_print(const char *name, const char *picture, const unsigned char *data, size_t n,
              ss_buf *out, ss_error *err)
{
    size_t at = 0;

    for (const char *c = picture; *c != '\0'; c++)
    {
        if (*c != '#')
        {
            ss_buf_putc(out, *c);
            continue;
        }
        if (n - at < 8)
            return ss_codec_malformed(name, err);
        ss_float_print(ss_bits_double(ss_get_u64(data + at)), false, out);
        at += 8;
    }
    return at == n ? SS_OK : ss_codec_malformed(name, err);
}

static bool
picture_parse(const char *picture, const char **p, const char *end, ss_buf *out)
{
    for (const char *c = picture; *c != '\0'; c++)
    {
        const char *start = *p;
        double v;

        if (*c != '#')
        {
            if (*p >= end || *(*p)++ != *c)
                return false;
            continue;
        }
        while (*p < end && **p != ',' && **p != ')' && **p != '}' && **p != '>')
            (*p)++;
        if (!ss_float_parse(start, (size_t) (*p - start), false, &v))
            return false;
        ss_buf_put_u64(out, ss_double_bits(v));
    }
    return true;
}

#define PICTURE(x, picture)                                                                        \
    static ss_code x##_print(const ss_codec_type *t, const unsigned char *data, size_t n,          \
                             ss_buf *out, ss_error *err)                                           \
    {                                                                                              \
        (void) t;                                                                                  \
        return picture_print(#x, picture, data, n, out, err);                                      \
    }                                                                                              \
    static ss_code x##_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out,      \
                             ss_error *err)                                                        \
    {                                                                                              \
        const char *p = text;                                                                      \
        (void) t;                                                                                  \
        if (!picture_parse(picture, &p, text + n, out) || p != text + n)                           \
            return ss_codec_bad_text(#x, err);                                                     \
        return SS_OK;                                                                              \
    }                                                                                              \
    SS_TEXT_CODEC(x)

PICTURE(point, "(#,#)");
PICTURE(lseg, "[(#,#),(#,#)]");
PICTURE(box, "(#,#),(#,#)");
PICTURE(line, "{#,#,#}");
PICTURE(circle, "<(#,#),#>");

static ss_code
points_print(const char *name, bool closed, const unsigned char *data, size_t n, ss_buf *out,
             ss_error *err)
{
    size_t count;

    if (n < 4)
        return ss_codec_malformed(name, err);
    count = ss_get_u32(data);
    if ((n - 4) % 16 != 0 || (n - 4) / 16 != count)
        return ss_codec_malformed(name, err);
    ss_buf_putc(out, closed ? '(' : '[');
    for (size_t i = 0; i < count; i++)
    {
        if (i > 0)
            ss_buf_putc(out, ',');
        SS_TRY(picture_print(name, "(#,#)", data + 4 + i * 16, 16, out, err));
    }
    ss_buf_putc(out, closed ? ')' : ']');
    return SS_OK;
}

static ss_code
points_parse(const char *name, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    const char *p = text + 1;
    const char *end = text + n;
    const size_t head = out->len;
    uint32_t count = 0;

    ss_buf_put_u32(out, 0);
    if (n < 2 || (text[0] != '(' && text[0] != '['))
        return ss_codec_bad_text(name, err);
    end--;
    if (*end != (text[0] == '(' ? ')' : ']'))
        return ss_codec_bad_text(name, err);
    for (; p < end; count++)
    {
        if (count > 0 && *p++ != ',')
            return ss_codec_bad_text(name, err);
        if (!picture_parse("(#,#)", &p, end, out))
            return ss_codec_bad_text(name, err);
    }
    ss_set_u32(out->data + head, count);
    return SS_OK;
}

static ss_code
path_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    if (n < 1)
        return ss_codec_malformed("path", err);
    return points_print("path", data[0] != 0, data + 1, n - 1, out, err);
}

static ss_code
path_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    ss_buf_putc(out, n > 0 && text[0] == '(');
    return points_parse("path", text, n, out, err);
}

SS_TEXT_CODEC(path);

static ss_code
polygon_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
              ss_error *err)
{
    (void) t;
    return points_print("polygon", true, data, n, out, err);
}

static ss_code
polygon_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    if (n > 0 && text[0] != '(')
        return ss_codec_bad_text("polygon", err);
    return points_parse("polygon", text, n, out, err);
}

SS_TEXT_CODEC(polygon);
