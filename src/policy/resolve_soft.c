/*
 * The policy held against a catalog: references that nobody declared (docs/policy.md, references).
 *
 * They lead to people as foreign keys do.  Nothing holds their values to the parent's keys: a value that is not there is
 * nobody's, since one person may have many of those.
 */
#include "base/text.h"
#include "policy/resolve_internal.h"

/* NULL, or why the column can be no reference to that parent. */
static const char *
refusal(const ss_resolving *r, const ss_table *table, const ss_column *column,
        const ss_table *parent, const ss_column *key, const char **mend)
{
    size_t n;
    const ss_reference *declared =
        ss_table_references(r->catalog, ss_catalog_index(r->catalog, table), r->result, &n);

    *mend = "remove references:";
    if (ss_references_hold(declared, n, (size_t) (column - table->columns)))
        return "the column has a foreign key, which says what it refers to";
    *mend = "name a column of a primary or unique key, or remove references:";
    if (!ss_key_is_alone(parent, key))
        return "two rows may have the same value there: the column that it refers to is unique by "
               "no key of its own";
    if (!ss_reference_types_fit(r->catalog, column, key))
        return "the two columns are of types that cannot be compared as keys are";
    return NULL;
}

/* Counting reads the parent's key. */
static void
mark(ss_resolving *r, const ss_table *parent, size_t key)
{
    bool **keys = &r->soft_keys[ss_catalog_index(r->catalog, parent)];

    if (*keys == NULL)
        *keys = ss_alloc(r->result, parent->ncolumns, sizeof **keys);
    (*keys)[key] = true;
}

void
ss_resolve_soft(ss_resolving *r, const ss_table *table, ss_table_plan *t,
                const ss_policy_table *entry)
{
    ss_reference *list =
        ss_alloc(r->result, (entry == NULL ? 0 : entry->ncolumns) + 1, sizeof *list);

    for (size_t i = 0; entry != NULL && i < entry->ncolumns; i++)
    {
        const ss_policy_column *e = &entry->columns[i];
        const ss_column *column = ss_table_column(table, e->name), *key;
        const ss_table *parent;
        const char *why, *mend;
        size_t *columns;

        if (e->references_table == NULL || column == NULL)
            continue; /* that the column has vanished is told elsewhere */
        parent = ss_catalog_find(r->catalog, e->references_table);
        key = parent == NULL ? NULL : ss_table_column(parent, e->references_column);
        if (key == NULL || parent->is_partition)
        {
            STOP(NO_PATH, ss_resolve_label(r, table, e->name), &e->place,
                 "correct the name, or remove references:",
                 parent == NULL         ? "references: there is no table %s"
                 : parent->is_partition ? "references: %s is a partition: name its root"
                                        : "references: %s has no column of that name",
                 ss_printable(r->result, e->references_table));
            continue;
        }
        why = refusal(r, table, column, parent, key, &mend);
        if (why != NULL)
        {
            STOP(NO_PATH, ss_resolve_label(r, table, e->name), &e->place, mend, "references: %s",
                 why);
            continue;
        }
        columns = ss_alloc(r->result, 2, sizeof *columns);
        columns[0] = (size_t) (column - table->columns);
        columns[1] = (size_t) (key - parent->columns);
        mark(r, parent, columns[1]);
        list[t->nsoft++] = (ss_reference){.constraint = "",
                                          .parent = ss_catalog_index(r->catalog, parent),
                                          .ncolumns = 1,
                                          .columns = columns,
                                          .parent_columns = columns + 1,
                                          .nullable = true};
    }
    t->soft = list;
}
