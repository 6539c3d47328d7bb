/* Numbers inside of their bins: pairs that depend on each other there are found, others are not told of. */
#include "unit/check.h"

#include <math.h>
#include <stdlib.h>

#include "fit/beside.h"
#include "rand/stream.h"
#include "stats/normal_score.h"

#define ROWS    12000
#define NUMBERS 4
#define BINS    20

static double
normal(uint64_t *s)
{
    return (double) ss_normal_score((uint32_t) (ss_unfold(s) >> 32)) / SS_NORMAL_ONE;
}

static double
cdf(double x)
{
    return 0.5 + 0.5 * erf(x / sqrt(2));
}

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
 * Normal numbers in BINS equal shares.  The second goes with the first, by rho in thousandths; the third is in the first's bin, and
 * lies anywhere in it; the last is noise.  people: how many have the rows.
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
        const double r1 = (double) rho / 1000, x = normal(&s);
        const double y = r1 * x + sqrt(1 - r1 * r1) * normal(&s);
        const double share[NUMBERS] = {
            cdf(x), cdf(y), (floor(cdf(x) * BINS) + cdf(normal(&s))) / BINS, cdf(normal(&s))};
        uint64_t of = 1 + r * people / ROWS;

        subjects[r] = who[r] = ss_unfold(&of);
        for (size_t i = 0; i < NUMBERS; i++)
        {
            w.codes[i][r] = (uint16_t) (share[i] * BINS);
            w.units[i][r] = (int64_t) (share[i] * 1e6);
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

/* 4,096 rows of different people in 20 bins: the standard error of .95 is .002, and smaller beyond. */
static void
a_pair_that_goes_together_is_found(void **state)
{
    static const int rhos[] = {-950, 970, 990};

    (void) state;
    for (size_t i = 0; i < 3; i++)
    {
        world w = make(rhos[i], ROWS);

        find(&w);
        assert_true(abs(w.books[1].rho - rhos[i]) <= 8);
        assert_int_equal(w.books[1].beside, 10);
        assert_int_equal(w.books[0].rho, 0);
        assert_int_equal(w.books[2].rho, 0);
        assert_int_equal(w.books[3].rho, 0);
        ss_arena_free(w.arena);
    }
}

/* Few people, however many rows. */
static void
few_people_are_told_nothing_of(void **state)
{
    world w = make(970, 300);

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
        cmocka_unit_test(few_people_are_told_nothing_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
