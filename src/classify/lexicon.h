/*
 * Words that names of columns and tables are made of, in a dozen languages, and what each is about: "vorname" given, "bp" body.
 *
 * lexicon.def has them, folded as ss_words_of() does and without plurals that end in s.
 */
#ifndef SS_CLASSIFY_LEXICON_H
#define SS_CLASSIFY_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

#define SS_MEANINGS_MAX 3

typedef struct ss_meanings
{
    const char *of[SS_MEANINGS_MAX]; /* concepts: "given", "body" */
    size_t n;                        /* 0: the word is not known */
} ss_meanings;

/* Of a word, or of what it is a plural of. */
ss_meanings ss_lexicon_meanings(const char *word);

/* Is that, n bytes, a word as it stands? */
bool ss_lexicon_has(const char *word, size_t n);

#endif
