#include "catalog/references.h"

#include <string.h>

static size_t
index_by_name(const ss_table *table, const char *name)
{
    for (size_t i = 0; i < table->ncolumns; i++)
    {
        if (strcmp(table->columns[i].name, name) == 0)
            return i;
    }
    return SS_NONE;
}

/* The columns of from with these attnums, as indices into to's columns by name. */
static bool
translate(const ss_table *from, const int16_t *attnums, size_t n, const ss_table *to, size_t *out)
{
    for (size_t i = 0; i < n; i++)
    {
        const ss_column *column = ss_table_attribute(from, attnums[i]);

        out[i] = column == NULL ? SS_NONE : index_by_name(to, column->name);
        if (out[i] == SS_NONE)
            return false;
    }
    return true;
}

static bool
same(const ss_reference *a, const ss_reference *b)
{
    return a->parent == b->parent && a->ncolumns == b->ncolumns &&
           memcmp(a->columns, b->columns, a->ncolumns * sizeof *a->columns) == 0 &&
           memcmp(a->parent_columns, b->parent_columns, a->ncolumns * sizeof *a->columns) == 0;
}

/* Has the table a key that is of these columns, or of some of them? */
static bool
tell_apart(const ss_table *table, const size_t *columns, size_t n)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        const ss_key *key = &table->keys[i];
        bool among = !key->partial && !key->expression && key->valid;

        for (size_t k = 0; among && k < key->ncolumns; k++)
        {
            const size_t c = ss_table_index(table, key->attnums[k]);

            among = false;
            for (size_t j = 0; j < n && !among; j++)
                among = columns[j] == c;
        }
        if (among)
            return true;
    }
    return false;
}

bool
ss_reference_is_joined(const ss_catalog *catalog, size_t table, const ss_reference *reference)
{
    const ss_table *child = &catalog->tables[table], *parent = &catalog->tables[reference->parent];
    bool canonical = reference->held;

    for (size_t i = 0; i < reference->ncolumns; i++)
        canonical = canonical &&
                    ss_column_is_canonical(catalog, &child->columns[reference->columns[i]]) &&
                    ss_column_is_canonical(catalog, &parent->columns[reference->parent_columns[i]]);
    return !canonical;
}

const ss_reference *
ss_table_references(const ss_catalog *catalog, size_t index, ss_arena *result, size_t *n)
{
    const ss_table *table = &catalog->tables[index];
    ss_reference *list = NULL;
    size_t capacity = 0;

    *n = 0;
    for (size_t i = 0; i < catalog->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &catalog->foreign_keys[i];
        const ss_table *child = &catalog->tables[fk->table];
        const ss_table *parent = ss_table_root(catalog, &catalog->tables[fk->parent]);
        size_t *columns, *parent_columns;
        ss_reference r = {.constraint = fk->name, .ncolumns = fk->ncolumns};
        bool known = false;

        if (child != table && ss_table_root(catalog, child) != table)
            continue;
        columns = ss_alloc(result, fk->ncolumns, sizeof *columns);
        parent_columns = ss_alloc(result, fk->ncolumns, sizeof *parent_columns);
        r.parent = ss_catalog_index(catalog, parent);
        r.columns = columns;
        r.parent_columns = parent_columns;
        if (!translate(child, fk->attnums, fk->ncolumns, table, columns) ||
            !translate(&catalog->tables[fk->parent], fk->parent_attnums, fk->ncolumns, parent,
                       parent_columns))
            continue;
        r.ambiguous = parent != &catalog->tables[fk->parent] &&
                      !tell_apart(parent, parent_columns, fk->ncolumns);
        for (size_t k = 0; k < fk->ncolumns; k++)
            r.nullable = r.nullable || !table->columns[columns[k]].not_null;
        r.held = child == table && fk->validated;
        for (size_t k = 0; k < *n && !known; k++)
        {
            known = same(&list[k], &r);
            list[k].held = list[k].held || (known && r.held);
        }
        if (known)
            continue;
        list = ss_grow(result, list, *n, &capacity, sizeof *list);
        list[(*n)++] = r;
    }
    return list;
}

bool
ss_references_hold(const ss_reference *list, size_t n, size_t column)
{
    for (size_t i = 0; i < n; i++)
    {
        for (size_t c = 0; c < list[i].ncolumns; c++)
        {
            if (list[i].columns[c] == column)
                return true;
        }
    }
    return false;
}

bool
ss_key_is_alone(const ss_table *table, const ss_column *column)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        const ss_key *key = &table->keys[i];

        /* An index may tell apart what the column's own collation does not. */
        if (key->ncolumns == 1 && !key->partial && !key->expression && key->valid &&
            key->attnums[0] == column->attnum &&
            (key->constraint || strstr(key->definition, " COLLATE ") == NULL))
            return true;
    }
    return false;
}

bool
ss_reference_types_fit(const ss_catalog *catalog, const ss_column *column, const ss_column *key)
{
    const size_t a = ss_catalog_base_type(catalog, column->type);
    const size_t b = ss_catalog_base_type(catalog, key->type);
    const ss_type *of = a == SS_NONE ? NULL : &catalog->types[a];
    const ss_type *to = b == SS_NONE ? NULL : &catalog->types[b];

    if (of == NULL || to == NULL)
        return false;
    if (ss_type_is_integer(of) && ss_type_is_integer(to))
        return true;
    if ((ss_type_is(of, "text") || ss_type_is(of, "varchar")) &&
        (ss_type_is(to, "text") || ss_type_is(to, "varchar")))
        return true;
    return a == b;
}

bool
ss_column_is_canonical(const ss_catalog *catalog, const ss_column *column)
{
    static const char *const types[] = {"bool", "int2", "int4",    "int8",      "oid",
                                        "uuid", "text", "varchar", "name",      "bytea",
                                        "date", "time", "char",    "timestamp", "timestamptz"};
    const size_t base = ss_catalog_base_type(catalog, column->type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];

    if (t == NULL || column->collation != NULL || (t->category == 'S' && base != column->type))
        return false;
    if (t->kind == SS_TYPE_ENUM)
        return true;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    {
        if (ss_type_is(t, types[i]))
            return true;
    }
    return false;
}
