/* Text of any type: whatever is taken must come back the same way round. */
#include <stdlib.h>
#include <string.h>

#include "../unit/rows/rows_types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_error err;
    ss_buf wire = {0};
    ss_buf text = {0};
    ss_buf again = {0};
    const ss_codec_type t = {
        &rows_catalog, n == 0 ? 0 : ss_catalog_base_type(&rows_catalog, data[0] % ROWS_NTYPES), -1};
    const ss_codec *codec = ss_codec_find(&rows_catalog, t.type);
    ss_batch *batch = ss_batch_new(arena, &codec->form, 1);
    ss_batch_column *c = &batch->columns[0];

    if (n > 0 && codec->from_text(&t, (const char *) data + 1, n - 1, c, 0, &err) == SS_OK &&
        codec->to_binary(&t, c, 0, &wire, &err) == SS_OK &&
        codec->from_binary(&t, wire.data == NULL ? (const unsigned char *) "" : wire.data, wire.len,
                           c, 1, &err) == SS_OK &&
        codec->to_text(&t, c, 1, &text, &err) == SS_OK &&
        codec->from_text(&t, ss_buf_text(&text), text.len, c, 2, &err) == SS_OK)
    {
        if (codec->to_binary(&t, c, 2, &again, &err) != SS_OK || again.len != wire.len ||
            (wire.len > 0 && memcmp(again.data, wire.data, wire.len) != 0))
            abort();
    }
    ss_buf_done(&wire);
    ss_buf_done(&text);
    ss_buf_done(&again);
    ss_arena_free(arena);
    return 0;
}
