/*
 * From the rows of a table to the people behind them, in SQL: its routes (policy/policy.h) as joins.
 *
 * Who stands behind a row is read with the row, by the same statement: each table on the way is joined by
 * the key that the foreign key references, so that a row stays one row and our memory does not grow.
 */
#ifndef SS_POLICY_WAYS_H
#define SS_POLICY_WAYS_H

#include "policy/policy.h"

typedef struct ss_way_key /* one column of what tells people apart */
{
    size_t table, column; /* of the catalog */
    bool own;             /* of the table itself, not of a joined one */
    const char *sql;      /* t1."customer_id" */
} ss_way_key;

typedef struct ss_way
{
    const ss_route *route;
    ss_way_key *keys;
    size_t nkeys;
} ss_way;

typedef struct ss_ways
{
    const char *alias; /* of the table itself */
    const char *joins; /* " LEFT JOIN ..." or "" */
    size_t *tables;    /* that are joined */
    size_t ntables;
    ss_way *list;
    size_t n;
} ss_ways;

/* Of n routes from a table; the table and what is joined are called alias, alias1, alias2, ... */
void ss_ways_init(ss_ways *ways, const ss_catalog *catalog, size_t table, const ss_route *routes,
                  size_t n, const char *alias, ss_arena *arena);

/* Append the key's columns, each with after behind it, between between them. */
void ss_way_put_key(ss_buf *sql, const ss_way *way, const char *between, const char *after);

/* "schema"."table", with ONLY before it unless its rows are its partitions'. */
const char *ss_way_from(const ss_table *table, ss_arena *arena);

/* t1."customer_id" */
const char *ss_way_column(const char *alias, const ss_column *column, ss_arena *arena);

/*
 * "left = value" as a foreign key to the column key, whose SQL is left, finds its row: by the operator of the schema that an
 * extension put the type in, and by key's collation where that of the column of, which value comes from, is another one.
 */
const char *ss_way_equal(const ss_catalog *catalog, const ss_column *key, const char *left,
                         const ss_column *of, const char *value, ss_arena *arena);

#endif
