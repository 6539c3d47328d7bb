#include "unit/check.h"

#include "base/map.h"

static void
what_was_put_is_found(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_map *map = ss_map_new(arena);
    static int values[1000];

    (void) state;
    for (int i = 0; i < 1000; i++)
        assert_null(ss_map_put(map, ss_strf(arena, "key %d", i), &values[i]));
    for (int i = 0; i < 1000; i++)
        assert_ptr_equal(ss_map_get(map, ss_strf(arena, "key %d", i)), &values[i]);
    assert_null(ss_map_get(map, "key 1000"));
    assert_int_equal(ss_map_count(map), 1000);
    ss_arena_free(arena);
}

static void
putting_again_replaces(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_map *map = ss_map_new(arena);
    int a, b;

    (void) state;
    (void) ss_map_put(map, "", &a);
    assert_ptr_equal(ss_map_put(map, "", &b), &a);
    assert_ptr_equal(ss_map_get(map, ""), &b);
    assert_int_equal(ss_map_count(map), 1);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found),
        cmocka_unit_test(putting_again_replaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
