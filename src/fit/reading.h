/*
 * The rows of a table to learn from, batch by batch, with who stands behind each.
 *
 * The keys of people are read with the row, by the same statement (policy/ways.h), or the keys of its parents, which lead to them (fit/hops.h).  A leaf is read in ranges of
 * pages, each in a short transaction of its own that shares the snapshot; the tables that it reads are looked at before
 * and after, since an older snapshot would see a truncated one empty.
 */
#ifndef SS_FIT_READING_H
#define SS_FIT_READING_H

#include <stdatomic.h>

#include "fit/aside.h"
#include "fit/column.h"
#include "fit/heavy.h"
#include "fit/hops.h"
#include "fit/share.h"
#include "pg/snapshot.h"

typedef struct ss_fit_progress
{
    atomic_uint_fast64_t rows, total; /* total: estimated */
} ss_fit_progress;

typedef struct ss_fit_source
{
    const ss_catalog *catalog;
    const ss_plan *plan;
    const ss_fit_share *shares; /* by table: which rows are read */
    ss_snapshot *snapshot;
    const ss_watch *watch;
    const ss_hash_key *key; /* of subjects */
    const ss_control *control;
    ss_fit_progress *progress;
} ss_fit_source;

typedef struct ss_fit_reading
{
    ss_copy_column *columns;
    ss_copy_format format;
    ss_batch *batch;
    ss_fit_behind behind;
    size_t *at;           /* of each table column: its place in the batch, or SS_NONE */
    const ss_ways *paths; /* to people */
    size_t **keys;        /* of each path: where its keys are in the batch */
    const ss_fit_chain *const
        *chains;       /* of each path: what leads from its keys to people; NULL: they are theirs */
    const char *where; /* what rows must fulfil, by the table's alias; NULL: nothing */
    ss_fit_aside aside;
    bool *stays; /* of each row of a batch: it is not of the control subjects */
    char *list;  /* t."a", t."b", t1."id" */
    size_t n;
} ss_fit_reading;

/* A batch of a table's rows, without those of the control subjects; behind: whole rows where neither they nor heavy say anything else. */
typedef ss_code ss_fit_take(void *arg, const ss_fit_reading *reading, ss_error *err);

/*
 * What to read of a leaf of table: its columns for which wanted[c], of types with a codec, and the keys of people.  needed: of
 * those without it NULL is read, in their place; NULL: all.  chains: of each path, or NULL.
 */
void ss_fit_reading_plan(const ss_fit_source *source, const ss_table *table, const bool *wanted,
                         const bool *needed, const ss_ways *paths,
                         const ss_fit_chain *const *chains, const ss_table *leaf, ss_arena *arena,
                         ss_fit_reading *reading);

/* Some pages of a table that has rows of its own. */
typedef struct ss_fit_range
{
    const ss_table *leaf;
    int64_t from, to; /* pages; both 0: all, to 0: to the end */
} ss_fit_range;

/* All rows of a table in ranges that are read by themselves, in any order and side by side: leaves, or parts of them (split). */
ss_fit_range *ss_fit_ranges(const ss_catalog *catalog, const ss_table *table, bool split,
                            ss_arena *arena, size_t *n);

/* Every row of a range, of the reading's leaf; else as ss_fit_read_leaf(). */
ss_code ss_fit_read_range(const ss_fit_source *source, const ss_fit_range *range,
                          ss_fit_reading *reading, ss_heavy *const *heavy, ss_pg *pg,
                          ss_fit_take *take, void *arg, ss_error *err);

/* Every row of the leaf; heavy: per path who has more rows than others, or NULL (fit/heavy.h); NULL: of none. */
ss_code ss_fit_read_leaf(const ss_fit_source *source, const ss_table *leaf, ss_fit_reading *reading,
                         ss_heavy *const *heavy, ss_pg *pg, ss_fit_take *take, void *arg,
                         ss_error *err);

/* A short transaction on pg in which table and the others of a list are looked at before and after. */
typedef struct ss_fit_looking
{
    ss_table_seen *seen;
    size_t n;
} ss_fit_looking;

void ss_fit_look_at(const ss_catalog *catalog, const ss_table *table, const size_t *joined,
                    size_t njoined, ss_arena *arena, ss_fit_looking *looking);
ss_code ss_fit_begin_looking(const ss_fit_source *source, ss_fit_looking *looking, ss_pg *pg,
                             ss_error *err);
ss_code ss_fit_end_looking(const ss_fit_looking *looking, ss_pg *pg, ss_error *err);

#endif
