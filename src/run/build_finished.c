/* A NAME__next that an earlier run finished and could not publish: whether it is what this run would make. */
#include "run/build_internal.h"

#include "assess/constraints.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "run/inputs.h"

/* How many rows are in it.  What cannot be counted is not published, but built anew. */
static ss_code
count_finished(ss_building *g, ss_error *err)
{
    ss_build *b = g->b;
    const ss_catalog *catalog = b->source->catalog;
    ss_pg *next;
    ss_code code = SS_OK;

    g->rows = ss_alloc(b->arena, catalog->ntables + 1, sizeof *g->rows);
    SS_TRY(ss_target_connect(b->target, b->arena, &next, err));
    for (size_t t = 0; t < catalog->ntables && code == SS_OK; t++)
    {
        const ss_table *table = &catalog->tables[t];

        if (ss_table_has_rows(table))
            code = ss_assess_count(next, table, b->arena, &g->rows[t], err);
    }
    ss_pg_close(next);
    return code;
}

ss_code
ss_build_finished_look(ss_building *g, const char *archive, ss_error *err)
{
    ss_build *b = g->b;
    const char *left_out;
    ss_error lost;

    if (!b->resumes || b->options->has_seed) /* see inputs.h */
        return SS_OK;
    SS_TRY(ss_subset_digest(b->plan, b->keys, b->arena, &left_out, err));
    SS_TRY(ss_inputs_digest(b->policy, &b->programs, archive, b->source, &g->facts,
                            b->report.key.fingerprint, left_out, b->arena, &b->inputs, err));
    if (!ss_target_has_finished(b->target, b->inputs))
        return SS_OK;
    if (count_finished(g, &lost) == SS_OK)
        b->finished = true;
    return ss_check_interrupt(b->watch, err);
}

ss_code
ss_build_finished_report(ss_building *g, const char *archive, ss_error *err)
{
    ss_build *b = g->b;
    const ss_archive_input input = ss_build_archive_input(g, archive);
    const ss_marker *marker = &b->target->next.marker;
    const char **notes = ss_alloc(b->arena, 1, sizeof *notes);
    ss_load_table *done = ss_alloc(b->arena, b->source->catalog->ntables + 1, sizeof *done);

    notes[0] = ss_strf(
        b->arena,
        "%s, finished %s by run %s, was published as it stood; the report of that run "
        "says what its gates measured and what was learnt of each column, this one what the "
        "policy wants",
        ss_printable(b->arena, b->target->next.name), marker->at, marker->run);
    ss_notice(b->watch, SS_INFO, "%s", notes[0]);
    b->report.notes = notes;
    b->report.nnotes = 1;
    for (size_t t = 0; t < b->source->catalog->ntables; t++)
        done[t].rows = g->rows[t];
    b->load.done = done;
    SS_TRY(ss_archive_plan(&input, b->arena, &g->archive, err));
    ss_build_report_schema(g);
    return SS_OK;
}
