#include "report/json_text.h"

#include "base/text.h"

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
