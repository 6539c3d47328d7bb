/* The lock file: what types and declared values were, read back, and what has changed since. */
#include "policy/lock.h"

#include "base/text.h"
#include "support/catalog_builder.h"
#include "unit/check.h"

static ss_code
parse(const char *text, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_lock *lock;
    const ss_code code = ss_lock_parse("p.lock", text, strlen(text), arena, &lock, err);

    ss_arena_free(arena);
    return code;
}

static void
what_is_no_lock_is_said_with_its_line(void **state)
{
    static const struct
    {
        const char *text, *place;
    } wrong[] = {{"", "p.lock:1:1"},
                 {"columns\n", "p.lock:1:1"},
                 {"sandseed-lock\t2\n", "p.lock:1:1"},
                 {"sandseed-lock\t1\ncolumn\ta.b.c\n", "p.lock:2:1"},
                 {"sandseed-lock\t1\ncolumn\ta.b.c\tint\nlabel\ta.b\t123\n", "p.lock:3:1"},
                 {"sandseed-lock\t1\nlabel\ta.b\tABCDEF01\n", "p.lock:2:1"},
                 {"sandseed-lock\t1\ncolumn\ta\\x\tint\n", "p.lock:2:1"},
                 {"sandseed-lock\t1\ncolumn\ta\\\tint\n", "p.lock:2:1"},
                 {"sandseed-lock\t1\nother\ta\tint\n", "p.lock:2:1"}};

    ss_error err;

    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    {
        assert_int_equal(parse(wrong[i].text, &err), SS_EMEND);
        assert_non_null(strstr(err.line[0], wrong[i].place));
    }
    assert_int_equal(parse("sandseed-lock\t1\r\ncolumn\ta.b\tint\r\n", &err), SS_OK);
    assert_int_equal(parse("sandseed-lock\t1", &err), SS_OK);
}

/* A table with a column of the type, as it was and as it is. */
static ss_what
judged(const char *before, const char *now, bool *any, char text_of_finding[400])
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder was = builder_new(arena), is = builder_new(arena);
    const size_t a = builder_table(&was, "public", "odd\tname\n\\"),
                 b = builder_table(&is, "public", "odd\tname\n\\");
    ss_policy policy = {.file = "p.yaml"};
    ss_plan plan = {.policy = &policy};
    ss_buf text = {0};
    ss_lock *lock;
    ss_error err;
    ss_what what;

    builder_column(&was, a, "c", "text", false)->type_text = before;
    builder_column(&is, b, "c", "text", false)->type_text = now;
    ss_lock_write(builder_done(&was), &text);
    assert_int_equal(ss_lock_parse("p.lock", ss_buf_text(&text), text.len, arena, &lock, &err),
                     SS_OK);
    plan.catalog = builder_done(&is);
    policy.lock = lock;
    ss_lock_judge(&plan, arena);
    *any = plan.nfindings > 0;
    what = *any ? plan.findings[0].what : SS_WHAT_TARGET;
    (void) snprintf(text_of_finding, 400, "%s", *any ? plan.findings[0].text : "");
    assert_true(plan.nfindings <= 1);
    ss_buf_done(&text);
    ss_arena_free(arena);
    return what;
}

static void
types_are_wider_or_others(void **state)
{
    static const struct
    {
        const char *before, *now;
        ss_what what;
    } cases[] = {{"integer", "bigint", SS_WHAT_WIDENED},
                 {"bigint", "integer", SS_WHAT_RETYPED},
                 {"smallint", "numeric", SS_WHAT_WIDENED},
                 {"integer", "numeric(5,2)", SS_WHAT_RETYPED},
                 {"character varying(20)", "character varying(40)", SS_WHAT_WIDENED},
                 {"character varying(40)", "character varying(20)", SS_WHAT_RETYPED},
                 {"character varying(20)", "text", SS_WHAT_WIDENED},
                 {"text", "character varying(20)", SS_WHAT_RETYPED},
                 {"numeric(10,2)", "numeric(12,2)", SS_WHAT_WIDENED},
                 {"numeric(10,2)", "numeric(10,4)", SS_WHAT_RETYPED},
                 {"numeric(10,2)", "numeric", SS_WHAT_WIDENED},
                 {"real", "double precision", SS_WHAT_WIDENED},
                 {"date", "timestamp with time zone", SS_WHAT_RETYPED},
                 {"text", "bytea", SS_WHAT_RETYPED}};

    bool any;
    char text[400];

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        const ss_what what = judged(cases[i].before, cases[i].now, &any, text);

        if (!any || what != cases[i].what)
            fail_msg("%s to %s", cases[i].before, cases[i].now);
    }
    (void) judged("integer", "integer", &any, text);
    assert_false(any);
}

static void
long_types_are_told_apart(void **state)
{
    static const char *const parts[] = {"(a int)", "(a int, b text)"};
    char before[200], now[200], text[400];
    size_t bad;
    bool any;

    (void) state;
    for (int shift = 1; shift <= 2; shift++)
    {
        (void) snprintf(before, 200, "%.*sééééééééééééééééééééééééééééé over %80s", shift, "xx",
                        parts[0]);
        (void) snprintf(now, 200, "%.*sééééééééééééééééééééééééééééé over %80s", shift, "xx",
                        parts[1]);
        (void) judged(before, now, &any, text);
        assert_true(any);
        assert_non_null(strstr(text, "is not made of what it was"));
        now[0] = 'y';
        (void) judged(before, now, &any, text);
        assert_non_null(strstr(text, "its type was"));
        assert_true(ss_utf8_valid((const unsigned char *) text, strlen(text), &bad));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_lock_is_said_with_its_line),
        cmocka_unit_test(types_are_wider_or_others),
        cmocka_unit_test(long_types_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
