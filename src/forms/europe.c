#include "forms/europe.h"

#include <string.h>

#include "forms/digits.h"

#define DIGITS "0123456789"

static unsigned
two(const char *d)
{
    return (unsigned) ss_digits_number(d, 2);
}

bool
ss_is_de_idnr(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];
    unsigned count[10] = {0}, product = 10, repeated = 0, check;

    if (!ss_digits_only(text, n, 11, d) || d[0] == '0')
        return false;
    for (size_t i = 0; i < 10; i++)
    {
        unsigned sum = ((unsigned) (d[i] - '0') + product) % 10;

        product = (sum == 0 ? 10 : sum) * 2 % 11;
        count[d[i] - '0']++;
    }
    /* One digit comes two or three times, the others once at most. */
    for (size_t i = 0; i < 10; i++)
    {
        if (count[i] > 3)
            return false;
        repeated += count[i] > 1;
    }
    check = (11 - product) % 10;
    return repeated == 1 && check == (unsigned) (d[10] - '0');
}

bool
ss_is_fr_nir(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];
    unsigned month;

    if (ss_digits_compact(text, n, d) != 15 || strchr("123478", d[0]) == NULL)
        return false;
    /* Corsica */
    if (d[5] == '2' && (d[6] == 'A' || d[6] == 'B'))
    {
        d[5] = '1';
        d[6] = d[6] == 'A' ? '9' : '8';
    }
    if (strspn(d, DIGITS) != 15)
        return false;
    month = two(d + 3);
    return month >= 1 && (month <= 12 || (month >= 20 && month <= 42) || month >= 50) &&
           97 - ss_digits_number(d, 13) % 97 == two(d + 13);
}

bool
ss_is_es_dni(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];

    if (ss_digits_compact(text, n, d) != 9)
        return false;
    /* Of foreigners the first letter is a digit. */
    if (d[0] >= 'X')
        d[0] = (char) (d[0] - 'X' + '0');
    return strspn(d, DIGITS) == 8 && "TRWAGMYFPDXBNJZSQVHLCKE"[ss_digits_number(d, 8) % 23] == d[8];
}

/* Letters that stand for digits, where two people would have the same code. */
static bool
is_it_digit(char c)
{
    return ss_digits_digit(c) || (c != '\0' && strchr("LMNPQRSTUV", c) != NULL);
}

bool
ss_is_it_codice_fiscale(const char *text, size_t n)
{
    static const unsigned char odd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                        20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    char d[SS_DIGITS_MAX + 1];
    unsigned sum = 0;

    if (ss_digits_compact(text, n, d) != 16 || strchr("ABCDEHLMPRST", d[8]) == NULL)
        return false;
    for (size_t i = 0; i < 16; i++)
    {
        const bool letter = i < 6 || i == 8 || i == 11 || i == 15;
        const unsigned v = (unsigned) (ss_digits_digit(d[i]) ? d[i] - '0' : d[i] - 'A');

        if (letter ? !ss_digits_letter(d[i]) : !is_it_digit(d[i]))
            return false;
        if (i < 15)
            sum += i % 2 == 0 ? odd[v] : v;
    }
    return sum % 26 == (unsigned) (d[15] - 'A');
}

bool
ss_is_nl_bsn(const char *text, size_t n)
{
    static const unsigned char weights[] = {9, 8, 7, 6, 5, 4, 3, 2};
    char d[SS_DIGITS_MAX + 1];

    return ss_digits_only(text, n, 9, d) && !ss_digits_same(d, 9) &&
           (ss_digits_sum(d, weights, 8) + 10U * (unsigned) (d[8] - '0')) % 11 == 0;
}

bool
ss_is_be_nn(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];
    uint64_t number;

    /* Months of people whose sex is not known when they are registered are 20 or 40 more. */
    if (!ss_digits_only(text, n, 11, d) || two(d + 2) % 20 > 12 || two(d + 4) > 31)
        return false;
    number = ss_digits_number(d, 9);
    return 97 - number % 97 == two(d + 9) || 97 - (2000000000 + number) % 97 == two(d + 9);
}

bool
ss_is_pl_pesel(const char *text, size_t n)
{
    static const unsigned char weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
    char d[SS_DIGITS_MAX + 1];

    /* The century is in the month. */
    return ss_digits_only(text, n, 11, d) && ss_digits_date(two(d + 2) % 20, two(d + 4)) &&
           ss_digits_sum(d, weights, 11) % 10 == 0;
}

bool
ss_is_se_personnummer(const char *text, size_t n)
{
    char all[SS_DIGITS_MAX + 1], plain[32];
    const char *d = all;
    size_t length;

    /* From the hundredth birthday on a plus stands for the hyphen. */
    if (n > 31)
        return false;
    for (size_t i = 0; i < n; i++)
        plain[i] = (char) (text[i] == '+' && n > 4 && i == n - 5 ? '-' : text[i]);
    length = ss_digits_compact(plain, n, all);
    if ((length != 10 && length != 12) || strspn(all, DIGITS) != length)
        return false;
    if (length == 12 && two(d) != 18 && two(d) != 19 && two(d) != 20)
        return false;
    d += length - 10;
    return ss_digits_date(two(d + 2), two(d + 4) > 60 ? two(d + 4) - 60 : two(d + 4)) &&
           ss_digits_luhn(d, 10);
}

bool
ss_is_dk_cpr(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];

    return ss_digits_only(text, n, 10, d) && ss_digits_date(two(d + 2), two(d));
}

bool
ss_is_fi_hetu(const char *text, size_t n)
{
    char d[12];

    if (n != 11)
        return false;
    memcpy(d, text, n);
    d[n] = '\0';
    if (strspn(d, DIGITS) != 6 || strchr("+-ABCDEFUVWXY", d[6]) == NULL ||
        strspn(d + 7, DIGITS) < 3 || !ss_digits_date(two(d + 2), two(d)))
        return false;
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[(ss_digits_number(d, 6) * 1000 +
                                              ss_digits_number(d + 7, 3)) %
                                             31] == d[10];
}

bool
ss_is_ie_pps(const char *text, size_t n)
{
    static const unsigned char weights[] = {8, 7, 6, 5, 4, 3, 2};
    char d[SS_DIGITS_MAX + 1];
    const size_t length = ss_digits_compact(text, n, d);
    unsigned sum;

    if ((length != 8 && length != 9) || strspn(d, DIGITS) != 7 || !ss_digits_letter(d[7]))
        return false;
    sum = ss_digits_sum(d, weights, 7);
    /* A second letter counts from A, 1; W is that of numbers from before and counts nothing. */
    if (length == 9)
    {
        if (!ss_digits_letter(d[8]) || (d[8] > 'I' && d[8] != 'W' && d[8] != 'T' && d[8] != 'X'))
            return false;
        sum += d[8] <= 'I' ? 9U * (unsigned) (d[8] - 'A' + 1) : 0;
    }
    return "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23] == d[7];
}
