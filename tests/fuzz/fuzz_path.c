/* Paths into documents: whatever the text, a path that reads back as itself, or what is wrong with it; and sets of them. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    char *text = ss_strndup(arena, (const char *) data, n);
    const ss_path *list[8];
    const ss_path_set *set;
    size_t count = 0;
    char *rest;

    for (const char *line = strtok_r(text, "\n", &rest); line != NULL && count < 8;
         line = strtok_r(NULL, "\n", &rest))
    {
        ss_path *path = ss_alloc(arena, 1, sizeof *path), again;

        if (ss_path_parse(line, arena, path) != NULL)
            continue;
        if (ss_path_parse(path->text, arena, &again) != NULL || strcmp(path->text, again.text) != 0)
            abort();
        list[count++] = path;
    }
    set = count == 0 ? NULL : ss_path_set_new(list, count, arena);
    for (uint32_t state = SS_PATH_ROOT, i = 0; set != NULL && i < n; i++)
    {
        bool named;

        if (state >= set->nstates)
            abort();
        state = data[i] == '[' ? set->states[state].element
                               : ss_path_next(set, state, (const char *) data + i, 1, &named);
    }
    ss_arena_free(arena);
    return 0;
}
