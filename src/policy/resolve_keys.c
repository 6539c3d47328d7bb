/* The policy held against a catalog: keys of several columns, as their columns are treated. */
#include "base/text.h"
#include "policy/resolve_internal.h"

void
ss_resolve_keys(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
                const ss_place *place)
{
    for (size_t i = 0;
         i < table->nkeys && (t->mode == SS_MODE_SYNTHESISE || t->mode == SS_MODE_PSEUDONYMISE);
         i++)
    {
        const ss_key *k = &table->keys[i];
        bool constant = k->ncolumns > 1 && !k->partial && !k->expression;

        for (size_t c = 0; c < k->ncolumns && constant; c++)
        {
            const size_t at = ss_table_index(table, k->attnums[c]);

            constant = at != SS_NONE &&
                       (t->columns[at].treatment == SS_TREAT_CONSTANT ||
                        (t->columns[at].treatment == SS_TREAT_NULLIFY && k->nulls_not_distinct));
        }
        if (constant)
            STOP(NOT_UNIQUE, table->label, place, "another treatment for one of its columns",
                 "\"%.80s\" wants rows that differ, and all of its columns are constants",
                 ss_printable(r->result, k->name));
    }
}
