/* Texts by declared patterns: a regular expression engine takes every one, and none is without bounds. */
#include <regex.h>
#include <string.h>

#include "generate/pattern.h"
#include "unit/check.h"

#define DRAWS 400

/* In POSIX's own writing where that differs. */
static const struct
{
    const char *text, *posix;
    bool like;
    size_t room;
    uint64_t count; /* 0: more than may be drawn here */
} known[] = {
    {"^[A-Z]{2}\\d{4}$", "^[A-Z]{2}[0-9]{4}$", false, 1000, 6760000},
    {"^[A-Z]{2}[0-9]{4}$", NULL, false, 6, 6760000},
    {"^(foo|ba[rz])-\\w+$", "^(foo|ba[rz])-[A-Za-z0-9_]+$", false, 1000, 0},
    {"^\\+?\\d{1,3}(?:[ -]\\d{2,})*$", "^[+]?[0-9]{1,3}([ -][0-9]{2,})*$", false, 1000, 0},
    {"^[^a-z\\s]{3}$", "^[^a-z ]{3}$", false, 1000, 1000},
    {"^[[:alpha:]_][[:alnum:]_]*?$", "^[[:alpha:]_][[:alnum:]_]*$", false, 63, 0},
    {"^[]x-]\\.[\\w.-]$", "^[]x-][.][A-Za-z0-9_.-]$", false, 1000, 195},
    {"^.\\S\\D\\W$", "^.[^ ][^0-9][^A-Za-z0-9_]$", false, 1000, 0},
    {"^https?://", NULL, false, 1000, 0},
    {"^a|b$", NULL, false, 1000, 0},
    {"ab", NULL, false, 2, 1},
    {"^#([0-9a-f]{3}|[0-9a-f]{6})$", NULL, false, 7, 8192},
    {"^(a{0,2}b?){2}c$", NULL, false, 1000, 1},
    {"^[!@#]x$", "^[!#]x$", false, 1000, 2},
    {"https://%", "^https://.*$", true, 1000, 0},
    {"a\\_b_%.pdf", "^a_b..*[.]pdf$", true, 1000, 0},
    {"%x%", "^.*x.*$", true, 1, 1},
};

#define NKNOWN (sizeof known / sizeof known[0])

static void
assert_matches(regex_t *regex, size_t k, const char *text, size_t n)
{
    char copy[SS_PATTERN_LENGTH + 1];

    assert_in_range(n, 1, known[k].room < SS_PATTERN_LENGTH ? known[k].room : SS_PATTERN_LENGTH);
    memcpy(copy, text, n);
    copy[n] = '\0';
    assert_null(strchr(copy, '@'));
    if (regexec(regex, copy, 0, NULL, 0) != 0)
        fail_msg("\"%s\" does not match %s", copy, known[k].text);
}

static void
every_text_matches(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t k = 0; k < NKNOWN; k++)
    {
        const ss_text_pattern *p =
            ss_pattern_parse(known[k].text, known[k].like, known[k].room, arena);
        char text[SS_PATTERN_LENGTH], again[SS_PATTERN_LENGTH];
        regex_t regex;

        if (p == NULL)
            fail_msg("%s is no pattern", known[k].text);
        assert_int_equal(regcomp(&regex, known[k].posix == NULL ? known[k].text : known[k].posix,
                                 REG_EXTENDED | REG_NOSUB),
                         0);
        for (uint64_t i = 0; i < DRAWS; i++)
        {
            const uint64_t u = i * 0x9E3779B97F4A7C15U;
            const size_t n = ss_pattern_draw(p, u, text);

            assert_matches(&regex, k, text, n);
            assert_int_equal(ss_pattern_draw(p, u, again), n);
            assert_memory_equal(text, again, n);
        }
        regfree(&regex);
    }
    ss_arena_free(arena);
}

static void
numbers_tell_texts_apart(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t k = 0; k < NKNOWN; k++)
    {
        const ss_text_pattern *p =
            ss_pattern_parse(known[k].text, known[k].like, known[k].room, arena);
        const uint64_t count = ss_pattern_count(p), most = count < DRAWS ? count : DRAWS;
        char texts[DRAWS][SS_PATTERN_LENGTH] = {0};
        regex_t regex;

        if (known[k].count != 0)
            assert_int_equal(count, known[k].count);
        assert_int_equal(regcomp(&regex, known[k].posix == NULL ? known[k].text : known[k].posix,
                                 REG_EXTENDED | REG_NOSUB),
                         0);
        for (uint64_t i = 0; i < most; i++)
        {
            assert_matches(&regex, k, texts[i], ss_pattern_number(p, i, texts[i]));
            for (uint64_t other = 0; other < i; other++)
                assert_memory_not_equal(texts[i], texts[other], SS_PATTERN_LENGTH);
        }
        regfree(&regex);
    }
    ss_arena_free(arena);
}

static void
all_else_is_no_pattern(void **state)
{
    static const char *const others[] = {"^(?=.*\\d).+$",
                                         "^(a)\\1$",
                                         "\\mword\\M",
                                         "^\\u00e9$",
                                         "(?i)abc",
                                         "***=a",
                                         "^(^a)$",
                                         "a$b",
                                         "^(a$",
                                         "^a)$",
                                         "^[a$",
                                         "^[z-a]$",
                                         "^a{2,1}$",
                                         "^a{300}$",
                                         "^a**$",
                                         "*a",
                                         "^$",
                                         "^[[.a.]]$",
                                         "^\xC3\xA9$",
                                         "^[\xC3\xA9]$",
                                         "^a\\",
                                         "^[a\\",
                                         "^a{2",
                                         "^a{",
                                         "^[^@]+@x\\.de$",
                                         "^a{97}$",
                                         "^(((a{255}){255}){255}){255}$",
                                         "^((((){255}){255}){255}){255}a$",
                                         "((((((((((a))))))))))"};
    ss_arena *arena = ss_arena_new(NULL);
    char *text = ss_alloc(arena, 5000, 1);

    (void) state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    {
        if (ss_pattern_parse(others[i], false, 1000, arena) != NULL)
            fail_msg("%s is a pattern", others[i]);
    }
    assert_null(ss_pattern_parse("%@%", true, 1000, arena));
    assert_null(ss_pattern_parse("^[A-Z]{5}$", false, 4, arena));
    memset(text, '(', 900);
    assert_null(ss_pattern_parse(text, false, 1000, arena));
    memset(text, 'a', 4999);
    assert_null(ss_pattern_parse(text, false, 1000, arena));
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_matches),
        cmocka_unit_test(numbers_tell_texts_apart),
        cmocka_unit_test(all_else_is_no_pattern),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
