#include "classify/reference.h"

#include "base/text.h"
#include "catalog/people.h"
#include "classify/about.h"

/* Reference tables have at most this many rows, and with a single key to them this few. */
#define REFERENCE_ROWS 10000
#define TINY_ROWS      300

static bool
is_personal(ss_class class)
{
    return class != SS_CLASS_KEY && class != SS_CLASS_NON_PERSONAL && class != SS_CLASS_UNDECIDED;
}

const bool *
ss_classify_speak_of_people(const ss_catalog *catalog, const ss_classified *const *columns,
                            ss_arena *result)
{
    const ss_about *about = ss_classify_about(catalog, result);
    bool *speak = ss_alloc(result, catalog->ntables + 1, sizeof *speak);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        speak[t] = about[t].theirs;
        for (size_t c = 0; c < catalog->tables[t].ncolumns; c++)
            speak[t] = speak[t] || is_personal(columns[t][c].proposal.class);
    }
    /* Keys to it may be named as people are. */
    for (size_t k = 0; k < catalog->nforeign_keys; k++)
    {
        const ss_foreign_key *fk = &catalog->foreign_keys[k];

        for (size_t i = 0; i < fk->ncolumns; i++)
        {
            const size_t c = ss_table_index(&catalog->tables[fk->table], fk->attnums[i]);

            speak[fk->parent] = speak[fk->parent] ||
                                (c != SS_NONE && ss_people_are_behind(&about[fk->table].rest[c]));
        }
    }
    return speak;
}

static bool
has_undecided(const ss_table *table, const ss_classified *columns)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (columns[c].proposal.class == SS_CLASS_UNDECIDED)
            return true;
    }
    return false;
}

const char *const *
ss_classify_reference(const ss_catalog *catalog, const ss_classified *const *columns,
                      ss_arena *result)
{
    const bool *people = ss_classify_speak_of_people(catalog, columns, result);
    const char **why = ss_alloc(result, catalog->ntables + 1, sizeof *why);
    bool changed = true;

    /* A table may lead on to others that are reference data themselves: repeat until none is added. */
    while (changed)
    {
        changed = false;
        for (size_t t = 0; t < catalog->ntables; t++)
        {
            const ss_table *table = &catalog->tables[t];
            size_t pointing = 0;
            bool leads_on = false;

            if (why[t] != NULL || table->kind != SS_TABLE_ORDINARY || table->is_partition ||
                people[t] || has_undecided(table, columns[t]))
                continue;
            for (size_t i = 0; i < table->nforeign_keys; i++)
            {
                const size_t parent = catalog->foreign_keys[table->foreign_keys[i]].parent;

                leads_on = leads_on || (parent != t && why[parent] == NULL);
            }
            for (size_t i = 0; i < table->nreferenced_by; i++)
            {
                const ss_foreign_key *fk = &catalog->foreign_keys[table->referenced_by[i]];

                /* A partition's copy of its parent's key is no second one. */
                pointing += fk->table != t && !fk->inherited;
            }
            if (leads_on || pointing == 0 || table->reltuples < 0 ||
                table->reltuples > (pointing >= 2 ? REFERENCE_ROWS : TINY_ROWS))
                continue;
            why[t] = ss_strf(
                result,
                "%s rows, %zu key%s here from elsewhere, none leads on; look that nobody is in it",
                ss_text_count(result, (uint64_t) table->reltuples), pointing,
                pointing == 1 ? "" : "s");
            changed = true;
        }
    }
    return why;
}
