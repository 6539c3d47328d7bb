/* What people have stated of columns in comments and SECURITY LABELs. */
#include "classify/stated.h"

#include "unit/check.h"

static void
comments_are_read_in_the_words_of_policies(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const char *wrong;
    ss_proposal p;

    (void) state;
    assert_true(ss_stated_comment("sandseed: secret", arena, &p, &wrong));
    assert_int_equal(p.class, SS_CLASS_SECRET);
    assert_true(ss_stated_comment("A token.\n Sandseed : secret", arena, &p, &wrong));
    assert_int_equal(p.class, SS_CLASS_SECRET);
    assert_false(ss_stated_comment("sandseed\n: secret", arena, &p, &wrong));
    assert_null(wrong);
    assert_true(
        ss_stated_comment("The address.\r\n  sandseed: class=direct-identifier, kind: email , "
                          "treatment=shape,why=we said so, and mean it\nmore",
                          arena, &p, &wrong));
    assert_int_equal(p.class, SS_CLASS_DIRECT_IDENTIFIER);
    assert_int_equal(p.treatment, SS_TREAT_SHAPE);
    assert_string_equal(p.kind, "email");
    assert_string_equal(p.why, "we said so, and mean it");
    assert_true(p.stated);
    assert_false(ss_stated_comment("no word of it: sandseed: secret", arena, &p, &wrong));
    assert_null(wrong);
    ss_arena_free(arena);
}

static void
of_several_labels_the_strictest_counts(void **state)
{
    const ss_column column = {
        .name = "c",
        .labels =
            "anon\tNOT MASKED\nanon_x\tMASKED WITH FUNCTION anon.fake_email()\nk_anonymity\tQUASI "
            "IDENTIFIER"};
    ss_arena *arena = ss_arena_new(NULL);
    ss_proposal p;

    (void) state;
    assert_true(ss_stated(&column, arena, &p));
    assert_int_equal(p.class, SS_CLASS_DIRECT_IDENTIFIER);
    ss_arena_free(arena);
}

static void
what_cannot_be_read_is_said(void **state)
{
    static const char *const wrongs[] = {"sandseed:",
                                         "sandseed: ",
                                         "sandseed: secrets",
                                         "sandseed: undecided",
                                         "sandseed: kind=email",
                                         "sandseed: secret, secret",
                                         "sandseed: secret,",
                                         "sandseed: class=",
                                         "sandseed: secret, colour=red",
                                         "sandseed: secret, treatment=constant",
                                         "sandseed: secret, treatment=default",
                                         "sandseed: secret, treatment=burn"};
    ss_arena *arena = ss_arena_new(NULL);
    const char *wrong;
    ss_proposal p;

    (void) state;
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++)
    {
        assert_false(ss_stated_comment(wrongs[i], arena, &p, &wrong));
        assert_non_null(wrong);
    }
    ss_arena_free(arena);
}

static void
labels_tell_by_the_function_that_masks(void **state)
{
    static const struct
    {
        const char *provider, *label;
        ss_class class;
        const char *kind; /* NULL: none is told */
    } cases[] = {
        {"anon", "MASKED WITH FUNCTION anon.fake_email()", SS_CLASS_DIRECT_IDENTIFIER, "email"},
        {"anon", "MASKED WITH FUNCTION anon.dummy_last_name()", SS_CLASS_DIRECT_IDENTIFIER,
         "family-name"},
        {"anon", "MASKED WITH FUNCTION anon.partial(x, 2, $$secret$$, 2)",
         SS_CLASS_DIRECT_IDENTIFIER, NULL},
        {"anon_2", "MASKED WITH FUNCTION anon.random_date_between($$1990-01-01$$, now())",
         SS_CLASS_QUASI_IDENTIFIER, "timestamp"},
        {"anon", "MaSKeD WiTH FuNCTioN anon.RANDOM_ZIP()", SS_CLASS_QUASI_IDENTIFIER, "postcode"},
        {"anon", "MASKED WITH FUNCTION anon.dummy_street_name()", SS_CLASS_DIRECT_IDENTIFIER,
         "street-address"},
        {"anon", "MASKED WITH FUNCTION anon.dummy_company_name()", SS_CLASS_QUASI_IDENTIFIER,
         "employer"},
        {"anon", "MASKED WITH FUNCTION secret", SS_CLASS_DIRECT_IDENTIFIER, NULL},
        {"anon", "MASKED WITH VALUE NULL", SS_CLASS_DIRECT_IDENTIFIER, NULL},
        {"anon", "NOT MASKED", SS_CLASS_NON_PERSONAL, NULL},
        {"k_anonymity", "QUASI IDENTIFIER", SS_CLASS_QUASI_IDENTIFIER, NULL},
    };

    ss_arena *arena = ss_arena_new(NULL);
    ss_proposal p;

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        assert_true(ss_stated_label(cases[i].provider, cases[i].label, arena, &p));
        assert_int_equal(p.class, cases[i].class);
        assert_true((p.kind == NULL) == (cases[i].kind == NULL));
        if (p.kind != NULL)
            assert_string_equal(p.kind, cases[i].kind);
        assert_null(strstr(p.why, "secret")); /* no literal of a label */
    }
    assert_false(ss_stated_label("selinux", "system_u:object_r:sepgsql_table_t:s0", arena, &p));
    assert_false(ss_stated_label("anon", "MASKED", arena, &p));
    assert_false(ss_stated_label("anon", "NOT MASKEDLY", arena, &p));
    assert_false(ss_stated_label("anon", "", arena, &p));
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_are_read_in_the_words_of_policies),
        cmocka_unit_test(of_several_labels_the_strictest_counts),
        cmocka_unit_test(what_cannot_be_read_is_said),
        cmocka_unit_test(labels_tell_by_the_function_that_masks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
