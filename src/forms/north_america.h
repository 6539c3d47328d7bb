/* Identifiers of the United States: has a text their form and, where there are any, their check digits? */
#ifndef SS_FORMS_NORTH_AMERICA_H
#define SS_FORMS_NORTH_AMERICA_H

#include <stdbool.h>
#include <stddef.h>

/* Social security number: no check digit; areas, groups and serials that are never given out are left out (SSA). */
bool ss_is_ssn(const char *text, size_t n);

/* The same, written with its hyphens. */
bool ss_is_written_ssn(const char *text, size_t n);

/* Individual taxpayer identification number: area 9xx, groups 50-65, 70-88, 90-92, 94-99 (IRS). */
bool ss_is_itin(const char *text, size_t n);

/* National provider identifier: Luhn with 80840 before it (CMS). */
bool ss_is_npi(const char *text, size_t n);

/* Medicare beneficiary identifier: eleven characters, each of its own class (CMS). */
bool ss_is_mbi(const char *text, size_t n);

/* Routing number of a bank: weights 3 7 1, modulus 10 (ABA).  Of a bank, not of a person. */
bool ss_is_aba(const char *text, size_t n);

/* ZIP code: five digits, or five and four. */
bool ss_is_zip(const char *text, size_t n);

#endif
