/*
 * A folder of CSV files as a target: the sandbox is built and judged in a private server for the length of
 * the run, then written to DIR.next and published by renaming.
 *
 * A marker file, .sandseed, says that a folder is ours: no other one that holds anything is written, renamed
 * or removed.
 */
#ifndef SS_RUN_CSV_TARGET_H
#define SS_RUN_CSV_TARGET_H

#include "base/watch.h"
#include "pg/programs.h"

typedef struct ss_csv_target ss_csv_target;

/*
 * Make DIR.next and hold it against other runs.  source: the folder that a CSV source is in, or NULL.
 * SS_EREFUSED when DIR is not ours or overlaps source; SS_ERETRY when another run writes it.
 */
ss_code ss_csv_target_open(const ss_endpoint *folder, const char *source, const char *run_id,
                           ss_arena *arena, ss_csv_target **target, ss_error *err);

/* Write schema.sql and one file per table of dbname. */
ss_code ss_csv_target_write(ss_csv_target *target, const ss_programs *programs,
                            const ss_endpoint *server, const char *dbname, const ss_watch *watch,
                            ss_error *err);

/* Rename DIR.next to DIR.  Yesterday's DIR becomes DIR.previous when keep_previous says so, else it goes. */
ss_code ss_csv_target_publish(ss_csv_target *target, bool keep_previous, const ss_watch *watch,
                              ss_error *err);

/* DIR, for people. */
const char *ss_csv_target_folder(const ss_csv_target *target);

/* Not published: DIR.next goes.  NULL is allowed. */
void ss_csv_target_abandon(ss_csv_target *target);

#endif
