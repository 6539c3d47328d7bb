/*
 * Days and moments: another one of the same month, by a keyed bijection of the month's own.
 *
 * Midnights become midnights, whole seconds whole seconds, and fractions keep the number of their digits, so that a time
 * looks like what it was and no typmod cuts it.  It is for dates that stand in keys, where bands would collide.
 */
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "pseudonymise/kind.h"
#include "secret/bijection.h"
#include "secret/prf.h"

#define US_SECOND     INT64_C(1000000)
#define SECONDS_A_DAY 86400
#define DIGITS        6
#define SLOTS         128 /* months whose bijections are kept */

typedef enum what
{
    MIDNIGHTS, /* days, too */
    SECONDS,   /* whole ones, but for midnights */
    INSTANTS,  /* the seconds that fractions belong to */
    NWHATS,
} what;

typedef struct slot
{
    int64_t month; /* since year 0 */
    ss_arena *arena;
    const ss_bijection *of[NWHATS];
} slot;

typedef struct months
{
    const ss_kind_column *column;
    ss_arena *arena;
    bool is_date;
    const unsigned char *key, *fraction_key;
    slot slots[SLOTS];
    const ss_bijection *fractions[DIGITS + 1]; /* by their digits */
} months;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    (void) result;
    return ss_type_is(type, "date") || ss_type_is(type, "timestamp") ||
                   ss_type_is(type, "timestamptz")
               ? NULL
               : "it takes date, timestamp and timestamptz";
}

static ss_code
open_months(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
            ss_error *err)
{
    months *s = ss_alloc(arena, 1, sizeof *s);

    s->column = c;
    s->arena = arena;
    s->is_date = ss_type_is(&c->catalog->types[c->type.type], "date");
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, "within-month", "1", "month", &s->key, err));
    return ss_key_room_use(keys, c->group, "within-month", "1", "fraction", &s->fraction_key, err);
}

static const ss_bijection *
new_bijection(const unsigned char *key, int64_t number, unsigned which, uint64_t size,
              ss_arena *arena)
{
    unsigned char *own = ss_alloc(arena, SS_KEY_BYTES, 1);
    const int64_t label[2] = {number, (int64_t) which};

    ss_key_hash(own, key, "month/v1", label, sizeof label);
    return ss_bijection_new(own, size, 0, arena);
}

static uint64_t
permute(months *s, int64_t month, what which, uint64_t size, uint64_t x)
{
    slot *m = &s->slots[(uint64_t) month % SLOTS];

    if (m->arena == NULL)
        m->arena = ss_arena_new(s->arena);
    if (m->month != month)
    {
        ss_arena_reset(m->arena);
        memset(m->of, 0, sizeof m->of);
        m->month = month;
    }
    if (m->of[which] == NULL)
        m->of[which] = new_bijection(s->key, month, which, size, m->arena);
    return ss_biject(m->of[which], x);
}

/* Of as many digits; us is not 0. */
static int64_t
another_fraction(months *s, int64_t us)
{
    int64_t unit = 1, v, size = 9;
    unsigned digits = DIGITS;
    uint64_t x;

    while (us % (unit * 10) == 0)
    {
        unit *= 10;
        digits--;
    }
    for (unsigned i = 1; i < digits; i++)
        size *= 10;
    if (s->fractions[digits] == NULL)
        s->fractions[digits] = new_bijection(s->fraction_key, digits, 0, (uint64_t) size, s->arena);
    /* Numbered without the multiples of ten, which have fewer digits. */
    v = us / unit;
    x = ss_biject(s->fractions[digits], (uint64_t) (v - v / 10 - 1));
    return ((int64_t) (x / 9) * 10 + (int64_t) (x % 9) + 1) * unit;
}

/* The day's month, its first day and how many it has, of those that there are dates of. */
static int64_t
month_of(int64_t day, int64_t *first, int64_t *days)
{
    int64_t y, m, d;

    ss_civil_of_days(day, &y, &m, &d);
    *first = day - d + 1 < SS_DAY_FIRST ? SS_DAY_FIRST : day - d + 1;
    *days = ss_days_of_civil(m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1, 1) - *first;
    return y * 12 + m - 1;
}

static int64_t
another_day(months *s, int64_t day)
{
    int64_t first, days;
    const int64_t month = month_of(day, &first, &days);

    return first +
           (int64_t) permute(s, month, MIDNIGHTS, (uint64_t) days, (uint64_t) (day - first));
}

static int64_t
another_moment(months *s, int64_t v)
{
    int64_t day = v / SS_DAY_US, us = v % SS_DAY_US, second, first, days, month, x;

    if (us < 0)
    {
        us += SS_DAY_US;
        day--;
    }
    if (us == 0)
        return another_day(s, day) * SS_DAY_US;
    month = month_of(day, &first, &days);
    second = us / US_SECOND;
    us %= US_SECOND;
    if (us == 0)
    {
        x = (day - first) * (SECONDS_A_DAY - 1) + second - 1;
        x = (int64_t) permute(s, month, SECONDS, (uint64_t) (days * (SECONDS_A_DAY - 1)),
                              (uint64_t) x);
        day = first + x / (SECONDS_A_DAY - 1);
        second = x % (SECONDS_A_DAY - 1) + 1;
    }
    else
    {
        x = (day - first) * SECONDS_A_DAY + second;
        x = (int64_t) permute(s, month, INSTANTS, (uint64_t) (days * SECONDS_A_DAY), (uint64_t) x);
        day = first + x / SECONDS_A_DAY;
        second = x % SECONDS_A_DAY;
        us = another_fraction(s, us);
    }
    return day * SS_DAY_US + second * US_SECOND + us;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    months *s = state;

    (void) err;
    for (size_t r = 0; r < rows->n; r++)
    {
        const int64_t v = rows->in->i64[r];

        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        counts->values++;
        if (v == INT64_MIN || v == INT64_MAX)
            ss_column_put_i64(out, r, v);
        else
            ss_column_put_i64(out, r, s->is_date ? another_day(s, v) : another_moment(s, v));
    }
    return SS_OK;
}

const ss_kind ss_kind_within_month = {
    .name = "within-month",
    .summary = "another day or moment of the same month",
    .standard = "Black and Rogaway 2002",
    .version = "1",
    .guarantees = SS_BIJECTIVE | SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT,
    .types = "date timestamp timestamptz",
    .refusal = refusal,
    .open = open_months,
    .apply = apply,
};
