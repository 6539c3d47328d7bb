/*
 * National numbers of European people: has a text the form and the check digits?
 *
 * Sources: python-stdnum's descriptions of each number and the authorities that they name.
 */
#ifndef SS_FORMS_EUROPE_H
#define SS_FORMS_EUROPE_H

#include <stdbool.h>
#include <stddef.h>

bool ss_is_de_idnr(const char *text,
                   size_t n); /* Steuer-Identifikationsnummer: ISO/IEC 7064, mod 11,10 */
bool ss_is_fr_nir(const char *text,
                  size_t n); /* numéro de sécurité sociale, with its key: mod 97 */
bool ss_is_es_dni(const char *text, size_t n);            /* DNI and NIE: a letter, mod 23 */
bool ss_is_it_codice_fiscale(const char *text, size_t n); /* a letter, mod 26 */
bool ss_is_nl_bsn(const char *text, size_t n);            /* burgerservicenummer: mod 11 */
bool ss_is_be_nn(const char *text, size_t n);    /* rijksregisternummer, numéro national: mod 97 */
bool ss_is_pl_pesel(const char *text, size_t n); /* weights 1 3 7 9, mod 10 */
bool ss_is_se_personnummer(const char *text, size_t n); /* Luhn; coordination numbers too */
bool ss_is_dk_cpr(const char *text, size_t n);          /* a date: no check since 2007 */
bool ss_is_fi_hetu(const char *text, size_t n);         /* henkilötunnus: a character, mod 31 */
bool ss_is_ie_pps(const char *text, size_t n);          /* a letter, mod 23 */

#endif
