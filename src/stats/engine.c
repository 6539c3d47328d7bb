#include "stats/engine.h"

#include <stdlib.h>

void
ss_engine_count(const ss_engine *engine, const void *structure, const ss_coded_table *rows,
                ss_tally *tally)
{
    uint32_t *cells = calloc(rows->n + 1, sizeof *cells);

    if (cells == NULL)
        ss_out_of_memory();
    for (size_t c = 0; c < rows->d; c++)
    {
        if (rows->columns[c].given)
            continue;
        engine->cells(structure, rows, c, cells);
        for (size_t r = 0; r < rows->n; r++)
            ss_tally_add(tally, cells[r], rows->subjects + r * rows->npaths,
                         rows->weights == NULL ? SS_WHOLE : rows->weights[r]);
    }
    free(cells);
}

double
ss_engine_loglik(const ss_engine *engine, const void *model, const ss_coded_table *rows)
{
    double *nats = calloc(rows->n + 1, sizeof *nats), sum = 0;

    if (nats == NULL)
        ss_out_of_memory();
    engine->log_density(model, rows, nats);
    for (size_t r = 0; r < rows->n; r++)
        sum += nats[r];
    free(nats);
    return rows->n == 0 ? 0 : sum / (double) rows->n;
}
