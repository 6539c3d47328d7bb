/* Code books: what is drawn by one has values between spikes as often as the source has. */
#include "unit/check.h"

#include <stdlib.h>

#include "fit/book.h"
#include "rand/stream.h"
#include "stats/engine.h"
#include "stats/gsl.h"

#define K      11
#define ROWS   2600
#define POINTS 80 /* list prices: 0.99, 1.99 ... */

typedef struct world
{
    ss_arena *arena;
    ss_book book;
    ss_coded_column column;
    ss_coded_table rows;
    int64_t units[ROWS];
} world;

/* Three of ten pay anything: between two list prices fewer than K people. */
static world *
make(void)
{
    const ss_people people = {.k = K, .npaths = 1};
    ss_arena *arena = ss_arena_new(NULL);
    world *w = ss_alloc(arena, 1, sizeof *w);
    ss_fit_unit *units = ss_alloc(arena, ROWS, sizeof *units);
    uint64_t *subjects = ss_alloc(arena, ROWS, sizeof *subjects), s = 3;
    uint64_t *weights = ss_alloc(arena, ROWS, sizeof *weights);

    w->arena = arena;
    for (size_t r = 0; r < ROWS; r++)
    {
        const int64_t whole = 100 * (int64_t) (r % POINTS);
        const bool list = ss_below(ss_unfold(&s), 10) < 7;

        w->units[r] = whole + (list ? 99 : (int64_t) ss_below(ss_unfold(&s), 99));
        units[r] = (ss_fit_unit){w->units[r], r};
        subjects[r] = ss_unfold(&s) | 1;
        weights[r] = SS_WHOLE;
    }
    ss_fit_book_bins(units, ROWS, subjects, weights, &people, 64, arena, &w->book);
    w->column = (ss_coded_column){.ncodes = ss_book_ncodes(&w->book),
                                  .nordered = ss_book_nordered(&w->book),
                                  .codes = ss_alloc(arena, ROWS, sizeof(uint16_t))};
    for (size_t r = 0; r < ROWS; r++)
        w->column.codes[r] = (uint16_t) ss_book_bin(&w->book, w->units[r]);
    w->rows = (ss_coded_table){
        .n = ROWS, .d = 1, .columns = &w->column, .npaths = 1, .subjects = subjects};
    return w;
}

static const ss_coded_table *
drawn(const world *w, const ss_engine *engine, size_t n)
{
    const ss_engine_options o = {.people = {.k = K, .npaths = 1}, .least_rows = 50};
    ss_coded_table *rows = ss_coded_like(&w->rows, n, w->arena);
    uint64_t *words = ss_alloc(w->arena, n, sizeof *words), s = 4;
    uint32_t list[ROWS], told = 0, held = ROWS;
    void *structure, *model;
    ss_tally *tally;
    ss_error err;

    for (uint32_t r = 0; r < ROWS; r++)
    {
        if (r % 20 < 3)
            list[--held] = r;
        else
            list[told++] = r;
    }
    assert_int_equal(engine->learn(ss_coded_select(&w->rows, list, told, w->arena),
                                   ss_coded_select(&w->rows, list + held, ROWS - held, w->arena),
                                   &o, w->arena, &structure, &err),
                     SS_OK);
    tally = ss_tally_new(engine->ncells(structure), &o.people);
    ss_engine_count(engine, structure, &w->rows, tally);
    engine->settle(structure, tally, w->arena, &model);
    for (size_t i = 0; i < n; i++)
        words[i] = ss_unfold(&s);
    rows->n = n;
    engine->draw(model, rows, words);
    ss_tally_free(tally);
    return rows;
}

/*
 * Seven of ten rows of the source have a list price.  When what lies before a spike was in its bin, 83 of 100 were drawn at one; of
 * 20,000 draws .02 are six standard errors.
 */
static void
others_are_drawn_as_often_as_they_are(void **state)
{
    static const ss_engine *const engines[] = {&ss_engine_independence, &ss_engine_trees};
    const size_t n = 20000;
    world *w = make();
    double source = 0;

    (void) state;
    for (size_t r = 0; r < ROWS; r++)
        source += w->units[r] % 100 == 99 ? 1.0 / ROWS : 0;
    for (size_t e = 0; e < 2; e++)
    {
        const ss_coded_table *rows = drawn(w, engines[e], n);
        double spikes = 0;

        for (size_t r = 0; r < n; r++)
            spikes += w->book.spike[rows->columns[0].codes[r]] ? 1.0 / (double) n : 0;
        assert_true(spikes > source - .02 && spikes < source + .02);
    }
    ss_arena_free(w->arena);
}

/* A bin goes around the spikes in it, and what is in it lies between its ends. */
static void
bins_hold_what_is_in_them(void **state)
{
    world *w = make();

    (void) state;
    for (size_t r = 0; r < ROWS; r++)
    {
        const uint32_t bin = w->column.codes[r];

        assert_true(w->units[r] <= w->book.upper[bin]);
        assert_true(w->book.spike[bin] ? w->units[r] == w->book.upper[bin]
                                       : w->units[r] >= ss_book_least(&w->book, bin));
    }
    assert_true(ss_book_least(&w->book, 0) == INT64_MIN);
    ss_arena_free(w->arena);
}

/*
 * Of 2000 people with one row each, anywhere below a million, a third of 64 intervals and more lie in the lower half; also when somebody
 * else has 10,000 rows in the last hundredth, which count for one.
 */
static void
where_one_person_has_many_rows_is_not_where_bins_are(void **state)
{
    enum
    {
        PEOPLE = 2000,
        MANY = 10000
    };

    const ss_people people = {.k = K, .npaths = 1};
    ss_arena *arena = ss_arena_new(NULL);
    ss_fit_unit *units = ss_alloc(arena, PEOPLE + MANY, sizeof *units);
    uint64_t *subjects = ss_alloc(arena, PEOPLE + MANY, sizeof *subjects), s = 5;
    uint64_t *weights = ss_alloc(arena, PEOPLE + MANY, sizeof *weights);
    uint32_t below = 0;
    ss_book book;

    (void) state;
    for (size_t r = 0; r < PEOPLE + MANY; r++)
    {
        const bool other = r < PEOPLE;

        units[r] = (ss_fit_unit){other ? (int64_t) ss_below(ss_unfold(&s), 1000000)
                                       : 990000 + (int64_t) ss_below(ss_unfold(&s), 10000),
                                 r};
        subjects[r] = other ? r + 2 : 1;
        weights[r] = other ? SS_WHOLE : SS_WHOLE / MANY;
    }
    ss_fit_book_bins(units, PEOPLE + MANY, subjects, weights, &people, 64, arena, &book);
    for (uint32_t b = 0; b < book.nvalues; b++)
        below += book.upper[b] < 500000;
    assert_true(below > 64 / 3);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_are_drawn_as_often_as_they_are),
        cmocka_unit_test(bins_hold_what_is_in_them),
        cmocka_unit_test(where_one_person_has_many_rows_is_not_where_bins_are),
    };

    ss_stats_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
