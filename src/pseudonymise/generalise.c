/*
 * generalise: a coarser value of the row's own, as to: says (policy/coarse.h).  No key: what is left of a value is what the
 * policy means to leave, and somebody signs that.
 */
#include <arpa/inet.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/divide.h"
#include "base/text.h"
#include "base/try.h"
#include "base/wide.h"
#include "forms/uk.h"
#include "policy/coarse.h"
#include "pseudonymise/kind_text.h"

#define INWARD        3  /* characters of a British postcode that go */
#define OTHER_LEAST   5  /* characters of another postcode that has some to spare, */
#define OTHER_LEFT    2  /* and how many of them stay */
#define DECIMALS_MOST 30 /* digits of a number that is not refused */
#define US_DAY        SS_DAY_US
#define MONTHS_A_YEAR 12

typedef struct coarsening coarsening;

/* Row r of in, which is not NULL, into out. */
typedef ss_code maker(const coarsening *s, const ss_batch_column *in, size_t r,
                      ss_batch_column *out, ss_kind_counts *counts, ss_error *err);

struct coarsening
{
    const ss_kind_column *column;
    ss_coarse coarse;
    maker *make;
    int64_t old; /* births before this day are one band */
};

/* The greatest multiple of n that is not above v. */
static int64_t
floor_to(int64_t v, int64_t n)
{
    return ss_floor_div(v, n) * n;
}

/* --- days and times ------------------------------------------------------------------------------- */

static int64_t
first_day(const coarsening *s, int64_t day)
{
    int64_t y, m, d, month;

    if (s->coarse.born && day < s->old)
        day = s->old - 1;
    ss_civil_of_days(day, &y, &m, &d);
    month = floor_to(y * MONTHS_A_YEAR + m - 1, s->coarse.n);
    y = ss_floor_div(month, MONTHS_A_YEAR);
    day = ss_days_of_civil(y, month - y * MONTHS_A_YEAR + 1, 1);
    return day < SS_DAY_FIRST ? SS_DAY_FIRST : day;
}

static bool
is_infinite(int64_t v)
{
    return v == INT64_MIN || v == INT64_MAX;
}

static ss_code
put_day(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
        ss_kind_counts *counts, ss_error *err)
{
    const int64_t v = in->i64[r];

    (void) counts;
    (void) err;
    ss_column_put_i64(out, r, is_infinite(v) ? v : first_day(s, v));
    return SS_OK;
}

static ss_code
put_moment(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
           ss_kind_counts *counts, ss_error *err)
{
    const int64_t v = in->i64[r];

    (void) counts;
    (void) err;
    ss_column_put_i64(out, r, is_infinite(v) ? v : first_day(s, ss_floor_div(v, US_DAY)) * US_DAY);
    return SS_OK;
}

/* The first day of the decade that is 90 years before this one. */
static int64_t
old_since(void)
{
    char now[SS_CLOCK_UTC];
    int64_t year = 0;

    ss_clock_utc(now);
    for (size_t i = 0; i < 4; i++)
        year = year * 10 + (now[i] - '0');
    return ss_days_of_civil(floor_to(year, 10) - SS_COARSE_OLD, 1, 1);
}

/* --- numbers -------------------------------------------------------------------------------------- */

static ss_code
put_whole(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
          ss_kind_counts *counts, ss_error *err)
{
    const int64_t v = s->coarse.age && in->i64[r] > SS_COARSE_OLD ? SS_COARSE_OLD : in->i64[r];
    const int64_t rest = v % s->coarse.n, below = rest < 0 ? rest + s->coarse.n : rest;

    (void) counts;
    (void) err;
    /* The first number of the lowest band may be none of the type: then the band begins with the first that is. */
    ss_column_put_i64(out, r, v < s->column->low + below ? s->column->low : v - below);
    return SS_OK;
}

static ss_code
put_money(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
          ss_kind_counts *counts, ss_error *err)
{
    const int64_t cents = s->coarse.n * (s->coarse.scale == 0   ? 100
                                         : s->coarse.scale == 1 ? 10
                                                                : 1);

    (void) counts;
    (void) err;
    ss_column_put_i64(out, r,
                      in->i64[r] < INT64_MIN + cents ? INT64_MIN : floor_to(in->i64[r], cents));
    return SS_OK;
}

/* Of what is not quite a multiple because floats have none nearer, the multiple: 0.3 is one of 0.1. */
static double
floor_double(const ss_coarse *c, double v, double precision)
{
    const double units = pow(10, c->scale);
    const double bands = v * units / (double) c->n, nearest = round(bands);
    const double band = fabs(nearest - bands) <= precision * fabs(bands) ? nearest : floor(bands);

    return isfinite(bands) ? band * (double) c->n / units + 0.0 : v;
}

static ss_code
put_float(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
          ss_kind_counts *counts, ss_error *err)
{
    const bool single = ss_type_is(&s->column->catalog->types[s->column->type.type], "float4");
    const double v = in->f64[r];
    const double capped = s->coarse.age && v > SS_COARSE_OLD ? SS_COARSE_OLD : v;
    const double made =
        floor_double(&s->coarse, capped, single ? (double) FLT_EPSILON / 2 : 2 * DBL_EPSILON);

    (void) counts;
    (void) err;
    ss_column_put_f64(out, r, isfinite(v) ? made : v);
    return SS_OK;
}

static ss_code
put_point(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
          ss_kind_counts *counts, ss_error *err)
{
    char text[96] = "", *comma;
    size_t n;
    const unsigned char *value = ss_column_bytes(in, r, &n);
    double x, y;

    (void) counts;
    (void) err;
    if (n >= 2 && n < sizeof text)
        memcpy(text, value + 1, n - 2);
    comma = strchr(text, ',');
    if (comma != NULL)
        *comma = '\0';
    /* What is no place on a map is nowhere. */
    if (comma == NULL || !ss_parse_double(text, &x) || !ss_parse_double(comma + 1, &y) ||
        !isfinite(x) || !isfinite(y))
        x = y = 0;
    n = (size_t) snprintf(text, sizeof text, "(%.15g,%.15g)",
                          floor_double(&s->coarse, x, 2 * DBL_EPSILON),
                          floor_double(&s->coarse, y, 2 * DBL_EPSILON));
    ss_column_put_bytes(out, r, text, n);
    return SS_OK;
}

/* Digits as a number of units of 10^-scale, those beyond cut; false: there are too many. */
static bool
take_decimal(const char *text, size_t n, int scale, ss_wide *v, bool *rest)
{
    const char *point = memchr(text, '.', n);
    size_t digits = 0;
    int behind = 0;

    *v = 0;
    *rest = false;
    for (size_t i = 0; i < n; i++)
    {
        if (text + i == point)
            continue;
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (point != NULL && text + i > point && ++behind > scale)
        {
            *rest = *rest || text[i] != '0';
            continue;
        }
        digits += digits > 0 || text[i] != '0';
        if (digits > DECIMALS_MOST)
            return false;
        *v = *v * 10 + (text[i] - '0');
    }
    for (; behind < scale; behind++)
        *v *= 10;
    return true;
}

static size_t
print_decimal(ss_wide v, int scale, char text[64])
{
    char reversed[64];
    size_t n = 0, length = 0;
    const bool negative = v < 0;

    for (v = negative ? -v : v; v > 0 || n <= (size_t) scale; v /= 10)
    {
        reversed[n++] = (char) ('0' + (int) (v % 10));
        if (n == (size_t) scale)
            reversed[n++] = '.';
    }
    if (negative)
        text[length++] = '-';
    while (n > 0)
        text[length++] = reversed[--n];
    return length;
}

static ss_code
put_numeric(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
            ss_kind_counts *counts, ss_error *err)
{
    const ss_coarse *c = &s->coarse;
    char text[64];
    size_t n;
    const char *value = (const char *) ss_column_bytes(in, r, &n);
    const bool negative = n > 0 && value[0] == '-';
    bool rest;
    ss_wide v, below, old = SS_COARSE_OLD;

    (void) counts;
    if (n > negative && (value[negative] < '0' || value[negative] > '9')) /* NaN, Infinity */
    {
        ss_column_put_bytes(out, r, value, n);
        return SS_OK;
    }
    if (!take_decimal(value + negative, n - negative, c->scale, &v, &rest))
        return ss_fail(err, SS_EREFUSED, "it holds numbers of more than %d digits", DECIMALS_MOST);
    v = negative ? -v - rest : v;
    for (int i = 0; i < c->scale; i++)
        old *= 10;
    if (c->age && v > old)
        v = old;
    below = v % c->n;
    v -= below < 0 ? below + c->n : below;
    ss_column_put_bytes(out, r, text, print_decimal(v, c->scale, text));
    return SS_OK;
}

/* --- texts ---------------------------------------------------------------------------------------- */

/* Bytes of the first count characters. */
static size_t
prefix_of(const unsigned char *text, size_t n, size_t count)
{
    size_t i = 0;

    while (i < n)
    {
        if ((text[i] & 0xC0) != 0x80 && count-- == 0)
            return i;
        i++;
    }
    return n;
}

static ss_code
put_first(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
          ss_kind_counts *counts, ss_error *err)
{
    size_t n;
    const unsigned char *value = ss_column_bytes(in, r, &n);

    (void) counts;
    (void) err;
    ss_column_put_bytes(out, r, value, prefix_of(value, n, (size_t) s->coarse.n));
    return SS_OK;
}

static bool
is_code(const unsigned char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z') ||
              (text[i] >= 'a' && text[i] <= 'z')))
            return false;
    }
    return true;
}

/* What is no British postcode: the first two of its letters and digits where it begins with two and has more to lose, or nothing. */
static ss_code
put_outward(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
            ss_kind_counts *counts, ss_error *err)
{
    size_t n;
    const unsigned char *value = ss_column_bytes(in, r, &n);

    (void) s;
    (void) err;
    while (n > 0 && value[n - 1] == ' ')
        n--;
    if (ss_is_gb_postcode((const char *) value, n))
    {
        n -= INWARD;
        while (n > 0 && value[n - 1] == ' ')
            n--;
    }
    else if (n > 0)
    {
        counts->fallbacks++;
        n = n >= OTHER_LEAST && is_code(value, OTHER_LEFT) ? OTHER_LEFT : 0;
    }
    ss_column_put_bytes(out, r, value, n);
    return SS_OK;
}

/* --- addresses ------------------------------------------------------------------------------------ */

/* The network of an address; a network that is larger already stays.  As text it has no length; what is no address is nothing. */
static ss_code
put_network(const coarsening *s, const ss_batch_column *in, size_t r, ss_batch_column *out,
            ss_kind_counts *counts, ss_error *err)
{
    const bool is_text = ss_type_is_text(&s->column->catalog->types[s->column->type.type]);
    char text[INET6_ADDRSTRLEN + 8] = "", *slash;
    unsigned char raw[16];
    size_t n;
    const unsigned char *value = ss_column_bytes(in, r, &n);
    int family, bits;
    int64_t length;

    (void) err;
    if (n < sizeof text)
        memcpy(text, value, n);
    slash = strchr(text, '/');
    family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    bits = (int) s->coarse.n * (family == AF_INET6 ? 2 : 1);
    if (slash != NULL)
    {
        *slash = '\0';
        if (ss_parse_i64(slash + 1, &length) && length >= 0 && length < bits)
            bits = (int) length;
    }
    if (inet_pton(family, text, raw) != 1)
    {
        counts->fallbacks++;
        ss_column_put_bytes(out, r, "", 0);
        return SS_OK;
    }
    for (int i = 0; i < (family == AF_INET6 ? 128 : 32); i++)
    {
        if (i >= bits)
            raw[i / 8] &= (unsigned char) ~(0x80U >> (i % 8));
    }
    (void) inet_ntop(family, raw, text, INET6_ADDRSTRLEN);
    if (!is_text)
        (void) snprintf(text + strlen(text), 8, "/%d", bits);
    ss_column_put_bytes(out, r, text, strlen(text));
    return SS_OK;
}

/* --- the kind ------------------------------------------------------------------------------------- */

static maker *
find_maker(const ss_kind_column *c, const ss_coarse *coarse)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    switch (coarse->way)
    {
    case SS_COARSE_MONTHS:
        return ss_type_is(type, "date") ? put_day : put_moment;
    case SS_COARSE_WIDTH:
        if (ss_type_is(type, "money"))
            return put_money;
        if (ss_type_is(type, "numeric"))
            return put_numeric;
        return c->codec->form == SS_FORM_F64 ? put_float : put_whole;
    case SS_COARSE_GRID:
        return put_point;
    case SS_COARSE_CHARACTERS:
        return put_first;
    case SS_COARSE_OUTWARD:
        return put_outward;
    case SS_COARSE_PREFIX:
        return put_network;
    }
    return NULL;
}

/* What to: says the resolver has looked at. */
static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    (void) c;
    (void) result;
    return NULL;
}

static ss_code
open_coarsening(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
                ss_error *err)
{
    coarsening *s = ss_alloc(arena, 1, sizeof *s);

    (void) keys;
    s->column = c;
    s->old = old_since();
    if (c->coarse == NULL)
        return ss_fail(err, SS_EBUG, "nothing says how coarse");
    s->coarse = *c->coarse;
    s->make = find_maker(c, c->coarse);
    *state = s;
    return SS_OK;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    const coarsening *s = state;

    for (size_t r = 0; r < rows->n; r++)
    {
        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        counts->values++;
        SS_TRY(s->make(s, rows->in, r, out, counts, err));
    }
    return SS_OK;
}

const ss_kind ss_kind_generalise = {
    .name = "generalise",
    .summary = "a coarser value of the row's own",
    .version = "1",

    .types = "date timestamp timestamptz, numbers, point, inet cidr, text",
    .refusal = refusal,
    .open = open_coarsening,
    .apply = apply,
};
