/*
 * For redact.c: what of a text tells who somebody is, and where it stands.
 *
 * Identifiers by their form (forms/text.h), addresses of pages and of networks, values that the row or its people have elsewhere, and names
 * of other people: as far as lists of names, titles before them and capitals tell.  Much is not found: names in other scripts, in
 * small letters, family names alone, what is described and not named (docs/pseudonyms.md has rates).
 */
#ifndef SS_PSEUDONYMISE_REDACT_FIND_H
#define SS_PSEUDONYMISE_REDACT_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "pseudonymise/likeness.h"

typedef enum ss_find
{
    SS_FIND_EMAIL,
    SS_FIND_PHONE,
    SS_FIND_CARD,
    SS_FIND_IBAN,
    SS_FIND_NATIONAL_NUMBER,
    SS_FIND_POSTCODE,
    SS_FIND_SECRET,
    SS_FIND_URL,
    SS_FIND_IP_ADDRESS,
    SS_FIND_PERSON, /* more than one word, or one behind a title */
    SS_FIND_GIVEN,
    SS_FIND_OWN, /* a value of the row's own, or of its people's */
} ss_find;

typedef struct ss_find_hit
{
    size_t start, end; /* bytes; end is one past */
    ss_find what;
    size_t own; /* SS_FIND_OWN: which of them */
} ss_find_hit;

typedef struct ss_find_own /* a value that the row has in another column, or a part of it */
{
    const char *text;
    size_t n;
} ss_find_own;

typedef struct ss_finder
{
    ss_find_hit *hits; /* in order, apart from each other */
    size_t nhits, capacity;
    ss_buf folded;         /* in small letters, byte for byte */
    ss_likeness like, own; /* for comparing */
    struct word *words;
    size_t nwords, words_capacity;
} ss_finder;

/* Frees what the finder holds. */
void ss_finder_done(void *finder);

/* Everything in text, which is valid UTF-8, into the finder's hits. */
void ss_find_all(ss_finder *finder, const char *text, size_t n, const ss_find_own *own,
                 size_t nown);

#endif
