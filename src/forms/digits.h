/*
 * Digits of identifiers, and the arithmetic of their check digits, for the forms of this folder.
 */
#ifndef SS_FORMS_DIGITS_H
#define SS_FORMS_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SS_DIGITS_MAX 34 /* of the longest IBAN */

/*
 * The characters of text as they count: blanks, dots, hyphens and slashes left out, letters in capitals; out holds
 * SS_DIGITS_MAX and a NUL.  Returns how many; 0: there are more, or others than ASCII letters and digits.
 */
size_t ss_digits_compact(const char *text, size_t n, char out[SS_DIGITS_MAX + 1]);

/* The same, of a text of so many digits and nothing else. */
bool ss_digits_only(const char *text, size_t n, size_t wanted, char out[SS_DIGITS_MAX + 1]);

bool ss_digits_letter(char c); /* A to Z */
bool ss_digits_digit(char c);

/* Is text of that form?  A character a place: '9' is any digit, 'A' any letter, others are themselves. */
bool ss_digits_fit(const char *text, const char *form);

/* Sum of digit times weight. */
unsigned ss_digits_sum(const char *digits, const unsigned char *weights, size_t n);

/* So many digits as a number; n at most 18. */
uint64_t ss_digits_number(const char *digits, size_t n);

/* ISO/IEC 7812-1, annex B: the last digit checks the others. */
bool ss_digits_luhn(const char *digits, size_t n);

/* Has the month such a day?  29 February is one. */
bool ss_digits_date(unsigned month, unsigned day);

/* Are they n times the same one? */
bool ss_digits_same(const char *digits, size_t n);

#endif
