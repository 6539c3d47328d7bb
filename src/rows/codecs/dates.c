/* date, time, timetz, timestamp, timestamptz: ISO text, days and microseconds since 2000-01-01. */
#include "rows/rows_internal.h"

#define US_SECOND INT64_C(1000000)
#define YEAR_MAX  5900000 /* of text read: a little beyond the last date of PostgreSQL */

int64_t
ss_days_of_civil(int64_t y, int64_t m, int64_t d)
{
    int64_t era;
    int64_t yoe;
    int64_t doy;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 730425;
}

void
ss_civil_of_days(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
    const int64_t z = days + 730425;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t doe = z - era * 146097;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int64_t mp = (5 * doy + 2) / 153;

    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = yoe + era * 400 + (*m <= 2);
}

static void
padded(ss_buf *out, int64_t v, int width)
{
    int64_t limit = 10;

    for (int i = 1; i < width; i++, limit *= 10)
        if (v < limit)
        {
            for (int k = i; k < width; k++)
                ss_buf_putc(out, '0');
            break;
        }
    ss_int_print(v, out);
}

void
ss_date_print(int64_t days, ss_buf *out, bool *bc)
{
    int64_t y;
    int64_t m;
    int64_t d;

    ss_civil_of_days(days, &y, &m, &d);
    *bc = y <= 0;
    padded(out, y > 0 ? y : 1 - y, 4);
    ss_buf_putc(out, '-');
    padded(out, m, 2);
    ss_buf_putc(out, '-');
    padded(out, d, 2);
}

void
ss_time_print(int64_t us, ss_buf *out)
{
    int64_t fraction = us % US_SECOND;
    const int64_t s = us / US_SECOND;

    padded(out, s / 3600, 2);
    ss_buf_putc(out, ':');
    padded(out, s / 60 % 60, 2);
    ss_buf_putc(out, ':');
    padded(out, s % 60, 2);
    if (fraction != 0)
    {
        int width = 6;

        for (; fraction % 10 == 0; width--)
            fraction /= 10;
        ss_buf_putc(out, '.');
        padded(out, fraction, width);
    }
}

/* 1 to most digits. */
static bool
number(const char **p, const char *end, int most, int64_t *v)
{
    int n = 0;

    *v = 0;
    for (; *p < end && **p >= '0' && **p <= '9' && n < most; (*p)++, n++)
        *v = *v * 10 + (**p - '0');
    return n > 0;
}

static bool
mark(const char **p, const char *end, char c)
{
    if (*p >= end || **p != c)
        return false;
    (*p)++;
    return true;
}

bool
ss_bc_scan(const char **p, const char *end)
{
    if (end - *p < 3 || memcmp(*p, " BC", 3) != 0)
        return false;
    *p += 3;
    return true;
}

/* The text's year is not negative; " BC" comes at the very end, so look there. */
bool
ss_date_scan(const char **p, const char *end, int64_t *days)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool bc = end - *p > 3 && memcmp(end - 3, " BC", 3) == 0;
    int64_t y;
    int64_t m;
    int64_t d;
    bool leap;

    if (!number(p, end, 7, &y) || !mark(p, end, '-') || !number(p, end, 2, &m) ||
        !mark(p, end, '-') || !number(p, end, 2, &d) || y < 1 || y > YEAR_MAX || m < 1 || m > 12)
        return false;
    if (bc)
        y = 1 - y;
    leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    if (d < 1 || d > lengths[m - 1] + (m == 2 && leap))
        return false;
    *days = ss_days_of_civil(y, m, d);
    return true;
}

bool
ss_time_scan(const char **p, const char *end, int64_t *us)
{
    int64_t h;
    int64_t m;
    int64_t s = 0;
    int64_t fraction = 0;

    if (!number(p, end, 2, &h) || !mark(p, end, ':') || !number(p, end, 2, &m))
        return false;
    if (mark(p, end, ':'))
    {
        if (!number(p, end, 2, &s))
            return false;
        if (mark(p, end, '.'))
        {
            const char *start = *p;

            if (!number(p, end, 6, &fraction))
                return false;
            for (int64_t n = *p - start; n < 6; n++)
                fraction *= 10;
        }
    }
    if (h > 24 || m > 59 || s > 60)
        return false;
    *us = ((h * 60 + m) * 60 + s) * US_SECOND + fraction;
    return *us <= SS_DAY_US;
}

bool
ss_zone_scan(const char **p, const char *end, int64_t *east_s)
{
    int64_t h;
    int64_t m = 0;
    int64_t s = 0;
    bool west;

    if (*p >= end || (**p != '+' && **p != '-'))
        return false;
    west = *(*p)++ == '-';
    if (!number(p, end, 2, &h) || (mark(p, end, ':') && !number(p, end, 2, &m)) ||
        (mark(p, end, ':') && !number(p, end, 2, &s)) || h > 15 || m > 59 || s > 59)
        return false;
    *east_s = (h * 60 + m) * 60 + s;
    if (west)
        *east_s = -*east_s;
    return true;
}

static bool
infinite_scan(const char *text, size_t n, int64_t *v)
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
infinite_show(int64_t v, ss_buf *out)
{
    if (v != INT64_MAX && v != INT64_MIN)
        return false;
    ss_buf_puts(out, v == INT64_MAX ? "infinity" : "-infinity");
    return true;
}

static bool
date_take(const ss_codec_type *t, const unsigned char *data, size_t n, int64_t *v)
{
    (void) t;
    if (n != 4)
        return false;
    *v = (int32_t) ss_get_u32(data);
    if (*v == INT32_MIN || *v == INT32_MAX)
        *v = *v < 0 ? INT64_MIN : INT64_MAX;
    return true;
}

static bool
date_put(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    (void) t;
    if (v == INT64_MIN || v == INT64_MAX)
        v = v < 0 ? INT32_MIN : INT32_MAX;
    else if (v <= INT32_MIN || v >= INT32_MAX)
        return false;
    ss_buf_put_u32(out, (uint32_t) (int32_t) v);
    return true;
}

static bool
date_scan(const ss_codec_type *t, const char *text, size_t n, int64_t *v)
{
    const char *p = text;

    (void) t;
    if (infinite_scan(text, n, v))
        return true;
    if (!ss_date_scan(&p, text + n, v))
        return false;
    (void) ss_bc_scan(&p, text + n);
    return p == text + n;
}

static bool
date_show(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    bool bc;

    (void) t;
    if (infinite_show(v, out))
        return true;
    if (v < INT32_MIN || v > INT32_MAX)
        return false;
    ss_date_print(v, out, &bc);
    if (bc)
        ss_buf_puts(out, " BC");
    return true;
}

SS_I64_CODEC(date);

static bool
time_take(const ss_codec_type *t, const unsigned char *data, size_t n, int64_t *v)
{
    (void) t;
    if (n != 8)
        return false;
    *v = (int64_t) ss_get_u64(data);
    return *v >= 0 && *v <= SS_DAY_US;
}

static bool
time_put(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    (void) t;
    ss_buf_put_u64(out, (uint64_t) v);
    return v >= 0 && v <= SS_DAY_US;
}

static bool
time_scan(const ss_codec_type *t, const char *text, size_t n, int64_t *v)
{
    const char *p = text;

    (void) t;
    return ss_time_scan(&p, text + n, v) && p == text + n;
}

static bool
time_show(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    (void) t;
    if (v < 0 || v > SS_DAY_US)
        return false;
    ss_time_print(v, out);
    return true;
}

SS_I64_CODEC(time);

static ss_code
timetz_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
             ss_error *err)
{
    int64_t us;
    int64_t west;

    (void) t;
    if (n != 12)
        return ss_codec_malformed("timetz", err);
    us = (int64_t) ss_get_u64(data);
    west = (int32_t) ss_get_u32(data + 8);
    if (us < 0 || us > SS_DAY_US || west <= -16 * 3600 || west >= 16 * 3600)
        return ss_codec_malformed("timetz", err);
    ss_time_print(us, out);
    ss_buf_putc(out, west <= 0 ? '+' : '-');
    west = west < 0 ? -west : west;
    padded(out, west / 3600, 2);
    if (west % 3600 != 0)
    {
        ss_buf_putc(out, ':');
        padded(out, west / 60 % 60, 2);
    }
    if (west % 60 != 0)
    {
        ss_buf_putc(out, ':');
        padded(out, west % 60, 2);
    }
    return SS_OK;
}

static ss_code
timetz_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    const char *p = text;
    int64_t us;
    int64_t east;

    (void) t;
    if (!ss_time_scan(&p, text + n, &us) || !ss_zone_scan(&p, text + n, &east) || p != text + n)
        return ss_codec_bad_text("timetz", err);
    ss_buf_put_u64(out, (uint64_t) us);
    ss_buf_put_u32(out, (uint32_t) (int32_t) -east);
    return SS_OK;
}

SS_TEXT_CODEC(timetz);

static bool
timestamp_take(const ss_codec_type *t, const unsigned char *data, size_t n, int64_t *v)
{
    (void) t;
    if (n != 8)
        return false;
    *v = (int64_t) ss_get_u64(data);
    return true;
}

static bool
timestamp_put(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    (void) t;
    ss_buf_put_u64(out, (uint64_t) v);
    return true;
}

static bool
moment_scan(const char *text, size_t n, bool zone, int64_t *v)
{
    const char *p = text;
    const char *end = text + n;
    int64_t days;
    int64_t us = 0;
    int64_t east = 0;

    if (infinite_scan(text, n, v))
        return true;
    if (!ss_date_scan(&p, end, &days))
        return false;
    if (p < end && (*p == ' ' || *p == 'T') && !(end - p == 3 && p[1] == 'B'))
    {
        p++;
        if (!ss_time_scan(&p, end, &us))
            return false;
        if (zone && p < end && *p == 'Z')
            p++;
        else if (zone && p < end && *p != ' ' && !ss_zone_scan(&p, end, &east))
            return false;
    }
    (void) ss_bc_scan(&p, end);
    if (p != end || days > INT64_MAX / SS_DAY_US - 2 || days < INT64_MIN / SS_DAY_US + 2)
        return false;
    *v = days * SS_DAY_US + us - east * US_SECOND;
    return true;
}

static bool
moment_show(int64_t v, bool zone, ss_buf *out)
{
    int64_t days = v / SS_DAY_US;
    int64_t us = v % SS_DAY_US;
    bool bc;

    if (infinite_show(v, out))
        return true;
    if (us < 0)
    {
        us += SS_DAY_US;
        days--;
    }
    ss_date_print(days, out, &bc);
    ss_buf_putc(out, ' ');
    ss_time_print(us, out);
    if (zone)
        ss_buf_puts(out, "+00");
    if (bc)
        ss_buf_puts(out, " BC");
    return true;
}

static bool
timestamp_scan(const ss_codec_type *t, const char *text, size_t n, int64_t *v)
{
    (void) t;
    return moment_scan(text, n, false, v);
}

static bool
timestamp_show(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    (void) t;
    return moment_show(v, false, out);
}

SS_I64_CODEC(timestamp);

#define timestamptz_take timestamp_take
#define timestamptz_put  timestamp_put

static bool
timestamptz_scan(const ss_codec_type *t, const char *text, size_t n, int64_t *v)
{
    (void) t;
    return moment_scan(text, n, true, v);
}

static bool
timestamptz_show(const ss_codec_type *t, int64_t v, ss_buf *out)
{
    (void) t;
    return moment_show(v, true, out);
}

SS_I64_CODEC(timestamptz);
