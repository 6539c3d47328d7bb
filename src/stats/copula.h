/*
 * A Gaussian copula over mixed types, cut into codes.
 *
 * Behind every variable stands a normal one that its codes cut into stretches; how those depend on each other is told by
 * correlations alone, some numbers where trees need thousands.  The codes of a category are brought into the order of
 * correspondence analysis first.  What is drawn is a sequence of ordered probits: a variable's normal value is a weighted sum
 * of the scores of codes before it, the mean normal value of each, and of chance.
 *
 * Correlations are polychoric ones of tables of pairs as they may be told: of levels, cells with k people behind them, in
 * multiples of 5.  Thresholds are such that every variable has the shares that are told of it.
 */
#ifndef SS_STATS_COPULA_H
#define SS_STATS_COPULA_H

#include "stats/backoff.h"
#include "stats/engine.h"
#include "stats/normal_score.h"

#define SS_COPULA_BLOCK      48   /* variables that correlations are told of, at most */
#define SS_COPULA_UNIT       1000 /* of weights and residuals */
#define SS_COPULA_APART      256  /* of a variable's apart: so much is all of it */
#define SS_COPULA_WEIGHT_MAX (8 * SS_COPULA_UNIT)

typedef struct ss_copula_variable
{
    uint32_t column, ncodes, nordered;
    bool given;
    uint32_t first;    /* cell of the tally of its first code */
    uint32_t *code_at; /* its codes in the order of the normal value */
    uint32_t
        apart; /* of SS_COPULA_APART rows so many are drawn by its shares, whatever was before */

    /* Of a model: */
    ss_told told;
    ss_backoff_code *codes; /* known to those who settle alone; else NULL */
    uint32_t nbefore;
    uint32_t *before; /* variables that were drawn before it */
    int32_t *
        weights; /* of their scores, in 1 / SS_COPULA_UNIT; between them and the residual, all of it is 1 */
    uint32_t residual;   /* standard deviation of chance, in 1 / SS_COPULA_UNIT */
    int32_t *scores;     /* by code, in 1 / SS_NORMAL_ONE */
    int32_t *thresholds; /* ncodes - 1, never descending: where the places of code_at end */
    uint32_t *below;     /* by code (stats/told.h) */
} ss_copula_variable;

typedef struct ss_copula
{
    size_t k, n, d;
    ss_copula_variable *variables; /* in the order that they are drawn in: given ones first */
    size_t ncells;
    size_t nblock;        /* of a structure: variables that have correlations */
    uint32_t *block;      /* which ones, ascending */
    double *correlations; /* nblock x nblock */
} ss_copula;

/* below of each variable, from what is told of it; in result. */
void ss_copula_derive(ss_copula *copula, ss_arena *result);

/*
 * Into copula, whose variables are there in their order: the order of codes, and correlations of the block; all that is learnt but
 * for how much of a variable is apart.
 */
void ss_copula_correlate(ss_copula *copula, const ss_coded_table *rows,
                         const ss_engine_options *options, ss_arena *result);

#endif
