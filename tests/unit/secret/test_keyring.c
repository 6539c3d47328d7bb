#include "unit/check.h"

#include <stdio.h>

#include <sodium.h>

#include "secret/keyring.h"

#define KEY_A "3f0a61c2b7d94e8812aa90fe7716d3c45b6e01f2a3948877665fedcba1029384"
#define KEY_B "a91be72c55d04f6fa0937dd81be2c40936f8a7cc01e5b2946d8f3a7755021cd3"
#define DATE  "2026-10-01T08:00:00Z"

typedef struct world
{
    ss_arena *arena;
    ss_keyring *ring;
    ss_error err;
} world;

static int
set_up(void **state)
{
    static world w;

    w = (world){.arena = ss_arena_new(NULL)};
    *state = &w;
    return 0;
}

static int
tear_down(void **state)
{
    ss_arena_free(((world *) *state)->arena);
    return 0;
}

static ss_code
parse(world *w, const char *text)
{
    w->err = (ss_error){.code = SS_OK};
    return ss_keyring_parse("k.key", (const unsigned char *) text, strlen(text), w->arena, &w->ring,
                            &w->err);
}

static void
assert_wrong(world *w, const char *text, const char *place, const char *what)
{
    assert_int_equal(parse(w, text), SS_EMEND);
    assert_non_null(strstr(w->err.line[0], place));
    assert_non_null(strstr(w->err.line[0], what));
    /* nothing of what stands there */
    assert_null(strstr(w->err.line[0], "3f0a61"));
    assert_null(strstr(w->err.line[0], "hunter2"));
}

static void
entries_are_read(void **state)
{
    world *w = *state;

    assert_int_equal(parse(w, "# mine\n\nsandseed-key 1\r\nepoch 2026q4 " DATE " " KEY_A
                              "\n  epoch 2026q3  " DATE " " KEY_B "\n"),
                     SS_OK);
    assert_int_equal(w->ring->n, 2);
    assert_string_equal(w->ring->entries[0].epoch, "2026q4");
    assert_string_equal(w->ring->entries[0].created, DATE);
    assert_null(w->ring->entries[0].sandbox);
    assert_int_equal(w->ring->entries[0].key[0], 0x3f);
    assert_int_equal(w->ring->entries[1].key[31], 0xd3);
}

static void
bare_keys_are_read_in_each_form(void **state)
{
    world *w = *state;
    unsigned char key[SS_KEY_BYTES];
    char base64[64];
    static const int variants[] = {
        sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
        sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING};

    assert_int_equal(parse(w, KEY_A "\n"), SS_OK);
    memcpy(key, w->ring->entries[0].key, sizeof key);
    assert_null(w->ring->entries[0].epoch);
    for (size_t i = 0; i < 4; i++)
    {
        (void) sodium_bin2base64(base64, sizeof base64, key, sizeof key, variants[i]);
        assert_int_equal(parse(w, base64), SS_OK);
        assert_memory_equal(w->ring->entries[0].key, key, sizeof key);
    }
}

static void
what_is_no_key_file_is_told(void **state)
{
    world *w = *state;

    assert_wrong(w, "", "k.key", "no key");
    assert_wrong(w, "# nothing\n", "k.key", "no key");
    assert_wrong(w, "hunter2hunter2hunter2\n", "k.key:1", "32 bytes");
    assert_wrong(w, "3f0a61c2\n", "k.key:1", "32 bytes");
    assert_wrong(w, KEY_A "00\n", "k.key:1", "32 bytes");
    assert_wrong(w, "the key is hunter2\n", "k.key:1", "begins with");
    assert_wrong(w, "sandseed-key 2\n", "k.key:1", "version");
    assert_wrong(w, "sandseed-key 1\nepoch a " DATE "\n", "k.key:2", "an entry is");
    assert_wrong(w, "sandseed-key 1\nepoch a yesterday " KEY_A "\n", "k.key:2", "an entry is");
    assert_wrong(w, "sandseed-key 1\nepoch a/b " DATE " " KEY_A "\n", "k.key:2", "called by");
    assert_wrong(w, "sandseed-key 1\nepoch a " DATE " " KEY_A "\nepoch a " DATE " " KEY_B "\n",
                 "k.key:3", "has a key already");
    assert_wrong(w, "sandseed-key 1\nepoch a " DATE " " KEY_A "\nepoch b " DATE " " KEY_A "\n",
                 "k.key:3", "twice");
    assert_wrong(w, KEY_A "\n" KEY_B "\n", "k.key:2", "stands alone");
    assert_wrong(w,
                 "sandseed-key 1\nepoch a " DATE
                 " 0000000000000000000000000000000000000000000000000000000000000000\n",
                 "k.key:2", "pattern");
}

static void
the_right_entry_is_found(void **state)
{
    world *w = *state;

    assert_int_equal(
        parse(w, "sandseed-key 1\nepoch new " DATE " " KEY_A "\nepoch old " DATE " " KEY_B "\n"),
        SS_OK);
    assert_string_equal(ss_keyring_find(w->ring, "shop", NULL)->epoch, "new");
    assert_string_equal(ss_keyring_find(w->ring, "shop", "old")->epoch, "old");
    assert_null(ss_keyring_find(w->ring, "shop", "older"));
    assert_int_equal(parse(w, "sandseed-key 1\nsandbox shop epoch q " DATE " " KEY_A "\n"), SS_OK);
    assert_non_null(ss_keyring_find(w->ring, "shop", "q"));
    assert_non_null(ss_keyring_find(w->ring, "shop", NULL));
    assert_null(ss_keyring_find(w->ring, "other", "q"));
    /* of a bare key nobody but the policy says the epoch */
    assert_int_equal(parse(w, KEY_A), SS_OK);
    assert_null(ss_keyring_find(w->ring, "shop", NULL));
    assert_non_null(ss_keyring_find(w->ring, "shop", "2026q4"));
}

static void
what_is_printed_is_read_again(void **state)
{
    world *w = *state;
    ss_keyring *one, *two;
    unsigned char *text;
    size_t n;

    assert_int_equal(ss_keyring_add(&(ss_keyring){0}, "a", DATE, w->arena, &one, &w->err), SS_OK);
    assert_int_equal(ss_keyring_add(one, "b", DATE, w->arena, &two, &w->err), SS_OK);
    two->entries[1].sandbox = "shop-agents";
    assert_int_equal(ss_keyring_print(two, w->arena, &text, &n, &w->err), SS_OK);
    assert_int_equal(ss_keyring_parse("k", text, n, w->arena, &w->ring, &w->err), SS_OK);
    assert_int_equal(w->ring->n, 2);
    assert_string_equal(w->ring->entries[0].epoch, "b");
    assert_string_equal(w->ring->entries[1].sandbox, "shop-agents");
    for (size_t i = 0; i < 2; i++)
        assert_memory_equal(w->ring->entries[i].key, two->entries[i].key, SS_KEY_BYTES);
    assert_memory_not_equal(two->entries[0].key, two->entries[1].key, SS_KEY_BYTES);
}

static void
a_passphrase_keeps_the_text(void **state)
{
    world *w = *state;
    static const unsigned char text[] = "sandseed-key 1\nepoch a " DATE " " KEY_A "\n",
                               right[] = "correct horse battery", wrong[] = "correct horse batterz";
    const char *sealed;
    char *changed;
    unsigned char *plain;
    size_t n;

    assert_false(ss_keyring_is_sealed(text, sizeof text - 1));
    assert_int_equal(
        ss_keyring_seal(text, sizeof text - 1, right, sizeof right - 1, w->arena, &sealed, &w->err),
        SS_OK);
    assert_true(ss_keyring_is_sealed((const unsigned char *) sealed, strlen(sealed)));
    assert_null(strstr(sealed, KEY_A));
    assert_int_equal(ss_keyring_unseal("k", (const unsigned char *) sealed, strlen(sealed), right,
                                       sizeof right - 1, w->arena, &plain, &n, &w->err),
                     SS_OK);
    assert_int_equal(n, sizeof text - 1);
    assert_memory_equal(plain, text, n);
    assert_int_equal(ss_keyring_unseal("k", (const unsigned char *) sealed, strlen(sealed), wrong,
                                       sizeof wrong - 1, w->arena, &plain, &n, &w->err),
                     SS_EMEND);
    /* a byte of the header, and of the box */
    for (int i = 0; i < 2; i++)
    {
        size_t at = i == 0 ? (size_t) (strchr(sealed, '\n') - sealed) - 1 : strlen(sealed) - 9;

        changed = ss_strdup(w->arena, sealed);
        changed[at] = changed[at] == '0' ? '1' : '0';
        assert_int_equal(ss_keyring_unseal("k", (const unsigned char *) changed, strlen(changed),
                                           right, sizeof right - 1, w->arena, &plain, &n, &w->err),
                         SS_EMEND);
    }
    /* cheaper than anybody should make it, and dearer than a machine can pay */
    for (int i = 0; i < 2; i++)
    {
        changed =
            ss_strf(w->arena, "sandseed-key 1 argon2id %s%s", i == 0 ? "1 8192 " : "3 99999999999 ",
                    strchr(sealed, '\n') - 2 * crypto_pwhash_argon2id_SALTBYTES);
        assert_int_equal(ss_keyring_unseal("k", (const unsigned char *) changed, strlen(changed),
                                           right, sizeof right - 1, w->arena, &plain, &n, &w->err),
                         SS_EMEND);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bare_keys_are_read_in_each_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_key_file_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_right_entry_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_printed_is_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_passphrase_keeps_the_text, set_up, tear_down),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
