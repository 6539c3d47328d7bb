/* Attempts: which rows were made again, and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/load_internal.h"

static void
rows_count_by_themselves(void **state)
{
    const uint64_t some[] = {3, 7, 9}, others[] = {1, 7, 8, 12}, one[] = {7};
    ss_attempts a = {0};

    (void) state;
    assert_int_equal(ss_attempts_get(&a, 7), 0);
    assert_int_equal(ss_attempts_bump(&a, some, 0), 0);
    assert_int_equal(ss_attempts_bump(&a, some, 3), 1);
    assert_int_equal(ss_attempts_bump(&a, others, 4), 2);
    assert_int_equal(ss_attempts_bump(&a, one, 1), 3);
    assert_int_equal(a.n, 6);
    for (size_t i = 1; i < a.n; i++)
        assert_true(a.rows[i - 1] < a.rows[i]);
    assert_int_equal(ss_attempts_get(&a, 1), 1);
    assert_int_equal(ss_attempts_get(&a, 2), 0);
    assert_int_equal(ss_attempts_get(&a, 3), 1);
    assert_int_equal(ss_attempts_get(&a, 7), 3);
    assert_int_equal(ss_attempts_get(&a, 9), 1);
    assert_int_equal(ss_attempts_get(&a, 12), 1);
    ss_attempts_done(&a);
}

static void
many_at_once_are_as_one_by_one(void **state)
{
    ss_attempts together = {0}, alone = {0};
    uint64_t rows[500];

    (void) state;
    for (uint64_t step = 1; step <= 7; step++)
    {
        for (size_t i = 0; i < 500; i++)
        {
            rows[i] = (i + 3 * step) * step;
            (void) ss_attempts_bump(&alone, &rows[i], 1);
        }
        (void) ss_attempts_bump(&together, rows, 500);
    }
    assert_int_equal(together.n, alone.n);
    for (size_t i = 0; i < alone.n; i++)
    {
        assert_int_equal(together.rows[i], alone.rows[i]);
        assert_int_equal(together.attempts[i], alone.attempts[i]);
    }
    ss_attempts_done(&together);
    ss_attempts_done(&alone);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_count_by_themselves),
        cmocka_unit_test(many_at_once_are_as_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
