#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "pg/program_output.h"

static void
versions_are_read(void **state)
{
    (void) state;
    assert_int_equal(ss_program_version("pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"),
                     150020);
    assert_int_equal(ss_program_version("postgres (PostgreSQL) 12.22"), 120022);
    assert_int_equal(ss_program_version("pg_restore (PostgreSQL) 18beta1\n"), 180000);
    assert_int_equal(ss_program_version("pg_dump (PostgreSQL) 9.6.24\n"), 0);
    assert_int_equal(ss_program_version("bash: no such program"), 0);
    assert_int_equal(ss_program_version(""), 0);
}

typedef struct failure_case
{
    const char *stderr_text;
    ss_code code;
    const char *text; /* NULL: unknown */
    int dump_id;
} failure_case;

static const failure_case failures[] = {
    {"pg_dump: error: query failed: ERROR:  permission denied for table patient\n"
     "pg_dump: detail: Query was: LOCK TABLE public.patient IN ACCESS SHARE MODE\n",
     SS_EMEND, "the role lacks a privilege", 0},
    {"pg_dump: error: server version: 16.4; pg_dump version: 15.20\n"
     "pg_dump: error: aborting because of server version mismatch\n",
     SS_EMEND, "the program is older than the server", 0},
    {"pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout\n", SS_ERETRY,
     "a lock was not to be had in time", 0},
    {"pg_restore: while PROCESSING TOC:\n"
     "pg_restore: from TOC entry 214; 1259 16387 CONSTRAINT customer customer_email_key app\n"
     "pg_restore: error: could not execute query: ERROR:  could not create unique index \"k\"\n"
     "DETAIL:  Key (email)=(jane.roe@example.org) is duplicated.\n"
     "Command was: ALTER TABLE ONLY public.customer ADD CONSTRAINT ...\n",
     SS_EMEND, "a key is not unique", 214},
    {"pg_restore: error: could not write to output file: No space left on device\n", SS_ERETRY,
     "the disk is full", 0},
    /* What a value holds must neither be taken for the program's own words nor for an entry. */
    {"pg_restore: from TOC entry 9; 0 0 INDEX public i app\n"
     "pg_restore: error: could not execute query: ERROR:  something new\n"
     "DETAIL:  Key (note)=(\nNo space left on device\n from TOC entry 77; 1 1 TABLE secret x\n).\n",
     SS_EMEND, NULL, 9},
    /* Neither are the names that --verbose prints, nor a statement. */
    {"pg_restore: creating TABLE \"public.does not exist\"\n"
     "pg_dump: detail: Query was: SELECT 'already exists'\n",
     SS_EMEND, NULL, 0},
    {"", SS_EMEND, NULL, 0},
};

static void
failures_are_understood_by_the_programs_own_lines(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
    {
        const ss_program_failure f = ss_program_failure_of(failures[i].stderr_text);

        assert_int_equal(f.code, failures[i].code);
        assert_int_equal(f.dump_id, failures[i].dump_id);
        if (failures[i].text == NULL)
            assert_null(f.text);
        else
        {
            assert_non_null(f.text);
            assert_string_equal(f.text, failures[i].text);
        }
        assert_true(f.text == NULL || strstr(f.text, "jane") == NULL);
    }
}

static const char list[] = ";\n"
                           "; Archive created at 2026-11-23 18:00:00 UTC\n"
                           ";     dbname: shop; 1 2 3\n"
                           ";\n"
                           "214; 1259 16387 TABLE public customer app\n"
                           "2; 3079 16385 EXTENSION - plpgsql \n"
                           "3400; 2606 16500 FK CONSTRAINT public orders orders_customer_fkey app\n"
                           "3401; 0 0 SEQUENCE OWNED BY public a_seq app\n"
                           "3402; 826 16600 DEFAULT ACL public DEFAULT PRIVILEGES FOR TABLES app\n"
                           "not an entry\n"
                           "99999999999; 0 0 TABLE public big app\n";

static void
lists_are_read(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_archive_entry *e;
    size_t n;

    (void) state;
    ss_archive_parse_list(list, arena, &e, &n);
    assert_int_equal(n, 5);
    assert_int_equal(e[0].dump_id, 214);
    assert_int_equal(e[0].catalog, 1259);
    assert_int_equal(e[0].oid, 16387);
    assert_string_equal(e[0].desc, "TABLE");
    assert_string_equal(e[0].schema, "public");
    assert_string_equal(e[0].tag, "customer");
    assert_string_equal(e[0].owner, "app");
    assert_string_equal(e[0].line, "214; 1259 16387 TABLE public customer app");
    assert_string_equal(e[1].desc, "EXTENSION");
    assert_string_equal(e[1].schema, "-");
    assert_string_equal(e[1].tag, "plpgsql");
    assert_string_equal(e[1].owner, "");
    assert_string_equal(e[2].desc, "FK CONSTRAINT");
    assert_string_equal(e[2].tag, "orders orders_customer_fkey");
    assert_string_equal(e[3].desc, "SEQUENCE OWNED BY");
    assert_string_equal(e[3].tag, "a_seq");
    assert_string_equal(e[4].desc, "DEFAULT ACL");
    assert_string_equal(e[4].tag, "DEFAULT PRIVILEGES FOR TABLES");
    ss_arena_free(arena);
}

/* Entries of pg_dump 15 for schemas that are named like the second half of a kind. */
static void
schemas_named_like_kinds_are_none(void **state)
{
    static const struct
    {
        const char *line, *desc, *schema, *tag;
    } entries[] = {
        {"225; 1259 16407 TABLE ATTACH p app", "TABLE", "ATTACH", "p"},
        {"3257; 0 0 TABLE ATTACH ATTACH p1 app", "TABLE ATTACH", "ATTACH", "p1"},
        {"3424; 0 16410 TABLE DATA DATA t app", "TABLE DATA", "DATA", "t"},
        {"227; 1259 16416 SEQUENCE SET s app", "SEQUENCE", "SET", "s"},
        {"3468; 0 0 SEQUENCE SET SET s app", "SEQUENCE SET", "SET", "s"},
        {"3265; 1259 16413 INDEX ATTACH p_id_idx app", "INDEX", "ATTACH", "p_id_idx"},
        {"3270; 0 0 INDEX ATTACH ATTACH p1_id_idx app", "INDEX ATTACH", "ATTACH", "p1_id_idx"},
        {"224; 1259 16402 MATERIALIZED VIEW DATA mv app", "MATERIALIZED VIEW", "DATA", "mv"},
        {"3423; 0 16402 MATERIALIZED VIEW DATA DATA mv app", "MATERIALIZED VIEW DATA", "DATA",
         "mv"},
        {"3271; 3381 16406 STATISTICS DATA st app", "STATISTICS", "DATA", "st"},
        {"3272; 0 0 STATISTICS DATA DATA t app", "STATISTICS DATA", "DATA", "t"},
        {"3261; 2604 16426 DEFAULT ACL t x app", "DEFAULT", "ACL", "t x"},
        {"2093; 826 16429 DEFAULT ACL ACL DEFAULT PRIVILEGES FOR TABLES app", "DEFAULT ACL", "ACL",
         "DEFAULT PRIVILEGES FOR TABLES"},
        {"1694; 2617 16431 OPERATOR CLASS @@@ app", "OPERATOR", "CLASS", "@@@"},
        {"1880; 2616 16434 OPERATOR CLASS CLASS cc app", "OPERATOR CLASS", "CLASS", "cc"},
        {"2027; 2753 16433 OPERATOR FAMILY CLASS ff app", "OPERATOR FAMILY", "CLASS", "ff"},
        {"3462; 0 0 ACL LANGUAGE TABLE t app", "ACL", "LANGUAGE", "TABLE t"},
        {"3441; 0 0 ACL - LANGUAGE plpgsql app", "ACL", "-", "LANGUAGE plpgsql"},
    };

    (void) state;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_archive_entry *e;
        size_t n;

        ss_archive_parse_list(entries[i].line, arena, &e, &n);
        assert_int_equal(n, 1);
        assert_string_equal(e->desc, entries[i].desc);
        assert_string_equal(e->schema, entries[i].schema);
        assert_string_equal(e->tag, entries[i].tag);
        assert_string_equal(e->owner, "app");
        ss_arena_free(arena);
    }
}

static void
only_the_restrict_lines_of_the_dump_itself_go(void **state)
{
    ss_buf text = {0};

    (void) state;
    ss_dump_strip_restrict(&text);
    assert_int_equal(text.len, 0);
    ss_buf_puts(&text, "--\n\\restrict Ab12\nSET x;\n\\restrict other\n\\unrestrict other\n"
                       "\\unrestrict Ab12\nend");
    ss_dump_strip_restrict(&text);
    assert_string_equal(ss_buf_text(&text),
                        "--\nSET x;\n\\restrict other\n\\unrestrict other\nend");
    ss_buf_done(&text);
}

static void
entries_of_a_dump_have_labels(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_string_equal(
        ss_dump_label("orders; Type: TABLE; Schema: public; Owner: o\n\nCREATE", arena),
        "TABLE public.orders");
    assert_string_equal(ss_dump_label("app; Type: SCHEMA; Schema: -; Owner: -\n", arena),
                        "SCHEMA app");
    assert_string_equal(ss_dump_label("of another form", arena), "of another form");
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_read),
        cmocka_unit_test(failures_are_understood_by_the_programs_own_lines),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(schemas_named_like_kinds_are_none),
        cmocka_unit_test(only_the_restrict_lines_of_the_dump_itself_go),
        cmocka_unit_test(entries_of_a_dump_have_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
