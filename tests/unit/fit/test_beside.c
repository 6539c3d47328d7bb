/* Numbers inside of their bins: pairs that depend on each other there are found, others are not told of. */
#include "unit/check.h"

#include <stdlib.h>

#include "fit/beside.h"
#include "rand/stream.h"
#include "stats/pair_copula.h"

#define ROWS    12000
#define NUMBERS 4
#define BINS    20

typedef struct world
{
    ss_arena *arena;
    ss_sample sample;
    ss_book books[NUMBERS];
    ss_fit_number numbers[NUMBERS];
    int64_t *units[NUMBERS];
    uint16_t *codes[NUMBERS];
} world;

/*
 * Bins of 1,000 units, which go together in all numbers; inside of them the second depends on the first by rho, the others on
 * nothing.  Of the last bin of each half of the rows share one value; people: how many have the rows.
 */
static world
make(int rho, size_t people)
{
    world w = {.arena = ss_arena_new(NULL)};
    uint64_t s = 2, *subjects = ss_alloc(w.arena, ROWS, sizeof *subjects),
             *who = ss_alloc(w.arena, ROWS, sizeof *who);

    w.sample = (ss_sample){.n = ROWS, .npaths = 1, .subjects = subjects, .who = who};
    for (size_t i = 0; i < NUMBERS; i++)
    {
        w.units[i] = ss_alloc(w.arena, ROWS, sizeof(int64_t));
        w.codes[i] = ss_alloc(w.arena, ROWS, sizeof(uint16_t));
        w.books[i] = (ss_book){.kind = SS_BOOK_BINS,
                               .column = 10 + i,
                               .nvalues = BINS,
                               .family = "quantiles",
                               .spike = ss_alloc(w.arena, BINS, sizeof(bool))};
        w.books[i].spike[0] = true;
    }
    for (size_t r = 0; r < ROWS; r++)
    {
        const uint16_t at = (uint16_t) ss_below(ss_unfold(&s), BINS - 2);
        uint32_t u = 0;
        uint64_t of = 1 + r % people;

        subjects[r] = who[r] = ss_unfold(&of);
        for (size_t i = 0; i < NUMBERS; i++)
        {
            const uint32_t word = (uint32_t) (ss_unfold(&s) >> 32);
            const uint32_t v = i == 1 ? ss_pair_copula_draw(rho, u, word) : word;

            u = i == 0 ? v : u;
            w.codes[i][r] = (uint16_t) (at + ss_below(ss_unfold(&s), 3));
            w.units[i][r] = w.codes[i][r] * 1000 + (int64_t) ((uint64_t) v * 1000 >> 32);
        }
    }
    /* Pointers into w are of no use once it is returned: the caller sets numbers. */
    return w;
}

static void
find(world *w)
{
    const ss_people people = {.k = 11, .npaths = 1};

    for (size_t i = 0; i < NUMBERS; i++)
        w->numbers[i] =
            (ss_fit_number){.book = &w->books[i], .codes = w->codes[i], .units = w->units[i]};
    ss_fit_beside(w->numbers, NUMBERS, &w->sample, &people);
}

/* 10,000 rows of different people in 54 cells and 64 of each: the standard error of rho is about .015. */
static void
a_pair_that_goes_together_is_found(void **state)
{
    static const int rhos[] = {-70, 40, 90};

    (void) state;
    for (size_t i = 0; i < 3; i++)
    {
        world w = make(rhos[i], ROWS);

        find(&w);
        assert_true(abs(w.books[1].rho - rhos[i]) <= 6);
        assert_int_equal(w.books[1].beside, 10);
        assert_int_equal(w.books[0].rho, 0);
        assert_int_equal(w.books[2].rho, 0);
        assert_int_equal(w.books[3].rho, 0);
        ss_arena_free(w.arena);
    }
}

/* A negative control: bins go together, what is inside of them does not. */
static void
where_nothing_is_left_none_is_told(void **state)
{
    world w = make(0, ROWS);

    (void) state;
    find(&w);
    for (size_t i = 0; i < NUMBERS; i++)
        assert_int_equal(w.books[i].rho, 0);
    ss_arena_free(w.arena);
}

/* Few people, however many rows. */
static void
few_people_are_told_nothing_of(void **state)
{
    world w = make(90, 300);

    (void) state;
    find(&w);
    assert_int_equal(w.books[1].rho, 0);
    ss_arena_free(w.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_that_goes_together_is_found),
        cmocka_unit_test(where_nothing_is_left_none_is_told),
        cmocka_unit_test(few_people_are_told_nothing_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
