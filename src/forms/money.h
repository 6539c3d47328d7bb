/* Bank accounts and payment cards: has a text their form and check digits? */
#ifndef SS_FORMS_MONEY_H
#define SS_FORMS_MONEY_H

#include <stdbool.h>
#include <stddef.h>

/* ISO 13616: the length of its country, modulus 97 (ISO/IEC 7064). */
bool ss_is_iban(const char *text, size_t n);

/* ISO 9362: of 8 or 11 letters and digits, with a country of ISO 3166-1. */
bool ss_is_bic(const char *text, size_t n);

/* ISO/IEC 7812: 12 to 19 digits that begin as a card network's do, Luhn. */
bool ss_is_payment_card(const char *text, size_t n);

#endif
