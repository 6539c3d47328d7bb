#include "unit/check.h"

#include <sodium.h>

#include "secret/key.h"

static void
bytes_of(const char *hex, unsigned char *out, size_t n)
{
    size_t got = 0;

    assert_int_equal(sodium_hex2bin(out, n, hex, strlen(hex), NULL, &got, NULL), 0);
    assert_int_equal(got, n);
}

static void
counting(unsigned char *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char) i;
}

/* The primitives that the tree and the pseudonyms stand on, as the library at hand computes them. */
static void
published_vectors_hold(void **state)
{
    unsigned char key[64], message[15], out[64], expected[64];

    (void) state;
    counting(key, sizeof key);
    counting(message, sizeof message);
    /* BLAKE2b-512 keyed: BLAKE2 reference implementation, blake2b-kat.txt, first entry. */
    assert_int_equal(crypto_generichash(out, 64, NULL, 0, key, 64), 0);
    bytes_of("10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
             "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568",
             expected, 64);
    assert_memory_equal(out, expected, 64);
    /* SipHash-2-4: Aumasson and Bernstein 2012, appendix A. */
    assert_int_equal(crypto_shorthash(out, message, sizeof message, key), 0);
    bytes_of("e545be4961ca29a1", expected, 8);
    assert_memory_equal(out, expected, 8);
    /* HMAC-SHA-256: RFC 4231, test case 1. */
    memset(key, 0x0b, 20);
    {
        crypto_auth_hmacsha256_state hmac;

        (void) crypto_auth_hmacsha256_init(&hmac, key, 20);
        (void) crypto_auth_hmacsha256_update(&hmac, (const unsigned char *) "Hi There", 8);
        (void) crypto_auth_hmacsha256_final(&hmac, out);
    }
    bytes_of("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", expected, 32);
    assert_memory_equal(out, expected, 32);
}

/* Personalised and keyed BLAKE2b-256, computed apart from this program. */
static void
a_golden_key_stays_what_it_is(void **state)
{
    unsigned char key[SS_KEY_BYTES], out[SS_KEY_BYTES], expected[SS_KEY_BYTES];

    (void) state;
    counting(key, sizeof key);
    ss_key_hash(out, key, "colkey/v1", "public.customer.email", 21);
    bytes_of("064be7d3bf1046acfac25700c8d578ff06197dae321ed2ac0cd189e25ae9823c", expected,
             sizeof expected);
    assert_memory_equal(out, expected, sizeof out);
}

/* By Python's hashlib.blake2b(lp("shop") + lp("2026q4"), key=..., digest_size=32, person=b"sbx/v1"), and so on. */
static void
the_tree_stays_what_it_is(void **state)
{
    unsigned char key[SS_KEY_BYTES], sandbox[SS_KEY_BYTES], use[SS_KEY_BYTES], expected[32];
    char fingerprint[SS_FINGERPRINT + 1];

    (void) state;
    counting(key, sizeof key);
    ss_key_of_sandbox(sandbox, key, "shop", "2026q4");
    bytes_of("7add016a73231fd1457b06f42ae0791da491cb8aa103621e7a3ce93c94b48dc6", expected, 32);
    assert_memory_equal(sandbox, expected, 32);
    ss_key_of_use(use, sandbox, "public.customer.id", "integer", "1", "bijection");
    bytes_of("7243ba91e1c06d78b5677a143dd2c9967f3269fc1413eebee9e880c3f24be116", expected, 32);
    assert_memory_equal(use, expected, 32);
    ss_key_of_purpose(use, sandbox, "model files");
    bytes_of("ed720fe699cde3bdebf790008d434bf8c05b59912efc74250c31c0e725ae4898", expected, 32);
    assert_memory_equal(use, expected, 32);
    ss_key_fingerprint(fingerprint, key);
    assert_string_equal(fingerprint, "fb56d18639bdc73c");
}

/* What is called "a" in "bc" is not what is called "ab" in "c". */
static void
parts_do_not_run_together(void **state)
{
    unsigned char key[SS_KEY_BYTES] = {7}, one[SS_KEY_BYTES], other[SS_KEY_BYTES];

    (void) state;
    ss_key_of_sandbox(one, key, "a", "bc");
    ss_key_of_sandbox(other, key, "ab", "c");
    assert_memory_not_equal(one, other, sizeof one);
    ss_key_derive(one, key, "grp/v1", (const char *const[]){"a", ""}, 2);
    ss_key_derive(other, key, "grp/v1", (const char *const[]){"a"}, 1);
    assert_memory_not_equal(one, other, sizeof one);
}

static void
keys_that_were_typed_are_known(void **state)
{
    unsigned char key[SS_KEY_BYTES];

    (void) state;
    memset(key, 0, sizeof key);
    assert_non_null(ss_key_weakness(key));
    memset(key, 'x', sizeof key);
    assert_non_null(ss_key_weakness(key));
    counting(key, sizeof key);
    assert_non_null(ss_key_weakness(key));
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (unsigned char) (250 - 3 * i);
    assert_non_null(ss_key_weakness(key));
    memcpy(key, "passwordpasswordpasswordpassword", sizeof key);
    assert_non_null(ss_key_weakness(key));
    memcpy(key, "0123456789abcdef0123456789abcdef", sizeof key);
    assert_non_null(ss_key_weakness(key));
    bytes_of("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", key, sizeof key);
    assert_string_equal(ss_key_weakness(key), "it is a published test key");
    for (int i = 0; i < 1000; i++)
    {
        randombytes_buf(key, sizeof key);
        assert_null(ss_key_weakness(key));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_hold),
        cmocka_unit_test(a_golden_key_stays_what_it_is),
        cmocka_unit_test(the_tree_stays_what_it_is),
        cmocka_unit_test(parts_do_not_run_together),
        cmocka_unit_test(keys_that_were_typed_are_known),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
