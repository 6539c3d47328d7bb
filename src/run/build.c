#include "run/build_internal.h"

#include <string.h>

#include "assess/schema_equal.h"
#include "base/clock.h"
#include "base/leftovers.h"
#include "base/text.h"
#include "base/together.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/preflight.h"
#include "load/publish.h"
#include "pg/cluster.h"
#include "policy/known_password.h"
#include "run/csv_target.h"
#include "run/large_objects.h"
#include "run/run_subset.h"
#include "run/throwaway.h"

#define FEW_TABLES 100

void
ss_build_stage(ss_build *b, const char *name)
{
    const double now = ss_clock_s();

    if (b->stage != NULL && b->report.nstages < SS_BUILD_STAGES_MAX)
        b->stages[b->report.nstages++] = (ss_report_stage){b->stage, now - b->stage_began};
    b->report.stages = b->stages;
    b->stage = name;
    b->stage_began = now;
    if (name == NULL)
        return;
    ss_notice(b->watch, SS_DEBUG, "%s", name);
    ss_report_progress(b->watch, &(ss_progress){.stage = name});
}

void
ss_build_skip_owners(ss_build *b)
{
    ss_policy *policy = ss_alloc(b->arena, 1, sizeof *policy);

    *policy = *b->policy;
    policy->owners_skip = true;
    policy->owners_stand_in = false;
    b->policy = policy;
}

/* Everything of this run, its target too, is watched so from now on.  Returns who watched it until now. */
static const ss_watch *
work_under(ss_build *b, const ss_watch *watch)
{
    const ss_watch *until_now = b->watch;

    b->watch = watch;
    if (b->target != NULL)
        b->target->watch = watch;
    return until_now;
}

/* --- before a row is read ----------------------------------------------------------------------- */

/*
 * A NULL alone in its line is a blank line, which readers skip.  What planner statistics know of is said
 * before anything is made; what they do not, when the file is written.
 */
static ss_code
refuse_blank_lines(const ss_build *b, ss_error *err)
{
    const ss_catalog *catalog = b->source->catalog;

    for (size_t t = 0; t < catalog->ntables && b->endpoint.csv_null[0] == '\0'; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_table_plan *plan = &b->plan->tables[t];
        size_t written = 0, column = 0;

        for (size_t c = 0; c < table->ncolumns; c++)
        {
            if (table->columns[c].generated != SS_GENERATED_NOT)
                continue;
            written++;
            column = c;
        }
        if (written != 1 || table->extension != NULL || plan->mode == SS_MODE_EMPTY ||
            !ss_table_has_rows(table) || table->columns[column].not_null ||
            (table->columns[column].null_frac <= 0 &&
             plan->columns[column].treatment != SS_TREAT_NULLIFY))
            continue;
        (void) ss_fail(err, SS_EMEND,
                       "table %s has one column and a NULL in it: that would be a blank line",
                       table->label);
        return ss_hint(err, "Say a word for NULL: csv:DIR?null=\\N.");
    }
    return SS_OK;
}

/* Files are made in a private server for the length of the run: of the version that their schema is from. */
static ss_code
open_folder(ss_build *b, ss_error *err)
{
    const char *label = b->endpoint.label, *bindir = b->options->pg_bindir;
    ss_throwaway_options options;
    ss_error ignored;

    ss_build_skip_owners(b);
    SS_TRY(refuse_blank_lines(b, err));
    SS_TRY(ss_csv_target_open(&b->endpoint, b->source->csv_folder, b->id, b->arena, &b->csv, err));
    if (ss_programs_find_server(bindir, b->programs.version / 10000, b->arena, &bindir, &ignored) !=
        SS_OK)
        bindir = b->options->pg_bindir;
    options = (ss_throwaway_options){.bindir = bindir,
                                     .dbname = "sandbox",
                                     .output = b->output,
                                     .folder = b->folder,
                                     .ntables = b->source->catalog->ntables};
    SS_TRY(ss_throwaway_start(b->arena, &options, b->watch, &b->endpoint, err));
    b->endpoint.label = label;
    return SS_OK;
}

static void
take_back_deferred(void *leftover)
{
    ss_leftover_take_back(leftover);
}

static ss_code
open_target(ss_building *g, ss_error *err)
{
    ss_build *b = g->b;
    const ss_cluster_options cluster = {.bindir = b->options->pg_bindir};

    if (b->endpoint.kind == SS_ENDPOINT_CSV)
        SS_TRY(open_folder(b, err));
    else if (b->endpoint.kind == SS_ENDPOINT_CLUSTER)
        SS_TRY(ss_cluster_start(b->endpoint.folder, &cluster, b->watch, &b->target_started, err));
    if (b->target_started)
    {
        ss_leftover *server = ss_alloc(b->arena, 1, sizeof *server);

        *server = ss_leftover_server(ss_cluster_pid(b->endpoint.folder));
        ss_leftover_add(server);
        ss_arena_defer(b->arena, take_back_deferred, server);
    }
    SS_TRY(ss_target_open(b->arena, &b->endpoint, b->watch, &b->target, err));
    SS_TRY(ss_target_hold(b->target, err));
    /* Another run may have been at work between the first look and the lock; what is proved must stay so. */
    SS_TRY(ss_target_look_all(b->target, err));
    return ss_target_prove_different(b->target, ss_snapshot_pg(b->source->snapshot), err);
}

void
ss_build_add_findings(ss_build *b, const ss_finding *findings, size_t n)
{
    ss_finding *all = ss_alloc(b->arena, b->report.nfindings + n + 1, sizeof *all);
    size_t count = b->report.nfindings;

    if (count > 0)
        memcpy(all, b->report.findings, count * sizeof *all);
    for (size_t i = 0; i < n; i++)
    {
        if (findings[i].severity != SS_FINDING_WARNS)
            continue;
        all[count++] = findings[i];
        ss_notice(b->watch, SS_WARNING, "%s%s%s", findings[i].object,
                  findings[i].object[0] != '\0' ? ": " : "", findings[i].text);
    }
    b->report.findings = all;
    b->report.nfindings = count;
}

static ss_code
preflight(ss_building *g, ss_error *err)
{
    ss_build *b = g->b;
    ss_finding *findings;
    size_t n;
    ss_code code;

    SS_TRY(
        ss_target_roles_look(b->target, b->source->catalog, b->policy, b->arena, &g->roles, err));
    SS_TRY(ss_preflight(b->target, b->source->catalog, b->policy, g->roles,
                        ss_snapshot_pg(b->source->snapshot), true, b->arena, &findings, &n, err));
    ss_build_add_findings(b, findings, n);
    code = ss_findings_code(findings, n, err);
    if (code == SS_OK)
        return SS_OK;
    /* All of it at once, a line each. */
    for (size_t i = 0; i < n; i++)
    {
        if (findings[i].severity == SS_FINDING_STOPS)
            ss_notice(b->watch, SS_ERROR, "target: %s%s%s; mend: %s", findings[i].object,
                      findings[i].object[0] != '\0' ? ": " : "", findings[i].text,
                      findings[i].mend == NULL ? "" : findings[i].mend);
    }
    return ss_note(err, "the target is not ready");
}

/* --- data --------------------------------------------------------------------------------------- */

/* Fewer rows than asked for are said, table by table. */
static void
report_shortfalls(ss_build *b)
{
    const ss_catalog *catalog = b->source->catalog;
    ss_finding *list = ss_alloc(b->arena, catalog->ntables + 1, sizeof *list);
    size_t n = 0;

    for (size_t t = 0; b->load.made != NULL && t < catalog->ntables; t++)
    {
        const ss_row_source *made = b->load.made[t];

        if (made == NULL || made->nrows >= made->planned)
            continue;
        list[n++] = (ss_finding){
            .severity = SS_FINDING_WARNS,
            .about = "target",
            .object = ss_printable(b->arena, catalog->tables[t].label),
            .place = "",
            .mend = "",
            .text =
                ss_strf(b->arena, "%s rows instead of %s: %s", ss_text_count(b->arena, made->nrows),
                        ss_text_count(b->arena, made->planned),
                        made->nrows == 0 ? "there were none to learn from, or its parents have none"
                                         : "its keys or its parents do not suffice for more"),
        };
    }
    ss_build_add_findings(b, list, n);
}

/* How the rows of each table are changed on their way; NULL: none are. */
static const ss_row_change *const *
changes_of(const ss_build *b)
{
    const size_t n = b->source->catalog->ntables;
    const ss_row_change **changes;

    if (b->pseudonyms == NULL)
        return NULL;
    changes = ss_alloc(b->arena, n + 1, sizeof *changes);
    for (size_t t = 0; t < n; t++)
        changes[t] = ss_pseudonyms_change(b->pseudonyms, t);
    return changes;
}

/* Which rows of each table are read; NULL: all. */
static const ss_row_choice *const *
choices_of(const ss_build *b)
{
    const size_t n = b->source->catalog->ntables;
    const ss_row_choice **choices;

    if (b->subset == NULL)
        return NULL;
    choices = ss_alloc(b->arena, n + 1, sizeof *choices);
    for (size_t t = 0; t < n; t++)
        choices[t] = ss_subset_rows(b->subset, t);
    return choices;
}

static ss_code
load_rows(ss_building *g, ss_build_maker *maker, void *arg, ss_error *err)
{
    ss_build *b = g->b;
    const ss_catalog *catalog = b->source->catalog;

    b->load = (ss_load){.target = b->target,
                        .snapshot = b->source->snapshot,
                        .catalog = catalog,
                        .tables = b->plan->tables,
                        .folder = b->folder,
                        .watch = b->watch,
                        .jobs = b->jobs,
                        .empty = b->loads_nothing,
                        .done = ss_alloc(b->arena, catalog->ntables + 1, sizeof(ss_load_table))};
    b->load.changed = changes_of(b);
    b->load.chosen = choices_of(b);
    ss_build_stage(b, "copy tables");
    SS_TRY(ss_load_copied(&b->load, b->arena, err));
    ss_build_stage(b, "make tables");
    SS_TRY(maker(b, arg, &b->load.made, err));
    report_shortfalls(b);
    SS_TRY(ss_load_made(&b->load, b->arena, err));
    ss_build_stage(b, "repair");
    return ss_load_repair(&b->load, b->arena, err);
}

/* --- building ----------------------------------------------------------------------------------- */

void
ss_build_report_schema(ss_building *g)
{
    ss_build *b = g->b;
    size_t n;
    const ss_stripped *stripped = ss_archive_stripped(g->archive, &n);
    ss_report_stripped *list = ss_alloc(b->arena, n + 1, sizeof *list);

    for (size_t i = 0; i < n; i++)
        list[i] = (ss_report_stripped){stripped[i].what, stripped[i].object, stripped[i].why};
    b->report.stripped = list;
    b->report.nstripped = n;
    b->report.security_definer = b->source->catalog->security_definer;
    b->report.nsecurity_definer = b->source->catalog->nsecurity_definer;
}

/* The first column whose secrets are hashes of the one known password; NULL: there is none. */
static const char *
known_password_column(const ss_build *b)
{
    for (size_t t = 0; t < b->source->catalog->ntables; t++)
    {
        const ss_table *table = &b->source->catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns; c++)
        {
            if (ss_is_known_password(&b->plan->tables[t].columns[c]))
                return ss_policy_label(table->label, table->columns[c].name, b->arena);
        }
    }
    return NULL;
}

/* How many columns of free text are redacted; partitions count with their roots. */
static size_t
redacted_columns(const ss_build *b)
{
    size_t n = 0;

    for (size_t t = 0; t < b->source->catalog->ntables; t++)
    {
        const ss_table *table = &b->source->catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns && !table->is_partition; c++)
            n += b->plan->tables[t].columns[c].treatment == SS_TREAT_REDACT;
    }
    return n;
}

static void
report_notes(ss_building *g)
{
    ss_build *b = g->b;
    const char **notes =
        ss_alloc(b->arena, g->roles->ncreated + g->nsettings_skipped + 5, sizeof *notes);
    const char *password = known_password_column(b);
    const size_t redacted = redacted_columns(b);
    const char *objects = ss_large_objects_text(b->source->catalog, b->arena);
    size_t n = 0;

    if (b->target->locale_note != NULL)
        notes[n++] = b->target->locale_note;
    for (size_t i = 0; i < g->roles->ncreated; i++)
        notes[n++] = ss_strf(b->arena, "role %s was created as a NOLOGIN stand-in",
                             ss_printable(b->arena, g->roles->created[i]));
    for (size_t i = 0; i < g->nsettings_skipped; i++)
        notes[n++] = ss_strf(b->arena, "database setting %s was left out",
                             ss_printable(b->arena, g->settings_skipped[i]));
    if (password != NULL)
        notes[n++] = ss_strf(
            b->arena, "the password of every account by known-password (%s) is " SS_KNOWN_PASSWORD,
            ss_printable(b->arena, password));
    if (redacted > 0)
        notes[n++] =
            ss_strf(b->arena,
                    "texts of %zu column%s redacted: what was not found in them of people is there",
                    redacted, redacted == 1 ? " are" : "s are");
    if (objects != NULL)
        notes[n++] = ss_strf(b->arena, "the source has %s, and none was copied", objects);
    b->report.notes = notes;
    b->report.nnotes = n;
}

ss_archive_input
ss_build_archive_input(const ss_building *g, const char *archive)
{
    const ss_build *b = g->b;

    return (ss_archive_input){.programs = &b->programs,
                              .file = archive,
                              .catalog = b->source->catalog,
                              .policy = b->policy,
                              .target = b->target,
                              .roles = g->roles,
                              .source = ss_snapshot_pg(b->source->snapshot)};
}

/* What ALTER DATABASE SET says at the source; or NULL. */
static const char *
database_setting(const ss_db_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->nsettings; i++)
    {
        if (facts->settings[i].role == NULL && strcmp(facts->settings[i].name, name) == 0)
            return facts->settings[i].value;
    }
    return NULL;
}

/*
 * What restores it is decided while NAME__next, empty, is created: should it be refused, a NAME__next of before is
 * gone, which would not be published any more.
 */
typedef struct planning
{
    ss_building *g;
    const char *archive;
    ss_arena *arena;
} planning;

static ss_code
plan_step(void *arg, size_t step, const ss_watch *watch, ss_error *err)
{
    const planning *p = arg;
    const ss_build *b = p->g->b;
    const ss_archive_input input = ss_build_archive_input(p->g, p->archive);

    (void) watch; /* neither takes long */
    if (step == 0)
        return ss_archive_plan(&input, p->arena, &p->g->archive, err);
    return ss_target_begin(b->target, b->source->catalog, b->policy, b->id, b->jobs, err);
}

bool
ss_build_is_small(const ss_build *b)
{
    return b->loads_nothing && b->source->catalog->ntables < FEW_TABLES;
}

/* NAME__next as the archive's pre-data leaves it; a small one as a whole, by one pg_restore. */
static ss_code
restore_schema(ss_building *g, const char *archive, ss_error *err)
{
    ss_build *b = g->b;
    planning p = {g, archive, ss_arena_new(b->arena)};

    SS_TRY(ss_together(2, 2, plan_step, &p, b->watch, b->arena, err));
    ss_build_report_schema(g);
    SS_TRY(ss_target_roles_create(b->target, g->roles, err));
    if (ss_build_is_small(b))
        return ss_archive_restore(g->archive, b->target, b->target->next.name, b->watch, err);
    SS_TRY(ss_archive_restore_pre(g->archive, b->target, b->target->next.name, b->watch, err));
    /* Whether a server of another version takes the whole of it is known before a row is copied. */
    if (!b->loads_nothing &&
        b->target->version / 10000 != b->source->catalog->server_version / 10000)
        SS_TRY(ss_build_scratch(g, b->arena, err));
    return SS_OK;
}

/* Choosing has connections and memory of its own; everything else in b, its watch too, is the restoring's. */
typedef struct preparing
{
    ss_building *g;
    const char *archive;
    ss_arena *arena;
    ss_subset *subset;
} preparing;

static ss_code
prepare_step(void *arg, size_t step, const ss_watch *watch, ss_error *err)
{
    preparing *both = arg;
    ss_build *b = both->g->b;
    const ss_watch *caller;
    ss_code code;

    if (step == 1)
        return ss_run_choose_subset(b, watch, both->arena, &both->subset, err);
    caller = work_under(b, watch);
    code = restore_schema(both->g, both->archive, err);
    (void) work_under(b, caller);
    return code;
}

static ss_code
build_next(ss_building *g, const char *archive, ss_build_maker *maker, void *arg, ss_error *err)
{
    ss_build *b = g->b;
    preparing both = {g, archive, ss_arena_new(b->arena), NULL};
    const bool chooses = b->plan->subset != NULL && b->keys != NULL;

    ss_build_stage(b, chooses ? "restore the schema, choose the subset" : "restore the schema");
    SS_TRY(ss_together(chooses ? 2 : 1, 2, prepare_step, &both, b->watch, b->arena, err));
    if (chooses)
        ss_run_tell_subset(b, both.subset);
    SS_TRY(load_rows(g, maker, arg, err));
    ss_build_stage(b, "indexes, keys and triggers");
    if (!ss_build_is_small(b))
        SS_TRY(ss_archive_restore_post(g->archive, b->target, b->target->next.name, b->jobs,
                                       b->watch, err));
    if (b->loads_nothing)
        SS_TRY(ss_build_restored(g, b->arena, err));
    ss_build_stage(b, "sequences, views");
    b->load.search_path = database_setting(&g->facts, "search_path");
    SS_TRY(ss_load_finish(&b->load, b->arena, err));
    SS_TRY(ss_target_settings(b->target, &g->facts, b->arena, &g->settings_skipped,
                              &g->nsettings_skipped, err));
    report_notes(g);
    ss_build_stage(b, "statistics, gates");
    return ss_build_judge(g, err);
}

/* --- all of it ---------------------------------------------------------------------------------- */

static ss_code
open_whole(ss_building *g, ss_error *err)
{
    ss_build *b = g->b;

    SS_TRY(open_target(g, err));
    SS_TRY(preflight(g, err));
    SS_TRY(ss_db_facts_read(ss_snapshot_pg(b->source->snapshot), b->arena, &g->facts, err));
    b->report.target_version = b->target->version;
    b->report.target_security = ss_pg_security(b->target->pg);
    b->report.same_cluster = b->target->same_cluster;
    g->dumps = b->programs;
    /* The archive is for others: by the program that goes with the server, which may be newer than the source. */
    if (b->archive != 0)
        SS_TRY(ss_programs_find(b->options->pg_bindir, b->target->version, b->folder, b->arena,
                                &g->dumps, err));
    return SS_OK;
}

static ss_building *
building_new(ss_build *b)
{
    b->building = ss_alloc(b->arena, 1, sizeof *b->building);
    *b->building = (ss_building){.b = b};
    return b->building;
}

typedef struct beginning
{
    ss_building *g;
    const char *archive;
    const char *snapshot_id;
} beginning;

/* The dump has a connection and memory of its own; everything else in b, its watch too, is the opening's. */
static ss_code
begin_step(void *arg, size_t step, const ss_watch *watch, ss_error *err)
{
    const beginning *both = arg;
    ss_build *b = both->g->b;
    const ss_watch *caller;
    ss_code code;

    if (step == 0)
        return ss_dump_schema(&b->programs, b->source->schema, both->snapshot_id, both->archive,
                              watch, err);
    caller = work_under(b, watch);
    code = open_whole(both->g, err);
    (void) work_under(b, caller);
    return code;
}

ss_code
ss_build_begin(ss_build *b, const char *archive, ss_error *err)
{
    beginning both = {building_new(b), archive, ss_snapshot_id(b->source->snapshot)};

    ss_build_stage(b, "read the schema, check the target");
    SS_TRY(ss_together(2, 2, begin_step, &both, b->watch, b->arena, err));
    return ss_build_finished_look(both.g, archive, err);
}

ss_code
ss_build_run(ss_build *b, const char *archive, ss_build_maker *maker, void *arg, ss_error *err)
{
    ss_building *g = b->building;
    ss_programs programs;

    if (g == NULL)
    {
        g = building_new(b);
        ss_build_stage(b, "check the target");
        SS_TRY(open_whole(g, err));
    }
    if (b->finished)
        SS_TRY(ss_build_finished_report(g, archive, err));
    else
    {
        SS_TRY(build_next(g, archive, maker, arg, err));
        if (b->csv == NULL)
            SS_TRY(ss_target_finish(b->target, b->inputs, err));
    }
    if (b->csv != NULL)
    {
        ss_build_stage(b, "write the files");
        /* The private server may be newer than the source. */
        SS_TRY(ss_programs_find(b->options->pg_bindir, b->target->version, b->folder, b->arena,
                                &programs, err));
        SS_TRY(ss_csv_target_write(b->csv, &programs, &b->endpoint, b->target->next.name, b->watch,
                                   err));
    }
    ss_build_stage(b, "publish");
    /* Publishing may wait for people; the source need not. */
    if (!b->shares_snapshot)
        ss_snapshot_release(b->source->snapshot);
    if (b->csv != NULL)
        SS_TRY(ss_csv_target_publish(b->csv, b->policy->keep_previous, b->watch, err));
    else
        SS_TRY(ss_publish(b->target, b->policy, &g->facts, err));
    if (b->archive != 0)
        SS_TRY(ss_build_judge_archive(g, err));
    ss_build_stage(b, NULL);
    return SS_OK;
}

void
ss_build_abandon(ss_build *b)
{
    ss_error ignored;

    ss_csv_target_abandon(b->csv);
    if (b->target != NULL)
    {
        ss_target_abandon(b->target);
        ss_target_close(b->target);
    }
    if (b->target_started)
        (void) ss_cluster_stop(b->endpoint.folder, NULL, b->watch, &ignored);
}
