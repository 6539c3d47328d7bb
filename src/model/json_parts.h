/* What the files of a model's parts as JSON have in common. */
#ifndef SS_MODEL_JSON_PARTS_H
#define SS_MODEL_JSON_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <sandseed/error.h>

/* An integer; beyond 2^53 as text in an object, since JSON's readers would round it. */
json_t *ss_integer_json(int64_t v);
bool ss_integer_from_json(const json_t *json, int64_t *v);

/* An integer from 0 to most - 1; else false. */
bool ss_below_from_json(const json_t *json, uint64_t most, uint32_t *v);

/* SS_EMEND when json is no object, or has a key that is none of these. */
ss_code ss_only_keys(json_t *json, const char *const *keys, size_t nkeys, ss_error *err);

/* The place among n names of the one that json says. */
ss_code ss_column_from_json(const json_t *json, const char *const *names, size_t n, size_t *column,
                            ss_error *err);

#endif
