/*
 * sandseed generate: a sandbox from a model, without its source.
 *
 * The model's schema and reference rows are put into a private server, which then stands where a source
 * would: the sandbox is built from there exactly as refresh builds it.
 */
#include <string.h>

#include <sandseed/commands.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/amount.h"
#include "run/model_folder.h"
#include "run/prepare.h"
#include "run/run_report.h"
#include "run/synthesise.h"
#include "run/throwaway.h"

#define OUTPUT "sandseed-out"

/* --- --rows ------------------------------------------------------------------------------------- */

/* The table of that label, or the only one of that name; SS_NONE. */
static size_t
find_table(const ss_catalog *catalog, const char *label)
{
    const ss_table *table = ss_catalog_find(catalog, label);
    size_t found = SS_NONE;

    if (table != NULL)
        return ss_catalog_index(catalog, table);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (strcmp(catalog->tables[t].name, label) != 0 || catalog->tables[t].is_partition)
            continue;
        if (found != SS_NONE)
            return SS_NONE;
        found = t;
    }
    return found;
}

static ss_code
set_rows(const ss_build *b, const ss_catalog *catalog, ss_table_plan *tables, ss_error *err)
{
    for (size_t i = 0; i < b->options->nrows; i++)
    {
        const char *text = b->options->rows[i];
        const char *equals = strrchr(text, '=');
        const char *amount = equals == NULL ? text : equals + 1;
        ss_amount parsed;
        size_t only = SS_NONE;

        if (!ss_amount_parse(amount, &parsed))
        {
            (void) ss_fail(err, SS_EMEND, "--rows %s: not an amount", ss_printable(b->arena, text));
            return ss_hint(err, "Say a share (10%%), a count (5000), or either for one table "
                                "(public.orders=5000).");
        }
        if (equals != NULL)
        {
            only = find_table(catalog, ss_strndup(b->arena, text, (size_t) (equals - text)));
            if (only == SS_NONE)
                return ss_fail(err, SS_EMEND, "--rows %s: the model has no such table",
                               ss_printable(b->arena, text));
            if (tables[only].mode != SS_MODE_SYNTHESISE)
                return ss_fail(err, SS_EMEND, "--rows %s: this table is not made, its mode is %s",
                               ss_printable(b->arena, text), ss_mode_name(tables[only].mode));
            if (catalog->tables[only].is_partition)
                return ss_fail(
                    err, SS_EMEND,
                    "--rows %s: a partition; its rows are made with those of table %s",
                    ss_printable(b->arena, text),
                    ss_printable(b->arena, ss_table_root(catalog, &catalog->tables[only])->label));
        }
        for (size_t t = 0; t < catalog->ntables; t++)
        {
            if (only == SS_NONE || only == t)
                tables[t].rows = amount;
        }
    }
    return SS_OK;
}

/* --- the run ------------------------------------------------------------------------------------ */

static ss_code
read_model(ss_build *b, ss_model_store *store, ss_model_file *file, ss_error *err)
{
    const char *digest;
    ss_policy *policy;
    ss_sandbox_key key;

    SS_TRY(
        ss_model_store_open(b->options->model, b->options, b->watch, b->arena, store, &key, err));
    if (store->sealed)
        ss_prepare_take_key(b, &key);
    SS_TRY(ss_model_folder_read(store, b->arena, file, &digest, err));
    policy = ss_alloc(b->arena, 1, sizeof *policy);
    *policy = *file->policy;
    policy->file = ss_path_join(b->arena, b->options->model, SS_MODEL_JSON);
    policy->source_folder = policy->target_folder = ".";
    policy->texts_decided = true;
    policy->output = b->output;
    b->policy = policy;
    b->report.people = policy->people;
    b->report.policy_file = ss_printable(b->arena, file->policy_file);
    b->report.policy_digest = file->policy_digest;
    b->report.source = file->source;
    b->report.source_version = file->server_version;
    b->report.source_security = "not connected: from a model";
    b->report.source_role = "none";
    b->report.model = ss_printable(b->arena, b->options->model);
    b->report.model_digest = digest;
    return SS_OK;
}

/* What belongs to none of the model's roles is the private server's own, whose name says nothing. */
static void
keep_roles(ss_catalog *catalog, const ss_model_file *file)
{
    size_t n = 0;

    for (size_t i = 0; i < catalog->nroles; i++)
    {
        for (size_t k = 0; k < file->nroles; k++)
        {
            if (strcmp(catalog->roles[i], file->roles[k]) == 0)
            {
                catalog->roles[n++] = catalog->roles[i];
                break;
            }
        }
    }
    catalog->nroles = n;
}

static ss_code
open_shelf(ss_build *b, const ss_model_store *store, const ss_model_file *file,
           const ss_model_archive *archive, ss_source *shelf, ss_error *err)
{
    const char *bindir = b->options->pg_bindir;
    ss_throwaway_options options;
    ss_endpoint endpoint;
    ss_error ignored;

    if (ss_programs_find_server(bindir, file->server_version / 10000, b->arena, &bindir,
                                &ignored) != SS_OK)
        bindir = b->options->pg_bindir;
    options = (ss_throwaway_options){.bindir = bindir,
                                     .dbname = "sandbox",
                                     .output = b->output,
                                     .folder = b->folder,
                                     .ntables = file->nentries};
    SS_TRY(ss_throwaway_start(b->arena, &options, b->watch, &endpoint, err));
    SS_TRY(ss_throwaway_roles(&endpoint, file->roles, file->nroles, b->watch, err));
    SS_TRY(ss_model_folder_restore(b, store, file, archive, &endpoint, err));
    SS_TRY(ss_source_open(endpoint.label, ".", NULL, b->options, b->watch, b->arena, shelf, err));
    keep_roles(shelf->catalog, file);
    b->source = shelf;
    SS_TRY(ss_programs_find(b->options->pg_bindir, shelf->catalog->server_version, b->folder,
                            b->arena, &b->programs, err));
    b->programs.archive = archive->descriptor;
    return SS_OK;
}

/* What stayed behind when the model was made, and what stays behind now. */
static void
report_stripped(ss_build *b, const ss_model_file *file)
{
    ss_report_stripped *all =
        ss_alloc(b->arena, file->nstripped + b->report.nstripped + 1, sizeof *all);

    for (size_t i = 0; i < file->nstripped; i++)
        all[i] = (ss_report_stripped){file->stripped[i].what, file->stripped[i].object,
                                      file->stripped[i].why};
    for (size_t i = 0; i < b->report.nstripped; i++)
        all[file->nstripped + i] = b->report.stripped[i];
    b->report.stripped = all;
    b->report.nstripped += file->nstripped;
}

static ss_code
run(ss_build *b, ss_result *result, ss_error *err)
{
    const char *output = b->options->output != NULL ? b->options->output : OUTPUT;
    ss_source *shelf = ss_alloc(b->arena, 1, sizeof *shelf);
    ss_synthesis synthesis = {0};
    ss_model_store store;
    ss_model_archive archive;
    ss_model_file file;
    ss_table_plan *tables;
    ss_plan *plan;

    SS_TRY(ss_endpoint_parse(b->options->target, ".", 1, b->arena, &b->endpoint, err));
    b->report.target = b->endpoint.label;
    ss_build_stage(b, "read the model");
    SS_TRY(ss_prepare_output(b, ss_path_absolute(b->arena, output), err));
    SS_TRY(read_model(b, &store, &file, err));
    SS_TRY(ss_model_folder_archive(&store, b->arena, &archive, err));
    ss_build_stage(b, "put the schema into a private server");
    SS_TRY(open_shelf(b, &store, &file, &archive, shelf, err));
    SS_TRY(
        ss_model_file_bind(&file, shelf->catalog, b->arena, &synthesis.model, &plan, &tables, err));
    SS_TRY(set_rows(b, shelf->catalog, tables, err));
    b->plan = plan;
    b->model = synthesis.model;
    b->report.undecided = plan->undecided;
    SS_TRY(ss_synthesis_seed(&synthesis, b, err));
    SS_TRY(ss_build_run(b, archive.file, ss_synthesis_make, &synthesis, err));
    report_stripped(b, &file);
    return ss_run_published(b, result, err);
}

ss_code
ss_command_generate(const ss_options *options, const ss_watch *watch, ss_result *result,
                    ss_error *err)
{
    ss_build b;
    ss_code code;

    ss_prepare(&b, "generate", options, watch);
    code = run(&b, result, err);
    ss_run_end(&b, code, result, err);
    ss_arena_free(b.arena);
    return code;
}
