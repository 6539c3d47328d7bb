/*
 * The templates that codes follow: "ORD-9999" of ORD-0172 and ORD-9310, and which characters other texts have.
 *
 * A code is a text of ASCII with a digit.  Its template has a class for each letter and digit; letters before the first digit
 * stand for themselves where k people have a code of that template which begins so, and so does any other letter or
 * digit that is the same in all codes of a template.  What k people have not is told as the plain template,
 * else not at all.  Texts that are told as values follow no template.
 */
#include <stdlib.h>
#include <string.h>

#include "fit/habits_internal.h"

#define TEMPLATES_MAX 1024 /* different ones; more are none */
#define PREFIX_MAX    8    /* letters that may stand for themselves */
#define HEX_LEAST     16   /* so many hexadecimal digits are one number */

/* The text of a cell: a class or a literal of each character, told apart, since 'A' may be either. */
typedef struct template_text
{
    char characters[SS_TEMPLATE_MAX];
    bool literal[SS_TEMPLATE_MAX];
    size_t n;
} template_text;

/* One template that is told. */
typedef struct told_template
{
    template_text text;
    bool seen;
} told_template;

static char
class_of(char b)
{
    return b >= '0' && b <= '9' ? '9' : b >= 'A' && b <= 'Z' ? 'A' : b >= 'a' && b <= 'z' ? 'a' : 0;
}

/* 'h' or 'H' where all letters and digits are hexadecimal digits of one case, and many; else 0. */
static char
hexadecimal(const char *text, size_t n)
{
    size_t digits = 0, small = 0, capitals = 0;

    for (size_t i = 0; i < n; i++)
    {
        const char class = class_of(text[i]);

        if ((class == 'a' && text[i] > 'f') || (class == 'A' && text[i] > 'F'))
            return 0;
        digits += class == '9';
        small += class == 'a';
        capitals += class == 'A';
    }
    if (digits == 0 || digits + small + capitals < HEX_LEAST || (small > 0) == (capitals > 0))
        return 0;
    return small > 0 ? 'h' : 'H';
}

/* How many characters before the first digit, where they are few letters and what joins them. */
static size_t
prefix_of(const char *text, size_t n)
{
    size_t i = 0, letters = 0;

    for (; i < n && class_of(text[i]) != '9'; i++)
    {
        letters += class_of(text[i]) != 0;
        if (text[i] == ' ')
            return 0;
    }
    return letters <= PREFIX_MAX ? i : 0;
}

/* The template of a code; false: it is none.  prefixed: with the letters before its first digit. */
static bool
template_of(const char *text, size_t n, bool prefixed, template_text *t)
{
    const char hex = n <= SS_TEMPLATE_MAX ? hexadecimal(text, n) : 0;
    const size_t prefix = prefixed && hex == 0 && n <= SS_TEMPLATE_MAX ? prefix_of(text, n) : 0;
    bool digits = false;

    if (n == 0 || n > SS_TEMPLATE_MAX)
        return false;
    *t = (template_text){.n = n};
    for (size_t i = 0; i < n; i++)
    {
        const char class = class_of(text[i]);

        if (text[i] < ' ' || text[i] > '~')
            return false;
        digits = digits || class == '9';
        t->literal[i] = class == 0 || i < prefix;
        t->characters[i] = t->literal[i] ? text[i] : hex != 0 ? hex : class;
    }
    return digits;
}

/* As the model holds it; at most twice SS_TEMPLATE_MAX bytes. */
static size_t
written(const template_text *t, char *text)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
    {
        if (t->literal[i] && strchr(SS_TEMPLATE_CLASSES, t->characters[i]) != NULL)
            text[n++] = '\\';
        text[n++] = t->characters[i];
    }
    text[n] = '\0';
    return n;
}

/* --- rows ------------------------------------------------------------------------------------------- */

/* Row r's text, of SS_COUNTER_TEXT_MAX + 1 bytes at most, unless it is NULL. */
static bool
has_text(const ss_habit_rows *rows, size_t r, char *text, size_t *n)
{
    const unsigned char *bytes;

    if (rows->values->null[r])
        return false;
    bytes = ss_column_bytes(rows->values, r, n);
    /* A sample's are cut so; those of documents are whole. */
    *n = *n > SS_COUNTER_TEXT_MAX + 1 ? SS_COUNTER_TEXT_MAX + 1 : *n;
    memcpy(text, bytes, *n);
    text[*n] = '\0';
    while (ss_type_is(rows->type, "bpchar") && *n > 0 && text[*n - 1] == ' ')
        (*n)--;
    return true;
}

/* --- which templates are told ----------------------------------------------------------------------- */

typedef struct templates
{
    told_template *list; /* ascending by what is written of them before constants are */
    char (*keys)[2 * SS_TEMPLATE_MAX + 1];
    size_t n;
    ss_tally *tally; /* of each; then what follows none */
} templates;

static void
add_text(const ss_habit_rows *rows, ss_counter *counter, const template_text *t, size_t r)
{
    const ss_sample *s = rows->sample;
    char key[2 * SS_TEMPLATE_MAX + 1];
    const size_t n = written(t, key);

    ss_counter_add_text(counter, key, n, ss_hash(rows->key, key, n), s->subjects + r * s->npaths,
                        s->weights[r]);
}

static ss_counter *
counter_new(const ss_habit_rows *rows)
{
    const size_t most = rows->column->who->cells;

    return ss_counter_new(SS_COUNTER_TEXTS, most < TEMPLATES_MAX ? most : TEMPLATES_MAX,
                          rows->people.k, rows->people.npaths, rows->people.may_be_empty);
}

static int
compare_key(const void *key, const void *member)
{
    return strcmp(key, member);
}

static size_t
place_of(const templates *t, const template_text *text)
{
    char key[2 * SS_TEMPLATE_MAX + 1];
    const char(*found)[2 * SS_TEMPLATE_MAX + 1];

    (void) written(text, key);
    found = t->n == 0 ? NULL : bsearch(key, t->keys, t->n, sizeof *t->keys, compare_key);
    return found == NULL ? t->n
                         : (size_t) (found - (const char(*)[2 * SS_TEMPLATE_MAX + 1]) t->keys);
}

static int
compare_keys(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Keys of a counter's cells with k people join the list. */
static void
take_keys(const ss_habit_rows *rows, const ss_counter *counter, templates *t)
{
    size_t n;
    ss_count *list = ss_counter_list(counter, &n);
    char(*keys)[2 * SS_TEMPLATE_MAX + 1] = ss_alloc(rows->scratch, t->n + n + 1, sizeof *keys);

    if (t->n > 0)
        memcpy(keys, t->keys, t->n * sizeof *keys);
    for (size_t i = 0; i < n; i++)
    {
        if (list[i].enough)
            memcpy(keys[t->n++], list[i].text, list[i].text_length + 1);
    }
    free(list);
    qsort(keys, t->n, sizeof *keys, compare_keys);
    t->keys = keys;
}

/* Where a code belongs, by *t, its template with its prefix, else without; all->n: nowhere. */
static size_t
cell_of(const templates *all, const char *text, size_t n, template_text *t)
{
    size_t at;

    if (!template_of(text, n, true, t))
        return all->n;
    at = place_of(all, t);
    if (at < all->n)
        return at;
    (void) template_of(text, n, false, t);
    return place_of(all, t);
}

/*
 * Those that k people have with their prefix; then, of what is left, those that k people have without.
 */
static void
find_templates(const ss_habit_rows *rows, templates *t)
{
    char text[SS_COUNTER_TEXT_MAX + 2];
    ss_counter *counter = counter_new(rows);
    template_text one;
    size_t n;

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (has_text(rows, r, text, &n) && template_of(text, n, true, &one))
            add_text(rows, counter, &one, r);
    }
    take_keys(rows, counter, t);
    ss_counter_free(counter);
    counter = counter_new(rows);
    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (has_text(rows, r, text, &n) && template_of(text, n, true, &one) &&
            place_of(t, &one) == t->n)
        {
            (void) template_of(text, n, false, &one);
            add_text(rows, counter, &one, r);
        }
    }
    take_keys(rows, counter, t);
    ss_counter_free(counter);
}

/* What is the same in all codes of a template stands for itself. */
static void
keep_constants(told_template *told, const template_text *t, const char *text)
{
    if (!told->seen)
    {
        told->text = *t;
        for (size_t i = 0; i < t->n; i++)
        {
            told->text.characters[i] = text[i];
            told->text.literal[i] = true;
        }
        told->seen = true;
        return;
    }
    for (size_t i = 0; i < t->n; i++)
    {
        if (told->text.literal[i] && told->text.characters[i] != text[i])
        {
            told->text.literal[i] = false;
            told->text.characters[i] = t->characters[i];
        }
    }
}

static void
tell_templates(const ss_habit_rows *rows, const templates *t, ss_habit_told *told)
{
    ss_cells *cells = &told->cells;

    ss_habit_tell(rows, t->tally, NULL, t->n, told);
    for (size_t i = 0; i < cells->n; i++)
    {
        char text[2 * SS_TEMPLATE_MAX + 1];
        const size_t n = written(&t->list[cells->cells[i].number].text, text);

        cells->cells[i].number = SS_NO_NUMBER;
        cells->cells[i].text = ss_strndup(rows->result, text, n);
    }
    ss_habit_sort(told);
}

/* --- characters of the others ----------------------------------------------------------------------- */

enum
{
    CHARACTERS = SS_CHARACTERS_SINGLE + 0x10FFFF / 256 + 1
};

/* The next character of valid UTF-8, which may be cut at its end: then 0. */
static uint32_t
next_character(const unsigned char *text, size_t n, size_t *i)
{
    const unsigned char b = text[*i];
    const size_t more = b < 0x80 ? 0 : b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
    uint32_t c = more == 0 ? b : b & (0x3FU >> more);

    if (*i + more >= n)
    {
        *i = n;
        return more == 0 ? b : 0;
    }
    for (size_t k = 1; k <= more; k++)
        c = c << 6 | (text[*i + k] & 0x3FU);
    *i += more + 1;
    return c;
}

static void
count_characters(const ss_habit_rows *rows, const unsigned char *text, size_t n, size_t r,
                 uint32_t *last, ss_tally *tally)
{
    for (size_t i = 0; i < n;)
    {
        const uint32_t c = next_character(text, n, &i);
        const uint32_t cell = c < SS_CHARACTERS_SINGLE ? c : SS_CHARACTERS_SINGLE + c / 256;

        if (c == 0 || cell >= CHARACTERS || last[cell] == r + 1)
            continue;
        last[cell] = (uint32_t) r + 1;
        ss_habit_add(rows, tally, cell, r);
    }
}

/* A text has many: they come to no total. */
static void
tell_characters(const ss_habit_rows *rows, const ss_tally *tally, ss_habit_told *told)
{
    size_t n = 0;

    for (uint32_t i = 0; i < CHARACTERS; i++)
        n += ss_tally_enough(tally, i);
    told->cells.cells = ss_alloc(rows->result, n + 1, sizeof *told->cells.cells);
    for (uint32_t i = 0; i < CHARACTERS; i++)
    {
        const uint64_t count =
            ss_fit_stored(rows->terms, ss_habit_scaled(rows, ss_tally_weight(tally, i)));

        if (!ss_tally_enough(tally, i))
            continue;
        told->cells.cells[told->cells.n++] = (ss_cell){
            .number = i < SS_CHARACTERS_SINGLE ? i : (int64_t) (i - SS_CHARACTERS_SINGLE) * 256,
            .count = count};
        told->cells.total += count;
    }
}

void
ss_fit_templates(const ss_habit_rows *rows, ss_habits *h)
{
    char text[SS_COUNTER_TEXT_MAX + 2];
    templates t = {0};
    uint32_t *last = ss_alloc(rows->scratch, CHARACTERS, sizeof *last);
    ss_tally *characters;
    size_t n;

    find_templates(rows, &t);
    t.list = ss_alloc(rows->scratch, t.n + 1, sizeof *t.list);
    t.tally = ss_tally_new(t.n + 1, &rows->people);
    characters = ss_tally_new(CHARACTERS, &rows->people);
    for (size_t r = 0; r < rows->sample->n; r++)
    {
        template_text one;
        size_t at;

        if (!has_text(rows, r, text, &n))
            continue;
        at = cell_of(&t, text, n, &one);
        ss_habit_add(rows, t.tally, (uint32_t) at, r);
        if (at < t.n)
            keep_constants(&t.list[at], &one, text);
        else
            count_characters(rows, (const unsigned char *) text, n, r, last, characters);
    }
    if (t.n > 0)
        tell_templates(rows, &t, &h->told[SS_HABIT_TEMPLATES]);
    tell_characters(rows, characters, &h->told[SS_HABIT_CHARACTERS]);
    ss_tally_free(t.tally);
    ss_tally_free(characters);
}
