/*
 * E-mail addresses: a local part of 60 keyed bits at a domain that no mail reaches (RFC 2606); before them the name that the
 * subject has in the sandbox, where no two rows have one address, no other column is linked, and there is room.
 *
 * What differs in case or outer blanks alone is one address: it gets pseudonyms that differ in case and in the same blanks
 * alone, so that joins over lower() and btrim() hold, and so do unique keys with and without them.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "forms/contact.h"
#include "pseudonymise/kind_text.h"
#include "pseudonymise/persona.h"
#include "secret/prf.h"

#define TOKEN          12 /* characters, of 5 bits each */
#define LONGEST_DOMAIN 12 /* with its @ */
#define NAME_LEAST     4
#define NAME_MOST      40

/* All as long. */
static const char *const domains[] = {"example.com", "example.org", "example.net"};
static const char short_domain[] = "a.test";

typedef struct emails
{
    const unsigned char *key, *case_key;
    bool is_short;
    bool named; /* begins with the subject's name */
    size_t limit;
    size_t room; /* characters for that name and its dots */
    ss_personas personas;
    ss_buf folded;
} emails;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    if (!ss_type_is_text(&c->catalog->types[c->type.type]))
        return "it takes text";
    if (c->limit < TOKEN + strlen("@") + strlen(short_domain))
        return ss_strf(result, "the shortest address has %zu characters, and the column takes %zu",
                       TOKEN + strlen("@") + strlen(short_domain), c->limit);
    return NULL;
}

static ss_code
open_emails(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
            ss_error *err)
{
    emails *s = ss_alloc(arena, 1, sizeof *s);

    s->limit = c->limit;
    s->is_short = c->limit < TOKEN + strlen("@") + strlen(domains[0]);
    ss_buf_defer(arena, &s->folded);
    /* Elsewhere equal addresses stay equal, whosever they are. */
    s->named = c->alone && c->distinct && c->has_subject && ss_persona_locale(c) != NULL &&
               c->limit >= TOKEN + NAME_LEAST + LONGEST_DOMAIN;
    if (s->named)
    {
        s->room = c->limit - TOKEN - LONGEST_DOMAIN;
        s->room = s->room > NAME_MOST ? NAME_MOST : s->room;
        SS_TRY(ss_personas_open(c, keys, &s->personas, err));
    }
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, "email", "1", "mac", &s->key, err));
    return ss_key_room_use(keys, c->group, "email", "1", "case", &s->case_key, err);
}

/* "anna.keller.", cut to the room there is; nothing where the letters are of another script. */
static size_t
put_name(const emails *s, const ss_locale *l, uint64_t who, char *out)
{
    static const ss_aspect parts[] = {SS_ASPECT_GIVEN, SS_ASPECT_FAMILY};
    char plain[SS_LOCALE_TEXT_MAX];
    size_t made = 0;

    for (size_t i = 0; i < 2; i++)
    {
        const size_t n = ss_persona_letters(&s->personas, l, who, parts[i], plain);

        if (n == 0 || made + n + 1 > s->room)
            continue;
        memcpy(out + made, plain, n);
        made += n;
        out[made++] = '.';
    }
    return made;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    emails *s = state;
    char made[NAME_MOST + TOKEN + LONGEST_DOMAIN + 1], *token = made;
    const size_t ndomain = strlen(s->is_short ? short_domain : domains[0]);
    const char *folded;
    ss_kind_inner address;
    uint64_t words[2];
    size_t length;

    (void) err;
    if (s->named && rows->subject != NULL && rows->subject[r] != 0)
        token += put_name(s, ss_persona_locale_of(&s->personas, rows, r), rows->subject[r], made);
    length = (size_t) (token - made) + TOKEN + 1 + ndomain;
    address = ss_kind_inner_of(value, n, s->limit - length);
    folded = ss_kind_fold(address.text, address.n, &s->folded);
    ss_prf(s->key, folded, address.n, words);
    ss_kind_base32(words[0], TOKEN, token);
    if (memcmp(folded, address.text, address.n) != 0)
        ss_kind_recase(s->case_key, address.text, address.n, TOKEN, token);
    token[TOKEN] = '@';
    memcpy(token + TOKEN + 1, s->is_short ? short_domain : domains[words[1] % 3], ndomain);
    ss_kind_put_inner(out, r, &address, made, length, &s->folded);
    counts->fallbacks += !ss_is_email((const char *) value, n);
    return SS_OK;
}

const ss_kind ss_kind_email = {
    .name = "email",
    .summary = "an address at example.com, .org or .net (a.test in a short column), with the "
               "subject's name",
    .standard = "RFC 2606",
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT,
    .uses_subject = true,
    .own_form = true,
    .types = "text varchar char citext name",
    .refusal = refusal,
    .open = open_emails,
    .replace = replace,
};
