/* Sequential trees: they find what depends on what, find nothing where nothing does, and tell of nobody alone. */
#include "unit/check.h"

#include <math.h>
#include <stdlib.h>

#include "rand/stream.h"
#include "stats/engine.h"

#define K 11

typedef struct world
{
    ss_arena *arena;
    ss_coded_table told, held;
} world;

typedef void maker(uint64_t *s, uint16_t *row);

/* d columns of the codes that maker makes of chance; a fifth is held out. */
static world
make(size_t n, size_t d, const uint32_t *ncodes, const uint32_t *nordered, maker *row)
{
    world w = {.arena = ss_arena_new(NULL)};
    ss_coded_table all = {.n = n, .d = d};
    uint32_t *told = ss_alloc(w.arena, n, sizeof *told), *held = ss_alloc(w.arena, n, sizeof *held);
    size_t ntold = 0, nheld = 0;
    uint64_t s = 11;

    all.columns = ss_alloc(w.arena, d, sizeof *all.columns);
    for (size_t c = 0; c < d; c++)
        all.columns[c] = (ss_coded_column){.ncodes = ncodes[c],
                                           .nordered = nordered[c],
                                           .codes = ss_alloc(w.arena, n, sizeof(uint16_t))};
    for (uint32_t r = 0; r < n; r++)
    {
        uint16_t codes[8];

        row(&s, codes);
        for (size_t c = 0; c < d; c++)
            all.columns[c].codes[r] = codes[c];
        if (r % 5 == 0)
            held[nheld++] = r;
        else
            told[ntold++] = r;
    }
    w.told = *ss_coded_select(&all, told, ntold, w.arena);
    w.held = *ss_coded_select(&all, held, nheld, w.arena);
    return w;
}

typedef struct fitted
{
    void *structure, *model;
    ss_tally *tally;
} fitted;

static fitted
fit(const ss_engine *engine, world *w)
{
    const ss_engine_options o = {.people = {.k = K}, .least_rows = 50};
    fitted f;
    ss_error err;

    assert_int_equal(engine->learn(&w->told, &w->held, &o, w->arena, &f.structure, &err), SS_OK);
    f.tally = ss_tally_new(engine->ncells(f.structure), &o.people);
    ss_engine_count(engine, f.structure, &w->told, f.tally);
    engine->settle(f.structure, f.tally, w->arena, &f.model);
    return f;
}

static void
end(world *w, fitted *f)
{
    ss_tally_free(f->tally);
    ss_arena_free(w->arena);
}

/* c is a XOR b nine times out of ten, which no column alone tells. */
static void
exclusive_or(uint64_t *s, uint16_t *row)
{
    row[0] = (uint16_t) ss_below(ss_unfold(s), 4);
    row[1] = (uint16_t) (ss_below(ss_unfold(s), 3) == 0);
    row[2] = (uint16_t) ((row[0] & 1) ^ row[1]);
    if (ss_below(ss_unfold(s), 10) == 0)
        row[2] ^= 1;
}

static void
what_depends_on_two_is_found(void **state)
{
    world w = make(20000, 3, (uint32_t[]){4, 2, 2}, (uint32_t[]){0, 0, 0}, exclusive_or);
    fitted f = fit(&ss_engine_trees, &w);
    /* log 4, the entropy of a third, and that of a tenth */
    const double best = -log(4) - (log(3) - 2.0 / 3 * log(2)) + 0.1 * log(0.1) + 0.9 * log(0.9);
    const double got = ss_engine_loglik(&ss_engine_trees, f.model, &w.held);

    (void) state;
    assert_true(got > best - 0.02 && got < best + 0.02);
    end(&w, &f);
}

static void
apart(uint64_t *s, uint16_t *row)
{
    for (size_t c = 0; c < 4; c++)
        row[c] = (uint16_t) ss_below(ss_unfold(s), 40);
}

/* A negative control: 5,000 rows of noise have no leaf but the root, and are as likely as under independence. */
static void
noise_is_not_split(void **state)
{
    world w = make(5000, 4, (uint32_t[]){40, 40, 40, 40}, (uint32_t[]){40, 40, 0, 0}, apart);
    fitted f = fit(&ss_engine_trees, &w);

    (void) state;
    assert_int_equal(ss_engine_trees.ncells(f.structure), 4 * 40);
    assert_true(fabs(ss_engine_loglik(&ss_engine_trees, f.model, &w.held) + 4 * log(40)) < 0.1);
    end(&w, &f);
}

/* Two numbers on 100 ordered bins: y lies within five of x. */
static void
beside(uint64_t *s, uint16_t *row)
{
    row[0] = (uint16_t) ss_below(ss_unfold(s), 96);
    row[1] = (uint16_t) (row[0] + ss_below(ss_unfold(s), 5));
}

static void
numbers_are_drawn_beside_what_they_depend_on(void **state)
{
    world w = make(40000, 2, (uint32_t[]){100, 100}, (uint32_t[]){100, 100}, beside);
    fitted f = fit(&ss_engine_trees, &w);
    const size_t n = 4000;
    ss_coded_table *rows = ss_coded_like(&w.told, n, w.arena);
    uint64_t *words = ss_alloc(w.arena, 2 * n, sizeof *words), s = 4;
    double apart_by = 0;

    (void) state;
    for (size_t i = 0; i < 2 * n; i++)
        words[i] = ss_unfold(&s);
    rows->n = n;
    ss_engine_trees.draw(f.model, rows, words);
    for (size_t r = 0; r < n; r++)
        apart_by += abs((int) rows->columns[1].codes[r] - rows->columns[0].codes[r] - 2);
    /* 33 where they are independent; 1.2 is the truth */
    assert_true(apart_by / (double) n < 4);
    assert_true(ss_engine_loglik(&ss_engine_trees, f.model, &w.held) > -log(96) - log(5) - 0.6);
    end(&w, &f);
}

/* What is given is used, and never drawn. */
static void
what_is_given_is_not_drawn(void **state)
{
    world w = make(10000, 3, (uint32_t[]){4, 2, 2}, (uint32_t[]){0, 0, 0}, exclusive_or);
    fitted f;
    ss_coded_table *rows;
    uint64_t *words = ss_alloc(w.arena, 3 * 1000, sizeof *words), s = 4;
    size_t equal = 0;

    (void) state;
    w.told.columns[0].given = w.held.columns[0].given = true;
    f = fit(&ss_engine_trees, &w);
    rows = ss_coded_like(&w.told, 1000, w.arena);
    rows->n = 1000;
    for (size_t i = 0; i < 3000; i++)
        words[i] = ss_unfold(&s);
    for (size_t r = 0; r < 1000; r++)
        rows->columns[0].codes[r] = 3;
    ss_engine_trees.draw(f.model, rows, words);
    for (size_t r = 0; r < 1000; r++)
    {
        assert_int_equal(rows->columns[0].codes[r], 3);
        equal += rows->columns[2].codes[r] == (1 ^ rows->columns[1].codes[r]);
    }
    assert_true(equal > 850 && equal < 950);
    end(&w, &f);
}

/* One person with half of the rows, always of the same code, makes no leaf and no cell. */
static void
one_person_makes_no_leaf(void **state)
{
    const size_t n = 8000;
    const ss_people people = {.k = K, .npaths = 1};
    const ss_engine_options o = {.people = people, .least_rows = 50};
    ss_arena *arena = ss_arena_new(NULL);
    uint64_t *subjects = ss_alloc(arena, n, sizeof *subjects), s = 9;
    ss_coded_table t = {.n = n, .d = 2, .npaths = 1};
    void *structure, *model;
    ss_tally *tally;
    ss_error err;

    (void) state;
    t.columns = ss_alloc(arena, 2, sizeof *t.columns);
    for (size_t c = 0; c < 2; c++)
        t.columns[c] =
            (ss_coded_column){.ncodes = 6, .codes = ss_alloc(arena, n, sizeof(uint16_t))};
    for (size_t r = 0; r < n; r++)
    {
        const bool one = r % 2 == 0;

        subjects[r] = one ? 1 : 2 + r;
        for (size_t c = 0; c < 2; c++)
            t.columns[c].codes[r] = one ? 5 : (uint16_t) ss_below(ss_unfold(&s), 5);
    }
    t.subjects = subjects;
    assert_int_equal(ss_engine_trees.learn(&t, &t, &o, arena, &structure, &err), SS_OK);
    assert_int_equal(ss_engine_trees.ncells(structure), 12);
    tally = ss_tally_new(12, &people);
    ss_engine_count(&ss_engine_trees, structure, &t, tally);
    ss_engine_trees.settle(structure, tally, arena, &model);
    assert_false(ss_tally_enough(tally, 5));
    ss_tally_free(tally);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_depends_on_two_is_found),
        cmocka_unit_test(noise_is_not_split),
        cmocka_unit_test(numbers_are_drawn_beside_what_they_depend_on),
        cmocka_unit_test(what_is_given_is_not_drawn),
        cmocka_unit_test(one_person_makes_no_leaf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
