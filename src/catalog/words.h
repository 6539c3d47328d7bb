/*
 * Names of tables and columns as words: "OXCUSTNR" stays one, "cVorName", "cust_first_name" and "Kunden-Straße" fall apart.
 *
 * Patterns are looked for in them: words with blanks between, each of which must be there, side by side and in that order;
 * a star at a word's end or beginning takes whatever goes on there ("telefon*", "*mail"), a star alone any one word ("max *").
 */
#ifndef SS_CATALOG_WORDS_H
#define SS_CATALOG_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef struct ss_words
{
    const char *const *list; /* lower case, accents off; digits are words of their own */
    size_t n;
} ss_words;

/* What is no letter and no digit of ASCII or Latin (to U+017F) stays as it is, within its word.  Lives in result. */
ss_words ss_words_of(const char *name, ss_arena *result);

/* Text without accents and in lower case as words are, other scripts as they are; out holds 3 n + 1 bytes.  Returns its length. */
size_t ss_words_fold(const char *text, size_t n, char *out);

typedef struct ss_pattern
{
    const char *text;
    size_t n; /* bytes; 0: there is none */
} ss_pattern;

/* The first of patterns, with bars between them, that stands in the words, anywhere.  NULL has none. */
ss_pattern ss_words_find(const ss_words *words, const char *patterns);

/* The first that stands at their end. */
ss_pattern ss_words_end_in(const ss_words *words, const char *patterns);

/* Are the words the pattern, all of them? */
bool ss_words_are(const ss_words *words, ss_pattern pattern);

/* Are they one of patterns, which may stand behind others that some of the words are?  NULL has none. */
bool ss_words_are_one_of(const ss_words *words, const char *patterns);

#endif
