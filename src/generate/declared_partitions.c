#include <string.h>

#include "generate/declared_internal.h"

/* A bound of a range of numbers or times; false when it is not understood. */
static bool
take_bound(const made_column *c, const char *at, int64_t *units)
{
    const bool lowest = strncmp(at, "MINVALUE)", 9) == 0,
               highest = strncmp(at, "MAXVALUE)", 9) == 0;

    if (!lowest && !highest)
        return ss_declared_units(c, at, units);
    *units = lowest ? INT64_MIN : INT64_MAX;
    return true;
}

/* False when it takes other values than those it tells: DEFAULT, what is not understood. */
static bool
take_partition(made_column *c, const char *bound, ss_arena *arena)
{
    const char *from = strstr(bound, "FROM ("), *to = strstr(bound, ") TO ("),
               *in = strstr(bound, "FOR VALUES IN (");
    int64_t low, high;

    if (in != NULL)
    {
        ss_declared_take_list(c, in + strlen("FOR VALUES IN ("), arena);
        return true;
    }
    if (from == NULL || to == NULL)
        return strcmp(bound, "DEFAULT") != 0;
    if (!ss_generate_is_ordered(c) || !take_bound(c, from + 6, &low) ||
        !take_bound(c, to + 6, &high) || high <= low)
        return false;
    ss_declared_add_interval(c, low, high == INT64_MAX ? high : high - 1, arena);
    return true;
}

/* Is the table partitioned by a column of that name alone? */
static bool
is_partitioned_by(const ss_table *table, const char *name)
{
    for (size_t i = 0; i < table->ncolumns && table->npartition_columns == 1; i++)
    {
        if (table->columns[i].attnum == table->partition_attnums[0])
            return strcmp(table->columns[i].name, name) == 0;
    }
    return false;
}

/* Does a partition that holds rows take any value of that column, by all the bounds above it? */
static bool
takes_any(const ss_catalog *catalog, const ss_table *table, const char *name)
{
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *t = &catalog->tables[i];
        bool told = false;

        if (t == table || !ss_table_has_rows(t) || ss_table_root(catalog, t) != table)
            continue;
        for (; t->partition_parent != SS_NONE && !told; t = &catalog->tables[t->partition_parent])
            told = is_partitioned_by(&catalog->tables[t->partition_parent], name) &&
                   t->partition_bound != NULL && strstr(t->partition_bound, "WITH (") == NULL;
        if (!told)
            return true;
    }
    return false;
}

void
ss_declared_partitions(made_column *c, const ss_catalog *catalog, const ss_table *table,
                       ss_arena *arena)
{
    const size_t ndeclared = c->ndeclared, nintervals = c->nintervals;
    const bool told =
        ndeclared > 0 || nintervals > 0 || (c->has_low && c->has_high && c->low == c->high);
    bool endless = false;

    for (size_t i = 0; i < catalog->ntables && table->npartition_columns > 0; i++)
    {
        const ss_table *part = &catalog->tables[i];

        if (part->partition_parent == SS_NONE || part->partition_bound == NULL ||
            !is_partitioned_by(&catalog->tables[part->partition_parent], c->column->name) ||
            ss_table_root(catalog, part) != table)
            continue;
        c->partitioned = true;
        if (!take_partition(c, part->partition_bound, arena))
            c->open_partition = true;
    }
    if (c->partitioned && takes_any(catalog, table, c->column->name))
    {
        c->ndeclared = ndeclared;
        c->nintervals = nintervals;
    }
    /* Does a partition take all that is below or above its bound? */
    for (size_t i = nintervals; i < c->nintervals; i++)
        endless = endless || c->intervals[i].low == INT64_MIN || c->intervals[i].high == INT64_MAX;
    /* Where CHECKs name the values, the partitions have a place for them. */
    if (told && (c->open_partition || endless))
    {
        c->ndeclared = ndeclared;
        c->nintervals = nintervals;
        c->open_partition = false;
    }
}
