/* The policy held against a catalog: keys and exclusions that the table's rows cannot satisfy as its columns are treated. */
#include "base/text.h"
#include "policy/amount.h"
#include "policy/distinct.h"
#include "policy/resolve_internal.h"

/* What the planner knows of the source's rows, those of all partitions; 0: nothing, or that there are none. */
static uint64_t
source_rows(const ss_catalog *catalog, const ss_table *table)
{
    double rows = table->kind == SS_TABLE_PARTITIONED ? 0 : table->reltuples;

    for (size_t i = 0; table->kind == SS_TABLE_PARTITIONED && i < catalog->ntables; i++)
    {
        const ss_table *leaf = &catalog->tables[i];

        if (!leaf->is_partition || leaf->kind == SS_TABLE_PARTITIONED ||
            ss_table_root(catalog, leaf) != table)
            continue;
        if (leaf->reltuples < 0)
            return 0;
        rows += leaf->reltuples;
    }
    return rows < 1 ? 0 : (uint64_t) rows;
}

/* Does the table get more rows than that?  most_now: as many fit into the source itself, whatever the planner says. */
static bool
gets_more(const ss_resolving *r, const ss_table *table, const ss_table_plan *t, uint64_t most,
          uint64_t most_now)
{
    uint64_t source, rows;

    if (most == SS_DISTINCT_ANY)
        return false;
    source = source_rows(r->catalog, table);
    if (source > most_now)
        source = most_now;
    if (source == 0)
        return false;
    rows = ss_amount_of(t->rows, source);
    /* Rows that are the source's own do not get more. */
    if (t->mode == SS_MODE_PSEUDONYMISE && rows > source)
        rows = source;
    return rows > most;
}

/* Every one of its columns a constant, or NULL where the key takes one alone. */
static bool
is_constant(const ss_table *table, const ss_table_plan *t, const ss_key *k)
{
    for (size_t c = 0; c < k->ncolumns; c++)
    {
        const size_t at = ss_table_index(table, k->attnums[c]);

        if (at == SS_NONE ||
            !(t->columns[at].treatment == SS_TREAT_CONSTANT ||
              (t->columns[at].treatment == SS_TREAT_NULLIFY && k->nulls_not_distinct)))
            return false;
    }
    return true;
}

static const char *
rows_at_most(const ss_resolving *r, const char *otherwise, uint64_t most)
{
    return ss_strf(r->result, "%srows: %llu for the table", otherwise, (unsigned long long) most);
}

static void
resolve_key(ss_resolving *r, const ss_table *table, const ss_table_plan *t, const ss_key *k,
            const ss_place *place)
{
    const uint64_t most = ss_distinct_of_key(r->catalog, table, t->columns, k),
                   most_now = ss_distinct_of_key(r->catalog, table, NULL, k);
    const bool plain = !k->partial && !k->expression;

    if (plain && is_constant(table, t, k))
    {
        if (k->ncolumns > 1) /* one column is told by itself */
            STOP(NOT_UNIQUE, table->label, place, "another treatment for one of its columns",
                 "\"%.80s\" wants rows that differ, and all of its columns are constants",
                 ss_printable(r->result, k->name));
        return;
    }
    /* How many rows meet its condition nobody knows before they are made. */
    if (k->partial && !k->expression && most == SS_DISTINCT_ANY && is_constant(table, t, k))
        WARN(NOT_UNIQUE, table->label, place, "another treatment for one of its columns",
             "\"%.80s\" has room for 1 row of those that meet its condition as its columns are "
             "treated",
             ss_printable(r->result, k->name));
    if (!gets_more(r, table, t, most, most_now))
        return;
    /* Rows that have no key of their own are left out; an index that computes something no key is made for. */
    if (plain && most == most_now)
        WARN(NOT_UNIQUE, table->label, place, rows_at_most(r, "", most),
             "\"%.80s\" has room for %llu row%s, and the table is to get more",
             ss_printable(r->result, k->name), (unsigned long long) most, most == 1 ? "" : "s");
    else
        STOP(NOT_UNIQUE, table->label, place,
             rows_at_most(r, "another treatment for one of its columns, or ", most),
             "\"%.80s\" has room for %llu row%s as its columns are treated, and the table is to "
             "get more",
             ss_printable(r->result, k->name), (unsigned long long) most, most == 1 ? "" : "s");
}

static void
resolve_exclusion(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
                  const ss_exclusion *x, const ss_place *place)
{
    const uint64_t most = ss_distinct_of_exclusion(r->catalog, table, t->columns, x),
                   most_now = ss_distinct_of_exclusion(r->catalog, table, NULL, x);

    if (!gets_more(r, table, t, most, most_now))
        return;
    STOP(NOT_UNIQUE, table->label, place,
         rows_at_most(r, "another treatment for one of its columns, or ", most),
         most == 1
             ? "any two rows conflict under \"%.80s\" as its columns are treated"
             : "rows conflict under \"%.80s\" as its columns are treated: the table is to get "
               "more than it has room for",
         ss_printable(r->result, x->name));
}

void
ss_resolve_keys(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
                const ss_place *place)
{
    if (t->mode != SS_MODE_SYNTHESISE && t->mode != SS_MODE_PSEUDONYMISE)
        return;
    for (size_t i = 0; i < table->nkeys; i++)
        resolve_key(r, table, t, &table->keys[i], place);
    for (size_t i = 0; i < table->nexclusions; i++)
        resolve_exclusion(r, table, t, &table->exclusions[i], place);
}
