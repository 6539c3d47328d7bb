/* One column being learnt: what its treatment allows to be learnt, and the counters for it. */
#ifndef SS_FIT_COLUMN_H
#define SS_FIT_COLUMN_H

#include "catalog/catalog.h"
#include "model/model.h"
#include "policy/policy.h"
#include "rows/batch.h"
#include "secret/hash.h"
#include "stats/cells.h"

typedef struct ss_fit_column
{
    const ss_catalog *catalog;
    const ss_column *column;
    const ss_decision *decision;
    ss_marginal_kind kind;
    ss_form form;
    bool is_number; /* numeric: machine form is text, learnt as a number */
    bool is_time;   /* date or timestamp */
    bool is_float;
    int scale;      /* decimals of numbers */
    int64_t step;   /* of dates and times */
    uint64_t nulls, count;
    ss_counter *values;
    ss_counter *lengths;
    ss_counter *alphabets;
    ss_counter *codes;
} ss_fit_column;

/* Choose what to learn.  k, npaths: as in stats/cells.h.  shape_only: too few people in the table. */
void ss_fit_column_init(ss_fit_column *c, const ss_catalog *catalog, const ss_column *column,
                        const ss_decision *decision, size_t k, size_t npaths);
void ss_fit_column_done(ss_fit_column *c);

/* Row r's value in grid units; false when it has none (NULL, infinity, NaN, no number). */
bool ss_fit_column_units(const ss_fit_column *c, const ss_batch_column *values, size_t r,
                         int64_t *units);
/* One number in grid units. */
void ss_fit_column_add_units(ss_fit_column *c, int64_t units, const uint64_t *subjects);

/* Rows 0 .. n - 1 of a batch's column; subjects: n x npaths hashes, row major. */
void ss_fit_column_add(ss_fit_column *c, const ss_batch_column *values, size_t n,
                       const uint64_t *subjects, size_t npaths, const ss_hash_key *key);

/* What may be stored of it.  shape_only: the table has too few people for more. */
void ss_fit_column_finish(const ss_fit_column *c, size_t k, bool shape_only, ss_arena *result,
                          ss_marginal *marginal);

#endif
