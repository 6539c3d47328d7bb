/*
 * A code book: what the codes of a column stand for in its table's model of dependence (stats/coded.h).
 *
 *     codes  0 .. nvalues - 1   bins of a number or time; categories; declared values; 0: any value
 *            then one           of categories: any other text; of bins: no number (NaN, infinity)
 *            the last           NULL, where nulls says that there is such a code
 */
#ifndef SS_MODEL_BOOK_H
#define SS_MODEL_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/coded.h"

typedef enum ss_book_kind
{
    SS_BOOK_PRESENT,    /* a value or NULL, nothing else */
    SS_BOOK_DECLARED,   /* labels of an enum, false and true */
    SS_BOOK_CATEGORIES, /* texts with k people each */
    SS_BOOK_BINS,       /* in the marginal's units */
} ss_book_kind;

typedef struct ss_book
{
    ss_book_kind kind;
    size_t column; /* of the table */
    uint32_t nvalues;
    bool nulls;
    int64_t *upper; /* bins: ascending, the greatest unit of each; of the last INT64_MAX */
    bool *spike;    /* bins: has its upper alone, so the last is none; others go around it */
    const char *
        family; /* bins: of what is in no spike: a parametric family, or "quantiles"; NULL: too few for either */
    const char **parameters; /* "mean 5.12", in units, nparameters of them */
    size_t nparameters;
    uint32_t *
        inside; /* bins: nvalues + 1 places in points, where each one's begin; NULL where family is */
    int64_t *
        points; /* units at evenly spread fractions of what lies in a bin, ascending; a spike has none */
    size_t
        beside; /* of the table, before column, itself of bins with a family: inside of its bins this one depends on it ... */
    int rho; /* ... by a Gaussian copula of so many thousandths (stats/pair_copula.h); 0: by none */
    const char **texts; /* categories, ascending; '\0' ends them */
} ss_book;

/* How many codes it has, and how many of them, from the first, ascend with the value. */
uint32_t ss_book_ncodes(const ss_book *book);
uint32_t ss_book_nordered(const ss_book *book);

/* The code of what is none of the values, and that of NULL. */
uint32_t ss_book_other(const ss_book *book);
uint32_t ss_book_null(const ss_book *book);

/* Of bins: the code of a number in the marginal's units. */
uint32_t ss_book_bin(const ss_book *book, int64_t unit);

/* Of bins: the least unit of one that is no spike, which goes on behind the last other such one. */
int64_t ss_book_least(const ss_book *book, uint32_t bin);

#endif
