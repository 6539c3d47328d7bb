/* For kinds only: identifiers as people write them, letters and digits with signs around, and tokens in their place. */
#ifndef SS_PSEUDONYMISE_IDENTIFIER_H
#define SS_PSEUDONYMISE_IDENTIFIER_H

#include "pseudonymise/kind.h"

#define SS_IDENTIFIER_MAX 40 /* letters and digits */

typedef struct ss_identifier
{
    size_t n;
    char text[SS_IDENTIFIER_MAX + 1];    /* the letters, as capitals, and digits */
    unsigned char at[SS_IDENTIFIER_MAX]; /* where each of them stands in the value */
    bool small, capital;                 /* is any letter small, a capital? */
} ss_identifier;

/*
 * Takes a value apart.  false: it has anything but letters, digits, blanks and - . / ( ) + _ :, or too much of that, or
 * nothing but signs.
 */
bool ss_identifier_read(const unsigned char *value, size_t n, ss_identifier *written);

/* The value with made, as many characters, for its letters and digits; where a small letter stood, letters are small. */
void ss_identifier_put(const ss_identifier *written, const unsigned char *value, size_t n,
                       const char *made, ss_batch_column *out, size_t r);

/* Nothing but blanks: nobody's, and left alone. */
bool ss_identifier_is_blank(const unsigned char *value, size_t n);

/* Is it written in both cases, where that tells values apart?  There is no third way to write its pseudonym. */
bool ss_identifier_is_mixed(const ss_kind_column *column, const ss_identifier *written);

/* Tokens: so many characters, and the least that tell values apart. */
#define SS_TOKEN       12
#define SS_TOKEN_LEAST 8

/* In place of a value without a form, or too odd for its own: base32 of a keyed function of it. */
ss_code ss_identifier_put_token(const unsigned char *key, const ss_kind_column *column,
                                const unsigned char *value, size_t n, ss_batch_column *out,
                                size_t r, ss_error *err);

#endif
