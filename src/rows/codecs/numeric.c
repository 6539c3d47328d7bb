/*
 * numeric: on the wire base-10000 digits, the weight of the first, sign and display scale.
 * PostgreSQL: src/backend/utils/adt/numeric.c, numeric_send().
 */
#include "rows/rows_internal.h"

#define NEGATIVE       0x4000
#define NOT_A_NUMBER   0xC000
#define PLUS_INFINITY  0xD000
#define MINUS_INFINITY 0xF000
#define SCALE_MAX      0x3FFF
#define WEIGHT_MAX     INT16_MAX

static const struct
{
    uint16_t sign;
    const char *text;
} specials[] = {{NOT_A_NUMBER, "NaN"}, {PLUS_INFINITY, "Infinity"}, {MINUS_INFINITY, "-Infinity"}};

static ss_code
numeric_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
              ss_error *err)
{
    unsigned ndigits;
    int weight;
    unsigned sign;
    unsigned scale;

    (void) t;
    if (n < 8)
        return ss_codec_malformed("numeric", err);
    ndigits = ss_get_u16(data);
    weight = (int16_t) ss_get_u16(data + 2);
    sign = ss_get_u16(data + 4);
    scale = ss_get_u16(data + 6);
    if (n != 8 + 2 * (size_t) ndigits || scale > SCALE_MAX)
        return ss_codec_malformed("numeric", err);
    for (unsigned i = 0; i < ndigits; i++)
        if (ss_get_u16(data + 8 + 2 * (size_t) i) > 9999)
            return ss_codec_malformed("numeric", err);
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++)
        if (specials[i].sign == sign)
        {
            ss_buf_puts(out, specials[i].text);
            return SS_OK;
        }
    if (sign != 0 && sign != NEGATIVE)
        return ss_codec_malformed("numeric", err);

    ss_buf_reserve(out, (weight < 0 ? 1 : (size_t) weight + 1) * 4 + scale + 8);
    if (sign == NEGATIVE && ndigits > 0)
        ss_buf_putc(out, '-');
    if (weight < 0)
        ss_buf_putc(out, '0');
    for (int i = 0; i <= weight; i++)
    {
        const unsigned d = (unsigned) i < ndigits ? ss_get_u16(data + 8 + 2 * (size_t) i) : 0;
        const char four[4] = {(char) ('0' + d / 1000), (char) ('0' + d / 100 % 10),
                              (char) ('0' + d / 10 % 10), (char) ('0' + d % 10)};
        size_t skip = 0;

        if (i == 0)
            while (skip < 3 && four[skip] == '0')
                skip++;
        ss_buf_append(out, four + skip, 4 - skip);
    }
    if (scale > 0)
        ss_buf_putc(out, '.');
    for (unsigned at = 0; at < scale; at += 4)
    {
        const int i = weight + 1 + (int) (at / 4);
        const unsigned d =
            i >= 0 && (unsigned) i < ndigits ? ss_get_u16(data + 8 + 2 * (size_t) i) : 0;
        const char four[4] = {(char) ('0' + d / 1000), (char) ('0' + d / 100 % 10),
                              (char) ('0' + d / 10 % 10), (char) ('0' + d % 10)};

        ss_buf_append(out, four, scale - at < 4 ? scale - at : 4);
    }
    return SS_OK;
}

/* The decimal digit number i of a text of digits with one point at most, counted without the point. */
static unsigned
digit_at(const char *digits, size_t point, int64_t i, int64_t count)
{
    if (i < 0 || i >= count)
        return 0;
    return (unsigned) (digits[(size_t) i < point ? (size_t) i : (size_t) i + 1] - '0');
}

static ss_code
numeric_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    const char *digits;
    bool negative = false;
    size_t i = 0;
    size_t len;
    size_t point;
    int64_t count;
    int64_t before; /* decimal digits before the point, exponent applied */
    int64_t exponent = 0;
    int64_t scale;
    int64_t weight;
    int64_t ngroups;
    int64_t first = 0;
    size_t head;

    (void) t;
    for (size_t s = 0; s < sizeof specials / sizeof specials[0]; s++)
        if (strlen(specials[s].text) == n && memcmp(specials[s].text, text, n) == 0)
        {
            ss_buf_put_u32(out, 0);
            ss_buf_put_u16(out, specials[s].sign);
            /* numeric_send() reads a scale of 32 out of an infinity's header. */
            ss_buf_put_u16(out, specials[s].sign == NOT_A_NUMBER ? 0 : 32);
            return SS_OK;
        }
    if (n > 0 && (text[0] == '-' || text[0] == '+'))
        negative = text[i++] == '-';
    digits = text + i;
    point = SIZE_MAX;
    for (len = 0; i + len < n; len++)
    {
        if (digits[len] == '.' && point == SIZE_MAX)
            point = len;
        else if (digits[len] < '0' || digits[len] > '9')
            break;
    }
    count = (int64_t) len - (point != SIZE_MAX);
    if (count == 0)
        return ss_codec_bad_text("numeric", err);
    if (i + len < n && ((digits[len] != 'e' && digits[len] != 'E') ||
                        !ss_int_parse(digits + len + 1, n - i - len - 1, &exponent) ||
                        exponent > 200000 || exponent < -200000))
        return ss_codec_bad_text("numeric", err);
    before = (point == SIZE_MAX ? count : (int64_t) point) + exponent;
    scale = count - before > 0 ? count - before : 0;
    /* Group 0 is the one whose last digit stands before the point. */
    weight = before > 0 ? (before + 3) / 4 - 1 : -((-before) / 4) - 1;
    ngroups = weight + 1 + (scale + 3) / 4;
    if (ngroups < 0)
        ngroups = 0;
    if (scale > SCALE_MAX || weight > 2 * WEIGHT_MAX)
        return ss_fail(err, SS_EMEND, "value out of range for type numeric");

    head = out->len;
    ss_buf_reserve(out, 8 + 2 * (size_t) ngroups);
    ss_buf_put_u64(out, 0);
    for (int64_t g = 0; g < ngroups; g++)
    {
        unsigned d = 0;
        /* number of the group's first decimal digit */
        const int64_t from = before - (weight + 1) * 4 + g * 4;

        for (int64_t k = from; k < from + 4; k++)
            d = d * 10 + digit_at(digits, point, k, count);
        if (d == 0 && first == g)
        {
            first++; /* leading zeros */
            continue;
        }
        ss_buf_put_u16(out, (uint16_t) d);
    }
    while (out->len > head + 8 && out->data[out->len - 1] == 0 && out->data[out->len - 2] == 0)
        out->len -= 2;
    weight -= first;
    ngroups = (int64_t) (out->len - head - 8) / 2;
    if (ngroups == 0)
    {
        weight = 0;
        negative = false;
    }
    if (weight > WEIGHT_MAX || ngroups > UINT16_MAX)
        return ss_fail(err, SS_EMEND, "value out of range for type numeric");
    ss_set_u32(out->data + head, (uint32_t) ngroups << 16 | (uint16_t) (int16_t) weight);
    ss_set_u32(out->data + head + 4, (negative ? (uint32_t) NEGATIVE << 16 : 0) | (uint32_t) scale);
    return SS_OK;
}

SS_TEXT_CODEC(numeric);
