/* For kinds only: values as text, whatever the column's type, and what texts are made of. */
#ifndef SS_PSEUDONYMISE_KIND_TEXT_H
#define SS_PSEUDONYMISE_KIND_TEXT_H

#include "pseudonymise/kind.h"

/* Of a column of text or of whole numbers: NULL, or why it is neither. */
const char *ss_kind_text_refusal(const ss_kind_column *column);

/* The value of row r, which is not NULL, as n bytes of text; number: room for 24 bytes. */
const unsigned char *ss_kind_text(const ss_kind_rows *rows, size_t r, char number[24], size_t *n);

/* The other way.  SS_EBUG where a number is wanted and text is none. */
ss_code ss_kind_put_text(ss_batch_column *out, size_t r, const char *text, size_t n, ss_error *err);

/* What of a value stands between its outer blanks, and how many these are. */
typedef struct ss_kind_inner
{
    const unsigned char *text;
    size_t n, before, behind;
} ss_kind_inner;

/* Where there are more of them than room, all of the value: they are left out, and it is to be told apart all the same. */
ss_kind_inner ss_kind_inner_of(const unsigned char *value, size_t n, size_t room);

/* What is made, between the value's outer blanks. */
void ss_kind_put_inner(ss_batch_column *out, size_t r, const ss_kind_inner *inner, const char *made,
                       size_t length, ss_buf *room);

/* The text, A to Z made small: n bytes in room, until the next call. */
const char *ss_kind_fold(const unsigned char *text, size_t n, ss_buf *room);

/* count characters of base32, small (RFC 4648: a to z, 2 to 7), of the lower bits of word, 12 at most. */
void ss_kind_base32(uint64_t word, size_t count, char *to);

/*
 * Of a token of what was folded: what was written with a capital is written otherwise than what it folds to: in capitals,
 * where it has no small letter, and else by a keyed function of it.
 */
void ss_kind_recase(const unsigned char *key, const unsigned char *value, size_t n, size_t count,
                    char *token);

/* Characters, not bytes, of UTF-8. */
size_t ss_kind_characters(const unsigned char *text, size_t n);

#endif
