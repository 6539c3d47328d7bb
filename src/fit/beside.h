/*
 * What is left of the dependence of two numbers inside the bins that they lie in.
 *
 * Each number that is told of bin by bin (fit/inside.h) is told beside one other, which comes before it in the table, by a copula of
 * one parameter (stats/pair_copula.h), where that is surely not chance and helps people held out.
 */
#ifndef SS_FIT_BESIDE_H
#define SS_FIT_BESIDE_H

#include "fit/sample.h"
#include "model/book.h"

/* A number of a table's sample, in units; books[i]->kind is SS_BOOK_BINS. */
typedef struct ss_fit_number
{
    ss_book *book;
    const uint16_t *codes; /* of each row */
    const int64_t *units;  /* the same; not looked at where the code is none of the bins */
} ss_fit_number;

/* numbers: n, in the order of the table's columns.  Sets beside and rho of their books. */
void ss_fit_beside(const ss_fit_number *numbers, size_t n, const ss_sample *sample,
                   const ss_people *people);

#endif
