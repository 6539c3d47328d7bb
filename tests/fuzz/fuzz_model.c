/* model.json: whatever the bytes, a model or an error. */
#include <stddef.h>
#include <stdint.h>

#include "model/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_model_file file;
    ss_error err;

    /* What was understood can be written. */
    if (ss_model_file_read("model.json", (const char *) data, n, arena, &file, &err) == SS_OK)
    {
        ss_buf text = {0};

        (void) ss_model_file_write(&file, &text, &err);
        ss_buf_done(&text);
    }
    ss_arena_free(arena);
    return 0;
}
