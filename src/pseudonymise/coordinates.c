/*
 * Where somebody was: every latitude and longitude of one person is moved by the same way, 2 to 20 km long, so that the
 * distances between that person's places stay, and each place comes to lie in its region.  The direction, and the square of
 * the distance, are as likely one as another.
 *
 * Two columns must be moved alike, and a longitude's does not know its latitude: the way is as long as it would be at 48
 * degrees.  Towards the equator a place moves up to half as far again to the east or west, towards the poles less.
 *
 * Of a row that is nobody's, both are moved by its primary key.  A point is (longitude, latitude), as earthdistance of contrib
 * has it, or the other way round where the second is beyond 90.  0 is nobody's and stays.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pseudonymise/kind.h"
#include "secret/prf.h"

#define NEAREST_KM   2.0
#define FARTHEST_KM  20.0
#define DEGREE_KM    111.195 /* of latitude: a sphere of 6371 km */
#define EAST         1.4945  /* as long a degree of latitude is as one of longitude at 48 */
#define TAU          6.283185307179586
#define DECIMALS     6  /* of floats: a tenth of a metre */
#define DECIMALS_MAX 15 /* that a double has behind 180 */
#define TEXT_MAX     48
#define SHORTEST     6 /* characters of text: "-179.9" */

typedef enum axis
{
    LATITUDE,
    LONGITUDE,
    BOTH,
} axis;

typedef struct coordinates
{
    const unsigned char *key, *value_key;
    axis axis;
    bool by_row;
    bool text;     /* not numeric */
    size_t limit;  /* characters of text */
    double beyond; /* numbers that the column does not take */
} coordinates;

typedef struct way /* in degrees */
{
    double of[2]; /* by axis */
} way;

static bool
is_numbers(const ss_type *type)
{
    return ss_type_is(type, "float4") || ss_type_is(type, "float8") ||
           ss_type_is(type, "numeric") || ss_type_is_text(type);
}

static const char *
refuse_numbers(const ss_kind_column *c, ss_arena *result)
{
    (void) result;
    if (!is_numbers(&c->catalog->types[c->type.type]))
        return "it takes degrees, in numeric, real, double precision or text";
    if (c->limit < SHORTEST)
        return "the column takes too few characters";
    if (!c->has_subject && !c->keyed_rows)
        return "nothing says which latitude goes with which longitude: subject: self, columns that "
               "lead to people, or a primary key";
    return NULL;
}

static const char *
refuse_points(const ss_kind_column *c, ss_arena *result)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    (void) result;
    if (ss_type_is(type, "point"))
        return NULL;
    return is_numbers(type) ? "it takes points; numbers are kind latitude or longitude"
                            : "it takes points; of other types nullify is certain";
}

static ss_code
open_axis(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, axis which, void **state,
          ss_error *err)
{
    const ss_type *type = &c->catalog->types[c->type.type];
    coordinates *s = ss_alloc(arena, 1, sizeof *s);

    s->axis = which;
    s->by_row = c->keyed_rows;
    s->text = ss_type_is_text(type);
    s->limit = c->limit;
    s->beyond = HUGE_VAL;
    if (ss_type_is(type, "numeric") && c->type.typmod >= 4)
        s->beyond =
            pow(10, ss_numeric_precision(c->type.typmod) - ss_numeric_scale(c->type.typmod));
    *state = s;
    /* One key for all columns of a sandbox: what is whose is moved alike wherever it stands. */
    SS_TRY(ss_key_room_use(keys, "", "coordinates", "1", "way", &s->key, err));
    return ss_key_room_use(keys, "", "coordinates", "1", "value", &s->value_key, err);
}

/* Whose it is, or which row's; else its own value's. */
static uint64_t
word_of(const coordinates *s, const ss_kind_rows *rows, size_t r, const void *value, size_t n)
{
    uint64_t words[2];

    if (rows->subject != NULL && rows->subject[r] != 0)
        return rows->subject[r];
    if (s->by_row && rows->row != NULL)
        return rows->row[r];
    ss_prf(s->value_key, value, n, words);
    return words[0];
}

/* 0 to 1, of the upper 53 bits. */
static double
fraction(uint64_t word)
{
    return (double) (word >> 11) / 9007199254740992.0;
}

static way
way_of(const coordinates *s, uint64_t word)
{
    const double near = NEAREST_KM * NEAREST_KM, far = FARTHEST_KM * FARTHEST_KM;
    unsigned char bytes[8];
    uint64_t words[2];
    double degrees, angle;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char) (word >> (8 * i));
    ss_prf(s->key, bytes, sizeof bytes, words);
    degrees = sqrt(near + fraction(words[0]) * (far - near)) / DEGREE_KM;
    angle = TAU * fraction(words[1]);
    return (way){{degrees * cos(angle), EAST * degrees * sin(angle)}};
}

static bool
is_of(axis which, double v)
{
    return isfinite(v) && fabs(v) <= (which == LATITUDE ? 90 : 180);
}

/*
 * Where v, of so many decimals, comes to lie: at another place, since a short number might be rounded to what it was.  Beyond a pole, or
 * what the column takes, it goes the other way; beyond 180 degrees it goes on from the other side.
 */
static double
moved(axis which, double v, double by, int decimals, double beyond)
{
    const double units = pow(10, decimals);
    double to;

    if (fabs(by) * units < 1)
        by = (by < 0 ? -1 : 1) / units;
    to = v + by;
    if (which == LONGITUDE && fabs(to) > 180)
        to += to > 0 ? -360 : 360;
    to = round(to * units) / units;
    if (!is_of(which, to) || fabs(to) >= beyond)
        to = round((v - by) * units) / units;
    return to;
}

/* --- texts and numeric ------------------------------------------------------------------------------ */

/* "-0.127" is -0.127, of three decimals. */
static bool
read_degrees(const char *text, size_t n, double *v, int *decimals)
{
    char copy[TEXT_MAX] = "";
    const char *digits = copy;
    size_t whole, behind = 0;

    if (n == 0 || n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    digits += copy[0] == '-' || copy[0] == '+';
    whole = strspn(digits, "0123456789");
    if (digits[whole] == '.')
        behind = strspn(digits + whole + 1, "0123456789");
    if (whole + behind == 0 || digits[whole + (digits[whole] == '.') + behind] != '\0')
        return false;
    *decimals = behind > DECIMALS_MAX ? DECIMALS_MAX : (int) behind;
    return ss_parse_double(copy, v);
}

static void
replace_text(const coordinates *s, const ss_kind_rows *rows, size_t r, ss_batch_column *out,
             ss_kind_counts *counts)
{
    size_t n;
    const char *text = (const char *) ss_column_bytes(rows->in, r, &n);
    const way w = way_of(s, word_of(s, rows, r, text, n));
    char made[TEXT_MAX];
    double v;
    int decimals, length;

    if (s->text && n == 0)
    {
        ss_column_put_bytes(out, r, "", 0);
        return;
    }
    if (!read_degrees(text, n, &v, &decimals) || !is_of(s->axis, v))
    {
        counts->fallbacks++;
        ss_column_put_bytes(out, r, "0", 1);
        return;
    }
    if (v == 0)
    {
        ss_column_put_bytes(out, r, text, n);
        return;
    }
    v = moved(s->axis, v, w.of[s->axis], decimals, s->beyond);
    length = snprintf(made, sizeof made, "%.*f", decimals, v);
    ss_column_put_bytes(out, r, made, (size_t) length < s->limit ? (size_t) length : s->limit);
}

/* --- floats ----------------------------------------------------------------------------------------- */

static void
replace_double(const coordinates *s, const ss_kind_rows *rows, size_t r, ss_batch_column *out,
               ss_kind_counts *counts)
{
    const double v = rows->in->f64[r];
    const way w = way_of(s, word_of(s, rows, r, &v, sizeof v));

    if (!is_of(s->axis, v))
    {
        counts->fallbacks++;
        ss_column_put_f64(out, r, 0);
        return;
    }
    ss_column_put_f64(out, r, v == 0 ? 0 : moved(s->axis, v, w.of[s->axis], DECIMALS, s->beyond));
}

/* --- points ----------------------------------------------------------------------------------------- */

/* (x,y) */
static bool
read_point(const char *text, size_t n, double v[2])
{
    char copy[2 * TEXT_MAX] = "", *comma;

    if (n < 2 || n >= sizeof copy)
        return false;
    memcpy(copy, text + 1, n - 2);
    comma = strchr(copy, ',');
    if (comma == NULL)
        return false;
    *comma = '\0';
    return ss_parse_double(copy, &v[0]) && ss_parse_double(comma + 1, &v[1]);
}

static void
replace_point(const coordinates *s, const ss_kind_rows *rows, size_t r, ss_batch_column *out,
              ss_kind_counts *counts)
{
    static const char nowhere[] = "(0,0)";
    size_t n;
    const char *text = (const char *) ss_column_bytes(rows->in, r, &n);
    const way w = way_of(s, word_of(s, rows, r, text, n));
    char made[2 * TEXT_MAX];
    double v[2];
    axis first = LONGITUDE, second = LATITUDE;
    int length;

    if (!read_point(text, n, v) || !is_of(LONGITUDE, v[0]) || !is_of(LONGITUDE, v[1]) ||
        (fabs(v[0]) > 90 && fabs(v[1]) > 90))
    {
        counts->fallbacks++;
        ss_column_put_bytes(out, r, nowhere, strlen(nowhere));
        return;
    }
    if (v[0] == 0 && v[1] == 0)
    {
        ss_column_put_bytes(out, r, nowhere, strlen(nowhere));
        return;
    }
    if (fabs(v[1]) > 90)
    {
        first = LATITUDE;
        second = LONGITUDE;
    }
    length = snprintf(made, sizeof made, "(%.*f,%.*f)", DECIMALS,
                      moved(first, v[0], w.of[first], DECIMALS, HUGE_VAL), DECIMALS,
                      moved(second, v[1], w.of[second], DECIMALS, HUGE_VAL));
    ss_column_put_bytes(out, r, made, (size_t) length);
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    const coordinates *s = state;

    (void) err;
    for (size_t r = 0; r < rows->n; r++)
    {
        if (rows->in->null[r])
        {
            ss_column_put_null(out, r);
            continue;
        }
        counts->values++;
        if (s->axis == BOTH)
            replace_point(s, rows, r, out, counts);
        else if (rows->in->form == SS_FORM_F64)
            replace_double(s, rows, r, out, counts);
        else
            replace_text(s, rows, r, out, counts);
    }
    return SS_OK;
}

#define SS_COORDINATES_KIND(symbol, word, text, which, refuses, takes)                             \
    static ss_code open_##symbol(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena,      \
                                 void **state, ss_error *err)                                      \
    {                                                                                              \
        return open_axis(c, keys, arena, which, state, err);                                       \
    }                                                                                              \
    const ss_kind ss_kind_##symbol = {                                                             \
        .name = word,                                                                              \
        .summary = text,                                                                           \
        .version = "1",                                                                            \
        .guarantees = SS_FORMAT,                                                                   \
        .by_subject = true,                                                                        \
        .by_row = true,                                                                            \
        .types = takes,                                                                            \
        .refusal = refuses,                                                                        \
        .open = open_##symbol,                                                                     \
        .apply = apply,                                                                            \
    }

SS_COORDINATES_KIND(latitude, "latitude",
                    "2 to 20 km away, in the same direction for all of one person's places",
                    LATITUDE, refuse_numbers,
                    "numeric float4 float8 text varchar char citext name");
SS_COORDINATES_KIND(longitude, "longitude", "the same, together with the latitude", LONGITUDE,
                    refuse_numbers, "numeric float4 float8 text varchar char citext name");
SS_COORDINATES_KIND(coordinates, "coordinates", "the same, of a longitude and a latitude in one",
                    BOTH, refuse_points, "point");
