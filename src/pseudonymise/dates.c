/*
 * Dates and moments.
 *
 * date-shift: all of one person's are moved by the same number of days, 1 to so many, into the past: what lies between two
 * of them stays, and none comes to lie in the future.  date-shift-weeks: by whole weeks, so that days of the week stay.
 * Whoever knows one of a person's events to the day knows how far all of that person's were moved.  Of a row that is
 * nobody's, all dates are moved alike, where it has a primary key.
 *
 * date-of-birth: another day of the same year, not later: nobody becomes younger, so that what asks for a least age still
 * takes them.
 */
#include <string.h>

#include "base/divide.h"
#include "base/try.h"
#include "pseudonymise/kind.h"
#include "secret/prf.h"

#define DAYS_DEFAULT 365
#define WEEK         7
#define DAY_US       SS_DAY_US

typedef struct dates
{
    const unsigned char *key;
    int64_t unit;    /* of the column's values in a day: 1, or microseconds */
    int64_t step;    /* days of which a shift is a multiple */
    int64_t longest; /* steps */
    int64_t least;   /* value that can be moved that far */
    bool by_row;     /* what is nobody's */
} dates;

static const char *
refuse_type(const ss_kind_column *c)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    if (ss_type_is(type, "date") || ss_type_is(type, "timestamp") ||
        ss_type_is(type, "timestamptz"))
        return NULL;
    return "it takes dates and timestamps";
}

static const char *
refuse_shift(const ss_kind_column *c, ss_arena *result)
{
    const char *why = refuse_type(c);

    (void) result;
    if (why == NULL && !c->has_subject)
        return "it moves all dates of one person alike, and nothing says whose the rows are: "
               "subject: self, or columns that lead to people";
    return why;
}

static const char *
refuse_weeks(const ss_kind_column *c, ss_arena *result)
{
    const char *why = refuse_shift(c, result);

    if (why == NULL && c->days != 0 && c->days < WEEK)
        return "days: is less than a week";
    return why;
}

static const char *
refuse_birth(const ss_kind_column *c, ss_arena *result)
{
    (void) result;
    return refuse_type(c);
}

/* One key for all columns of a sandbox: what is whose is moved alike wherever it stands. */
static ss_code
open_dates(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, const char *use,
           int64_t step, void **state, ss_error *err)
{
    dates *s = ss_alloc(arena, 1, sizeof *s);

    s->unit = ss_type_is(&c->catalog->types[c->type.type], "date") ? 1 : DAY_US;
    s->step = step;
    s->by_row = c->keyed_rows;
    s->longest = (c->days != 0 ? (int64_t) c->days : DAYS_DEFAULT) / step;
    s->least = (SS_DAY_FIRST + s->longest * step) * s->unit;
    *state = s;
    return ss_key_room_use(keys, "", "date", "1", use, &s->key, err);
}

static ss_code
open_shift(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    return open_dates(c, keys, arena, "shift", 1, state, err);
}

static ss_code
open_weeks(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    return open_dates(c, keys, arena, "shift", WEEK, state, err);
}

static ss_code
open_birth(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    return open_dates(c, keys, arena, "birth", 1, state, err);
}

/* Whose it is; of what is nobody's, something else that tells it apart. */
static uint64_t
word_of(const dates *s, const ss_kind_rows *rows, size_t r, uint64_t nobodys)
{
    const uint64_t subject = rows->subject == NULL ? 0 : rows->subject[r];
    const uint64_t both[2] = {subject, subject != 0 ? 0 : nobodys};
    unsigned char bytes[sizeof both];
    uint64_t words[2];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char) (both[i / 8] >> (8 * (i % 8)));
    ss_prf(s->key, bytes, sizeof bytes, words);
    return words[0];
}

static bool
is_infinite(int64_t v)
{
    return v == INT64_MIN || v == INT64_MAX;
}

static ss_code
apply_shift(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
            ss_error *err)
{
    const dates *s = state;

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
        if (is_infinite(v))
            ss_column_put_i64(out, r, v);
        else if (v < s->least) /* stands for nobody's date, as infinity does */
        {
            counts->fallbacks++;
            ss_column_put_i64(out, r, v);
        }
        else
        {
            const uint64_t nobodys = s->by_row && rows->row != NULL ? rows->row[r] : (uint64_t) v;
            const uint64_t steps = 1 + word_of(s, rows, r, nobodys) % (uint64_t) s->longest;

            ss_column_put_i64(out, r, v - (int64_t) steps * s->step * s->unit);
        }
    }
    return SS_OK;
}

/* The first of January of the year that holds day. */
static int64_t
new_year(int64_t day)
{
    int64_t year, month, of_month;

    ss_civil_of_days(day, &year, &month, &of_month);
    return ss_days_of_civil(year, 1, 1);
}

static ss_code
apply_birth(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
            ss_error *err)
{
    const dates *s = state;

    (void) err;
    for (size_t r = 0; r < rows->n; r++)
    {
        const int64_t v = rows->in->i64[r];
        int64_t day, first;

        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        counts->values++;
        if (is_infinite(v))
        {
            ss_column_put_i64(out, r, v);
            continue;
        }
        /* A time of birth goes: it is the same for few. */
        day = ss_floor_div(v, s->unit);
        first = new_year(day);
        first = first < SS_DAY_FIRST ? SS_DAY_FIRST : first;
        ss_column_put_i64(
            out, r,
            (first + (int64_t) (word_of(s, rows, r, (uint64_t) v) % (uint64_t) (day - first + 1))) *
                s->unit);
    }
    return SS_OK;
}

const ss_kind ss_kind_date_shift = {
    .name = "date-shift",
    .summary = "1 to days: (365) days earlier, the same for all of one person's dates",
    .version = "1",
    .guarantees = SS_ORDER | SS_FORMAT,
    .by_subject = true,
    .by_row = true,
    .types = "date timestamp timestamptz",
    .refusal = refuse_shift,
    .open = open_shift,
    .apply = apply_shift,
};

const ss_kind ss_kind_date_shift_weeks = {
    .name = "date-shift-weeks",
    .summary = "whole weeks earlier, up to days: (365), the same for all of one person's dates",
    .version = "1",
    .guarantees = SS_ORDER | SS_FORMAT,
    .by_subject = true,
    .by_row = true,
    .types = "date timestamp timestamptz",
    .refusal = refuse_weeks,
    .open = open_weeks,
    .apply = apply_shift,
};

const ss_kind ss_kind_date_of_birth = {
    .name = "date-of-birth",
    .summary = "another day of the same year, not later",
    .version = "1",
    .guarantees = SS_FORMAT,
    .by_subject = true,
    .types = "date timestamp timestamptz",
    .refusal = refuse_birth,
    .open = open_birth,
    .apply = apply_birth,
};
