/* Values of rows as a sample reads them: any bytes, as texts, numbers, bytes and documents. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "classify/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char letters[] = "tnidmxj";
    ss_arena *arena = ss_arena_new(NULL);
    ss_look *look;
    ss_values v;
    double share;
    char *text;

    if (n < 2)
    {
        ss_arena_free(arena);
        return 0;
    }
    look = ss_look_new(arena, letters[data[0] % 7], (ss_document) (data[1] % 3), 2026);
    /* Of its own length, so that a byte read behind it is seen; values never hold a NUL. */
    text = malloc(n - 1);
    if (text == NULL)
        abort();
    memcpy(text, data + 2, n - 2);
    text[n - 2] = '\0';
    ss_look_at(look, text, strlen(text));
    v = ss_look_finish(look, arena);
    for (size_t i = 0; i < v.npaths; i++)
        (void) ss_values_prove(&v.paths[i].values, v.paths[i].letter, &share);
    free(text);
    ss_arena_free(arena);
    return 0;
}
