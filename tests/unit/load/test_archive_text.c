#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "load/archive_text.h"

static ss_arena *arena;

static int
set_up(void **state)
{
    (void) state;
    arena = ss_arena_new(NULL);
    return 0;
}

static int
tear_down(void **state)
{
    (void) state;
    ss_arena_free(arena);
    return 0;
}

/* The statements of text, joined by '|'. */
static const char *
split(const char *text)
{
    const char *statement = NULL;
    size_t len = 0;
    const char *all = "";
    while (ss_archive_text_next(&text, &statement, &len))
        all = ss_strf(arena, "%s%.*s|", all, (int) len, statement);
    return all;
}

static void
statements_end_at_semicolons_outside_quotes(void **state)
{
    (void) state;
    assert_string_equal(split("SELECT 1;\n\nSELECT 2;"), "SELECT 1|SELECT 2|");
    assert_string_equal(split("SELECT ';', \";\", E'\\';', 'a'';';B"),
                        "SELECT ';', \";\", E'\\';', 'a'';'|B|");
    assert_string_equal(split("A $$ ; $x$ ; $$; B $x$ ; $$ ; $x$; C $1; D a$b;"),
                        "A $$ ; $x$ ; $$|B $x$ ; $$ ; $x$|C $1|D a$b|");
    assert_string_equal(split("-- Name: x; Type: y\n\nA /* ; /* ; */ ; */ B;"),
                        "A /* ; /* ; */ ; */ B|");
    assert_string_equal(split(""), "");
    assert_string_equal(split(" ; -- nothing"), "");
}

static void
parsed_bodies_are_whole(void **state)
{
    (void) state;
    assert_string_equal(
        split("CREATE FUNCTION f() RETURNS int\n BEGIN ATOMIC\n SELECT CASE WHEN a THEN 1 END;\n "
              "SELECT 2;\nEND;\nALTER FUNCTION f() OWNER TO x;"),
        "CREATE FUNCTION f() RETURNS int\n BEGIN ATOMIC\n SELECT CASE WHEN a THEN 1 END;\n "
        "SELECT 2;\nEND|ALTER FUNCTION f() OWNER TO x|");
}

static void
psqls_own_lines_are_passed_over(void **state)
{
    (void) state;
    assert_string_equal(split("\\restrict abc\n\nSET a = 1;\n\\unrestrict abc\n"), "SET a = 1|");
}

static void
servers_lose_their_options(void **state)
{
    (void) state;
    const char *s = "CREATE SERVER \"OPTIONS (\" FOREIGN DATA WRAPPER w OPTIONS (\n host 'a)b',\n "
                    "port '1'\n)";
    assert_string_equal(ss_archive_text_without_options(s, strlen(s), arena),
                        "CREATE SERVER \"OPTIONS (\" FOREIGN DATA WRAPPER w ");
    assert_string_equal(ss_archive_text_name_after(s, strlen(s), "WRAPPER", arena), "w");
    s = "CREATE FOREIGN TABLE t (a int OPTIONS (column_name 'p') NOT NULL, b text DEFAULT 'OPTIONS "
        "(x)')\n"
        "SERVER \"S\"\nOPTIONS (\n table_name 'q'\n)";
    assert_string_equal(ss_archive_text_without_options(s, strlen(s), arena),
                        "CREATE FOREIGN TABLE t (a int  NOT NULL, b text DEFAULT 'OPTIONS (x)')\n"
                        "SERVER \"S\"\n");
    assert_string_equal(ss_archive_text_name_after(s, strlen(s), "SERVER", arena), "S");
    s = "CREATE SERVER x FOREIGN DATA WRAPPER w";
    assert_null(ss_archive_text_without_options(s, strlen(s), arena));
}

static const char *
grantee(const char *s)
{
    return ss_archive_text_grantee(s, strlen(s), arena);
}

static const char *
owner(const char *s)
{
    return ss_archive_text_new_owner(s, strlen(s), arena);
}

static void
roles_are_found_and_unquoted(void **state)
{
    (void) state;
    assert_string_equal(grantee("GRANT SELECT ON TABLE public.t TO app"), "app");
    assert_string_equal(
        grantee("GRANT ALL ON TABLE \"a TO b\" TO \"My \"\"Role\" WITH GRANT OPTION"), "My \"Role");
    assert_string_equal(grantee("REVOKE ALL ON TABLE public.t FROM PUBLIC"), "public");
    assert_string_equal(grantee("REVOKE ALL ON TABLE public.t FROM \"TO\""), "TO");
    const char *s =
        "ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA s GRANT SELECT ON TABLES TO app";
    assert_string_equal(grantee(s), "app");
    assert_string_equal(ss_archive_text_default_for(s, strlen(s), arena), "boss");
    s = "ALTER DEFAULT PRIVILEGES FOR ROLE boss REVOKE ALL ON FUNCTIONS FROM PUBLIC";
    assert_string_equal(grantee(s), "public");
    assert_string_equal(owner("ALTER TABLE public.\"x OWNER TO y\" OWNER TO app"), "app");
    assert_null(owner("ALTER TABLE public.t ADD CONSTRAINT c CHECK ((a <> 'OWNER TO x'::text))"));
    assert_null(owner("CREATE TABLE t (a text DEFAULT 'OWNER TO x')"));
}

static bool
not_gone(const void *arg, const char *role)
{
    return strcmp(role, arg) != 0;
}

static const char *
policy(const char *s, size_t *lost)
{
    return ss_archive_text_policy(s, strlen(s), not_gone, "gone", lost, arena);
}

static void
policies_lose_missing_roles(void **state)
{
    (void) state;
    size_t lost = 0;
    assert_string_equal(
        policy("CREATE POLICY p ON public.t TO a, gone, \"B\" USING ((x = 'TO gone'::text))",
               &lost),
        "CREATE POLICY p ON public.t TO a, \"B\" USING ((x = 'TO gone'::text))");
    assert_int_equal(lost, 1);
    assert_null(policy("CREATE POLICY p ON public.t TO gone USING (true)", &lost));
    assert_string_equal(policy("CREATE POLICY p ON public.t USING (true)", &lost),
                        "CREATE POLICY p ON public.t USING (true)");
    assert_int_equal(lost, 0);
    assert_string_equal(policy("CREATE POLICY p ON public.t FOR SELECT TO gone, b", &lost),
                        "CREATE POLICY p ON public.t FOR SELECT TO b ");
}

static void
what_a_tag_is_about_has_its_schema(void **state)
{
    static const char *const subjects[][3] = {
        {"clin", "TABLE patient", "table clin.patient"},
        {"clin", "COLUMN patient.\"Col.x\"", "column clin.patient.\"Col.x\""},
        {"clin", "TABLE \"My ON Tab\"", "table clin.\"My ON Tab\""},
        {"clin", "MATERIALIZED VIEW mv", "materialized view clin.mv"},
        {"clin", "CONSTRAINT cc ON t", "constraint cc on clin.t"},
        {"clin", "CONSTRAINT \"A \"\"B\" ON DOMAIN dd", "constraint \"A \"\"B\" on domain clin.dd"},
        {"clin", "FUNCTION f(integer, \"ON\")", "function clin.f(integer, \"ON\")"},
        {"clin", "OPERATOR CLASS cc USING btree", "operator class clin.cc USING btree"},
        {"clin", "OPERATOR @@@ (integer, integer)", "operator clin.@@@ (integer, integer)"},
        {"-", "SCHEMA \"CLIN\"", "schema \"CLIN\""},
        {"-", "EXTENSION hstore", "extension hstore"},
    };
    (void) state;
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        assert_string_equal(ss_archive_text_subject(subjects[i][0], subjects[i][1], arena),
                            subjects[i][2]);
}

static bool
is_jane(const char *name, size_t n)
{
    return strstr(ss_strndup(arena, name, n), "jane") != NULL;
}

static void
names_are_those_outside_of_strings_and_bodies(void **state)
{
    static const struct
    {
        const char *statement;
        bool found;
    } cases[] = {
        {"CREATE TABLE public.t (\"a jane\" text)", true},
        {"CREATE TABLE public.t (of_jane_1 text)", true},
        {"CREATE TABLE public.t (a text DEFAULT 'jane' CHECK (a <> E'\\'jane'))", false},
        {"CREATE FUNCTION f() AS $_$jane$_$ -- jane", false},
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            ss_archive_text_any_name(cases[i].statement, strlen(cases[i].statement), is_jane),
            cases[i].found);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_end_at_semicolons_outside_quotes),
        cmocka_unit_test(parsed_bodies_are_whole),
        cmocka_unit_test(psqls_own_lines_are_passed_over),
        cmocka_unit_test(servers_lose_their_options),
        cmocka_unit_test(roles_are_found_and_unquoted),
        cmocka_unit_test(policies_lose_missing_roles),
        cmocka_unit_test(what_a_tag_is_about_has_its_schema),
        cmocka_unit_test(names_are_those_outside_of_strings_and_bodies),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
