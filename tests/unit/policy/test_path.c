/* Paths into documents: how they are written, and which of several a place is meant by. */
#include "unit/check.h"

#include <time.h>

#include "policy/path.h"

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

static const char *
written(const char *text)
{
    ss_path path;

    return ss_path_parse(text, arena, &path) == NULL ? path.text : NULL;
}

static void
two_texts_of_one_path_are_written_alike(void **state)
{
    static const char *const same[][2] = {{"$", "$"},
                                          {"$.a", "$.a"},
                                          {"$.\"a\"", "$.a"},
                                          {"$.customerId", "$.\"customerId\""},
                                          {"$.@type", "$.\"@type\""},
                                          {"$.\"a \"\"b\"\".c\"", "$.\"a \"\"b\"\".c\""},
                                          {"$.\"\"", "$.\"\""},
                                          {"$.ünï", "$.\"ünï\""},
                                          {"$[*].a[*][*]", "$[*].a[*][*]"},
                                          {"$.*.a", "$.*.a"},
                                          {"$.**", "$.**"},
                                          {"$.**.**.a", "$.**.a"},
                                          {"$.a.keyvalue().key", "$.a.keyvalue().key"},
                                          {"$.keyvalue", "$.keyvalue"}};

    (void) state;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
    {
        assert_non_null(written(same[i][0]));
        assert_string_equal(written(same[i][0]), same[i][1]);
        assert_string_equal(written(same[i][1]), same[i][1]);
    }
}

static void
what_is_no_path_is_told(void **state)
{
    static const char *const wrong[] = {"",      "a",      "$a",       "$.",
                                        "$..a",  "$.a[0]", "$.a['b']", "$[]",
                                        "$.\"a", "$.a b",  "$.a\\",    "$.keyvalue().key.a",
                                        "$.***", "$.a(",   "$.\xff"};
    char many[200] = "$";

    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    {
        if (written(wrong[i]) != NULL)
            fail_msg("\"%s\" is taken", wrong[i]);
    }
    for (size_t i = 0; i <= SS_PATH_STEPS_MAX; i++)
        memcpy(many + 1 + 2 * i, ".a", 3);
    assert_null(written(many));
}

/* --- sets ----------------------------------------------------------------------------------------- */

static const ss_path_set *
set_of(const char *const *texts, size_t n)
{
    ss_path *paths = ss_alloc(arena, n, sizeof *paths);
    const ss_path **list = ss_alloc(arena, n, sizeof *list);

    for (size_t i = 0; i < n; i++)
    {
        assert_null(ss_path_parse(texts[i], arena, &paths[i]));
        list[i] = &paths[i];
    }
    return ss_path_set_new(list, n, arena);
}

/* Through keys with blanks between them; "#" is an element. */
static uint32_t
walk(const ss_path_set *set, const char *keys)
{
    uint32_t state = SS_PATH_ROOT;
    bool named;

    while (*keys != '\0')
    {
        const size_t n = strcspn(keys, " ");

        state = n == 1 && *keys == '#' ? set->states[state].element
                                       : ss_path_next(set, state, keys, n, &named);
        keys += n + (keys[n] == ' ');
    }
    return state;
}

#define NONE 99

static void
the_most_special_path_decides(void **state)
{
    static const char *const texts[] = {"$.a.b", "$.a.*",    "$.**",   "$.a.b[*].c", "$.x.**",
                                        "$.x.y", "$.*.z[*]", "$.**.c", "$.x.**.q.r"};

    static const struct
    {
        const char *keys;
        size_t path;
    } cases[] = {{"", 2},        {"a b", 0},     {"a d", 1},   {"a", 2},     {"a b # c", 3},
                 {"a b # e", 2}, {"a b c", 7},   {"x", 4},     {"x y", 5},   {"x y z", 4},
                 {"q z #", 6},   {"q z # #", 2}, {"c", 7},     {"d # c", 7}, {"x q r", 8},
                 {"x a q r", 8}, {"x q r s", 4}, {"a b #", 2}, {"e f", 2}};

    const ss_path_set *set = set_of(texts, sizeof texts / sizeof texts[0]);

    (void) state;
    assert_non_null(set);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        if (set->states[walk(set, cases[i].keys)].path != cases[i].path)
            fail_msg("\"%s\": %u", cases[i].keys, set->states[walk(set, cases[i].keys)].path);
    }
}

static void
where_no_path_leads_is_nowhere(void **state)
{
    static const char *const texts[] = {"$.a.b", "$.l[*]", "$.m.*.c"};
    const ss_path_set *set = set_of(texts, 3);

    (void) state;
    assert_int_equal(walk(set, "b"), SS_PATH_NOWHERE);
    assert_int_equal(walk(set, "a #"), SS_PATH_NOWHERE);
    assert_int_equal(walk(set, "a b c"), SS_PATH_NOWHERE);
    assert_int_equal(walk(set, "l x"), SS_PATH_NOWHERE);
    assert_int_equal(walk(set, "m x y"), SS_PATH_NOWHERE);
    assert_int_equal(set->states[walk(set, "a")].path, SS_PATH_NONE);
    assert_int_equal(set->states[walk(set, "m any c")].path, 2);
}

static void
keys_have_paths_of_their_own(void **state)
{
    static const char *const texts[] = {"$.m.*", "$.m.keyvalue().key", "$.m.known", "$.d.**",
                                        "$.d.**.keyvalue().key"};
    const ss_path_set *set = set_of(texts, 5);
    bool named;

    (void) state;
    assert_int_equal(set->states[walk(set, "m")].keys, 1);
    assert_int_equal(set->states[walk(set, "d")].keys, 4);
    assert_int_equal(set->states[walk(set, "d x # y")].keys, 4);
    assert_int_equal(set->states[walk(set, "")].keys, SS_PATH_NONE);
    (void) ss_path_next(set, walk(set, "m"), "known", 5, &named);
    assert_true(named);
    (void) ss_path_next(set, walk(set, "m"), "jane", 4, &named);
    assert_false(named);
}

static void
two_as_special_are_told(void **state)
{
    static const char *const texts[] = {"$.a.*", "$.*.b", "$.c"};
    const ss_path_set *set = set_of(texts, 3);

    (void) state;
    assert_int_equal(set->nties, 1);
    assert_int_equal(set->ties[0].one + set->ties[0].other, 1);
    /* One that is more special ends it, in whatever order they come. */
    assert_int_equal(set_of((const char *const[]){"$.a.*", "$.*.b", "$.a.b"}, 3)->nties, 0);
    assert_int_equal(set_of((const char *const[]){"$.a.b", "$.*.b", "$.a.*"}, 3)->nties, 0);
    assert_int_equal(set_of((const char *const[]){"$.**", "$.**.b", "$.a.b"}, 3)->nties, 0);
}

/* More keys of one object than are looked through one by one. */
static void
many_keys_are_found(void **state)
{
    const char *texts[300];
    const ss_path_set *set;

    (void) state;
    for (size_t i = 0; i < 300; i++)
        texts[i] = ss_strf(arena, "$.k%zu%s", i, i % 3 == 0 ? "long" : "");
    set = set_of(texts, 300);
    for (size_t i = 0; i < 300; i++)
        assert_int_equal(set->states[walk(set, texts[i] + 2)].path, i);
    assert_int_equal(walk(set, "k300"), SS_PATH_NOWHERE);
}

/* Of each state are all other paths; minutes went by where each was looked for among them. */
static void
many_paths_of_any_depth_are_followed(void **state)
{
    const char *texts[150];
    const clock_t began = clock();
    const ss_path_set *set;

    (void) state;
    for (size_t i = 0; i < 150; i++)
        texts[i] = ss_strf(arena, "$.**.k%zu", i);
    set = set_of(texts, 150);
    assert_int_equal(set->nstates, 2 + 150);
    assert_int_equal(set->states[walk(set, "a k7 # k140")].path, 140);
    assert_int_equal(set->states[walk(set, "k7 b")].path, SS_PATH_NONE);
    assert_true(clock() - began < 3 * CLOCKS_PER_SEC);
}

static void
what_nobody_could_follow_is_refused(void **state)
{
    const char *texts[14];

    (void) state;
    for (size_t i = 0; i < 14; i++)
        texts[i] = ss_strf(arena, "$.**.a%zu.**.b%zu.**.c%zu", i, i, i);
    assert_null(set_of(texts, 14));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_texts_of_one_path_are_written_alike),
        cmocka_unit_test(what_is_no_path_is_told),
        cmocka_unit_test(the_most_special_path_decides),
        cmocka_unit_test(where_no_path_leads_is_nowhere),
        cmocka_unit_test(keys_have_paths_of_their_own),
        cmocka_unit_test(two_as_special_are_told),
        cmocka_unit_test(many_keys_are_found),
        cmocka_unit_test(many_paths_of_any_depth_are_followed),
        cmocka_unit_test(what_nobody_could_follow_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
