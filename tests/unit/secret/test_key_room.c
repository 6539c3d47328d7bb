#include "unit/check.h"

#include <stdio.h>

#include <sodium.h>

#include "secret/key_room.h"

/* As many as a schema of some thousand tables asks for: more than there are pieces of locked memory for, were all alike. */
static void
a_room_holds_the_keys_of_a_large_schema(void **state)
{
    static const unsigned char sandbox[SS_KEY_BYTES] = {1, 2, 4, 8};
    ss_arena *arena = ss_arena_new(NULL);
    const unsigned char *first, *key;
    ss_key_room *room;
    ss_error err;

    (void) state;
    assert_int_equal(ss_key_room_new(sandbox, arena, &room, &err), SS_OK);
    assert_int_equal(ss_key_room_use(room, "public.t0.id", "integer", "1", "0", &first, &err),
                     SS_OK);
    for (int i = 0; i < 40000; i++)
    {
        char group[32];

        (void) snprintf(group, sizeof group, "public.t%d.id", i);
        assert_int_equal(ss_key_room_use(room, group, "integer", "1", "0", &key, &err), SS_OK);
        assert_true((key == first) == (i == 0));
    }
    ss_arena_free(arena);
}

static void
a_purpose_has_one_key_that_is_no_uses(void **state)
{
    static const unsigned char sandbox[SS_KEY_BYTES] = {1, 2, 4, 8};
    ss_arena *arena = ss_arena_new(NULL);
    const unsigned char *files, *again, *sample, *use;
    unsigned char expected[SS_KEY_BYTES];
    ss_key_room *room;
    ss_error err;

    (void) state;
    assert_int_equal(ss_key_room_new(sandbox, arena, &room, &err), SS_OK);
    assert_int_equal(ss_key_room_purpose(room, "model files", &files, &err), SS_OK);
    assert_int_equal(ss_key_room_purpose(room, "fit sample", &sample, &err), SS_OK);
    assert_int_equal(ss_key_room_purpose(room, "model files", &again, &err), SS_OK);
    assert_int_equal(ss_key_room_use(room, "model files", "", "", "", &use, &err), SS_OK);
    ss_key_of_purpose(expected, sandbox, "model files");
    assert_ptr_equal(files, again);
    assert_memory_equal(files, expected, SS_KEY_BYTES);
    assert_memory_not_equal(files, sample, SS_KEY_BYTES);
    assert_memory_not_equal(files, use, SS_KEY_BYTES);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_holds_the_keys_of_a_large_schema),
        cmocka_unit_test(a_purpose_has_one_key_that_is_no_uses),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
