/*
 * The policy held against a catalog: link groups (docs/policy.md, links).
 *
 * A foreign key's columns are linked to those that they refer to, a partition's to its root's, a child's of inheritance to
 * its parent's, soft references likewise, and what the policy links by name.  What is linked must be treated alike, or
 * joins would break: columns of foreign keys take what the key that they refer to has.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/resolve_internal.h"

typedef struct linking
{
    ss_resolving *r;
    size_t *first; /* of each table: the number of its first column among all columns */
    size_t *
        leader; /* of each column: another one of its group, itself for the one that stands for it */
    size_t n;
    bool *refers;       /* of each column: it takes its value from another of the group */
    const char **named; /* of each column: the policy's name for its link, or NULL */
    const ss_place **places;
} linking;

static size_t
find(linking *l, size_t at)
{
    while (l->leader[at] != at)
    {
        l->leader[at] = l->leader[l->leader[at]];
        at = l->leader[at];
    }
    return at;
}

static void
join(linking *l, size_t a, size_t b)
{
    a = find(l, a);
    b = find(l, b);
    /* The smaller number stands for both: the order of the joins does not matter. */
    if (a < b)
        l->leader[b] = a;
    else
        l->leader[a] = b;
}

/* The number of a column by name, of the root where the table is a partition; SS_NONE: it has none. */
static size_t
number_of(const linking *l, const ss_table *table, const char *name)
{
    const ss_table *root = ss_table_root(l->r->catalog, table);

    for (size_t c = 0; c < root->ncolumns; c++)
    {
        if (strcmp(root->columns[c].name, name) == 0)
            return l->first[ss_catalog_index(l->r->catalog, root)] + c;
    }
    return SS_NONE;
}

static size_t
number_of_attribute(const linking *l, size_t table, int16_t attnum)
{
    const ss_table *t = &l->r->catalog->tables[table];
    const ss_column *column = ss_table_attribute(t, attnum);

    return column == NULL ? SS_NONE : number_of(l, t, column->name);
}

/* Rows of empty tables and of those that are made are nobody's: they link nothing. */
static bool
is_live(const linking *l, size_t table)
{
    const ss_mode mode = l->r->tables[table].mode;

    return mode == SS_MODE_PSEUDONYMISE || mode == SS_MODE_KEEP;
}

static void
join_foreign_keys(linking *l)
{
    const ss_catalog *catalog = l->r->catalog;

    for (size_t i = 0; i < catalog->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &catalog->foreign_keys[i];

        for (size_t k = 0; k < fk->ncolumns; k++)
        {
            const size_t child = number_of_attribute(l, fk->table, fk->attnums[k]),
                         parent = number_of_attribute(l, fk->parent, fk->parent_attnums[k]);

            if (child == SS_NONE || parent == SS_NONE || child == parent)
                continue;
            join(l, child, parent);
            l->refers[child] = true;
        }
    }
}

static void
join_soft_references(linking *l)
{
    for (size_t t = 0; t < l->r->catalog->ntables; t++)
    {
        const ss_table_plan *plan = &l->r->tables[t];

        for (size_t i = 0; i < plan->nsoft; i++)
        {
            const size_t child = l->first[t] + plan->soft[i].columns[0];

            /* A shape refers to nothing. */
            if (plan->columns[plan->soft[i].columns[0]].treatment == SS_TREAT_SHAPE)
                continue;
            join(l, child, l->first[plan->soft[i].parent] + plan->soft[i].parent_columns[0]);
            l->refers[child] = true;
        }
    }
}

static void
join_inheritance(linking *l)
{
    const ss_catalog *catalog = l->r->catalog;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t i = 0; i < table->ninherits && !table->is_partition; i++)
        {
            const ss_table *parent = &catalog->tables[table->inherits[i]];

            for (size_t c = 0; c < parent->ncolumns; c++)
            {
                const size_t own = number_of(l, table, parent->columns[c].name);

                if (own != SS_NONE)
                    join(l, own, l->first[table->inherits[i]] + c);
            }
        }
    }
}

static void
join_links(linking *l)
{
    ss_resolving *r = l->r;

    for (size_t i = 0; i < r->policy->nlinks; i++)
    {
        const ss_policy_link *link = &r->policy->links[i];
        size_t before = SS_NONE;

        for (size_t k = 0; k < link->n; k++)
        {
            const ss_policy_link_member *m = &link->members[k];
            const ss_table *table = ss_catalog_find(r->catalog, m->table);
            const size_t at = table == NULL ? SS_NONE : number_of(l, table, m->column);

            if (m->path != NULL)
            {
                STOP(UNFIT, link->name, &link->place, "leave the path out",
                     "this build does not know paths yet");
                continue;
            }
            if (at == SS_NONE)
            {
                MALFORMED(MISSPELT, link->name, &link->place, "correct the name",
                          "there is no column %s",
                          ss_policy_label(m->table, ss_printable(r->result, m->column), r->result));
                continue;
            }
            l->named[at] = link->name;
            l->places[at] = &link->place;
            if (before != SS_NONE)
                join(l, before, at);
            before = at;
        }
    }
}

/* --- what is linked must be alike ----------------------------------------------------------------- */

/* A letter for types whose values are compared and made alike; the type's own number for all others. */
static size_t
family(const ss_resolving *r, const ss_column *column)
{
    const size_t base = ss_catalog_base_type(r->catalog, column->type);
    const ss_type *type = base == SS_NONE ? NULL : &r->catalog->types[base];

    if (type == NULL)
        return SS_NONE;
    if (ss_type_is_integer(type) || ss_type_is(type, "numeric"))
        return SS_NONE - 1;
    if (ss_type_is_text(type))
        return SS_NONE - 2;
    return base;
}

static const ss_column *
column_of(const ss_resolving *r, const ss_link_member *m)
{
    return &r->catalog->tables[m->table].columns[m->column];
}

static ss_decision *
decision_of(const ss_resolving *r, const ss_link_member *m)
{
    return &r->decisions[m->table][m->column];
}

static const char *
label_of(const ss_resolving *r, const ss_link_member *m)
{
    return ss_resolve_label(r, &r->catalog->tables[m->table], column_of(r, m)->name);
}

static const ss_place *
place_of(const linking *l, const ss_link_member *m)
{
    const size_t at = l->first[m->table] + m->column;
    const ss_policy_table *entry = l->r->entries[m->table];

    return l->places[at] != NULL ? l->places[at] : entry == NULL ? NULL : &entry->place;
}

static bool
is_reference(const linking *l, const ss_link_member *m)
{
    return l->refers[l->first[m->table] + m->column];
}

/* The first whose value comes from no other: what names the group, and decides. */
static const ss_link_member *
head_of(const linking *l, const ss_link_group *g)
{
    for (size_t i = 0; i < g->n; i++)
    {
        if (!is_reference(l, &g->members[i]))
            return &g->members[i];
    }
    return &g->members[0]; /* a cycle: each refers to the next */
}

static void
check_alike(linking *l, const ss_link_group *g, const ss_link_member *head)
{
    ss_resolving *r = l->r;
    const ss_decision *of = decision_of(r, head);

    for (size_t i = 0; i < g->n; i++)
    {
        const ss_link_member *m = &g->members[i];
        ss_decision *d = decision_of(r, m);

        if (m == head)
            continue;
        if (family(r, column_of(r, m)) != family(r, column_of(r, head)))
            STOP(CUT_LINK, label_of(r, m), place_of(l, m), "link columns of one type",
                 "it is linked with %s, and their types differ: equal values would not stay equal",
                 label_of(r, head));
        if (is_reference(l, m) &&
            (of->treatment == SS_TREAT_KEEP || of->treatment == SS_TREAT_PSEUDONYMISE))
            d->treatment = of->treatment;
        else if (d->treatment != of->treatment || is_reference(l, m))
            STOP(
                CUT_LINK, label_of(r, m), place_of(l, m), "give both keep, or both pseudonymise",
                "it is linked with %s: %s here and %s there, and equal values would not stay equal",
                label_of(r, head), ss_treatment_name(d->treatment),
                ss_treatment_name(of->treatment));
    }
}

static const char *
kind_of(linking *l, const ss_link_group *g)
{
    ss_resolving *r = l->r;
    const char *kind = NULL;

    for (size_t i = 0; i < g->n; i++)
    {
        const ss_link_member *m = &g->members[i];
        const char *said = decision_of(r, m)->kind;

        if (said == NULL || is_reference(l, m))
            continue;
        if (kind != NULL && strcmp(kind, said) != 0)
            STOP(CUT_LINK, label_of(r, m), place_of(l, m), "give both one kind",
                 "it is linked with another column, and their kinds differ: %s and %s",
                 ss_printable(r->result, said), ss_printable(r->result, kind));
        kind = said;
    }
    return kind;
}

static const char *
name_of(const linking *l, const ss_link_group *g, const ss_link_member *head)
{
    const char *named = l->named[l->first[head->table] + head->column];

    /* A link that somebody adds to a key does not change the key's pseudonyms. */
    for (size_t i = 0; i < g->n; i++)
    {
        if (is_reference(l, &g->members[i]))
            named = NULL;
    }
    return named != NULL ? named
                         : ss_policy_label(l->r->catalog->tables[head->table].label,
                                           column_of(l->r, head)->name, l->r->result);
}

/* --- the groups ----------------------------------------------------------------------------------- */

/* Its rows leave with this column, and not as NULL. */
static bool
takes_part(const linking *l, size_t table, size_t column)
{
    const ss_table *t = &l->r->catalog->tables[table];
    const ss_decision *d = &l->r->decisions[table][column];

    return is_live(l, table) && t->columns[column].generated == SS_GENERATED_NOT &&
           d->treatment != SS_TREAT_NULLIFY &&
           !(d->references != NULL && d->treatment == SS_TREAT_SHAPE);
}

/* The members of every group, in the order of the tables and columns. */
static ss_link_group *
gather(linking *l, size_t *n)
{
    const ss_catalog *catalog = l->r->catalog;
    size_t *group_of = ss_alloc(l->r->result, l->n + 1, sizeof *group_of), *counts;
    ss_link_group *groups = ss_alloc(l->r->result, l->n + 1, sizeof *groups);
    ss_link_member **lists;

    *n = 0;
    counts = ss_alloc(l->r->result, l->n + 1, sizeof *counts);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        for (size_t c = 0; c < catalog->tables[t].ncolumns && !catalog->tables[t].is_partition; c++)
            counts[find(l, l->first[t] + c)] += takes_part(l, t, c);
    }
    lists = ss_alloc(l->r->result, l->n + 1, sizeof *lists);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        for (size_t c = 0; c < catalog->tables[t].ncolumns && !catalog->tables[t].is_partition; c++)
        {
            const size_t leader = find(l, l->first[t] + c);
            ss_link_group *g;

            if (!takes_part(l, t, c))
                continue;
            if (lists[leader] == NULL)
            {
                lists[leader] = ss_alloc(l->r->result, counts[leader], sizeof **lists);
                group_of[leader] = (*n)++;
                groups[group_of[leader]].members = lists[leader];
            }
            g = &groups[group_of[leader]];
            lists[leader][g->n++] = (ss_link_member){t, c};
        }
    }
    return groups;
}

void
ss_resolve_links(ss_resolving *r)
{
    linking l = {.r = r, .first = ss_alloc(r->result, r->catalog->ntables + 1, sizeof *l.first)};
    ss_link_group *groups, *kept;
    size_t n, nkept = 0;

    for (size_t t = 0; t < r->catalog->ntables; t++)
    {
        l.first[t] = l.n;
        l.n += r->catalog->tables[t].ncolumns;
        for (size_t c = 0; c < r->catalog->tables[t].ncolumns && r->decisions[t] != NULL; c++)
            r->decisions[t][c].group = SS_NONE;
    }
    if (!ss_plan_pseudonymises(r->plan) && r->policy->nlinks == 0)
        return;
    l.leader = ss_alloc(r->result, l.n + 1, sizeof *l.leader);
    l.refers = ss_alloc(r->result, l.n + 1, sizeof *l.refers);
    l.named = ss_alloc(r->result, l.n + 1, sizeof *l.named);
    l.places = ss_alloc(r->result, l.n + 1, sizeof *l.places);
    for (size_t i = 0; i < l.n; i++)
        l.leader[i] = i;
    join_foreign_keys(&l);
    join_soft_references(&l);
    join_inheritance(&l);
    join_links(&l);
    groups = gather(&l, &n);
    kept = ss_alloc(r->result, n + 1, sizeof *kept);
    for (size_t i = 0; i < n; i++)
    {
        ss_link_group *g = &groups[i];
        const ss_link_member *head = head_of(&l, g);

        check_alike(&l, g, head);
        if (decision_of(r, head)->treatment != SS_TREAT_PSEUDONYMISE)
            continue;
        g->kind = kind_of(&l, g);
        g->name = name_of(&l, g, head);
        for (size_t k = 0; k < g->n; k++)
            decision_of(r, &g->members[k])->group = nkept;
        kept[nkept++] = *g;
    }
    r->plan->groups = kept;
    r->plan->ngroups = nkept;
}
