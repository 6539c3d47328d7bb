/* One malformed binary value of any type: refused or harmless, OIDs rewritten or refused. */
#include <stdlib.h>
#include <string.h>

#include "../unit/rows/rows_types.h"
#include "rows/copy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena;
    ss_error err;
    ss_buf text = {0};
    ss_codec_type t = {&rows_catalog, 0, -1};
    const ss_codec *codec;
    ss_batch *batch;
    unsigned char *copy;

    if (n == 0)
        return 0;
    arena = ss_arena_new(NULL);
    t.type = ss_catalog_base_type(&rows_catalog, data[0] % ROWS_NTYPES);
    codec = ss_codec_find(&rows_catalog, t.type);
    batch = ss_batch_new(arena, &codec->form, 1);
    copy = malloc(n); /* of exactly that size, so that a read beyond it shows */
    if (copy != NULL)
    {
        memcpy(copy, data + 1, n - 1);
        copy = realloc(copy, n == 1 ? 1 : n - 1);
        if (codec->from_binary(&t, copy, n - 1, &batch->columns[0], 0, &err) == SS_OK)
            (void) codec->to_text(&t, &batch->columns[0], 0, &text, &err);
        free(copy);
    }
    ss_buf_done(&text);
    ss_arena_free(arena);
    return 0;
}
