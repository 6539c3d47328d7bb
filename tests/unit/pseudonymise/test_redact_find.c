/* What of a text tells who somebody is: marked in it with brackets. */
#include "unit/check.h"

#include <string.h>

#include "base/arena.h"
#include "pseudonymise/redact_find.h"

/* "call [Jane] on [020 7946 0123]" */
static const char *
marked(const char *text, const ss_find_own *own, size_t nown, ss_arena *arena)
{
    ss_finder finder = {0};
    ss_buf out = {0};
    size_t from = 0;
    const char *copy;

    ss_find_all(&finder, text, strlen(text), own, nown);
    for (size_t i = 0; i < finder.nhits; i++)
    {
        const ss_find_hit *hit = &finder.hits[i];

        ss_buf_printf(&out, "%.*s[%.*s]", (int) (hit->start - from), text + from,
                      (int) (hit->end - hit->start), text + hit->start);
        from = hit->end;
    }
    ss_buf_puts(&out, text + from);
    copy = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    ss_finder_done(&finder);
    return copy;
}

static void
assert_marked(const char *expected, const ss_find_own *own, size_t nown)
{
    ss_arena *arena = ss_arena_new(NULL);
    char *plain = ss_strdup(arena, expected);
    size_t n = 0;

    for (const char *c = expected; *c != '\0'; c++)
    {
        if (*c != '[' && *c != ']')
            plain[n++] = *c;
    }
    plain[n] = '\0';
    assert_string_equal(marked(plain, own, nown, arena), expected);
    ss_arena_free(arena);
}

static void
identifiers_are_found_by_form(void **state)
{
    static const char *const texts[] = {
        "write to [jane.doe@canary.org], or call [+44 7712 345678]!",
        "see [https://jane.canary.org/of/12?x=1]. And ([www.canary.org/jane])",
        "from [81.2.69.142] and [2001:db8:1234:5678::1], version 1.2.3 at 12:34",
        "NHS [943 476 5919], card [4111 1111 1111 1111], [GB82 WEST 1234 5698 7654 32], "
        "[AB123456C]",
        "at [https://a:b@canary.org/x] nothing else",
        "nothing here, on 2024-01-31 at 3 o'clock, 42 of 100",
        ""};

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_marked(texts[i], NULL, 0);
}

static void
the_rows_own_values_are_found(void **state)
{
    static const ss_find_own own[] = {{"Xanthe Quux", 11}, {"Xanthe", 6},  {"Quux", 4},
                                      {"ab", 2},           {"C-10423", 7}, {"Straße 7", 9},
                                      {"ÉLODIE", 7},       {"Ärger", 6}};

    (void) state;
    assert_marked("[Xanthe Quux] rang; [XANTHE] and [quux] too, [Quux]'s son, the [Quux]s", own, 8);
    assert_marked("not Xantheus, not aQuux, ab is too short, order [C-10423]", own, 8);
    assert_marked("[Xanthe] [Quux] rang, and [Quux], [Xanthe]; [Xanthe Miller] did not", own + 1,
                  2);
    assert_marked("lives in [straße 7], with [élodie], has ärgern and [ÄRGER]", own, 8);
}

/* People write the same in many ways. */
static void
the_rows_own_values_are_found_however_they_are_written(void **state)
{
    static const ss_find_own own[] = {
        {"Zoë Nguyễn", 13},   {"Zoë", 4},         {"Nguyễn", 8},       {"Ștefan", 7},
        {"Παπαδόπουλος", 24}, {"Anne-Marie", 10}, {"O’Zyx", 7},        {"張偉", 6},
        {"Straußer", 9},      {"Li", 2},          {"Семёнов", 14},     {"김철수", 9},
        {"Xantha\xc3", 7},    {"Ö", 2},           {"Zyx Qua Quux", 12}};

    (void) state;
    assert_marked("[Zoe\u0308 Nguye\u0302\u0303n] and [ZOË NGUYỄN] and [zoe] and [Nguyen]", own,
                  15);
    assert_marked("[Zoë\nNguyễn] and [Zoë\u00a0 Nguyễn] and [Zo\u00adë\u200b]", own, 15);
    assert_marked("[ȘTEFAN] and [stefan], [ΠΑΠΑΔΟΠΟΥΛΟΣ] or [Семенов]", own, 15);
    assert_marked("[Anne Marie], [anne-\n  marie], [Anne‑Marie]; [O'ZYX] too; [STRAUSSER]", own,
                  15);
    assert_marked("客戶[張偉]來電; [김철수]씨, [Zoë]さん", own, 15);
    assert_marked("[Li] rang, [LI] rang; ali, li, Lixxo, ßLi, Ös", own, 15);
    assert_marked("zyx - qua no; [zyx-qua quux]s",
                  (const ss_find_own[]){{"zyx qua", 7}, {"Zyx Qua Quux", 12}}, 2);
}

static void
names_of_others_are_found_by_lists_titles_and_capitals(void **state)
{
    static const char *const texts[] = {
        "spoke to [Janet Miller] about it, then to [Robert]",
        "[Janet] said that Mr [Okonkwo-Zzyzx] and Dr. [Smith] agree",
        "Herr [Müller] und Frau Dr. [Schneider] sind da",
        "signed [Smith, John] and [J. Miller]",
        "“[Janet]’s book” and [Janet]'s",
        "[Ludwig van der Berg] came on Monday",
        "The Baker Street Station is in North London, on Monday",
        "please call back in May",
        "no name here at all",
        "A Epic Drama Of A Feminist And A Mad Scientist",
        "van van van van van van van van van van van van"};

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_marked(texts[i], NULL, 0);
}

/* What is longer than its form allows is found in full: none of it stays. */
static void
nothing_is_found_in_part(void **state)
{
    static const char *const texts[] = {
        "to [o'zyx@canary.org] and '[jane@canary.org]', (([jane@canary.org]))",
        "to "
        "[bounces+0123456789012345678901234567890123456789=zyx.quux=canary.org@mail.canary.org].",
        "see [https://canary.org/of/zyx_(actress)], ([https://canary.org/o'zyx?a=1]): "
        "'[https://canary.org]'",
        "host=a port=1 password=[abc$zyx;quux] there",
        "from [81.2.69.142]:8080, [203.0.113.7]-[203.0.113.9], [81.2.69.142]."};
    static const char head[] = "key -----BEGIN PRIVATE KEY-----\n",
                      tail[] = "-----END PRIVATE KEY-----";
    ss_finder finder = {0};
    ss_buf key = {0};

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_marked(texts[i], NULL, 0);
    ss_buf_puts(&key, head);
    for (size_t i = 0; i < 1000; i++)
        ss_buf_puts(&key, "MIIEvQIBADANBgkqhkiG9w0B\n");
    ss_buf_puts(&key, tail);
    ss_find_all(&finder, ss_buf_text(&key), key.len, NULL, 0);
    assert_int_equal(finder.nhits, 1);
    assert_int_equal(finder.hits[0].start, 4);
    assert_int_equal(finder.hits[0].end, key.len);
    ss_finder_done(&finder);
    ss_buf_done(&key);
}

/* Where two overlap, all of both is one, and nothing is left between. */
static void
what_overlaps_is_one(void **state)
{
    static const ss_find_own own[] = {{"jane", 4}, {"12 High Street, SW1A 1AA", 24}};

    (void) state;
    assert_marked("[jane.doe@canary.org] and [jane]", own, 2);
    assert_marked("at [12 High Street, SW1A 1AA].", own, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_are_found_by_form),
        cmocka_unit_test(the_rows_own_values_are_found),
        cmocka_unit_test(the_rows_own_values_are_found_however_they_are_written),
        cmocka_unit_test(names_of_others_are_found_by_lists_titles_and_capitals),
        cmocka_unit_test(nothing_is_found_in_part),
        cmocka_unit_test(what_overlaps_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
