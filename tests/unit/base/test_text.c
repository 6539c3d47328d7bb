#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"

typedef struct pair
{
    const char *in, *out;
} pair;

static void
text_for_people_cannot_steer_a_terminal(void **state)
{
    static const pair cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"Zoë 数据", "Zoë 数据"},
        {"a\nb\tc", "a\\x0ab\\x09c"},
        {"\x1b[31mred\x7f", "\\x1b[31mred\\x7f"},
        {"\xc2\x9b"
         "2J",
         "\\xc2\\x9b2J"}, /* C1's own CSI */
        {"a\xe2\x80\xae"
         "b\xe2\x81\xa6"
         "c",
         "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c"}, /* bidi */
        {"\xd8\x9c", "\\xd8\\x9c"},
        {"bad\xff\xc0\x80", "bad\\xff\\xc0\\x80"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* a surrogate */
        {"cut\xe2\x82", "cut\\xe2\\x82"},
    };
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(ss_printable(arena, cases[i].in), cases[i].out);
    ss_arena_free(arena);
}

static void
utf8_is_judged_as_the_standard_says(void **state)
{
    size_t bad = 99;

    (void) state;
    assert_true(ss_utf8_valid((const unsigned char *) "a\0b", 3, NULL));
    assert_true(ss_utf8_valid((const unsigned char *) "\xf4\x8f\xbf\xbf", 4, NULL));
    assert_false(ss_utf8_valid((const unsigned char *) "\xf4\x90\x80\x80", 4, NULL));
    assert_false(ss_utf8_valid((const unsigned char *) "\xe0\x80\xaf", 3, NULL));
    assert_false(ss_utf8_valid((const unsigned char *) "ab\xc3", 3, &bad));
    assert_int_equal(bad, 2);
}

static void
widths_are_columns(void **state)
{
    (void) state;
    assert_int_equal(ss_text_width(""), 0);
    assert_int_equal(ss_text_width("abc"), 3);
    assert_int_equal(ss_text_width("Zoë"), 3);
    assert_int_equal(ss_text_width("Zoe\xcc\x88"), 3); /* e and a combining diaeresis */
    assert_int_equal(ss_text_width("数据"), 4);
}

static void
globs_match_whole_texts_and_take_linear_time(void **state)
{
    char text[20001];

    (void) state;
    assert_true(ss_glob("*", ""));
    assert_true(ss_glob("public.*", "public.customer"));
    assert_true(ss_glob("*.e?ail*", "a.b.email_2"));
    assert_true(ss_glob("a*b*c", "a1b2b3c"));
    assert_false(ss_glob("a*b*c", "a1b2b3"));
    assert_false(ss_glob("?", ""));
    assert_false(ss_glob("[ab]", "a"));
    assert_true(ss_glob("[ab]", "[ab]"));
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(ss_glob("*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

static void
identifiers_are_quoted_where_they_must(void **state)
{
    static const pair cases[] = {{"customer_2", "customer_2"}, {"Customer", "\"Customer\""},
                                 {"2nd", "\"2nd\""},           {"a b", "\"a b\""},
                                 {"a\"b", "\"a\"\"b\""},       {"", "\"\""}};
    ss_buf out = {0};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_buf_clear(&out);
        ss_text_ident(&out, cases[i].in);
        assert_string_equal(ss_buf_text(&out), cases[i].out);
    }
    ss_buf_done(&out);
}

static void
typos_find_their_word(void **state)
{
    static const char *const words[] = {"synthesise", "pseudonymise", "keep", "empty"};
    char longest[200];

    (void) state;
    assert_string_equal(ss_nearest("synthesize", words, 4), "synthesise");
    assert_string_equal(ss_nearest("keeep", words, 4), "keep");
    assert_string_equal(ss_nearest("kepe", words, 4), "keep");
    assert_null(ss_nearest("generalise_all", words, 4));
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_null(ss_nearest(longest, words, 4));
}

static void
numbers_are_whole_texts_in_range(void **state)
{
    int64_t i;
    uint64_t u;
    double d;

    (void) state;
    assert_true(ss_parse_i64("-9223372036854775808", &i) && i == INT64_MIN);
    assert_true(ss_parse_i64("9223372036854775807", &i) && i == INT64_MAX);
    assert_true(ss_parse_i64("+7", &i) && i == 7);
    assert_false(ss_parse_i64("9223372036854775808", &i));
    assert_false(ss_parse_i64("-9223372036854775809", &i));
    assert_true(ss_parse_u64("18446744073709551615", &u) && u == UINT64_MAX);
    assert_false(ss_parse_u64("18446744073709551616", &u));
    assert_false(ss_parse_u64("-1", &u));
    assert_false(ss_parse_u64("", &u));
    assert_false(ss_parse_i64("-", &i));
    assert_false(ss_parse_i64("1 ", &i));
    assert_true(ss_parse_double("-1.5e3", &d) && d == -1500.0);
    assert_false(ss_parse_double("0x10", &d));
    assert_false(ss_parse_double("nan", &d));
    assert_false(ss_parse_double("1e999", &d));
    assert_false(ss_parse_double("1,5", &d));
    assert_false(ss_parse_double("1.5.2", &d));
}

static void
quantities_read_well(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_string_equal(ss_text_count(arena, 0), "0");
    assert_string_equal(ss_text_count(arena, 999), "999");
    assert_string_equal(ss_text_count(arena, 1234567), "1,234,567");
    assert_string_equal(ss_text_count(arena, UINT64_MAX), "18,446,744,073,709,551,615");
    assert_string_equal(ss_text_bytes(arena, 999), "999 bytes");
    assert_string_equal(ss_text_bytes(arena, 1500), "1.5 kB");
    assert_string_equal(ss_text_bytes(arena, 287000000), "287 MB");
    assert_string_equal(ss_text_bytes(arena, 999999), "1.0 MB");
    assert_string_equal(ss_text_seconds(arena, 0.24), "0.2 s");
    assert_string_equal(ss_text_seconds(arena, 59.7), "1 min 0 s");
    assert_string_equal(ss_text_seconds(arena, 73.4), "1 min 13 s");
    assert_string_equal(ss_text_seconds(arena, 7260), "2 h 1 min");
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_for_people_cannot_steer_a_terminal),
        cmocka_unit_test(utf8_is_judged_as_the_standard_says),
        cmocka_unit_test(widths_are_columns),
        cmocka_unit_test(globs_match_whole_texts_and_take_linear_time),
        cmocka_unit_test(identifiers_are_quoted_where_they_must),
        cmocka_unit_test(typos_find_their_word),
        cmocka_unit_test(numbers_are_whole_texts_in_range),
        cmocka_unit_test(quantities_read_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
