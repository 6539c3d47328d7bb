/* Comments and SECURITY LABELs of columns: whatever the text, a statement, none, or what is wrong with it. */
#include <stddef.h>
#include <stdint.h>

#include "classify/stated.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    const char *text = ss_strndup(arena, (const char *) data, n), *wrong;
    ss_proposal p;

    (void) ss_stated_comment(text, arena, &p, &wrong);
    (void) ss_stated_label("anon", text, arena, &p);
    (void) ss_stated_label("k_anonymity", text, arena, &p);
    ss_arena_free(arena);
    return 0;
}
