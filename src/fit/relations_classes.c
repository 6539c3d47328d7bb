/* Latent classes of rows with children. */
#include <string.h>

#include "fit/relations_internal.h"
#include "stats/latent_class.h"

#define CLASSES       32
#define CLASS_PEOPLE  50    /* of a class (design 5.7) */
#define CLASS_ROWS    20000 /* that classes are learnt from */
#define CHILD_COLUMNS 8     /* of a child, that its parent's class goes by */
#define LEVELS        8     /* of what children have on average */

/*
 * What every second of a row's children has in one column: of ordered codes the mean's level, of others the most frequent
 * one.  Two halves of siblings that are alike are what shows that they have something in common.
 */
static void
sum_up(const ss_relative *m, const ss_relative *child, size_t column, uint32_t half,
       ss_coded_column *out, ss_arena *scratch)
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
features(ss_relations *f, const ss_relative *m, ss_arena *scratch)
{
    const ss_fit_kept *k = m->k;
    const size_t most = k->n + m->nchildren * (2 * CHILD_COLUMNS + 1);
    ss_coded_table *t = ss_alloc(scratch, 1, sizeof *t);

    *t = k->rows;
    t->columns = ss_alloc(scratch, most + 1, sizeof *t->columns);
    memcpy(t->columns, k->rows.columns, k->n * sizeof *t->columns);
    for (size_t i = 0; i < m->nchildren; i++)
    {
        ss_relative *child = &f->members[m->children[i]];
        ss_coded_column *count = &t->columns[t->d++];

        *count = (ss_coded_column){.ncodes = ss_book_ncodes(m->books[i]),
                                   .codes = ss_alloc(scratch, k->rows.n + 1, sizeof(uint16_t))};
        for (size_t r = 0; r < k->rows.n; r++)
            count->codes[r] = ss_relations_code(m->books[i], m->counts[i][r]);
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
