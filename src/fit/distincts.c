#include "fit/distincts.h"

#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "base/text.h"
#include "base/try.h"
#include "fit/aside.h"
#include "fit/heavy.h"
#include "policy/ways.h"
#include "stats/cells.h"

#define SUPPORT_PEOPLE 50 /* a rule of fewer is none */
#define CHANCE         30 /* siblings that would be alike by chance, at least */
#define NOWHERE        UINT32_MAX

/* Rows of the sample that have both a parent and a value, by their values as numbers that are equal where these are. */
typedef struct valued
{
    const ss_fit_kept *k;
    const uint32_t *parent_of; /* of each row of the sample */
    ss_ranked *list;
    size_t n;
    uint32_t *siblings; /* of each parent: how many rows of the list are its own */
    uint32_t *last; /* of each parent: the last run of equal values, from 1, that it had one of */
    size_t nparents;
} valued;

static void
count_siblings(valued *v)
{
    memset(v->siblings, 0, v->nparents * sizeof *v->siblings);
    memset(v->last, 0, v->nparents * sizeof *v->last);
    for (size_t i = 0; i < v->n; i++)
        v->siblings[v->parent_of[v->list[i].of]]++;
}

/* Siblings, two by two, that would have the same value if values were dealt to anybody. */
static double
by_chance(const valued *v)
{
    const double n = (double) v->n;
    double pairs = 0, same = 0;

    for (size_t first = 0, last; first < v->n; first = last)
    {
        for (last = first; last < v->n && v->list[last].key == v->list[first].key;)
            last++;
        same += (double) (last - first) / n * ((double) (last - first) / n);
    }
    for (size_t p = 0; p < v->nparents; p++)
        pairs += (double) v->siblings[p] * ((double) v->siblings[p] - 1) / 2;
    return pairs * same;
}

static bool
all_differ(const valued *v)
{
    uint32_t run = 0;

    for (size_t i = 0; i < v->n; i++)
    {
        uint32_t *last = &v->last[v->parent_of[v->list[i].of]];

        run += i == 0 || v->list[i].key != v->list[i - 1].key;
        if (*last == run)
            return false;
        *last = run;
    }
    return true;
}

static bool
enough_people(const valued *v)
{
    const ss_fit_kept *k = v->k;
    const size_t most = k->people.k > SUPPORT_PEOPLE ? k->people.k : SUPPORT_PEOPLE;
    ss_crowd *people = ss_crowd_new(most, k->people.npaths);
    bool enough;

    for (size_t i = 0; i < v->n; i++)
    {
        const size_t row = (size_t) v->list[i].of;

        if (v->siblings[v->parent_of[row]] > 1)
            ss_crowd_add(people, k->rows.subjects + row * k->people.npaths, k->rows.weights[row]);
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
try_values(valued *v, size_t reference, ss_rule rule, ss_arena *scratch, ss_fit_distincts *out)
{
    const ss_reference *ref = &v->k->references[reference];

    if (v->n == 0 || is_declared(v->k->table, ref, &rule))
        return;
    ss_sort_ranked(v->list, v->n);
    count_siblings(v);
    if (by_chance(v) < CHANCE || !all_differ(v) || !enough_people(v))
        return;
    rule.kind = SS_RULE_DISTINCT;
    rule.reference = ref->constraint;
    out->list = ss_grow(scratch, out->list, out->n, &out->capacity, sizeof *out->list);
    out->list[out->n++] = (ss_fit_distinct){.rule = rule, .reference = ref, .holds = out->all};
}

/* Values that are known to be equal or not; of a text that is no category nothing is known. */
static void
take_values(valued *v, size_t c)
{
    const ss_fit_kept *k = v->k;
    const ss_book *book = k->books[c];
    const size_t column = book->column;

    v->n = 0;
    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        const uint16_t code = k->rows.columns[c].codes[r];

        if (v->parent_of[r] == NOWHERE || code >= book->nvalues)
            continue;
        if (book->kind == SS_BOOK_BINS && k->units[column] != NULL && k->known[column][r])
            v->list[v->n++] = (ss_ranked){(uint64_t) k->units[column][r], r};
        else if (book->kind == SS_BOOK_CATEGORIES || book->kind == SS_BOOK_DECLARED)
            v->list[v->n++] = (ss_ranked){code, r};
    }
}

static void
try_references(valued *v, size_t reference, ss_arena *scratch, ss_fit_distincts *out)
{
    const ss_fit_kept *k = v->k;

    for (size_t i = 0; i < k->nreferences; i++)
    {
        const ss_reference *other = &k->references[i];
        ss_rule rule = {.ncolumns = other->ncolumns};

        if (i == reference || k->parent[i] == NULL || other->ncolumns > SS_RULE_COLUMNS)
            continue;
        memcpy(rule.columns, other->columns, other->ncolumns * sizeof *rule.columns);
        v->n = 0;
        for (uint32_t r = 0; r < k->rows.n; r++)
        {
            if (v->parent_of[r] != NOWHERE && k->parent[i][r] != 0)
                v->list[v->n++] = (ss_ranked){k->parent[i][r], r};
        }
        try_values(v, reference, rule, scratch, out);
    }
}

void
ss_fit_distincts_find(const ss_fit_kept *k, size_t reference, const uint32_t *parent_of,
                      ss_arena *scratch, ss_fit_distincts *out)
{
    valued v = {.k = k, .parent_of = parent_of};

    *out = (ss_fit_distincts){.all = k->halved == 0};
    /* Of the parents, too. */
    for (size_t r = 0; r < k->rows.n; r++)
    {
        out->all = out->all && (k->parent[reference][r] == 0 || parent_of[r] != NOWHERE);
        if (parent_of[r] != NOWHERE && parent_of[r] >= v.nparents)
            v.nparents = (size_t) parent_of[r] + 1;
    }
    v.list = ss_must(malloc((k->rows.n + 1) * sizeof *v.list));
    v.siblings = ss_must(malloc((v.nparents + 1) * sizeof *v.siblings));
    v.last = ss_must(malloc((v.nparents + 1) * sizeof *v.last));
    for (size_t c = 0; c < k->n; c++)
    {
        take_values(&v, c);
        try_values(&v, reference, (ss_rule){.columns = {k->books[c]->column}, .ncolumns = 1},
                   scratch, out);
    }
    try_references(&v, reference, scratch, out);
    free(v.list);
    free(v.siblings);
    free(v.last);
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
