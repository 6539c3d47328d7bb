/*
 * Spike-aware ordered bins: the codes of numbers and times.
 *
 * A value that many people share (0, 9.99, 1970-01-01) is a bin of its own, a spike, and nothing else is in it; all other values lie
 * in intervals with about equal shares of the rows.  Edges of intervals are rounded to a quarter of their width or less, so
 * that none is anybody's value.  Edges are told, so k people lie in every interval (but in what lies behind the
 * last spike, which there always is): fewer than that before a spike are in the next interval behind it, which so goes around the spike.
 *
 *     values     1 2 .. 8   9.99   10 10.50   12.99   13 .. 15
 *     bins       interval   spike             spike   interval, with 10 and 10.50 of fewer than k people
 */
#ifndef SS_STATS_BINS_H
#define SS_STATS_BINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define SS_BINS_SPIKE_SHARE 250 /* one row in so many, and more, are a spike */

typedef struct ss_bins
{
    int64_t *
        upper; /* n, ascending: the greatest value of each bin; of the last, an interval, INT64_MAX */
    bool *spike; /* n: it stands for one value, its upper */
    uint32_t n;
} ss_bins;

typedef struct ss_bins_options
{
    size_t k;
    uint32_t intervals; /* about as many; 64 in use */
    /* Do k people have the values of those n runs together?  NULL: k rows are as good. */
    bool (*enough)(void *arg, const size_t *runs, size_t n);
    void *arg;
} ss_bins_options;

typedef struct ss_bins_run /* of equal values */
{
    int64_t value;
    uint64_t rows;
} ss_bins_run;

/* runs: n, ascending by value.  *bins lives in result; of no value there is one bin. */
void ss_bins_make(const ss_bins_run *runs, size_t n, const ss_bins_options *options,
                  ss_arena *result, ss_bins *bins);

/* The bin that value lies in: a spike that has it, else the first interval that ends at it or later. */
uint32_t ss_bins_code(const ss_bins *bins, int64_t value);

#endif
