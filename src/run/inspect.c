/* sandseed inspect SOURCE | MODEL | policy.yaml: what is in it. */
#include <string.h>
#include <sys/stat.h>

#include <sandseed/commands.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/lock.h"
#include "report/inspect.h"
#include "report/inspect_model.h"
#include "report/inspect_policy.h"
#include "run/findings.h"
#include "run/model_folder.h"
#include "run/policy_source.h"
#include "run/result_internal.h"
#include "run/subjects.h"

#define POLICY_LIMIT (16U << 20)

/* --- a model ------------------------------------------------------------------------------------ */

/* Under which key its files are encrypted. */
static void
tell_key(const ss_sandbox_key *key, ss_buf *text, json_t *object)
{
    if (key->room == NULL)
    {
        ss_buf_puts(text, "Its files are not encrypted.\n");
        return;
    }
    ss_buf_printf(text, "Its files are encrypted, under key %s of sandbox %s, epoch %s.\n",
                  key->fingerprint, key->sandbox, key->epoch);
    (void) json_object_set_new(object, "key",
                               json_pack("{s:s, s:s, s:s}", "fingerprint", key->fingerprint,
                                         "sandbox", key->sandbox, "epoch", key->epoch));
}

/* Reading it is checking it: see model/statistics_json.h. */
static ss_code
inspect_model(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result,
              ss_error *err)
{
    ss_model_store store;
    ss_sandbox_key key;
    ss_model_file file;
    const char *digest;
    ss_buf text = {0};
    json_t *object;

    SS_TRY(ss_model_store_open(o->source, o, watch, arena, &store, &key, err));
    SS_TRY(ss_model_folder_read(&store, arena, &file, &digest, err));
    ss_inspect_model_text(&file, o->source, o->width, &text);
    object = ss_inspect_model_json(&file, o->source);
    tell_key(&key, &text, object);
    ss_result_set(result, &text, object);
    ss_buf_done(&text);
    return SS_OK;
}

/* --- a policy ----------------------------------------------------------------------------------- */

/* Nothing else that is inspected is a file. */
static bool
is_policy(const char *text)
{
    const size_t n = strlen(text);
    struct stat s;

    if (stat(text, &s) == 0)
        return S_ISREG(s.st_mode);
    return (n > 5 && strcmp(text + n - 5, ".yaml") == 0) ||
           (n > 4 && strcmp(text + n - 4, ".yml") == 0);
}

static ss_code
inspect_policy(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result,
               ss_error *err)
{
    char *before, *after;
    size_t nbefore, n;
    char date[SS_CLOCK_UTC];
    ss_policy *policy;
    ss_source source;
    ss_policy_page page;
    ss_plan *plan;
    ss_pseudonyms *pseudonyms;
    ss_buf text = {0};
    json_t *object;

    SS_TRY(ss_file_read(o->policy, POLICY_LIMIT, arena, &before, &nbefore, err));
    if (ss_policy_open(o, watch, arena, &policy, &source, err) != SS_OK)
        return err->code == SS_ERETRY
                   ? ss_hint(err, "A policy is told of by its source; --source names another one, "
                                  "a standby say.")
                   : err->code;
    SS_TRY(ss_lock_read(policy->file, arena, &policy->lock, err));
    SS_TRY(ss_policy_judge(policy, &source, arena, &plan, &pseudonyms, err));
    SS_TRY(ss_file_read(o->policy, POLICY_LIMIT, arena, &after, &n, err));
    if (n != nbefore || memcmp(before, after, n) != 0)
        return ss_fail(err, SS_ERETRY, "%s has changed while it was read", o->policy);
    ss_clock_utc(date);
    date[strlen("2026-11-25")] = '\0';
    page = ss_policy_page_of(plan, o->policy, source.endpoint.label,
                             ss_policy_digest(policy, after, n, arena), date, arena);
    if (o->csv)
        ss_policy_page_csv(&page, &text);
    else
        ss_policy_page_text(&page, o->width, &text);
    object = ss_policy_page_json(&page);
    (void) json_object_set_new(object, "findings",
                               ss_findings_json(plan->findings, plan->nfindings));
    ss_result_set(result, &text, object);
    ss_buf_done(&text);
    return SS_OK;
}

/* --- a source ----------------------------------------------------------------------------------- */

/* The parts of a list between commas that no double quotes hold; empty ones are left out. */
static const char *const *
split(const char *list, ss_arena *arena, size_t *n)
{
    const char **parts = ss_alloc(arena, strlen(list) + 1, sizeof *parts);
    bool quoted = false;

    *n = 0;
    for (const char *from = list, *at = list;; at++)
    {
        quoted ^= *at == '"';
        if (*at != '\0' && (*at != ',' || quoted))
            continue;
        if (at > from)
            parts[(*n)++] = ss_strf(arena, "%.*s", (int) (at - from), from);
        if (*at == '\0')
            return parts;
        from = at + 1;
    }
}

/* Which classes are meant: by ss_class. */
static ss_code
parse_classes(const char *list, ss_arena *arena, const bool **classes, ss_error *err)
{
    bool *meant = ss_alloc(arena, SS_NCLASSES, sizeof *meant);
    size_t n;
    const char *const *words = split(list, arena, &n);
    ss_buf known = {0};

    for (size_t i = 0; i < n; i++)
    {
        int class = 0;

        while (class < SS_NCLASSES && strcmp(words[i], ss_class_names[class]) != 0)
            class ++;
        if (class < SS_NCLASSES)
        {
            meant[class] = true;
            continue;
        }
        for (class = 0; class < SS_NCLASSES; class ++)
            ss_buf_printf(&known, "%s%s", class == 0 ? "" : ", ", ss_class_names[class]);
        (void) ss_fail(err, SS_EMEND, "unknown class \"%.40s\": one of %s",
                       ss_printable(arena, words[i]), ss_buf_text(&known));
        ss_buf_done(&known);
        return err->code;
    }
    if (n == 0)
        return ss_fail(err, SS_EMEND, "--class names no class");
    *classes = meant;
    return SS_OK;
}

static ss_code
inspect_source(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result,
               ss_error *err)
{
    ss_source source;
    ss_inspect i = {.rows_seen = !o->no_rows};
    ss_buf text = {0};

    if (o->classes != NULL)
        SS_TRY(parse_classes(o->classes, arena, &i.classes, err));
    if (o->tables != NULL)
        i.globs = split(o->tables, arena, &i.nglobs);
    if (o->tables != NULL && i.nglobs == 0)
        return ss_fail(err, SS_EMEND, "--table names no table");
    SS_TRY(ss_source_open(o->source, ".", NULL, o, watch, arena, &source, err));
    SS_TRY(ss_look_at_source(o, &source, watch, arena, &i.columns, err));
    SS_TRY(ss_look_at_subjects(o, &source, watch, arena, &i.subjects, err));
    i.catalog = source.catalog;
    i.source = source.endpoint.label;
    i.security = ss_pg_security(ss_snapshot_pg(source.snapshot));
    i.role = source.role;
    ss_inspect_text(&i, o->width, &text);
    ss_result_set(result, &text, ss_inspect_json(&i));
    ss_buf_done(&text);
    return SS_OK;
}

/* --- which of them ------------------------------------------------------------------------------ */

/* An option that only another thing than this one takes; what: this one. */
static ss_code
takes_none(const ss_options *o, const char *what, ss_error *err)
{
    if (o->classes != NULL || o->tables != NULL)
        return ss_fail(err, SS_EMEND, "--%s is for a SOURCE, and %s is %s",
                       o->classes != NULL ? "class" : "table",
                       o->policy != NULL ? o->policy : o->source, what);
    return SS_OK;
}

/* What else is given may be a connection string, with a password in it. */
static ss_code
takes_no_key(const ss_options *o, ss_error *err)
{
    if (ss_sandbox_key_is_given(o))
        return ss_fail(err, SS_EMEND, "--%s is for an encrypted MODEL, and this is none",
                       o->key != NULL   ? "key"
                       : o->key_fd != 0 ? "key-fd"
                                        : "passphrase-file");
    return SS_OK;
}

static ss_code
inspect(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result,
        ss_error *err)
{
    ss_options of_policy = *o;

    if (o->source == NULL && o->policy == NULL)
        return ss_fail(err, SS_EMEND, "no source was given");
    if (o->policy == NULL && is_policy(o->source))
    {
        of_policy.policy = o->source;
        of_policy.source = NULL;
    }
    if (of_policy.policy != NULL && is_policy(of_policy.policy))
    {
        SS_TRY(takes_none(&of_policy, "a policy", err));
        SS_TRY(takes_no_key(&of_policy, err));
        return inspect_policy(&of_policy, watch, arena, result, err);
    }
    if (of_policy.policy != NULL)
        return ss_fail(err, SS_EMEND, "--source is for a policy, and %.200s is none",
                       of_policy.policy);
    if (o->csv)
        return ss_fail(err, SS_EMEND, "--csv is for a policy, and %.200s is none", o->source);
    if (ss_model_folder_is(o->source))
    {
        SS_TRY(takes_none(o, "a model", err));
        return inspect_model(o, watch, arena, result, err);
    }
    SS_TRY(takes_no_key(o, err));
    return inspect_source(o, watch, arena, result, err);
}

ss_code
ss_command_inspect(const ss_options *options, const ss_watch *watch, ss_result *result,
                   ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_code code = inspect(options, watch, arena, result, err);

    ss_arena_free(arena);
    return code;
}
