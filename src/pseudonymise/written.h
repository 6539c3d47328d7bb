/* For kinds only: a made text written as the value was: in capitals, small, or as it is; and cut to what the column takes. */
#ifndef SS_PSEUDONYMISE_WRITTEN_H
#define SS_PSEUDONYMISE_WRITTEN_H

#include <stdbool.h>
#include <stddef.h>

typedef enum ss_letters
{
    SS_LETTERS_MIXED,
    SS_LETTERS_CAPITAL, /* no small one, and two capitals at least */
    SS_LETTERS_SMALL,   /* no capital */
} ss_letters;

ss_letters ss_letters_of(const unsigned char *value, size_t n);

/* In place, letter by letter, in as many bytes: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic. */
void ss_write_letters(ss_letters letters, char *text, size_t n);

/* How many of its n bytes are at most so many characters. */
size_t ss_fit_characters(const char *text, size_t n, size_t characters);

/* A to Z of it alone, small, accents left out: into to, which has room for n; 0: it has letters of another script. */
size_t ss_plain_letters(const char *text, size_t n, char *to);

#endif
