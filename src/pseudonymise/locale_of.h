/* Whose locale a text says: what columns hold that tell countries and languages. */
#ifndef SS_PSEUDONYMISE_LOCALE_OF_H
#define SS_PSEUDONYMISE_LOCALE_OF_H

#include "pseudonymise/locale.h"

/*
 * The locale of a country, by its code of two or three letters (ISO 3166-1) or its name, in English or its own language, or of
 * a language tag ("de_AT.UTF-8", "en-US"); NULL: none of ours.
 */
const ss_locale *ss_locale_of(const char *text, size_t n);

#endif
