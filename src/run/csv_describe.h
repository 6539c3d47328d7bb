/*
 * What CSV files without a schema.sql are: types and keys, from the policy where it says so, else inferred
 * from the files.
 */
#ifndef SS_RUN_CSV_DESCRIBE_H
#define SS_RUN_CSV_DESCRIBE_H

#include "base/watch.h"
#include "pg/pg.h"
#include "policy/policy.h"
#include "run/csv_files.h"

typedef struct ss_csv_description
{
    ss_csv_table *tables; /* parallel to the files */
    bool *described;      /* parallel: the policy describes it */
    size_t n;
} ss_csv_description;

/* policy: or NULL.  Reads every file that the policy does not describe whole. */
ss_code ss_csv_describe(const ss_endpoint *folder, const ss_csv_files *files,
                        const ss_policy *policy, const ss_watch *watch, ss_arena *result,
                        ss_csv_description *description, ss_error *err);

/* Create the tables in the database of pg, with their keys but without references. */
ss_code ss_csv_create_tables(const ss_csv_description *description, const ss_policy *policy,
                             ss_pg *pg, ss_error *err);

/*
 * When the rows are there: add the references that the policy says; where it does not describe a table,
 * those that its columns' names suggest and that hold are added, and put into the description.
 */
ss_code ss_csv_add_references(ss_csv_description *description, const ss_policy *policy, ss_pg *pg,
                              ss_arena *result, ss_error *err);

#endif
