#include "fit/column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/statistics_json.h"

#define NUMBER_CELLS 2048 /* distinct numbers before they coarsen */
#define TEXT_CELLS   1024 /* distinct texts before there are no categories */
#define SHAPE_CELLS  512
#define VALUES_SEEN  1024 /* of those that are too many to be told apart, a fair sample */
#define CELLS_BUDGET ((size_t) 128 << 20) /* bytes, of one table */
#define CELLS_LEAST  64
#define POINTS       64 /* quantiles of a number, at most */
#define FLOAT_DIGITS 6  /* decimals kept of a float */

/* Decimals of numeric(p,s): the typmod holds them; of plain numeric as many as a float gets. */
static int
decimals(const ss_catalog *catalog, const ss_column *column)
{
    const int32_t typmod = ss_catalog_typmod(catalog, column);

    if (typmod < 4)
        return 4;
    return ss_numeric_scale(typmod) < 0 ? 0 : ss_numeric_scale(typmod);
}

static ss_counter *
counter_new(ss_counter_kind kind, size_t bound, const ss_fit_who *who)
{
    return ss_counter_new(kind, bound < who->cells ? bound : who->cells, who->k, who->npaths,
                          who->may_be_empty);
}

static size_t
values_seen(const ss_fit_who *who)
{
    return VALUES_SEEN < who->cells / 2 ? VALUES_SEEN : who->cells / 2;
}

void
ss_fit_column_init(ss_fit_column *c, const ss_catalog *catalog, const ss_column *column,
                   const ss_decision *decision, ss_fit_key is_key, const ss_fit_who *who,
                   bool *null_empty)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];
    /* The policy lets nothing undecided through; nor would this. */
    const bool learns = decision->treatment == SS_TREAT_SYNTHESISE && is_key != SS_FIT_KEY &&
                        decision->class != SS_CLASS_UNDECIDED;

    *c = (ss_fit_column){.catalog = catalog,
                         .column = column,
                         .decision = decision,
                         .kind = SS_MARGINAL_SHAPE,
                         .step = 1,
                         .who = who,
                         .null_empty = null_empty};
    if (column->generated != SS_GENERATED_NOT)
        c->kind = SS_MARGINAL_NONE;
    else if (decision->treatment == SS_TREAT_NULLIFY)
        c->kind = SS_MARGINAL_NULL;
    else if (decision->treatment == SS_TREAT_CONSTANT)
        c->kind = SS_MARGINAL_CONSTANT;
    else if (is_key == SS_FIT_KEY_OF_KEPT && learns && t != NULL &&
             (ss_type_is_integer(t) || ss_type_is_text(t)))
        c->kind = SS_MARGINAL_REFERENCE;
    else if (is_key != SS_FIT_NO_KEY)
        c->kind = SS_MARGINAL_KEY;
    if (!column->not_null && (c->kind == SS_MARGINAL_SHAPE || ss_marginal_is_key(c->kind)))
    {
        c->null_people = ss_crowd_new(who->k, who->npaths);
        c->present_people = ss_crowd_new(who->k, who->npaths);
    }
    if (t != NULL && c->kind == SS_MARGINAL_KEY && ss_type_is_text(t))
    {
        /* Keys are made, but a CHECK may hold them to length and alphabet. */
        c->lengths = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
        c->alphabets = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
    }
    if (c->kind == SS_MARGINAL_KEY)
        c->different = ss_cardinality_new(values_seen(who),
                                          &(ss_people){who->k, who->npaths, who->may_be_empty});
    if (c->kind == SS_MARGINAL_REFERENCE)
    {
        c->values = counter_new(SS_COUNTER_TEXTS, TEXT_CELLS, who);
        ss_counter_sample(c->values, values_seen(who));
    }
    if (t == NULL || (c->kind != SS_MARGINAL_SHAPE && c->kind != SS_MARGINAL_NONE))
        return;
    c->is_float = ss_type_is(t, "float4") || ss_type_is(t, "float8");
    c->is_number = c->is_float || ss_type_is_integer(t) || ss_type_is(t, "numeric");
    c->is_time =
        ss_type_is(t, "date") || ss_type_is(t, "timestamp") || ss_type_is(t, "timestamptz");
    c->scale = ss_type_is(t, "numeric") ? decimals(catalog, column)
               : c->is_float            ? FLOAT_DIGITS
                                        : 0;
    if (c->is_time && !ss_type_is(t, "date"))
        c->step = 1000000;
    if (c->kind == SS_MARGINAL_NONE)
        return;
    if (t->kind == SS_TYPE_ENUM || ss_type_is(t, "bool"))
    {
        /* Declared values: shape too generates from them, with nothing learnt. */
        c->kind = SS_MARGINAL_CATEGORIES;
        if (learns)
            c->values = counter_new(SS_COUNTER_NUMBERS, NUMBER_CELLS, who);
    }
    else if (c->is_number || c->is_time || ss_type_is(t, "time"))
    {
        c->codes = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
        if (learns)
        {
            c->kind = SS_MARGINAL_NUMBER;
            c->values = counter_new(SS_COUNTER_NUMBERS, NUMBER_CELLS, who);
        }
    }
    else if (ss_type_is_text(t))
    {
        c->lengths = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
        c->alphabets = counter_new(SS_COUNTER_NUMBERS, SHAPE_CELLS, who);
        if (learns)
        {
            c->kind = SS_MARGINAL_CATEGORIES;
            c->values = counter_new(SS_COUNTER_TEXTS, TEXT_CELLS, who);
        }
    }
    if (c->values != NULL)
        ss_counter_sample(c->values, values_seen(who));
}

void
ss_fit_column_done(ss_fit_column *c)
{
    ss_counter_free(c->values);
    ss_counter_free(c->lengths);
    ss_counter_free(c->alphabets);
    ss_counter_free(c->codes);
    ss_cardinality_free(c->different);
    ss_crowd_free(c->null_people);
    ss_crowd_free(c->present_people);
}

/* --- adding ------------------------------------------------------------------------------------- */

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

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
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
        *units = floor_div(values->i64[r], c->step);
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

/* Sign and digits of a number (-18 .. 18), or the decade of a date. */
static int64_t
code_of(const ss_fit_column *c, int64_t units)
{
    int64_t digits = 0;
    uint64_t u = units < 0 ? 0 - (uint64_t) units : (uint64_t) units;

    if (c->is_time)
        /* 3652.5 days to a decade are near enough: only the decade is kept */
        return floor_div(units, c->step == 1 ? 3652 : 3652 * 86400);
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

void
ss_fit_column_add_units(ss_fit_column *c, int64_t units, const uint64_t *subjects, uint64_t weight)
{
    ss_counter_add(c->codes, code_of(c, units), subjects, weight);
    if (c->values != NULL)
        ss_counter_add(c->values, units, subjects, weight);
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

/* What the shape of a text is: its characters, coarser the longer it is, and the classes that these are of. */
typedef struct text_shape
{
    int64_t length, alphabet;
} text_shape;

static text_shape
shape_of(const unsigned char *text, size_t n)
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
    return (text_shape){ss_fit_coarse_length(characters), mask};
}

static void
add_text(ss_fit_column *c, const unsigned char *text, size_t n, const uint64_t *subjects,
         uint64_t weight, const ss_hash_key *key)
{
    const text_shape is = shape_of(text, n);

    ss_counter_add(c->lengths, is.length, subjects, weight);
    ss_counter_add(c->alphabets, is.alphabet, subjects, weight);
    if (c->values != NULL)
        ss_counter_add_text(c->values, (const char *) text, n, ss_hash(key, text, n), subjects,
                            weight);
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

static uint64_t
hash_of(const ss_batch_column *values, size_t r, const ss_hash_key *key)
{
    const void *data = values->form == SS_FORM_I64 ? (const void *) &values->i64[r]
                                                   : (const void *) &values->f64[r];
    size_t n = sizeof(int64_t);

    if (values->form == SS_FORM_TEXT || values->form == SS_FORM_WIRE)
        data = ss_column_bytes(values, r, &n);
    return ss_hash(key, data, n);
}

void
ss_fit_column_add(ss_fit_column *c, const ss_batch_column *values, size_t n,
                  const ss_fit_behind *behind, const ss_hash_key *key)
{
    c->form = values->form;
    for (size_t r = 0; r < n; r++)
    {
        const uint64_t *who = behind->subjects + r * behind->npaths;
        const uint64_t weight = behind->weights[r];
        int64_t units;

        c->count += weight;
        if (c->null_people != NULL)
            ss_crowd_add(values->null[r] ? c->null_people : c->present_people, who, weight);
        if (values->null[r])
        {
            c->nulls += weight;
            continue;
        }
        if (c->different != NULL)
            ss_cardinality_add(c->different, hash_of(values, r, key), who, weight);
        if (c->lengths != NULL)
        {
            size_t length;
            const unsigned char *text = ss_column_bytes(values, r, &length);

            add_text(c, text, length, who, weight, key);
        }
        else if (c->kind == SS_MARGINAL_REFERENCE)
        {
            char room[SS_FIT_NUMBER_TEXT];
            size_t length;
            const unsigned char *text = ss_fit_column_text(values, r, room, &length);

            ss_counter_add_text(c->values, (const char *) text, length, ss_hash(key, text, length),
                                who, weight);
        }
        else if (c->codes != NULL && units_of(c, values, r, &units))
            ss_fit_column_add_units(c, units, who, weight);
        else if (c->codes == NULL && c->values != NULL)
            ss_counter_add(c->values, values->i64[r], who, weight);
    }
}

static void
merge_counters(ss_counter *into, const ss_counter *from)
{
    if (into != NULL)
        ss_counter_merge(into, from);
}

void
ss_fit_column_merge(ss_fit_column *into, const ss_fit_column *from)
{
    into->form = from->count > 0 ? from->form : into->form;
    into->nulls += from->nulls;
    into->count += from->count;
    if (into->null_people != NULL)
    {
        ss_crowd_merge(into->null_people, from->null_people);
        ss_crowd_merge(into->present_people, from->present_people);
    }
    merge_counters(into->values, from->values);
    merge_counters(into->lengths, from->lengths);
    merge_counters(into->alphabets, from->alphabets);
    merge_counters(into->codes, from->codes);
    if (into->different != NULL)
        ss_cardinality_merge(into->different, from->different);
}

/* --- finishing ---------------------------------------------------------------------------------- */

uint64_t
ss_fit_told(const ss_fit_terms *terms, uint64_t weight)
{
    return ss_control_rescale(ss_whole_rows(weight) << terms->halved, terms->aside);
}

uint64_t
ss_fit_round(const ss_fit_terms *terms, uint64_t rows)
{
    const uint64_t half = (UINT64_C(1) << terms->halved) / 2;

    return ss_people_round((rows + half) >> terms->halved) << terms->halved;
}

uint64_t
ss_fit_stored(const ss_fit_terms *terms, uint64_t count)
{
    const uint64_t least = ss_people_least(terms->k), stored = ss_fit_round(terms, count);

    return count == 0 ? 0 : stored < least ? least : stored;
}

/* Take from the largest what the least have more than their share. */
static void
even_out(ss_cells *cells, uint64_t excess, uint64_t least)
{
    while (excess > 0)
    {
        ss_cell *largest = &cells->cells[0];
        uint64_t spare;

        for (size_t i = 1; i < cells->n; i++)
            largest = cells->cells[i].count > largest->count ? &cells->cells[i] : largest;
        spare = largest->count > least ? largest->count - least : 0;
        if (spare == 0)
            return;
        spare = spare < excess ? spare : excess;
        largest->count -= spare;
        excess -= spare;
    }
}

size_t
ss_fit_most_cells(size_t npaths, size_t k, size_t counters)
{
    const size_t each = (npaths * k + 8) * sizeof(uint64_t);
    const size_t cells = CELLS_BUDGET / (each * counters);

    return cells < CELLS_LEAST ? CELLS_LEAST : cells;
}

void
ss_fit_store(ss_cells *cells, uint64_t *rest, uint64_t total, const ss_fit_terms *terms)
{
    __extension__ typedef unsigned __int128 wide;
    const uint64_t least = ss_people_least(terms->k);
    uint64_t rows = *rest, seen = 0, told = 0, excess = 0;

    for (size_t i = 0; i < cells->n; i++)
        rows += cells->cells[i].count;
    if (rows == 0)
        return;
    /* Edges are rounded, not counts: so they come to the total whatever their number. */
    for (size_t i = 0; i <= cells->n; i++)
    {
        uint64_t *count = i < cells->n ? &cells->cells[i].count : rest;
        uint64_t edge;

        if (*count == 0)
            continue;
        seen += *count;
        edge = ss_fit_round(terms, (uint64_t) ((wide) seen * total / rows));
        *count = edge - told;
        told = edge;
        if (*count < least)
        {
            excess += least - *count;
            *count = least;
        }
    }
    if (cells->n > 0)
        even_out(cells, excess, least);
    cells->total = 0;
    for (size_t i = 0; i < cells->n; i++)
        cells->total += cells->cells[i].count;
}

/* The cells with k people behind them and their rows; *left the rows of the others, 0 where they have not k together. */
static void
take_cells(const ss_counter *counter, const ss_fit_terms *terms, ss_arena *result, ss_cells *out,
           uint64_t *left)
{
    size_t n = 0;
    ss_count *list;

    *out = (ss_cells){0};
    *left = 0;
    if (counter == NULL || terms->uncounted)
        return;
    list = ss_counter_list(counter, &n);
    out->cells = ss_alloc(result, n + 1, sizeof *out->cells);
    for (size_t i = 0; i < n; i++)
    {
        if (!list[i].enough)
        {
            *left += list[i].count;
            continue;
        }
        out->cells[out->n] = (ss_cell){
            .number = list[i].text != NULL ? SS_NO_NUMBER : list[i].number,
            .text =
                list[i].text != NULL ? ss_strndup(result, list[i].text, list[i].text_length) : NULL,
            .count = list[i].count};
        out->n++;
        list[i].count = 0;
    }
    if (!ss_counter_enough_together(counter, list, n))
        *left = 0;
    free(list);
}

/* Every declared value alive, those with k behind them with their counts. */
static void
take_declared(const ss_fit_column *c, const ss_fit_terms *terms, uint64_t present, ss_arena *result,
              ss_marginal *m)
{
    const ss_type *t = &c->catalog->types[ss_catalog_base_type(c->catalog, c->column->type)];
    const size_t n = t->kind == SS_TYPE_ENUM ? t->nlabels : 2;
    ss_cells learnt;
    uint64_t left;

    /* What is not stored is declared all the same, and made now and then. */
    take_cells(terms->shape_only ? NULL : c->values, terms, result, &learnt, &left);
    left = 0;
    ss_fit_store(&learnt, &left, present, terms);
    m->values.cells = ss_alloc(result, n + 1, sizeof *m->values.cells);
    for (size_t i = 0; i < n; i++)
    {
        ss_cell *cell = &m->values.cells[m->values.n++];

        *cell = (ss_cell){.number = (int64_t) i};
        for (size_t k = 0; k < learnt.n; k++)
        {
            if (learnt.cells[k].number == (int64_t) i)
                cell->count = learnt.cells[k].count;
        }
        m->values.total += cell->count;
    }
}

/* --- quantiles ---------------------------------------------------------------------------------- */

/* The largest of 1, 2, 5, 10, 20 ... that is at most a quarter of width. */
static int64_t
decimal_unit(uint64_t width)
{
    int64_t unit = 1;

    for (;;)
    {
        if ((uint64_t) unit * 2 > width / 4)
            return unit;
        if ((uint64_t) unit * 5 > width / 4)
            return unit * 2;
        if ((uint64_t) unit * 10 > width / 4)
            return unit * 5;
        unit *= 10;
    }
}

/* The day that a month begins with, from 2000-01-01 on; months: since then. */
static int64_t
month_begins(int64_t months)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const int64_t year = 2000 + floor_div(months, 12), last = year - 1;
    const int month = (int) (months - (year - 2000) * 12);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    /* 1999 years before 2000 have 484 leap days */
    return (year - 2000) * 365 + floor_div(last, 4) - floor_div(last, 100) + floor_div(last, 400) -
           484 + before[month] + (leap && month >= 2);
}

/* The first beginning of a month, or of a year, that is not before that day. */
static int64_t
next_month(int64_t days, bool years)
{
    /* a month too early at most: none is longer than 31 days, and 400 years have 146,097 */
    int64_t months =
        floor_div(days, 146097) * 4800 + (days - floor_div(days, 146097) * 146097) / 31;

    while (month_begins(months) < days || (years && months % 12 != 0))
        months++;
    return month_begins(months);
}

static int64_t
ceil_to(int64_t v, int64_t unit)
{
    return -(floor_div(-v, unit) * unit);
}

/*
 * v or the next number after it on a grid as coarse as a pool of that width can bear, so that it is the
 * grid's number and not somebody's: of times beginnings of years, months, weeks, days, hours ...
 */
static int64_t
next_on_grid(const ss_fit_column *c, int64_t v, uint64_t width)
{
    static const int64_t seconds[] = {604800, 86400, 21600, 3600, 600, 60, 10, 2};
    const int64_t day = c->step == 1 ? 1 : 86400;
    const uint64_t days = width / (uint64_t) day;

    if (v > INT64_MAX / 4 || v < -INT64_MAX / 4)
        return v;
    if (!c->is_time)
        return ceil_to(v, decimal_unit(width > INT64_MAX / 4 ? INT64_MAX / 4 : width));
    if (days >= 92)
        return next_month(-floor_div(-v, day), days >= 1096) * day;
    if (c->step == 1)
        return ceil_to(v, days >= 21 ? 7 : days >= 6 ? 2 : 1);
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++)
    {
        if (width / 3 >= (uint64_t) seconds[i])
            return ceil_to(v, seconds[i]);
    }
    return v;
}

/*
 * Where half of a pool lies behind, of its rows and of k people: a far value among its first says nothing about how close the others
 * are, nor do the values of one who has half of the rows.
 */
static int64_t
middle(const ss_counter *counter, const ss_count *list, size_t n, uint64_t pool)
{
    const size_t half = ss_counter_half_from(counter, list, n);
    uint64_t behind = list->count;
    size_t i = 0;

    for (; i < half && 2 * behind < pool; behind += list[i].count)
        i++;
    return list[i].number;
}

/*
 * Quantiles: neighbouring cells are pooled until each pool holds at least k people and a 64th of
 * the rows; a point is the end of a pool, which takes in what lies before the next number on the grid.
 * Before the first point and beyond the last one lies one pool more.
 */
static void
take_points(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result, ss_marginal *m)
{
    const int64_t cell = INT64_C(1)
                         << (ss_counter_shift(c->values) < 62 ? ss_counter_shift(c->values) : 62);
    size_t n, start = 0;
    ss_count *list = ss_counter_list(c->values, &n);
    uint64_t total = 0, pool = 0, least;

    /* What is an atom is not in the quantiles. */
    for (size_t i = 0; i < n; i++)
    {
        if (ss_counter_shift(c->values) == 0 && list[i].enough)
            list[i].count = 0;
        total += list[i].count;
    }
    least = total / POINTS;
    if (least < 2 * terms->k)
        least = 2 * terms->k;
    m->points = ss_alloc(result, POINTS + 4, sizeof *m->points);
    for (size_t i = 0; i < n; i++)
    {
        int64_t point;

        pool += list[i].count;
        if (pool < least || total < 2 * least || m->npoints == POINTS ||
            !ss_counter_enough_together(c->values, list + start, i + 1 - start))
            continue;
        point = list[i].number > INT64_MAX - cell ? INT64_MAX : list[i].number + cell;
        point = next_on_grid(c, point,
                             2 * ((uint64_t) point -
                                  (uint64_t) middle(c->values, list + start, i + 1 - start, pool)));
        for (; i + 1 < n && list[i + 1].number < point; i++)
            pool += list[i + 1].count;
        m->points[m->npoints++] = point;
        total -= pool;
        pool = 0;
        start = i + 1;
    }
    if (m->npoints > 0 && !ss_counter_enough_together(c->values, list + start, n - start))
        m->npoints--;
    free(list);
}

static uint64_t
rows_of(const ss_counter *counter)
{
    size_t n;
    ss_count *list = ss_counter_list(counter, &n);
    uint64_t rows = 0;

    for (size_t i = 0; i < n; i++)
        rows += list[i].count;
    free(list);
    return rows;
}

/*
 * Atoms: single values with k people behind them (prices, defaults, round numbers), known only
 * while cells are one unit wide.  The rest follows the quantiles, where there is enough of it.
 */
static void
take_number(const ss_fit_column *c, const ss_fit_terms *terms, uint64_t present, ss_arena *result,
            ss_marginal *m)
{
    uint64_t left = 0;

    if (ss_counter_shift(c->values) == 0)
        take_cells(c->values, terms, result, &m->values, &left);
    else
        left = rows_of(c->values);
    take_points(c, terms, result, m);
    if (m->npoints < 2)
        m->npoints = 0;
    else
        m->rest = left;
    ss_fit_store(&m->values, &m->rest, present, terms);
    if (m->npoints == 0 && m->values.n == 0)
        m->kind = SS_MARGINAL_SHAPE;
}

/*
 * The null share, when k people are NULL and k are not: else all, where k are NULL or all rows are nobody's, or none.  Where NULL is
 * the column's own way of saying that a path leads to nobody, the other paths tell.
 */
static void
take_nulls(const ss_fit_column *c, const ss_fit_terms *terms, ss_marginal *m)
{
    bool null, present;

    if (c->null_people == NULL || terms->uncounted || m->count == 0)
        return;
    null = ss_crowd_enough(c->null_people, c->null_empty);
    present = ss_crowd_enough(c->present_people, c->who->may_be_empty);
    if (null && present)
    {
        const uint64_t least = ss_people_round(terms->k);

        m->nulls = ss_fit_stored(terms, ss_fit_told(terms, c->nulls));
        if (m->count < 2 * least)
            m->nulls = 2 * c->nulls > c->count ? m->count : 0;
        else if (m->nulls + least > m->count)
            m->nulls = m->count - least;
    }
    else if ((null && !present) || (c->nulls == c->count && terms->nobody))
        m->nulls = m->count;
}

static void
take_shape(const ss_counter *counter, const ss_fit_terms *terms, ss_arena *result,
           const ss_marginal *m, ss_cells *shape)
{
    uint64_t none = 0;

    take_cells(counter, terms, result, shape, &none);
    none = 0;
    ss_fit_store(shape, &none, ss_fit_shape_rows(m), terms);
}

/*
 * Shapes of the texts that are not told: of all, they less the values would be those that fewer than k have.
 */
static void
take_shapes_of_rest(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result,
                    ss_marginal *m)
{
    size_t n;
    ss_count *list = ss_counter_list(c->values, &n);
    int64_t *lengths = ss_must(calloc(n + 1, sizeof *lengths));
    int64_t *alphabets = ss_must(calloc(n + 1, sizeof *alphabets));
    ss_counter *of_lengths, *of_alphabets;

    for (size_t i = 0; i < n; i++)
    {
        const text_shape is = shape_of((const unsigned char *) list[i].text, list[i].text_length);

        lengths[i] = is.length;
        alphabets[i] = is.alphabet;
        list[i].count = list[i].enough ? 0 : list[i].count;
    }
    of_lengths = ss_counter_regroup(c->values, list, lengths, n);
    of_alphabets = ss_counter_regroup(c->values, list, alphabets, n);
    take_shape(of_lengths, terms, result, m, &m->lengths);
    take_shape(of_alphabets, terms, result, m, &m->alphabets);
    ss_counter_free(of_lengths);
    ss_counter_free(of_alphabets);
    free(lengths);
    free(alphabets);
    free(list);
}

uint64_t
ss_fit_shape_rows(const ss_marginal *m)
{
    return m->values.n > 0 ? m->rest : m->count - m->nulls;
}

/* The keys that k people's rows refer to, or none: then it is a key like any other. */
static void
take_references(const ss_fit_column *c, const ss_fit_terms *terms, uint64_t present,
                ss_arena *result, ss_marginal *m)
{
    if (terms != NULL && !ss_counter_overflowed(c->values))
    {
        take_cells(c->values, terms, result, &m->values, &m->rest);
        ss_fit_store(&m->values, &m->rest, present, terms);
    }
    if (m->values.n > 0)
        return;
    m->kind = SS_MARGINAL_KEY;
    m->rest = 0;
}

void
ss_fit_column_finish(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result,
                     ss_marginal *m)
{
    const bool learns = !terms->shape_only && !terms->uncounted;
    uint64_t present;

    *m = (ss_marginal){.column = c->column->name,
                       .kind = c->kind,
                       .count = terms->rows,
                       .constant = c->decision->value,
                       .scale = c->scale,
                       .step = c->step};
    take_nulls(c, terms, m);
    present = terms->rows - m->nulls;
    if (c->kind == SS_MARGINAL_REFERENCE)
        take_references(c, learns ? terms : NULL, present, result, m);
    else if (c->kind == SS_MARGINAL_CATEGORIES && c->lengths == NULL)
        take_declared(c, terms, present, result, m);
    else if (!learns && (c->kind == SS_MARGINAL_CATEGORIES || c->kind == SS_MARGINAL_NUMBER))
        m->kind = SS_MARGINAL_SHAPE;
    else if (c->kind == SS_MARGINAL_CATEGORIES)
    {
        if (!ss_counter_overflowed(c->values))
            take_cells(c->values, terms, result, &m->values, &m->rest);
        ss_fit_store(&m->values, &m->rest, present, terms);
        if (m->values.n == 0)
        {
            m->kind = SS_MARGINAL_SHAPE;
            m->rest = 0;
        }
    }
    else if (c->kind == SS_MARGINAL_NUMBER)
        take_number(c, terms, present, result, m);
    if (m->kind == SS_MARGINAL_CATEGORIES && c->lengths != NULL && m->rest > 0)
        take_shapes_of_rest(c, terms, result, m);
    else if (m->kind == SS_MARGINAL_SHAPE || m->kind == SS_MARGINAL_KEY)
    {
        take_shape(c->lengths, terms, result, m, &m->lengths);
        take_shape(c->alphabets, terms, result, m, &m->alphabets);
        take_shape(c->codes, terms, result, m, &m->codes);
    }
}
