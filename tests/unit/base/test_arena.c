#include "unit/check.h"

#include "base/arena.h"

static char order[8];

static void
record(void *letter)
{
    order[strlen(order)] = *(char *) letter;
}

static void
memory_is_zeroed_and_aligned(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const unsigned char *small = ss_alloc(arena, 3, 1);
    const double *large = ss_alloc(arena, 100000, sizeof *large);

    (void) state;
    assert_int_equal(small[0] + small[1] + small[2], 0);
    assert_int_equal((uintptr_t) large % sizeof *large, 0);
    assert_null(ss_try_alloc(arena, SIZE_MAX, 8));
    ss_arena_free(arena);
    ss_arena_free(NULL);
}

static void
deferred_calls_run_children_first_then_newest_first(void **state)
{
    static char letters[] = "abc";
    ss_arena *root = ss_arena_new(NULL);
    ss_arena *child = ss_arena_new(root);

    (void) state;
    memset(order, 0, sizeof order);
    ss_arena_defer(root, record, &letters[0]);
    ss_arena_defer(root, record, &letters[1]);
    ss_arena_defer(child, record, &letters[2]);
    ss_arena_reset(root);
    assert_string_equal(order, "cba");
    ss_arena_free(ss_arena_new(root));
    ss_arena_free(root);
}

static void
texts_are_copied(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    char original[] = "name";
    const char *copy = ss_strdup(arena, original);

    (void) state;
    original[0] = 'X';
    assert_string_equal(copy, "name");
    assert_string_equal(ss_strndup(arena, "abcdef", 3), "abc");
    assert_string_equal(ss_strf(arena, "%s-%d", copy, 7), "name-7");
    ss_arena_free(arena);
}

static void
lists_grow_and_keep_what_they_had(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    size_t capacity = 0;
    int *list = NULL;

    (void) state;
    for (size_t n = 0; n < 1000; n++)
    {
        list = ss_grow(arena, list, n, &capacity, sizeof *list);
        list[n] = (int) n;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(list[i], i);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(deferred_calls_run_children_first_then_newest_first),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(lists_grow_and_keep_what_they_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
