/*
 * Texts made up: tokens of letters or of digits with blanks and punctuation between them, drawn at the shares that the text has
 * of each.  No letter, no word's length and no place of anything in the text is looked at.
 */
#include <stdbool.h>
#include <string.h>

#include "pseudonymise/shape.h"
#include "rand/stream.h"

#define LONG       1000000 /* characters: a text as long as that is not made longer */
#define WORD_LEAST 2
#define WORD_MOST  8
#define CODE_MOST  4 /* of a token where nothing stands between tokens */

typedef struct script
{
    uint32_t from, to; /* of its letters */
    const char *
        letters; /* small ones: consonants, or syllables; characters of every character set that has the script */
    const char *vowels; /* that stand behind each; NULL: none do */
} script;

/* Of two ranges that overlap the first one counts; what is in none is Latin. */
static const script scripts[] = {
    {'A', 0x24F, "bdfgklmnprstvz", "aeiou"},
    {0x370, 0x3FF, "βγδκλμνπρστ", "αεηιο"},
    {0x400, 0x52F, "бвгдклмнпрст", "аеио"},
    {0x590, 0x5FF, "בגדהוזחטילמנ", NULL},
    {0x600, 0x6FF, "بتجدرسشعفقلمنهوي", NULL},
    {0x900, 0x97F, "कखगचजतदनपबमरलस", NULL},
    {0xE00, 0xE7F, "กขคงจชดตนบปพมยรลวสหอ", NULL},
    {0x3040, 0x309F, "あいうえおかきくけこさしすせそ", NULL},
    {0x30A0, 0x30FF, "アイウエオカキクケコサシスセソ", NULL},
    {0xAC00, 0xD7A3, "가나다라마바사아자하", NULL},
    {0x2E80, 0x9FFF, "日人大年出上十下中分山水火木金土天石手口", NULL},
    {0xF900, 0xFAFF, "日人大年出上十下中分山水火木金土天石手口", NULL},
};

#define NSCRIPTS (sizeof scripts / sizeof scripts[0])

typedef struct seen /* of a text */
{
    size_t characters;
    size_t letters, digits, blanks, breaks, marks;
    size_t capitals, small, words, capital_words;
    size_t of_script[NSCRIPTS];
} seen;

void
ss_shape_band(size_t n, size_t *low, size_t *high)
{
    size_t from = 1, next = 2;

    while (next <= n)
    {
        from = next;
        next = from + (from < 4 ? 1 : from / 2);
    }
    *low = from;
    *high = next - 1;
}

size_t
ss_shape_length(size_t n, size_t limit, uint64_t *state)
{
    size_t low, high;

    ss_shape_band(n, &low, &high);
    if (n >= LONG)
        high = n;
    high = high < limit ? high : limit;
    return low >= high ? high : low + (size_t) ss_below(ss_unfold(state), high - low + 1);
}

/* --- what is looked at ---------------------------------------------------------------------------- */

/* A byte that begins no character counts as a character of its own. */
static size_t
take_character(const unsigned char *p, size_t n, uint32_t *point)
{
    const size_t length = p[0] < 0xC2 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t c = length == 1 ? p[0] : p[0] & (0x7FU >> length);

    *point = p[0];
    for (size_t i = 1; i < length; i++)
    {
        if (i >= n || (p[i] & 0xC0) != 0x80)
            return 1;
        c = c << 6 | (p[i] & 0x3FU);
    }
    *point = c;
    return length;
}

static bool
is_blank(uint32_t c)
{
    return c == ' ' || (c >= 9 && c <= 13) || c == 0xA0 || c == 0x3000 ||
           (c >= 0x2000 && c <= 0x200A);
}

static bool
is_letter(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2010 && c <= 0x2BFF) &&
           !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFE10 && c <= 0xFFEF);
}

/* Where Latin, Greek and Cyrillic have capitals; nearly. */
static bool
is_capital(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE) ||
           (c >= 0x100 && c <= 0x24F && c % 2 == 0) || (c >= 0x391 && c <= 0x3A9) ||
           (c >= 0x400 && c <= 0x42F);
}

static size_t
script_of(uint32_t c)
{
    for (size_t i = 0; i < NSCRIPTS; i++)
    {
        if (c >= scripts[i].from && c <= scripts[i].to)
            return i;
    }
    return 0;
}

static void
look(const unsigned char *text, size_t n, seen *s)
{
    bool in_word = false;

    for (size_t i = 0; i < n;)
    {
        uint32_t c;

        i += take_character(text + i, n - i, &c);
        s->characters++;
        if (!is_letter(c))
        {
            in_word = false;
            s->digits += c >= '0' && c <= '9';
            s->blanks += is_blank(c);
            s->breaks += c == '\n';
            s->marks += !is_blank(c) && !(c >= '0' && c <= '9');
            continue;
        }
        s->letters++;
        s->of_script[script_of(c)]++;
        s->capitals += is_capital(c);
        s->small += !is_capital(c);
        s->words += !in_word;
        s->capital_words += !in_word && is_capital(c);
        in_word = true;
    }
}

/* --- what is made --------------------------------------------------------------------------------- */

typedef struct writing
{
    const seen *s;
    const script *script;
    uint64_t *state;
    ss_buf *out;
    size_t left;   /* characters */
    bool sentence; /* the next word begins one */
} writing;

static size_t
below(writing *w, size_t n)
{
    return (size_t) ss_below(ss_unfold(w->state), n);
}

/* One of the characters of the list, which has no other than of as many bytes as its first. */
static void
put_letter(writing *w, const char *list, bool capital)
{
    uint32_t c;
    const size_t size = take_character((const unsigned char *) list, strlen(list), &c);
    const char *at = list + size * below(w, strlen(list) / size);

    (void) take_character((const unsigned char *) at, size, &c);
    if (capital && w->script == &scripts[0])
        ss_buf_putc(w->out, (char) (c - ('a' - 'A')));
    else if (capital && (w->script == &scripts[1] || w->script == &scripts[2]))
    {
        c -= 0x20;
        ss_buf_putc(w->out, (char) (0xC0 | c >> 6));
        ss_buf_putc(w->out, (char) (0x80 | (c & 0x3F)));
    }
    else
        ss_buf_append(w->out, at, size);
    w->left--;
}

static void
put_word(writing *w, size_t length)
{
    const seen *s = w->s;
    const bool all = s->small == 0 && s->capitals > 0;
    const bool titles = s->capital_words * 2 > s->words;
    const bool first = all || titles || (w->sentence && s->capitals > 0);

    for (size_t i = 0; i < length && w->left > 0; i++)
    {
        const char *list =
            i % 2 == 1 && w->script->vowels != NULL ? w->script->vowels : w->script->letters;

        put_letter(w, list, all || (first && i == 0));
    }
    w->sentence = false;
}

static void
put_digits(writing *w, size_t length)
{
    for (size_t i = 0; i < length && w->left > 0; i++, w->left--)
        ss_buf_putc(w->out, (char) ('0' + below(w, 10)));
    w->sentence = false;
}

static void
put_token(writing *w, bool loose)
{
    const seen *s = w->s;
    const bool digits = below(w, s->letters + s->digits) >= s->letters;
    size_t length = WORD_LEAST + below(w, WORD_MOST - WORD_LEAST + 1);

    if (!loose && (s->letters == 0 || s->digits == 0))
        length = w->left;
    else if (!loose || digits)
        length = 1 + below(w, CODE_MOST);
    if (digits)
        put_digits(w, length);
    else
        put_word(w, length);
}

static void
put_one(writing *w, char c)
{
    if (w->left == 0)
        return;
    ss_buf_putc(w->out, c);
    w->left--;
}

/* What stands between two tokens. */
static void
put_between(writing *w)
{
    const seen *s = w->s;
    const bool mark = below(w, s->blanks + s->marks) >= s->blanks;

    if (mark && s->blanks == 0)
        put_one(w, '-');
    else
    {
        if (mark)
        {
            w->sentence = below(w, 2) == 0;
            put_one(w, w->sentence ? '.' : ',');
        }
        put_one(w, below(w, s->blanks) < s->breaks ? '\n' : ' ');
    }
}

void
ss_shape_text(const unsigned char *text, size_t n, size_t limit, uint64_t *state, ss_buf *out)
{
    seen s = {0};
    writing w = {.s = &s, .script = &scripts[0], .state = state, .out = out, .sentence = true};
    bool loose;

    look(text, n, &s);
    if (s.characters == 0)
        return;
    for (size_t i = 1; i < NSCRIPTS; i++)
    {
        if (s.of_script[i] > s.of_script[w.script - scripts])
            w.script = &scripts[i];
    }
    loose = s.blanks + s.marks > 0;
    w.left = ss_shape_length(s.characters, limit, state);
    while (w.left > 0 && s.letters + s.digits == 0)
        put_one(&w, s.marks > 0 ? '-' : ' ');
    while (w.left > 0)
    {
        put_token(&w, loose);
        /* The last character is of a token: blanks at an end are lost in char(n). */
        if (loose && w.left > 2)
            put_between(&w);
    }
}
