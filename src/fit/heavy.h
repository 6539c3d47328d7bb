/*
 * People who have far more rows of a table than others.
 *
 * Nobody weighs more in any number than the k-th of those who have most: whoever has more rows than that, their
 * rows count for less, together for as many.  Otherwise a cell that many people share would tell how many of a
 * table's rows, and which, are one person's.  What they count for is not the number of the k-th's rows either, but a round
 * number below it: of a cell that they alone have it would tell just that number.
 */
#ifndef SS_FIT_HEAVY_H
#define SS_FIT_HEAVY_H

#include "fit/hops.h"
#include "policy/control.h"
#include "policy/ways.h"
#include "rows/batch.h"

typedef struct ss_heavy ss_heavy; /* of one path to people */

ss_heavy *ss_heavy_new(size_t k, ss_arena *arena);

/* At the first so many of those who have most there are k who are not set aside (policy/control.h), though some may be. */
size_t ss_heavy_place(size_t k, bool aside);

/* So many of those who have most are looked at where nobody counts for more than the one at that place has. */
size_t ss_heavy_asked(size_t place);

/*
 * Rows that a person counts for at most.  rows: n, descending, of those who have most; others: there may be more people, with
 * as many rows as the last one, or fewer.
 *
 * The rows of the k-th, or of the last one where they are fewer, down to a multiple of the largest of 1, 2, 5, 10 ... that is at
 * most a quarter of them and leaves nobody above who is not listed: all who are above must be, or some of them would count in
 * full.  Where that is 1, fewer than k are above, and all who are listed have about as many rows, which is no one's number.
 */
uint64_t ss_heavy_cap(const uint64_t *rows, size_t n, size_t k, bool others);

/*
 * The same in SQL: "SELECT route, most" of a relation x (route, had, place), which lists, of each route, so many as ss_heavy_asked()
 * says, from the first place on.
 */
const char *ss_heavy_caps_sql(size_t place, ss_arena *arena);

/* One of those who have most, in that order; person: the keyed hash that rows are read with. */
void ss_heavy_add(ss_heavy *heavy, uint64_t person, uint64_t rows);
/* That was the last one; others: of those who were asked for. */
void ss_heavy_end(ss_heavy *heavy, bool others);

/* All of it, of how many rows each person has; aside: who of them are set aside, or NULL. */
ss_heavy *ss_heavy_of(const ss_fit_numbers *rows, const ss_control_table *aside, size_t k,
                      ss_arena *arena);

/* What a row of this person counts for (stats/cells.h), after ss_heavy_end(). */
uint64_t ss_heavy_weight(const ss_heavy *heavy, uint64_t person);

/*
 * "SELECT rows, key ..." of the n who have most, by a path of paths, whose alias is t; where: which rows, or NULL; key: what to read
 * of each, NULL: the columns of the key.
 */
const char *ss_heavy_sql(const ss_table *table, const ss_ways *paths, size_t path,
                         const char *where, const char *key, size_t n, ss_arena *arena);

/* A count as the server writes it in digits. */
uint64_t ss_count_in(const ss_batch_column *column, size_t row);

#endif
