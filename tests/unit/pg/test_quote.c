#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pg/pg.h"

static void
names_and_texts_stay_names_and_texts(void **state)
{
    static const char *const cases[][3] = {
        {"a", "\"a\"", "'a'"},
        {"", "\"\"", "''"},
        {"a\"; DROP TABLE x; --", "\"a\"\"; DROP TABLE x; --\"", "'a\"; DROP TABLE x; --'"},
        {"it's \\", "\"it's \\\"", "'it''s \\'"},
        {"a\n\\! id\n", "\"a\n\\! id\n\"", "'a\n\\! id\n'"},
        {"\xc3\xb6", "\"\xc3\xb6\"", "'\xc3\xb6'"},
        /* Half a character would swallow the closing quote in some readers (CVE-2025-1094). */
        {"x\xc3", "\"invalid UTF-8\"", "'invalid UTF-8'"},
    };
    ss_buf sql = {0};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_buf_clear(&sql);
        ss_pg_ident(&sql, cases[i][0]);
        assert_string_equal(ss_buf_text(&sql), cases[i][1]);
        ss_buf_clear(&sql);
        ss_pg_literal(&sql, cases[i][0]);
        assert_string_equal(ss_buf_text(&sql), cases[i][2]);
    }
    ss_buf_done(&sql);
}

static void
qualified_names_have_two_parts(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_string_equal(ss_pg_qualified(arena, "a.b", "c\"d"), "\"a.b\".\"c\"\"d\"");
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_texts_stay_names_and_texts),
        cmocka_unit_test(qualified_names_have_two_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
