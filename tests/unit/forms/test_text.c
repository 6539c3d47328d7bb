/* Identifiers and secrets in running text: what is found where, what is left alone, and how often by chance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/text.h"
#include "unit/check.h"

typedef struct example
{
    const char *text;
    const char *hit; /* the only one */
    ss_text_kind kind;
} example;

static const example right[] = {
    {"'anna.berg@corp.com'", "anna.berg@corp.com", SS_TEXT_EMAIL},
    {"ask jürgen@müller.de.", "jürgen@müller.de", SS_TEXT_EMAIL},
    {"ask jane.doe@corp.co.uk.", "jane.doe@corp.co.uk", SS_TEXT_EMAIL},
    {"(Jane@Firm-Ltd.DE)", "Jane@Firm-Ltd.DE", SS_TEXT_EMAIL},
    {"x_@firm.io", "x_@firm.io", SS_TEXT_EMAIL},
    {"a+@firm.io", "a+@firm.io", SS_TEXT_EMAIL},
    {"to \"j d\"@firm.io", "\"j d\"@firm.io", SS_TEXT_EMAIL},
    {"x@bücher.de", "x@bücher.de", SS_TEXT_EMAIL},
    {"x@почта.рф", "x@почта.рф", SS_TEXT_EMAIL},
    {"x@example.com y@notexample.com", "y@notexample.com", SS_TEXT_EMAIL},
    {"07700900123@corp.com", "07700900123@corp.com", SS_TEXT_EMAIL},
    {"call +447700900123 now", "+447700900123", SS_TEXT_PHONE},
    {"call +44 7700 900123", "+44 7700 900123", SS_TEXT_PHONE},
    {"(020) 7946 0958", "(020) 7946 0958", SS_TEXT_PHONE},
    {"at 020 7946 0958;", "020 7946 0958", SS_TEXT_PHONE},
    {"'07700900123'", "07700900123", SS_TEXT_PHONE},
    {"212-555-0143", "212-555-0143", SS_TEXT_PHONE},
    {"+1 (212) 555-0143", "+1 (212) 555-0143", SS_TEXT_PHONE},
    {"phone = '2125550143'", "2125550143", SS_TEXT_PHONE},
    {"07700 900123 2026-03-04", "07700 900123", SS_TEXT_PHONE},
    {"4111 1111 1111 1111", "4111 1111 1111 1111", SS_TEXT_CARD},
    {"'4111111111111111'", "4111111111111111", SS_TEXT_CARD},
    {"GB82WEST12345698765432", "GB82WEST12345698765432", SS_TEXT_IBAN},
    {"to GB82 WEST 1234 5698 7654 32 please", "GB82 WEST 1234 5698 7654 32", SS_TEXT_IBAN},
    {"DE89370400440532013000", "DE89370400440532013000", SS_TEXT_IBAN},
    {"NI AB123456C", "AB123456C", SS_TEXT_NATIONAL_NUMBER},
    {"'AB 12 34 56 C'", "AB 12 34 56 C", SS_TEXT_NATIONAL_NUMBER},
    {"943 476 5919", "943 476 5919", SS_TEXT_NATIONAL_NUMBER},
    {"nhs_no <> '9434765919'", "9434765919", SS_TEXT_NATIONAL_NUMBER},
    {"ssn 123-45-6789.", "123-45-6789", SS_TEXT_NATIONAL_NUMBER},
    {"12345678Z", "12345678Z", SS_TEXT_NATIONAL_NUMBER},
    {"RSSMRA85T10A562S", "RSSMRA85T10A562S", SS_TEXT_NATIONAL_NUMBER},
    {"lives at SW1A 1AA", "SW1A 1AA", SS_TEXT_POSTCODE},
    {"$2b$12$abcdefghijklmnopqrstuv", "$2b$12$abcdefghijklmnopqrstuv", SS_TEXT_SECRET},
    {"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln",
     SS_TEXT_SECRET},
    {"key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE", SS_TEXT_SECRET},
    {"-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
     "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", SS_TEXT_SECRET},
    {"postgres://app:hunter2@db/prod", "hunter2", SS_TEXT_SECRET},
    {"host=db password=hunter2 dbname=x", "hunter2", SS_TEXT_SECRET},
};

static const char *const wrong[] = {
    "a@example.com, b@sub.example.org, c@x.test, d@localhost, e@y.invalid",
    "^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$",
    "josé@example.org",
    "$ ? (@.price.usd > 1), f(@a.bc), :@a.bc",
    "x@.b.cd",
    "'^[^@]+@[^@]+\\.[a-z]+$'",
    "a @> b, @x, a@b, a@1.5, x@y.z",
    "@",
    "",
    "pkg@1.2.3 and p @> q, x@y",
    "1955839661, 9434765919, 9007199254740991, 123456789",
    "2024-01-31 00:00:00, 0001-01-01 00:00, 31-01-2024",
    "123e4567-e89b-12d3-a456-426614174000",
    "00000000 00000000",
    "nextval('app.seq_123456789'::regclass)",
    "https://host.example/path:80@x",
    "password=crypt($1, salt)",
    "1.2.3.4, 255.255.255.0",
    "-----BEGIN a note-----",
};

static void
test_examples(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
    {
        const example *e = &right[i];
        ss_text_hit hit[2];
        size_t counts[SS_TEXT_NKINDS] = {0};
        const size_t n = ss_text_scan(e->text, strlen(e->text), hit, 2, counts);

        if (n != 1 || hit[0].kind != e->kind || hit[0].end - hit[0].start != strlen(e->hit) ||
            memcmp(e->text + hit[0].start, e->hit, strlen(e->hit)) != 0 || counts[e->kind] != 1)
            fail_msg("%s: %zu found, of kind %s", e->text, n,
                     n > 0 ? ss_text_kind_names[hit[0].kind] : "none");
    }
}

static void
test_nobody(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    {
        ss_text_hit hit[1];

        if (ss_text_scan(wrong[i], strlen(wrong[i]), hit, 1, NULL) != 0)
            fail_msg("%s: found \"%.*s\"", wrong[i], (int) (hit[0].end - hit[0].start),
                     wrong[i] + hit[0].start);
    }
}

/* Of a hundred thousand numbers of each length, alone: how many are found. */
static void
test_random_digits(void **state)
{
    static const unsigned limit[] = {
        [8] = 0, [9] = 0, [10] = 0, [11] = 1100, [12] = 0, [13] = 0, [15] = 3000, [16] = 4500};
    unsigned seed = 12345;

    (void) state;
    for (size_t length = 8; length <= 16; length++)
    {
        unsigned found = 0;

        if (length == 14)
            continue;
        for (int i = 0; i < 100000; i++)
        {
            char text[20];

            for (size_t d = 0; d < length; d++)
            {
                seed = seed * 1664525U + 1013904223U;
                text[d] = (char) ('0' + (seed >> 16) % 10);
            }
            found += ss_text_scan(text, length, NULL, 0, NULL) > 0;
        }
        print_message("%zu random digits: %u of 100,000 found\n", length, found);
        assert_true(found <= limit[length]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_random_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
