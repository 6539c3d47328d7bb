#include "model/variable_json.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "model/json_parts.h"
#include "stats/pair_copula.h"

#define PARAMETERS_MAX 16
#define POINTS_MAX     65536

static const char *const book_kinds[] = {[SS_BOOK_PRESENT] = "present",
                                         [SS_BOOK_DECLARED] = "declared",
                                         [SS_BOOK_CATEGORIES] = "categories",
                                         [SS_BOOK_BINS] = "bins"};

#define NBOOK_KINDS (sizeof book_kinds / sizeof *book_kinds)

/* --- writing ---------------------------------------------------------------------------------------- */

/* How values are spread inside of bins: by which family, and the points of each that is no spike. */
static bool
put_inside(json_t *out, const ss_book *b, const char *const *names)
{
    json_t *parameters = json_array(), *inside = json_array();
    bool ok = true;

    for (size_t i = 0; i < b->nparameters; i++)
        ok = ok && json_array_append_new(parameters, json_string(b->parameters[i])) == 0;
    for (uint32_t i = 0; i < b->nvalues && b->family != NULL; i++)
    {
        json_t *points = json_array();

        for (uint32_t p = b->inside[i]; p < b->inside[i + 1]; p++)
            ok = ok && json_array_append_new(points, ss_integer_json(b->points[p])) == 0;
        ok = ok && json_array_append_new(inside, points) == 0;
    }
    if (b->family != NULL)
        ok = ok && json_object_set_new(out, "family", json_string(b->family)) == 0 &&
             json_object_set(out, "inside", inside) == 0;
    if (b->nparameters > 0)
        ok = ok && json_object_set(out, "parameters", parameters) == 0;
    if (b->rho != 0)
        ok = ok &&
             json_object_set_new(out, "beside", json_pack("[s,i]", names[b->beside], b->rho)) == 0;
    json_decref(parameters);
    json_decref(inside);
    return ok;
}

static json_t *
book_json(const ss_book *b, const char *const *names)
{
    json_t *out = json_pack("{s:s, s:I, s:b}", "kind", book_kinds[b->kind], "values",
                            (json_int_t) b->nvalues, "nulls", (int) b->nulls);
    json_t *edges = json_array(), *spikes = json_array(), *texts = json_array();
    bool ok = out != NULL;

    for (uint32_t i = 0; i < b->nvalues && b->kind == SS_BOOK_BINS; i++)
    {
        /* The last has no end. */
        if (i + 1 < b->nvalues)
            ok = ok && json_array_append_new(edges, ss_integer_json(b->upper[i])) == 0;
        if (b->spike[i])
            ok = ok && json_array_append_new(spikes, json_integer(i)) == 0;
    }
    for (uint32_t i = 0; i < b->nvalues && b->kind == SS_BOOK_CATEGORIES; i++)
        ok = ok && json_array_append_new(texts, json_string(b->texts[i])) == 0;
    if (b->kind == SS_BOOK_BINS)
        ok = ok && json_object_set(out, "edges", edges) == 0 &&
             json_object_set(out, "spikes", spikes) == 0 && put_inside(out, b, names);
    if (b->kind == SS_BOOK_CATEGORIES)
        ok = ok && json_object_set(out, "texts", texts) == 0;
    json_decref(edges);
    json_decref(spikes);
    json_decref(texts);
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

json_t *
ss_variable_json(const ss_variable *v, const char *const *names)
{
    const ss_variable_parts *parts = ss_variable_parts_of(v->kind);
    json_t *out = json_pack("{s:s}", "of", parts->word);
    bool ok = out != NULL;

    if (parts->column)
        ok = ok && json_object_set_new(out, "column", json_string(names[v->column])) == 0;
    if (parts->name)
        ok = ok &&
             json_object_set_new(out, parts->column ? "from" : "column", json_string(v->name)) == 0;
    if (parts->end)
        ok = ok && json_object_set_new(out, "end", ss_integer_json(v->end)) == 0;
    if (v->reference != NULL)
        ok = ok && json_object_set_new(out, "reference", json_string(v->reference)) == 0;
    if (v->table != NULL)
        ok = ok && json_object_set_new(out, "table", json_string(v->table)) == 0;
    if (v->book == NULL)
        ok = ok && json_object_set_new(out, "codes", json_integer(v->ncodes)) == 0 &&
             json_object_set_new(out, "ordered", json_integer(v->nordered)) == 0;
    else
    {
        json_t *book = book_json(v->book, names);

        ok = ok && book != NULL && json_object_update(out, book) == 0;
        json_decref(book);
    }
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

/* --- reading ---------------------------------------------------------------------------------------- */

static ss_code
inside_from(const json_t *json, ss_arena *result, ss_book *b, ss_error *err)
{
    const json_t *parameters = json_object_get(json, "parameters");
    const json_t *inside = json_object_get(json, "inside");
    const char *family = json_string_value(json_object_get(json, "family"));
    size_t n = 0;
    uint32_t at = 0;

    if (family == NULL)
        return parameters == NULL && inside == NULL
                   ? SS_OK
                   : ss_fail(err, SS_EMEND, "what is inside of bins has no \"family\"");
    b->family = ss_strdup(result, family);
    if (json_array_size(inside) != b->nvalues || json_array_size(parameters) > PARAMETERS_MAX)
        return ss_fail(err, SS_EMEND, "\"inside\" is not a list of each bin's points");
    for (uint32_t i = 0; i < b->nvalues; i++)
        n += json_array_size(json_array_get(inside, i));
    if (n > POINTS_MAX)
        return ss_fail(err, SS_EMEND, "\"inside\" has too many points");
    b->inside = ss_alloc(result, b->nvalues + 1, sizeof *b->inside);
    b->points = ss_alloc(result, n + 1, sizeof *b->points);
    b->parameters = ss_alloc(result, PARAMETERS_MAX, sizeof *b->parameters);
    for (size_t i = 0; i < json_array_size(parameters); i++)
    {
        const char *text = json_string_value(json_array_get(parameters, i));

        if (text == NULL)
            return ss_fail(err, SS_EMEND, "a parameter is no text");
        b->parameters[b->nparameters++] = ss_strdup(result, text);
    }
    for (uint32_t i = 0; i < b->nvalues; i++)
    {
        const json_t *points = json_array_get(inside, i);

        b->inside[i] = at;
        for (size_t p = 0; p < json_array_size(points); p++, at++)
        {
            const bool good = ss_integer_from_json(json_array_get(points, p), &b->points[at]);

            if (!good || b->spike[i] || b->points[at] > b->upper[i] ||
                b->points[at] < ss_book_least(b, i) || (p > 0 && b->points[at] < b->points[at - 1]))
                return ss_fail(err, SS_EMEND, "a point is not inside its bin");
        }
    }
    b->inside[b->nvalues] = at;
    return SS_OK;
}

/* That the other column is a number, and comes before, is for whoever knows the others to see. */
static ss_code
beside_from(const json_t *json, const char *const *names, size_t nnames, ss_book *b, ss_error *err)
{
    const json_t *beside = json_object_get(json, "beside"), *number = json_array_get(beside, 1);
    const json_int_t rho = json_integer_value(number);

    if (beside == NULL)
        return SS_OK;
    if (json_array_size(beside) != 2 || !json_is_integer(number) || rho == 0 ||
        rho < -SS_PAIR_COPULA_MAX || rho > SS_PAIR_COPULA_MAX || b->family == NULL)
        return ss_fail(err, SS_EMEND, "\"beside\" is not a column and thousandths");
    b->rho = (int) rho;
    return ss_column_from_json(json_array_get(beside, 0), names, nnames, &b->beside, err);
}

static ss_code
bins_from(const json_t *json, ss_arena *result, ss_book *b, ss_error *err)
{
    const json_t *edges = json_object_get(json, "edges"), *spikes = json_object_get(json, "spikes");

    if (b->nvalues == 0 || json_array_size(edges) != b->nvalues - 1)
        return ss_fail(err, SS_EMEND, "\"edges\" are not one fewer than the bins");
    b->upper = ss_alloc(result, b->nvalues, sizeof *b->upper);
    b->spike = ss_alloc(result, b->nvalues, sizeof *b->spike);
    b->upper[b->nvalues - 1] = INT64_MAX;
    for (uint32_t i = 0; i + 1 < b->nvalues; i++)
    {
        if (!ss_integer_from_json(json_array_get(edges, i), &b->upper[i]) ||
            b->upper[i] == INT64_MAX || (i > 0 && b->upper[i] <= b->upper[i - 1]))
            return ss_fail(err, SS_EMEND, "\"edges\" are not ascending numbers");
    }
    for (size_t i = 0; i < json_array_size(spikes); i++)
    {
        uint32_t spike;

        if (!ss_below_from_json(json_array_get(spikes, i), b->nvalues - 1, &spike))
            return ss_fail(err, SS_EMEND, "a spike is none of the bins, or the last");
        b->spike[spike] = true;
    }
    return inside_from(json, result, b, err);
}

static ss_code
categories_from(const json_t *json, ss_arena *result, ss_book *b, ss_error *err)
{
    const json_t *texts = json_object_get(json, "texts");

    if (json_array_size(texts) != b->nvalues)
        return ss_fail(err, SS_EMEND, "\"texts\" are not as many as the values");
    b->texts = ss_alloc(result, b->nvalues + 1, sizeof *b->texts);
    for (uint32_t i = 0; i < b->nvalues; i++)
    {
        const char *text = json_string_value(json_array_get(texts, i));

        if (text == NULL || (i > 0 && strcmp(text, b->texts[i - 1]) <= 0))
            return ss_fail(err, SS_EMEND, "\"texts\" are not ascending");
        b->texts[i] = ss_strdup(result, text);
    }
    return SS_OK;
}

/* kind and what follows of it. */
static ss_code
book_from(json_t *json, const char *const *names, size_t nnames, ss_arena *result, size_t column,
          const ss_book **book, ss_error *err)
{
    ss_book *b = ss_alloc(result, 1, sizeof *b);
    const char *kind = json_string_value(json_object_get(json, "kind"));
    const json_t *nulls = json_object_get(json, "nulls");
    size_t k = 0;

    while (k < NBOOK_KINDS && (kind == NULL || strcmp(book_kinds[k], kind) != 0))
        k++;
    if (k == NBOOK_KINDS)
        return ss_fail(err, SS_EMEND, "\"kind\" is none of the known ones");
    *b = (ss_book){.kind = (ss_book_kind) k, .column = column, .nulls = json_is_true(nulls)};
    if (!ss_below_from_json(json_object_get(json, "values"), SS_CODES_MAX, &b->nvalues) ||
        !json_is_boolean(nulls))
        return ss_fail(err, SS_EMEND, "a variable has no number of values, or nulls");
    if (b->kind == SS_BOOK_BINS)
    {
        SS_TRY(bins_from(json, result, b, err));
        SS_TRY(beside_from(json, names, nnames, b, err));
    }
    else if (json_object_get(json, "beside") != NULL)
        return ss_fail(err, SS_EMEND, "\"beside\" is of bins alone");
    if (b->kind == SS_BOOK_CATEGORIES)
        SS_TRY(categories_from(json, result, b, err));
    *book = b;
    return SS_OK;
}

/* A text that has to be there, or none that may not. */
static ss_code
text_from(const json_t *json, const char *key, bool wanted, ss_arena *result, const char **text,
          ss_error *err)
{
    const char *value = json_string_value(json_object_get(json, key));

    if (wanted != (value != NULL))
        return ss_fail(err, SS_EMEND, "\"%s\" is missing, or of no use here", key);
    *text = value == NULL ? NULL : ss_strdup(result, value);
    return SS_OK;
}

ss_code
ss_variable_from_json(json_t *json, const char *const *names, size_t nnames, ss_arena *result,
                      ss_variable *v, ss_error *err)
{
    static const char *const keys[] = {"of",      "column", "reference", "table",      "codes",
                                       "ordered", "kind",   "values",    "nulls",      "edges",
                                       "spikes",  "texts",  "family",    "parameters", "inside",
                                       "beside",  "from",   "end"};
    const char *of = json_string_value(json_object_get(json, "of"));
    const json_t *column = json_object_get(json, "column");
    const ss_variable_parts *parts = NULL;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    *v = (ss_variable){.column = SIZE_MAX};
    for (int kind = 0; kind < SS_NVARIABLE_KINDS && of != NULL && parts == NULL; kind++)
    {
        v->kind = (ss_variable_kind) kind;
        if (strcmp(ss_variable_parts_of(v->kind)->word, of) == 0)
            parts = ss_variable_parts_of(v->kind);
    }
    if (parts == NULL)
        return ss_fail(err, SS_EMEND, "\"of\" is none of the known words");
    SS_TRY(text_from(json, "reference", parts->reference, result, &v->reference, err));
    SS_TRY(text_from(json, "table", parts->table, result, &v->table, err));
    SS_TRY(text_from(json, "from", parts->name && parts->column, result, &v->name, err));
    if (parts->column)
        SS_TRY(ss_column_from_json(column, names, nnames, &v->column, err));
    else
        SS_TRY(text_from(json, "column", parts->name, result, &v->name, err));
    if (parts->end ? !ss_integer_from_json(json_object_get(json, "end"), &v->end)
                   : json_object_get(json, "end") != NULL)
        return ss_fail(err, SS_EMEND, "\"end\" is missing, or of no use here");
    if (parts->book)
    {
        SS_TRY(book_from(json, names, nnames, result, v->column, &v->book, err));
        v->ncodes = ss_book_ncodes(v->book);
        v->nordered = ss_book_nordered(v->book);
        if (v->kind != SS_VARIABLE_COLUMN && (v->book->kind != SS_BOOK_BINS || v->book->rho != 0 ||
                                              v->book->nulls == (v->kind == SS_VARIABLE_CHILDREN)))
            return ss_fail(err, SS_EMEND, "a number has other codes than bins");
    }
    else if (!ss_below_from_json(json_object_get(json, "codes"), SS_CODES_MAX + 1, &v->ncodes) ||
             !ss_below_from_json(json_object_get(json, "ordered"), (uint64_t) v->ncodes + 1,
                                 &v->nordered))
        return ss_fail(err, SS_EMEND, "a variable has no number of codes");
    if (v->ncodes < 2 || v->ncodes > SS_CODES_MAX)
        return ss_fail(err, SS_EMEND, "a variable has too few codes or too many");
    return SS_OK;
}
