/*
 * Siblings that repel: a column, or a second reference, whose value no two children of one parent share, although chance
 * would have it so.
 *
 * Found on families that are whole in the sample; then, where the sample is not all rows that are read, asked of the server
 * for these.
 */
#ifndef SS_FIT_DISTINCTS_H
#define SS_FIT_DISTINCTS_H

#include "fit/kept.h"
#include "fit/reading.h"
#include "model/rule.h"

typedef struct ss_fit_distinct
{
    ss_rule rule;                  /* columns: of the child */
    const ss_reference *reference; /* to the parent */
    bool holds;                    /* in all rows that are read */
} ss_fit_distinct;

typedef struct ss_fit_distincts
{
    ss_fit_distinct *list;
    size_t n, capacity;
    bool all; /* the sample was all rows that are read */
} ss_fit_distincts;

/* parent_of: of each row of the sample its parent's row by the reference, or UINT32_MAX.  What is found lives in scratch. */
void ss_fit_distincts_find(const ss_fit_kept *k, size_t reference, const uint32_t *parent_of,
                           ss_arena *scratch, ss_fit_distincts *distincts);

/* Which of them hold in all rows but the control subjects': in a transaction of its own on pg. */
ss_code ss_fit_distincts_ask(const ss_fit_source *source, const ss_table *table,
                             const ss_table_plan *plan, const ss_fit_distincts *distincts,
                             ss_pg *pg, ss_arena *scratch, ss_error *err);

#endif
