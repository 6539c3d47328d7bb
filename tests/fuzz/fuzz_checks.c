/* CHECK constraints and partition bounds of any text: rows are made, of values that their columns can hold. */
#include <stddef.h>
#include <stdint.h>

/* world.h is made for cmocka */
#define assert_int_equal(a, b) ((a) == (b) ? (void) 0 : __builtin_trap())
#include "base/text.h"
#include "unit/generate/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const size_t types[] = {T_INT4, T_TEXT, T_VARCHAR, T_NUMERIC,
                                   T_DATE, T_TIME, T_JSONB,   T_RANGE};
    world *w = world_new();

    w->demanded = n > 2 ? (char) data[n / 2] : '\0';
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    {
        const size_t t = add_table(w, ss_strf(w->arena, "t%zu", i), 50);
        const bool key = n % 2 == 1;

        (void) add_column(w, t, "a", types[i],
                          types[i] == T_VARCHAR   ? 4 + 9
                          : types[i] == T_NUMERIC ? (6 << 16) + 2 + 4
                                                  : -1,
                          key);
        add_check(w, t, "1", ss_strndup(w->arena, (const char *) data, n));
        if (key)
            add_key(w, t, true, "1");
    }
    /* After the tables, whose indices are the types'. */
    for (size_t i = 0; i < sizeof types / sizeof types[0] && n % 4 < 2; i++)
        add_partition(w, i, ss_strndup(w->arena, (const char *) data, n));
    /* A key that has too few values is refused, and that is all that may be. */
    if (world_make(w, 1) == SS_OK)
    {
        for (size_t t = 0; t < sizeof types / sizeof types[0]; t++)
        {
            (void) world_rows(w, t, 0, 0, NULL, w->sources[t]->nrows < 8 ? w->sources[t]->nrows : 8,
                              0);
            (void) world_rows(w, t, 0, 0, NULL, w->sources[t]->nrows < 8 ? w->sources[t]->nrows : 8,
                              20);
        }
    }
    ss_arena_free(w->arena);
    return 0;
}
