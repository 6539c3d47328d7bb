/* text and what travels like it, "char", jsonb, uuid, bytea. */
#include "rows/rows_internal.h"

static ss_code
text_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    (void) err;
    ss_buf_append(out, data, n);
    return SS_OK;
}

static ss_code
text_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    (void) err;
    ss_buf_append(out, text, n);
    return SS_OK;
}

SS_TEXT_CODEC(text);

/* Types that travel as COPY text only, and nested types with such a one inside. */
const ss_codec ss_codec_opaque = {"opaque", SS_FORM_TEXT, NULL, NULL, text_from_text, text_to_text};

#define citext_print text_print
#define citext_parse text_parse

SS_TEXT_CODEC(citext);

#define name_print text_print
#define NAME_MOST  63 /* bytes: NAMEDATALEN less a NUL */

/* What is longer the server cuts where it reads text, and refuses where it reads the binary form. */
static ss_code
name_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    if (n > NAME_MOST)
        for (n = NAME_MOST; n > 0 && ((unsigned char) text[n] & 0xC0) == 0x80;)
            n--;
    return text_parse(t, text, n, out, err);
}

SS_TEXT_CODEC(name);

/* As PostgreSQL 16 and later print it: bytes that are no ASCII as \ooo, the zero byte as "". */
static ss_code
char_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    if (n != 1)
        return ss_codec_malformed("char", err);
    if (data[0] >= 0x80)
    {
        const char text[4] = {'\\', (char) ('0' + (data[0] >> 6)),
                              (char) ('0' + (data[0] >> 3 & 7)), (char) ('0' + (data[0] & 7))};

        ss_buf_append(out, text, sizeof text);
    }
    else if (data[0] != 0)
        ss_buf_append(out, data, 1);
    return SS_OK;
}

static ss_code
char_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    if (n == 4 && text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' &&
        text[2] <= '7' && text[3] >= '0' && text[3] <= '7')
        ss_buf_putc(out, (char) ((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0')));
    else if (n <= 1)
        ss_buf_putc(out, n == 0 ? '\0' : text[0]);
    else
        return ss_codec_bad_text("char", err);
    return SS_OK;
}

SS_TEXT_CODEC(char);

static ss_code
jsonb_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    if (n < 1 || data[0] != 1)
        return ss_codec_malformed("jsonb", err);
    ss_buf_append(out, data + 1, n - 1);
    return SS_OK;
}

static ss_code
jsonb_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    (void) t;
    (void) err;
    ss_buf_putc(out, 1);
    ss_buf_append(out, text, n);
    return SS_OK;
}

SS_TEXT_CODEC(jsonb);

static int
hex_digit(char c)
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
hex_print(const unsigned char *data, size_t n, ss_buf *out)
{
    static const char digits[] = "0123456789abcdef";

    ss_buf_reserve(out, n * 2);
    for (size_t i = 0; i < n; i++)
    {
        out->data[out->len++] = (unsigned char) digits[data[i] >> 4];
        out->data[out->len++] = (unsigned char) digits[data[i] & 15];
    }
    out->data[out->len] = '\0';
}

/* Machine form of these two is the wire's. */
static ss_code
raw_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
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
uuid_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
               ss_error *err)
{
    size_t n;

    (void) ss_column_bytes(column, r, &n);
    if (n != 16)
        return ss_fail(err, SS_EMEND, "a uuid of %zu bytes instead of 16", n);
    return raw_to_binary(t, column, r, out, err);
}

static ss_code
uuid_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
               size_t r, ss_error *err)
{
    unsigned char raw[16];
    size_t digits = 0;

    (void) t;
    if (n >= 2 && text[0] == '{' && text[n - 1] == '}')
    {
        text++;
        n -= 2;
    }
    for (size_t i = 0; i < n; i++)
    {
        const int digit = hex_digit(text[i]);

        if (text[i] == '-' && digits > 0 && digits < 32 && digits % 4 == 0 && text[i - 1] != '-')
            continue;
        if (digit < 0 || digits >= 32)
            return ss_codec_bad_text("uuid", err);
        raw[digits / 2] = (unsigned char) (digits % 2 == 0 ? digit << 4 : raw[digits / 2] | digit);
        digits++;
    }
    if (digits != 32)
        return ss_codec_bad_text("uuid", err);
    ss_column_put_bytes(column, r, raw, sizeof raw);
    return SS_OK;
}

static ss_code
uuid_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
             ss_error *err)
{
    size_t n;
    const unsigned char *raw = ss_column_bytes(column, r, &n);

    (void) t;
    if (n != 16)
        return ss_fail(err, SS_EMEND, "a uuid of %zu bytes instead of 16", n);
    for (size_t i = 0; i < 16; i++)
    {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            ss_buf_putc(out, '-');
        hex_print(raw + i, 1, out);
    }
    return SS_OK;
}

const ss_codec ss_codec_uuid = {"uuid",         SS_FORM_TEXT,   uuid_from_binary,
                                uuid_to_binary, uuid_from_text, uuid_to_text};

static ss_code
bytea_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                  ss_batch_column *column, size_t r, ss_error *err)
{
    (void) t;
    (void) err;
    ss_column_put_bytes(column, r, data, n);
    return SS_OK;
}

static ss_code
bytea_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
                size_t r, ss_error *err)
{
    ss_buf *out = &column->bytes;

    (void) t;
    if (n < 2 || text[0] != '\\' || text[1] != 'x' || n % 2 != 0)
        return ss_codec_bad_text("bytea", err);
    for (size_t i = 2; i < n; i++)
        if (hex_digit(text[i]) < 0)
            return ss_codec_bad_text("bytea", err);
    ss_buf_reserve(out, n / 2);
    for (size_t i = 2; i < n; i += 2)
        out->data[out->len++] = (unsigned char) (hex_digit(text[i]) << 4 | hex_digit(text[i + 1]));
    out->data[out->len] = '\0';
    column->null[r] = 0;
    column->end[r] = out->len;
    return SS_OK;
}

static ss_code
bytea_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
              ss_error *err)
{
    size_t n;
    const unsigned char *raw = ss_column_bytes(column, r, &n);

    (void) t;
    (void) err;
    ss_buf_append(out, "\\x", 2);
    hex_print(raw, n, out);
    return SS_OK;
}

const ss_codec ss_codec_bytea = {"bytea",       SS_FORM_TEXT,    bytea_from_binary,
                                 raw_to_binary, bytea_from_text, bytea_to_text};
