/*
 * One table being learnt: a scan of its rows, what may be stored of them; then, when the samples of its relatives are there, how its
 * variables depend on each other, with a second scan that counts what the first could not; its fan-outs.
 */
#ifndef SS_FIT_TABLE_H
#define SS_FIT_TABLE_H

#include <pthread.h>

#include "fit/relations.h"
#include "model/model.h"

typedef struct ss_fit_job
{
    ss_fit_source source;
    ss_fit_hops *hops; /* of all routes, read where a table follows any */
    const ss_plan *plan;
    ss_model *model;
    ss_arena *result;
    pthread_mutex_t *lock; /* of result */
    size_t sample_rows;    /* of a table, at most */
} ss_fit_job;

typedef struct ss_fit_table ss_fit_table;

/* Table index of the catalog, a root or an ordinary table; lives in arena, and what it holds besides is freed with it. */
ss_fit_table *ss_fit_table_new(const ss_fit_job *job, size_t index, ss_arena *arena);

/* What must be known before the first scan: who has more rows than others. */
ss_code ss_fit_table_prepare(ss_fit_table *table, ss_pg *pg, ss_error *err);

/* The first scan, by the table's own worker; others may help, each on a pg of its own, until it ends. */
ss_code ss_fit_table_scan(ss_fit_table *table, ss_pg *pg, ss_error *err);
ss_code ss_fit_table_help(ss_fit_table *table, ss_pg *pg, ss_error *err);

/* Are there rows that nobody has begun to read? */
bool ss_fit_table_has_ranges(const ss_fit_table *table);

/* Once all of them are done: what of the table's model needs no other table. */
void ss_fit_table_tell(ss_fit_table *table);

/* What its relatives need of it; NULL: nothing is told of its variables together. */
ss_fit_kept *ss_fit_table_kept(const ss_fit_table *table);

/* Do all rows keep what seems to hold between tables?  variables: of the table, NULL where nothing was kept. */
ss_code ss_fit_table_ask(ss_fit_table *table, const ss_fit_variables *variables, ss_pg *pg,
                         ss_error *err);

/* What depends on what, counted; and the fan-outs.  May run beside the question. */
ss_code ss_fit_table_settle(ss_fit_table *table, const ss_fit_variables *variables, ss_pg *pg,
                            ss_error *err);

/* Once both are done. */
void ss_fit_table_finish(ss_fit_table *table, const ss_fit_variables *variables);

#endif
