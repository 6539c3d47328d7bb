#include "pseudonymise/numbering.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind_text.h"
#include "secret/bijection.h"
#include "secret/prf.h"

#define FORMS_MAX  32
#define DIGITS_MAX 18 /* of a number that is none of the kind */

/* A place, as it is looked up. */
typedef struct place
{
    char what;            /* of the form; a literal is itself */
    unsigned char radix;  /* 1: nothing is read there */
    const char *alphabet; /* radix characters */
} place;

typedef struct text_form
{
    place places[SS_NUMBER_MAX];
    uint64_t size; /* texts of it */
} text_form;

typedef struct form
{
    const ss_number_form *of;
    size_t n; /* places */
    text_form from, to, reserved;
    const unsigned char *key;
    const ss_bijection *bijection; /* NULL until it is asked for */
} form;

typedef struct numbers
{
    const ss_numbering *of;
    const ss_kind_column *column;
    ss_arena *arena;
    bool number;  /* not text */
    bool own_one; /* every number has one of its own */
    const unsigned char *pick_key, *token_key;
    form forms[FORMS_MAX];
    size_t nforms;

    struct
    {
        const unsigned char *key;
        const ss_bijection *bijection;
    } others[DIGITS_MAX + 1]; /* of so many digits */
} numbers;

/* --- forms ---------------------------------------------------------------------------------------- */

static bool
is_flexible(const ss_number_form *f)
{
    return strchr(f->from, '+') != NULL;
}

static size_t
shortest(const ss_number_form *f)
{
    return is_flexible(f) ? f->least : strlen(f->from);
}

static bool
is_number(const ss_kind_column *c)
{
    return !ss_type_is_text(&c->catalog->types[c->type.type]);
}

/* Must two numbers never have one pseudonym? */
static bool
wants_own(const ss_kind_column *c)
{
    return c->unique || !c->alone;
}

static bool
has_letters(const ss_numbering *numbering, const char *text)
{
    for (; *text != '\0'; text++)
    {
        if (*text == '@' || *text == '%' || *text == '!' || (*text >= 'A' && *text <= 'Z'))
            return true;
        if (*text >= 'a' && *text <= 'z' &&
            strpbrk(numbering->alphabets[*text - 'a'], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL)
            return true;
    }
    return false;
}

const char *
ss_numbering_refusal(const ss_numbering *numbering, const ss_kind_column *c, ss_arena *result)
{
    const ss_number_form *first = &numbering->forms[0];
    const bool number = is_number(c);
    const char *why = ss_kind_text_refusal(c);
    uint64_t least = 1;

    if (why == NULL && number && has_letters(numbering, first->from))
        why = "it takes text";
    if (why != NULL)
        return why;
    if (number && !ss_type_is_integer(&c->catalog->types[c->type.type]) && c->type.typmod >= 4 &&
        ss_numeric_scale(c->type.typmod) > 0)
        return "it takes whole numbers";
    for (size_t i = 0; i < shortest(first) && i < DIGITS_MAX; i++)
        least *= 10;
    if (number ? c->high < 0 || (uint64_t) c->high < least - 1 : c->limit < shortest(first))
        return ss_strf(result, "it has %zu places, and the column takes fewer", shortest(first));
    if (wants_own(c) && first->few)
        return "more values may stand in a key or a link than there are numbers that nobody has "
               "(kind: code gives what may be somebody's)";
    return NULL;
}

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* A form of n places with its + drawn out; NULL: as another one. */
static void
compile(const ss_numbering *numbering, const char *text, size_t n, text_form *f)
{
    const size_t length = strlen(text);
    size_t p = 0;

    f->size = 1;
    for (const char *c = text; *c != '\0'; c++)
    {
        size_t times = *c == '+' ? n + 1 - length : 1;

        while (times-- > 0)
        {
            place *at = &f->places[p++];

            at->what = (char) (*c == '+' ? '#' : *c);
            at->alphabet = at->what == '@' ? digits + 10 : digits;
            at->radix = at->what == '#' ? 10 : at->what == '@' ? 26 : at->what == '%' ? 36 : 1;
            if (at->what >= 'a' && at->what <= 'z')
            {
                at->alphabet = numbering->alphabets[at->what - 'a'];
                at->radix = (unsigned char) strlen(at->alphabet);
            }
            else if (at->radix == 1)
                at->alphabet = c;
            f->size *= at->radix;
        }
    }
}

static ss_code
add_form(numbers *s, const ss_number_form *of, size_t n, ss_key_room *keys, ss_error *err)
{
    form *f = &s->forms[s->nforms];
    char use[48];

    if (s->nforms == FORMS_MAX)
        return ss_fail(err, SS_EBUG, "a numbering of too many forms");
    s->nforms++;
    f->of = of;
    f->n = n;
    compile(s->of, of->from, n, &f->from);
    compile(s->of, of->to != NULL ? of->to : of->from, n, &f->to);
    compile(s->of, of->reserved != NULL ? of->reserved : of->from, n, &f->reserved);
    /* Forms of one size share a bijection: a number is the same with its country before it. */
    (void) snprintf(use, sizeof use, "bijection %" PRIu64, f->to.size);
    return ss_key_room_use(keys, s->column->group, s->of->kind, "1", use, &f->key, err);
}

ss_code
ss_numbering_open(const ss_numbering *numbering, const ss_kind_column *c, ss_key_room *keys,
                  ss_arena *arena, void **state, ss_error *err)
{
    numbers *s = ss_alloc(arena, 1, sizeof *s);

    s->of = numbering;
    s->column = c;
    s->arena = arena;
    s->number = is_number(c);
    s->own_one = wants_own(c);
    *state = s;
    for (size_t i = 0; i < numbering->n; i++)
    {
        const ss_number_form *f = &numbering->forms[i];

        for (size_t n = shortest(f); n <= (is_flexible(f) ? f->most : shortest(f)); n++)
            SS_TRY(add_form(s, f, n, keys, err));
    }
    for (size_t i = 1; s->number && i <= DIGITS_MAX; i++)
    {
        char use[24];

        (void) snprintf(use, sizeof use, "others %zu", i);
        SS_TRY(ss_key_room_use(keys, c->group, numbering->kind, "1", use, &s->others[i].key, err));
    }
    SS_TRY(ss_key_room_use(keys, c->group, numbering->kind, "1", "pick", &s->pick_key, err));
    return ss_key_room_use(keys, c->group, numbering->kind, "1", "token", &s->token_key, err);
}

/* The number of a text among those of its form; false: it is none of them. */
static bool
read_text(const text_form *f, const char *d, size_t n, uint64_t *x)
{
    *x = 0;
    for (size_t i = 0; i < n; i++)
    {
        const place *p = &f->places[i];
        unsigned v;

        if (p->what == '?' || p->what == '!' || p->what == '=')
            continue;
        if (p->what == '#')
            v = (unsigned) (d[i] - '0');
        else
        {
            const char *at = memchr(p->alphabet, d[i], p->radix);

            if (at == NULL)
                return false;
            v = (unsigned) (at - p->alphabet);
        }
        if (v >= p->radix)
            return false;
        *x = *x * p->radix + v;
    }
    return true;
}

/* The other way; what stays is the value's. */
static void
write_text(const text_form *f, uint64_t x, const char *value, size_t n, char *d)
{
    for (size_t i = n; i-- > 0;)
    {
        const place *p = &f->places[i];

        if (p->what == '?' || p->what == '!')
            d[i] = '0';
        else if (p->what == '=')
            d[i] = value[i];
        else if (p->radix == 10) /* by a constant: much faster */
        {
            d[i] = p->alphabet[x % 10];
            x /= 10;
        }
        else if (p->radix == 1)
            d[i] = p->alphabet[0];
        else
        {
            d[i] = p->alphabet[x % p->radix];
            x /= p->radix;
        }
    }
    d[n] = '\0';
}

static form *
find_form(numbers *s, const char *text, size_t n, const unsigned char *value, size_t nvalue,
          uint64_t *x)
{
    for (size_t i = 0; i < s->nforms; i++)
    {
        form *f = &s->forms[i];

        if (f->n == n && read_text(&f->from, text, n, x) &&
            (f->of->is == NULL || f->of->is((const char *) value, nvalue)))
            return f;
    }
    return NULL;
}

/* --- the two ways --------------------------------------------------------------------------------- */

static void
make_own(numbers *s, form *f, uint64_t x, const char *value, char *made)
{
    const ss_number_form *of = f->of;
    bool right;

    if (f->bijection == NULL)
        f->bijection = ss_bijection_new(f->key, f->to.size, s->column->values, s->arena);
    do
    {
        x = ss_biject(f->bijection, x);
        write_text(&f->to, x, value, f->n, made);
        right = of->check == NULL || of->check(made, value);
    } while (!right && !of->wrong);
    if (!right || !of->wrong)
        return;
    for (size_t i = f->n; i-- > 0;)
    {
        if (f->to.places[i].what != '?')
            continue;
        made[i] = (char) ('0' + (made[i] - '0' + 1) % 10);
        return;
    }
}

/* One of those that are never given out; of what is no number of the kind value is NULL. */
static void
pick(const numbers *s, const form *f, const void *of, size_t n, const char *value, char *made)
{
    uint64_t words[2];

    ss_prf(s->pick_key, of, n, words);
    for (;;)
    {
        write_text(&f->reserved, words[0] % f->reserved.size, value, f->n, made);
        if (f->of->check == NULL || f->of->check(made, value))
            return;
        words[0] = ss_prf_word(s->pick_key, words[0]);
    }
}

/* --- values --------------------------------------------------------------------------------------- */

static ss_code
replace_text(numbers *s, const unsigned char *value, size_t n, ss_batch_column *out, size_t r,
             ss_kind_counts *counts, ss_error *err)
{
    char made[SS_NUMBER_MAX + 1];
    ss_identifier w;
    form *f = NULL;
    uint64_t x;

    if (ss_identifier_read(value, n, &w))
        f = find_form(s, w.text, w.n, value, n, &x);
    /* Two that differ in case alone are one number: what is written in both at once would not be told apart. */
    if (f == NULL || (s->own_one && ss_identifier_is_mixed(s->column, &w)))
    {
        counts->fallbacks++;
        if (s->own_one)
            return ss_identifier_put_token(s->token_key, s->column, value, n, out, r, err);
        pick(s, &s->forms[0], value, n, NULL, made);
        ss_column_put_bytes(out, r, made, s->forms[0].n);
        return SS_OK;
    }
    if (s->own_one)
        make_own(s, f, x, w.text, made);
    else
        pick(s, f, w.text, w.n, w.text, made);
    ss_identifier_put(&w, value, n, made, out, r);
    return SS_OK;
}

/* The form whose numbers, with zeros before them, so many digits may be. */
static const form *
form_of_digits(const numbers *s, size_t n, size_t *below)
{
    const form *best = NULL;

    *below = 0;
    for (size_t i = 0; i < s->nforms; i++)
    {
        const form *f = &s->forms[i];

        if (f->n < n && !is_flexible(f->of) && f->n > *below)
            *below = f->n;
        if ((f->n == n || (f->n > n && !is_flexible(f->of))) && (best == NULL || f->n < best->n))
            best = f;
    }
    return best;
}

/* A number with zeros before it that make it as long as the form. */
static form *
find_number(numbers *s, const char *text, size_t n, char padded[SS_NUMBER_MAX + 1], uint64_t *x)
{
    size_t below;
    const form *f = form_of_digits(s, n, &below);

    if (f == NULL || n > f->n)
        return NULL;
    memset(padded, '0', f->n);
    memcpy(padded + f->n - n, text, n);
    padded[f->n] = '\0';
    return find_form(s, padded, f->n, (const unsigned char *) padded, f->n, x);
}

static uint64_t
power_of_ten(size_t n)
{
    uint64_t power = 1;

    while (n-- > 0)
        power *= 10;
    return power;
}

/* None of the kind, and it needs one of its own: another one that is none, among those that might be taken for its like. */
static ss_code
make_other(numbers *s, const char *text, size_t n, char *made, ss_error *err)
{
    size_t below;
    const form *f = form_of_digits(s, n, &below);
    const size_t length = f == NULL ? n : f->n;
    uint64_t from, x;

    if (length > DIGITS_MAX || (f != NULL && (f->of->wrong || f->of->to != NULL)))
        return ss_fail(err, SS_EREFUSED,
                       "it is in a key or linked, and holds numbers that are none of this kind: "
                       "kind: integer takes any");
    if (f == NULL || is_flexible(f->of))
        from = power_of_ten(n - 1);
    else
        from = below == 0 ? 0 : power_of_ten(below);
    if (s->others[length].bijection == NULL)
        s->others[length].bijection = ss_bijection_new(s->others[length].key, power_of_ten(length),
                                                       s->column->values, s->arena);
    x = 0;
    for (size_t i = 0; i < n; i++)
        x = x * 10 + (uint64_t) (text[i] - '0');
    for (;;)
    {
        char padded[SS_NUMBER_MAX + 1];
        uint64_t index;
        size_t nmade;

        x = ss_biject(s->others[length].bijection, x);
        nmade = (size_t) snprintf(made, SS_NUMBER_MAX, "%" PRIu64, x);
        if (x != 0 && x >= from && x <= (uint64_t) s->column->high &&
            find_number(s, made, nmade, padded, &index) == NULL)
            return SS_OK;
    }
}

static bool
are_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return n <= SS_NUMBER_MAX;
}

static ss_code
replace_number(numbers *s, const unsigned char *value, size_t nvalue, ss_batch_column *out,
               size_t r, ss_kind_counts *counts, ss_error *err)
{
    const bool minus = nvalue > 0 && value[0] == '-';
    size_t n = nvalue - minus;
    const char *text = (const char *) value + minus;
    char made[SS_NUMBER_MAX + 2] = "-", padded[SS_NUMBER_MAX + 1];
    char *from = made + 1;
    form *f = NULL;
    uint64_t x;

    if (n == 1 && text[0] == '0') /* nobody's */
        return ss_kind_put_text(out, r, "0", 1, err);
    if (!are_digits(text, n))
        n = 0;
    if (n > 0 && !minus)
        f = find_number(s, text, n, padded, &x);
    if (f != NULL && s->own_one)
        make_own(s, f, x, padded, from);
    else if (f != NULL)
        pick(s, f, padded, f->n, padded, from);
    else
    {
        counts->fallbacks++;
        if (!s->own_one)
            pick(s, &s->forms[0], value, nvalue, NULL, from);
        else if (n == 0)
            return ss_fail(err, SS_EREFUSED, "it holds numbers that are not whole, or too long");
        else
            SS_TRY(make_other(s, text, n, from, err));
    }
    while (from[0] == '0' && from[1] != '\0')
        from++;
    if (f == NULL && minus && s->own_one)
        *--from = '-';
    return ss_kind_put_text(out, r, from, strlen(from), err);
}

ss_code
ss_numbering_apply(void *state, const ss_kind_rows *rows, ss_batch_column *out,
                   ss_kind_counts *counts, ss_error *err)
{
    numbers *s = state;

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
        if (!s->number && ss_identifier_is_blank(value, n)) /* nobody's */
            ss_column_put_bytes(out, r, n == 0 ? "" : (const char *) value, n);
        else if (s->number)
            SS_TRY(replace_number(s, value, n, out, r, counts, err));
        else
            SS_TRY(replace_text(s, value, n, out, r, counts, err));
    }
    return SS_OK;
}
