/*
 * sandseed refresh: check, learn, build, judge, publish, report: the job that runs at night.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <sandseed/commands.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "pg/cluster.h"
#include "run/build.h"
#include "run/findings.h"
#include "run/result_internal.h"
#include "run/synthesise.h"
#include "secret/digest.h"
#include "secret/token.h"

#define POLICY_LIMIT (16U << 20)

static void
close_deferred(void *fd)
{
    (void) close((int) (intptr_t) fd);
}

/* One run at a time for an output folder. */
static ss_code
take_lock(const char *output, ss_arena *arena, ss_error *err)
{
    const char *path = ss_path_join(arena, output, "lock");
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return ss_fail(err, SS_EMEND, "could not open \"%s\": %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
    {
        (void) close(fd);
        (void) ss_fail(err, SS_ERETRY, "another run holds \"%s\"", path);
        return ss_hint(err, "Wait for it to end, or give this policy an output folder of its own.");
    }
    ss_arena_defer(arena, close_deferred, (void *) (intptr_t) fd);
    return SS_OK;
}

static void
remove_deferred(void *folder)
{
    ss_error ignored;

    (void) ss_folder_remove(folder, &ignored);
}

static const char *
stamp(ss_arena *arena)
{
    char text[32] = "";
    const time_t now = time(NULL);
    struct tm utc;

    if (gmtime_r(&now, &utc) != NULL)
        (void) strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return ss_strdup(arena, text);
}

/* --- the report --------------------------------------------------------------------------------- */

static void
report_tables(ss_build *b)
{
    const ss_catalog *catalog = b->source->catalog;
    ss_report_table *tables = ss_alloc(b->arena, catalog->ntables + 1, sizeof *tables);
    size_t n = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_table_plan *p = &b->plan->tables[t];
        ss_report_column *columns = ss_alloc(b->arena, table->ncolumns + 1, sizeof *columns);
        ss_report_table *r = &tables[n];

        if (table->is_partition)
            continue;
        for (size_t c = 0; c < table->ncolumns; c++)
            columns[c] = (ss_report_column){
                .name = ss_printable(b->arena, table->columns[c].name),
                .type = ss_printable(b->arena, table->columns[c].type_text),
                .class = ss_class_name(p->columns[c].class),
                .treatment = p->mode == SS_MODE_EMPTY ? "nothing"
                                                      : ss_treatment_name(p->columns[c].treatment),
                .kind = p->columns[c].kind,
                .why = p->columns[c].why,
                .signed_by = p->columns[c].signed_by,
                .undecided = p->columns[c].undecided};
        *r = (ss_report_table){.label = ss_printable(b->arena, table->label),
                               .mode = ss_mode_name(p->mode),
                               .why = p->why,
                               .signed_by = p->signed_by,
                               .estimate = true,
                               .source_rows = SS_REPORT_UNKNOWN,
                               .columns = columns,
                               .ncolumns = table->ncolumns};
        /* A root's figures are those of its partitions together. */
        for (size_t k = 0; k < catalog->ntables; k++)
        {
            const ss_table *part = &catalog->tables[k];
            const ss_load_table *done = b->load.done == NULL ? NULL : &b->load.done[k];

            if (ss_table_root(catalog, part) != table)
                continue;
            if (part->reltuples >= 0 && ss_table_has_rows(part))
                r->source_rows = (r->source_rows == SS_REPORT_UNKNOWN ? 0 : r->source_rows) +
                                 (uint64_t) part->reltuples;
            if (done != NULL)
            {
                r->rows += done->rows;
                r->repairs += done->repairs;
                r->seconds += done->seconds;
            }
        }
        r->planned_rows = r->rows;
        n++;
    }
    b->report.tables = tables;
    b->report.ntables = n;
}

static ss_code
write_report(ss_build *b, ss_result *result, ss_error *err)
{
    char *json, *text;
    const char *folder = ss_path_join(b->arena, b->policy->output, "reports");
    const char *file = ss_path_join(b->arena, b->policy->output, "report.json");
    ss_code code;

    b->report.seconds = ss_build_now() - b->began;
    report_tables(b);
    json = ss_report_json(&b->report);
    text = ss_report_text(&b->report, b->options->width);
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

/* --- the run ------------------------------------------------------------------------------------ */

static ss_code
refuse_privileged(const ss_build *b, ss_error *err)
{
    if (!b->source->superuser || b->source->endpoint.kind == SS_ENDPOINT_CLUSTER ||
        b->options->allow_privileged_source)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "the source's role is a superuser");
    return ss_hint(err, "Use a role that can read and nothing else, or say "
                        "--allow-privileged-source.");
}

static ss_code
prepare(ss_build *b, ss_source *source, ss_error *err)
{
    const ss_options *o = b->options;
    const char *from, *to;
    ss_policy *policy;
    ss_plan *plan;
    char *text;
    size_t n;

    SS_TRY(ss_policy_read(o->policy, b->arena, &policy, err));
    b->policy = policy;
    SS_TRY(ss_file_read(o->policy, POLICY_LIMIT, b->arena, &text, &n, err));
    b->report.policy_file = ss_printable(b->arena, o->policy);
    b->report.policy_digest = ss_digest(b->arena, text, n);
    from = o->source != NULL ? o->source : policy->source;
    to = o->target != NULL ? o->target : policy->target;
    if (from == NULL || to == NULL)
        return ss_fail(err, SS_EMEND, "%s names no %s, and there is no --%s", o->policy,
                       from == NULL ? "source" : "target", from == NULL ? "source" : "target");
    SS_TRY(ss_endpoint_parse(to, o->target != NULL ? "." : policy->folder, 0, b->arena,
                             &b->endpoint, err));
    SS_TRY(ss_folder_make(policy->output, 0700, err));
    SS_TRY(take_lock(policy->output, b->arena, err));
    b->folder = ss_strf(b->arena, "%s/run-%s", policy->output, b->id);
    SS_TRY(ss_folder_make(b->folder, 0700, err));
    ss_arena_defer(b->arena, remove_deferred, ss_strdup(b->arena, b->folder));
    b->jobs = o->jobs != 0 ? o->jobs : policy->jobs;
    if (b->jobs == 0)
    {
        const long cores = sysconf(_SC_NPROCESSORS_ONLN);

        b->jobs = cores < 1 ? 1 : cores > 16 ? 16 : (size_t) cores;
    }

    ss_build_stage(b, "check the source");
    SS_TRY(ss_source_open(from, o->source != NULL ? "." : policy->folder, o, b->watch, b->arena,
                          source, err));
    b->source = source;
    ss_snapshot_limit(source->snapshot, policy->max_snapshot_age_s);
    SS_TRY(refuse_privileged(b, err));
    SS_TRY(ss_policy_resolve(policy, source->catalog, b->arena, &plan, err));
    b->plan = plan;
    for (size_t i = 0; i < plan->nfindings; i++)
    {
        const ss_finding *f = &plan->findings[i];

        ss_notice(b->watch, SS_WARNING, "%s%s%s%s%s", f->place,
                  f->place[0] != '\0' ? ": " : "", f->object, f->object[0] != '\0' ? ": " : "",
                  f->text);
    }
    b->report.findings = plan->findings;
    b->report.nfindings = plan->nfindings;
    if (ss_findings_code(plan->findings, plan->nfindings, err) != SS_OK)
        return ss_hint(err, "sandseed check %s lists all of it.", o->policy);
    if (ss_plan_pseudonymises(plan))
    {
        (void) ss_fail(err, SS_EREFUSED, "this build cannot pseudonymise");
        return ss_hint(err, "Give those tables mode synthesise, keep or empty.");
    }
    b->report.undecided = plan->undecided;
    b->report.people = policy->people;
    b->report.source = source->endpoint.label;
    b->report.source_version = source->catalog->server_version;
    b->report.source_security = ss_pg_security(ss_snapshot_pg(source->snapshot));
    b->report.source_role = source->role;
    b->report.target = b->endpoint.label;
    return ss_programs_find(o->pg_bindir, source->catalog->server_version, b->arena, &b->programs,
                            err);
}

static ss_code
run(ss_build *b, ss_result *result, ss_error *err)
{
    ss_source source;
    ss_synthesis synthesis = {0};
    const char *archive;

    SS_TRY(prepare(b, &source, err));
    ss_build_stage(b, "read the schema");
    archive = ss_path_join(b->arena, b->folder, "schema.dump");
    SS_TRY(ss_dump_schema(&b->programs, &source.endpoint, ss_snapshot_id(source.snapshot), archive,
                          b->watch, err));
    ss_build_stage(b, "learn");
    SS_TRY(ss_synthesis_learn(&synthesis, b, err));
    SS_TRY(ss_build_run(b, archive, ss_synthesis_make, &synthesis, err));
    b->report.result = "published";
    if (b->endpoint.kind == SS_ENDPOINT_CLUSTER)
    {
        b->report.connect = ss_strf(
            b->arena, "psql \"%s\"",
            ss_cluster_conninfo(b->endpoint.folder, b->target->name, b->arena));
        b->report.stop = ss_strf(b->arena, "sandseed cluster stop %s", b->endpoint.folder);
    }
    else
        b->report.connect = ss_strf(b->arena, "psql \"%s\"", b->endpoint.label);
    return write_report(b, result, err);
}

ss_code
ss_command_refresh(const ss_options *options, const ss_watch *watch, ss_result *result,
                   ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_build b = {.options = options,
                  .watch = watch,
                  .arena = arena,
                  .id = ss_secret_id(arena),
                  .began = ss_build_now()};
    ss_code code;

    b.report = (ss_report){.id = b.id,
                           .generated_at = stamp(arena),
                           .command = "refresh",
                           .result = "failed",
                           .seed = options->has_seed ? "given" : "random"};
    code = run(&b, result, err);
    if (code != SS_OK)
    {
        ss_error ignored;

        ss_build_abandon(&b);
        if (b.plan != NULL && b.report.ngates > 0)
        {
            b.report.failure = err->depth > 0 ? err->line[err->depth - 1] : NULL;
            (void) write_report(&b, result, &ignored);
        }
    }
    else
        ss_target_close(b.target);
    ss_arena_free(arena);
    return code;
}
