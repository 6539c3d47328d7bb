#include "fit/share.h"

#include "base/buf.h"
#include "model/model.h"

#define ROW_BYTES 100 /* of a table that was never analysed, about */

static double
rows_of(const ss_catalog *catalog, size_t root)
{
    double rows = 0;

    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *t = &catalog->tables[i];

        if (ss_table_has_rows(t) && ss_table_root(catalog, t) == &catalog->tables[root])
            rows += t->reltuples >= 0 ? t->reltuples : (double) t->bytes / ROW_BYTES;
    }
    return rows;
}

static bool
leads_to_people(const ss_table_plan *plan)
{
    return plan->subject_self || (plan->nroutes > 0 && plan->routes[0].to_people);
}

ss_fit_share *
ss_fit_shares(const ss_plan *plan, const ss_hash_key *key, ss_arena *arena)
{
    static const char purpose[] = "learn_rows";
    const ss_catalog *catalog = plan->catalog;
    ss_fit_share *list = ss_alloc(arena, catalog->ntables + 1, sizeof *list);
    const uint64_t seed = ss_hash(key, purpose, sizeof purpose);
    unsigned people = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table_plan *p = &plan->tables[t];
        double rows = rows_of(catalog, t);

        list[t].seed = (int64_t) seed;
        if (p->mode != SS_MODE_SYNTHESISE || catalog->tables[t].is_partition || p->learn_rows == 0)
            continue;
        for (; rows > (double) p->learn_rows && list[t].halved < SS_MODEL_HALVED_MOST; rows /= 2)
            list[t].halved++;
        if (leads_to_people(p) && list[t].halved > people)
            people = list[t].halved;
    }
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (leads_to_people(&plan->tables[t]))
            list[t].halved = people;
    }
    return list;
}

/* One text of n columns: the same for the same key in every table. */
static void
put_text(ss_buf *sql, const char *const *columns, size_t n)
{
    ss_buf_puts(sql, n == 1 ? "(" : "(ROW(");
    for (size_t i = 0; i < n; i++)
        ss_buf_printf(sql, "%s%s", i == 0 ? "" : ", ", columns[i]);
    ss_buf_puts(sql, n == 1 ? ")::pg_catalog.text" : "))::pg_catalog.text");
}

static bool
is_of_primary_key(const ss_table *table, size_t column)
{
    for (size_t i = 0; table->nkeys > 0 && table->keys[0].primary && i < table->keys[0].ncolumns;
         i++)
    {
        if (table->keys[0].attnums[i] == table->columns[column].attnum)
            return true;
    }
    return false;
}

/* The primary key's columns, in the table's order, where a run reads them, else all that it reads. */
static size_t
own_columns(const ss_table *table, const ss_table_plan *plan, size_t *columns)
{
    size_t n = 0;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (is_of_primary_key(table, c) && plan->reads[c])
            columns[n++] = c;
    }
    if (n > 0 && n == table->keys[0].ncolumns)
        return n;
    n = 0;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (plan->reads[c])
            columns[n++] = c;
    }
    return n;
}

static void
put_own(ss_buf *sql, const ss_table *table, const ss_table_plan *plan, const char *alias,
        ss_arena *arena)
{
    size_t *columns = ss_alloc(arena, table->ncolumns + 1, sizeof *columns);
    const char **texts = ss_alloc(arena, table->ncolumns + 1, sizeof *texts);
    size_t n = own_columns(table, plan, columns);

    for (size_t i = 0; i < n; i++)
        texts[i] = ss_way_column(alias, &table->columns[columns[i]], arena);
    /* Nothing of its rows is read: one is as good as another. */
    if (n == 0)
        texts[n++] = ss_strf(arena, "%s.ctid", alias);
    put_text(sql, texts, n);
}

/* Does every row belong to somebody by the route? */
static bool
leads_always(const ss_route *route)
{
    bool always = true;

    for (size_t i = 0; i < route->nhops; i++)
        always = always && route->hops[i]->held && !route->hops[i]->nullable;
    return always;
}

/* Whom a route leads to: the key in the order of the parent's columns, as the parent has it itself. */
static void
put_key(ss_buf *sql, const ss_way *way, const ss_route *route, ss_arena *arena)
{
    const size_t *of_parent = route->hops[route->nhops - 1]->parent_columns;
    const char **columns = ss_alloc(arena, way->nkeys, sizeof *columns);

    for (size_t k = 0; k < way->nkeys; k++)
    {
        size_t place = 0;

        for (size_t o = 0; o < way->nkeys; o++)
            place += of_parent[o] < of_parent[k];
        columns[place] = way->keys[k].sql;
    }
    put_text(sql, columns, way->nkeys);
}

/*
 * Whose a row is by a route; where that is nobody, the key of the last of the parents on the way that there is: that one is chosen by
 * its own, and its children with it; without any, the row's own.  Of rows that are all somebody's it is the first alone: of a key of
 * one column the server then knows that it need join no parent who is not wanted.
 */
static void
put_whose(ss_buf *sql, const ss_plan *plan, size_t table, const ss_route *route, const char *alias,
          ss_arena *arena)
{
    ss_route *parts = ss_alloc(arena, route->nhops, sizeof *parts);
    ss_ways ways;

    for (size_t i = 0; i < route->nhops; i++)
    {
        parts[i] = *route;
        parts[i].nhops = route->nhops - i;
    }
    /* The whole route first: its tables have the names that they have in the statement, and the parts need no other. */
    ss_ways_init(&ways, plan->catalog, table, parts, route->nhops, alias, arena);
    if (leads_always(route))
    {
        put_key(sql, &ways.list[0], route, arena);
        return;
    }
    ss_buf_puts(sql, "CASE ");
    for (size_t i = 0; i < ways.n; i++)
    {
        ss_buf_puts(sql, "WHEN ");
        ss_way_put_key(sql, &ways.list[i], " AND ", " IS DISTINCT FROM NULL");
        ss_buf_puts(sql, " THEN ");
        put_key(sql, &ways.list[i], &parts[i], arena);
        ss_buf_puts(sql, " ");
    }
    ss_buf_puts(sql, "ELSE ");
    put_own(sql, &plan->catalog->tables[table], &plan->tables[table], alias, arena);
    ss_buf_puts(sql, " END");
}

const char *
ss_fit_share_where(const ss_fit_share *share, const ss_plan *plan, size_t table, const char *alias,
                   ss_arena *arena)
{
    const ss_table_plan *p = &plan->tables[table];
    ss_buf sql = {0};
    const char *copy;

    if (share->halved == 0)
        return NULL;
    ss_buf_puts(&sql, "pg_catalog.hashtextextended(");
    if (!p->subject_self && p->nroutes > 0)
        put_whose(&sql, plan, table, &p->routes[0], alias, arena);
    else
        put_own(&sql, &plan->catalog->tables[table], p, alias, arena);
    ss_buf_printf(&sql, " COLLATE pg_catalog.\"C\", %lld) & %lld = 0", (long long) share->seed,
                  (1LL << share->halved) - 1);
    copy = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return copy;
}

ss_fit_shared
ss_fit_share_rows(const ss_fit_share *shares, const ss_plan *plan, size_t table, const char *alias,
                  ss_arena *arena)
{
    const ss_table_plan *p = &plan->tables[table];
    const char *where = ss_fit_share_where(&shares[table], plan, table, alias, arena);
    ss_ways way;

    if (where == NULL)
        return (ss_fit_shared){"", "true"};
    ss_ways_init(&way, plan->catalog, table, p->routes, p->nroutes > 0, alias, arena);
    return (ss_fit_shared){way.joins, where};
}
