#include "catalog/catalog.h"

#include <string.h>

const ss_table *
ss_catalog_find(const ss_catalog *catalog, const char *label)
{
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (strcmp(catalog->tables[i].label, label) == 0)
            return &catalog->tables[i];
    }
    return NULL;
}

size_t
ss_catalog_index(const ss_catalog *catalog, const ss_table *table)
{
    return (size_t) (table - catalog->tables);
}

const ss_column *
ss_table_column(const ss_table *table, const char *name)
{
    for (size_t i = 0; i < table->ncolumns; i++)
    {
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    }
    return NULL;
}

const ss_column *
ss_table_attribute(const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->ncolumns; i++)
    {
        if (table->columns[i].attnum == attnum)
            return &table->columns[i];
    }
    return NULL;
}

size_t
ss_catalog_base_type(const ss_catalog *catalog, size_t type)
{
    while (type != SS_NONE && catalog->types[type].kind == SS_TYPE_DOMAIN)
        type = catalog->types[type].base;
    return type;
}

bool
ss_table_has_rows(const ss_table *table)
{
    return table->kind == SS_TABLE_ORDINARY;
}

const ss_table *
ss_table_root(const ss_catalog *catalog, const ss_table *table)
{
    while (table->is_partition && table->partition_parent != SS_NONE)
        table = &catalog->tables[table->partition_parent];
    return table;
}

/* Depth first: a table follows all its parents; what is on the path already closes a cycle. */
typedef struct walk
{
    const ss_catalog *catalog;
    unsigned char *seen;
    size_t *order;
    size_t n;
} walk;

static void
visit(walk *w, size_t t)
{
    const ss_table *table = &w->catalog->tables[t];

    if (w->seen[t])
        return;
    w->seen[t] = 1;
    if (table->partition_parent != SS_NONE)
        visit(w, table->partition_parent);
    for (size_t i = 0; i < table->ninherits; i++)
    {
        if (table->inherits[i] != SS_NONE)
            visit(w, table->inherits[i]);
    }
    for (size_t i = 0; i < table->nforeign_keys; i++)
        visit(w, w->catalog->foreign_keys[table->foreign_keys[i]].parent);
    w->order[w->n++] = t;
}

void
ss_catalog_parents_first(const ss_catalog *catalog, size_t *order, ss_arena *scratch)
{
    walk w = {.catalog = catalog,
              .seen = ss_alloc(scratch, catalog->ntables + 1, 1),
              .order = order};

    for (size_t t = 0; t < catalog->ntables; t++)
        visit(&w, t);
}
