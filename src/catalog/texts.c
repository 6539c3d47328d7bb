#include "catalog/texts.h"

#include <string.h>

#include "base/text.h"

typedef struct replacing
{
    ss_text_replacement *replacement;
    const void *arg;
    ss_arena *result;
} replacing;

static void
put(const replacing *r, const char **text, const char *with)
{
    if (*text != NULL && with != NULL)
        *text = ss_text_replace(*text, with, r->result);
}

/* Of a constraint, whose name may say what a number in it is. */
static void
put_in(const replacing *r, const char *name, const char **definition, const char *with)
{
    const char *head, *text;

    if (*definition == NULL || with == NULL)
        return;
    head = ss_strf(r->result, "CONSTRAINT %s ", name);
    text = ss_text_replace(ss_strf(r->result, "%s%s", head, *definition), with, r->result);
    if (strncmp(text, head, strlen(head)) == 0)
        *definition = text + strlen(head);
    else
        put(r, definition, with);
}

/* Parts of a catalog are constant for everybody: those that change are changed in copies. */
static void *
copy(const replacing *r, const void *list, size_t n, size_t size)
{
    void *to = ss_alloc(r->result, n + 1, size);

    if (n > 0)
        memcpy(to, list, n * size);
    return to;
}

static const char *
in_index(const replacing *r, const ss_table *t, const char *name)
{
    return r->replacement(r->arg, ss_strf(r->result, "index %s.%s", t->schema, name));
}

static void
replace_in_table(const replacing *r, ss_table *t)
{
    const char *with =
        r->replacement(r->arg, ss_strf(r->result, "table %s.%s", t->schema, t->name));
    ss_column *columns = copy(r, t->columns, t->ncolumns, sizeof *columns);
    ss_check *checks = copy(r, t->checks, t->nchecks, sizeof *checks);
    ss_exclusion *exclusions = copy(r, t->exclusions, t->nexclusions, sizeof *exclusions);
    ss_key *keys = copy(r, t->keys, t->nkeys, sizeof *keys);
    ss_expression *expressions = copy(r, t->expressions, t->nexpressions, sizeof *expressions);

    put(r, &t->partition_bound, with);
    put(r, &t->partition_key, with);
    for (size_t i = 0; i < t->ncolumns; i++)
        put(r, &columns[i].default_expr, with);
    for (size_t i = 0; i < t->nchecks; i++)
    {
        put_in(r, checks[i].name, &checks[i].definition, with);
        put_in(r, checks[i].name, &checks[i].expression, with);
    }
    for (size_t i = 0; i < t->nexclusions; i++)
        put_in(r, exclusions[i].name, &exclusions[i].definition, with);
    for (size_t i = 0; i < t->nkeys; i++)
        put(r, &keys[i].definition, in_index(r, t, keys[i].name));
    for (size_t i = 0; i < t->nexpressions; i++)
    {
        put(r, &expressions[i].expression, in_index(r, t, expressions[i].name));
        put(r, &expressions[i].predicate, in_index(r, t, expressions[i].name));
    }
    t->columns = columns;
    t->checks = checks;
    t->exclusions = exclusions;
    t->keys = keys;
    t->expressions = expressions;
}

void
ss_catalog_replace_texts(ss_catalog *catalog, ss_text_replacement *replacement, const void *arg,
                         ss_arena *result)
{
    const replacing r = {replacement, arg, result};
    ss_table *tables;
    ss_type *types;

    if (catalog->nsuspects == 0)
        return;
    tables = copy(&r, catalog->tables, catalog->ntables, sizeof *tables);
    types = copy(&r, catalog->types, catalog->ntypes, sizeof *types);
    for (size_t i = 0; i < catalog->ntables; i++)
        replace_in_table(&r, &tables[i]);
    for (size_t i = 0; i < catalog->ntypes; i++)
    {
        const char *with =
            replacement(arg, ss_strf(result, "domain %s.%s", types[i].schema, types[i].name));

        put(&r, &types[i].default_expr, with);
        for (size_t k = 0; k < types[i].nchecks; k++)
            put(&r, &types[i].checks[k], with);
    }
    catalog->tables = tables;
    catalog->types = types;
}
