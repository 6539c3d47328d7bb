/*
 * Generating: every synthetic row is a pure function of (model, seed, table, row number, attempt).
 *
 * A row's key is a keyed bijection of its number and its parents follow from its number too, so any
 * row's key is known without making the row: references hold by construction, cycles included, and
 * rows can be made in any order on any number of threads.
 */
#ifndef SS_GENERATE_GENERATE_H
#define SS_GENERATE_GENERATE_H

#include "catalog/catalog.h"
#include "model/model.h"
#include "policy/policy.h"
#include "rand/stream.h"
#include "rows/row_source.h"

/* The keys of a kept table's rows: n rows of ncolumns texts, NULL for NULL, ordered. */
typedef struct ss_key_list
{
    size_t n;
    size_t ncolumns;
    const char *const *texts; /* n x ncolumns, row major */
} ss_key_list;

typedef struct ss_generate_input
{
    const ss_catalog *catalog;
    const ss_model *model;
    const ss_table_plan *tables; /* modes, rows; parallel to the catalog's */
    unsigned char seed[SS_SEED_BYTES];
    size_t jobs;
    /* The keys of a kept table: columns are indices into its columns. */
    ss_code (*keys)(void *arg, size_t table, const size_t *columns, size_t ncolumns,
                    ss_key_list *list, ss_error *err);
    /*
     * Which of n values, as texts, the CHECKs of this column alone and those of its domains let pass; none when the
     * server cannot say.
     */
    ss_code (*judge)(void *arg, size_t table, size_t column, const char *const *texts, size_t n,
                     bool *passes, ss_error *err);
    void *arg;
} ss_generate_input;

/*
 * Sources of rows, parallel to the catalog's tables, NULL where none is made; everything lives in
 * result, and input's catalog, model and tables outlive it.  SS_EREFUSED, naming table and constraint, when a key
 * cannot be made.
 */
ss_code ss_generate_sources(const ss_generate_input *input, ss_arena *result,
                            const ss_row_source *const **sources, ss_error *err);

#endif
