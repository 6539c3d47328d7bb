/*
 * National numbers of European people.
 *
 * Of none of them a range is known that is never given out and large enough, but for two: German ones that begin with 0 are for
 * tests (Bundeszentralamt fuer Steuern), and Finnish ones of 900 to 999 are temporary (Digital and Population Data Services
 * Agency).  Elsewhere, and in keys and links, numbers are others of the form with right check digits and dates that exist; they
 * may be somebody's.
 */
#include "forms/europe.h"

#include <string.h>

#include "forms/digits.h"
#include "pseudonymise/numbering.h"

static unsigned
two(const char *d)
{
    return (unsigned) ss_digits_number(d, 2);
}

static void
put_two(char *d, unsigned v)
{
    d[0] = (char) ('0' + v / 10);
    d[1] = (char) ('0' + v % 10);
}

/* --- Germany -------------------------------------------------------------------------------------- */

/* ISO/IEC 7064, mod 11,10; of the ten before one comes two or three times, the others once at most. */
static bool
idnr_check(char *d, const char *value)
{
    unsigned count[10] = {0}, product = 10, repeated = 0;

    for (size_t i = 0; i < 10; i++)
    {
        const unsigned sum = ((unsigned) (d[i] - '0') + product) % 10;

        product = (sum == 0 ? 10 : sum) * 2 % 11;
        count[d[i] - '0']++;
    }
    for (size_t i = 0; i < 10; i++)
    {
        if (count[i] > 3)
            return false;
        repeated += count[i] > 1;
    }
    d[10] = (char) ('0' + (11 - product) % 10);
    (void) value;
    return repeated == 1;
}

static const char *const idnr_alphabets[] = {"123456789"};
static const ss_number_form idnr_forms[] = {
    {.from = "a#########?", .reserved = "0#########?", .is = ss_is_de_idnr, .check = idnr_check}};
static const ss_numbering de_idnr_numbering = {"de-idnr", idnr_alphabets, idnr_forms, 1};

SS_NUMBERING_KIND(
    de_idnr, "de-idnr",
    "a test number, which begins with 0; in keys and links another with a right check "
    "digit",
    "ISO/IEC 7064", SS_FORMAT, SS_NUMBERING_ALL);

/* --- France --------------------------------------------------------------------------------------- */

static bool
nir_check(char *d, const char *value)
{
    const unsigned month = two(d + 3);
    uint64_t number;
    char plain[14];

    (void) value;
    memcpy(plain, d, 13);
    if (d[6] == 'A' || d[6] == 'B') /* Corsica */
    {
        plain[5] = '1';
        plain[6] = d[6] == 'A' ? '9' : '8';
    }
    number = ss_digits_number(plain, 13);
    put_two(d + 13, (unsigned) (97 - number % 97));
    return month >= 1 && (month <= 12 || (month >= 20 && month <= 42) || month >= 50);
}

static const char *const nir_alphabets[] = {"123478", "AB"};
static const ss_number_form nir_forms[] = {
    {.from = "a############??", .is = ss_is_fr_nir, .check = nir_check},
    {.from = "a####2b######??", .is = ss_is_fr_nir, .check = nir_check}};
static const ss_numbering fr_nir_numbering = {"fr-nir", nir_alphabets, nir_forms, 2};

SS_NUMBERING_KIND(fr_nir, "fr-nir", "another number with a right key", "modulus 97", SS_FORMAT,
                  SS_NUMBERING_ALL);

/* --- Spain ---------------------------------------------------------------------------------------- */

static bool
dni_check(char *d, const char *value)
{
    char plain[9];

    (void) value;
    memcpy(plain, d, 8);
    if (d[0] >= 'X')
        plain[0] = (char) (d[0] - 'X' + '0');
    d[8] = "TRWAGMYFPDXBNJZSQVHLCKE"[ss_digits_number(plain, 8) % 23];
    return true;
}

static const char *const dni_alphabets[] = {"XYZ"};
static const ss_number_form dni_forms[] = {
    {.from = "########!", .is = ss_is_es_dni, .check = dni_check},
    {.from = "a#######!", .is = ss_is_es_dni, .check = dni_check}};
static const ss_numbering es_dni_numbering = {"es-dni", dni_alphabets, dni_forms, 2};

SS_NUMBERING_KIND(es_dni, "es-dni", "another DNI or NIE with a right letter", "modulus 23",
                  SS_FORMAT, SS_NUMBERING_TEXT);

/* --- Italy ---------------------------------------------------------------------------------------- */

static bool
codice_check(char *d, const char *value)
{
    static const unsigned char odd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                        20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    unsigned sum = 0;

    (void) value;
    for (size_t i = 0; i < 15; i++)
    {
        const unsigned v = (unsigned) (ss_digits_digit(d[i]) ? d[i] - '0' : d[i] - 'A');

        sum += i % 2 == 0 ? odd[v] : v;
    }
    d[15] = (char) ('A' + sum % 26);
    return true;
}

static const char *const codice_alphabets[] = {"ABCDEHLMPRST"};
static const ss_number_form codice_forms[] = {
    {.from = "@@@@@@##a##@###!", .is = ss_is_it_codice_fiscale, .check = codice_check}};
static const ss_numbering it_codice_fiscale_numbering = {"it-codice-fiscale", codice_alphabets,
                                                         codice_forms, 1};

SS_NUMBERING_KIND(it_codice_fiscale, "it-codice-fiscale", "another code with a right letter",
                  "Agenzia delle Entrate", SS_FORMAT, SS_NUMBERING_TEXT);

/* --- Netherlands ---------------------------------------------------------------------------------- */

static bool
bsn_check(char *d, const char *value)
{
    static const unsigned char weights[] = {9, 8, 7, 6, 5, 4, 3, 2};
    const unsigned check = ss_digits_sum(d, weights, 8) % 11;

    (void) value;
    if (check == 10)
        return false;
    d[8] = (char) ('0' + check);
    return !ss_digits_same(d, 9);
}

static const ss_number_form bsn_forms[] = {
    {.from = "########?", .is = ss_is_nl_bsn, .check = bsn_check}};
static const ss_numbering nl_bsn_numbering = {"nl-bsn", NULL, bsn_forms, 1};

SS_NUMBERING_KIND(nl_bsn, "nl-bsn", "another number with a right check digit", "modulus 11",
                  SS_FORMAT, SS_NUMBERING_ALL);

/* --- Belgium -------------------------------------------------------------------------------------- */

static unsigned
nn_key(const char *d, uint64_t century)
{
    return (unsigned) (97 - (century + ss_digits_number(d, 9)) % 97);
}

/* Who was born from 2000 on has a 2 before the number. */
static bool
nn_check(char *d, const char *value)
{
    const bool late = value != NULL && nn_key(value, 0) != two(value + 9);

    put_two(d + 9, nn_key(d, late ? 2000000000 : 0));
    return two(d + 2) % 20 <= 12 && two(d + 4) <= 31;
}

static const ss_number_form nn_forms[] = {
    {.from = "#########??", .is = ss_is_be_nn, .check = nn_check}};
static const ss_numbering be_nn_numbering = {"be-nn", NULL, nn_forms, 1};

SS_NUMBERING_KIND(be_nn, "be-nn", "another number with right check digits", "modulus 97", SS_FORMAT,
                  SS_NUMBERING_ALL);

/* --- Poland --------------------------------------------------------------------------------------- */

static bool
pesel_check(char *d, const char *value)
{
    static const unsigned char weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};

    (void) value;
    d[10] = (char) ('0' + (10 - ss_digits_sum(d, weights, 10) % 10) % 10);
    return ss_digits_date(two(d + 2) % 20, two(d + 4));
}

static const char *const day_alphabets[] = {"0123", "01"};
static const ss_number_form pesel_forms[] = {
    {.from = "####a#####?", .is = ss_is_pl_pesel, .check = pesel_check}};
static const ss_numbering pl_pesel_numbering = {"pl-pesel", day_alphabets, pesel_forms, 1};

SS_NUMBERING_KIND(pl_pesel, "pl-pesel", "another number with a right check digit", "modulus 10",
                  SS_FORMAT, SS_NUMBERING_ALL);

/* --- Sweden --------------------------------------------------------------------------------------- */

static bool
personnummer_check(char *text, const char *value)
{
    char *d = text + strlen(text) - 10;
    const unsigned day = two(d + 4);
    unsigned sum = 0;

    (void) value;
    for (size_t i = 0; i < 9; i++)
    {
        const unsigned v = (unsigned) (d[i] - '0') * (i % 2 == 0 ? 2 : 1);

        sum += v > 9 ? v - 9 : v;
    }
    d[9] = (char) ('0' + (10 - sum % 10) % 10);
    return ss_digits_date(two(d + 2), day > 60 ? day - 60 : day);
}

static const ss_number_form personnummer_forms[] = {
    {.from = "##b######?", .is = ss_is_se_personnummer, .check = personnummer_check},
    {.from = "==##b######?", .is = ss_is_se_personnummer, .check = personnummer_check}};
static const ss_numbering se_personnummer_numbering = {"se-personnummer", day_alphabets,
                                                       personnummer_forms, 2};

SS_NUMBERING_KIND(se_personnummer, "se-personnummer",
                  "another number with a right check digit; a century stays", "Luhn", SS_FORMAT,
                  SS_NUMBERING_ALL);

/* --- Denmark -------------------------------------------------------------------------------------- */

static bool
cpr_check(char *d, const char *value)
{
    (void) value;
    return ss_digits_date(two(d + 2), two(d));
}

static const ss_number_form cpr_forms[] = {
    {.from = "a#b#######", .is = ss_is_dk_cpr, .check = cpr_check}};
static const ss_numbering dk_cpr_numbering = {"dk-cpr", day_alphabets, cpr_forms, 1};

SS_NUMBERING_KIND(dk_cpr, "dk-cpr", "another number that begins with a date", NULL, SS_FORMAT,
                  SS_NUMBERING_ALL);

/* --- Finland -------------------------------------------------------------------------------------- */

static bool
hetu_check(char *d, const char *value)
{
    const size_t n = strlen(d);

    (void) value;
    d[n - 1] = "0123456789ABCDEFHJKLMNPRSTUVWXY"[(ss_digits_number(d, 6) * 1000 +
                                                  ss_digits_number(d + n - 4, 3)) %
                                                 31];
    return ss_digits_date(two(d + 2), two(d));
}

/* Of the hundreds before 2000 the sign is no letter, and stays as what is written around. */
static const ss_number_form hetu_forms[] = {
    {.from = "a#b######!", .reserved = "a#b###9##!", .is = ss_is_fi_hetu, .check = hetu_check},
    {.from = "a#b###=###!", .reserved = "a#b###=9##!", .is = ss_is_fi_hetu, .check = hetu_check}};
static const ss_numbering fi_hetu_numbering = {"fi-hetu", day_alphabets, hetu_forms, 2};

SS_NUMBERING_KIND(fi_hetu, "fi-hetu",
                  "a temporary code, of 900 to 999; in keys and links another with a right check "
                  "character",
                  "modulus 31", SS_FORMAT, SS_NUMBERING_TEXT);

/* --- Ireland -------------------------------------------------------------------------------------- */

static bool
pps_check(char *d, const char *value)
{
    static const unsigned char weights[] = {8, 7, 6, 5, 4, 3, 2};
    unsigned sum = ss_digits_sum(d, weights, 7);

    (void) value;
    if (d[8] >= 'A' && d[8] <= 'I')
        sum += 9U * (unsigned) (d[8] - 'A' + 1);
    d[7] = "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23];
    return true;
}

static const ss_number_form pps_forms[] = {
    {.from = "#######!", .is = ss_is_ie_pps, .check = pps_check},
    {.from = "#######!=", .is = ss_is_ie_pps, .check = pps_check}};
static const ss_numbering ie_pps_numbering = {"ie-pps", NULL, pps_forms, 2};

SS_NUMBERING_KIND(ie_pps, "ie-pps",
                  "another number with a right check letter; a second letter stays", "modulus 23",
                  SS_FORMAT, SS_NUMBERING_TEXT);
