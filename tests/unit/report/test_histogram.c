/* What a model tells, in lines of text: where rows lie shows, nothing is wider than the page, and nothing else is shown. */
#include "unit/check.h"

#include <string.h>

#include "base/text.h"
#include "model/habits.h"
#include "report/histogram.h"

typedef struct fixture
{
    ss_arena *arena;
    ss_buf text;
    ss_layout l;
} fixture;

static void
set_up(fixture *f, size_t width)
{
    *f = (fixture){.arena = ss_arena_new(NULL)};
    f->l = ss_layout_of(&f->text, width);
}

/* Is that the text? */
static void
done(fixture *f, const char *expected)
{
    assert_string_equal(ss_buf_text(&f->text), expected);
    ss_buf_done(&f->text);
    ss_arena_free(f->arena);
}

static ss_cells
cells(ss_cell *list, size_t n)
{
    ss_cells c = {.cells = list, .n = n};

    for (size_t i = 0; i < n; i++)
        c.total += list[i].count;
    return c;
}

static void
quantiles_are_spread_and_single_values_stand_out(void **state)
{
    int64_t points[] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
    ss_cell atom = {.number = 100, .count = 600};
    ss_marginal m = {.kind = SS_MARGINAL_NUMBER,
                     .count = 1800,
                     .points = points,
                     .npoints = 11,
                     .values = cells(&atom, 1),
                     .rest = 1200};
    fixture f;

    (void) state;
    set_up(&f, 80);
    ss_histograms_of_column(&f.l, &m, "integer", f.arena);
    done(&f, "      [:......................@] 0 to 100, but for a few; half up to 80\n");
}

static void
a_single_value_has_no_axis(void **state)
{
    ss_cell atom = {.number = 0, .count = 600};
    ss_marginal m = {.kind = SS_MARGINAL_NUMBER, .count = 600, .values = cells(&atom, 1)};
    fixture f;

    (void) state;
    set_up(&f, 80);
    ss_histograms_of_column(&f.l, &m, "integer", f.arena);
    done(&f, "      nearly all 0\n");
}

static void
days_and_decimals_are_written_as_such(void **state)
{
    ss_cell days[] = {{.number = -1, .count = 50}, {.number = 8400, .count = 50}};
    ss_cell cents[] = {{.number = 5, .count = 50}, {.number = 123456, .count = 50}};
    ss_marginal m = {.kind = SS_MARGINAL_NUMBER, .count = 100, .step = 1, .values = cells(days, 2)};
    fixture f;

    (void) state;
    set_up(&f, 80);
    ss_histograms_of_column(&f.l, &m, "date", f.arena);
    m.values = cells(cents, 2);
    m.scale = 2;
    ss_histograms_of_column(&f.l, &m, "numeric(8,2)", f.arena);
    done(&f, "      [@                      @] 1999-12-31 to 2022-12-31, but for a few; half\n"
             "        up to 1999-12-31\n"
             "      [@                      @] 0.05 to 1235, but for a few; half up to 0.05\n");
}

static void
values_are_bars_and_what_is_rarer_than_k_is_none(void **state)
{
    ss_cell list[] = {{.number = SS_NO_NUMBER, .text = "blue", .count = 250},
                      {.number = SS_NO_NUMBER, .text = "red", .count = 500}};
    ss_cell labels[] = {{.number = 0, .count = 0}, {.number = 1, .count = 100}};
    ss_marginal m = {
        .kind = SS_MARGINAL_CATEGORIES, .count = 1000, .values = cells(list, 2), .rest = 250};
    fixture f;

    (void) state;
    set_up(&f, 80);
    ss_histograms_of_column(&f.l, &m, "text", f.arena);
    m.values = cells(labels, 2);
    m.rest = 0;
    ss_histograms_of_column(&f.l, &m, "boolean", f.arena);
    ss_histograms_of_column(&f.l, &m, "public.colour", f.arena);
    done(&f, "      ##########            50 % red\n"
             "      #####                 25 % blue\n"
             "      #####                 25 % others, each with fewer\n"
             "      #################### 100 % true\n"
             "      #################### 100 % label 2 of public.colour\n");
}

static void
weekdays_and_hours_come_apart(void **state)
{
    ss_cell when[] = {{.number = 109, .count = 100}, {.number = 523, .count = 50}};
    ss_habits habits = {0};
    ss_marginal m = {.kind = SS_MARGINAL_SHAPE, .count = 150, .habits = &habits};
    fixture f;

    (void) state;
    habits.told[SS_HABIT_WEEKDAY_HOURS].cells = cells(when, 2);
    set_up(&f, 80);
    ss_histograms_of_column(&f.l, &m, "timestamp without time zone", f.arena);
    done(&f, "      [@   +  ]                  Monday to Sunday\n"
             "      [         @             +] hours 0 to 23\n");
}

static void
the_largest_numbers_have_a_place(void **state)
{
    ss_cell far[] = {{.number = INT64_MIN + 1, .count = 100}, {.number = INT64_MAX, .count = 100}};
    ss_fan_out of = {.children = cells(far, 2)};
    int64_t points[] = {INT64_MIN + 1, INT64_MAX};
    ss_marginal m = {
        .kind = SS_MARGINAL_NUMBER, .count = 100, .points = points, .npoints = 2, .rest = 100};
    fixture f;

    (void) state;
    set_up(&f, 40);
    ss_histogram_of_children(&f.l, &of, f.arena);
    for (size_t i = 0; i < 3; i++)
        ss_histograms_of_column(
            &f.l, &m, (const char *[]){"bigint", "date", "time without time zone"}[i], f.arena);
    assert_true(strstr(ss_buf_text(&f.text), "[@                      @]") != NULL);
    done(&f, ss_strdup(f.arena, ss_buf_text(&f.text)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_spread_and_single_values_stand_out),
        cmocka_unit_test(a_single_value_has_no_axis),
        cmocka_unit_test(days_and_decimals_are_written_as_such),
        cmocka_unit_test(values_are_bars_and_what_is_rarer_than_k_is_none),
        cmocka_unit_test(weekdays_and_hours_come_apart),
        cmocka_unit_test(the_largest_numbers_have_a_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
