/*
 * The rows of a sandbox: from pre-data, restored and empty, to tables full and judged valid.
 *
 *     ss_load_copied    kept tables copied, pseudonymised ones changed on their way
 *     ss_load_made      made tables made; their CHECKs dropped meanwhile
 *     ss_load_repair    rows that the server's own constraints refuse are made again, CHECKs added
 *     ... post-data ...
 *     ss_load_finish    sequences, materialised views
 *     ss_load_analyse   ANALYZE
 *
 * Copied tables are read in short transactions of one range each and written in one stream that
 * freezes its rows (made readable to all without a later vacuum): COPY FREEZE needs the table
 * truncated in its own transaction, so a table is one stream and several tables go at once,
 * largest first.  Of a table of which some rows are chosen those alone are read, by their places.
 */
#ifndef SS_LOAD_DATA_H
#define SS_LOAD_DATA_H

#include "base/map.h"
#include "catalog/catalog.h"
#include "load/target.h"
#include "pg/snapshot.h"
#include "policy/policy.h"
#include "rows/row_change.h"
#include "rows/row_choice.h"
#include "rows/row_source.h"

typedef struct ss_load_table /* what happened; parallel to catalog->tables */
{
    uint64_t rows;
    uint64_t repairs; /* rows made again */
    double seconds;
} ss_load_table;

typedef struct ss_load
{
    const ss_target *target;
    ss_snapshot *snapshot;               /* NULL when no table is copied */
    const ss_catalog *catalog;           /* of the source, or of the model's schema */
    const ss_table_plan *tables;         /* parallel to the catalog's */
    const ss_row_change *const *changed; /* parallel; NULL, or none of a table: copied as it is */
    const ss_row_choice *const *chosen;  /* parallel; NULL, or none of a table: all its rows */
    const ss_row_source *const *made;    /* parallel; NULL: not made */
    const char *folder;                  /* of the run, for files that go with it */
    const ss_watch *watch;
    size_t jobs;             /* at least 1 */
    bool empty;              /* no table gets a row, and only definitions are of use to anybody */
    const char *search_path; /* the source database's own, as pg_db_role_setting has it; or NULL */
    ss_load_table *done;     /* parallel; filled in */
    struct ss_attempts **attempts; /* parallel; the loader's own */
    ss_map *checks_off;            /* CHECKs that were dropped for the loading; the loader's own */
} ss_load;

/* Copy the tables whose rows are the source's own, then make the others: made rows may point to them. */
ss_code ss_load_copied(ss_load *load, ss_arena *arena, ss_error *err);
ss_code ss_load_made(ss_load *load, ss_arena *arena, ss_error *err);

/* May rows of this partition tree stand in other partitions than at the source? */
bool ss_load_moves(const ss_load *load, const ss_table *root);

/* Judge and repair the made tables, add their CHECKs again.  SS_EGATE when rows stay invalid. */
ss_code ss_load_repair(ss_load *load, ss_arena *arena, ss_error *err);

/* After post-data: sequences past the largest key, materialised views as the source's. */
ss_code ss_load_finish(ss_load *load, ss_arena *arena, ss_error *err);

/* Planner statistics, over so many connections. */
ss_code ss_load_analyse(const ss_load *load, size_t connections, ss_arena *arena, ss_error *err);

#endif
