/* Rows as people say them. */
#include "unit/check.h"

#include "policy/amount.h"

static void
counts_and_shares_are_taken(void **state)
{
    static const char *const good[] = {"0", "1", "5000", "10%", "0.1%", "1000%", "100000%"};
    static const char *const bad[] = {"",        "%",    "-1",  "-1%", "0%",
                                      "100001%", "10 %", "ten", "1e3", "18446744073709551615",
                                      "0x10",    "nan%"};
    ss_amount a;

    (void) state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(ss_amount_parse(good[i], &a));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(ss_amount_parse(bad[i], &a));
}

static void
shares_are_of_the_source(void **state)
{
    (void) state;
    assert_int_equal(ss_amount_of(NULL, 200), 200);
    assert_int_equal(ss_amount_of("10%", 200), 20);
    assert_int_equal(ss_amount_of("1000%", 200), 2000);
    assert_int_equal(ss_amount_of("0.1%", 200), 1);
    assert_int_equal(ss_amount_of("0.1%", 0), 0);
    assert_int_equal(ss_amount_of("7", 200), 7);
    assert_int_equal(ss_amount_of("7", 0), 7);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_shares_are_taken),
        cmocka_unit_test(shares_are_of_the_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
