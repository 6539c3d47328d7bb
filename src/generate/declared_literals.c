#include <string.h>

#include "base/text.h"
#include "generate/declared_internal.h"

/* A number that another digit can follow. */
#define MOST_DIGITS ((INT64_MAX - 9) / 10)

bool
ss_declared_number(const char *at, int scale, int64_t *units)
{
    bool negative;
    int64_t v = 0;
    int places = -1;

    at += strspn(at, "( ");
    if (*at == '\'')
        at++;
    negative = *at == '-';
    at += negative;
    if (*at < '0' || *at > '9')
        return false;
    for (; (*at >= '0' && *at <= '9') || (*at == '.' && places < 0); at++)
    {
        if (*at == '.')
        {
            places = 0;
            continue;
        }
        if (places >= scale)
            break;
        if (v > MOST_DIGITS)
            return false;
        v = v * 10 + (*at - '0');
        places += places >= 0;
    }
    for (int p = places < 0 ? 0 : places; p < scale; p++)
    {
        if (v > MOST_DIGITS)
            return false;
        v *= 10;
    }
    *units = negative ? -v : v;
    return true;
}

/* What the column's codec reads in the literal behind the quote. */
static bool
typed_literal(const made_column *c, const char *at, int64_t *units)
{
    const char *end = strchr(at, '\'');
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_form form = SS_FORM_I64;
    ss_batch *batch = ss_batch_new(scratch, &form, 1);
    ss_error ignored;
    const bool good = end != NULL && c->codec->from_text(&c->codec_type, at, (size_t) (end - at),
                                                         &batch->columns[0], 0, &ignored) == SS_OK;

    if (good)
    {
        *units = batch->columns[0].i64[0];
        if (*units != INT64_MIN && *units != INT64_MAX)
            *units /= c->marginal->step;
    }
    ss_arena_free(scratch);
    return good;
}

bool
ss_declared_units(const made_column *c, const char *at, int64_t *units)
{
    at += strspn(at, "( ");
    if (*at == '\'' && c->codec != NULL && c->codec->form == SS_FORM_I64 &&
        typed_literal(c, at + 1, units))
        return true;
    return c->family != FAMILY_DAY && c->family != FAMILY_TIME &&
           ss_declared_number(at, c->marginal->scale, units);
}

char *
ss_declared_text(const char *at, const char **end, ss_arena *arena)
{
    ss_buf literal = {0};
    char *text;

    for (at++; *at != '\0' && (*at != '\'' || at[1] == '\''); at++)
    {
        at += *at == '\'';
        ss_buf_putc(&literal, *at);
    }
    *end = at + (*at == '\'');
    text = ss_strdup(arena, ss_buf_text(&literal));
    ss_buf_done(&literal);
    return text;
}

const char *
ss_declared_take_text(made_column *c, const char *at, ss_arena *arena)
{
    c->declared =
        ss_grow(arena, c->declared, c->ndeclared, &c->declared_capacity, sizeof *c->declared);
    c->declared[c->ndeclared++] = ss_declared_text(at, &at, arena);
    return at;
}

void
ss_declared_add_interval(made_column *c, int64_t low, int64_t high, ss_arena *arena)
{
    c->intervals =
        ss_grow(arena, c->intervals, c->nintervals, &c->intervals_capacity, sizeof *c->intervals);
    c->intervals[c->nintervals++] = (interval){low, high};
}

/* The numbers, days or times of ARRAY[1, (2)::numeric]; at is behind the bracket. */
static void
take_units(made_column *c, const char *at, ss_arena *arena)
{
    for (;;)
    {
        int64_t v;

        if (ss_declared_units(c, at, &v))
            ss_declared_add_interval(c, v, v, arena);
        at += strcspn(at, ",]");
        if (*at != ',')
            return;
        at++;
    }
}

/* The literals of ARRAY['a'::text, 'b'::text]; at is behind the bracket. */
static void
take_literals(made_column *c, const char *at, ss_arena *arena)
{
    while (*at != '\0' && *at != ']')
        at = *at == '\'' ? ss_declared_take_text(c, at, arena) : at + 1;
}

void
ss_declared_take_list(made_column *c, const char *at, ss_arena *arena)
{
    if (ss_generate_is_ordered(c))
        take_units(c, at, arena);
    else
        take_literals(c, at, arena);
}
