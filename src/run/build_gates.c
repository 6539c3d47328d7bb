/* What is measured of a finished NAME__next before it may be published. */
#include "run/build_internal.h"

#include <string.h>

#include "assess/constraints.h"
#include "assess/schema_equal.h"
#include "base/memory_file.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"

/* The text of one of the target's databases, and into archive what it is the text of. */
static ss_code
dump(const ss_building *g, const char *dbname, int archive, ss_arena *result, const char **text,
     ss_error *err)
{
    const ss_build *b = g->b;

    return ss_assess_dump(&g->dumps, &b->endpoint, b->target->version, dbname, archive, b->watch,
                          result, text, err);
}

/* What is compared with a text out of an archive comes out of one, too: this one goes. */
static ss_code
dump_beside(const ss_building *g, const char *dbname, ss_arena *result, const char **text,
            ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    int archive = 0;
    ss_code code = SS_OK;

    if (g->b->archive != 0)
        code = ss_memory_file(scratch, &archive, err);
    if (code == SS_OK)
        code = dump(g, dbname, archive, result, text, err);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_build_scratch(ss_building *g, ss_arena *result, ss_error *err)
{
    ss_build *b = g->b;

    SS_TRY(ss_archive_scratch(g->archive, b->target, b->id, b->watch, err));
    SS_TRY(dump_beside(g, b->target->scratch.name, result, &g->scratch_dump, err));
    return g->scratch_dump == NULL ? SS_OK : ss_target_drop(b->target, &b->target->scratch, err);
}

/* PostgreSQL casts a list, and when it reads that again, each of its values: of varchar columns, whose operators are those of text. */
static bool
casts_a_list(const char *condition)
{
    return condition != NULL && strstr(condition, "])::") != NULL;
}

/* An identity's sequence is of its column's type once it was restored, and of any where LIKE made it. */
static bool
is_of_another_type(const ss_catalog *catalog, const ss_column *column)
{
    return column->identity != SS_IDENTITY_NOT && column->sequence != SS_NONE &&
           strcmp(catalog->sequences[column->sequence].type, column->type_text) != 0;
}

/* Is the schema very likely written as the source's once it was restored?  What a query comes to is not foretold. */
static bool
reads_as_written(const ss_catalog *catalog)
{
    bool does = catalog->nviews == 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t i = 0; i < table->nchecks; i++)
            does = does && !casts_a_list(table->checks[i].definition);
        for (size_t i = 0; i < table->ncolumns; i++)
            does = does && !is_of_another_type(catalog, &table->columns[i]);
        for (size_t i = 0; i < table->nexpressions; i++)
            does = does && !casts_a_list(table->expressions[i].expression) &&
                   !casts_a_list(table->expressions[i].predicate);
    }
    for (size_t t = 0; t < catalog->ntypes; t++)
    {
        for (size_t i = 0; i < catalog->types[t].nchecks; i++)
            does = does && !casts_a_list(catalog->types[t].checks[i]);
    }
    return does;
}

ss_code
ss_build_restored(ss_building *g, ss_arena *result, ss_error *err)
{
    const ss_build *b = g->b;

    if (ss_build_is_small(b) && reads_as_written(b->source->catalog))
        return SS_OK;
    return dump(g, b->target->next.name, 0, result, &g->scratch_dump, err);
}

/*
 * The sandbox's dump is the source's own, word for word, or what the archive makes of an empty database: the first
 * says more and costs less, but PostgreSQL writes some definitions otherwise once they were restored.  Where the second is
 * known already, since nothing was loaded, the first is asked for only when they differ.
 */
static ss_code
compare_definitions(ss_building *g, const char *dbname, ss_arena *arena, ss_gate *gate,
                    ss_error *err)
{
    ss_build *b = g->b;
    const char *next, *source = NULL;

    SS_TRY(dump(g, dbname, b->archive, arena, &next, err));
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
        /* A text that pg_dump wrote is not told to be other than one out of an archive before two of a kind are. */
        if (g->scratch_dump == NULL || b->archive != 0)
            SS_TRY(ss_build_scratch(g, arena, err));
    }
    if (g->scratch_dump == NULL)
    {
        SS_TRY(ss_assess_catalogs_equal(&b->endpoint, dbname, b->target->scratch.name, b->watch,
                                        arena, gate, err));
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
    /* What is kept is compared as it is kept: as a whole, with the database's name and grants. */
    if (b->archive == 0)
        SS_TRY(compare_definitions(g, b->target->next.name, arena, gate, err));
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

/* One after the other in one session; there is nothing to be analysed. */
static ss_code
judge_small(judging *j, ss_error *err)
{
    ss_arena *arena = j->arenas[0];
    ss_code code = SS_OK;
    ss_pg *next;

    SS_TRY(ss_target_connect(j->g->b->target, arena, &next, err));
    for (size_t i = 0; i < NGATES && code == SS_OK; i++)
        code = gates[i].judge(j->g, next, arena, &j->gates[i], err);
    ss_pg_close(next);
    return code;
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
    if (ss_build_is_small(g->b))
        SS_TRY(judge_small(&j, err));
    else
        SS_TRY(ss_pool_run(NGATES + 1, g->b->jobs, judge_job, &j, err));
    report_gates(&j);
    return ss_gates_verdict(j.gates, NGATES, err);
}

ss_code
ss_build_judge_archive(ss_building *g, ss_error *err)
{
    ss_gate gate = ss_gate_begin(gates[0].name);

    SS_TRY(compare_definitions(g, g->b->target->live.name, g->b->arena, &gate, err));
    return ss_gates_verdict(&gate, 1, err);
}
