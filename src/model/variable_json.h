/* Variables of a dependence as JSON: what schemas/model.schema.json calls "variable". */
#ifndef SS_MODEL_VARIABLE_JSON_H
#define SS_MODEL_VARIABLE_JSON_H

#include <jansson.h>

#include <sandseed/error.h>

#include "model/variable.h"

/* names: of the table's columns.  A new reference; NULL when text is not UTF-8 or memory is short. */
json_t *ss_variable_json(const ss_variable *variable, const char *const *names);

/* SS_EMEND names what is wrong, never a value. */
ss_code ss_variable_from_json(json_t *json, const char *const *names, size_t nnames,
                              ss_arena *result, ss_variable *variable, ss_error *err);

#endif
