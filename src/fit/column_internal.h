/* A column that is learnt (column.c): what its values are, and what is told of it. */
#ifndef SS_FIT_COLUMN_INTERNAL_H
#define SS_FIT_COLUMN_INTERNAL_H

#include "fit/column.h"

/* What the shape of a text is: its characters, coarser the longer it is, and the classes that these are of. */
typedef struct ss_text_shape
{
    int64_t length, alphabet;
} ss_text_shape;

ss_text_shape ss_fit_text_shape(const unsigned char *text, size_t n);

/* Sign and digits of a number (-18 .. 18), or the decade of a date. */
int64_t ss_fit_code(const ss_fit_column *c, int64_t units);

/* For the values of a column of numbers. */
ss_counter *ss_fit_counter_of_numbers(const ss_fit_who *who);

/* Lengths and alphabets are counted again. */
void ss_fit_column_forget_shapes(ss_fit_column *c);

/* Of numbers whose cells with k people behind them are told by themselves: the points between which the others lie. */
void ss_fit_column_points(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result,
                          ss_marginal *m);

#endif
