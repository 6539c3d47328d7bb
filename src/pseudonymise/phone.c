/*
 * Telephone numbers: none that anybody can be reached by.
 *
 * British numbers become those that Ofcom keeps for drama ("Telephone numbers for use in TV shows, films and radio dramas"):
 * 07700 900000-900999, 020 7946 0000-0999, 01632 960000-960999; of North America 555-0100 to 0199, which NANPA keeps for
 * fiction.  Of other countries the code stays, and the number goes on with 00: where national numbers begin with 0 at all,
 * nothing is given out under 00 (ITU-T E.164: the trunk prefix is no part of a number).  The other digits are keyed.  What has no
 * country code is British with 0 and ten digits, North American with ten; other ones become a whole number for drama.
 *
 * These are a thousand and less.  In keys and links a number has one of its own, which is longer: all its national digits under
 * a keyed bijection, with something before them that is given out nowhere: 4 in the United Kingdom (Ofcom, National Telephone
 * Numbering Plan: 04 is not in use), 00 elsewhere, and +28 before what has no country code (ITU-T E.164: 280 to 289 are spare).
 * Where that does not fit, a token.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "forms/contact.h"
#include "pseudonymise/code.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind_text.h"
#include "secret/prf.h"

#define LEAST       7 /* digits */
#define MOST        15
#define SHORT_WHOLE 10 /* characters of the shortest that stands for anything */

typedef struct phones
{
    const ss_kind_column *column;
    bool number, own_one;
    void *code;
    const unsigned char *pick_key, *token_key;
} phones;

typedef struct parts /* of the digits of a value */
{
    bool international;
    size_t from;    /* where the country code begins, behind 00 */
    size_t country; /* its digits */
    size_t trunk;   /* where a (0) stands; SIZE_MAX: there is none */
    size_t nation;  /* where the national number begins */
    bool british, american;
} parts;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    const char *why = ss_kind_text_refusal(c);
    const bool text = ss_type_is_text(&c->catalog->types[c->type.type]);

    if (why != NULL)
        return why;
    if (!text && c->high < INT64_C(9999999999))
        return "numbers have ten digits, and the column takes fewer";
    if (text && c->limit < SHORT_WHOLE)
        return ss_strf(result, "numbers have %d digits, and the column takes %zu characters",
                       SHORT_WHOLE, c->limit);
    return NULL;
}

static ss_code
open_phones(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
            ss_error *err)
{
    phones *s = ss_alloc(arena, 1, sizeof *s);

    s->column = c;
    s->number = !ss_type_is_text(&c->catalog->types[c->type.type]);
    s->own_one = c->unique || !c->alone;
    *state = s;
    SS_TRY(ss_kind_code.open(c, keys, arena, &s->code, err));
    SS_TRY(ss_key_room_use(keys, c->group, "phone", "1", "pick", &s->pick_key, err));
    return ss_key_room_use(keys, c->group, "phone", "1", "token", &s->token_key, err);
}

/* --- what a number is made of ---------------------------------------------------------------------- */

static parts
take_apart(const phones *s, const ss_identifier *w, const unsigned char *value)
{
    const char *d = w->text;
    const bool plus = w->at[0] > 0 && value[w->at[0] - 1] == '+';
    const bool zeros = !plus && !s->number && d[0] == '0' && d[1] == '0';
    parts p = {.from = zeros ? 2 : 0, .trunk = SIZE_MAX};

    if (plus || zeros)
        p.country = ss_phone_country(d + p.from);
    else if (s->number && ((w->n == 12 && strncmp(d, "44", 2) == 0) || (w->n == 11 && d[0] == '1')))
        p.country = d[0] == '1' ? 1 : 2; /* a number has neither */
    p.international = p.country > 0;
    p.nation = p.international ? p.from + p.country : 0;
    if (p.international && !s->number && p.nation + 1 < w->n && d[p.nation] == '0' &&
        w->at[p.nation] > 0 && value[w->at[p.nation] - 1] == '(' &&
        value[w->at[p.nation] + 1] == ')')
        p.trunk = p.nation++;
    if (p.international)
    {
        p.british = p.country == 2 && strncmp(d + p.from, "44", 2) == 0 && w->n - p.nation == 10;
        p.american = p.country == 1 && d[p.from] == '1' && w->n - p.nation == 10;
    }
    else if (w->n == 11 && d[0] == '0' && d[1] != '0')
    {
        p.british = true;
        p.nation = 1;
    }
    else if ((w->n == 10 && d[0] >= '2') || (w->n == 11 && d[0] == '1'))
    {
        p.american = true;
        p.nation = w->n - 10;
    }
    return p;
}

static bool
is_phone(const ss_identifier *w)
{
    return w->n >= LEAST && w->n <= MOST + 2 && !w->small && !w->capital;
}

/* --- where numbers may be shared ------------------------------------------------------------------- */

static void
put_digits(char *to, size_t n, uint64_t x)
{
    while (n-- > 0)
    {
        to[n] = (char) ('0' + x % 10);
        x /= 10;
    }
}

static void
put_american(char *to, uint64_t word)
{
    static const char areas[] = "202212303312404415617713";

    memcpy(to, areas + 3 * (word % 8), 3);
    memcpy(to + 3, "55501", 5);
    put_digits(to + 8, 2, word / 8 % 100);
}

/* A whole one, as long as the column allows; returns how many characters. */
static size_t
put_whole(const phones *s, uint64_t word, char *to)
{
    if (s->number ? s->column->high >= INT64_C(999999999999) : s->column->limit >= 13)
    {
        memcpy(to, "+441632960", 10);
        put_digits(to + 10, 3, word % 1000);
        if (s->number)
            memmove(to, to + 1, 12);
        return s->number ? 12 : 13;
    }
    put_american(to, word);
    return 10;
}

/* The digits of the national number; false: nothing is known of such numbers. */
static bool
put_nation(const parts *p, char *d, size_t n, const uint64_t words[2])
{
    char *to = d + p->nation;

    if (p->british)
    {
        /* 01632 without the country's code would be a mobile number in Germany. */
        memcpy(to,
               to[0] == '7'                       ? "7700900"
               : p->international && to[0] != '2' ? "1632960"
                                                  : "2079460",
               7);
        put_digits(to + 7, 3, words[0]);
    }
    else if (p->american)
        put_american(to, words[0]);
    else if (p->international && n - p->nation > 2)
    {
        to[0] = to[1] = '0';
        put_digits(to + 2, n - p->nation - 2, words[0]);
    }
    else
        return false;
    return true;
}

/* --- where every number has its own ---------------------------------------------------------------- */

static ss_code
put_own(phones *s, const ss_identifier *w, const parts *p, const unsigned char *value, size_t n,
        ss_batch_column *out, size_t r, ss_kind_counts *counts, ss_error *err)
{
    const bool known = p->international || p->british;
    const char *lead = p->british ? "4" : p->international ? "00" : s->number ? "28" : "+28";
    const size_t nlead = strlen(lead), at = known ? w->at[p->nation] : 0;
    const bool odd =
        !known && (memchr(value, '+', n) != NULL || (w->text[0] == '0' && w->text[1] == '0'));
    char made[SS_IDENTIFIER_MAX + 1], text[UINT8_MAX + 4];

    /* With an international prefix, and no country that there is. */
    if ((odd && !s->number) || (!s->number && n + nlead > s->column->limit) ||
        (p->international && !p->british && w->n - p->nation < 3))
    {
        counts->fallbacks++;
        if (s->number)
            return ss_fail(
                err, SS_EREFUSED,
                "it is in a key or linked, and holds odd numbers: kind: integer takes any");
        return ss_identifier_put_token(s->token_key, s->column, value, n, out, r, err);
    }
    memcpy(made, w->text, w->n + 1);
    (void) ss_code_permute(s->code, (unsigned char *) made + (known ? p->nation : 0),
                           w->n - (known ? p->nation : 0));
    memcpy(text, value, at);
    memcpy(text + at, lead, nlead);
    memcpy(text + at + nlead, value + at, n - at);
    for (size_t i = known ? p->nation : 0; i < w->n; i++)
        text[w->at[i] + nlead] = made[i];
    if (s->number)
    {
        char number[24] = "";
        int64_t v;

        if (n + nlead < sizeof number)
            memcpy(number, text, n + nlead);
        if (!ss_parse_i64(number, &v) || v > s->column->high)
            return ss_fail(err, SS_EREFUSED,
                           "it is in a key or linked, and numbers that nobody has are longer than "
                           "it takes: kind: integer takes any");
    }
    return ss_kind_put_text(out, r, text, n + nlead, err);
}

/* --- values --------------------------------------------------------------------------------------- */

static ss_code
replace(phones *s, const unsigned char *value, size_t n, ss_batch_column *out, size_t r,
        ss_kind_counts *counts, ss_error *err)
{
    ss_identifier w;
    uint64_t words[2];
    char whole[16];
    parts p;

    if (!ss_identifier_read(value, n, &w) || !is_phone(&w) || (s->number && w.n != n))
    {
        counts->fallbacks++;
        if (s->own_one && s->number)
            return ss_fail(err, SS_EREFUSED,
                           "it is in a key or linked, and holds what is no telephone number: kind: "
                           "integer takes any");
        if (s->own_one)
            return ss_identifier_put_token(s->token_key, s->column, value, n, out, r, err);
        ss_prf(s->pick_key, value, n, words);
        return ss_kind_put_text(out, r, whole, put_whole(s, words[0], whole), err);
    }
    p = take_apart(s, &w, value);
    if (s->own_one)
        return put_own(s, &w, &p, value, n, out, r, counts, err);
    /* The same number with +, 00 or neither. */
    ss_prf(s->pick_key, w.text + p.nation, w.n - p.nation, words);
    if (!put_nation(&p, w.text, w.n, words))
        return ss_kind_put_text(out, r, whole, put_whole(s, words[0], whole), err);
    if (s->number)
        return ss_kind_put_text(out, r, w.text, w.n, err);
    ss_identifier_put(&w, value, n, w.text, out, r);
    return SS_OK;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    phones *s = state;

    for (size_t r = 0; r < rows->n; r++)
    {
        const unsigned char *value;
        char number[24];
        size_t n;

        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        value = ss_kind_text(rows, r, number, &n);
        counts->values++;
        if (s->number && n == 1 && value[0] == '0') /* nobody's */
            SS_TRY(ss_kind_put_text(out, r, "0", 1, err));
        else if (!s->number && ss_identifier_is_blank(value, n))
            ss_column_put_bytes(out, r, n == 0 ? (const void *) "" : value, n);
        else
            SS_TRY(replace(s, value, n, out, r, counts, err));
    }
    return SS_OK;
}

const ss_kind ss_kind_phone = {
    .name = "phone",
    .summary = "a number kept for fiction, or of the country and given out nowhere; in keys and "
               "links a longer one that is given out nowhere",
    .standard = "Ofcom, NANPA, ITU-T E.164",
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS,
    .types = "text varchar char citext name int8 numeric",
    .refusal = refusal,
    .open = open_phones,
    .apply = apply,
};
