/*
 * A folder of CSV files: which file is which table.
 *
 * A table's file is SCHEMA.TABLE.csv; TABLE.csv stands for public.  In both names everything but letters,
 * digits, blank, _, - and $ is written %XX (a dot is %2E), so that every name of a database has a file name.
 * Beside them may stand schema.sql.  Other files are none of our business, but for such as look like tables.
 */
#ifndef SS_RUN_CSV_FILES_H
#define SS_RUN_CSV_FILES_H

#include <sandseed/error.h>

#include "base/arena.h"
#include "pg/endpoint.h"
#include "rows/csv.h"

#define SS_CSV_SCHEMA "schema.sql"

typedef struct ss_csv_file
{
    const char *path;
    const char *schema;
    const char *table;
    const char *label; /* schema.table, quoted as in SQL */
} ss_csv_file;

typedef struct ss_csv_files
{
    const ss_csv_file *files; /* sorted by label */
    size_t n;
    const char *schema_sql; /* its path, or NULL: there is none */
} ss_csv_files;

/* SS_EMEND when folder cannot be read, holds no table, or a name cannot be understood. */
ss_code ss_csv_files_find(const ss_endpoint *folder, ss_arena *result, ss_csv_files *files,
                          ss_error *err);

/* The name of a table's file; in arena. */
char *ss_csv_file_name(ss_arena *arena, const char *schema, const char *table);

/* One part of such a name, and back: NULL when it is not one. */
char *ss_csv_name_encode(ss_arena *arena, const char *name);
char *ss_csv_name_decode(ss_arena *arena, const char *text, size_t n);

/* How the endpoint says that its files are to be read and written. */
ss_csv_options ss_csv_options_of(const ss_endpoint *folder);

#endif
