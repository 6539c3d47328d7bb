#include "catalog/roles.h"

#include "catalog/references.h"

const char *
ss_role_name(ss_role role)
{
    static const char *const names[] = {
        [SS_ROLE_SUBJECT] = "subject",     [SS_ROLE_TREE] = "tree",
        [SS_ROLE_EXTENSION] = "extension", [SS_ROLE_LINK] = "link",
        [SS_ROLE_EVENT] = "event",         [SS_ROLE_CHILD] = "child",
        [SS_ROLE_REFERENCE] = "reference", [SS_ROLE_LOG] = "log",
        [SS_ROLE_ALONE] = "alone",
    };

    return names[role];
}

/* Are all columns of the key among those of one of the references? */
static bool
key_is_of(const ss_table *table, const ss_key *key, const ss_reference *list, size_t n, size_t self)
{
    for (size_t c = 0; c < key->ncolumns; c++)
    {
        const size_t column = ss_table_index(table, key->attnums[c]);
        bool found = false;

        for (size_t i = 0; i < n; i++)
            found = found || (list[i].parent != self && ss_references_hold(&list[i], 1, column));
        if (!found)
            return false;
    }
    return key->ncolumns > 0 && key->valid && !key->partial && !key->expression;
}

static bool
has_time(const ss_catalog *catalog, const ss_table *table)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const size_t base = ss_catalog_base_type(catalog, table->columns[c].type);
        const ss_type *type = base == SS_NONE ? NULL : &catalog->types[base];

        if (table->columns[c].not_null && type != NULL &&
            (ss_type_is(type, "timestamptz") || ss_type_is(type, "timestamp") ||
             ss_type_is(type, "date")))
            return true;
    }
    return false;
}

ss_role
ss_table_role(const ss_catalog *catalog, size_t index, bool subject, bool referred_to)
{
    const ss_table *table = &catalog->tables[index];
    ss_arena *scratch = ss_arena_new(NULL);
    size_t n, others = 0;
    const ss_reference *list = ss_table_references(catalog, index, scratch, &n);
    ss_role role = has_time(catalog, table) ? SS_ROLE_LOG : SS_ROLE_ALONE;

    for (size_t i = 0; i < n; i++)
        others += list[i].parent != index;
    if (others == 0 && referred_to)
        role = SS_ROLE_REFERENCE;
    if (others > 0)
        role = has_time(catalog, table) ? SS_ROLE_EVENT : SS_ROLE_CHILD;
    if (others > 1 && table->nkeys > 0 && table->keys[0].primary &&
        key_is_of(table, &table->keys[0], list, n, index))
        role = SS_ROLE_LINK;
    for (size_t i = 0; i < n; i++)
    {
        for (size_t k = 0; k < table->nkeys && list[i].parent != index; k++)
        {
            if (key_is_of(table, &table->keys[k], &list[i], 1, index))
                role = SS_ROLE_EXTENSION;
        }
    }
    if (others < n)
        role = SS_ROLE_TREE;
    if (subject)
        role = SS_ROLE_SUBJECT;
    ss_arena_free(scratch);
    return role;
}
