/* Models of the engine "copula": of each variable its shares, and how its normal value follows from those before. */
#include <string.h>

#include "base/try.h"
#include "model/engines.h"
#include "model/json_parts.h"
#include "model/told_json.h"
#include "stats/copula.h"

#define SCORE_MOST (8 * SS_NORMAL_ONE)

/* --- writing ---------------------------------------------------------------------------------------- */

static json_t *
list_json(const int32_t *numbers, size_t n)
{
    json_t *out = json_array();

    for (size_t i = 0; i < n; i++)
        (void) json_array_append_new(out, json_integer(numbers[i]));
    return out;
}

/* Left out where codes lie in their own order. */
static bool
put_order(const ss_copula_variable *v, json_t *out)
{
    json_t *order = json_array();
    bool same = true, ok;

    for (uint32_t i = 0; i < v->ncodes; i++)
    {
        same = same && v->code_at[i] == i;
        (void) json_array_append_new(order, json_integer(v->code_at[i]));
    }
    ok = same || json_object_set(out, "order", order) == 0;
    json_decref(order);
    return ok;
}

static bool
put_before(const ss_copula *c, const ss_copula_variable *v, json_t *out)
{
    json_t *before = json_array();
    bool ok;

    for (uint32_t i = 0; i < v->nbefore; i++)
        (void) json_array_append_new(
            before, json_pack("[I,i]", (json_int_t) c->variables[v->before[i]].column,
                              (int) v->weights[i]));
    ok = json_object_set(out, "before", before) == 0 && put_order(v, out) &&
         json_object_set_new(out, "thresholds", list_json(v->thresholds, v->ncodes - 1)) == 0 &&
         json_object_set_new(out, "residual", json_integer(v->residual)) == 0 &&
         json_object_set_new(out, "apart", json_integer(v->apart)) == 0;
    json_decref(before);
    return ok;
}

static json_t *
put(const ss_dependence *d)
{
    const ss_copula *c = d->model;
    json_t *list = json_array();
    bool good = list != NULL;

    for (size_t i = 0; i < c->n && good; i++)
    {
        const ss_copula_variable *v = &c->variables[i];
        json_t *out = json_pack("{s:I}", "of", (json_int_t) v->column);

        good = out != NULL && ss_told_put(&v->told, out) &&
               json_object_set_new(out, "scores", list_json(v->scores, v->ncodes)) == 0;
        if (!v->given && v->nbefore > 0)
            good = good && put_before(c, v, out);
        good = json_array_append_new(list, out) == 0 && good;
    }
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

/* --- reading ---------------------------------------------------------------------------------------- */

typedef struct reading
{
    ss_copula *c;
    size_t *place; /* of a column: of its variable; SIZE_MAX: not read yet */
    ss_arena *result;
} reading;

/* So many numbers of this size at most. */
static ss_code
list_from(const json_t *json, size_t n, int64_t most, ss_arena *result, int32_t **numbers,
          ss_error *err)
{
    if (json_array_size(json) != n)
        return ss_fail(err, SS_EMEND, "a list is not as long as there are codes");
    *numbers = ss_alloc(result, n + 1, sizeof **numbers);
    for (size_t i = 0; i < n; i++)
    {
        const json_t *number = json_array_get(json, i);

        if (!json_is_integer(number) || json_integer_value(number) > most ||
            json_integer_value(number) < -most - 1)
            return ss_fail(err, SS_EMEND, "a list holds what is no such number");
        (*numbers)[i] = (int32_t) json_integer_value(number);
    }
    return SS_OK;
}

static ss_code
order_from(const json_t *json, reading *r, ss_copula_variable *v, ss_error *err)
{
    bool *seen = ss_alloc(r->result, v->ncodes + 1, sizeof *seen);

    v->code_at = ss_alloc(r->result, v->ncodes, sizeof *v->code_at);
    if (json != NULL && json_array_size(json) != v->ncodes)
        return ss_fail(err, SS_EMEND, "\"order\" is not one of all codes");
    for (uint32_t i = 0; i < v->ncodes; i++)
    {
        v->code_at[i] = i;
        if (json != NULL && !ss_below_from_json(json_array_get(json, i), v->ncodes, &v->code_at[i]))
            return ss_fail(err, SS_EMEND, "\"order\" holds what is no code");
        if (seen[v->code_at[i]])
            return ss_fail(err, SS_EMEND, "\"order\" holds a code twice");
        seen[v->code_at[i]] = true;
    }
    return SS_OK;
}

static ss_code
weights_from(const json_t *json, reading *r, ss_copula_variable *v, ss_error *err)
{
    const size_t n = json_array_size(json);

    if (n == 0 || n > SS_COPULA_BLOCK)
        return ss_fail(err, SS_EMEND, "\"before\" is not a list of some variables");
    v->before = ss_alloc(r->result, n, sizeof *v->before);
    v->weights = ss_alloc(r->result, n, sizeof *v->weights);
    for (size_t i = 0; i < n; i++)
    {
        const json_t *pair = json_array_get(json, i), *weight = json_array_get(pair, 1);
        uint32_t column;

        if (json_array_size(pair) != 2 ||
            !ss_below_from_json(json_array_get(pair, 0), r->c->d, &column) ||
            r->place[column] == SIZE_MAX || !json_is_integer(weight) ||
            json_integer_value(weight) > SS_COPULA_WEIGHT_MAX ||
            json_integer_value(weight) < -SS_COPULA_WEIGHT_MAX)
            return ss_fail(err, SS_EMEND, "\"before\" names no variable before, or no weight");
        v->before[v->nbefore] = (uint32_t) r->place[column];
        v->weights[v->nbefore++] = (int32_t) json_integer_value(weight);
    }
    return SS_OK;
}

static ss_code
before_from(const json_t *json, reading *r, ss_copula_variable *v, ss_error *err)
{
    SS_TRY(weights_from(json_object_get(json, "before"), r, v, err));
    SS_TRY(list_from(json_object_get(json, "thresholds"), v->ncodes - 1, INT32_MAX, r->result,
                     &v->thresholds, err));
    for (uint32_t i = 0; i + 2 < v->ncodes; i++)
    {
        if (v->thresholds[i] > v->thresholds[i + 1])
            return ss_fail(err, SS_EMEND, "\"thresholds\" descend");
    }
    if (!ss_below_from_json(json_object_get(json, "residual"), SS_COPULA_UNIT + 1, &v->residual) ||
        !ss_below_from_json(json_object_get(json, "apart"), SS_COPULA_APART, &v->apart) ||
        v->residual == 0)
        return ss_fail(err, SS_EMEND, "\"residual\" or \"apart\" is no such number");
    return SS_OK;
}

static ss_code
variable_from(json_t *json, uint64_t people, const ss_dependence *d, reading *r,
              ss_copula_variable *v, ss_error *err)
{
    static const char *const keys[] = {"of",    "cells",      "rest",     "scores", "before",
                                       "order", "thresholds", "residual", "apart"};
    static const size_t alone = 4; /* keys of a variable that depends on none */
    const bool depends = json_object_get(json, "before") != NULL;

    SS_TRY(ss_only_keys(json, keys, depends ? sizeof keys / sizeof *keys : alone, err));
    if (!ss_below_from_json(json_object_get(json, "of"), d->n, &v->column) ||
        r->place[v->column] != SIZE_MAX)
        return ss_fail(err, SS_EMEND, "it is of no variable, or of another one's");
    v->ncodes = d->variables[v->column].ncodes;
    v->nordered = d->variables[v->column].nordered;
    v->given = ss_variable_is_given(&d->variables[v->column]);
    v->apart = SS_COPULA_APART;
    SS_TRY(ss_told_from_json(json, people, v->ncodes, v->nordered, true, r->result, &v->told, err));
    SS_TRY(list_from(json_object_get(json, "scores"), v->ncodes, SCORE_MOST, r->result, &v->scores,
                     err));
    SS_TRY(order_from(json_object_get(json, "order"), r, v, err));
    if (depends && v->given)
        return ss_fail(err, SS_EMEND, "what is known before depends on nothing");
    return depends ? before_from(json, r, v, err) : SS_OK;
}

static ss_code
from(const json_t *json, uint64_t people, ss_dependence *d, ss_arena *result, ss_error *err)
{
    ss_copula *c = ss_alloc(result, 1, sizeof *c);
    reading r = {.c = c, .place = ss_alloc(result, d->n + 1, sizeof *r.place), .result = result};

    *c = (ss_copula){.k = people, .n = d->n, .d = d->n};
    if (json_array_size(json) != d->n)
        return ss_fail(err, SS_EMEND, "\"copula\" does not tell of each variable once");
    for (size_t i = 0; i < d->n; i++)
        r.place[i] = SIZE_MAX;
    c->variables = ss_alloc(result, d->n + 1, sizeof *c->variables);
    for (size_t i = 0; i < d->n; i++)
    {
        ss_copula_variable *v = &c->variables[i];

        if (variable_from(json_array_get(json, i), people, d, &r, v, err) != SS_OK)
            return ss_note(err, "in variable %zu of the copula", i + 1);
        r.place[v->column] = i;
        v->first = (uint32_t) c->ncells;
        c->ncells += v->ncodes;
    }
    ss_copula_derive(c, result);
    d->model = c;
    return SS_OK;
}

static size_t
ncounts(const ss_dependence *d)
{
    const ss_copula *c = d->model;
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        n += c->variables[i].told.ncells + (c->variables[i].told.rest > 0);
    return n;
}

const ss_engine_form ss_engine_form_copula = {"copula", put, from, ncounts};
