#include "fit/totals.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
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

/* An aggregate of the child's rows, and what of the parent's rows breaks the rule: where there are no children, only COUNT speaks. */
static void
put_total(const ss_fit_source *source, const ss_table *parent, const ss_fit_total *t, size_t n,
          ss_buf *values, ss_buf *broken, ss_arena *arena)
{
    const ss_table *child = &source->catalog->tables[t->child];
    const char *target = ss_way_column("p", &parent->columns[t->rule.columns[0]], arena);
    const char *operator= t->rule.kind == SS_RULE_BEFORE ? ">"
    : t->rule.kind == SS_RULE_AFTER                      ? "<"
                                                         : "<>";

    ss_buf_puts(broken, n == 0 ? "" : ", ");
    if (t->rule.kind == SS_RULE_COUNT)
    {
        ss_buf_printf(values, ", pg_catalog.count(*) AS v%zu", n);
        ss_buf_printf(broken, "pg_catalog.count(*) FILTER (WHERE %s <> COALESCE(s.v%zu, 0))",
                      target, n);
        return;
    }
    ss_buf_printf(values, ", %s(%s) AS v%zu", aggregates[t->rule.kind],
                  ss_way_column("c", &child->columns[t->of], arena), n);
    ss_buf_printf(broken, "pg_catalog.count(*) FILTER (WHERE %s %s s.v%zu%s%s)", target, operator,
                  n, t->rule.ncolumns == 2 ? " + " : "",
                  t->rule.ncolumns == 2
                      ? ss_way_column("p", &parent->columns[t->rule.columns[1]], arena)
                      : "");
}

/* Of all totals by the reference of the first one. */
static ss_code
ask(const ss_fit_source *source, const ss_table *parent, ss_fit_total *list, size_t n, ss_pg *pg,
    ss_arena *arena, ss_error *err)
{
    const ss_reference *ref = list[0].reference;
    const ss_table *child = &source->catalog->tables[list[0].child];
    ss_buf keys = {0}, values = {0}, broken = {0}, on = {0};
    const ss_fit_shared children =
        ss_fit_share_rows(source->shares, source->plan, list[0].child, "c", arena);
    const ss_fit_shared parents = ss_fit_share_rows(
        source->shares, source->plan, ss_catalog_index(source->catalog, parent), "p", arena);
    size_t *asked = ss_alloc(arena, n, sizeof *asked), nasked = 0;
    ss_pg_result *res;
    ss_fit_looking l;
    ss_code code;

    for (size_t i = 0; i < n; i++)
    {
        if (list[i].reference != ref)
            continue;
        put_total(source, parent, &list[i], nasked, &values, &broken, arena);
        asked[nasked++] = i;
    }
    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        const ss_column *of = &child->columns[ref->columns[i]];
        const ss_column *key = &parent->columns[ref->parent_columns[i]];

        ss_buf_printf(&keys, "%s%s", i == 0 ? "" : ", ", ss_way_column("c", of, arena));
        ss_buf_printf(&values, ", %s AS k%zu", ss_way_column("c", of, arena), i);
        ss_buf_printf(&on, "%s%s", i == 0 ? "" : " AND ",
                      ss_way_equal(source->catalog, key, ss_way_column("p", key, arena), of,
                                   ss_strf(arena, "s.k%zu", i), arena));
    }
    ss_fit_look_at(source->catalog, parent, &list[0].child, 1, arena, &l);
    code = ss_fit_begin_looking(source, &l, pg, err);
    if (code == SS_OK)
        code = ss_pg_query(pg, arena,
                           ss_strf(arena,
                                   "SELECT %s FROM %s AS p%s LEFT JOIN (SELECT %s FROM %s AS c%s "
                                   "WHERE %s GROUP BY %s) AS s "
                                   "ON %s WHERE %s",
                                   ss_buf_text(&broken), ss_way_from(parent, arena), parents.joins,
                                   ss_buf_text(&values) + 2, ss_way_from(child, arena),
                                   children.joins, children.where, ss_buf_text(&keys),
                                   ss_buf_text(&on), parents.where),
                           0, NULL, &res, err);
    for (size_t i = 0; i < nasked && code == SS_OK; i++)
        list[asked[i]].holds = strcmp(ss_pg_value(res, 0, i), "0") == 0;
    if (code == SS_OK)
        code = ss_fit_end_looking(&l, pg, err);
    ss_buf_done(&keys);
    ss_buf_done(&values);
    ss_buf_done(&broken);
    ss_buf_done(&on);
    return code;
}

ss_code
ss_fit_totals_ask(const ss_fit_source *source, const ss_table *parent, const ss_fit_totals *totals,
                  ss_pg *pg, ss_arena *scratch, ss_error *err)
{
    for (size_t i = 0; i < totals->n; i++)
    {
        bool done = false;

        for (size_t k = 0; k < i; k++)
            done = done || totals->list[k].reference == totals->list[i].reference;
        if (!done)
            SS_TRY(ask(source, parent, totals->list + i, totals->n - i, pg, scratch, err));
    }
    return SS_OK;
}
