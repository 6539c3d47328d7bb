/*
 * Generation alone: cells per second, by what makes the column.  Prints, never fails on time.
 *
 *     cmake --preset release -DBUILD_TESTING=ON && cmake --build --preset release
 *     build/tests/bench_generate [ROWS]
 */
#include "unit/check.h"
#include "unit/generate/world.h"

#include <stdio.h>
#include <time.h>

static double
now(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec * 1e-9;
}

static void
run(world *w, size_t t, const char *what, size_t columns)
{
    const ss_row_source *s = w->sources[t];
    ss_batch *batch = ss_batch_new(w->arena, s->forms, s->ncolumns);
    const double began = now();
    double seconds;

    for (uint64_t first = 0; first < s->nrows; first += SS_BATCH_ROWS)
    {
        const uint64_t left = s->nrows - first;

        ss_batch_clear(batch);
        if (s->make(s->arg, 0, first, NULL, NULL,
                    left > SS_BATCH_ROWS ? SS_BATCH_ROWS : (size_t) left, batch, &w->err) != SS_OK)
            return;
    }
    seconds = now() - began;
    (void) printf("%-28s %8.1f M cells/s on one core\n", what,
                  (double) s->nrows * (double) columns / seconds / 1e6);
}

int
main(int argc, char **argv)
{
    static const struct
    {
        const char *what;
        size_t type;
        int32_t typmod;
        bool key;
    } columns[] = {{"integer key", T_INT8, -1, true},
                   {"uuid key", T_UUID, -1, true},
                   {"text key", T_VARCHAR, 14, true},
                   {"enum", T_MOOD, -1, false},
                   {"integer, shape", T_INT4, -1, false},
                   {"integer, quantiles", T_INT4, -1, false},
                   {"timestamp, shape", T_TIMESTAMP, -1, false},
                   {"numeric(8,2), shape", T_NUMERIC, (8 << 16 | 2) + 4, false},
                   {"text of 8, shape", T_TEXT, -1, false}};

    static const int64_t kids[] = {0, 1, 3, 20}, labels[] = {0, 1, 2}, digits[] = {3, 4, 5};
    static const uint64_t parents[] = {500, 300, 150, 50}, counts[] = {600, 300, 100};
    const uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
    {
        world *w = world_new();
        const size_t t = add_table(w, "t", rows);
        ss_marginal *m = add_column(w, t, "c", columns[i].type, columns[i].typmod, true);

        if (columns[i].key)
            add_key(w, t, true, "1");
        m->codes = cells_of(w, 3, digits, counts);
        if (columns[i].type == T_TIMESTAMP)
            m->codes.n = m->codes.total = 0;
        if (columns[i].type == T_MOOD)
        {
            m->kind = SS_MARGINAL_CATEGORIES;
            m->values = cells_of(w, 3, labels, counts);
        }
        if (i == 5)
        {
            m->kind = SS_MARGINAL_NUMBER;
            m->npoints = 64;
            m->points = ss_alloc(w->arena, 64, sizeof *m->points);
            for (size_t p = 0; p < 64; p++)
                m->points[p] = (int64_t) (p * p * 10);
            m->rest = 1000;
        }
        if (world_make(w, 1) == SS_OK)
            run(w, t, columns[i].what, 1);
        ss_arena_free(w->arena);
    }
    for (int first = 1; first >= 0; first--)
    {
        world *w = world_new();
        const size_t p = add_table(w, "p", rows / 4 + 1), c = add_table(w, "c", rows);

        (void) add_column(w, p, "id", T_INT8, -1, true);
        add_key(w, p, true, "1");
        (void) add_column(w, c, "p_id", T_INT8, -1, first == 1);
        add_reference(w, c, "1", p, "1")->children = cells_of(w, 4, kids, parents);
        if (world_make(w, 1) == SS_OK)
            run(w, c, first == 1 ? "first parent" : "other parent", 1);
        ss_arena_free(w->arena);
    }
    return 0;
}
