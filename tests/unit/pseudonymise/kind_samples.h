/*
 * Made-up values of kinds, as many as wanted and no two alike, and whether a text has the check digits of its kind: written
 * for tests, from the descriptions of the numbers, apart from src/forms.
 */
#ifndef SS_TESTS_KIND_SAMPLES_H
#define SS_TESTS_KIND_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_MAX 128

/* --- check digits ---------------------------------------------------------------------------------- */

static int
digit_at(const char *s, int i)
{
    return s[i] - '0';
}

/* Every second digit from the right is doubled, and the digits of what comes out are added up. */
static bool
right_luhn(const char *s)
{
    int total = 0;
    bool twice = false;

    for (const char *p = s + strlen(s); p-- > s; twice = !twice)
    {
        int v = (*p - '0') << (twice ? 1 : 0);

        total += v / 10 + v % 10;
    }
    return total % 10 == 0;
}

/* Remainder of a decimal number of any length, read in pieces. */
static unsigned
remainder_of(const char *s, size_t n, unsigned by)
{
    unsigned rest = 0;

    for (size_t i = 0; i < n; i++)
        rest = (rest * 10 + (unsigned) (s[i] - '0')) % by;
    return rest;
}

static bool
right_nhs(const char *s)
{
    int total = 0, check;

    for (int i = 0; i < 9; i++)
        total += digit_at(s, i) * (10 - i);
    check = 11 - total % 11;
    return (check == 11 ? 0 : check) == digit_at(s, 9);
}

static bool
right_utr(const char *s)
{
    static const int w[] = {6, 7, 8, 9, 10, 5, 4, 3, 2};
    int total = 0, check;

    for (int i = 0; i < 9; i++)
        total += w[i] * digit_at(s, i + 1);
    check = 11 - total % 11;
    check = check > 9 ? check - 9 : check;
    return check == digit_at(s, 0);
}

static bool
right_vat(const char *s)
{
    const int check = 10 * digit_at(s, 7) + digit_at(s, 8);
    int total = check;

    for (int i = 0; i < 7; i++)
        total += (8 - i) * digit_at(s, i);
    return check >= 1 && check <= 97 && (total % 97 == 0 || (total + 55) % 97 == 0);
}

static bool
right_upn(const char *s)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
    int total = 0;

    for (int i = 1; i < 13; i++)
        total += (i + 1) * digit_at(s, i);
    return letters[total % 23] == s[0];
}

static bool
right_idnr(const char *s)
{
    int carry = 10, times[10] = {0}, more = 0;

    for (int i = 0; i < 10; i++)
        times[digit_at(s, i)]++;
    for (int i = 0; i < 10; i++)
    {
        more += times[i] == 2 || times[i] == 3;
        if (times[i] > 3)
            return false;
    }
    if (more != 1)
        return false;
    for (int i = 0; i < 10; i++)
    {
        carry = (carry + digit_at(s, i)) % 10;
        carry = (carry == 0 ? 20 : 2 * carry) % 11;
    }
    return (carry + digit_at(s, 10)) % 10 == 1 % 10;
}

static bool
right_nir(const char *s)
{
    char plain[14];

    memcpy(plain, s, 13);
    if (s[6] == 'A')
        memcpy(plain + 5, "19", 2);
    if (s[6] == 'B')
        memcpy(plain + 5, "18", 2);
    return remainder_of(plain, 13, 97) + remainder_of(s + 13, 2, 1000) == 97;
}

static bool
right_dni(const char *s)
{
    char plain[9];

    memcpy(plain, s, 8);
    if (s[0] == 'X' || s[0] == 'Y' || s[0] == 'Z')
        plain[0] = (char) ('0' + (s[0] - 'X'));
    return s[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[remainder_of(plain, 8, 23)];
}

static bool
right_codice(const char *s)
{
    /* of 0 to 9, and A to Z, at odd places */
    static const int odd[] = {1,  0,  5, 7, 9,  13, 15, 17, 19, 21, 1,  0,  5,  7,  9,  13, 15, 17,
                              19, 21, 2, 4, 18, 20, 11, 3,  6,  8,  12, 14, 16, 10, 22, 25, 24, 23};
    int total = 0;

    for (int i = 0; i < 15; i++)
    {
        const int v = s[i] <= '9' ? s[i] - '0' : s[i] - 'A' + 10;

        total += (i + 1) % 2 == 1 ? odd[v] : v < 10 ? v : v - 10;
    }
    return s[15] == 'A' + total % 26;
}

static bool
right_bsn(const char *s)
{
    int total = -digit_at(s, 8);

    for (int i = 0; i < 8; i++)
        total += (9 - i) * digit_at(s, i);
    return total % 11 == 0;
}

static bool
right_nn(const char *s)
{
    char late[11] = "2";

    memcpy(late + 1, s, 9);
    return remainder_of(s, 9, 97) + remainder_of(s + 9, 2, 1000) == 97 ||
           remainder_of(late, 10, 97) + remainder_of(s + 9, 2, 1000) == 97;
}

static bool
right_pesel(const char *s)
{
    static const char w[] = "13791379131";
    int total = 0;

    for (int i = 0; i < 11; i++)
        total += digit_at(w, i) * digit_at(s, i);
    return total % 10 == 0;
}

static bool
right_personnummer(const char *s)
{
    return right_luhn(s + strlen(s) - 10);
}

static bool
right_hetu(const char *s)
{
    char plain[10];

    memcpy(plain, s, 6);
    memcpy(plain + 6, s + strlen(s) - 4, 3);
    return s[strlen(s) - 1] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[remainder_of(plain, 9, 31)];
}

static bool
right_pps(const char *s)
{
    int total = 0;

    for (int i = 0; i < 7; i++)
        total += (8 - i) * digit_at(s, i);
    return s[7] == (total % 23 == 0 ? 'W' : 'A' + total % 23 - 1);
}

static bool
right_iban(const char *s)
{
    const size_t length = strlen(s);
    unsigned rest = 0;

    for (size_t i = 0; i < length; i++)
    {
        char number[3] = {s[(i + 4) % length]};

        if (number[0] > '9') /* A is 10 */
        {
            const int v = number[0] - 'A' + 10;

            number[0] = (char) ('0' + v / 10);
            number[1] = (char) ('0' + v % 10);
        }
        for (const char *d = number; *d != '\0'; d++)
            rest = (rest * 10 + (unsigned) (*d - '0')) % 97;
    }
    return rest == 1;
}

/* --- values ---------------------------------------------------------------------------------------- */

typedef struct kind_sample
{
    const char *kind;
    const char *types; /* of columns, with blanks between */
    const char *body;  /* # are the digits of one number, ~ its hexadecimal ones */
    uint64_t first, step;
    const char *checks;          /* characters that ? of the body may be */
    bool (*right)(const char *); /* of check digits; NULL: there are none */
    const char
        *reserved; /* what pseudonyms begin with where they may be shared; NULL: nothing certain */
    bool wrong;    /* check digits are wrong where they may not be shared */
    bool keyless;  /* it is not for keys and links */
    size_t count;  /* how many there are; 0: enough */
} kind_sample;

#define DIGITS10 "0123456789"
#define LETTERS  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const kind_sample kind_samples[] = {
    {"integer", "int8 int4 numeric", "1######", 1, 3, NULL, NULL, NULL, false, false, 0},
    {"email", "text varchar", "jane######@canary.org", 1, 1, NULL, NULL, NULL, false, false, 0},
    {"code", "text varchar", "AB-######", 1, 1, NULL, NULL, NULL, false, false, 0},
    {"payment-card", "text int8 numeric", "4##############?", 12345678901, 7919, DIGITS10,
     right_luhn, "400000", true, false, 0},
    {"imei", "text int8 numeric", "35############?", 1234567890, 7919, DIGITS10, right_luhn, "00",
     true, false, 0},
    {"nhs-number", "text int8 numeric", "#########?", 400000000, 37, DIGITS10, right_nhs, "999",
     true, false, 0},
    {"nino", "text", "AB######C", 1, 1, NULL, NULL, "QQ", false, false, 0},
    {"utr", "text int8 numeric", "?#########", 100000000, 37, DIGITS10, right_utr, NULL, false,
     false, 0},
    {"upn", "text", "?############", 801200001000, 7, LETTERS, right_upn, NULL, false, false, 0},
    {"vat-number", "text int8", "#######??", 1000000, 7, DIGITS10, right_vat, NULL, false, false,
     0},
    {"de-idnr", "text int8 numeric", "##########?", 1023456788, 1, DIGITS10, right_idnr, "0", false,
     false, 0},
    {"fr-nir", "text int8", "18501########??", 75000000, 7, DIGITS10, right_nir, NULL, false, false,
     0},
    {"es-dni", "text", "########?", 10000000, 37, LETTERS, right_dni, NULL, false, false, 0},
    {"it-codice-fiscale", "text", "RSSMRA85T10A###?", 0, 1, LETTERS, right_codice, NULL, false,
     false, 1000},
    {"nl-bsn", "text int8 numeric", "########?", 10000000, 37, DIGITS10, right_bsn, NULL, false,
     false, 0},
    {"be-nn", "text int8", "850730###??", 1, 1, DIGITS10, right_nn, NULL, false, false, 997},
    {"pl-pesel", "text int8", "440514####?", 0, 1, DIGITS10, right_pesel, NULL, false, false,
     10000},
    {"se-personnummer", "text int8", "811228###?", 0, 1, DIGITS10, right_personnummer, NULL, false,
     false, 1000},
    {"dk-cpr", "text int8", "211062####", 0, 1, NULL, NULL, NULL, false, false, 10000},
    {"fi-hetu", "text", "131052-###?", 2, 1, DIGITS10 "ABCDEFHJKLMNPRSTUVWXY", right_hetu, NULL,
     false, false, 898},
    {"ie-pps", "text", "#######?", 1000000, 7, LETTERS, right_pps, NULL, false, false, 0},
    {"ssn", "text int8", "#########", 123450001, 1, NULL, NULL, "9", false, true, 0},
    {"itin", "text int8", "98850####", 0, 1, NULL, NULL, "9", false, false, 10000},
    {"mbi", "text", "1EG4TE5MK##", 0, 1, NULL, NULL, NULL, false, false, 100},
    /* Of check digits that are given out. */
    {"iban", "text", "GB??NWBK601613########", 1, 37, "2345678", right_iban, NULL, true, false, 0},
    {"bic", "text", "NWBKGB##", 0, 1, NULL, NULL, NULL, false, false, 100},
    {"bic", "text", "NWBKGB2L###", 0, 1, NULL, NULL, NULL, false, false, 1000},
    {"phone", "text int8", "447712######", 0, 7, NULL, NULL, NULL, false, false, 0},
    {"sort-code", "text", "60-16-##", 0, 1, NULL, NULL, NULL, false, false, 100},
    {"bank-account", "text int8", "########", 10000001, 1, NULL, NULL, NULL, false, false, 0},
    {"passport", "text", "C########", 1, 1, NULL, NULL, NULL, false, false, 0},
    {"driving-licence", "text", "MORGA######SM9IJ", 1, 1, NULL, NULL, NULL, false, false, 0},
    {"vehicle-registration", "text", "AB## CDE", 0, 1, NULL, NULL, NULL, false, false, 100},
    {"company-number", "text", "SC######", 1, 1, NULL, NULL, NULL, false, false, 0},
    {"national-id", "text int8", "#########", 100000000, 1, NULL, NULL, NULL, false, false, 0},
    {"device-id", "text int8", "############", 100000000000, 1, NULL, NULL, NULL, false, false, 0},
    {"external-id", "text int8", "##########", 1000000000, 1, NULL, NULL, NULL, false, false, 0},
    {"tracking-code", "text", "RR#########GB", 1, 1, NULL, NULL, NULL, false, false, 0},
    {"ip-address", "inet text", "2001:db8::1~~~", 0, 1, NULL, NULL, NULL, false, false, 4096},
    {"ip-prefix", "inet text", "2001:db8::1~~~", 0, 1, NULL, NULL, NULL, false, false, 4096},
    {"mac-address", "macaddr text", "001b44~~~~~~", 0, 1, NULL, NULL, NULL, false, false, 0},
    {"user-name", "text varchar", "jane######", 0, 1, NULL, NULL, NULL, false, false, 0},
    {"url", "text varchar", "https://jane.example.uk/photos/######/", 0, 1, NULL, NULL, "https://",
     false, false, 0},
    {"token", "text varchar", "sk_live_~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~", 0, 1, NULL, NULL, NULL,
     false, false, 0},
    {"api-key", "text varchar", "AKIA######", 0, 1, NULL, NULL, NULL, false, false, 0},
};

#define NKIND_SAMPLES (sizeof kind_samples / sizeof kind_samples[0])

static inline const kind_sample *
kind_sample_of(const char *kind)
{
    for (size_t i = 0; i < NKIND_SAMPLES; i++)
    {
        if (strcmp(kind_samples[i].kind, kind) == 0)
            return &kind_samples[i];
    }
    return NULL;
}

/* Fills in the check digits of a body by trying; false: there are none for it. */
static bool
sample_complete(const kind_sample *s, char *text)
{
    char *at = strchr(text, '?');

    if (at == NULL)
        return s->right == NULL || s->right(text);
    for (const char *c = s->checks; *c != '\0'; c++)
    {
        *at = *c;
        if (sample_complete(s, text))
            return true;
    }
    *at = '?';
    return false;
}

/* The next value that there is; *next begins with s->first. */
static inline void
sample_next(const kind_sample *s, uint64_t *next, char text[SAMPLE_MAX])
{
    do
    {
        uint64_t x = *next;

        (void) snprintf(text, SAMPLE_MAX, "%s", s->body);
        for (size_t i = strlen(text); i-- > 0;)
        {
            const unsigned base = text[i] == '#' ? 10 : text[i] == '~' ? 16 : 0;

            if (base == 0)
                continue;
            text[i] = "0123456789abcdef"[x % base];
            x /= base;
        }
        *next += s->step;
    } while (!sample_complete(s, text));
}

#endif
