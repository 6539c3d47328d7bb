/* bool, integers, floats, numeric.  Source: PostgreSQL src/backend/utils/adt, *send and *recv. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rows/rows_internal.h"

/* --- bool --------------------------------------------------------------------------------------- */

static ss_code
bool_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                 ss_batch_column *column, size_t r, ss_error *err)
{
    (void) t;
    if (n != 1)
        return ss_codec_malformed("bool", err);
    ss_column_put_i64(column, r, data[0] != 0);
    return SS_OK;
}

static ss_code
bool_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
               ss_error *err)
{
    (void) t;
    (void) err;
    ss_buf_putc(out, (char) (column->i64[r] != 0));
    return SS_OK;
}

static ss_code
bool_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
               size_t r, ss_error *err)
{
    (void) t;
    if (n == 0 || strchr("tTyY1fFnN0", text[0]) == NULL)
        return ss_codec_malformed("bool", err);
    ss_column_put_i64(column, r, strchr("tTyY1", text[0]) != NULL);
    return SS_OK;
}

static ss_code
bool_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
             ss_error *err)
{
    (void) t;
    (void) err;
    ss_buf_putc(out, column->i64[r] != 0 ? 't' : 'f');
    return SS_OK;
}

const ss_codec ss_codec_bool = {.name = "bool",
                                .form = SS_FORM_I64,
                                .from_binary = bool_from_binary,
                                .to_binary = bool_to_binary,
                                .from_text = bool_from_text,
                                .to_text = bool_to_text};

/* --- integers ----------------------------------------------------------------------------------- */

static ss_code
int_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column, size_t r,
              ss_error *err)
{
    char digits[24];
    int64_t v;

    (void) t;
    if (n >= sizeof digits)
        return ss_codec_malformed("integer", err);
    memcpy(digits, text, n);
    digits[n] = '\0';
    if (!ss_parse_i64(digits, &v))
        return ss_codec_malformed("integer", err);
    ss_column_put_i64(column, r, v);
    return SS_OK;
}

static ss_code
int_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
            ss_error *err)
{
    char digits[24];
    char *at = digits + sizeof digits;
    const int64_t v = column->i64[r];
    uint64_t u = v < 0 ? 0 - (uint64_t) v : (uint64_t) v;

    (void) t;
    (void) err;
    do
        *--at = (char) ('0' + u % 10);
    while ((u /= 10) != 0);
    if (v < 0)
        *--at = '-';
    ss_buf_append(out, at, (size_t) (digits + sizeof digits - at));
    return SS_OK;
}

static ss_code
out_of_range(const char *type, ss_error *err)
{
    return ss_fail(err, SS_EBUG, "a number does not fit into %s", type);
}

static ss_code
int2_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                 ss_batch_column *column, size_t r, ss_error *err)
{
    (void) t;
    if (n != 2)
        return ss_codec_malformed("int2", err);
    ss_column_put_i64(column, r, (int16_t) ss_wire_u16(data));
    return SS_OK;
}

static ss_code
int2_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
               ss_error *err)
{
    (void) t;
    if (column->i64[r] < INT16_MIN || column->i64[r] > INT16_MAX)
        return out_of_range("int2", err);
    ss_buf_put_u16(out, (uint16_t) column->i64[r]);
    return SS_OK;
}

static ss_code
int4_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                 ss_batch_column *column, size_t r, ss_error *err)
{
    (void) t;
    if (n != 4)
        return ss_codec_malformed("int4", err);
    ss_column_put_i64(column, r, (int32_t) ss_wire_u32(data));
    return SS_OK;
}

static ss_code
int4_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
               ss_error *err)
{
    (void) t;
    if (column->i64[r] < INT32_MIN || column->i64[r] > INT32_MAX)
        return out_of_range("int4", err);
    ss_buf_put_u32(out, (uint32_t) column->i64[r]);
    return SS_OK;
}

static ss_code
int8_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                 ss_batch_column *column, size_t r, ss_error *err)
{
    (void) t;
    if (n != 8)
        return ss_codec_malformed("int8", err);
    ss_column_put_i64(column, r, (int64_t) ss_wire_u64(data));
    return SS_OK;
}

static ss_code
int8_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
               ss_error *err)
{
    (void) t;
    (void) err;
    ss_buf_put_u64(out, (uint64_t) column->i64[r]);
    return SS_OK;
}

#define INTEGER(n)                                                                                 \
    const ss_codec ss_codec_int##n = {.name = "int" #n,                                            \
                                      .form = SS_FORM_I64,                                         \
                                      .from_binary = int##n##_from_binary,                         \
                                      .to_binary = int##n##_to_binary,                             \
                                      .from_text = int_from_text,                                  \
                                      .to_text = int_to_text}
INTEGER(2);
INTEGER(4);
INTEGER(8);

/* --- floats ------------------------------------------------------------------------------------- */

static ss_code
float_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
                size_t r, ss_error *err)
{
    char copy[400];
    double v;

    (void) t;
    if (n >= sizeof copy)
        return ss_codec_malformed("float", err);
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (strcmp(copy, "NaN") == 0)
        v = (double) NAN;
    else if (strcmp(copy, "Infinity") == 0 || strcmp(copy, "-Infinity") == 0)
        v = copy[0] == '-' ? -(double) INFINITY : (double) INFINITY;
    else if (!ss_parse_double(copy, &v))
        return ss_codec_malformed("float", err);
    ss_column_put_f64(column, r, v);
    return SS_OK;
}

/* The fewest digits that read back as the same number; any of several is right for input. */
static void
print_float(double v, int most, bool single, ss_buf *out)
{
    char text[64];

    if (isnan(v))
        ss_buf_puts(out, "NaN");
    else if (isinf(v))
        ss_buf_puts(out, v < 0 ? "-Infinity" : "Infinity");
    else
    {
        for (int digits = 1; digits <= most; digits++)
        {
            (void) snprintf(text, sizeof text, "%.*g", digits, v);
            if (single ? strtof(text, NULL) == (float) v : strtod(text, NULL) == v)
                break;
        }
        ss_buf_puts(out, text);
    }
}

static ss_code
float4_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
               ss_error *err)
{
    (void) t;
    (void) err;
    print_float(column->f64[r], 9, true, out);
    return SS_OK;
}

static ss_code
float8_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
               ss_error *err)
{
    (void) t;
    (void) err;
    print_float(column->f64[r], 17, false, out);
    return SS_OK;
}

static ss_code
float4_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                   ss_batch_column *column, size_t r, ss_error *err)
{
    uint32_t bits;
    float v;

    (void) t;
    if (n != 4)
        return ss_codec_malformed("float4", err);
    bits = ss_wire_u32(data);
    memcpy(&v, &bits, sizeof v);
    ss_column_put_f64(column, r, (double) v);
    return SS_OK;
}

static ss_code
float4_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
                 ss_error *err)
{
    const float v = (float) column->f64[r];
    uint32_t bits;

    (void) t;
    (void) err;
    memcpy(&bits, &v, sizeof bits);
    ss_buf_put_u32(out, bits);
    return SS_OK;
}

static ss_code
float8_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                   ss_batch_column *column, size_t r, ss_error *err)
{
    uint64_t bits;
    double v;

    (void) t;
    if (n != 8)
        return ss_codec_malformed("float8", err);
    bits = ss_wire_u64(data);
    memcpy(&v, &bits, sizeof v);
    ss_column_put_f64(column, r, v);
    return SS_OK;
}

static ss_code
float8_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
                 ss_error *err)
{
    uint64_t bits;

    (void) t;
    (void) err;
    memcpy(&bits, &column->f64[r], sizeof bits);
    ss_buf_put_u64(out, bits);
    return SS_OK;
}

const ss_codec ss_codec_float4 = {.name = "float4",
                                  .form = SS_FORM_F64,
                                  .from_binary = float4_from_binary,
                                  .to_binary = float4_to_binary,
                                  .from_text = float_from_text,
                                  .to_text = float4_to_text};
const ss_codec ss_codec_float8 = {.name = "float8",
                                  .form = SS_FORM_F64,
                                  .from_binary = float8_from_binary,
                                  .to_binary = float8_to_binary,
                                  .from_text = float_from_text,
                                  .to_text = float8_to_text};

/* --- numeric ------------------------------------------------------------------------------------ */

/*
 * Wire: int16 ndigits, int16 weight of the first digit, uint16 sign, uint16 dscale, then ndigits
 * base-10000 digits.  Source: numeric_send(), numeric.c.
 */
#define NUMERIC_NEGATIVE  0x4000
#define NUMERIC_NAN       0xC000
#define NUMERIC_INFINITY  0xD000
#define NUMERIC_MINUS_INF 0xF000

static ss_code
numeric_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                    ss_batch_column *column, size_t r, ss_error *err)
{
    size_t ndigits, at;
    int weight;
    unsigned sign, dscale;
    ss_buf *out = &column->bytes;

    (void) t;
    if (n < 8 || n != 8 + 2 * (size_t) ss_wire_u16(data))
        return ss_codec_malformed("numeric", err);
    ndigits = ss_wire_u16(data);
    weight = (int16_t) ss_wire_u16(data + 2);
    sign = ss_wire_u16(data + 4);
    dscale = ss_wire_u16(data + 6);
    if (dscale > 0x3FFF || weight > 0x7FFE || weight < -0x4000)
        return ss_codec_malformed("numeric", err);
    column->null[r] = 0;
    if (sign >= NUMERIC_NAN)
    {
        ss_buf_puts(out, sign == NUMERIC_NAN        ? "NaN"
                         : sign == NUMERIC_INFINITY ? "Infinity"
                                                    : "-Infinity");
        column->end[r] = out->len;
        return SS_OK;
    }
    if (sign == NUMERIC_NEGATIVE)
        ss_buf_putc(out, '-');
    at = 0;
    if (weight < 0)
        ss_buf_putc(out, '0');
    for (int w = weight; w >= 0; w--, at++)
        ss_buf_printf(out, w == weight ? "%u" : "%04u",
                      at < ndigits ? ss_wire_u16(data + 8 + 2 * at) % 10000U : 0U);
    if (dscale > 0)
    {
        const size_t point = out->len;

        ss_buf_putc(out, '.');
        /* Groups between the point and the first stored digit are zero. */
        for (int w = -1; out->len - point - 1 < dscale; w--)
        {
            const bool stored = w <= weight && (size_t) (weight - w) < ndigits;

            ss_buf_printf(out, "%04u",
                          stored ? ss_wire_u16(data + 8 + 2 * (size_t) (weight - w)) % 10000U : 0U);
        }
        out->len = point + 1 + dscale;
        out->data[out->len] = '\0';
    }
    column->end[r] = out->len;
    return SS_OK;
}

/* "-00123.4500" as sign, digits before and after the point; false when it is not a plain number. */
static bool
split(const char *text, size_t n, bool *negative, const char **before, size_t *nbefore,
      const char **after, size_t *nafter)
{
    const char *end = text + n;

    *negative = n > 0 && text[0] == '-';
    if (n > 0 && (text[0] == '-' || text[0] == '+'))
        text++;
    *before = text;
    while (text < end && *text >= '0' && *text <= '9')
        text++;
    *nbefore = (size_t) (text - *before);
    *after = text;
    *nafter = 0;
    if (text < end && *text == '.')
    {
        *after = ++text;
        while (text < end && *text >= '0' && *text <= '9')
            text++;
        *nafter = (size_t) (text - *after);
    }
    while (*nbefore > 0 && **before == '0')
    {
        (*before)++;
        (*nbefore)--;
    }
    return text == end;
}

/* The decimal digit at place p before the point (0 the units), or -p - 1 after it. */
static unsigned
digit_at(long p, const char *before, size_t nbefore, const char *after, size_t nafter)
{
    if (p >= 0)
        return (size_t) p < nbefore ? (unsigned) (before[nbefore - 1 - (size_t) p] - '0') : 0;
    return (size_t) (-p - 1) < nafter ? (unsigned) (after[-p - 1] - '0') : 0;
}

static unsigned
group_at(long w, const char *before, size_t nbefore, const char *after, size_t nafter)
{
    unsigned group = 0;

    for (long p = 4 * w + 3; p >= 4 * w; p--)
        group = group * 10 + digit_at(p, before, nbefore, after, nafter);
    return group;
}

static ss_code
numeric_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
                  ss_error *err)
{
    size_t n, nbefore, nafter;
    const char *text = (const char *) ss_column_bytes(column, r, &n);
    const char *before, *after;
    bool negative;
    long first, last;

    (void) t;
    if (n > 0 && (text[n - 1] == 'N' || text[n - 1] == 'y'))
    {
        ss_buf_put_u32(out, 0);
        ss_buf_put_u16(out, text[n - 1] == 'N' ? NUMERIC_NAN
                            : text[0] == '-'   ? NUMERIC_MINUS_INF
                                               : NUMERIC_INFINITY);
        ss_buf_put_u16(out, text[n - 1] == 'N' ? 0 : 0x20);
        return SS_OK;
    }
    if (!split(text, n, &negative, &before, &nbefore, &after, &nafter))
        return ss_fail(err, SS_EBUG, "a number is not in numeric's text form");
    first = nbefore > 0 ? (long) ((nbefore - 1) / 4) : -1;
    last = -(long) ((nafter + 3) / 4);
    while (first >= last && group_at(first, before, nbefore, after, nafter) == 0)
        first--;
    while (last <= first && group_at(last, before, nbefore, after, nafter) == 0)
        last++;
    ss_buf_put_u16(out, first < last ? 0 : (uint16_t) (first - last + 1));
    ss_buf_put_u16(out, first < last ? 0 : (uint16_t) first);
    ss_buf_put_u16(out, negative && first >= last ? NUMERIC_NEGATIVE : 0);
    ss_buf_put_u16(out, (uint16_t) nafter);
    for (long w = first; w >= last; w--)
        ss_buf_put_u16(out, (uint16_t) group_at(w, before, nbefore, after, nafter));
    return SS_OK;
}

const ss_codec ss_codec_numeric = {.name = "numeric",
                                   .form = SS_FORM_TEXT,
                                   .from_binary = numeric_from_binary,
                                   .to_binary = numeric_to_binary,
                                   .from_text = ss_codec_text_in,
                                   .to_text = ss_codec_text_out};
