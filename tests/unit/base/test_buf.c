#define _GNU_SOURCE /* memmem() */
#include "unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void
an_empty_buffer_is_an_empty_text(void **state)
{
    ss_buf buf = {0};

    (void) state;
    assert_string_equal(ss_buf_text(&buf), "");
    ss_buf_clear(&buf);
    ss_buf_done(&buf);
}

static void
appends_add_up_across_growth(void **state)
{
    ss_buf buf = {0};

    (void) state;
    for (int i = 0; i < 10000; i++)
        ss_buf_printf(&buf, "%d,", i % 10);
    assert_int_equal(buf.len, 20000);
    assert_memory_equal(buf.data + 19998, "9,", 3);
    ss_buf_clear(&buf);
    ss_buf_puts(&buf, "again");
    assert_string_equal(ss_buf_text(&buf), "again");
    ss_buf_done(&buf);
    assert_null(buf.data);
}

/* What malloc hands out next is what was given back. */
static void
memory_that_growth_gives_back_is_wiped(void **state)
{
    ss_buf buf = {0};
    unsigned char *next, *behind;

    (void) state;
    ss_buf_reserve(&buf, 256);
    behind = malloc(1024); /* no room to grow in place */
    for (int i = 0; i < 20; i++)
        ss_buf_puts(&buf, "canary-value");
    ss_buf_reserve(&buf, 512);
    next = malloc(257);
    assert_non_null(next);
    assert_null(memmem(next, 257, "canary", 6));
    free(next);
    free(behind);
    ss_buf_done(&buf);
}

static void
integers_are_big_endian(void **state)
{
    static const unsigned char expected[] = {1, 2, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8};
    ss_buf buf = {0};

    (void) state;
    ss_buf_put_u16(&buf, 0x0102);
    ss_buf_put_u32(&buf, 0x01020304);
    ss_buf_put_u64(&buf, 0x0102030405060708);
    assert_int_equal(buf.len, sizeof expected);
    assert_memory_equal(buf.data, expected, sizeof expected);
    ss_buf_done(&buf);
}

static void
an_impossible_size_is_refused_and_nothing_changes(void **state)
{
    ss_buf buf = {0};

    (void) state;
    ss_buf_puts(&buf, "kept");
    assert_false(ss_buf_try_reserve(&buf, SIZE_MAX - 2));
    assert_string_equal(ss_buf_text(&buf), "kept");
    ss_buf_done(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_is_an_empty_text),
        cmocka_unit_test(appends_add_up_across_growth),
        cmocka_unit_test(memory_that_growth_gives_back_is_wiped),
        cmocka_unit_test(integers_are_big_endian),
        cmocka_unit_test(an_impossible_size_is_refused_and_nothing_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
