/* The policy held against a catalog: what a subset takes of every table (policy/subset.h; docs/policy.md, subset). */
#include <string.h>

#include "base/text.h"
#include "policy/resolve_internal.h"
#include "policy/subset.h"

typedef struct subsetting
{
    ss_resolving *r;
    ss_subset_plan *plan;
    ss_subset_table *tables;

    struct followed /* references of a table that ways to people begin with */
    {
        const ss_reference **list;
        size_t n;
    } * followed;

    bool *visited; /* of one walk */
    size_t *stack;
} subsetting;

const ss_subset_table *
ss_subset_table_of(const ss_subset_plan *plan, const ss_catalog *catalog, const ss_table *table)
{
    return &plan->tables[ss_catalog_index(catalog, ss_table_root(catalog, table))];
}

static bool
is_copied(const ss_table_plan *t)
{
    return t->mode == SS_MODE_PSEUDONYMISE || t->mode == SS_MODE_KEEP;
}

static const ss_place *
place_of(const subsetting *s, size_t table)
{
    return s->r->entries[table] == NULL ? &s->plan->policy->place : &s->r->entries[table]->place;
}

/* --- parts ---------------------------------------------------------------------------------------- */

/* Where ways lead from the table on, one of them by that reference, without coming back: to the people chosen, to others? */
static void
walk(const subsetting *s, size_t table, const ss_reference *first, bool *chosen, bool *others)
{
    const size_t ntables = s->r->catalog->ntables;
    size_t n = 0;

    memset(s->visited, 0, ntables * sizeof *s->visited);
    s->visited[table] = s->visited[first->parent] = true;
    if (first->parent != table)
        s->stack[n++] = first->parent;
    while (n > 0)
    {
        const size_t at = s->stack[--n];

        if (s->r->tables[at].subject_self)
        {
            *(at == s->plan->of ? chosen : others) = true;
            continue;
        }
        for (size_t i = 0; i < s->followed[at].n; i++)
        {
            const size_t parent = s->followed[at].list[i]->parent;

            if (s->visited[parent])
                continue;
            s->visited[parent] = true;
            s->stack[n++] = parent;
        }
    }
}

/* Does one of the table's ways end at the people chosen; at others? */
static void
ways_of(const subsetting *s, size_t table, bool *chosen, bool *others)
{
    *chosen = *others = false;
    for (size_t i = 0; i < s->followed[table].n; i++)
        walk(s, table, s->followed[table].list[i], chosen, others);
}

/* Does a table that is copied refer to it? */
static bool
is_referred_to(const subsetting *s, size_t table)
{
    const ss_catalog *catalog = s->r->catalog;

    for (size_t i = 0; i < catalog->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &catalog->foreign_keys[i];
        const size_t child =
            ss_catalog_index(catalog, ss_table_root(catalog, &catalog->tables[fk->table]));

        if (ss_table_root(catalog, &catalog->tables[fk->parent]) == &catalog->tables[table] &&
            child != table && is_copied(&s->r->tables[child]))
            return true;
    }
    return false;
}

/* Is it a column of the table, or a path of one, that no reference leads from? */
static bool
is_linked_alone(const subsetting *s, size_t table, const ss_link_member *m)
{
    const ss_table *of = &s->r->catalog->tables[table];
    const ss_table_plan *t = &s->r->tables[table];

    return m->table == table &&
           (m->path != SS_NONE ||
            !(ss_table_foreign_key_holds(s->r->catalog, of, of->columns[m->column].attnum) ||
              ss_references_hold(t->soft, t->nsoft, m->column)));
}

/* Do people refer to the table by that column, and by less than their whole key?  Then it tells their tenant, say, and not them. */
static bool
tells_less_than_whom(const subsetting *s, size_t table, int16_t attnum)
{
    const ss_catalog *catalog = s->r->catalog;
    const ss_table *people = &catalog->tables[s->plan->of];
    const ss_key *key = &people->keys[0];

    for (size_t i = 0; i < people->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &catalog->foreign_keys[people->foreign_keys[i]];
        bool whole = true;

        for (size_t c = 0; c < key->ncolumns; c++)
            whole = whole && ss_attnums_hold(fk->attnums, fk->ncolumns, key->attnums[c]);
        if (!whole && ss_attnums_hold(fk->attnums, fk->ncolumns, attnum) &&
            ss_table_root(catalog, &catalog->tables[fk->parent]) == &catalog->tables[table])
            return true;
    }
    return false;
}

/* Do links: make something of the table a key to the people chosen, where nothing else says so? */
static bool
is_linked_with_chosen(const subsetting *s, size_t table)
{
    const ss_table *people = &s->r->catalog->tables[s->plan->of];

    for (size_t g = 0; g < s->r->plan->ngroups; g++)
    {
        const ss_link_group *group = &s->r->plan->groups[g];
        bool chosen = false, alone = false;

        for (size_t i = 0; i < group->n; i++)
        {
            const ss_link_member *m = &group->members[i];

            if (m->table == s->plan->of && m->path == SS_NONE)
            {
                const int16_t attnum = people->columns[m->column].attnum;

                chosen = chosen || (ss_table_primary_key_holds(people, attnum) &&
                                    !tells_less_than_whom(s, table, attnum));
            }
            alone = alone || is_linked_alone(s, table, m);
        }
        if (chosen && alone)
            return true;
    }
    return false;
}

/* Does something speak of people while nobody says whose the rows are?  A way says it, of however many. */
static ss_untold
untold(const subsetting *s, size_t table)
{
    const ss_table_plan *t = &s->r->tables[table];
    const ss_untold u = ss_resolve_untold(s->r, &s->r->catalog->tables[table], t);
    bool chosen, others;

    ways_of(s, table, &chosen, &others);
    if (!chosen && !t->subject_self && !t->subject_none && t->nsubject_columns == 0 &&
        is_linked_with_chosen(s, table))
        return SS_UNTOLD_KEY;
    return u == SS_UNTOLD_PEOPLE && (chosen || others) ? SS_TOLD : u;
}

static ss_subset_part
part_of(const subsetting *s, size_t table)
{
    const ss_table_plan *t = &s->r->tables[table];
    bool chosen, others;

    if (s->r->catalog->tables[table].is_partition || !is_copied(t))
        return SS_SUBSET_ALL;
    if (table == s->plan->of)
        return SS_SUBSET_CHOSEN;
    /* Personal, and told by nothing but those who refer to it: an address, say. */
    if (untold(s, table) == SS_UNTOLD_PEOPLE && is_referred_to(s, table))
        return SS_SUBSET_NEEDED;
    ways_of(s, table, &chosen, &others);
    if (chosen)
        return SS_SUBSET_OWNED;
    /* Of everybody but those who are left out there is no more to leave out than what refers to them. */
    return !s->plan->everybody && (t->subject_self || others) ? SS_SUBSET_NEEDED : SS_SUBSET_ALL;
}

/* --- references ----------------------------------------------------------------------------------- */

static bool
is_nullified(const subsetting *s, size_t table, const ss_reference *ref)
{
    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        if (s->r->tables[table].columns[ref->columns[i]].treatment == SS_TREAT_NULLIFY)
            return true;
    }
    return false;
}

/* Does a way to the people chosen begin with the reference? */
static bool
leads_to_chosen(const subsetting *s, size_t table, const ss_reference *ref)
{
    bool chosen = false, others = false;

    if (ss_policy_is_followed(&s->r->tables[table], table, ref))
        walk(s, table, ref, &chosen, &others);
    return chosen;
}

/* May the SQL be about the column?  A name with a quote in it stands there in another way. */
static bool
may_name(const char *sql, const ss_column *column)
{
    return sql != NULL && (strstr(sql, column->name) != NULL || strchr(column->name, '"') != NULL);
}

/* Rows that differ, or are in no index at all, may be alike to what a unique or exclusive one computes of the column. */
static bool
is_computed_in_key(const ss_table *table, const ss_column *column)
{
    for (size_t i = 0; i < table->nexpressions; i++)
    {
        const ss_expression *e = &table->expressions[i];
        bool forbids = false;

        for (size_t k = 0; k < table->nkeys; k++)
            forbids = forbids || strcmp(table->keys[k].name, e->name) == 0;
        for (size_t x = 0; x < table->nexclusions; x++)
            forbids = forbids || strcmp(table->exclusions[x].name, e->name) == 0;
        if (forbids && (may_name(e->expression, column) || may_name(e->predicate, column)))
            return true;
    }
    return false;
}

static bool
is_generated_from(const ss_table *table, const ss_column *column)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (table->columns[c].generated != SS_GENERATED_NOT &&
            may_name(table->columns[c].default_expr, column))
            return true;
    }
    return false;
}

/* Could a NULL in the column break anything but the reference?  What is not certain is not tried. */
static bool
takes_null(const ss_catalog *catalog, const ss_table *table, const ss_column *column)
{
    if (!ss_catalog_is_nullable(catalog, column) || column->generated != SS_GENERATED_NOT ||
        is_generated_from(table, column) || is_computed_in_key(table, column))
        return false;
    for (size_t t = column->type; t != SS_NONE && catalog->types[t].kind == SS_TYPE_DOMAIN;
         t = catalog->types[t].base)
    {
        if (catalog->types[t].nchecks > 0)
            return false;
    }
    for (size_t i = 0; i < table->nchecks; i++)
    {
        if (table->checks[i].ncolumns == 0 ||
            ss_attnums_hold(table->checks[i].attnums, table->checks[i].ncolumns, column->attnum))
            return false;
    }
    for (size_t i = 0; i < table->nkeys; i++)
    {
        if (table->keys[i].nulls_not_distinct &&
            ss_attnums_hold(table->keys[i].attnums, table->keys[i].ncolumns, column->attnum))
            return false;
    }
    for (size_t i = 0; i < table->npartition_columns; i++)
    {
        if (table->partition_attnums[i] == 0 || table->partition_attnums[i] == column->attnum)
            return false;
    }
    return true;
}

/* All members of a partition tree must take it. */
static bool
tree_takes_null(const ss_catalog *catalog, const ss_table *root, const ss_column *column)
{
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *member = &catalog->tables[t];
        const ss_column *own;

        if (ss_table_root(catalog, member) != root)
            continue;
        own = ss_table_column(member, column->name);
        if (own == NULL || !takes_null(catalog, member, own))
            return false;
    }
    return true;
}

/* Must its columns be NULL together? */
static bool
is_full(const subsetting *s, size_t table, const ss_reference *ref)
{
    const ss_catalog *catalog = s->r->catalog;

    for (size_t i = 0; i < catalog->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &catalog->foreign_keys[i];

        if (fk->match == 'f' && strcmp(fk->name, ref->constraint) == 0 &&
            ss_table_root(catalog, &catalog->tables[fk->table]) == &catalog->tables[table])
            return ref->ncolumns > 1;
    }
    return false;
}

/* Does another of the references hold the column; one whose columns are NULL together? */
static bool
stands_elsewhere(const subsetting *s, size_t table, const ss_reference *list, size_t n, size_t at,
                 size_t column, bool full)
{
    for (size_t i = 0; i < n; i++)
    {
        if (i != at && ss_references_hold(&list[i], 1, column) &&
            (!full || is_full(s, table, &list[i])))
            return true;
    }
    return false;
}

/* The columns to make NULL so that reference at refers to nothing: those of no other reference, if there are. */
static void
find_cut(const subsetting *s, size_t table, const ss_reference *list, size_t n, size_t at,
         ss_subset_edge *edge)
{
    const ss_catalog *catalog = s->r->catalog;
    const ss_table *of = &catalog->tables[table];
    const ss_reference *ref = &list[at];
    const bool full = is_full(s, table, ref);
    size_t *all = ss_alloc(s->r->result, ref->ncolumns, sizeof *all),
           *alone = ss_alloc(s->r->result, ref->ncolumns, sizeof *alone), nall = 0, nalone = 0;

    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        if (!tree_takes_null(catalog, of, &of->columns[ref->columns[i]]) ||
            stands_elsewhere(s, table, list, n, at, ref->columns[i], true))
            continue;
        all[nall++] = ref->columns[i];
        if (!stands_elsewhere(s, table, list, n, at, ref->columns[i], false))
            alone[nalone++] = ref->columns[i];
    }
    if (full && nall < ref->ncolumns)
        return;
    edge->cut = nalone > 0 && !full ? alone : all;
    edge->ncut = nalone > 0 && !full ? nalone : nall;
}

static size_t
key_of(const subsetting *s, const ss_reference *ref)
{
    ss_subset_table *parent = &s->tables[ref->parent];

    for (size_t i = 0; i < parent->nkeys; i++)
    {
        if (parent->keys[i].n == ref->ncolumns &&
            memcmp(parent->keys[i].columns, ref->parent_columns,
                   ref->ncolumns * sizeof *ref->parent_columns) == 0)
            return i;
    }
    parent->keys[parent->nkeys] = (ss_subset_key){ref->parent_columns, ref->ncolumns};
    return parent->nkeys++;
}

static void
add_edge(const subsetting *s, size_t table, const ss_reference *list, size_t n, size_t at,
         bool declared)
{
    ss_subset_table *t = &s->tables[table];
    const ss_reference *ref = &list[at];
    ss_subset_edge *edge = &t->edges[t->nedges];

    if (s->tables[ref->parent].part == SS_SUBSET_ALL)
        return;
    *edge = (ss_subset_edge){.reference = ref,
                             .own = leads_to_chosen(s, table, ref),
                             .brings = declared && !is_nullified(s, table, ref)};
    if (!edge->own && !edge->brings)
        return;
    if (edge->brings)
        find_cut(s, table, list, n, at, edge);
    edge->key = key_of(s, ref);
    t->nedges++;
}

static void
add_edges(const subsetting *s, size_t table)
{
    const ss_table_plan *plan = &s->r->tables[table];
    size_t n;
    const ss_reference *list = ss_table_references(s->r->catalog, table, s->r->result, &n);

    s->tables[table].edges = ss_alloc(s->r->result, n + plan->nsoft + 1, sizeof(ss_subset_edge));
    for (size_t i = 0; i < n; i++)
        add_edge(s, table, list, n, i, true);
    for (size_t i = 0; i < plan->nsoft; i++)
        add_edge(s, table, plan->soft, plan->nsoft, i, false);
}

/* Tables that refer to what is not there as a whole. */
static void
find_rest(const subsetting *s)
{
    const ss_catalog *catalog = s->r->catalog;

    for (bool more = true; more;)
    {
        more = false;
        for (size_t t = 0; t < catalog->ntables; t++)
        {
            size_t n;
            const ss_reference *list;

            if (catalog->tables[t].is_partition || !is_copied(&s->r->tables[t]) ||
                s->tables[t].part != SS_SUBSET_ALL)
                continue;
            list = ss_table_references(catalog, t, s->r->result, &n);
            for (size_t i = 0; i < n; i++)
            {
                if (s->tables[list[i].parent].part == SS_SUBSET_ALL || is_nullified(s, t, &list[i]))
                    continue;
                s->tables[t].part = SS_SUBSET_REST;
                more = true;
                break;
            }
        }
    }
}

/* --- what speaks against it ----------------------------------------------------------------------- */

static bool
find_people(const subsetting *s)
{
    ss_resolving *r = s->r;
    const ss_policy_subset *p = s->plan->policy;
    const ss_table *of = ss_catalog_find(r->catalog, p->of);
    const ss_table_plan *t = of == NULL ? NULL : &r->tables[ss_catalog_index(r->catalog, of)];

    if (of == NULL || of->is_partition)
        STOP(NO_PATH, p->of, &p->place, "correct the name under of:",
             of == NULL ? "subset: there is no such table"
                        : "subset: it is a partition: name its root");
    else if (!t->subject_self)
        STOP(NO_PATH, of->label, &p->place, "write subject: self at it, or name another table",
             "subset: the rows of the table are not people: its policy does not say subject: self");
    else if (!is_copied(t))
        STOP(UNFIT, of->label, &p->place, "mode: pseudonymise, or no subset",
             "subset: of the source's own people, and the table's rows are not copied");
    else if (of->nkeys == 0 || !of->keys[0].primary)
        STOP(NO_PATH, of->label, &p->place, "a primary key at the source",
             "subset: people are chosen by their primary key, and the table has none");
    else
    {
        s->plan->of = ss_catalog_index(r->catalog, of);
        s->plan->identity = &of->keys[0];
        return true;
    }
    return false;
}

/* Is it a child of the table of people by plain inheritance, or one of a child's? */
static bool
inherits_people(const subsetting *s, size_t table)
{
    const ss_table *of = &s->r->catalog->tables[table];

    for (size_t i = 0; i < of->ninherits && !of->is_partition; i++)
    {
        if (of->inherits[i] == s->plan->of || inherits_people(s, of->inherits[i]))
            return true;
    }
    return false;
}

static void
check_table(const subsetting *s, size_t table)
{
    ss_resolving *r = s->r;
    const ss_table *of = &r->catalog->tables[table];
    const ss_table_plan *t = &r->tables[table];
    const ss_subset_table *u = &s->tables[table];
    bool chosen, others, own = false;

    ways_of(s, table, &chosen, &others);
    if (t->mode == SS_MODE_SYNTHESISE && s->plan->policy->leave_out != NULL && chosen)
        STOP(UNFIT, of->label, place_of(s, table), "mode: pseudonymise or empty, or no leave_out",
             "subset: statistics of the table would be learnt from the rows of those who are to "
             "be left out");
    if (!is_copied(t))
        return;
    if (inherits_people(s, table))
        STOP(UNFIT, of->label, place_of(s, table), "mode: empty for the table",
             "subset: it inherits from the table of people, and people that are in a child can be "
             "neither chosen nor left out");
    if (u->part != SS_SUBSET_NEEDED && untold(s, table) != SS_TOLD)
        STOP(NO_PATH, of->label, place_of(s, table),
             "subject: at the table, or references: at the column that is a key to people; "
             "subject: none with why: when its rows are about nobody",
             "subset: whose its rows are is not known, so nobody can tell which to leave out");
    for (size_t i = 0; i < u->nedges; i++)
        own = own || u->edges[i].own;
    if (chosen && table != s->plan->of && !own)
        STOP(NO_PATH, of->label, place_of(s, table),
             "mode: pseudonymise or keep for the tables that its keys lead through",
             "subset: its way to the people chosen leads through a table that is not copied");
    if (u->nedges > SS_SUBSET_EDGES_MAX)
        STOP(UNFIT, of->label, place_of(s, table), "mode: empty for the table",
             "subset: it has more than %d references", SS_SUBSET_EDGES_MAX);
}

void
ss_resolve_subset(ss_resolving *r)
{
    const size_t n = r->catalog->ntables;
    subsetting s = {.r = r};

    if (r->policy->subset == NULL)
        return;
    s.plan = ss_alloc(r->result, 1, sizeof *s.plan);
    s.tables = ss_alloc(r->result, n + 1, sizeof *s.tables);
    *s.plan = (ss_subset_plan){.policy = r->policy->subset,
                               .everybody = r->policy->subset->rows == NULL &&
                                            r->policy->subset->where == NULL,
                               .of = SS_NONE,
                               .tables = s.tables};
    if (r->policy->key == NULL)
        STOP(KEY, "", &s.plan->policy->place,
             "sandseed key new -o FILE, and key: {file: FILE, sandbox: NAME} in the policy",
             "subset: who is chosen is decided by a key, and the policy has none");
    if (!find_people(&s))
        return;
    s.followed = ss_alloc(r->result, n + 1, sizeof *s.followed);
    s.visited = ss_alloc(r->result, n + 1, sizeof *s.visited);
    s.stack = ss_alloc(r->result, n + 1, sizeof *s.stack);
    for (size_t t = 0; t < n; t++)
    {
        if (!r->catalog->tables[t].is_partition)
            s.followed[t].list =
                ss_policy_followed(r->catalog, &r->tables[t], t, r->result, &s.followed[t].n);
    }
    for (size_t t = 0; t < n; t++)
    {
        size_t room = 0;

        s.tables[t].part = part_of(&s, t);
        for (size_t f = 0; f < r->catalog->nforeign_keys; f++)
            room += ss_table_root(r->catalog,
                                  &r->catalog->tables[r->catalog->foreign_keys[f].parent]) ==
                    &r->catalog->tables[t];
        for (size_t c = 0; c < n; c++)
        {
            for (size_t i = 0; i < r->tables[c].nsoft; i++)
                room += r->tables[c].soft[i].parent == t;
        }
        s.tables[t].keys = ss_alloc(r->result, room + 1, sizeof *s.tables[t].keys);
    }
    find_rest(&s);
    for (size_t t = 0; t < n; t++)
    {
        if (s.tables[t].part != SS_SUBSET_ALL)
            add_edges(&s, t);
    }
    for (size_t t = 0; t < n; t++)
    {
        if (!r->catalog->tables[t].is_partition)
            check_table(&s, t);
    }
    r->plan->subset = s.plan;
}
