/* What may be stored of a table, and how its counts are brought there. */
#ifndef SS_FIT_TERMS_H
#define SS_FIT_TERMS_H

#include "model/model.h"
#include "stats/cells.h"

typedef struct ss_fit_terms
{
    size_t k;
    bool shape_only; /* too few people for more */
    bool uncounted;  /* nobody is known to stand behind anything: no number at all */
    bool nobody;     /* no row leads to anybody */
    uint64_t rows;   /* that the table is said to have */
    unsigned halved; /* rows of one person in 2^halved were read */
    size_t
        aside; /* ways on which people are set aside: rows that are counted stand for theirs, too */
} ss_fit_terms;

/*
 * Rows that were read are rounded to the nearest multiple of 5 before anything else is done to them: of what they stand for, five fourths of
 * them where people are set aside, twice as many where half were read, their number would show through.  What is told for them follows from
 * the rounded number alone, so that it may be rounded again, and several numbers of the same rows tell no more than one.
 */

/* Rows that are told for a weight of those that were counted; to be rounded. */
uint64_t ss_fit_told(const ss_fit_terms *terms, uint64_t weight);

/* Rows that are told for some of all that were counted, for which told are; to be rounded. */
uint64_t ss_fit_scaled(uint64_t rows, uint64_t all, uint64_t told);

/* What is told for rounded rows to the nearest multiple of 5; where one in 2^halved was read, of so many times that. */
uint64_t ss_fit_round(const ss_fit_terms *terms, uint64_t rows);

/* Such a count as it is stored: a multiple of 5, none or at least k. */
uint64_t ss_fit_stored(const ss_fit_terms *terms, uint64_t count);

/*
 * Counts of cells as they are stored: each a multiple of 5 and at least k, together with rest, where that is not 0,
 * total.  What lies in cells that are not among them follows those that are (design 5.7): so nothing is told by
 * a difference.
 */
void ss_fit_store(ss_cells *cells, uint64_t *rest, uint64_t total, const ss_fit_terms *terms);

#endif
