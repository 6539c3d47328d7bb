#include "unit/check.h"

#include "pseudonymise/written.h"

static void
assert_written(ss_letters letters, const char *text, const char *expected)
{
    char room[100];

    strcpy(room, text);
    ss_write_letters(letters, room, strlen(room));
    assert_string_equal(room, expected);
}

static ss_letters
letters_of(const char *text)
{
    return ss_letters_of((const unsigned char *) text, strlen(text));
}

static void
letters_are_written_as_they_were(void **state)
{
    (void) state;
    assert_int_equal(letters_of("MARY SMITH"), SS_LETTERS_CAPITAL);
    assert_int_equal(letters_of("МАРИЯ"), SS_LETTERS_CAPITAL);
    assert_int_equal(letters_of("mary smith"), SS_LETTERS_SMALL);
    assert_int_equal(letters_of("élodie"), SS_LETTERS_SMALL);
    assert_int_equal(letters_of("Mary"), SS_LETTERS_MIXED);
    assert_int_equal(letters_of("M"), SS_LETTERS_MIXED);
    assert_int_equal(letters_of("山田"), SS_LETTERS_MIXED);
    assert_int_equal(letters_of("12 34"), SS_LETTERS_MIXED);
    assert_written(SS_LETTERS_CAPITAL, "Élodie Łukasz Wałęsa-Žižek", "ÉLODIE ŁUKASZ WAŁĘSA-ŽIŽEK");
    assert_written(SS_LETTERS_SMALL, "ÉLODIE ŁUKASZ WAŁĘSA-ŽIŽEK", "élodie łukasz wałęsa-žižek");
    assert_written(SS_LETTERS_CAPITAL, "Мария Фёдорова ÿ ß", "МАРИЯ ФЁДОРОВА Ÿ ß");
    assert_written(SS_LETTERS_SMALL, "МАРИЯ ФЁДОРОВА Ÿ", "мария фёдорова ÿ");
    assert_written(SS_LETTERS_CAPITAL, "αθήνα 山田 a×÷", "ΑΘήΝΑ 山田 A×÷");
    assert_written(SS_LETTERS_MIXED, "Élodie", "Élodie");
}

static void
texts_are_cut_between_characters(void **state)
{
    (void) state;
    assert_int_equal(ss_fit_characters("Élodie", 7, 1), 2);
    assert_int_equal(ss_fit_characters("Élodie", 7, 6), 7);
    assert_int_equal(ss_fit_characters("Élodie", 7, 0), 0);
    assert_int_equal(ss_fit_characters("山田太郎", 12, 3), 9);
    assert_int_equal(ss_fit_characters("abc", 3, SIZE_MAX), 3);
}

static void
assert_plain(const char *text, const char *expected)
{
    char room[100] = "";

    room[ss_plain_letters(text, strlen(text), room)] = '\0';
    assert_string_equal(room, expected);
}

static void
plain_letters_have_no_accents(void **state)
{
    (void) state;
    assert_plain("Łukasz", "lukasz");
    assert_plain("Élodie", "elodie");
    assert_plain("O'Brien", "obrien");
    assert_plain("de la Peña-Ruiz", "delapenaruiz");
    assert_plain("Žižek", "zizek");
    assert_plain("Ÿ", "y");
    assert_plain("Groß", "gros");
    assert_plain("Иван", "");
    assert_plain("山田", "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_written_as_they_were),
        cmocka_unit_test(texts_are_cut_between_characters),
        cmocka_unit_test(plain_letters_have_no_accents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
