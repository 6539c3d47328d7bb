/* Files of people who are to be left out of a subset. */
#include <stdint.h>
#include <string.h>

#include "subset/subset_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const ss_type types[] = {{.schema = "pg_catalog", .name = "int8", .base = SS_NONE},
                                    {.schema = "pg_catalog", .name = "uuid", .base = SS_NONE},
                                    {.schema = "pg_catalog", .name = "bpchar", .base = SS_NONE}};
    static const ss_column columns[] = {{.name = "a", .attnum = 1, .type = 0},
                                        {.name = "b", .attnum = 2, .type = 1},
                                        {.name = "c", .attnum = 3, .type = 2}};
    static const int16_t all[] = {1, 2, 3};
    static const unsigned char key[SS_KEY_BYTES] = {1};
    const ss_catalog catalog = {.types = types, .ntypes = 3};
    const ss_table people = {.label = "public.t", .columns = columns, .ncolumns = 3};
    ss_key identity = {.attnums = all, .ncolumns = 3};
    ss_asked_file file = {
        .label = "f", .catalog = &catalog, .people = &people, .identity = &identity, .key = key};
    ss_arena *arena = ss_arena_new(NULL);
    unsigned char *copy = ss_alloc(arena, n + 1, 1);
    ss_person *list;
    size_t count;
    ss_error err;

    /* The first byte: how many columns the key has, and which is the first. */
    if (n > 0)
    {
        identity.ncolumns = 1 + data[0] % 3;
        identity.attnums = all + data[0] / 3 % (4 - identity.ncolumns);
        memcpy(copy, data + 1, n - 1);
        (void) ss_subset_parse_asked(&file, copy, n - 1, arena, &list, &count, &err);
    }
    ss_arena_free(arena);
    return 0;
}
