#include "forms/north_america.h"

#include <string.h>

#include "forms/digits.h"

bool
ss_is_ssn(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];

    return ss_digits_only(text, n, 9, d) && d[0] != '9' && strncmp(d, "000", 3) != 0 &&
           strncmp(d, "666", 3) != 0 && strncmp(d + 3, "00", 2) != 0 && strcmp(d + 5, "0000") != 0;
}

bool
ss_is_written_ssn(const char *text, size_t n)
{
    return n == 11 && text[3] == '-' && text[6] == '-' && ss_is_ssn(text, n);
}

bool
ss_is_itin(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];
    uint64_t group;

    if (!ss_digits_only(text, n, 9, d) || d[0] != '9')
        return false;
    group = ss_digits_number(d + 3, 2);
    return group >= 50 && group != 66 && group != 67 && group != 68 && group != 69 && group != 89 &&
           group != 93;
}

bool
ss_is_npi(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1], whole[SS_DIGITS_MAX + 1] = "80840";

    if (!ss_digits_only(text, n, 10, d) || (d[0] != '1' && d[0] != '2'))
        return false;
    memcpy(whole + 5, d, 11);
    return ss_digits_luhn(whole, 15);
}

bool
ss_is_mbi(const char *text, size_t n)
{
    /* 1: 1 to 9; 9: a digit; A: a letter but S L O I B Z; X: either */
    static const char form[] = "1AX9AX9AA99";
    char d[SS_DIGITS_MAX + 1];

    if (ss_digits_compact(text, n, d) != 11)
        return false;
    for (size_t i = 0; i < 11; i++)
    {
        const bool digit = ss_digits_digit(d[i]);
        const bool letter = ss_digits_letter(d[i]) && strchr("SLOIBZ", d[i]) == NULL;
        const bool fits = form[i] == '1'   ? digit && d[i] != '0'
                          : form[i] == '9' ? digit
                          : form[i] == 'A' ? letter
                                           : digit || letter;

        if (!fits)
            return false;
    }
    return true;
}

bool
ss_is_aba(const char *text, size_t n)
{
    static const unsigned char weights[] = {3, 7, 1, 3, 7, 1, 3, 7, 1};
    char d[SS_DIGITS_MAX + 1];

    return ss_digits_only(text, n, 9, d) && !ss_digits_same(d, 9) &&
           ss_digits_sum(d, weights, 9) % 10 == 0;
}

bool
ss_is_zip(const char *text, size_t n)
{
    if (n != 5 && (n != 10 || text[5] != '-'))
        return false;
    for (size_t i = 0; i < n; i++)
    {
        if (i != 5 && !ss_digits_digit(text[i]))
            return false;
    }
    return true;
}
