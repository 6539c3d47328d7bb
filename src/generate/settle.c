/* Who makes each column: keys that are unique by construction, and who falls under whom. */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "generate/generate_internal.h"

/* --- keys --------------------------------------------------------------------------------------- */

static ss_code
make_key(made_table *t, size_t column, const char *constraint, ss_error *err)
{
    made_column *c = &t->columns[column];
    uint64_t most = 0;

    if (c->by == MADE_KEY)
        return SS_OK;
    if (!ss_generate_key_init(c, t->g->input->seed, t->rows, &most, t->g->arena))
    {
        (void) ss_fail(err, SS_EREFUSED, "%s: no keys can be made of type %s, which \"%s\" needs",
                       c->name, ss_printable(t->g->arena, c->column->type_text),
                       ss_printable(t->g->arena, constraint));
        return ss_hint(err, "Give the table mode keep or empty.");
    }
    if (t->rows > most * c->divisor)
        t->rows = most * c->divisor;
    c->by = MADE_KEY;
    return SS_OK;
}

/* How many different keys the column can have; 0: none. */
static uint64_t
room_for_keys(const made_table *t, size_t column)
{
    made_column c = t->columns[column];
    uint64_t most;

    return ss_generate_key_init(&c, t->g->input->seed, t->rows, &most, t->g->arena) ? most : 0;
}

/* Of several members of a key, which had best be the one that is unique by itself? */
static int
key_score(const made_table *t, size_t column)
{
    const made_column *c = &t->columns[column];
    const ss_type *type = c->type;

    if (c->nintervals > 0 || c->ndeclared > 0 || type == NULL || type->kind == SS_TYPE_ENUM ||
        room_for_keys(t, column) < t->rows)
        return 0;
    if (ss_type_is_integer(type) || ss_type_is(type, "uuid"))
        return c->column->default_expr != NULL || c->column->identity != SS_IDENTITY_NOT ? 4 : 3;
    if (ss_type_is(type, "bool") || ss_type_is(type, "date"))
        return 0;
    return ss_type_is(type, "timestamp") || ss_type_is(type, "timestamptz") ? 1 : 2;
}

/* The best of these columns that has a key for every row; SS_NONE when none has. */
static size_t
best_member(const made_table *t, const size_t *members, size_t n)
{
    size_t best = SS_NONE;

    for (size_t i = 0; i < n; i++)
    {
        if (room_for_keys(t, members[i]) >= t->rows &&
            (best == SS_NONE || key_score(t, members[i]) > key_score(t, best)))
            best = members[i];
    }
    return best;
}

/*
 * Make these columns of every row different from any other row's: one that is unique by itself; where
 * none has keys enough, all of them as the digits of the row's number.
 */
static ss_code
make_distinct(made_table *t, const size_t *members, size_t n, const char *constraint, ss_error *err)
{
    const size_t best = best_member(t, members, n);
    uint64_t divisor = 1;
    bool any = false;

    if (best != SS_NONE)
        return make_key(t, best, constraint, err);
    for (size_t i = 0; i < n; i++)
    {
        const uint64_t room = room_for_keys(t, members[i]);

        if (room == 0)
            continue;
        any = true;
        t->columns[members[i]].digit = true;
        t->columns[members[i]].divisor = divisor;
        t->columns[members[i]].by = MADE_KEY;
        divisor = divisor > t->rows / room ? t->rows : divisor * room;
    }
    if (!any)
        return make_key(t, members[0], constraint, err);
    if (t->rows > divisor)
        t->rows = divisor;
    return SS_OK;
}

/* The reference that makes this column, or SS_NONE. */
static size_t
reference_of(const made_table *t, size_t column)
{
    return t->columns[column].by == MADE_REFERENCE ? t->columns[column].reference : SS_NONE;
}

bool
ss_generate_covers(const ss_key *key, const ss_table *table, const ss_reference *r)
{
    for (size_t i = 0; i < r->ncolumns; i++)
    {
        if (!ss_attnums_hold(key->attnums, key->ncolumns, table->columns[r->columns[i]].attnum))
            return false;
    }
    return true;
}

/* The rows of t fall under the parents of this reference, unless they fall under another's. */
static void
put_first(made_table *t, size_t reference)
{
    made_reference *r = &t->references[reference];

    if (t->first != SS_NONE || r->role != ROLE_OTHER || r->nshared > 0 || r->nalike > 0)
        return;
    t->first = reference;
    r->role = ROLE_FIRST;
}

#define MANY        (UINT64_C(1) << 60)
#define KEY_COLUMNS 32 /* PostgreSQL's INDEX_MAX_KEYS */

/* What a unique key is made of. */
typedef struct members
{
    size_t *references; /* that make some of its columns, each once */
    size_t nreferences;
    size_t *columns; /* from a marginal */
    size_t ncolumns;
    bool unique;  /* one is different in every row already */
    bool null;    /* one is always NULL */
    bool settled; /* one has another use: it counts already, or is a digit */
    bool unknown; /* one is made by the server, or is no column */
} members;

static members
members_of(const made_table *t, const ss_key *key)
{
    members m = {.references = ss_alloc(t->g->arena, key->ncolumns + 1, sizeof *m.references),
                 .columns = ss_alloc(t->g->arena, key->ncolumns + 1, sizeof *m.columns)};

    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const size_t c = ss_table_index(t->table, key->attnums[i]);
        const size_t r = c == SS_NONE ? SS_NONE : reference_of(t, c);
        bool known = false;

        m.unknown = m.unknown || c == SS_NONE || t->columns[c].by == MADE_BY_SERVER;
        if (m.unknown)
            return m;
        m.unique = m.unique || (t->columns[c].by == MADE_KEY && !t->columns[c].digit);
        m.null = m.null || t->columns[c].by == MADE_NULL;
        m.settled = m.settled || t->columns[c].by == MADE_ORDINAL || t->columns[c].digit;
        if (r == SS_NONE && t->columns[c].by == MADE_MARGINAL)
            m.columns[m.ncolumns++] = c;
        for (size_t k = 0; k < m.nreferences; k++)
            known = known || m.references[k] == r;
        if (r != SS_NONE && !known)
            m.references[m.nreferences++] = r;
    }
    return m;
}

/* Are all columns of key part among those of key whole? */
static bool
is_among(const ss_key *part, const ss_key *whole)
{
    for (size_t i = 0; i < part->ncolumns; i++)
    {
        if (part->attnums[i] == 0 ||
            !ss_attnums_hold(whole->attnums, whole->ncolumns, part->attnums[i]))
            return false;
    }
    return true;
}

/* One column is different in every row, or NULL in every row where NULLs differ. */
static bool
is_unique_by_column(const ss_key *key, const members *m)
{
    return m->unique || (m->null && !key->primary && !key->nulls_not_distinct);
}

/* Is the other key one of these: unique already, the server's to judge, or within the same parent? */
static bool
needs_nothing(const made_table *t, const members *m, const ss_key *other)
{
    const members o = other->expression ? (members){.unknown = true} : members_of(t, other);

    return o.unknown || other->partial || is_unique_by_column(other, &o) ||
           ss_generate_covers(other, t->table, t->references[m->references[0]].r);
}

/* A column that another key needs as well: what differs within this one's parent would not within that one's. */
static size_t
contested_member(const made_table *t, const ss_key *key, const members *m)
{
    for (size_t k = 0; k < t->table->nkeys; k++)
    {
        const ss_key *other = &t->table->keys[k];

        if (is_among(key, other) || is_among(other, key) || needs_nothing(t, m, other))
            continue;
        for (size_t i = 0; i < m->ncolumns; i++)
        {
            const size_t c = m->columns[i];

            if (ss_attnums_hold(other->attnums, other->ncolumns, t->table->columns[c].attnum) &&
                room_for_keys(t, c) >= t->rows)
                return c;
        }
    }
    return SS_NONE;
}

/* Parents and further columns: the latter count, or differ, within the first parent. */
static ss_code
settle_within(made_table *t, const ss_key *key, const members *m, bool *settled, ss_error *err)
{
    const size_t contested = contested_member(t, key, m);
    size_t integer = SS_NONE, best;

    if (contested != SS_NONE)
    {
        *settled = true;
        return make_key(t, contested, key->name, err);
    }
    put_first(t, m->references[0]);
    if (t->first != SS_NONE && ss_generate_covers(key, t->table, t->references[t->first].r))
    {
        for (size_t i = 0; i < m->ncolumns; i++)
        {
            const ss_type *type = t->columns[m->columns[i]].type;

            if (type != NULL && ss_type_is_integer(type) &&
                t->columns[m->columns[i]].nintervals == 0 && !t->columns[m->columns[i]].has_high)
                integer = m->columns[i];
        }
        if (integer != SS_NONE)
            t->columns[integer].by = MADE_ORDINAL;
    }
    *settled = true;
    t->counts = t->counts || t->first != SS_NONE;
    if (integer != SS_NONE)
        return SS_OK;
    best = best_member(t, m->columns, m->ncolumns);
    if (best != SS_NONE || t->first == SS_NONE ||
        !ss_generate_covers(key, t->table, t->references[t->first].r))
        return make_distinct(t, m->columns, m->ncolumns, key->name, err);
    for (size_t i = 0; i < m->ncolumns; i++)
    {
        const uint64_t room = room_for_keys(t, m->columns[i]);
        made_column *c = &t->columns[m->columns[i]];

        if (room == 0)
            continue;
        c->by = MADE_KEY;
        c->digit = c->of_siblings = true;
        c->divisor = t->sibling_room == 0 ? 1 : t->sibling_room;
        t->sibling_room = c->divisor > t->rows / room ? t->rows : c->divisor * room;
    }
    return t->sibling_room > 0 ? SS_OK : make_distinct(t, m->columns, m->ncolumns, key->name, err);
}

/* Do those of the reference's columns that the key has tell one parent from another by themselves? */
static bool
tells_parents_apart(const made_table *t, const ss_key *key, const ss_reference *r)
{
    const ss_table *parent = &t->g->input->catalog->tables[r->parent];

    for (size_t k = 0; k < parent->nkeys; k++)
    {
        const ss_key *unique = &parent->keys[k];
        size_t found = 0;

        for (size_t i = 0; i < r->ncolumns; i++)
            found += ss_attnums_hold(key->attnums, key->ncolumns,
                                     t->table->columns[r->columns[i]].attnum) &&
                     ss_attnums_hold(unique->attnums, unique->ncolumns,
                                     parent->columns[r->parent_columns[i]].attnum);
        if (found == unique->ncolumns && !unique->partial && !unique->expression)
            return true;
    }
    return false;
}

/*
 * The key has a part of this reference's columns: of the parents that are alike there, one may have a child.
 * Those that the fan-out gives children to may be too much alike, so all may have one.
 */
static void
take_alike(const made_table *t, const ss_key *key, made_reference *r)
{
    r->anybody = true;
    r->alike = ss_alloc(t->g->arena, r->r->ncolumns + 1, sizeof *r->alike);
    r->nalike = 0;
    for (size_t i = 0; i < r->r->ncolumns; i++)
    {
        if (ss_attnums_hold(key->attnums, key->ncolumns,
                            t->table->columns[r->r->columns[i]].attnum))
            r->alike[r->nalike++] = r->r->parent_columns[i];
    }
}

/* Nothing but parents: each once, or different combinations of the others within the first. */
static void
settle_parents(made_table *t, size_t index, const members *m, bool *settled)
{
    const ss_key *key = &t->table->keys[index];
    made_reference *r = &t->references[m->references[0]];

    if (m->nreferences == 1)
    {
        if (!ss_generate_covers(key, t->table, r->r) && !tells_parents_apart(t, key, r->r))
        {
            take_alike(t, key, r);
            return;
        }
        if ((r->role == ROLE_OTHER || (r->role == ROLE_FIRST && !t->counts)) && r->nshared == 0)
        {
            if (t->first == m->references[0])
                t->first = SS_NONE;
            r->role = ROLE_ONE_TO_ONE;
            *settled = true;
        }
        return;
    }
    put_first(t, m->references[0]);
    if (t->first == SS_NONE || !ss_generate_covers(key, t->table, t->references[t->first].r))
        return;
    for (size_t k = 0; k < m->nreferences; k++)
    {
        made_reference *other = &t->references[m->references[k]];

        if (m->references[k] == t->first || other->role != ROLE_OTHER)
            continue;
        other->role = ROLE_WITHIN;
        other->group = index + 1;
        *settled = t->counts = true;
    }
}

/* Is a key that is unique already among this one's columns, and NULLs no way around it? */
static bool
holds_settled_key(const made_table *t, const ss_key *key)
{
    for (size_t k = 0; k < t->table->nkeys; k++)
    {
        const ss_key *other = &t->table->keys[k];

        if (t->settled[k] && !other->partial && is_among(other, key) &&
            (!key->nulls_not_distinct || other->nulls_not_distinct || other->primary))
            return true;
    }
    return false;
}

/*
 * Make a unique key unique by construction: one member that is a key by itself, digits of the row's
 * number, a count within the first parent, or parents that differ.  What cannot be is left to the
 * server's judgement.
 */
static ss_code
settle_key(made_table *t, size_t index, bool *settled, ss_error *err)
{
    const ss_key *key = &t->table->keys[index];
    const members m = key->expression ? (members){.unknown = true} : members_of(t, key);
    uint64_t rooms = 1;
    bool times = true, any = false;

    *settled = !m.unknown && (is_unique_by_column(key, &m) || holds_settled_key(t, key));
    if (m.unknown || *settled || (key->partial && !key->primary && m.nreferences == 0))
        return SS_OK;
    if (m.ncolumns == 0)
    {
        if (m.nreferences > 0 && !key->partial && !m.settled)
            settle_parents(t, index, &m, settled);
        return SS_OK;
    }
    /*
     * Times, words of a list and the like together are unique but for accidents, which are repaired:
     * as long as there are many more of them than rows.
     */
    for (size_t i = 0; i < m.ncolumns; i++)
    {
        const uint64_t room = room_for_keys(t, m.columns[i]);

        any = any || room > 0;
        times = times && key_score(t, m.columns[i]) <= 1;
        rooms = room == 0 || rooms > MANY / room ? MANY : rooms * room;
    }
    if (m.nreferences > 0)
        rooms = MANY;
    if (!key->primary && times && m.ncolumns + m.nreferences > 1 && rooms / 4 >= t->rows)
        return SS_OK;
    /* Where no key can be made (ranges) values still differ: which rows exclude others the server says. */
    if (!any)
        return SS_OK;
    if (m.nreferences > 0)
        return settle_within(t, key, &m, settled, err);
    *settled = true;
    return make_distinct(t, m.columns, m.ncolumns, key->name, err);
}

/* --- what is pointed to ------------------------------------------------------------------------- */

/* No attempt may change what others point to, nor what its columns were chosen to agree with. */
static void
set_referenced(made_table *t, size_t reference)
{
    made_reference *r = &t->references[reference];

    if (r->referenced)
        return;
    r->referenced = true;
    for (size_t i = 0; i < r->nshared; i++)
    {
        const made_column *c = &t->columns[r->r->columns[r->shared[i]]];

        if (c->by == MADE_REFERENCE)
            set_referenced(t, c->reference);
    }
}

/* The key of the parent that this reference points to, or SS_NONE. */
static size_t
key_of(const made_table *parent, const ss_reference *r)
{
    for (size_t k = 0; k < parent->table->nkeys; k++)
    {
        const ss_key *key = &parent->table->keys[k];
        size_t found = 0;

        for (size_t i = 0; i < r->ncolumns; i++)
        {
            for (size_t c = 0; c < key->ncolumns; c++)
                found += ss_table_index(parent->table, key->attnums[c]) == r->parent_columns[i];
        }
        if (found == r->ncolumns && key->ncolumns == r->ncolumns && !key->partial &&
            !key->expression)
            return k;
    }
    return SS_NONE;
}

/*
 * What others point to follows from the row's number: unique together, and for the rest the same at
 * every attempt.
 */
static ss_code
settle_reference(made_table *parent, const ss_reference *r, ss_error *err)
{
    const size_t key = key_of(parent, r);
    size_t *free = ss_alloc(parent->g->arena, r->ncolumns + 1, sizeof *free), n = 0;

    for (size_t c = 0; c < r->ncolumns; c++)
    {
        made_column *column = &parent->columns[r->parent_columns[c]];

        column->referenced = true;
        if (column->by == MADE_REFERENCE)
            set_referenced(parent, column->reference);
        if (column->by == MADE_MARGINAL)
            free[n++] = r->parent_columns[c];
    }
    if (n == 0)
        return SS_OK;
    if (key == SS_NONE || !parent->settled[key])
        SS_TRY(make_distinct(parent, free, n, r->constraint, err));
    if (key != SS_NONE)
        parent->settled[key] = true;
    for (size_t i = 0; i < n; i++)
    {
        if (parent->columns[free[i]].by == MADE_MARGINAL)
            parent->columns[free[i]].by = MADE_FIXED;
    }
    return SS_OK;
}

static ss_code
settle_referenced(generator *g, ss_error *err)
{
    for (size_t i = 0; i < g->input->catalog->ntables; i++)
    {
        const made_table *child = &g->tables[i];

        for (size_t k = 0; child->made && k < child->nreferences; k++)
        {
            const ss_reference *r = child->references[k].r;

            if (g->tables[r->parent].made)
                SS_TRY(settle_reference(&g->tables[r->parent], r, err));
        }
    }
    return SS_OK;
}

/* --- all ---------------------------------------------------------------------------------------- */

/* Of tables whose rows others must find by this column: let them stand in its order. */
static void
put_in_order(generator *g, const made_table *t, const made_reference *r, size_t column)
{
    made_table *parent = &g->tables[r->r->parent];

    for (size_t steps = 0; parent->made && parent->columns[column].by == MADE_REFERENCE &&
                           steps < g->input->catalog->ntables;
         steps++)
    {
        const made_column *c = &parent->columns[column];
        const made_reference *next = &parent->references[c->reference];

        if (parent == t && steps > 0)
            break;
        put_first(parent, c->reference);
        column = next->r->parent_columns[c->part];
        parent = &g->tables[next->r->parent];
    }
}

/* Each parent has one child at most, and the child's number falls under it, unless something else counts. */
static bool
put_alone(made_table *t, size_t reference)
{
    made_reference *r = &t->references[reference];

    if (r->nullable || r->nshared > 0 || t->counts)
        return false;
    if (t->first != SS_NONE)
        t->references[t->first].role = ROLE_OTHER;
    t->first = reference;
    r->role = ROLE_FIRST;
    r->anybody = t->counts = true;
    t->sibling_room = 1;
    return true;
}

/*
 * Of parents that are alike and neighbours the first has the child.  Where they are not neighbours, chance
 * and the server's judgement must find one for every row.
 */
static void
settle_alike(const generator *g, made_table *t, size_t reference)
{
    made_reference *r = &t->references[reference];
    const made_table *parent = &g->tables[r->r->parent];

    r->in_runs = parent->made && g->rank[parent->index] < g->rank[t->index] &&
                 ss_generate_stands_in_runs(g, parent, r->alike, r->nalike) &&
                 put_alone(t, reference);
}

/* Which references that share columns can be had together, now that all roles are known. */
static ss_code
settle_shared(generator *g, ss_error *err)
{
    for (size_t i = 0; i < g->input->catalog->ntables; i++)
    {
        made_table *t = &g->tables[g->order[i]];

        for (size_t k = 0; t->made && k < t->nreferences; k++)
        {
            made_reference *r = &t->references[k];

            if (r->nalike > 0 && r->role == ROLE_OTHER)
                settle_alike(g, t, k);
            if (r->nshared > 0 && !ss_generate_can_agree(g, t, r))
                SS_TRY(ss_generate_give_up(t, k, err));
            for (size_t s = 0; s < r->nshared && !r->nullable; s++)
            {
                const made_column *c = &t->columns[r->r->columns[r->shared[s]]];

                if (c->by != MADE_REFERENCE)
                    continue;
                /* A child falls under those only that leave it a parent here. */
                t->references[c->reference].decides = true;
                if (t->references[c->reference].role == ROLE_ONE_TO_ONE)
                    (void) put_alone(t, c->reference);
            }
        }
    }
    return SS_OK;
}

ss_code
ss_generate_settle(generator *g, ss_error *err)
{
    const ss_catalog *catalog = g->input->catalog;

    SS_TRY(ss_generate_begin_somewhere(g, err));
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        made_table *t = &g->tables[i];

        t->settled = ss_alloc(g->arena, t->table->nkeys + 1, sizeof *t->settled);
        /* The narrowest first: what is unique in it is so in wider ones. */
        for (size_t n = 1; t->made && n <= KEY_COLUMNS; n++)
        {
            for (size_t k = 0; k < t->table->nkeys; k++)
            {
                if (t->table->keys[k].ncolumns == n)
                    SS_TRY(settle_key(t, k, &t->settled[k], err));
            }
        }
    }
    SS_TRY(settle_referenced(g, err));
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const made_table *t = &g->tables[i];

        for (size_t k = 0; t->made && k < t->nreferences; k++)
        {
            const made_reference *r = &t->references[k];

            for (size_t c = 0; c < r->nshared; c++)
                put_in_order(g, t, r, r->r->parent_columns[r->shared[c]]);
            for (size_t c = 0; c < r->nalike; c++)
                put_in_order(g, t, r, r->alike[c]);
        }
    }
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        made_table *t = &g->tables[i];

        /* A table with parents but no key over them: the first NOT NULL parent holds its rows. */
        for (size_t k = 0; t->made && k < t->nreferences; k++)
        {
            if (!t->references[k].nullable)
                put_first(t, k);
        }
    }
    return settle_shared(g, err);
}
