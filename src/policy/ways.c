#include "policy/ways.h"

#include <string.h>

#include "base/buf.h"
#include "pg/pg.h"

typedef struct node /* a table of the join */
{
    size_t from; /* node */
    const ss_reference *by;
    size_t table;
    const char *alias;
} node;

typedef struct joining
{
    const ss_catalog *catalog;
    const char *alias;
    ss_arena *arena;
    node *nodes;
    size_t nnodes;
    ss_buf sql;
} joining;

const char *
ss_way_from(const ss_table *table, ss_arena *arena)
{
    return ss_strf(arena, "%s%s", table->kind == SS_TABLE_PARTITIONED ? "" : "ONLY ",
                   ss_pg_qualified(arena, table->schema, table->name));
}

const char *
ss_way_equal(const ss_catalog *catalog, const ss_column *key, const char *left, const ss_column *of,
             const char *value, ss_arena *arena)
{
    const size_t base = ss_catalog_base_type(catalog, key->type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];
    ss_buf sql = {0};
    const char *copy;

    ss_buf_puts(&sql, left);
    /* Only where it decides: the role needs USAGE on the collation's schema to name it. */
    if (key->attcollation != NULL &&
        (of->attcollation == NULL || strcmp(of->attcollation, key->attcollation) != 0))
        ss_buf_printf(&sql, " COLLATE %s", key->attcollation);
    ss_buf_puts(&sql, " OPERATOR(");
    ss_pg_ident(&sql, t == NULL || t->kind != SS_TYPE_BASE ? "pg_catalog" : t->schema);
    ss_buf_printf(&sql, ".=) %s", value);
    copy = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return copy;
}

const char *
ss_way_column(const char *alias, const ss_column *column, ss_arena *arena)
{
    ss_buf sql = {0};
    const char *copy;

    ss_buf_printf(&sql, "%s.", alias);
    ss_pg_ident(&sql, column->name);
    copy = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return copy;
}

/* The node that ref leads to from another; joined once. */
static size_t
join(joining *j, size_t from, const ss_reference *ref)
{
    node *n = &j->nodes[j->nnodes];

    for (size_t i = 1; i < j->nnodes; i++)
    {
        if (j->nodes[i].from == from && j->nodes[i].by == ref)
            return i;
    }
    *n = (node){.from = from,
                .by = ref,
                .table = ref->parent,
                .alias = ss_strf(j->arena, "%s%zu", j->alias, j->nnodes)};
    ss_buf_printf(&j->sql, " LEFT JOIN %s AS %s ON ",
                  ss_way_from(&j->catalog->tables[ref->parent], j->arena), n->alias);
    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        const ss_column *key = &j->catalog->tables[ref->parent].columns[ref->parent_columns[i]];
        const ss_column *of = &j->catalog->tables[j->nodes[from].table].columns[ref->columns[i]];

        ss_buf_printf(&j->sql, "%s%s", i == 0 ? "" : " AND ",
                      ss_way_equal(j->catalog, key, ss_way_column(n->alias, key, j->arena), of,
                                   ss_way_column(j->nodes[from].alias, of, j->arena), j->arena));
    }
    return j->nnodes++;
}

/*
 * What a route's people are told apart by: the last foreign key's own values, or the key that they
 * reference, where one person may be written in several ways, or by values that are not there.
 */
static void
begin_way(joining *j, const ss_route *route, ss_way *way)
{
    const ss_reference *last = route->hops[route->nhops - 1];
    size_t at = 0;
    const size_t *columns = last->columns;

    for (size_t i = 0; i + 1 < route->nhops; i++)
        at = join(j, at, route->hops[i]);
    if (ss_reference_is_joined(j->catalog, j->nodes[at].table, last))
    {
        at = join(j, at, last);
        columns = last->parent_columns;
    }
    *way = (ss_way){.route = route,
                    .nkeys = last->ncolumns,
                    .keys = ss_alloc(j->arena, last->ncolumns, sizeof *way->keys)};
    for (size_t i = 0; i < last->ncolumns; i++)
    {
        const node *n = &j->nodes[at];
        const ss_column *column = &j->catalog->tables[n->table].columns[columns[i]];

        way->keys[i] = (ss_way_key){.table = n->table,
                                    .column = columns[i],
                                    .own = at == 0,
                                    .sql = ss_way_column(n->alias, column, j->arena)};
    }
}

void
ss_way_put_key(ss_buf *sql, const ss_way *way, const char *between, const char *after)
{
    for (size_t i = 0; i < way->nkeys; i++)
        ss_buf_printf(sql, "%s%s%s", i == 0 ? "" : between, way->keys[i].sql, after);
}

void
ss_ways_init(ss_ways *ways, const ss_catalog *catalog, size_t table, const ss_route *routes,
             size_t n, const char *alias, ss_arena *arena)
{
    joining j = {.catalog = catalog, .alias = alias, .arena = arena, .nnodes = 1};
    size_t most = 1;

    for (size_t i = 0; i < n; i++)
        most += routes[i].nhops;
    j.nodes = ss_alloc(arena, most, sizeof *j.nodes);
    j.nodes[0] = (node){.table = table, .alias = alias};
    *ways = (ss_ways){.alias = alias, .n = n, .list = ss_alloc(arena, n + 1, sizeof *ways->list)};
    for (size_t i = 0; i < n; i++)
        begin_way(&j, &routes[i], &ways->list[i]);
    ways->joins = ss_strdup(arena, ss_buf_text(&j.sql));
    ss_buf_done(&j.sql);
    ways->tables = ss_alloc(arena, j.nnodes, sizeof *ways->tables);
    for (size_t i = 1; i < j.nnodes; i++)
        ways->tables[ways->ntables++] = j.nodes[i].table;
}
