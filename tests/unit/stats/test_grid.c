/* Cells of a grid: put together in any order, within their range, and brought down to groups without losing a row. */
#include "unit/check.h"

#include "unit/stats/drawn.h"

static void
parts_are_put_together_in_any_order(void **state)
{
    ss_grid_cell a[] = {{3, 3, 2}, {-9, -5, 1}, {3, 3, 5}, {0, 2, 7}, {-9, -5, 4}};
    ss_grid_cell b[] = {{-9, -5, 5}, {0, 2, 7}, {3, 3, 7}};

    (void) state;
    assert_int_equal(ss_grid_put_together(a, 5), 3);
    assert_int_equal(ss_grid_put_together(b, 3), 3);
    for (size_t i = 0; i < 3; i++)
    {
        assert_int_equal(a[i].low, b[i].low);
        assert_int_equal(a[i].high, b[i].high);
        assert_int_equal(a[i].rows, b[i].rows);
    }
    assert_int_equal(ss_grid_put_together(a, 0), 0);
}

static void
what_is_out_of_bounds_is_left_out(void **state)
{
    const ss_grid_cell cells[] = {{-5, -1, 3}, {0, 0, 4}, {5, 20, 2}, {21, 21, 9}};
    const ss_grid_range range = {.has_low = true, .has_high = true, .low = 0, .high = 10};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_spans s = ss_grid_spans(cells, 4, &range, arena);

    (void) state;
    assert_int_equal(s.n, 2);
    assert_true(s.total == 6);
    assert_true(s.spans[1].from == 4.5 && s.spans[1].to == 10.5 && s.spans[1].width == 6);
    ss_arena_free(arena);
}

/* Groups hold all rows, ascend, and cover the range but for the holes. */
static void
groups_cover_the_range_without_its_holes(void **state)
{
    uint64_t seed = 5;

    (void) state;
    for (size_t round = 0; round < 300; round++)
    {
        ss_grid_cell cells[64], holes[8];
        ss_arena *arena = ss_arena_new(NULL);
        ss_grid_range range = {.has_low = round % 2 == 0, .low = -7, .holes = holes};
        double rows = 0, holes_width = 0, gaps = 0;
        int64_t at = -5;
        size_t n = 0;
        ss_grid_groups g;
        ss_spans s;

        while (n < 64 && at < 2000)
        {
            const int64_t high = at + (int64_t) ss_below(ss_unfold(&seed), 6);

            if (ss_below(ss_unfold(&seed), 9) == 0 && range.nholes < 8)
                holes[range.nholes++] = (ss_grid_cell){at, high, 0};
            else
                cells[n++] = (ss_grid_cell){at, high, ss_below(ss_unfold(&seed), 30)};
            at = high + 1 + (int64_t) ss_below(ss_unfold(&seed), round % 3 == 0 ? 90 : 2);
        }
        s = ss_grid_spans(cells, n, &range, arena);
        g = ss_grid_group(&s, &range, arena);
        for (size_t i = 0; i < g.n; i++)
        {
            rows += g.rows[i];
            assert_true(g.spans[i].from < g.spans[i].to);
            if (i > 0)
            {
                assert_true(g.spans[i - 1].to <= g.spans[i].from);
                gaps += g.spans[i].from - g.spans[i - 1].to;
            }
        }
        for (size_t i = 0; i < range.nholes; i++)
            holes_width += (double) (holes[i].high - holes[i].low + 1);
        assert_true(rows == s.total && g.total == s.total);
        if (s.total > 0)
        {
            /* A hole at either end is no gap. */
            assert_true(gaps <= holes_width);
            assert_true(g.spans[0].from == (range.has_low ? -7.5 : -HUGE_VAL) ||
                        range.holes[0].low <= -5);
            assert_true(g.spans[g.n - 1].to == HUGE_VAL);
        }
        ss_arena_free(arena);
    }
}

static void
many_cells_are_few_groups(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_law law = law_of(&known_laws[1]);
    const ss_cdf cdf = ss_law_cdf(&law);
    const ss_grid_range range = {.has_low = false};
    size_t n;
    const ss_grid_cell *cells = drawn(&cdf, 20000, 0, arena, &n);
    const ss_spans s = ss_grid_spans(cells, n, &range, arena);
    const ss_grid_groups g = ss_grid_group(&s, &range, arena);

    (void) state;
    assert_true(n > 3000);
    assert_true(g.n > 40 && g.n < 100);
    assert_true(fabs(g.mean + 5000) < 7);
    assert_true(fabs(g.deviation - 700) < 7);
    assert_true(fabs(ss_grid_groups_quantile(&g, 0.5) + 5000) < 7);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_put_together_in_any_order),
        cmocka_unit_test(what_is_out_of_bounds_is_left_out),
        cmocka_unit_test(groups_cover_the_range_without_its_holes),
        cmocka_unit_test(many_cells_are_few_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
