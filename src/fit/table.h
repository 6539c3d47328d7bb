/*
 * One table being learnt: a scan of its rows, what may be stored of them, its fan-outs.
 */
#ifndef SS_FIT_TABLE_H
#define SS_FIT_TABLE_H

#include <pthread.h>

#include "fit/reading.h"
#include "model/model.h"
#include "policy/policy.h"

typedef struct ss_fit_job
{
    ss_fit_source source;
    const ss_plan *plan;
    ss_model *model;
    ss_arena *result;
    pthread_mutex_t *lock; /* of result */
} ss_fit_job;

/* Table index of the catalog, a root or an ordinary table, into its place in the model. */
ss_code ss_fit_table(const ss_fit_job *job, size_t index, ss_pg *pg, ss_arena *arena,
                     ss_error *err);

#endif
