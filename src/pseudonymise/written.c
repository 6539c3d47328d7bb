#include "pseudonymise/written.h"

#include <stdint.h>
#include <string.h>

/* The code point of two bytes of UTF-8 at p; 0: there are no such two. */
static unsigned
point_of_two(const unsigned char *p, size_t n)
{
    if (n < 2 || (p[0] & 0xE0) != 0xC0 || (p[1] & 0xC0) != 0x80)
        return 0;
    return (p[0] & 0x1FU) << 6 | (p[1] & 0x3FU);
}

/* The other case of a letter, or itself; all of them take two bytes, as it does. */
static unsigned
small(unsigned c)
{
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
        (c >= 0x410 && c <= 0x42F))
        return c + 32;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    if (c == 0x178)
        return 0xFF;
    if ((c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14A && c <= 0x177))
        return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
        return c % 2 == 1 ? c + 1 : c;
    return c;
}

static unsigned
capital(unsigned c)
{
    if (c == 0xDF || c == 0xFF)
        return c == 0xFF ? 0x178 : c;
    if ((c >= 0xE0 && c <= 0xFE && c != 0xF7) || (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) ||
        (c >= 0x430 && c <= 0x44F))
        return c - 32;
    if (c >= 0x450 && c <= 0x45F)
        return c - 80;
    if ((c >= 0x100 && c <= 0x137 && c != 0x131) || (c >= 0x14A && c <= 0x177))
        return c & ~1U;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
        return c % 2 == 0 ? c - 1 : c;
    return c;
}

ss_letters
ss_letters_of(const unsigned char *value, size_t n)
{
    size_t smalls = 0, capitals = 0;

    for (size_t i = 0; i < n; i++)
    {
        const unsigned two = point_of_two(value + i, n - i);

        if (two != 0)
        {
            capitals += small(two) != two;
            smalls += capital(two) != two;
            i++;
        }
        capitals += value[i] >= 'A' && value[i] <= 'Z';
        smalls += value[i] >= 'a' && value[i] <= 'z';
    }
    if (smalls == 0 && capitals > 1)
        return SS_LETTERS_CAPITAL;
    return capitals == 0 && smalls > 0 ? SS_LETTERS_SMALL : SS_LETTERS_MIXED;
}

void
ss_write_letters(ss_letters letters, char *text, size_t n)
{
    unsigned char *p = (unsigned char *) text;

    for (size_t i = 0; i < n && letters != SS_LETTERS_MIXED; i++)
    {
        const unsigned two = point_of_two(p + i, n - i);

        if (two != 0)
        {
            const unsigned other = letters == SS_LETTERS_CAPITAL ? capital(two) : small(two);

            p[i] = (unsigned char) (0xC0 | other >> 6);
            p[++i] = (unsigned char) (0x80 | (other & 0x3F));
        }
        else if (letters == SS_LETTERS_CAPITAL && p[i] >= 'a' && p[i] <= 'z')
            p[i] = (unsigned char) (p[i] - 32);
        else if (letters == SS_LETTERS_SMALL && p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (unsigned char) (p[i] + 32);
    }
}

size_t
ss_fit_characters(const char *text, size_t n, size_t characters)
{
    size_t seen = 0;

    for (size_t i = 0; i < n; i++)
    {
        seen += ((unsigned char) text[i] & 0xC0) != 0x80;
        if (seen > characters)
            return i;
    }
    return n;
}

/* Latin-1 and Latin Extended-A, from U+00C0 on: the letters without what is above or below them; '?' for what is no letter. */
static const char plain[] = "AAAAAAACEEEEIIIIDNOOOOO?OUUUUYTsaaaaaaaceeeeiiiidnooooo?ouuuuyty"
                            "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnN"
                            "nNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWw"
                            "YyYZzZzZzs";

size_t
ss_plain_letters(const char *text, size_t n, char *to)
{
    const unsigned char *p = (const unsigned char *) text;
    size_t made = 0;

    for (size_t i = 0; i < n; i++)
    {
        const unsigned two = point_of_two(p + i, n - i);
        unsigned char c = p[i];

        if (two >= 0xC0 && two < 0xC0 + sizeof plain - 1)
        {
            c = (unsigned char) plain[two - 0xC0];
            i++;
        }
        else if (c >= 0x80)
            return 0;
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char) (c + 32);
        if (c >= 'a' && c <= 'z')
            to[made++] = (char) c;
    }
    return made;
}
