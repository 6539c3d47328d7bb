#include "model/told_json.h"

#include "base/try.h"
#include "model/json_parts.h"

bool
ss_told_put(const ss_told *told, json_t *out)
{
    json_t *cells = json_array();
    bool ok = cells != NULL;

    for (size_t i = 0; i < told->ncells; i++)
        ok = ok &&
             json_array_append_new(cells, json_pack("[I,I,I]", (json_int_t) told->cells[i].from,
                                                    (json_int_t) told->cells[i].to,
                                                    (json_int_t) told->cells[i].rows)) == 0;
    ok = ok && json_object_set(out, "cells", cells) == 0;
    json_decref(cells);
    if (told->rest > 0)
        ok = ok && json_object_set_new(out, "rest", json_integer((json_int_t) told->rest)) == 0;
    return ok;
}

static ss_code
rows_from(const json_t *json, uint64_t people, uint64_t *rows, ss_error *err)
{
    const json_int_t v = json_integer_value(json);

    if (!json_is_integer(json) || v % 5 != 0 || v < (json_int_t) ss_people_least(people) ||
        v > (json_int_t) 1 << 50)
        return ss_fail(err, SS_EMEND, "a cell is no multiple of 5 with k behind it");
    *rows = (uint64_t) v;
    return SS_OK;
}

ss_code
ss_told_from_json(const json_t *json, uint64_t people, uint32_t ncodes, uint32_t nordered,
                  bool leaf, ss_arena *result, ss_told *told, ss_error *err)
{
    const json_t *cells = json_object_get(json, "cells"), *rest = json_object_get(json, "rest");
    const size_t n = json_array_size(cells);

    if (!json_is_array(cells) || n > ncodes)
        return ss_fail(err, SS_EMEND, "\"cells\" of a node is not a list of them");
    *told = (ss_told){.cells = ss_alloc(result, n + 1, sizeof *told->cells), .ncells = n};
    for (size_t i = 0; i < n; i++)
    {
        const json_t *cell = json_array_get(cells, i);
        ss_told_cell *c = &told->cells[i];

        if (json_array_size(cell) != 3 ||
            !ss_below_from_json(json_array_get(cell, 0), ncodes, &c->from) ||
            !ss_below_from_json(json_array_get(cell, 1), ncodes, &c->to) || c->to < c->from ||
            (i > 0 && c->from <= told->cells[i - 1].to) || (!leaf && c->from != c->to) ||
            (c->from != c->to && c->to >= nordered))
            return ss_fail(err, SS_EMEND, "a cell of a node is not two codes and a count");
        SS_TRY(rows_from(json_array_get(cell, 2), people, &c->rows, err));
    }
    if (rest != NULL && !leaf)
        return ss_fail(err, SS_EMEND, "a node that is no leaf has a rest");
    if (rest != NULL)
        SS_TRY(rows_from(rest, people, &told->rest, err));
    return SS_OK;
}
