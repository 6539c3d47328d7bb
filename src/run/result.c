#include "run/result_internal.h"

#include <stdlib.h>
#include <string.h>

void
ss_result_set(ss_result *result, const ss_buf *text, json_t *object)
{
    if (text != NULL && result->text == NULL)
        result->text = strdup(ss_buf_text(text));
    if (object != NULL && result->json == NULL)
        result->json = json_dumps(object, JSON_INDENT(2));
    json_decref(object);
}

void
ss_result_free(ss_result *result)
{
    if (result == NULL)
        return;
    free(result->text);
    free(result->json);
    *result = (ss_result){0};
}
