/* Workers that load tables side by side, and what they tell. */
#include "base/pool.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"
#include "pg/pg.h"

ss_code
ss_load_open_worker(const ss_loading *l, ss_load_worker *w, bool reads, ss_error *err)
{
    const ss_pg_options source = {.source = true, .application_name = "sandseed reader"};

    if (w->loader == NULL)
        SS_TRY(ss_load_session(l->load, w->arena, &w->loader, err));
    if (reads && w->reader == NULL)
        SS_TRY(ss_pg_open(w->arena, ss_snapshot_endpoint(l->load->snapshot), &source,
                          l->load->watch, &w->reader, err));
    return SS_OK;
}

void
ss_load_tell(ss_loading *l, const char *stage, const ss_table *table, uint64_t rows)
{
    const ss_progress p = {.stage = stage,
                           .object = table->label,
                           .rows = atomic_fetch_add(&l->rows, rows) + rows,
                           .rows_total = l->rows_total};

    ss_report_progress(l->load->watch, &p);
}

ss_code
ss_load_run(ss_loading *l, size_t n, ss_job *job, ss_arena *arena, ss_error *err)
{
    ss_code code;

    l->workers = ss_alloc(arena, l->load->jobs + 1, sizeof *l->workers);
    for (size_t i = 0; i < l->load->jobs; i++)
    {
        l->workers[i].arena = ss_arena_new(arena);
        l->workers[i].scratch = ss_arena_new(l->workers[i].arena);
    }
    code = ss_pool_run(n, l->load->jobs, job, l, err);
    for (size_t i = 0; i < l->load->jobs; i++)
        ss_arena_free(l->workers[i].arena);
    return code;
}

size_t *
ss_load_largest_first(const ss_load *load, size_t *tables, size_t n)
{
    for (size_t i = 1; i < n; i++)
    {
        const size_t moving = tables[i];
        const int64_t bytes = load->catalog->tables[moving].bytes;
        size_t k = i;

        for (; k > 0 && load->catalog->tables[tables[k - 1]].bytes < bytes; k--)
            tables[k] = tables[k - 1];
        tables[k] = moving;
    }
    return tables;
}
