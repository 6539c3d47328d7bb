/*
 * Whose a row is: the person's primary key, as text, by the first way from the table to people (policy/ways.h).
 *
 * Everything that is made by subject is keyed by a hash of that text and of the name of the table of people: the same
 * person has the same one in every table that leads there.
 */
#include <string.h>

#include "pg/pg.h"
#include "policy/ways.h"
#include "pseudonymise/pseudonymise_internal.h"

/* "(a)::text || ... (b)::text": NULL where one of them is. */
static const char *
as_text(const char *const *columns, size_t n, ss_arena *arena)
{
    const char *sql = "";

    for (size_t i = 0; i < n; i++)
        sql = ss_strf(arena, "%s%s(%s)::pg_catalog.text", sql,
                      i == 0 ? ""
                             : " OPERATOR(pg_catalog.||) pg_catalog.chr(31) "
                               "OPERATOR(pg_catalog.||) ",
                      columns[i]);
    return sql;
}

static const ss_key *
primary_key(const ss_table *table)
{
    return table->nkeys > 0 && table->keys[0].primary ? &table->keys[0] : NULL;
}

/* The way's key is the people's primary key: expressions in the order of that, in columns; false: it is another one. */
static bool
is_primary(const ss_table *people, const ss_reference *last, const ss_way *way,
           const char **columns, size_t *own)
{
    const ss_key *key = primary_key(people);

    if (key == NULL || key->ncolumns != last->ncolumns)
        return false;
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const size_t wanted = ss_table_index(people, key->attnums[i]);

        columns[i] = NULL;
        for (size_t k = 0; k < last->ncolumns; k++)
        {
            if (last->parent_columns[k] != wanted)
                continue;
            columns[i] = way->keys[k].sql;
            own[i] = way->keys[k].own ? way->keys[k].column : SS_NONE;
        }
        if (columns[i] == NULL)
            return false;
    }
    return true;
}

/* The people are joined, as who, by the key that the way ends at, and told by their primary key. */
static const char *
join_people(ss_table_steps *t, const ss_table *people, const ss_reference *last, const ss_way *way,
            const char *who)
{
    ss_arena *arena = t->of->arena;
    const ss_catalog *catalog = t->of->plan->catalog;
    const ss_key *key = primary_key(people);
    const char **columns = ss_alloc(arena, key->ncolumns + 1, sizeof *columns);
    const char *on = "";

    for (size_t k = 0; k < last->ncolumns; k++)
    {
        const ss_column *of = &people->columns[last->parent_columns[k]];
        const ss_column *from = &catalog->tables[way->keys[k].table].columns[way->keys[k].column];

        on = ss_strf(arena, "%s%s%s", on, k == 0 ? "" : " AND ",
                     ss_way_equal(catalog, of, ss_way_column(who, of, arena), from,
                                  way->keys[k].sql, arena));
    }
    t->joins = ss_strf(arena, "%s LEFT JOIN %s AS %s ON %s", t->joins, ss_way_from(people, arena),
                       who, on);
    for (size_t i = 0; i < key->ncolumns; i++)
        columns[i] = ss_way_column(who, ss_table_attribute(people, key->attnums[i]), arena);
    return as_text(columns, key->ncolumns, arena);
}

/* A partition may have its root's columns in another order. */
static size_t
own_number(const ss_table_steps *t, const ss_column *of_root)
{
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        if (strcmp(t->table->columns[c].name, of_root->name) == 0)
            return c;
    }
    return SS_NONE;
}

/* The rows are people: by their own primary key. */
static const char *
own_key(ss_table_steps *t, const ss_table *root, const char *alias)
{
    ss_arena *arena = t->of->arena;
    const ss_key *key = primary_key(root);
    const char **columns;
    size_t *list;

    if (key == NULL)
        return NULL;
    columns = ss_alloc(arena, key->ncolumns + 1, sizeof *columns);
    list = ss_alloc(arena, key->ncolumns + 1, sizeof *list);
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const ss_column *column = ss_table_attribute(root, key->attnums[i]);

        columns[i] = ss_way_column(alias, column, arena);
        list[i] = own_number(t, column);
    }
    t->subject_columns = list;
    t->nsubject_columns = key->ncolumns;
    t->subject_table = root->label;
    return as_text(columns, key->ncolumns, arena);
}

bool
ss_rows_are_owned(const ss_table_steps *t)
{
    bool owned = t->subject_table != NULL && t->nsubject_columns > 0;

    for (size_t i = 0; i < t->nsubject_columns && owned; i++)
        owned = t->table->columns[t->subject_columns[i]].not_null;
    return owned;
}

static const ss_route *
first_to_people(const ss_table_plan *plan)
{
    for (size_t i = 0; i < plan->nroutes; i++)
    {
        if (plan->routes[i].to_people)
            return &plan->routes[i];
    }
    return NULL;
}

/* By the first way to people: an expression of text; NULL: nobody knows. */
static const char *
subject_sql(ss_table_steps *t, const char *alias)
{
    ss_arena *arena = t->of->arena;
    const ss_catalog *catalog = t->of->plan->catalog;
    const ss_table *root = ss_table_root(catalog, t->table), *people;
    const ss_route *route = first_to_people(t->plan);
    const ss_reference *last;
    const char **columns;
    size_t *own, *list;
    ss_ways ways;

    if (t->plan->subject_self)
        return own_key(t, root, alias);
    if (route == NULL)
        return NULL;
    ss_ways_init(&ways, catalog, ss_catalog_index(catalog, root), route, 1, alias, arena);
    last = route->hops[route->nhops - 1];
    people = &catalog->tables[last->parent];
    if (primary_key(people) == NULL)
        return NULL;
    t->joins = ways.joins;
    t->subject_table = people->label;
    columns = ss_alloc(arena, last->ncolumns + 1, sizeof *columns);
    own = ss_alloc(arena, last->ncolumns + 1, sizeof *own);
    if (!is_primary(people, last, &ways.list[0], columns, own))
        return join_people(t, people, last, &ways.list[0], ss_strf(arena, "%s_whose", alias));
    list = ss_alloc(arena, last->ncolumns + 1, sizeof *list);
    for (size_t i = 0; i < last->ncolumns; i++)
    {
        if (own[i] == SS_NONE)
            return as_text(columns, last->ncolumns, arena);
        list[i] = own_number(t, &root->columns[own[i]]);
    }
    t->subject_columns = list;
    t->nsubject_columns = last->ncolumns;
    return as_text(columns, last->ncolumns, arena);
}

void
ss_subject_find(ss_table_steps *t, const char *alias)
{
    t->joins = "";
    t->subject = subject_sql(t, alias);
}

void
ss_subject_people(ss_table_steps *t, const char *alias)
{
    ss_arena *arena = t->of->arena;
    const ss_catalog *catalog = t->of->plan->catalog;
    const size_t root = ss_catalog_index(catalog, ss_table_root(catalog, t->table));
    ss_route *routes = ss_alloc(arena, t->plan->nroutes + 1, sizeof *routes);
    const char *whose;
    ss_ways first, all;
    size_t n = 0;

    for (size_t i = 0; i < t->plan->nroutes; i++)
    {
        if (t->plan->routes[i].to_people)
            routes[n++] = t->plan->routes[i];
    }
    if (n == 0 || t->plan->subject_self)
        return;
    /* What the first way joins comes first in what all of them do. */
    ss_ways_init(&first, catalog, root, routes, 1, alias, arena);
    ss_ways_init(&all, catalog, root, routes, n, alias, arena);
    whose = t->subject == NULL ? "" : t->joins + strlen(first.joins);
    t->joins = ss_strf(arena, "%s%s", all.joins, whose);
    t->people = ss_alloc(arena, n, sizeof *t->people);
    for (size_t i = 0; i < n; i++)
    {
        const ss_reference *last = routes[i].hops[routes[i].nhops - 1];
        const ss_table_steps *steps = t->of->tables[last->parent];
        ss_people *people = &t->people[t->npeople];

        if (steps == NULL || primary_key(steps->table) == NULL)
            continue;
        *people = (ss_people){.steps = steps,
                              .alias = ss_strf(arena, "%s_of%zu", alias, t->npeople),
                              .subject_in = SS_NONE};
        people->subject = join_people(t, steps->table, last, &all.list[i], people->alias);
        t->npeople++;
    }
}
