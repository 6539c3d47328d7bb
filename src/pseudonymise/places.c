/*
 * Where somebody lives or works: street, city, postcode, region and country of one person are of one place of the locale,
 * which is real; streets and companies are invented, and postcodes are made in the form of the place.
 */
#include <string.h>

#include "base/text.h"
#include "pseudonymise/kind_text.h"
#include "pseudonymise/persona.h"
#include "pseudonymise/written.h"

#define TRIES 8

typedef enum part
{
    STREET,
    CITY,
    POSTCODE,
    REGION,
    COUNTRY,
    COMPANY,
} part;

typedef struct places
{
    ss_personas personas;
    size_t limit;
    part part;
} places;

static ss_code
open_places(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, part which, void **state,
            ss_error *err)
{
    places *s = ss_alloc(arena, 1, sizeof *s);

    s->limit = c->limit;
    s->part = which;
    *state = s;
    return ss_personas_open(c, keys, &s->personas, err);
}

static size_t
copy(const char *text, size_t n, char *out, size_t room)
{
    if (n <= room)
        memcpy(out, text, n);
    return n;
}

/* A value of two or three letters is a code, and so is what stands for it. */
static size_t
put_region(const ss_locale *l, size_t place, size_t n, char *out, size_t room)
{
    size_t length;
    const char *text = ss_locale_region_code(l, place, &length);

    if (n > 3 || length == 0)
        text = ss_locale_region(l, place, &length);
    return copy(text, length, out, room);
}

static size_t
put_country(const ss_locale *l, size_t n, char *out, size_t room)
{
    size_t length;
    const char *text = n <= 3 ? ss_locale_country_code(l, &length) : ss_locale_country(l, &length);

    return copy(text, length, out, room);
}

static size_t
make(const places *s, const ss_locale *l, uint64_t who, size_t n, unsigned again, char *out,
     size_t room)
{
    const ss_personas *p = &s->personas;
    const size_t place = ss_locale_place(l, ss_persona_word(p, who, SS_ASPECT_PLACE, 0));
    const char *text;
    size_t length;

    switch (s->part)
    {
    case STREET:
        return ss_locale_street(l, ss_persona_word(p, who, SS_ASPECT_STREET, again), out, room);
    case CITY:
        text = ss_locale_city(l, place, &length);
        return copy(text, length, out, room);
    case POSTCODE:
        return ss_locale_postcode(l, place, ss_persona_word(p, who, SS_ASPECT_POSTCODE, 0), out,
                                  room);
    case REGION:
        return put_region(l, place, n, out, room);
    case COUNTRY:
        return put_country(l, n, out, room);
    case COMPANY:
        return ss_locale_company(l, ss_persona_word(p, who, SS_ASPECT_COMPANY, again), out, room);
    }
    return 0;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    const places *s = state;
    const uint64_t who = ss_persona_of(&s->personas, rows, r, value, n);
    const ss_locale *l = ss_persona_locale_of(&s->personas, rows, r);
    char made[SS_LOCALE_TEXT_MAX];
    size_t length = 0;

    (void) counts;
    (void) err;
    for (unsigned again = 0; again < TRIES; again++)
    {
        length = make(s, l, who, n, again, made, sizeof made);
        if (length <= sizeof made &&
            ss_kind_characters((const unsigned char *) made, length) <= s->limit)
            break;
    }
    length = ss_fit_characters(made, length > sizeof made ? sizeof made : length, s->limit);
    ss_write_letters(ss_letters_of(value, n), made, length);
    ss_column_put_bytes(out, r, made, length);
    return SS_OK;
}

#define SS_PLACE_KIND(symbol, word, text, which)                                                   \
    static ss_code open_##symbol(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena,      \
                                 void **state, ss_error *err)                                      \
    {                                                                                              \
        return open_places(c, keys, arena, which, state, err);                                     \
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

SS_PLACE_KIND(street_address, "street-address", "an invented street with a number", STREET);
SS_PLACE_KIND(city, "city", "a city of the locale, the same as the postcode's and the region's",
              CITY);
SS_PLACE_KIND(postcode, "postcode", "a postcode of the city's form", POSTCODE);
SS_PLACE_KIND(region, "region", "the city's region, or its code for a short value", REGION);
SS_PLACE_KIND(country, "country", "the locale's country, or its code for a short value", COUNTRY);
SS_PLACE_KIND(employer, "employer", "an invented company", COMPANY);
