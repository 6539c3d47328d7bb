/* Rows that leave a batch leave nothing behind. */
#include "unit/check.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rows/batch.h"

#define ROWS 100

static void
fill(ss_batch *batch)
{
    for (size_t r = 0; r < ROWS; r++)
    {
        char text[64];

        if (r % 7 == 3)
        {
            for (size_t c = 0; c < 3; c++)
                ss_column_put_null(&batch->columns[c], r);
            continue;
        }
        (void) snprintf(text, sizeof text, "%0*zu", (int) (r % 13), r * 31);
        ss_column_put_i64(&batch->columns[0], r, (int64_t) r);
        ss_column_put_f64(&batch->columns[1], r, (double) r / 3);
        ss_column_put_bytes(&batch->columns[2], r, text, r % 11 == 0 ? 0 : strlen(text));
    }
    batch->nrows = ROWS;
}

static void
check_row(const ss_batch *all, size_t r, const ss_batch *kept, size_t at)
{
    size_t n, expected;
    const unsigned char *text;

    for (size_t c = 0; c < 3; c++)
        assert_int_equal(kept->columns[c].null[at], all->columns[c].null[r]);
    assert_int_equal(kept->columns[0].i64[at], all->columns[0].i64[r]);
    assert_true(kept->columns[1].f64[at] == all->columns[1].f64[r]);
    text = ss_column_bytes(&all->columns[2], r, &expected);
    assert_memory_equal(ss_column_bytes(&kept->columns[2], at, &n), text, expected);
    assert_int_equal(n, expected);
}

static void
rows_that_stay_are_as_they_were(void **state)
{
    const ss_form forms[] = {SS_FORM_I64, SS_FORM_F64, SS_FORM_TEXT};
    ss_arena *arena = ss_arena_new(NULL);
    ss_batch *all = ss_batch_new(arena, forms, 3);

    (void) state;
    fill(all);
    for (size_t every = 1; every < 6; every++)
    {
        ss_batch *batch = ss_batch_new(arena, forms, 3);
        bool keep[ROWS];
        size_t n = 0;

        fill(batch);
        for (size_t r = 0; r < ROWS; r++)
            keep[r] = every == 5 ? false : r % every == 0;
        ss_batch_keep(batch, keep);
        for (size_t r = 0; r < ROWS; r++)
        {
            if (keep[r])
                check_row(all, r, batch, n++);
        }
        assert_int_equal(batch->nrows, n);
        assert_int_equal(batch->columns[2].bytes.len, n == 0 ? 0 : batch->columns[2].end[n - 1]);
    }
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_that_stay_are_as_they_were)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
