#include "model/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/try.h"
#include "model/json_parts.h"
#include "stats/people.h"

bool
ss_mapping_follows(const ss_mapping *m, size_t column)
{
    bool among = false;

    for (size_t i = 0; i < m->ncolumns; i++)
        among = among || m->columns[i] == column;
    for (size_t i = 0; i < m->ndrawn; i++)
        among = among && m->drawn[i] != column;
    return among;
}

size_t
ss_mapping_told(const ss_mapping *m)
{
    size_t n = 0;

    for (size_t i = 0; i < m->ntokens; i++)
        n += m->tokens[i].first == 0;
    return n;
}

/* --- writing ---------------------------------------------------------------------------------------- */

static json_t *
value_json(const ss_token_value *v)
{
    switch (v->kind)
    {
    case SS_TOKEN_NULL:
        return json_null();
    case SS_TOKEN_TEXT:
        return json_string(v->text);
    case SS_TOKEN_NUMBER:
        return ss_integer_json(v->number);
    }
    return NULL;
}

static json_t *
token_json(const ss_mapping *m, const ss_token *t)
{
    json_t *out = json_array();
    int failed = out == NULL;

    for (size_t i = 0; i < m->ncolumns - t->first && !failed; i++)
        failed = json_array_append_new(out, value_json(&t->values[i]));
    if (!failed && json_array_append_new(out, json_integer((json_int_t) t->rows)) == 0)
        return out;
    json_decref(out);
    return NULL;
}

static json_t *
level_json(const ss_mapping *m, size_t first, const char *const *names)
{
    json_t *columns = json_array(), *cells = json_array(), *out;
    int failed = 0;

    for (size_t i = first; i < m->ncolumns; i++)
        failed |= json_array_append_new(columns, json_string(names[m->columns[i]]));
    for (size_t i = 0; i < m->ntokens && !failed; i++)
    {
        if (m->tokens[i].first == first)
            failed = json_array_append_new(cells, token_json(m, &m->tokens[i]));
    }
    out = json_pack("{s:o, s:o}", "columns", columns, "cells", cells);
    if (!failed)
        return out;
    json_decref(out);
    return NULL;
}

json_t *
ss_mapping_json(const ss_mapping *m, const char *const *names)
{
    json_t *columns = json_array(), *drawn = json_array(), *follows = json_array(),
           *levels = json_array(), *out;
    int failed = 0;

    for (size_t i = 0; i < m->ncolumns; i++)
    {
        failed |= json_array_append_new(columns, json_string(names[m->columns[i]]));
        if (ss_mapping_follows(m, m->columns[i]))
            failed |= json_array_append_new(follows, json_string(names[m->columns[i]]));
    }
    for (size_t i = 0; i < m->ndrawn; i++)
        failed |= json_array_append_new(drawn, json_string(names[m->drawn[i]]));
    for (size_t i = 0; i < m->nlevels; i++)
        failed |= json_array_append_new(levels, level_json(m, m->levels[i], names));
    out = json_pack("{s:o, s:I, s:o, s:o, s:s, s:o}", "columns", columns, "determinants",
                    (json_int_t) m->ndeterminants, "drawn", drawn, "follows", follows, "exceptions",
                    m->exceptions ? "few" : "none", "levels", levels);
    if (m->rest > 0)
        failed |= json_object_set_new(out, "rest", json_integer((json_int_t) m->rest));
    if (!failed)
        return out;
    json_decref(out);
    return NULL;
}

/* --- reading ---------------------------------------------------------------------------------------- */

typedef struct reading
{
    const char *const *names;
    size_t nnames;
    uint64_t least;
    ss_arena *result;
    ss_map *tokens;       /* of one level, that were met */
    ss_map *determinants; /* of the finest */
    ss_error *err;
} reading;

static ss_code
rows_from(const reading *r, const json_t *json, uint64_t *rows)
{
    if (!json_is_integer(json) || json_integer_value(json) % 5 != 0 ||
        json_integer_value(json) < (json_int_t) r->least)
        return ss_fail(r->err, SS_EMEND,
                       "the rows of a token are no multiple of 5 with k behind them");
    *rows = (uint64_t) json_integer_value(json);
    return SS_OK;
}

/* Different columns of the table, at least least of them. */
static ss_code
columns_from(const reading *r, const json_t *json, size_t least, size_t **columns, size_t *n)
{
    const size_t all = json_array_size(json);

    if (!json_is_array(json) || all < least || all > SS_MAPPING_COLUMNS_MAX)
        return ss_fail(r->err, SS_EMEND, "a mapping has too few columns or too many");
    *columns = ss_alloc(r->result, all + 1, sizeof **columns);
    for (*n = 0; *n < all; (*n)++)
    {
        SS_TRY(ss_column_from_json(json_array_get(json, *n), r->names, r->nnames, &(*columns)[*n],
                                   r->err));
        for (size_t i = 0; i < *n; i++)
        {
            if ((*columns)[i] == (*columns)[*n])
                return ss_fail(r->err, SS_EMEND, "a mapping has a column twice");
        }
    }
    return SS_OK;
}

/* Whether text, as JSON of a list from its first n values, was met before. */
static bool
met(const reading *r, ss_map *map, const json_t *token, size_t n)
{
    json_t *list = json_array();
    char *text;
    bool known;

    for (size_t i = 0; i < n; i++)
        (void) json_array_append(list, json_array_get(token, i));
    text = json_dumps(list, JSON_COMPACT);
    known = text == NULL || ss_map_put(map, ss_strdup(r->result, text), map) != NULL;
    free(text);
    json_decref(list);
    return known;
}

static ss_code
token_from(const reading *r, const ss_mapping *m, const json_t *json, size_t first, ss_token *t)
{
    const size_t n = m->ncolumns - first;
    bool decided = first == 0;

    if (!json_is_array(json) || json_array_size(json) != n + 1)
        return ss_fail(r->err, SS_EMEND, "a token has not one value for each column");
    *t = (ss_token){.first = first, .values = ss_alloc(r->result, n, sizeof *t->values)};
    for (size_t i = 0; i < n; i++)
    {
        const json_t *value = json_array_get(json, i);
        ss_token_value *v = &t->values[i];

        decided = decided && (i >= m->ndeterminants || !json_is_null(value));
        if (json_is_null(value))
            v->kind = SS_TOKEN_NULL;
        else if (json_is_string(value))
        {
            v->kind = SS_TOKEN_TEXT;
            v->text = ss_strndup(r->result, json_string_value(value), json_string_length(value));
        }
        else if (ss_integer_from_json(value, &v->number))
            v->kind = SS_TOKEN_NUMBER;
        else
            return ss_fail(r->err, SS_EMEND, "a token's value is no text, number or null");
    }
    if (met(r, r->tokens, json, n) ||
        (decided && !m->exceptions && met(r, r->determinants, json, m->ndeterminants)))
        return ss_fail(r->err, SS_EMEND, "two tokens of a mapping say of the same what they are");
    return rows_from(r, json_array_get(json, n), &t->rows);
}

static ss_code
level_from(reading *r, json_t *json, ss_mapping *m)
{
    static const char *const keys[] = {"columns", "cells"};
    const json_t *cells = json_object_get(json, "cells");
    size_t *columns, n, first;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, r->err));
    SS_TRY(columns_from(r, json_object_get(json, "columns"), 1, &columns, &n));
    first = n > m->ncolumns ? 0 : m->ncolumns - n;
    for (size_t i = 0; i < n; i++)
    {
        if (n > m->ncolumns || columns[i] != m->columns[first + i] ||
            (m->nlevels == 0 ? first != 0 : first <= m->levels[m->nlevels - 1]))
            return ss_fail(r->err, SS_EMEND,
                           "a level of a mapping is not the end of the one before");
    }
    if (!json_is_array(cells))
        return ss_fail(r->err, SS_EMEND, "a level of a mapping has no cells");
    m->levels[m->nlevels++] = first;
    r->tokens = ss_map_new(r->result);
    for (size_t i = 0; i < json_array_size(cells); i++)
        SS_TRY(token_from(r, m, json_array_get(cells, i), first, &m->tokens[m->ntokens++]));
    return SS_OK;
}

ss_code
ss_mapping_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                     ss_arena *result, ss_mapping *m, ss_error *err)
{
    static const char *const keys[] = {"columns",    "determinants", "drawn", "follows",
                                       "exceptions", "levels",       "rest"};
    reading r = {.names = names,
                 .nnames = nnames,
                 .least = ss_people_least(people),
                 .result = result,
                 .determinants = ss_map_new(result),
                 .err = err};
    const json_t *determinants = json_object_get(json, "determinants");
    const char *exceptions = json_string_value(json_object_get(json, "exceptions"));
    const json_t *levels = json_object_get(json, "levels");
    size_t *follows, nfollows, total = 0, tokens = 0;

    *m = (ss_mapping){0};
    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    SS_TRY(columns_from(&r, json_object_get(json, "columns"), 2, &m->columns, &m->ncolumns));
    SS_TRY(columns_from(&r, json_object_get(json, "drawn"), 0, &m->drawn, &m->ndrawn));
    SS_TRY(columns_from(&r, json_object_get(json, "follows"), 0, &follows, &nfollows));
    m->ndeterminants = (size_t) json_integer_value(determinants);
    if (!json_is_integer(determinants) || m->ndeterminants < 1 || m->ndeterminants > 2 ||
        m->ndeterminants >= m->ncolumns)
        return ss_fail(err, SS_EMEND, "a mapping has no determinants, or too many");
    m->exceptions = exceptions != NULL && strcmp(exceptions, "few") == 0;
    if (exceptions == NULL || (!m->exceptions && strcmp(exceptions, "none") != 0))
        return ss_fail(err, SS_EMEND,
                       "a mapping's \"exceptions\" are neither \"none\" nor \"few\"");
    for (size_t i = 0; i < m->ncolumns; i++)
        total += !ss_mapping_follows(m, m->columns[i]);
    for (size_t i = 0; i < nfollows; i++)
        total += ss_mapping_follows(m, follows[i]);
    if (total != m->ncolumns || m->ndrawn + nfollows != m->ncolumns)
        return ss_fail(err, SS_EMEND, "not each column of a mapping is drawn or follows");
    if (!json_is_array(levels) || json_array_size(levels) < 1 ||
        json_array_size(levels) > m->ncolumns)
        return ss_fail(err, SS_EMEND, "a mapping has no levels");
    for (size_t i = 0; i < json_array_size(levels); i++)
        tokens += json_array_size(json_object_get(json_array_get(levels, i), "cells"));
    if (tokens > SS_TOKENS_MAX)
        return ss_fail(err, SS_EMEND, "a mapping has too many tokens");
    m->tokens = ss_alloc(result, tokens + 1, sizeof *m->tokens);
    m->levels = ss_alloc(result, m->ncolumns, sizeof *m->levels);
    for (size_t i = 0; i < json_array_size(levels); i++)
        SS_TRY(level_from(&r, json_array_get(levels, i), m));
    if (json_object_get(json, "rest") != NULL)
        SS_TRY(rows_from(&r, json_object_get(json, "rest"), &m->rest));
    return SS_OK;
}
