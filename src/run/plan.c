/* sandseed plan SOURCE -o FILE | FILE [--grants ROLE] | --list-kinds: propose a policy, bring one up to date, say what role it needs or which kinds it may name. */
#include <string.h>
#include <unistd.h>

#include <sandseed/commands.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "classify/reference.h"
#include "policy/lock.h"
#include "policy/write.h"
#include "pseudonymise/pseudonymise.h"
#include "run/grants.h"
#include "run/kinds.h"
#include "run/policy_source.h"
#include "run/result_internal.h"
#include "run/subjects.h"

static ss_code
parse_mode(const char *text, ss_mode *mode, ss_error *err)
{
    *mode = SS_MODE_SYNTHESISE;
    for (int m = 0; m < SS_NMODES && text != NULL; m++)
    {
        if (strcmp(text, ss_mode_name((ss_mode) m)) == 0)
        {
            *mode = (ss_mode) m;
            return SS_OK;
        }
    }
    if (text == NULL)
        return SS_OK;
    return ss_fail(err, SS_EMEND, "unknown mode \"%.40s\": synthesise, pseudonymise, keep or empty",
                   text);
}

static json_t *
proposals_json(const ss_new_policy *p)
{
    json_t *list = json_array();

    for (size_t t = 0; t < p->catalog->ntables; t++)
    {
        if (p->keep_why[t] != NULL)
            (void) json_array_append_new(list, json_pack("{s:s, s:s}", "table",
                                                         p->catalog->tables[t].label, "why",
                                                         p->keep_why[t]));
    }
    return list;
}

/* As the policy's writer takes them; mode: of the tables, where they are new. */
static const ss_proposal *const *
proposals_of(const ss_catalog *catalog, const ss_classified *const *columns, ss_mode mode,
             ss_arena *arena)
{
    const ss_proposal **all = ss_alloc(arena, catalog->ntables + 1, sizeof *all);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        ss_proposal *list = ss_alloc(arena, catalog->tables[t].ncolumns + 1, sizeof *list);

        for (size_t c = 0; c < catalog->tables[t].ncolumns; c++)
        {
            list[c] = columns[t][c].proposal;
            if (mode != SS_MODE_PSEUDONYMISE)
                continue;
            ss_pseudonyms_propose(catalog, &catalog->tables[t], &catalog->tables[t].columns[c],
                                  &list[c], arena);
            ss_pseudonyms_propose_paths(catalog, &catalog->tables[t].columns[c], &columns[t][c],
                                        &list[c], arena);
        }
        if (mode == SS_MODE_PSEUDONYMISE)
            ss_pseudonyms_propose_alike(catalog, &catalog->tables[t], list, arena);
        all[t] = list;
    }
    return all;
}

/* Reference data, unless its rows are somebody's. */
static const char *const *
kept(const ss_source *source, const ss_classified *const *columns,
     const ss_subject_proposal *subjects, ss_arena *arena)
{
    const char *const *why = ss_classify_reference(source->catalog, columns, arena);
    const char **left = ss_alloc(arena, source->catalog->ntables + 1, sizeof *left);

    for (size_t t = 0; t < source->catalog->ntables; t++)
        left[t] = subjects[t].self || subjects[t].ncolumns > 0 ? NULL : why[t];
    return left;
}

static ss_code
refuse_existing(const char *file, ss_error *err)
{
    if (!ss_path_exists(file))
        return SS_OK;
    (void) ss_fail(err, SS_EMEND, "\"%s\" exists already", file);
    return ss_hint(err, "sandseed plan %s brings it up to date.", file);
}

static ss_code
plan_new(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result,
         ss_error *err)
{
    ss_new_policy p = {0};
    const ss_classified *const *columns;
    ss_endpoint endpoint, target;
    ss_source source;
    ss_buf policy = {0}, text = {0};
    size_t tables = 0, proposed = 0, empty = 0;
    bool noted;
    ss_code code;

    SS_TRY(refuse_existing(o->output, err));
    SS_TRY(parse_mode(o->mode, &p.mode, err));
    SS_TRY(ss_endpoint_parse(o->source, ".", 1, arena, &endpoint, err));
    if (o->target != NULL)
        SS_TRY(ss_endpoint_parse(o->target, ".", 1, arena, &target, err));
    SS_TRY(ss_source_open(o->source, ".", NULL, o, watch, arena, &source, err));
    p.catalog = source.catalog;
    /* A relative folder would otherwise be looked for beside the policy. */
    p.source = endpoint.kind == SS_ENDPOINT_SERVER ? o->source : endpoint.label;
    p.target = o->target;
    SS_TRY(ss_look_at_source(o, &source, watch, arena, &columns, err));
    SS_TRY(ss_look_at_subjects(o, &source, watch, arena, &p.subjects, err));
    p.proposals = proposals_of(source.catalog, columns, p.mode, arena);
    p.keep_why = kept(&source, columns, p.subjects, arena);
    p.empty_why = p.mode == SS_MODE_SYNTHESISE
                      ? ss_policy_why_empty(source.catalog, NULL, arena)
                      : ss_alloc(arena, source.catalog->ntables + 1, sizeof *p.empty_why);
    p.csv = source.csv;
    p.ncsv = source.ncsv;
    ss_policy_write(&p, &policy);
    /* Looking at the rows took its time. */
    code = refuse_existing(o->output, err);
    if (code == SS_OK)
        code = ss_file_write_over(o->output, policy.data, policy.len,
                                  o->policy_mode == 0 ? 0600 : o->policy_mode, err);
    ss_buf_done(&policy);
    if (code == SS_OK)
        code = ss_lock_update(o->output, source.catalog,
                              o->policy_mode == 0 ? 0600 : o->policy_mode, &noted, err);
    for (size_t t = 0; t < source.catalog->ntables; t++)
    {
        tables += !source.catalog->tables[t].is_partition;
        proposed += p.keep_why[t] != NULL;
        empty += p.empty_why[t] != NULL;
    }
    if (code == SS_OK)
    {
        ss_buf_printf(&text, "Wrote %s: %zu tables, mode %s.\n", ss_printable(arena, o->output),
                      tables, ss_mode_name(p.mode));
        ss_subjects_text(source.catalog, p.subjects, p.empty_why, arena, &text);
        if (proposed > 0)
            ss_buf_printf(
                &text,
                "%zu small table%s like reference data; the file proposes to keep %s, one "
                "line each to accept.\n",
                proposed, proposed == 1 ? " looks" : "s look", proposed == 1 ? "it" : "them");
        if (empty > 0)
            ss_buf_printf(&text,
                          "Warning: %zu table%s proposed empty, because no rows can be made for "
                          "%s; the file says why.\n",
                          empty, empty == 1 ? " is" : "s are", empty == 1 ? "it" : "them");
        ss_buf_printf(
            &text, "Next: read it, %sthen sandseed check %s\n",
            p.mode == SS_MODE_PSEUDONYMISE ? "make the key that it names (sandseed key new), " : "",
            ss_printable(arena, o->output));
        ss_result_set(result, &text,
                      json_pack("{s:s, s:s, s:s, s:I, s:o, s:o}", "command", "plan", "policy",
                                o->output, "mode", ss_mode_name(p.mode), "tables",
                                (json_int_t) tables, "subjects",
                                ss_subjects_json(source.catalog, p.subjects), "proposed_keep",
                                proposals_json(&p)));
    }
    ss_buf_done(&text);
    return code;
}

/* A table or column of CSV files comes into two sections, which is told once. */
static bool
is_told(const ss_policy_changes *changes, const ss_policy_change *change)
{
    for (size_t i = 0; i < changes->n && change->kind == SS_CHANGE_CSV; i++)
    {
        const ss_policy_change *c = &changes->list[i];

        if ((c->kind == SS_CHANGE_TABLE || c->kind == SS_CHANGE_COLUMN) &&
            strcmp(c->object, change->object) == 0)
            return true;
    }
    return false;
}

static size_t
count_changes(const ss_policy_changes *changes, ss_change_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < changes->n; i++)
        n += changes->list[i].kind == kind && !is_told(changes, &changes->list[i]);
    return n;
}

static void
update_text(const ss_policy_changes *changes, const char *file, ss_arena *arena, ss_buf *out)
{
    const size_t entries =
        count_changes(changes, SS_CHANGE_TABLE) + count_changes(changes, SS_CHANGE_COLUMN) +
        count_changes(changes, SS_CHANGE_TEXT) + count_changes(changes, SS_CHANGE_CSV);
    const size_t rules = count_changes(changes, SS_CHANGE_RULE);

    if (entries + rules + count_changes(changes, SS_CHANGE_DIGEST) == 0)
        ss_buf_printf(out, "%s is up to date.\n", ss_printable(arena, file));
    else
        ss_buf_printf(out, "%s: %zu new %s, %zu %s anew what %s.\n", ss_printable(arena, file),
                      entries, entries == 1 ? "entry" : "entries", rules,
                      rules == 1 ? "rule says" : "rules say",
                      rules == 1 ? "it covers" : "they cover");
    for (size_t i = 0; i < changes->n; i++)
    {
        const ss_policy_change *c = &changes->list[i];
        const char *object = ss_printable(arena, c->object);

        if (c->kind == SS_CHANGE_COVERED)
            ss_buf_printf(out, "covered   %s, by the rule \"%s\"\n", object,
                          ss_printable(arena, c->rule));
        else if (c->kind == SS_CHANGE_DIGEST)
            ss_buf_printf(out, "digest    %s, of its text as it is kept\n", object);
        else if (c->kind == SS_CHANGE_VANISHED)
            ss_buf_printf(out, "vanished  %s, at %s\n", object, ss_printable(arena, c->place));
        else if (c->kind != SS_CHANGE_RULE && !is_told(changes, c))
            ss_buf_printf(out, "new       %s\n", object);
    }
}

static ss_code
plan_update(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result,
            ss_error *err)
{
    ss_policy_changes changes = {0};
    const ss_classified *const *columns;
    const ss_subject_proposal *subjects;
    ss_policy *policy;
    ss_source source;
    ss_buf text = {0};
    bool noted;
    ss_code code;

    if (o->mode != NULL || o->target != NULL)
    {
        (void) ss_fail(err, SS_EMEND, "%s is there already: --%s says how a new policy begins",
                       o->policy, o->mode != NULL ? "mode" : "target");
        return ss_hint(err, "Write it into the file.");
    }
    code = ss_policy_open(o, watch, arena, &policy, &source, err);
    if (code != SS_OK && access(o->policy, F_OK) != 0)
        return ss_hint(err, "To have a new policy proposed: sandseed plan SOURCE -o policy.yaml.");
    SS_TRY(code);
    SS_TRY(ss_look_at_source(o, &source, watch, arena, &columns, err));
    SS_TRY(ss_look_at_subjects(o, &source, watch, arena, &subjects, err));
    SS_TRY(ss_policy_update(o->policy,
                            &(ss_new_policy){.catalog = source.catalog,
                                             .proposals = proposals_of(source.catalog, columns,
                                                                       SS_MODE_SYNTHESISE, arena),
                                             .subjects = subjects,
                                             .csv = source.csv,
                                             .ncsv = source.ncsv},
                            arena, &changes, err));
    SS_TRY(ss_lock_update(o->policy, source.catalog, 0600, &noted, err));
    update_text(&changes, o->policy, arena, &text);
    if (noted)
        ss_buf_printf(&text, "noted     types and declared values, in %s\n",
                      ss_printable(arena, ss_lock_path(arena, o->policy)));
    ss_result_set(result, &text,
                  json_pack("{s:s, s:s, s:o, s:b}", "command", "plan", "policy", o->policy,
                            "changes", ss_policy_changes_json(&changes), "lock_changed", noted));
    ss_buf_done(&text);
    return SS_OK;
}

ss_code
ss_command_plan(const ss_options *options, const ss_watch *watch, ss_result *result, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_code code = options->list_kinds       ? ss_plan_list_kinds(options, result, err)
                   : options->grants != NULL ? ss_plan_grants(options, watch, arena, result, err)
                   : options->output != NULL ? plan_new(options, watch, arena, result, err)
                                             : plan_update(options, watch, arena, result, err);

    ss_arena_free(arena);
    return code;
}
