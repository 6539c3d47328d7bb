#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- UTF-8 -------------------------------------------------------------------------------------- */

/* The code point at data and its length in bytes; 0 bytes when it is malformed. */
static size_t
decode(const unsigned char *data, size_t n, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length;
    uint32_t c;

    if (n == 0)
        return 0;
    c = data[0];
    if (c < 0x80)
    {
        *point = c;
        return 1;
    }
    length = c >= 0xF0 && c < 0xF5 ? 4 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xC2 && c < 0xE0 ? 2 : 0;
    if (length == 0 || length > n)
        return 0;
    c &= 0x7FU >> length;
    for (size_t i = 1; i < length; i++)
    {
        if ((data[i] & 0xC0) != 0x80)
            return 0;
        c = (c << 6) | (data[i] & 0x3F);
    }
    if (c < smallest[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *point = c;
    return length;
}

bool
ss_utf8_valid(const unsigned char *data, size_t n, size_t *bad)
{
    size_t at = 0;

    while (at < n)
    {
        uint32_t point;
        const size_t length = decode(data + at, n - at, &point);

        if (length == 0)
        {
            if (bad != NULL)
                *bad = at;
            return false;
        }
        at += length;
    }
    return true;
}

size_t
ss_utf8_point(const char *text, uint32_t *point)
{
    const size_t length = decode((const unsigned char *) text, strnlen(text, 4), point);

    if (length == 0)
        *point = 0xFFFD;
    return length == 0 ? 1 : length;
}

bool
ss_utf8_deceptive(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

char *
ss_printable(ss_arena *arena, const char *text)
{
    const unsigned char *data = (const unsigned char *) text;
    const size_t n = strlen(text);
    ss_buf out = {0};
    char *copy;

    for (size_t at = 0; at < n;)
    {
        uint32_t point = 0;
        const size_t length = decode(data + at, n - at, &point);
        const size_t take = length == 0 ? 1 : length;

        if (length != 0 && !ss_utf8_deceptive(point))
            ss_buf_append(&out, data + at, take);
        else
        {
            for (size_t i = 0; i < take; i++)
                ss_buf_printf(&out, "\\x%02x", data[at + i]);
        }
        at += take;
    }
    copy = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}

void
ss_text_show(char *to, size_t size, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *data = (const unsigned char *) text;
    const size_t n = strlen(text);
    size_t out = 0;

    for (size_t at = 0; at < n;)
    {
        uint32_t point = 0;
        const size_t length = decode(data + at, n - at, &point);
        const size_t take = length == 0 ? 1 : length;
        const bool plain = length != 0 && !ss_utf8_deceptive(point);

        if (out + (plain ? take : 4 * take) >= size)
            break;
        for (size_t i = 0; i < take; i++)
        {
            if (plain)
            {
                to[out++] = (char) data[at + i];
                continue;
            }
            to[out++] = '\\';
            to[out++] = 'x';
            to[out++] = digits[data[at + i] >> 4];
            to[out++] = digits[data[at + i] & 0xF];
        }
        at += take;
    }
    to[out] = '\0';
}

/* Unicode 15, blocks only: enough to keep columns aligned. */
static size_t
point_width(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) ||
        (c >= 0x200B && c <= 0x200D) || (c >= 0x20D0 && c <= 0x20FF) ||
        (c >= 0xFE00 && c <= 0xFE0F))
        return 0;
    if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
        (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
        (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
        (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD))
        return 2;
    return 1;
}

size_t
ss_text_width(const char *text)
{
    const unsigned char *data = (const unsigned char *) text;
    const size_t n = strlen(text);
    size_t width = 0;

    for (size_t at = 0; at < n;)
    {
        uint32_t point = 0;
        const size_t length = decode(data + at, n - at, &point);

        width += length == 0 ? 1 : point_width(point);
        at += length == 0 ? 1 : length;
    }
    return width;
}

size_t
ss_text_fit(const char *text, size_t width)
{
    const unsigned char *data = (const unsigned char *) text;
    const size_t n = strlen(text);
    size_t used = 0, at = 0;

    while (at < n)
    {
        uint32_t point = 0;
        const size_t length = decode(data + at, n - at, &point);
        const size_t takes = length == 0 ? 1 : point_width(point);

        if (used + takes > width && used > 0)
            break;
        used += takes;
        at += length == 0 ? 1 : length;
    }
    return at;
}

/* --- matching ----------------------------------------------------------------------------------- */

bool
ss_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;

    /* On a mismatch only the latest star needs to give way, hence linear backtracking. */
    while (*text != '\0')
    {
        if (*pattern == '*')
        {
            star = pattern++;
            resume = text;
        }
        else if (*pattern == '?' || *pattern == *text)
        {
            pattern++;
            text++;
        }
        else if (star != NULL)
        {
            pattern = star + 1;
            text = ++resume;
        }
        else
            return false;
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

#define WORD_MAX 64

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters changed, dropped, put in, or swapped with their neighbour: one edit each. */
static size_t
edit_distance(const char *a, const char *b)
{
    const size_t na = strlen(a), nb = strlen(b);
    size_t rows[3][WORD_MAX + 1];

    if (na > WORD_MAX || nb > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++)
    {
        const size_t *above = rows[(i - 1) % 3], *two_above = rows[(i + 1) % 3];
        size_t *row = rows[i % 3];

        row[0] = i;
        for (size_t j = 1; j <= nb; j++)
        {
            row[j] =
                least(above[j - 1] + (a[i - 1] != b[j - 1]), least(row[j - 1] + 1, above[j] + 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

const char *
ss_nearest(const char *word, const char *const *list, size_t n)
{
    const size_t length = strlen(word);
    size_t best = (length < 3 ? 3 : length) / 3 + 1;
    const char *nearest = NULL;

    for (size_t i = 0; i < n; i++)
    {
        const size_t d = edit_distance(word, list[i]);

        if (d < best)
        {
            best = d;
            nearest = list[i];
        }
    }
    return nearest;
}

/* --- identifiers -------------------------------------------------------------------------------- */

void
ss_text_ident(ss_buf *out, const char *name)
{
    bool plain = (name[0] >= 'a' && name[0] <= 'z') || name[0] == '_';

    for (const char *c = name; *c != '\0'; c++)
        plain = plain && ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_');
    if (plain)
    {
        ss_buf_puts(out, name);
        return;
    }
    ss_buf_putc(out, '"');
    for (const char *c = name; *c != '\0'; c++)
    {
        if (*c == '"')
            ss_buf_putc(out, '"');
        ss_buf_putc(out, *c);
    }
    ss_buf_putc(out, '"');
}

/* --- numbers ------------------------------------------------------------------------------------ */

bool
ss_parse_u64(const char *text, uint64_t *v)
{
    uint64_t n = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++)
    {
        const uint64_t digit = (uint64_t) (*text - '0');

        if (*text < '0' || *text > '9' || n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *v = n;
    return true;
}

bool
ss_parse_i64(const char *text, int64_t *v)
{
    const bool negative = *text == '-';
    uint64_t n;

    if (!ss_parse_u64(text + (negative || *text == '+'), &n))
        return false;
    if (n > (uint64_t) INT64_MAX + negative)
        return false;
    *v = negative ? (int64_t) (0 - n) : (int64_t) n;
    return true;
}

bool
ss_parse_double(const char *text, double *v)
{
    char *end;
    double d;

    /* Digits, sign, point and exponent only: strtod would also take hexadecimal and, in some locales, a comma. */
    if (text[0] == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
        return false;
    errno = 0;
    d = strtod(text, &end);
    if (*end != '\0' || !isfinite(d))
        return false;
    *v = d;
    return true;
}

char *
ss_text_count(ss_arena *arena, uint64_t n)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long) n);
    char *text = ss_alloc(arena, 32, 1);
    size_t at = 0;

    for (int i = 0; i < length; i++)
    {
        if (i > 0 && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    return text;
}

char *
ss_text_bytes(ss_arena *arena, uint64_t n)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
    double size = (double) n / 1000;
    size_t unit = 0;

    if (n < 1000)
        return ss_strf(arena, "%llu bytes", (unsigned long long) n);
    while (size >= 999.5 && unit + 1 < sizeof units / sizeof units[0])
    {
        size /= 1000;
        unit++;
    }
    return ss_strf(arena, size < 9.95 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

char *
ss_text_seconds(ss_arena *arena, double s)
{
    const unsigned long whole = (unsigned long) (s + 0.5);

    if (s < 9.95)
        return ss_strf(arena, "%.1f s", s);
    if (whole < 60)
        return ss_strf(arena, "%lu s", whole);
    if (whole < 3600)
        return ss_strf(arena, "%lu min %lu s", whole / 60, whole % 60);
    return ss_strf(arena, "%lu h %lu min", whole / 3600, whole % 3600 / 60);
}

bool
ss_text_take(const char **p, const char *word)
{
    const size_t n = strlen(word);

    if (strncmp(*p, word, n) != 0)
        return false;
    *p += n;
    return true;
}
