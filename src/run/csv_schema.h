/*
 * The schema.sql of a folder of CSV files, executed in the private server that the files are staged in.
 *
 * It is somebody's SQL: it runs as a role that is no superuser, in a session of its own that ends with it.
 */
#ifndef SS_RUN_CSV_SCHEMA_H
#define SS_RUN_CSV_SCHEMA_H

#include "base/watch.h"
#include "pg/pg.h"

/* path: of the file.  SS_EMEND with its line when it is not UTF-8 or the server refuses a statement. */
ss_code ss_csv_run_schema(const char *path, const ss_endpoint *server, const ss_watch *watch,
                          ss_arena *scratch, ss_error *err);

#endif
