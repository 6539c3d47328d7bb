/*
 * Codes of banks (ISO 9362): four letters of the party, the country, two of its place, three of a branch or none.
 *
 * A code whose eighth character is 0 is for tests and training (SWIFT, "BIC data"): it reaches no bank.  In keys and links, where
 * those are too few, the party's part begins with a digit, as the standard allows since 2014 and no code given out does.
 * The country stays, and so does XXX, the branch of a head office: with it and without it a code is the same.
 */
#include "forms/money.h"
#include "pseudonymise/numbering.h"

/* The first one is what stands for values that are no bank's; of XX, a code that no country has. */
static const ss_number_form bic_forms[] = {
    {.from = "@@@@XX%%", .to = "#%%%XX%%", .reserved = "@@@@XX%0", .is = ss_is_bic},
    {.from = "@@@@==%%", .to = "#%%%==%%", .reserved = "@@@@==%0", .is = ss_is_bic},
    {.from = "@@@@==%%XXX", .to = "#%%%==%%XXX", .reserved = "@@@@==%0XXX", .is = ss_is_bic},
    {.from = "@@@@==%%%%%", .to = "#%%%==%%%%%", .reserved = "@@@@==%0%%%", .is = ss_is_bic}};
static const ss_numbering bic_numbering = {"bic", NULL, bic_forms,
                                           sizeof bic_forms / sizeof bic_forms[0]};

SS_NUMBERING_KIND(bic, "bic",
                  "a code for tests, of the same country; in keys and links one that begins with a "
                  "digit",
                  "ISO 9362", 0, SS_NUMBERING_TEXT);
