/* Types whose machine form is text or bytes: text and its kin, jsonb, uuid, bytea, enums, opaque. */
#include <string.h>

#include "base/text.h"
#include "rows/rows_internal.h"

ss_code
ss_codec_text_in(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
                 size_t r, ss_error *err)
{
    (void) t;
    (void) err;
    ss_column_put_bytes(column, r, text, n);
    return SS_OK;
}

ss_code
ss_codec_text_out(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
                  ss_error *err)
{
    size_t n;
    const unsigned char *data = ss_column_bytes(column, r, &n);

    (void) t;
    (void) err;
    ss_buf_append(out, data, n);
    return SS_OK;
}

static ss_code
text_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                 ss_batch_column *column, size_t r, ss_error *err)
{
    (void) t;
    (void) err;
    ss_column_put_bytes(column, r, data, n);
    return SS_OK;
}

const ss_codec ss_codec_text = {.name = "text",
                                .form = SS_FORM_TEXT,
                                .from_binary = text_from_binary,
                                .to_binary = ss_codec_text_out,
                                .from_text = ss_codec_text_in,
                                .to_text = ss_codec_text_out};

/* Text both ways; the binary form is not understood, so its tables travel as COPY text. */
const ss_codec ss_codec_opaque = {.name = "opaque",
                                  .form = SS_FORM_TEXT,
                                  .from_text = ss_codec_text_in,
                                  .to_text = ss_codec_text_out};

/* jsonb: a version byte, 1, then the text. */
static ss_code
jsonb_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                  ss_batch_column *column, size_t r, ss_error *err)
{
    (void) t;
    if (n < 1 || data[0] != 1)
        return ss_codec_malformed("jsonb", err);
    ss_column_put_bytes(column, r, data + 1, n - 1);
    return SS_OK;
}

static ss_code
jsonb_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
                ss_error *err)
{
    ss_buf_putc(out, 1);
    return ss_codec_text_out(t, column, r, out, err);
}

const ss_codec ss_codec_jsonb = {.name = "jsonb",
                                 .form = SS_FORM_TEXT,
                                 .from_binary = jsonb_from_binary,
                                 .to_binary = jsonb_to_binary,
                                 .from_text = ss_codec_text_in,
                                 .to_text = ss_codec_text_out};

/* --- hexadecimal: uuid and bytea ---------------------------------------------------------------- */

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static void
put_hex(ss_buf *out, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    const char two[2] = {digits[byte >> 4], digits[byte & 15]};

    ss_buf_append(out, two, 2);
}

static ss_code
uuid_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                 ss_batch_column *column, size_t r, ss_error *err)
{
    (void) t;
    if (n != 16)
        return ss_codec_malformed("uuid", err);
    ss_column_put_bytes(column, r, data, n);
    return SS_OK;
}

static ss_code
uuid_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
               size_t r, ss_error *err)
{
    unsigned char bytes[16];
    size_t digits = 0;

    (void) t;
    for (size_t i = 0; i < n; i++)
    {
        const int v = hex_value(text[i]);

        if (text[i] == '-' || text[i] == '{' || text[i] == '}')
            continue;
        if (v < 0 || digits == 32)
            return ss_codec_malformed("uuid", err);
        bytes[digits / 2] = (unsigned char) (digits % 2 == 0 ? v << 4 : bytes[digits / 2] | v);
        digits++;
    }
    if (digits != 32)
        return ss_codec_malformed("uuid", err);
    ss_column_put_bytes(column, r, bytes, sizeof bytes);
    return SS_OK;
}

static ss_code
uuid_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
             ss_error *err)
{
    size_t n;
    const unsigned char *data = ss_column_bytes(column, r, &n);

    (void) t;
    if (n != 16)
        return ss_codec_malformed("uuid", err);
    for (size_t i = 0; i < n; i++)
    {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            ss_buf_putc(out, '-');
        put_hex(out, data[i]);
    }
    return SS_OK;
}

const ss_codec ss_codec_uuid = {.name = "uuid",
                                .form = SS_FORM_TEXT,
                                .from_binary = uuid_from_binary,
                                .to_binary = ss_codec_text_out,
                                .from_text = uuid_from_text,
                                .to_text = uuid_to_text};

static ss_code
bytea_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
                size_t r, ss_error *err)
{
    (void) t;
    if (n < 2 || n % 2 != 0 || text[0] != '\\' || text[1] != 'x')
        return ss_codec_malformed("bytea", err);
    column->null[r] = 0;
    for (size_t i = 2; i < n; i += 2)
    {
        const int high = hex_value(text[i]), low = hex_value(text[i + 1]);

        if (high < 0 || low < 0)
            return ss_codec_malformed("bytea", err);
        ss_buf_putc(&column->bytes, (char) (high << 4 | low));
    }
    column->end[r] = column->bytes.len;
    return SS_OK;
}

static ss_code
bytea_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
              ss_error *err)
{
    size_t n;
    const unsigned char *data = ss_column_bytes(column, r, &n);

    (void) t;
    (void) err;
    ss_buf_puts(out, "\\x");
    for (size_t i = 0; i < n; i++)
        put_hex(out, data[i]);
    return SS_OK;
}

const ss_codec ss_codec_bytea = {.name = "bytea",
                                 .form = SS_FORM_TEXT,
                                 .from_binary = text_from_binary,
                                 .to_binary = ss_codec_text_out,
                                 .from_text = bytea_from_text,
                                 .to_text = bytea_to_text};

/* --- enums: the label's index, its text on the wire --------------------------------------------- */

static ss_code
enum_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
               size_t r, ss_error *err)
{
    const ss_type *type = &t->catalog->types[ss_catalog_base_type(t->catalog, t->type)];

    for (size_t i = 0; i < type->nlabels; i++)
    {
        if (strlen(type->labels[i]) == n && memcmp(type->labels[i], text, n) == 0)
        {
            ss_column_put_i64(column, r, (int64_t) i);
            return SS_OK;
        }
    }
    return ss_fail(err, SS_ERETRY, "an enum has a label that the catalog does not know");
}

static ss_code
enum_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                 ss_batch_column *column, size_t r, ss_error *err)
{
    return enum_from_text(t, (const char *) data, n, column, r, err);
}

static ss_code
enum_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
             ss_error *err)
{
    const ss_type *type = &t->catalog->types[ss_catalog_base_type(t->catalog, t->type)];
    const int64_t i = column->i64[r];

    if (i < 0 || (uint64_t) i >= type->nlabels)
        return ss_fail(err, SS_EBUG, "an enum's label is out of range");
    ss_buf_puts(out, type->labels[i]);
    return SS_OK;
}

const ss_codec ss_codec_enum = {.name = "enum",
                                .form = SS_FORM_I64,
                                .from_binary = enum_from_binary,
                                .to_binary = enum_to_text,
                                .from_text = enum_from_text,
                                .to_text = enum_to_text};
