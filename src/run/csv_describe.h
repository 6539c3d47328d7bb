/*
 * What CSV files without a schema.sql are: types and keys, from the policy where it says so, else inferred
 * from the files.
 */
#ifndef SS_RUN_CSV_DESCRIBE_H
#define SS_RUN_CSV_DESCRIBE_H

#include "base/watch.h"
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

#endif
