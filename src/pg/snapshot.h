/*
 * A source held still: one exported snapshot that every reader shares, and no lock held.
 *
 * The transaction that exports the snapshot is REPEATABLE READ READ ONLY and touches no user table
 * (design 5.14).  Readers open their own connections and import it for one range of one table at a
 * time.
 */
#ifndef SS_PG_SNAPSHOT_H
#define SS_PG_SNAPSHOT_H

#include "pg/pg.h"

/* 128 MB of heap: what one short read transaction takes of a table at most, in pages (design 5.14). */
#define SS_RANGE_PAGES INT64_C(16384)

typedef struct ss_snapshot ss_snapshot;

/* Connect, begin, export.  Closed with arena. */
ss_code ss_snapshot_open(ss_arena *arena, const ss_endpoint *source, const ss_watch *watch,
                         ss_snapshot **snapshot, ss_error *err);

/* The holder's own connection, for catalog queries only. */
ss_pg *ss_snapshot_pg(ss_snapshot *snapshot);
const char *ss_snapshot_id(const ss_snapshot *snapshot); /* for pg_dump --snapshot */
const ss_endpoint *ss_snapshot_endpoint(const ss_snapshot *snapshot);

/*
 * How old the snapshot may become while rows are read (0: no limit): an old one keeps the source from
 * vacuuming.  Every ss_snapshot_begin() looks, and the connection that holds the snapshot is used by
 * none of the readers: they run in several threads.  A statement that would outlive it by more than a
 * second is ended by the server.
 */
void ss_snapshot_limit(ss_snapshot *snapshot, int max_age_s);

/*
 * On a reader's connection: begin a short read-only transaction in the snapshot, and end it.  SS_ERETRY
 * when the snapshot is gone or too old.
 */
ss_code ss_snapshot_begin(const ss_snapshot *snapshot, ss_pg *reader, ss_error *err);
ss_code ss_snapshot_end(ss_pg *reader, ss_error *err);

/* Nothing more is read in it: let the source vacuum again.  Its connection stays open. */
void ss_snapshot_release(ss_snapshot *snapshot);

/* A table as the snapshot knows it: fill in the first three. */
typedef struct ss_table_seen
{
    uint32_t oid;
    uint32_t filenode; /* 0 for what has no file (partitioned tables) */
    const char *label;
    int columns;
    char digest[33]; /* of schema, name, file, row security, columns' names and types */
} ss_table_seen;

/*
 * A range is read by the table's name, under the definition that is in force when the reader gets its
 * lock, while the rows are the snapshot's.  So look at the table within the transaction, which locks it and sees that
 * its name is still its own, and once more after it: was it truncated, rewritten, renamed, dropped, or one of its columns changed?  SS_ERETRY then, naming
 * label.  A column that was only added is none of our business.
 */
ss_code ss_snapshot_look(ss_pg *reader, ss_table_seen *seen, ss_error *err);
ss_code ss_snapshot_unchanged(ss_pg *reader, const ss_table_seen *seen, ss_error *err);

#endif
