#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "assess/schema_equal.h"

#define HEAD "--\n-- PostgreSQL database dump\n--\n\nSET x = on;\n\n"
#define A    "-- Name: a; Type: TABLE; Schema: public; Owner: o\n--\n\nCREATE TABLE public.a ();\n\n"
#define B    "-- Name: b; Type: TABLE; Schema: public; Owner: o\n--\n\nCREATE TABLE public.b ();\n\n"
#define B2                                                                                         \
    "-- Name: b; Type: TABLE; Schema: public; Owner: o\n--\n\nCREATE TABLE public.b (c int);\n\n"
#define X                                                                                          \
    "-- Name: postgis; Type: EXTENSION; Schema: -; Owner: \n--\n\nCREATE EXTENSION postgis;\n\n"

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

static ss_gate
compare(const char *a, const char *b)
{
    ss_gate gate = ss_gate_begin("schema-equal");
    ss_assess_texts_equal(a, b, arena, &gate);
    return gate;
}

static void
equal_dumps_pass(void **state)
{
    (void) state;
    const ss_gate gate = compare(HEAD A B, HEAD A B);
    assert_true(gate.passed);
    assert_int_equal(gate.compared, 3);
    assert_int_equal(gate.nfailures, 0);
}

static void
a_differing_definition_is_named_and_not_quoted(void **state)
{
    (void) state;
    const ss_gate gate = compare(HEAD A B2, HEAD A B);
    assert_false(gate.passed);
    assert_int_equal(gate.nfailures, 1);
    assert_string_equal(gate.evidence[0].object, "TABLE public.b");
    assert_null(strstr(gate.evidence[0].text, "int"));
}

static void
what_is_missing_on_either_side_is_named(void **state)
{
    (void) state;
    ss_gate gate = compare(HEAD A, HEAD A X);
    assert_int_equal(gate.nfailures, 1);
    assert_string_equal(gate.evidence[0].object, "EXTENSION postgis");
    gate = compare(HEAD A B, HEAD B);
    assert_int_equal(gate.nfailures, 1);
    assert_string_equal(gate.evidence[0].object, "TABLE public.a");
}

static void
order_and_settings_count(void **state)
{
    (void) state;
    assert_false(compare(HEAD A B, HEAD B A).passed);
    assert_false(compare("SET y = off;\n" A, "SET y = on;\n" A).passed);
}

static const char *
plain(const char *kind, const char *identity)
{
    return ss_assess_plain_name(kind, identity, arena);
}

static void
identities_become_the_archives_names(void **state)
{
    (void) state;
    assert_string_equal(plain("table", "public.t"), "public.t");
    assert_string_equal(plain("table", "public.\"Order.\"\"Line\""), "public.Order.\"Line");
    assert_string_equal(plain("constraint", "public.\"T\".c"), "public.T c");
    assert_string_equal(plain("column", "public.t.c"), "public.t.c");
    assert_string_equal(plain("function", "public.\"F\"(integer, s.\"T\")"),
                        "public.F(integer, s.\"T\")");
}

static void
the_verdict_names_gate_and_object(void **state)
{
    (void) state;
    ss_error err = {0};
    ss_gate gates[] = {ss_gate_begin("row-counts"), ss_gate_begin("schema-equal")};
    assert_int_equal(ss_gates_verdict(gates, 2, &err), SS_OK);
    ss_gate_fail(&gates[1], arena, "index public.i", "not valid");
    assert_int_equal(ss_gates_verdict(gates, 2, &err), SS_EGATE);
    assert_non_null(strstr(err.line[0], "schema-equal"));
    assert_non_null(strstr(err.line[0], "index public.i"));
}

static void
evidence_is_bounded_and_counted(void **state)
{
    (void) state;
    ss_gate gate = ss_gate_begin("x");
    for (int i = 0; i < SS_GATE_EVIDENCE_MAX + 7; i++)
        ss_gate_fail(&gate, arena, "o", "t");
    assert_int_equal(gate.nevidence, SS_GATE_EVIDENCE_MAX);
    assert_int_equal(gate.nfailures, SS_GATE_EVIDENCE_MAX + 7);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_dumps_pass),
        cmocka_unit_test(a_differing_definition_is_named_and_not_quoted),
        cmocka_unit_test(what_is_missing_on_either_side_is_named),
        cmocka_unit_test(order_and_settings_count),
        cmocka_unit_test(identities_become_the_archives_names),
        cmocka_unit_test(the_verdict_names_gate_and_object),
        cmocka_unit_test(evidence_is_bounded_and_counted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
