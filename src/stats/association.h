/*
 * Association: how much two columns of a coded table tell of each other.
 *
 * Mutual information in nats, of codes brought down to a few levels, on some of the rows: enough to rank columns by, and
 * cheap for a thousand of them.  Less its bias, so that columns of many levels do not seem to tell more than those of few.
 */
#ifndef SS_STATS_ASSOCIATION_H
#define SS_STATS_ASSOCIATION_H

#include "stats/coded.h"

#define SS_ASSOCIATION_LEVELS 16

typedef struct ss_association ss_association;

/* Of all pairs of table's columns; lives in result. */
ss_association *ss_association_of(const ss_coded_table *table, ss_arena *result);

/* Of columns a and b; never negative (Miller 1955, Madow's correction). */
double ss_association_information(const ss_association *association, size_t a, size_t b);

/* The level that each code of the column is brought down to, below SS_ASSOCIATION_LEVELS. */
const uint8_t *ss_association_levels(const ss_association *association, size_t column);

#endif
