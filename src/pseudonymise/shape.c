/*
 * shape: values made from the shape of the row's own, and from nothing else of it.
 *
 * What each type keeps: docs/policy.md, section 3.  Every draw comes from a keyed function of the value and of the row: the same row
 * has the same value every night, and equal values of two rows have nothing in common, so that how often a value stands
 * there tells nothing.
 */
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/kind.h"
#include "pseudonymise/shape.h"
#include "rand/stream.h"
#include "secret/prf.h"

#define US_SECOND  INT64_C(1000000)
#define NAME_BYTES 63
#define DECADE     10
#define INTEGER    18 /* digits of a numeric that is drawn as a whole number */
#define FLOAT_TEXT 40

typedef struct shapes shapes;

/* Row r of in, which is not NULL, into out; draws from s->state. */
typedef void maker(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out);

struct shapes
{
    const ss_kind_column *column;
    const ss_type *type;
    maker *make;
    const char *fixed; /* put_fixed: what is the same everywhere */
    const unsigned char *key, *draw_key;
    uint64_t state;
    ss_buf text;
};

static uint64_t
below(shapes *s, uint64_t n)
{
    return ss_below(ss_unfold(&s->state), n);
}

static int64_t
between(shapes *s, int64_t low, int64_t high)
{
    const uint64_t n = (uint64_t) high - (uint64_t) low + 1;

    return (int64_t) ((uint64_t) low + (n == 0 ? ss_unfold(&s->state) : below(s, n)));
}

/* --- numbers -------------------------------------------------------------------------------------- */

static void
put_bool(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    (void) in;
    ss_column_put_i64(out, r, (int64_t) below(s, 2));
}

static void
put_label(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    (void) in;
    ss_column_put_i64(out, r, (int64_t) below(s, s->type->nlabels));
}

/* Another number of that sign and as many digits, within what the column takes; zero stays. */
static int64_t
another_integer(shapes *s, int64_t v)
{
    const uint64_t magnitude = v < 0 ? -(uint64_t) v : (uint64_t) v;
    uint64_t least = 1, most;
    int64_t low, high;

    if (v == 0)
        return 0;
    while (least <= magnitude / 10)
        least *= 10;
    most = least > INT64_MAX / 10 ? INT64_MAX : least * 10 - 1;
    low = v < 0 ? -(int64_t) most : (int64_t) least;
    high = v < 0 ? -(int64_t) least : (int64_t) most;
    low = low > s->column->low ? low : s->column->low;
    high = high < s->column->high ? high : s->column->high;
    /* What no CHECK allows may stand there all the same: NOT VALID. */
    return low > high ? s->column->low : between(s, low, high);
}

static void
put_integer(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    ss_column_put_i64(out, r, another_integer(s, in->i64[r]));
}

static bool
is_zero(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (text[i] >= '1' && text[i] <= '9')
            return false;
    }
    return true;
}

/* Digits for digits, the first one not zero where there are more before the point; zero stays, and nothing else becomes it. */
static void
put_digits(shapes *s, const char *text, size_t n, int scale, int precision)
{
    const char *point = memchr(text, '.', n);
    const size_t whole = point == NULL ? n : (size_t) (point - text);
    size_t rank = 0, start = s->text.len, last = n;

    if (is_zero(text, n))
    {
        ss_buf_append(&s->text, text, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
    {
        const bool before = i < whole;
        /* Digits that the precision has no room for are zero: before the point, and behind it where the scale is larger. */
        const bool none = before ? (precision > 0 && (int) (whole - i) > precision - scale) ||
                                       (scale < 0 && (int) (whole - i) <= -scale)
                                 : (int) rank < scale - precision && precision > 0;

        if (text[i] < '0' || text[i] > '9')
        {
            ss_buf_putc(&s->text, text[i]);
            continue;
        }
        rank += !before;
        last = none ? last : i;
        if (none)
            ss_buf_putc(&s->text, '0');
        else if (i == 0 && whole > 1)
            ss_buf_putc(&s->text, (char) ('1' + below(s, 9)));
        else
            ss_buf_putc(&s->text, (char) ('0' + below(s, 10)));
    }
    if (last < n && is_zero((const char *) s->text.data + start, n))
        s->text.data[start + last] = '1';
}

static void
put_numeric(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    const int32_t typmod = s->column->type.typmod;
    const int precision = typmod < 4 ? 0 : ss_numeric_precision(typmod);
    const int scale = typmod < 4 ? 0 : ss_numeric_scale(typmod);
    char number[INTEGER + 2] = "";
    size_t n;
    const char *text = (const char *) ss_column_bytes(in, r, &n);
    const size_t sign = n > 0 && text[0] == '-';
    int64_t v;

    ss_buf_clear(&s->text);
    if (n < sizeof number)
        memcpy(number, text, n);
    if (n == sign || text[sign] < '0' || text[sign] > '9') /* NaN, Infinity */
        ss_buf_append(&s->text, text, n);
    else if (scale >= 0 && ss_parse_i64(number, &v))
        ss_buf_printf(&s->text, "%lld", (long long) another_integer(s, v));
    else
    {
        ss_buf_append(&s->text, text, sign);
        put_digits(s, text + sign, n - sign, scale, precision);
    }
    ss_column_put_bytes(out, r, s->text.data, s->text.len);
}

/* Sign and magnitude stay; a number that is whole stays whole. */
static void
put_float(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    const double v = in->f64[r];
    const double largest = ss_type_is(s->type, "float4") ? 1e38 : 1e308;
    char text[FLOAT_TEXT], power[FLOAT_TEXT] = "";
    double made = v;

    if (isfinite(v) && fabs(v) < 1e15 && v == floor(v))
        made = (double) another_integer(s, (int64_t) v);
    else if (isfinite(v))
    {
        /* Or what is printed as such. */
        const bool most = fabs(v) >= largest * (1 - 1e-5);
        const unsigned first = most ? 1 : 1 + (unsigned) below(s, 9);

        (void) snprintf(text, sizeof text, "%.5e", v);
        if (strchr(text, 'e') != NULL)
            memcpy(power, strchr(text, 'e'), strlen(strchr(text, 'e')) + 1);
        (void) snprintf(text, sizeof text, "%s%u.%05u%.8s", v < 0 ? "-" : "", first,
                        (unsigned) below(s, most ? 70000 : 100000), power);
        (void) ss_parse_double(text, &made);
        if (made == 0)
            made = v < 0 ? -DBL_TRUE_MIN : DBL_TRUE_MIN;
    }
    ss_column_put_f64(out, r, made);
}

/* --- days and times ------------------------------------------------------------------------------- */

/* Days from and to of the decade that the day is in. */
static void
decade_of(int64_t day, int64_t *from, int64_t *to)
{
    int64_t y, m, d;

    ss_civil_of_days(day, &y, &m, &d);
    y = (y >= 0 ? y : y - (DECADE - 1)) / DECADE * DECADE;
    *from = ss_days_of_civil(y, 1, 1);
    *to = ss_days_of_civil(y + DECADE, 1, 1) - 1;
    *from = *from < SS_DAY_FIRST ? SS_DAY_FIRST : *from;
    *to = *to > SS_DAY_LAST ? SS_DAY_LAST : *to;
}

static bool
is_infinite(int64_t v)
{
    return v == INT64_MIN || v == INT64_MAX;
}

static void
put_date(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    const int64_t v = in->i64[r];
    int64_t from, to;

    if (!is_infinite(v))
    {
        decade_of(v, &from, &to);
        ss_column_put_i64(out, r, between(s, from, to));
    }
    else
        ss_column_put_i64(out, r, v);
}

static void
put_moment(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    const int64_t v = in->i64[r];
    int64_t day = v / SS_DAY_US, from, to;

    if (is_infinite(v))
    {
        ss_column_put_i64(out, r, v);
        return;
    }
    day -= v % SS_DAY_US < 0;
    decade_of(day, &from, &to);
    to = to > SS_MOMENT_DAY_LAST ? SS_MOMENT_DAY_LAST : to;
    day = between(s, from, to);
    ss_column_put_i64(out, r, day * SS_DAY_US + (int64_t) below(s, 86400) * US_SECOND);
}

static void
put_time(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    (void) in;
    ss_column_put_i64(out, r, (int64_t) below(s, 1440) * 60 * US_SECOND);
}

/* --- texts ---------------------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5))) static void
put_made(shapes *s, ss_batch_column *out, size_t r, const char *fmt, ...)
{
    char text[FLOAT_TEXT * 2];
    va_list ap;

    (void) s;
    va_start(ap, fmt);
    (void) vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ss_column_put_bytes(out, r, text, strlen(text));
}

static void
put_timetz(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    const unsigned hour = (unsigned) below(s, 24);

    (void) in;
    put_made(s, out, r, "%02u:%02u:00+00", hour, (unsigned) below(s, 60));
}

/* Some time of less than a day, a year or more: as the value's largest unit says. */
static void
put_interval(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    char text[FLOAT_TEXT] = "";
    size_t n;
    const unsigned char *value = ss_column_bytes(in, r, &n);
    const char *sign;
    unsigned hour;

    memcpy(text, value, n < sizeof text ? n : sizeof text - 1);
    sign = text[0] == '-' ? "-" : "";
    hour = (unsigned) below(s, 24);
    if (strstr(text, "infinity") != NULL)
        ss_column_put_bytes(out, r, value, n);
    else if (strstr(text, "year") != NULL)
        put_made(s, out, r, "%s%u years", sign, 2 + (unsigned) below(s, 8));
    else if (strstr(text, "mon") != NULL)
        put_made(s, out, r, "%s%u mons", sign, 2 + (unsigned) below(s, 10));
    else if (strstr(text, "day") != NULL)
        put_made(s, out, r, "%s%u days", sign, 2 + (unsigned) below(s, 28));
    else
        put_made(s, out, r, "%s%02u:%02u:00", sign, hour, (unsigned) below(s, 60));
}

static void
put_uuid(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    unsigned char made[16];
    const uint64_t words[2] = {ss_unfold(&s->state), ss_unfold(&s->state)};

    (void) in;
    for (size_t i = 0; i < sizeof made; i++)
        made[i] = (unsigned char) (words[i / 8] >> (8 * (i % 8)));
    made[6] = (unsigned char) ((made[6] & 0x0F) | 0x80); /* version 8: RFC 9562 */
    made[8] = (unsigned char) ((made[8] & 0x3F) | 0x80);
    ss_column_put_bytes(out, r, made, sizeof made);
}

static void
put_zeros(shapes *s, size_t n, char zero, ss_batch_column *out, size_t r)
{
    ss_buf_clear(&s->text);
    ss_buf_reserve(&s->text, n);
    memset(s->text.data, zero, n);
    ss_column_put_bytes(out, r, s->text.data, n);
}

static void
put_bytes(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    size_t n;

    (void) ss_column_bytes(in, r, &n);
    put_zeros(s, n == 0 ? 0 : ss_shape_length(n, SIZE_MAX, &s->state), 0, out, r);
}

static void
put_bits(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    const int32_t typmod = s->column->type.typmod;
    size_t n;

    (void) ss_column_bytes(in, r, &n);
    if (n > 0 && ss_type_is(s->type, "varbit"))
        n = ss_shape_length(n, typmod > 0 ? (size_t) typmod : SIZE_MAX, &s->state);
    put_zeros(s, n, '0', out, r);
}

static void
put_text(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    size_t n;
    const unsigned char *value = ss_column_bytes(in, r, &n);

    if (s->column->nlist > 0)
    {
        const char *listed = s->column->list[below(s, s->column->nlist)];

        ss_column_put_bytes(out, r, listed, strlen(listed));
        return;
    }
    ss_buf_clear(&s->text);
    ss_shape_text(value, n, s->column->limit, &s->state, &s->text);
    n = s->text.len;
    while (ss_type_is(s->type, "name") &&
           (n > NAME_BYTES || (n < s->text.len && (s->text.data[n] & 0xC0) == 0x80)))
        n--;
    ss_column_put_bytes(out, r, s->text.data, n);
}

/* "char", one byte. */
static void
put_letter(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    size_t n;
    const unsigned char *value = ss_column_bytes(in, r, &n);

    ss_buf_clear(&s->text);
    if (n > 0)
        ss_shape_text(value, 1, 1, &s->state, &s->text);
    ss_column_put_bytes(out, r, s->text.data, s->text.len);
}

/* Of the same kind: object, array, string, number, boolean or null. */
static void
put_json(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    static const char *const kinds[][2] = {{"{", "{}"},    {"[", "[]"},    {"\"", "\"\""},
                                           {"t", "false"}, {"f", "false"}, {"n", "null"}};
    size_t n, at = 0;
    const unsigned char *value = ss_column_bytes(in, r, &n);
    const char *made = "0";

    (void) s;
    while (at < n && (value[at] == ' ' || (value[at] >= 9 && value[at] <= 13)))
        at++;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    {
        if (at < n && value[at] == (unsigned char) kinds[i][0][0])
            made = kinds[i][1];
    }
    ss_column_put_bytes(out, r, made, strlen(made));
}

/* An address that documents use: RFC 5737, RFC 3849. */
static void
put_address(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    size_t n;
    const unsigned char *value = ss_column_bytes(in, r, &n);
    const bool six = memchr(value, ':', n) != NULL;

    if (ss_type_is(s->type, "cidr"))
        put_made(s, out, r, six ? "2001:db8::/32" : "192.0.2.0/24");
    else if (six)
        put_made(s, out, r, "2001:db8::%x", 1 + (unsigned) below(s, 0xFFFE));
    else
        put_made(s, out, r, "192.0.2.%u", 1 + (unsigned) below(s, 254));
}

/* Locally administered. */
static void
put_device(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    const unsigned a = (unsigned) below(s, 256), b = (unsigned) below(s, 256);

    (void) in;
    put_made(s, out, r, "02:00:00:%s%02x:%02x:%02x",
             ss_type_is(s->type, "macaddr8") ? "ff:fe:" : "", a, b, (unsigned) below(s, 256));
}

static void
put_fixed(shapes *s, const ss_batch_column *in, size_t r, ss_batch_column *out)
{
    (void) in;
    ss_column_put_bytes(out, r, s->fixed, strlen(s->fixed));
}

/* --- by type -------------------------------------------------------------------------------------- */

static const struct
{
    const char *type;
    maker *make;
    const char *fixed;
} types[] = {
    {"bool", put_bool, NULL},
    {"int2", put_integer, NULL},
    {"int4", put_integer, NULL},
    {"int8", put_integer, NULL},
    {"oid", put_integer, NULL},
    {"money", put_integer, NULL},
    {"float4", put_float, NULL},
    {"float8", put_float, NULL},
    {"numeric", put_numeric, NULL},
    {"text", put_text, NULL},
    {"varchar", put_text, NULL},
    {"bpchar", put_text, NULL},
    {"name", put_text, NULL},
    {"char", put_letter, NULL},
    {"json", put_json, NULL},
    {"jsonb", put_json, NULL},
    {"xml", put_fixed, "<x/>"},
    {"uuid", put_uuid, NULL},
    {"bytea", put_bytes, NULL},
    {"date", put_date, NULL},
    {"time", put_time, NULL},
    {"timetz", put_timetz, NULL},
    {"timestamp", put_moment, NULL},
    {"timestamptz", put_moment, NULL},
    {"interval", put_interval, NULL},
    {"inet", put_address, NULL},
    {"cidr", put_address, NULL},
    {"macaddr", put_device, NULL},
    {"macaddr8", put_device, NULL},
    {"bit", put_bits, NULL},
    {"varbit", put_bits, NULL},
    {"tsvector", put_fixed, ""},
    {"tsquery", put_fixed, ""},
    {"jsonpath", put_fixed, "$"},
    {"point", put_fixed, "(0,0)"},
    {"lseg", put_fixed, "[(0,0),(1,1)]"},
    {"box", put_fixed, "(1,1),(0,0)"},
    {"line", put_fixed, "{1,1,0}"},
    {"circle", put_fixed, "<(0,0),1>"},
    {"path", put_fixed, "[(0,0),(1,1)]"},
    {"polygon", put_fixed, "((0,0),(0,1),(1,0))"},
};

/* A composite of NULLs: '(,,)'. */
static const char *
nothing_of(const ss_type *type, ss_arena *arena)
{
    char *text = ss_alloc(arena, type->nfields + 3, 1);
    size_t n = 0;

    text[n++] = '(';
    for (size_t i = 1; i < type->nfields; i++)
        text[n++] = ',';
    text[n++] = ')';
    return text;
}

/* How values of the type are made; false: none can be. */
static bool
find_maker(const ss_type *type, ss_arena *arena, maker **make, const char **fixed)
{
    *make = put_fixed;
    *fixed = NULL;
    switch (type->kind)
    {
    case SS_TYPE_ENUM:
        *make = put_label;
        return type->nlabels > 0;
    case SS_TYPE_ARRAY:
    case SS_TYPE_MULTIRANGE:
        *fixed = "{}";
        return true;
    case SS_TYPE_RANGE:
        *fixed = "empty";
        return true;
    case SS_TYPE_COMPOSITE:
        *fixed = nothing_of(type, arena);
        return true;
    case SS_TYPE_BASE:
        break;
    case SS_TYPE_DOMAIN:
    case SS_TYPE_PSEUDO:
        return false;
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    {
        if (!ss_type_is(type, types[i].type))
            continue;
        *make = types[i].make;
        *fixed = types[i].fixed;
        return true;
    }
    if (type->extension != NULL && strcmp(type->name, "hstore") == 0)
        *fixed = "";
    else if (type->extension != NULL && strcmp(type->name, "citext") == 0)
        *make = put_text;
    else
        return false;
    return true;
}

/* Does a composite have a field that must not be NULL? */
static bool
wants_fields(const ss_catalog *catalog, const ss_type *type)
{
    for (size_t i = 0; type->kind == SS_TYPE_COMPOSITE && i < type->nfields; i++)
    {
        for (size_t t = type->fields[i].type;
             t != SS_NONE && catalog->types[t].kind == SS_TYPE_DOMAIN; t = catalog->types[t].base)
        {
            if (catalog->types[t].not_null || catalog->types[t].nchecks > 0)
                return true;
        }
    }
    return false;
}

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    const ss_type *type = &c->catalog->types[c->type.type];
    maker *make;
    const char *fixed;

    if (!find_maker(type, result, &make, &fixed))
        return "there is no value of its type to be made";
    return wants_fields(c->catalog, type) ? "a field of its type must not be NULL" : NULL;
}

static ss_code
open_shapes(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
            ss_error *err)
{
    shapes *s = ss_alloc(arena, 1, sizeof *s);

    s->column = c;
    s->type = &c->catalog->types[c->type.type];
    if (!find_maker(s->type, arena, &s->make, &s->fixed))
        return ss_fail(err, SS_EBUG, "a shape of no type");
    ss_buf_defer(arena, &s->text);
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, "shape", "1", "value", &s->key, err));
    return ss_key_room_use(keys, c->group, "shape", "1", "draw", &s->draw_key, err);
}

/* What the draws of row r begin with. */
static uint64_t
seed_of(const shapes *s, const ss_kind_rows *rows, size_t r)
{
    uint64_t words[3] = {0, 0, rows->row == NULL ? 0 : rows->row[r]}, made[2];
    const unsigned char *value;
    size_t n;

    switch (rows->in->form)
    {
    case SS_FORM_I64:
        ss_prf(s->key, &rows->in->i64[r], sizeof rows->in->i64[r], words);
        break;
    case SS_FORM_F64:
        ss_prf(s->key, &rows->in->f64[r], sizeof rows->in->f64[r], words);
        break;
    case SS_FORM_TEXT:
    case SS_FORM_WIRE:
        value = ss_column_bytes(rows->in, r, &n);
        ss_prf(s->key, value, n, words);
        break;
    }
    ss_prf(s->draw_key, words, sizeof words, made);
    return made[0];
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    shapes *s = state;

    (void) err;
    for (size_t r = 0; r < rows->n; r++)
    {
        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        counts->values++;
        s->state = seed_of(s, rows, r);
        s->make(s, rows->in, r, out);
    }
    return SS_OK;
}

const ss_kind ss_kind_shape = {
    .name = "shape",
    .summary = "made from type, length and alphabet alone",
    .version = "1",
    .guarantees = SS_FORMAT | SS_BOUNDS | SS_SIGN,
    .types = "all",
    .refusal = refusal,
    .open = open_shapes,
    .apply = apply,
};
