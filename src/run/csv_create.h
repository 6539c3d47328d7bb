/* Tables for CSV files without a schema.sql, as their description says, in the private server they are staged in. */
#ifndef SS_RUN_CSV_CREATE_H
#define SS_RUN_CSV_CREATE_H

#include "pg/pg.h"
#include "run/csv_describe.h"

/* Create the tables in the database of pg, with their keys but without references. */
ss_code ss_csv_create_tables(const ss_csv_description *description, ss_pg *pg, ss_error *err);

/*
 * When the rows are there: add the references that the policy says; where it does not describe a table,
 * those that its columns' names suggest and that hold are added, and put into the description.
 */
ss_code ss_csv_add_references(ss_csv_description *description, ss_pg *pg, ss_arena *result,
                              ss_error *err);

#endif
