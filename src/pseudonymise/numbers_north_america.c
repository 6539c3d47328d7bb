/*
 * Numbers of the United States.
 *
 * Social Security numbers never have an area of 900 to 999 (SSA, "Social Security Number Randomization"); taxpayer
 * identification numbers that begin so have groups from 50 on (IRS, "Individual Taxpayer Identification Number"): with groups to
 * 49 neither is given out.  These are 50 million: enough for taxpayer numbers, far fewer than there are Social Security numbers,
 * which have no check digit to be wrong.
 *
 * Medicare beneficiary identifiers have none of S, L, O, I, B, Z (CMS, "Understanding the MBI format"): one of these at the second
 * place makes one that nobody has.
 */
#include "forms/north_america.h"

#include "pseudonymise/numbering.h"

static const char *const ssn_alphabets[] = {"01234", "56789"};
static const ss_number_form ssn_forms[] = {
    {.from = "#########", .reserved = "9##a#####", .is = ss_is_ssn, .few = true}};
static const ss_numbering ssn_numbering = {"ssn", ssn_alphabets, ssn_forms, 1};

SS_NUMBERING_KIND(ssn, "ssn",
                  "a number of the areas 900 to 999, groups 00 to 49; not in keys and links",
                  "SSA, IRS", SS_FORMAT, SS_NUMBERING_ALL);

static const ss_number_form itin_forms[] = {
    {.from = "9##b#####", .to = "9##a#####", .reserved = "9##a#####", .is = ss_is_itin}};
static const ss_numbering itin_numbering = {"itin", ssn_alphabets, itin_forms, 1};

SS_NUMBERING_KIND(itin, "itin", "a number with a group of 00 to 49, which none has", "IRS",
                  SS_FORMAT, SS_NUMBERING_ALL);

static const char *const mbi_alphabets[] = {"123456789", "ACDEFGHJKMNPQRTUVWXY",
                                            "0123456789ACDEFGHJKMNPQRTUVWXY", "SLOIBZ"};
static const ss_number_form mbi_forms[] = {
    {.from = "abc#bc#bb##", .to = "#d%#@%#@@##", .reserved = "ad%#bc#bb##", .is = ss_is_mbi}};
static const ss_numbering mbi_numbering = {"mbi", mbi_alphabets, mbi_forms, 1};

SS_NUMBERING_KIND(mbi, "mbi", "an identifier with a letter that none has", "CMS", SS_FORMAT,
                  SS_NUMBERING_TEXT);
