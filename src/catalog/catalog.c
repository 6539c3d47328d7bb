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

const ss_suspect *
ss_catalog_suspect(const ss_catalog *catalog, const char *object)
{
    for (size_t i = 0; i < catalog->nsuspects; i++)
    {
        if (strcmp(catalog->suspects[i].object, object) == 0)
            return &catalog->suspects[i];
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

const char *
ss_check_next_literal(const char **p, size_t *n)
{
    const char *start = strchr(*p, '\'');
    const char *end = start == NULL ? NULL : strchr(start + 1, '\'');

    if (end == NULL)
        return NULL;
    *n = (size_t) (end - start - 1);
    *p = end + 1;
    return start + 1;
}

bool
ss_check_is_of(const ss_check *check, const ss_column *column)
{
    return check->validated && check->ncolumns == 1 && check->attnums[0] == column->attnum;
}

bool
ss_attnums_hold(const int16_t *attnums, size_t n, int16_t attnum)
{
    for (size_t i = 0; i < n; i++)
    {
        if (attnums[i] == attnum)
            return true;
    }
    return false;
}

bool
ss_table_primary_key_holds(const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->nkeys && table->keys[i].primary; i++)
    {
        if (ss_attnums_hold(table->keys[i].attnums, table->keys[i].ncolumns, attnum))
            return true;
    }
    return false;
}

bool
ss_table_foreign_key_holds(const ss_catalog *catalog, const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->nforeign_keys; i++)
    {
        const ss_foreign_key *k = &catalog->foreign_keys[table->foreign_keys[i]];

        if (ss_attnums_hold(k->attnums, k->ncolumns, attnum))
            return true;
    }
    return false;
}

size_t
ss_table_index(const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->ncolumns; i++)
    {
        if (table->columns[i].attnum == attnum)
            return i;
    }
    return SS_NONE;
}

const ss_column *
ss_table_attribute(const ss_table *table, int16_t attnum)
{
    const size_t i = ss_table_index(table, attnum);

    return i == SS_NONE ? NULL : &table->columns[i];
}

const ss_search_vector *
ss_table_search_vector(const ss_table *table, int16_t attnum)
{
    for (size_t i = 0; i < table->nsearch_vectors; i++)
    {
        if (table->search_vectors[i].attnum == attnum)
            return &table->search_vectors[i];
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

int32_t
ss_catalog_typmod(const ss_catalog *catalog, const ss_column *column)
{
    int32_t typmod = column->typmod;

    for (size_t t = column->type;
         typmod < 0 && t != SS_NONE && catalog->types[t].kind == SS_TYPE_DOMAIN;
         t = catalog->types[t].base)
        typmod = catalog->types[t].base_typmod;
    return typmod;
}

bool
ss_catalog_is_nullable(const ss_catalog *catalog, const ss_column *column)
{
    for (size_t t = column->type; t != SS_NONE && catalog->types[t].kind == SS_TYPE_DOMAIN;
         t = catalog->types[t].base)
    {
        if (catalog->types[t].not_null)
            return false;
    }
    return !column->not_null;
}

bool
ss_catalog_has_default(const ss_catalog *catalog, const ss_column *column)
{
    /* A domain over a domain took its default over when it was made: the own one counts. */
    return column->default_expr != NULL ||
           (column->type != SS_NONE && catalog->types[column->type].kind == SS_TYPE_DOMAIN &&
            catalog->types[column->type].default_expr != NULL);
}

bool
ss_type_is(const ss_type *type, const char *name)
{
    return strcmp(type->schema, "pg_catalog") == 0 && strcmp(type->name, name) == 0;
}

bool
ss_type_is_integer(const ss_type *type)
{
    return ss_type_is(type, "int2") || ss_type_is(type, "int4") || ss_type_is(type, "int8");
}

static bool
is_citext(const ss_type *type)
{
    return type->extension != NULL && strcmp(type->name, "citext") == 0;
}

bool
ss_catalog_folds(const ss_catalog *catalog, const ss_column *column)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);

    return column->folds || (base != SS_NONE && is_citext(&catalog->types[base]));
}

bool
ss_type_is_text(const ss_type *type)
{
    return ss_type_is(type, "text") || ss_type_is(type, "varchar") || ss_type_is(type, "bpchar") ||
           ss_type_is(type, "name") || is_citext(type);
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

/*
 * Depth first: a table follows all its parents; an edge to what is on the path already closes a cycle
 * and is left out.  A partition tree is one node, for its rows are its root's to anybody who refers
 * to it: what any of its partitions refers to comes before all of them.
 */
typedef struct walk
{
    const ss_catalog *catalog;
    size_t *first_leaf; /* per table: its first partition, and its next sibling */
    size_t *next_leaf;
    unsigned char *seen; /* of roots */
    size_t *order;
    size_t n;
} walk;

static size_t
root_index(const ss_catalog *catalog, size_t t)
{
    return ss_catalog_index(catalog, ss_table_root(catalog, &catalog->tables[t]));
}

static void visit(walk *w, size_t root);

static void
visit_parents(walk *w, size_t t)
{
    const ss_catalog *catalog = w->catalog;
    const ss_table *table = &catalog->tables[t];

    for (size_t i = 0; i < table->ninherits; i++)
        visit(w, root_index(catalog, table->inherits[i]));
    for (size_t i = 0; i < table->nforeign_keys; i++)
        visit(w, root_index(catalog, catalog->foreign_keys[table->foreign_keys[i]].parent));
    for (size_t p = w->first_leaf[t]; p != SS_NONE; p = w->next_leaf[p])
        visit_parents(w, p);
}

static void
put_tree(walk *w, size_t t)
{
    w->order[w->n++] = t;
    for (size_t p = w->first_leaf[t]; p != SS_NONE; p = w->next_leaf[p])
        put_tree(w, p);
}

static void
visit(walk *w, size_t root)
{
    if (w->seen[root])
        return;
    w->seen[root] = 1;
    visit_parents(w, root);
    put_tree(w, root);
}

void
ss_catalog_parents_first(const ss_catalog *catalog, size_t *order, ss_arena *scratch)
{
    const size_t n = catalog->ntables;
    walk w = {.catalog = catalog,
              .first_leaf = ss_alloc(scratch, n + 1, sizeof(size_t)),
              .next_leaf = ss_alloc(scratch, n + 1, sizeof(size_t)),
              .seen = ss_alloc(scratch, n + 1, 1),
              .order = order};

    for (size_t t = 0; t < n; t++)
        w.first_leaf[t] = w.next_leaf[t] = SS_NONE;
    for (size_t t = n; t-- > 0;)
    {
        const size_t parent = catalog->tables[t].partition_parent;

        if (parent == SS_NONE)
            continue;
        w.next_leaf[t] = w.first_leaf[parent];
        w.first_leaf[parent] = t;
    }
    for (size_t t = 0; t < n; t++)
    {
        if (catalog->tables[t].partition_parent == SS_NONE)
            visit(&w, t);
    }
}

int
ss_numeric_precision(int32_t typmod)
{
    return ((typmod - 4) >> 16) & 0xFFFF;
}

int
ss_numeric_scale(int32_t typmod)
{
    /* eleven bits, signed since PostgreSQL 15 */
    return (((typmod - 4) & 0x7FF) ^ 1024) - 1024;
}

size_t
ss_catalog_characters(const ss_catalog *catalog, const ss_column *column)
{
    const int32_t typmod = ss_catalog_typmod(catalog, column);
    const size_t t = ss_catalog_base_type(catalog, column->type);

    if (t != SS_NONE && ss_type_is(&catalog->types[t], "name"))
        return 63;
    if (t == SS_NONE || typmod < 5 ||
        (!ss_type_is(&catalog->types[t], "varchar") && !ss_type_is(&catalog->types[t], "bpchar")))
        return SIZE_MAX;
    return (size_t) typmod - 4;
}

bool
ss_catalog_is_exact_number(const ss_catalog *catalog, const ss_column *column)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    const ss_type *type = base == SS_NONE ? NULL : &catalog->types[base];

    return type != NULL && (ss_type_is_integer(type) || ss_type_is(type, "numeric"));
}
