#include "policy/coarse.h"

#include <string.h>

#include "base/text.h"

#define YEARS_MAX      1000
#define CHARACTERS_MAX 100
#define SCALE_MAX      6
#define WIDTH_MAX      INT64_C(1000000000000000)
#define PREFIX_MAX     32

/* The number that the word begins with; what follows it. */
static bool
take_number(const char **p, int64_t *v)
{
    const char *start = *p;

    for (*v = 0; **p >= '0' && **p <= '9' && *v <= WIDTH_MAX; (*p)++)
        *v = *v * 10 + (**p - '0');
    return *p > start && *v <= WIDTH_MAX;
}

/* "5 years", "1 character" */
static bool
counts(const char *to, const char *unit, int64_t most, int64_t *n)
{
    const size_t length = strlen(unit);

    return take_number(&to, n) && *n >= 1 && *n <= most && *to == ' ' &&
           strncmp(to + 1, unit, length) == 0 &&
           (strcmp(to + 1 + length, "s") == 0 || to[1 + length] == '\0');
}

static bool
read_months(const char *to, const char *kind, ss_coarse *c)
{
    static const struct
    {
        const char *word;
        int64_t months;
    } words[] = {{"month", 1}, {"quarter", 3}, {"year", 12}, {"decade", 120}};

    *c = (ss_coarse){.way = SS_COARSE_MONTHS,
                     .born = kind != NULL && strcmp(kind, "date-of-birth") == 0};
    if (counts(to, "year", YEARS_MAX, &c->n))
    {
        c->n *= 12;
        return true;
    }
    c->n = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    {
        if (strcmp(words[i].word, to) == 0)
            c->n = words[i].months;
    }
    return c->n > 0;
}

static bool
read_width(const char *to, const char *kind, int most, ss_coarse *c)
{
    *c = (ss_coarse){.way = SS_COARSE_WIDTH, .age = kind != NULL && strcmp(kind, "age") == 0};
    if (!take_number(&to, &c->n))
        return false;
    if (*to == '.' && to[1] != '\0')
    {
        for (to++; *to >= '0' && *to <= '9' && c->scale <= most && c->n <= WIDTH_MAX; to++)
        {
            c->n = c->n * 10 + (*to - '0');
            c->scale++;
        }
    }
    return *to == '\0' && c->n > 0 && c->n <= WIDTH_MAX && c->scale <= most;
}

static bool
read_prefix(const char *to, ss_coarse *c)
{
    *c = (ss_coarse){.way = SS_COARSE_PREFIX};
    return *to++ == '/' && take_number(&to, &c->n) && *to == '\0' && c->n <= PREFIX_MAX;
}

static bool
is_kind(const char *kind, const char *name)
{
    return kind != NULL && strcmp(kind, name) == 0;
}

/* What values of a type are, as far as they can be made coarser. */
typedef enum family
{
    FAMILY_NONE,
    FAMILY_MOMENT,
    FAMILY_WHOLE,
    FAMILY_MONEY,
    FAMILY_REAL,
    FAMILY_POINT,
    FAMILY_ADDRESS,
    FAMILY_TEXT,
    FAMILY_POSTCODE,
    FAMILY_TEXT_ADDRESS,
} family;

static family
family_of(const ss_catalog *catalog, const ss_column *column, const char *kind)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    const ss_type *type = base == SS_NONE ? NULL : &catalog->types[base];

    if (type == NULL)
        return FAMILY_NONE;
    if (ss_type_is(type, "date") || ss_type_is(type, "timestamp") ||
        ss_type_is(type, "timestamptz"))
        return FAMILY_MOMENT;
    if (ss_type_is_integer(type))
        return FAMILY_WHOLE;
    if (ss_type_is(type, "money"))
        return FAMILY_MONEY;
    if (ss_type_is(type, "numeric") || ss_type_is(type, "float4") || ss_type_is(type, "float8"))
        return FAMILY_REAL;
    if (ss_type_is(type, "point"))
        return FAMILY_POINT;
    if (ss_type_is(type, "inet") || ss_type_is(type, "cidr"))
        return FAMILY_ADDRESS;
    if (!ss_type_is_text(type))
        return FAMILY_NONE;
    if (is_kind(kind, "postcode"))
        return FAMILY_POSTCODE;
    return is_kind(kind, "ip-address") ? FAMILY_TEXT_ADDRESS : FAMILY_TEXT;
}

bool
ss_coarse_read(const ss_catalog *catalog, const ss_column *column, const char *kind, const char *to,
               ss_coarse *coarse)
{
    const family of = family_of(catalog, column, kind);

    switch (of)
    {
    case FAMILY_NONE:
        return false;
    case FAMILY_MOMENT:
        return read_months(to, kind, coarse);
    case FAMILY_WHOLE:
        return read_width(to, kind, 0, coarse);
    case FAMILY_MONEY:
        return read_width(to, kind, 2, coarse);
    case FAMILY_REAL:
        return read_width(to, kind, SCALE_MAX, coarse);
    case FAMILY_POINT:
        if (!read_width(to, NULL, SCALE_MAX, coarse))
            return false;
        coarse->way = SS_COARSE_GRID;
        return true;
    case FAMILY_ADDRESS:
        return read_prefix(to, coarse);
    case FAMILY_TEXT:
    case FAMILY_POSTCODE:
    case FAMILY_TEXT_ADDRESS:
        break;
    }
    if (of == FAMILY_TEXT_ADDRESS && read_prefix(to, coarse))
        return true;
    *coarse = (ss_coarse){.way = SS_COARSE_OUTWARD};
    if (of == FAMILY_POSTCODE && strcmp(to, "outward-code") == 0)
        return true;
    coarse->way = SS_COARSE_CHARACTERS;
    return counts(to, "character", CHARACTERS_MAX, &coarse->n);
}

const char *
ss_coarse_words(const ss_catalog *catalog, const ss_column *column, const char *kind)
{
    switch (family_of(catalog, column, kind))
    {
    case FAMILY_NONE:
        return NULL;
    case FAMILY_MOMENT:
        return "month, quarter, year, decade, or years such as \"5 years\"";
    case FAMILY_WHOLE:
        return "a whole number, the width of the bands, such as 10";
    case FAMILY_MONEY:
    case FAMILY_REAL:
        return "a number, the width of the bands, such as 10 or 0.5";
    case FAMILY_POINT:
        return "a number, the width of the squares in degrees, such as 0.1";
    case FAMILY_ADDRESS:
        return "the bits of an IPv4 network, such as /24";
    case FAMILY_TEXT_ADDRESS:
        return "the bits of an IPv4 network, such as /24, or \"3 characters\"";
    case FAMILY_POSTCODE:
        return "outward-code, or the first \"2 characters\"";
    case FAMILY_TEXT:
        return "the first characters, such as \"1 character\"";
    }
    return NULL;
}

const char *
ss_coarse_default(const ss_catalog *catalog, const ss_column *column, const char *kind)
{
    static const char *const kinds[][2] = {
        {"date-of-birth", "year"}, {"postcode", "outward-code"}, {"age", "10"},
        {"latitude", "0.1"},       {"longitude", "0.1"},         {"coordinates", "0.1"}};
    const char *to = NULL;
    ss_coarse ignored;

    if (family_of(catalog, column, kind) == FAMILY_MOMENT)
        to = "month";
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    {
        if (is_kind(kind, kinds[i][0]))
            to = kinds[i][1];
    }
    return to != NULL && ss_coarse_read(catalog, column, kind, to, &ignored) ? to : NULL;
}
