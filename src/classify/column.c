#include "classify/column.h"

#include <string.h>

#include "base/text.h"
#include "classify/about.h"
#include "classify/recogniser.h"

/* What a table about people's health holds besides. */
static const char NOT_HEALTH[] =
    "cost|*cost|price|payer*|uid|start|stop|*unit*|unit*|system|format|sort|version|status|note|"
    "notes|comment*|lot*|charge*|coverage|fee|amount|"
    "void*|uuid|location|modifier|path|namespace|range*|sop*|operator*|instance*";

static const char NAMES_OF_THINGS[] =
    "name|*name|title|titel|label|libelle|nombre|description|desc*|*desc|bezeichnung|beschreibung|"
    "designation|summary|caption|short*";

typedef struct looking /* at one column */
{
    const ss_about *about;
    const ss_words *name;
    char letter;
    bool primary, foreign;
    bool named_key;         /* as keys are, whether it is one or not */
    bool open;              /* a text of any length */
    const ss_recogniser *r; /* or NULL */
    ss_pattern pattern;
    bool exact; /* the name is the pattern and nothing else */
} looking;

static bool
is_named_as_key(const ss_words *name, char letter)
{
    const char *last = name->n == 0 ? "" : name->list[name->n - 1];
    const size_t n = strlen(last);

    if (name->n > 1 && (strcmp(name->list[0], "fk") == 0 || strcmp(name->list[0], "id") == 0))
        return true;
    if (ss_words_find(&(ss_words){&last, n > 0}, "id|uuid|guid|oid").n > 0)
        return true;
    if (letter == 'i' && ss_words_find(name, "*by").n > 0)
        return true;
    /* userid, countryid; not paid, valid, grid */
    return n > 5 && strcmp(last + n - 2, "id") == 0 && strchr("itu", letter) != NULL;
}

static looking
look_at(const ss_catalog *catalog, const ss_about *about, const ss_table *table, size_t c)
{
    const ss_column *column = &table->columns[c];
    looking l = {.about = about,
                 .name = &about->rest[c],
                 .letter = ss_recogniser_letter(catalog, column->type),
                 .primary = ss_table_primary_key_holds(table, column->attnum),
                 .foreign = ss_table_foreign_key_holds(catalog, table, column->attnum)};
    const bool people = about->people || (about->place && about->theirs);
    const ss_recogniser *rest;
    ss_pattern of_rest;

    l.named_key = is_named_as_key(l.name, l.letter);
    l.open = l.letter == 't' && column->typmod < 0;
    l.r = ss_recognise(&about->names[c], l.letter, people, about->theirs, &l.pattern);
    /* Without what all columns begin with, where that says more. */
    rest = ss_recognise(&about->rest[c], l.letter, people, about->theirs, &of_rest);
    if (rest != NULL &&
        (l.r == NULL || (l.r->class == SS_CLASS_NON_PERSONAL && rest->class != l.r->class)))
    {
        l.r = rest;
        l.pattern = of_rest;
    }
    l.exact = l.r != NULL && (ss_words_are(&about->rest[c], l.pattern) ||
                              ss_words_are(&about->names[c], l.pattern));
    return l;
}

static bool
is_class(const looking *l, ss_class class)
{
    return l->r != NULL && l->r->class == class;
}

/* Identifiers are so even where they are keys. */
static bool
is_telling(const looking *l)
{
    return is_class(l, SS_CLASS_DIRECT_IDENTIFIER) || is_class(l, SS_CLASS_SECRET);
}

static ss_proposal
by_recogniser(const looking *l, ss_arena *result)
{
    return (ss_proposal){l->r->class,
                         ss_strf(result, "named \"%.*s\"%s%s", (int) l->pattern.n, l->pattern.text,
                                 l->r->kind[0] == '\0' ? "" : ": ", l->r->kind)};
}

/* A reference, declared or not. */
static ss_proposal
by_key(const looking *l)
{
    if (l->letter == 'i' && l->about->theirs && ss_words_find(l->name, "concept id").n > 0)
        return (ss_proposal){l->about->health ? SS_CLASS_SPECIAL_CATEGORY
                                              : SS_CLASS_QUASI_IDENTIFIER,
                             "a code of a list, which says it of somebody"};
    if (l->open && !l->primary && !l->foreign && ss_about_leads_to_people(l->name))
        return (ss_proposal){SS_CLASS_DIRECT_IDENTIFIER,
                             "a text that leads to people, by no declared key"};
    return (ss_proposal){SS_CLASS_KEY, l->primary || l->foreign ? NULL : "named as keys are"};
}

static bool
is_of_health(const looking *l)
{
    return l->about->health && !l->named_key && strchr("tinj", l->letter) != NULL &&
           (l->r == NULL || is_class(l, SS_CLASS_NON_PERSONAL) ||
            is_class(l, SS_CLASS_FREE_TEXT)) &&
           ss_words_find(l->name, NOT_HEALTH).n == 0;
}

/* No name tells. */
static ss_proposal
by_type(const looking *l)
{
    const ss_class theirs = l->about->theirs ? SS_CLASS_QUASI_IDENTIFIER : SS_CLASS_NON_PERSONAL;

    if (strchr("in", l->letter) != NULL &&
        ss_words_find(l->name, "*time|time*|ts|*unix|*date|date*").n > 0)
        return (ss_proposal){theirs, "a moment"};
    switch (l->letter)
    {
    case 'u':
        return (ss_proposal){SS_CLASS_KEY, "a uuid"};
    case 'e':
        return (ss_proposal){SS_CLASS_NON_PERSONAL, "an enum"};
    case 'd':
    case 'm':
        return (ss_proposal){theirs, "a moment"};
    case 'i':
    case 'n':
        return (ss_proposal){theirs, "a number"};
    case 'a':
        return (ss_proposal){SS_CLASS_DIRECT_IDENTIFIER, "an address of a network"};
    case 'j':
        return (ss_proposal){l->about->theirs ? SS_CLASS_FREE_TEXT : SS_CLASS_UNDECIDED,
                             "a document"};
    case 't':
        if (!l->about->people && ss_words_find(l->name, NAMES_OF_THINGS).n > 0)
            return (ss_proposal){SS_CLASS_NON_PERSONAL, "of a thing"};
        return (ss_proposal){SS_CLASS_UNDECIDED, NULL};
    default:
        return (ss_proposal){SS_CLASS_UNDECIDED, NULL};
    }
}

static ss_proposal
propose(const looking *l, ss_arena *result)
{
    const bool key = l->primary || l->foreign;
    static const char places[] = "city region postcode country";

    if (is_class(l, SS_CLASS_SPECIAL_CATEGORY) && (!key || l->foreign))
        return by_recogniser(l, result);
    if (key && strchr("dm", l->letter) != NULL && l->about->theirs)
        return (ss_proposal){SS_CLASS_QUASI_IDENTIFIER, "a moment in a key"};
    if (key && (!is_telling(l) || l->letter == 'i' || l->letter == 'u' || l->named_key))
        return by_key(l);
    if (l->letter == 'b')
        return (ss_proposal){SS_CLASS_NON_PERSONAL, "boolean"};
    if (l->named_key && (!is_telling(l) || (strcmp(l->r->kind, "user-name") == 0 && !l->exact)))
        return by_key(l);
    if (is_of_health(l))
        return (ss_proposal){SS_CLASS_SPECIAL_CATEGORY, "of a table about health"};
    if (is_class(l, SS_CLASS_QUASI_IDENTIFIER) && !l->about->theirs && !l->about->place &&
        strstr(places, l->r->kind) != NULL)
        return (ss_proposal){SS_CLASS_NON_PERSONAL, "a place, not of people"};
    return l->r != NULL ? by_recogniser(l, result) : by_type(l);
}

const ss_proposal *const *
ss_classify_columns(const ss_catalog *catalog, ss_arena *result)
{
    const ss_about *about = ss_classify_about(catalog, result);
    const ss_proposal **all = ss_alloc(result, catalog->ntables + 1, sizeof *all);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        ss_proposal *columns = ss_alloc(result, table->ncolumns + 1, sizeof *columns);

        for (size_t c = 0; c < table->ncolumns; c++)
        {
            const looking l = look_at(catalog, &about[t], table, c);

            columns[c] = propose(&l, result);
        }
        all[t] = columns;
    }
    return all;
}
