#include "rows/csv_infer.h"

#include <stdlib.h>
#include <string.h>

#include "rows/rows_internal.h"

#define SET_MAX ((size_t) 1 << 20) /* values per column, and half of the slots at most in use */

typedef struct set /* of 64-bit hashes; a collision can only cost a unique constraint */
{
    uint64_t *slot; /* 0 is free */
    size_t slots;
    size_t count;
} set;

typedef struct column
{
    unsigned fits; /* bit i: every value so far fits types[i] */
    bool any;      /* value */
    bool null;
    ss_csv_unique unique;
    set seen;
    size_t name_length;
    uint64_t name_again;
} column;

struct ss_csv_infer
{
    const char *const *names;
    size_t n;
    uint64_t rows;
    column *columns;
};

/* As PostgreSQL prints it, or a word.  A capital F is more often a sex or a grade. */
static bool
fits_boolean(const char *p, size_t n)
{
    static const char *const words[] = {"true", "false"};

    if (n == 1)
        return p[0] == 't' || p[0] == 'f';
    for (size_t w = 0; w < 2; w++)
    {
        size_t i = 0;

        if (strlen(words[w]) != n)
            continue;
        while (i < n && (p[i] | 0x20) == words[w][i])
            i++;
        if (i == n)
            return true;
    }
    return false;
}

/* No plus sign, no leading zeros, no minus zero. */
static bool
plain_number(const char *p, size_t n)
{
    const bool negative = n > 0 && p[0] == '-';

    p += negative;
    n -= negative;
    if (n == 0 || p[0] < '0' || p[0] > '9')
        return false;
    if (p[0] == '0')
        return n == 1 ? !negative : p[1] == '.';
    return true;
}

static bool
fits_integer(const char *p, size_t n)
{
    int64_t v;

    return plain_number(p, n) && ss_int_parse(p, n, &v) && v >= INT32_MIN && v <= INT32_MAX;
}

static bool
fits_bigint(const char *p, size_t n)
{
    int64_t v;

    return plain_number(p, n) && ss_int_parse(p, n, &v);
}

static bool
fits_numeric(const char *p, size_t n)
{
    size_t digits = 0;
    size_t points = 0;

    if (!plain_number(p, n) || n > 1000)
        return false;
    for (size_t i = p[0] == '-'; i < n; i++)
    {
        digits += p[i] >= '0' && p[i] <= '9';
        points += p[i] == '.';
    }
    return points <= 1 && digits + points + (p[0] == '-') == n && p[n - 1] != '.';
}

static bool
moment(const char *p, size_t n, bool time, bool zone)
{
    const char *end = p + n;
    int64_t v;

    if (n < 10 || p[4] != '-' || p[7] != '-' || !ss_date_scan(&p, end, &v))
        return false;
    if (!time)
        return p == end;
    if (p == end || (*p != ' ' && *p != 'T'))
        return false;
    p++;
    if (!ss_time_scan(&p, end, &v))
        return false;
    if (!zone)
        return p == end;
    if (p < end && *p == 'Z')
        return p + 1 == end;
    return ss_zone_scan(&p, end, &v) && p == end;
}

static bool
fits_date(const char *p, size_t n)
{
    return moment(p, n, false, false);
}

static bool
fits_timestamp(const char *p, size_t n)
{
    return moment(p, n, true, false);
}

static bool
fits_timestamptz(const char *p, size_t n)
{
    return moment(p, n, true, true);
}

static bool
fits_uuid(const char *p, size_t n)
{
    if (n != 36)
        return false;
    for (size_t i = 0; i < n; i++)
    {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash
                ? p[i] != '-'
                : !((p[i] >= '0' && p[i] <= '9') || ((p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'f')))
            return false;
    }
    return true;
}

static const struct
{
    const char *name;
    bool (*fits)(const char *p, size_t n);
} types[] = {
    {"boolean", fits_boolean},         {"integer", fits_integer}, {"bigint", fits_bigint},
    {"numeric", fits_numeric},         {"date", fits_date},       {"timestamp", fits_timestamp},
    {"timestamptz", fits_timestamptz}, {"uuid", fits_uuid},
};

#define NTYPES (sizeof types / sizeof types[0])

const char *
ss_csv_type_of(const void *data, size_t n)
{
    for (size_t t = 0; t < NTYPES; t++)
        if (types[t].fits(data, n))
            return types[t].name;
    return "text";
}

static void
columns_done(void *arg)
{
    ss_csv_infer *infer = arg;

    for (size_t i = 0; i < infer->n; i++)
        free(infer->columns[i].seen.slot);
}

ss_csv_infer *
ss_csv_infer_new(ss_arena *arena, const char *const *names, size_t n)
{
    ss_csv_infer *infer = ss_alloc(arena, 1, sizeof *infer);

    infer->names = names;
    infer->n = n;
    infer->columns = ss_alloc(arena, n == 0 ? 1 : n, sizeof *infer->columns);
    for (size_t i = 0; i < n; i++)
    {
        infer->columns[i].fits = (1U << NTYPES) - 1;
        infer->columns[i].unique = SS_CSV_UNIQUE;
        infer->columns[i].name_length = strlen(names[i]);
    }
    ss_arena_defer(arena, columns_done, infer);
    return infer;
}

static bool
set_grow(set *s)
{
    const size_t slots = s->slots == 0 ? 1024 : s->slots * 2;
    uint64_t *slot = calloc(slots, sizeof *slot);

    if (slot == NULL)
        return false;
    for (size_t i = 0; i < s->slots; i++)
    {
        size_t at = (size_t) s->slot[i] & (slots - 1);

        if (s->slot[i] == 0)
            continue;
        while (slot[at] != 0)
            at = (at + 1) & (slots - 1);
        slot[at] = s->slot[i];
    }
    free(s->slot);
    s->slot = slot;
    s->slots = slots;
    return true;
}

static ss_csv_unique
set_put(set *s, const unsigned char *p, size_t n)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    size_t at;

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001B3);
    h = (h ^ h >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    h ^= h >> 29;
    h += h == 0;
    if (s->count == SET_MAX || (s->count * 2 >= s->slots && !set_grow(s)))
        return SS_CSV_UNIQUE_UNKNOWN;
    for (at = (size_t) h & (s->slots - 1); s->slot[at] != 0; at = (at + 1) & (s->slots - 1))
        if (s->slot[at] == h)
            return SS_CSV_NOT_UNIQUE;
    s->slot[at] = h;
    s->count++;
    return SS_CSV_UNIQUE;
}

void
ss_csv_infer_add(ss_csv_infer *infer, const ss_csv_record *record)
{
    infer->rows++;
    for (size_t i = 0; i < infer->n && i < record->nfields; i++)
    {
        const ss_csv_field *field = &record->fields[i];
        column *c = &infer->columns[i];

        if (field->null)
        {
            c->null = true;
            continue;
        }
        c->any = true;
        if (c->name_again == 0 && field->n == c->name_length &&
            memcmp(field->data, infer->names[i], field->n) == 0)
            c->name_again = record->line;
        for (size_t t = 0; t < NTYPES; t++)
            if ((c->fits >> t & 1) != 0 && !types[t].fits((const char *) field->data, field->n))
                c->fits &= ~(1U << t);
        if (c->unique == SS_CSV_UNIQUE)
        {
            c->unique = set_put(&c->seen, field->data, field->n);
            if (c->unique != SS_CSV_UNIQUE)
            {
                free(c->seen.slot);
                c->seen = (set){0};
            }
        }
    }
}

const ss_csv_column *
ss_csv_infer_end(const ss_csv_infer *infer, ss_arena *arena)
{
    ss_csv_column *columns = ss_alloc(arena, infer->n == 0 ? 1 : infer->n, sizeof *columns);

    for (size_t i = 0; i < infer->n; i++)
    {
        const column *c = &infer->columns[i];

        columns[i].name = infer->names[i];
        columns[i].type = "text";
        for (size_t t = NTYPES; c->any && t-- > 0;)
            if ((c->fits >> t & 1) != 0)
                columns[i].type = types[t].name;
        columns[i].not_null = infer->rows > 0 && !c->null;
        columns[i].unique = c->any ? c->unique : SS_CSV_UNIQUE_UNKNOWN;
        columns[i].name_again = c->name_again;
    }
    return columns;
}
