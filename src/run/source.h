/* The source of a run: parsed, started when it is a private server, its snapshot held, its catalog read. */
#ifndef SS_RUN_SOURCE_H
#define SS_RUN_SOURCE_H

#include <sandseed/commands.h>

#include "catalog/catalog.h"
#include "pg/snapshot.h"
#include "policy/policy.h"

typedef struct ss_source
{
    ss_endpoint
        endpoint; /* what is connected to; of CSV files, the private server they are staged in */
    const char *csv_folder;  /* of CSV files; or NULL */
    const ss_csv_table *csv; /* what was inferred of them; NULL when their schema.sql says it */
    size_t ncsv;
    const ss_endpoint *schema; /* who runs pg_dump: the policy's schema_source, else endpoint */
    ss_snapshot *snapshot;
    ss_catalog *catalog;
    bool started;   /* this run started its private server, and stops it when arena goes */
    bool superuser; /* what its role, or that of schema_source, may do */
    bool may_write;
    const char *role; /* the same, and what of row security, as the report says it */
} ss_source;

/*
 * Open text (an endpoint; relative folders from base).  policy: what it says of CSV files and of
 * schema_source; or NULL.  Everything is closed with arena.  Warns of a role that can do
 * more than read.
 */
ss_code ss_source_open(const char *text, const char *base, const ss_policy *policy,
                       const ss_options *options, const ss_watch *watch, ss_arena *arena,
                       ss_source *source, ss_error *err);

/* SS_EREFUSED: its role is a superuser, and nobody said that this may be (design 5.15). */
ss_code ss_source_refuse_privileged(const ss_source *source, const ss_options *options,
                                    ss_error *err);

#endif
