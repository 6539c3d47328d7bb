/* For shape.c: texts made of nothing but the shape of another one. */
#ifndef SS_PSEUDONYMISE_SHAPE_H
#define SS_PSEUDONYMISE_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The band of lengths that n, which is not 0, falls into: 1, 2, 3, 4 to 5, 6 to 8, 9 to 12, 13 to 18, ..., each half as
 * long again as the one before.
 */
void ss_shape_band(size_t n, size_t *low, size_t *high);

/* A length of n's band, at most limit, which is not below n's; state: of ss_unfold(). */
size_t ss_shape_length(size_t n, size_t limit, uint64_t *state);

/*
 * Append to out a text like the n bytes of UTF-8: of its band of lengths and at most limit characters, in its script, with
 * letters, digits, blanks and punctuation in about its proportions, in capitals or not.  Its words are made up.
 */
void ss_shape_text(const unsigned char *text, size_t n, size_t limit, uint64_t *state, ss_buf *out);

#endif
