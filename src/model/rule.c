#include "model/rule.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/try.h"
#include "model/json_parts.h"
#include "stats/people.h"

static const char *const kinds[] = {
    [SS_RULE_DEPENDENCY] = "dependency", [SS_RULE_EQUAL] = "equal",
    [SS_RULE_ORDER] = "order",           [SS_RULE_SUM] = "sum",
    [SS_RULE_PRODUCT] = "product",       [SS_RULE_NULL_BY] = "null-by",
    [SS_RULE_NULL_WITH] = "null-with",   [SS_RULE_NULL_XOR] = "null-xor",
    [SS_RULE_PREFIX] = "prefix",         [SS_RULE_DISTINCT] = "distinct",
    [SS_RULE_TOTAL] = "total",           [SS_RULE_COUNT] = "count",
    [SS_RULE_FIRST] = "first",           [SS_RULE_LAST] = "last",
    [SS_RULE_BEFORE] = "before",         [SS_RULE_AFTER] = "after",
};

/* The least and the most columns of each kind. */
static const size_t least[] = {
    [SS_RULE_DEPENDENCY] = 2, [SS_RULE_EQUAL] = 2,    [SS_RULE_ORDER] = 2,
    [SS_RULE_SUM] = 3,        [SS_RULE_PRODUCT] = 3,  [SS_RULE_NULL_BY] = 2,
    [SS_RULE_NULL_WITH] = 2,  [SS_RULE_NULL_XOR] = 2, [SS_RULE_PREFIX] = 2,
    [SS_RULE_TOTAL] = 1,      [SS_RULE_COUNT] = 1,    [SS_RULE_FIRST] = 1,
    [SS_RULE_LAST] = 1,       [SS_RULE_BEFORE] = 1,   [SS_RULE_AFTER] = 1,
    [SS_RULE_DISTINCT] = 1,
};
static const size_t most[] = {
    [SS_RULE_DEPENDENCY] = 3, [SS_RULE_EQUAL] = 2,
    [SS_RULE_ORDER] = 2,      [SS_RULE_SUM] = 4,
    [SS_RULE_PRODUCT] = 3,    [SS_RULE_NULL_BY] = 2,
    [SS_RULE_NULL_WITH] = 2,  [SS_RULE_NULL_XOR] = 2,
    [SS_RULE_PREFIX] = 2,     [SS_RULE_TOTAL] = 2,
    [SS_RULE_COUNT] = 1,      [SS_RULE_FIRST] = 1,
    [SS_RULE_LAST] = 1,       [SS_RULE_BEFORE] = 1,
    [SS_RULE_AFTER] = 1,      [SS_RULE_DISTINCT] = SS_RULE_COLUMNS,
};

char *
ss_rule_name(const ss_rule *r, const char *const *names, ss_arena *arena)
{
    const char *a = names[r->columns[0]], *b = r->ncolumns < 2 ? "" : names[r->columns[1]];

    ss_buf list = {0};
    char *text;

    switch (r->kind)
    {
    case SS_RULE_DISTINCT:
        for (size_t i = 0; i < r->ncolumns; i++)
            ss_buf_printf(&list, "%s%s", i == 0 ? "" : ", ", names[r->columns[i]]);
        text = ss_strf(arena, "%s distinct within %s", ss_buf_text(&list), r->reference);
        ss_buf_done(&list);
        return text;
    case SS_RULE_DEPENDENCY:
        return r->ncolumns == 2 ? ss_strf(arena, "%s -> %s", a, b)
                                : ss_strf(arena, "%s, %s -> %s", a, b, names[r->columns[2]]);
    case SS_RULE_EQUAL:
        return ss_strf(arena, "%s = %s", a, b);
    case SS_RULE_ORDER:
        return ss_strf(arena, "%s <= %s", a, b);
    case SS_RULE_SUM:
        return r->ncolumns == 3 ? ss_strf(arena, "%s = %s + %s", a, b, names[r->columns[2]])
                                : ss_strf(arena, "%s = %s + %s + %s", a, b, names[r->columns[2]],
                                          names[r->columns[3]]);
    case SS_RULE_PRODUCT:
        return ss_strf(arena, "%s = %s * %s", a, b, names[r->columns[2]]);
    case SS_RULE_NULL_BY:
        return ss_strf(arena, "%s is null by %s", a, b);
    case SS_RULE_NULL_WITH:
        return ss_strf(arena, "%s is null with %s", a, b);
    case SS_RULE_NULL_XOR:
        return ss_strf(arena, "%s is null unless %s is", a, b);
    case SS_RULE_PREFIX:
        return ss_strf(arena, "%s begins with %s", b, a);
    case SS_RULE_TOTAL:
        return ss_strf(arena, "%s = sum of %s.%s%s%s", a, r->table, r->of,
                       r->ncolumns == 2 ? " + " : "", b);
    case SS_RULE_COUNT:
        return ss_strf(arena, "%s = count of %s", a, r->table);
    case SS_RULE_FIRST:
        return ss_strf(arena, "%s = first of %s.%s", a, r->table, r->of);
    case SS_RULE_LAST:
        return ss_strf(arena, "%s = last of %s.%s", a, r->table, r->of);
    case SS_RULE_BEFORE:
        return ss_strf(arena, "%s <= %s.%s", a, r->table, r->of);
    case SS_RULE_AFTER:
        return ss_strf(arena, "%s >= %s.%s", a, r->table, r->of);
    }
    return NULL;
}

json_t *
ss_rule_json(const ss_rule *r, const char *const *names)
{
    ss_arena *scratch = ss_arena_new(NULL);
    json_t *columns = json_array(), *out;

    for (size_t i = 0; i < r->ncolumns; i++)
        (void) json_array_append_new(columns, json_string(names[r->columns[i]]));
    out = json_pack("{s:s, s:s, s:o, s:I, s:s}", "name", ss_rule_name(r, names, scratch), "kind",
                    kinds[r->kind], "columns", columns, "rows", (json_int_t) r->rows, "exceptions",
                    r->exceptions ? "few" : "none");
    if (r->table != NULL)
        (void) json_object_set_new(out, "table", json_string(r->table));
    if (r->reference != NULL)
        (void) json_object_set_new(out, "reference", json_string(r->reference));
    if (r->of != NULL)
        (void) json_object_set_new(out, "of", json_string(r->of));
    ss_arena_free(scratch);
    return out;
}

ss_code
ss_rule_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                  ss_arena *result, ss_rule *r, ss_error *err)
{
    static const char *const keys[] = {"name",       "kind",  "columns",   "rows",
                                       "exceptions", "table", "reference", "of"};
    const char *table = json_string_value(json_object_get(json, "table"));
    const char *reference = json_string_value(json_object_get(json, "reference"));
    const char *of = json_string_value(json_object_get(json, "of"));
    bool children;
    const char *kind = json_string_value(json_object_get(json, "kind"));
    const char *exceptions = json_string_value(json_object_get(json, "exceptions"));
    const json_t *columns = json_object_get(json, "columns"), *rows = json_object_get(json, "rows");
    size_t k = 0;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    while (k < SS_NRULE_KINDS && (kind == NULL || strcmp(kinds[k], kind) != 0))
        k++;
    if (k == SS_NRULE_KINDS)
        return ss_fail(err, SS_EMEND, "a rule's \"kind\" is none of the known ones");
    *r = (ss_rule){.kind = (ss_rule_kind) k, .ncolumns = json_array_size(columns)};
    if (r->ncolumns < least[k] || r->ncolumns > most[k])
        return ss_fail(err, SS_EMEND, "a rule has too few columns or too many");
    for (size_t i = 0; i < r->ncolumns; i++)
        SS_TRY(ss_column_from_json(json_array_get(columns, i), names, nnames, &r->columns[i], err));
    children = r->kind >= SS_RULE_TOTAL;
    if ((table != NULL) != children ||
        (reference != NULL) != (children || r->kind == SS_RULE_DISTINCT) ||
        (of != NULL) != (children && r->kind != SS_RULE_COUNT))
        return ss_fail(err, SS_EMEND, "a rule names children that it does not speak of, or none");
    r->table = table == NULL ? NULL : ss_strdup(result, table);
    r->reference = reference == NULL ? NULL : ss_strdup(result, reference);
    r->of = of == NULL ? NULL : ss_strdup(result, of);
    if (!json_is_integer(rows) || json_integer_value(rows) % 5 != 0 ||
        json_integer_value(rows) < (json_int_t) ss_people_least(people))
        return ss_fail(err, SS_EMEND, "the rows of a rule are no multiple of 5 with k behind them");
    r->rows = (uint64_t) json_integer_value(rows);
    r->exceptions = exceptions != NULL && strcmp(exceptions, "few") == 0;
    if (exceptions == NULL || (!r->exceptions && strcmp(exceptions, "none") != 0) ||
        (r->exceptions && r->kind != SS_RULE_DEPENDENCY))
        return ss_fail(err, SS_EMEND, "a rule's \"exceptions\" are neither \"none\" nor \"few\"");
    return SS_OK;
}
