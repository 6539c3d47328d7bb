/*
 * date, time, timestamp, timestamptz.
 *
 * Civil dates from day numbers and back: the era-of-400-years method (H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms", 2013).  PostgreSQL counts from 2000-01-01.
 */
#include <string.h>

#include "rows/rows_internal.h"

#define DAY_US        INT64_C(86400000000)
#define EPOCH_SHIFT   730425 /* days from 0000-03-01 to 2000-01-01 */
#define DATE_INFINITY INT32_MAX
#define DATE_MINUS    INT32_MIN

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

void
ss_codec_print_date(ss_buf *out, int64_t days, bool *bc)
{
    const int64_t z = days + EPOCH_SHIFT;
    const int64_t era = floor_div(z, 146097);
    const int64_t doe = z - era * 146097;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int64_t mp = (5 * doy + 2) / 153;
    const int64_t day = doy - (153 * mp + 2) / 5 + 1;
    const int64_t month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);

    *bc = year <= 0;
    if (*bc)
        year = 1 - year;
    ss_buf_printf(out, "%04lld-%02lld-%02lld", (long long) year, (long long) month,
                  (long long) day);
}

static bool
digits(const char **at, const char *end, int least, int most, int64_t *v)
{
    int n = 0;

    *v = 0;
    while (*at < end && **at >= '0' && **at <= '9' && n < most)
    {
        *v = *v * 10 + (*(*at)++ - '0');
        n++;
    }
    return n >= least;
}

static bool
literal(const char **at, const char *end, const char *text)
{
    const size_t n = strlen(text);

    if ((size_t) (end - *at) < n || memcmp(*at, text, n) != 0)
        return false;
    *at += n;
    return true;
}

bool
ss_codec_scan_date(const char **at, const char *end, int64_t *days)
{
    int64_t year, month, day;

    if (!digits(at, end, 4, 7, &year) || !literal(at, end, "-") || !digits(at, end, 2, 2, &month) ||
        !literal(at, end, "-") || !digits(at, end, 2, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    if (end - *at >= 3 && memcmp(end - 3, " BC", 3) == 0)
        year = 1 - year;

    const int64_t y = year - (month <= 2);
    const int64_t era = floor_div(y, 400);
    const int64_t yoe = y - era * 400;
    const int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    *days = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - EPOCH_SHIFT;
    return true;
}

static bool
scan_time(const char **at, const char *end, int64_t *us)
{
    int64_t h, m, s = 0, fraction = 0;

    if (!digits(at, end, 2, 2, &h) || !literal(at, end, ":") || !digits(at, end, 2, 2, &m))
        return false;
    if (literal(at, end, ":") && !digits(at, end, 2, 2, &s))
        return false;
    if (literal(at, end, "."))
    {
        const char *from = *at;

        if (!digits(at, end, 1, 6, &fraction))
            return false;
        for (long n = *at - from; n < 6; n++)
            fraction *= 10;
    }
    *us = ((h * 60 + m) * 60 + s) * 1000000 + fraction;
    return h <= 24 && m < 60 && s <= 60;
}

static void
print_time(ss_buf *out, int64_t us)
{
    const long long s = us / 1000000;
    long long fraction = us % 1000000;
    int places = 6;

    ss_buf_printf(out, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    if (fraction == 0)
        return;
    while (fraction % 10 == 0)
    {
        fraction /= 10;
        places--;
    }
    ss_buf_printf(out, ".%0*lld", places, fraction);
}

static bool
scan_infinity(const char *text, size_t n, int64_t *v)
{
    if (n == 8 && memcmp(text, "infinity", 8) == 0)
        *v = INT64_MAX;
    else if (n == 9 && memcmp(text, "-infinity", 9) == 0)
        *v = INT64_MIN;
    else
        return false;
    return true;
}

static bool
print_infinity(ss_buf *out, int64_t v)
{
    if (v != INT64_MAX && v != INT64_MIN)
        return false;
    ss_buf_puts(out, v == INT64_MAX ? "infinity" : "-infinity");
    return true;
}

/* --- date --------------------------------------------------------------------------------------- */

static ss_code
date_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n,
                 ss_batch_column *column, size_t r, ss_error *err)
{
    int32_t days;

    (void) t;
    if (n != 4)
        return ss_codec_malformed("date", err);
    days = (int32_t) ss_wire_u32(data);
    ss_column_put_i64(column, r,
                      days == DATE_INFINITY ? INT64_MAX
                      : days == DATE_MINUS  ? INT64_MIN
                                            : days);
    return SS_OK;
}

static ss_code
date_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
               ss_error *err)
{
    const int64_t v = column->i64[r];

    (void) t;
    if (v != INT64_MAX && v != INT64_MIN && (v <= DATE_MINUS || v >= DATE_INFINITY))
        return ss_fail(err, SS_EBUG, "a date is out of range");
    ss_buf_put_u32(out, (uint32_t) (v == INT64_MAX   ? DATE_INFINITY
                                    : v == INT64_MIN ? DATE_MINUS
                                                     : (int32_t) v));
    return SS_OK;
}

static ss_code
date_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
               size_t r, ss_error *err)
{
    const char *at = text;
    int64_t days;

    (void) t;
    if (!scan_infinity(text, n, &days) && !ss_codec_scan_date(&at, text + n, &days))
        return ss_codec_malformed("date", err);
    ss_column_put_i64(column, r, days);
    return SS_OK;
}

static ss_code
date_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
             ss_error *err)
{
    bool bc;

    (void) t;
    (void) err;
    if (print_infinity(out, column->i64[r]))
        return SS_OK;
    ss_codec_print_date(out, column->i64[r], &bc);
    if (bc)
        ss_buf_puts(out, " BC");
    return SS_OK;
}

const ss_codec ss_codec_date = {.name = "date",
                                .form = SS_FORM_I64,
                                .from_binary = date_from_binary,
                                .to_binary = date_to_binary,
                                .from_text = date_from_text,
                                .to_text = date_to_text};

/* --- time --------------------------------------------------------------------------------------- */

static ss_code
us_from_binary(const ss_codec_type *t, const unsigned char *data, size_t n, ss_batch_column *column,
               size_t r, ss_error *err)
{
    (void) t;
    if (n != 8)
        return ss_codec_malformed("time", err);
    ss_column_put_i64(column, r, (int64_t) ss_wire_u64(data));
    return SS_OK;
}

static ss_code
us_to_binary(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
             ss_error *err)
{
    (void) t;
    (void) err;
    ss_buf_put_u64(out, (uint64_t) column->i64[r]);
    return SS_OK;
}

static ss_code
time_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
               size_t r, ss_error *err)
{
    const char *at = text;
    int64_t us;

    (void) t;
    if (!scan_time(&at, text + n, &us) || at != text + n)
        return ss_codec_malformed("time", err);
    ss_column_put_i64(column, r, us);
    return SS_OK;
}

static ss_code
time_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
             ss_error *err)
{
    (void) t;
    (void) err;
    print_time(out, column->i64[r]);
    return SS_OK;
}

const ss_codec ss_codec_time = {.name = "time",
                                .form = SS_FORM_I64,
                                .from_binary = us_from_binary,
                                .to_binary = us_to_binary,
                                .from_text = time_from_text,
                                .to_text = time_to_text};

/* --- timestamps --------------------------------------------------------------------------------- */

static ss_code
timestamp_from_text(const ss_codec_type *t, const char *text, size_t n, ss_batch_column *column,
                    size_t r, ss_error *err)
{
    const char *at = text, *end = text + n;
    int64_t days, us, zone_h = 0, zone_m = 0, v;

    (void) t;
    if (scan_infinity(text, n, &v))
    {
        ss_column_put_i64(column, r, v);
        return SS_OK;
    }
    if (!ss_codec_scan_date(&at, end, &days) || !literal(&at, end, " ") ||
        !scan_time(&at, end, &us))
        return ss_codec_malformed("timestamp", err);
    if (at < end && (*at == '+' || *at == '-'))
    {
        const int64_t sign = *at++ == '-' ? 1 : -1;

        if (!digits(&at, end, 2, 2, &zone_h))
            return ss_codec_malformed("timestamptz", err);
        if (literal(&at, end, ":") && !digits(&at, end, 2, 2, &zone_m))
            return ss_codec_malformed("timestamptz", err);
        us += sign * (zone_h * 60 + zone_m) * 60000000;
    }
    if (days > INT64_MAX / DAY_US - 1 || days < INT64_MIN / DAY_US + 1)
        return ss_codec_malformed("timestamp", err);
    ss_column_put_i64(column, r, days * DAY_US + us);
    return SS_OK;
}

static void
print_timestamp(ss_buf *out, int64_t v, const char *zone)
{
    const int64_t days = floor_div(v, DAY_US);
    bool bc;

    if (print_infinity(out, v))
        return;
    ss_codec_print_date(out, days, &bc);
    ss_buf_putc(out, ' ');
    print_time(out, v - days * DAY_US);
    ss_buf_puts(out, zone);
    if (bc)
        ss_buf_puts(out, " BC");
}

static ss_code
timestamp_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
                  ss_error *err)
{
    (void) t;
    (void) err;
    print_timestamp(out, column->i64[r], "");
    return SS_OK;
}

static ss_code
timestamptz_to_text(const ss_codec_type *t, const ss_batch_column *column, size_t r, ss_buf *out,
                    ss_error *err)
{
    (void) t;
    (void) err;
    print_timestamp(out, column->i64[r], "+00");
    return SS_OK;
}

const ss_codec ss_codec_timestamp = {.name = "timestamp",
                                     .form = SS_FORM_I64,
                                     .from_binary = us_from_binary,
                                     .to_binary = us_to_binary,
                                     .from_text = timestamp_from_text,
                                     .to_text = timestamp_to_text};
const ss_codec ss_codec_timestamptz = {.name = "timestamptz",
                                       .form = SS_FORM_I64,
                                       .from_binary = us_from_binary,
                                       .to_binary = us_to_binary,
                                       .from_text = timestamp_from_text,
                                       .to_text = timestamptz_to_text};
