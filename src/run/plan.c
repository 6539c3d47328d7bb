/* sandseed plan SOURCE -o FILE | FILE; sandseed sign; sandseed check. */
#include <string.h>
#include <unistd.h>

#include <sandseed/commands.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "classify/reference.h"
#include "policy/write.h"
#include "run/check_schema.h"
#include "run/check_target.h"
#include "run/findings.h"
#include "run/result_internal.h"
#include "run/source.h"

/* So much of what is undecided is said to people. */
#define UNDECIDED_TABLES  20
#define UNDECIDED_COLUMNS 8

typedef struct tally
{
    size_t tables[SS_NMODES];
    size_t columns[SS_NTREATMENTS];
    size_t undecided;
} tally;

static tally
count(const ss_plan *plan)
{
    tally n = {.undecided = plan->undecided};

    for (size_t t = 0; t < plan->catalog->ntables; t++)
    {
        const ss_table *table = &plan->catalog->tables[t];
        const ss_table_plan *p = &plan->tables[t];

        if (table->is_partition)
            continue;
        n.tables[p->mode]++;
        for (size_t c = 0; c < table->ncolumns && p->mode != SS_MODE_EMPTY; c++)
            n.columns[p->columns[c].treatment]++;
    }
    return n;
}

static void
tally_text(const tally *n, ss_buf *out)
{
    const char *separator = "Tables: ";

    for (int m = 0; m < SS_NMODES; m++)
    {
        if (n->tables[m] > 0)
        {
            ss_buf_printf(out, "%s%zu %s", separator, n->tables[m], ss_mode_name((ss_mode) m));
            separator = ", ";
        }
    }
    ss_buf_puts(out, ".\n");
    separator = "Columns: ";
    for (int t = 1; t < SS_NTREATMENTS; t++)
    {
        if (n->columns[t] > 0)
        {
            ss_buf_printf(out, "%s%zu %s", separator, n->columns[t],
                          ss_treatment_name((ss_treatment) t));
            separator = ", ";
        }
    }
    ss_buf_printf(out, "%s%zu undecided.\n", separator, n->undecided);
}

static json_t *
tally_json(const tally *n)
{
    json_t *tables = json_object(), *columns = json_object();

    for (int m = 0; m < SS_NMODES; m++)
        (void) json_object_set_new(tables, ss_mode_name((ss_mode) m),
                                   json_integer((json_int_t) n->tables[m]));
    for (int t = 1; t < SS_NTREATMENTS; t++)
        (void) json_object_set_new(columns, ss_treatment_name((ss_treatment) t),
                                   json_integer((json_int_t) n->columns[t]));
    return json_pack("{s:o, s:o, s:I}", "tables", tables, "columns", columns, "undecided_columns",
                     (json_int_t) n->undecided);
}

/* --- plan --------------------------------------------------------------------------------------- */

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

/* What there is to propose of every column; rows are looked at unless options say otherwise. */
static ss_code
classify(const ss_options *o, const ss_source *source, const ss_watch *watch, ss_arena *arena,
         const ss_classified *const **columns, ss_error *err)
{
    ss_sample sample;

    if (!o->no_rows)
    {
        SS_TRY(ss_sample_read(source->catalog, source->snapshot, watch, arena, &sample, err));
        if (sample.nunread > 0)
            ss_notice(
                watch, SS_WARNING,
                "the rows of %zu table%s, %s among them, could not be looked at: their columns "
                "are told by names and types alone",
                sample.nunread, sample.nunread == 1 ? "" : "s",
                ss_printable(arena, source->catalog->tables[sample.unread[0]].label));
    }
    *columns = ss_classify_columns(source->catalog, o->no_rows ? NULL : &sample, arena);
    return SS_OK;
}

/*
 * As the policy has them.  Into one that people own columns come undecided, with what they look like as the reason: nobody
 * has decided yet.
 */
static const ss_proposal *const *
proposals_of(const ss_catalog *catalog, const ss_classified *const *columns, bool undecided,
             ss_arena *arena)
{
    const ss_proposal **all = ss_alloc(arena, catalog->ntables + 1, sizeof *all);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        ss_proposal *list = ss_alloc(arena, catalog->tables[t].ncolumns + 1, sizeof *list);

        for (size_t c = 0; c < catalog->tables[t].ncolumns; c++)
        {
            const ss_proposal *p = &columns[t][c].proposal;

            list[c] = *p;
            if (!undecided || p->class == SS_CLASS_UNDECIDED ||
                (p->class == SS_CLASS_KEY && p->confidence == SS_CONFIDENCE_HIGH))
                continue;
            list[c] = (ss_proposal){
                .class = SS_CLASS_UNDECIDED,
                .why = ss_strf(arena, "looks like %s%s%s%s%s", ss_class_name(p->class),
                               p->kind == NULL ? "" : ", ", p->kind == NULL ? "" : p->kind,
                               p->why == NULL ? "" : ": ", p->why == NULL ? "" : p->why)};
        }
        all[t] = list;
    }
    return all;
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
    ss_code code;

    if (ss_path_exists(o->output))
    {
        (void) ss_fail(err, SS_EMEND, "\"%s\" exists already", o->output);
        return ss_hint(err, "sandseed plan %s brings it up to date.", o->output);
    }
    SS_TRY(parse_mode(o->mode, &p.mode, err));
    SS_TRY(ss_endpoint_parse(o->source, ".", 1, arena, &endpoint, err));
    if (o->target != NULL)
        SS_TRY(ss_endpoint_parse(o->target, ".", 1, arena, &target, err));
    SS_TRY(ss_source_open(o->source, ".", NULL, o, watch, arena, &source, err));
    p.catalog = source.catalog;
    /* A relative folder would otherwise be looked for beside the policy. */
    p.source = endpoint.kind == SS_ENDPOINT_SERVER ? o->source : endpoint.label;
    p.target = o->target;
    SS_TRY(classify(o, &source, watch, arena, &columns, err));
    p.proposals = proposals_of(source.catalog, columns, false, arena);
    p.keep_why = ss_classify_reference(source.catalog, columns, arena);
    p.empty_why = p.mode == SS_MODE_SYNTHESISE
                      ? ss_policy_why_empty(source.catalog, NULL, arena)
                      : ss_alloc(arena, source.catalog->ntables + 1, sizeof *p.empty_why);
    p.csv = source.csv;
    p.ncsv = source.ncsv;
    ss_policy_write(&p, &policy);
    code = ss_file_write_over(o->output, policy.data, policy.len,
                              o->policy_mode == 0 ? 0600 : o->policy_mode, err);
    ss_buf_done(&policy);
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
        if (proposed > 0)
            ss_buf_printf(&text,
                          "%zu small tables look like reference data; the file proposes to "
                          "keep them, one line each to accept.\n",
                          proposed);
        if (empty > 0)
            ss_buf_printf(&text,
                          "Warning: %zu table%s proposed empty, because no rows can be made for "
                          "%s; the file says why.\n",
                          empty, empty == 1 ? " is" : "s are", empty == 1 ? "it" : "them");
        ss_buf_printf(&text, "Next: read it, then sandseed check %s\n",
                      ss_printable(arena, o->output));
        ss_result_set(result, &text,
                      json_pack("{s:s, s:s, s:s, s:I, s:o}", "command", "plan", "policy", o->output,
                                "mode", ss_mode_name(p.mode), "tables", (json_int_t) tables,
                                "proposed_keep", proposals_json(&p)));
    }
    ss_buf_done(&text);
    return code;
}

static ss_code
open_policy(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_policy **policy,
            ss_source *source, ss_error *err)
{
    const char *text;

    SS_TRY(ss_policy_read(o->policy, arena, policy, err));
    text = o->source != NULL ? o->source : (*policy)->source;
    if (text == NULL)
        return ss_fail(err, SS_EMEND, "%s names no source, and there is no --source", o->policy);
    return ss_source_open(text, o->source != NULL ? "." : (*policy)->folder, *policy, o, watch,
                          arena, source, err);
}

static const char *const change_words[] = {"table", "column", "rule", "covered", "csv", "vanished"};

static json_t *
changes_json(const ss_policy_changes *changes)
{
    json_t *list = json_array();

    for (size_t i = 0; i < changes->n; i++)
    {
        const ss_policy_change *c = &changes->list[i];
        json_t *o = json_pack("{s:s, s:s}", "what", change_words[c->kind], "object", c->object);

        if (c->rule != NULL)
            (void) json_object_set_new(o, "rule", json_string(c->rule));
        if (c->covers != NULL)
            (void) json_object_set_new(o, "covers", json_string(c->covers));
        if (c->n > 0)
            (void) json_object_set_new(o, "columns", json_integer((json_int_t) c->n));
        (void) json_array_append_new(list, o);
    }
    return list;
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
    const size_t entries = count_changes(changes, SS_CHANGE_TABLE) +
                           count_changes(changes, SS_CHANGE_COLUMN) +
                           count_changes(changes, SS_CHANGE_CSV);
    const size_t rules = count_changes(changes, SS_CHANGE_RULE);

    if (entries + rules == 0)
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
        else if (c->kind == SS_CHANGE_VANISHED)
            ss_buf_printf(out, "vanished  %s\n", object);
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
    ss_policy *policy;
    ss_source source;
    ss_buf text = {0};
    ss_code code;

    if (o->mode != NULL || o->target != NULL)
    {
        (void) ss_fail(err, SS_EMEND, "%s is there already: --%s says how a new policy begins",
                       o->policy, o->mode != NULL ? "mode" : "target");
        return ss_hint(err, "Write it into the file.");
    }
    code = open_policy(o, watch, arena, &policy, &source, err);
    if (code != SS_OK && access(o->policy, F_OK) != 0)
        return ss_hint(err, "To have a new policy proposed: sandseed plan SOURCE -o policy.yaml.");
    SS_TRY(code);
    SS_TRY(classify(o, &source, watch, arena, &columns, err));
    SS_TRY(ss_policy_update(o->policy, source.catalog,
                            proposals_of(source.catalog, columns, true, arena), arena, &changes,
                            err));
    if (source.ncsv > 0)
        SS_TRY(ss_policy_update_csv(o->policy, source.csv, source.ncsv, arena, &changes, err));
    update_text(&changes, o->policy, arena, &text);
    ss_result_set(result, &text,
                  json_pack("{s:s, s:s, s:o}", "command", "plan", "policy", o->policy, "changes",
                            changes_json(&changes)));
    ss_buf_done(&text);
    return SS_OK;
}

ss_code
ss_command_plan(const ss_options *options, const ss_watch *watch, ss_result *result, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_code code = options->output != NULL ? plan_new(options, watch, arena, result, err)
                                           : plan_update(options, watch, arena, result, err);

    ss_arena_free(arena);
    return code;
}

/* --- check -------------------------------------------------------------------------------------- */

/* Every decision, as the run would have it; partitions follow their root. */
static json_t *
decisions_json(const ss_plan *plan, ss_arena *arena)
{
    json_t *list = json_array();

    for (size_t t = 0; t < plan->catalog->ntables; t++)
    {
        const ss_table *table = &plan->catalog->tables[t];
        const ss_table_plan *p = &plan->tables[t];
        json_t *columns = json_array();

        if (table->is_partition)
        {
            json_decref(columns);
            continue;
        }
        for (size_t c = 0; c < table->ncolumns && p->mode != SS_MODE_EMPTY; c++)
        {
            const ss_decision *d = &p->columns[c];

            (void) json_array_append_new(
                columns, json_pack("{s:s, s:s, s:s, s:b, s:s?, s:s?, s:s?}", "name",
                                   table->columns[c].name, "class", ss_class_name(d->class),
                                   "treatment", ss_treatment_name(d->treatment), "undecided",
                                   d->undecided, "why", d->why, "signed_by", d->signed_by, "rule",
                                   d->rule == NULL ? NULL : ss_policy_rule_name(d->rule, arena)));
        }
        (void) json_array_append_new(
            list, json_pack("{s:s, s:s, s:s?, s:s?, s:I, s:o}", "table", table->label, "mode",
                            ss_mode_name(p->mode), "why", p->why, "signed_by", p->signed_by,
                            "undecided_columns", (json_int_t) p->undecided, "columns", columns));
    }
    return list;
}

/* Of a table that is made; those of a kept one stop the run and are findings. */
static bool
has_undecided(const ss_plan *plan, size_t t)
{
    return !plan->catalog->tables[t].is_partition && plan->tables[t].undecided > 0 &&
           plan->tables[t].mode != SS_MODE_KEEP;
}

/* Which columns are undecided, a line a table; the result's JSON has all of them. */
static void
undecided_text(const ss_plan *plan, ss_arena *arena, ss_buf *out)
{
    size_t tables = 0;

    for (size_t t = 0; t < plan->catalog->ntables; t++)
    {
        const ss_table *table = &plan->catalog->tables[t];
        const ss_table_plan *p = &plan->tables[t];
        size_t said = 0;

        if (!has_undecided(plan, t) || tables++ >= UNDECIDED_TABLES)
            continue;
        ss_buf_printf(out, "undecided  %s: ", ss_printable(arena, table->label));
        for (size_t c = 0; c < table->ncolumns && said < UNDECIDED_COLUMNS; c++)
        {
            if (p->columns[c].undecided)
                ss_buf_printf(out, "%s%s", said++ == 0 ? "" : ", ",
                              ss_printable(arena, table->columns[c].name));
        }
        if (p->undecided > said)
            ss_buf_printf(out, " and %zu more", p->undecided - said);
        ss_buf_putc(out, '\n');
    }
    if (tables > UNDECIDED_TABLES)
        ss_buf_printf(out, "undecided  columns of %zu more table%s: --json lists all of them\n",
                      tables - UNDECIDED_TABLES, tables - UNDECIDED_TABLES == 1 ? "" : "s");
}

static ss_code
check(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result, ss_error *err)
{
    ss_policy *policy;
    ss_source source;
    ss_plan *plan;
    ss_buf text = {0};
    tally n;
    json_t *object;
    ss_finding *all, *of_target, *of_schema;
    ss_error privileged;
    size_t nall, ntarget, nschema, nstops = 0;

    SS_TRY(open_policy(o, watch, arena, &policy, &source, err));
    SS_TRY(ss_policy_resolve(policy, source.catalog, arena, &plan, err));
    SS_TRY(ss_check_target(o, policy, &source, watch, arena, &of_target, &ntarget, err));
    ss_check_schema(source.catalog, arena, &of_schema, &nschema);
    nall = plan->nfindings + ntarget + nschema;
    all = ss_alloc(arena, nall + 2, sizeof *all); /* and what is added below */
    if (plan->nfindings > 0)
        memcpy(all, plan->findings, plan->nfindings * sizeof *all);
    if (ntarget > 0)
        memcpy(all + plan->nfindings, of_target, ntarget * sizeof *all);
    if (nschema > 0)
        memcpy(all + plan->nfindings + ntarget, of_schema, nschema * sizeof *all);
    if (ss_plan_pseudonymises(plan))
        all[nall++] = (ss_finding){.severity = SS_FINDING_STOPS,
                                   .code = SS_EREFUSED,
                                   .about = "policy",
                                   .object = "",
                                   .place = "",
                                   .text = "this build cannot pseudonymise",
                                   .mend = "mode: synthesise, keep or empty"};
    if (ss_source_refuse_privileged(&source, o, &privileged) != SS_OK)
        all[nall++] = (ss_finding){.severity = SS_FINDING_STOPS,
                                   .code = privileged.code,
                                   .about = "source",
                                   .object = "",
                                   .place = "",
                                   .text = privileged.line[0],
                                   .mend = privileged.hint};
    for (size_t i = 0; i < nall; i++)
        nstops += all[i].severity == SS_FINDING_STOPS;
    n = count(plan);
    ss_findings_text(all, nall, &text);
    undecided_text(plan, arena, &text);
    tally_text(&n, &text);
    ss_buf_puts(&text, nstops == 0 ? "A refresh may begin.\n" : "A refresh would stop.\n");
    object = tally_json(&n);
    (void) json_object_set_new(object, "command", json_string("check"));
    (void) json_object_set_new(object, "policy", json_string(o->policy));
    (void) json_object_set_new(object, "decisions", decisions_json(plan, arena));
    (void) json_object_set_new(object, "findings", ss_findings_json(all, nall));
    (void) json_object_set_new(object, "stops", json_integer((json_int_t) nstops));
    ss_result_set(result, &text, object);
    ss_buf_done(&text);
    return ss_findings_code(all, nall, err);
}

ss_code
ss_command_check(const ss_options *options, const ss_watch *watch, ss_result *result, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_code code = check(options, watch, arena, result, err);

    ss_arena_free(arena);
    return code;
}

/* --- sign --------------------------------------------------------------------------------------- */

static ss_code
sign(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result, ss_error *err)
{
    ss_policy *policy;
    ss_source source;
    ss_buf text = {0};
    char date[SS_CLOCK_UTC];
    ss_policy_changes changes = {0};

    if (o->by == NULL || o->why == NULL)
        return ss_fail(err, SS_EMEND, "sign needs --by NAME and --why TEXT");
    ss_clock_utc(date);
    date[strlen("2026-11-25")] = '\0';
    SS_TRY(open_policy(o, watch, arena, &policy, &source, err));
    SS_TRY(ss_policy_sign(o->policy, source.catalog,
                          &(ss_policy_signing){.by = o->by,
                                               .date = date,
                                               .why = o->why,
                                               .patterns = o->patterns,
                                               .npatterns = o->npatterns},
                          arena, &changes, err));
    if (changes.n == 0)
        return ss_fail(err, SS_EMEND, "no entry of %s matches", o->policy);
    ss_buf_printf(&text, "Signed %zu %s of %s.\n", changes.n, changes.n == 1 ? "entry" : "entries",
                  ss_printable(arena, o->policy));
    ss_result_set(result, &text,
                  json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "command", "sign", "policy",
                            o->policy, "by", o->by, "date", date, "why", o->why, "signed",
                            changes_json(&changes)));
    ss_buf_done(&text);
    return SS_OK;
}

ss_code
ss_command_sign(const ss_options *options, const ss_watch *watch, ss_result *result, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_code code = sign(options, watch, arena, result, err);

    ss_arena_free(arena);
    return code;
}
