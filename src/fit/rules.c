#include "fit/rules_internal.h"

#include <stdlib.h>
#include <string.h>

/* --- views ------------------------------------------------------------------------------------------ */

static void
alloc_view(rule_view *v, size_t n, ss_arena *arena)
{
    v->null = ss_alloc(arena, n + 1, sizeof *v->null);
    v->id = ss_alloc(arena, n + 1, sizeof *v->id);
    v->units = ss_alloc(arena, n + 1, sizeof *v->units);
    v->known = ss_alloc(arena, n + 1, sizeof *v->known);
}

static void
fill_view(const ss_fit_rules *s, rule_view *v, const ss_batch_column *values, size_t n)
{
    memcpy(v->null, values->null, n);
    for (size_t r = 0; r < n && v->told; r++)
    {
        v->known[r] = false;
        v->id[r] = 0;
        if (values->null[r])
            continue;
        v->known[r] = (v->number || v->time) && ss_fit_column_units(v->c, values, r, &v->units[r]);
        if (values->form == SS_FORM_I64)
            v->id[r] = (uint64_t) values->i64[r] + 1;
        else if (values->form == SS_FORM_F64)
            v->id[r] = ss_hash(&s->key, &values->f64[r], sizeof values->f64[r]);
        else if (values->form == SS_FORM_TEXT)
        {
            size_t length;
            const unsigned char *text = ss_column_bytes(values, r, &length);

            v->id[r] = ss_hash(&s->key, text, length);
        }
    }
}

/* --- candidates ------------------------------------------------------------------------------------- */

size_t
ss_rules_partner(size_t r, size_t n)
{
    return (r + SHUFFLED) % n;
}

rule_candidate *
ss_rules_add_candidate(ss_fit_rules *s, ss_rule_kind kind, const size_t *columns, size_t n)
{
    rule_candidate *c;

    s->list = ss_grow(s->arena, s->list, s->n, &s->capacity, sizeof *s->list);
    c = &s->list[s->n++];
    *c = (rule_candidate){.rule = {.kind = kind, .ncolumns = n}};
    for (size_t i = 0; i < n; i++)
        c->rule.columns[i] = columns[i];
    return c;
}

/* --- finding -------------------------------------------------------------------------------------------- */

ss_fit_rules *
ss_fit_rules_find(const ss_fit_column *columns, size_t ncolumns, const ss_sample *sample,
                  const size_t *at, const ss_hash_key *key, ss_arena *kept, ss_arena *scratch)
{
    ss_fit_rules *s = ss_alloc(kept, 1, sizeof *s);

    *s = (ss_fit_rules){.sample = sample,
                        .who = ncolumns == 0 ? NULL : columns[0].who,
                        .key = *key,
                        .views = ss_alloc(kept, ncolumns + 1, sizeof *s->views),
                        .batch = ss_alloc(kept, ncolumns + 1, sizeof *s->batch),
                        .arena = kept};
    for (size_t c = 0; c < ncolumns; c++)
    {
        const ss_fit_column *of = &columns[c];
        rule_view *v = &s->views[s->nviews];

        if (at[c] == SS_NONE || sample->columns[at[c]].form == SS_FORM_WIRE)
            continue;
        *v = (rule_view){.column = c,
                         .c = of,
                         .at = at[c],
                         .value = of->values != NULL && !ss_marginal_is_key(of->kind),
                         .told = of->values != NULL || ss_marginal_is_key(of->kind),
                         .nulls =
                             of->null_people != NULL && of->decision->class != SS_CLASS_UNDECIDED,
                         .number = of->is_number,
                         .time = of->is_time};
        if (!v->told && !v->nulls)
            continue;
        s->batch[s->nviews++] = *v;
        alloc_view(v, sample->n, scratch);
        fill_view(s, v, &sample->columns[at[c]], sample->n);
    }
    if (sample->n < SUPPORT_PEOPLE)
        return s;
    ss_rules_find_dependencies(s);
    ss_rules_find_in_rows(s);
    for (size_t i = 0; i < s->n; i++)
    {
        for (size_t k = 0; k < s->list[i].rule.ncolumns; k++)
            s->batch[s->list[i].rule.columns[k]].used = true;
    }
    for (size_t i = 0; i < s->n; i++)
    {
        const size_t k = s->who->k > SUPPORT_PEOPLE ? s->who->k : SUPPORT_PEOPLE;

        s->list[i].holds = ss_crowd_new(k, s->who->npaths);
        s->list[i].other = ss_crowd_new(s->who->k, s->who->npaths);
        s->list[i].silent = ss_crowd_new(s->who->k, s->who->npaths);
        if (s->list[i].rule.kind == SS_RULE_DEPENDENCY)
            s->list[i].determinant = ss_cardinality_new(
                VALUES_SEEN, &(ss_people){s->who->k, s->who->npaths, s->who->may_be_empty});
    }
    return s;
}

void
ss_fit_rules_done(ss_fit_rules *s)
{
    for (size_t i = 0; s != NULL && i < s->n; i++)
    {
        ss_crowd_free(s->list[i].holds);
        ss_crowd_free(s->list[i].other);
        ss_crowd_free(s->list[i].silent);
        ss_cardinality_free(s->list[i].determinant);
        free(s->list[i].map.slots);
        free(s->list[i].pairs.slots);
    }
    if (s != NULL)
        s->n = 0;
}

size_t
ss_fit_rules_count(const ss_fit_rules *s)
{
    return s->n;
}

void
ss_fit_rules_need(const ss_fit_rules *s, bool *needed)
{
    for (size_t i = 0; i < s->n; i++)
    {
        for (size_t k = 0; k < s->list[i].rule.ncolumns; k++)
            needed[s->views[s->list[i].rule.columns[k]].column] = true;
    }
}

/* --- holding against rows ---------------------------------------------------------------------------- */

typedef enum verdict
{
    SAYS_NOTHING,
    HOLDS,
    HOLDS_OTHERWISE, /* the other branch of a rule about NULL */
    BROKEN,
} verdict;

static verdict
judge(rule_candidate *c, const rule_view *views, const ss_batch_column *const *values,
      uint64_t weight, size_t r)
{
    const rule_view *a = &views[c->rule.columns[0]], *b = &views[c->rule.columns[1]];
    ss_wide p, q;
    uint64_t from, to;
    int scale;
    bool present;

    switch (c->rule.kind)
    {
    case SS_RULE_DEPENDENCY:
        from = ss_rules_determinant(a, c->rule.ncolumns == 3 ? b : NULL, r);
        if (c->rule.ncolumns == 3)
            b = &views[c->rule.columns[2]];
        to = b->null[r] ? UINT64_MAX : b->id[r];
        return from == 0                                          ? SAYS_NOTHING
               : ss_rules_count_pair(&c->pairs, from, to, weight) ? HOLDS
                                                                  : BROKEN;
    case SS_RULE_EQUAL:
        if (a->null[r] || b->null[r])
            return SAYS_NOTHING;
        if (!a->number && !a->time)
            return a->id[r] == b->id[r] ? HOLDS : BROKEN;
        if (!a->known[r] || !b->known[r])
            return SAYS_NOTHING;
        scale = ss_rules_common_scale(a, b);
        p = a->time ? ss_rules_compared(a, values[0], r)
                    : (ss_wide) a->units[r] * ss_wide_ten_to(scale - a->c->scale);
        q = b->time ? ss_rules_compared(b, values[1], r)
                    : (ss_wide) b->units[r] * ss_wide_ten_to(scale - b->c->scale);
        return p == q ? HOLDS : BROKEN;
    case SS_RULE_ORDER:
        if (!a->known[r] || !b->known[r])
            return SAYS_NOTHING;
        scale = ss_rules_common_scale(a, b);
        p = a->time ? ss_rules_compared(a, values[0], r)
                    : (ss_wide) a->units[r] * ss_wide_ten_to(scale - a->c->scale);
        q = b->time ? ss_rules_compared(b, values[1], r)
                    : (ss_wide) b->units[r] * ss_wide_ten_to(scale - b->c->scale);
        return p <= q ? HOLDS : BROKEN;
    case SS_RULE_SUM:
    case SS_RULE_PRODUCT:
        (void) ss_rules_says_something(views, &c->rule, r, &present);
        return !present ? SAYS_NOTHING : ss_rules_adds_up(views, &c->rule, r, r) ? HOLDS : BROKEN;
    case SS_RULE_NULL_BY:
        to = a->null[r] ? 1 : 2;
        if (ss_rules_look_up(&c->map, b->null[r] ? 1 : b->id[r] + 1, to) != to)
            return BROKEN;
        return a->null[r] ? HOLDS : HOLDS_OTHERWISE;
    case SS_RULE_NULL_WITH:
        if (a->null[r] != b->null[r])
            return BROKEN;
        return a->null[r] ? HOLDS : HOLDS_OTHERWISE;
    case SS_RULE_NULL_XOR:
        if (a->null[r] == b->null[r])
            return BROKEN;
        return a->null[r] ? HOLDS : HOLDS_OTHERWISE;
    case SS_RULE_PREFIX:
        if (a->null[r] || b->null[r])
            return SAYS_NOTHING;
        return ss_rules_begin(values[1], values[0], r, r) ? HOLDS : BROKEN;
    case SS_RULE_DISTINCT:
    case SS_RULE_TOTAL:
    case SS_RULE_COUNT:
    case SS_RULE_FIRST:
    case SS_RULE_LAST:
    case SS_RULE_BEFORE:
    case SS_RULE_AFTER:
        return SAYS_NOTHING; /* of two tables: fit/totals.h */
    }
    return SAYS_NOTHING;
}

static void
add_rows(ss_fit_rules *s, const rule_view *views, const ss_batch_column *columns, size_t n,
         const uint64_t *subjects, const uint64_t *weights)
{
    const size_t npaths = s->who->npaths;

    for (size_t i = 0; i < s->n; i++)
    {
        rule_candidate *c = &s->list[i];
        const ss_batch_column *values[SS_RULE_COLUMNS] = {NULL};

        for (size_t k = 0; k < c->rule.ncolumns; k++)
            values[k] = &columns[views[c->rule.columns[k]].at];
        for (size_t r = 0; r < n && !c->broken; r++)
        {
            const verdict v = judge(c, views, values, weights[r], r);

            c->broken = v == BROKEN;
            if (v == SAYS_NOTHING)
                ss_crowd_add(c->silent, subjects + r * npaths, weights[r]);
            if (v == SAYS_NOTHING || v == BROKEN)
                continue;
            c->rows += weights[r];
            if (c->determinant != NULL)
                ss_cardinality_add(
                    c->determinant,
                    ss_rules_spread(ss_rules_determinant(
                        &views[c->rule.columns[0]],
                        c->rule.ncolumns == 3 ? &views[c->rule.columns[1]] : NULL, r)),
                    subjects + r * npaths, weights[r]);
            ss_crowd_add(v == HOLDS_OTHERWISE ? c->other : c->holds, subjects + r * npaths,
                         weights[r]);
        }
    }
}

void
ss_fit_rules_add(ss_fit_rules *s, const ss_fit_reading *reading)
{
    const ss_batch *batch = reading->batch;

    for (size_t i = 0; i < s->nviews; i++)
    {
        rule_view *v = &s->batch[i];

        if (!v->used)
            continue;
        /* With the first batch: of most tables the sample is all. */
        if (v->known == NULL)
            alloc_view(v, SS_BATCH_ROWS, s->arena);
        fill_view(s, v, &batch->columns[v->at], batch->nrows);
    }
    add_rows(s, s->batch, batch->columns, batch->nrows, reading->behind.subjects,
             reading->behind.weights);
}

void
ss_fit_rules_add_sample(ss_fit_rules *s)
{
    add_rows(s, s->views, s->sample->columns, s->sample->n, s->sample->subjects,
             s->sample->weights);
}

/* --- those that hold ---------------------------------------------------------------------------------- */

/* Half of the determinant's values have k people each, or more: else it were a list of people (design 5.7). */
static bool
speaks_of_crowds(const rule_candidate *c)
{
    size_t n, enough = 0;
    double scale;
    ss_value_seen *list = ss_cardinality_list(c->determinant, &n, &scale);

    for (size_t i = 0; i < n; i++)
        enough += ss_cardinality_enough(c->determinant, &list[i]);
    free(list);
    return 2 * enough >= n;
}

/* Nothing breaks it, and enough people stand behind it and, of what is NULL, behind both branches. */
static bool
stands(const rule_candidate *c, uint64_t exceptions, const bool *may_be_empty)
{
    const bool two_branches = c->rule.kind == SS_RULE_NULL_BY ||
                              c->rule.kind == SS_RULE_NULL_WITH || c->rule.kind == SS_RULE_NULL_XOR;

    return !c->broken && (c->determinant == NULL || speaks_of_crowds(c)) &&
           exceptions <= c->rows / EXCEPTION_SHARE && ss_crowd_enough(c->holds, may_be_empty) &&
           (!two_branches || ss_crowd_enough(c->other, may_be_empty));
}

bool
ss_fit_rules_dependency(const ss_fit_rules *s, size_t i, ss_rule *rule)
{
    *rule = s->list[i].rule;
    for (size_t k = 0; k < rule->ncolumns; k++)
        rule->columns[k] = s->views[s->list[i].rule.columns[k]].column;
    return rule->kind == SS_RULE_DEPENDENCY;
}

bool
ss_fit_rules_holds(const ss_fit_rules *s, size_t i, bool *exceptions)
{
    const uint64_t broken = ss_rules_exceptions(&s->list[i].pairs);

    *exceptions = broken > 0;
    return stands(&s->list[i], broken, s->who->may_be_empty);
}

static bool
is_pair(const ss_rule *rule, ss_rule_kind kind, size_t a, size_t b)
{
    return rule->kind == kind && ((rule->columns[0] == a && rule->columns[1] == b) ||
                                  (rule->columns[0] == b && rule->columns[1] == a));
}

/* Does it follow from another one that says more? */
static bool
follows(const ss_rule *rule, const ss_rule *other)
{
    const size_t a = rule->columns[0], b = rule->columns[1];

    switch (rule->kind)
    {
    case SS_RULE_DEPENDENCY:
        return rule->ncolumns == 2 && is_pair(other, SS_RULE_EQUAL, a, b);
    case SS_RULE_NULL_BY:
        return is_pair(other, SS_RULE_NULL_WITH, a, b) || is_pair(other, SS_RULE_NULL_XOR, a, b);
    case SS_RULE_ORDER:
        /* No term of a sum of what is not negative is above it, say. */
        if ((other->kind != SS_RULE_SUM && other->kind != SS_RULE_PRODUCT) ||
            other->columns[0] != b)
            return false;
        for (size_t i = 1; i < other->ncolumns; i++)
        {
            if (other->columns[i] == a)
                return true;
        }
        return false;
    case SS_RULE_EQUAL:
    case SS_RULE_SUM:
    case SS_RULE_PRODUCT:
    case SS_RULE_NULL_WITH:
    case SS_RULE_NULL_XOR:
    case SS_RULE_PREFIX:
    case SS_RULE_DISTINCT:
    case SS_RULE_TOTAL:
    case SS_RULE_COUNT:
    case SS_RULE_FIRST:
    case SS_RULE_LAST:
    case SS_RULE_BEFORE:
    case SS_RULE_AFTER:
        return false;
    }
    return false;
}

static void
leave_out_what_follows(ss_rule *list, size_t *n)
{
    size_t left = 0;

    for (size_t i = 0; i < *n; i++)
    {
        const ss_rule rule = list[i];
        bool out = false;

        /* Whatever follows is of another kind than what it follows from, so those that are left already will do. */
        for (size_t k = 0; k < *n && !out; k++)
            out = (k < left || k > i) && follows(&rule, &list[k]);
        if (!out)
            list[left++] = rule;
    }
    *n = left;
}

/* Rows that it is said to speak of: all, where the others are fewer than k people's. */
static uint64_t
rows_of(const rule_candidate *c, const bool *may_be_empty, const ss_fit_terms *terms)
{
    if (ss_crowd_any(c->silent) && !ss_crowd_enough(c->silent, may_be_empty))
        return terms->rows;
    return ss_fit_round(terms, ss_fit_told(terms, c->rows));
}

void
ss_fit_rules_finish(const ss_fit_rules *s, const ss_fit_terms *terms, ss_arena *result,
                    ss_rule **list, size_t *n)
{
    *n = 0;
    *list = ss_alloc(result, s->n + 1, sizeof **list);
    for (size_t i = 0; i < s->n; i++)
    {
        const rule_candidate *c = &s->list[i];
        const uint64_t exceptions = ss_rules_exceptions(&c->pairs);
        ss_rule *rule = &(*list)[*n];

        if (!stands(c, exceptions, s->who->may_be_empty))
            continue;
        *rule = c->rule;
        for (size_t k = 0; k < rule->ncolumns; k++)
            rule->columns[k] = s->views[c->rule.columns[k]].column;
        rule->rows = rows_of(c, s->who->may_be_empty, terms);
        rule->exceptions = exceptions > 0;
        (*n)++;
    }
    leave_out_what_follows(*list, n);
}

size_t
ss_fit_rules_leave_out(ss_rule *list, size_t n, const char *const *names, const char *const *off,
                       size_t noff, const char **unknown)
{
    ss_arena *scratch = ss_arena_new(NULL);
    bool *known = ss_alloc(scratch, noff + 1, sizeof *known);
    size_t left = 0;

    for (size_t i = 0; i < n; i++)
    {
        const char *name = ss_rule_name(&list[i], names, scratch);
        bool out = false;

        for (size_t k = 0; k < noff; k++)
        {
            if (strcmp(off[k], name) == 0)
                out = known[k] = true;
        }
        if (!out)
            list[left++] = list[i];
    }
    *unknown = NULL;
    for (size_t k = noff; k > 0; k--)
    {
        if (!known[k - 1])
            *unknown = off[k - 1];
    }
    ss_arena_free(scratch);
    return left;
}
