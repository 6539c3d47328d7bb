#include "model/statistics_json.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/try.h"
#include "model/json_parts.h"
#include "stats/people.h"

/* Beyond this JSON's readers may lose digits: such integers are written as text in an object. */

#define CELLS_MAX 65536
#define SCALE_MAX 2000 /* digits that values.c writes behind the point */

static const char *const KINDS[] = {
    [SS_MARGINAL_NONE] = "none",         [SS_MARGINAL_NULL] = "null",
    [SS_MARGINAL_CONSTANT] = "constant", [SS_MARGINAL_CATEGORIES] = "categories",
    [SS_MARGINAL_NUMBER] = "quantiles",  [SS_MARGINAL_SHAPE] = "shape",
    [SS_MARGINAL_KEY] = "key",           [SS_MARGINAL_REFERENCE] = "reference",
};

/* Categories that the schema declares (enum labels, booleans), by their number: no secret, all listed. */
#define DECLARED "declared"

enum
{
    NKINDS = sizeof KINDS / sizeof KINDS[0]
};

const char *
ss_marginal_kind_name(const ss_marginal *m)
{
    if (m->kind == SS_MARGINAL_CATEGORIES && m->values.n > 0 && m->values.cells[0].text == NULL)
        return DECLARED;
    return KINDS[m->kind];
}

json_t *
ss_control_json(ss_control_state state)
{
    return state == SS_CONTROL_SET_ASIDE
               ? json_pack("{s:i}", "one_in", SS_CONTROL_ONE_IN)
               : json_pack("{s:s}", "left_out", ss_control_state_name(state));
}

const char *
ss_counted_name(ss_counted counted)
{
    static const char *const names[] = {[SS_COUNTED_ROWS] = "rows",
                                        [SS_COUNTED_PEOPLE] = "people",
                                        [SS_COUNTED_KEYS] = "keys",
                                        [SS_COUNTED_NOTHING] = "nothing"};

    return names[counted];
}

uint64_t
ss_model_digits(uint64_t v, unsigned digits)
{
    uint64_t most = 1, unit = 1;

    for (unsigned i = 0; i < digits; i++)
        most *= 10;
    while (v / unit >= most)
        unit *= 10;
    return (v + unit / 2) / unit * unit;
}

/* --- writing ------------------------------------------------------------------------------------ */

json_t *
ss_cells_json(const ss_cells *cells)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cells->n; i++)
    {
        const ss_cell *cell = &cells->cells[i];
        json_t *value =
            cell->text != NULL ? json_string(cell->text) : ss_integer_json(cell->number);
        json_t *count =
            cell->count == 0 ? json_string("<k") : json_integer((json_int_t) cell->count);
        json_t *pair = value == NULL ? NULL : json_pack("[o,o]", value, count);

        if (pair == NULL || json_array_append_new(list, pair) != 0)
        {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Put what there is; a list that is empty is left out. */
static bool
put_cells(json_t *object, const char *key, const ss_cells *cells)
{
    return cells->n == 0 || json_object_set_new(object, key, ss_cells_json(cells)) == 0;
}

json_t *
ss_marginal_json(const ss_marginal *m)
{
    json_t *out = json_pack("{s:s, s:I, s:I}", "kind", ss_marginal_kind_name(m), "count",
                            (json_int_t) m->count, "nulls", (json_int_t) m->nulls);
    bool ok = out != NULL;

    if (m->kind == SS_MARGINAL_CONSTANT && m->constant != NULL)
        ok = ok && json_object_set_new(out, "constant", json_string(m->constant)) == 0;
    if (m->scale != 0)
        ok = ok && json_object_set_new(out, "scale", json_integer(m->scale)) == 0;
    if (m->step != 1)
        ok = ok && json_object_set_new(out, "step", json_integer(m->step)) == 0;
    ok = ok && put_cells(out, "values", &m->values);
    if (m->rest != 0)
        ok = ok && json_object_set_new(out, "rest", json_integer((json_int_t) m->rest)) == 0;
    if (m->sampled)
        ok = ok && json_object_set_new(out, "counted", json_string("sample")) == 0;
    if (m->tail.values != 0)
    {
        json_t *tail = json_pack("{s:I, s:I}", "values", (json_int_t) m->tail.values, "once",
                                 (json_int_t) m->tail.once);

        if (m->tail.slope != 0)
            ok = ok &&
                 json_object_set_new(tail, "slope", json_integer((json_int_t) m->tail.slope)) == 0;
        ok = ok && json_object_set_new(out, "tail", tail) == 0;
    }
    if (m->npoints > 0)
    {
        json_t *points = json_array();

        for (size_t i = 0; i < m->npoints; i++)
            ok = ok && json_array_append_new(points, ss_integer_json(m->points[i])) == 0;
        ok = ok && json_object_set_new(out, "points", points) == 0;
    }
    ok = ok && put_cells(out, "lengths", &m->lengths) &&
         put_cells(out, "alphabets", &m->alphabets) && put_cells(out, "codes", &m->codes);
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

json_t *
ss_fan_out_json(const ss_fan_out *f)
{
    json_t *out = json_pack("{s:s, s:I, s:I, s:o}", "constraint", f->constraint, "count",
                            (json_int_t) f->count, "nulls", (json_int_t) f->nulls, "children",
                            ss_cells_json(&f->children));

    if (f->sampled)
        (void) json_object_set_new(out, "counted", json_string("sample"));
    if (out != NULL && !put_cells(out, "levels", &f->levels))
    {
        json_decref(out);
        return NULL;
    }
    return out;
}

json_t *
ss_joint_json(const ss_joint *j, const char *const *names)
{
    json_t *columns = json_array(), *gaps = json_array(), *derived = json_array();
    json_t *out = json_pack("{s:o}", "patterns", ss_cells_json(&j->patterns));
    int failed = out == NULL;

    for (size_t i = 0; i < j->ncolumns && !failed; i++)
        failed = json_array_append_new(columns, json_string(names[j->columns[i]])) ||
                 json_array_append_new(gaps, j->gaps[i].kind == SS_MARGINAL_NONE
                                                 ? json_null()
                                                 : ss_marginal_json(&j->gaps[i]));
    for (size_t d = 0; d < j->nderived && !failed; d++)
    {
        const ss_derived *rule = &j->derived[d];
        json_t *terms = json_array();

        for (size_t k = 0; k < rule->nterms; k++)
            failed = failed || json_array_append_new(terms, json_string(names[rule->terms[k]]));
        failed = failed || json_array_append_new(
                               derived, json_pack("{s:s, s:o}", "column", names[rule->target],
                                                  rule->product ? "product" : "sum", terms));
    }
    failed =
        failed || json_object_set(out, "columns", columns) || json_object_set(out, "gaps", gaps);
    if (j->nderived > 0)
        failed = failed || json_object_set(out, "derived", derived);
    json_decref(columns);
    json_decref(gaps);
    json_decref(derived);
    if (!failed)
        return out;
    json_decref(out);
    return NULL;
}

/* --- reading ------------------------------------------------------------------------------------ */

/* A count of something: a multiple of 5, none or at least k. */
static ss_code
count_from(const json_t *object, const char *key, uint64_t least, bool may_be_missing, uint64_t *n,
           ss_error *err)
{
    const json_t *json = json_object_get(object, key);

    *n = 0;
    if (json == NULL && may_be_missing)
        return SS_OK;
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        return ss_fail(err, SS_EMEND, "\"%s\" is not a count", key);
    *n = (uint64_t) json_integer_value(json);
    if (*n % 5 != 0)
        return ss_fail(err, SS_EMEND, "\"%s\" is not a multiple of 5, as stored counts are", key);
    if (*n != 0 && *n < least)
        return ss_fail(err, SS_EMEND, "\"%s\" has fewer than k behind it", key);
    return SS_OK;
}

static ss_code
check_nulls(uint64_t nulls, uint64_t count, uint64_t least, ss_error *err)
{
    if (nulls > count)
        return ss_fail(err, SS_EMEND, "there are more nulls than rows");
    if (nulls > 0 && nulls < count && count - nulls < least)
        return ss_fail(err, SS_EMEND, "what is not NULL has fewer than k behind it");
    return SS_OK;
}

static ss_code
cell_from(const json_t *pair, bool texts, uint64_t least, ss_arena *result, ss_cell *cell,
          ss_error *err)
{
    const json_t *value = json_array_get(pair, 0);
    const json_t *count = json_array_get(pair, 1);

    *cell = (ss_cell){.number = SS_NO_NUMBER};
    if (json_array_size(pair) != 2)
        return ss_fail(err, SS_EMEND, "a cell is not a value with its count");
    if (texts && json_is_string(value))
        cell->text = ss_strndup(result, json_string_value(value), json_string_length(value));
    else if (texts || !ss_integer_from_json(value, &cell->number) || cell->number == SS_NO_NUMBER)
        return ss_fail(err, SS_EMEND, "the value of a cell is of another type");
    if (json_is_string(count) && strcmp(json_string_value(count), "<k") == 0)
        return SS_OK;
    if (!json_is_integer(count) || json_integer_value(count) % 5 != 0)
        return ss_fail(err, SS_EMEND,
                       "a cell's count is not a multiple of 5, as stored counts are");
    if (json_integer_value(count) < (json_int_t) least)
        return ss_fail(err, SS_EMEND, "a cell has fewer than k behind it");
    cell->count = (uint64_t) json_integer_value(count);
    return SS_OK;
}

/* declared: cells with "<k" are declared values, which are no secret; elsewhere none may be that small. */
static ss_code
cells_from(const json_t *object, const char *key, bool texts, bool declared, uint64_t least,
           ss_arena *result, ss_cells *cells, ss_error *err)
{
    const json_t *list = json_object_get(object, key);
    const size_t n = json_array_size(list);

    *cells = (ss_cells){0};
    if (list == NULL)
        return SS_OK;
    if (!json_is_array(list) || n > CELLS_MAX)
        return ss_fail(err, SS_EMEND, "\"%s\" is not a list of cells", key);
    cells->cells = ss_alloc(result, n + 1, sizeof *cells->cells);
    for (size_t i = 0; i < n; i++)
    {
        ss_cell *cell = &cells->cells[i];

        if (cell_from(json_array_get(list, i), texts, least, result, cell, err) != SS_OK)
            return ss_note(err, "in \"%s\", cell %zu", key, i + 1);
        if (cell->count == 0 && !declared)
            return ss_fail(err, SS_EMEND, "\"%s\", cell %zu: fewer than k stand behind it", key,
                           i + 1);
        if (cell->count > UINT64_MAX / 2 - cells->total)
            return ss_fail(err, SS_EMEND, "\"%s\": the counts are too large", key);
        cells->total += cell->count;
        if (i > 0 && cell->text == NULL && cells->cells[i - 1].text == NULL &&
            cell->number < cells->cells[i - 1].number)
            return ss_fail(err, SS_EMEND, "\"%s\" is not in order", key);
    }
    cells->n = n;
    return SS_OK;
}

ss_code
ss_cells_from_json(const json_t *object, const char *key, bool texts, uint64_t least,
                   ss_arena *result, ss_cells *cells, ss_error *err)
{
    return cells_from(object, key, texts, false, least, result, cells, err);
}

static ss_code
points_from(const json_t *json, ss_arena *result, ss_marginal *m, ss_error *err)
{
    const json_t *list = json_object_get(json, "points");
    const size_t n = json_array_size(list);

    if (list == NULL)
        return SS_OK;
    if (!json_is_array(list) || n > CELLS_MAX)
        return ss_fail(err, SS_EMEND, "\"points\" is not a list of numbers");
    m->points = ss_alloc(result, n + 1, sizeof *m->points);
    for (size_t i = 0; i < n; i++)
    {
        if (!ss_integer_from_json(json_array_get(list, i), &m->points[i]) ||
            (i > 0 && m->points[i] <= m->points[i - 1]))
            return ss_fail(err, SS_EMEND, "\"points\" are not ascending numbers");
    }
    m->npoints = n;
    return SS_OK;
}

static ss_code
small_integer(const json_t *json, const char *key, int64_t missing, int64_t min, int64_t max,
              int64_t *v, ss_error *err)
{
    const json_t *value = json_object_get(json, key);

    *v = missing;
    if (value == NULL)
        return SS_OK;
    *v = json_integer_value(value);
    if (!json_is_integer(value) || *v < min || *v > max)
        return ss_fail(err, SS_EMEND, "\"%s\" is not a number from %lld to %lld", key,
                       (long long) min, (long long) max);
    return SS_OK;
}

static ss_code
tail_from(const json_t *json, ss_marginal *m, bool declared, ss_error *err)
{
    static const char *const keys[] = {"values", "once", "slope"};
    json_t *tail = json_object_get(json, "tail");
    int64_t values, once, slope;

    if (tail == NULL)
        return SS_OK;
    SS_TRY(ss_only_keys(tail, keys, sizeof keys / sizeof keys[0], err));
    SS_TRY(small_integer(tail, "values", 0, 5, (int64_t) m->count, &values, err));
    SS_TRY(small_integer(tail, "once", -1, 0, 1000, &once, err));
    SS_TRY(small_integer(tail, "slope", 0, SS_TAIL_STEP, 10000, &slope, err));
    if (values == 0 || values % 5 != 0 || once < 0 || once % SS_TAIL_STEP != 0 ||
        slope % SS_TAIL_STEP != 0)
        return ss_fail(err, SS_EMEND, "the numbers of a tail are not rounded");
    if (declared || m->kind == SS_MARGINAL_NONE || m->kind == SS_MARGINAL_NULL ||
        m->kind == SS_MARGINAL_CONSTANT || (m->values.n > 0 && m->rest == 0) ||
        (slope > 0 && (once == 0 || once == 1000)))
        return ss_fail(err, SS_EMEND, "a tail tells of what there is not, or of too few");
    m->tail = (ss_tail){(uint64_t) values, (uint64_t) once, (uint64_t) slope};
    return SS_OK;
}

/* Declared values are told by their places, all of them; a text has a length. */
static ss_code
check_numbers(const ss_marginal *m, bool declared, ss_error *err)
{
    for (size_t i = 0; i < m->values.n && declared; i++)
    {
        if (m->values.cells[i].number != (int64_t) i)
            return ss_fail(err, SS_EMEND, "declared values are not told by their places");
    }
    if (m->lengths.n > 0 && m->lengths.cells[0].number < 0)
        return ss_fail(err, SS_EMEND, "a length is negative");
    return SS_OK;
}

/* What is drawn from no such list has none: there nobody would look at it. */
static ss_code
check_kind(const ss_marginal *m, bool declared, ss_error *err)
{
    const bool values = ss_marginal_has_texts(m->kind) || m->kind == SS_MARGINAL_NUMBER;
    const bool texts = (m->kind == SS_MARGINAL_CATEGORIES && !declared) ||
                       m->kind == SS_MARGINAL_SHAPE || m->kind == SS_MARGINAL_KEY;
    const bool nulls = values || texts;

    if ((!values && (m->values.n > 0 || m->rest > 0)) ||
        (m->kind != SS_MARGINAL_NUMBER && m->npoints > 0) ||
        (!texts && (m->lengths.n > 0 || m->alphabets.n > 0)) ||
        (m->kind != SS_MARGINAL_SHAPE && m->codes.n > 0) || (!nulls && m->nulls > 0) ||
        (m->kind != SS_MARGINAL_CONSTANT && m->constant != NULL))
        return ss_fail(err, SS_EMEND, "it holds what is not of its kind");
    return SS_OK;
}

ss_code
ss_marginal_from_json(json_t *json, uint64_t people, ss_arena *result, ss_marginal *m,
                      ss_error *err)
{
    static const char *const keys[] = {"kind",      "count",  "nulls", "constant", "scale",
                                       "step",      "values", "rest",  "points",   "lengths",
                                       "alphabets", "codes",  "tail",  "counted"};
    const uint64_t least = ss_people_least(people);
    const char *kind = json_string_value(json_object_get(json, "kind"));
    const char *constant = json_string_value(json_object_get(json, "constant"));
    const char *counted = json_string_value(json_object_get(json, "counted"));
    int64_t scale = 0, step = 1;
    bool declared;
    size_t k;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof keys[0], err));
    declared = kind != NULL && strcmp(kind, DECLARED) == 0;
    for (k = declared ? SS_MARGINAL_CATEGORIES : 0; kind != NULL && !declared && k < NKINDS; k++)
    {
        if (strcmp(kind, KINDS[k]) == 0)
            break;
    }
    if (kind == NULL || k == NKINDS)
        return ss_fail(err, SS_EMEND, "\"kind\" is none of the known ones");
    *m = (ss_marginal){.kind = (ss_marginal_kind) k};
    SS_TRY(count_from(json, "count", least, false, &m->count, err));
    SS_TRY(count_from(json, "nulls", least, false, &m->nulls, err));
    SS_TRY(count_from(json, "rest", least, true, &m->rest, err));
    SS_TRY(check_nulls(m->nulls, m->count, least, err));
    SS_TRY(small_integer(json, "scale", 0, 0, SCALE_MAX, &scale, err));
    SS_TRY(small_integer(json, "step", 1, 1, 1000000, &step, err));
    m->scale = (int) scale;
    m->step = step;
    if (constant != NULL)
        m->constant = ss_strdup(result, constant);
    if (m->kind == SS_MARGINAL_CONSTANT && constant == NULL)
        return ss_fail(err, SS_EMEND, "a constant has no value");
    SS_TRY(cells_from(json, "values", ss_marginal_has_texts(m->kind) && !declared, declared, least,
                      result, &m->values, err));
    m->sampled = json_object_get(json, "counted") != NULL;
    if (m->sampled &&
        (counted == NULL || strcmp(counted, "sample") != 0 || m->values.n == 0 || declared ||
         (m->kind != SS_MARGINAL_CATEGORIES && m->kind != SS_MARGINAL_NUMBER)))
        return ss_fail(err, SS_EMEND, "what is counted of a sample has no frequent values");
    SS_TRY(tail_from(json, m, declared, err));
    SS_TRY(cells_from(json, "lengths", false, false, least, result, &m->lengths, err));
    SS_TRY(cells_from(json, "alphabets", false, false, least, result, &m->alphabets, err));
    SS_TRY(cells_from(json, "codes", false, false, least, result, &m->codes, err));
    SS_TRY(points_from(json, result, m, err));
    SS_TRY(check_numbers(m, declared, err));
    return check_kind(m, declared, err);
}

ss_code
ss_fan_out_from_json(json_t *json, uint64_t people, ss_arena *result, ss_fan_out *f, ss_error *err)
{
    static const char *const keys[] = {"constraint", "count",  "nulls",
                                       "children",   "levels", "counted"};
    const uint64_t least = ss_people_least(people);
    const char *constraint = json_string_value(json_object_get(json, "constraint"));

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof keys[0], err));
    *f = (ss_fan_out){0};
    if (constraint == NULL)
        return ss_fail(err, SS_EMEND, "\"constraint\" is missing");
    f->constraint = ss_strdup(result, constraint);
    SS_TRY(count_from(json, "count", least, false, &f->count, err));
    SS_TRY(count_from(json, "nulls", least, false, &f->nulls, err));
    SS_TRY(check_nulls(f->nulls, f->count, least, err));
    SS_TRY(cells_from(json, "children", false, false, least, result, &f->children, err));
    for (size_t i = 0; i < f->children.n; i++)
    {
        if (f->children.cells[i].number < 0)
            return ss_fail(err, SS_EMEND, "a number of children is negative");
    }
    if (json_object_get(json, "counted") != NULL)
    {
        const char *counted = json_string_value(json_object_get(json, "counted"));

        f->sampled = counted != NULL && strcmp(counted, "sample") == 0;
        if (!f->sampled)
            return ss_fail(err, SS_EMEND,
                           "children are counted neither of all rows nor of a sample");
    }
    if (json_object_get(json, "levels") != NULL)
        SS_TRY(cells_from(json, "levels", false, false, least, result, &f->levels, err));
    for (size_t i = 0; i < f->levels.n; i++)
    {
        if (f->levels.cells[i].number < 0 || f->levels.cells[i].number > SS_VARIABLE_LEVELS)
            return ss_fail(err, SS_EMEND, "a level is none of those that are told apart");
    }
    return SS_OK;
}

static ss_code
derived_from(json_t *json, const char *const *names, size_t nnames, ss_derived *d, ss_error *err)
{
    static const char *const keys[] = {"column", "sum", "product"};
    const json_t *terms = json_object_get(json, "product");

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof keys[0], err));
    *d = (ss_derived){.product = terms != NULL};
    terms = terms == NULL ? json_object_get(json, "sum") : terms;
    d->nterms = json_array_size(terms);
    if (d->nterms < 2 || d->nterms > (d->product ? 2U : 3U))
        return ss_fail(err, SS_EMEND, "a derived number is not the sum or product of two or three");
    SS_TRY(ss_column_from_json(json_object_get(json, "column"), names, nnames, &d->target, err));
    for (size_t k = 0; k < d->nterms; k++)
        SS_TRY(ss_column_from_json(json_array_get(terms, k), names, nnames, &d->terms[k], err));
    return SS_OK;
}

ss_code
ss_joint_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                   ss_arena *result, ss_joint *j, ss_error *err)
{
    static const char *const keys[] = {"columns", "patterns", "gaps", "derived"};
    const json_t *columns = json_object_get(json, "columns"), *gaps = json_object_get(json, "gaps"),
                 *derived = json_object_get(json, "derived");
    const size_t n = json_array_size(columns);

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof keys[0], err));
    if (n < 2 || n > nnames || json_array_size(gaps) != n || json_array_size(derived) > n)
        return ss_fail(err, SS_EMEND, "columns and gaps of a joint do not fit each other");
    *j = (ss_joint){.ncolumns = n,
                    .columns = ss_alloc(result, n, sizeof *j->columns),
                    .gaps = ss_alloc(result, n, sizeof *j->gaps),
                    .derived = ss_alloc(result, n, sizeof *j->derived),
                    .nderived = json_array_size(derived)};
    for (size_t i = 0; i < n; i++)
    {
        json_t *gap = json_array_get(gaps, i);

        SS_TRY(ss_column_from_json(json_array_get(columns, i), names, nnames, &j->columns[i], err));
        if (i > 0 && j->columns[i] <= j->columns[i - 1])
            return ss_fail(err, SS_EMEND, "columns of a joint are not in the table's order");
        if (!json_is_null(gap))
            SS_TRY(ss_marginal_from_json(gap, people, result, &j->gaps[i], err));
    }
    for (size_t d = 0; d < j->nderived; d++)
        SS_TRY(derived_from(json_array_get(derived, d), names, nnames, &j->derived[d], err));
    return cells_from(json, "patterns", true, false, ss_people_least(people), result, &j->patterns,
                      err);
}

/* A book tells no more of a column than its marginal may. */
static ss_code
check_dependence(const ss_model_table *t, ss_error *err)
{
    if (t->shape_only)
        return ss_fail(err, SS_EMEND, "a table of shapes holds how its columns depend");
    for (size_t i = 0; i < t->dependence->n; i++)
    {
        const ss_variable *v = &t->dependence->variables[i];
        const ss_book *b = v->book;
        const ss_variable_parts *parts = ss_variable_parts_of(v->kind);
        const ss_marginal *m = parts->column && parts->book ? &t->columns[v->column] : NULL;
        bool declared, fits = false;

        if (m == NULL)
            continue;
        declared =
            m->kind == SS_MARGINAL_CATEGORIES && strcmp(ss_marginal_kind_name(m), DECLARED) == 0;
        switch (b->kind)
        {
        case SS_BOOK_PRESENT:
            fits = ss_marginal_is_key(m->kind) || m->kind == SS_MARGINAL_SHAPE ||
                   (m->kind == SS_MARGINAL_CATEGORIES && !declared);
            break;
        case SS_BOOK_DECLARED:
            fits = declared && b->nvalues == m->values.n;
            break;
        case SS_BOOK_CATEGORIES:
            fits = ss_marginal_has_texts(m->kind) && !declared;
            break;
        case SS_BOOK_BINS:
            fits = m->kind == SS_MARGINAL_NUMBER;
            break;
        }
        if (!fits)
            return ss_fail(err, SS_EMEND, "column %zu: its codes tell more than its marginal",
                           v->column + 1);
    }
    return SS_OK;
}

static bool
token_fits(const ss_marginal *m, const ss_token_value *v)
{
    const bool declared =
        m->kind == SS_MARGINAL_CATEGORIES && strcmp(ss_marginal_kind_name(m), DECLARED) == 0;

    switch (v->kind)
    {
    case SS_TOKEN_NULL:
        return m->kind != SS_MARGINAL_KEY && m->kind != SS_MARGINAL_NONE;
    case SS_TOKEN_TEXT:
        /* Of so many different texts that none was counted, those of tokens were. */
        return (ss_marginal_has_texts(m->kind) && !declared) || m->kind == SS_MARGINAL_SHAPE;
    case SS_TOKEN_NUMBER:
        return declared ? v->number >= 0 && (uint64_t) v->number < m->values.n
                        : m->kind == SS_MARGINAL_NUMBER || m->kind == SS_MARGINAL_SHAPE;
    }
    return false;
}

static bool
is_drawn(const ss_model_table *t, size_t column)
{
    for (size_t i = 0; t->dependence != NULL && i < t->dependence->n; i++)
    {
        const ss_variable *v = &t->dependence->variables[i];

        if (v->kind == SS_VARIABLE_COLUMN && v->column == column)
            return true;
    }
    return false;
}

/* Values are of the kind of their column, and what follows is drawn nowhere. */
static ss_code
check_mappings(const ss_model_table *t, ss_error *err)
{
    for (size_t i = 0; i < t->nmappings; i++)
    {
        const ss_mapping *m = &t->mappings[i];

        for (size_t c = 0; c < m->ncolumns; c++)
        {
            if (ss_mapping_follows(m, m->columns[c]) && is_drawn(t, m->columns[c]))
                return ss_fail(err, SS_EMEND, "mapping %zu: column %zu follows and is drawn", i + 1,
                               m->columns[c] + 1);
        }
        for (size_t k = 0; k < m->ntokens; k++)
        {
            const ss_token *token = &m->tokens[k];

            for (size_t c = token->first; c < m->ncolumns; c++)
            {
                if (!token_fits(&t->columns[m->columns[c]], &token->values[c - token->first]))
                    return ss_fail(err, SS_EMEND,
                                   "mapping %zu, token %zu: a value is not of its column's kind",
                                   i + 1, k + 1);
            }
        }
    }
    return SS_OK;
}

/* "? ?": any values.  What the schema itself computes may stand beside it. */
static bool
is_open(const ss_joint *j)
{
    bool open = true;

    for (size_t i = 0; i < j->patterns.n; i++)
        open = open && j->patterns.cells[i].text[strspn(j->patterns.cells[i].text, "? ")] == '\0';
    for (size_t i = 0; i < j->ncolumns; i++)
        open = open && j->gaps[i].kind == SS_MARGINAL_NONE;
    return open;
}

ss_code
ss_model_table_check(const ss_model_table *t, ss_error *err)
{
    for (size_t c = 0; c < t->ncolumns && t->shape_only; c++)
    {
        const ss_marginal *m = &t->columns[c];
        const bool nothing = t->counted == SS_COUNTED_NOTHING;

        if (m->values.total > 0 || m->npoints > 0 || m->rest > 0 || m->tail.values > 0 ||
            (m->values.n > 0 && m->values.cells[0].text != NULL))
            return ss_fail(err, SS_EMEND, "column %zu: a table of shapes holds a value", c + 1);
        if (m->habits != NULL)
            return ss_fail(err, SS_EMEND, "column %zu: a table of shapes holds habits", c + 1);
        if (nothing && (m->lengths.n > 0 || m->alphabets.n > 0 || m->codes.n > 0 ||
                        (m->nulls > 0 && m->nulls < m->count)))
            return ss_fail(err, SS_EMEND, "column %zu: nobody was counted, and it holds a count",
                           c + 1);
    }
    if (t->dependence != NULL)
        SS_TRY(check_dependence(t, err));
    if (t->shape_only && t->nmappings > 0)
        return ss_fail(err, SS_EMEND, "a table of shapes holds which values go together");
    SS_TRY(check_mappings(t, err));
    for (size_t i = 0; i < t->nreferences && t->shape_only; i++)
    {
        if (t->references[i].children.n > 0 || t->references[i].levels.n > 0)
            return ss_fail(err, SS_EMEND, "reference %zu: a table of shapes holds a fan-out",
                           i + 1);
    }
    for (size_t i = 0; i < t->njoints && t->shape_only; i++)
    {
        if (!is_open(&t->joints[i]))
            return ss_fail(err, SS_EMEND,
                           "joint %zu: a table of shapes holds what columns do together", i + 1);
    }
    if (t->shape_only && t->nrules > 0)
        return ss_fail(err, SS_EMEND, "a table of shapes holds rules");
    return t->counted == SS_COUNTED_NOTHING && !t->shape_only
               ? ss_fail(err, SS_EMEND, "nobody was counted, and it is no table of shapes")
               : SS_OK;
}
