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
 * none of the readers: they run in several threads.
 */
void ss_snapshot_limit(ss_snapshot *snapshot, int max_age_s);

/*
 * On a reader's connection: begin a short read-only transaction in the snapshot, and end it.  SS_ERETRY
 * when the snapshot is gone or too old.
 */
ss_code ss_snapshot_begin(const ss_snapshot *snapshot, ss_pg *reader, ss_error *err);
ss_code ss_snapshot_end(ss_pg *reader, ss_error *err);

/*
 * After a range was read: are oid and filenode of the table still those of the catalog, as seen by
 * the newest snapshot?  TRUNCATE and rewriting ALTERs are invisible to ours.  SS_ERETRY if not,
 * naming label.  filenode is 0 for what has no file (partitioned tables).  Runs outside the transaction, on the reader.
 */
ss_code ss_snapshot_unchanged(ss_pg *reader, uint32_t oid, uint32_t filenode, const char *label,
                              ss_error *err);

#endif
