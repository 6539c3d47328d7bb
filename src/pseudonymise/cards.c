/*
 * Payment cards and devices: numbers whose last digit is Luhn's.
 *
 * A card's number keeps its first digit, which tells the scheme, and its length.  The others begin as the numbers do that
 * schemes and processors publish for tests: Visa 4000 00, Mastercard 5555 55 and 2223 00, American Express 3782 82, Diners Club
 * 3056 93, JCB 3530 11, Discover 6011 11.  Schemes publish no list of numbers that no issuer has; these are declined
 * everywhere but in tests.  In keys and links, where they are too few, the last digit is wrong: no card has such a number.
 *
 * IMEIs that begin with 00 are test equipment's (GSMA TS.06, reporting body identifier 00).
 */
#include "forms/device.h"
#include "forms/digits.h"
#include "forms/money.h"
#include "pseudonymise/numbering.h"

#include <string.h>

static bool
luhn_check(char *d, const char *value)
{
    const size_t n = strlen(d);
    unsigned sum = 0;

    (void) value;
    for (size_t i = 0; i + 1 < n; i++)
    {
        const unsigned v = (unsigned) (d[n - 2 - i] - '0') * (i % 2 == 0 ? 2 : 1);

        sum += v > 9 ? v - 9 : v;
    }
    d[n - 1] = (char) ('0' + (10 - sum % 10) % 10);
    return true;
}

#define CARD(digit, test, shortest, longest)                                                       \
    {                                                                                              \
        .from = digit "+?", .reserved = test "+?", .least = (shortest), .most = (longest),         \
        .is = ss_is_payment_card, .check = luhn_check, .wrong = true                               \
    }

/* The first one is what stands for values that are no card's. */
static const ss_number_form card_forms[] = {
    CARD("4", "400000", 16, 16), CARD("4", "400000", 13, 13), CARD("4", "400000", 19, 19),
    CARD("5", "555555", 12, 19), CARD("2", "222300", 16, 16), CARD("3", "305693", 14, 14),
    CARD("3", "378282", 15, 15), CARD("3", "353011", 16, 19), CARD("6", "601111", 12, 19)};
static const ss_numbering payment_card_numbering = {"payment-card", NULL, card_forms,
                                                    sizeof card_forms / sizeof card_forms[0]};

SS_NUMBERING_KIND(payment_card, "payment-card",
                  "a test number of the scheme, as long; in keys and links one whose last digit is "
                  "wrong",
                  "ISO/IEC 7812", 0, SS_NUMBERING_ALL);

static const ss_number_form imei_forms[] = {{.from = "##############?",
                                             .reserved = "00############?",
                                             .is = ss_is_imei,
                                             .check = luhn_check,
                                             .wrong = true}};
static const ss_numbering imei_numbering = {"imei", NULL, imei_forms, 1};

SS_NUMBERING_KIND(imei, "imei",
                  "a number of test equipment, 00 ...; in keys and links one whose last digit is "
                  "wrong",
                  "3GPP TS 23.003", 0, SS_NUMBERING_ALL);
