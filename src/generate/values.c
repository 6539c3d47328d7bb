/* One cell from its marginal: integer thresholds, no floating point decides anything. */
#include <string.h>

#include "generate/generate_internal.h"

size_t
ss_generate_last_at_most(const uint64_t *sums, size_t n, uint64_t point)
{
    size_t low = 0, high = n;

    while (high - low > 1)
    {
        const size_t middle = low + (high - low) / 2;

        if (sums[middle] <= point)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void
ss_generate_sum_cells(cell_draw *d, const ss_cells *cells, bool declared, ss_arena *arena)
{
    const uint64_t rare = declared ? cells->total / 200 + 1 : 0;

    *d = (cell_draw){.cells = cells->cells, .n = cells->n};
    d->sums = ss_alloc(arena, d->n + 1, sizeof *d->sums);
    for (size_t i = 0; i < d->n; i++)
        d->sums[i + 1] = d->sums[i] + (cells->cells[i].count == 0 ? rare : cells->cells[i].count);
    d->total = declared ? d->sums[d->n] : cells->total;
}

const ss_cell *
ss_generate_draw_cell(const cell_draw *d, uint64_t u)
{
    const uint64_t point = d->total == 0 ? 0 : ss_below(u, d->total);

    /* The total of a model that was tampered with may be any. */
    return d->total == 0 || point >= d->sums[d->n]
               ? NULL
               : &d->cells[ss_generate_last_at_most(d->sums, d->n, point)];
}

void
ss_generate_sum_marginal(made_column *c, ss_arena *arena)
{
    const ss_marginal *m = c->marginal;

    ss_generate_sum_cells(&c->values, &m->values, c->family == FAMILY_LABELS, arena);
    ss_generate_sum_cells(&c->codes, &m->codes, false, arena);
    ss_generate_sum_cells(&c->lengths, &m->lengths, false, arena);
    ss_generate_sum_cells(&c->alphabets, &m->alphabets, false, arena);
}

/* --- numbers ------------------------------------------------------------------------------------ */

/* Sums and differences of any two fit an int64; what is learnt stays well below. */
#define UNITS_MAX (INT64_MAX / 4)

/* PostgreSQL's: 4714-11-24 BC, and the ends of 5874897 and 294276. */
#define LOWEST_DAY     (-INT64_C(2451545))
#define HIGHEST_DATE   INT64_C(2145031948)
#define HIGHEST_MOMENT (INT64_C(106751983) * SS_DAY_US - 1)

/* The largest absolute value of a number. */
static int64_t
largest(const made_column *c)
{
    const ss_type *t = c->type;

    if (ss_type_is(t, "int2"))
        return INT16_MAX;
    if (ss_type_is(t, "int4"))
        return INT32_MAX;
    if (ss_type_is(t, "numeric") && c->typmod >= 4)
    {
        /* Of a key the grid may be coarser than the type. */
        const int digits =
            ss_numeric_precision(c->typmod) - ss_numeric_scale(c->typmod) + c->marginal->scale;
        int64_t v = 1;

        for (int i = 0; i < digits && v < UNITS_MAX / 10; i++)
            v *= 10;
        return v - 1;
    }
    return UNITS_MAX;
}

static void
set_limits(made_column *c)
{
    if (c->family == FAMILY_TIME)
        c->highest = SS_DAY_US / c->marginal->step;
    else if (ss_type_is(c->type, "date"))
    {
        c->lowest = LOWEST_DAY;
        c->highest = HIGHEST_DATE;
    }
    else if (c->family == FAMILY_DAY)
    {
        c->lowest = LOWEST_DAY * (SS_DAY_US / c->marginal->step);
        c->highest = HIGHEST_MOMENT / c->marginal->step;
    }
    else
    {
        c->highest = largest(c);
        c->lowest = -c->highest - ss_type_is_integer(c->type);
    }
}

void
ss_generate_put_units(const made_column *c, int64_t units, ss_batch_column *out, size_t r)
{
    const ss_marginal *m = c->marginal;
    const int scale = m->scale;
    char text[2048];
    size_t at = sizeof text;
    int n = 0;
    uint64_t u = units < 0 ? 0 - (uint64_t) units : (uint64_t) units;

    switch (out->form)
    {
    case SS_FORM_I64:
        /* A step that the column's type does not have, in a model that was tampered with, wraps. */
        ss_column_put_i64(out, r,
                          units == INT64_MIN || units == INT64_MAX
                              ? units
                              : (int64_t) ((uint64_t) units * (uint64_t) m->step));
        return;
    case SS_FORM_F64:
        ss_column_put_f64(out, r, (double) units / 1e6);
        return;
    case SS_FORM_TEXT:
    case SS_FORM_WIRE:
        break;
    }
    do
    {
        if (n == scale && n > 0)
            text[--at] = '.';
        text[--at] = (char) ('0' + u % 10);
        u /= 10;
        n++;
    } while (u != 0 || n <= scale);
    if (units < 0)
        text[--at] = '-';
    ss_column_put_bytes(out, r, text + at, sizeof text - at);
}

static int64_t
between(int64_t low, int64_t high, uint64_t u)
{
    return low >= high ? low : low + (int64_t) ss_below(u, (uint64_t) high - (uint64_t) low + 1);
}

/* From the code that shape keeps: a decade, or sign and number of digits. */
static int64_t
from_code(const made_column *c, uint64_t u, uint64_t u2)
{
    const ss_cell *cell = ss_generate_draw_cell(&c->codes, u);
    const bool time = c->family == FAMILY_DAY;
    int64_t code = cell != NULL ? cell->number : time ? 2 : 3;
    const int64_t most = c->highest;
    int64_t low = 1, high;

    if (time)
    {
        const int64_t decade = c->marginal->step == 1 ? 3652 : INT64_C(3652) * 86400;
        const int64_t last = most / decade, first = c->lowest / decade - 1;

        /* Of a model that was tampered with it may be any. */
        code = code > last ? last : code < first ? first : code;
        return between(code * decade, code * decade + decade - 1, u2);
    }
    if (c->family == FAMILY_TIME)
        return (int64_t) ss_below(u2, 86400) * 1000000;
    if (code == 0)
        return 0;
    for (int64_t d = 1; d < (code < 0 ? -code : code) && low < most / 10; d++)
        low *= 10;
    high = low > most / 10 ? most : low * 10 - 1;
    low = between(low, high, u2);
    return code < 0 ? -low : low;
}

static int64_t
from_points(const ss_marginal *m, uint64_t u, uint64_t u2)
{
    const uint64_t i = ss_below(u, m->npoints - 1);

    return between(m->points[i], m->points[i + 1] - 1, u2);
}

/* An atom, or a number between two quantiles. */
static int64_t
from_number(const made_column *c, uint64_t u, uint64_t u2)
{
    const ss_marginal *m = c->marginal;

    if (m->npoints < 2 || ss_below(u, m->values.total + m->rest) < m->values.total)
    {
        const ss_cell *cell = ss_generate_draw_cell(&c->values, u2);

        return cell == NULL ? 0 : cell->number;
    }
    return from_points(m, ss_unfold(&u), u2);
}

/* Is it in one of the intervals, which ascend? */
static bool
in_intervals(const made_column *c, int64_t units)
{
    size_t low = 0, high = c->nintervals;

    while (high - low > 1)
    {
        const size_t middle = low + (high - low) / 2;

        if (c->intervals[middle].low <= units)
            low = middle;
        else
            high = middle;
    }
    return units >= c->intervals[low].low && units <= c->intervals[low].high;
}

/* Near a bound that has no other: not all on it, and few far away. */
#define NEAR(bound) ((bound) / 10 + 100)

static int64_t
above(const made_column *c, int64_t low, uint64_t u)
{
    const int64_t near = NEAR(low < 0 ? -low : low);

    return between(low, low > c->highest - near ? c->highest : low + near, u);
}

/* Where zero is allowed nothing is negative. */
static int64_t
below(const made_column *c, int64_t high, uint64_t u)
{
    const int64_t near = NEAR(high < 0 ? -high : high);
    const int64_t low = high < c->lowest + near ? c->lowest : high - near;

    return between(low < 0 && high >= 0 ? 0 : low, high, u);
}

/* Into the type's range, and into declared bounds: drawn anew between them when both are known. */
static int64_t
clamp(const made_column *c, int64_t units, uint64_t u)
{
    if (c->nintervals > 0)
    {
        const interval *i = &c->intervals[ss_below(u, c->nintervals)];

        if (in_intervals(c, units))
            return units;
        u = ss_unfold(&u);
        return i->high == INT64_MAX  ? above(c, i->low, u)
               : i->low == INT64_MIN ? below(c, i->high < c->lowest ? c->lowest : i->high, u)
                                     : between(i->low, i->high, u);
    }
    if (c->family == FAMILY_NUMBER &&
        ((c->has_low && units < c->low) || (c->has_high && units > c->high)))
    {
        if (c->has_low && c->has_high)
            return between(c->low, c->high, u);
        /* What was learnt misses a bound by rounding alone. */
        if (c->marginal->kind == SS_MARGINAL_NUMBER)
            return c->has_low ? c->low : c->high;
        return c->has_low ? above(c, c->low, u) : below(c, c->high, u);
    }
    return units > c->highest ? c->highest : units < c->lowest ? c->lowest : units;
}

bool
ss_generate_allows(const made_column *c, int64_t units)
{
    return clamp(c, units, 0) == units;
}

/* --- text --------------------------------------------------------------------------------------- */

static const char syllables[][3] = {
    "ba", "be", "bo", "da", "de", "di", "do", "fa", "fe", "ga", "go", "ka", "ke", "ki", "la", "le",
    "li", "lo", "ma", "me", "mi", "mo", "na", "ne", "ni", "no", "pa", "pe", "ra", "re", "ri", "ro",
    "sa", "se", "si", "so", "ta", "te", "ti", "to", "va", "ve", "vi", "wa", "we", "za", "ze", "zo"};
#define NSYLLABLES (sizeof syllables / sizeof syllables[0])

const char *
ss_generate_syllable(uint64_t u)
{
    return syllables[ss_below(u, NSYLLABLES)];
}

/* Most characters that the column takes. */
static size_t
room(const made_column *c)
{
    if (ss_type_is(c->type, "name"))
        return 63;
    if (c->typmod >= 4 && (ss_type_is(c->type, "varchar") || ss_type_is(c->type, "bpchar")))
        return (size_t) c->typmod - 4;
    return 1U << 20;
}

/* As was learnt of texts that are not told; where nothing is, that of one that is. */
static size_t
length_of(const made_column *c, uint64_t u)
{
    const ss_cell *length = ss_generate_draw_cell(&c->lengths, u);
    const ss_cell *told = length == NULL ? ss_generate_draw_cell(&c->values, u) : NULL;

    if (length != NULL)
        return (size_t) length->number;
    return told != NULL && told->text != NULL ? strlen(told->text) : 8;
}

/*
 * Text of the length and alphabet that were learnt, made of nothing: syllables, digits, blanks,
 * marks.  An address ends in a domain that is reserved for examples (RFC 2606).
 */
static void
put_shape(const made_column *c, uint64_t u, ss_batch_column *out, size_t r)
{
    static const int64_t LETTERS = SS_ALPHABET_LOWER | SS_ALPHABET_UPPER | SS_ALPHABET_OTHER;
    static const char marks[] = "-.,/", long_domain[] = "@example.com", short_domain[] = "@a.test";
    uint64_t state = u;
    size_t length = length_of(c, ss_unfold(&state));
    const ss_cell *mask_cell = ss_generate_draw_cell(&c->alphabets, ss_unfold(&state));
    int64_t mask = mask_cell == NULL ? SS_ALPHABET_LOWER : mask_cell->number;
    bool start = true;

    if (c->upper && mask != SS_ALPHABET_EMAIL && (mask & LETTERS) != 0)
        mask = (mask & ~LETTERS) | SS_ALPHABET_UPPER;
    else if (c->lower && mask != SS_ALPHABET_EMAIL && (mask & SS_ALPHABET_UPPER) != 0)
        mask = (mask & ~SS_ALPHABET_UPPER) | SS_ALPHABET_LOWER;
    if (length < c->least)
        length = c->least;
    if (c->most > 0 && length > c->most)
        length = c->most;
    if (length > c->room)
        length = c->room;
    out->null[r] = 0;
    if ((mask == SS_ALPHABET_EMAIL || c->email) && c->room >= sizeof short_domain)
    {
        const char *domain = c->room < sizeof long_domain + 2 ? short_domain : long_domain;
        const size_t tail = strlen(domain);
        const size_t least = c->room - tail < 3 ? c->room - tail : 3;
        const size_t local = length > tail + 3 ? length - tail : least;

        for (size_t i = 0; i < local;)
        {
            const char *s = ss_generate_syllable(ss_unfold(&state));

            if (i == 6 && local > 8)
            {
                ss_buf_putc(&out->bytes, '.');
                i++;
            }
            for (size_t k = 0; s[k] != '\0' && i < local; k++, i++)
                ss_buf_putc(&out->bytes, s[k]);
        }
        ss_buf_append(&out->bytes, domain, tail);
        if (c->upper)
            ss_generate_capitals(out->bytes.data + out->bytes.len - local - tail, local + tail);
        out->end[r] = out->bytes.len;
        return;
    }
    for (size_t i = 0; i < length;)
    {
        const uint64_t kind = ss_below(ss_unfold(&state), 8);
        const bool inside = i > 0 && i + 1 < length;

        if ((mask & SS_ALPHABET_SPACE) != 0 && inside && !start && kind == 0)
        {
            ss_buf_putc(&out->bytes, ' ');
            start = true;
            i++;
        }
        else if ((mask & SS_ALPHABET_PUNCT) != 0 && inside && !start && kind == 1)
        {
            ss_buf_putc(&out->bytes, marks[ss_below(ss_unfold(&state), sizeof marks - 1)]);
            start = true;
            i++;
        }
        else if ((mask & SS_ALPHABET_DIGIT) != 0 &&
                 (kind == 2 ||
                  (mask & (SS_ALPHABET_LOWER | SS_ALPHABET_UPPER | SS_ALPHABET_OTHER)) == 0))
        {
            ss_buf_putc(&out->bytes, (char) ('0' + ss_below(ss_unfold(&state), 10)));
            start = false;
            i++;
        }
        else if ((mask & SS_ALPHABET_OTHER) != 0 && kind == 3)
        {
            ss_buf_puts(&out->bytes, "\xC3\xB6"); /* o with diaeresis */
            start = false;
            i++;
        }
        else
        {
            const char *s = ss_generate_syllable(ss_unfold(&state));

            for (size_t k = 0; s[k] != '\0' && i < length; k++, i++)
            {
                const bool upper =
                    (mask & SS_ALPHABET_UPPER) != 0 && (start || (mask & SS_ALPHABET_LOWER) == 0);

                ss_buf_putc(&out->bytes, (char) (upper ? s[k] - 'a' + 'A' : s[k]));
                start = false;
            }
        }
    }
    out->end[r] = out->bytes.len;
}

/* --- all of it ---------------------------------------------------------------------------------- */

static family
family_of(const ss_type *t)
{
    static const struct
    {
        const char *name;
        family family;
    } known[] = {{"bool", FAMILY_LABELS},   {"int2", FAMILY_NUMBER},     {"int4", FAMILY_NUMBER},
                 {"int8", FAMILY_NUMBER},   {"numeric", FAMILY_NUMBER},  {"float4", FAMILY_NUMBER},
                 {"float8", FAMILY_NUMBER}, {"text", FAMILY_TEXT},       {"varchar", FAMILY_TEXT},
                 {"bpchar", FAMILY_TEXT},   {"name", FAMILY_TEXT},       {"date", FAMILY_DAY},
                 {"timestamp", FAMILY_DAY}, {"timestamptz", FAMILY_DAY}, {"time", FAMILY_TIME}};

    if (t->kind == SS_TYPE_ENUM)
        return FAMILY_LABELS;
    if (t->extension != NULL && strcmp(t->name, "citext") == 0)
        return FAMILY_TEXT;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    {
        if (ss_type_is(t, known[i].name))
            return known[i].family;
    }
    return FAMILY_OTHER;
}

bool
ss_generate_is_ordered(const made_column *c)
{
    return c->family == FAMILY_NUMBER || c->family == FAMILY_DAY || c->family == FAMILY_TIME;
}

void
ss_generate_type(made_column *c, ss_arena *arena)
{
    c->family = family_of(c->type);
    set_limits(c);
    ss_generate_sum_marginal(c, arena);
    c->room = room(c);
}

/* Towards zero or, where a bound is in the way, away from it. */
static int64_t
nearest_multiple(const made_column *c, int64_t units)
{
    const int64_t toward = units - units % c->multiple;

    return clamp(c, toward, 0) == toward ? toward
           : toward < units              ? toward + c->multiple
                                         : toward - c->multiple;
}

int64_t
ss_generate_units(const made_column *c, uint64_t u1, uint64_t u2, uint64_t u3)
{
    /* The value is not NULL, which u1 said: what is left of it is not uniform any more. */
    const uint64_t u = ss_unfold(&u1);

    const int64_t units = clamp(
        c, c->marginal->kind == SS_MARGINAL_NUMBER ? from_number(c, u2, u3) : from_code(c, u2, u3),
        u);

    return c->multiple > 0 ? nearest_multiple(c, units) : units;
}

/*
 * Pattern or what was learnt?  What comes first is a guess, and other CHECKs may want the other.  So a weak pattern
 * has its turn early; then the columns of a table take all combinations, as far as three bits tell them apart.  Each
 * combination comes twice in a row: odd attempts read the CHECKs otherwise.
 */
static bool
is_by_pattern(const made_column *c, uint32_t attempt)
{
    static const uint8_t turns[] = {0, 7, 1, 2, 4, 3, 5, 6};

    if (c->pattern == NULL)
        return false;
    if (!c->weak)
        return attempt % 16 != 15;
    return (turns[attempt / 2 % sizeof turns] >> (c->column->attnum % 3) & 1) != 0;
}

/* The random words u1 to u3 are those that a cell's word unfolds into. */
static ss_code
put_present(const made_column *c, uint64_t u1, uint64_t u2, uint64_t u3, uint32_t attempt,
            ss_batch_column *out, size_t r, ss_error *err)
{
    const ss_marginal *m = c->marginal;
    const ss_cell *cell;

    if (c->nallowed > 0)
    {
        const char *text = c->allowed[ss_below(u3, c->nallowed)];

        return c->codec->from_text(&c->codec_type, text, strlen(text), out, r, err);
    }
    if (c->other_reading != NULL && attempt % 2 == 1)
        c = c->other_reading;
    if (c->family == FAMILY_LABELS)
    {
        cell = ss_generate_draw_cell(&c->values, u2);
        ss_column_put_i64(out, r, cell == NULL ? 0 : cell->number);
        return SS_OK;
    }
    /* A model that was tampered with may say categories of a number. */
    if (m->kind == SS_MARGINAL_CATEGORIES && out->form != SS_FORM_I64 && out->form != SS_FORM_F64 &&
        ss_below(u2, m->values.total + m->rest) < m->values.total)
    {
        cell = ss_generate_draw_cell(&c->values, u3);
        ss_column_put_bytes(out, r, cell->text, strlen(cell->text));
        return SS_OK;
    }
    if (c->family == FAMILY_TEXT && c->ndeclared > 0)
    {
        const char *text = c->declared[ss_below(u3, c->ndeclared)];

        ss_column_put_bytes(out, r, text, strlen(text));
    }
    else if (c->family == FAMILY_TEXT && is_by_pattern(c, attempt))
    {
        char text[SS_PATTERN_LENGTH];

        ss_column_put_bytes(out, r, text, ss_pattern_draw(c->pattern, u3, text));
    }
    else if (c->family == FAMILY_TEXT)
        put_shape(c, u3, out, r);
    else if (c->family != FAMILY_OTHER)
        ss_generate_put_units(c, ss_generate_units(c, u1, u2, u3), out, r);
    else
        return ss_generate_neutral(c, u3, attempt, out, r, err);
    return SS_OK;
}

ss_code
ss_generate_present(const made_column *c, uint64_t u, uint32_t attempt, ss_batch_column *out,
                    size_t r, ss_error *err)
{
    uint64_t state = u;
    const uint64_t u1 = ss_unfold(&state), u2 = ss_unfold(&state), u3 = ss_unfold(&state);

    return put_present(c, u1, u2, u3, attempt, out, r, err);
}

bool
ss_generate_is_null(const made_column *c, uint64_t u, uint32_t attempt)
{
    if (attempt >= DESPERATE_ATTEMPT)
        return c->nullable && u < UINT64_MAX / 4;
    return c->nullable && c->marginal->count > 0 &&
           ss_below(u, c->marginal->count) < c->marginal->nulls;
}

ss_code
ss_generate_value(const made_column *c, uint64_t u, uint32_t attempt, ss_batch_column *out,
                  size_t r, ss_error *err)
{
    uint64_t state = u;
    const uint64_t u1 = ss_unfold(&state), u2 = ss_unfold(&state), u3 = ss_unfold(&state);

    if (ss_generate_is_null(c, u1, attempt))
    {
        ss_column_put_null(out, r);
        return SS_OK;
    }
    return put_present(c, u1, u2, u3, attempt, out, r, err);
}
