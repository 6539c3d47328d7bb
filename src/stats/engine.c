#include "stats/engine.h"

#include <stdlib.h>

#define BLOCK ((size_t) 4096) /* rows whose cells are listed at once */

void
ss_engine_count(const ss_engine *engine, const void *structure, const ss_coded_table *rows,
                ss_tally *tally)
{
    const size_t nvariables = rows->d + (engine->nclasses != NULL);
    ss_arena *scratch = ss_arena_new(NULL);
    uint32_t *cells = ss_alloc(scratch, BLOCK * nvariables, sizeof *cells);

    for (size_t from = 0; from < rows->n; from += BLOCK)
    {
        const size_t n = rows->n - from < BLOCK ? rows->n - from : BLOCK;
        ss_arena *here = ss_arena_new(scratch);
        const ss_coded_table block = ss_coded_slice(rows, from, n, here);

        engine->cells(structure, &block, cells);
        for (size_t v = 0; v < nvariables; v++)
        {
            for (size_t r = 0; r < n; r++)
                ss_tally_add(tally, cells[v * n + r], block.subjects + r * block.npaths,
                             block.weights == NULL ? SS_WHOLE : block.weights[r]);
        }
        ss_arena_free(here);
    }
    ss_arena_free(scratch);
}

double
ss_engine_loglik(const ss_engine *engine, const void *model, const ss_coded_table *rows)
{
    double *nats = ss_must(calloc(rows->n + 1, sizeof *nats)), sum = 0;

    engine->log_density(model, rows, nats);
    for (size_t r = 0; r < rows->n; r++)
        sum += nats[r];
    free(nats);
    return rows->n == 0 ? 0 : sum / (double) rows->n;
}
