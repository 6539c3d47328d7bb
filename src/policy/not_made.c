/* Tables that plan proposes as empty: no row can be made for them, or none that refers to a parent. */
#include <string.h>

#include "base/text.h"
#include "policy/policy_internal.h"
#include "policy/write.h"
#include "rows/codec.h"

typedef struct proposing
{
    const ss_catalog *catalog;
    const ss_policy *policy; /* or NULL */
    bool *empty;             /* per table, by the policy or by proposal */
    const char **why;        /* per table: proposed */
} proposing;

bool
ss_policy_unknown_type(const ss_catalog *catalog, const ss_column *column)
{
    return column->generated == SS_GENERATED_NOT && ss_codec_find(catalog, column->type) == NULL;
}

bool
ss_policy_nullable(const ss_catalog *catalog, const ss_column *column)
{
    return ss_catalog_is_nullable(catalog, column) && column->generated == SS_GENERATED_NOT;
}

/* Of its own, whatever it refers to; NULL where rows can be made. */
static const char *
why_not_made(const ss_catalog *catalog, const ss_table *table)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (ss_policy_unknown_type(catalog, &table->columns[c]) &&
            !ss_catalog_is_nullable(catalog, &table->columns[c]))
            return "a column that must not be NULL is of a type that is not known";
    }
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        if (catalog->tables[i].kind == SS_TABLE_FOREIGN && catalog->tables[i].is_partition &&
            ss_table_root(catalog, &catalog->tables[i]) == table)
            return "a partition of it is on another server";
    }
    return NULL;
}

/* As where modes meet: one NULL is enough, with MATCH FULL all of them must be. */
static bool
must_refer(const ss_catalog *catalog, const ss_foreign_key *fk)
{
    size_t n = 0;

    for (size_t i = 0; i < fk->ncolumns; i++)
    {
        const ss_column *column = ss_table_attribute(&catalog->tables[fk->table], fk->attnums[i]);

        n += column != NULL && ss_policy_nullable(catalog, column);
    }
    return fk->match == 'f' ? n < fk->ncolumns : n == 0;
}

/* The mode that the policy's own entry gives the table; false: it has none. */
static bool
named_mode(const ss_policy *policy, const char *label, ss_mode *mode)
{
    for (size_t i = 0; policy != NULL && i < policy->ntables; i++)
    {
        *mode = policy->tables[i].mode;
        if (strcmp(policy->tables[i].label, label) == 0)
            return true;
    }
    return false;
}

/* Whatever plan proposes. */
static bool
is_empty(const ss_policy *policy, const ss_table *table)
{
    ss_mode mode;

    return named_mode(policy, table->label, &mode)
               ? mode == SS_MODE_EMPTY
               : table->extension != NULL || table->kind == SS_TABLE_FOREIGN;
}

/* Where the policy decides already, nothing is proposed.  True when it is news. */
static bool
propose(proposing *p, size_t t, const char *why)
{
    ss_mode mode;

    if (why == NULL || p->empty[t] || p->catalog->tables[t].is_partition ||
        named_mode(p->policy, p->catalog->tables[t].label, &mode))
        return false;
    p->empty[t] = true;
    p->why[t] = why;
    return true;
}

const char *const *
ss_policy_why_empty(const ss_catalog *catalog, const ss_policy *policy, ss_arena *result)
{
    proposing p = {.catalog = catalog,
                   .policy = policy,
                   .empty = ss_alloc(result, catalog->ntables + 1, sizeof *p.empty),
                   .why = ss_alloc(result, catalog->ntables + 1, sizeof *p.why)};
    bool more = true;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        p.empty[t] = is_empty(policy, &catalog->tables[t]);
        (void) propose(&p, t, why_not_made(catalog, &catalog->tables[t]));
    }
    /* What must refer to an empty table is empty as well, and so on. */
    while (more)
    {
        more = false;
        for (size_t k = 0; k < catalog->nforeign_keys; k++)
        {
            const ss_foreign_key *fk = &catalog->foreign_keys[k];
            const ss_table *root = ss_table_root(catalog, &catalog->tables[fk->parent]);

            if (!p.empty[ss_catalog_index(catalog, root)] || !must_refer(catalog, fk))
                continue;
            more |=
                propose(&p, fk->table,
                        ss_strf(result, "its foreign key %s must not be NULL, and %s is empty",
                                ss_printable(result, fk->name), ss_printable(result, root->label)));
        }
    }
    return p.why;
}
