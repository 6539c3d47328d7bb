#include "fit/distincts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "fit/aside.h"
#include "fit/heavy.h"
#include "policy/ways.h"
#include "stats/cells.h"

#define SUPPORT_PEOPLE 50 /* a rule of fewer is none */
#define CHANCE         30 /* siblings that would be alike by chance, at least */
#define NOWHERE        UINT32_MAX

typedef struct valued /* a row's value, as a number that is equal where it is */
{
    uint64_t value;
    uint32_t parent, row;
} valued;

static int
by_parent(const void *x, const void *y)
{
    const valued *a = x, *b = y;

    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static int
by_value(const void *x, const void *y)
{
    const valued *a = x, *b = y;

    return (a->value > b->value) - (a->value < b->value);
}

/* Siblings, two by two, that would have the same value if values were dealt to anybody. */
static double
by_chance(valued *list, size_t n)
{
    double pairs = 0, same = 0;

    qsort(list, n, sizeof *list, by_value);
    for (size_t first = 0, last; first < n; first = last)
    {
        for (last = first; last < n && list[last].value == list[first].value;)
            last++;
        same += (double) (last - first) / (double) n * ((double) (last - first) / (double) n);
    }
    qsort(list, n, sizeof *list, by_parent);
    for (size_t first = 0, last; first < n; first = last)
    {
        for (last = first; last < n && list[last].parent == list[first].parent;)
            last++;
        pairs += (double) (last - first) * (double) (last - first - 1) / 2;
    }
    return pairs * same;
}

/* Sorted by parent. */
static bool
all_differ(const valued *list, size_t n)
{
    for (size_t i = 1; i < n; i++)
    {
        if (list[i].parent == list[i - 1].parent && list[i].value == list[i - 1].value)
            return false;
    }
    return true;
}

static bool
enough_people(const ss_fit_kept *k, const valued *list, size_t n)
{
    const size_t most = k->people.k > SUPPORT_PEOPLE ? k->people.k : SUPPORT_PEOPLE;
    ss_crowd *people = ss_crowd_new(most, k->people.npaths);
    bool enough;

    for (size_t i = 0; i < n; i++)
    {
        const bool alone = (i == 0 || list[i - 1].parent != list[i].parent) &&
                           (i + 1 == n || list[i + 1].parent != list[i].parent);

        if (!alone)
            ss_crowd_add(people, k->rows.subjects + list[i].row * k->people.npaths,
                         k->rows.weights[list[i].row]);
    }
    enough = ss_crowd_enough(people, k->people.may_be_empty);
    ss_crowd_free(people);
    return enough;
}

/* Does a key of the schema say it: of columns of the reference and of the value alone? */
static bool
is_declared(const ss_table *table, const ss_reference *ref, const ss_rule *rule)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        const ss_key *key = &table->keys[i];
        bool within = key->valid && !key->partial && !key->expression;

        for (size_t c = 0; c < key->ncolumns && within; c++)
        {
            const size_t column = ss_table_index(table, key->attnums[c]);

            within = false;
            for (size_t r = 0; r < ref->ncolumns; r++)
                within = within || ref->columns[r] == column;
            for (size_t r = 0; r < rule->ncolumns; r++)
                within = within || rule->columns[r] == column;
        }
        if (within)
            return true;
    }
    return false;
}

static void
try_values(const ss_fit_kept *k, size_t reference, valued *list, size_t n, ss_rule rule,
           ss_arena *scratch, ss_fit_distincts *out)
{
    const ss_reference *ref = &k->references[reference];

    if (n == 0 || is_declared(k->table, ref, &rule) || by_chance(list, n) < CHANCE ||
        !all_differ(list, n) || !enough_people(k, list, n))
        return;
    rule.kind = SS_RULE_DISTINCT;
    rule.reference = ref->constraint;
    out->list = ss_grow(scratch, out->list, out->n, &out->capacity, sizeof *out->list);
    out->list[out->n++] = (ss_fit_distinct){.rule = rule, .reference = ref, .holds = out->all};
}

/* Values that are known to be equal or not; of a text that is no category nothing is known. */
static size_t
values_of(const ss_fit_kept *k, size_t c, const uint32_t *parent_of, valued *list)
{
    const ss_book *book = k->books[c];
    const size_t column = book->column;
    size_t n = 0;

    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        const uint16_t code = k->rows.columns[c].codes[r];

        if (parent_of[r] == NOWHERE || code >= book->nvalues)
            continue;
        if (book->kind == SS_BOOK_BINS && k->units[column] != NULL && k->known[column][r])
            list[n++] = (valued){(uint64_t) k->units[column][r], parent_of[r], r};
        else if (book->kind == SS_BOOK_CATEGORIES || book->kind == SS_BOOK_DECLARED)
            list[n++] = (valued){code, parent_of[r], r};
    }
    return n;
}

void
ss_fit_distincts_find(const ss_fit_kept *k, size_t reference, const uint32_t *parent_of,
                      ss_arena *scratch, ss_fit_distincts *out)
{
    valued *list = ss_must(calloc(k->rows.n + 1, sizeof *list));

    *out = (ss_fit_distincts){.all = k->halved == 0};
    /* Of the parents, too. */
    for (size_t r = 0; r < k->rows.n; r++)
        out->all = out->all && (k->parent[reference][r] == 0 || parent_of[r] != NOWHERE);
    for (size_t c = 0; c < k->n; c++)
        try_values(k, reference, list, values_of(k, c, parent_of, list),
                   (ss_rule){.columns = {k->books[c]->column}, .ncolumns = 1}, scratch, out);
    for (size_t i = 0; i < k->nreferences; i++)
    {
        const ss_reference *other = &k->references[i];
        ss_rule rule = {.ncolumns = other->ncolumns};
        size_t n = 0;

        if (i == reference || k->parent[i] == NULL || other->ncolumns > SS_RULE_COLUMNS)
            continue;
        memcpy(rule.columns, other->columns, other->ncolumns * sizeof *rule.columns);
        for (uint32_t r = 0; r < k->rows.n; r++)
        {
            if (parent_of[r] != NOWHERE && k->parent[i][r] != 0)
                list[n++] = (valued){k->parent[i][r], parent_of[r], r};
        }
        try_values(k, reference, list, n, rule, scratch, out);
    }
    free(list);
}

/* --- asking ----------------------------------------------------------------------------------------- */

/* The parent's key and the value: 'a, b', and that all of them are there. */
static void
put_columns(const ss_table *table, const ss_fit_distinct *d, ss_buf *columns, ss_buf *there,
            ss_arena *arena)
{
    for (size_t i = 0; i < d->reference->ncolumns + d->rule.ncolumns; i++)
    {
        const size_t column = i < d->reference->ncolumns
                                  ? d->reference->columns[i]
                                  : d->rule.columns[i - d->reference->ncolumns];
        const char *name = ss_way_column("t", &table->columns[column], arena);

        ss_buf_printf(columns, "%s%s", i == 0 ? "" : ", ", name);
        ss_buf_printf(there, "%s%s IS NOT NULL", i == 0 ? "" : " AND ", name);
    }
}

/* Two children of one parent that have the same value, if there are any. */
static void
put_question(const ss_fit_source *source, const ss_table *table, const ss_fit_distinct *d,
             ss_buf *sql, ss_arena *arena)
{
    const ss_fit_shared rows = ss_fit_share_rows(
        source->shares, source->plan, ss_catalog_index(source->catalog, table), "t", arena);
    ss_buf columns = {0}, there = {0};

    put_columns(table, d, &columns, &there, arena);
    ss_buf_printf(
        sql,
        "%s(SELECT NOT EXISTS (SELECT 1 FROM %s AS t%s WHERE %s AND %s GROUP BY %s HAVING "
        "pg_catalog.count(*) > 1))",
        sql->len == 0 ? "SELECT " : ", ", ss_way_from(table, arena), rows.joins, rows.where,
        ss_buf_text(&there), ss_buf_text(&columns));
    ss_buf_done(&columns);
    ss_buf_done(&there);
}

/* Children that share a value, by parent and value, with who stands behind them. */
static const char *
whose_question(const ss_fit_source *source, const ss_table *table, const ss_fit_distinct *d,
               const ss_ways *up, const ss_fit_asked *asked, ss_arena *arena)
{
    const size_t index = ss_catalog_index(source->catalog, table);
    const char *chosen =
        ss_fit_share_where(&source->shares[index], source->plan, index, up->alias, arena);
    ss_buf columns = {0}, there = {0};
    const char *sql;

    put_columns(table, d, &columns, &there, arena);
    sql =
        ss_strf(arena,
                "COPY (SELECT q.* FROM (SELECT CASE WHEN pg_catalog.count(*) OVER (PARTITION BY "
                "%s) > 1 THEN pg_catalog.dense_rank() OVER (ORDER BY %s) END AS \"which of them\", "
                "%s FROM %s AS t%s WHERE %s%s%s) AS q WHERE q.\"which of them\" IS NOT NULL "
                "ORDER BY 1) TO STDOUT",
                ss_buf_text(&columns), ss_buf_text(&columns), ss_buf_text(&asked->sql),
                ss_way_from(table, arena), up->joins, ss_buf_text(&there),
                chosen == NULL ? "" : " AND ", chosen == NULL ? "" : chosen);
    ss_buf_done(&columns);
    ss_buf_done(&there);
    return sql;
}

typedef struct sharing
{
    ss_fit_distinct *d;
    uint64_t last; /* which value of which parent the row before had, of those that stay */
} sharing;

static void
take_sharing(void *arg, const ss_batch *batch, size_t row)
{
    sharing *s = arg;
    const uint64_t which = ss_count_in(&batch->columns[0], row);

    s->d->holds = s->d->holds && which != s->last;
    s->last = which;
}

/* Does it hold without the control subjects' rows? */
static ss_code
ask_of_others(const ss_fit_source *source, const ss_table *table, const ss_ways *up,
              ss_fit_distinct *d, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const size_t index = ss_catalog_index(source->catalog, table);
    sharing s = {.d = d};
    const char *sql;
    ss_fit_aside aside;
    ss_fit_asked asked;

    ss_fit_asked_init(&asked, 1 + ss_fit_aside_room(source->catalog, index, up), arena);
    ss_fit_ask_text(&asked, table->label);
    ss_fit_aside_ask(&aside, source->catalog, source->control, index, up, &asked, arena);
    sql = aside.n == 0 ? NULL : whose_question(source, table, d, up, &asked, arena);
    ss_fit_asked_done(&asked);
    if (sql == NULL)
        return SS_OK;
    d->holds = true;
    return ss_fit_aside_read(&aside, &asked, sql, pg, source->watch, take_sharing, &s, arena, err);
}

ss_code
ss_fit_distincts_ask(const ss_fit_source *source, const ss_table *table, const ss_table_plan *plan,
                     const ss_fit_distincts *distincts, ss_pg *pg, ss_arena *scratch, ss_error *err)
{
    ss_buf sql = {0};
    ss_pg_result *res;
    ss_fit_looking l;
    ss_ways up;
    ss_code code;

    if (distincts->n == 0 || distincts->all)
        return SS_OK;
    for (size_t i = 0; i < distincts->n; i++)
        put_question(source, table, &distincts->list[i], &sql, scratch);
    ss_ways_init(&up, source->catalog, ss_catalog_index(source->catalog, table), plan->routes,
                 plan->nroutes, "t", scratch);
    ss_fit_look_at(source->catalog, table, up.tables, up.ntables, scratch, &l);
    code = ss_fit_begin_looking(source, &l, pg, err);
    if (code == SS_OK)
        code = ss_pg_query(pg, scratch, ss_buf_text(&sql), 0, NULL, &res, err);
    for (size_t i = 0; i < distincts->n && code == SS_OK; i++)
    {
        ss_fit_distinct *d = &distincts->list[i];

        d->holds = strcmp(ss_pg_value(res, 0, i), "t") == 0;
        if (!d->holds)
            code = ask_of_others(source, table, &up, d, pg, scratch, err);
    }
    if (code == SS_OK)
        code = ss_fit_end_looking(&l, pg, err);
    ss_buf_done(&sql);
    return code;
}
