/* What the values of a column are to a model: numbers on a grid, lengths, alphabets. */
#include <math.h>

#include "base/divide.h"
#include "fit/column_internal.h"
#include "model/statistics_json.h"

/* numeric's text in units of 10^-scale, cut towards zero; false for NaN, infinities and the too large. */
static bool
numeric_units(const unsigned char *text, size_t n, int scale, int64_t *units)
{
    const bool negative = n > 0 && text[0] == '-';
    int places = -1;
    int64_t v = 0;

    for (size_t i = negative; i < n; i++)
    {
        if (text[i] == '.')
        {
            places = 0;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (places >= scale)
            break;
        if (v > INT64_MAX / 100)
            return false;
        v = v * 10 + (text[i] - '0');
        places += places >= 0;
    }
    for (int p = places < 0 ? 0 : places; p < scale; p++)
    {
        if (v > INT64_MAX / 100)
            return false;
        v *= 10;
    }
    *units = negative ? -v : v;
    return true;
}

/* The column's value in grid units; false when it has none (infinity, NaN). */
static bool
units_of(const ss_fit_column *c, const ss_batch_column *values, size_t r, int64_t *units)
{
    switch (values->form)
    {
    case SS_FORM_I64:
        /* The least one is SS_NO_NUMBER to a model. */
        if (values->i64[r] == INT64_MIN || (c->is_time && values->i64[r] == INT64_MAX))
            return false;
        *units = ss_floor_div(values->i64[r], c->step);
        return true;
    case SS_FORM_F64: {
        const double scaled = values->f64[r] * 1e6;

        if (!(fabs(scaled) < 9e17))
            return false;
        *units = (int64_t) scaled;
        return true;
    }
    case SS_FORM_TEXT: {
        size_t n;
        const unsigned char *text = ss_column_bytes(values, r, &n);

        return numeric_units(text, n, c->scale, units);
    }
    case SS_FORM_WIRE:
        return false;
    }
    return false;
}

int64_t
ss_fit_code(const ss_fit_column *c, int64_t units)
{
    int64_t digits = 0;
    uint64_t u = units < 0 ? 0 - (uint64_t) units : (uint64_t) units;

    if (c->is_time)
        /* 3652.5 days to a decade are near enough: only the decade is kept */
        return ss_floor_div(units, c->step == 1 ? 3652 : 3652 * 86400);
    for (; u != 0; u /= 10)
        digits++;
    return units < 0 ? -digits : digits;
}

bool
ss_fit_column_units(const ss_fit_column *c, const ss_batch_column *values, size_t r, int64_t *units)
{
    return (c->is_number || c->is_time || c->codes != NULL) && !values->null[r] &&
           units_of(c, values, r, units);
}

int64_t
ss_fit_coarse_length(int64_t length)
{
    int64_t width = 8;

    if (length < 64)
        return length;
    while (length >= width * 16)
        width *= 2;
    return length / width * width;
}

ss_text_shape
ss_fit_text_shape(const unsigned char *text, size_t n)
{
    int64_t mask = 0, characters = 0;
    size_t at_signs = 0;
    bool dot_after = false;

    for (size_t i = 0; i < n; i++)
    {
        const unsigned char b = text[i];

        if ((b & 0xC0) == 0x80)
            continue;
        characters++;
        if (b >= 'a' && b <= 'z')
            mask |= SS_ALPHABET_LOWER;
        else if (b >= 'A' && b <= 'Z')
            mask |= SS_ALPHABET_UPPER;
        else if (b >= '0' && b <= '9')
            mask |= SS_ALPHABET_DIGIT;
        else if (b <= ' ')
            mask |= SS_ALPHABET_SPACE;
        else if (b < 0x80)
            mask |= SS_ALPHABET_PUNCT;
        else
            mask |= SS_ALPHABET_OTHER;
        at_signs += b == '@';
        dot_after = dot_after || (b == '.' && at_signs == 1);
    }
    if (at_signs == 1 && dot_after && (mask & SS_ALPHABET_SPACE) == 0)
        mask = SS_ALPHABET_EMAIL;
    return (ss_text_shape){ss_fit_coarse_length(characters), mask};
}

const unsigned char *
ss_fit_column_text(const ss_batch_column *values, size_t r, char *room, size_t *n)
{
    uint64_t left;
    char *at = room + SS_FIT_NUMBER_TEXT;

    if (values->form != SS_FORM_I64)
        return ss_column_bytes(values, r, n);
    left = values->i64[r] < 0 ? 0 - (uint64_t) values->i64[r] : (uint64_t) values->i64[r];
    do
        *--at = (char) ('0' + left % 10);
    while ((left /= 10) > 0);
    if (values->i64[r] < 0)
        *--at = '-';
    *n = (size_t) (room + SS_FIT_NUMBER_TEXT - at);
    return (const unsigned char *) at;
}
