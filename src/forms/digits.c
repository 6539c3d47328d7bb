#include "forms/digits.h"

#include <string.h>

size_t
ss_digits_compact(const char *text, size_t n, char out[SS_DIGITS_MAX + 1])
{
    size_t length = 0;

    if (n > 2 * SS_DIGITS_MAX)
        return 0;
    for (size_t i = 0; i < n; i++)
    {
        const char c = text[i];
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (c == ' ' || c == '-' || c == '.' || c == '/')
            continue;
        if (length == SS_DIGITS_MAX || (!letter && (c < '0' || c > '9')))
            return 0;
        out[length++] = (char) (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    out[length] = '\0';
    return length;
}

bool
ss_digits_only(const char *text, size_t n, size_t wanted, char out[SS_DIGITS_MAX + 1])
{
    return ss_digits_compact(text, n, out) == wanted && strspn(out, "0123456789") == wanted;
}

bool
ss_digits_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool
ss_digits_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
ss_digits_fit(const char *text, const char *form)
{
    size_t i = 0;

    for (; form[i] != '\0' && text[i] != '\0'; i++)
    {
        const bool same = form[i] == '9'   ? ss_digits_digit(text[i])
                          : form[i] == 'A' ? ss_digits_letter(text[i])
                                           : text[i] == form[i];

        if (!same)
            return false;
    }
    return form[i] == text[i];
}

unsigned
ss_digits_sum(const char *digits, const unsigned char *weights, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (unsigned) (digits[i] - '0') * weights[i];
    return sum;
}

uint64_t
ss_digits_number(const char *digits, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v * 10 + (uint64_t) (digits[i] - '0');
    return v;
}

bool
ss_digits_luhn(const char *digits, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
    {
        const unsigned d = (unsigned) (digits[n - 1 - i] - '0');

        sum += i % 2 == 0 ? d : d < 5 ? 2 * d : 2 * d - 9;
    }
    return n > 1 && sum % 10 == 0;
}

bool
ss_digits_date(unsigned month, unsigned day)
{
    static const unsigned char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

bool
ss_digits_same(const char *digits, size_t n)
{
    for (size_t i = 1; i < n; i++)
    {
        if (digits[i] != digits[0])
            return false;
    }
    return true;
}
