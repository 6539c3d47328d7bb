#include "model/dependence.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "model/json_parts.h"

#define VARIABLES_MAX  8192
#define NODES_MAX      16384
#define ALPHA_MAX      16000 /* sixteenths of a row */
#define SCORE_MOST     1000000000
#define PARAMETERS_MAX 16
#define POINTS_MAX     65536

static const char *const book_kinds[] = {[SS_BOOK_PRESENT] = "present",
                                         [SS_BOOK_DECLARED] = "declared",
                                         [SS_BOOK_CATEGORIES] = "categories",
                                         [SS_BOOK_BINS] = "bins"};

#define NBOOK_KINDS (sizeof book_kinds / sizeof *book_kinds)

static const char *const variable_kinds[] = {[SS_VARIABLE_CLASS] = "class",
                                             [SS_VARIABLE_COLUMN] = "column",
                                             [SS_VARIABLE_CHILDREN] = "children",
                                             [SS_VARIABLE_PARENT] = "parent",
                                             [SS_VARIABLE_PARENT_CLASS] = "parent-class",
                                             [SS_VARIABLE_SIBLINGS] = "siblings",
                                             [SS_VARIABLE_POSITION] = "position",
                                             [SS_VARIABLE_PREVIOUS] = "previous"};

/* --- writing ---------------------------------------------------------------------------------------- */

/* How values are spread inside of bins: by which family, and the points of each that is no spike. */
static bool
put_inside(json_t *out, const ss_book *b)
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
    json_decref(parameters);
    json_decref(inside);
    return ok;
}

static json_t *
book_json(const ss_book *b)
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
             json_object_set(out, "spikes", spikes) == 0 && put_inside(out, b);
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

static json_t *
variable_json(const ss_variable *v, const char *const *names)
{
    json_t *out = json_pack("{s:s}", "of", variable_kinds[v->kind]);
    bool ok = out != NULL;

    if (v->kind == SS_VARIABLE_COLUMN || v->kind == SS_VARIABLE_PREVIOUS)
        ok = ok && json_object_set_new(out, "column", json_string(names[v->column])) == 0;
    if (v->kind == SS_VARIABLE_PARENT)
        ok = ok && json_object_set_new(out, "column", json_string(v->name)) == 0;
    if (v->reference != NULL)
        ok = ok && json_object_set_new(out, "reference", json_string(v->reference)) == 0;
    if (v->table != NULL)
        ok = ok && json_object_set_new(out, "table", json_string(v->table)) == 0;
    if (v->book == NULL)
        ok = ok && json_object_set_new(out, "codes", json_integer(v->ncodes)) == 0 &&
             json_object_set_new(out, "ordered", json_integer(v->nordered)) == 0;
    else
    {
        json_t *book = book_json(v->book);

        ok = ok && book != NULL && json_object_update(out, book) == 0;
        json_decref(book);
    }
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

/* Codes that go left, as pairs of the first and last of each run. */
static json_t *
runs_json(const uint64_t *bits, uint32_t ncodes)
{
    json_t *out = json_array();

    for (uint32_t c = 0; c < ncodes; c++)
    {
        const uint32_t first = c;

        if ((bits[c / 64] >> (c % 64) & 1) == 0)
            continue;
        while (c + 1 < ncodes && (bits[(c + 1) / 64] >> ((c + 1) % 64) & 1) != 0)
            c++;
        (void) json_array_append_new(out, json_pack("[I,I]", (json_int_t) first, (json_int_t) c));
    }
    return out;
}

static json_t *
told_json(const ss_told *told)
{
    json_t *cells = json_array();

    for (size_t i = 0; i < told->ncells; i++)
        (void) json_array_append_new(cells, json_pack("[I,I,I]", (json_int_t) told->cells[i].from,
                                                      (json_int_t) told->cells[i].to,
                                                      (json_int_t) told->cells[i].rows));
    return cells;
}

static json_t *
node_json(const ss_trees_target *t, const ss_dependence *d, uint32_t n)
{
    const ss_tree_node *node = &t->tree.nodes[n];
    const ss_told *told = &t->told[n];
    json_t *out = json_pack("{s:o}", "cells", told_json(told));
    bool ok = out != NULL;

    if (node->column != SS_TREE_LEAF)
        ok = ok && json_object_set_new(out, "by", json_integer(node->column)) == 0 &&
             json_object_set_new(
                 out, "left", runs_json(node->goes_left, d->variables[node->column].ncodes)) == 0 &&
             json_object_set_new(
                 out, "children",
                 json_pack("[I,I]", (json_int_t) node->left, (json_int_t) node->right)) == 0;
    if (told->rest > 0)
        ok = ok && json_object_set_new(out, "rest", json_integer((json_int_t) told->rest)) == 0;
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

static json_t *
trees_json(const ss_dependence *d)
{
    json_t *list = json_array();

    for (size_t i = 0; i < d->trees->n; i++)
    {
        const ss_trees_target *t = &d->trees->targets[i];
        json_t *nodes = json_array();

        for (uint32_t n = 0; n < t->tree.nnodes; n++)
            (void) json_array_append_new(nodes, node_json(t, d, n));
        (void) json_array_append_new(list, json_pack("{s:I, s:I, s:o}", "of",
                                                     (json_int_t) t->tree.target, "shrinkage",
                                                     (json_int_t) t->tree.alpha, "nodes", nodes));
    }
    return list;
}

json_t *
ss_dependence_json(const ss_dependence *d, const char *const *names)
{
    json_t *out =
        json_pack("{s:s, s:s}", "engine", d->engine, "counted", d->sampled ? "sample" : "all");
    json_t *books = json_array(), *scores = json_array();
    bool ok = out != NULL;

    for (size_t i = 0; i < d->nscores; i++)
        ok = ok &&
             json_array_append_new(scores, json_pack("[s,I]", d->scores[i].engine,
                                                     (json_int_t) d->scores[i].millinats)) == 0;
    for (size_t i = 0; i < d->n; i++)
        ok = ok && json_array_append_new(books, variable_json(&d->variables[i], names)) == 0;
    ok = ok && json_object_set(out, "millinats", scores) == 0 &&
         json_object_set(out, "variables", books) == 0 &&
         json_object_set_new(out, "trees", trees_json(d)) == 0;
    json_decref(books);
    json_decref(scores);
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

/* --- reading ---------------------------------------------------------------------------------------- */

typedef struct reading
{
    uint64_t people;
    const char *const *names;
    size_t nnames;
    ss_arena *result;
    ss_dependence *d;
} reading;

/* An integer from 0 to most - 1 at a place of a list. */
static bool
below(const json_t *json, uint64_t most, uint32_t *v)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0 ||
        (uint64_t) json_integer_value(json) >= most)
        return false;
    *v = (uint32_t) json_integer_value(json);
    return true;
}

static ss_code
inside_from(const json_t *json, reading *r, ss_book *b, ss_error *err)
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
    b->family = ss_strdup(r->result, family);
    if (json_array_size(inside) != b->nvalues || json_array_size(parameters) > PARAMETERS_MAX)
        return ss_fail(err, SS_EMEND, "\"inside\" is not a list of each bin's points");
    for (uint32_t i = 0; i < b->nvalues; i++)
        n += json_array_size(json_array_get(inside, i));
    if (n > POINTS_MAX)
        return ss_fail(err, SS_EMEND, "\"inside\" has too many points");
    b->inside = ss_alloc(r->result, b->nvalues + 1, sizeof *b->inside);
    b->points = ss_alloc(r->result, n + 1, sizeof *b->points);
    b->parameters = ss_alloc(r->result, PARAMETERS_MAX, sizeof *b->parameters);
    for (size_t i = 0; i < json_array_size(parameters); i++)
    {
        const char *text = json_string_value(json_array_get(parameters, i));

        if (text == NULL)
            return ss_fail(err, SS_EMEND, "a parameter is no text");
        b->parameters[b->nparameters++] = ss_strdup(r->result, text);
    }
    for (uint32_t i = 0; i < b->nvalues; i++)
    {
        const json_t *points = json_array_get(inside, i);

        b->inside[i] = at;
        for (size_t p = 0; p < json_array_size(points); p++, at++)
        {
            const bool good = ss_integer_from_json(json_array_get(points, p), &b->points[at]);

            if (!good || b->spike[i] || b->points[at] > b->upper[i] ||
                (i > 0 && b->points[at] <= b->upper[i - 1]) ||
                (p > 0 && b->points[at] < b->points[at - 1]))
                return ss_fail(err, SS_EMEND, "a point is not inside its bin");
        }
    }
    b->inside[b->nvalues] = at;
    return SS_OK;
}

static ss_code
bins_from(const json_t *json, reading *r, ss_book *b, ss_error *err)
{
    const json_t *edges = json_object_get(json, "edges"), *spikes = json_object_get(json, "spikes");

    if (b->nvalues == 0 || json_array_size(edges) != b->nvalues - 1)
        return ss_fail(err, SS_EMEND, "\"edges\" are not one fewer than the bins");
    b->upper = ss_alloc(r->result, b->nvalues, sizeof *b->upper);
    b->spike = ss_alloc(r->result, b->nvalues, sizeof *b->spike);
    b->upper[b->nvalues - 1] = INT64_MAX;
    for (uint32_t i = 0; i + 1 < b->nvalues; i++)
    {
        if (!ss_integer_from_json(json_array_get(edges, i), &b->upper[i]) ||
            (i > 0 && b->upper[i] <= b->upper[i - 1]))
            return ss_fail(err, SS_EMEND, "\"edges\" are not ascending numbers");
    }
    for (size_t i = 0; i < json_array_size(spikes); i++)
    {
        uint32_t spike;

        if (!below(json_array_get(spikes, i), b->nvalues, &spike))
            return ss_fail(err, SS_EMEND, "a spike is none of the bins");
        b->spike[spike] = true;
    }
    return inside_from(json, r, b, err);
}

static ss_code
categories_from(const json_t *json, reading *r, ss_book *b, ss_error *err)
{
    const json_t *texts = json_object_get(json, "texts");

    if (json_array_size(texts) != b->nvalues)
        return ss_fail(err, SS_EMEND, "\"texts\" are not as many as the values");
    b->texts = ss_alloc(r->result, b->nvalues + 1, sizeof *b->texts);
    for (uint32_t i = 0; i < b->nvalues; i++)
    {
        const char *text = json_string_value(json_array_get(texts, i));

        if (text == NULL || (i > 0 && strcmp(text, b->texts[i - 1]) <= 0))
            return ss_fail(err, SS_EMEND, "\"texts\" are not ascending");
        b->texts[i] = ss_strdup(r->result, text);
    }
    return SS_OK;
}

/* kind and what follows of it. */
static ss_code
book_from(json_t *json, reading *r, size_t column, const ss_book **book, ss_error *err)
{
    ss_book *b = ss_alloc(r->result, 1, sizeof *b);
    const char *kind = json_string_value(json_object_get(json, "kind"));
    const json_t *nulls = json_object_get(json, "nulls");
    size_t k = 0;

    while (k < NBOOK_KINDS && (kind == NULL || strcmp(book_kinds[k], kind) != 0))
        k++;
    if (k == NBOOK_KINDS)
        return ss_fail(err, SS_EMEND, "\"kind\" is none of the known ones");
    *b = (ss_book){.kind = (ss_book_kind) k, .column = column, .nulls = json_is_true(nulls)};
    if (!below(json_object_get(json, "values"), SS_CODES_MAX, &b->nvalues) ||
        !json_is_boolean(nulls))
        return ss_fail(err, SS_EMEND, "a variable has no number of values, or nulls");
    if (b->kind == SS_BOOK_BINS)
        SS_TRY(bins_from(json, r, b, err));
    if (b->kind == SS_BOOK_CATEGORIES)
        SS_TRY(categories_from(json, r, b, err));
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

static ss_code
variable_from(json_t *json, reading *r, ss_variable *v, ss_error *err)
{
    static const char *const keys[] = {"of",      "column", "reference", "table",      "codes",
                                       "ordered", "kind",   "values",    "nulls",      "edges",
                                       "spikes",  "texts",  "family",    "parameters", "inside"};
    const char *of = json_string_value(json_object_get(json, "of"));
    const json_t *column = json_object_get(json, "column");
    size_t k = 0;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    while (k < SS_NVARIABLE_KINDS && (of == NULL || strcmp(variable_kinds[k], of) != 0))
        k++;
    if (k == SS_NVARIABLE_KINDS)
        return ss_fail(err, SS_EMEND, "\"of\" is none of the known words");
    *v = (ss_variable){.kind = (ss_variable_kind) k, .column = SIZE_MAX};
    SS_TRY(text_from(json, "reference",
                     v->kind != SS_VARIABLE_CLASS && v->kind != SS_VARIABLE_COLUMN &&
                         v->kind != SS_VARIABLE_PREVIOUS,
                     r->result, &v->reference, err));
    SS_TRY(text_from(json, "table", v->kind == SS_VARIABLE_CHILDREN, r->result, &v->table, err));
    if (v->kind == SS_VARIABLE_PARENT)
        SS_TRY(text_from(json, "column", true, r->result, &v->name, err));
    else if (v->kind == SS_VARIABLE_COLUMN || v->kind == SS_VARIABLE_PREVIOUS)
        SS_TRY(ss_column_from_json(column, r->names, r->nnames, &v->column, err));
    if (v->kind == SS_VARIABLE_COLUMN || v->kind == SS_VARIABLE_CHILDREN)
    {
        SS_TRY(book_from(json, r, v->column, &v->book, err));
        v->ncodes = ss_book_ncodes(v->book);
        v->nordered = ss_book_nordered(v->book);
        if (v->kind == SS_VARIABLE_CHILDREN && (v->book->kind != SS_BOOK_BINS || v->book->nulls))
            return ss_fail(err, SS_EMEND, "a number of children has other codes than bins");
    }
    else if (!below(json_object_get(json, "codes"), SS_CODES_MAX + 1, &v->ncodes) ||
             !below(json_object_get(json, "ordered"), (uint64_t) v->ncodes + 1, &v->nordered))
        return ss_fail(err, SS_EMEND, "a variable has no number of codes");
    if (v->ncodes < 2 || v->ncodes > SS_CODES_MAX)
        return ss_fail(err, SS_EMEND, "a variable has too few codes or too many");
    return SS_OK;
}

static ss_code
told_rows_from(const json_t *json, const reading *r, uint64_t *rows, ss_error *err)
{
    const json_int_t v = json_integer_value(json);

    if (!json_is_integer(json) || v % 5 != 0 || v < (json_int_t) ss_people_least(r->people) ||
        v > (json_int_t) 1 << 50)
        return ss_fail(err, SS_EMEND, "a cell is no multiple of 5 with k behind it");
    *rows = (uint64_t) v;
    return SS_OK;
}

static ss_code
told_from(const json_t *json, reading *r, const ss_trees_target *t, bool leaf, ss_told *told,
          ss_error *err)
{
    const json_t *cells = json_object_get(json, "cells"), *rest = json_object_get(json, "rest");
    const size_t n = json_array_size(cells);

    if (!json_is_array(cells) || n > t->ncodes)
        return ss_fail(err, SS_EMEND, "\"cells\" of a node is not a list of them");
    *told = (ss_told){.cells = ss_alloc(r->result, n + 1, sizeof *told->cells), .ncells = n};
    for (size_t i = 0; i < n; i++)
    {
        const json_t *cell = json_array_get(cells, i);
        ss_told_cell *c = &told->cells[i];

        if (json_array_size(cell) != 3 || !below(json_array_get(cell, 0), t->ncodes, &c->from) ||
            !below(json_array_get(cell, 1), t->ncodes, &c->to) || c->to < c->from ||
            (i > 0 && c->from <= told->cells[i - 1].to) || (!leaf && c->from != c->to) ||
            (c->from != c->to && c->to >= t->nordered))
            return ss_fail(err, SS_EMEND, "a cell of a node is not two codes and a count");
        SS_TRY(told_rows_from(json_array_get(cell, 2), r, &c->rows, err));
    }
    if (rest != NULL && !leaf)
        return ss_fail(err, SS_EMEND, "a node that is no leaf has a rest");
    if (rest != NULL)
        SS_TRY(told_rows_from(rest, r, &told->rest, err));
    return SS_OK;
}

static ss_code
left_from(const json_t *runs, uint32_t ncodes, uint64_t *bits, ss_error *err)
{
    for (size_t i = 0; i < json_array_size(runs); i++)
    {
        const json_t *run = json_array_get(runs, i);
        uint32_t from, to;

        if (json_array_size(run) != 2 || !below(json_array_get(run, 0), ncodes, &from) ||
            !below(json_array_get(run, 1), ncodes, &to) || to < from)
            return ss_fail(err, SS_EMEND, "\"left\" is not a list of pairs of codes");
        for (uint32_t c = from; c <= to; c++)
            bits[c / 64] |= UINT64_C(1) << (c % 64);
    }
    return SS_OK;
}

/* drawn[c]: column c comes before this tree's. */
static ss_code
node_from(json_t *json, reading *r, ss_trees_target *t, uint32_t n, const bool *drawn,
          bool *reached, ss_error *err)
{
    static const char *const keys[] = {"cells", "rest", "by", "left", "children"};
    const json_t *by = json_object_get(json, "by"), *children = json_object_get(json, "children");
    ss_tree_node *node = &t->tree.nodes[n];

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    SS_TRY(told_from(json, r, t, by == NULL, &t->told[n], err));
    if (n > 0 && !reached[n])
        return ss_fail(err, SS_EMEND, "a node of a tree has no parent");
    node->column = SS_TREE_LEAF;
    if (by == NULL)
    {
        node->left = t->tree.nleaves++;
        return SS_OK;
    }
    if (!below(by, r->d->n, &node->column) || !drawn[node->column])
        return ss_fail(err, SS_EMEND, "a tree splits by a variable that is not known before it");
    if (json_array_size(children) != 2 ||
        !below(json_array_get(children, 0), t->tree.nnodes, &node->left) ||
        !below(json_array_get(children, 1), t->tree.nnodes, &node->right) || node->left <= n ||
        node->right <= n || node->left == node->right || reached[node->left] ||
        reached[node->right])
        return ss_fail(err, SS_EMEND, "\"children\" of a node are not two later ones");
    reached[node->left] = reached[node->right] = true;
    t->tree.nodes[node->left].parent = t->tree.nodes[node->right].parent = n;
    node->goes_left =
        ss_alloc(r->result, r->d->variables[node->column].ncodes / 64 + 1, sizeof *node->goes_left);
    return left_from(json_object_get(json, "left"), r->d->variables[node->column].ncodes,
                     node->goes_left, err);
}

static ss_code
tree_from(json_t *json, reading *r, ss_trees_target *t, bool *drawn, ss_error *err)
{
    static const char *const keys[] = {"of", "shrinkage", "nodes"};
    const json_t *nodes = json_object_get(json, "nodes");
    const size_t n = json_array_size(nodes);
    uint32_t alpha;
    bool *reached;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    *t = (ss_trees_target){0};
    if (!below(json_object_get(json, "of"), r->d->n, &t->tree.target) || drawn[t->tree.target])
        return ss_fail(err, SS_EMEND,
                       "a tree is of no variable that is drawn, or of another tree's");
    if (n == 0 || n > NODES_MAX || !below(json_object_get(json, "shrinkage"), ALPHA_MAX, &alpha))
        return ss_fail(err, SS_EMEND, "a tree has no nodes or no shrinkage");
    t->ncodes = r->d->variables[t->tree.target].ncodes;
    t->nordered = r->d->variables[t->tree.target].nordered;
    t->tree.alpha = alpha;
    t->tree.nnodes = (uint32_t) n;
    t->tree.nodes = ss_alloc(r->result, n, sizeof *t->tree.nodes);
    t->told = ss_alloc(r->result, n, sizeof *t->told);
    reached = ss_alloc(r->result, n, sizeof *reached);
    for (uint32_t i = 0; i < n; i++)
    {
        if (node_from(json_array_get(nodes, i), r, t, i, drawn, reached, err) != SS_OK)
            return ss_note(err, "in node %u", (unsigned) i + 1);
    }
    drawn[t->tree.target] = true;
    return SS_OK;
}

static ss_code
scores_from(const json_t *json, reading *r, ss_error *err)
{
    if (!json_is_array(json) || json_array_size(json) > SS_ENGINES_MAX)
        return ss_fail(err, SS_EMEND, "\"millinats\" is not a list");
    for (size_t i = 0; i < json_array_size(json); i++)
    {
        const json_t *pair = json_array_get(json, i);
        const char *engine = json_string_value(json_array_get(pair, 0));
        const json_t *nats = json_array_get(pair, 1);

        if (engine == NULL || !json_is_integer(nats) || json_integer_value(nats) > 0 ||
            json_integer_value(nats) < -(json_int_t) SCORE_MOST)
            return ss_fail(err, SS_EMEND, "\"millinats\" are not engines with their likelihoods");
        r->d->scores[r->d->nscores++] =
            (ss_engine_score){ss_strdup(r->result, engine), json_integer_value(nats)};
    }
    return SS_OK;
}

static ss_code
trees_from(const json_t *json, reading *r, ss_error *err)
{
    ss_trees *trees = ss_alloc(r->result, 1, sizeof *trees);
    bool *drawn = ss_alloc(r->result, r->d->n + 1, sizeof *drawn);

    *trees = (ss_trees){.k = r->people, .d = r->d->n};
    for (size_t i = 0; i < r->d->n; i++)
    {
        drawn[i] = ss_variable_is_given(&r->d->variables[i]);
        trees->n += !drawn[i];
    }
    if (trees->n == 0 || json_array_size(json) != trees->n)
        return ss_fail(err, SS_EMEND, "\"trees\" are not one for each variable that is drawn");
    trees->targets = ss_alloc(r->result, trees->n + 1, sizeof *trees->targets);
    trees->of = ss_alloc(r->result, trees->d + 1, sizeof *trees->of);
    for (size_t i = 0; i < trees->d; i++)
        trees->of[i] = SIZE_MAX;
    for (size_t i = 0; i < trees->n; i++)
    {
        ss_trees_target *t = &trees->targets[i];

        if (tree_from(json_array_get(json, i), r, t, drawn, err) != SS_OK)
            return ss_note(err, "in tree %zu", i + 1);
        trees->of[t->tree.target] = i;
        t->first = (uint32_t) trees->ncells;
        trees->ncells += (size_t) t->tree.nleaves * t->ncodes;
    }
    ss_trees_derive(trees, r->result);
    r->d->trees = trees;
    return SS_OK;
}

ss_code
ss_dependence_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                        ss_arena *result, ss_dependence **dependence, ss_error *err)
{
    static const char *const keys[] = {"engine", "counted", "millinats", "variables", "trees"};
    static const char *const engines[] = {"independence", "trees"};
    const char *engine = json_string_value(json_object_get(json, "engine"));
    const char *counted = json_string_value(json_object_get(json, "counted"));
    const json_t *books = json_object_get(json, "variables");
    const size_t n = json_array_size(books);
    size_t last = SIZE_MAX;
    reading r = {.people = people, .names = names, .nnames = nnames, .result = result};

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    r.d = ss_alloc(result, 1, sizeof *r.d);
    for (size_t i = 0; i < sizeof engines / sizeof *engines && engine != NULL; i++)
    {
        if (strcmp(engines[i], engine) == 0)
            r.d->engine = engines[i];
    }
    if (r.d->engine == NULL || counted == NULL ||
        (strcmp(counted, "all") != 0 && strcmp(counted, "sample") != 0))
        return ss_fail(err, SS_EMEND, "\"engine\" or \"counted\" is none of the known ones");
    r.d->sampled = strcmp(counted, "sample") == 0;
    if (n < 2 || n > VARIABLES_MAX)
        return ss_fail(err, SS_EMEND, "\"variables\" is not a list of two and more");
    r.d->variables = ss_alloc(result, n, sizeof *r.d->variables);
    for (size_t i = 0; i < n; i++)
    {
        ss_variable *v = &r.d->variables[r.d->n];

        if (variable_from(json_array_get(books, i), &r, v, err) != SS_OK)
            return ss_note(err, "in variable %zu", i + 1);
        if (v->kind == SS_VARIABLE_COLUMN && last != SIZE_MAX && v->column <= last)
            return ss_fail(err, SS_EMEND, "columns of a dependence are not in the table's order");
        last = v->kind == SS_VARIABLE_COLUMN ? v->column : last;
        r.d->n++;
    }
    SS_TRY(scores_from(json_object_get(json, "millinats"), &r, err));
    SS_TRY(trees_from(json_object_get(json, "trees"), &r, err));
    *dependence = r.d;
    return SS_OK;
}

size_t
ss_dependence_ncounts(const ss_dependence *d)
{
    size_t n = 0;

    for (size_t i = 0; i < d->trees->n; i++)
    {
        const ss_trees_target *t = &d->trees->targets[i];

        for (uint32_t k = 0; k < t->tree.nnodes; k++)
            n += t->told[k].ncells + (t->told[k].rest > 0);
    }
    return n;
}

bool
ss_dependence_score(const ss_dependence *d, const char *engine, int64_t *millinats)
{
    for (size_t i = 0; i < d->nscores; i++)
    {
        if (strcmp(d->scores[i].engine, engine == NULL ? d->engine : engine) != 0)
            continue;
        *millinats = d->scores[i].millinats;
        return true;
    }
    return false;
}
