/*
 * float4, float8.  Printed as PostgreSQL does: the fewest digits that read back as the same number,
 * fixed for exponents -4 .. 14 (float4: 5), else scientific.  Only digits pass through the C
 * library, never a decimal point, so its locale does not matter.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rows/rows_internal.h"

/* digits with the exponent of the first one, as a number */
static double
compose(bool negative, const char *digits, int n, int exponent, bool single)
{
    char text[64];

    (void) snprintf(text, sizeof text, "%s%.*se%d", negative ? "-" : "", n, digits,
                    exponent - n + 1);
    return single ? (double) strtof(text, NULL) : strtod(text, NULL);
}

/* v > 0 rounded to n digits. */
static void
decompose(double v, int n, char *digits, int *exponent)
{
    char text[64];
    int len = 0;
    char *p = text;

    (void) snprintf(text, sizeof text, "%.*e", n - 1, v);
    for (; *p != 'e' && *p != '\0'; p++)
        if (*p >= '0' && *p <= '9')
            digits[len++] = *p;
    *exponent = *p == 'e' ? (int) strtol(p + 1, NULL, 10) : 0;
}

/* The next decimal of n digits: at powers of two the shortest one may lie on the far side. */
static bool
increment(char *digits, int n)
{
    for (int i = n - 1; i >= 0; i--)
    {
        if (digits[i] != '9')
        {
            digits[i]++;
            return true;
        }
        digits[i] = '0';
    }
    return false;
}

static int
shortest(double v, bool single, char *digits, int *exponent)
{
    const double normal = single ? 1.1754943508222875e-38 : 2.2250738585072014e-308;
    const int most = single ? 9 : 17;

    /* Of normal numbers, what 6 (15) digits can say they say in one way only. */
    for (int n = v < normal ? 1 : (single ? 6 : 15); n < most; n++)
    {
        char other[24];

        decompose(v, n, digits, exponent);
        if (compose(false, digits, n, *exponent, single) == v)
            return n;
        memcpy(other, digits, (size_t) n);
        if (increment(other, n) && compose(false, other, n, *exponent, single) == v)
        {
            memcpy(digits, other, (size_t) n);
            return n;
        }
    }
    decompose(v, most, digits, exponent);
    return most;
}

void
ss_float_print(double v, bool single, ss_buf *out)
{
    char digits[24];
    int exponent;
    int n;

    if (isnan(v))
    {
        ss_buf_puts(out, "NaN");
        return;
    }
    if (signbit(v))
        ss_buf_putc(out, '-');
    if (isinf(v))
    {
        ss_buf_puts(out, "Infinity");
        return;
    }
    v = fabs(v);
    if (v == 0)
    {
        ss_buf_putc(out, '0');
        return;
    }
    n = shortest(v, single, digits, &exponent);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    if (exponent < -4 || exponent >= (single ? 6 : 15))
    {
        ss_buf_putc(out, digits[0]);
        if (n > 1)
            ss_buf_putc(out, '.');
        ss_buf_append(out, digits + 1, (size_t) n - 1);
        ss_buf_printf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
        return;
    }
    if (exponent < 0)
    {
        ss_buf_puts(out, "0.");
        for (int i = -1; i > exponent; i--)
            ss_buf_putc(out, '0');
        ss_buf_append(out, digits, (size_t) n);
        return;
    }
    for (int i = 0; i < n || i <= exponent; i++)
    {
        if (i == exponent + 1)
            ss_buf_putc(out, '.');
        ss_buf_putc(out, i < n ? digits[i] : '0');
    }
}

/* Digits enough to tell any two doubles apart, halfway cases included. */
#define PARSE_DIGITS 800

bool
ss_float_parse(const char *text, size_t n, bool single, double *v)
{
    char number[PARSE_DIGITS + 32];
    size_t i = 0;
    size_t len = 0;
    long scale = 0;
    int64_t exponent = 0;
    bool any = false;
    bool point = false;
    bool sticky = false;
    const bool negative = n > 0 && text[0] == '-';

    if (n > 0 && (text[0] == '-' || text[0] == '+'))
        i = 1;
    if (n - i == 3 && memcmp(text + i, "NaN", 3) == 0)
    {
        *v = (double) NAN;
        return true;
    }
    if (n - i == 8 && memcmp(text + i, "Infinity", 8) == 0)
    {
        *v = negative ? -(double) INFINITY : (double) INFINITY;
        return true;
    }
    for (; i < n; i++)
    {
        if (text[i] == '.' && !point)
        {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            break;
        any = true;
        if (len == 0 && text[i] == '0')
            scale -= point;
        else if (len < PARSE_DIGITS)
        {
            number[len++] = text[i];
            scale -= point;
        }
        else
        {
            sticky |= text[i] != '0';
            scale += !point;
        }
    }
    if (!any)
        return false;
    if (i < n)
    {
        if ((text[i] != 'e' && text[i] != 'E') || !ss_int_parse(text + i + 1, n - i - 1, &exponent))
            return false;
        if (exponent > 100000000 || exponent < -100000000)
            exponent = exponent < 0 ? -100000000 : 100000000;
    }
    if (len == 0)
    {
        *v = negative ? -0.0 : 0.0;
        return true;
    }
    if (sticky)
    {
        number[len++] = '1';
        scale--;
    }
    (void) snprintf(number + len, sizeof number - len, "e%lld",
                    (long long) exponent + (long long) scale);
    *v = single ? (double) strtof(number, NULL) : strtod(number, NULL);
    if (isinf(*v) || *v == 0)
        return false; /* out of range, as the server says too */
    if (negative)
        *v = -*v;
    return true;
}

#define FLOAT(x, single, size, take, put)                                                          \
    static ss_code x##_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,    \
                                   ss_batch_column *column, size_t r, ss_error *err)               \
    {                                                                                              \
        (void) t;                                                                                  \
        if (n != (size))                                                                           \
            return ss_codec_malformed(#x, err);                                                    \
        ss_column_put_f64(column, r, take(data));                                                  \
        return SS_OK;                                                                              \
    }                                                                                              \
    static ss_code x##_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r,  \
                                 ss_buf *out, ss_error *err)                                       \
    {                                                                                              \
        (void) t;                                                                                  \
        (void) err;                                                                                \
        put(out, column->f64[r]);                                                                  \
        return SS_OK;                                                                              \
    }                                                                                              \
    static ss_code x##_from_text(const ss_codec_type *t, const char *text, size_t n,               \
                                 ss_batch_column *column, size_t r, ss_error *err)                 \
    {                                                                                              \
        double v;                                                                                  \
        (void) t;                                                                                  \
        if (!ss_float_parse(text, n, single, &v))                                                  \
            return ss_codec_bad_text(#x, err);                                                     \
        ss_column_put_f64(column, r, v);                                                           \
        return SS_OK;                                                                              \
    }                                                                                              \
    static ss_code x##_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r,    \
                               ss_buf *out, ss_error *err)                                         \
    {                                                                                              \
        (void) t;                                                                                  \
        (void) err;                                                                                \
        ss_float_print(column->f64[r], single, out);                                               \
        return SS_OK;                                                                              \
    }                                                                                              \
    const ss_codec ss_codec_##x = {                                                                \
        #x, SS_FORM_F64, x##_from_binary, x##_to_binary, x##_from_text, x##_to_text}

static double
take4(const unsigned char *data)
{
    const uint32_t bits = ss_get_u32(data);
    float v;

    memcpy(&v, &bits, sizeof v);
    return (double) v;
}

/* A double beyond float4 becomes an infinity here; treatments keep to the type's range. */
static void
put4(ss_buf *out, double v)
{
    const float f = (float) v;
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    ss_buf_put_u32(out, bits);
}

static double
take8(const unsigned char *data)
{
    return ss_bits_double(ss_get_u64(data));
}

static void
put8(ss_buf *out, double v)
{
    ss_buf_put_u64(out, ss_double_bits(v));
}

FLOAT(float4, true, 4, take4, put4);
FLOAT(float8, false, 8, take8, put8);
