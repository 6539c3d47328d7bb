/*
 * treatment: redact.  A text stays, but for what is found of people in it (redact_find.h).
 *
 * What the row itself has in other columns, and the people whose row it is in theirs, becomes what these become; identifiers become the pseudonyms that they have in
 * columns of their kind; other people's names become other names, the same for the same name.  What was looked for and has nothing
 * to stand for it is ***.  A text that is too long to be looked at, or no UTF-8, becomes a shape.
 *
 * What is not found stays.  Nobody knows how much that is: see docs/pseudonyms.md for what was measured.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "forms/europe.h"
#include "forms/north_america.h"
#include "forms/uk.h"
#include "pseudonymise/persona.h"
#include "pseudonymise/pseudonymise_internal.h"
#include "pseudonymise/redact_find.h"
#include "pseudonymise/written.h"

#define TEXT_MOST  (1U << 20) /* bytes of a text that is looked at */
#define CODE_LEAST 4          /* characters of a value of digits that is looked for */
#define WORDS      16         /* of a value, and its last one, that are looked for by themselves, */
#define HYPHENATED 4          /* parts of one, of so many bytes at least, */
#define PART_LEAST 3
#define VALUES     (1 + (WORDS + 1) * (1 + HYPHENATED)) /* and so many of all these at most */
#define DATE       11 /* bytes of a date as it is written, and a NUL */

static const struct
{
    ss_find what;
    bool (*is)(const char *text, size_t n); /* NULL: whatever it is */
    const ss_kind *kind;
} makers[] = {
    {SS_FIND_EMAIL, NULL, &ss_kind_email},
    {SS_FIND_PHONE, NULL, &ss_kind_phone},
    {SS_FIND_CARD, NULL, &ss_kind_payment_card},
    {SS_FIND_IBAN, NULL, &ss_kind_iban},
    {SS_FIND_NATIONAL_NUMBER, ss_is_nhs_number, &ss_kind_nhs_number},
    {SS_FIND_NATIONAL_NUMBER, ss_is_nino, &ss_kind_nino},
    {SS_FIND_NATIONAL_NUMBER, ss_is_written_ssn, &ss_kind_ssn},
    {SS_FIND_NATIONAL_NUMBER, ss_is_itin, &ss_kind_itin},
    {SS_FIND_NATIONAL_NUMBER, ss_is_mbi, &ss_kind_mbi},
    {SS_FIND_NATIONAL_NUMBER, ss_is_es_dni, &ss_kind_es_dni},
    {SS_FIND_NATIONAL_NUMBER, ss_is_it_codice_fiscale, &ss_kind_it_codice_fiscale},
    {SS_FIND_NATIONAL_NUMBER, ss_is_fi_hetu, &ss_kind_fi_hetu},
    {SS_FIND_NATIONAL_NUMBER, ss_is_ie_pps, &ss_kind_ie_pps},
    {SS_FIND_NATIONAL_NUMBER, ss_is_upn, &ss_kind_upn},
    {SS_FIND_NATIONAL_NUMBER, ss_is_fr_nir, &ss_kind_fr_nir},
    {SS_FIND_NATIONAL_NUMBER, ss_is_se_personnummer, &ss_kind_se_personnummer},
    {SS_FIND_NATIONAL_NUMBER, ss_is_de_idnr, &ss_kind_de_idnr},
    {SS_FIND_NATIONAL_NUMBER, ss_is_be_nn, &ss_kind_be_nn},
    {SS_FIND_NATIONAL_NUMBER, ss_is_pl_pesel, &ss_kind_pl_pesel},
    {SS_FIND_NATIONAL_NUMBER, ss_is_nl_bsn, &ss_kind_nl_bsn},
    {SS_FIND_NATIONAL_NUMBER, ss_is_ssn, &ss_kind_ssn},
    {SS_FIND_NATIONAL_NUMBER, ss_is_utr, &ss_kind_utr},
    {SS_FIND_NATIONAL_NUMBER, NULL, &ss_kind_code},
    {SS_FIND_POSTCODE, NULL, &ss_kind_postcode},
    {SS_FIND_SECRET, NULL, &ss_kind_token},
    {SS_FIND_URL, NULL, &ss_kind_url},
    {SS_FIND_IP_ADDRESS, NULL, &ss_kind_ip_address},
    {SS_FIND_PERSON, NULL, &ss_kind_person_name},
    {SS_FIND_GIVEN, NULL, &ss_kind_given_name},
};

#define NMAKERS (sizeof makers / sizeof makers[0])

_Static_assert(NMAKERS < SS_REDACT_KINDS_MAX, "the plan has room for all of them");

typedef enum part /* of a value that the row has elsewhere */
{
    WHOLE,
    WORD,
    WRITTEN_DATE, /* in the form of that number, and those that follow */
} part;

typedef struct looked_for
{
    size_t own;
    unsigned part;
    size_t word, words; /* WORD: which of how many */
    char date[DATE];
} looked_for;

typedef struct redaction
{
    size_t limit;
    void *states[NMAKERS];
    void *shape;
    ss_batch *in, *out; /* one text found, and what stands for it */
    ss_finder finder;
    ss_find_own *values; /* of a row, and what each of them is */
    looked_for *of;
    size_t nvalues, nown;
    ss_arena *arena;
    ss_buf text, made;
} redaction;

const ss_kind *
ss_redact_kind(size_t i)
{
    return i < NMAKERS ? makers[i].kind : NULL;
}

static ss_code
open_redaction(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
               ss_error *err)
{
    static const ss_form form = SS_FORM_TEXT;
    redaction *s = ss_alloc(arena, 1, sizeof *s);

    if (c->found == NULL)
        return ss_fail(err, SS_EBUG, "a redaction that nobody planned");
    s->limit = c->limit;
    s->arena = arena;
    s->in = ss_batch_new(arena, &form, 1);
    s->out = ss_batch_new(arena, &form, 1);
    ss_arena_defer(arena, ss_finder_done, &s->finder);
    ss_buf_defer(arena, &s->text);
    ss_buf_defer(arena, &s->made);
    for (size_t i = 0; i < NMAKERS; i++)
        SS_TRY(makers[i].kind->open(c->found[i], keys, arena, &s->states[i], err));
    *state = s;
    return ss_kind_shape.open(c, keys, arena, &s->shape, err);
}

/* --- what the row has elsewhere ------------------------------------------------------------------- */

static void
look_for(redaction *s, const char *text, size_t n, const looked_for *of)
{
    s->values[s->nvalues] = (ss_find_own){text, n};
    s->of[s->nvalues++] = *of;
}

/* 1984-12-31 as people write it; n: which way; false: there are no more. */
static bool
write_date(const char *iso, unsigned n, char out[DATE])
{
    static const char *const ways[] = {"y-m-d", "d/m/y", "m/d/y", "d.m.y", "d-m-y", "y/m/d"};
    size_t length = 0;

    if (n >= sizeof ways / sizeof ways[0])
        return false;
    for (const char *c = ways[n]; *c != '\0'; c++)
    {
        const size_t from = *c == 'y' ? 0 : *c == 'm' ? 5 : 8, bytes = *c == 'y' ? 4 : 2;

        if (*c != 'y' && *c != 'm' && *c != 'd')
            out[length++] = *c;
        else
        {
            memcpy(out + length, iso + from, bytes);
            length += bytes;
        }
    }
    out[length] = '\0';
    return true;
}

static void
look_for_date(redaction *s, const char *text, size_t n, size_t own)
{
    for (unsigned way = 0; n == DATE - 1; way++)
    {
        looked_for *of = &s->of[s->nvalues];

        if (!write_date(text, way, of->date))
            return;
        s->values[s->nvalues++] = (ss_find_own){of->date, n};
        of->own = own;
        of->part = WRITTEN_DATE + way;
    }
}

static bool
has_letters(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if ((unsigned char) text[i] >= 0x80 || (text[i] | 0x20) >= 'a')
            return true;
    }
    return false;
}

/* As names are, and addresses are not. */
static bool
are_words(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (text[i] == '@' || (text[i] >= '0' && text[i] <= '9'))
            return false;
    }
    return true;
}

static bool
ends_word(char c)
{
    return (unsigned char) c <= ' ' || strchr(",;/()\"", c) != NULL;
}

/* The next word of a text from *at on; false: there is none. */
static bool
next_word(const char *text, size_t n, size_t *at, const char **word, size_t *length)
{
    while (*at < n && ends_word(text[*at]))
        ++*at;
    *word = text + *at;
    while (*at < n && !ends_word(text[*at]))
        ++*at;
    *length = (size_t) (text + *at - *word);
    return *length > 0;
}

static size_t
count_words(const char *text, size_t n)
{
    size_t words = 0, at = 0, length;
    const char *word;

    while (next_word(text, n, &at, &word, &length))
        words++;
    return words;
}

/* Which word of the made text stands for a word of the value: the first for the first, the last for the last. */
static void
word_for(const looked_for *of, const char **made, size_t *n)
{
    const size_t words = count_words(*made, *n);
    const size_t wanted = words == of->words ? of->word : of->word + 1 == of->words ? words - 1 : 0;
    const char *text = *made;
    const size_t all = *n;
    size_t at = 0;

    for (size_t i = 0; i <= wanted && next_word(text, all, &at, made, n); i++)
        ;
}

static bool
is_small(const char *word, size_t n)
{
    return ss_letters_of((const unsigned char *) word, n) == SS_LETTERS_SMALL;
}

/* "Smith-Jones", and Smith, and Jones. */
static void
look_for_word(redaction *s, const char *word, size_t n, const looked_for *of)
{
    const char *hyphen = memchr(word, '-', n);

    if (of->words > 1) /* else it is the value */
        look_for(s, word, n, of);
    if (hyphen == NULL || is_small(word, n))
        return;
    for (size_t i = 0; i < HYPHENATED; i++)
    {
        const size_t length = hyphen == NULL ? n : (size_t) (hyphen - word);

        if (length >= PART_LEAST)
            look_for(s, word, length, of);
        if (hyphen == NULL)
            return;
        word += length + 1;
        n -= length + 1;
        hyphen = memchr(word, '-', n);
    }
}

/* The value, and its words where they are letters.  Small ones between others ("van", "of") are not looked for by themselves. */
static void
look_for_text(redaction *s, const char *text, size_t n, size_t own)
{
    looked_for of = {.own = own, .part = WHOLE};
    const char *word;
    size_t length, at = 0;

    while (n > 0 && ends_word(text[n - 1]))
        n--;
    while (n > 0 && ends_word(*text))
    {
        text++;
        n--;
    }
    if (!has_letters(text, n) && n < CODE_LEAST)
        return;
    look_for(s, text, n, &of);
    if (!has_letters(text, n) || !are_words(text, n))
        return;
    of.part = WORD;
    of.words = count_words(text, n);
    for (of.word = 0; next_word(text, n, &at, &word, &length); of.word++)
    {
        const bool between = of.word > 0 && of.word + 1 < of.words;

        if (!between || (of.word < WORDS && (!is_small(word, length) || is_small(text, n))))
            look_for_word(s, word, length, &of);
    }
}

static void
gather(redaction *s, const ss_kind_rows *rows, size_t r)
{
    const size_t room = rows->nown * VALUES + 1;

    if (s->values == NULL || s->nown < rows->nown)
    {
        s->values = ss_alloc(s->arena, room, sizeof *s->values);
        s->of = ss_alloc(s->arena, room, sizeof *s->of);
        s->nown = rows->nown;
    }
    s->nvalues = 0;
    for (size_t i = 0; i < rows->nown; i++)
    {
        size_t n;
        const char *text;

        if (rows->own[i].text->null[r])
            continue;
        text = (const char *) ss_column_bytes(rows->own[i].text, r, &n);
        if (rows->own[i].date)
            look_for_date(s, text, n, i);
        else
            look_for_text(s, text, n, i);
    }
}

/* --- what stands there ---------------------------------------------------------------------------- */

static void
put_removed(redaction *s)
{
    ss_buf_puts(&s->text, "***");
}

/* What the column of the row became. */
static ss_code
put_own(redaction *s, const ss_kind_rows *rows, size_t r, const looked_for *of, const char *found,
        size_t nfound, ss_error *err)
{
    const ss_kind_own *own = &rows->own[of->own];
    const char *made;
    char date[DATE];
    size_t n, start = s->text.len;

    if (own->made == NULL || own->made->null[r])
    {
        put_removed(s);
        return SS_OK;
    }
    ss_buf_clear(&s->made);
    SS_TRY(own->codec->to_text(&own->type, own->made, r, &s->made, err));
    made = ss_buf_text(&s->made);
    n = s->made.len;
    if (of->part == WORD)
        word_for(of, &made, &n);
    if (of->part >= WRITTEN_DATE)
    {
        if (n != DATE - 1 || !write_date(made, of->part - WRITTEN_DATE, date))
        {
            put_removed(s);
            return SS_OK;
        }
        made = date;
    }
    if (n == 0)
    {
        put_removed(s);
        return SS_OK;
    }
    ss_buf_append(&s->text, made, n);
    if (ss_letters_of((const unsigned char *) found, nfound) == SS_LETTERS_CAPITAL)
        ss_write_letters(SS_LETTERS_CAPITAL, (char *) s->text.data + start, n);
    return SS_OK;
}

static size_t
maker_of(ss_find what, const char *text, size_t n)
{
    size_t i = 0;

    while (makers[i].what != what || (makers[i].is != NULL && !makers[i].is(text, n)))
        i++;
    return i;
}

static ss_code
put_pseudonym(redaction *s, ss_find what, const char *found, size_t n, ss_error *err)
{
    const size_t i = maker_of(what, found, n);
    const ss_kind_rows one = {.n = 1, .in = &s->in->columns[0]};
    ss_batch_column *out = &s->out->columns[0];
    ss_kind_counts counts = {0};
    const unsigned char *made;

    ss_batch_clear(s->in);
    ss_batch_clear(s->out);
    ss_column_put_bytes(&s->in->columns[0], 0, found, n);
    SS_TRY(ss_kind_apply(makers[i].kind, s->states[i], &one, out, &counts, err));
    made = ss_column_bytes(out, 0, &n);
    ss_buf_append(&s->text, made, n);
    return SS_OK;
}

static ss_code
redact(redaction *s, const ss_kind_rows *rows, size_t r, const char *text, size_t n, ss_error *err)
{
    size_t from = 0;

    gather(s, rows, r);
    ss_find_all(&s->finder, text, n, s->values, s->nvalues);
    ss_buf_clear(&s->text);
    for (size_t i = 0; i < s->finder.nhits; i++)
    {
        const ss_find_hit *hit = &s->finder.hits[i];
        const char *found = text + hit->start;
        const size_t length = hit->end - hit->start;

        ss_buf_append(&s->text, text + from, hit->start - from);
        if (hit->what == SS_FIND_OWN)
            SS_TRY(put_own(s, rows, r, &s->of[hit->own], found, length, err));
        else
            SS_TRY(put_pseudonym(s, hit->what, found, length, err));
        from = hit->end;
    }
    ss_buf_append(&s->text, text + from, n - from);
    return SS_OK;
}

static ss_code
put_shape(redaction *s, const ss_kind_rows *rows, size_t r, ss_batch_column *out,
          ss_kind_counts *counts, ss_error *err)
{
    const ss_kind_rows one = {
        .n = 1, .in = &s->in->columns[0], .row = rows->row == NULL ? NULL : &rows->row[r]};
    ss_kind_counts shapes = {0};
    size_t n;
    const unsigned char *made = ss_column_bytes(rows->in, r, &n);

    counts->fallbacks++;
    ss_batch_clear(s->in);
    ss_batch_clear(s->out);
    ss_column_put_bytes(&s->in->columns[0], 0, made, n);
    SS_TRY(ss_kind_apply(&ss_kind_shape, s->shape, &one, &s->out->columns[0], &shapes, err));
    made = ss_column_bytes(&s->out->columns[0], 0, &n);
    ss_column_put_bytes(out, r, made, n);
    return SS_OK;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    redaction *s = state;
    size_t bad;

    if (n > TEXT_MOST || !ss_utf8_valid(value, n, &bad))
        return put_shape(s, rows, r, out, counts, err);
    SS_TRY(redact(s, rows, r, (const char *) value, n, err));
    n = ss_fit_characters(ss_buf_text(&s->text), s->text.len, s->limit);
    ss_column_put_bytes(out, r, ss_buf_text(&s->text), n);
    return SS_OK;
}

const ss_kind ss_kind_redact = {
    .name = "redact",
    .summary = "the text, with what is found of people in it replaced",
    .version = "1",
    .types = "text varchar char citext name",
    .refusal = ss_persona_refusal,
    .open = open_redaction,
    .replace = replace,
};
