/*
 * References that share columns: (tenant, customer) beside (tenant, product).
 *
 * One of them makes the shared columns, and the parent of the other must agree there.  Every key comes
 * from somewhere: follow references from row to row, and it ends at a key that a table made for one of
 * its rows, or at one of a kept table's keys.  Two values are equal when they come from the same row.
 *
 * Children fall under their first parents in order, so the rows of a table whose key comes from one
 * row by first parents only are neighbours: candidates are a range, found by walking down to it.  Kept
 * keys are sorted by the parts that must agree.
 */
#include <stdlib.h>
#include <string.h>

#include "generate/generate_internal.h"

/* Where a value comes from. */
typedef struct origin
{
    const made_table *table; /* of a key that is made */
    size_t column;
    const made_reference *kept; /* or the reference to a kept table, whose key it is */
    size_t part;
    uint64_t row; /* of table, or of kept's keys */
} origin;

typedef struct agreeing_key
{
    const made_reference *r;
    size_t key;
} agreeing_key;

/* --- where values come from ----------------------------------------------------------------------- */

/* False when the row has no parent on the way: its value is NULL, which agrees with everything. */
static bool
find_origin(generator *g, size_t worker, const made_table *t, size_t column, uint64_t row,
            uint32_t attempt, origin *o)
{
    for (size_t steps = 0; steps < HOPS_MAX; steps++)
    {
        const made_column *c = &t->columns[column];
        const made_reference *r;
        uint64_t parent;

        if (c->by != MADE_REFERENCE)
        {
            *o = (origin){.table = t, .column = column, .row = row};
            return true;
        }
        r = &t->references[c->reference];
        if (!ss_generate_parent(g, worker, t, r, row, attempt, &parent))
            return false;
        if (r->keys != NULL)
        {
            *o = (origin){.kept = r, .part = c->part, .row = parent};
            return true;
        }
        column = r->r->parent_columns[c->part];
        t = &g->tables[r->r->parent];
        row = parent;
        attempt = 0;
    }
    return false;
}

/* The same without a row; false where it cannot be followed. */
static bool
find_source(const generator *g, const made_table *t, size_t column, size_t below, origin *o)
{
    for (size_t steps = 0; steps < HOPS_MAX; steps++)
    {
        const made_column *c = &t->columns[column];
        const made_reference *r;

        if (c->by != MADE_REFERENCE)
        {
            *o = (origin){.table = t, .column = column};
            return c->by == MADE_KEY || c->by == MADE_ORDINAL;
        }
        r = &t->references[c->reference];
        if (r->keys != NULL)
        {
            *o = (origin){.kept = r, .part = c->part};
            return true;
        }
        column = r->r->parent_columns[c->part];
        t = &g->tables[r->r->parent];
        if (!t->made || g->rank[t->index] >= below)
            return false;
    }
    return false;
}

/* Are these the keys of one table, row for row? */
static bool
same_keys(const made_reference *a, const made_reference *b)
{
    return a->r->parent == b->r->parent && a->r->ncolumns == b->r->ncolumns &&
           memcmp(a->r->parent_columns, b->r->parent_columns,
                  a->r->ncolumns * sizeof *a->r->parent_columns) == 0;
}

static bool
same_source(const origin *a, const origin *b)
{
    if (a->kept != NULL || b->kept != NULL)
        return a->kept != NULL && b->kept != NULL && a->part == b->part &&
               same_keys(a->kept, b->kept);
    return a->table == b->table && a->column == b->column;
}

/* --- before rows are made --------------------------------------------------------------------------- */

/* Do the rows of t stand in the order of where this column comes from? */
static bool
stands_in_order(const generator *g, const made_table *t, size_t column)
{
    for (size_t steps = 0; steps < HOPS_MAX && t->columns[column].by == MADE_REFERENCE; steps++)
    {
        const made_column *c = &t->columns[column];
        const made_reference *r = &t->references[c->reference];

        if (r->role != ROLE_FIRST || (r->nullable && c->nullable))
            return false;
        if (r->keys != NULL)
            return true;
        column = r->r->parent_columns[c->part];
        t = &g->tables[r->r->parent];
    }
    return t->columns[column].by != MADE_REFERENCE;
}

bool
ss_generate_stands_in_runs(const generator *g, const made_table *t, const size_t *columns, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        origin o;

        if (!find_source(g, t, columns[i], g->rank[t->index], &o) ||
            !stands_in_order(g, t, columns[i]) ||
            (o.kept != NULL
                 ? o.kept->r->ncolumns > 1
                 : o.table->columns[o.column].by != MADE_KEY || o.table->columns[o.column].digit))
            return false;
    }
    return true;
}

bool
ss_generate_can_agree(const generator *g, const made_table *t, const made_reference *r)
{
    const size_t below = g->rank[t->index];

    for (size_t i = 0; i < r->nshared; i++)
    {
        const size_t part = r->shared[i], column = r->r->parent_columns[part];
        const made_table *parent = &g->tables[r->r->parent];
        origin child, own;

        if (!find_source(g, t, r->r->columns[part], below, &child))
            return false;
        if (r->keys != NULL)
        {
            if (child.kept == NULL)
                return false;
            continue;
        }
        if (!parent->made || (parent != t && g->rank[parent->index] >= below) ||
            !find_source(g, parent, column, below, &own) || !same_source(&child, &own) ||
            !stands_in_order(g, parent, column))
            return false;
    }
    return true;
}

static const char *
text_of(const made_reference *r, size_t key, size_t part)
{
    const char *text = r->keys->texts[key * r->keys->ncolumns + part];

    return text == NULL ? "" : text;
}

static int
compare_keys(const void *left, const void *right)
{
    const agreeing_key *a = left, *b = right;
    const made_reference *r = a->r;

    for (size_t i = 0; i < r->nshared; i++)
    {
        const int order =
            strcmp(text_of(r, a->key, r->shared[i]), text_of(r, b->key, r->shared[i]));

        if (order != 0)
            return order;
    }
    return a->key < b->key ? -1 : a->key > b->key;
}

void
ss_generate_agree(const generator *g, made_reference *r)
{
    if (r->nshared == 0 || r->keys == NULL)
        return;
    r->order = ss_alloc(g->arena, r->keys->n + 1, sizeof *r->order);
    for (size_t i = 0; i < r->keys->n; i++)
        r->order[i] = (agreeing_key){r, i};
    qsort(r->order, r->keys->n, sizeof *r->order, compare_keys);
}

/* --- candidates ------------------------------------------------------------------------------------- */

/* The rows of t whose column comes from o: neighbours. */
static void
find_run(generator *g, size_t worker, const made_table *t, size_t column, const origin *o,
         uint64_t *low, uint64_t *high)
{
    const made_column *c = &t->columns[column];
    const made_reference *r;

    *low = o->row;
    *high = o->row + 1;
    if (c->by != MADE_REFERENCE)
        return;
    r = &t->references[c->reference];
    if (r->keys == NULL)
        find_run(g, worker, &g->tables[r->r->parent], r->r->parent_columns[c->part], o, low, high);
    *low = ss_generate_rows_before(g, worker, t, r, *low);
    *high = ss_generate_rows_before(g, worker, t, r, *high);
}

/* How many of the sorted keys come before these texts; or, after, how many do not come after them. */
static uint64_t
keys_before(const made_reference *r, const char *const *texts, bool after)
{
    size_t low = 0, high = r->keys->n;

    while (low < high)
    {
        const size_t middle = low + (high - low) / 2;
        int order = 0;

        /* Sorted by all parts: what lies behind one that is not known says nothing. */
        for (size_t i = 0; i < r->nshared && texts[i] != NULL && order == 0; i++)
            order = strcmp(text_of(r, r->order[middle].key, r->shared[i]), texts[i]);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#define SHARED_MAX 32 /* columns of a key (PostgreSQL's INDEX_MAX_KEYS) */

/* Candidates where origins[i] is that of shared part i, if known[i]. */
static void
find_candidates(generator *g, size_t worker, const made_reference *r, const origin *origins,
                const bool *known, uint64_t *low, uint64_t *high)
{
    const char *texts[SHARED_MAX] = {0};

    *low = 0;
    *high = r->parents;
    for (size_t i = 0; i < r->nshared; i++)
    {
        const made_table *parent = &g->tables[r->r->parent];
        uint64_t from, to;

        if (!known[i])
            continue;
        if (r->keys != NULL)
        {
            texts[i] = text_of(origins[i].kept, (size_t) origins[i].row, origins[i].part);
            continue;
        }
        find_run(g, worker, parent, r->r->parent_columns[r->shared[i]], &origins[i], &from, &to);
        *low = from > *low ? from : *low;
        *high = to < *high ? to : *high;
    }
    if (r->keys != NULL)
    {
        *low = keys_before(r, texts, false);
        *high = keys_before(r, texts, true);
    }
}

void
ss_generate_candidates(generator *g, size_t worker, const made_table *t, const made_reference *r,
                       uint64_t row, uint32_t attempt, uint64_t *low, uint64_t *high)
{
    origin origins[SHARED_MAX];
    bool known[SHARED_MAX];

    for (size_t i = 0; i < r->nshared; i++)
        known[i] =
            find_origin(g, worker, t, r->r->columns[r->shared[i]], row, attempt, &origins[i]);
    find_candidates(g, worker, r, origins, known, low, high);
    if (r->role == ROLE_SELF && row < *high)
        *high = row;
}

uint64_t
ss_generate_candidate(const made_reference *r, uint64_t at)
{
    return r->order == NULL ? at : r->order[at].key;
}

uint64_t
ss_generate_leaves(generator *g, size_t worker, const made_table *t, const made_reference *r,
                   uint64_t parent)
{
    uint64_t fewest = UINT64_MAX;

    for (size_t k = 0; k < t->nreferences; k++)
    {
        const made_reference *other = &t->references[k];
        origin origins[SHARED_MAX];
        bool known[SHARED_MAX], any = false;
        uint64_t low, high;

        if (other->nshared == 0 || other->nullable || other->role == ROLE_SELF)
            continue;
        for (size_t i = 0; i < other->nshared; i++)
        {
            const made_column *c = &t->columns[other->r->columns[other->shared[i]]];

            known[i] = c->by == MADE_REFERENCE && &t->references[c->reference] == r;
            if (known[i] && r->keys != NULL)
                origins[i] = (origin){.kept = r, .part = c->part, .row = parent};
            else if (known[i])
                known[i] = find_origin(g, worker, &g->tables[r->r->parent],
                                       r->r->parent_columns[c->part], parent, 0, &origins[i]);
            any = any || known[i];
        }
        if (!any)
            continue;
        find_candidates(g, worker, other, origins, known, &low, &high);
        if (low >= high)
            return 0;
        if (other->role == ROLE_WITHIN && high - low < fewest)
            fewest = high - low;
    }
    return fewest;
}

bool
ss_generate_begins_run(generator *g, size_t worker, const made_table *t, const size_t *columns,
                       size_t n, uint64_t row)
{
    for (size_t i = 0; i < n && row > 0; i++)
    {
        origin here, before;

        if (!find_origin(g, worker, t, columns[i], row, 0, &here) ||
            !find_origin(g, worker, t, columns[i], row - 1, 0, &before) || here.row != before.row)
            return true;
    }
    return row == 0;
}
