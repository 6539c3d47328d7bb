/*
 * sandseed fit: learn, and write what was learnt with the schema and the reference rows into a folder
 * from which sandboxes can be made without the source.
 *
 * The stripped schema is made as a sandbox's is: restored into a private server, held against the source
 * by the same gates, while the source is read.  The archive that the gate compared is the model's: generate starts from what has
 * passed them.
 */
#include <string.h>

#include <sandseed/commands.h>

#include "base/file.h"
#include "base/memory_file.h"
#include "base/text.h"
#include "base/together.h"
#include "base/try.h"
#include "base/watch.h"
#include "classify/reference.h"
#include "model/statistics_json.h"
#include "run/model_folder.h"
#include "run/prepare.h"
#include "run/result_internal.h"
#include "run/synthesise.h"
#include "run/throwaway.h"

/* --- what a model may hold ---------------------------------------------------------------------- */

/*
 * Does the table hold people, or would rows of it leave that may be about some?  A signed entry that says
 * so (subject: none, with a reason) answers for texts and keys, never for what the policy itself calls
 * personal.
 */
static bool
names_people(const ss_plan *plan, size_t t)
{
    const ss_table_plan *p = &plan->tables[t];
    const bool answered = p->subject_none && p->signed_by != NULL;

    if (p->subject_self || p->nsubject_columns > 0)
        return true;
    for (size_t c = 0; c < plan->catalog->tables[t].ncolumns; c++)
    {
        const ss_decision *d = &p->columns[c];
        const bool may_be = d->class == SS_CLASS_KEY || d->class == SS_CLASS_FREE_TEXT ||
                            d->class == SS_CLASS_UNDECIDED;

        if (d->personal && d->treatment == SS_TREAT_KEEP && !(answered && may_be))
            return true;
    }
    return false;
}

/*
 * The rows of a kept table go into the folder as they are: none may be about people, nor belong to a
 * table of people (design 5.8).
 */
static ss_code
refuse_people(const ss_build *b, ss_error *err)
{
    const ss_catalog *catalog = b->source->catalog;
    bool *reaches = ss_alloc(b->arena, catalog->ntables + 1, sizeof *reaches);
    bool more = true;
    ss_buf list = {0};
    size_t n = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
        reaches[t] = names_people(b->plan, t);
    while (more)
    {
        more = false;
        for (size_t k = 0; k < catalog->nforeign_keys; k++)
        {
            const ss_foreign_key *fk = &catalog->foreign_keys[k];

            if (reaches[fk->parent] && !reaches[fk->table])
                more = reaches[fk->table] = true;
        }
        for (size_t t = 0; t < catalog->ntables; t++)
        {
            const ss_table_plan *p = &b->plan->tables[t];

            for (size_t i = 0; i < p->nsoft && !reaches[t]; i++)
            {
                if (reaches[p->soft[i].parent])
                    more = reaches[t] = true;
            }
        }
    }
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (!reaches[t] || b->plan->tables[t].mode != SS_MODE_KEEP ||
            catalog->tables[t].is_partition)
            continue;
        ss_buf_printf(&list, "%s%s", n++ == 0 ? "" : ", ",
                      ss_printable(b->arena, catalog->tables[t].label));
    }
    if (n > 0)
    {
        (void) ss_fail(err, SS_EREFUSED,
                       "a model may keep no table that is about people, and this policy keeps %s",
                       ss_buf_text(&list));
        (void) ss_hint(
            err, "Give them another mode; or class their columns non-personal, or sign them with "
                 "subject: none and a reason, if nobody is in them; or use sandseed refresh, "
                 "which writes no model.");
    }
    ss_buf_done(&list);
    return n > 0 ? err->code : SS_OK;
}

/*
 * A signature decides a whole kept table, and may have been meant for a sandbox that stays in the house: where nothing but it says
 * that no person is in the rows, and names speak of some, it is said that they are in the folder.
 */
static void
warn_of_names(const ss_build *b)
{
    const bool *people = NULL; /* of a large schema it takes a second: only where somebody asks */

    for (size_t t = 0; t < b->source->catalog->ntables; t++)
    {
        const ss_table *table = &b->source->catalog->tables[t];
        const ss_table_plan *p = &b->plan->tables[t];
        bool by_table = false;

        if (table->is_partition)
            continue;
        for (size_t c = 0; c < table->ncolumns; c++)
            by_table = by_table || p->columns[c].by_table;
        if (p->mode != SS_MODE_KEEP || !by_table || p->subject_none)
            continue;
        if (people == NULL)
            people = ss_classify_speak_of_people(
                b->source->catalog, ss_classify_columns(b->source->catalog, NULL, b->arena),
                b->arena);
        if (people[t])
            ss_notice(
                b->watch, SS_WARNING,
                "%s is named as people's tables or columns are, and its rows go into the model as "
                "they are: class its columns, or say subject: none, if nobody is in it",
                ss_printable(b->arena, table->label));
    }
}

/* --- the schema's private server ---------------------------------------------------------------- */

typedef struct shelving
{
    const ss_model_name *populated;
    size_t npopulated;
} shelving;

/* An ss_build_maker that makes no row: a model's schema needs the kept ones only. */
static ss_code
make_nothing(ss_build *b, void *arg, const ss_row_source *const **sources, ss_error *err)
{
    const shelving *s = arg;
    ss_pg *next;
    ss_code code = SS_OK;

    if (s->npopulated > 0)
    {
        SS_TRY(ss_target_connect(b->target, b->arena, &next, err));
        code = ss_model_folder_populate(next, s->populated, s->npopulated, err);
        ss_pg_close(next);
    }
    *sources = ss_alloc(b->arena, b->source->catalog->ntables + 1, sizeof **sources);
    return code;
}

/* The materialised views that hold rows in the source. */
static void
list_populated(const ss_catalog *catalog, ss_arena *arena, shelving *s)
{
    ss_model_name *names = ss_alloc(arena, catalog->nviews + 1, sizeof *names);

    for (size_t i = 0; i < catalog->nviews; i++)
    {
        if (catalog->views[i].materialised && catalog->views[i].populated)
            names[s->npopulated++] =
                (ss_model_name){catalog->views[i].schema, catalog->views[i].name};
    }
    s->populated = names;
}

/* The source as the shelf wants it: nothing is to be populated, no table to be made. */
static void
bare(const ss_build *b, ss_build *shelf, ss_source *source, ss_policy *policy)
{
    ss_catalog *catalog = ss_alloc(b->arena, 1, sizeof *catalog);
    ss_view *views = ss_alloc(b->arena, b->source->catalog->nviews + 1, sizeof *views);
    ss_plan *plan = ss_alloc(b->arena, 1, sizeof *plan);
    ss_table_plan *tables = ss_alloc(b->arena, b->source->catalog->ntables + 1, sizeof *tables);

    *catalog = *b->source->catalog;
    for (size_t i = 0; i < catalog->nviews; i++)
    {
        views[i] = catalog->views[i];
        views[i].populated = false;
    }
    catalog->views = views;
    *source = *b->source;
    source->catalog = catalog;
    *policy = *b->policy;
    policy->naccess = 0; /* roles of the target, not of the source */
    policy->owners_skip = policy->owners_stand_in = policy->keep_previous = false;
    *plan = *b->plan;
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        tables[t] = b->plan->tables[t];
        if (tables[t].mode == SS_MODE_SYNTHESISE)
            tables[t].mode = SS_MODE_EMPTY;
    }
    plan->catalog = catalog;
    plan->tables = tables;
    *shelf = *b;
    shelf->source = source;
    shelf->policy = policy;
    shelf->plan = plan;
    shelf->loads_nothing = true;
    for (size_t t = 0; t < catalog->ntables; t++)
        shelf->loads_nothing = shelf->loads_nothing && tables[t].mode == SS_MODE_EMPTY;
}

/* What learning and the schema's server need apart from each other: the server has an arena of its own. */
typedef struct making
{
    ss_build *b;
    const char *archive;
    ss_synthesis synthesis;
    shelving shelving;
    ss_build shelved; /* the build of the schema's server */
    ss_watch quiet;
} making;

/* The server, and meanwhile the dump of the source's schema. */
static ss_code
begin_shelf(void *arg, size_t step, const ss_watch *watch, ss_error *err)
{
    making *m = arg;
    const ss_source *source = m->b->source;
    const ss_catalog *catalog = source->catalog;
    const char *bindir = m->b->options->pg_bindir;
    ss_build *build = &m->shelved;
    ss_throwaway_options options;
    ss_error ignored;

    if (step == 0)
        return ss_dump_schema(&m->b->programs, source->schema, ss_snapshot_id(source->snapshot),
                              m->archive, watch, err);
    /* Of the source's version when there is one: an older server does not understand a newer one's dump. */
    if (ss_programs_find_server(bindir, catalog->server_version / 10000, build->arena, &bindir,
                                &ignored) != SS_OK)
        bindir = m->b->options->pg_bindir;
    options = (ss_throwaway_options){.bindir = bindir,
                                     .dbname = "sandbox",
                                     .output = build->output,
                                     .folder = build->folder,
                                     .ntables = catalog->ntables};
    SS_TRY(ss_throwaway_start(build->arena, &options, watch, &build->endpoint, err));
    return ss_throwaway_roles(&build->endpoint, catalog->roles, catalog->nroles, watch, err);
}

static ss_code
make_shelf(making *m, const ss_watch *watch, ss_error *err)
{
    ss_build *build = &m->shelved;

    /* Progress is of learning, which takes longer. */
    m->quiet = *watch;
    m->quiet.progress = NULL;
    build->watch = &m->quiet;
    ss_build_stage(build, "read the schema, start a private server");
    SS_TRY(ss_together(2, 2, begin_shelf, m, build->watch, build->arena, err));
    SS_TRY(ss_memory_file(build->arena, &build->archive, err));
    SS_TRY(ss_build_run(build, m->archive, make_nothing, &m->shelving, err));
    ss_target_close(build->target);
    return SS_OK;
}

static ss_code
make_step(void *arg, size_t step, const ss_watch *watch, ss_error *err)
{
    making *m = arg;
    const ss_watch *caller;
    ss_code code;

    if (step == 1)
        return make_shelf(m, watch, err);
    /* Of the build that learns: nothing of it is looked at while the other one is made. */
    caller = m->b->watch;
    m->b->watch = watch;
    code = ss_synthesis_learn(&m->synthesis, m->b, err);
    m->b->watch = caller;
    return code;
}

/* The source is read and the schema's server is made side by side: neither needs the other. */
static ss_code
make(making *m, ss_error *err)
{
    ss_build *b = m->b;

    list_populated(b->source->catalog, b->arena, &m->shelving);
    bare(b, &m->shelved, ss_alloc(b->arena, 1, sizeof(ss_source)),
         ss_alloc(b->arena, 1, sizeof(ss_policy)));
    m->shelved.arena = ss_arena_new(b->arena);
    m->shelved.shares_snapshot = true;
    ss_build_stage(b, "learn");
    SS_TRY(ss_together(2, b->jobs > 1 ? 2 : 1, make_step, m, b->watch, b->arena, err));
    ss_snapshot_release(b->source->snapshot);
    return SS_OK;
}

/* --- the model ---------------------------------------------------------------------------------- */

static void
describe(const ss_build *b, const ss_build *shelved, const ss_model *model, ss_model_file *file)
{
    const ss_catalog *catalog = b->source->catalog;
    ss_model_entry *entries = ss_alloc(b->arena, catalog->ntables + 1, sizeof *entries);
    ss_model_note *notes = ss_alloc(b->arena, shelved->report.nstripped + 1, sizeof *notes);
    const char *slash = strrchr(b->options->policy, '/');

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        ss_model_entry *e = &entries[t];

        *e = (ss_model_entry){.name = {table->schema, table->name},
                              .plan = b->plan->tables[t],
                              .ncolumns = table->ncolumns};
        e->columns = ss_alloc(b->arena, table->ncolumns + 1, sizeof *e->columns);
        e->types = ss_alloc(b->arena, table->ncolumns + 1, sizeof *e->types);
        for (size_t c = 0; c < table->ncolumns; c++)
        {
            e->columns[c] = table->columns[c].name;
            e->types[c] = table->columns[c].type_text;
        }
    }
    for (size_t i = 0; i < shelved->report.nstripped; i++)
        notes[i] =
            (ss_model_note){shelved->report.stripped[i].what, shelved->report.stripped[i].object,
                            shelved->report.stripped[i].why};
    *file = (ss_model_file){.model = model,
                            .source = b->source->endpoint.label,
                            .server_version = catalog->server_version,
                            .policy_file = slash == NULL ? b->options->policy : slash + 1,
                            .policy_digest = b->report.policy_digest,
                            .policy = b->policy,
                            .roles = catalog->roles,
                            .nroles = catalog->nroles,
                            .stripped = notes,
                            .nstripped = shelved->report.nstripped,
                            .entries = entries,
                            .nentries = catalog->ntables};
}

/* What the engines were worth that were not chosen. */
static void
tell_others(const ss_dependence *d, int64_t alone, ss_buf *text)
{
    const char *before = "  ";

    for (size_t i = 0; i < d->nscores; i++)
    {
        const ss_engine_score *s = &d->scores[i];

        if (s->engine == d->engine || s->engine == &ss_engine_independence)
            continue;
        ss_buf_printf(text, "%s%s%s %.2f", before, s->engine->name, s->given_up ? "*" : "",
                      (double) (s->millinats - alone) / 1000);
        before = ", ";
    }
}

static void
tell_comparison(const ss_dependence *d, json_t *o, ss_arena *arena)
{
    for (size_t i = 0; i < d->nscores; i++)
    {
        const ss_engine_score *s = &d->scores[i];

        (void) json_object_set_new(o, ss_strf(arena, "millinats_%s", s->engine->name),
                                   json_integer(s->millinats));
        (void) json_object_set_new(o, ss_strf(arena, "detector_%s", s->engine->name),
                                   json_integer((json_int_t) s->detector));
    }
}

/* A line per table: by what its columns were learnt together, and what that was worth. */
static json_t *
tell_dependence(const ss_build *b, const ss_model *model, ss_buf *text)
{
    json_t *list = json_array();

    ss_buf_puts(text, "Learnt together: table, engine, how much likelier (nats) a row of people "
                      "held out is than by columns alone,\n"
                      "cells told, cells too rare to tell, rules, seconds; what other engines were "
                      "worth (* learnt from a few rows, and given up)\n");
    for (size_t t = 0; t < model->ntables; t++)
    {
        const ss_dependence *d = model->tables[t].dependence;
        const double seconds = model->tables[t].seconds;
        const ss_engine_score *own, *alone;
        json_t *o;

        if (model->tables[t].columns == NULL)
            continue;
        o = json_pack("{s:s, s:I, s:f}", "table", model->tables[t].label, "rules",
                      (json_int_t) model->tables[t].nrules, "seconds", seconds);
        (void) json_array_append_new(list, o);
        if (model->tables[t].control != SS_CONTROL_NONE)
            (void) json_object_set_new(o, "control", ss_control_json(model->tables[t].control));
        ss_buf_printf(text, "  %-32s ", ss_printable(b->arena, model->tables[t].label));
        if (d == NULL)
        {
            ss_buf_printf(text, "%-13s %41zu %9.1f\n", "-", model->tables[t].nrules, seconds);
            continue;
        }
        own = ss_dependence_score(d, d->engine);
        alone = ss_dependence_score(d, &ss_engine_independence);
        ss_buf_printf(text, "%-13s ", d->engine->name);
        if (own != NULL && alone != NULL)
            ss_buf_printf(text, "%8.2f", (double) (own->millinats - alone->millinats) / 1000);
        else
            ss_buf_printf(text, "%8s", "-");
        ss_buf_printf(text, " %12zu %12zu %6zu %9.1f", ss_dependence_ncounts(d), d->suppressed,
                      model->tables[t].nrules, seconds);
        if (alone != NULL)
            tell_others(d, alone->millinats, text);
        ss_buf_puts(text, "\n");
        (void) json_object_set_new(o, "engine", json_string(d->engine->name));
        (void) json_object_set_new(o, "told", json_integer((json_int_t) ss_dependence_ncounts(d)));
        (void) json_object_set_new(o, "suppressed", json_integer((json_int_t) d->suppressed));
        tell_comparison(d, o, b->arena);
    }
    return list;
}

/* Who is set aside for the privacy tests. */
static void
tell_control(const ss_model *model, ss_buf *text)
{
    size_t aside = 0, none = 0;

    for (size_t t = 0; t < model->ntables; t++)
    {
        aside += model->tables[t].control == SS_CONTROL_SET_ASIDE;
        none += model->tables[t].control > SS_CONTROL_SET_ASIDE;
    }
    if (aside > 0)
        ss_buf_printf(
            text,
            "Control:  one person in %d of %zu table%s is set aside for the privacy tests "
            "and enters nothing\n",
            SS_CONTROL_ONE_IN, aside, aside == 1 ? "" : "s");
    if (none > 0)
        ss_buf_printf(
            text,
            "Control:  nobody is set aside of %zu table%s of people, for want of %d people "
            "or of one key: not tested\n",
            none, none == 1 ? "" : "s", SS_CONTROL_PEOPLE);
}

static void
tell(const ss_build *b, const char *folder, const ss_model_file *file, ss_result *result)
{
    const ss_report_key *key = &b->report.key;
    const char *with = key->fingerprint != NULL ? " --key FILE" : "";
    size_t made = 0, kept = 0, empty = 0, people = 0, shapes = 0, limited = 0;
    ss_buf text = {0};
    json_t *tables = tell_dependence(b, file->model, &text);
    json_t *object;

    for (size_t e = 0; e < file->nentries; e++)
    {
        const ss_mode mode = file->entries[e].plan.mode;

        if (b->source->catalog->tables[e].is_partition)
            continue;
        made += mode == SS_MODE_SYNTHESISE;
        kept += mode == SS_MODE_KEEP;
        empty += mode == SS_MODE_EMPTY;
        if (mode != SS_MODE_SYNTHESISE)
            continue;
        limited += file->model->tables[e].halved > 0;
        shapes += file->model->tables[e].shape_only;
        people += !file->model->tables[e].shape_only &&
                  file->model->tables[e].counted == SS_COUNTED_PEOPLE;
    }
    ss_buf_printf(
        &text,
        "Model:    %s\n"
        "Tables:   %zu learnt, %zu kept as reference rows, %zu empty\n"
        "Counted:  %zu or more behind every count: people in %zu tables, rows or values of foreign "
        "keys in %zu; of %zu only shapes\n",
        ss_printable(b->arena, folder), made, kept, empty, b->policy->people, people,
        made - people - shapes, shapes);
    if (limited > 0)
        ss_buf_printf(&text,
                      "Limited:  of %zu tables some people's rows were read (learn_rows): their "
                      "counts are estimates\n",
                      limited);
    tell_control(file->model, &text);
    if (key->fingerprint != NULL)
        ss_buf_printf(&text, "Key:      %s of sandbox %s, epoch %s: the model is encrypted\n",
                      key->fingerprint, key->sandbox, key->epoch);
    ss_buf_printf(&text,
                  "Inspect:  sandseed inspect %s%s\n"
                  "Generate: sandseed generate %s TARGET%s\n",
                  ss_printable(b->arena, folder), with, ss_printable(b->arena, folder), with);
    if (b->plan->undecided > 0)
        ss_buf_printf(&text, "%zu columns are undecided and were learnt by their shape alone.\n",
                      b->plan->undecided);
    object =
        json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "command", "fit", "model",
                  folder, "tables", tables, "learnt", (json_int_t) made, "kept", (json_int_t) kept,
                  "empty", (json_int_t) empty, "limited", (json_int_t) limited, "undecided",
                  (json_int_t) b->plan->undecided, "people", (json_int_t) b->policy->people);
    if (key->fingerprint != NULL)
        (void) json_object_set_new(object, "key",
                                   json_pack("{s:s, s:s, s:s}", "fingerprint", key->fingerprint,
                                             "sandbox", key->sandbox, "epoch", key->epoch));
    ss_result_set(result, &text, object);
    ss_buf_done(&text);
}

/* Absolute and without a slash at its end: names beside it are made of it. */
static const char *
output_folder(ss_arena *arena, const char *output)
{
    size_t n = strlen(output);

    while (n > 1 && output[n - 1] == '/')
        n--;
    return ss_path_absolute(arena, ss_strndup(arena, output, n));
}

/* A model is read without the source. */
static ss_code
refuse_pseudonyms(const ss_build *b, ss_error *err)
{
    for (size_t t = 0; t < b->source->catalog->ntables; t++)
    {
        if (b->plan->tables[t].mode != SS_MODE_PSEUDONYMISE)
            continue;
        (void) ss_fail(err, SS_EREFUSED, "a model holds no rows of people, and %s has mode %s",
                       b->source->catalog->tables[t].label, ss_mode_name(SS_MODE_PSEUDONYMISE));
        return ss_hint(err, "sandseed refresh builds such a sandbox, from the source itself.");
    }
    return SS_OK;
}

static ss_code
run(ss_build *b, ss_result *result, ss_error *err)
{
    const ss_options *o = b->options;
    ss_source *source = ss_alloc(b->arena, 1, sizeof *source);
    making *m = ss_alloc(b->arena, 1, sizeof *m);
    ss_model_file file;
    const char *folder;

    if (o->output == NULL)
        return ss_fail(err, SS_EMEND, "fit needs -o MODEL, the folder to write");
    SS_TRY(ss_prepare_policy(b, err));
    folder = output_folder(b->arena, o->output);
    SS_TRY(ss_model_folder_claim(folder, err));
    SS_TRY(ss_prepare_output(b, b->policy->output, err));
    SS_TRY(ss_prepare_source(b, source, err));
    SS_TRY(refuse_pseudonyms(b, err));
    SS_TRY(refuse_people(b, err));
    SS_TRY(ss_prepare_key(b, err));
    warn_of_names(b);
    *m = (making){.b = b, .archive = ss_path_join(b->arena, b->folder, "schema.dump")};
    SS_TRY(make(m, err));
    ss_build_stage(b, "write the model");
    describe(b, &m->shelved, m->synthesis.model, &file);
    file.populated = m->shelving.populated;
    file.npopulated = m->shelving.npopulated;
    SS_TRY(ss_model_folder_write(b, folder, &m->shelved.endpoint, m->shelved.archive, &file, err));
    ss_build_stage(b, NULL);
    if (b->keys == NULL)
        ss_notice(b->watch, SS_WARNING,
                  "the model is not encrypted; its files are readable by this user only");
    tell(b, folder, &file, result);
    return SS_OK;
}

ss_code
ss_command_fit(const ss_options *options, const ss_watch *watch, ss_result *result, ss_error *err)
{
    ss_build b;
    ss_code code;

    ss_prepare(&b, "fit", options, watch);
    code = run(&b, result, err);
    ss_arena_free(b.arena);
    return code;
}
