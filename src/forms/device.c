#include "forms/device.h"

#include <arpa/inet.h>
#include <string.h>

#include "forms/digits.h"

static bool
is_hex(char c)
{
    return ss_digits_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool
ss_is_ip_address(const char *text, size_t n)
{
    char address[64];
    unsigned char binary[sizeof(struct in6_addr)];
    const char *slash = memchr(text, '/', n);
    const size_t length = slash == NULL ? n : (size_t) (slash - text);

    if (length >= sizeof address || length < 2)
        return false;
    for (const char *c = slash; c != NULL && ++c < text + n;)
    {
        if (!ss_digits_digit(*c) || c - slash > 3)
            return false;
    }
    memcpy(address, text, length);
    address[length] = '\0';
    return inet_pton(AF_INET, address, binary) == 1 || inet_pton(AF_INET6, address, binary) == 1;
}

bool
ss_is_plain_ip_address(const char *text, size_t n)
{
    size_t digits = 0, most = 0;

    if (!ss_is_ip_address(text, n))
        return false;
    for (size_t i = 0; i < n; i++)
    {
        digits = ss_digits_digit(text[i]) ? digits + 1 : 0;
        most = digits > most ? digits : most;
    }
    return most >= 3 || memchr(text, ':', n) != NULL;
}

bool
ss_is_mac_address(const char *text, size_t n)
{
    if (n == 14 && text[4] == '.' && text[9] == '.')
    {
        for (size_t i = 0; i < n; i++)
        {
            if (i != 4 && i != 9 && !is_hex(text[i]))
                return false;
        }
        return true;
    }
    if (n != 17 || (text[2] != ':' && text[2] != '-'))
        return false;
    for (size_t i = 0; i < n; i++)
    {
        if (i % 3 == 2 ? text[i] != text[2] : !is_hex(text[i]))
            return false;
    }
    return true;
}

bool
ss_is_imei(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];

    return ss_digits_only(text, n, 15, d) && !ss_digits_same(d, 15) && ss_digits_luhn(d, 15);
}

bool
ss_is_uuid(const char *text, size_t n)
{
    if (n != 36)
        return false;
    for (size_t i = 0; i < n; i++)
    {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

        if (hyphen ? text[i] != '-' : !is_hex(text[i]))
            return false;
    }
    return true;
}
