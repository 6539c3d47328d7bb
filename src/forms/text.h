/*
 * Direct identifiers and secrets in running text: comments, function bodies, free-text cells.
 *
 * A form whose check is strong counts wherever it stands; one whose check digits a tenth of all numbers pass only where
 * a word before it says what it is (docs/design.md, section 8, has the table with measured rates).
 * Addresses in the domains of RFC 2606 and 6761 are nobody's.  Names of persons are not looked for.  Linear in n.
 */
#ifndef SS_FORMS_TEXT_H
#define SS_FORMS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef enum ss_text_kind
{
    SS_TEXT_EMAIL,
    SS_TEXT_PHONE,
    SS_TEXT_CARD,
    SS_TEXT_IBAN,
    SS_TEXT_NATIONAL_NUMBER, /* of people: NINO, NHS, SSN, DNI, ... */
    SS_TEXT_POSTCODE,
    SS_TEXT_SECRET, /* password hashes, tokens, keys, passwords in connection strings */
} ss_text_kind;

#define SS_TEXT_NKINDS (SS_TEXT_SECRET + 1)

/* "email", "phone", ...: as policies and messages have them. */
extern const char *const ss_text_kind_names[SS_TEXT_NKINDS];

typedef struct ss_text_hit
{
    size_t start, end; /* bytes; end is one past */
    ss_text_kind kind;
} ss_text_hit;

/*
 * The first max hits of text (n bytes) into hits, in order and apart from each other; hits may be NULL with max 0.
 * Adds to counts, where it is not NULL.  Returns how many there are in all.
 */
size_t ss_text_scan(const char *text, size_t n, ss_text_hit *hits, size_t max,
                    size_t counts[SS_TEXT_NKINDS]);

/* The text with every hit replaced, in result. */
char *ss_text_replace(const char *text, const char *with, ss_arena *result);

#endif
