/* The variables of a table whose relatives are known. */
#include "fit/relations_internal.h"

#define POSITIONS 16

typedef struct adding
{
    ss_fit_variables *out;
    const uint32_t *rows; /* of the sample, that there are */
    size_t n;
    ss_arena *scratch;
} adding;

static uint16_t *
add_variable(adding *a, ss_variable v, unsigned rank)
{
    const size_t at = a->out->n++;
    ss_coded_column *column = &a->out->rows.columns[at];

    a->out->variables[at] = v;
    *column = (ss_coded_column){.ncodes = v.ncodes,
                                .nordered = v.nordered,
                                .given = ss_variable_is_given(&v),
                                .rank = rank,
                                .codes = ss_alloc(a->scratch, a->n + 1, sizeof(uint16_t))};
    return column->codes;
}

static void
add_own_columns(adding *a, const ss_fit_kept *k)
{
    for (size_t c = 0; c < k->n; c++)
    {
        const ss_coded_column *from = &k->rows.columns[c];
        uint16_t *to = add_variable(a,
                                    (ss_variable){.kind = SS_VARIABLE_COLUMN,
                                                  .book = k->books[c],
                                                  .column = k->books[c]->column,
                                                  .ncodes = from->ncodes,
                                                  .nordered = from->nordered},
                                    1);

        for (size_t i = 0; i < a->n; i++)
            to[i] = from->codes[a->rows[i]];
    }
}

static void
add_children(adding *a, const ss_relations *f, const ss_relative *m)
{
    for (size_t i = 0; i < m->nchildren; i++)
    {
        const ss_relative *child = &f->members[m->children[i]];
        const ss_book *book = m->books[i];
        uint16_t *to;

        if (ss_book_ncodes(book) < 2)
            continue;
        to = add_variable(a,
                          (ss_variable){.kind = SS_VARIABLE_CHILDREN,
                                        .book = book,
                                        .reference = child->k->references[child->owner].constraint,
                                        .table = child->k->table->label,
                                        .ncodes = ss_book_ncodes(book),
                                        .nordered = ss_book_nordered(book)},
                          2);
        for (size_t r = 0; r < a->n; r++)
            to[r] = ss_relations_code(book, m->counts[i][a->rows[r]]);
    }
}

static void
add_parent(adding *a, const ss_relations *f, const ss_relative *m)
{
    const ss_reference *ref = &m->k->references[m->owner];
    const ss_relative *owner = &f->members[ref->parent];
    ss_variable v = {.reference = ref->constraint};
    uint16_t *to;

    for (size_t c = 0; c < owner->k->n; c++)
    {
        const ss_coded_column *from = &owner->k->rows.columns[c];

        v.kind = SS_VARIABLE_PARENT;
        v.column = owner->k->books[c]->column;
        v.name = owner->k->table->columns[v.column].name;
        v.ncodes = from->ncodes;
        v.nordered = from->nordered;
        to = add_variable(a, v, 0);
        for (size_t i = 0; i < a->n; i++)
            to[i] = from->codes[m->parent[a->rows[i]]];
    }
    v = (ss_variable){
        .kind = SS_VARIABLE_PARENT_CLASS, .reference = ref->constraint, .ncodes = owner->nclasses};
    if (owner->class != NULL)
    {
        to = add_variable(a, v, 0);
        for (size_t i = 0; i < a->n; i++)
            to[i] = owner->class[m->parent[a->rows[i]]];
    }
}

/* How many siblings, which of them it is, and what the one before has. */
static void
add_siblings(adding *a, const ss_relations *f, const ss_relative *m)
{
    const ss_reference *ref = &m->k->references[m->owner];
    const ss_relative *owner = &f->members[ref->parent];
    size_t among = 0;
    uint16_t *to;

    while (owner->children[among] != m->k->index)
        among++;
    if (ss_book_ncodes(owner->books[among]) >= 2)
    {
        to = add_variable(a,
                          (ss_variable){.kind = SS_VARIABLE_SIBLINGS,
                                        .reference = ref->constraint,
                                        .ncodes = ss_book_ncodes(owner->books[among]),
                                        .nordered = ss_book_nordered(owner->books[among])},
                          0);
        for (size_t i = 0; i < a->n; i++)
            to[i] =
                ss_relations_code(owner->books[among], owner->counts[among][m->parent[a->rows[i]]]);
    }
    to = add_variable(a,
                      (ss_variable){.kind = SS_VARIABLE_POSITION,
                                    .reference = ref->constraint,
                                    .ncodes = POSITIONS,
                                    .nordered = POSITIONS},
                      0);
    for (size_t i = 0; i < a->n; i++)
    {
        const uint32_t position = m->position[a->rows[i]];

        to[i] = (uint16_t) (position < POSITIONS ? position : POSITIONS - 1);
    }
    for (size_t c = 0; c < m->k->n; c++)
    {
        const ss_coded_column *from = &m->k->rows.columns[c];

        to = add_variable(a,
                          (ss_variable){.kind = SS_VARIABLE_PREVIOUS,
                                        .column = m->k->books[c]->column,
                                        .ncodes = from->ncodes + 1,
                                        .nordered = from->nordered},
                          0);
        for (size_t i = 0; i < a->n; i++)
        {
            const uint32_t previous = m->previous[a->rows[i]];

            to[i] = previous == NOWHERE ? (uint16_t) from->ncodes : from->codes[previous];
        }
    }
}

/* Rows whose relatives, as far as the table has any, are all known. */
static uint32_t *
related_rows(const ss_relations *f, const ss_relative *m, ss_arena *scratch, size_t *n)
{
    const ss_fit_kept *k = m->k;
    uint32_t *list = ss_alloc(scratch, k->rows.n + 1, sizeof *list);
    const ss_relative *owner =
        m->owner == SS_NONE ? NULL : &f->members[k->references[m->owner].parent];

    *n = 0;
    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        if (m->class != NULL && !m->usable[r])
            continue;
        if (owner != NULL && (m->parent[r] == NOWHERE || !owner->usable[m->parent[r]]))
            continue;
        list[(*n)++] = r;
    }
    return list;
}

static ss_fit_families
families_of(const ss_relations *f, const ss_relative *m)
{
    const ss_relative *owner;
    size_t among = 0;

    if (m->owner == SS_NONE)
        return (ss_fit_families){0};
    owner = &f->members[m->k->references[m->owner].parent];
    if (owner->nusable < ROWS_MIN && (!ss_fit_kept_is_all(m->k) || !ss_fit_kept_is_all(owner->k)))
        return (ss_fit_families){0};
    while (owner->children[among] != m->k->index)
        among++;
    return (ss_fit_families){.owner = owner->k,
                             .reference = m->owner,
                             .children = owner->counts[among],
                             .usable = owner->usable};
}

ss_fit_variables *
ss_relations_variables(ss_relations *f, const ss_relative *m)
{
    const ss_fit_kept *k = m->k;
    ss_fit_variables *out = ss_alloc(f->scratch, 1, sizeof *out);
    const size_t parents =
        m->owner == SS_NONE ? 0 : f->members[k->references[m->owner].parent].k->n;
    const size_t most = 2 * k->n + parents + m->nchildren + 8;
    uint64_t *subjects, *weights;
    adding a = {.out = out, .scratch = f->scratch};

    a.rows = related_rows(f, m, f->scratch, &a.n);
    out->related = (m->owner != SS_NONE || m->class != NULL) && a.n >= ROWS_MIN;
    out->variables = ss_alloc(f->result, most, sizeof *out->variables);
    out->rows.columns = ss_alloc(f->scratch, most, sizeof *out->rows.columns);
    if (!out->related)
    {
        uint32_t *all = ss_alloc(f->scratch, k->rows.n + 1, sizeof *all);

        for (uint32_t r = 0; r < k->rows.n; r++)
            all[r] = r;
        a.rows = all;
        a.n = k->rows.n;
    }
    if (out->related && m->owner != SS_NONE)
    {
        add_parent(&a, f, m);
        add_siblings(&a, f, m);
    }
    if (out->related && m->class != NULL)
    {
        uint16_t *to =
            add_variable(&a, (ss_variable){.kind = SS_VARIABLE_CLASS, .ncodes = m->nclasses}, 0);

        for (size_t i = 0; i < a.n; i++)
            to[i] = m->class[a.rows[i]];
    }
    add_own_columns(&a, k);
    if (out->related && m->class != NULL)
        add_children(&a, f, m);
    subjects = ss_alloc(f->scratch, a.n * k->rows.npaths + 1, sizeof *subjects);
    weights = ss_alloc(f->scratch, a.n + 1, sizeof *weights);
    out->who = ss_alloc(f->scratch, a.n + 1, sizeof *out->who);
    for (size_t i = 0; i < a.n; i++)
    {
        for (size_t p = 0; p < k->rows.npaths; p++)
            subjects[i * k->rows.npaths + p] = k->rows.subjects[a.rows[i] * k->rows.npaths + p];
        weights[i] = k->rows.weights[a.rows[i]];
        out->who[i] = k->who[a.rows[i]];
    }
    out->totals = m->totals;
    out->families = families_of(f, m);
    out->rows.n = a.n;
    out->rows.d = out->n;
    out->rows.npaths = k->rows.npaths;
    out->rows.subjects = subjects;
    out->rows.weights = weights;
    return out;
}
