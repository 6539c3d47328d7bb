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
    size_t n;   /* columns, and behind them paths of documents */
    size_t ncolumns;
    ss_link_member *paths;
    size_t npaths;
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

/* Likewise of a path of one of its columns. */
static size_t
number_of_path(const linking *l, size_t column, const char *path)
{
    for (size_t i = 0; i < l->npaths; i++)
    {
        const ss_link_member *m = &l->paths[i];

        if (l->first[m->table] + m->column == column &&
            strcmp(l->r->decisions[m->table][m->column].paths[m->path].path.text, path) == 0)
            return l->ncolumns + i;
    }
    return SS_NONE;
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
            const size_t column = table == NULL ? SS_NONE : number_of(l, table, m->column);
            const size_t at =
                column == SS_NONE || m->path == NULL ? column : number_of_path(l, column, m->path);

            if (column == SS_NONE)
            {
                MALFORMED(MISSPELT, link->name, &link->place, "correct the name",
                          "there is no column %s",
                          ss_policy_label(m->table, ss_printable(r->result, m->column), r->result));
                continue;
            }
            if (at == SS_NONE)
            {
                MALFORMED(MISSPELT, link->name, &link->place,
                          "write it as paths: of the column has it, or add it there",
                          "the column %s has no entry for the path %.100s",
                          ss_policy_label(m->table, ss_printable(r->result, m->column), r->result),
                          ss_printable(r->result, m->path));
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
    ss_decision *d = &r->decisions[m->table][m->column];

    return m->path == SS_NONE ? d : &d->paths[m->path].decision;
}

static const char *
label_of(const ss_resolving *r, const ss_link_member *m)
{
    const char *label = ss_resolve_label(r, &r->catalog->tables[m->table], column_of(r, m)->name);

    return m->path == SS_NONE
               ? label
               : ss_resolve_path_label(r, label,
                                       r->decisions[m->table][m->column].paths[m->path].path.text);
}

/* Among all columns and paths. */
static size_t
number(const linking *l, const ss_link_member *m)
{
    const size_t column = l->first[m->table] + m->column;

    for (size_t i = 0; i < l->npaths && m->path != SS_NONE; i++)
    {
        if (l->paths[i].table == m->table && l->paths[i].column == m->column &&
            l->paths[i].path == m->path)
            return l->ncolumns + i;
    }
    return column;
}

static const ss_place *
place_of(const linking *l, const ss_link_member *m)
{
    const size_t at = number(l, m);
    const ss_policy_table *entry = l->r->entries[m->table];

    return l->places[at] != NULL ? l->places[at] : entry == NULL ? NULL : &entry->place;
}

static bool
is_reference(const linking *l, const ss_link_member *m)
{
    return l->refers[number(l, m)];
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
        /* What stands at a path is read as what the column holds. */
        if (m->path == SS_NONE && family(r, column_of(r, m)) != family(r, column_of(r, head)))
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
    const char *named = l->named[number(l, head)];

    /* A link that somebody adds to a key does not change the key's pseudonyms. */
    for (size_t i = 0; i < g->n; i++)
    {
        if (is_reference(l, &g->members[i]))
            named = NULL;
    }
    return named != NULL ? named : label_of(l->r, head);
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

typedef struct gathering
{
    ss_link_group *groups;
    size_t n;
    ss_link_member **lists; /* of each leader */
    size_t *counts, *group_of;
} gathering;

static void
gather_member(gathering *g, size_t leader, ss_link_member m, ss_arena *result)
{
    if (g->lists[leader] == NULL)
    {
        g->lists[leader] = ss_alloc(result, g->counts[leader], sizeof **g->lists);
        g->group_of[leader] = g->n++;
        g->groups[g->group_of[leader]].members = g->lists[leader];
    }
    g->lists[leader][g->groups[g->group_of[leader]].n++] = m;
}

/* The members of every group, in the order of the tables and columns; paths behind them. */
static ss_link_group *
gather(linking *l, size_t *n)
{
    const ss_catalog *catalog = l->r->catalog;
    ss_arena *result = l->r->result;
    gathering g = {.groups = ss_alloc(result, l->n + 1, sizeof *g.groups),
                   .lists = ss_alloc(result, l->n + 1, sizeof *g.lists),
                   .counts = ss_alloc(result, l->n + 1, sizeof *g.counts),
                   .group_of = ss_alloc(result, l->n + 1, sizeof *g.group_of)};

    for (int pass = 0; pass < 2; pass++)
    {
        for (size_t t = 0; t < catalog->ntables; t++)
        {
            for (size_t c = 0; c < catalog->tables[t].ncolumns && !catalog->tables[t].is_partition;
                 c++)
            {
                const size_t leader = find(l, l->first[t] + c);

                if (!takes_part(l, t, c))
                    continue;
                if (pass == 0)
                    g.counts[leader]++;
                else
                    gather_member(&g, leader, (ss_link_member){t, c, SS_NONE}, result);
            }
        }
        for (size_t i = 0; i < l->npaths; i++)
        {
            const size_t leader = find(l, l->ncolumns + i);

            if (decision_of(l->r, &l->paths[i])->treatment == SS_TREAT_NULLIFY)
                continue;
            if (pass == 0)
                g.counts[leader]++;
            else
                gather_member(&g, leader, l->paths[i], result);
        }
    }
    *n = g.n;
    return g.groups;
}

/* All paths of documents, by table and column. */
static void
list_paths(linking *l)
{
    const ss_resolving *r = l->r;
    size_t capacity = 0;

    for (size_t t = 0; t < r->catalog->ntables; t++)
    {
        for (size_t c = 0; c < r->catalog->tables[t].ncolumns && r->decisions[t] != NULL &&
                           !r->catalog->tables[t].is_partition;
             c++)
        {
            for (size_t i = 0; i < r->decisions[t][c].npaths; i++)
            {
                l->paths = ss_grow(r->result, l->paths, l->npaths, &capacity, sizeof *l->paths);
                l->paths[l->npaths++] = (ss_link_member){t, c, i};
            }
        }
    }
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
    l.ncolumns = l.n;
    list_paths(&l);
    l.n += l.npaths;
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
