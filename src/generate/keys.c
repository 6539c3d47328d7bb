/* Keys: a keyed bijection of the row number inside the column's own domain. */
#include <string.h>

#include "base/divide.h"
#include "base/wide.h"
#include "generate/generate_internal.h"

_Static_assert(SS_PATTERN_LENGTH <= KEY_BYTES, "a key by a pattern fits a value");

/*
 * Text keys are written in these; none looks like another and none can spell a word.  Letters come first:
 * a code mostly begins with one.
 */
static const char mixed[] = "BCDFGHJKLMNPQRSTVWXYZ0123456789",
                  mixed_lower[] = "bcdfghjklmnpqrstvwxyz0123456789";
#define DIGITS  10
#define LETTERS (sizeof mixed - 1 - DIGITS)

#define KEYS_MAX  (UINT64_C(1) << 40)
#define KEY_TEXT  40 /* characters of a text key, without a domain behind them */
#define SECOND_US INT64_C(1000000)

static uint64_t
power(uint64_t base, size_t n)
{
    uint64_t v = 1;

    while (n-- > 0 && v < KEYS_MAX)
        v *= base;
    return v;
}

/* Most characters of a text key. */
static size_t
text_room(const made_column *c)
{
    if (c->most > 0 && c->most < KEY_TEXT && (c->typmod < 4 || c->most <= (size_t) c->typmod - 4))
        return c->most;
    return c->typmod < 4 || ss_type_is(c->type, "name") || !ss_type_is_text(c->type) ||
                   (size_t) c->typmod - 4 > KEY_TEXT
               ? KEY_TEXT
               : (size_t) c->typmod - 4;
}

/* Do most of the column's values look like addresses, or does a CHECK say that all do? */
bool
ss_generate_is_email(const made_column *c)
{
    uint64_t emails = 0;

    for (size_t i = 0; i < c->marginal->alphabets.n; i++)
    {
        if (c->marginal->alphabets.cells[i].number == SS_ALPHABET_EMAIL)
            emails = c->marginal->alphabets.cells[i].count;
    }
    return c->email || (emails > 0 && emails >= c->marginal->alphabets.total / 2);
}

bool
ss_generate_is_learnt(const made_column *c)
{
    return c->marginal->alphabets.total > 0;
}

/* A CHECK may ask for what all of the source's keys are: digits, capitals, small letters. */
static void
choose_alphabet(made_column *c)
{
    const ss_cells *seen = &c->marginal->alphabets;
    int64_t mask = 0;

    for (size_t i = 0; i < seen->n; i++)
        mask |= seen->cells[i].number;
    c->key_letters = c->lower || (!c->upper && (mask & SS_ALPHABET_LOWER) != 0 &&
                                  (mask & SS_ALPHABET_UPPER) == 0)
                         ? mixed_lower
                         : mixed;
    c->key_base = LETTERS + DIGITS;
    if (mask == SS_ALPHABET_DIGIT)
    {
        c->key_letters += LETTERS;
        c->key_base = DIGITS;
    }
    else if (mask != 0 && (mask & (SS_ALPHABET_DIGIT | SS_ALPHABET_EMAIL)) == 0)
        c->key_base = LETTERS;
}

/*
 * As long as most of the source's when they all fit in that; else six characters, which look like a code;
 * more when the rows need them, fewer when the column is short.
 */
static size_t
choose_length(const made_column *c, uint64_t rows, size_t most)
{
    const ss_cells *seen = &c->marginal->lengths;
    size_t length = 6;
    uint64_t count = 0;

    if (ss_type_is(c->type, "bytea") && c->octets > 0 && c->octets <= KEY_BYTES)
        return c->octets;

    for (size_t i = 0; i < seen->n; i++)
    {
        const int64_t n = seen->cells[i].number;

        if (n <= 0 || n > KEY_TEXT || seen->cells[i].count <= count || c->way.email)
            continue;
        count = seen->cells[i].count;
        length = (size_t) n;
    }
    if (length < c->least)
        length = c->least;
    if (length > most)
        length = most;
    while (power(c->key_base, length) < rows && length < most)
        length++;
    return length;
}

static void
add_way(key_way *ways, size_t *n, key_way way)
{
    for (size_t i = 0; i < *n; i++)
    {
        if (ways[i].pattern == way.pattern && ways[i].email == way.email)
            return;
    }
    if (way.pattern == NULL || ss_pattern_count(way.pattern) > 0)
        ways[(*n)++] = way;
}

size_t
ss_generate_key_ways(const made_column *c, key_way *ways)
{
    const bool email = ss_generate_is_email(c), learnt = ss_generate_is_learnt(c);
    size_t n = 0;

    /* A pattern that says little yields to what was learnt, addresses only to what passes more. */
    if (!email && c->pattern != NULL && (ss_pattern_says(c->pattern) || !learnt))
        add_way(ways, &n, (key_way){.pattern = c->pattern});
    add_way(ways, &n, (key_way){.email = email});
    for (size_t i = 0; i < c->nreadable; i++)
        add_way(ways, &n, (key_way){.pattern = c->readable[i]});
    if (c->other_reading != NULL && c->other_reading->pattern != NULL)
        add_way(ways, &n, (key_way){.pattern = c->other_reading->pattern});
    add_way(ways, &n, (key_way){0});
    return n;
}

/* How many different keys the column can hold; 0: none can be made of its type. */
static uint64_t
most_keys(const made_column *c)
{
    const ss_type *t = c->type;

    if (t->kind == SS_TYPE_ENUM)
        return t->nlabels;
    if (ss_type_is_text(t) && c->ndeclared > 0)
        return c->ndeclared;
    if (c->way.pattern != NULL)
        return ss_pattern_count(c->way.pattern);
    if (ss_type_is(t, "bool"))
        return 2;
    if (ss_type_is(t, "int2"))
        return INT16_MAX;
    if (ss_type_is(t, "int4") || ss_type_is(t, "oid"))
        return INT32_MAX;
    if (ss_type_is(t, "float4"))
        return UINT64_C(1) << 24;
    if (ss_type_is(t, "time"))
        return c->typmod >= 0 ? 86400 : 86400000;
    if (ss_type_is(t, "int8") || ss_type_is(t, "float8") || ss_type_is(t, "macaddr") ||
        ss_type_is(t, "uuid") || ss_type_is(t, "timestamp") || ss_type_is(t, "timestamptz"))
        return KEYS_MAX;
    if (ss_type_is(t, "date"))
        return 1000000;
    if (ss_type_is(t, "numeric"))
    {
        const int precision = c->typmod < 4 ? 15 : ss_numeric_precision(c->typmod),
                  scale = c->typmod < 4 ? 0 : ss_numeric_scale(c->typmod);

        /* With a negative scale the small numbers are not its own. */
        return scale < 0 ? 0 : precision <= scale ? 1 : power(10, (size_t) (precision - scale)) - 1;
    }
    if (ss_type_is_text(t))
        return power(c->key_base, text_room(c));
    if (ss_type_is(t, "bytea"))
        return c->octets == 0 ? KEYS_MAX : power(c->key_base, c->octets);
    if (ss_type_is(t, "inet"))
        return UINT64_C(1) << 24;
    return 0;
}

/* Do CHECKs bound this key?  Their bounds are in units of the column's scale. */
static bool
bounded(const made_column *c)
{
    return c->marginal->scale == 0 &&
           (ss_type_is_integer(c->type) || ss_type_is(c->type, "numeric"));
}

/* Are keys placed in the partitions or the list of numbers that the schema declares? */
static bool
in_intervals(const made_column *c)
{
    return c->nallowed == 0 && c->nintervals > 0 &&
           (bounded(c) || (c->family == FAMILY_DAY && c->codec != NULL));
}

/* Grid units between two keys of a number or day: whole numbers, the multiples that a CHECK wants; seconds. */
static int64_t
step_of(const made_column *c)
{
    int64_t whole = 1;

    if (c->family == FAMILY_DAY)
        return ss_type_is(c->type, "date") ? 1 : SECOND_US / c->marginal->step;
    if (c->family != FAMILY_NUMBER || c->multiple == 0)
        return 1;
    for (int i = 0; i < c->marginal->scale; i++)
        whole *= 10;
    return c->multiple / (int64_t) ss_common_divisor((uint64_t) c->multiple, (uint64_t) whole);
}

/* The keys of an interval, in steps: empty when there are none of the type. */
static interval
run_of(const made_column *c, interval i)
{
    const int64_t low = i.low < c->lowest ? c->lowest : i.low,
                  high = i.high > c->highest ? c->highest : i.high;

    return (interval){-ss_floor_div(-low, c->key_step), ss_floor_div(high, c->key_step)};
}

static uint64_t
length_of(const interval *run)
{
    return run->high < run->low ? 0 : (uint64_t) run->high - (uint64_t) run->low + 1;
}

/* From 1 where so many keys have room there: other columns may refer to no key below zero. */
static void
prefer_positive(interval *run, uint64_t keys)
{
    if (run->low < 1 && run->high >= 1 && (uint64_t) run->high >= keys)
        run->low = 1;
}

/* Returns how many keys the intervals have room for. */
static uint64_t
list_runs(made_column *c, uint64_t keys, ss_arena *arena)
{
    uint64_t others = 0;

    c->runs = ss_alloc(arena, c->nintervals, sizeof *c->runs);
    for (size_t i = 0; i < c->nintervals; i++)
    {
        c->runs[i] = run_of(c, c->intervals[i]);
        others += i == 0 ? 0 : length_of(&c->runs[i]);
    }
    if (c->intervals[0].low == INT64_MIN)
        prefer_positive(&c->runs[0], keys > others ? keys - others : 1);
    return others + length_of(&c->runs[0]);
}

/* The intervals get as many keys as one another, as far as they have room. */
static void
place(made_column *c, uint64_t keys, ss_arena *arena)
{
    c->placed = ss_alloc(arena, c->nintervals + 1, sizeof *c->placed);
    while (keys > 0)
    {
        uint64_t open = 0, share;

        for (size_t i = 0; i < c->nintervals; i++)
            open += c->placed[i + 1] < length_of(&c->runs[i]);
        if (open == 0)
            break;
        share = keys < open ? 1 : keys / open;
        for (size_t i = 0; i < c->nintervals && keys > 0; i++)
        {
            const uint64_t room = length_of(&c->runs[i]) - c->placed[i + 1];
            uint64_t take = share < room ? share : room;

            take = take < keys ? take : keys;
            c->placed[i + 1] += take;
            keys -= take;
        }
    }
    /* Without end below: the keys that are nearest to its bound. */
    if (c->intervals[0].low == INT64_MIN && c->runs[0].low != 1)
        c->runs[0].low = c->runs[0].high - (int64_t) c->placed[1] + 1;
    for (size_t i = 0; i < c->nintervals; i++)
        c->placed[i + 1] += c->placed[i];
}

/* How many keys the column's bounds leave of those of its type; sets where they begin. */
static uint64_t
most_in_bounds(made_column *c, uint64_t keys, ss_arena *arena)
{
    const uint64_t most = most_keys(c);
    uint64_t room = KEYS_MAX;

    c->key_first = c->family == FAMILY_DAY ? 0 : 1;
    c->key_step = step_of(c);
    c->downwards = false;
    if (most == 0)
        return 0;
    if (c->nallowed > 0)
        return c->nallowed;
    if (ss_type_is(c->type, "bool"))
    {
        c->key_first = c->has_low ? 1 : 0;
        return c->has_low || c->has_high ? 1 : 2;
    }
    if (in_intervals(c))
        room = list_runs(c, keys, arena);
    else if (bounded(c))
    {
        interval run = run_of(
            c, (interval){c->has_low ? c->low : INT64_MIN, c->has_high ? c->high : INT64_MAX});

        prefer_positive(&run, keys);
        c->downwards = !c->has_low && run.low < 1;
        c->key_first = c->downwards ? run.high : run.low;
        room = length_of(&run);
    }
    else
        return c->family == FAMILY_NUMBER ? most / (uint64_t) c->key_step : most;
    return room < KEYS_MAX ? room : KEYS_MAX;
}

bool
ss_generate_key_init(made_column *c, const unsigned char *seed, uint64_t rows, uint64_t *most,
                     ss_arena *arena)
{
    uint64_t keys;

    choose_alphabet(c);
    if (c->divisor == 0)
        c->divisor = 1;
    keys = (rows + c->divisor - 1) / c->divisor;
    *most = most_in_bounds(c, keys, arena);
    if (*most == 0)
        return false;
    keys = keys == 0 ? 1 : keys < *most ? keys : *most;
    ss_permutation_init(&c->permutation, seed, c->name, keys);
    c->placed = NULL;
    if (in_intervals(c))
        place(c, keys, arena);
    c->key_most = *most;
    c->key_length = choose_length(c, keys, text_room(c));
    return true;
}

static void
put_text(value *v, const made_column *c, uint64_t number)
{
    v->form = SS_FORM_TEXT;
    v->n = c->key_length;
    for (size_t i = v->n; i > 0; i--)
    {
        v->bytes[i - 1] = (unsigned char) c->key_letters[number % c->key_base];
        number /= c->key_base;
    }
}

void
ss_generate_capitals(unsigned char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (unsigned char) (text[i] - 'a' + 'A');
    }
}

/* A domain that is reserved for examples (RFC 2606), when there is room for it. */
static void
put_domain(value *v, const made_column *c)
{
    static const char domain[] = "@example.com";
    const size_t n = sizeof domain - 1;

    if (c->typmod >= 4 && !ss_type_is(c->type, "text") && v->n + n > (size_t) c->typmod - 4)
        return;
    memcpy(v->bytes + v->n, domain, n);
    v->n += n;
    if (c->upper)
        ss_generate_capitals(v->bytes, v->n);
}

static void
put_decimal(value *v, uint64_t number)
{
    unsigned char digits[24];
    size_t n = 0;

    do
        digits[n++] = (unsigned char) ('0' + number % 10);
    while ((number /= 10) != 0);
    v->form = SS_FORM_TEXT;
    v->n = n;
    for (size_t i = 0; i < n; i++)
        v->bytes[i] = digits[n - 1 - i];
}

/* Version 8 (RFC 9562): 40 bits are the number, the others a keyed hash of it. */
static void
put_uuid(value *v, const made_column *c, uint64_t number)
{
    uint64_t words[2];

    ss_stream_words(&c->stream, 2 * number, 2, words);
    v->form = SS_FORM_TEXT;
    v->n = 16;
    for (int i = 0; i < 16; i++)
        v->bytes[i] = (unsigned char) (words[i / 8] >> (8 * (i % 8)));
    for (int i = 0; i < 5; i++)
        v->bytes[i] = (unsigned char) (number >> (32 - 8 * i));
    v->bytes[6] = (unsigned char) (0x80 | (v->bytes[6] & 0x0F));
    v->bytes[8] = (unsigned char) (0x80 | (v->bytes[8] & 0x3F));
}

/* In steps. */
static int64_t
placed_key(const made_column *c, uint64_t number)
{
    const size_t i = ss_generate_last_at_most(c->placed, c->nintervals, number);

    return c->runs[i].low + (int64_t) (number - c->placed[i]);
}

static int64_t
number_key(const made_column *c, uint64_t number)
{
    const int64_t steps = c->placed != NULL ? placed_key(c, number)
                          : c->downwards    ? c->key_first - (int64_t) number
                                            : c->key_first + (int64_t) number;

    return steps * c->key_step * (c->family == FAMILY_DAY ? c->marginal->step : 1);
}

static value
kept_text(const char *text)
{
    return (value){.form = SS_FORM_TEXT, .kept = text, .n = strlen(text)};
}

void
ss_generate_key(const made_column *c, uint64_t row, uint32_t attempt, value *v)
{
    const uint64_t rows = c->permutation.n,
                   first = ss_permute(&c->permutation, row / c->divisor % rows);
    /* Later attempts have keys of their own, turned by one: a round number of rows would keep the last digit. */
    const bool stays = attempt < DESPERATE_ATTEMPT || c->referenced || c->digit || c->of_siblings ||
                       c->divisor > 1 || c->placed != NULL;
    const uint64_t later = stays ? 0 : attempt - DESPERATE_ATTEMPT + 1;
    const uint64_t number =
        later == 0 ? first : (later * rows + (first + later) % rows) % c->key_most;
    const ss_type *t = c->type;

    *v = (value){.form = SS_FORM_I64};
    if (c->nallowed > 0)
        *v = kept_text(c->allowed[number]);
    else if (ss_type_is_text(t) && c->ndeclared > 0)
        *v = kept_text(c->declared[number]);
    else if (c->way.pattern != NULL)
    {
        v->form = SS_FORM_TEXT;
        v->n = ss_pattern_number(c->way.pattern, number, (char *) v->bytes);
    }
    else if (t->kind == SS_TYPE_ENUM)
        v->i64 = (int64_t) number;
    else if (ss_type_is(t, "time"))
        v->i64 = (int64_t) number * (c->typmod >= 0 ? 1000000 : 1000);
    else if (ss_type_is(t, "uuid"))
        put_uuid(v, c, number);
    else if (ss_type_is(t, "inet"))
    {
        char text[20] = "10.";
        size_t n = 3;

        for (int i = 2; i >= 0; i--)
        {
            value part;

            put_decimal(&part, (number >> (8 * i)) & 0xFF);
            memcpy(text + n, part.bytes, part.n);
            n += part.n;
            if (i > 0)
                text[n++] = '.';
        }
        v->form = SS_FORM_TEXT;
        v->text = true;
        v->n = n;
        memcpy(v->bytes, text, n);
    }
    else if (ss_type_is(t, "macaddr"))
    {
        static const char digits[] = "0123456789abcdef";

        /* locally administered */
        memcpy(v->bytes, "02:00:00:00:00:00", 17);
        v->form = SS_FORM_TEXT;
        v->text = true;
        v->n = 17;
        for (size_t i = 0; i < 5; i++)
        {
            v->bytes[3 + 3 * i] = (unsigned char) digits[(number >> (36 - 8 * i)) & 0xF];
            v->bytes[4 + 3 * i] = (unsigned char) digits[(number >> (32 - 8 * i)) & 0xF];
        }
    }
    else if (ss_type_is_text(t) || ss_type_is(t, "bytea"))
    {
        put_text(v, c, number);
        if (ss_type_is_text(t) && c->way.email)
            put_domain(v, c);
    }
    else
        v->i64 = number_key(c, number);
}
