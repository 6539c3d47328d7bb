#include "catalog/words.h"

#include <string.h>

/* Letters of U+00C0 to U+017F without their accents, in lower case; '.' is no letter of one character. */
static const char plain[] = "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllll."
                            ".llnnnnnn.nnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

typedef enum sort
{
    NOTHING,
    LOWER,
    UPPER,
    DIGIT,
} sort;

typedef struct letter
{
    sort sort;
    size_t bytes;
    char text[4]; /* in lower case */
} letter;

static letter
letter_at(const unsigned char *s)
{
    letter l = {.sort = NOTHING, .bytes = 1};
    unsigned code;

    if (*s >= 'a' && *s <= 'z')
        l.sort = LOWER;
    else if (*s >= 'A' && *s <= 'Z')
        l.sort = UPPER;
    else if (*s >= '0' && *s <= '9')
        l.sort = DIGIT;
    if (*s < 0x80)
    {
        l.text[0] = (char) (l.sort == UPPER ? *s - 'A' + 'a' : *s);
        return l;
    }
    while ((s[l.bytes] & 0xc0) == 0x80 && l.bytes < 4)
        l.bytes++;
    code = l.bytes == 2 ? ((unsigned) (*s & 0x1f) << 6) | (s[1] & 0x3fU) : 0;
    l.sort = code >= 0xc0 && code <= 0xde ? UPPER : LOWER;
    if (code >= 0xc0 && code < 0xc0 + sizeof plain - 1 && plain[code - 0xc0] != '.')
        l.text[0] = plain[code - 0xc0];
    else
    {
        /* Of other scripts a letter that no pattern has. */
        const char *as = code == 0xdf                     ? "ss"
                         : code == 0xc6 || code == 0xe6   ? "ae"
                         : code == 0x152 || code == 0x153 ? "oe"
                                                          : "?";

        memcpy(l.text, as, strlen(as));
    }
    return l;
}

/* Where a word ends: at what is no letter, "firstName", "HTMLText" (before its T), and between letters and digits. */
static bool
ends_word(const letter *before, const letter *now, const letter *next)
{
    if (before->sort == NOTHING || now->sort == NOTHING)
        return true;
    if ((before->sort == DIGIT) != (now->sort == DIGIT))
        return true;
    return now->sort == UPPER &&
           (before->sort == LOWER || (before->sort == UPPER && next->sort == LOWER));
}

ss_words
ss_words_of(const char *name, ss_arena *result)
{
    const unsigned char *s = (const unsigned char *) name;
    const size_t most = strlen(name);
    const char **list = ss_alloc(result, most + 1, sizeof *list);
    char *text = ss_alloc(result, 3 * most + 2, 1);
    letter before = {.sort = NOTHING};
    size_t n = 0;

    while (*s != '\0')
    {
        const letter now = letter_at(s);
        const letter next = letter_at(s + now.bytes);

        if (ends_word(&before, &now, &next) && n > 0 && *list[n - 1] != '\0')
            text++;
        if (now.sort != NOTHING && ends_word(&before, &now, &next))
            list[n++] = text;
        if (now.sort != NOTHING)
        {
            const size_t length = strlen(now.text);

            memcpy(text, now.text, length);
            text += length;
        }
        before = now;
        s += now.bytes;
    }
    return (ss_words){.list = list, .n = n};
}

size_t
ss_words_fold(const char *text, size_t n, char *out)
{
    size_t length = 0;

    for (size_t i = 0; i < n;)
    {
        char here[8] = {0};
        const size_t left = n - i;
        letter l;

        /* Of its own: the text may end within a character. */
        memcpy(here, text + i, left < 4 ? left : 4);
        l = letter_at((const unsigned char *) here);
        if (l.bytes > 1 && l.text[0] == '?')
            memcpy(out + length, here, l.bytes);
        else
            memcpy(out + length, l.text, strlen(l.text));
        length += l.bytes > 1 && l.text[0] == '?' ? l.bytes : strlen(l.text);
        i += l.bytes < left ? l.bytes : left;
    }
    out[length] = '\0';
    return length;
}

/* One word of a pattern, of n bytes. */
static bool
fits(const char *word, const char *pattern, size_t n)
{
    const size_t length = strlen(word);
    const bool open = n > 0 && pattern[0] == '*', ends = n > 0 && pattern[n - 1] == '*';
    const size_t stem = n - open - ends;

    if (n == 1 && open)
        return true; /* any word */
    if (open && ends)
    {
        for (size_t i = 0; i + stem <= length; i++)
        {
            if (memcmp(word + i, pattern + 1, stem) == 0)
                return true;
        }
        return false;
    }
    if (open)
        return length >= stem && memcmp(word + length - stem, pattern + 1, stem) == 0;
    if (ends)
        return length >= stem && memcmp(word, pattern, stem) == 0;
    return length == n && memcmp(word, pattern, n) == 0;
}

/* The pattern from word i on; how many words it took, 0: it does not stand there. */
static size_t
fits_from(const ss_words *words, size_t i, ss_pattern pattern)
{
    size_t taken = 0;

    while (pattern.n > 0)
    {
        const char *blank = memchr(pattern.text, ' ', pattern.n);
        const size_t n = blank == NULL ? pattern.n : (size_t) (blank - pattern.text);
        const size_t step = n + (blank != NULL);

        if (i + taken == words->n || !fits(words->list[i + taken], pattern.text, n))
            return 0;
        taken++;
        pattern = (ss_pattern){pattern.text + step, pattern.n - step};
    }
    return taken;
}

ss_pattern
ss_words_find(const ss_words *words, const char *patterns)
{
    bool begins[256] = {['*'] = true};

    /* Most patterns begin as none of the words does. */
    for (size_t i = 0; i < words->n; i++)
        begins[(unsigned char) words->list[i][0]] = true;
    while (patterns != NULL && *patterns != '\0')
    {
        const ss_pattern pattern = {patterns, strcspn(patterns, "|")};

        for (size_t i = 0; i < words->n && begins[(unsigned char) pattern.text[0]]; i++)
        {
            if (fits_from(words, i, pattern) > 0)
                return pattern;
        }
        patterns += pattern.n + (patterns[pattern.n] == '|');
    }
    return (ss_pattern){NULL, 0};
}

ss_pattern
ss_words_end_in(const ss_words *words, const char *patterns)
{
    while (patterns != NULL && *patterns != '\0')
    {
        const ss_pattern pattern = {patterns, strcspn(patterns, "|")};

        for (size_t i = 0; i < words->n; i++)
        {
            if (fits_from(words, i, pattern) == words->n - i)
                return pattern;
        }
        patterns += pattern.n + (patterns[pattern.n] == '|');
    }
    return (ss_pattern){NULL, 0};
}

bool
ss_words_are(const ss_words *words, ss_pattern pattern)
{
    return words->n > 0 && fits_from(words, 0, pattern) == words->n;
}

bool
ss_words_are_one_of(const ss_words *words, const char *patterns)
{
    while (patterns != NULL && *patterns != '\0')
    {
        const ss_pattern pattern = {patterns, strcspn(patterns, "|")};

        if (ss_words_are(words, pattern))
            return true;
        patterns += pattern.n + (patterns[pattern.n] == '|');
    }
    return false;
}
