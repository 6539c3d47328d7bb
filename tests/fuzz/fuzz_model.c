/* model.json: whatever the bytes, a model or an error; a model can be written, and shown. */
#include <stddef.h>
#include <stdint.h>

#include "model/file.h"
#include "report/inspect_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_model_file file;
    ss_error err;

    if (ss_model_file_read("model.json", (const char *) data, n, arena, &file, &err) == SS_OK)
    {
        ss_buf text = {0};

        (void) ss_model_file_write(&file, &text, &err);
        ss_buf_clear(&text);
        ss_inspect_model_text(&file, "model", 80, &text);
        ss_buf_done(&text);
        json_decref(ss_inspect_model_json(&file, "model"));
    }
    ss_arena_free(arena);
    return 0;
}
