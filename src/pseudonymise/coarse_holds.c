/* CHECKs that hold for coarser values, and for dates that are moved into the past, since they held for the values themselves. */
#include <string.h>

#include "base/text.h"
#include "pseudonymise/pseudonymise_internal.h"

static const ss_coarse *
coarse_of(const ss_step *s)
{
    return s != NULL && s->act == SS_STEP_KIND && s->kind == &ss_kind_generalise ? s->about.coarse
                                                                                 : NULL;
}

/* left <= right: no band begins before one that holds it, and of two that hold as much order is kept. */
static bool
stays_below(const ss_coarse *left, const ss_coarse *right)
{
    /* The very old move up to the oldest band, high ages down to the highest. */
    return left->way == right->way && left->scale == right->scale && left->n % right->n == 0 &&
           (!left->born || right->born) && (!right->age || left->age);
}

bool
ss_coarse_order_holds(const ss_step *left, const char *operator, const ss_step * right)
{
    const ss_coarse *a = coarse_of(left), *b = coarse_of(right);

    if (a == NULL || b == NULL || left->about.type.type != right->about.type.type ||
        (a->way != SS_COARSE_MONTHS && a->way != SS_COARSE_WIDTH))
        return false;
    if (strcmp(operator, " <= ") == 0)
        return stays_below(a, b);
    return strcmp(operator, " >= ") == 0 && stays_below(b, a);
}

/* 'text'::some type */
static bool
take_literal(const char **p, const char **text, size_t *n)
{
    if (!ss_text_take(p, "'"))
        return false;
    *text = *p;
    *n = strcspn(*p, "'");
    *p += *n;
    return ss_text_take(p, "'::") && (*p += strcspn(*p, "()'")) != NULL && **p != '\'';
}

typedef struct bound
{
    bool lower;
    bool strict;
} bound;

static bool
take_operator(const char **p, bound *b)
{
    static const struct
    {
        const char *text;
        bound bound;
    } operators[] = {{" >= ", {true, false}},
                     {" > ", {true, true}},
                     {" <= ", {false, false}},
                     {" < ", {false, true}}};

    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
    {
        if (!ss_text_take(p, operators[i].text))
            continue;
        *b = operators[i].bound;
        return true;
    }
    return false;
}

/* The day or moment at which the CHECK is made. */
static bool
take_now(const char **p)
{
    return ss_text_take(p, "CURRENT_DATE") || ss_text_take(p, "CURRENT_TIMESTAMP") ||
           ss_text_take(p, "LOCALTIMESTAMP") || ss_text_take(p, "now()");
}

/* Is no day or moment moved towards the future? */
static bool
goes_back(const ss_step *s)
{
    const ss_coarse *coarse = coarse_of(s);

    return coarse != NULL ? coarse->way == SS_COARSE_MONTHS && !coarse->born
                          : s->kind == &ss_kind_date_of_birth || s->kind == &ss_kind_date_shift ||
                                s->kind == &ss_kind_date_shift_weeks;
}

/* Not more years than those that the very old are made to be at least. */
static bool
are_few_years(const char *text, size_t n)
{
    const size_t digits = strspn(text, "0123456789");
    size_t years = 0;

    for (size_t i = 0; i < digits && i < 3; i++)
        years = years * 10 + (size_t) (text[i] - '0');
    return digits > 0 && digits < 3 && years <= SS_COARSE_OLD && n > digits &&
           strncmp(text + digits, " years'", strlen(" years'")) == 0;
}

/* (CURRENT_DATE - '18 years'::interval): who was old enough still is. */
static bool
take_before_now(const ss_step *s, const char **p)
{
    const char *at = *p, *text = "";
    size_t n;

    if (!ss_text_take(&at, "(") || !take_now(&at) || !ss_text_take(&at, " - "))
        return false;
    n = strspn(at, "0123456789");
    at += n;
    if ((n == 0 && !take_literal(&at, &text, &n)) || !ss_text_take(&at, ")") ||
        (!goes_back(s) && !are_few_years(text, n)))
        return false;
    *p = at;
    return true;
}

static bool
begins_year(const ss_step *s, int64_t v)
{
    const ss_type *type = &s->about.catalog->types[s->about.type.type];
    const int64_t unit = ss_type_is(type, "date") ? 1 : SS_DAY_US;
    int64_t y, m, d;

    if (v % unit != 0)
        return false;
    ss_civil_of_days(v / unit, &y, &m, &d);
    return m == 1 && d == 1;
}

/* What becomes of a day or moment that is v, and is made coarser: bands keep order, so it tells of all beyond it. */
static bool
made_of(const ss_step *s, int64_t v, ss_arena *scratch, int64_t *made)
{
    const ss_form forms[2] = {SS_FORM_I64, SS_FORM_I64};
    ss_batch *batch = ss_batch_new(scratch, forms, 2);
    const ss_kind_rows rows = {.n = 1, .in = &batch->columns[0]};
    ss_kind_counts counts = {0};
    void *state;
    ss_error ignored;

    ss_column_put_i64(&batch->columns[0], 0, v);
    if (s->kind->open(&s->about, NULL, scratch, &state, &ignored) != SS_OK ||
        ss_kind_apply(s->kind, state, &rows, &batch->columns[1], &counts, &ignored) != SS_OK)
        return false;
    *made = batch->columns[1].i64[0];
    return true;
}

static bool
bound_holds(const ss_step *s, const bound *b, const char *text, size_t n, ss_arena *scratch)
{
    const ss_form form = SS_FORM_I64;
    ss_batch *batch = ss_batch_new(scratch, &form, 1);
    const ss_coarse *coarse = coarse_of(s);
    int64_t v, made;
    ss_error ignored;

    if (s->about.codec->from_text(&s->about.type, text, n, &batch->columns[0], 0, &ignored) !=
        SS_OK)
        return false;
    v = batch->columns[0].i64[0];
    if (v == INT64_MIN || v == INT64_MAX)
        return false;
    if (!b->lower && goes_back(s))
        return true;
    if (b->strict)
        v += b->lower ? 1 : -1;
    if (s->kind == &ss_kind_date_of_birth)
        return begins_year(s, v);
    if (coarse == NULL || coarse->way != SS_COARSE_MONTHS || !made_of(s, v, scratch, &made))
        return false;
    return b->lower ? made >= v : made <= v;
}

bool
ss_date_bounds_hold(const ss_step *s, const char *definition, const char *name, ss_arena *scratch)
{
    const ss_coarse *coarse = coarse_of(s);
    const char *p = definition, *literal;
    size_t n;
    ss_buf column = {0};
    bool holds;

    if (!goes_back(s) && (coarse == NULL || coarse->way != SS_COARSE_MONTHS))
        return false;
    ss_text_ident(&column, name);
    holds = ss_text_take(&p, "CHECK ");
    do
    {
        bound b;

        p += strspn(p, "(");
        holds = holds && ss_text_take(&p, ss_buf_text(&column)) && take_operator(&p, &b);
        /* Who is very old is younger afterwards, and born before now all the same. */
        holds =
            holds && ((!b.lower && take_now(&p)) || (!b.lower && take_before_now(s, &p)) ||
                      (take_literal(&p, &literal, &n) && bound_holds(s, &b, literal, n, scratch)));
        p += strspn(p, ")");
    } while (holds && ss_text_take(&p, " AND "));
    ss_buf_done(&column);
    return holds && *p == '\0';
}
