/*
 * For kinds only: numbers that somebody gives out, described by their forms.
 *
 * A form has a character for each place:
 *
 *     #    a digit          @    a letter             %    either
 *     ?    a digit that the others decide: a check digit
 *     !    a letter, or either, that the others decide
 *     =    stays as it is in the value
 *     +    so many digits that the form is as long as the value
 *     a-z  one of the letters of the numbering's alphabet of that name
 *     else itself
 *
 * What is written around the places (blanks, dots, hyphens, slashes, brackets) is no part of a number and stays, and so
 * does the case of letters.  A value has one of two pseudonyms, by the column that it stands in:
 *
 *     in a key, or linked   one of its own, by a keyed bijection of all numbers of the form
 *     else                  one that is picked by the value from those that are never given out, of which there are few
 *
 * What is no number of the kind gets, in the first case, a token or another number that is none either; in the second one
 * of the kind.
 */
#ifndef SS_PSEUDONYMISE_NUMBERING_H
#define SS_PSEUDONYMISE_NUMBERING_H

#include "pseudonymise/kind.h"

#define SS_NUMBER_MAX 34 /* places */

typedef struct ss_number_form
{
    const char *from;     /* of values */
    const char *to;       /* of pseudonyms, at least as many as values; NULL: as values */
    const char *reserved; /* of those that are never given out; NULL: none is known */
    size_t least, most;   /* places, of a form with a + */
    bool (*is)(const char *text,
               size_t n); /* of values as they are written; NULL: the form tells */

    /*
     * Fills in the places that the others decide; d is a text of the form, value the one it stands for, NULL where that is
     * no number of the form.  false: no number is like that.  NULL: every text of the form is one.
     */
    bool (*check)(char *d, const char *value);

    /* In keys and links check digits are wrong, since right ones might be somebody's. */
    bool wrong;

    /* There are not as many that are nobody's: refused in keys and links. */
    bool few;
} ss_number_form;

typedef struct ss_numbering
{
    const char *kind;
    const char *const *alphabets; /* a, b, ... */
    const ss_number_form *forms;
    size_t n;
} ss_numbering;

const char *ss_numbering_refusal(const ss_numbering *numbering, const ss_kind_column *column,
                                 ss_arena *result);
ss_code ss_numbering_open(const ss_numbering *numbering, const ss_kind_column *column,
                          ss_key_room *keys, ss_arena *arena, void **state, ss_error *err);
ss_code ss_numbering_apply(void *state, const ss_kind_rows *rows, ss_batch_column *out,
                           ss_kind_counts *counts, ss_error *err);

#define SS_NUMBERING_TEXT "text varchar char citext name"
#define SS_NUMBERING_ALL  SS_NUMBERING_TEXT " int8 numeric"

/* The kind ss_kind_id of the numbering id_numbering; more: further guarantees. */
#define SS_NUMBERING_KIND(id, kind_name, sum, std, more, takes)                                    \
    static const char *id##_refusal(const ss_kind_column *column, ss_arena *result)                \
    {                                                                                              \
        return ss_numbering_refusal(&id##_numbering, column, result);                              \
    }                                                                                              \
    static ss_code id##_open(const ss_kind_column *column, ss_key_room *keys, ss_arena *arena,     \
                             void **state, ss_error *err)                                          \
    {                                                                                              \
        return ss_numbering_open(&id##_numbering, column, keys, arena, state, err);                \
    }                                                                                              \
    const ss_kind ss_kind_##id = {                                                                 \
        .name = kind_name,                                                                         \
        .summary = sum,                                                                            \
        .standard = std,                                                                           \
        .version = "1",                                                                            \
        .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_LENGTH | (more),                  \
        .types = takes,                                                                            \
        .refusal = id##_refusal,                                                                   \
        .open = id##_open,                                                                         \
        .apply = ss_numbering_apply,                                                               \
    }

#endif
