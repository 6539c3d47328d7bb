/* The variables of a table whose relatives are known. */
#include <math.h>
#include <string.h>

#include "fit/relations_internal.h"

#define PATH_PEOPLE    50 /* fewer that relatives lead to: nothing is told of these */
#define POSITIONS      16
#define SECOND_COLUMNS 4    /* of a second parent, that tell most */
#define LOOKED_AT      8192 /* rows, to see whether they tell anything */

typedef struct adding
{
    ss_fit_variables *out;
    const uint32_t *rows; /* of the sample, that there are */
    size_t n;
    ss_arena *scratch;
} adding;

static uint16_t *
add_variable(adding *a, ss_variable v, ss_rank rank)
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
add_own_columns(adding *a, const ss_relative *m)
{
    const ss_fit_kept *k = m->k;
    const bool timed = m->gap.book != NULL || m->offset.book != NULL || m->age.book != NULL;

    for (size_t c = 0; c < k->n; c++)
    {
        const ss_coded_column *from = &k->rows.columns[c];
        const ss_rank rank = timed && k->books[c]->column == k->when ? RANK_WHEN : RANK_COLUMN;
        uint16_t *to = add_variable(a,
                                    (ss_variable){.kind = SS_VARIABLE_COLUMN,
                                                  .book = k->books[c],
                                                  .column = k->books[c]->column,
                                                  .ncodes = from->ncodes,
                                                  .nordered = from->nordered},
                                    rank);

        for (size_t i = 0; i < a->n; i++)
            to[i] = from->codes[a->rows[i]];
    }
}

/* How far a row's time is from another one. */
static void
add_distance(adding *a, const ss_distance *d, ss_variable v, ss_rank rank)
{
    uint16_t *to;

    if (d->book == NULL)
        return;
    v.book = d->book;
    v.ncodes = ss_book_ncodes(d->book);
    v.nordered = ss_book_nordered(d->book);
    to = add_variable(a, v, rank);
    for (size_t i = 0; i < a->n; i++)
        to[i] = d->codes[a->rows[i]];
}

static void
add_times(adding *a, const ss_relations *f, const ss_relative *m, bool previous_told)
{
    const size_t when = m->k->when;

    if (previous_told)
        add_distance(a, &m->gap, (ss_variable){.kind = SS_VARIABLE_GAP, .column = when}, RANK_GAP);
    if (m->offset.book != NULL)
    {
        const ss_reference *ref = &m->k->references[m->owner];

        add_distance(
            a, &m->offset,
            (ss_variable){.kind = SS_VARIABLE_OFFSET,
                          .column = when,
                          .name = f->catalog->tables[ref->parent].columns[m->offset.from].name,
                          .reference = ref->constraint},
            RANK_GAP);
    }
    add_distance(a, &m->age,
                 (ss_variable){.kind = SS_VARIABLE_AGE, .column = when, .end = m->age.end},
                 RANK_AGE);
}

/* Codes of each row there is, from those of the second parents. */
static void
code_seconds(const adding *a, const ss_second *s, const uint16_t *from, uint32_t ncodes,
             uint16_t *to)
{
    for (size_t i = 0; i < a->n; i++)
    {
        const uint32_t p = s->parent[a->rows[i]];

        to[i] = p == NOWHERE ? (uint16_t) ncodes : from[p];
    }
}

/*
 * How much it has to do with any of the row's own columns, or of what is given; 0: nothing.  A second parent that anybody
 * could have is told of by how many rows each has.
 */
static double
matters(const adding *a, const ss_relative *m, const uint16_t *codes, uint32_t ncodes)
{
    const size_t n = a->n < LOOKED_AT ? a->n : LOOKED_AT;
    ss_arena *scratch = ss_arena_new(a->scratch);
    uint16_t *own = ss_alloc(scratch, n + 1, sizeof *own);
    double most = 0;

    for (size_t v = 0; v < a->out->n; v++)
    {
        const ss_coded_column *given = &a->out->rows.columns[v];

        if (given->given)
            most = fmax(most, ss_relations_association(given->codes, given->ncodes, codes, ncodes,
                                                       n, scratch));
    }
    for (size_t c = 0; c < m->k->n; c++)
    {
        for (size_t i = 0; i < n; i++)
            own[i] = m->k->rows.columns[c].codes[a->rows[i]];
        most = fmax(most, ss_relations_association(own, m->k->rows.columns[c].ncodes, codes, ncodes,
                                                   n, scratch));
    }
    ss_arena_free(scratch);
    return most;
}

typedef struct seen /* a column of a second parent, or its class, as the child's rows have it */
{
    ss_variable v;
    uint16_t *codes;
    double matters;
} seen;

static seen
see(const adding *a, const ss_relative *m, const ss_second *s, const ss_coded_column *from,
    ss_variable v)
{
    seen x = {.v = v, .codes = ss_alloc(a->scratch, a->n + 1, sizeof *x.codes)};

    x.v.ncodes = from->ncodes + 1;
    x.v.nordered = from->nordered;
    code_seconds(a, s, from->codes, from->ncodes, x.codes);
    x.matters = matters(a, m, x.codes, x.v.ncodes);
    return x;
}

static void
add_seen(adding *a, const seen *x)
{
    if (x->matters > 0)
        memcpy(add_variable(a, x->v, RANK_SECOND), x->codes, a->n * sizeof *x->codes);
}

/* What the second parent is like. */
static void
add_second_columns(adding *a, const ss_relative *m, const ss_relative *parent, const ss_second *s,
                   const char *reference)
{
    const ss_fit_kept *p = parent->k;
    seen *list = ss_alloc(a->scratch, p->n + 1, sizeof *list);

    for (size_t c = 0; c < p->n; c++)
        list[c] = see(a, m, s, &p->rows.columns[c],
                      (ss_variable){.kind = SS_VARIABLE_SECOND,
                                    .name = p->table->columns[p->books[c]->column].name,
                                    .reference = reference});
    if (parent->class != NULL)
    {
        const seen class =
            see(a, m, s, &(ss_coded_column){.ncodes = parent->nclasses, .codes = parent->class},
                (ss_variable){.kind = SS_VARIABLE_SECOND_CLASS, .reference = reference});

        add_seen(a, &class);
    }
    for (size_t i = 0; i < SECOND_COLUMNS && i < p->n; i++)
    {
        size_t best = i;

        for (size_t c = i + 1; c < p->n; c++)
            best = list[c].matters > list[best].matters ? c : best;
        add_seen(a, &list[best]);
        list[best] = list[i];
    }
}

static void
add_seconds(adding *a, const ss_relations *f, const ss_relative *m, bool previous_told)
{
    for (size_t i = 0; i < m->nseconds; i++)
    {
        const ss_second *s = &m->seconds[i];
        const ss_reference *ref = &m->k->references[s->reference];
        const ss_table *parent = &f->catalog->tables[ref->parent];

        if (s->same != NULL && previous_told)
        {
            uint16_t *to = add_variable(
                a,
                (ss_variable){.kind = SS_VARIABLE_SAME, .reference = ref->constraint, .ncodes = 3},
                RANK_SECOND);

            for (size_t r = 0; r < a->n; r++)
                to[r] = s->same[a->rows[r]];
        }
        if (s->offset.book != NULL)
            add_distance(a, &s->offset,
                         (ss_variable){.kind = SS_VARIABLE_OFFSET,
                                       .column = m->k->when,
                                       .name = parent->columns[s->offset.from].name,
                                       .reference = ref->constraint},
                         RANK_SECOND);
        add_second_columns(a, m, &f->members[ref->parent], s, ref->constraint);
    }
}

static void
add_count(adding *a, const ss_relative *child, size_t reference, const ss_book *book,
          const uint32_t *counts)
{
    uint16_t *to;

    if (ss_book_ncodes(book) < 2)
        return;
    to = add_variable(a,
                      (ss_variable){.kind = SS_VARIABLE_CHILDREN,
                                    .book = book,
                                    .reference = child->k->references[reference].constraint,
                                    .table = child->k->table->label,
                                    .ncodes = ss_book_ncodes(book),
                                    .nordered = ss_book_nordered(book)},
                      RANK_CHILDREN);
    for (size_t r = 0; r < a->n; r++)
        to[r] = (uint16_t) ss_book_bin(book, counts[a->rows[r]]);
}

/* --- people ----------------------------------------------------------------------------------------- */

/* One more way from each row to people; where it leads to nobody the row counts for itself. */
typedef struct path
{
    const uint32_t *to;     /* a row of another table; NULL: the row itself is one of the people */
    const uint64_t *people; /* of each of these rows, every so many */
    size_t every;
} path;

typedef struct paths
{
    path *list;
    size_t n, capacity;
} paths;

static uint64_t
person_of(const path *p, uint32_t row)
{
    const uint32_t to = p->to == NULL ? NOWHERE : p->to[row];
    const uint64_t person = to == NOWHERE ? 0 : p->people[to * p->every];

    return person == 0 ? row + UINT64_C(1) : person;
}

/* False: it leads to so few that nothing of them is told. */
static bool
add_path(adding *a, paths *list, path p)
{
    uint64_t people[PATH_PEOPLE] = {0};

    for (size_t i = 0; i < a->n && people[PATH_PEOPLE - 1] == 0; i++)
        ss_people_put(people, PATH_PEOPLE, person_of(&p, a->rows[i]));
    list->list = ss_grow(a->scratch, list->list, list->n, &list->capacity, sizeof *list->list);
    list->list[list->n++] = p;
    return people[PATH_PEOPLE - 1] != 0;
}

/*
 * By those of the ways of k's rows that do not begin with the reference; SS_NONE: by all, and to the rows themselves where these are
 * people.
 */
static bool
add_paths(adding *a, const ss_fit_kept *k, size_t reference, const uint32_t *to, paths *list)
{
    const size_t before = list->n;
    bool told = true;

    for (size_t way = 0; way < k->rows.npaths && told; way++)
    {
        if (reference == SS_NONE ||
            !ss_relations_same_hop(k->plan->routes[way].hops[0], &k->references[reference]))
            told = add_path(a, list, (path){to, k->rows.subjects + way, k->rows.npaths});
    }
    if (reference == SS_NONE && k->rows.npaths == 0 && k->plan->subject_self)
        told = add_path(a, list, (path){to, k->key, 1});
    if (!told)
        list->n = before;
    return told;
}

/* Of each row of m its first child. */
static const uint32_t *
first_children(const adding *a, const ss_relative *m, const ss_relative *child)
{
    uint32_t *to = ss_alloc(a->scratch, m->k->rows.n + 1, sizeof *to);

    for (size_t r = 0; r < m->k->rows.n; r++)
        to[r] = NOWHERE;
    for (uint32_t r = 0; r < child->k->rows.n; r++)
    {
        if (child->parent[r] != NOWHERE && to[child->parent[r]] == NOWHERE)
            to[child->parent[r]] = r;
    }
    return to;
}

/* In a table that refers to itself: how far below a root, and what the row above is like. */
static void
add_levels(adding *a, const ss_relative *m)
{
    const char *reference;
    uint16_t *to;

    reference = m->k->references[m->self].constraint;
    to = add_variable(a,
                      (ss_variable){.kind = SS_VARIABLE_LEVEL,
                                    .reference = reference,
                                    .ncodes = SS_VARIABLE_LEVELS + 1,
                                    .nordered = SS_VARIABLE_LEVELS},
                      RANK_CLASS);
    for (size_t i = 0; i < a->n; i++)
        to[i] = m->level[a->rows[i]];
    for (size_t c = 0; c < m->k->n; c++)
    {
        const ss_coded_column *from = &m->k->rows.columns[c];

        to = add_variable(a,
                          (ss_variable){.kind = SS_VARIABLE_ABOVE,
                                        .column = m->k->books[c]->column,
                                        .reference = reference,
                                        .ncodes = from->ncodes + 1,
                                        .nordered = from->nordered},
                          RANK_CLASS);
        for (size_t i = 0; i < a->n; i++)
        {
            const uint32_t above = m->above[a->rows[i]];

            to[i] = above == NOWHERE ? (uint16_t) from->ncodes : from->codes[above];
        }
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
add_siblings(adding *a, const ss_relations *f, const ss_relative *m, bool previous_told)
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
            to[i] = (uint16_t) ss_book_bin(owner->books[among],
                                           owner->counts[among][m->parent[a->rows[i]]]);
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
    for (size_t c = 0; c < m->k->n && previous_told; c++)
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

static void
add_children(adding *a, const ss_relations *f, const ss_relative *m, paths *others)
{
    for (size_t i = 0; i < m->nchildren; i++)
    {
        const ss_relative *child = &f->members[m->children[i]];

        /* It tells of whom they lead to, too: as in a fan-out, of one of each row's (fit/fan_out.h). */
        if (add_paths(a, child->k, child->owner, first_children(a, m, child), others))
            add_count(a, child, child->owner, m->books[i], m->counts[i]);
    }
}

/* Who stands behind each row: those behind it, and those behind its relatives, of whom more is told with it. */
static void
put_people(adding *a, const ss_fit_kept *k, paths *others)
{
    const size_t own = k->rows.npaths;
    size_t npaths;
    bool *may_be_empty;
    uint64_t *subjects;

    /* Where rows are people they are one of the ways, as soon as there are others. */
    if (own == 0 && others->n > 0)
        (void) add_path(a, others, (path){0});
    npaths = own + others->n;
    subjects = ss_alloc(a->scratch, a->n * npaths + 1, sizeof *subjects);
    may_be_empty = ss_alloc(a->scratch, npaths + 1, sizeof *may_be_empty);
    for (size_t p = 0; p < own; p++)
        may_be_empty[p] = k->people.may_be_empty != NULL && k->people.may_be_empty[p];
    for (size_t i = 0; i < a->n; i++)
    {
        const uint32_t r = a->rows[i];

        for (size_t p = 0; p < own; p++)
            subjects[i * npaths + p] = k->rows.subjects[r * own + p];
        for (size_t p = 0; p < others->n; p++)
            subjects[i * npaths + own + p] = person_of(&others->list[p], r);
    }
    a->out->people = (ss_people){.k = k->people.k, .npaths = npaths, .may_be_empty = may_be_empty};
    a->out->rows.npaths = npaths;
    a->out->rows.subjects = subjects;
}

ss_fit_variables *
ss_relations_variables(ss_relations *f, const ss_relative *m)
{
    const ss_fit_kept *k = m->k;
    ss_fit_variables *out = ss_alloc(f->scratch, 1, sizeof *out);
    const size_t parents =
        m->owner == SS_NONE ? 0 : f->members[k->references[m->owner].parent].k->n;
    const size_t most =
        3 * k->n + parents + m->nchildren + m->nreferrers + m->nseconds * (SECOND_COLUMNS + 3) + 16;
    uint64_t *weights;
    adding a = {.out = out, .scratch = f->scratch};
    bool above_told = false, previous_told = false;
    paths others = {0};

    a.rows = related_rows(f, m, f->scratch, &a.n);
    out->related =
        (m->owner != SS_NONE || m->class != NULL || m->nseconds > 0 || m->above != NULL) &&
        a.n >= ROWS_MIN;
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
        previous_told = add_paths(&a, k, m->owner, m->previous, &others);
        add_parent(&a, f, m);
        add_siblings(&a, f, m, previous_told);
    }
    if (out->related && m->class != NULL)
    {
        uint16_t *to =
            add_variable(&a, (ss_variable){.kind = SS_VARIABLE_CLASS, .ncodes = m->nclasses}, 0);

        for (size_t i = 0; i < a.n; i++)
            to[i] = m->class[a.rows[i]];
    }
    /* Without relatives rows may be counted that are in no sample. */
    if (out->related)
    {
        above_told = m->above != NULL && add_paths(&a, k, SS_NONE, m->above, &others);
        if (above_told)
            add_levels(&a, m);
        add_times(&a, f, m, previous_told);
        add_seconds(&a, f, m, previous_told);
    }
    add_own_columns(&a, m);
    if (out->related && m->class != NULL)
        add_children(&a, f, m, &others);
    /* Of others' rows how many refer to a row is told where these stand for nobody else. */
    if (above_told && k->people.npaths == 0)
        add_count(&a, m, m->self, m->below_book, m->below);
    weights = ss_alloc(f->scratch, a.n + 1, sizeof *weights);
    out->who = ss_alloc(f->scratch, a.n + 1, sizeof *out->who);
    for (size_t i = 0; i < a.n; i++)
    {
        weights[i] = k->rows.weights[a.rows[i]];
        out->who[i] = k->who[a.rows[i]];
    }
    put_people(&a, k, &others);
    out->totals = m->totals;
    out->distincts = m->distincts;
    out->levels = (ss_fit_levels){.reference = m->self, .of = m->level};
    out->families = families_of(f, m);
    out->rows.n = a.n;
    out->rows.d = out->n;
    out->rows.weights = weights;
    return out;
}
