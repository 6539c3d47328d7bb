/* Texts in documents: what they may be taken for, and how they are written. */
#include <string.h>

#include "pseudonymise/document.h"

#define LARGEST       "9223372036854775807" /* of int8 */
#define NUMBER_DIGITS 1000                  /* of a number with an exponent, in full */

static size_t
digits_from(const unsigned char *text, size_t n, size_t at)
{
    size_t i = at;

    while (i < n && text[i] >= '0' && text[i] <= '9')
        i++;
    return i - at;
}

bool
ss_is_whole(const unsigned char *text, size_t n)
{
    const size_t sign = n > 0 && text[0] == '-';
    const size_t digits = digits_from(text, n, sign);

    const size_t most = strlen(LARGEST);

    return digits > 0 && sign + digits == n && (text[sign] != '0' || (digits == 1 && sign == 0)) &&
           (digits < most || (digits == most && memcmp(text + sign, LARGEST, most) <= 0));
}

bool
ss_is_json_number(const unsigned char *text, size_t n)
{
    size_t at = n > 0 && text[0] == '-', digits = digits_from(text, n, at);

    if (digits == 0 || (digits > 1 && text[at] == '0'))
        return false;
    at += digits;
    if (at < n && text[at] == '.')
    {
        digits = digits_from(text, n, at + 1);
        if (digits == 0)
            return false;
        at += 1 + digits;
    }
    if (at < n && (text[at] | 0x20) == 'e')
    {
        at++;
        at += at < n && (text[at] == '+' || text[at] == '-');
        digits = digits_from(text, n, at);
        if (digits == 0)
            return false;
        at += digits;
    }
    return at == n;
}

/* The exponent of a number, which begins at `at`; out of reach where it is too large. */
static long
exponent_at(const unsigned char *text, size_t n, size_t at)
{
    const bool negative = at < n && text[at] == '-';
    long e = 0;

    at += at < n && (text[at] == '-' || text[at] == '+');
    for (; at < n && e <= NUMBER_DIGITS; at++)
        e = e * 10 + (text[at] - '0');
    return negative ? -e : e;
}

bool
ss_put_plain_number(ss_buf *out, const unsigned char *text, size_t n)
{
    unsigned char digits[NUMBER_DIGITS];
    size_t count = 0, point, i = text[0] == '-';
    bool fraction = false;
    long places = 0, e;

    if (memchr(text, 'e', n) == NULL && memchr(text, 'E', n) == NULL)
    {
        ss_buf_append(out, text, n);
        return true;
    }
    for (; i < n && (text[i] | 0x20) != 'e'; i++)
    {
        if (text[i] == '.')
            fraction = true;
        else if (count == sizeof digits)
            return false;
        else
        {
            digits[count++] = text[i];
            places += fraction;
        }
    }
    e = exponent_at(text, n, i + 1) - places; /* the number is its digits times 10^e */
    if (e > NUMBER_DIGITS || e < -NUMBER_DIGITS)
        return false;
    if (text[0] == '-')
        ss_buf_putc(out, '-');
    if (e >= 0)
    {
        ss_buf_append(out, digits, count);
        for (; e > 0; e--)
            ss_buf_putc(out, '0');
        return true;
    }
    point = (size_t) -e;
    if (point >= count)
    {
        ss_buf_puts(out, "0.");
        for (size_t k = count; k < point; k++)
            ss_buf_putc(out, '0');
        ss_buf_append(out, digits, count);
        return true;
    }
    ss_buf_append(out, digits, count - point);
    ss_buf_putc(out, '.');
    ss_buf_append(out, digits + count - point, point);
    return true;
}

bool
ss_is_day(const unsigned char *text, size_t n)
{
    return n == 10 && digits_from(text, n, 0) == 4 && text[4] == '-' &&
           digits_from(text, n, 5) == 2 && text[7] == '-' && digits_from(text, n, 8) == 2;
}

/* "", "Z", "+01", "+0100", "+01:00" */
static bool
is_zone(const unsigned char *text, size_t n)
{
    if (n == 0 || (n == 1 && (text[0] | 0x20) == 'z'))
        return true;
    if ((text[0] != '+' && text[0] != '-') || n > 6)
        return false;
    if (n == 6)
        return digits_from(text, n, 1) == 2 && text[3] == ':' && digits_from(text, n, 4) == 2;
    return digits_from(text, n, 1) == n - 1 && (n == 3 || n == 5);
}

bool
ss_is_moment(const unsigned char *text, size_t n, char plain[SS_MOMENT_ROOM], size_t *zone,
             bool *iso)
{
    size_t at = 16, length, fraction = 0;

    if (n < 16 || !ss_is_day(text, 10) || ((text[10] | 0x20) != 't' && text[10] != ' ') ||
        digits_from(text, n, 11) != 2 || text[13] != ':' || digits_from(text, n, 14) != 2)
        return false;
    *iso = text[10] != ' ';
    memcpy(plain, text, 16);
    plain[10] = ' ';
    length = 16;
    if (at < n && text[at] == ':' && digits_from(text, n, at + 1) == 2)
    {
        memcpy(plain + length, text + at, 3);
        at += 3;
        length += 3;
    }
    else
    {
        memcpy(plain + length, ":00", 3);
        length += 3;
    }
    if (at < n && text[at] == '.' && (fraction = digits_from(text, n, at + 1)) > 0)
    {
        const size_t kept = fraction > 6 ? 6 : fraction; /* microseconds */

        memcpy(plain + length, text + at, 1 + kept);
        length += 1 + kept;
        at += 1 + fraction;
    }
    plain[length] = '\0';
    *zone = at;
    return is_zone(text + at, n - at);
}

void
ss_put_json_text(ss_buf *out, const unsigned char *text, size_t n)
{
    size_t from = 0;

    ss_buf_putc(out, '"');
    for (size_t i = 0; i < n; i++)
    {
        if (text[i] >= 0x20 && text[i] != '"' && text[i] != '\\')
            continue;
        ss_buf_append(out, text + from, i - from);
        from = i + 1;
        if (text[i] < 0x20)
            ss_buf_printf(out, "\\u%04x", text[i] == 0 ? 0xFFFDU : (unsigned) text[i]);
        else
        {
            ss_buf_putc(out, '\\');
            ss_buf_putc(out, (char) text[i]);
        }
    }
    ss_buf_append(out, text + from, n - from);
    ss_buf_putc(out, '"');
}

void
ss_put_xml_text(ss_buf *out, const unsigned char *text, size_t n, bool attribute)
{
    static const struct
    {
        unsigned char c;
        const char *as;
    } escapes[] = {{'<', "&lt;"},   {'>', "&gt;"},   {'&', "&amp;"}, {'"', "&quot;"},
                   {'\r', "&#13;"}, {'\n', "&#10;"}, {'\t', "&#9;"}};

    size_t from = 0;

    for (size_t i = 0; i < n; i++)
    {
        const bool blank = text[i] == '\n' || text[i] == '\t';
        const char *as = text[i] < 0x20 && !blank ? " " : NULL; /* XML has no way to write it */

        for (size_t k = 0; k < sizeof escapes / sizeof escapes[0] && (attribute || !blank); k++)
            as = escapes[k].c == text[i] ? escapes[k].as : as;
        if (as == NULL)
            continue;
        ss_buf_append(out, text + from, i - from);
        ss_buf_puts(out, as);
        from = i + 1;
    }
    ss_buf_append(out, text + from, n - from);
}
