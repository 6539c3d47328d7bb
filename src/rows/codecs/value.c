/* One value of any type inside another: arrays, records and ranges print and parse through here. */
#include "rows/rows_internal.h"

static bool
is_raw(const ss_codec *codec)
{
    return codec == &ss_codec_uuid || codec == &ss_codec_bytea;
}

/* Domains peeled off, without trusting the catalog to end. */
static bool
resolve(const ss_codec_type *t, ss_codec_type *base)
{
    *base = *t;
    for (int i = 0; i < SS_CODEC_DEPTH; i++)
    {
        if (base->catalog == NULL || base->type >= base->catalog->ntypes)
            return false;
        if (base->catalog->types[base->type].kind != SS_TYPE_DOMAIN)
            return true;
        base->typmod = base->catalog->types[base->type].base_typmod;
        base->type = base->catalog->types[base->type].base;
    }
    return false;
}

static ss_code
no_codec(ss_error *err)
{
    return ss_fail(err, SS_EMEND, "a type inside the value has no codec");
}

ss_code
ss_value_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, int depth,
               ss_error *err)
{
    const ss_codec *codec;
    ss_codec_type base;
    int64_t i64 = 0;
    double f64 = 0;
    uint8_t null = 0;
    size_t end = 0;
    ss_batch_column cell = {.null = &null, .i64 = &i64, .f64 = &f64, .end = &end};
    ss_code code;

    if (depth > SS_CODEC_DEPTH || !resolve(t, &base) ||
        (codec = ss_codec_find(base.catalog, base.type)) == NULL)
        return no_codec(err);
    if (codec == &ss_codec_array)
        return ss_array_print(&base, data, n, out, depth + 1, err);
    if (codec == &ss_codec_range)
        return ss_range_print(&base, data, n, out, depth + 1, err);
    if (codec == &ss_codec_multirange)
        return ss_multirange_print(&base, data, n, out, depth + 1, err);
    if (codec == &ss_codec_composite)
        return ss_composite_print(&base, data, n, out, depth + 1, err);

    if (codec->form == SS_FORM_TEXT && !is_raw(codec))
    {
        /* Its text form goes straight to the end of out. */
        cell.bytes = *out;
        code = codec->from_binary(&base, data, n, &cell, 0, err);
        *out = cell.bytes;
        return code;
    }
    if (is_raw(codec))
    {
        /* Checks the length; then machine form is the wire's. */
        if (codec == &ss_codec_uuid && n != 16)
            return ss_codec_malformed("uuid", err);
        cell.bytes.data = (unsigned char *) (uintptr_t) data;
        cell.bytes.len = end = n;
    }
    else
        SS_TRY(codec->from_binary(&base, data, n, &cell, 0, err));
    return codec->to_text(&base, &cell, 0, out, err);
}

ss_code
ss_value_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, int depth,
               ss_error *err)
{
    const ss_codec *codec;
    ss_codec_type base;
    int64_t i64 = 0;
    double f64 = 0;
    uint8_t null = 0;
    size_t end = 0;
    ss_batch_column cell = {.null = &null, .i64 = &i64, .f64 = &f64, .end = &end};
    ss_code code;

    if (depth > SS_CODEC_DEPTH || !resolve(t, &base) ||
        (codec = ss_codec_find(base.catalog, base.type)) == NULL)
        return no_codec(err);
    if (codec == &ss_codec_array)
        return ss_array_parse(&base, text, n, out, depth + 1, err);
    if (codec == &ss_codec_range)
        return ss_range_parse(&base, text, n, out, depth + 1, err);
    if (codec == &ss_codec_multirange)
        return ss_multirange_parse(&base, text, n, out, depth + 1, err);
    if (codec == &ss_codec_composite)
        return ss_composite_parse(&base, text, n, out, depth + 1, err);

    if (is_raw(codec))
    {
        cell.bytes = *out;
        code = codec->from_text(&base, text, n, &cell, 0, err);
        *out = cell.bytes;
        return code;
    }
    if (codec->form == SS_FORM_TEXT)
    {
        cell.bytes.data = (unsigned char *) (uintptr_t) text;
        cell.bytes.len = end = n;
    }
    else
        SS_TRY(codec->from_text(&base, text, n, &cell, 0, err));
    return codec->to_binary(&base, &cell, 0, out, err);
}

void
ss_quote_tail(ss_buf *out, size_t start, ss_quote quote)
{
    size_t special = 0;
    size_t from = out->len;
    size_t to;

    for (size_t i = start; i < out->len; i++)
        special += out->data[i] == '"' || out->data[i] == '\\';
    ss_buf_reserve(out, special + 2);
    to = out->len + special + 2;
    out->len = to;
    out->data[to] = '\0';
    out->data[--to] = '"';
    while (from > start)
    {
        const unsigned char c = out->data[--from];

        out->data[--to] = c;
        if (c == '"' || c == '\\')
            out->data[--to] = quote == SS_QUOTE_DOUBLE ? c : '\\';
    }
    out->data[--to] = '"';
}
