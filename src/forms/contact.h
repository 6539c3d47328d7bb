/* How people are reached: has a text the form of an address or a number? */
#ifndef SS_FORMS_CONTACT_H
#define SS_FORMS_CONTACT_H

#include <stdbool.h>
#include <stddef.h>

/* local@labels.tld of RFC 5321 and 6531, with letters of any script; at most 254 bytes. */
bool ss_is_email(const char *text, size_t n);

/*
 * E.164 (+ and 7 to 15 digits of a country that has such a code), or a national number with its 0, its brackets or
 * blanks; plain digits only as NANP numbers that exist.  Moments and serial numbers are left out.
 */
bool ss_is_phone(const char *text, size_t n);

/* How many digits the country code has that a number, without its + or 00, begins with; 0: none begins so. */
size_t ss_phone_country(const char *digits);

/* One that is written as people write them: with its +, its brackets, or blanks or hyphens between its parts. */
bool ss_is_written_phone(const char *text, size_t n);

/* A scheme and an authority: https://, http://, ftp://. */
bool ss_is_url(const char *text, size_t n);

#endif
