#include "pseudonymise/likeness.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Letters of U+00C0 to U+024F and U+1E00 to U+1EFF, small and without accents; '.': see letter_of. */
static const char latin[] = "aaaaaa.ceeeeiiiidnooooo.ouuuuyt.aaaaaa.ceeeeiiiidnooooo.ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
                            "bb.......d.......ff....ikk......oo.............uu..yyzz........."
                            "....dddlllnnnaaiioouuuuuuuuuu.aaaa..ggggkkoooo..jdddgg..nnaa..oo"
                            "aaaaeeeeiiiioooorrrruuuusstt..hh....zzaaeeooooooooyy...j........"
                            "...b............";
static const char more[] = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
                           "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
                           "wwwwwwwwwwxxxxyyzzzzzzhtwyas....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
                           "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";
/* U+0384 to U+03CE, as what follows U+0370; '.': as it is. */
static const unsigned char greek[] = {
    0,    0,    0x41, 0,    0x45, 0x47, 0x49, 0,    0x4F, 0,    0x55, 0x59, 0x49, 0x41, 0x42,
    0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F, 0x50, 0x51,
    0,    0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x49, 0x55, 0x41, 0x45, 0x47, 0x49, 0x55,
    0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F,
    0x50, 0x51, 0x53, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x49, 0x55, 0x4F, 0x55, 0x59};

void
ss_likeness_done(ss_likeness *l)
{
    free(l->at);
    ss_buf_done(&l->text);
    *l = (ss_likeness){0};
}

size_t
ss_point_at(const char *text, size_t n, size_t i, uint32_t *c)
{
    const unsigned char *p = (const unsigned char *) text + i;

    *c = p[0];
    if (p[0] >= 0xC0 && p[0] < 0xE0 && i + 1 < n)
    {
        *c = (uint32_t) (p[0] & 0x1F) << 6 | (p[1] & 0x3F);
        return 2;
    }
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xF0 && i + 2 < n)
    {
        *c = (uint32_t) (p[0] & 0x0F) << 12 | (uint32_t) (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
        return 3;
    }
    *c = 0x10000;
    return n - i < 4 ? n - i : 4;
}

/* Marks above and below letters, soft hyphens, what has no width. */
static bool
is_unseen(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x2060 ||
           c == 0xFE0F || c == 0xFEFF;
}

static bool
is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x3000;
}

static bool
is_hyphen(uint32_t c)
{
    return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

static uint32_t
cyrillic_of(uint32_t c)
{
    if (c < 0x430)
        c += c < 0x410 ? 80 : 32;
    /* What is one letter with a mark, and often written without it. */
    return c == 0x451 ? 0x435 : c == 0x439 ? 0x438 : c == 0x457 ? 0x456 : c;
}

/* The letter for comparing; of two letters in one *second is the other. */
static uint32_t
letter_of(uint32_t c, char *second)
{
    char plain = '.';

    *second = '\0';
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c == 0xDF || c == 0x1E9E || c == 0xC6 || c == 0xE6 || c == 0x152 || c == 0x153)
    {
        *second = c == 0xDF || c == 0x1E9E ? 's' : 'e';
        return *second == 's' ? 's' : c < 0x100 ? 'a' : 'o';
    }
    if (c == 0xB4 || c == 0x2BC || c == 0x2018 || c == 0x2019)
        return '\'';
    if (c >= 0xC0 && c < 0xC0 + sizeof latin - 1)
        plain = latin[c - 0xC0];
    else if (c >= 0x1E00 && c < 0x1E00 + sizeof more - 1)
        plain = more[c - 0x1E00];
    if (plain != '.')
        return (uint32_t) plain;
    if (c >= 0x384 && c < 0x384 + sizeof greek && greek[c - 0x384] != 0)
        return 0x370U + greek[c - 0x384];
    if (c >= 0x400 && c < 0x460)
        return cyrillic_of(c);
    if (c >= 0x531 && c <= 0x556)
        return c + 48;
    if ((c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF41 && c <= 0xFF5A)) /* as wide as Chinese ones */
        return c - 0xFEE0;
    return c >= 0xFF21 && c <= 0xFF3A ? c - 0xFEE0 + 32 : c;
}

static void
put(ss_likeness *l, char byte, size_t from)
{
    l->at[l->text.len] = from;
    ss_buf_putc(&l->text, byte);
}

static bool
ends_in_blank(const ss_likeness *l)
{
    return l->text.len > 0 && l->text.data[l->text.len - 1] == ' ';
}

void
ss_likeness_take(ss_likeness *l, const char *text, size_t n)
{
    size_t length;

    if (l->capacity <= n)
    {
        l->capacity = n < 512 ? 1024 : 2 * n;
        free(l->at);
        l->at = calloc(l->capacity, sizeof *l->at);
        if (l->at == NULL)
            abort();
    }
    ss_buf_clear(&l->text);
    ss_buf_reserve(&l->text, n + 1);
    for (size_t i = 0; i < n; i += length)
    {
        uint32_t c, letter;
        char second;

        length = ss_point_at(text, n, i, &c);
        letter = letter_of(c, &second);
        if (is_unseen(c))
            continue;
        if (is_blank(c) || (is_hyphen(c) && l->text.len > 0 && !ends_in_blank(l)))
        {
            if (!ends_in_blank(l))
                put(l, ' ', i);
        }
        else if (letter == c && c >= 0x80)
        {
            for (size_t k = 0; k < length; k++)
                put(l, text[i + k], i);
        }
        else if (letter < 0x80)
        {
            put(l, (char) letter, i);
            if (second != '\0')
                put(l, second, i);
        }
        else
        {
            put(l, (char) (0xC0 | letter >> 6), i);
            put(l, (char) (0x80 | (letter & 0x3F)), i);
        }
    }
    l->at[l->text.len] = n;
}
