/* On which steps numbers lie (0.05, 10, 60), and how they end (.99, 00). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit/habits_internal.h"

/* Steps are 2^a 3^b 5^c: all that people and machines count in.  So many of each at most. */
enum
{
    TWOS = 41,
    THREES = 4,
    FIVES = 20,
    VALUES = 1024 /* different ones that are looked at */
};

#define ON_STEP      .99 /* of the rows, and half of the different values, lie on a step that is told */
#define VALUES_LEAST 32  /* fewer different values tell nothing of a step */
#define ROWS_LEAST   500 /* fewer tell nothing of endings */
/* Chi-squared of a hundred endings that are even, and eight standard deviations. */
#define UNEVEN 211.6

/* A number by its factors. */
typedef struct factors
{
    int twos, threes, fives;
} factors;

/* The rows' numbers, read once. */
typedef struct numbers
{
    const ss_habit_rows *rows;
    uint64_t *units; /* without sign */
    bool *finer;     /* units do not hold all of it, or it is no number */
} numbers;

typedef struct counts
{
    uint64_t weights[TWOS][THREES][FIVES]; /* of numbers with exactly so many factors */
    uint64_t all;
} counts;

static factors
factors_of(uint64_t u)
{
    factors f = {0};

    for (; f.fives < FIVES - 1 && u % 5 == 0; u /= 5)
        f.fives++;
    for (; f.threes < THREES - 1 && u % 3 == 0; u /= 3)
        f.threes++;
    for (; f.twos < TWOS - 1 && u % 2 == 0; u /= 2)
        f.twos++;
    return f;
}

/* Has numeric's text digits that its units do not hold? */
static bool
is_finer(const unsigned char *text, size_t n, int scale)
{
    const unsigned char *point = memchr(text, '.', n);

    for (size_t i = point == NULL ? n : (size_t) (point - text) + 1 + (size_t) scale; i < n; i++)
    {
        if (text[i] != '0')
            return true;
    }
    return false;
}

/* The double that is a float4 as it is written: 0.1f is another number than 0.1. */
static double
as_written(float value)
{
    double written = (double) value;

    for (int digits = 6; isfinite(value) && digits <= 9; digits++)
    {
        char text[32];

        (void) snprintf(text, sizeof text, "%.*g", digits, (double) value);
        written = strtod(text, NULL);
        if ((float) written == value)
            break;
    }
    return written;
}

/* Row r in units; 0 is on every step; *finer: units do not hold all of it, or it is no number. */
static uint64_t
units_of(const ss_habit_rows *rows, size_t r, bool *finer)
{
    const ss_fit_column *c = rows->column;
    const ss_batch_column *v = rows->values;
    int64_t units = 0;
    double exact;

    *finer = false;
    if (v->null[r])
        return 0;
    if (v->form == SS_FORM_F64)
    {
        exact = ss_type_is(rows->type, "float4") ? as_written((float) v->f64[r]) : v->f64[r];
        exact *= 1e6;
        *finer = !(fabs(exact) < 4e15);
        if (*finer)
            return 0;
        units = llround(exact);
        *finer = fabs(exact - (double) units) > 1e-15 * fabs(exact);
    }
    else if (!ss_fit_column_units(c, v, r, &units))
        *finer = true;
    else if (v->form == SS_FORM_TEXT)
    {
        size_t n;
        const unsigned char *text = ss_column_bytes(v, r, &n);

        *finer = is_finer(text, n, c->scale);
    }
    return units < 0 ? 0 - (uint64_t) units : (uint64_t) units;
}

/* A set of the first so many different values; false: it was there, or there is no room. */
static bool
is_new(uint64_t *set, size_t *n, uint64_t value)
{
    size_t i = (size_t) (value * 0x9E3779B97F4A7C15U >> 32) % (2 * VALUES);

    if (*n == VALUES)
        return false;
    for (; set[i] != 0; i = (i + 1) % (2 * VALUES))
    {
        if (set[i] == value)
            return false;
    }
    set[i] = value;
    (*n)++;
    return true;
}

static void
count(counts *c, uint64_t u, bool finer, uint64_t weight)
{
    c->all += weight;
    if (!finer)
    {
        const factors f = factors_of(u);

        c->weights[f.twos][f.threes][f.fives] += weight;
    }
}

/* Of n cells: each with those that have more of one factor, of which there are dim, stride cells apart. */
static void
add_up_along(uint64_t *cells, size_t n, size_t stride, size_t dim)
{
    for (size_t i = n; i-- > 0;)
    {
        if (i / stride % dim + 1 < dim)
            cells[i] += cells[i + stride];
    }
}

/* How many have at least so many factors. */
static void
add_up(counts *c)
{
    uint64_t *cells = &c->weights[0][0][0];
    const size_t n = (size_t) TWOS * THREES * FIVES;

    add_up_along(cells, n, 1, FIVES);
    add_up_along(cells, n, FIVES, THREES);
    add_up_along(cells, n, (size_t) THREES * FIVES, TWOS);
}

static bool
lies_on(const counts *rows, const counts *values, int a, int b, int f)
{
    return (double) rows->weights[a][b][f] >= ON_STEP * (double) rows->all &&
           (double) values->weights[a][b][f] >= .5 * (double) values->all;
}

static uint64_t
power(uint64_t base, int n)
{
    uint64_t p = 1;

    for (; n > 0; n--)
        p *= base;
    return p;
}

/* The coarsest step, in units; 0: units are too coarse themselves. */
static uint64_t
coarsest(const counts *rows, const counts *values)
{
    double most = -1;
    factors best = {0};

    for (int a = 0; a < TWOS; a++)
    {
        for (int b = 0; b < THREES; b++)
        {
            for (int f = 0; f < FIVES; f++)
            {
                const double size = a * log(2) + b * log(3) + f * log(5);

                if (size > most && size < 43 && lies_on(rows, values, a, b, f))
                {
                    most = size;
                    best = (factors){a, b, f};
                }
            }
        }
    }
    return most < 0 ? 0 : power(2, best.twos) * power(3, best.threes) * power(5, best.fives);
}

/* Do k people have numbers on it?  0, which is on every step, says nothing of one. */
static bool
is_of_people(const numbers *x, uint64_t step)
{
    const ss_habit_rows *rows = x->rows;
    ss_tally *tally = ss_tally_new(1, &rows->people);
    bool enough;

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (!rows->values->null[r] && !x->finer[r] && x->units[r] != 0 && x->units[r] % step == 0)
            ss_habit_add(rows, tally, 0, r);
    }
    enough = ss_tally_enough(tally, 0);
    ss_tally_free(tally);
    return enough;
}

static void
tell_step(const numbers *x, uint64_t step, ss_habits *h)
{
    const ss_habit_rows *rows = x->rows;
    ss_tally *tally = ss_tally_new(2, &rows->people);

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (!rows->values->null[r])
            ss_habit_add(rows, tally, x->units[r] % step != 0 || x->finer[r], r);
    }
    ss_habit_tell(rows, tally, (int64_t[]){(int64_t) step}, 1, &h->told[SS_HABIT_STEPS]);
    ss_tally_free(tally);
}

/* The largest power of ten that numbers lie on. */
static int64_t
place_of(const counts *rows, const counts *values)
{
    int digits = 0;

    while (digits < 15 && digits + 1 < FIVES && lies_on(rows, values, digits + 1, 0, digits + 1))
        digits++;
    return (int64_t) power(10, digits);
}

/* Two digits, of numbers that have a third; told where they are not even. */
static void
tell_endings(const numbers *x, int64_t place, ss_habits *h)
{
    const ss_habit_rows *rows = x->rows;
    ss_tally *tally = ss_tally_new(100 + 1, &rows->people);
    double seen[100] = {0}, n = 0, chi = 0;

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        const uint64_t q = x->units[r] / (uint64_t) place;
        const bool ends = q >= 100 && !x->finer[r];

        if (!rows->values->null[r])
            ss_habit_add(rows, tally, ends ? (uint32_t) (q % 100) : 100, r);
        if (!ends)
            continue;
        seen[q % 100]++;
        n++;
    }
    for (size_t i = 0; i < 100 && n > 0; i++)
        chi += (seen[i] - n / 100) * (seen[i] - n / 100) / (n / 100);
    if (n >= ROWS_LEAST && chi > UNEVEN)
        ss_habit_tell(rows, tally, NULL, 100, &h->told[SS_HABIT_ENDINGS]);
    if (h->told[SS_HABIT_ENDINGS].cells.n > 0)
        h->place = place;
    ss_tally_free(tally);
}

void
ss_fit_steps(const ss_habit_rows *rows, ss_habits *h)
{
    const numbers x = {.rows = rows,
                       .units = ss_alloc(rows->scratch, rows->sample->n + 1, sizeof *x.units),
                       .finer = ss_alloc(rows->scratch, rows->sample->n + 1, sizeof *x.finer)};
    counts *all = ss_alloc(rows->scratch, 1, sizeof *all);
    counts *different = ss_alloc(rows->scratch, 1, sizeof *different);
    uint64_t *set = ss_alloc(rows->scratch, (size_t) 2 * VALUES, sizeof *set), step;
    int64_t place;
    size_t n = 0;

    for (size_t r = 0; r < rows->sample->n; r++)
    {
        const uint64_t u = x.units[r] = units_of(rows, r, &x.finer[r]);

        if (u == 0)
            continue;
        count(all, u, x.finer[r], rows->sample->weights[r]);
        if (is_new(set, &n, u))
            count(different, u, x.finer[r], SS_WHOLE);
    }
    if (n < VALUES_LEAST)
        return;
    add_up(all);
    add_up(different);
    step = coarsest(all, different);
    if (step == 0)
        return;
    if (step > 1 && is_of_people(&x, step))
        tell_step(&x, step, h);
    place = place_of(all, different);
    /* The last digits of a float are its precision's. */
    if ((place > 1 || !rows->column->is_float) && is_of_people(&x, (uint64_t) place))
        tell_endings(&x, place, h);
}
