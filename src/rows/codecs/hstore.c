/* hstore (extension): "key"=>"value", "other"=>NULL. */
#include "rows/rows_internal.h"

static ss_code
hstore_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
             ss_error *err)
{
    size_t at = 4;
    uint32_t count;

    (void) t;
    if (n < 4)
        return ss_codec_malformed("hstore", err);
    count = ss_get_u32(data);
    if (count > INT32_MAX)
        return ss_codec_malformed("hstore", err);
    for (uint64_t i = 0; i < 2 * (uint64_t) count; i++)
    {
        const bool is_key = i % 2 == 0;
        size_t start;
        uint32_t len;

        if (n - at < 4)
            return ss_codec_malformed("hstore", err);
        len = ss_get_u32(data + at);
        at += 4;
        ss_buf_puts(out, is_key ? (i == 0 ? "" : ", ") : "=>");
        if (!is_key && len == UINT32_MAX)
        {
            ss_buf_puts(out, "NULL");
            continue;
        }
        if (len > n - at)
            return ss_codec_malformed("hstore", err);
        start = out->len;
        ss_buf_append(out, data + at, len);
        ss_quote_tail(out, start, SS_QUOTE_BACKSLASH);
        at += len;
    }
    return at == n ? SS_OK : ss_codec_malformed("hstore", err);
}

/* One quoted word behind its length word. */
static const char *
word_parse(const char *p, const char *end, ss_buf *out, ss_error *err)
{
    const size_t start = ss_len_begin(out);

    if (p >= end || *p++ != '"')
        return NULL;
    for (; p < end && *p != '"'; p++)
    {
        if (*p == '\\' && ++p == end)
            return NULL;
        ss_buf_putc(out, *p);
    }
    if (p >= end || ss_len_end(out, start, err) != SS_OK)
        return NULL;
    return p + 1;
}

static ss_code
hstore_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    const char *p = text;
    const char *end = text + n;
    const size_t head = out->len;
    uint32_t count = 0;

    (void) t;
    ss_buf_put_u32(out, 0);
    while (p < end)
    {
        if (count > 0)
        {
            if (end - p < 2 || p[0] != ',' || p[1] != ' ')
                return ss_codec_bad_text("hstore", err);
            p += 2;
        }
        p = word_parse(p, end, out, err);
        if (p == NULL || end - p < 2 || p[0] != '=' || p[1] != '>')
            return ss_codec_bad_text("hstore", err);
        p += 2;
        if (end - p >= 4 && memcmp(p, "NULL", 4) == 0)
        {
            ss_buf_put_u32(out, UINT32_MAX);
            p += 4;
        }
        else if ((p = word_parse(p, end, out, err)) == NULL)
            return ss_codec_bad_text("hstore", err);
        count++;
    }
    ss_set_u32(out->data + head, count);
    return SS_OK;
}

SS_TEXT_CODEC(hstore);
