/*
 * Names by which people log in: 60 keyed bits in small letters and digits.  What differs in case or outer blanks alone is one
 * name, and gets pseudonyms that differ in case and in the same blanks alone.
 */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind_text.h"
#include "secret/prf.h"

typedef struct user_names
{
    const unsigned char *key, *case_key;
    size_t limit, length;
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
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, "user-name", "1", "mac", &s->key, err));
    return ss_key_room_use(keys, c->group, "user-name", "1", "case", &s->case_key, err);
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    user_names *s = state;
    const ss_kind_inner name = ss_kind_inner_of(value, n, s->limit - s->length);
    const char *folded = ss_kind_fold(name.text, name.n, &s->folded);
    char made[SS_TOKEN];
    uint64_t words[2];

    (void) rows;
    (void) counts;
    (void) err;
    ss_prf(s->key, folded, name.n, words);
    ss_kind_base32(words[0], s->length, made);
    if (memcmp(folded, name.text, name.n) != 0)
        ss_kind_recase(s->case_key, name.text, name.n, s->length, made);
    ss_kind_put_inner(out, r, &name, made, s->length, &s->folded);
    return SS_OK;
}

const ss_kind ss_kind_user_name = {
    .name = "user-name",
    .summary = "twelve small letters and digits",
    .standard = NULL,
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT,
    .own_form = true,
    .types = "text varchar char citext name",
    .refusal = refusal,
    .open = open_user_names,
    .replace = replace,
};
