/* What is measured of a finished NAME__next before it may be published. */
#include "run/build_internal.h"

#include <string.h>

#include "assess/constraints.h"
#include "assess/schema_equal.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"

ss_code
ss_build_scratch(ss_building *g, ss_arena *result, ss_error *err)
{
    ss_build *b = g->b;

    SS_TRY(ss_archive_scratch(g->archive, b->target, b->id, b->watch, err));
    SS_TRY(ss_assess_dump(&b->programs, &b->endpoint, b->target->version, b->target->scratch.name,
                          b->watch, result, &g->scratch_dump, err));
    return g->scratch_dump == NULL ? SS_OK : ss_target_drop(b->target, &b->target->scratch, err);
}

ss_code
ss_build_restored(ss_building *g, ss_arena *result, ss_error *err)
{
    ss_build *b = g->b;

    return ss_assess_dump(&b->programs, &b->endpoint, b->target->version, b->target->next.name,
                          b->watch, result, &g->scratch_dump, err);
}

/*
 * The sandbox's dump is the source's own, word for word, or what the archive makes of an empty database: the first
 * says more and costs less, but PostgreSQL writes some definitions otherwise once they were restored.  Where the second is
 * known already, since nothing was loaded, the first is asked for only when they differ.
 */
static ss_code
compare_definitions(ss_building *g, ss_arena *arena, ss_gate *gate, ss_error *err)
{
    ss_build *b = g->b;
    const char *next, *source = NULL;

    SS_TRY(ss_assess_dump(&b->programs, &b->endpoint, b->target->version, b->target->next.name,
                          b->watch, arena, &next, err));
    if ((g->scratch_dump == NULL || b->loads_nothing) && b->target->scratch.oid == 0 &&
        (next == NULL || g->scratch_dump == NULL || strcmp(next, g->scratch_dump) != 0))
    {
        if (next != NULL)
            SS_TRY(ss_archive_text(g->archive, arena, &source, err));
        if (source != NULL && strcmp(next, source) == 0)
        {
            ss_assess_texts_equal(next, source, arena, gate);
            return SS_OK;
        }
        if (g->scratch_dump == NULL)
            SS_TRY(ss_build_scratch(g, arena, err));
    }
    if (g->scratch_dump == NULL)
    {
        SS_TRY(ss_assess_catalogs_equal(&b->endpoint, b->target->next.name, b->target->scratch.name,
                                        b->watch, arena, gate, err));
        return ss_target_drop(b->target, &b->target->scratch, err);
    }
    if (next == NULL)
        return ss_fail(err, SS_ERETRY, "pg_dump is gone since the scratch database was dumped");
    ss_assess_texts_equal(next, g->scratch_dump, arena, gate);
    return SS_OK;
}

static ss_code
judge_schema(ss_building *g, ss_pg *next, ss_arena *arena, ss_gate *gate, ss_error *err)
{
    ss_build *b = g->b;
    ss_assess_lists_options options = {.owners_skipped = g->roles->owners == SS_OWNERS_SKIP,
                                       .locale_substituted = b->target->locale_note != NULL,
                                       .settings_skipped = g->settings_skipped,
                                       .nsettings_skipped = g->nsettings_skipped};
    const ss_stripped *stripped = ss_archive_stripped(g->archive, &options.nexempt);
    ss_assess_exempt *exempt = ss_alloc(arena, options.nexempt + 1, sizeof *exempt);
    size_t n = 0;

    for (size_t i = 0; i < options.nexempt; i++)
    {
        /* Roles are no objects of the database: what has the name of one is still compared. */
        if (strcmp(stripped[i].what, "ROLE") != 0 && strcmp(stripped[i].what, "OWNER") != 0)
            exempt[n++] = (ss_assess_exempt){stripped[i].what, stripped[i].object};
    }
    options.exempt = exempt;
    options.nexempt = n;
    SS_TRY(compare_definitions(g, arena, gate, err));
    return ss_assess_lists_equal(ss_snapshot_pg(b->source->snapshot), next, &options, arena, gate,
                                 err);
}

static ss_code
judge_constraints(ss_building *g, ss_pg *next, ss_arena *arena, ss_gate *gate, ss_error *err)
{
    return ss_assess_constraints(next, g->b->source->catalog, arena, gate, err);
}

/* Rows made for a partitioned table, or moved within it, are counted over all its partitions, those of other tables one by one. */
static bool
is_counted(const ss_build *b, const ss_table *table)
{
    const ss_catalog *catalog = b->source->catalog;
    const ss_table *root = ss_table_root(catalog, table);

    /* CREATE EXTENSION fills its own tables, or they went with a stripped one. */
    if (table->extension != NULL &&
        b->plan->tables[ss_catalog_index(catalog, table)].mode == SS_MODE_EMPTY)
        return false;
    if (root->kind != SS_TABLE_PARTITIONED ||
        (b->plan->tables[ss_catalog_index(catalog, root)].mode != SS_MODE_SYNTHESISE &&
         !ss_load_moves(&b->load, root)))
        return ss_table_has_rows(table);
    /* Counting would ask a foreign partition's server. */
    for (size_t t = 0; table == root && t < catalog->ntables; t++)
    {
        if (catalog->tables[t].kind == SS_TABLE_FOREIGN &&
            ss_table_root(catalog, &catalog->tables[t]) == root)
            return false;
    }
    return table == root;
}

static ss_code
judge_rows(ss_building *g, ss_pg *next, ss_arena *arena, ss_gate *gate, ss_error *err)
{
    const ss_build *b = g->b;
    const ss_catalog *catalog = b->source->catalog;
    uint64_t *planned = ss_alloc(arena, catalog->ntables + 1, sizeof *planned);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        planned[t] = is_counted(b, table) ? b->load.done[t].rows : SS_ROWS_ANY;
    }
    return ss_assess_row_counts(next, catalog, planned, arena, gate, err);
}

/* Each is judged by itself, over a connection of its own. */
static const struct
{
    const char *name;
    ss_code (*judge)(ss_building *g, ss_pg *next, ss_arena *arena, ss_gate *gate, ss_error *err);
} gates[] = {
    {"schema-equal", judge_schema},
    {"constraints-valid", judge_constraints},
    {"row-counts", judge_rows},
};

#define NGATES (sizeof gates / sizeof gates[0])
_Static_assert(NGATES <= SS_BUILD_GATES_MAX, "the report has room for every gate");

/* The gates and, beside them, the planner's statistics: none of them writes what another reads. */
typedef struct judging
{
    ss_building *g;
    ss_gate gates[NGATES];
    ss_arena *arenas[NGATES + 1];
} judging;

static ss_code
judge_gate(judging *j, size_t i, ss_error *err)
{
    ss_pg *next;
    ss_code code;

    SS_TRY(ss_target_connect(j->g->b->target, j->arenas[i], &next, err));
    code = gates[i].judge(j->g, next, j->arenas[i], &j->gates[i], err);
    ss_pg_close(next);
    return code;
}

static ss_code
judge_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    judging *j = arg;
    const ss_build *b = j->g->b;

    (void) worker;
    if (job == 0)
        return ss_load_analyse(&b->load, b->jobs > NGATES ? b->jobs - NGATES : 1, j->arenas[NGATES],
                               err);
    return judge_gate(j, job - 1, err);
}

static void
report_gates(const judging *j)
{
    ss_build *b = j->g->b;

    for (size_t i = 0; i < NGATES; i++)
    {
        const ss_gate *gate = &j->gates[i];
        ss_report_evidence *evidence = ss_alloc(b->arena, gate->nevidence + 1, sizeof *evidence);

        for (size_t k = 0; k < gate->nevidence; k++)
            evidence[k] = (ss_report_evidence){gate->evidence[k].object, gate->evidence[k].text};
        b->gates[i] = (ss_report_gate){
            .name = gate->name,
            .passed = gate->passed,
            .summary =
                gate->passed
                    ? ss_strf(b->arena, "%s compared", ss_text_count(b->arena, gate->compared))
                    : ss_strf(b->arena, "%s of %s differ", ss_text_count(b->arena, gate->nfailures),
                              ss_text_count(b->arena, gate->compared)),
            .evidence = evidence,
            .nevidence = gate->nevidence};
    }
    b->report.gates = b->gates;
    b->report.ngates = NGATES;
}

ss_code
ss_build_judge(ss_building *g, ss_error *err)
{
    judging j = {.g = g};

    for (size_t i = 0; i < NGATES; i++)
        j.gates[i] = ss_gate_begin(gates[i].name);
    for (size_t i = 0; i < NGATES + 1; i++)
        j.arenas[i] = ss_arena_new(g->b->arena);
    SS_TRY(ss_pool_run(NGATES + 1, g->b->jobs, judge_job, &j, err));
    report_gates(&j);
    return ss_gates_verdict(j.gates, NGATES, err);
}
