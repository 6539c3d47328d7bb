/*
 * Names by which people log in: 60 keyed bits in small letters and digits; before them an initial and the family name that the
 * subject has in the sandbox, where no two rows have one, no other column is linked, and there is room.
 *
 * What differs in case or outer blanks alone is one name, and gets pseudonyms that differ in case and in the same blanks alone.
 */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind_text.h"
#include "pseudonymise/persona.h"
#include "secret/prf.h"

#define NAME_MOST 8

typedef struct user_names
{
    const unsigned char *key, *case_key;
    size_t limit, length;
    bool named; /* begins with the subject's name */
    ss_personas personas;
    ss_buf folded;
} user_names;

/* Would two of so many values have one pseudonym more often than once in a thousand times? */
static bool
collide(const ss_kind_column *c)
{
    const double values = (double) c->values;
    const int bits = 5 * (int) (c->limit < SS_TOKEN ? c->limit : SS_TOKEN);

    return values * values / 2 > ldexp(1e-3, bits);
}

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    if (!ss_type_is_text(&c->catalog->types[c->type.type]))
        return "it takes text";
    if (c->limit < SS_TOKEN_LEAST)
        return ss_strf(result, "the shortest has %d characters, and the column takes %zu",
                       SS_TOKEN_LEAST, c->limit);
    if (c->unique && collide(c))
        return ss_strf(result,
                       "it is in a key, and two of its values might get one pseudonym of the %zu "
                       "characters that the column takes",
                       c->limit);
    return NULL;
}

static ss_code
open_user_names(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
                ss_error *err)
{
    user_names *s = ss_alloc(arena, 1, sizeof *s);

    s->limit = c->limit;
    s->length = c->limit < SS_TOKEN ? c->limit : SS_TOKEN;
    ss_buf_defer(arena, &s->folded);
    /* Elsewhere equal names stay equal, whosever they are. */
    s->named = c->alone && c->distinct && c->has_subject && ss_persona_locale(c) != NULL &&
               c->limit >= NAME_MOST + SS_TOKEN;
    if (s->named)
        SS_TRY(ss_personas_open(c, keys, &s->personas, err));
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, "user-name", "1", "mac", &s->key, err));
    return ss_key_room_use(keys, c->group, "user-name", "1", "case", &s->case_key, err);
}

/* "akeller", cut; nothing where the letters are of another script. */
static size_t
put_name(const user_names *s, const ss_locale *l, uint64_t who, char *out)
{
    char given[SS_LOCALE_TEXT_MAX], family[SS_LOCALE_TEXT_MAX];
    const size_t ngiven = ss_persona_letters(&s->personas, l, who, SS_ASPECT_GIVEN, given);
    const size_t n = ss_persona_letters(&s->personas, l, who, SS_ASPECT_FAMILY, family);
    const size_t taken = n < NAME_MOST - 1 ? n : NAME_MOST - 1;

    if (ngiven == 0 || n == 0)
        return 0;
    out[0] = given[0];
    memcpy(out + 1, family, taken);
    return 1 + taken;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    user_names *s = state;
    char made[NAME_MOST + SS_TOKEN], *token = made;
    const char *folded;
    ss_kind_inner name;
    uint64_t words[2];
    size_t length;

    (void) counts;
    (void) err;
    if (s->named && rows->subject != NULL && rows->subject[r] != 0)
        token += put_name(s, ss_persona_locale_of(&s->personas, rows, r), rows->subject[r], made);
    length = (size_t) (token - made) + s->length;
    name = ss_kind_inner_of(value, n, s->limit - length);
    folded = ss_kind_fold(name.text, name.n, &s->folded);
    ss_prf(s->key, folded, name.n, words);
    ss_kind_base32(words[0], s->length, token);
    if (memcmp(folded, name.text, name.n) != 0)
        ss_kind_recase(s->case_key, name.text, name.n, length, made);
    ss_kind_put_inner(out, r, &name, made, length, &s->folded);
    return SS_OK;
}

const ss_kind ss_kind_user_name = {
    .name = "user-name",
    .summary = "twelve small letters and digits, with the subject's name before them",
    .standard = NULL,
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT,
    .uses_subject = true,
    .own_form = true,
    .types = "text varchar char citext name",
    .refusal = refusal,
    .open = open_user_names,
    .replace = replace,
};
