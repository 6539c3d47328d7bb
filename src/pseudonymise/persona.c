#include "pseudonymise/persona.h"

#include "base/text.h"

#include <string.h>

#include "base/try.h"
#include "pseudonymise/written.h"
#include "secret/prf.h"

#define NAME_MAX_BYTES 16

/* "de_DE.UTF-8" is "de-DE". */
static const ss_locale *
locale_of_collation(const char *collation)
{
    char name[NAME_MAX_BYTES] = "";

    for (size_t i = 0; collation != NULL && i + 1 < sizeof name; i++)
    {
        if (collation[i] == '\0' || collation[i] == '.' || collation[i] == '@')
            break;
        name[i] = (char) (collation[i] == '_' ? '-' : collation[i]);
    }
    return ss_locale_find(name);
}

const ss_locale *
ss_persona_locale(const ss_kind_column *c)
{
    const ss_locale *locale;

    if (c->locale != NULL)
        return ss_locale_find(c->locale);
    locale = locale_of_collation(c->catalog->collate);
    return locale != NULL ? locale : ss_locale_find("en-GB");
}

/* One key for all columns of a sandbox, so that they agree. */
ss_code
ss_personas_open(const ss_kind_column *c, ss_key_room *keys, ss_personas *p, ss_error *err)
{
    p->locale = ss_persona_locale(c);
    SS_TRY(ss_key_room_use(keys, "", "persona", "1", "pick", &p->key, err));
    return ss_key_room_use(keys, "", "persona", "1", "value", &p->value_key, err);
}

const ss_locale *
ss_persona_locale_of(const ss_personas *p, const ss_kind_rows *rows, size_t r)
{
    return rows->locale != NULL && rows->locale[r] != NULL ? rows->locale[r] : p->locale;
}

uint64_t
ss_persona_of(const ss_personas *p, const ss_kind_rows *rows, size_t r, const unsigned char *value,
              size_t n)
{
    uint64_t words[2];

    if (rows->subject != NULL && rows->subject[r] != 0)
        return rows->subject[r];
    ss_prf(p->value_key, value, n, words);
    return words[0];
}

uint64_t
ss_persona_word(const ss_personas *p, uint64_t who, ss_aspect aspect, unsigned again)
{
    unsigned char in[10];
    uint64_t words[2];

    for (size_t i = 0; i < 8; i++)
        in[i] = (unsigned char) (who >> (8 * i));
    in[8] = (unsigned char) aspect;
    in[9] = (unsigned char) again;
    ss_prf(p->key, in, sizeof in, words);
    return words[0];
}

ss_sex
ss_persona_sex(const ss_personas *p, uint64_t who)
{
    return ss_persona_word(p, who, SS_ASPECT_SEX, 0) >> 63 ? SS_SEX_FEMALE : SS_SEX_MALE;
}

size_t
ss_persona_letters(const ss_personas *p, const ss_locale *l, uint64_t who, ss_aspect aspect,
                   char *out)
{
    const uint64_t word = ss_persona_word(p, who, aspect, 0);
    size_t n;
    const char *text = aspect == SS_ASPECT_GIVEN
                           ? ss_locale_given(l, ss_persona_sex(p, who), word, &n)
                           : ss_locale_family(l, ss_persona_sex(p, who), word, &n);

    return ss_plain_letters(text, n < SS_LOCALE_TEXT_MAX ? n : 0, out);
}

const char *
ss_persona_refusal(const ss_kind_column *c, ss_arena *result)
{
    size_t n;
    const char *const *known, *list = "";

    if (!ss_type_is_text(&c->catalog->types[c->type.type]))
        return "it takes text";
    if (ss_persona_locale(c) != NULL)
        return NULL;
    known = ss_locale_names(&n);
    for (size_t i = 0; i < n; i++)
        list = ss_strf(result, "%s%s%s", list, i == 0 ? "" : ", ", known[i]);
    return ss_strf(result, "there is no locale \"%.40s\"; there are %s",
                   ss_printable(result, c->locale), list);
}
