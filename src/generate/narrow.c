/*
 * References of which a CHECK of the child names a column's values: of a class table, say, whose rows are
 * (id, kind) of their parent with CHECK (kind = 'person').  Only parents with these values are its rows'.  And
 * those of which the child's partitions name them: there the parents' keys are made to fit.
 */
#include <stdlib.h>
#include <string.h>

#include "generate/generate_internal.h"

/* Does a CHECK name the values that the column may have, one by one? */
static bool
is_listed(const made_column *c)
{
    if (c->type == NULL || c->open_partition)
        return false;
    if (c->family == FAMILY_TEXT || c->type->kind == SS_TYPE_ENUM)
        return c->ndeclared > 0;
    return ss_type_is_integer(c->type) &&
           (c->nintervals > 0 || (c->has_low && c->has_high && c->low == c->high));
}

/* Of char(n), blanks at the end are none of the value. */
static size_t
length_of(const made_column *c, const char *text)
{
    size_t n = strlen(text);

    while (ss_type_is(c->type, "bpchar") && n > 0 && text[n - 1] == ' ')
        n--;
    return n;
}

static bool
is_allowed(const made_column *c, const value *v)
{
    size_t n;

    if (v->null || v->kept == NULL)
        return v->null && c->nullable;
    if (ss_type_is_integer(c->type))
        return ss_generate_allows(c, strtoll(v->kept, NULL, 10));
    n = length_of(c, v->kept);
    for (size_t i = 0; i < c->ndeclared; i++)
    {
        if (length_of(c, c->declared[i]) == n && memcmp(c->declared[i], v->kept, n) == 0)
            return true;
    }
    return false;
}

/* Can the parents' values be read before rows are made: kept, fixed by the row's number, or kept two tables up? */
static bool
can_be_read(const generator *g, const made_table *t, const made_reference *r, size_t part)
{
    const made_table *parent = &g->tables[r->r->parent];
    const made_column *c;

    if (r->keys != NULL)
        return true;
    if (!parent->made || g->rank[parent->index] >= g->rank[t->index])
        return false;
    c = &parent->columns[r->r->parent_columns[part]];
    return c->by == MADE_FIXED ||
           (c->by == MADE_REFERENCE && parent->references[c->reference].keys != NULL &&
            parent->references[c->reference].nshared == 0);
}

void
ss_generate_narrow(generator *g, made_table *t, size_t reference)
{
    made_reference *r = &t->references[reference];
    const uint64_t parents = r->keys != NULL ? r->keys->n : g->tables[r->r->parent].rows;
    size_t *parts = ss_alloc(g->arena, r->r->ncolumns + 1, sizeof *parts), n = 0;

    r->chosen = NULL;
    r->nchosen = 0;
    for (size_t i = 0; i < r->r->ncolumns; i++)
    {
        const made_column *c = &t->columns[r->r->columns[i]];

        if (c->by == MADE_REFERENCE && c->reference == reference && is_listed(c) &&
            can_be_read(g, t, r, i))
            parts[n++] = i;
    }
    if (n == 0 || (r->role != ROLE_FIRST && r->role != ROLE_OTHER && r->role != ROLE_ONE_TO_ONE))
        return;
    if (r->choices == NULL)
        r->choices = ss_alloc(g->arena, parents + 1, sizeof *r->choices);
    r->chosen = r->choices;
    for (uint64_t p = 0; p < parents; p++)
    {
        bool allowed = true;

        for (size_t i = 0; i < n && allowed; i++)
        {
            value v;

            ss_generate_parent_key(g, 0, r, parts[i], p, 0, &v);
            allowed = is_allowed(&t->columns[r->r->columns[parts[i]]], &v);
        }
        if (allowed)
            r->chosen[r->nchosen++] = p;
    }
    /* None at all: then the server says which CHECK cannot hold. */
    if (r->nchosen == 0)
        r->chosen = NULL;
    else if (r->role == ROLE_ONE_TO_ONE)
        r->parents = r->nchosen;
}

bool
ss_generate_is_chosen(const made_reference *r, uint64_t parent)
{
    uint64_t low = 0, high = r->nchosen;

    while (r->chosen != NULL && low < high)
    {
        const uint64_t middle = low + (high - low) / 2;

        if (r->chosen[middle] < parent)
            low = middle + 1;
        else
            high = middle;
    }
    return r->chosen == NULL || (low < r->nchosen && r->chosen[low] == parent);
}

/* Does a table that refers to this key want none below zero? */
static bool
wants_positive(const generator *g, const ss_reference *to)
{
    for (size_t t = 0; t < g->input->catalog->ntables; t++)
    {
        const made_table *child = &g->tables[t];

        for (size_t i = 0; i < child->nreferences; i++)
        {
            const ss_reference *r = child->references[i].r;

            if (r->parent == to->parent && r->ncolumns == 1 &&
                r->parent_columns[0] == to->parent_columns[0] &&
                child->columns[r->columns[0]].has_low && child->columns[r->columns[0]].low >= 0)
                return true;
        }
    }
    return false;
}

/*
 * A table partitioned by a foreign key (facts by their day) has room for its rows only where the keys of the parent lie in the
 * bounds of its partitions; there may be fewer such keys than parents.  Where several tables have bounds for one parent,
 * the first decides.
 */
void
ss_generate_keys_in_partitions(const generator *g, const made_table *t)
{
    for (size_t i = 0; i < t->nreferences; i++)
    {
        const ss_reference *r = t->references[i].r;
        const made_column *child = &t->columns[r->columns[0]];
        made_table *parent = &g->tables[r->parent];
        made_column *key;

        if (r->ncolumns != 1 || !parent->made || t->rows == 0 || !child->partitioned ||
            child->open_partition || child->by != MADE_REFERENCE || child->reference != i)
            continue;
        key = &parent->columns[r->parent_columns[0]];
        if (key->marginal->kind != SS_MARGINAL_KEY || key->type == NULL || key->nintervals > 0 ||
            key->ndeclared > 0 || key->has_low || key->has_high)
            continue;
        if (child->family == FAMILY_TEXT && key->family == FAMILY_TEXT)
        {
            key->declared = child->declared;
            key->ndeclared = child->ndeclared;
        }
        else if (ss_type_is_integer(child->type) && ss_type_is_integer(key->type))
        {
            key->nintervals = child->nintervals;
            key->intervals = ss_alloc(g->arena, key->nintervals + 1, sizeof *key->intervals);
            for (size_t k = 0; k < key->nintervals; k++)
                key->intervals[k] = child->intervals[k];
            if (key->nintervals > 0 && wants_positive(g, r) && key->intervals[0].low == INT64_MIN &&
                key->intervals[0].high >= 1)
                key->intervals[0].low = 1;
        }
    }
}
