/* Correspondence analysis: a textbook's table, an order that is hidden, and tables that tell nothing. */
#include "unit/check.h"

#include <math.h>

#include "stats/correspondence.h"
#include "stats/gsl.h"

/*
 * Greenacre 1984, Theory and Applications of Correspondence Analysis, section 3.2: staff groups by smoking.  First principal inertia .0748,
 * coordinates of rows on that axis -.066, .259, -.381, .233, -.201.
 */
static void
smoking_of_staff_is_as_published(void **state)
{
    static const double table[] = {4,  2, 3,  2,  4,  3,  7,  4, 25, 10,
                                   12, 4, 18, 24, 33, 13, 10, 6, 7,  2};
    static const double known[] = {-0.066, 0.259, -0.381, 0.233, -0.201};
    ss_arena *scratch = ss_arena_new(NULL);
    double scores[5], sign;

    (void) state;
    assert_true(fabs(ss_correspondence_scores(table, 5, 4, scratch, scores) - 0.0748) < 5e-5);
    sign = known[3] > 0 ? -1 : 1; /* the largest group lies below */
    for (size_t i = 0; i < 5; i++)
        assert_true(fabs(scores[i] - sign * known[i]) < 6e-4);
    ss_arena_free(scratch);
}

/* Categories along a line, named in another order. */
static void
an_order_that_is_hidden_is_found(void **state)
{
    static const size_t place[] = {3, 0, 5, 1, 4, 2};
    ss_arena *scratch = ss_arena_new(NULL);
    double table[6 * 6], scores[6];
    int up = 0;

    (void) state;
    for (size_t i = 0; i < 6; i++)
    {
        for (size_t j = 0; j < 6; j++)
            table[i * 6 + j] = 100 * exp(-fabs((double) place[i] - (double) j)) + (double) (i == 0);
    }
    assert_true(ss_correspondence_scores(table, 6, 6, scratch, scores) > 0);
    for (size_t i = 0; i < 6; i++)
    {
        for (size_t j = 0; j < i; j++)
            up += (scores[i] > scores[j]) == (place[i] > place[j]);
    }
    assert_true(up == 0 || up == 15);
    ss_arena_free(scratch);
}

static void
what_tells_nothing_has_no_scores(void **state)
{
    static const double independent[] = {2, 4, 6, 12, 3, 6}, empty[6] = {0}, one[] = {5, 7, 9};
    static const double hole[] = {10, 1, 0, 0, 1, 10, 0, 0, 5};
    ss_arena *scratch = ss_arena_new(NULL);
    double scores[3];

    (void) state;
    assert_true(ss_correspondence_scores(independent, 3, 2, scratch, scores) == 0);
    assert_true(scores[0] == 0 && scores[1] == 0 && scores[2] == 0);
    assert_true(ss_correspondence_scores(empty, 3, 2, scratch, scores) == 0);
    assert_true(ss_correspondence_scores(one, 1, 3, scratch, scores) == 0);
    assert_true(ss_correspondence_scores(hole, 3, 3, scratch, scores) > 0);
    assert_true(isfinite(scores[0]) && isfinite(scores[1]) && isfinite(scores[2]));
    ss_arena_free(scratch);
}

static int
setup(void **state)
{
    (void) state;
    ss_stats_init();
    return 0;
}

/* Two kinds of rows and many columns that nobody is in: of this one GSL alone finds no end. */
static void
nearly_empty_tables_come_to_an_end(void **state)
{
    static const struct
    {
        size_t column;
        double first, last;
    } cells[] = {{0, 0, 1300},   {1, 1300, 0},     {2, 1300, 0},     {3, 220, 0},
                 {16, 2800, 0},  {18, 0, 1300},    {32, 2845, 1300}, {49, 2160, 1080},
                 {50, 640, 215}, {64, 2800, 1295}, {80, 2845, 0},    {82, 0, 1300},
                 {96, 2845, 0},  {98, 0, 1300},    {112, 2845, 0},   {114, 0, 1300}};

    ss_arena *scratch = ss_arena_new(NULL);
    double table[3 * 128] = {0}, scores[3];

    (void) state;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
    {
        table[cells[i].column] = cells[i].first;
        table[2 * 128 + cells[i].column] = cells[i].last;
    }
    assert_true(ss_correspondence_scores(table, 3, 128, scratch, scores) > .5);
    assert_true(scores[0] < 0 && scores[1] == 0 && scores[2] > 0);
    ss_arena_free(scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smoking_of_staff_is_as_published),
        cmocka_unit_test(an_order_that_is_hidden_is_found),
        cmocka_unit_test(what_tells_nothing_has_no_scores),
        cmocka_unit_test(nearly_empty_tables_come_to_an_end),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
