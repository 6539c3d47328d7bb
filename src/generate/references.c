/* References of the tables that are made: which columns they make, and where keys taken from keys begin. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "generate/generate_internal.h"

/*
 * A reference that cannot be had together with those that share its columns: no parent where a row
 * may go without one.
 */
ss_code
ss_generate_give_up(made_table *t, size_t index, ss_error *err)
{
    made_reference *r = &t->references[index];

    r->nshared = 0;
    for (size_t i = 0; i < r->r->ncolumns; i++)
    {
        made_column *c = &t->columns[r->r->columns[i]];

        if (c->by != MADE_REFERENCE || c->reference != index)
            continue;
        /* Without a parent, whatever cannot be NULL may be anything (MATCH SIMPLE). */
        c->by = c->nullable ? MADE_NULL : MADE_MARGINAL;
        if (c->nullable || r->nullable)
            continue;
        (void) ss_fail(
            err, SS_EREFUSED,
            "%s: foreign key \"%s\" shares columns with another one, and this build cannot "
            "make the two together",
            t->table->label, ss_printable(t->g->arena, r->r->constraint));
        return ss_hint(err, "Give the table mode empty.");
    }
    return SS_OK;
}

/* Columns of a reference are made by it, but for those that an earlier one makes already. */
static ss_code
take_reference(made_table *t, size_t index, ss_error *err)
{
    made_reference *r = &t->references[index];

    r->shared = ss_alloc(t->g->arena, r->r->ncolumns + 1, sizeof *r->shared);
    for (size_t i = 0; i < r->r->ncolumns; i++)
    {
        made_column *c = &t->columns[r->r->columns[i]];

        /* A row of the same table with the same tenant: its own tenant is not the boss's to give. */
        if (c->by == MADE_REFERENCE ||
            (r->role == ROLE_SELF && r->r->columns[i] == r->r->parent_columns[i]))
        {
            r->shared[r->nshared++] = i;
            continue;
        }
        if (c->by == MADE_BY_SERVER || c->by == MADE_NULL ||
            (c->by == MADE_CONSTANT && c->codec == NULL && r->r->ncolumns == 1 &&
             r->role != ROLE_NULL))
            continue;
        c->by = MADE_REFERENCE;
        c->reference = index;
        c->part = i;
    }
    /* Nothing of its own to make: where the others put it is for the server to judge. */
    if (r->nshared == r->r->ncolumns)
        r->nshared = 0;
    return r->role == ROLE_NULL && r->nullable ? ss_generate_give_up(t, index, err) : SS_OK;
}

/*
 * Must a parent by this reference have one child at most: is a unique key all of its columns and no other?
 */
static bool
is_alone(const made_table *t, const made_reference *r)
{
    for (size_t k = 0; k < t->table->nkeys; k++)
    {
        const ss_key *key = &t->table->keys[k];

        if (!key->partial && !key->expression && key->ncolumns == r->r->ncolumns &&
            ss_generate_covers(key, t->table, r->r))
            return true;
    }
    return false;
}

/*
 * Who makes a column that several references share?  One that every row has, before those that may be
 * NULL; one that is unique by itself; one to a table that is made, since kept keys can be searched; the
 * widest, since its parent has parents for the others; of equals the one whose parent may descend from
 * the other's; a row of the same table last.
 */
static bool
precedes(const made_table *t, const made_reference *a, const made_reference *b)
{
    const bool alone = is_alone(t, a);

    if ((a->role == ROLE_SELF) != (b->role == ROLE_SELF))
        return b->role == ROLE_SELF;
    if (a->nullable != b->nullable)
        return b->nullable;
    if (alone != is_alone(t, b))
        return alone;
    if ((a->keys == NULL) != (b->keys == NULL))
        return b->keys != NULL;
    if (a->r->ncolumns != b->r->ncolumns)
        return a->r->ncolumns > b->r->ncolumns;
    return t->g->rank[a->r->parent] > t->g->rank[b->r->parent];
}

static ss_code
take_references(made_table *t, ss_error *err)
{
    size_t *order = ss_alloc(t->g->arena, t->nreferences + 1, sizeof *order);

    for (size_t i = 0; i < t->nreferences; i++)
    {
        size_t k = i;

        for (; k > 0 && precedes(t, &t->references[i], &t->references[order[k - 1]]); k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    for (size_t i = 0; i < t->nreferences; i++)
        SS_TRY(take_reference(t, order[i], err));
    return SS_OK;
}

static int
by_text(const void *a, const void *b)
{
    return strcmp((*(const ss_cell *const *) a)->text, (*(const ss_cell *const *) b)->text);
}

/*
 * In sixteenths of a row.  What is told of none of them alone is shared among the others, which have something to
 * have in any case: that nothing is told does not mean that nobody refers to them.
 */
static const uint64_t *
told_weights(const made_table *t, const ss_reference *r, const ss_key_list *keys)
{
    const ss_marginal *m =
        r->ncolumns == 1 ? &t->g->input->model->tables[t->index].columns[r->columns[0]] : NULL;
    ss_arena *scratch;
    const ss_cell **cells;
    uint64_t *weights;
    size_t others = 0;

    if (m == NULL || m->kind != SS_MARGINAL_REFERENCE || m->values.n == 0)
        return NULL;
    scratch = ss_arena_new(NULL);
    cells = ss_alloc(scratch, m->values.n, sizeof *cells);
    weights = ss_alloc(t->g->arena, keys->n + 1, sizeof *weights);
    for (size_t i = 0; i < m->values.n; i++)
        cells[i] = &m->values.cells[i];
    qsort(cells, m->values.n, sizeof *cells, by_text);
    for (size_t i = 0; i < keys->n; i++)
    {
        const ss_cell own = {.text = keys->texts[i] == NULL ? "" : keys->texts[i]}, *key = &own;
        const ss_cell *const *found = bsearch(&key, cells, m->values.n, sizeof *cells, by_text);

        weights[i] = found == NULL ? 0 : 16 * (*found)->count;
        others += weights[i] == 0;
    }
    for (size_t i = 0; i < keys->n; i++)
    {
        if (weights[i] == 0)
            weights[i] = 16 * m->rest / others + 1;
    }
    ss_arena_free(scratch);
    return weights;
}

static ss_code
find_parent(made_table *t, made_reference *r, ss_error *err)
{
    generator *g = t->g;
    const ss_generate_input *in = g->input;
    const size_t parent = r->r->parent;
    ss_key_list *keys;

    r->role = ROLE_OTHER;
    if (parent == t->index)
        r->role = ROLE_SELF;
    else if (g->tables[parent].made)
        return SS_OK;
    else if (in->tables[parent].mode == SS_MODE_KEEP ||
             in->tables[parent].mode == SS_MODE_PSEUDONYMISE)
    {
        keys = ss_alloc(g->arena, 1, sizeof *keys);
        SS_TRY(in->keys(in->arg, parent, r->r->parent_columns, r->r->ncolumns, keys, err));
        r->keys = keys;
        r->told = told_weights(t, r->r, keys);
        r->parents = keys->n;
        if (keys->n == 0)
            r->role = ROLE_NULL;
    }
    else
        r->role = ROLE_NULL;
    return SS_OK;
}

/* May a row go without a parent?  MATCH FULL: when all of its columns may be NULL; else when one may. */
static bool
is_nullable(const made_table *t, const ss_reference *r)
{
    const ss_catalog *catalog = t->g->input->catalog;
    size_t nullable = 0;
    bool full = false;

    for (size_t i = 0; i < r->ncolumns; i++)
        nullable += t->columns[r->columns[i]].nullable;
    for (size_t i = 0; i < catalog->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &catalog->foreign_keys[i];

        full = full || (fk->match == 'f' && strcmp(fk->name, r->constraint) == 0 &&
                        ss_table_root(catalog, &catalog->tables[fk->table]) == t->table);
    }
    return full ? nullable == r->ncolumns : nullable > 0;
}

ss_code
ss_generate_references(made_table *t, ss_error *err)
{
    const ss_model_table *m = &t->g->input->model->tables[t->index];
    const ss_reference *list =
        ss_table_references(t->g->input->catalog, t->index, t->g->arena, &t->nreferences);

    t->first = SS_NONE;
    t->references = ss_alloc(t->g->arena, t->nreferences + 1, sizeof *t->references);
    for (size_t i = 0; i < t->nreferences; i++)
    {
        made_reference *r = &t->references[i];

        *r = (made_reference){
            .r = &list[i],
            .fan_out = i < m->nreferences ? &m->references[i] : NULL,
            .nullable = is_nullable(t, &list[i]),
            .number = t->g->nreferences++,
            .name = ss_strf(t->g->arena, "%s fan-out %s", t->table->label, list[i].constraint)};
        if (r->fan_out != NULL)
            ss_generate_sum_cells(&r->children, &r->fan_out->children, false, t->g->arena);
        ss_generate_streams(t->g, r);
        SS_TRY(find_parent(t, r, err));
    }
    return take_references(t, err);
}

/*
 * Does following this column from key to key come back to where it was, or go too far?  Then *table and
 * *reference are one on the way that rows may go without; SS_NONE: there is none.
 */
static bool
has_no_end(generator *g, made_table *t, size_t column, made_table **table, size_t *reference)
{
    *reference = SS_NONE;
    for (size_t steps = 0; t->made && t->columns[column].by == MADE_REFERENCE; steps++)
    {
        const made_column *c = &t->columns[column];
        const made_reference *r = &t->references[c->reference];

        if (steps + 1 >= HOPS_MAX)
            return true;
        if (r->nullable)
        {
            *table = t;
            *reference = c->reference;
        }
        column = r->r->parent_columns[c->part];
        t = &g->tables[r->r->parent];
    }
    return false;
}

/*
 * A key that is taken from another one and so on has to begin somewhere: a reference on the way that rows
 * may go without is NULL in all of them.
 */
ss_code
ss_generate_begin_somewhere(generator *g, ss_error *err)
{
    for (size_t i = 0; i < g->input->catalog->ntables; i++)
    {
        made_table *t = &g->tables[i], *other;

        for (size_t c = 0; t->made && c < t->table->ncolumns; c++)
        {
            size_t reference;

            while (has_no_end(g, t, c, &other, &reference))
            {
                if (reference != SS_NONE)
                {
                    SS_TRY(ss_generate_give_up(other, reference, err));
                    continue;
                }
                (void) ss_fail(
                    err, SS_EREFUSED,
                    "%s: foreign key \"%s\" takes its key from another one, and so on "
                    "without a beginning, or over more than %d tables",
                    t->columns[c].name,
                    ss_printable(g->arena, t->references[t->columns[c].reference].r->constraint),
                    HOPS_MAX);
                return ss_hint(err, "Give one of these tables mode empty.");
            }
        }
    }
    return SS_OK;
}
