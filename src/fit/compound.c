/* How many elements arrays have and which, how many lexemes a tsvector, how ranges are bounded, prefixes of addresses, versions of UUIDs, sizes of bytes and bits. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "fit/habits_internal.h"

/* --- arrays ------------------------------------------------------------------------------------------- */

/*
 * The elements of an array's text, over all dimensions: {a,"b \"c\"",NULL}, [0:1]={1,2}.  False: it is none.  Each is
 * mentioned, but for NULL; *count: of all.
 */
static bool
look_at_array(const char *text, size_t n, char delimiter, ss_mentions *mentions, size_t r,
              ss_buf *element, int64_t *count)
{
    const char *begin = n == 0 ? NULL : memchr(text, '{', n);
    size_t depth = 0, i = begin == NULL ? n : (size_t) (begin - text);

    *count = 0;
    while (i < n)
    {
        bool quoted = false;

        if (text[i] == '{' || text[i] == '}' || text[i] == delimiter)
        {
            depth += text[i] == '{';
            depth -= text[i] == '}' && depth > 0;
            i++;
            continue;
        }
        element->len = 0;
        for (; i < n && (quoted || (text[i] != '}' && text[i] != delimiter)); i++)
        {
            if (text[i] == '"')
            {
                quoted = !quoted;
                continue;
            }
            i += text[i] == '\\' && i + 1 < n;
            ss_buf_putc(element, text[i]);
        }
        ++*count;
        if (text[i - 1] == '"' || element->len != 4 || memcmp(element->data, "NULL", 4) != 0)
            ss_mentions_add(mentions, r, ss_buf_text(element), element->len);
    }
    return begin != NULL && depth == 0;
}

/* --- sizes -------------------------------------------------------------------------------------------- */

ss_sizes
ss_habit_sizes_new(const ss_habit_rows *rows)
{
    ss_sizes s = {.numbers = ss_alloc(rows->scratch, SS_DOCUMENT_MOST + 1, sizeof *s.numbers)};

    for (int64_t v = 0; v <= SS_DOCUMENT_MOST; v++)
    {
        if (ss_fit_coarse_length(v) == v)
            s.numbers[s.n++] = v;
    }
    s.tally = ss_tally_new(s.n, &rows->people);
    return s;
}

static int
compare_numbers(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}

void
ss_habit_add_size(const ss_habit_rows *rows, const ss_sizes *s, int64_t size, size_t r)
{
    const int64_t coarse = ss_fit_coarse_length(size);
    const int64_t *at = bsearch(&coarse, s->numbers, s->n, sizeof coarse, compare_numbers);

    if (at != NULL)
        ss_habit_add(rows, s->tally, (uint32_t) (at - s->numbers), r);
}

void
ss_habit_tell_sizes(const ss_habit_rows *rows, const ss_sizes *s, ss_habit_told *told)
{
    ss_habit_tell(rows, s->tally, s->numbers, s->n, told);
    ss_tally_free(s->tally);
}

static void
look_at_arrays(const ss_habit_rows *rows, ss_habits *h)
{
    const ss_sizes s = ss_habit_sizes_new(rows);
    ss_mentions *mentions = ss_mentions_new(rows);
    ss_buf element = {0};
    const char *text;
    size_t n;

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        int64_t count;

        if (ss_habit_text(rows, r, &text, &n) &&
            look_at_array(text, n, rows->type->delimiter, mentions, r, &element, &count))
            ss_habit_add_size(rows, &s, count, r);
    }
    ss_habit_tell_sizes(rows, &s, &h->told[SS_HABIT_ELEMENTS]);
    ss_mentions_tell(mentions, &h->told[SS_HABIT_ELEMENT_VALUES]);
    ss_habit_sort(&h->told[SS_HABIT_ELEMENT_VALUES]);
    ss_mentions_free(mentions);
    ss_buf_done(&element);
}

/* Those of a tsvector's text: 'a':1 'it''s':2A,3 'b\\c'.  A quote that is doubled ends one and goes on with it. */
static int64_t
count_lexemes(const char *text, size_t n)
{
    int64_t lexemes = 0;
    bool in = false;

    for (size_t i = 0; i < n; i++)
    {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '\'')
        {
            lexemes += !in && (i == 0 || text[i - 1] == ' ');
            in = !in;
        }
    }
    return lexemes;
}

static void
look_at_lexemes(const ss_habit_rows *rows, ss_habits *h)
{
    const ss_sizes s = ss_habit_sizes_new(rows);
    const char *text;
    size_t n;

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (ss_habit_text(rows, r, &text, &n))
            ss_habit_add_size(rows, &s, count_lexemes(text, n), r);
    }
    ss_habit_tell_sizes(rows, &s, &h->told[SS_HABIT_ELEMENTS]);
}

/* Bytes of a bytea, which are its text; bits, of which each is a character. */
static void
look_at_sizes(const ss_habit_rows *rows, ss_habits *h)
{
    const ss_sizes s = ss_habit_sizes_new(rows);
    const char *text;
    size_t n;

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (ss_habit_text(rows, r, &text, &n))
            ss_habit_add_size(rows, &s, (int64_t) n, r);
    }
    ss_habit_tell_sizes(rows, &s, &h->told[SS_HABIT_SIZES]);
}

/* --- ranges, addresses and UUIDs ----------------------------------------------------------------------- */

#define NBOUNDS 17

/* [1,5), (,2020-01-01], empty */
static uint32_t
bounds_of(const char *text, size_t n)
{
    const bool empty = n < 3 || text[0] == 'e';

    return empty ? NBOUNDS - 1
                 : (text[0] == '[' ? 1U : 0U) | (text[n - 1] == ']' ? 2U : 0U) |
                       (text[1] == ',' ? 4U : 0U) | (text[n - 2] == ',' ? 8U : 0U);
}

/* 192.0.2.1, 192.0.2.0/24, 2001:db8::/32: the place of its prefix among 33 of one family and 129 of the other. */
static uint32_t
prefix_of(const char *text, size_t n)
{
    const bool six = memchr(text, ':', n) != NULL;
    const char *slash = memchr(text, '/', n);
    uint32_t prefix = slash == NULL ? (six ? 128 : 32) : 0;

    for (const char *p = slash; p != NULL && ++p < text + n && prefix <= 128;)
        prefix = prefix * 10 + (uint32_t) (*p - '0');
    if (prefix > (six ? 128U : 32U))
        return SS_TALLY_NO_CELL;
    return six ? 33 + prefix : prefix;
}

#define NVERSIONS 16

/* Of 16 bytes. */
static uint32_t
version_of(const char *bytes, size_t n)
{
    return n == 16 ? (uint32_t) (unsigned char) bytes[6] >> 4 : SS_TALLY_NO_CELL;
}

static void
look_at_places(const ss_habit_rows *rows, ss_habit habit, uint32_t (*place)(const char *, size_t),
               const int64_t *numbers, size_t n, ss_habits *h)
{
    ss_tally *tally = ss_tally_new(n, &rows->people);
    const char *text;
    size_t length;

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (ss_habit_text(rows, r, &text, &length))
            ss_habit_add(rows, tally, place(text, length), r);
    }
    ss_habit_tell(rows, tally, numbers, n, &h->told[habit]);
    ss_tally_free(tally);
}

void
ss_fit_compound(const ss_habit_rows *rows, ss_habits *h)
{
    int64_t prefixes[33 + 129];

    for (int64_t i = 0; i < 33 + 129; i++)
        prefixes[i] = i < 33 ? 4000 + i : 6000 + i - 33;
    if (rows->type->kind == SS_TYPE_ARRAY)
        look_at_arrays(rows, h);
    else if (ss_type_is(rows->type, "tsvector"))
        look_at_lexemes(rows, h);
    else if (rows->type->kind == SS_TYPE_RANGE)
        look_at_places(rows, SS_HABIT_BOUNDS, bounds_of, NULL, NBOUNDS, h);
    else if (ss_type_is(rows->type, "inet") || ss_type_is(rows->type, "cidr"))
        look_at_places(rows, SS_HABIT_PREFIXES, prefix_of, prefixes, 33 + 129, h);
    else if (ss_type_is(rows->type, "uuid"))
        look_at_places(rows, SS_HABIT_VERSIONS, version_of, NULL, NVERSIONS, h);
    else
        look_at_sizes(rows, h);
}
