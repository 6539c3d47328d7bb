#include "fit/relations.h"

#include <stdlib.h>
#include <string.h>

#include "stats/bins.h"
#include "stats/latent_class.h"

#define CLASSES       32
#define CLASS_PEOPLE  50    /* of a class (design 5.7) */
#define CLASS_ROWS    20000 /* that classes are learnt from */
#define ROWS_MIN      500   /* fewer rows with whole families: the table goes without relatives */
#define CHILD_COLUMNS 8     /* of a child, that its parent's class goes by */
#define LEVELS        8     /* of what children have on average */
#define POSITIONS     16
#define COUNT_BINS    32
#define NOWHERE       UINT32_MAX

/* One table among its relatives. */
typedef struct member
{
    const ss_fit_kept *k; /* NULL: nothing is known of it */
    size_t owner;         /* its reference to the table that it hangs on; SS_NONE: to none */
    uint32_t *parent;     /* of each row: the owner's row, or NOWHERE */
    uint32_t *position;   /* among its siblings */
    uint32_t *previous;   /* the sibling before, or NOWHERE */
    size_t *children;     /* tables that hang on it */
    size_t nchildren, capacity;
    uint32_t **counts; /* of each of them: rows that a row has */
    ss_book **books;   /* the codes of these counts */
    bool *usable;      /* rows whose whole family is there */
    size_t nusable;
    ss_fit_totals totals;
    uint16_t *class; /* of usable rows; NULL: there are none */
    uint32_t nclasses;
    bool done;
} member;

typedef struct family
{
    const ss_catalog *catalog;
    member *members; /* by table */
    ss_arena *result, *scratch;
} family;

/* --- who hangs on whom ------------------------------------------------------------------------------ */

/* The reference that the first way to people begins with, else the first that leads to a table that is known. */
static size_t
owner_of(const family *f, const ss_fit_kept *k)
{
    const ss_reference *hop = k->plan->nroutes == 0 ? NULL : k->plan->routes[0].hops[0];

    for (size_t pass = 0; pass < 2; pass++)
    {
        for (size_t i = 0; i < k->nreferences; i++)
        {
            const ss_reference *ref = &k->references[i];
            const bool first =
                hop == NULL ||
                (ref->parent == hop->parent && ref->ncolumns == hop->ncolumns &&
                 memcmp(ref->columns, hop->columns, hop->ncolumns * sizeof *hop->columns) == 0);

            if (k->parent[i] != NULL && ref->parent != k->index &&
                f->members[ref->parent].k != NULL && f->members[ref->parent].k->key != NULL &&
                (first || pass == 1))
                return i;
        }
        if (hop == NULL)
            break;
    }
    return SS_NONE;
}

static bool
same_hop(const ss_reference *a, const ss_reference *b)
{
    return a->parent == b->parent && a->ncolumns == b->ncolumns &&
           memcmp(a->columns, b->columns, a->ncolumns * sizeof *a->columns) == 0;
}

/* Are they all rows of the table? */
static bool
is_all(const ss_fit_kept *k)
{
    return k->halved == 0 && k->limited == 0;
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
        if (!same_hop(of->hops[i], own->hops[i + 1]))
            return false;
    }
    return true;
}

/* --- joining ---------------------------------------------------------------------------------------- */

typedef struct keyed
{
    uint64_t key;
    uint32_t row;
} keyed;

static int
by_key(const void *x, const void *y)
{
    const keyed *a = x, *b = y;

    return (a->key > b->key) - (a->key < b->key);
}

static uint32_t
find_row(const keyed *list, size_t n, uint64_t key)
{
    size_t low = 0, high = n;

    while (low < high)
    {
        const size_t middle = low + (high - low) / 2;

        if (list[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && list[low].key == key ? list[low].row : NOWHERE;
}

typedef struct sibling
{
    uint32_t parent, row;
    int64_t order;
} sibling;

static int
by_place(const void *x, const void *y)
{
    const sibling *a = x, *b = y;

    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* Each row's parent, its place among its siblings; how many children each parent has. */
static void
join(family *f, member *child, uint32_t *counts)
{
    const ss_fit_kept *k = child->k;
    const ss_fit_kept *owner = f->members[k->references[child->owner].parent].k;
    keyed *keys = calloc(owner->rows.n + 1, sizeof *keys);
    sibling *siblings = calloc(k->rows.n + 1, sizeof *siblings);
    size_t n = 0;

    if (keys == NULL || siblings == NULL)
        ss_out_of_memory();
    for (uint32_t r = 0; r < owner->rows.n; r++)
        keys[r] = (keyed){owner->key[r], r};
    if (owner->rows.n > 0)
        qsort(keys, owner->rows.n, sizeof *keys, by_key);
    child->parent = ss_alloc(f->scratch, k->rows.n + 1, sizeof *child->parent);
    child->position = ss_alloc(f->scratch, k->rows.n + 1, sizeof *child->position);
    child->previous = ss_alloc(f->scratch, k->rows.n + 1, sizeof *child->previous);
    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        const uint64_t key = k->parent[child->owner][r];

        child->parent[r] = key == 0 ? NOWHERE : find_row(keys, owner->rows.n, key);
        child->previous[r] = NOWHERE;
        if (child->parent[r] != NOWHERE)
            siblings[n++] = (sibling){child->parent[r], r, k->order[r]};
    }
    if (n > 0)
        qsort(siblings, n, sizeof *siblings, by_place);
    for (size_t i = 0; i < n; i++)
    {
        const bool follows = i > 0 && siblings[i - 1].parent == siblings[i].parent;

        counts[siblings[i].parent]++;
        if (!follows)
            continue;
        child->previous[siblings[i].row] = siblings[i - 1].row;
        child->position[siblings[i].row] = child->position[siblings[i - 1].row] + 1;
    }
    free(keys);
    free(siblings);
}

typedef struct behind /* who has so many children */
{
    const ss_fit_kept *kept;
    const uint32_t *rows; /* by how many they have */
    const size_t *starts; /* of each run of equal numbers, and one more */
    uint64_t *sets;
} behind;

static bool
enough(void *arg, size_t first, size_t last)
{
    const behind *b = arg;

    return ss_people_behind(&b->kept->people, b->kept->rows.subjects, b->rows + b->starts[first],
                            b->starts[last] - b->starts[first], b->sets);
}

/* Codes of so many children: bins of whole numbers, those that k people have by themselves. */
static ss_book *
book_of_counts(const family *f, const member *m, const uint32_t *counts)
{
    const ss_fit_kept *k = m->k;
    ss_bins_run *runs = ss_alloc(f->scratch, k->rows.n + 1, sizeof *runs);
    size_t *starts = ss_alloc(f->scratch, k->rows.n + 2, sizeof *starts);
    uint32_t *rows = ss_alloc(f->scratch, k->rows.n + 1, sizeof *rows);
    sibling *list = calloc(k->rows.n + 1, sizeof *list);
    behind b = {.kept = k,
                .rows = rows,
                .starts = starts,
                .sets = ss_alloc(f->scratch, k->people.npaths * k->people.k + 1, sizeof *b.sets)};
    const ss_bins_options o = {
        .k = k->people.k, .intervals = COUNT_BINS, .enough = enough, .arg = &b};
    ss_book *book = ss_alloc(f->result, 1, sizeof *book);
    size_t n = 0, nruns = 0;
    ss_bins bins;

    if (list == NULL)
        ss_out_of_memory();
    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        if (m->usable[r])
            list[n++] = (sibling){counts[r], r, 0};
    }
    if (n > 0)
        qsort(list, n, sizeof *list, by_place);
    for (size_t i = 0; i < n; i++)
        rows[i] = list[i].row;
    for (size_t first = 0, last; first < n; first = last)
    {
        for (last = first; last < n && list[last].parent == list[first].parent;)
            last++;
        starts[nruns] = first;
        runs[nruns++] = (ss_bins_run){.value = list[first].parent, .rows = last - first};
        starts[nruns] = last;
    }
    ss_bins_make(runs, nruns, &o, f->result, &bins);
    free(list);
    *book = (ss_book){.kind = SS_BOOK_BINS,
                      .column = SS_NONE,
                      .nvalues = bins.n,
                      .upper = bins.upper,
                      .spike = bins.spike};
    return book;
}

static uint16_t
code_of_count(const ss_book *book, uint32_t count)
{
    const ss_bins bins = {book->upper, book->spike, book->nvalues};

    return (uint16_t) ss_bins_code(&bins, count);
}

/* --- classes ---------------------------------------------------------------------------------------- */

/*
 * What every second of a row's children has in one column: of ordered codes the mean's level, of others the most frequent
 * one.  Two halves of siblings that are alike are what shows that they have something in common.
 */
static void
sum_up(const member *m, const member *child, size_t column, uint32_t half, ss_coded_column *out,
       ss_arena *scratch)
{
    const ss_coded_column *from = &child->k->rows.columns[column];
    const size_t n = m->k->rows.n;
    const bool ordered = from->nordered >= 2;
    const uint32_t width = ordered ? 2 : from->ncodes;
    uint32_t *sums = ss_alloc(scratch, n * width + 1, sizeof *sums);

    for (uint32_t r = 0; r < child->k->rows.n; r++)
    {
        const uint32_t parent = child->parent[r];
        const uint16_t code = from->codes[r];

        if (parent == NOWHERE || child->position[r] % 2 != half)
            continue;
        if (!ordered)
            sums[(size_t) parent * width + code]++;
        else if (code < from->nordered)
        {
            sums[(size_t) parent * width] += code;
            sums[(size_t) parent * width + 1]++;
        }
    }
    out->ncodes = ordered ? LEVELS + 1 : from->ncodes + 1;
    out->nordered = 0;
    for (size_t r = 0; r < n; r++)
    {
        const uint32_t *own = sums + r * width;
        uint32_t most = 0;

        out->codes[r] = (uint16_t) (out->ncodes - 1);
        if (ordered && own[1] > 0)
            out->codes[r] =
                (uint16_t) ((uint64_t) own[0] * LEVELS / ((uint64_t) own[1] * from->nordered));
        for (uint32_t c = 1; c < width && !ordered; c++)
            most = own[c] > own[most] ? c : most;
        if (!ordered && own[most] > 0)
            out->codes[r] = (uint16_t) most;
    }
}

/* Columns of a row and of what its children are like, that its class goes by. */
static ss_coded_table *
features(family *f, const member *m, ss_arena *scratch)
{
    const ss_fit_kept *k = m->k;
    const size_t most = k->n + m->nchildren * (2 * CHILD_COLUMNS + 1);
    ss_coded_table *t = ss_alloc(scratch, 1, sizeof *t);

    *t = k->rows;
    t->columns = ss_alloc(scratch, most + 1, sizeof *t->columns);
    memcpy(t->columns, k->rows.columns, k->n * sizeof *t->columns);
    for (size_t i = 0; i < m->nchildren; i++)
    {
        member *child = &f->members[m->children[i]];
        ss_coded_column *count = &t->columns[t->d++];

        *count = (ss_coded_column){.ncodes = ss_book_ncodes(m->books[i]),
                                   .codes = ss_alloc(scratch, k->rows.n + 1, sizeof(uint16_t))};
        for (size_t r = 0; r < k->rows.n; r++)
            count->codes[r] = code_of_count(m->books[i], m->counts[i][r]);
        for (size_t c = 0; c < child->k->n && c < CHILD_COLUMNS; c++)
        {
            for (uint32_t half = 0; half < 2; half++)
            {
                ss_coded_column *of = &t->columns[t->d++];

                of->codes = ss_alloc(scratch, k->rows.n + 1, sizeof *of->codes);
                sum_up(m, child, c, half, of, scratch);
            }
        }
    }
    return t;
}

static void
find_classes(family *f, member *m)
{
    const ss_fit_kept *k = m->k;
    ss_arena *scratch = ss_arena_new(f->scratch);
    const ss_coded_table *all = features(f, m, scratch);
    uint32_t *told = ss_alloc(scratch, k->rows.n + 1, sizeof *told);
    uint32_t *held = ss_alloc(scratch, k->rows.n + 1, sizeof *held);
    uint32_t *assigned = ss_alloc(scratch, k->rows.n + 1, sizeof *assigned);
    const ss_latent_class_options o = {
        .least = {.k = k->people.k > CLASS_PEOPLE ? k->people.k : CLASS_PEOPLE,
                  .npaths = k->people.npaths,
                  .may_be_empty = k->people.may_be_empty},
        .nclasses = CLASSES};
    ss_latent_classes *classes;
    size_t ntold = 0, nheld = 0;

    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        if (!m->usable[r] || ntold + nheld >= CLASS_ROWS)
            continue;
        if (k->who[r] % SS_SAMPLE_PARTS < SS_SAMPLE_HELD)
            held[nheld++] = r;
        else
            told[ntold++] = r;
    }
    classes = ss_latent_classes_learn(ss_coded_select(all, told, ntold, scratch),
                                      ss_coded_select(all, held, nheld, scratch), &o, scratch);
    m->nclasses = ss_latent_classes_count(classes);
    if (m->nclasses > 1)
    {
        m->class = ss_alloc(f->scratch, k->rows.n + 1, sizeof *m->class);
        ss_latent_classes_assign(classes, all, assigned);
        for (size_t r = 0; r < k->rows.n; r++)
            m->class[r] = (uint16_t) assigned[r];
    }
    ss_arena_free(scratch);
}

/* Rows of which all children are in their samples; too few of them: the table's children stand alone. */
static void
find_usable(family *f, member *m)
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
settle_member(family *f, size_t t)
{
    member *m = &f->members[t];

    if (m->done || m->k == NULL)
        return;
    m->done = true;
    for (size_t i = 0; i < m->nchildren; i++)
        settle_member(f, m->children[i]);
    if (m->nchildren == 0)
        return;
    find_usable(f, m);
    m->counts = ss_alloc(f->scratch, m->nchildren, sizeof(uint32_t *));
    m->books = ss_alloc(f->scratch, m->nchildren, sizeof(ss_book *));
    for (size_t i = 0; i < m->nchildren; i++)
    {
        m->counts[i] = ss_alloc(f->scratch, m->k->rows.n + 1, sizeof(uint32_t));
        join(f, &f->members[m->children[i]], m->counts[i]);
        m->books[i] = book_of_counts(f, m, m->counts[i]);
        ss_fit_totals_find(
            m->k, f->members[m->children[i]].k,
            &f->members[m->children[i]].k->references[f->members[m->children[i]].owner],
            f->members[m->children[i]].parent, m->usable, f->scratch, &m->totals);
    }
    if (m->nusable >= ROWS_MIN)
        find_classes(f, m);
}

/* --- variables -------------------------------------------------------------------------------------- */

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
add_children(adding *a, const family *f, const member *m)
{
    for (size_t i = 0; i < m->nchildren; i++)
    {
        const member *child = &f->members[m->children[i]];
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
            to[r] = code_of_count(book, m->counts[i][a->rows[r]]);
    }
}

static void
add_parent(adding *a, const family *f, const member *m)
{
    const ss_reference *ref = &m->k->references[m->owner];
    const member *owner = &f->members[ref->parent];
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
add_siblings(adding *a, const family *f, const member *m)
{
    const ss_reference *ref = &m->k->references[m->owner];
    const member *owner = &f->members[ref->parent];
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
            to[i] = code_of_count(owner->books[among], owner->counts[among][m->parent[a->rows[i]]]);
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
related_rows(const family *f, const member *m, ss_arena *scratch, size_t *n)
{
    const ss_fit_kept *k = m->k;
    uint32_t *list = ss_alloc(scratch, k->rows.n + 1, sizeof *list);
    const member *owner = m->owner == SS_NONE ? NULL : &f->members[k->references[m->owner].parent];

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
families_of(const family *f, const member *m)
{
    const member *owner;
    size_t among = 0;

    if (m->owner == SS_NONE)
        return (ss_fit_families){0};
    owner = &f->members[m->k->references[m->owner].parent];
    if (owner->nusable < ROWS_MIN && (!is_all(m->k) || !is_all(owner->k)))
        return (ss_fit_families){0};
    while (owner->children[among] != m->k->index)
        among++;
    return (ss_fit_families){.owner = owner->k,
                             .reference = m->owner,
                             .children = owner->counts[among],
                             .usable = owner->usable};
}

static ss_fit_variables *
variables_of(family *f, const member *m)
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

/* --- all -------------------------------------------------------------------------------------------- */

/* Does t hang, by one table after the other, on of? */
static bool
hangs_on(const family *f, size_t t, size_t of)
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
    family f = {.catalog = catalog,
                .members = ss_alloc(scratch, catalog->ntables + 1, sizeof *f.members),
                .result = result,
                .scratch = scratch};

    *variables = ss_alloc(scratch, catalog->ntables + 1, sizeof(ss_fit_variables *));
    for (size_t t = 0; t < catalog->ntables; t++)
        f.members[t] = (member){.k = kept[t], .owner = SS_NONE};
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        member *m = &f.members[t], *owner;
        size_t by, of;

        if (m->k == NULL || (by = owner_of(&f, m->k)) == SS_NONE)
            continue;
        of = m->k->references[by].parent;
        owner = &f.members[of];
        /* Of a circle the last one stands alone. */
        if (hangs_on(&f, of, t) ||
            (!chosen_alike(m->k, owner->k) && (!is_all(m->k) || !is_all(owner->k))))
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
        if (f.members[t].k != NULL)
            (*variables)[t] = variables_of(&f, &f.members[t]);
    }
}
