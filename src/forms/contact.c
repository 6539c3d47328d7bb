#include "forms/contact.h"

#include <string.h>
#include <strings.h>

#include "forms/digits.h"

static bool
is_label_character(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c >= 0x80;
}

/* Labels with dots between them, of which the last has no digit or is in Punycode. */
static bool
is_domain(const char *text, size_t n)
{
    size_t label = 0, labels = 0;

    for (size_t i = 0; i <= n; i++)
    {
        if (i < n && text[i] != '.')
        {
            if (!is_label_character((unsigned char) text[i]))
                return false;
            label++;
            continue;
        }
        if (label == 0 || label > 63 || text[i - label] == '-' || text[i - 1] == '-')
            return false;
        labels++;
        if (i < n)
            label = 0;
    }
    if (labels < 2 || label < 2)
        return false;
    if (label > 4 && strncasecmp(text + n - label, "xn--", 4) == 0)
        return true;
    for (size_t i = n - label; i < n; i++)
    {
        if (ss_digits_digit(text[i]) || text[i] == '-')
            return false;
    }
    return true;
}

bool
ss_is_email(const char *text, size_t n)
{
    size_t at = n;

    if (n < 6 || n > 254)
        return false;
    for (size_t i = 0; i < n; i++)
    {
        const unsigned char c = (unsigned char) text[i];

        if (c <= ' ' || c == 0x7f || strchr("<>()[],;:\\\"", c) != NULL)
            return false;
        if (c == '@')
        {
            if (at != n)
                return false;
            at = i;
        }
    }
    return at > 0 && at < n && at <= 64 && text[0] != '.' && text[at - 1] != '.' &&
           is_domain(text + at + 1, n - at - 1);
}

/* Country calling codes of one and two digits, and the first two digits of those of three: ITU-T E.164, annex. */
size_t
ss_phone_country(const char *d)
{
    static const char codes[] = "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 "
                                "53 54 55 56 57 58 60 61 62 "
                                "63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
    static const char starts[] =
        "21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99 ";
    const char two[4] = {d[0], d[0] == '\0' ? '\0' : d[1], ' ', '\0'};

    if (d[0] == '1' || d[0] == '7')
        return 1;
    if (strlen(two) < 3)
        return 0;
    return strstr(codes, two) != NULL ? 2 : strstr(starts, two) != NULL ? 3 : 0;
}

bool
ss_is_phone(const char *text, size_t n)
{
    char d[20];
    size_t digits = 0, signs = 0, length = n;
    const bool plus = n > 0 && text[0] == '+';

    /* An extension. */
    for (size_t i = 1; i < n; i++)
    {
        if ((text[i] == 'x' || text[i] == 'X') && digits >= 7)
        {
            length = i;
            break;
        }
        digits += ss_digits_digit(text[i]);
    }
    digits = 0;
    for (size_t i = plus; i < length; i++)
    {
        const char c = text[i];

        if (ss_digits_digit(c))
        {
            if (digits == 15)
                return false;
            d[digits++] = c;
        }
        else if (strchr(" ()-./", c) != NULL && c != '\0')
            signs++;
        else
            return false;
    }
    d[digits] = '\0';
    if (digits < 7 || signs > 8 || ss_digits_same(d, digits))
        return false;
    if (plus)
        return d[0] != '0' && ss_phone_country(d) > 0;
    if (d[0] == '0' && d[1] == '0')
        return digits >= 9 && ss_phone_country(d + 2) > 0;
    /* Dates have two signs and eight digits. */
    if (digits == 8 && signs == 2 && ss_digits_digit(text[0]) && strchr("()", text[4]) == NULL)
        return false;
    if (d[0] == '0')
        return digits >= 9 && digits <= 12;
    if (d[0] == '1' && digits == 11)
        return d[1] >= '2' && d[4] >= '2';
    return digits == 10 && d[0] >= '2' && d[3] >= '2' && signs > 0;
}

bool
ss_is_written_phone(const char *text, size_t n)
{
    bool apart = false;

    if (!ss_is_phone(text, n) || memchr(text, '.', n) != NULL || memchr(text, '/', n) != NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        apart = apart || text[i] == ' ' || text[i] == '-';
    return text[0] == '+' || memchr(text, '(', n) != NULL || apart;
}

bool
ss_is_url(const char *text, size_t n)
{
    static const char *const schemes[] = {"https://", "http://", "ftp://"};

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
    {
        const size_t length = strlen(schemes[i]);

        if (n > length + 3 && strncasecmp(text, schemes[i], length) == 0)
            return memchr(text, ' ', n) == NULL;
    }
    return false;
}
