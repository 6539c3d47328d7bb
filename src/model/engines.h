/*
 * The engines that a model can hold (engines.def), and how what each has learnt is told as JSON: a form, which several
 * engines may share.
 */
#ifndef SS_MODEL_ENGINES_H
#define SS_MODEL_ENGINES_H

#include "model/dependence.h"

typedef struct ss_engine_form
{
    const char *key; /* of a dependence, under which it stands */

    /* A new reference; NULL when memory is short. */
    json_t *(*put)(const ss_dependence *dependence);

    /* Fills in the model; engine and variables are there.  SS_EMEND names what is wrong, never a value. */
    ss_code (*from)(const json_t *json, uint64_t people, ss_dependence *dependence,
                    ss_arena *result, ss_error *err);

    size_t (*ncounts)(const ss_dependence *dependence);
} ss_engine_form;

typedef struct ss_model_engine
{
    const ss_engine *engine;
    const ss_engine_form *form;
    size_t most_rows;  /* of a sample that it learns from at once */
    size_t first_rows; /* of a larger one, to begin with; 0: it is not tried */
} ss_model_engine;

extern const ss_model_engine ss_model_engines[];
extern const size_t ss_nmodel_engines;

/* NULL: there is none of that name. */
const ss_engine *ss_engine_named(const char *name);

extern const ss_engine_form ss_engine_form_trees;
extern const ss_engine_form ss_engine_form_copula;

#endif
