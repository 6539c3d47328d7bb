/*
 * CHECKs that bound degrees and other numbers: what is moved stays between -90 and 90, or -180 and 180, and what is made coarser
 * goes down to a multiple of its width at most.
 */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "pseudonymise/pseudonymise_internal.h"

typedef enum comparison
{
    AT_LEAST,
    ABOVE,
    AT_MOST,
    BELOW,
} comparison;

/* The definition without brackets, quotes and casts: "CHECK lat >= -90 AND lat <= 90". */
static char *
plain_text(const char *definition, ss_arena *scratch)
{
    static const char *const types[] = {"::integer", "::numeric", "::double precision", "::real"};
    char *text = ss_alloc(scratch, strlen(definition) + 1, 1), *to = text;

    for (const char *at = definition; *at != '\0';)
    {
        size_t cast = 0;

        for (size_t i = 0; i < sizeof types / sizeof types[0] && cast == 0; i++)
        {
            if (strncmp(at, types[i], strlen(types[i])) == 0)
                cast = strlen(types[i]);
        }
        if (cast > 0)
            at += cast;
        else if (strchr("()'", *at) != NULL)
            at++;
        else
            *to++ = *at++;
    }
    return text;
}

/* A number, "- 90" being -90. */
static bool
take_number(const char **p, double *v)
{
    const bool negative = ss_text_take(p, "-");
    char number[32] = "";
    size_t n;

    *p += negative && **p == ' ';
    n = strspn(*p, "0123456789.");
    if (n == 0 || n >= sizeof number)
        return false;
    memcpy(number, *p, n);
    *p += n;
    if (!ss_parse_double(number, v))
        return false;
    *v = negative ? -*v : *v;
    return true;
}

/* name >= -90; of another column, mine is false. */
static bool
take_clause(const char **p, const char *name, bool *mine, comparison *how, double *v)
{
    static const char *const words[] = {
        [AT_LEAST] = " >= ", [ABOVE] = " > ", [AT_MOST] = " <= ", [BELOW] = " < "};
    const size_t n = strlen(name);

    *mine = strncmp(*p, name, n) == 0 && (*p)[n] == ' ';
    *p += *mine ? n
                : strspn(*p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$\"");
    for (int i = AT_LEAST; i <= BELOW; i++)
    {
        if (!ss_text_take(p, words[i]))
            continue;
        *how = (comparison) i;
        return take_number(p, v);
    }
    return false;
}

static bool
moved_holds(const ss_kind *kind, comparison how, double v)
{
    const double most = kind == &ss_kind_latitude ? 90 : 180;

    switch (how)
    {
    case AT_LEAST:
        return v <= -most;
    case ABOVE:
        return v < -most;
    case AT_MOST:
        return v >= most;
    case BELOW:
        return v > most;
    }
    return false;
}

/* Nothing goes up.  Whole bounds alone: of others a float is not certainly a multiple. */
static bool
coarse_holds(const ss_coarse *coarse, comparison how, double v)
{
    double units = v;

    for (int i = 0; i < coarse->scale; i++)
        units *= 10;
    if (how == AT_MOST || how == BELOW)
        return true;
    return how == AT_LEAST && v == floor(v) && fabs(units) < 1e15 &&
           fmod(units, (double) coarse->n) == 0;
}

bool
ss_degrees_hold(const ss_step *s, const char *definition, const char *name, ss_arena *scratch)
{
    const bool is_moved = s->kind == &ss_kind_latitude || s->kind == &ss_kind_longitude;
    const ss_coarse *coarse = s->kind == &ss_kind_generalise ? s->about.coarse : NULL;
    const char *p = plain_text(definition, scratch);
    ss_buf column = {0};
    bool holds, any = false;

    if (!is_moved && (coarse == NULL || coarse->way != SS_COARSE_WIDTH || coarse->age))
        return false;
    if (strcmp(name, "VALUE") == 0) /* a domain's */
        ss_buf_puts(&column, name);
    else
        ss_text_ident(&column, name);
    holds = ss_text_take(&p, "CHECK ");
    do
    {
        bool mine = false;
        comparison how = AT_LEAST;
        double v = 0;

        holds = holds && take_clause(&p, ss_buf_text(&column), &mine, &how, &v) &&
                (!mine || (is_moved ? moved_holds(s->kind, how, v) : coarse_holds(coarse, how, v)));
        any = any || mine;
    } while (holds && ss_text_take(&p, " AND "));
    ss_buf_done(&column);
    return holds && any && *p == '\0';
}
