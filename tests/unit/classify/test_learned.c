/* The lexicon, and what the weights make of names. */
#include <math.h>
#include <string.h>

#include "classify/compound.h"
#include "classify/learned.h"
#include "classify/lexicon.h"

#include "support/catalog_builder.h"
#include "unit/check.h"

static void
words_have_meanings(void **state)
{
    const ss_meanings given = ss_lexicon_meanings("vorname"),
                      plural = ss_lexicon_meanings("patients"), none = ss_lexicon_meanings("zqxv");

    (void) state;
    assert_int_equal(given.n, 1);
    assert_string_equal(given.of[0], "given");
    assert_true(plural.n > 0);
    assert_string_equal(plural.of[0], ss_lexicon_meanings("patient").of[0]);
    assert_int_equal(none.n, 0);
    assert_int_equal(ss_lexicon_meanings("").n, 0);
    assert_int_equal(ss_lexicon_meanings("s").n, 0);
    assert_true(ss_lexicon_has("phonebook", 5));
    assert_false(ss_lexicon_has("zqxv", 4));
}

static void
words_in_one_fall_apart(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const char *words[] = {"patientweight", "status", "zqxvzqxv"};
    const ss_words split = ss_compound_split((ss_words){words, 3}, arena);

    (void) state;
    assert_true(split.n >= 4);
    assert_string_equal(split.list[split.n - 3], "weight");
    assert_string_equal(split.list[split.n - 2], "status");
    assert_string_equal(split.list[split.n - 1], "zqxvzqxv");
    ss_arena_free(arena);
}

/* Of the columns of one table, in their order. */
static void
judge(const char *table, const char *const *names, const char *const *types, size_t n,
      ss_learned *out, ss_arena *arena)
{
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", table);
    const ss_catalog *catalog;
    const ss_about *about;
    ss_buf work = {0};

    for (size_t c = 0; c < n; c++)
        (void) builder_column(&b, t, names[c], types[c], false);
    catalog = builder_done(&b);
    about = ss_classify_about(catalog, arena);
    for (size_t c = 0; c < n; c++)
    {
        const ss_named l = ss_named_column(catalog, about, t, c);

        out[c] = ss_learned_of(&l, &work, arena);
    }
    ss_buf_done(&work);
}

static void
shares_come_to_one_and_costs_decide(void **state)
{
    static const char *const names[] = {"email", "password_hash", "created_at", "blood_group"};
    static const char *const types[] = {"text", "text", "timestamptz", "text"};
    static const ss_class expected[] = {SS_CLASS_DIRECT_IDENTIFIER, SS_CLASS_SECRET,
                                        SS_CLASS_NON_PERSONAL, SS_CLASS_SPECIAL_CATEGORY};
    ss_arena *arena = ss_arena_new(NULL);
    ss_learned told[4], again[4];

    (void) state;
    judge("patient", names, types, 4, told, arena);
    judge("patient", names, types, 4, again, arena);
    for (size_t c = 0; c < 4; c++)
    {
        double sum = 0;

        for (ss_class k = SS_CLASS_UNDECIDED; k < SS_NCLASSES; k++)
            sum += told[c].share[k];
        assert_true(fabs(sum - 1) < 1e-9);
        assert_true(told[c].share[SS_CLASS_UNDECIDED] == 0);
        assert_int_equal(told[c].class, expected[c]);
        assert_non_null(told[c].why);
        assert_memory_equal(told[c].share, again[c].share, sizeof told[c].share);
    }
    ss_arena_free(arena);
}

/* As often as a table is called so: weights are learnt of what is there, not of how often. */
static void
what_is_said_again_weighs_once(void **state)
{
    static const char *const names[] = {"name", "code"};
    static const char *const types[] = {"text", "text"};
    ss_arena *arena = ss_arena_new(NULL);
    ss_learned once[2], again[2];

    (void) state;
    judge("user", names, types, 2, once, arena);
    judge("user_user_user_user", names, types, 2, again, arena);
    for (size_t c = 0; c < 2; c++)
        assert_memory_equal(once[c].share, again[c].share, sizeof once[c].share);
    ss_arena_free(arena);
}

/* Names are anybody's: empty, of one sign, longer than any column's, in other scripts, and not UTF-8. */
static void
any_name_is_taken(void **state)
{
    static char longest[5000];
    const char *const names[] = {"",      "_",    "\xd0\xb8\xd0\xbc\xd1\x8f", "\xff\xfe", "%s%n",
                                 longest, "a|b:c"};
    static const char *const types[] = {"text", "int4", "text", "text", "date", "text", "bool"};
    ss_arena *arena = ss_arena_new(NULL);
    ss_learned told[7];

    (void) state;
    memset(longest, 'x', sizeof longest - 1);
    for (size_t i = 3; i < sizeof longest - 1; i += 7)
        longest[i] = '_';
    judge(longest, names, types, 7, told, arena);
    for (size_t c = 0; c < 7; c++)
        assert_true(told[c].class == SS_CLASS_UNDECIDED || told[c].why != NULL);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_meanings),
        cmocka_unit_test(words_in_one_fall_apart),
        cmocka_unit_test(shares_come_to_one_and_costs_decide),
        cmocka_unit_test(what_is_said_again_weighs_once),
        cmocka_unit_test(any_name_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
