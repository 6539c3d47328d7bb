/*
 * Codes: another text of the same form: a digit where there was one, a capital for a capital, a small letter for a small
 * one; all else stays where it is.  A keyed bijection of all texts of that form.
 *
 * Up to 2^63 texts of a form: they are numbered, and the numbers permuted.  Longer ones: a Feistel network on the two
 * halves of the text, each letter added to one of a keyed function of the other half, ten rounds.  A text with letters
 * beyond ASCII, or with nothing in it to change, has no form of its own: it is replaced by a token.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/code.h"
#include "pseudonymise/kind_text.h"
#include "secret/bijection.h"
#include "secret/prf.h"

#define ROUNDS      10
#define FORMS       256 /* kept at once: more than there are with a table of their own */
#define PLACES      16  /* where one of them may stand */
#define FORM_MAX    24  /* bytes of a form that is kept */
#define FREE_MAX    255 /* characters that change; longer texts are tokens */
#define TOKEN       12
#define TOKEN_LEAST 8 /* 40 bits: enough for values of no form, which are few */

typedef struct form
{
    char text[FORM_MAX + 1]; /* "AA9999a"; "" : free */
    ss_arena *arena;         /* of its bijection */
    const ss_bijection *bijection;
    uint64_t size;
} form;

typedef struct codes
{
    const ss_kind_column *column;
    ss_arena *arena;
    const unsigned char *key, *network_key, *token_key;
    form forms[FORMS];
} codes;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    const char *why = ss_kind_text_refusal(c);

    if (why == NULL && !ss_type_is_text(&c->catalog->types[c->type.type]))
        why = "it takes text";
    (void) result;
    return why;
}

static ss_code
open_codes(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    codes *s = ss_alloc(arena, 1, sizeof *s);

    s->column = c;
    s->arena = arena;
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, "code", "1", "bijection", &s->key, err));
    SS_TRY(ss_key_room_use(keys, c->group, "code", "1", "network", &s->network_key, err));
    return ss_key_room_use(keys, c->group, "code", "1", "token", &s->token_key, err);
}

/* --- forms ---------------------------------------------------------------------------------------- */

/* '9', 'A', 'a' for what changes; 0 for what stays. */
static char
class_of(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return '9';
    if (c >= 'A' && c <= 'Z')
        return 'A';
    return c >= 'a' && c <= 'z' ? 'a' : 0;
}

static unsigned
radix_of(char class)
{
    return class == '9' ? 10 : 26;
}

/* A value taken apart: what changes of it. */
typedef struct parts
{
    size_t n;
    size_t at[FREE_MAX];
    char class[FREE_MAX];
    unsigned char digit[FREE_MAX]; /* below its radix */
} parts;

static bool
take_apart(const unsigned char *value, size_t n, parts *p)
{
    p->n = 0;
    for (size_t i = 0; i < n; i++)
    {
        const char class = class_of(value[i]);

        if (value[i] >= 0x80 || (class != 0 && p->n == FREE_MAX))
            return false;
        if (class == 0)
            continue;
        p->at[p->n] = i;
        p->class[p->n] = class;
        p->digit[p->n++] =
            (unsigned char) (value[i] - (class == '9' ? '0' : (unsigned char) class));
    }
    return p->n > 0;
}

/* How many texts there are of the form; 0: more than 2^63. */
static uint64_t
size_of(const parts *p)
{
    uint64_t size = 1;

    for (size_t i = 0; i < p->n; i++)
    {
        if (size > SS_BIJECTION_MAX / radix_of(p->class[i]))
            return 0;
        size *= radix_of(p->class[i]);
    }
    return size;
}

/*
 * Its place among those that are kept: one of the few behind where it belongs.  Where they are all taken, one gives way
 * that has no table, which takes long to make, if there is one.
 */
static form *
find_form(codes *s, const parts *p, uint64_t size)
{
    char text[FORM_MAX + 1] = "";
    uint64_t words[2];
    form *f = NULL;

    memcpy(text, p->class, p->n);
    ss_prf(s->key, text, p->n, words);
    for (size_t i = 0; i < PLACES; i++)
    {
        form *at = &s->forms[(words[0] + i) % FORMS];

        if (strcmp(at->text, text) == 0)
            return at;
        if (at->text[0] == '\0')
        {
            f = at;
            break;
        }
        if (f == NULL || (at->size > SS_BIJECTION_TABLE && f->size <= SS_BIJECTION_TABLE))
            f = at;
    }
    if (f->arena == NULL)
        f->arena = ss_arena_new(s->arena);
    ss_arena_reset(f->arena);
    memcpy(f->text, text, sizeof text);
    f->size = size;
    f->bijection = NULL;
    return f;
}

/* --- the two ways --------------------------------------------------------------------------------- */

/* A key of each form: two forms of one size have nothing in common. */
static void
permute_number(codes *s, parts *p, uint64_t size)
{
    form *f = find_form(s, p, size);
    uint64_t x = 0;

    if (f->bijection == NULL)
    {
        unsigned char *key = ss_alloc(f->arena, SS_KEY_BYTES, 1);

        ss_key_hash(key, s->key, "form/v1", f->text, strlen(f->text));
        f->bijection = ss_bijection_new(key, size, 0, f->arena);
    }
    for (size_t i = 0; i < p->n; i++)
        x = x * radix_of(p->class[i]) + p->digit[i];
    x = ss_biject(f->bijection, x);
    for (size_t i = p->n; i-- > 0;)
    {
        p->digit[i] = (unsigned char) (x % radix_of(p->class[i]));
        x /= radix_of(p->class[i]);
    }
}

/* A round: to every character of one half one of a keyed function of the form and the other half is added. */
static void
add_half(const codes *s, parts *p, unsigned round, size_t from, size_t to, size_t other_from,
         size_t other_to)
{
    unsigned char in[2 + 2 * FREE_MAX + 1];
    size_t n = 0;
    uint64_t words[2], unfolded = 0;
    size_t left = 0;

    in[n++] = (unsigned char) round;
    in[n++] = (unsigned char) p->n;
    memcpy(in + n, p->class, p->n);
    n += p->n;
    memcpy(in + n, p->digit + other_from, other_to - other_from);
    n += other_to - other_from;
    in[n] = 0;
    for (size_t i = from; i < to; i++)
    {
        const unsigned radix = radix_of(p->class[i]);

        /* Each word serves eight characters: what 26^8 leaves of 2^64 is too little to be seen. */
        if (left == 0)
        {
            in[n] = (unsigned char) ((i - from) / 8);
            ss_prf(s->network_key, in, n + 1, words);
            unfolded = words[0];
            left = 8;
        }
        p->digit[i] = (unsigned char) ((p->digit[i] + unfolded % radix) % radix);
        unfolded /= radix;
        left--;
    }
}

static void
permute_halves(const codes *s, parts *p)
{
    const size_t middle = p->n / 2;

    for (unsigned round = 0; round < ROUNDS; round++)
    {
        if (round % 2 == 0)
            add_half(s, p, round, 0, middle, middle, p->n);
        else
            add_half(s, p, round, middle, p->n, 0, middle);
    }
}

/* --- values --------------------------------------------------------------------------------------- */

static ss_code
put_token(const codes *s, const unsigned char *value, size_t n, ss_batch_column *out, size_t r,
          ss_error *err)
{
    const size_t length = s->column->limit < TOKEN ? s->column->limit : TOKEN;
    char token[TOKEN];
    uint64_t words[2];

    if (length < TOKEN_LEAST)
        return ss_fail(
            err, SS_EREFUSED,
            "it holds a value without a form to keep (letters beyond ASCII, or no letter "
            "and no digit), and has no room for a token of %d characters",
            TOKEN_LEAST);
    ss_prf(s->token_key, value, n, words);
    ss_kind_base32(words[0], length, token);
    ss_column_put_bytes(out, r, token, length);
    return SS_OK;
}

bool
ss_code_permute(void *state, unsigned char *text, size_t n)
{
    codes *s = state;
    parts p;
    uint64_t size;

    if (!take_apart(text, n, &p))
        return false;
    size = size_of(&p);
    if (size > 0 && p.n <= FORM_MAX)
        permute_number(s, &p, size);
    else
        permute_halves(s, &p);
    for (size_t i = 0; i < p.n; i++)
        text[p.at[i]] =
            (unsigned char) (p.digit[i] + (p.class[i] == '9' ? '0' : (unsigned char) p.class[i]));
    return true;
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    codes *s = state;
    const size_t before = out->bytes.len;

    (void) rows;
    ss_column_put_bytes(out, r, value, n);
    if (ss_code_permute(s, out->bytes.data + before, n))
        return SS_OK;
    out->bytes.len = before;
    counts->fallbacks++;
    return put_token(s, value, n, out, r, err);
}

const ss_kind ss_kind_code = {
    .name = "code",
    .summary = "another text of the same form: digits for digits, letters for letters",
    .standard = "Black and Rogaway 2002",
    .version = "1",
    .guarantees = SS_BIJECTIVE | SS_UNIQUE | SS_JOINS | SS_FORMAT | SS_LENGTH,
    .types = "text varchar char citext name",
    .refusal = refusal,
    .open = open_codes,
    .replace = replace,
};
