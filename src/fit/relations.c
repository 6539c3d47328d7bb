#include "fit/relations.h"

#include <string.h>

#include "fit/relations_internal.h"

/* --- who hangs on whom ------------------------------------------------------------------------------ */

bool
ss_relations_implied(const ss_reference *ref, const ss_reference *by)
{
    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        size_t k = 0;

        while (k < by->ncolumns && by->columns[k] != ref->columns[i])
            k++;
        if (k == by->ncolumns)
            return false;
    }
    return ref->ncolumns < by->ncolumns;
}

bool
ss_relations_same_hop(const ss_reference *a, const ss_reference *b)
{
    return a->parent == b->parent && a->ncolumns == b->ncolumns &&
           memcmp(a->columns, b->columns, a->ncolumns * sizeof *a->columns) == 0;
}

bool
ss_relations_tells_people(const ss_relations *f, const ss_fit_kept *k,
                          const ss_reference *reference)
{
    const ss_fit_kept *parent = f->members[reference->parent].k;

    for (size_t i = 0; i < k->plan->nroutes; i++)
    {
        if (ss_relations_same_hop(k->plan->routes[i].hops[0], reference))
            return true;
    }
    return parent->rows.npaths == 0 && !parent->plan->subject_self;
}

static bool
is_known(const ss_relations *f, const ss_fit_kept *k, size_t reference)
{
    const ss_fit_kept *parent = f->members[k->references[reference].parent].k;

    return k->parent[reference] != NULL && k->references[reference].parent != k->index &&
           parent != NULL && parent->key != NULL &&
           ss_relations_tells_people(f, k, &k->references[reference]);
}

/*
 * The reference that the first way to people begins with, else the first that leads to a table that is known; not one to a
 * tenant, say, where another one holds its columns, too.
 */
static size_t
owner_of(const ss_relations *f, const ss_fit_kept *k)
{
    const ss_reference *hop = k->plan->nroutes == 0 ? NULL : k->plan->routes[0].hops[0];

    for (size_t pass = 0; pass < 2; pass++)
    {
        for (size_t i = 0; i < k->nreferences; i++)
        {
            const ss_reference *ref = &k->references[i];
            const bool first = hop != NULL && ss_relations_same_hop(ref, hop);
            bool implied = false;

            for (size_t other = 0; other < k->nreferences && pass == 1; other++)
                implied = implied || (is_known(f, k, other) &&
                                      ss_relations_implied(ref, &k->references[other]));
            if (is_known(f, k, i) && (first || pass == 1) && !implied)
                return i;
        }
    }
    return SS_NONE;
}

/*
 * Are the child's rows chosen by the same people as its owner's?  Otherwise families are whole only where both samples are
 * all there is.
 */
static bool
chosen_alike(const ss_fit_kept *child, const ss_fit_kept *owner)
{
    const ss_route *own, *of;

    if (child->plan->nroutes == 0)
        return false;
    own = &child->plan->routes[0];
    if (own->hops[0]->parent != owner->index)
        return false;
    if (own->nhops == 1)
        return owner->plan->subject_self;
    if (owner->plan->subject_self || owner->plan->nroutes == 0)
        return false;
    of = &owner->plan->routes[0];
    if (of->nhops != own->nhops - 1)
        return false;
    for (size_t i = 0; i < of->nhops; i++)
    {
        if (!ss_relations_same_hop(of->hops[i], own->hops[i + 1]))
            return false;
    }
    return true;
}

/* --- joining ---------------------------------------------------------------------------------------- */

/* Too few of them: the table's children stand alone. */
void
ss_relations_usable(ss_relations *f, ss_relative *m)
{
    const ss_fit_kept *k = m->k;
    unsigned halved = k->halved;

    m->usable = ss_alloc(f->scratch, k->rows.n + 1, sizeof *m->usable);
    for (size_t i = 0; i < m->nchildren; i++)
    {
        const ss_fit_kept *child = f->members[m->children[i]].k;

        halved = child->halved > halved ? child->halved : halved;
    }
    for (size_t r = 0; r < k->rows.n; r++)
    {
        m->usable[r] = halved == 0 || k->who[r] >> (64 - halved) == 0;
        m->nusable += m->usable[r];
    }
}

/* Children first: what a row's class goes by are theirs. */
static void
settle_member(ss_relations *f, size_t t)
{
    ss_relative *m = &f->members[t];

    if (m->done || m->k == NULL)
        return;
    m->done = true;
    for (size_t i = 0; i < m->nchildren; i++)
        settle_member(f, m->children[i]);
    if (m->nchildren == 0)
        return;
    ss_relations_usable(f, m);
    m->counts = ss_alloc(f->scratch, m->nchildren, sizeof(uint32_t *));
    m->books = ss_alloc(f->scratch, m->nchildren, sizeof(ss_book *));
    for (size_t i = 0; i < m->nchildren; i++)
    {
        m->counts[i] = ss_alloc(f->scratch, m->k->rows.n + 1, sizeof(uint32_t));
        ss_relations_join(f, &f->members[m->children[i]], m->counts[i]);
        m->books[i] = ss_relations_book_of_counts(f, m->k, m->counts[i], m->usable);
        ss_relations_gaps(f, &f->members[m->children[i]], m->counts[i]);
        ss_fit_totals_find(
            m->k, f->members[m->children[i]].k,
            &f->members[m->children[i]].k->references[f->members[m->children[i]].owner],
            f->members[m->children[i]].parent, m->usable, f->scratch, &m->totals);
    }
    if (m->nusable >= ROWS_MIN)
        ss_relations_classes(f, m);
}

/* Of a table that is a second parent: how often, and a class where it has none by its own children. */
static void
settle_second(ss_relations *f, ss_relative *m)
{
    if (m->nreferrers == 0)
        return;
    if (m->usable == NULL)
        ss_relations_usable(f, m);
    for (size_t i = 0; i < m->nreferrers; i++)
    {
        ss_second *s = &f->members[m->referrers[i].child].seconds[m->referrers[i].second];

        if (s->counts != NULL)
            s->book = ss_relations_book_of_counts(f, m->k, s->counts, m->usable);
    }
    if (m->class == NULL && m->nusable >= ROWS_MIN)
        ss_relations_classes(f, m);
}

/* What differs between siblings; where they are whole. */
static void
find_distincts(ss_relations *f, ss_relative *m)
{
    if (m->owner != SS_NONE)
        ss_fit_distincts_find(m->k, m->owner, m->parent, f->scratch, &m->distincts);
}

/* --- all -------------------------------------------------------------------------------------------- */

/* Does t hang, by one table after the other, on of? */
static bool
hangs_on(const ss_relations *f, size_t t, size_t of)
{
    for (size_t hops = 0;
         hops < f->catalog->ntables && f->members[t].k != NULL && f->members[t].owner != SS_NONE;
         hops++)
    {
        t = f->members[t].k->references[f->members[t].owner].parent;
        if (t == of)
            return true;
    }
    return false;
}

void
ss_fit_relate(const ss_catalog *catalog, ss_fit_kept *const *kept, ss_arena *result,
              ss_arena *scratch, ss_fit_variables ***variables)
{
    ss_relations f = {.catalog = catalog,
                      .members = ss_alloc(scratch, catalog->ntables + 1, sizeof *f.members),
                      .result = result,
                      .scratch = scratch};

    *variables = ss_alloc(scratch, catalog->ntables + 1, sizeof(ss_fit_variables *));
    for (size_t t = 0; t < catalog->ntables; t++)
        f.members[t] = (ss_relative){.k = kept[t], .owner = SS_NONE};
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        ss_relative *m = &f.members[t], *owner;
        size_t by, of;

        if (m->k == NULL || (by = owner_of(&f, m->k)) == SS_NONE)
            continue;
        of = m->k->references[by].parent;
        owner = &f.members[of];
        /* Of a circle the last one stands alone. */
        if (hangs_on(&f, of, t) || (!chosen_alike(m->k, owner->k) &&
                                    (!ss_fit_kept_is_all(m->k) || !ss_fit_kept_is_all(owner->k))))
            continue;
        m->owner = by;
        owner->children = ss_grow(scratch, owner->children, owner->nchildren, &owner->capacity,
                                  sizeof *owner->children);
        owner->children[owner->nchildren++] = t;
    }
    for (size_t t = 0; t < catalog->ntables; t++)
        settle_member(&f, t);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (f.members[t].k == NULL)
            continue;
        ss_relations_age(&f, &f.members[t]);
        ss_relations_levels(&f, &f.members[t]);
        ss_relations_seconds(&f, t);
        find_distincts(&f, &f.members[t]);
    }
    for (size_t t = 0; t < catalog->ntables; t++)
        settle_second(&f, &f.members[t]);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (f.members[t].k != NULL)
            (*variables)[t] = ss_relations_variables(&f, &f.members[t]);
    }
}
