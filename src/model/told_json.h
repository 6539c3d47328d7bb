/* Distributions over codes as they are told (stats/told.h), as JSON: "cells" and "rest" of an object. */
#ifndef SS_MODEL_TOLD_JSON_H
#define SS_MODEL_TOLD_JSON_H

#include <jansson.h>

#include <sandseed/error.h>

#include "stats/told.h"

/* Into out; false when memory is short. */
bool ss_told_put(const ss_told *told, json_t *out);

/*
 * Of so many codes, the first nordered of which may be told together.  leaf: it may have a rest, and cells of several codes.  SS_EMEND where
 * a number is not what k people make.
 */
ss_code ss_told_from_json(const json_t *json, uint64_t people, uint32_t ncodes, uint32_t nordered,
                          bool leaf, ss_arena *result, ss_told *told, ss_error *err);

#endif
