/* One column being learnt: what its treatment allows to be learnt, and the counters for it. */
#ifndef SS_FIT_COLUMN_H
#define SS_FIT_COLUMN_H

#include "catalog/catalog.h"
#include "fit/terms.h"
#include "model/model.h"
#include "policy/policy.h"
#include "rows/batch.h"
#include "secret/hash.h"
#include "stats/cells.h"

/* Who can stand behind a number of a table. */
typedef struct ss_fit_who
{
    size_t k, npaths;
    size_t cells; /* of a counter, at most: ss_fit_most_cells() */
    bool *
        may_be_empty; /* per path: keys that merely stand for people; NULL then says that there is nobody */
} ss_fit_who;

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
    int scale;                              /* decimals of numbers */
    int64_t step;                           /* of dates and times */
    uint64_t nulls, count;                  /* weights of rows */
    ss_crowd *null_people, *present_people; /* NULL for what cannot be NULL */
    const ss_fit_who *who;
    bool *null_empty; /* per path: may nobody stand there behind the NULLs? */
    ss_counter *values;
    ss_counter
        *frequent; /* of values that are too many: what the sample has (fit/frequent.h), or NULL */
    ss_counter *others;  /* of numbers: what is not frequent there */
    bool sampled;        /* the sample is not all rows */
    ss_counter *lengths; /* of texts; where some are frequent, of the others */
    ss_counter *alphabets;
    ss_counter *codes;
    ss_cardinality *different; /* of keys */
} ss_fit_column;

/* Who stands behind the rows of a batch. */
typedef struct ss_fit_behind
{
    size_t npaths;
    uint64_t *subjects; /* rows x npaths keyed hashes, row major */
    uint64_t *weights;  /* what each row counts for (fit/heavy.h) */
} ss_fit_behind;

/*
 * Cells of one of so many counters: the people behind all of their cells fit a budget, so that memory grows neither with
 * columns nor with k.
 */
size_t ss_fit_most_cells(size_t npaths, size_t k, size_t counters);

/* Rows that its lengths, alphabets and codes are of: those whose value is not told. */
uint64_t ss_fit_shape_rows(const ss_marginal *m);

/* Does a column take part in a key? */
typedef enum ss_fit_key
{
    SS_FIT_NO_KEY,
    SS_FIT_KEY,
    SS_FIT_KEY_OF_KEPT, /* a reference to a table whose rows are in the model as they are: it names one of these */
} ss_fit_key;

/* Choose what to learn.  null_empty: as who's, and where the column is of the path's own foreign key. */
void ss_fit_column_init(ss_fit_column *c, const ss_catalog *catalog, const ss_column *column,
                        const ss_decision *decision, ss_fit_key is_key, const ss_fit_who *who,
                        bool *null_empty);
void ss_fit_column_done(ss_fit_column *c);

/* Row r's value in grid units; false when it has none (NULL, infinity, NaN, no number). */
bool ss_fit_column_units(const ss_fit_column *c, const ss_batch_column *values, size_t r,
                         int64_t *units);
/*
 * Row r's value as PostgreSQL writes it: a text's bytes, or a whole number, which is written into room: SS_FIT_NUMBER_TEXT bytes.
 */
#define SS_FIT_NUMBER_TEXT 24
const unsigned char *ss_fit_column_text(const ss_batch_column *values, size_t r, char *room,
                                        size_t *n);
/* One number in grid units. */
void ss_fit_column_add_units(ss_fit_column *c, int64_t units, const uint64_t *subjects,
                             uint64_t weight);

/* Lengths beyond 64 are told to the next power of two times eighths: the exact one is a mark. */
int64_t ss_fit_coarse_length(int64_t length);

/* Rows 0 .. n - 1 of a batch's column. */
void ss_fit_column_add(ss_fit_column *c, const ss_batch_column *values, size_t n,
                       const ss_fit_behind *behind, const ss_hash_key *key);

/* The rows of another part of the table, learnt by a column that was chosen as this one. */
void ss_fit_column_merge(ss_fit_column *into, const ss_fit_column *from);

/* What may be stored of it. */
void ss_fit_column_finish(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result,
                          ss_marginal *marginal);

#endif
