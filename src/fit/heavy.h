/*
 * People who have far more rows of a table than others.
 *
 * Nobody weighs more in any number than the k-th of those who have most: whoever has more rows than that, their
 * rows count for less, together for as many.  Otherwise a cell that many people share would tell how many of a
 * table's rows, and which, are one person's.
 */
#ifndef SS_FIT_HEAVY_H
#define SS_FIT_HEAVY_H

#include "fit/hops.h"
#include "policy/control.h"
#include "policy/ways.h"
#include "rows/batch.h"

typedef struct ss_heavy ss_heavy; /* of one path to people */

ss_heavy *ss_heavy_new(size_t k, ss_arena *arena);

/* Among so many of those who have most there are k who are not set aside (policy/control.h), though some may be. */
size_t ss_heavy_asked(size_t k, bool aside);

/* One of the k who have most, in that order; person: the keyed hash that rows are read with. */
void ss_heavy_add(ss_heavy *heavy, uint64_t person, uint64_t rows);
/* That was the last one. */
void ss_heavy_end(ss_heavy *heavy);

/* All of it, of how many rows each person has; aside: who of them are set aside, or NULL. */
ss_heavy *ss_heavy_of(const ss_fit_numbers *rows, const ss_control_table *aside, size_t k,
                      ss_arena *arena);

/* What a row of this person counts for (stats/cells.h), after ss_heavy_end(). */
uint64_t ss_heavy_weight(const ss_heavy *heavy, uint64_t person);

/*
 * "SELECT rows, key ..." of the k who have most, by a path of paths, whose alias is t; where: which rows, or NULL; key: what to read
 * of each, NULL: the columns of the key.
 */
const char *ss_heavy_sql(const ss_table *table, const ss_ways *paths, size_t path,
                         const char *where, const char *key, size_t k, ss_arena *arena);

/* A count as the server writes it in digits. */
uint64_t ss_count_in(const ss_batch_column *column, size_t row);

#endif
