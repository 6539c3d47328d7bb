#include "run/run_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "model/statistics_json.h"
#include "pg/cluster.h"
#include "run/csv_target.h"
#include "run/result_internal.h"
#include "run/run_subset.h"

#define PUBLISHED "published"

/* What was done with the column: of what people decided, less was learnt where too few stand behind it. */
static const char *
done_with(const ss_table_plan *plan, const ss_model_table *learnt, size_t c)
{
    const ss_treatment treatment = plan->columns[c].treatment;

    if (plan->mode == SS_MODE_EMPTY)
        return "nothing";
    /* Of a table that is learnt by shape alone, categories are those that the schema declares. */
    if (learnt != NULL && treatment == SS_TREAT_SYNTHESISE &&
        (learnt->columns[c].kind == SS_MARGINAL_SHAPE ||
         (learnt->shape_only && learnt->columns[c].kind == SS_MARGINAL_CATEGORIES)))
        return ss_treatment_name(SS_TREAT_SHAPE);
    return ss_treatment_name(treatment);
}

static const char *
why_shape_only(const ss_model_table *learnt)
{
    if (learnt == NULL || !learnt->shape_only)
        return NULL;
    return learnt->counted == SS_COUNTED_NOTHING
               ? "nobody knows whose its rows are"
               : "fewer than 50 people, or rows that stand for them";
}

static ss_report_column
report_path(const ss_build *b, size_t t, size_t c, size_t i)
{
    const ss_path_decision *p = &b->plan->tables[t].columns[c].paths[i];
    ss_report_column r = {.name = ss_printable(b->arena, p->path.text),
                          .class = ss_class_name(p->decision.class),
                          .treatment = ss_treatment_name(p->decision.treatment),
                          .decided = ss_treatment_name(p->decision.treatment),
                          .kind = p->decision.kind,
                          .why = p->decision.why,
                          .undecided = p->decision.undecided};

    if (b->pseudonyms != NULL && p->decision.treatment != SS_TREAT_KEEP)
    {
        const ss_kind_counts counts = ss_pseudonyms_path_counts(b->pseudonyms, t, c, i);

        r.pseudonyms = true;
        r.values = counts.values;
        r.fallbacks = counts.fallbacks;
    }
    return r;
}

static void
report_paths(const ss_build *b, size_t t, size_t c, ss_report_column *r)
{
    const ss_decision *d = &b->plan->tables[t].columns[c];
    ss_report_column *paths = ss_alloc(b->arena, d->npaths + 1, sizeof *paths);

    for (size_t i = 0; i < d->npaths; i++)
        paths[i] = report_path(b, t, c, i);
    r->paths = paths;
    r->npaths = d->npaths;
}

static ss_report_column
report_column(const ss_build *b, const ss_model_table *learnt, size_t t, size_t c)
{
    const ss_column *column = &b->source->catalog->tables[t].columns[c];
    const ss_table_plan *p = &b->plan->tables[t];
    const ss_decision *d = &p->columns[c];
    ss_report_column r = {.name = ss_printable(b->arena, column->name),
                          .type = ss_printable(b->arena, column->type_text),
                          .class = ss_class_name(d->class),
                          .treatment = done_with(p, learnt, c),
                          .decided = ss_treatment_name(d->treatment),
                          .kind = d->kind,
                          .why = d->why,
                          .signed_by = d->signed_by,
                          .undecided = d->undecided};
    const ss_kind *kind = b->pseudonyms == NULL ? NULL : ss_pseudonyms_kind(b->pseudonyms, t, c);

    if (kind != NULL)
    {
        const ss_kind_counts counts = ss_pseudonyms_counts(b->pseudonyms, t, c);

        if (d->treatment == SS_TREAT_PSEUDONYMISE)
            r.kind = kind->name;
        r.pseudonyms = true;
        r.values = counts.values;
        r.fallbacks = counts.fallbacks;
    }
    report_paths(b, t, c, &r);
    return r;
}

static void
report_tables(ss_build *b)
{
    const ss_catalog *catalog = b->source->catalog;
    ss_report_table *tables = ss_alloc(b->arena, catalog->ntables + 1, sizeof *tables);
    const bool from_model = b->report.model != NULL; /* the tables at hand have no rows */
    size_t n = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_table_plan *p = &b->plan->tables[t];
        ss_report_column *columns = ss_alloc(b->arena, table->ncolumns + 1, sizeof *columns);
        ss_report_table *r = &tables[n];
        const ss_model_table *learnt =
            b->model != NULL && b->model->tables[t].columns != NULL ? &b->model->tables[t] : NULL;

        if (table->is_partition)
            continue;
        for (size_t c = 0; c < table->ncolumns; c++)
            columns[c] = report_column(b, learnt, t, c);
        *r = (ss_report_table){.label = ss_printable(b->arena, table->label),
                               .mode = ss_mode_name(p->mode),
                               .why = p->why,
                               .signed_by = p->signed_by,
                               .shape_only = why_shape_only(learnt),
                               .estimate = true,
                               .source_rows = SS_REPORT_UNKNOWN,
                               .columns = columns,
                               .ncolumns = table->ncolumns};
        /* The planner's figure may be one person's. */
        if (learnt != NULL)
        {
            r->source_rows = learnt->rows;
            r->learnt_one_in = learnt->halved > 0 ? UINT64_C(1) << learnt->halved : 0;
        }
        /* A root's figures are those of its partitions together. */
        for (size_t k = 0; k < catalog->ntables; k++)
        {
            const ss_table *part = &catalog->tables[k];
            const ss_load_table *done = b->load.done == NULL ? NULL : &b->load.done[k];

            if (ss_table_root(catalog, part) != table)
                continue;
            if (!from_model && p->mode != SS_MODE_SYNTHESISE && part->reltuples >= 0 &&
                ss_table_has_rows(part))
                r->source_rows = (r->source_rows == SS_REPORT_UNKNOWN ? 0 : r->source_rows) +
                                 (uint64_t) part->reltuples;
            if (done != NULL)
            {
                r->rows += done->rows;
                r->repairs += done->repairs;
                r->seconds += done->seconds;
            }
        }
        r->subset = ss_run_subset_of(b, t);
        if (r->subset != NULL)
        {
            /* The difference to what is there may be one person's. */
            r->estimate = ss_report_is_small(r->subset->source - r->subset->taken);
            r->source_rows = r->estimate ? r->subset->taken : r->subset->source;
        }
        if (p->mode == SS_MODE_EMPTY && r->source_rows != SS_REPORT_UNKNOWN)
            r->source_rows = ss_model_digits(r->source_rows, 1);
        r->planned_rows =
            b->load.made != NULL && b->load.made[t] != NULL ? b->load.made[t]->planned : r->rows;
        n++;
    }
    b->report.tables = tables;
    b->report.ntables = n;
}

/*
 * output/report.json and output/reports/ID.json, and the closing lines as the result.  After a failure too, as far
 * as the run came.
 */
static ss_code
write_report(ss_build *b, ss_result *result, ss_error *err)
{
    char *json, *text;
    const char *folder = ss_path_join(b->arena, b->output, "reports");
    const char *file = ss_path_join(b->arena, b->output, "report.json");
    ss_code code;

    b->report.seconds = ss_clock_s() - b->began;
    report_tables(b);
    json = ss_report_json(&b->report);
    text = ss_report_text(&b->report);
    if (json == NULL || text == NULL)
        ss_out_of_memory();
    code = ss_folder_make(folder, 0700, err);
    if (code == SS_OK)
        code = ss_file_write(ss_strf(b->arena, "%s/%s.json", folder, b->id), json, strlen(json),
                             0600, err);
    if (code == SS_OK)
        code = ss_file_write(file, json, strlen(json), 0600, err);
    if (code == SS_OK)
    {
        ss_buf out = {0};

        ss_buf_puts(&out, text);
        ss_buf_printf(&out, "Report:   %s\n", ss_printable(b->arena, file));
        ss_result_set(result, &out, json_loads(json, 0, NULL));
        ss_buf_done(&out);
    }
    free(json);
    free(text);
    return code;
}

static void
tell_connection(ss_build *b)
{
    if (b->csv != NULL)
        b->report.files = ss_csv_target_folder(b->csv);
    else if (b->endpoint.kind == SS_ENDPOINT_CLUSTER)
    {
        b->report.connect =
            ss_strf(b->arena, "psql \"%s\"",
                    ss_cluster_conninfo(b->endpoint.folder, b->target->name, b->arena));
        b->report.stop = ss_strf(b->arena, "sandseed cluster stop %s", b->endpoint.folder);
    }
    else
        b->report.connect =
            ss_strf(b->arena, "psql \"%s\"", ss_endpoint_conninfo(&b->endpoint, b->arena));
}

static bool
is_published(const ss_build *b)
{
    return b->report.result != NULL && strcmp(b->report.result, PUBLISHED) == 0;
}

ss_code
ss_run_published(ss_build *b, ss_result *result, ss_error *err)
{
    b->report.result = PUBLISHED;
    tell_connection(b);
    if (write_report(b, result, err) != SS_OK)
        return ss_note(err, "the sandbox is published; while writing its report");
    return SS_OK;
}

/* Rows that could not be made valid fail the run before the other gates could judge anything. */
static void
report_repair_gate(ss_build *b, const ss_error *err)
{
    b->gates[0] =
        (ss_report_gate){.name = "repair", .summary = ss_printable(b->arena, err->line[0])};
    b->report.gates = b->gates;
    b->report.ngates = 1;
}

void
ss_run_end(ss_build *b, ss_code code, ss_result *result, const ss_error *err)
{
    ss_error ignored;

    /* What is published stays, whatever became of its report. */
    if (code == SS_OK || is_published(b))
    {
        ss_target_close(b->target);
        return;
    }
    if (b->target != NULL && b->target->next.state == SS_TARGET_FINISHED && code == SS_ERETRY)
        b->report.result = "kept-next";
    ss_build_abandon(b);
    if (b->plan != NULL && (b->report.ngates > 0 || b->finished || code == SS_EGATE))
    {
        if (code == SS_EGATE && b->report.ngates == 0)
            report_repair_gate(b, err);
        b->report.failure = err;
        (void) write_report(b, result, &ignored);
    }
}
