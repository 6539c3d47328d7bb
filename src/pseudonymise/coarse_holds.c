/* CHECKs that hold for coarser values since they held for the values themselves: bands keep order, and begin within bounds. */
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

/* Is the day or moment the first of its band? */
static bool
begins_band(const ss_step *s, const char *text, size_t n, ss_arena *scratch)
{
    const ss_form forms[2] = {SS_FORM_I64, SS_FORM_I64};
    ss_batch *batch = ss_batch_new(scratch, forms, 2);
    const ss_kind_rows rows = {.n = 1, .in = &batch->columns[0]};
    ss_kind_counts counts = {0};
    void *state;
    ss_error ignored;

    return s->about.codec->from_text(&s->about.type, text, n, &batch->columns[0], 0, &ignored) ==
               SS_OK &&
           s->kind->open(&s->about, NULL, scratch, &state, &ignored) == SS_OK &&
           ss_kind_apply(s->kind, state, &rows, &batch->columns[1], &counts, &ignored) == SS_OK &&
           batch->columns[0].i64[0] == batch->columns[1].i64[0];
}

bool
ss_coarse_bounds_hold(const ss_step *s, const char *definition, const char *name, ss_arena *scratch)
{
    const ss_coarse *coarse = coarse_of(s);
    const char *p = definition, *literal;
    size_t n;
    ss_buf column = {0};
    bool holds;

    if (coarse == NULL || coarse->way != SS_COARSE_MONTHS || coarse->born)
        return false;
    ss_text_ident(&column, name);
    holds = ss_text_take(&p, "CHECK ");
    do
    {
        bool begins;

        p += strspn(p, "(");
        holds = holds && ss_text_take(&p, ss_buf_text(&column));
        begins = holds && ss_text_take(&p, " >= ");
        holds = holds && (begins || ss_text_take(&p, " <= ") || ss_text_take(&p, " < ")) &&
                take_literal(&p, &literal, &n) && (!begins || begins_band(s, literal, n, scratch));
        p += strspn(p, ")");
    } while (holds && ss_text_take(&p, " AND "));
    ss_buf_done(&column);
    return holds && *p == '\0';
}
