#include "unit/check.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "secret/sign.h"

static size_t
unbase64(const char *text, size_t n, unsigned char *out, size_t room)
{
    size_t got = 0;

    assert_int_equal(
        sodium_base642bin(out, room, text, n, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL), 0);
    return got;
}

/* As minisign verifies: tests/e2e/key.sh has the program itself do it. */
static void
a_signature_verifies_and_only_for_what_was_signed(void **state)
{
    static const unsigned char key[SS_KEY_BYTES] = {1, 2, 3, 5, 8, 13};
    ss_arena *arena = ss_arena_new(NULL);
    unsigned char public[42], bytes[74], whole[64], hash[64], both[64 + 5];
    const char *text, *at, *public_text;
    ss_error err;

    (void) state;
    assert_int_equal(ss_sign_public_key(key, arena, &public_text, &err), SS_OK);
    assert_int_equal(strlen(public_text), 56);
    assert_int_equal(unbase64(public_text, 56, public, sizeof public), 42);
    assert_int_equal(ss_sign(key, "data", 4, "time1", arena, &text, &err), SS_OK);
    at = strchr(text, '\n') + 1;
    assert_int_equal(unbase64(at, strcspn(at, "\n"), bytes, sizeof bytes), 74);
    assert_memory_equal(bytes, "ED", 2);
    assert_memory_equal(bytes + 2, public + 2, 8);
    (void) crypto_generichash(hash, 64, (const unsigned char *) "data", 4, NULL, 0);
    assert_int_equal(crypto_sign_verify_detached(bytes + 10, hash, 64, public + 10), 0);
    at = strchr(at, '\n') + 1;
    assert_memory_equal(at, "trusted comment: time1\n", 23);
    at += 23;
    assert_int_equal(unbase64(at, strcspn(at, "\n"), whole, sizeof whole), 64);
    memcpy(both, bytes + 10, 64);
    memcpy(both + 64, "time1", 5);
    assert_int_equal(crypto_sign_verify_detached(whole, both, sizeof both, public + 10), 0);
    hash[0] ^= 1;
    assert_int_equal(crypto_sign_verify_detached(bytes + 10, hash, 64, public + 10), -1);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_verifies_and_only_for_what_was_signed),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
