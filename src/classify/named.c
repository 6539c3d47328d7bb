#include "classify/named.h"

#include <string.h>

#include "classify/compound.h"

/*
 * An "entity_name" is a name, and a "comment_author" somebody: a text is harmless, or anybody's, by its last word alone.  So are
 * numbers in tables of people's.
 */
static const ss_recogniser *
recognise(const ss_about *about, const ss_words *name, char letter, ss_pattern *pattern)
{
    const bool people = about->people || about->bank || (about->place && about->theirs);
    const ss_recogniser *r = ss_recognise(name, letter, people, about->theirs, pattern);

    if (r == NULL ||
        (r->class != SS_CLASS_FREE_TEXT &&
         (r->class != SS_CLASS_NON_PERSONAL || !about->theirs || strchr("ti", letter) == NULL)))
        return r;
    *pattern = ss_words_end_in(name, r->names);
    if (pattern->n == 0 && about->theirs)
        *pattern = ss_words_end_in(name, r->theirs);
    return pattern->n > 0 ? r : NULL;
}

/* As it is written, and taken apart or without what all columns begin with, where that says more. */
static void
recognise_either(ss_named *l, const ss_words *written)
{
    ss_pattern of_rest;
    const ss_recogniser *rest;

    l->r = recognise(l->about, written, l->letter, &l->pattern);
    rest = recognise(l->about, l->name, l->letter, &of_rest);
    if (rest != NULL &&
        (l->r == NULL || (l->r->class == SS_CLASS_NON_PERSONAL && rest->class != l->r->class)))
    {
        l->r = rest;
        l->pattern = of_rest;
    }
}

ss_named
ss_named_column(const ss_catalog *catalog, const ss_about *all, size_t t, size_t c)
{
    const ss_about *about = &all[t];
    const ss_table *table = &catalog->tables[t];
    const ss_column *column = &table->columns[c];
    ss_named l = {.catalog = catalog,
                  .all = all,
                  .about = about,
                  .table = table,
                  .column = column,
                  .name = &about->rest[c],
                  .letter = ss_recogniser_letter(catalog, column->type),
                  .primary = ss_table_primary_key_holds(table, column->attnum),
                  .foreign = ss_table_foreign_key_holds(catalog, table, column->attnum)};

    l.open = l.letter == 't' && column->typmod < 0;
    recognise_either(&l, &about->names[c]);
    return l;
}

ss_named
ss_named_path(const ss_named *column, const ss_words *name, char letter, ss_arena *result)
{
    ss_named l = *column;
    ss_words *apart;

    l.letter = letter;
    l.primary = l.foreign = false;
    l.open = letter == 't';
    if (name->n > 0)
    {
        apart = ss_alloc(result, 1, sizeof *apart);
        *apart = ss_compound_split(*name, result);
        l.name = apart;
    }
    recognise_either(&l, name->n > 0 ? name : l.name);
    return l;
}
