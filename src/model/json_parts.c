#include "model/json_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SAFE_INTEGER (INT64_C(1) << 53)

json_t *
ss_integer_json(int64_t v)
{
    char digits[24];

    if (v >= -SAFE_INTEGER && v <= SAFE_INTEGER)
        return json_integer(v);
    (void) snprintf(digits, sizeof digits, "%lld", (long long) v);
    return json_pack("{s:s}", "integer", digits);
}

bool
ss_integer_from_json(const json_t *json, int64_t *v)
{
    const char *digits;

    if (json_is_integer(json))
    {
        *v = json_integer_value(json);
        return true;
    }
    digits = json_string_value(json_object_get(json, "integer"));
    return digits != NULL && ss_parse_i64(digits, v);
}

bool
ss_below_from_json(const json_t *json, uint64_t most, uint32_t *v)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0 ||
        (uint64_t) json_integer_value(json) >= most)
        return false;
    *v = (uint32_t) json_integer_value(json);
    return true;
}

ss_code
ss_only_keys(json_t *json, const char *const *keys, size_t nkeys, ss_error *err)
{
    const char *key;
    json_t *value;

    if (!json_is_object(json))
        return ss_fail(err, SS_EMEND, "an object was expected");
    json_object_foreach(json, key, value)
    {
        bool known = false;

        for (size_t i = 0; i < nkeys; i++)
            known = known || strcmp(key, keys[i]) == 0;
        if (!known)
            return ss_fail(err, SS_EMEND, "there is a key that no model has");
    }
    return SS_OK;
}

ss_code
ss_column_from_json(const json_t *json, const char *const *names, size_t n, size_t *column,
                    ss_error *err)
{
    const char *name = json_string_value(json);

    for (size_t i = 0; i < n && name != NULL; i++)
    {
        if (strcmp(names[i], name) == 0)
        {
            *column = i;
            return SS_OK;
        }
    }
    return ss_fail(err, SS_EMEND, "a column is named that the table does not have");
}
