/*
 * Names of people: of the locale's given and family names, as often as they are there, by whose the row is.
 *
 * How a name is written stays: capitals, "Family, Given", or one word alone, which becomes a family name.  Kinds ending in
 * -same-sex keep the sex that the given name has in the locale, where it is known there.
 */
#include <string.h>

#include "base/text.h"
#include "pseudonymise/kind_text.h"
#include "pseudonymise/persona.h"
#include "pseudonymise/written.h"

typedef enum part
{
    GIVEN,
    FAMILY,
    WHOLE,
} part;

typedef struct names
{
    ss_personas personas;
    size_t limit;
    part part;
    bool same_sex;
} names;

static ss_code
open_names(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, part which, bool same_sex,
           void **state, ss_error *err)
{
    names *s = ss_alloc(arena, 1, sizeof *s);

    s->limit = c->limit;
    s->part = which;
    s->same_sex = same_sex;
    *state = s;
    return ss_personas_open(c, keys, &s->personas, err);
}

/* The word of a name that is the given one: the first, or the first behind a comma. */
static const char *
given_of(const unsigned char *value, size_t n, size_t *length)
{
    const char *text = (const char *) value, *comma = memchr(text, ',', n), *end = text + n;

    if (comma != NULL)
        text = comma + 1;
    while (text < end && *text == ' ')
        text++;
    for (*length = 0; text + *length < end && text[*length] != ' ' && text[*length] != ',';)
        ++*length;
    return text;
}

static ss_sex
sex_of(const names *s, const ss_locale *l, uint64_t who, const unsigned char *value, size_t n)
{
    size_t length;
    const char *given = given_of(value, n, &length);
    const int known = s->same_sex ? ss_locale_sex_of(l, given, length) : -1;

    return known < 0 ? ss_persona_sex(&s->personas, who) : (ss_sex) known;
}

static size_t
put_family_first(ss_locale_part given, ss_locale_part family, char *out, size_t room)
{
    const size_t n = family.n + strlen(", ") + given.n;

    if (n > room)
        return n;
    memcpy(out, family.text, family.n);
    memcpy(out + family.n, ", ", 2);
    memcpy(out + family.n + 2, given.text, given.n);
    return n;
}

static size_t
make(const names *s, const ss_locale *l, uint64_t who, ss_sex sex, part which, bool family_first,
     char *out, size_t room)
{
    ss_locale_part given, family;

    given.text =
        ss_locale_given(l, sex, ss_persona_word(&s->personas, who, SS_ASPECT_GIVEN, 0), &given.n);
    family.text = ss_locale_family(l, sex, ss_persona_word(&s->personas, who, SS_ASPECT_FAMILY, 0),
                                   &family.n);
    if (which == WHOLE && family_first)
        return put_family_first(given, family, out, room);
    if (which == WHOLE)
        return ss_locale_full_name(l, given, family, out, room);
    if (which == FAMILY)
        given = family;
    if (given.n <= room)
        memcpy(out, given.text, given.n);
    return given.n;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    const names *s = state;
    const uint64_t who = ss_persona_of(&s->personas, rows, r, value, n);
    const ss_locale *l = ss_persona_locale_of(&s->personas, rows, r);
    const ss_sex sex = sex_of(s, l, who, value, n);
    const bool family_first = memchr(value, ',', n) != NULL;
    const bool one_word = memchr(value, ' ', n) == NULL && !family_first;
    char made[SS_LOCALE_TEXT_MAX];
    size_t length = make(s, l, who, sex, s->part == WHOLE && one_word ? FAMILY : s->part,
                         family_first, made, sizeof made);

    (void) counts;
    (void) err;
    /* Cut where it is too long: another one would not be the same in a wider column. */
    length = ss_fit_characters(made, length > sizeof made ? sizeof made : length, s->limit);
    ss_write_letters(ss_letters_of(value, n), made, length);
    ss_column_put_bytes(out, r, made, length);
    return SS_OK;
}

#define SS_NAME_KIND(symbol, word, text, which, same)                                              \
    static ss_code open_##symbol(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena,      \
                                 void **state, ss_error *err)                                      \
    {                                                                                              \
        return open_names(c, keys, arena, which, same, state, err);                                \
    }                                                                                              \
    const ss_kind ss_kind_##symbol = {                                                             \
        .name = word,                                                                              \
        .summary = text,                                                                           \
        .version = "1",                                                                            \
        .guarantees = SS_FORMAT,                                                                   \
        .by_subject = true,                                                                        \
        .own_form = true,                                                                          \
        .types = "text varchar char citext name",                                                  \
        .refusal = ss_persona_refusal,                                                             \
        .open = open_##symbol,                                                                     \
        .replace = replace,                                                                        \
    }

SS_NAME_KIND(given_name, "given-name", "a given name of the locale", GIVEN, false);
SS_NAME_KIND(given_name_same_sex, "given-name-same-sex", "the same, of the sex that the name has",
             GIVEN, true);
SS_NAME_KIND(family_name, "family-name", "a family name of the locale", FAMILY, false);
SS_NAME_KIND(person_name, "person-name", "a given and a family name of the locale", WHOLE, false);
SS_NAME_KIND(person_name_same_sex, "person-name-same-sex",
             "the same, of the sex that the given name has", WHOLE, true);
