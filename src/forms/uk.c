#include "forms/uk.h"

#include <string.h>

#include "forms/digits.h"

bool
ss_is_nhs_number(const char *text, size_t n)
{
    static const unsigned char weights[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    char d[SS_DIGITS_MAX + 1];

    return ss_digits_only(text, n, 10, d) && !ss_digits_same(d, 10) &&
           ss_digits_sum(d, weights, 10) % 11 == 0;
}

bool
ss_is_nino(const char *text, size_t n)
{
    static const char *const unused[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    char d[SS_DIGITS_MAX + 1];

    if (ss_digits_compact(text, n, d) != 9 || !ss_digits_fit(d, "AA999999A") || d[8] > 'D' ||
        strchr("DFIQUV", d[0]) != NULL || strchr("DFIOQUV", d[1]) != NULL)
        return false;
    for (size_t i = 0; i < sizeof unused / sizeof unused[0]; i++)
    {
        if (strncmp(d, unused[i], 2) == 0)
            return false;
    }
    return true;
}

bool
ss_is_utr(const char *text, size_t n)
{
    static const unsigned char weights[] = {6, 7, 8, 9, 10, 5, 4, 3, 2};
    char d[SS_DIGITS_MAX + 1];

    if (n > 0 && (text[n - 1] == 'K' || text[n - 1] == 'k'))
        n--;
    return ss_digits_only(text, n, 10, d) && !ss_digits_same(d, 10) &&
           "21987654321"[ss_digits_sum(d + 1, weights, 9) % 11] == d[0];
}

bool
ss_is_gb_vat(const char *text, size_t n)
{
    static const unsigned char weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 1};
    char all[SS_DIGITS_MAX + 1];
    const char *d = all;
    size_t length = ss_digits_compact(text, n, all);
    unsigned rest;

    if (length > 2 && strncmp(d, "GB", 2) == 0)
    {
        d += 2;
        length -= 2;
    }
    /* Departments of government and health authorities. */
    if (length == 5 && (strncmp(d, "GD", 2) == 0 || strncmp(d, "HA", 2) == 0))
        return strspn(d + 2, "0123456789") == 3 && (d[0] == 'G') == (d[2] < '5');
    if ((length != 9 && length != 12) || strspn(d, "0123456789") != length ||
        ss_digits_same(d, length))
        return false;
    rest = ss_digits_sum(d, weights, 9) % 97;
    return rest == 0 || (ss_digits_number(d, 3) >= 100 && (rest == 42 || rest == 55));
}

bool
ss_is_company_number(const char *text, size_t n)
{
    static const char *const prefixes[] = {"AC", "CE", "CS", "FC", "FE", "GE", "GN", "GS", "IC",
                                           "IP", "LP", "NC", "NF", "NI", "NL", "NO", "NP", "OC",
                                           "OE", "PC", "R0", "RC", "RS", "SA", "SC", "SE", "SF",
                                           "SG", "SI", "SL", "SO", "SP", "SR", "SZ", "ZC"};
    char d[SS_DIGITS_MAX + 1];

    if (ss_digits_compact(text, n, d) != 8 || strspn(d + 2, "0123456789") != 6)
        return false;
    if (ss_digits_digit(d[0]) && ss_digits_digit(d[1]))
        return true;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
    {
        if (strncmp(d, prefixes[i], 2) == 0)
            return true;
    }
    return false;
}

bool
ss_is_sort_code(const char *text, size_t n)
{
    if (n != 8)
        return false;
    for (size_t i = 0; i < n; i++)
    {
        if (i % 3 == 2 ? text[i] != '-' : !ss_digits_digit(text[i]))
            return false;
    }
    return true;
}

bool
ss_is_gb_driving_licence(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];
    bool padded = false;
    unsigned month, day;

    if (ss_digits_compact(text, n, d) < 16 || strspn(d + 5, "0123456789") < 6)
        return false;
    d[16] = '\0'; /* an issue number may follow */
    for (size_t i = 0; i < 5; i++)
    {
        if (!ss_digits_letter(d[i]) && d[i] != '9')
            return false;
        if (padded && d[i] != '9')
            return false;
        padded = padded || d[i] == '9';
    }
    month = (unsigned) ss_digits_number(d + 6, 2);
    day = (unsigned) ss_digits_number(d + 8, 2);
    return ss_digits_date(month > 50 ? month - 50 : month, day) &&
           (ss_digits_letter(d[11]) || d[11] == '9') && (ss_digits_letter(d[12]) || d[12] == '9') &&
           ss_digits_letter(d[14]) && ss_digits_letter(d[15]);
}

bool
ss_is_gb_vehicle(const char *text, size_t n)
{
    static const char *const forms[] = {"A9AAA",   "A99AAA",  "A999AAA", "AAA9A",  "AAA99A",
                                        "AAA999A", "AAZ9999", "AIA9999", "AAZ999", "AIA999"};
    char d[SS_DIGITS_MAX + 1];

    if (ss_digits_compact(text, n, d) == 0)
        return false;
    if (ss_digits_fit(d, "AA99AAA"))
    {
        const uint64_t age = ss_digits_number(d + 2, 2);

        return (age >= 2 && age <= 29) || (age >= 51 && age <= 79);
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
    {
        if (ss_digits_fit(d, forms[i]))
            return true;
    }
    return false;
}

bool
ss_is_upn(const char *text, size_t n)
{
    static const unsigned char weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
    static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
    char d[SS_DIGITS_MAX + 1];
    const char *last;
    unsigned sum;

    if (ss_digits_compact(text, n, d) != 13 || !ss_digits_letter(d[0]) ||
        strspn(d + 1, "0123456789") < 11)
        return false;
    /* The last character of a temporary number is a letter. */
    last = ss_digits_letter(d[12]) ? strchr(letters, d[12]) : NULL;
    if (ss_digits_letter(d[12]) && last == NULL)
        return false;
    sum = ss_digits_sum(d + 1, weights, 11) +
          weights[11] * (last != NULL ? (unsigned) (last - letters) : (unsigned) (d[12] - '0'));
    return letters[sum % 23] == d[0];
}

bool
ss_is_gb_postcode(const char *text, size_t n)
{
    static const char *const outward[] = {"A9", "A99", "A9A", "AA9", "AA99", "AA9A"};
    char d[SS_DIGITS_MAX + 1], out[SS_DIGITS_MAX + 1];
    size_t length;

    for (size_t i = 0; i < n; i++)
    {
        if (text[i] == '-' || text[i] == '.' || text[i] == '/')
            return false;
    }
    length = ss_digits_compact(text, n, d);
    if (length < 5 || length > 7 || !ss_digits_digit(d[length - 3]) ||
        strchr("CIKMOV", d[length - 2]) != NULL || strchr("CIKMOV", d[length - 1]) != NULL ||
        !ss_digits_letter(d[length - 2]) || !ss_digits_letter(d[length - 1]))
        return false;
    if (strcmp(d, "GIR0AA") == 0)
        return true;
    memcpy(out, d, length - 3);
    out[length - 3] = '\0';
    if (strchr("QVX", out[0]) != NULL)
        return false;
    for (size_t i = 0; i < sizeof outward / sizeof outward[0]; i++)
    {
        if (ss_digits_fit(out, outward[i]))
            return true;
    }
    return false;
}
