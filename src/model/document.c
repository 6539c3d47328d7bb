#include "model/document.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "model/json_parts.h"
#include "model/statistics_json.h"
#include "stats/people.h"

#define NODES_MAX 8192

static const char *const TYPES[] = {"array", "boolean", "null", "number", "object", "string"};

const char *
ss_node_type_name(ss_node_type type)
{
    return TYPES[type];
}

int
ss_node_compare(const ss_node *a, const ss_node *b)
{
    const int order = strcmp(a->path, b->path);

    return order != 0 ? order : (a->type > b->type) - (a->type < b->type);
}

static size_t
ncounts_of(const ss_marginal *m)
{
    return m == NULL ? 0
                     : m->values.n + m->lengths.n + m->alphabets.n + m->codes.n +
                           (m->npoints > 0 ? m->npoints + 1 : 0) + 1 + ss_habits_ncounts(m->habits);
}

size_t
ss_document_ncounts(const ss_document *document)
{
    size_t n = 0;

    for (size_t i = 0; document != NULL && i < document->n; i++)
    {
        const ss_node *node = &document->nodes[i];

        n += 1 + ncounts_of(node->marginal) + node->sizes.cells.n + (node->sizes.rest > 0) +
             node->variants.cells.n + (node->variants.rest > 0) + node->decides.cells.n +
             (node->decides.rest > 0);
    }
    return n;
}

/* --- writing ------------------------------------------------------------------------------------ */

static int
put_told(json_t *object, const char *key, const ss_habit_told *told)
{
    return told->cells.n == 0 ? 0 : json_object_set_new(object, key, ss_habit_told_json(told));
}

static json_t *
node_json(const ss_node *node)
{
    json_t *out = json_pack("{s:s, s:s, s:I}", "path", node->path, "type", TYPES[node->type],
                            "count", (json_int_t) node->count);
    int failed = out == NULL;

    if (node->time != NULL)
        failed = failed || json_object_set_new(out, "time", json_string(node->time));
    if (node->marginal != NULL)
        failed = failed || json_object_set_new(out, "marginal", ss_marginal_json(node->marginal));
    if (node->marginal != NULL && node->marginal->habits != NULL)
        failed =
            failed || json_object_set_new(out, "habits", ss_habits_json(node->marginal->habits));
    failed = failed || put_told(out, "sizes", &node->sizes);
    if (node->keys != NULL)
    {
        json_t *keys = json_array();

        for (size_t i = 0; i < node->nkeys && !failed; i++)
            failed = json_array_append_new(keys, json_string(node->keys[i]));
        failed = json_object_set_new(out, "keys", keys) || failed;
        failed = failed || put_told(out, "variants", &node->variants);
    }
    if (node->by != NULL)
        failed = failed || json_object_set_new(out, "by", json_string(node->by)) ||
                 put_told(out, "decides", &node->decides);
    if (!failed)
        return out;
    json_decref(out);
    return NULL;
}

json_t *
ss_document_json(const ss_document *document)
{
    json_t *out = json_array();
    int failed = out == NULL;

    for (size_t i = 0; i < document->n && !failed; i++)
        failed = json_array_append_new(out, node_json(&document->nodes[i]));
    if (!failed)
        return out;
    json_decref(out);
    return NULL;
}

/* --- reading ------------------------------------------------------------------------------------ */

static const char *
text_from(const json_t *json, ss_arena *result)
{
    const char *text = json_string_value(json);

    for (const char *p = text; p != NULL && *p != '\0'; p++)
    {
        if ((unsigned char) *p < ' ')
            return NULL;
    }
    return text == NULL || strlen(text) > SS_HABIT_TEXT_MAX ? NULL : ss_strdup(result, text);
}

/* What a value of that type is told by. */
static bool
fits(ss_node_type type, const ss_marginal *m)
{
    const bool declared = strcmp(ss_marginal_kind_name(m), "declared") == 0;

    switch (type)
    {
    case SS_NODE_BOOLEAN:
        return declared && m->values.n == 2;
    case SS_NODE_NUMBER:
        return m->kind == SS_MARGINAL_NUMBER || m->kind == SS_MARGINAL_SHAPE;
    case SS_NODE_OBJECT:
    case SS_NODE_STRING:
        return !declared && (m->kind == SS_MARGINAL_CATEGORIES || m->kind == SS_MARGINAL_SHAPE);
    case SS_NODE_ARRAY:
    case SS_NODE_NULL:
    case SS_NNODE_TYPES:
        return false;
    }
    return false;
}

static ss_code
marginal_from(json_t *json, uint64_t people, ss_arena *result, ss_node *node, ss_error *err)
{
    json_t *marginal = json_object_get(json, "marginal"), *habits = json_object_get(json, "habits");
    ss_marginal *m;

    if (marginal == NULL)
        return habits == NULL ? SS_OK : ss_fail(err, SS_EMEND, "it has habits and no marginal");
    m = ss_alloc(result, 1, sizeof *m);
    if (ss_marginal_from_json(marginal, people, result, m, err) != SS_OK)
        return ss_note(err, "in its marginal");
    if (!fits(node->type, m) || m->nulls > 0)
        return ss_fail(err, SS_EMEND, "its marginal is not one of its type");
    m->column = node->path;
    node->marginal = m;
    if (habits == NULL)
        return SS_OK;
    /* Texts that are documents are texts. */
    if (json_object_get(habits, "document") != NULL)
        return ss_fail(err, SS_EMEND, "there is a document within a document");
    if (ss_habits_from_json(habits, people, result, &m->habits, err) != SS_OK)
        return ss_note(err, "in its habits");
    return SS_OK;
}

/* A told list of numbers from 0 to most. */
static ss_code
told_from(json_t *json, const char *key, int64_t most, uint64_t least, ss_arena *result,
          ss_habit_told *told, ss_error *err)
{
    json_t *one = json_object_get(json, key);

    if (one == NULL)
        return SS_OK;
    if (ss_habit_told_from_json(one, false, least, result, told, err) != SS_OK)
        return ss_note(err, "in \"%s\"", key);
    for (size_t i = 0; i < told->cells.n; i++)
    {
        const ss_cell *c = &told->cells.cells[i];

        if (c->number < 0 || c->number > most || (i > 0 && c->number <= c[-1].number))
            return ss_fail(err, SS_EMEND, "\"%s\", cell %zu: not in order, or none of its values",
                           key, i + 1);
    }
    return SS_OK;
}

static ss_code
variants_from(json_t *json, uint64_t least, ss_arena *result, ss_node *node, ss_error *err)
{
    const json_t *keys = json_object_get(json, "keys");

    if (keys == NULL)
        return json_object_get(json, "variants") == NULL
                   ? SS_OK
                   : ss_fail(err, SS_EMEND, "there are variants and no keys");
    node->nkeys = json_array_size(keys);
    if (!json_is_array(keys) || node->nkeys > SS_VARIANT_KEYS || node->type != SS_NODE_OBJECT)
        return ss_fail(err, SS_EMEND, "\"keys\" is no list of an object's keys");
    node->keys = ss_alloc(result, node->nkeys + 1, sizeof *node->keys);
    for (size_t i = 0; i < node->nkeys; i++)
    {
        node->keys[i] = text_from(json_array_get(keys, i), result);
        if (node->keys[i] == NULL || node->keys[i][0] != '.' ||
            (i > 0 && strcmp(node->keys[i - 1], node->keys[i]) >= 0))
            return ss_fail(err, SS_EMEND, "\"keys\" are no steps of paths in order");
    }
    SS_TRY(told_from(json, "variants", (INT64_C(1) << node->nkeys) - 1, least, result,
                     &node->variants, err));
    return node->variants.cells.n == 0 || node->variants.cells.n > SS_VARIANTS_MOST
               ? ss_fail(err, SS_EMEND, "there are no variants of its keys, or too many")
               : SS_OK;
}

static ss_code
decides_from(json_t *json, uint64_t least, ss_arena *result, ss_node *node, ss_error *err)
{
    const json_t *by = json_object_get(json, "by");

    if (by == NULL)
        return json_object_get(json, "decides") == NULL
                   ? SS_OK
                   : ss_fail(err, SS_EMEND, "something decides the variant, and is not named");
    node->by = text_from(by, result);
    for (size_t i = 0; i < node->nkeys && node->by != NULL; i++)
    {
        if (strcmp(node->keys[i], node->by) != 0)
            continue;
        SS_TRY(told_from(json, "decides", SS_DECIDING_MOST * SS_VARIANTS_MOST - 1, least, result,
                         &node->decides, err));
        for (size_t c = 0; c < node->decides.cells.n; c++)
        {
            if (node->decides.cells.cells[c].number % SS_VARIANTS_MOST >=
                (int64_t) node->variants.cells.n)
                return ss_fail(err, SS_EMEND, "\"decides\", cell %zu: there is no such variant",
                               c + 1);
        }
        return node->decides.cells.n > 0
                   ? SS_OK
                   : ss_fail(err, SS_EMEND, "what decides the variant says nothing of it");
    }
    return ss_fail(err, SS_EMEND, "\"by\" is none of the keys");
}

static ss_code
time_from(const json_t *json, ss_node *node, ss_error *err)
{
    static const char *const times[] = {"date", "timestamp", "timestamptz"};
    const json_t *time = json_object_get(json, "time");

    for (size_t i = 0; json_is_string(time) && i < sizeof times / sizeof times[0]; i++)
    {
        if (strcmp(json_string_value(time), times[i]) == 0)
            node->time = times[i];
    }
    return time == NULL || (node->time != NULL && node->type == SS_NODE_NUMBER)
               ? SS_OK
               : ss_fail(err, SS_EMEND, "\"time\" is no type of times, or not of numbers");
}

static ss_code
node_from(json_t *json, uint64_t people, ss_arena *result, ss_node *node, ss_error *err)
{
    static const char *const keys[] = {"path",  "type", "time",     "count", "marginal", "habits",
                                       "sizes", "keys", "variants", "by",    "decides"};
    const uint64_t least = ss_people_least(people);
    const char *type = json_string_value(json_object_get(json, "type"));
    const json_t *count = json_object_get(json, "count");
    size_t t = 0;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof keys[0], err));
    while (type != NULL && t < SS_NNODE_TYPES && strcmp(TYPES[t], type) != 0)
        t++;
    *node = (ss_node){.path = text_from(json_object_get(json, "path"), result),
                      .type = (ss_node_type) t};
    if (node->path == NULL || node->path[0] != '$')
        return ss_fail(err, SS_EMEND, "\"path\" is no path of a document");
    if (type == NULL || t == SS_NNODE_TYPES)
        return ss_fail(err, SS_EMEND, "\"type\" is none of the known ones");
    if (!json_is_integer(count) || json_integer_value(count) % 5 != 0 ||
        json_integer_value(count) < (json_int_t) least)
        return ss_fail(err, SS_EMEND, "\"count\" is no multiple of 5 with k behind it");
    node->count = (uint64_t) json_integer_value(count);
    SS_TRY(time_from(json, node, err));
    SS_TRY(marginal_from(json, people, result, node, err));
    SS_TRY(told_from(json, "sizes", INT64_MAX, least, result, &node->sizes, err));
    if (node->sizes.cells.n > 0 && node->type != SS_NODE_ARRAY && node->type != SS_NODE_OBJECT)
        return ss_fail(err, SS_EMEND, "\"sizes\" is of arrays and objects");
    SS_TRY(variants_from(json, least, result, node, err));
    return decides_from(json, least, result, node, err);
}

/* What decides the variant is a text of the object, with the values that are named. */
static ss_code
check_decides(const ss_document *d, const ss_node *node, ss_arena *result, ss_error *err)
{
    const char *path = ss_strf(result, "%s%s", node->path, node->by);

    for (size_t i = 0; i < d->n; i++)
    {
        const ss_node *leaf = &d->nodes[i];

        if (leaf->type != SS_NODE_STRING || leaf->marginal == NULL || strcmp(leaf->path, path) != 0)
            continue;
        for (size_t c = 0; c < node->decides.cells.n; c++)
        {
            if (node->decides.cells.cells[c].number / SS_VARIANTS_MOST >=
                (int64_t) leaf->marginal->values.n)
                return ss_fail(err, SS_EMEND, "\"decides\", cell %zu: there is no such value",
                               c + 1);
        }
        return SS_OK;
    }
    return ss_fail(err, SS_EMEND, "\"by\" is no text");
}

ss_code
ss_document_from_json(json_t *json, uint64_t people, ss_arena *result, const ss_document **document,
                      ss_error *err)
{
    ss_document *d = ss_alloc(result, 1, sizeof *d);
    const size_t n = json_array_size(json);

    if (!json_is_array(json) || n == 0 || n > NODES_MAX)
        return ss_fail(err, SS_EMEND, "it is no list of nodes");
    *d = (ss_document){.nodes = ss_alloc(result, n, sizeof *d->nodes), .n = n};
    for (size_t i = 0; i < n; i++)
    {
        if (node_from(json_array_get(json, i), people, result, &d->nodes[i], err) != SS_OK)
            return ss_note(err, "in node %zu", i + 1);
        if (i > 0 && ss_node_compare(&d->nodes[i - 1], &d->nodes[i]) >= 0)
            return ss_fail(err, SS_EMEND, "its nodes are not in order");
    }
    for (size_t i = 0; i < n; i++)
    {
        if (d->nodes[i].by != NULL && check_decides(d, &d->nodes[i], result, err) != SS_OK)
            return ss_note(err, "in node %zu", i + 1);
    }
    *document = d;
    return SS_OK;
}
