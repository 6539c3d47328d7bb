/*
 * Engines: models of how the columns of a coded table depend on each other, behind one interface.
 *
 *     learn    structure, from a sample: which splits, which pairs, which classes
 *     cells    which numbered cells a row adds one to, so that anybody can count a whole table
 *     settle   structure and counts -> a model whose every number has k people behind it
 *
 * What a model gives away is decided in settle() alone, by the tally's answers; learn() stores no count.
 * log_density() and draw() speak of that model: what is measured is what will be made.
 */
#ifndef SS_STATS_ENGINE_H
#define SS_STATS_ENGINE_H

#include <sandseed/error.h>

#include "stats/coded.h"
#include "stats/tally.h"

typedef struct ss_engine_options
{
    ss_people people;
    size_t least_rows; /* of a leaf, and people of a class: at least 50 in use (design 5.7) */
} ss_engine_options;

typedef struct ss_engine
{
    const char *name; /* as the model calls it: "trees" */
    /*
     * How many latent classes there are, where a row has one beside its columns: variable d; NULL: it has none.  With one
     * class alone there is nothing to tell.
     */
    uint32_t (*nclasses)(const void *structure);

    /*
     * rows: to learn from; held_out: of other people, to judge by.  Of the columns that are not given every one is
     * a target.  *structure lives in result.
     */
    ss_code (*learn)(const ss_coded_table *rows, const ss_coded_table *held_out,
                     const ss_engine_options *options, ss_arena *result, void **structure,
                     ss_error *err);

    /* Does what was learnt say more than each column's own shares do? */
    bool (*finds)(const void *structure);

    size_t (*ncells)(const void *structure);

    /*
     * One cell per row and variable, cells[v * n + r] for variable v of row r; SS_TALLY_NO_CELL adds nothing.  It
     * depends on the row alone: not on its place, nor on those beside it.
     */
    void (*cells)(const void *structure, const ss_coded_table *rows, uint32_t *cells);

    /* *model lives in result, and needs structure. */
    void (*settle)(const void *structure, const ss_tally *tally, ss_arena *result, void **model);

    /* nats[r]: log of the probability of row r's targets, given what is given. */
    void (*log_density)(const void *model, const ss_coded_table *rows, double *nats);

    /*
     * Fill the targets of rows[0 .. n - 1] from one uniform word per variable: words[v * n + r] for variable v of
     * row r (design 5.4).
     */
    void (*draw)(const void *model, ss_coded_table *rows, const uint64_t *words);
} ss_engine;

extern const ss_engine ss_engine_independence;
extern const ss_engine ss_engine_trees;
extern const ss_engine ss_engine_classes;
extern const ss_engine ss_engine_chow_liu;
extern const ss_engine ss_engine_copula;

/* Count rows into a tally. */
void ss_engine_count(const ss_engine *engine, const void *structure, const ss_coded_table *rows,
                     ss_tally *tally);

/* Mean log density of rows, in nats. */
double ss_engine_loglik(const ss_engine *engine, const void *model, const ss_coded_table *rows);

#endif
