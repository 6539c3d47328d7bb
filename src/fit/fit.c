#include "fit/fit.h"

#include <pthread.h>

#include "base/pool.h"
#include "base/try.h"
#include "base/watch.h"
#include "catalog/references.h"
#include "fit/table.h"

typedef struct fitting
{
    ss_fit_job job;
    const ss_fit_options *options;
    size_t *tables; /* indices of roots to learn, largest first */
    size_t ntables;
    ss_arena **arenas; /* per worker */
    ss_pg **readers;   /* per worker */
} fitting;

static ss_code
fit_table(void *arg, size_t n, size_t worker, ss_error *err)
{
    const ss_pg_options options = {.source = true, .application_name = "sandseed fit"};
    fitting *f = arg;
    ss_arena *arena = ss_arena_new(f->arenas[worker]);
    ss_code code = SS_OK;

    if (f->readers[worker] == NULL)
        code = ss_pg_open(f->arenas[worker], ss_snapshot_endpoint(f->job.source.snapshot), &options,
                          f->options->watch, &f->readers[worker], err);
    if (code == SS_OK)
        code = ss_fit_table(&f->job, f->tables[n], f->readers[worker], arena, err);
    ss_arena_free(arena);
    return code == SS_OK ? SS_OK
                         : ss_note(err, "while learning %s",
                                   f->job.plan->catalog->tables[f->tables[n]].label);
}

/*
 * A table's rows are told without those that a few people have too many of.  Its fan-outs, which count its
 * rows as parents, must not tell them either: only shares matter to the generator.
 */
static void
bring_down_fan_outs(const ss_catalog *catalog, ss_model *model, ss_arena *scratch)
{
    const uint64_t least = ss_people_least(model->people);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        size_t n;
        const ss_reference *list = ss_table_references(catalog, t, scratch, &n);

        for (size_t i = 0; i < n && i < model->tables[t].nreferences; i++)
        {
            ss_cells *cells = &model->tables[t].references[i].children;
            const uint64_t rows = model->tables[list[i].parent].rows, total = cells->total;

            if (rows == 0 || total <= rows)
                continue;
            cells->total = 0;
            for (size_t c = 0; c < cells->n; c++)
            {
                const double scaled =
                    (double) cells->cells[c].count * (double) rows / (double) total;
                const uint64_t count = ss_people_round((uint64_t) scaled);

                cells->cells[c].count = count > least ? count : least;
                cells->total += cells->cells[c].count;
            }
        }
    }
}

ss_code
ss_fit(const ss_plan *plan, ss_snapshot *snapshot, const ss_fit_options *options, ss_arena *result,
       ss_model **model, ss_error *err)
{
    const ss_catalog *catalog = plan->catalog;
    ss_arena *scratch = ss_arena_new(NULL);
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    ss_fit_progress progress = {0};
    fitting f = {.job = {.source = {.catalog = catalog,
                                    .snapshot = snapshot,
                                    .watch = options->watch,
                                    .key = &options->key,
                                    .progress = &progress},
                         .plan = plan,
                         .result = result,
                         .lock = &lock},
                 .options = options};
    ss_model *m = ss_alloc(result, 1, sizeof *m);
    ss_code code;

    *m = (ss_model){.people = plan->policy->people, .ntables = catalog->ntables};
    m->tables = ss_alloc(result, catalog->ntables + 1, sizeof *m->tables);
    f.job.model = m;
    f.tables = ss_alloc(scratch, catalog->ntables + 1, sizeof *f.tables);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *table = &catalog->tables[i];
        ss_model_table *t = &m->tables[i];
        size_t at = f.ntables;

        t->label = table->label;
        if (plan->tables[i].mode != SS_MODE_SYNTHESISE || table->is_partition)
            continue;
        t->ncolumns = table->ncolumns;
        t->columns = ss_alloc(result, table->ncolumns + 1, sizeof *t->columns);
        (void) ss_table_references(catalog, i, scratch, &t->nreferences);
        t->references = ss_alloc(result, t->nreferences + 1, sizeof *t->references);
        for (; at > 0 && catalog->tables[f.tables[at - 1]].bytes < table->bytes; at--)
            f.tables[at] = f.tables[at - 1];
        f.tables[at] = i;
        f.ntables++;
    }
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *leaf = &catalog->tables[i];
        const size_t root = ss_catalog_index(catalog, ss_table_root(catalog, leaf));

        if (ss_table_has_rows(leaf) && leaf->reltuples > 0 &&
            plan->tables[root].mode == SS_MODE_SYNTHESISE)
            atomic_fetch_add(&progress.total, (uint64_t) leaf->reltuples);
    }
    f.arenas = ss_alloc(scratch, options->jobs + 1, sizeof *f.arenas);
    f.readers = ss_alloc(scratch, options->jobs + 1, sizeof(ss_pg *));
    for (size_t i = 0; i < options->jobs; i++)
        f.arenas[i] = ss_arena_new(scratch);
    code = ss_pool_run(f.ntables, options->jobs, fit_table, &f, err);
    if (code == SS_OK)
        bring_down_fan_outs(catalog, m, scratch);
    (void) pthread_mutex_destroy(&lock);
    ss_arena_free(scratch);
    if (code == SS_OK)
        *model = m;
    return code;
}
