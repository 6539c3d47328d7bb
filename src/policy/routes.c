/*
 * From a table's rows to people: by its references, declared or said by the policy, those of the parents, and on
 * (docs/policy.md, subject).
 */
#include "policy/policy_internal.h"

#define STEPS_MAX                                                                                  \
    20000 /* references tried for one table: a schema with more chains than that has too many */

typedef struct followed /* the references that lead on from one table */
{
    const ss_reference **list;
    size_t n;
} followed;

typedef struct routing
{
    const ss_catalog *catalog;
    const ss_table_plan *tables;
    ss_arena *result;
    followed *followed; /* of each table */
    bool *reaches;      /* does a chain from it end at people? */
    bool *visited;
    const ss_reference **chain; /* the one being followed */
    size_t length, steps;
    ss_route *found; /* of the table at hand */
    size_t nfound;
    size_t table;   /* at hand */
    bool ambiguous; /* joining one of its routes may find several rows for one */
} routing;

static bool
is_named(const ss_table_plan *plan, const ss_reference *r)
{
    for (size_t i = 0; i < r->ncolumns; i++)
    {
        for (size_t k = 0; k < plan->nsubject_columns; k++)
        {
            if (plan->subject_columns[k] == r->columns[i])
                return true;
        }
    }
    return false;
}

bool
ss_policy_is_followed(const ss_table_plan *plan, size_t table, const ss_reference *reference)
{
    if (plan->nsubject_columns > 0)
        return is_named(plan, reference);
    return !plan->subject_self && !plan->subject_none && reference->parent != table;
}

const ss_reference **
ss_policy_followed(const ss_catalog *catalog, const ss_table_plan *plan, size_t table,
                   ss_arena *result, size_t *n)
{
    size_t ndeclared;
    const ss_reference *declared = ss_table_references(catalog, table, result, &ndeclared);
    const ss_reference **list = ss_alloc(result, ndeclared + plan->nsoft + 1, sizeof *list);

    *n = 0;
    for (size_t i = 0; i < ndeclared + plan->nsoft; i++)
    {
        const ss_reference *reference = i < ndeclared ? &declared[i] : &plan->soft[i - ndeclared];

        if (ss_policy_is_followed(plan, table, reference))
            list[(*n)++] = reference;
    }
    return list;
}

static void
find_who_reaches(routing *r)
{
    for (bool more = true; more;)
    {
        more = false;
        for (size_t t = 0; t < r->catalog->ntables; t++)
        {
            for (size_t i = 0; i < r->followed[t].n && !r->reaches[t]; i++)
            {
                const size_t parent = r->followed[t].list[i]->parent;

                if (r->tables[parent].subject_self || r->reaches[parent])
                    more = r->reaches[t] = true;
            }
        }
    }
}

/* Joined by a partition's own key, a row becomes several, of other people too. */
static bool
joins_ambiguously(const routing *r)
{
    size_t at = r->table;

    for (size_t i = 0; i < r->length; i++)
    {
        const ss_reference *hop = r->chain[i];

        if (hop->ambiguous && (i + 1 < r->length || ss_reference_is_joined(r->catalog, at, hop)))
            return true;
        at = hop->parent;
    }
    return false;
}

static void
take(routing *r, bool to_people)
{
    const ss_reference **hops = ss_alloc(r->result, r->length, sizeof *hops);

    r->ambiguous = r->ambiguous || joins_ambiguously(r);

    if (r->nfound < SS_ROUTES_MAX)
    {
        for (size_t i = 0; i < r->length; i++)
            hops[i] = r->chain[i];
        r->found[r->nfound] = (ss_route){.hops = hops, .nhops = r->length, .to_people = to_people};
    }
    r->nfound++;
}

static void
follow(routing *r, const ss_reference *hop)
{
    const size_t parent = hop->parent;

    r->chain[r->length++] = hop;
    if (r->tables[parent].subject_self)
        take(r, true);
    else if (r->reaches[parent] && !r->visited[parent])
    {
        r->visited[parent] = true;
        for (size_t i = 0;
             i < r->followed[parent].n && r->nfound <= SS_ROUTES_MAX && r->steps < STEPS_MAX; i++)
        {
            r->steps++;
            follow(r, r->followed[parent].list[i]);
        }
        r->visited[parent] = false;
    }
    r->length--;
}

void
ss_policy_find_routes(const ss_catalog *catalog, ss_table_plan *tables, ss_uncountable *why,
                      ss_arena *result)
{
    const size_t n = catalog->ntables;
    routing r = {.catalog = catalog,
                 .tables = tables,
                 .result = result,
                 .followed = ss_alloc(result, n + 1, sizeof *r.followed),
                 .reaches = ss_alloc(result, n + 1, sizeof *r.reaches),
                 .visited = ss_alloc(result, n + 1, sizeof *r.visited),
                 .chain = ss_alloc(result, n + 1, sizeof *r.chain)};

    for (size_t t = 0; t < n; t++)
    {
        if (!catalog->tables[t].is_partition)
            r.followed[t].list =
                ss_policy_followed(catalog, &tables[t], t, result, &r.followed[t].n);
    }
    find_who_reaches(&r);
    for (size_t t = 0; t < n; t++)
    {
        why[t] = SS_COUNTABLE;
        /* Of tables that are not made, too: their rows stand between people and the rows of others. */
        if (catalog->tables[t].is_partition)
            continue;
        r.found = ss_alloc(result, SS_ROUTES_MAX, sizeof *r.found);
        r.nfound = r.steps = 0;
        r.table = t;
        r.ambiguous = false;
        r.visited[t] = true;
        for (size_t i = 0; i < r.followed[t].n; i++)
        {
            const size_t before = r.nfound;

            follow(&r, r.followed[t].list[i]);
            /* Keys of a kept list of lists say nothing of who is behind its children. */
            if (r.nfound > before || tables[t].mode != SS_MODE_SYNTHESISE)
                continue;
            r.chain[0] = r.followed[t].list[i];
            r.length = 1;
            take(&r, false);
            r.length = 0;
        }
        r.visited[t] = false;
        if (r.nfound > SS_ROUTES_MAX || r.steps >= STEPS_MAX)
            why[t] = SS_TOO_MANY_ROUTES;
        else if (r.ambiguous)
            why[t] = SS_AMBIGUOUS_ROUTE;
        tables[t].routes = r.found;
        tables[t].nroutes = why[t] == SS_COUNTABLE ? r.nfound : 0;
    }
}
