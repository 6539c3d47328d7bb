/*
 * A folder of CSV files as a source: staged into a private server for the length of the run, which then is
 * read like any other.
 *
 * A schema.sql beside the files is executed there by a role that is no superuser; without one, types and
 * keys come from the policy or are inferred (csv_describe.h).  Then every file is loaded by COPY.
 */
#ifndef SS_RUN_CSV_SOURCE_H
#define SS_RUN_CSV_SOURCE_H

#include "base/watch.h"
#include "policy/policy.h"

typedef struct ss_csv_stage
{
    ss_endpoint endpoint;       /* the private server, named as the folder for people */
    const ss_csv_table *tables; /* what the files are; NULL when a schema.sql says so */
    size_t ntables;
} ss_csv_stage;

/* policy: or NULL.  The server goes with arena. */
ss_code ss_csv_stage_files(const ss_endpoint *folder, const ss_policy *policy, const char *bindir,
                           const ss_watch *watch, ss_arena *arena, ss_csv_stage *stage,
                           ss_error *err);

#endif
