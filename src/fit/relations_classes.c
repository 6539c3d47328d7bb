/* Latent classes of rows with children. */
#include <string.h>

#include "fit/relations_internal.h"
#include "stats/latent_class.h"

#define CLASSES       32
#define CLASS_PEOPLE  50    /* of a class (design 5.7) */
#define CLASS_ROWS    20000 /* that classes are learnt from */
#define CHILD_COLUMNS 8     /* of a child, that its parent's class goes by */
#define LEVELS        8     /* of what children have on average */

typedef struct children /* n rows, with their parents and their places among siblings */
{
    const uint32_t *parent, *turn;
    size_t n;
} children;

/*
 * What every second of a row's children has in one column: of ordered codes the mean's level, of others the most frequent
 * one.  Two halves of siblings that are alike are what shows that they have something in common.
 */
static void
sum_up(size_t n, const ss_coded_column *from, const children *of, uint32_t half,
       ss_coded_column *out)
{
    ss_arena *scratch = ss_arena_new(NULL); /* of each column: there may be a thousand children */
    const bool ordered = from->nordered >= 2;
    const uint32_t width = ordered ? 2 : from->ncodes;
    uint32_t *sums = ss_alloc(scratch, n * width + 1, sizeof *sums);

    for (uint32_t r = 0; r < of->n; r++)
    {
        const uint32_t parent = of->parent[r];
        const uint16_t code = from->codes[r];

        if (parent == NOWHERE || of->turn[r] % 2 != half)
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
    ss_arena_free(scratch);
}

static void
add_halves(ss_coded_table *t, const ss_coded_column *from, const children *of, ss_arena *scratch)
{
    for (uint32_t half = 0; half < 2; half++)
    {
        ss_coded_column *column = &t->columns[t->d++];

        column->codes = ss_alloc(scratch, t->n + 1, sizeof *column->codes);
        sum_up(t->n, from, of, half, column);
    }
}

static void
add_count(ss_coded_table *t, const ss_book *book, const uint32_t *counts, ss_arena *scratch)
{
    ss_coded_column *count = &t->columns[t->d++];

    *count = (ss_coded_column){.ncodes = ss_book_ncodes(book),
                               .codes = ss_alloc(scratch, t->n + 1, sizeof(uint16_t))};
    for (size_t r = 0; r < t->n; r++)
        count->codes[r] = (uint16_t) ss_book_bin(book, counts[r]);
}

/* What the children are like, and how far their times are from each other. */
static void
add_features(ss_coded_table *t, const ss_relative *child, const children *of, ss_arena *scratch)
{
    for (size_t c = 0; c < child->k->n && c < CHILD_COLUMNS; c++)
        add_halves(t, &child->k->rows.columns[c], of, scratch);
    if (child->gap.book != NULL)
    {
        const ss_coded_column gap = {.ncodes = ss_book_ncodes(child->gap.book),
                                     .nordered = ss_book_nordered(child->gap.book),
                                     .codes = child->gap.codes};

        add_halves(t, &gap, of, scratch);
    }
}

/* Of children by a second reference: the class of the row that they hang on, too. */
static void
add_classes(const ss_relations *f, ss_coded_table *t, const ss_relative *child, const children *of,
            ss_arena *scratch)
{
    const ss_relative *owner;
    ss_coded_column class;

    if (child->owner == SS_NONE)
        return;
    owner = &f->members[child->k->references[child->owner].parent];
    if (owner->class == NULL)
        return;
    class.ncodes = owner->nclasses + 1;
    class.nordered = 0;
    class.codes = ss_alloc(scratch, child->k->rows.n + 1, sizeof *class.codes);
    for (size_t r = 0; r < child->k->rows.n; r++)
        class.codes[r] = child->parent[r] == NOWHERE ? (uint16_t) owner->nclasses
                                                     : owner->class[child->parent[r]];
    add_halves(t, &class, of, scratch);
}

/* Columns of a row and of what its children are like, that its class goes by. */
static ss_coded_table *
features(ss_relations *f, const ss_relative *m, ss_arena *scratch)
{
    const ss_fit_kept *k = m->k;
    const size_t most = k->n + (m->nchildren + m->nreferrers) * (2 * CHILD_COLUMNS + 5);
    ss_coded_table *t = ss_alloc(scratch, 1, sizeof *t);

    *t = k->rows;
    t->columns = ss_alloc(scratch, most + 1, sizeof *t->columns);
    memcpy(t->columns, k->rows.columns, k->n * sizeof *t->columns);
    for (size_t i = 0; i < m->nchildren; i++)
    {
        const ss_relative *child = &f->members[m->children[i]];
        const children of = {child->parent, child->position, child->k->rows.n};

        add_count(t, m->books[i], m->counts[i], scratch);
        add_features(t, child, &of, scratch);
    }
    for (size_t i = 0; i < m->nreferrers; i++)
    {
        const ss_relative *child = &f->members[m->referrers[i].child];
        const ss_second *s = &child->seconds[m->referrers[i].second];
        const children of = {s->parent, s->turn, child->k->rows.n};

        if (s->book != NULL)
            add_count(t, s->book, s->counts, scratch);
        add_features(t, child, &of, scratch);
        add_classes(f, t, child, &of, scratch);
    }
    return t;
}

void
ss_relations_classes(ss_relations *f, ss_relative *m)
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
