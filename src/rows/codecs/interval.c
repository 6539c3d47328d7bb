/*
 * interval, in IntervalStyle postgres: 1 year 2 mons -3 days +04:05:06.7.  After a negative part
 * the next positive one carries a plus sign (PostgreSQL: EncodeInterval() in datetime.c).
 */
#include "rows/rows_internal.h"

#define US_HOUR INT64_C(3600000000)

static void
part(ss_buf *out, int64_t v, const char *unit, bool *first, bool *negative)
{
    if (v == 0)
        return;
    if (!*first)
        ss_buf_putc(out, ' ');
    if (*negative && v > 0)
        ss_buf_putc(out, '+');
    ss_int_print(v, out);
    ss_buf_putc(out, ' ');
    ss_buf_puts(out, unit);
    if (v != 1)
        ss_buf_putc(out, 's');
    *first = false;
    *negative = v < 0;
}

static ss_code
interval_print(const ss_codec_type *t, const unsigned char *data, size_t n, ss_buf *out,
               ss_error *err)
{
    int64_t us;
    int64_t days;
    int64_t months;
    uint64_t u;
    bool first = true;
    bool negative = false;

    (void) t;
    if (n != 16)
        return ss_codec_malformed("interval", err);
    us = (int64_t) ss_get_u64(data);
    days = (int32_t) ss_get_u32(data + 8);
    months = (int32_t) ss_get_u32(data + 12);
    /* PostgreSQL 17's infinities. */
    if ((us == INT64_MAX && days == INT32_MAX && months == INT32_MAX) ||
        (us == INT64_MIN && days == INT32_MIN && months == INT32_MIN))
    {
        ss_buf_puts(out, us > 0 ? "infinity" : "-infinity");
        return SS_OK;
    }
    part(out, months / 12, "year", &first, &negative);
    part(out, months % 12, "mon", &first, &negative);
    part(out, days, "day", &first, &negative);
    if (us == 0 && !first)
        return SS_OK;
    if (!first)
        ss_buf_putc(out, ' ');
    if (us < 0)
        ss_buf_putc(out, '-');
    else if (negative)
        ss_buf_putc(out, '+');
    u = us < 0 ? 0 - (uint64_t) us : (uint64_t) us;
    if (u / US_HOUR < 10)
        ss_buf_putc(out, '0');
    ss_int_print((int64_t) (u / US_HOUR), out);
    {
        const size_t at = out->len;

        ss_time_print((int64_t) (u % US_HOUR), out); /* 00:mm:ss */
        memmove(out->data + at, out->data + at + 2, out->len - at - 2);
        out->len -= 2;
        out->data[out->len] = '\0';
    }
    return SS_OK;
}

static bool
clock_scan(const char *p, const char *end, int64_t *us)
{
    const bool negative = p < end && *p == '-';
    const char *colon;
    const char *minutes;
    char clock[24] = "00";
    int64_t hours;
    int64_t rest;

    if (p < end && (*p == '-' || *p == '+'))
        p++;
    colon = memchr(p, ':', (size_t) (end - p));
    if (colon == NULL || end - colon > 18 || !ss_int_parse(p, (size_t) (colon - p), &hours) ||
        hours < 0 || hours > INT64_MAX / US_HOUR)
        return false;
    memcpy(clock + 2, colon, (size_t) (end - colon));
    minutes = clock;
    if (!ss_time_scan(&minutes, clock + 2 + (end - colon), &rest) ||
        minutes != clock + 2 + (end - colon))
        return false;
    {
        const uint64_t u = (uint64_t) hours * (uint64_t) US_HOUR + (uint64_t) rest;

        if (u > (uint64_t) INT64_MAX + negative)
            return false;
        *us = (int64_t) (negative ? 0 - u : u);
    }
    return true;
}

static bool
interval_scan(const char *text, size_t n, int64_t *us, int64_t *days, int64_t *months)
{
    static const struct
    {
        const char *name;
        int64_t months;
        int64_t days;
    } units[] = {{"year", 12, 0}, {"mon", 1, 0}, {"day", 0, 1}};

    const char *p = text;
    const char *end = text + n;

    *us = *days = *months = 0;
    if (n == 0)
        return false;
    while (p < end)
    {
        const char *word = memchr(p, ' ', (size_t) (end - p));
        const char *unit;
        const char *stop;
        int64_t v;
        size_t u;

        if (word == NULL || memchr(p, ':', (size_t) (word - p)) != NULL)
            return clock_scan(p, end, us);
        if (!ss_int_parse(p, (size_t) (word - p), &v) || v < INT32_MIN || v > INT32_MAX)
            return false;
        unit = word + 1;
        stop = memchr(unit, ' ', (size_t) (end - unit));
        if (stop == NULL)
            stop = end;
        for (u = 0; u < 3; u++)
        {
            const size_t len = strlen(units[u].name);
            const size_t have = (size_t) (stop - unit);

            if (have >= len && memcmp(unit, units[u].name, len) == 0 &&
                (have == len || (have == len + 1 && unit[len] == 's')))
                break;
        }
        if (u == 3)
            return false;
        *months += v * units[u].months;
        *days += v * units[u].days;
        p = stop < end ? stop + 1 : end;
    }
    return end[-1] != ' ';
}

static ss_code
interval_parse(const ss_codec_type *t, const char *text, size_t n, ss_buf *out, ss_error *err)
{
    int64_t us;
    int64_t days;
    int64_t months;

    (void) t;
    if (n == 8 && memcmp(text, "infinity", 8) == 0)
    {
        us = INT64_MAX;
        days = months = INT32_MAX;
    }
    else if (n == 9 && memcmp(text, "-infinity", 9) == 0)
    {
        us = INT64_MIN;
        days = months = INT32_MIN;
    }
    else if (!interval_scan(text, n, &us, &days, &months) || days < INT32_MIN || days > INT32_MAX ||
             months < INT32_MIN || months > INT32_MAX)
        return ss_codec_bad_text("interval", err);
    ss_buf_put_u64(out, (uint64_t) us);
    ss_buf_put_u32(out, (uint32_t) (int32_t) days);
    ss_buf_put_u32(out, (uint32_t) (int32_t) months);
    return SS_OK;
}

SS_TEXT_CODEC(interval);
