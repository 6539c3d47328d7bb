/*
 * How the variables of one table depend on each other, and the model of the engine that was chosen.
 *
 * As JSON it is what schemas/model.schema.json calls "dependence".  Whoever reads it back does not trust it: every
 * number is held against the rule that nothing with fewer than k behind it is stored.
 */
#ifndef SS_MODEL_DEPENDENCE_H
#define SS_MODEL_DEPENDENCE_H

#include <jansson.h>

#include <sandseed/error.h>

#include "model/variable.h"
#include "stats/engine.h"

#define SS_ENGINES_MAX 8

typedef struct ss_engine_score
{
    const ss_engine *engine;
    int64_t
        millinats; /* mean log-likelihood of a row of people held out, in thousandths of a nat */
    uint32_t
        detector;  /* hundredths: how often drawn rows are told from theirs (stats/detector.h) */
    bool given_up; /* it learnt from a few rows alone, and was too far behind to go on */
} ss_engine_score;

typedef struct ss_dependence
{
    ss_variable *
        variables; /* of the coded table's columns; behind them the class of an engine that has classes */
    size_t n;
    const ss_engine *engine; /* the one that was chosen */
    bool sampled;            /* its counts are of the sample, not of the whole table */
    ss_engine_score
        scores[SS_ENGINES_MAX]; /* in the order that they were tried in; none: too few people */
    size_t nscores;
    const void *model; /* of the engine, as its settle() makes it */
    size_t
        suppressed; /* cells that hold rows and fewer than k people: to the nearest 5; known to fit alone, in no file */
} ss_dependence;

/* names: of the table's columns.  A new reference; NULL when text is not UTF-8 or memory is short. */
json_t *ss_dependence_json(const ss_dependence *dependence, const char *const *names);

/* SS_EMEND names what is wrong, never a value. */
ss_code ss_dependence_from_json(json_t *json, uint64_t people, const char *const *names,
                                size_t nnames, ss_arena *result, ss_dependence **dependence,
                                ss_error *err);

/* Counts in it, each with k behind it. */
size_t ss_dependence_ncounts(const ss_dependence *dependence);

/* NULL: the engine was not judged. */
const ss_engine_score *ss_dependence_score(const ss_dependence *dependence,
                                           const ss_engine *engine);

#endif
