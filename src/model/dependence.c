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

static json_t *
score_json(const ss_engine_score *s)
{
    json_t *out = json_pack("{s:s, s:I, s:I}", "engine", s->engine->name, "millinats",
                            (json_int_t) s->millinats, "detector", (json_int_t) s->detector);

    if (s->given_up)
        (void) json_object_set_new(out, "given_up", json_true());
    return out;
}

json_t *
ss_dependence_json(const ss_dependence *d, const char *const *names)
{
    json_t *out = json_pack("{s:s, s:s}", "engine", d->engine->name, "counted",
                            d->sampled ? "sample" : "all");
    json_t *books = json_array(), *scores = json_array();
    bool ok = out != NULL;

    for (size_t i = 0; i < d->nscores; i++)
        ok = ok && json_array_append_new(scores, score_json(&d->scores[i])) == 0;
    for (size_t i = 0; i < d->n; i++)
        ok = ok && json_array_append_new(books, ss_variable_json(&d->variables[i], names)) == 0;
    ok = ok && json_object_set(out, "compared", scores) == 0 &&
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
    static const char *const keys[] = {"engine", "millinats", "detector", "given_up"};

    if (!json_is_array(json) || json_array_size(json) > SS_ENGINES_MAX)
        return ss_fail(err, SS_EMEND, "\"compared\" is not a list");
    for (size_t i = 0; i < json_array_size(json); i++)
    {
        json_t *score = json_array_get(json, i);
        ss_engine_score *s = &d->scores[d->nscores++];
        const json_t *nats = json_object_get(score, "millinats");
        const json_t *given_up = json_object_get(score, "given_up");

        SS_TRY(ss_only_keys(score, keys, sizeof keys / sizeof *keys, err));
        s->engine = ss_engine_named(json_string_value(json_object_get(score, "engine")));
        s->millinats = json_integer_value(nats);
        s->given_up = given_up != NULL;
        if (s->engine == NULL || !json_is_integer(nats) || s->millinats > 0 ||
            s->millinats < -(int64_t) SCORE_MOST ||
            !ss_below_from_json(json_object_get(score, "detector"), 101, &s->detector) ||
            (given_up != NULL && !json_is_true(given_up)))
            return ss_fail(err, SS_EMEND, "\"compared\" are not engines with what judged them");
    }
    return SS_OK;
}

/* A number is told beside another of the table's, which was read before it. */
static ss_code
check_beside(const ss_dependence *d, const ss_variable *v, ss_error *err)
{
    if (v->book == NULL || v->book->rho == 0)
        return SS_OK;
    for (size_t i = 0; i < d->n; i++)
    {
        const ss_variable *other = &d->variables[i];

        if (other->kind == SS_VARIABLE_COLUMN && other->column == v->book->beside &&
            other->book->family != NULL)
            return SS_OK;
    }
    return ss_fail(err, SS_EMEND, "\"beside\" names no number of a column before");
}

ss_code
ss_dependence_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                        ss_arena *result, ss_dependence **dependence, ss_error *err)
{
    const ss_engine *engine = ss_engine_named(json_string_value(json_object_get(json, "engine")));
    const char *keys[] = {"engine", "counted", "compared", "variables", NULL};
    const char *counted = json_string_value(json_object_get(json, "counted"));
    const json_t *books = json_object_get(json, "variables");
    const size_t n = json_array_size(books);
    size_t last = SIZE_MAX, classes = 0;
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
        SS_TRY(check_beside(d, v, err));
        if (v->kind == SS_VARIABLE_COLUMN && last != SIZE_MAX && v->column <= last)
            return ss_fail(err, SS_EMEND, "columns of a dependence are not in the table's order");
        if (v->kind == SS_VARIABLE_CLASS && classes++ > 0)
            return ss_fail(err, SS_EMEND, "a row has two latent classes");
        last = v->kind == SS_VARIABLE_COLUMN ? v->column : last;
        d->n++;
    }
    SS_TRY(scores_from(json_object_get(json, "compared"), d, err));
    SS_TRY(form_of(d)->from(json_object_get(json, form_of(d)->key), people, d, result, err));
    *dependence = d;
    return SS_OK;
}

size_t
ss_dependence_ncounts(const ss_dependence *d)
{
    return form_of(d)->ncounts(d);
}

const ss_engine_score *
ss_dependence_score(const ss_dependence *d, const ss_engine *engine)
{
    for (size_t i = 0; i < d->nscores; i++)
    {
        if (d->scores[i].engine == engine)
            return &d->scores[i];
    }
    return NULL;
}
