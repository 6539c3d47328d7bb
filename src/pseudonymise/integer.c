/*
 * Whole numbers: a keyed bijection within what the columns of the group take.
 *
 * The numbers are cut into stretches, each of which is permuted within itself, at places that depend on the types and CHECKs
 * alone: growth moves no earlier pseudonym, and nothing has to be stored.  The first stretch reaches to a power of ten
 * that leaves sequences room; a number beyond it stays in its decade.  Negative numbers are permuted as such; zero, which
 * stands for nobody, stays.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/kind_text.h"
#include "secret/bijection.h"

#define FIRST_MAX  INT64_C(1000000000)
#define WHOLE      INT16_MAX /* a range that ends below is not cut */
#define STRETCHES  64        /* more than decades, and what may lie beside them */
#define NUMBER_MAX 24        /* characters of a number */

typedef struct stretch
{
    uint64_t from, to;             /* of the magnitude, inclusive */
    const ss_bijection *bijection; /* NULL until it is asked for, as its key is */
} stretch;

typedef struct integers
{
    const ss_kind_column *column;
    ss_key_room *keys;
    ss_arena *arena;
    stretch *positive, *negative;
    uint64_t low;                     /* where the numbers that CHECKs allow begin */
    uint64_t together[SS_BATCH_ROWS]; /* numbers of one stretch */
    uint32_t rows[SS_BATCH_ROWS];     /* and where they stand */
} integers;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    (void) result;
    if (!ss_type_is_integer(type) && !ss_type_is(type, "numeric"))
        return "it takes whole numbers";
    if (c->low > c->high)
        return "it takes whole numbers, and the columns have none in common";
    return NULL;
}

static uint64_t
magnitude(int64_t v)
{
    return v < 0 ? -(uint64_t) v : (uint64_t) v;
}

/* Up to where from may go, before to, without leaving a column of the group that takes it, or entering one that does not. */
static uint64_t
beside(const ss_kind_column *c, bool negative, uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < c->nbounds; i++)
    {
        const int64_t near = negative ? c->bounds[i].high : c->bounds[i].low;
        const int64_t far = negative ? c->bounds[i].low : c->bounds[i].high;
        const uint64_t begin = (near < 0) == negative && near != 0 ? magnitude(near) : 1;
        const uint64_t end = (far < 0) == negative ? magnitude(far) : 0;

        if (begin > from && begin - 1 < to)
            to = begin - 1;
        if (end >= from && end < to)
            to = end;
    }
    return to;
}

/* Magnitudes 1 to most, with a cut before first and behind last, which is where CHECKs begin and end. */
static void
cut(const ss_kind_column *c, bool negative, uint64_t first, uint64_t last, uint64_t most,
    stretch *list)
{
    uint64_t from = 1, limit = (uint64_t) FIRST_MAX;
    size_t n = 0;

    while (limit > 10 && limit > last / 2)
        limit /= 10;
    while (from <= most)
    {
        uint64_t to = most;

        if (from < first || from > last)
            to = beside(c, negative, from, from < first ? first - 1 : most);
        else
        {
            /* the end of its decade, or of the first stretch */
            uint64_t end = limit;

            while (end <= from && end <= UINT64_MAX / 10)
                end *= 10;
            to = last <= (uint64_t) WHOLE - 1 || end <= from || end - 1 > last ? last : end - 1;
        }
        list[n++] = (stretch){.from = from, .to = to};
        from = to + 1;
    }
}

static ss_code
open_integers(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
              ss_error *err)
{
    integers *s = ss_alloc(arena, 1, sizeof *s);

    (void) err;
    s->column = c;
    s->keys = keys;
    s->arena = arena;
    s->low = c->low > 1 ? magnitude(c->low) : 1;
    /* What no CHECK allows may stand there all the same: NOT VALID. */
    s->positive = ss_alloc(arena, STRETCHES + 2 * c->nbounds, sizeof *s->positive);
    s->negative = ss_alloc(arena, STRETCHES + 2 * c->nbounds, sizeof *s->negative);
    cut(c, false, s->low, c->high > 0 ? magnitude(c->high) : 0, INT64_MAX, s->positive);
    cut(c, true, c->high < -1 ? magnitude(c->high) : 1, c->low < 0 ? magnitude(c->low) : 0,
        UINT64_C(1) << 63, s->negative);
    *state = s;
    return SS_OK;
}

static ss_code
open_stretch(integers *s, stretch *of, const char *sign, ss_error *err)
{
    const unsigned char *key;
    char use[80];

    (void) snprintf(use, sizeof use, "bijection %s%" PRIu64 " %" PRIu64, sign, of->from, of->to);
    SS_TRY(ss_key_room_use(s->keys, s->column->group, "integer", "1", use, &key, err));
    of->bijection = ss_bijection_new(key, of->to - of->from + 1, s->column->values, s->arena);
    return SS_OK;
}

static ss_code
replace(integers *s, int64_t v, int64_t *made, ss_error *err)
{
    stretch *list = v < 0 ? s->negative : s->positive;
    const uint64_t m = magnitude(v);
    uint64_t other;

    *made = 0;
    if (v == 0)
        return SS_OK;
    while (m > list->to)
        list++;
    if (list->bijection == NULL)
        SS_TRY(open_stretch(s, list, v < 0 ? "-" : "", err));
    other = list->from + ss_biject(list->bijection, m - list->from);
    *made = v < 0 ? (int64_t) -other : (int64_t) other;
    return SS_OK;
}

static ss_code
replace_text(integers *s, const ss_batch_column *in, size_t r, ss_batch_column *out, ss_error *err)
{
    char text[NUMBER_MAX + 1] = "";
    size_t n;
    const unsigned char *data = ss_column_bytes(in, r, &n);
    int64_t v;
    int length;

    /* 12.00, as numeric writes it, is 12. */
    if (memchr(data, '.', n) != NULL)
    {
        while (data[n - 1] == '0')
            n--;
        n -= data[n - 1] == '.';
    }
    if (n <= NUMBER_MAX)
        memcpy(text, data, n);
    if (!ss_parse_i64(text, &v))
        return ss_fail(err, SS_EREFUSED, "it holds numbers that are not whole, or too long");
    SS_TRY(replace(s, v, &v, err));
    length = snprintf(text, sizeof text, "%" PRId64, v);
    ss_column_put_bytes(out, r, text, (size_t) length);
    return SS_OK;
}

/* The numbers of a batch that stand in the stretch most of them do, together; the others one by one. */
static ss_code
replace_numbers(integers *s, const ss_kind_rows *rows, ss_batch_column *out, ss_error *err)
{
    stretch *first = s->positive;
    size_t n = 0;

    while (first->to < s->low)
        first++;
    if (first->bijection == NULL)
        SS_TRY(open_stretch(s, first, "", err));
    for (size_t r = 0; r < rows->n; r++)
    {
        const int64_t v = rows->in->i64[r];
        int64_t made;

        if (rows->in->null[r])
            ss_column_put_null(out, r);
        else if (v >= 1 && (uint64_t) v >= first->from && (uint64_t) v <= first->to)
        {
            s->together[n] = (uint64_t) v - first->from;
            s->rows[n++] = (uint32_t) r;
        }
        else
        {
            SS_TRY(replace(s, v, &made, err));
            ss_column_put_i64(out, r, made);
        }
    }
    ss_biject_all(first->bijection, s->together, n);
    for (size_t i = 0; i < n; i++)
        ss_column_put_i64(out, s->rows[i], (int64_t) (first->from + s->together[i]));
    return SS_OK;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    integers *s = state;

    for (size_t r = 0; r < rows->n; r++)
        counts->values += !rows->in->null[r];
    if (rows->in->form == SS_FORM_I64)
        return replace_numbers(s, rows, out, err);
    for (size_t r = 0; r < rows->n; r++)
    {
        if (rows->in->null[r])
            ss_column_put_null(out, r);
        else
            SS_TRY(replace_text(s, rows->in, r, out, err));
    }
    return SS_OK;
}

const ss_kind ss_kind_integer = {
    .name = "integer",
    .summary = "another number that the column takes",
    .standard = "Black and Rogaway 2002",
    .version = "1",
    .guarantees = SS_BIJECTIVE | SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT | SS_BOUNDS,
    .types = "int2 int4 int8 numeric",
    .refusal = refusal,
    .open = open_integers,
    .apply = apply,
};
