/* Which tables and columns sandseed inspect shows, and how many there are of each class. */
#include "base/text.h"
#include "report/inspect.h"

bool
ss_inspect_filters(const ss_inspect *inspect)
{
    return inspect->classes != NULL || inspect->nglobs > 0;
}

static bool
is_meant(const ss_inspect *inspect, const ss_table *table)
{
    for (size_t i = 0; i < inspect->nglobs; i++)
    {
        if (ss_glob(inspect->globs[i], table->label))
            return true;
    }
    return inspect->nglobs == 0;
}

static bool
is_of_class(const ss_inspect *inspect, size_t table, size_t column)
{
    return inspect->classes == NULL ||
           inspect->classes[inspect->columns[table][column].proposal.class];
}

bool
ss_inspect_shows(const ss_inspect *inspect, const ss_table *table, size_t column)
{
    return is_of_class(inspect, ss_catalog_index(inspect->catalog, table), column);
}

bool
ss_inspect_shows_table(const ss_inspect *inspect, const ss_table *table)
{
    const size_t index = ss_catalog_index(inspect->catalog, table);

    if (!is_meant(inspect, table))
        return false;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (is_of_class(inspect, index, c))
            return true;
    }
    return inspect->classes == NULL;
}

ss_inspect_classes
ss_inspect_count_classes(const ss_inspect *inspect, bool all)
{
    static const ss_class personal[] = {SS_CLASS_DIRECT_IDENTIFIER, SS_CLASS_QUASI_IDENTIFIER,
                                        SS_CLASS_SPECIAL_CATEGORY, SS_CLASS_FREE_TEXT};
    const ss_catalog *catalog = inspect->catalog;
    ss_inspect_classes n = {0};

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        if (table->is_partition || (!all && !ss_inspect_shows_table(inspect, table)))
            continue;
        n.tables++;
        for (size_t c = 0; c < table->ncolumns; c++)
        {
            if (!all && !is_of_class(inspect, t, c))
                continue;
            n.columns++;
            n.of[inspect->columns[t][c].proposal.class]++;
        }
    }
    for (size_t i = 0; i < sizeof personal / sizeof personal[0]; i++)
        n.personal += n.of[personal[i]];
    return n;
}
