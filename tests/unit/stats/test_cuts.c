/* Sums that are told: no way of adding and subtracting them leaves somebody, but fewer than k. */
#include "unit/check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rand/stream.h"
#include "stats/cuts.h"

#define K     3
#define ROWS  4 /* sums over rows of a small table, and over its columns */
#define SUMS  (2 * ROWS)
#define CELLS (ROWS * ROWS)

typedef struct world
{
    ss_arena *arena;
    ss_tally *tally;
    size_t npaths;
    uint64_t people[CELLS]; /* a bit each, of either path */
    uint64_t others[CELLS];
    ss_cuts_cell cells[CELLS];
    size_t n;
    uint32_t nsums;
    bool may_drop[SUMS], dropped[SUMS];
} world;

/* Cells of a table of a few people, whose rows and columns are told where there are k; others are in fewer sums, or none. */
static world *
world_of(uint64_t *s, bool once)
{
    ss_arena *arena = ss_arena_new(NULL);
    world *w = ss_alloc(arena, 1, sizeof *w);
    uint32_t number[SUMS];
    uint64_t who = 0;

    *w = (world){.arena = arena, .npaths = 1 + ss_below(ss_unfold(s), 2)};
    w->tally = ss_tally_new(CELLS, &(ss_people){.k = K, .npaths = w->npaths});
    for (uint32_t c = 0; c < CELLS; c++)
    {
        const uint64_t n = ss_below(ss_unfold(s), 4);

        for (uint64_t i = 0; i < n; i++)
        {
            const uint64_t own = once ? who++ % 63 : ss_below(ss_unfold(s), 12);
            const uint64_t subjects[2] = {1 + own, 100 + own % 9};

            ss_tally_add(w->tally, c, subjects, SS_WHOLE);
            w->people[c] |= UINT64_C(1) << own;
            w->others[c] |= UINT64_C(1) << own % 9;
        }
    }
    for (uint32_t i = 0; i < SUMS; i++)
    {
        uint32_t list[ROWS];

        for (uint32_t j = 0; j < ROWS; j++)
            list[j] = i < ROWS ? i * ROWS + j : j * ROWS + i - ROWS;
        number[i] = SS_CUTS_UNTOLD;
        if (ss_tally_enough_together(w->tally, list, ROWS) && ss_below(ss_unfold(s), 8) > 0)
        {
            w->may_drop[w->nsums] = i >= ROWS;
            number[i] = w->nsums++;
        }
    }
    for (uint32_t c = 0; c < CELLS; c++)
    {
        if (w->people[c] != 0)
            w->cells[w->n++] = (ss_cuts_cell){c, number[c / ROWS], number[ROWS + c % ROWS]};
    }
    return w;
}

static bool
few(const world *w, uint64_t people, uint64_t others)
{
    return people != 0 && (__builtin_popcountll(people) < K ||
                           (w->npaths == 2 && __builtin_popcountll(others) < K));
}

/* Every combination of the told sums, each added, taken off or left: is there one that leaves a few? */
static bool
gives_away(const world *w, const bool *dropped)
{
    uint32_t all = 1;

    for (uint32_t i = 0; i < w->nsums; i++)
        all *= 3;
    for (uint32_t combination = 0; combination < all; combination++)
    {
        uint64_t people = 0, others = 0;
        int times[SUMS] = {0};
        uint32_t left = combination;

        for (uint32_t i = 0; i < w->nsums; i++, left /= 3)
            times[i] = dropped[i] ? 0 : (int) (left % 3) - 1;
        for (size_t i = 0; i < w->n; i++)
        {
            const ss_cuts_cell *c = &w->cells[i];
            const int of_a = c->a == SS_CUTS_UNTOLD ? 0 : times[c->a];
            const int of_b = c->b == SS_CUTS_UNTOLD ? 0 : times[c->b];

            people |= of_a + of_b == 0 ? 0 : w->people[c->cell];
            others |= of_a + of_b == 0 ? 0 : w->others[c->cell];
        }
        if (few(w, people, others))
            return true;
    }
    return false;
}

static void
done(world *w)
{
    ss_tally_free(w->tally);
    ss_arena_free(w->arena);
}

static void
no_subtraction_leaves_a_few(void **state)
{
    uint64_t s = 11;
    unsigned bad = 0, good = 0;

    (void) state;
    for (unsigned round = 0; round < 300; round++)
    {
        world *w = world_of(&s, round % 2 == 0);
        const bool none[SUMS] = {0};
        const bool before = gives_away(w, none);

        ss_cuts_drop(w->tally, w->cells, w->n, w->nsums, w->may_drop, w->dropped);
        assert_false(gives_away(w, w->dropped));
        for (uint32_t i = 0; i < w->nsums; i++)
            assert_true(w->may_drop[i] || !w->dropped[i]);
        bad += before;
        good += !before;
        done(w);
    }
    /* The worlds are of both kinds. */
    assert_true(bad > 30 && good > 100);
}

/* Where everybody has one row, and nobody would be given away, all is told. */
static void
nothing_is_dropped_in_vain(void **state)
{
    uint64_t s = 12;
    unsigned good = 0;

    (void) state;
    for (unsigned round = 0; round < 200; round++)
    {
        world *w = world_of(&s, true);
        const bool none[SUMS] = {0};

        w->npaths = 1;
        if (!gives_away(w, none))
        {
            ss_tally *t = ss_tally_new(CELLS, &(ss_people){.k = K, .npaths = 1});

            for (uint32_t c = 0; c < CELLS; c++)
            {
                for (uint64_t who = 0; who < 64; who++)
                {
                    if ((w->people[c] >> who & 1) != 0)
                        ss_tally_add(t, c, &(uint64_t){1 + who}, SS_WHOLE);
                }
            }
            ss_cuts_drop(t, w->cells, w->n, w->nsums, w->may_drop, w->dropped);
            assert_memory_equal(w->dropped, none, sizeof none);
            ss_tally_free(t);
            good++;
        }
        done(w);
    }
    assert_true(good > 20);
}

/*
 * Two leaves, two codes of which the second is rare: the first leaf's sum less the first code's would be the one person
 * of the first leaf who has the second code.
 *
 *             code 0   code 1   sum
 *     leaf 0       9        1     *
 *     leaf 1       0        5     -
 *                  *        *
 */
static void
a_leaf_less_a_code_is_nobody(void **state)
{
    const uint32_t counts[4] = {9, 1, 0, 5};
    const ss_cuts_cell cells[3] = {{0, 0, 1}, {1, 0, 2}, {3, SS_CUTS_UNTOLD, 2}};
    const bool may_drop[3] = {false, true, true};
    bool dropped[3];
    ss_tally *t = ss_tally_new(4, &(ss_people){.k = K, .npaths = 1});
    uint64_t who = 0;

    (void) state;
    for (uint32_t c = 0; c < 4; c++)
    {
        for (uint32_t i = 0; i < counts[c]; i++)
        {
            who++;
            ss_tally_add(t, c, &who, SS_WHOLE);
        }
    }
    ss_cuts_drop(t, cells, 3, 3, may_drop, dropped);
    assert_true(dropped[1] && !dropped[0]);
    ss_tally_free(t);
}

/*
 * 60 people with thirty rows each in 20 leaves of 30 codes, three in a cell: no sum leaves fewer than some forty of them.  When each was counted in one
 * of the thirty cells alone, four of the 30 codes were not told.
 */
static void
people_with_several_rows_silence_nothing(void **state)
{
    enum
    {
        LEAVES = 20,
        CODES = 30,
        PEOPLE = 60
    };

    for (size_t npaths = 1; npaths <= 2; npaths++)
    {
        ss_tally *t =
            ss_tally_new((size_t) LEAVES * CODES, &(ss_people){.k = 11, .npaths = npaths});
        ss_cuts_cell cells[LEAVES * CODES];
        bool may_drop[LEAVES + CODES] = {false}, dropped[LEAVES + CODES];
        uint64_t s = 14;
        size_t n = 0, silent = 0;

        (void) state;
        for (uint64_t i = 0; i < 30 * PEOPLE; i++)
            ss_tally_add(t, (uint32_t) ss_below(ss_unfold(&s), LEAVES * CODES),
                         (uint64_t[]){1 + i % PEOPLE, 1000 + i % 43}, SS_WHOLE);
        for (uint32_t c = 0; c < LEAVES * CODES; c++)
        {
            if (ss_tally_weight(t, c) > 0)
                cells[n++] = (ss_cuts_cell){c, c / CODES, LEAVES + c % CODES};
            may_drop[LEAVES + c % CODES] = true;
        }
        ss_cuts_drop(t, cells, n, LEAVES + CODES, may_drop, dropped);
        for (size_t i = 0; i < LEAVES + CODES; i++)
            silent += dropped[i];
        assert_int_equal(silent, 0);
        ss_tally_free(t);
    }
}

/* As above, but who is alone in the first leaf's second code has ten thousand rows there, and as many in each other cell. */
static void
ten_thousand_rows_are_one_person(void **state)
{
    const uint32_t counts[4] = {9, 0, 0, 5};
    const ss_cuts_cell cells[3] = {{0, 0, 1}, {1, 0, 2}, {3, SS_CUTS_UNTOLD, 2}};
    const bool may_drop[3] = {false, true, true};
    bool dropped[3];
    ss_tally *t = ss_tally_new(4, &(ss_people){.k = K, .npaths = 1});
    uint64_t who = 0;

    (void) state;
    for (uint32_t c = 0; c < 4; c++)
    {
        for (uint32_t i = 0; i < counts[c]; i++)
        {
            who++;
            ss_tally_add(t, c, &who, SS_WHOLE);
        }
        for (uint32_t i = 0; c != 2 && i < 10000; i++)
            ss_tally_add(t, c, &(uint64_t){1000}, SS_WHOLE);
    }
    ss_cuts_drop(t, cells, 3, 3, may_drop, dropped);
    assert_true(dropped[1] && !dropped[0]);
    ss_tally_free(t);
}

/*
 * A ring of leaves: of each most people have its own code, and none to 14 the next one.  Leaves and codes of any stretch of it, which have few in
 * common with the rest, are told by what they leave of each other.
 */
#define RING 200

/* People who are in one of the sums of a stretch, and in none of the others that are told. */
static uint64_t
people_beyond(const ss_tally *t, const ss_cuts_cell *cells, size_t n, const bool *dropped,
              uint32_t first, uint32_t length)
{
    uint64_t people = 0;

    for (size_t i = 0; i < n; i++)
    {
        const bool leaf = (cells[i].a + RING - first) % RING < length;
        const bool code = !dropped[cells[i].b] && (cells[i].b - first) % RING < length;

        people += leaf != code ? ss_tally_rows(t, cells[i].cell) : 0;
    }
    return people;
}

static size_t
stretches_of_few(const ss_tally *t, const ss_cuts_cell *cells, size_t n, const bool *dropped)
{
    size_t few = 0;

    for (uint32_t first = 0; first < RING; first++)
    {
        for (uint32_t length = 1; length < 30; length++)
        {
            const uint64_t people = people_beyond(t, cells, n, dropped, first, length);

            few += people > 0 && people < ss_tally_k(t);
        }
    }
    return few;
}

static void
several_are_dropped_at_once(void **state)
{
    ss_tally *t = ss_tally_new(2 * RING, &(ss_people){.k = 11, .npaths = 1});
    ss_cuts_cell cells[2 * RING];
    bool may_drop[2 * RING] = {false}, dropped[2 * RING] = {false};
    uint64_t s = 13, who = 0;
    size_t n = 0, silent = 0;

    (void) state;
    for (uint32_t i = 0; i < RING; i++)
    {
        const uint64_t people[2] = {11 + ss_below(ss_unfold(&s), 5), ss_below(ss_unfold(&s), 15)};

        for (uint32_t to = 0; to < 2; to++)
        {
            const uint32_t cell = 2 * i + to;

            for (uint64_t p = 0; p < people[to]; p++)
                ss_tally_add(t, cell, &(uint64_t){++who}, SS_WHOLE);
            if (people[to] > 0)
                cells[n++] = (ss_cuts_cell){cell, i, RING + (i + to) % RING};
        }
        may_drop[RING + i] = true;
    }
    assert_true(stretches_of_few(t, cells, n, dropped) > 0);
    ss_cuts_drop(t, cells, n, 2 * RING, may_drop, dropped);
    assert_int_equal(stretches_of_few(t, cells, n, dropped), 0);
    for (size_t i = 0; i < 2 * RING; i++)
        silent += dropped[i];
    assert_in_range(silent, RING / 2, RING - 1);
    ss_tally_free(t);
}

/* 600 leaves of 255 codes, few in each cell: the work grows with the cells. */
static void
large_tables_are_settled_at_once(void **state)
{
    enum
    {
        LEAVES = 600,
        CODES = 255
    };

    ss_arena *arena = ss_arena_new(NULL);
    ss_tally *t = ss_tally_new((size_t) LEAVES * CODES, &(ss_people){.k = 11, .npaths = 1});
    ss_cuts_cell *cells = ss_alloc(arena, (size_t) LEAVES * CODES, sizeof *cells);
    bool *may_drop = ss_alloc(arena, LEAVES + CODES, sizeof *may_drop);
    bool *dropped = ss_alloc(arena, LEAVES + CODES, sizeof *dropped);
    uint64_t s = 13;
    size_t n = 0;
    clock_t start;

    (void) state;
    for (uint32_t i = 0; i < CODES; i++)
        may_drop[LEAVES + i] = true;
    for (uint32_t c = 0; c < LEAVES * CODES; c++)
    {
        const uint64_t people = ss_below(ss_unfold(&s), 10) * ss_below(ss_unfold(&s), 2);

        for (uint64_t i = 0; i < people; i++)
            ss_tally_add(t, c, &(uint64_t){1 + ss_below(ss_unfold(&s), 50000)}, SS_WHOLE);
        if (people > 0)
            cells[n++] = (ss_cuts_cell){c, c / CODES, LEAVES + c % CODES};
    }
    start = clock();
    ss_cuts_drop(t, cells, n, LEAVES + CODES, may_drop, dropped);
    assert_true((double) (clock() - start) / CLOCKS_PER_SEC < 10);
    ss_tally_free(t);
    ss_arena_free(arena);
}

/* Against what the caller promises: then no sum that may be dropped is told. */
static void
a_sum_of_a_few_that_must_be_told_leaves_no_other(void **state)
{
    static const bool may_drop[] = {false, true};
    static const ss_cuts_cell cells[] = {{0, 0, SS_CUTS_UNTOLD}, {1, 1, SS_CUTS_UNTOLD}};
    ss_tally *tally = ss_tally_new(2, &(ss_people){.k = K, .npaths = 1});
    bool dropped[2];

    (void) state;
    for (uint64_t who = 1; who < K; who++)
        ss_tally_add(tally, 0, &who, SS_WHOLE);
    for (uint64_t who = 1; who <= K; who++)
        ss_tally_add(tally, 1, &who, SS_WHOLE);
    ss_cuts_drop(tally, cells, 2, 2, may_drop, dropped);
    assert_false(dropped[0]);
    assert_true(dropped[1]);
    ss_tally_free(tally);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_subtraction_leaves_a_few),
        cmocka_unit_test(nothing_is_dropped_in_vain),
        cmocka_unit_test(a_leaf_less_a_code_is_nobody),
        cmocka_unit_test(people_with_several_rows_silence_nothing),
        cmocka_unit_test(ten_thousand_rows_are_one_person),
        cmocka_unit_test(several_are_dropped_at_once),
        cmocka_unit_test(large_tables_are_settled_at_once),
        cmocka_unit_test(a_sum_of_a_few_that_must_be_told_leaves_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
