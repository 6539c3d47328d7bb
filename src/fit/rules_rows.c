#include "fit/rules_internal.h"

#include <stdlib.h>
#include <string.h>

#define NUMBERS_MAX   24 /* numeric columns of which sums are tried; three terms below */
#define TERMS_MAX     10
#define BY_VALUES_MAX 64 /* different values of a column that what is NULL may be decided by */

/* --- orders and sums -------------------------------------------------------------------------------- */

/* Times are compared as they are, not in their grid: a second holds many orders. */
ss_wide
ss_rules_compared(const rule_view *v, const ss_batch_column *values, size_t r)
{
    if (v->time && v->c->step != 1)
        return values->i64[r];
    return v->units[r];
}

static ss_wide
scaled(const ss_fit_rules *s, const rule_view *v, size_t r, int scale)
{
    if (v->time)
        return ss_rules_compared(v, &s->sample->columns[v->at], r);
    return (ss_wide) v->units[r] * ss_wide_ten_to(scale - v->c->scale);
}

int
ss_rules_common_scale(const rule_view *a, const rule_view *b)
{
    return a->c->scale > b->c->scale ? a->c->scale : b->c->scale;
}

static bool
comparable(const rule_view *a, const rule_view *b)
{
    if (!a->value || !b->value)
        return false;
    if (a->number && b->number)
        return true;
    return a->time && b->time && a->c->step == b->c->step;
}

/* Is a equal to b, or never above it, where both are known; and would it be above often, if b were another row's? */
static void
find_order(ss_fit_rules *s, size_t x, size_t y)
{
    const rule_view *a = &s->views[x], *b = &s->views[y];
    const size_t n = s->sample->n;
    const int scale = ss_rules_common_scale(a, b);
    size_t both = 0, equal = 0, chance = 0, by_chance_equal = 0;

    for (size_t r = 0; r < n; r++)
    {
        const size_t other = ss_rules_partner(r, n);
        ss_wide p, q;

        if (!a->known[r] || !b->known[r])
            continue;
        p = scaled(s, a, r, scale);
        q = scaled(s, b, r, scale);
        if (p > q)
            return;
        both++;
        equal += p == q;
        if (!b->known[other])
            continue;
        chance += p > scaled(s, b, other, scale);
        by_chance_equal += p == scaled(s, b, other, scale);
    }
    if (both < SUPPORT_PEOPLE)
        return;
    if (equal == both)
    {
        if (x < y && by_chance_equal * 2 < both)
            (void) ss_rules_add_candidate(s, SS_RULE_EQUAL, (size_t[]){x, y}, 2);
        return;
    }
    if (chance >= SUPPORT_PEOPLE && chance * CHANCE_SHARE >= both)
        (void) ss_rules_add_candidate(s, SS_RULE_ORDER, (size_t[]){x, y}, 2);
}

/* t = the sum, or the product rounded to t's decimals, of terms, in row r whose terms but the first are row o's. */
bool
ss_rules_adds_up(const rule_view *views, const ss_rule *rule, size_t r, size_t o)
{
    const rule_view *t = &views[rule->columns[0]];
    int scale = 0;
    ss_wide v = rule->kind == SS_RULE_PRODUCT ? 1 : 0;

    for (size_t i = 0; i < rule->ncolumns; i++)
    {
        const int own = views[rule->columns[i]].c->scale;

        scale = own > scale ? own : scale;
    }
    for (size_t i = 1; i < rule->ncolumns; i++)
    {
        const rule_view *term = &views[rule->columns[i]];
        const int64_t units = term->units[i == 1 ? r : o];

        if (rule->kind == SS_RULE_PRODUCT)
            v *= units;
        else
            v += (ss_wide) units * ss_wide_ten_to(scale - term->c->scale);
    }
    if (rule->kind == SS_RULE_PRODUCT)
        scale = views[rule->columns[1]].c->scale + views[rule->columns[2]].c->scale;
    return ss_wide_shift(&v, t->c->scale - scale) && v == t->units[r];
}

/* Do all terms stand in row r, and more than one of them says something (not 0; of a product not 1)? */
bool
ss_rules_says_something(const rule_view *views, const ss_rule *rule, size_t r, bool *present)
{
    size_t telling = 0;

    *present = true;
    for (size_t i = 0; i < rule->ncolumns; i++)
    {
        const rule_view *v = &views[rule->columns[i]];

        *present = *present && v->known[r];
        if (i > 0 && v->known[r])
            telling += v->units[r] != 0 &&
                       (rule->kind == SS_RULE_SUM || v->units[r] != ss_wide_ten_to(v->c->scale));
    }
    return *present && telling == rule->ncolumns - 1;
}

static void
try_sum(ss_fit_rules *s, const ss_rule *rule)
{
    const size_t n = s->sample->n;
    size_t telling = 0, chance = 0;

    for (size_t r = 0; r < n; r++)
    {
        const size_t other = ss_rules_partner(r, n);
        bool present, other_present;
        const bool tells = ss_rules_says_something(s->views, rule, r, &present);

        if (!present)
            continue;
        if (!ss_rules_adds_up(s->views, rule, r, r))
            return;
        if (!tells)
            continue;
        telling++;
        if (ss_rules_says_something(s->views, rule, other, &other_present) || other_present)
            chance += !ss_rules_adds_up(s->views, rule, r, other);
    }
    if (telling < SUPPORT_PEOPLE || chance * 4 < telling)
        return;
    (void) ss_rules_add_candidate(s, rule->kind, rule->columns, rule->ncolumns);
}

static bool
can_add(const rule_view *v)
{
    return v->value && v->number && !v->c->is_float && v->c->scale <= 9;
}

static void
find_sums(ss_fit_rules *s)
{
    size_t list[NUMBERS_MAX], n = 0;

    for (size_t i = 0; i < s->nviews && n < NUMBERS_MAX; i++)
    {
        if (can_add(&s->views[i]))
            list[n++] = i;
    }
    for (size_t t = 0; t < n; t++)
    {
        for (size_t a = 0; a < n; a++)
        {
            for (size_t b = a; b < n && a != t; b++)
            {
                ss_rule rule = {
                    .kind = SS_RULE_PRODUCT, .ncolumns = 3, .columns = {list[t], list[a], list[b]}};

                if (b == t)
                    continue;
                if (a != b)
                    try_sum(s, &rule);
                rule.kind = SS_RULE_SUM;
                if (a != b)
                    try_sum(s, &rule);
                for (size_t c = b + 1; c < n && a != b && n <= TERMS_MAX; c++)
                {
                    rule.ncolumns = 4;
                    rule.columns[3] = list[c];
                    if (c != t)
                        try_sum(s, &rule);
                }
            }
        }
    }
}

/* --- what is NULL together -------------------------------------------------------------------------- */

/* The value that what is NULL may be decided by: few of them. */
static void
find_null_by(ss_fit_rules *s, size_t x, size_t y)
{
    const rule_view *t = &s->views[x], *by = &s->views[y];
    rule_firsts m = {0};
    size_t rows[2] = {0};
    bool pure = true;

    for (size_t r = 0; r < s->sample->n && pure; r++)
    {
        const uint64_t is = t->null[r] ? 1 : 2;

        rows[is - 1]++;
        pure =
            ss_rules_look_up(&m, by->null[r] ? 1 : by->id[r] + 1, is) == is && m.n <= BY_VALUES_MAX;
    }
    free(m.slots);
    if (pure && rows[0] >= SUPPORT_PEOPLE && rows[1] >= SUPPORT_PEOPLE)
        (void) ss_rules_add_candidate(s, SS_RULE_NULL_BY, (size_t[]){x, y}, 2);
}

static void
find_null_with(ss_fit_rules *s, size_t x, size_t y)
{
    const rule_view *a = &s->views[x], *b = &s->views[y];
    size_t nulls = 0, with = 0, apart = 0;
    const size_t n = s->sample->n;

    for (size_t r = 0; r < n; r++)
    {
        nulls += a->null[r] != 0;
        with += a->null[r] == b->null[r];
        apart += a->null[r] != b->null[r];
    }
    if (nulls < SUPPORT_PEOPLE || n - nulls < SUPPORT_PEOPLE)
        return;
    if (with == n)
        (void) ss_rules_add_candidate(s, SS_RULE_NULL_WITH, (size_t[]){x, y}, 2);
    else if (apart == n)
        (void) ss_rules_add_candidate(s, SS_RULE_NULL_XOR, (size_t[]){x, y}, 2);
}

static void
find_nulls(ss_fit_rules *s)
{
    for (size_t x = 0; x < s->nviews; x++)
    {
        for (size_t y = 0; y < s->nviews && s->views[x].nulls; y++)
        {
            if (y == x)
                continue;
            if (s->views[y].value && s->views[y].c->kind == SS_MARGINAL_CATEGORIES)
                find_null_by(s, x, y);
            if (x < y && s->views[y].nulls)
                find_null_with(s, x, y);
        }
    }
}

/* --- beginnings of texts ---------------------------------------------------------------------------- */

bool
ss_rules_begin(const ss_batch_column *longer, const ss_batch_column *shorter, size_t r, size_t o)
{
    size_t n, m;
    const unsigned char *text = ss_column_bytes(longer, r, &n);
    const unsigned char *start = ss_column_bytes(shorter, o, &m);

    return m <= n && (m == 0 || memcmp(text, start, m) == 0);
}

static bool
is_text(const rule_view *v)
{
    return v->value && v->c->lengths != NULL;
}

/* Is one the beginning of the other, or the same, in every row? */
static void
find_prefix(ss_fit_rules *s, size_t x, size_t y)
{
    const rule_view *a = &s->views[x], *b = &s->views[y];
    const ss_batch_column *start = &s->sample->columns[a->at], *text = &s->sample->columns[b->at];
    const size_t n = s->sample->n;
    size_t both = 0, equal = 0, chance = 0;

    for (size_t r = 0; r < n; r++)
    {
        const size_t other = ss_rules_partner(r, n);

        if (a->null[r] || b->null[r])
            continue;
        if (!ss_rules_begin(text, start, r, r))
            return;
        both++;
        equal += a->id[r] == b->id[r];
        if (!a->null[other])
            chance += !ss_rules_begin(text, start, r, other);
    }
    if (both < SUPPORT_PEOPLE || chance * 4 < both)
        return;
    if (equal < both)
        (void) ss_rules_add_candidate(s, SS_RULE_PREFIX, (size_t[]){x, y}, 2);
    else if (x < y)
        (void) ss_rules_add_candidate(s, SS_RULE_EQUAL, (size_t[]){x, y}, 2);
}

void
ss_rules_find_in_rows(ss_fit_rules *s)
{
    for (size_t x = 0; x < s->nviews; x++)
    {
        for (size_t y = 0; y < s->nviews; y++)
        {
            if (x != y && comparable(&s->views[x], &s->views[y]))
                find_order(s, x, y);
            if (x != y && is_text(&s->views[x]) && is_text(&s->views[y]))
                find_prefix(s, x, y);
        }
    }
    find_sums(s);
    find_nulls(s);
}
