/*
 * Numbers of the United Kingdom.
 *
 * NHS numbers 999 000 0000 to 999 999 9999 are for tests and given to nobody (NHS Digital, "NHS number"); they are 900,000.  In
 * keys and links numbers get check digits that no NHS number has.
 *
 * National Insurance numbers never begin with D, F, I, Q, U or V (HMRC, NIM39110).  QQ is what HMRC's own examples begin
 * with.  In keys and links all six letters are used, and the last letter goes to J for there to be as many as there are
 * numbers; E to J are never given out either.
 *
 * Of unique taxpayer references, VAT numbers and unique pupil numbers no reserved range is known: others of the form, which
 * may be somebody's.
 */
#include <string.h>

#include "forms/digits.h"
#include "forms/uk.h"
#include "pseudonymise/numbering.h"

/* --- NHS numbers ---------------------------------------------------------------------------------- */

static bool
nhs_check(char *d, const char *value)
{
    static const unsigned char weights[] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    const unsigned check = (11 - ss_digits_sum(d, weights, 9) % 11) % 11;

    (void) value;
    if (check == 10)
        return false;
    d[9] = (char) ('0' + check);
    return true;
}

static const ss_number_form nhs_forms[] = {{.from = "#########?",
                                            .reserved = "999######?",
                                            .is = ss_is_nhs_number,
                                            .check = nhs_check,
                                            .wrong = true}};
static const ss_numbering nhs_number_numbering = {"nhs-number", NULL, nhs_forms, 1};

SS_NUMBERING_KIND(nhs_number, "nhs-number",
                  "a number of the test range 999 ...; in keys and links one with a check digit "
                  "that no NHS number has",
                  "NHS Data Dictionary", 0, SS_NUMBERING_ALL);

/* --- National Insurance numbers ------------------------------------------------------------------- */

static const char *const nino_alphabets[] = {"ABCEGHJKLMNOPRSTWXYZ", "ABCEGHJKLMNPRSTWXYZ", "ABCD",
                                             "QDFIUV", "ABCDEFGHIJ"};
static const ss_number_form nino_forms[] = {
    {.from = "ab######c", .to = "d@######e", .reserved = "QQ######c", .is = ss_is_nino}};
static const ss_numbering nino_numbering = {"nino", nino_alphabets, nino_forms, 1};

SS_NUMBERING_KIND(nino, "nino",
                  "a number with the prefix QQ; in keys and links with another that is never given "
                  "out",
                  "HMRC NIM39110", SS_FORMAT, SS_NUMBERING_TEXT);

/* --- unique taxpayer references ------------------------------------------------------------------- */

static bool
utr_check(char *d, const char *value)
{
    static const unsigned char weights[] = {6, 7, 8, 9, 10, 5, 4, 3, 2};

    (void) value;
    d[0] = "21987654321"[ss_digits_sum(d + 1, weights, 9) % 11];
    return !ss_digits_same(d, 10);
}

static const ss_number_form utr_forms[] = {
    {.from = "?#########", .is = ss_is_utr, .check = utr_check},
    {.from = "?#########K", .is = ss_is_utr, .check = utr_check}};
static const ss_numbering utr_numbering = {"utr", NULL, utr_forms, 2};

SS_NUMBERING_KIND(utr, "utr", "another reference with a right check digit", "modulus 11", SS_FORMAT,
                  SS_NUMBERING_ALL);

/* --- VAT numbers ---------------------------------------------------------------------------------- */

static const unsigned char vat_weights[] = {8, 7, 6, 5, 4, 3, 2};

static unsigned
vat_check_of(const char *d)
{
    return (unsigned) ss_digits_number(d + 7, 2);
}

static const char *
vat_digits(const char *value)
{
    return value[0] == 'G' ? value + 2 : value;
}

/* The two digits are 1 to 97: other ones would have the same remainder as one of these. */
static bool
is_vat(const char *text, size_t n)
{
    char d[SS_DIGITS_MAX + 1];

    if (!ss_is_gb_vat(text, n) || ss_digits_compact(text, n, d) < 9)
        return false;
    return vat_check_of(vat_digits(d)) >= 1 && vat_check_of(vat_digits(d)) <= 97;
}

/* Of one remainder, which tells numbers of before 2010 from later ones. */
static bool
vat_check(char *text, const char *value)
{
    char *d = text[0] == 'G' ? text + 2 : text;
    unsigned rest = 0, check;

    if (value != NULL)
        rest =
            (ss_digits_sum(vat_digits(value), vat_weights, 7) + vat_check_of(vat_digits(value))) %
            97;
    check = (rest + 97 * 97 - ss_digits_sum(d, vat_weights, 7)) % 97;
    check = check == 0 ? 97 : check;
    d[7] = (char) ('0' + check / 10);
    d[8] = (char) ('0' + check % 10);
    return (rest == 0 || ss_digits_number(d, 3) >= 100) && !ss_digits_same(d, 9);
}

static const ss_number_form vat_forms[] = {
    {.from = "#######??", .is = is_vat, .check = vat_check},
    {.from = "GB#######??", .is = is_vat, .check = vat_check},
    {.from = "#######??###", .is = is_vat, .check = vat_check},
    {.from = "GB#######??###", .is = is_vat, .check = vat_check}};
static const ss_numbering vat_number_numbering = {"vat-number", NULL, vat_forms, 4};

SS_NUMBERING_KIND(vat_number, "vat-number", "another British VAT number with right check digits",
                  "modulus 97", SS_FORMAT, SS_NUMBERING_ALL);

/* --- unique pupil numbers ------------------------------------------------------------------------- */

static bool
upn_check(char *d, const char *value)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
    static const unsigned char weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const char *last = strchr(letters, d[12]);
    const unsigned v = last != NULL ? (unsigned) (last - letters) : (unsigned) (d[12] - '0');

    (void) value;
    d[0] = letters[(ss_digits_sum(d + 1, weights, 11) + 13 * v) % 23];
    return true;
}

static const char *const upn_alphabets[] = {"ABCDEFGHJKLMNPQRTUVWXYZ"};
static const ss_number_form upn_forms[] = {
    {.from = "!############", .is = ss_is_upn, .check = upn_check},
    {.from = "!###########a", .is = ss_is_upn, .check = upn_check}}; /* temporary */
static const ss_numbering upn_numbering = {"upn", upn_alphabets, upn_forms, 2};

SS_NUMBERING_KIND(upn, "upn", "another unique pupil number with a right check letter",
                  "DfE, UPNs: guide for schools", SS_FORMAT, SS_NUMBERING_TEXT);
