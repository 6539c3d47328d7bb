/*
 * What a schema declares about a column's values, so that nearly every row is right the first time:
 * bounds and lists in CHECKs of one column or of its domain.  SQL is not reimplemented: what is not
 * plainly recognised is left to the server's judgement.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "generate/declared_internal.h"

#define LENGTH_MOST 10000 /* characters that a CHECK may ask for */

static void
take_low(made_column *c, int64_t v)
{
    if (!c->has_low || v > c->low)
        c->low = v;
    c->has_low = true;
}

static void
take_high(made_column *c, int64_t v)
{
    if (!c->has_high || v < c->high)
        c->high = v;
    c->has_high = true;
}

/* Is [name, end), as deparsed, the column's name, or a domain's VALUE? */
static bool
is_name(const made_column *c, const char *name, const char *end)
{
    const char *own = c->column->name;
    const bool quoted = name < end && *name == '"';

    if (end - name == 5 && strncmp(name, "VALUE", 5) == 0)
        return true;
    if (quoted)
    {
        name++;
        end--;
    }
    for (; name < end && *own == *name; own++, name++)
        name += quoted && *name == '"';
    return name == end && *own == '\0';
}

/*
 * Is the operand that ends before at the column alone, or a cast of it?  What holds of an expression over
 * it (id % 10 < 5) says nothing of its own values.  The deparser puts each comparison in parentheses.
 */
static bool
is_alone(const made_column *c, const char *text, const char *at)
{
    const char *start, *name, *end;
    int depth = 0;

    while (at > text && at[-1] == ' ')
        at--;
    for (start = at; start > text && (depth > 0 || start[-1] != '('); start--)
        depth += (start[-1] == ')') - (start[-1] == '(');
    if (*start != '(')
        return is_name(c, start, at);
    name = start + strspn(start, "(");
    end = name + strcspn(name, ")");
    return strncmp(end, ")::", 3) == 0 && is_name(c, name, end) &&
           end + 3 + strcspn(end + 3, "+-*/%^|&#<>=~!@?'") >= at;
}

static void
take_equal(made_column *c, const char *at, ss_arena *arena)
{
    int64_t v;

    at += strspn(at, "( ");
    if (ss_type_is(c->type, "bool"))
    {
        if (strncmp(at, "true", 4) == 0)
            take_low(c, 1);
        else if (strncmp(at, "false", 5) == 0)
            take_high(c, 0);
    }
    else if (ss_generate_is_ordered(c))
    {
        if (!ss_declared_units(c, at, &v))
            return;
        take_low(c, v);
        take_high(c, v);
    }
    else if (*at == '\'')
        (void) ss_declared_take_text(c, at, arena);
}

static void
take_bounds(made_column *c, const char *text, ss_arena *arena)
{
    for (const char *at = text; (at = strpbrk(at, "<>=")) != NULL;)
    {
        const size_t n = strspn(at, "<>=");
        const bool more = *at == '>', equal = at[n - 1] == '=';
        const bool plain = (n == 1 || (n == 2 && equal)) && is_alone(c, text, at);
        const bool same = *at == '=';
        int64_t v;

        at += n;
        if (!plain)
            continue;
        if (same)
            take_equal(c, at, arena);
        else if (!ss_declared_units(c, at, &v) || v == INT64_MIN || v == INT64_MAX)
            continue;
        else if (more)
            take_low(c, equal ? v : v + 1);
        else
            take_high(c, equal ? v : v - 1);
    }
}

/* ((v % 0.05) = (0)::numeric) */
static void
take_multiple(made_column *c, const char *text)
{
    const char *sign = strstr(text, " % "), *behind;
    int64_t of, rest;

    if (sign == NULL || c->family != FAMILY_NUMBER || !is_alone(c, text, sign) ||
        !ss_declared_number(sign + 3, c->marginal->scale, &of) || of <= 0)
        return;
    behind = strstr(sign, " = ");
    if (behind != NULL && ss_declared_number(behind + 3, c->marginal->scale, &rest) && rest == 0)
        c->multiple = of;
}

/* CHECK (flag), and CHECK (NOT flag): of a table with one row, mostly. */
static void
take_flag(made_column *c, const char *text)
{
    const bool no = strstr(text, "NOT ") != NULL;
    const char *at = no ? strstr(text, "NOT ") + 4 : text + strcspn(text, "(");
    const char *end;

    at += strspn(at, "( ");
    end = at + strcspn(at, ")");
    if (!ss_type_is(c->type, "bool") || strspn(end, ")") != strlen(end))
        return;
    if (end - at > 8 && strncmp(end - 8, " IS TRUE", 8) == 0)
        end -= 8;
    if (!is_name(c, at, end))
        return;
    if (no)
        take_high(c, 0);
    else
        take_low(c, 1);
}

static void
take_list(made_column *c, const char *text, ss_arena *arena)
{
    const char *any = strstr(text, "= ANY ("), *at = any == NULL ? NULL : strstr(any, "ARRAY[");

    if (at == NULL || !is_alone(c, text, any))
        return;
    ss_declared_take_list(c, at + strlen("ARRAY["), arena);
}

/* What is behind the bracket that closes this one, which is behind at; at the end if there is none. */
static const char *
behind_bracket(const char *at)
{
    int depth = 1;

    for (; *at != '\0' && depth > 0; at++)
        depth += (*at == '(') - (*at == ')');
    return at;
}

/* Where the first argument of a call ends; at is behind its bracket. */
static const char *
behind_argument(const char *at, const char *end)
{
    int depth = 0;

    for (; at < end && (depth > 0 || *at != ','); at++)
        depth += (*at == '(') - (*at == ')');
    return at;
}

/* Is [at, end) the column, a cast of it or, but for blanks, marks and case, one of these? */
static bool
is_own(const made_column *c, const char *at, const char *end)
{
    static const char *const same[] = {"btrim(",
                                       "ltrim(",
                                       "rtrim(",
                                       "upper(",
                                       "lower(",
                                       "TRIM(BOTH FROM ",
                                       "TRIM(LEADING FROM ",
                                       "TRIM(TRAILING FROM ",
                                       "replace(",
                                       "regexp_replace("};
    const char *inner, *close;

    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
    {
        const size_t n = strlen(same[i]);

        if (strncmp(at, same[i], n) == 0)
            return behind_bracket(at + n) == end &&
                   is_own(c, at + n, behind_argument(at + n, end - 1));
    }
    if (*at != '(')
        return is_name(c, at, end);
    inner = at + 1;
    close = behind_bracket(inner);
    return close < end && strncmp(close, "::", 2) == 0 &&
           close + strcspn(close, "+-*/%^|&#<>=~!@?'(") >= end && is_name(c, inner, close - 1);
}

/* What follows the next call of the function, from at on, whose argument is the column; NULL: there is none. */
static const char *
behind_call(const made_column *c, const char *text, const char *at, const char *name)
{
    const size_t n = strlen(name);

    for (; (at = strstr(at, name)) != NULL; at += n)
    {
        const char *end;

        if (at[n] != '(' || (at > text && strchr("( ", at[-1]) == NULL))
            continue;
        end = behind_bracket(at + n + 1);
        if (end[-1] == ')' && (c->loose || is_own(c, at + n + 1, end - 1)))
            return end + strspn(end, " ");
    }
    return NULL;
}

/* length(x) > 0, char_length((x)::text) = 3, length(btrim(x)) <= 20. */
static void
take_length(made_column *c, const char *text, const char *name)
{
    for (const char *at = text; (at = behind_call(c, text, at, name)) != NULL;)
    {
        const size_t n = strspn(at, "<>=");
        const bool more = *at == '>', equal = n > 0 && at[n - 1] == '=';
        int64_t v;

        if (n == 0 || (n > 1 && !(n == 2 && equal)) || !ss_declared_number(at + n, 0, &v) ||
            v < 0 || v > LENGTH_MOST)
            continue;
        if ((more || *at == '=') && (size_t) (v + !equal) > c->least)
            c->least = (size_t) (v + !equal);
        if (!more && v - !equal > 0 && (c->most == 0 || (size_t) (v - !equal) < c->most))
            c->most = (size_t) (v - !equal);
    }
}

/* x = upper(x) */
static bool
is_its_own(const made_column *c, const char *text, const char *name)
{
    const char *sign = strstr(text, name), *argument = sign == NULL ? NULL : sign + strlen(name);

    return sign != NULL && (c->loose || (is_alone(c, text, sign) &&
                                         is_own(c, argument, behind_bracket(argument) - 1)));
}

#define OCTETS_MOST 1024 /* that are made up where a CHECK asks for them */

/* What functions of it a CHECK wants to be: jsonb_typeof(x) = 'array', octet_length(x) = 32. */
static void
take_function(made_column *c, const char *text, ss_arena *arena)
{
    const char *octets = behind_call(c, text, text, "octet_length");
    const char *typeof_json = behind_call(c, text, text, "jsonb_typeof");
    int64_t n;

    if (typeof_json == NULL)
        typeof_json = behind_call(c, text, text, "json_typeof");
    c->upper = c->upper || is_its_own(c, text, " = upper(");
    c->lower = c->lower || is_its_own(c, text, " = lower(");
    /* coalesce(jsonb_typeof(x), 'null') = 'array' */
    if (typeof_json != NULL && strncmp(typeof_json, ", '", 3) == 0 &&
        strstr(typeof_json, "::text) ") != NULL)
        typeof_json = strstr(typeof_json, "::text) ") + 8;
    if (typeof_json != NULL && strncmp(typeof_json, "= '", 3) == 0)
        c->json = ss_strndup(arena, typeof_json + 3, strcspn(typeof_json + 3, "'"));
    if (octets != NULL && strncmp(octets, "= ", 2) == 0 && ss_declared_number(octets + 2, 0, &n) &&
        n > 0 && n <= OCTETS_MOST)
        c->octets = (unsigned) n;
}

/* Does it ask for an @, outside of classes and what must not follow? */
static bool
asks_for_address(const char *text, bool loose)
{
    bool within = false;

    if (!loose &&
        (strstr(text, "(?=") != NULL || strstr(text, "(?!") != NULL || strstr(text, "(?<") != NULL))
        return false;
    if (strstr(text, "[@]") != NULL)
        return true;
    for (const char *at = text; *at != '\0'; at++)
    {
        if (*at == '\\' && at[1] != '\0' && at[1] != '@')
            at++;
        else if (*at == '[' && !within)
        {
            within = true;
            at += at[1] == '^';
            at += at[1] == ']';
        }
        else if (within && strncmp(at, "[:", 2) == 0 && strstr(at, ":]") != NULL)
            at = strstr(at, ":]") + 1;
        else if (*at == ']')
            within = false;
        else if (*at == '@' && !within)
            return true;
    }
    return false;
}

/* Understood when all CHECKs are known: other ones may want a length. */
static void
take_pattern(made_column *c, const char *text, ss_arena *arena)
{
    static const struct
    {
        const char *sign;
        ss_pattern_kind kind;
    } signs[] = {{" ~ '", {0}},
                 {" ~* '", {.fold = true}},
                 {" ~~ '", {.like = true}},
                 {" ~~* '", {.like = true, .fold = true}}};

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
    {
        const char *at = strstr(text, signs[i].sign);

        if (c->family != FAMILY_TEXT || c->npatterns == PATTERNS_MAX || at == NULL ||
            !is_alone(c, text, at))
            continue;
        c->patterns[c->npatterns] = signs[i].kind;
        c->patterns[c->npatterns++].text = ss_declared_text(strchr(at, '\''), &at, arena);
    }
}

/* The first that says something of the texts, else the first; of addresses none does, which are made in reserved domains. */
static void
choose_pattern(made_column *c, ss_arena *arena)
{
    for (size_t i = 0; i < c->npatterns; i++)
    {
        ss_pattern_kind kind = c->patterns[i];
        const ss_text_pattern *made;

        kind.least = c->loose ? 0 : c->least;
        kind.most = !c->loose && c->most > 0 && c->most < c->room ? c->most : c->room;
        kind.upper = c->upper;
        kind.lower = c->lower;
        c->email = c->email || asks_for_address(kind.text, c->loose);
        made = ss_pattern_parse(&kind, arena);
        if (made == NULL)
            continue;
        c->readable[c->nreadable++] = made;
        if (c->pattern == NULL || (!ss_pattern_says(c->pattern) && ss_pattern_says(made)))
            c->pattern = made;
    }
    c->weak = c->pattern != NULL && (ss_generate_is_email(c) ||
                                     (!ss_pattern_says(c->pattern) && ss_generate_is_learnt(c)));
}

/* "VALUE OPERATOR(public.~) 'x'" as "VALUE ~ 'x'": so are an extension's operators deparsed, citext's for one. */
static const char *
with_plain_operators(const char *text, ss_arena *arena)
{
    static const char word[] = "OPERATOR(";
    bool quoted = false;
    ss_buf out = {0};
    const char *plain;

    if (strstr(text, word) == NULL)
        return text;
    for (const char *p = text; *p != '\0'; p++)
    {
        const char *end, *dot;

        quoted = quoted != (*p == '\'');
        end = quoted || strncmp(p, word, sizeof word - 1) != 0 ? NULL : strchr(p, ')');
        if (end == NULL)
        {
            ss_buf_putc(&out, *p);
            continue;
        }
        dot = end;
        while (dot > p && *dot != '.')
            dot--;
        ss_buf_append(&out, dot + 1, (size_t) (end - dot - 1));
        p = end;
    }
    plain = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return plain;
}

/* A loose reading takes what functions and sizes say, and leaves the rest to the strict one. */
static void
take_check(made_column *c, const char *definition, ss_arena *arena)
{
    const char *text = with_plain_operators(definition, arena), *other = strstr(text, " OR ");

    /* Alternatives, negations and functions may mean the opposite of what a comparison says. */
    if (other != NULL && (strstr(text, "IS NULL) OR") == NULL || strstr(other + 1, " OR ") != NULL))
        return;
    take_flag(c, text);
    if (strstr(text, "NOT ") != NULL || strstr(text, "CASE ") != NULL)
        return;
    take_function(c, text, arena);
    take_length(c, text, "length");
    take_length(c, text, "char_length");
    take_length(c, text, "character_length");
    /* Most texts that are made up are ASCII. */
    if (c->family == FAMILY_TEXT)
        take_length(c, text, "octet_length");
    c->email = c->email || (strstr(text, " ~~ '%") != NULL && strchr(text, '@') != NULL);
    if (c->loose)
        return;
    take_multiple(c, text);
    take_list(c, text, arena);
    take_bounds(c, text, arena);
    take_pattern(c, text, arena);
}

static void
take_checks(made_column *c, const ss_catalog *catalog, const ss_table *table, ss_arena *arena)
{
    size_t type = c->column->type;

    while (type != SS_NONE && catalog->types[type].kind == SS_TYPE_DOMAIN)
    {
        for (size_t i = 0; i < catalog->types[type].nchecks; i++)
            take_check(c, catalog->types[type].checks[i], arena);
        type = catalog->types[type].base;
    }
    for (size_t i = 0; i < table->nchecks; i++)
    {
        if (ss_check_is_of(&table->checks[i], c->column))
            take_check(c, table->checks[i].definition, arena);
    }
}

/*
 * What CHECKs of a text may mean as well: what they say of lengths and case, whatever they say it of
 * (length(coalesce(x, '')), left(x, 1) = upper(left(x, 1))), and a pattern without regard to lengths.  A guess, which later
 * attempts take.
 */
static void
read_loosely(made_column *c, const ss_catalog *catalog, const ss_table *table, ss_arena *arena)
{
    made_column *other = ss_alloc(arena, 1, sizeof *other);

    *other = *c;
    other->loose = true;
    other->least = other->most = 0;
    other->upper = other->lower = other->email = false;
    other->pattern = NULL;
    other->nreadable = 0;
    take_checks(other, catalog, table, arena);
    choose_pattern(other, arena);
    if (other->least != c->least || other->most != c->most || other->upper != c->upper ||
        other->lower != c->lower || other->email != c->email ||
        (other->pattern != NULL && c->pattern == NULL))
        c->other_reading = other;
}

static int
by_low(const void *a, const void *b)
{
    const interval *x = a, *y = b;

    return (x->low > y->low) - (x->low < y->low);
}

/* Ascending, disjoint, and inside what CHECKs allow; none when they are all there is. */
static void
tidy_intervals(made_column *c)
{
    size_t n = 0;
    bool gap;

    for (size_t i = 0; i < c->nintervals; i++)
    {
        interval own = c->intervals[i];

        if (c->has_low && own.low < c->low)
            own.low = c->low;
        if (c->has_high && own.high > c->high)
            own.high = c->high;
        /* Near midnight is all of the day. */
        if (c->family == FAMILY_TIME && own.low < c->lowest)
            own.low = c->lowest;
        if (c->family == FAMILY_TIME && own.high > c->highest)
            own.high = c->highest;
        if (own.low <= own.high)
            c->intervals[n++] = own;
    }
    if (n > 1)
        qsort(c->intervals, n, sizeof *c->intervals, by_low);
    c->nintervals = n == 0 ? 0 : 1;
    for (size_t i = 1; i < n; i++)
    {
        interval *last = &c->intervals[c->nintervals - 1];

        if (c->intervals[i].low > last->high)
            c->intervals[c->nintervals++] = c->intervals[i];
        else if (c->intervals[i].high > last->high)
            last->high = c->intervals[i].high;
    }
    gap = c->nintervals == 0 || c->intervals[0].low != INT64_MIN ||
          c->intervals[c->nintervals - 1].high != INT64_MAX;
    for (size_t i = 1; i < c->nintervals; i++)
        gap = gap || c->intervals[i].low != c->intervals[i - 1].high + 1;
    if (!gap)
        c->nintervals = 0;
}

/* Literals that several CHECKs or partitions name are one. */
static void
drop_repeated(made_column *c)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_map *seen = ss_map_new(scratch);
    size_t n = 0;

    for (size_t i = 0; i < c->ndeclared; i++)
    {
        if (ss_map_put(seen, c->declared[i], c) == NULL)
            c->declared[n++] = c->declared[i];
    }
    c->ndeclared = n;
    ss_arena_free(scratch);
}

void
ss_generate_declared(made_column *c, const ss_catalog *catalog, const ss_table *table,
                     ss_arena *arena)
{
    take_checks(c, catalog, table, arena);
    for (size_t i = 0; i < table->nexclusions; i++)
        c->excluded =
            c->excluded || ss_attnums_hold(table->exclusions[i].attnums,
                                           table->exclusions[i].ncolumns, c->column->attnum);
    ss_declared_partitions(c, catalog, table, arena);
    drop_repeated(c);
    choose_pattern(c, arena);
    if (c->family == FAMILY_TEXT)
        read_loosely(c, catalog, table, arena);
    if ((c->family == FAMILY_DAY || c->family == FAMILY_TIME) && c->nintervals == 0 &&
        (c->has_low || c->has_high))
        ss_declared_add_interval(c, c->has_low ? c->low : INT64_MIN,
                                 c->has_high ? c->high : INT64_MAX, arena);
    tidy_intervals(c);
}
