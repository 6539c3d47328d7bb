/*
 * For redact_find.c: texts as they are compared where people may have written the same in different ways.
 *
 * Without case and accents, whether these are parts of letters or marks of their own; of blanks, ends of lines and hyphens behind
 * letters in a row one blank; typographic apostrophes as ASCII has it; what nobody sees is left out.  Latin, Greek, Cyrillic and
 * Armenian letters; of other scripts they are as they are.
 */
#ifndef SS_PSEUDONYMISE_LIKENESS_H
#define SS_PSEUDONYMISE_LIKENESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct ss_likeness
{
    ss_buf text;
    size_t *
        at; /* of each of its bytes, and of its end: where the character begins that it was made of */
    size_t capacity;
} ss_likeness;

void ss_likeness_done(ss_likeness *likeness);

/* Of n bytes, which may be no UTF-8. */
void ss_likeness_take(ss_likeness *likeness, const char *text, size_t n);

/* The character at i of n bytes, beyond U+FFFF just U+10000, and how many bytes it has; reads none beyond n. */
size_t ss_point_at(const char *text, size_t n, size_t i, uint32_t *c);

#endif
