#include "run/result_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* As JSON escapes them: outside of strings there are none, and a terminal shows what it is for people and machines alike. */
static char *
without_deceptive(char *json)
{
    ss_buf out = {0};
    char *safe;

    for (const char *text = json; text != NULL && *text != '\0';)
    {
        uint32_t point;
        const size_t taken = ss_utf8_point(text, &point);

        if (point != '\n' && ss_utf8_deceptive(point))
            ss_buf_printf(&out, "\\u%04X", (unsigned) point);
        else
            ss_buf_append(&out, text, taken);
        text += taken;
    }
    safe = json == NULL ? NULL : strdup(ss_buf_text(&out));
    ss_buf_done(&out);
    free(json);
    return safe;
}

void
ss_result_set(ss_result *result, const ss_buf *text, json_t *object)
{
    if (text != NULL && result->text == NULL)
        result->text = strdup(ss_buf_text(text));
    if (object != NULL && result->json == NULL)
        result->json = without_deceptive(json_dumps(object, JSON_INDENT(2)));
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
