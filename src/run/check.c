/* sandseed check: a policy held against its source and target. */
#include <string.h>

#include <sandseed/commands.h>

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "policy/lock.h"
#include "run/check_role.h"
#include "run/check_schema.h"
#include "run/check_target.h"
#include "run/findings.h"
#include "run/policy_source.h"
#include "run/result_internal.h"
#include "run/sandbox_key.h"

/* So much of what is undecided is said to people. */
#define UNDECIDED_TABLES  20
#define UNDECIDED_COLUMNS 8

typedef struct tally
{
    size_t tables[SS_NMODES];
    size_t columns[SS_NTREATMENTS];
    size_t undecided; /* of tables that are made: they run as shape */
    size_t stopping;  /* of kept ones */
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
        n.stopping += p->mode == SS_MODE_KEEP ? p->undecided : 0;
        for (size_t c = 0; c < table->ncolumns && p->mode != SS_MODE_EMPTY; c++)
            n.columns[p->columns[c].treatment]++;
    }
    return n;
}

static void
tally_text(const tally *n, ss_buf *out)
{
    const size_t undecided = n->undecided + n->stopping;
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
    if (undecided == 0)
        ss_buf_puts(out, "; none is undecided.\n");
    else
        ss_buf_printf(out, "; %zu of them %s undecided.\n", undecided,
                      undecided == 1 ? "is" : "are");
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
                columns,
                json_pack("{s:s, s:s, s:s, s:b, s:s?, s:s?, s:s?, s:s?}", "name",
                          table->columns[c].name, "class", ss_class_name(d->class), "treatment",
                          ss_treatment_name(d->treatment), "undecided", d->undecided, "why", d->why,
                          "references", d->references, "signed_by", d->signed_by, "rule",
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

/* Of what --fail-on names, something is there that would only warn: the code of the run that would go on. */
static ss_code
refuse_named(const ss_finding *all, size_t n, size_t undecided, const bool fail_on[SS_NWHATS],
             ss_error *err)
{
    for (size_t i = 0; i < n; i++)
    {
        if (all[i].severity == SS_FINDING_INFO || !fail_on[all[i].what])
            continue;
        (void) ss_fail(err, SS_EREFUSED, "%s%s%.200s", all[i].object,
                       all[i].object[0] != '\0' ? ": " : "", all[i].text);
        (void) ss_note(err, "--fail-on names \"%s\"", ss_what_names[all[i].what]);
        if (all[i].mend != NULL && all[i].mend[0] != '\0')
            (void) ss_hint(err, "%s", all[i].mend);
        return err->code;
    }
    if (undecided > 0 && fail_on[SS_WHAT_UNDECIDED])
    {
        (void) ss_fail(err, SS_EREFUSED, "%zu column%s undecided", undecided,
                       undecided == 1 ? " is" : "s are");
        (void) ss_note(err, "--fail-on names \"%s\"", ss_what_names[SS_WHAT_UNDECIDED]);
        return ss_hint(err, "Give each a class in the policy.");
    }
    return SS_OK;
}

static void
put(ss_finding *all, size_t *nall, const ss_finding *list, size_t n)
{
    if (n > 0)
        memcpy(all + *nall, list, n * sizeof *list);
    *nall += n;
}

/* Is the key to be had that a refresh would ask for? */
static ss_code
open_key(const ss_options *o, const ss_policy *policy, const ss_pseudonyms *pseudonyms,
         const ss_watch *watch, ss_arena *arena, ss_error *err)
{
    ss_sandbox_key key;

    if (ss_pseudonyms_need_key(pseudonyms) || policy->key != NULL)
        return ss_sandbox_key_open(o, policy, watch, arena, &key, err);
    if (ss_sandbox_key_is_given(o))
        return ss_sandbox_key_open_given(o, NULL, NULL, watch, arena, &key, err);
    return SS_OK;
}

static ss_code
check(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result, ss_error *err)
{
    ss_policy *policy;
    ss_source source;
    ss_plan *plan;
    ss_pseudonyms *pseudonyms;
    ss_buf text = {0};
    tally n;
    json_t *object;
    ss_finding *all, *of_schema, *of_target, *of_role;
    ss_error privileged, keyless = {.code = SS_OK};
    size_t nall = 0, nschema, ntarget, nrole, nstops = 0;
    bool fail_on[SS_NWHATS] = {false};
    ss_code code;

    SS_TRY(ss_fail_on_parse(o->fail_on, fail_on, err));
    SS_TRY(ss_policy_open(o, watch, arena, &policy, &source, err));
    SS_TRY(ss_lock_read(policy->file, arena, &policy->lock, err));
    SS_TRY(ss_policy_judge(policy, &source, arena, &plan, &pseudonyms, err));
    SS_TRY(ss_check_schema(o, &source, plan, watch, arena, &of_schema, &nschema, err));
    SS_TRY(ss_check_target(o, policy, &source, watch, arena, &of_target, &ntarget, err));
    SS_TRY(ss_check_roles(o, &source, plan, watch, arena, &of_role, &nrole, err));
    all = ss_alloc(arena, plan->nfindings + nschema + ntarget + nrole + 3,
                   sizeof *all); /* and what is added below */
    put(all, &nall, plan->findings, plan->nfindings);
    put(all, &nall, of_schema, nschema);
    put(all, &nall, of_target, ntarget);
    put(all, &nall, of_role, nrole);
    if (open_key(o, policy, pseudonyms, watch, arena, &keyless) != SS_OK)
        all[nall++] = (ss_finding){.severity = SS_FINDING_STOPS,
                                   .code = keyless.code,
                                   .about = "policy",
                                   .object = "",
                                   .place = "",
                                   .text = ss_printable(arena, keyless.line[0]),
                                   .mend = ss_printable(arena, keyless.hint),
                                   .what = SS_WHAT_KEY};
    SS_TRY(ss_check_interrupt(watch, err));
    if (policy->lock == NULL)
        all[nall++] = (ss_finding){
            .severity = SS_FINDING_INFO,
            .about = "policy",
            .object = "",
            .place = "",
            .text = "no lock file says what types were, so retyped columns "
                    "and new labels are not seen",
            .mend = ss_strf(arena, "sandseed plan %s writes it", ss_printable(arena, o->policy)),
            .what = SS_WHAT_RETYPED};
    if (ss_source_refuse_privileged(&source, o, &privileged) != SS_OK)
        all[nall++] = (ss_finding){.severity = SS_FINDING_STOPS,
                                   .code = privileged.code,
                                   .about = "source",
                                   .object = "",
                                   .place = "",
                                   .text = privileged.line[0],
                                   .mend = privileged.hint,
                                   .what = SS_WHAT_RIGHTS};
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
    code = ss_findings_code(all, nall, err);
    return code != SS_OK ? code : refuse_named(all, nall, n.undecided, fail_on, err);
}

ss_code
ss_command_check(const ss_options *options, const ss_watch *watch, ss_result *result, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_code code = check(options, watch, arena, result, err);

    ss_arena_free(arena);
    return code;
}
