/* Names fall apart into words, and patterns are found in them. */
#include "catalog/words.h"

#include "base/buf.h"
#include "unit/check.h"

static void
names_fall_apart(void **state)
{
    static const char *const cases[][2] = {
        {"first_name", "first name"},
        {"firstName", "first name"},
        {"FirstName", "first name"},
        {"FIRST_NAME", "first name"},
        {"OXFNAME", "oxfname"},
        {"cVorname", "c vorname"},
        {"HTMLText", "html text"},
        {"userIDNumber", "user id number"},
        {"address1", "address 1"},
        {"x17y", "x 17 y"},
        {"Kunden-Stra\xc3\x9f"
         "e",
         "kunden strasse"},
        {"pr\xc3\xa9nom", "prenom"},
        {"PR\xc3\x89NOM", "prenom"},
        {"\xc5\x81\xc3\xb3"
         "d\xc5\xba",
         "lodz"},
        {"\xe5\xa7\x93\xe5\x90\x8d", "??"},
        {"__id__", "id"},
        {"a.b c", "a b c"},
        {"", ""},
        {"--", ""},
    };
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        const ss_words words = ss_words_of(cases[i][0], arena);
        ss_buf text = {0};

        for (size_t w = 0; w < words.n; w++)
            ss_buf_printf(&text, "%s%s", w == 0 ? "" : " ", words.list[w]);
        assert_string_equal(ss_buf_text(&text), cases[i][1]);
        ss_buf_done(&text);
    }
    ss_arena_free(arena);
}

static void
patterns_are_found(void **state)
{
    static const struct
    {
        const char *name, *pattern;
        bool hold, are;
    } cases[] = {
        {"date_of_birth", "date of birth", true, true},
        {"cust_date_of_birth", "date of birth", true, false},
        {"date_birth", "date of birth", false, false},
        {"birthdate", "birth*", true, true},
        {"email_address", "*mail", true, false},
        {"webmail", "*mail", true, true},
        {"mailer", "*mail", false, false},
        {"kundentelefonnr", "*telefon*", true, true},
        {"tel", "telefon*", false, false},
        {"name", "name", true, true},
        {"rename", "name", false, false},
        {"", "name", false, false},
        {"name", "", false, false},
        {"of_date_of_birth", "of birth", true, false},
    };

    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        const ss_words words = ss_words_of(cases[i].name, arena);

        assert_int_equal(ss_words_find(&words, cases[i].pattern).n > 0, cases[i].hold);
        assert_int_equal(
            ss_words_are(&words, (ss_pattern){cases[i].pattern, strlen(cases[i].pattern)}),
            cases[i].are);
    }
    ss_arena_free(arena);
}

static void
the_first_of_several_is_told(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_words words = ss_words_of("home_phone_no", arena);
    const ss_pattern found = ss_words_find(&words, "fax|tel*|phone no|phone");

    (void) state;
    assert_int_equal(found.n, strlen("phone no"));
    assert_memory_equal(found.text, "phone no", found.n);
    assert_int_equal(ss_words_find(&words, "fax|tel*").n, 0);
    assert_int_equal(ss_words_find(&words, NULL).n, 0);
    assert_true(ss_words_are_one_of(&words, "phone|home phone no"));
    assert_false(ss_words_are_one_of(&words, "phone|phone no"));
    assert_false(ss_words_are_one_of(&words, NULL));
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_fall_apart),
        cmocka_unit_test(patterns_are_found),
        cmocka_unit_test(the_first_of_several_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
