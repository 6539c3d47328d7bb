/*
 * Values of types of which nothing is learnt: small, valid, made of nothing, and different from row to
 * row, so that keys and exclusions over them can hold.
 *
 * What a CHECK asks of them is not known here.  The first attempt makes what applications mostly hold; later
 * ones now and then something else of the same type: empty, longer, NULL inside, without a bound.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "generate/generate_internal.h"

#define TEXT_ROOM  4096
#define TEXT_SPARE 2048 /* of it for what closes a value, and the commas of a composite's fields */
#define DEPTH_MAX  4    /* arrays in composites in arrays */
#define WIDER_MOST 8    /* doublings of where ranges lie */

typedef struct making
{
    const ss_catalog *catalog;
    int32_t typmod;
    uint32_t attempt;
    bool excluded;    /* rows must not overlap */
    const char *json; /* what kind a CHECK asks for, or NULL */
    unsigned octets;  /* how long a CHECK wants bytes, or 0 */
    uint64_t state;
    size_t n;
    bool full;
    char *text; /* TEXT_ROOM bytes */
} making;

static bool put_type(making *m, size_t type, int depth);

/* --- words ---------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void
put(making *m, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(m->text + m->n, TEXT_ROOM - m->n, format, args);
    va_end(args);
    m->full = m->full || n < 0 || (size_t) n >= TEXT_ROOM - m->n;
    m->n += m->full ? 0 : (size_t) n;
}

static unsigned
below(making *m, unsigned n)
{
    return (unsigned) ss_below(ss_unfold(&m->state), n);
}

/* At later attempts, in one case of n: something else. */
static bool
otherwise(making *m, unsigned n)
{
    return m->attempt > 0 && below(m, n) == 0;
}

static void
put_word(making *m)
{
    for (int i = 0; i < 4; i++)
        put(m, "%s", ss_generate_syllable(ss_unfold(&m->state)));
}

/* --- plain types ---------------------------------------------------------------------------------- */

static void
put_number(making *m)
{
    put(m, "%u", below(m, otherwise(m, 2) ? 10 : 1000));
}

static void
put_numeric(making *m)
{
    const int32_t modifier = m->typmod < 4 ? 3 << 16 : m->typmod - 4;
    const int digits = (modifier >> 16 & 0xFFFF) - (modifier & 0x7FF);

    put(m, "%u", below(m, digits >= 3 ? 1000 : digits == 2 ? 100 : digits == 1 ? 10 : 1));
}

static void
put_bool(making *m)
{
    put(m, "%c", below(m, 2) == 0 ? 'f' : 't');
}

static void
put_text(making *m)
{
    const size_t start = m->n;

    put_word(m);
    if (m->typmod >= 4 && m->n - start > (size_t) m->typmod - 4)
        m->n = start + (size_t) m->typmod - 4;
}

static void
put_letter(making *m)
{
    put(m, "%c", 'a' + (int) below(m, 26));
}

static void
put_date(making *m)
{
    const unsigned year = 2000 + below(m, 30), month = 1 + below(m, 12);

    put(m, "%u-%02u-%02u", year, month, 1 + below(m, 28));
}

static void
put_time(making *m)
{
    const unsigned hour = below(m, 24);

    put(m, "%02u:%02u:00", hour, below(m, 60));
}

static void
put_timetz(making *m)
{
    put_time(m);
    put(m, "+00");
}

static void
put_timestamp(making *m)
{
    put_date(m);
    put(m, " ");
    put_time(m);
}

static void
put_timestamptz(making *m)
{
    put_timestamp(m);
    put(m, "+00");
}

static void
put_interval(making *m)
{
    const bool days = !otherwise(m, 3), hours = !otherwise(m, 2) || !days;

    if (days)
        put(m, "%u days%s", 1 + below(m, 250), hours ? " " : "");
    if (hours)
        put_time(m);
}

static void
put_uuid(making *m)
{
    const uint64_t a = ss_unfold(&m->state), b = ss_unfold(&m->state);

    /* version 8 (RFC 9562): of nobody's making */
    put(m, "%08x-%04x-8%03x-9%03x-%012llx", (unsigned) (a >> 32), (unsigned) (a >> 16 & 0xFFFF),
        (unsigned) (a & 0xFFF), (unsigned) (b >> 52), (unsigned long long) (b & 0xFFFFFFFFFFFF));
}

static void
put_bytes(making *m)
{
    static const unsigned sizes[] = {0, 1, 4, 12, 16, 20, 24, 32, 64};
    const unsigned n = m->octets > 0     ? m->octets
                       : otherwise(m, 2) ? sizes[below(m, sizeof sizes / sizeof sizes[0])]
                                         : 6 + below(m, 3);

    put(m, "\\x");
    for (unsigned i = 0; i < n; i++)
        put(m, "%02x", below(m, 256));
}

static void
put_bits(making *m)
{
    const int n = m->typmod > 0 ? m->typmod : 8;

    for (int i = 0; i < n; i++)
        put(m, "%u", below(m, 2));
}

static void
put_bit(making *m)
{
    m->typmod = m->typmod > 0 ? m->typmod : 1;
    put_bits(m);
}

static void
put_json(making *m)
{
    static const char *const kinds[] = {"object", "array", "string", "number", "boolean"};
    const char *kind = m->json != NULL   ? m->json
                       : otherwise(m, 2) ? kinds[below(m, sizeof kinds / sizeof kinds[0])]
                                         : kinds[0];
    const bool empty = otherwise(m, 4);
    const unsigned n = below(m, 1000000);

    if (strcmp(kind, "object") == 0)
        put(m, empty ? "{}" : "{\"id\": %u}", n);
    else if (strcmp(kind, "array") == 0)
        put(m, empty ? "[]" : "[%u]", n);
    else if (strcmp(kind, "string") == 0)
        put(m, "\"%u\"", n);
    else if (strcmp(kind, "number") == 0)
        put(m, "%u", n);
    else
        put(m, "%s", strcmp(kind, "boolean") == 0 ? "true" : "null");
}

static void
put_xml(making *m)
{
    if (otherwise(m, 4))
        put(m, "<x/>");
    else
        put(m, "<x>%u</x>", below(m, 1000000));
}

static void
put_money(making *m)
{
    const unsigned whole = below(m, 1000);

    put(m, "%u.%02u", whole, below(m, 100));
}

/* A lexeme of a tsvector, a word of a tsquery. */
static void
put_lexeme(making *m)
{
    if (otherwise(m, 4))
        return;
    put(m, "'");
    put_word(m);
    put(m, "'");
}

static void
put_jsonpath(making *m)
{
    put(m, "$.\"");
    put_word(m);
    put(m, "\"");
}

static void
put_hstore(making *m)
{
    if (!otherwise(m, 4))
        put(m, "\"id\"=>\"%u\"", below(m, 1000000));
}

static void
put_inet(making *m)
{
    const unsigned a = below(m, 256), b = below(m, 256);

    put(m, "10.%u.%u.%u", a, b, below(m, 256));
}

static void
put_cidr(making *m)
{
    const unsigned a = below(m, 256);

    put(m, "10.%u.%u.0/24", a, below(m, 256));
}

static void
put_macaddr(making *m)
{
    put(m, "02:00");
    for (int i = 0; i < 4; i++)
        put(m, ":%02x", below(m, 256));
}

static void
put_macaddr8(making *m)
{
    put(m, "02:00:00:ff:fe");
    for (int i = 0; i < 3; i++)
        put(m, ":%02x", below(m, 256));
}

/* --- shapes: they spread out where they must not overlap ------------------------------------------- */

static unsigned
coordinate(making *m)
{
    const unsigned wider = m->attempt < WIDER_MOST ? m->attempt : WIDER_MOST;

    return below(m, 1000U << (m->excluded ? wider : 0));
}

static void
put_point(making *m)
{
    const unsigned x = coordinate(m);

    put(m, "(%u,%u)", x, coordinate(m));
}

static void
put_segment(making *m)
{
    put(m, "[");
    put_point(m);
    put(m, ",");
    put_point(m);
    put(m, "]");
}

static void
put_box(making *m)
{
    const unsigned x = coordinate(m), y = coordinate(m), width = 1 + below(m, 9);

    put(m, "(%u,%u),(%u,%u)", x + width, y + 1 + below(m, 9), x, y);
}

static void
put_polygon(making *m)
{
    const unsigned x = coordinate(m), y = coordinate(m), width = 1 + below(m, 9);

    put(m, "((%u,%u),(%u,%u),(%u,%u))", x, y, x + width, y, x, y + 1 + below(m, 9));
}

static void
put_circle(making *m)
{
    put(m, "<");
    put_point(m);
    put(m, ",%u>", 1 + below(m, 9));
}

static void
put_line(making *m)
{
    const unsigned b = 1 + below(m, 1000);

    put(m, "{1,%u,%u}", b, below(m, 1000));
}

static const struct
{
    const char *type;
    void (*put)(making *m);
} plain[] = {
    {"int2", put_number},       {"int4", put_number},
    {"int8", put_number},       {"float4", put_number},
    {"float8", put_number},     {"oid", put_number},
    {"numeric", put_numeric},   {"money", put_money},
    {"bool", put_bool},         {"text", put_text},
    {"varchar", put_text},      {"bpchar", put_text},
    {"name", put_text},         {"char", put_letter},
    {"date", put_date},         {"time", put_time},
    {"timetz", put_timetz},     {"timestamp", put_timestamp},
    {"interval", put_interval}, {"timestamptz", put_timestamptz},
    {"uuid", put_uuid},         {"bytea", put_bytes},
    {"bit", put_bit},           {"varbit", put_bits},
    {"json", put_json},         {"jsonb", put_json},
    {"xml", put_xml},           {"jsonpath", put_jsonpath},
    {"tsvector", put_lexeme},   {"tsquery", put_lexeme},
    {"inet", put_inet},         {"cidr", put_cidr},
    {"macaddr", put_macaddr},   {"macaddr8", put_macaddr8},
    {"point", put_point},       {"line", put_line},
    {"lseg", put_segment},      {"path", put_segment},
    {"box", put_box},           {"polygon", put_polygon},
    {"circle", put_circle},
};

/* --- ranges --------------------------------------------------------------------------------------- */

#define DAYS_PER_MONTH 18 /* that ranges begin on: they end in the same month */

/* Where a range begins, below n or, in wider bounds, below much more. */
static unsigned
position(making *m, unsigned n)
{
    const unsigned wider = m->attempt < WIDER_MOST ? m->attempt : WIDER_MOST;

    return below(m, n << (otherwise(m, m->excluded ? 2 : 4) ? wider : 0));
}

static void
put_days(making *m, const char *suffix, bool times)
{
    const unsigned days = position(m, 30 * 12 * DAYS_PER_MONTH), months = days / DAYS_PER_MONTH;
    const unsigned day = 1 + days % DAYS_PER_MONTH, year = 2000 + months / 12;
    const unsigned hour = times ? below(m, 14) : 0, last = times ? day : day + 1 + below(m, 9);
    const unsigned month = 1 + months % 12;

    if (times)
        put(m, "\"%u-%02u-%02u %02u:00:00%s\",\"%u-%02u-%02u %02u:00:00%s\"", year, month, day,
            hour, suffix, year, month, last, hour + 1 + below(m, 9), suffix);
    else
        put(m, "%u-%02u-%02u,%u-%02u-%02u", year, month, day, year, month, last);
}

/* The two bounds of a range over this type; false when they cannot be made. */
static bool
put_bounds(making *m, const ss_type *of)
{
    if (ss_type_is_integer(of) || ss_type_is(of, "numeric") || ss_type_is(of, "float4") ||
        ss_type_is(of, "float8"))
    {
        const unsigned low = otherwise(m, 4)          ? below(m, 10)
                             : ss_type_is(of, "int2") ? below(m, 30000)
                                                      : position(m, 1000000);

        put(m, "%u,%u", low, low + 1 + below(m, 10));
    }
    else if (ss_type_is(of, "date"))
        put_days(m, "", false);
    else if (ss_type_is(of, "timestamp"))
        put_days(m, "", true);
    else if (ss_type_is(of, "timestamptz"))
        put_days(m, "+00", true);
    else if (ss_type_is(of, "time"))
    {
        const unsigned minutes = below(m, 23 * 60), end = minutes + 1 + below(m, 59);

        put(m, "%02u:%02u:00,%02u:%02u:00", minutes / 60, minutes % 60, end / 60, end % 60);
    }
    else
        return false;
    return true;
}

/* An empty one overlaps with none, and one without an end leaves no room for others. */
static void
put_range(making *m, const ss_type *type)
{
    const size_t start = m->n, of = ss_catalog_base_type(m->catalog, type->base);
    char *comma;

    put(m, "[");
    if (of == SS_NONE || (otherwise(m, 8) && (!m->excluded || m->attempt >= DESPERATE_ATTEMPT)) ||
        !put_bounds(m, &m->catalog->types[of]))
    {
        m->n = start;
        put(m, "empty");
        return;
    }
    comma = strchr(m->text + start, ',');
    if (!m->excluded && comma != NULL && otherwise(m, 8))
        m->n = (size_t) (comma + 1 - m->text);
    put(m, ")");
}

/* --- types of types ------------------------------------------------------------------------------- */

/* Part of a nested value: in quotes, whatever is in it. */
static bool
put_part(making *m, size_t type, int32_t typmod, int depth)
{
    char text[TEXT_ROOM];
    making part = {.catalog = m->catalog,
                   .typmod = typmod,
                   .attempt = m->attempt,
                   .excluded = m->excluded,
                   .state = ss_unfold(&m->state),
                   .text = text};

    if (!put_type(&part, type, depth + 1) || part.full ||
        m->n + 2 * part.n + TEXT_SPARE > TEXT_ROOM)
        return false;
    put(m, "\"");
    for (size_t i = 0; i < part.n; i++)
        put(m, "%s%c", part.text[i] == '"' || part.text[i] == '\\' ? "\\" : "", part.text[i]);
    put(m, "\"");
    return true;
}

static void
put_array(making *m, const ss_type *type, int depth)
{
    const size_t start = m->n;
    const unsigned n = otherwise(m, 2) ? below(m, 5) : 1 + below(m, 2);

    put(m, "{");
    for (unsigned i = 0; i < n; i++)
    {
        put(m, "%.*s", i == 0 ? 0 : 1, &type->delimiter);
        if (put_part(m, type->base, m->typmod, depth))
            continue;
        /* No element can be made: there is none. */
        m->n = start;
        put(m, "{");
        break;
    }
    put(m, "}");
}

static void
put_multirange(making *m, const ss_type *type)
{
    const size_t start = m->n;

    put(m, "{");
    if (!otherwise(m, 4) && type->base != SS_NONE)
        put_range(m, &m->catalog->types[type->base]);
    if (strcmp(m->text + start, "{empty") == 0)
        m->n = start + 1;
    put(m, "}");
}

/* A domain that takes no NULL. */
static bool
must_be(const ss_catalog *catalog, size_t type)
{
    for (; type != SS_NONE && catalog->types[type].kind == SS_TYPE_DOMAIN;
         type = catalog->types[type].base)
    {
        const ss_type *t = &catalog->types[type];

        for (size_t i = 0; i < t->nchecks; i++)
        {
            if (strstr(t->checks[i], "VALUE IS NOT NULL") != NULL)
                return true;
        }
        if (t->not_null)
            return true;
    }
    return false;
}

static void
put_composite(making *m, const ss_type *type, int depth)
{
    const bool nothing = otherwise(m, 4);

    put(m, "(");
    for (size_t i = 0; i < type->nfields; i++)
    {
        const ss_type_field *field = &type->fields[i];

        put(m, "%s", i == 0 ? "" : ",");
        if (must_be(m->catalog, field->type) || (!nothing && !otherwise(m, 8)))
            (void) put_part(m, field->type, field->typmod, depth);
    }
    put(m, ")");
}

/* False when no value of the type can be made. */
static bool
put_type(making *m, size_t index, int depth)
{
    const ss_type *type;

    while (index != SS_NONE && m->catalog->types[index].kind == SS_TYPE_DOMAIN)
    {
        /* What it asks of a part nobody looks at here, and the server might refuse row after row. */
        if (depth > 0 && m->catalog->types[index].nchecks > 0 && m->attempt % 2 == 0 &&
            !must_be(m->catalog, index))
            return false;
        if (m->typmod < 0)
            m->typmod = m->catalog->types[index].base_typmod;
        index = m->catalog->types[index].base;
    }
    if (index == SS_NONE || depth > DEPTH_MAX)
        return false;
    type = &m->catalog->types[index];
    switch (type->kind)
    {
    case SS_TYPE_ARRAY:
        put_array(m, type, depth);
        return true;
    case SS_TYPE_RANGE:
        put_range(m, type);
        return true;
    case SS_TYPE_MULTIRANGE:
        put_multirange(m, type);
        return true;
    case SS_TYPE_COMPOSITE:
        put_composite(m, type, depth);
        return true;
    case SS_TYPE_ENUM:
        if (type->nlabels > 0)
            put(m, "%s", type->labels[below(m, (unsigned) type->nlabels)]);
        return type->nlabels > 0;
    case SS_TYPE_BASE:
        break;
    case SS_TYPE_DOMAIN:
    case SS_TYPE_PSEUDO:
        return false;
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
    {
        if (!ss_type_is(type, plain[i].type))
            continue;
        plain[i].put(m);
        return true;
    }
    if (type->extension != NULL && strcmp(type->name, "hstore") == 0)
        put_hstore(m);
    else if (type->extension != NULL && strcmp(type->name, "citext") == 0)
        put_text(m);
    else
        return false;
    return true;
}

ss_code
ss_generate_neutral(const made_column *c, uint64_t u, uint32_t attempt, ss_batch_column *out,
                    size_t r, ss_error *err)
{
    char text[TEXT_ROOM];
    making m = {.catalog = c->codec_type.catalog,
                .typmod = c->typmod,
                .attempt = attempt,
                .excluded = c->excluded,
                .json = c->json,
                .octets = c->octets,
                .state = u,
                .text = text};

    if (!put_type(&m, c->codec_type.type, 0) || m.full)
        return ss_fail(err, SS_EREFUSED, "no value can be made up for type %s", c->type->name);
    if (c->codec->from_text(&c->codec_type, m.text, m.n, out, r, err) != SS_OK)
        return ss_note(err, "in a neutral value of type %s", c->type->name);
    return SS_OK;
}
