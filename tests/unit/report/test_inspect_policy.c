/* The page of a policy: the same facts in text, JSON and CSV. */
#include "unit/policy/policy_text.h"

#include <stdlib.h>

#include "base/text.h"
#include "report/inspect_policy.h"

#define COLUMNS                                                                                    \
    "  public.person:\n    mode: synthesise\n    columns:\n      id: {class: key}\n"               \
    "      email: {class: secret, kind: \"=1+1\", why: \"a, \\\"b\\\"\"}\n"                        \
    "  public.orders: {mode: empty}\n"

typedef struct fixture
{
    ss_arena *arena;
    ss_buf text;
    ss_policy_page page;
} fixture;

static fixture
set_up(const char *policy)
{
    fixture f = {.arena = ss_arena_new(NULL)};
    ss_builder b = shop(f.arena);

    f.page = ss_policy_page_of(resolve(f.arena, builder_done(&b), policy), "p.yaml", "dbname=x",
                               "00ff", "2026-11-27", f.arena);
    return f;
}

static void
tear_down(fixture *f)
{
    ss_buf_done(&f->text);
    ss_arena_free(f->arena);
}

static const char *
text_of(fixture *f, size_t width)
{
    ss_buf_clear(&f->text);
    ss_policy_page_text(&f->page, width, &f->text);
    return ss_buf_text(&f->text);
}

static void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("missing: %s\nin:\n%s", part, text);
}

static void
a_cell_is_quoted_where_it_must_be(void **state)
{
    static const struct
    {
        const char *text, *cell;
    } cases[] = {{"", ""},
                 {"plain", "plain"},
                 {"a,b", "\"a,b\""},
                 {"say \"x\"", "\"say \"\"x\"\"\""},
                 {"two\nlines", "\"two\nlines\""},
                 {"a-b", "a-b"},
                 {"=1+1", "'=1+1"},
                 {"+49", "'+49"},
                 {"-1", "'-1"},
                 {"@SUM(A1)", "'@SUM(A1)"},
                 {"\tx", "'\tx"},
                 {"\rx", "\"'\rx\""},
                 {"=\"a\",b", "\"'=\"\"a\"\",b\""}};

    ss_buf out = {0};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_buf_clear(&out);
        ss_csv_cell(&out, cases[i].text);
        assert_string_equal(ss_buf_text(&out), cases[i].cell);
    }
    ss_buf_done(&out);
}

static void
a_column_is_a_line_of_the_csv(void **state)
{
    fixture f =
        set_up(HEAD "tables:\n" COLUMNS
                    "  public.country: {mode: keep, columns: {name: {class: non-personal}}}\n");

    (void) state;
    ss_policy_page_csv(&f.page, &f.text);
    assert_has(ss_buf_text(&f.text),
               "table,column,type,class,kind,treatment,to,why,rule,signed_by,signed_date,covered,"
               "personal,leaves_with_values\r\n"
               "public.country,code,text,undecided,,keep,,,,,,,yes,yes\r\n"
               "public.country,name,text,non-personal,,keep,,,,,,,no,yes\r\n"
               "public.orders,id,int4,,,nothing,,,,,,,,no\r\n");
    assert_has(ss_buf_text(&f.text),
               "public.person,email,text,secret,'=1+1,shape,,\"a, \"\"b\"\"\",,,,,yes,no\r\n");
    tear_down(&f);
}

static void
the_page_tells_what_leaves_and_what_is_open(void **state)
{
    fixture f =
        set_up(HEAD "rules:\n  - {match: \"*.active\", class: non-personal, why: a flag}\n"
                    "tables:\n" COLUMNS "  public.country: {mode: keep, why: a list, "
                    "signed: {by: a.khan, date: 2026-01-02, why: a list, covers: \"00000000\"}}\n");
    const char *text = text_of(&f, 100);

    (void) state;
    assert_has(text, "Policy p.yaml, as of 2026-11-27\n");
    assert_has(
        text,
        "   undecided                       -            1            2            -        3\n");
    assert_has(
        text,
        "   (nobody said)                   -            -            -            4        4\n");
    assert_has(text,
               "   public.country: every row as it is; 2 columns, 2 of them personal or keys\n"
               "      why         a list\n"
               "      signed      by a.khan on 2026-01-02; what was signed has changed since: it "
               "no longer counts\n");
    assert_has(text, "   *.active: non-personal\n"
                     "      matches     1 column, none when plan last wrote it; decides 0\n");
    assert_has(text,
               "   the table public.country, signed by a.khan on 2026-01-02: its columns are now "
               "code, name\n");
    assert_has(text, "   Not signed:\n      public.country: code, name\n");
    assert_has(text,
               "   Undecided:\n      public.country: code, name\n      public.person: active\n");
    assert_has(text, "   public.person.email: secret (=1+1), shape; a, \"b\"\n");
    assert_has(text,
               "   stops  public.country: the signature no longer covers the table as it is\n");
    tear_down(&f);
}

static void
texts_of_the_schema_that_are_kept_are_told(void **state)
{
    fixture f =
        set_up(HEAD "schema: {text: {table public.orders: {keep: {email: 1}, why: a desk}}}\n"
                    "tables:\n" COLUMNS);
    json_t *object = ss_policy_page_json(&f.page),
           *kept = json_array_get(json_object_get(object, "schema_texts_kept"), 0);

    (void) state;
    assert_has(text_of(&f, 100), "   in the schema's own text, table public.orders: 1 email\n"
                                 "      why         a desk\n"
                                 "      signed      not signed\n");
    assert_string_equal(json_string_value(json_object_get(kept, "object")), "table public.orders");
    json_decref(object);
    tear_down(&f);
}

static void
it_fits_every_terminal(void **state)
{
    fixture f = set_up(HEAD "tables:\n" COLUMNS);

    (void) state;
    for (size_t width = 40; width <= 160; width += 13)
    {
        const char *text = text_of(&f, width);

        while (*text != '\0')
        {
            const size_t n = strcspn(text, "\n");
            const char *line = ss_strf(f.arena, "%.*s", (int) n, text);

            if (ss_text_width(line) > width)
                fail_msg("wider than %zu: %s", width, line);
            text += n + (text[n] == '\n');
        }
    }
    tear_down(&f);
}

static void
the_json_holds_every_column(void **state)
{
    fixture f = set_up(HEAD "tables:\n" COLUMNS "  public.country: {mode: keep}\n");
    json_t *object = ss_policy_page_json(&f.page), *columns = json_object_get(object, "columns"),
           *matrix = json_object_get(object, "matrix");

    (void) state;
    assert_int_equal(json_array_size(columns), 9);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(matrix, ""), "nothing")),
                     4);
    assert_int_equal(json_integer_value(json_object_get(object, "undecided_columns")), 3);
    assert_true(json_is_null(json_object_get(json_array_get(columns, 2), "personal")));
    assert_true(json_is_true(json_object_get(json_array_get(columns, 0), "lacks_signature")));
    json_decref(object);
    tear_down(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_quoted_where_it_must_be),
        cmocka_unit_test(a_column_is_a_line_of_the_csv),
        cmocka_unit_test(the_page_tells_what_leaves_and_what_is_open),
        cmocka_unit_test(texts_of_the_schema_that_are_kept_are_told),
        cmocka_unit_test(it_fits_every_terminal),
        cmocka_unit_test(the_json_holds_every_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
