/*
 * The statistics of one table as JSON and back: what schemas/model.schema.json calls "marginal",
 * "references" and "joint".
 *
 * Whoever reads them back does not trust them: every count is held against the rule that nothing with
 * fewer than k behind it is stored (design 5.7), and a file that breaks it is not a model.
 */
#ifndef SS_MODEL_STATISTICS_JSON_H
#define SS_MODEL_STATISTICS_JSON_H

#include <jansson.h>

#include "model/model.h"

/* A new reference; NULL when text is not UTF-8 or memory is short. */
json_t *ss_marginal_json(const ss_marginal *marginal);
json_t *ss_fan_out_json(const ss_fan_out *fan_out);

/* names: of the table's columns. */
json_t *ss_joint_json(const ss_joint *joint, const char *const *names);

json_t *ss_cells_json(const ss_cells *cells);

/* SS_EMEND names what is wrong, never a value.  Of a list under key, without declared values. */
ss_code ss_cells_from_json(const json_t *object, const char *key, bool texts, uint64_t least,
                           ss_arena *result, ss_cells *cells, ss_error *err);
ss_code ss_marginal_from_json(json_t *json, uint64_t people, ss_arena *result,
                              ss_marginal *marginal, ss_error *err);
ss_code ss_fan_out_from_json(json_t *json, uint64_t people, ss_arena *result, ss_fan_out *fan_out,
                             ss_error *err);

ss_code ss_joint_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                           ss_arena *result, ss_joint *joint, ss_error *err);

/* As the file and people call it: "categories", "declared", "quantiles", ... */
const char *ss_marginal_kind_name(const ss_marginal *marginal);

/* Of a table of people: of how many is one set aside, or why is none? */
json_t *ss_control_json(ss_control_state state);

/* "rows", "people", "keys", "nothing". */
const char *ss_counted_name(ss_counted counted);

/* What a table of shapes may hold: nothing but shapes.  SS_EMEND names the column. */
ss_code ss_model_table_check(const ss_model_table *table, ss_error *err);

/* A number to so many digits. */
uint64_t ss_model_digits(uint64_t v, unsigned digits);

#endif
