/* What plan proposes for columns of pseudonymise tables, where the default of their class could not run. */
#include <string.h>

#include "base/text.h"
#include "policy/distinct.h"
#include "pseudonymise/pseudonymise_internal.h"

/* Does a unique key lean on the column?  Not one with a running number, which is unique by itself. */
static bool
must_be_unique(const ss_table *table, const ss_column *column)
{
    for (size_t i = 0; i < table->nkeys; i++)
    {
        const ss_key *key = &table->keys[i];
        bool numbered = false;

        for (size_t c = 0; c < key->ncolumns; c++)
        {
            const ss_column *other = ss_table_attribute(table, key->attnums[c]);

            numbered = numbered || (other != NULL && other != column && ss_is_numbered(other));
        }
        if (!numbered && ss_attnums_hold(key->attnums, key->ncolumns, column->attnum))
            return true;
    }
    return false;
}

/* Can values of the column have pseudonyms of the kind? */
static bool
takes(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
      const ss_kind *kind, bool unique, ss_arena *scratch)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    ss_kind_column about = {.catalog = catalog,
                            .type = {catalog, base, ss_catalog_typmod(catalog, column)},
                            .codec = ss_codec_find(catalog, column->type),
                            .group = "",
                            .limit = ss_catalog_characters(catalog, column),
                            .low = INT64_MIN,
                            .high = INT64_MAX,
                            .unique = unique,
                            .alone = true};

    (void) ss_integer_bounds(catalog, table, column, &about.low, &about.high);
    return base != SS_NONE && about.codec != NULL && kind != NULL &&
           kind->refusal(&about, scratch) == NULL;
}

void
ss_pseudonyms_propose(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
                      ss_proposal *p, ss_arena *scratch)
{
    const bool unique = must_be_unique(table, column), folds = ss_catalog_folds(catalog, column);
    const unsigned apart = folds ? SS_UNIQUE_CASE : SS_UNIQUE;
    const ss_kind *own = p->kind == NULL ? NULL : ss_kind_find(p->kind);
    const ss_kind *of_type = ss_kind_of_type(catalog, column->type, folds);
    const bool leaves = p->class == SS_CLASS_NON_PERSONAL || p->class == SS_CLASS_UNDECIDED;

    if (column->generated != SS_GENERATED_NOT || p->treatment != SS_TREAT_DEFAULT || leaves ||
        p->class == SS_CLASS_KEY || ss_table_foreign_key_holds(catalog, table, column->attnum))
        return;
    if (p->class != SS_CLASS_DIRECT_IDENTIFIER &&
        (!unique || (p->class != SS_CLASS_QUASI_IDENTIFIER &&
                     ss_catalog_is_nullable(catalog, column) && p->class != SS_CLASS_FREE_TEXT)))
        return;
    if (p->class == SS_CLASS_DIRECT_IDENTIFIER && p->kind == NULL &&
        takes(catalog, table, column, of_type, unique, scratch))
        return;
    if (takes(catalog, table, column, own, unique, scratch) &&
        (!unique || (own->guarantees & apart) != 0))
    {
        if (p->class != SS_CLASS_DIRECT_IDENTIFIER)
            p->treatment = SS_TREAT_PSEUDONYMISE;
        return;
    }
    /* Numbers that nobody has do not suffice, and others may be somebody's. */
    if (unique && own != NULL && takes(catalog, table, column, own, false, scratch) &&
        (own->guarantees & apart) != 0 && ss_catalog_is_nullable(catalog, column))
    {
        p->treatment = SS_TREAT_NULLIFY;
        return;
    }
    if (unique && takes(catalog, table, column, of_type, unique, scratch))
    {
        p->treatment = SS_TREAT_PSEUDONYMISE;
        p->kind = of_type->name;
    }
    else
        p->treatment = SS_TREAT_SHAPE;
}

static bool
is_made_coarser(const ss_proposal *p)
{
    return p->class == SS_CLASS_QUASI_IDENTIFIER && p->treatment == SS_TREAT_DEFAULT;
}

void
ss_pseudonyms_propose_alike(const ss_catalog *catalog, const ss_table *table, ss_proposal *list,
                            ss_arena *result)
{
    for (size_t i = 0; i < table->nchecks; i++)
    {
        const ss_check *check = &table->checks[i];
        size_t one, other;

        if (check->ncolumns != 2)
            continue;
        one = ss_table_index(table, check->attnums[0]);
        other = ss_table_index(table, check->attnums[1]);
        if (one == SS_NONE || other == SS_NONE ||
            ss_catalog_base_type(catalog, table->columns[one].type) !=
                ss_catalog_base_type(catalog, table->columns[other].type))
            continue;
        if (list[other].kind != NULL && strcmp(list[other].kind, "date-of-birth") == 0)
        {
            const size_t held = one;

            one = other;
            other = held;
        }
        if (list[one].kind == NULL || strcmp(list[one].kind, "date-of-birth") != 0 ||
            !is_made_coarser(&list[one]) || !is_made_coarser(&list[other]))
            continue;
        list[other].kind = list[one].kind;
        list[other].why =
            ss_strf(result, "compared with %s by a CHECK, so it is made coarser alike",
                    ss_printable(result, table->columns[one].name));
    }
}
