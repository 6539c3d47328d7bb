/*
 * What lies inside the bins of a number: how its values are spread there, by the best description of all that is in no
 * spike (stats/distribution.h).
 */
#ifndef SS_FIT_INSIDE_H
#define SS_FIT_INSIDE_H

#include "fit/sample.h"
#include "model/book.h"

/* One value of the sample, in units, and whose row it is. */
typedef struct ss_fit_unit
{
    int64_t value;
    size_t row;
} ss_fit_unit;

/* Ascending by value, equal ones in the order in which they are. */
void ss_fit_sort_units(ss_fit_unit *units, size_t n);

/*
 * units: n, ascending, all that the sample has of the column; people: who must stand behind a number; most: rows that one
 * person has at most in the sample.  Sets family, parameters, inside and points of book, in result, where 50 people are there.
 */
void ss_fit_inside(const ss_fit_unit *units, size_t n, const ss_sample *sample,
                   const ss_people *people, uint64_t most, ss_arena *result, ss_book *book);

/* Rows that one person has at most in the sample, by any way. */
uint64_t ss_fit_most_rows(const ss_sample *sample);

#endif
