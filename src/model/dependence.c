#include "model/dependence.h"

#include <string.h>

#include "base/try.h"
#include "model/engines.h"
#include "model/json_parts.h"
#include "model/variable_json.h"

#define VARIABLES_MAX 8192
#define SCORE_MOST    1000000000

static const ss_engine_form *
form_of(const ss_dependence *d)
{
    size_t e = 0;

    while (ss_model_engines[e].engine != d->engine)
        e++;
    return ss_model_engines[e].form;
}

/* --- writing ---------------------------------------------------------------------------------------- */

json_t *
ss_dependence_json(const ss_dependence *d, const char *const *names)
{
    json_t *out = json_pack("{s:s, s:s}", "engine", d->engine->name, "counted",
                            d->sampled ? "sample" : "all");
    json_t *books = json_array(), *scores = json_array();
    bool ok = out != NULL;

    for (size_t i = 0; i < d->nscores; i++)
        ok = ok &&
             json_array_append_new(scores, json_pack("[s,I]", d->scores[i].engine->name,
                                                     (json_int_t) d->scores[i].millinats)) == 0;
    for (size_t i = 0; i < d->n; i++)
        ok = ok && json_array_append_new(books, ss_variable_json(&d->variables[i], names)) == 0;
    ok = ok && json_object_set(out, "millinats", scores) == 0 &&
         json_object_set(out, "variables", books) == 0 &&
         json_object_set_new(out, form_of(d)->key, form_of(d)->put(d)) == 0;
    json_decref(books);
    json_decref(scores);
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

/* --- reading ---------------------------------------------------------------------------------------- */

static ss_code
scores_from(const json_t *json, ss_dependence *d, ss_error *err)
{
    if (!json_is_array(json) || json_array_size(json) > SS_ENGINES_MAX)
        return ss_fail(err, SS_EMEND, "\"millinats\" is not a list");
    for (size_t i = 0; i < json_array_size(json); i++)
    {
        const json_t *pair = json_array_get(json, i);
        const ss_engine *engine = ss_engine_named(json_string_value(json_array_get(pair, 0)));
        const json_t *nats = json_array_get(pair, 1);

        if (engine == NULL || !json_is_integer(nats) || json_integer_value(nats) > 0 ||
            json_integer_value(nats) < -(json_int_t) SCORE_MOST)
            return ss_fail(err, SS_EMEND, "\"millinats\" are not engines with their likelihoods");
        d->scores[d->nscores++] = (ss_engine_score){engine, json_integer_value(nats)};
    }
    return SS_OK;
}

ss_code
ss_dependence_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                        ss_arena *result, ss_dependence **dependence, ss_error *err)
{
    const ss_engine *engine = ss_engine_named(json_string_value(json_object_get(json, "engine")));
    const char *keys[] = {"engine", "counted", "millinats", "variables", NULL};
    const char *counted = json_string_value(json_object_get(json, "counted"));
    const json_t *books = json_object_get(json, "variables");
    const size_t n = json_array_size(books);
    size_t last = SIZE_MAX;
    ss_dependence *d = ss_alloc(result, 1, sizeof *d);

    if (engine == NULL || counted == NULL ||
        (strcmp(counted, "all") != 0 && strcmp(counted, "sample") != 0))
        return ss_fail(err, SS_EMEND, "\"engine\" or \"counted\" is none of the known ones");
    d->engine = engine;
    keys[4] = form_of(d)->key;
    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    d->sampled = strcmp(counted, "sample") == 0;
    if (n < 2 || n > VARIABLES_MAX)
        return ss_fail(err, SS_EMEND, "\"variables\" is not a list of two and more");
    d->variables = ss_alloc(result, n, sizeof *d->variables);
    for (size_t i = 0; i < n; i++)
    {
        ss_variable *v = &d->variables[d->n];

        if (ss_variable_from_json(json_array_get(books, i), names, nnames, result, v, err) != SS_OK)
            return ss_note(err, "in variable %zu", i + 1);
        if (v->kind == SS_VARIABLE_COLUMN && last != SIZE_MAX && v->column <= last)
            return ss_fail(err, SS_EMEND, "columns of a dependence are not in the table's order");
        last = v->kind == SS_VARIABLE_COLUMN ? v->column : last;
        d->n++;
    }
    SS_TRY(scores_from(json_object_get(json, "millinats"), d, err));
    SS_TRY(form_of(d)->from(json_object_get(json, form_of(d)->key), people, d, result, err));
    *dependence = d;
    return SS_OK;
}

size_t
ss_dependence_ncounts(const ss_dependence *d)
{
    return form_of(d)->ncounts(d);
}

bool
ss_dependence_score(const ss_dependence *d, const ss_engine *engine, int64_t *millinats)
{
    for (size_t i = 0; i < d->nscores; i++)
    {
        if (d->scores[i].engine != (engine == NULL ? d->engine : engine))
            continue;
        *millinats = d->scores[i].millinats;
        return true;
    }
    return false;
}
