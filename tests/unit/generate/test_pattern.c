/* Texts by declared patterns: a regular expression engine takes every one, and none is without bounds. */
#include <regex.h>
#include <string.h>

#include "generate/pattern.h"
#include "unit/check.h"

#define DRAWS 400
#define NONE  (UINT64_C(1) << 50)

/* In POSIX's own writing where that differs. */
static const struct
{
    const char *text, *posix;
    bool like;
    size_t room;
    uint64_t
        count; /* 0: more than may be drawn here; NONE: none that are numbered are of the length */
    size_t least;
    bool upper;
} known[] = {
    {"^[A-Z]{2}\\d{4}$", "^[A-Z]{2}[0-9]{4}$", false, 1000, 6760000, 0, false},
    {"^[A-Z]{2}[0-9]{4}$", NULL, false, 6, 6760000, 0, false},
    {"^(foo|ba[rz])-\\w+$", "^(foo|ba[rz])-[A-Za-z0-9_]+$", false, 1000, 0, 0, false},
    {"^\\+?\\d{1,3}(?:[ -]\\d{2,})*$", "^[+]?[0-9]{1,3}([ -][0-9]{2,})*$", false, 1000, 0, 0,
     false},
    {"^[^a-z\\s]{3}$", "^[^a-z ]{3}$", false, 1000, 1000, 0, false},
    {"^[[:alpha:]_][[:alnum:]_]*?$", "^[[:alpha:]_][[:alnum:]_]*$", false, 63, 0, 0, false},
    {"^[]x-]\\.[\\w.-]$", "^[]x-][.][A-Za-z0-9_.-]$", false, 1000, 195, 0, false},
    {"^.\\S\\D\\W$", "^.[^ ][^0-9][^A-Za-z0-9_]$", false, 1000, 0, 0, false},
    {"^https?://", NULL, false, 1000, 0, 0, false},
    {"^a|b$", NULL, false, 1000, 0, 0, false},
    {"ab", NULL, false, 2, 1, 0, false},
    {"^#([0-9a-f]{3}|[0-9a-f]{6})$", NULL, false, 7, 1 << 24, 0, false},
    {"^(root|[a-z]{5})-[a-z0-9]*$", NULL, false, 20, 0, 0, false},
    {"^X[a-z0-9]+$", NULL, false, 12, 0, 12, false},
    {"^(id|no)-\\d{2,}(x?)$", "^(id|no)-[0-9]{2,}(x?)$", false, 40, 0, 30, false},
    {"^(foo|bar|baz)$", NULL, false, 20, 3, 0, false},
    {"^(US|EU|AP)-[0-9]{2}$", NULL, false, 20, 300, 0, false},
    {"^([ab]x|[ab]y)-$", NULL, false, 20, 4, 0, false},
    {"^([a-z]|[b-z]x?)$", NULL, false, 20, 26, 0, false},
    {"^(a|ab|aba)(b?)$", NULL, false, 20, 1, 0, false},
    {"SKU-%", "^SKU-[A-Z]*$", true, 20, 0, 0, true},
    {"^[a-zA-Z]-\\w{3}$", "^[A-Z]-[A-Z0-9_]{3}$", false, 20, 0, 0, true},
    {"^(a{0,2}b?){2}c$", NULL, false, 1000, 1, 0, false},
    {"^[A-Z]+-[0-9]+$", NULL, false, 8, NONE, 8, false},
    {"^[!@#]x$", "^[!#]x$", false, 1000, 2, 0, false},
    {"https://%", "^https://.*$", true, 1000, 0, 0, false},
    {"a\\_b_%.pdf", "^a_b..*[.]pdf$", true, 1000, 0, 0, false},
    {"%x%", "^.*x.*$", true, 1, 1, 0, false},
};

static const ss_text_pattern *
parse(size_t k, ss_arena *arena)
{
    const ss_pattern_kind kind = {.text = known[k].text,
                                  .like = known[k].like,
                                  .upper = known[k].upper,
                                  .least = known[k].least,
                                  .most = known[k].room};

    return ss_pattern_parse(&kind, arena);
}

/* NULL, for any length */
static const ss_text_pattern *
parse_text(const char *text, bool like, bool fold, size_t most, ss_arena *arena)
{
    const ss_pattern_kind kind = {.text = text, .like = like, .fold = fold, .most = most};

    return ss_pattern_parse(&kind, arena);
}

#define NKNOWN (sizeof known / sizeof known[0])

static void
compile(regex_t *regex, size_t k)
{
    assert_int_equal(regcomp(regex, known[k].posix == NULL ? known[k].text : known[k].posix,
                             REG_EXTENDED | REG_NOSUB),
                     0);
}

static void
assert_matches(regex_t *regex, size_t k, const char *text, size_t n)
{
    char copy[SS_PATTERN_LENGTH + 1];

    assert_in_range(n, known[k].least > 0 ? known[k].least : 1,
                    known[k].room < SS_PATTERN_LENGTH ? known[k].room : SS_PATTERN_LENGTH);
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
        const ss_text_pattern *p = parse(k, arena);
        char text[SS_PATTERN_LENGTH], again[SS_PATTERN_LENGTH];
        regex_t regex;

        if (p == NULL)
            fail_msg("%s is no pattern", known[k].text);
        compile(&regex, k);
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
        const ss_text_pattern *p = parse(k, arena);
        const uint64_t count = ss_pattern_count(p), most = count < DRAWS ? count : DRAWS;
        char texts[DRAWS][SS_PATTERN_LENGTH] = {0};
        regex_t regex;

        if (known[k].count != 0)
            assert_int_equal(count, known[k].count % NONE);
        compile(&regex, k);
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
        if (parse_text(others[i], false, false, 1000, arena) != NULL)
            fail_msg("%s is a pattern", others[i]);
    }
    assert_null(parse_text("%@%", true, false, 1000, arena));
    assert_null(parse_text("^[A-Z]{5}$", false, false, 4, arena));
    memset(text, '(', 900);
    assert_null(parse_text(text, false, false, 1000, arena));
    memset(text, 'a', 4999);
    assert_null(parse_text(text, false, false, 1000, arena));
    ss_arena_free(arena);
}

/* What is learnt of the column says more than these. */
static void
it_is_told_what_says_next_to_nothing(void **state)
{
    static const char *const others[] = {"\\S",         "^\\S+$",
                                         "^[a-z0-9]+$", "^(root|[a-z0-9]+)$",
                                         "^[A-Z]",      "^[A-Za-z ]{1,100}$",
                                         "[0-9]",       "^.*$",
                                         "^([a-z]+)$",  "x?",
                                         "^.+"};
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    {
        const ss_text_pattern *p = parse_text(others[i], false, false, 1000, arena);

        if (p == NULL || ss_pattern_says(p))
            fail_msg("%s says much", others[i]);
    }
    assert_false(ss_pattern_says(parse_text("%", true, false, 1000, arena)));
    assert_false(ss_pattern_says(parse_text("_%", true, false, 1000, arena)));
    assert_true(ss_pattern_says(parse_text("_-%", true, false, 1000, arena)));
    assert_true(ss_pattern_says(parse_text("^[A-Z]+-[0-9]+$", false, false, 1000, arena)));
    ss_arena_free(arena);
}

/* Where case is not looked at, a negated class excludes both. */
static void
case_may_not_count(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_pattern_kind small = {.text = "^[A-Z]{3}-$", .fold = true, .lower = true, .most = 9};
    const ss_text_pattern *p = parse_text("^-[^a-m]{2}$", false, true, 9, arena),
                          *q = ss_pattern_parse(&small, arena);
    char text[SS_PATTERN_LENGTH];

    (void) state;
    assert_non_null(p);
    assert_non_null(q);
    for (uint64_t u = 0; u < DRAWS; u++)
    {
        size_t n = ss_pattern_draw(p, u * 0x9E3779B97F4A7C15U, text);

        for (size_t i = 0; i < n; i++)
            assert_false((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'm');
        n = ss_pattern_draw(q, u * 0x9E3779B97F4A7C15U, text);
        for (size_t i = 0; i + 1 < n; i++)
            assert_in_range(text[i], 'a', 'z');
    }
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_matches),
        cmocka_unit_test(numbers_tell_texts_apart),
        cmocka_unit_test(all_else_is_no_pattern),
        cmocka_unit_test(it_is_told_what_says_next_to_nothing),
        cmocka_unit_test(case_may_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
