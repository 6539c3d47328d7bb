/*
 * Association: how much two columns of a coded table tell of each other.
 *
 * Mutual information in nats, of codes brought down to a few levels, on some of the rows: enough to rank
 * columns by, and cheap for a thousand of them.
 */
#ifndef SS_STATS_ASSOCIATION_H
#define SS_STATS_ASSOCIATION_H

#include "stats/coded.h"

typedef struct ss_association ss_association;

/* Of all pairs of table's columns; lives in result. */
ss_association *ss_association_of(const ss_coded_table *table, ss_arena *result);

/* Of columns a and b; never negative. */
double ss_association_information(const ss_association *association, size_t a, size_t b);

#endif
