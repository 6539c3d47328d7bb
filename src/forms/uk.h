/* Identifiers of the United Kingdom: has a text their form and, where there are any, their check digits? */
#ifndef SS_FORMS_UK_H
#define SS_FORMS_UK_H

#include <stdbool.h>
#include <stddef.h>

/* Health and care number of England, Wales and the Isle of Man: modulus 11 (NHS Data Dictionary, "NHS NUMBER"). */
bool ss_is_nhs_number(const char *text, size_t n);

/* National Insurance number (HMRC, NIM39110): a form without a check digit. */
bool ss_is_nino(const char *text, size_t n);

/* Unique taxpayer reference, with or without its K: modulus 11. */
bool ss_is_utr(const char *text, size_t n);

/* Value added tax: 9 or 12 digits, GD and HA numbers; modulus 97. */
bool ss_is_gb_vat(const char *text, size_t n);

/* Companies House: eight digits, or two letters and six. */
bool ss_is_company_number(const char *text, size_t n);

/* Three pairs of digits with hyphens between them. */
bool ss_is_sort_code(const char *text, size_t n);

/* Driver number of DVLA: sixteen characters, in which surname, birth date and sex stand. */
bool ss_is_gb_driving_licence(const char *text, size_t n);

/* Plates since 2001 (AB12 CDE), with a year (A123 BCD) before and after, and of Northern Ireland (ABZ 1234). */
bool ss_is_gb_vehicle(const char *text, size_t n);

/* Unique pupil number: a letter checks twelve digits, modulus 23 (DfE, "UPNs: guide for schools"). */
bool ss_is_upn(const char *text, size_t n);

/* BS 7666: outward and inward code, with or without the blank. */
bool ss_is_gb_postcode(const char *text, size_t n);

#endif
