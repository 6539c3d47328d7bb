/*
 * Polychoric correlation: of the two normal variables that a contingency table of ordered codes is thought to be cut from.
 *
 * In two steps (Olsson 1979, Psychometrika 44(4); Martinson and Hamdan 1971): thresholds from the margins, then the
 * correlation by maximum likelihood.  Of a table that is not told cell by cell the likelihood is that of what is told: cells whose rows are
 * known together only are one event.
 */
#ifndef SS_STATS_POLYCHORIC_H
#define SS_STATS_POLYCHORIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define SS_POLYCHORIC_MAX 0.999 /* of a correlation's size: a perfect association has no maximum */

typedef struct ss_polychoric_table
{
    size_t nrows, ncolumns;
    const double *counts; /* nrows x ncolumns, row major; of an untold cell: not looked at */
    const bool *untold;   /* nrows x ncolumns, or NULL: all are told */
    double rest;          /* rows of all untold cells together */
    const double *row_shares, *column_shares; /* that lie in each code, or NULL: those of counts */
} ss_polychoric_table;

typedef struct ss_polychoric
{
    double rho;
    double
        error; /* standard error, thresholds taken as known; INFINITY where the table tells nothing */
} ss_polychoric;

/* n - 1 thresholds between n codes that lie in these shares, ascending; infinite where nothing lies beyond them. */
void ss_normal_thresholds(const double *shares, size_t n, double *thresholds);

/* Codes without rows are as if they were not there; with fewer than two codes on a side rho is 0. */
void ss_polychoric_of(const ss_polychoric_table *table, ss_arena *scratch, ss_polychoric *result);

#endif
