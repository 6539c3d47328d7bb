/* Code books from a sample, and rows into codes. */
#ifndef SS_FIT_BOOK_H
#define SS_FIT_BOOK_H

#include "fit/column.h"
#include "fit/inside.h"
#include "fit/sample.h"
#include "model/book.h"

#define SS_FIT_BOOK_TEXTS_MAX 255 /* that have a code of their own */

typedef struct ss_fit_coder ss_fit_coder; /* a book with what finding codes needs */

/*
 * The book of a column that was scanned, of which no more is told than of its marginal (kind: that one's); NULL: there is nothing to tell of it
 * together with others.  at: its place in the sample; most: rows that one person has there at most.  book lives in result,
 * the coder in scratch.
 */
ss_fit_coder *ss_fit_book_make(const ss_fit_column *c, ss_marginal_kind kind, size_t column,
                               const ss_sample *sample, size_t at, uint64_t most,
                               const ss_hash_key *key, ss_arena *result, ss_arena *scratch,
                               ss_book **book);

/* n values of the column, in a batch or the sample. */
void ss_fit_book_codes(const ss_fit_coder *coder, const ss_batch_column *values, size_t n,
                       uint16_t *codes);

/*
 * Bins of n units, which are sorted here: those that k people have by themselves, the others in about so many intervals.
 * subjects, weights: of each row, as of people, and what it counts for.  Sets kind, nvalues, upper and spike of book, in result.
 */
void ss_fit_book_bins(ss_fit_unit *units, size_t n, const uint64_t *subjects,
                      const uint64_t *weights, const ss_people *people, uint32_t intervals,
                      ss_arena *result, ss_book *book);

#endif
