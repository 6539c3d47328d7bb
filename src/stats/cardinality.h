/*
 * How many different values there are, and a fair sample of them.
 *
 * The values with the least hashes are kept (Bar-Yossef et al. 2002; Beyer et al. 2007), each with its rows, counted exactly, and the
 * people behind it, as of a cell (stats/people.h): all values while they are no more than the bound.  So the sample is one of values, not of
 * rows, and says how many of them are rare.  Its standard error is 1/sqrt(bound - 2) of the number.  What is kept depends neither on the order
 * of adding nor on how the rows were divided.
 */
#ifndef SS_STATS_CARDINALITY_H
#define SS_STATS_CARDINALITY_H

#include "stats/people.h"

typedef struct ss_cardinality ss_cardinality;

/* bound: of values that are kept, at least 3.  people's array is copied. */
ss_cardinality *ss_cardinality_new(size_t bound, const ss_people *people);
void ss_cardinality_free(ss_cardinality *cardinality);

/* One row.  hash: of its value, evenly spread over 64 bits; subjects, weight: as of ss_tally_add(). */
void ss_cardinality_add(ss_cardinality *cardinality, uint64_t hash, const uint64_t *subjects,
                        uint64_t weight);

/* Several rows of a value; sets: npaths x k of those behind them. */
void ss_cardinality_add_sets(ss_cardinality *cardinality, uint64_t hash, const uint64_t *sets,
                             uint64_t weight);

/* Of the same bound and people. */
void ss_cardinality_merge(ss_cardinality *into, const ss_cardinality *from);

typedef struct ss_value_seen
{
    uint64_t hash;
    uint64_t weight;
    const uint64_t *sets; /* of people; the cardinality's own */
} ss_value_seen;

/*
 * The values of the sample, ascending by hash; *n how many, *scale how many values each stands for (1: these are all).
 * malloc()ed.
 */
ss_value_seen *ss_cardinality_list(const ss_cardinality *cardinality, size_t *n, double *scale);

/* Different values. */
double ss_cardinality_estimate(const ss_cardinality *cardinality);

/* Do k people, and k rows, stand behind the value; behind n of them together? */
bool ss_cardinality_enough(const ss_cardinality *cardinality, const ss_value_seen *value);
bool ss_cardinality_enough_together(const ss_cardinality *cardinality, const ss_value_seen *values,
                                    size_t n);

#endif
