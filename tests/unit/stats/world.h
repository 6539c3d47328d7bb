/* Worlds for engines: rows that a maker draws, of whose people a fifth is held out, and what an engine makes of them. */
#ifndef SS_TESTS_UNIT_STATS_WORLD_H
#define SS_TESTS_UNIT_STATS_WORLD_H

#include "unit/check.h"

#include <math.h>

#include "rand/stream.h"
#include "stats/engine.h"

#define K           11
#define LEAST_ROWS  50
#define COLUMNS_MAX 8

typedef struct world
{
    ss_arena *arena;
    ss_coded_table told, held;
} world;

typedef struct row
{
    uint16_t codes[COLUMNS_MAX];
    uint64_t subject; /* somebody else in each row, unless the maker says who */
} row;

/* s: of the words that chance is made of. */
typedef void maker(uint64_t *s, row *made);

static inline world
make(size_t n, size_t d, const uint32_t *ncodes, const uint32_t *nordered, maker *draw_row)
{
    world w = {.arena = ss_arena_new(NULL)};
    ss_coded_table all = {.n = n, .d = d, .npaths = 1};
    uint32_t *told = ss_alloc(w.arena, n, sizeof *told), *held = ss_alloc(w.arena, n, sizeof *held);
    uint64_t *subjects = ss_alloc(w.arena, n, sizeof *subjects), s = 11, of_subjects = 1;
    size_t ntold = 0, nheld = 0;

    all.columns = ss_alloc(w.arena, d, sizeof *all.columns);
    all.subjects = subjects;
    for (size_t c = 0; c < d; c++)
        all.columns[c] = (ss_coded_column){.ncodes = ncodes[c],
                                           .nordered = nordered[c],
                                           .codes = ss_alloc(w.arena, n, sizeof(uint16_t))};
    for (uint32_t r = 0; r < n; r++)
    {
        row made = {.subject = ss_unfold(&of_subjects)};

        draw_row(&s, &made);
        for (size_t c = 0; c < d; c++)
            all.columns[c].codes[r] = made.codes[c];
        subjects[r] = made.subject;
        if (made.subject % 5 == 0)
            held[nheld++] = r;
        else
            told[ntold++] = r;
    }
    w.told = *ss_coded_select(&all, told, ntold, w.arena);
    w.held = *ss_coded_select(&all, held, nheld, w.arena);
    return w;
}

static inline void
give(world *w, size_t c)
{
    w->told.columns[c].given = w->held.columns[c].given = true;
}

typedef struct fitted
{
    const ss_engine *engine;
    void *structure, *model;
    ss_tally *tally;
} fitted;

static inline fitted
fit(const ss_engine *engine, world *w)
{
    const ss_engine_options o = {.people = {.k = K, .npaths = 1}, .least_rows = LEAST_ROWS};
    fitted f = {.engine = engine};
    ss_error err;

    assert_int_equal(engine->learn(&w->told, &w->held, &o, w->arena, &f.structure, &err), SS_OK);
    f.tally = ss_tally_new(engine->ncells(f.structure), &o.people);
    ss_engine_count(engine, f.structure, &w->told, f.tally);
    engine->settle(f.structure, f.tally, w->arena, &f.model);
    return f;
}

/* n rows; given columns have the code of the same number in codes. */
static inline ss_coded_table *
draw(const fitted *f, world *w, size_t n, const uint16_t *codes)
{
    ss_coded_table *rows = ss_coded_like(&w->told, n, w->arena);
    const size_t nwords = n * (rows->d + (f->engine->nclasses != NULL));
    uint64_t *words = ss_alloc(w->arena, nwords, sizeof *words), s = 4;

    rows->n = n;
    for (size_t i = 0; i < nwords; i++)
        words[i] = ss_unfold(&s);
    for (size_t c = 0; c < rows->d && codes != NULL; c++)
    {
        for (size_t r = 0; r < n; r++)
            rows->columns[c].codes[r] = codes[c];
    }
    f->engine->draw(f->model, rows, words);
    return rows;
}

#define DRAWN ((size_t) 100000)

/*
 * Rows are drawn as log_density says: total variation over all m combinations of the targets' codes.  It is expected to
 * be at most 0.4 sqrt(m / n) by chance, and to be more than 0.01 above that in 1 of 10^8 cases (McDiarmid's inequality).
 */
static inline void
assert_drawn_as_told(const fitted *f, world *w, const uint16_t *given)
{
    const ss_coded_table *drawn = draw(f, w, DRAWN, given);
    ss_coded_table *all;
    double *nats, *seen, apart = 0, sum = 0;
    size_t m = 1;

    for (size_t c = 0; c < drawn->d; c++)
        m *= drawn->columns[c].given ? 1 : drawn->columns[c].ncodes;
    all = ss_coded_like(&w->told, m, w->arena);
    all->n = m;
    nats = ss_alloc(w->arena, m, sizeof *nats);
    seen = ss_alloc(w->arena, m, sizeof *seen);
    for (size_t i = 0; i < m; i++)
    {
        size_t left = i;

        for (size_t c = 0; c < all->d; c++)
        {
            const size_t ncodes = all->columns[c].given ? 1 : all->columns[c].ncodes;

            all->columns[c].codes[i] =
                (uint16_t) (all->columns[c].given ? given[c] : left % ncodes);
            left /= ncodes;
        }
    }
    for (size_t r = 0; r < drawn->n; r++)
    {
        size_t i = 0, of = 1;

        for (size_t c = 0; c < drawn->d; c++)
        {
            if (drawn->columns[c].given)
                continue;
            i += of * drawn->columns[c].codes[r];
            of *= drawn->columns[c].ncodes;
        }
        seen[i] += 1.0 / (double) DRAWN;
    }
    f->engine->log_density(f->model, all, nats);
    for (size_t i = 0; i < m; i++)
    {
        sum += exp(nats[i]);
        apart += fabs(exp(nats[i]) - seen[i]) / 2;
    }
    assert_true(fabs(sum - 1) < 1e-6);
    assert_true(apart < 0.4 * sqrt((double) m / (double) DRAWN) + 0.01);
}

/* Twice the same rows: learnt, counted and drawn. */
static inline void
assert_same_again(const ss_engine *engine, world *w)
{
    fitted a = fit(engine, w), b = fit(engine, w);
    const ss_coded_table *x = draw(&a, w, 1000, NULL), *y = draw(&b, w, 1000, NULL);

    for (size_t c = 0; c < x->d; c++)
        assert_memory_equal(x->columns[c].codes, y->columns[c].codes, 1000 * sizeof(uint16_t));
    ss_tally_free(a.tally);
    ss_tally_free(b.tally);
}

/* --- makers ----------------------------------------------------------------------------------------- */

/* Four columns of noise, of 40 codes each. */
static inline void
apart(uint64_t *s, row *made)
{
    for (size_t c = 0; c < 4; c++)
        made->codes[c] = (uint16_t) ss_below(ss_unfold(s), 40);
}

/* One person has half of the rows, always of the same codes, which nobody else has. */
static inline void
one_of_two(uint64_t *s, row *made)
{
    const bool one = made->subject % 2 == 0;

    for (size_t c = 0; c < 4; c++)
        made->codes[c] = one ? 5 : (uint16_t) ss_below(ss_unfold(s), 5);
    made->subject = one ? 1 : made->subject;
}

/* Two numbers on 100 ordered bins: y lies within five of x. */
static inline void
beside(uint64_t *s, row *made)
{
    made->codes[0] = (uint16_t) ss_below(ss_unfold(s), 96);
    made->codes[1] = (uint16_t) (made->codes[0] + ss_below(ss_unfold(s), 5));
}

static inline void
little(uint64_t *s, row *made)
{
    made->codes[1] = (uint16_t) ss_below(ss_unfold(s), 3);
}

/* --- ends ------------------------------------------------------------------------------------------- */

static inline void
end(world *w, fitted *f)
{
    ss_tally_free(f->tally);
    ss_arena_free(w->arena);
}

/* Tables of no, one, two and three rows have a model whose probabilities are one together. */
static inline void
assert_models_of_next_to_nothing(const ss_engine *engine)
{
    for (size_t n = 0; n < 4; n++)
    {
        world w = make(n, 2, (uint32_t[]){1, 3}, (uint32_t[]){0, 3}, little);
        fitted f = fit(engine, &w);

        assert_drawn_as_told(&f, &w, NULL);
        end(&w, &f);
    }
}

#endif
