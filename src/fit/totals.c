#include "fit/totals.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "base/wide.h"
#include "stats/cells.h"

#define SUPPORT_PEOPLE 50 /* a rule of fewer is none */
#define SHUFFLED       769 /* rows between a family and the one that it is held against as if by chance */
#define NOWHERE        UINT32_MAX

/* What the children of each row of the parent have in one column. */
typedef struct summary
{
    ss_wide *sum;
    int64_t *first, *last;
    uint32_t *n;    /* of them a unit is known */
    uint32_t *rows; /* children */
    int scale;
    bool time;
} summary;

typedef struct searching
{
    const ss_fit_kept *parent, *child;
    const ss_reference *reference;
    const bool *usable;
    ss_arena *scratch;
    ss_fit_totals *out;
} searching;

/* column SS_NONE: their number alone. */
static summary
sum_up(const ss_fit_kept *parent, const ss_fit_kept *child, const uint32_t *parent_of,
       size_t column, ss_arena *scratch)
{
    const size_t n = parent->rows.n;
    summary s = {.sum = ss_alloc(scratch, n + 1, sizeof *s.sum),
                 .first = ss_alloc(scratch, n + 1, sizeof *s.first),
                 .last = ss_alloc(scratch, n + 1, sizeof *s.last),
                 .n = ss_alloc(scratch, n + 1, sizeof *s.n),
                 .rows = ss_alloc(scratch, n + 1, sizeof *s.rows)};

    if (column != SS_NONE)
    {
        s.scale = child->columns[column].scale;
        s.time = child->columns[column].is_time;
    }
    for (size_t r = 0; r < child->rows.n; r++)
    {
        const uint32_t p = parent_of[r];
        int64_t units;

        if (p == NOWHERE)
            continue;
        s.rows[p]++;
        if (column == SS_NONE || !child->known[column][r])
            continue;
        units = child->units[column][r];
        s.sum[p] += units;
        s.first[p] = s.n[p] == 0 || units < s.first[p] ? units : s.first[p];
        s.last[p] = s.n[p] == 0 || units > s.last[p] ? units : s.last[p];
        s.n[p]++;
    }
    return s;
}

/* Does row r's target hold it of the children of row o? */
static bool
holds(const searching *s, const summary *of, const ss_rule *rule, size_t r, size_t o)
{
    const size_t target = rule->columns[0];
    const int own = s->parent->columns[target].scale;
    ss_wide v = 0;
    int scale = of->scale;

    if (rule->kind == SS_RULE_COUNT)
    {
        v = of->rows[o];
        scale = 0;
    }
    else
        v = rule->kind == SS_RULE_TOTAL                                   ? of->sum[o]
            : rule->kind == SS_RULE_FIRST || rule->kind == SS_RULE_BEFORE ? of->first[o]
                                                                          : of->last[o];
    if (rule->kind == SS_RULE_BEFORE)
        return s->parent->units[target][r] <= v;
    if (rule->kind == SS_RULE_AFTER)
        return s->parent->units[target][r] >= v;
    if (of->time && rule->kind != SS_RULE_COUNT)
        return v == s->parent->units[target][r];
    if (rule->ncolumns == 2)
    {
        const size_t added = rule->columns[1];
        const int other = s->parent->columns[added].scale;

        if (other > scale)
        {
            v *= ss_wide_ten_to(other - scale);
            scale = other;
        }
        v += (ss_wide) s->parent->units[added][r] * ss_wide_ten_to(scale - other);
    }
    return ss_wide_shift(&v, own - scale) && v == s->parent->units[target][r];
}

/* Is there something to be held against the target? */
static bool
applies(const searching *s, const summary *of, const ss_rule *rule, size_t r)
{
    if (!s->usable[r] || !s->parent->known[rule->columns[0]][r])
        return false;
    if (rule->ncolumns == 2 && !s->parent->known[rule->columns[1]][r])
        return false;
    return rule->kind == SS_RULE_COUNT || of->n[r] > 0;
}

static bool
is_order(const ss_rule *rule)
{
    return rule->kind == SS_RULE_BEFORE || rule->kind == SS_RULE_AFTER;
}

static void
try_total(const searching *s, const summary *of, ss_rule rule, size_t column)
{
    const size_t n = s->parent->rows.n, npaths = s->parent->people.npaths;
    const size_t k = s->parent->people.k > SUPPORT_PEOPLE ? s->parent->people.k : SUPPORT_PEOPLE;
    ss_crowd *people;
    size_t rows = 0, chance = 0;
    bool enough;

    for (size_t r = 0; r < n; r++)
    {
        const size_t other = (r + SHUFFLED) % n;

        if (!applies(s, of, &rule, r))
            continue;
        if (!holds(s, of, &rule, r, r))
            return;
        rows++;
        chance += applies(s, of, &rule, other) ? !holds(s, of, &rule, r, other) : !is_order(&rule);
    }
    /*
     * A sum of nothing, or the number of children where all have one, holds of anybody's; an order, where one always comes
     * long before the other.
     */
    if (rows < SUPPORT_PEOPLE ||
        (is_order(&rule) ? chance < SUPPORT_PEOPLE || 100 * chance < rows : 2 * chance < rows))
        return;
    people = ss_crowd_new(k, npaths);
    for (size_t r = 0; r < n; r++)
    {
        if (applies(s, of, &rule, r))
            ss_crowd_add(people, s->parent->rows.subjects + r * npaths, s->parent->rows.weights[r]);
    }
    enough = ss_crowd_enough(people, s->parent->people.may_be_empty);
    ss_crowd_free(people);
    if (!enough)
        return;
    rule.table = s->child->table->label;
    rule.reference = s->reference->constraint;
    rule.of = column == SS_NONE ? NULL : s->child->table->columns[column].name;
    s->out->list =
        ss_grow(s->scratch, s->out->list, s->out->n, &s->out->capacity, sizeof *s->out->list);
    s->out->list[s->out->n++] = (ss_fit_total){
        .rule = rule, .child = s->child->index, .reference = s->reference, .of = column};
}

/* A target of the parent's against one column of its children. */
static void
try_column(const searching *s, const summary *of, size_t target, size_t column)
{
    const ss_fit_column *t = &s->parent->columns[target];
    ss_rule rule = {.columns = {target}, .ncolumns = 1};
    const size_t before = s->out->n;

    if (t->is_time != of->time || (of->time && t->step != s->child->columns[column].step))
        return;
    rule.kind = SS_RULE_FIRST;
    try_total(s, of, rule, column);
    rule.kind = SS_RULE_LAST;
    try_total(s, of, rule, column);
    if (of->time && s->out->n == before)
    {
        rule.kind = SS_RULE_BEFORE;
        try_total(s, of, rule, column);
        rule.kind = SS_RULE_AFTER;
        try_total(s, of, rule, column);
    }
    if (of->time || s->out->n > before)
        return;
    rule.kind = SS_RULE_TOTAL;
    try_total(s, of, rule, column);
    for (size_t added = 0; added < s->parent->table->ncolumns && s->out->n == before; added++)
    {
        if (added == target || s->parent->units[added] == NULL || s->parent->columns[added].is_time)
            continue;
        rule.ncolumns = 2;
        rule.columns[1] = added;
        try_total(s, of, rule, column);
    }
}

void
ss_fit_totals_find(const ss_fit_kept *parent, const ss_fit_kept *child,
                   const ss_reference *reference, const uint32_t *parent_of, const bool *usable,
                   ss_arena *scratch, ss_fit_totals *totals)
{
    const searching s = {.parent = parent,
                         .child = child,
                         .reference = reference,
                         .usable = usable,
                         .scratch = scratch,
                         .out = totals};

    for (size_t column = 0; column <= child->table->ncolumns; column++)
    {
        const bool count = column == child->table->ncolumns;
        ss_arena *own;
        summary of;

        if (!count && child->units[column] == NULL)
            continue;
        own = ss_arena_new(scratch);
        of = sum_up(parent, child, parent_of, count ? SS_NONE : column, own);
        for (size_t target = 0; target < parent->table->ncolumns; target++)
        {
            if (parent->units[target] == NULL || parent->columns[target].values == NULL)
                continue;
            if (!count)
                try_column(&s, &of, target, column);
            else if (!parent->columns[target].is_time)
                try_total(&s, &of,
                          (ss_rule){.kind = SS_RULE_COUNT, .columns = {target}, .ncolumns = 1},
                          SS_NONE);
        }
        ss_arena_free(own);
    }
}

/* --- asking ----------------------------------------------------------------------------------------- */

static const char *const aggregates[] = {[SS_RULE_TOTAL] = "pg_catalog.sum",
                                         [SS_RULE_FIRST] = "pg_catalog.min",
                                         [SS_RULE_LAST] = "pg_catalog.max",
                                         [SS_RULE_BEFORE] = "pg_catalog.min",
                                         [SS_RULE_AFTER] = "pg_catalog.max"};

/* One question of several totals by the same reference. */
typedef struct asking
{
    const ss_fit_source *source;
    const ss_table *parent;
    const ss_table_plan *plan; /* of the parent */
    ss_fit_total **totals;
    size_t n;
    ss_arena *arena;
} asking;

/* An aggregate of the child's rows, and which of the parent's break the rule: where there are no children, only COUNT speaks. */
static void
put_total(const asking *a, size_t n, ss_buf *values, ss_buf *broken)
{
    const ss_fit_total *t = a->totals[n];
    const ss_table *child = &a->source->catalog->tables[t->child];
    const char *target = ss_way_column("p", &a->parent->columns[t->rule.columns[0]], a->arena);
    const char *operator= t->rule.kind == SS_RULE_BEFORE ? ">"
    : t->rule.kind == SS_RULE_AFTER                      ? "<"
                                                         : "<>";

    ss_buf_printf(broken, "%sCOALESCE(%s %s ", n == 0 ? "" : ", ", target, operator);
    if (t->rule.kind == SS_RULE_COUNT)
    {
        ss_buf_printf(values, ", pg_catalog.count(*) AS v%zu", n);
        ss_buf_printf(broken, "COALESCE(s.v%zu, 0), false)", n);
        return;
    }
    ss_buf_printf(values, ", %s(%s) AS v%zu", aggregates[t->rule.kind],
                  ss_way_column("c", &child->columns[t->of], a->arena), n);
    ss_buf_printf(broken, "s.v%zu%s%s, false)", n, t->rule.ncolumns == 2 ? " + " : "",
                  t->rule.ncolumns == 2
                      ? ss_way_column("p", &a->parent->columns[t->rule.columns[1]], a->arena)
                      : "");
}

/* The parent's rows that break one of the totals, and who stands behind them. */
static const char *
question(const asking *a, const ss_ways *up, const ss_fit_asked *asked)
{
    const ss_reference *ref = a->totals[0]->reference;
    const ss_table *child = &a->source->catalog->tables[a->totals[0]->child];
    const size_t index = ss_catalog_index(a->source->catalog, a->parent);
    const char *chosen =
        ss_fit_share_where(&a->source->shares[index], a->source->plan, index, up->alias, a->arena);
    const ss_fit_shared children =
        ss_fit_share_rows(a->source->shares, a->source->plan, a->totals[0]->child, "c", a->arena);
    ss_buf keys = {0}, values = {0}, broken = {0}, on = {0};
    const char *sql;

    for (size_t i = 0; i < a->n; i++)
        put_total(a, i, &values, &broken);
    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        const ss_column *of = &child->columns[ref->columns[i]];
        const ss_column *key = &a->parent->columns[ref->parent_columns[i]];

        ss_buf_printf(&keys, "%s%s", i == 0 ? "" : ", ", ss_way_column("c", of, a->arena));
        ss_buf_printf(&values, ", %s AS k%zu", ss_way_column("c", of, a->arena), i);
        ss_buf_printf(&on, "%s%s", i == 0 ? "" : " AND ",
                      ss_way_equal(a->source->catalog, key, ss_way_column("p", key, a->arena), of,
                                   ss_strf(a->arena, "s.k%zu", i), a->arena));
    }
    sql = ss_strf(
        a->arena,
        "COPY (SELECT %s%s%s FROM %s AS p%s LEFT JOIN (SELECT %s FROM %s AS c%s WHERE %s GROUP BY "
        "%s) AS s ON %s WHERE true IN (%s)%s%s) TO STDOUT",
        ss_buf_text(&broken), asked->sql.len == 0 ? "" : ", ", ss_buf_text(&asked->sql),
        ss_way_from(a->parent, a->arena), up->joins, ss_buf_text(&values) + 2,
        ss_way_from(child, a->arena), children.joins, children.where, ss_buf_text(&keys),
        ss_buf_text(&on), ss_buf_text(&broken), chosen == NULL ? "" : " AND ",
        chosen == NULL ? "" : chosen);
    ss_buf_done(&keys);
    ss_buf_done(&values);
    ss_buf_done(&broken);
    ss_buf_done(&on);
    return sql;
}

/* Somebody's row who is not set aside: of each total, is it broken there? */
static void
take_broken(void *arg, const ss_batch *batch, size_t row)
{
    const asking *a = arg;

    for (size_t i = 0; i < a->n; i++)
    {
        size_t n;

        if (ss_column_bytes(&batch->columns[i], row, &n)[0] == 't')
            a->totals[i]->holds = false;
    }
}

/* What the control subjects' rows break holds. */
static ss_code
ask(asking *a, ss_pg *pg, ss_error *err)
{
    const ss_catalog *catalog = a->source->catalog;
    const size_t index = ss_catalog_index(catalog, a->parent);
    const char *sql;
    size_t *tables;
    ss_fit_aside aside;
    ss_fit_asked asked;
    ss_fit_looking l;
    ss_ways up;

    ss_ways_init(&up, catalog, index, a->plan->routes, a->plan->nroutes, "p", a->arena);
    ss_fit_asked_init(&asked, a->n + ss_fit_aside_room(catalog, index, &up), a->arena);
    for (size_t i = 0; i < a->n; i++)
        ss_fit_ask_text(&asked, a->parent->label);
    ss_fit_aside_ask(&aside, catalog, a->source->control, index, &up, &asked, a->arena);
    sql = question(a, &up, &asked);
    ss_fit_asked_done(&asked);
    tables = ss_alloc(a->arena, up.ntables + 1, sizeof *tables);
    if (up.ntables > 0)
        memcpy(tables, up.tables, up.ntables * sizeof *tables);
    tables[up.ntables] = a->totals[0]->child;
    ss_fit_look_at(catalog, a->parent, tables, up.ntables + 1, a->arena, &l);
    SS_TRY(ss_fit_begin_looking(a->source, &l, pg, err));
    for (size_t i = 0; i < a->n; i++)
        a->totals[i]->holds = true;
    SS_TRY(ss_fit_aside_read(&aside, &asked, sql, pg, a->source->watch, take_broken, a, a->arena,
                             err));
    return ss_fit_end_looking(&l, pg, err);
}

ss_code
ss_fit_totals_ask(const ss_fit_source *source, const ss_table *parent, const ss_table_plan *plan,
                  const ss_fit_totals *totals, ss_pg *pg, ss_arena *scratch, ss_error *err)
{
    for (size_t i = 0; i < totals->n; i++)
    {
        asking a = {.source = source, .parent = parent, .plan = plan, .arena = scratch};
        bool done = false;

        a.totals = ss_alloc(scratch, totals->n, sizeof(ss_fit_total *));
        for (size_t k = 0; k < totals->n; k++)
        {
            if (totals->list[k].reference != totals->list[i].reference)
                continue;
            done = done || k < i;
            a.totals[a.n++] = &totals->list[k];
        }
        if (!done)
            SS_TRY(ask(&a, pg, err));
    }
    return SS_OK;
}
