/* Wide numbers: rounding is the server's, and what does not fit is said. */
#include "base/wide.h"

#include <stdint.h>

#include "unit/check.h"

static void
decimals_come_and_go(void **state)
{
    static const struct
    {
        int64_t v;
        int decimals;
        int64_t result;
    } cases[] = {{15, 1, 150}, {15, -1, 2}, {14, -1, 1}, {-15, -1, -2}, {-14, -1, -1}, {7, 0, 7},
                 {7, -39, 0},  {0, 100, 0}, {5, -38, 0}, {5, -1000, 0}, {-3, 2, -300}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_wide v = cases[i].v;

        assert_true(ss_wide_shift(&v, cases[i].decimals));
        assert_true(v == cases[i].result);
    }
}

static void
what_does_not_fit_is_said(void **state)
{
    const ss_wide product = (ss_wide) INT64_MAX * INT64_MAX,
                  least = (ss_wide) INT64_MIN * INT64_MAX;
    ss_wide v = product;

    (void) state;
    assert_false(ss_wide_shift(&v, 4));
    assert_true(v == product);
    v = least;
    assert_false(ss_wide_shift(&v, 1));
    assert_true(v == least);
    assert_true(ss_wide_shift(&v, 0));
    v = product;
    assert_true(ss_wide_shift(&v, -38));
    assert_true(v == 1);
    v = 1;
    assert_true(ss_wide_shift(&v, 37));
    assert_true(v == ss_wide_ten_to(37));
    v = 1;
    assert_false(ss_wide_shift(&v, 38));
    assert_false(ss_wide_shift(&v, INT16_MAX));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_come_and_go),
        cmocka_unit_test(what_does_not_fit_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
