#include "report/json_text.h"

#include "base/text.h"
#include "forms/text.h"

json_t *
ss_json_text(const char *text)
{
    json_t *value;
    ss_arena *scratch;

    if (text == NULL)
        return json_null();
    value = json_string(text);
    if (value != NULL)
        return value;
    scratch = ss_arena_new(NULL);
    value = json_string(ss_printable(scratch, text));
    ss_arena_free(scratch);
    return value;
}

json_t *
ss_json_written(const char *text)
{
    json_t *value;
    ss_arena *scratch;

    if (text == NULL)
        return json_null();
    scratch = ss_arena_new(NULL);
    value = ss_json_text(ss_text_replace(text, SS_LOOKS_PERSONAL, scratch));
    ss_arena_free(scratch);
    return value;
}

void
ss_json_set(json_t *object, const char *key, json_t *value)
{
    (void) json_object_set_new(object, key, value);
}

void
ss_json_set_count(json_t *object, const char *key, uint64_t n)
{
    ss_json_set(object, key, json_integer((json_int_t) n));
}
