/* Cells are found by the number or text that they are of. */
#include "unit/check.h"

#include <string.h>

#include "model/model.h"

static void
finds_numbers(void **state)
{
    ss_cell list[] = {{.number = INT64_MIN + 1}, {.number = -7}, {.number = 0}, {.number = 90}};
    const ss_cells cells = {.cells = list, .n = 4};

    (void) state;
    for (size_t i = 0; i < cells.n; i++)
    {
        assert_int_equal(ss_cells_find_number(&cells, list[i].number), i);
        assert_int_equal(ss_cells_find_number(&cells, list[i].number + 1), cells.n);
    }
    assert_int_equal(ss_cells_find_number(&cells, INT64_MAX), cells.n);
    assert_int_equal(ss_cells_find_number(&(ss_cells){0}, 0), 0);
}

/* Bytes decide, and how many there are: not what stands behind them. */
static void
finds_texts(void **state)
{
    ss_cell list[] = {
        {.text = ""}, {.text = "a"}, {.text = "ab"}, {.text = "abc"}, {.text = "\xc3\xa4"}};
    const ss_cells cells = {.cells = list, .n = 5};

    (void) state;
    for (size_t i = 0; i < cells.n; i++)
        assert_int_equal(ss_cells_find_text(&cells, list[i].text, strlen(list[i].text)), i);
    assert_int_equal(ss_cells_find_text(&cells, "abcd", 2), 2);
    assert_int_equal(ss_cells_find_text(&cells, "abcd", 4), cells.n);
    assert_int_equal(ss_cells_find_text(&cells, "A", 1), cells.n);
    assert_int_equal(ss_cells_find_text(&cells, "\xc3", 1), cells.n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_numbers),
                                       cmocka_unit_test(finds_texts)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
