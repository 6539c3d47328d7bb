/* bool, int2, int4, int8, oid, money. */
#include "rows/rows_internal.h"

void
ss_int_print(int64_t v, ss_buf *out)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t u = v < 0 ? 0 - (uint64_t) v : (uint64_t) v;

    do
        digits[--at] = (char) ('0' + u % 10);
    while ((u /= 10) != 0);
    if (v < 0)
        digits[--at] = '-';
    ss_buf_append(out, digits + at, sizeof digits - at);
}

bool
ss_int_parse(const char *text, size_t n, int64_t *v)
{
    const bool negative = n > 0 && text[0] == '-';
    const uint64_t limit = (uint64_t) INT64_MAX + (negative ? 1 : 0);
    uint64_t u = 0;
    size_t i = n > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;

    if (i == n)
        return false;
    for (; i < n; i++)
    {
        const uint64_t digit = (uint64_t) (unsigned char) text[i] - '0';

        if (digit > 9 || u > (limit - digit) / 10)
            return false;
        u = u * 10 + digit;
    }
    if (!negative)
        *v = (int64_t) u;
    else
        *v = u == 0 ? 0 : -(int64_t) (u - 1) - 1;
    return true;
}

static bool
bool_take(const ss_codec_type *t, const unsigned char *data, size_t n, int64_t *v)
{
    (void) t;
    if (n != 1)
        return false;
    *v = data[0] != 0;
    return true;
}

static bool
bool_put(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    (void) t;
    ss_buf_putc(out, v != 0);
    return v == 0 || v == 1;
}

static bool
bool_scan(const ss_codec_type *t, const char *text, size_t n, int64_t *v)
{
    static const char *const words[] = {"f", "t",  "false", "true", "0",
                                        "1", "no", "yes",   "off",  "on"};

    (void) t;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == n && memcmp(words[i], text, n) == 0)
        {
            *v = (int64_t) (i % 2);
            return true;
        }
    return false;
}

static bool
bool_show(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    (void) t;
    ss_buf_putc(out, v != 0 ? 't' : 'f');
    return v == 0 || v == 1;
}

SS_I64_CODEC(bool);

#define INTEGER(x, size, lowest, highest, get, set)                                                \
    static bool x##_take(const ss_codec_type *t, const unsigned char *data, size_t n, int64_t *v)  \
    {                                                                                              \
        (void) t;                                                                                  \
        if (n != (size))                                                                           \
            return false;                                                                          \
        *v = (int64_t) get(data);                                                                  \
        return true;                                                                               \
    }                                                                                              \
    static bool x##_put(const ss_codec_type *t, int64_t v, ss_buf *out)                            \
    {                                                                                              \
        (void) t;                                                                                  \
        if (v < (lowest) || v > (highest))                                                         \
            return false;                                                                          \
        set;                                                                                       \
        return true;                                                                               \
    }                                                                                              \
    static bool x##_scan(const ss_codec_type *t, const char *text, size_t n, int64_t *v)           \
    {                                                                                              \
        (void) t;                                                                                  \
        return ss_int_parse(text, n, v) && *v >= (lowest) && *v <= (highest);                      \
    }                                                                                              \
    static bool x##_show(const ss_codec_type *t, int64_t v, ss_buf *out)                           \
    {                                                                                              \
        (void) t;                                                                                  \
        ss_int_print(v, out);                                                                      \
        return true;                                                                               \
    }                                                                                              \
    SS_I64_CODEC(x)

INTEGER(int2, 2, INT16_MIN, INT16_MAX, (int16_t) ss_get_u16, ss_buf_put_u16(out, (uint16_t) v));
INTEGER(int4, 4, INT32_MIN, INT32_MAX, (int32_t) ss_get_u32, ss_buf_put_u32(out, (uint32_t) v));
INTEGER(int8, 8, INT64_MIN, INT64_MAX, (int64_t) ss_get_u64, ss_buf_put_u64(out, (uint64_t) v));
INTEGER(oid, 4, 0, (int64_t) UINT32_MAX, ss_get_u32, ss_buf_put_u32(out, (uint32_t) v));

static bool
money_take(const ss_codec_type *t, const unsigned char *data, size_t n, int64_t *v)
{
    return int8_take(t, data, n, v);
}

static bool
money_put(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    return int8_put(t, v, out);
}

/*
 * As a server with lc_monetary C prints it: -$1,234.56.  Other monetary locales mean other things
 * by comma and point and are refused; COPY BINARY, which transfers use, knows no locale.
 */
static bool
money_scan(const ss_codec_type *t, const char *text, size_t n, int64_t *v)
{
    char digits[32];
    size_t len = 0;
    size_t i = 0;

    (void) t;
    if (i < n && text[i] == '-')
        digits[len++] = text[i++];
    if (i < n && text[i] == '$')
        i++;
    for (; i < n && text[i] != '.'; i++)
    {
        if (text[i] == ',')
            continue;
        if (len > 24)
            return false;
        digits[len++] = text[i];
    }
    if (i < n && (n - i != 3 || len > 24))
        return false;
    digits[len++] = i < n ? text[i + 1] : '0';
    digits[len++] = i < n ? text[i + 2] : '0';
    return ss_int_parse(digits, len, v);
}

static bool
money_show(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    uint64_t u = v < 0 ? 0 - (uint64_t) v : (uint64_t) v;
    char text[40];
    size_t at = sizeof text;

    (void) t;
    for (int i = 0; i < 2; i++, u /= 10)
        text[--at] = (char) ('0' + u % 10);
    text[--at] = '.';
    for (int i = 0; i == 0 || u != 0; i++, u /= 10)
    {
        if (i != 0 && i % 3 == 0)
            text[--at] = ',';
        text[--at] = (char) ('0' + u % 10);
    }
    text[--at] = '$';
    if (v < 0)
        text[--at] = '-';
    ss_buf_append(out, text + at, sizeof text - at);
    return true;
}

SS_I64_CODEC(money);
