#include "run/policy_source.h"

#include <string.h>

#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "classify/stated.h"
#include "policy/lock.h"
#include "run/evidence.h"
#include "run/fixed_columns.h"
#include "run/large_objects.h"
#include "run/pseudonym_trials.h"
#include "run/run_subset.h"
#include "secret/digest.h"

const char *
ss_policy_digest(const ss_policy *policy, const char *text, size_t n, ss_arena *arena)
{
    const char *digest = ss_digest(arena, text, n);
    const char *both;

    if (policy->base_digest == NULL)
        return digest;
    both = ss_strf(arena, "%s %s", digest, policy->base_digest);
    return ss_digest(arena, both, strlen(both));
}

ss_code
ss_policy_open(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_policy **policy,
               ss_source *source, ss_error *err)
{
    const char *text;

    SS_TRY(ss_policy_read(o->policy, arena, policy, err));
    text = o->source != NULL ? o->source : (*policy)->source;
    if (text == NULL)
        return ss_fail(err, SS_EMEND, "%s names no source, and there is no --source", o->policy);
    return ss_source_open(text, o->source != NULL ? "." : (*policy)->source_folder, *policy, o,
                          watch, arena, source, err);
}

ss_code
ss_policy_judge(const ss_policy *policy, const ss_source *source, ss_arena *arena, ss_plan **plan,
                ss_pseudonyms **pseudonyms, ss_error *err)
{
    SS_TRY(ss_policy_resolve(policy, source->catalog, arena, plan, err));
    ss_evidence_judge(*plan, arena);
    SS_TRY(ss_fixed_columns_judge(*plan, source, arena, err));
    ss_lock_judge(*plan, arena);
    ss_large_objects_judge(*plan, arena);
    *pseudonyms = ss_plan_pseudonymises(*plan) ? ss_pseudonyms_plan(*plan, arena) : NULL;
    if (*pseudonyms != NULL)
        SS_TRY(ss_pseudonym_trials_judge(*pseudonyms, source, arena, err));
    return ss_run_judge_subset(*plan, source, arena, err);
}

ss_code
ss_look_at_source(const ss_options *o, const ss_source *source, const ss_watch *watch,
                  ss_arena *arena, const ss_classified *const **columns, ss_error *err)
{
    ss_sample sample;

    SS_TRY(ss_stated_check(source->catalog, err));
    if (!o->no_rows)
    {
        SS_TRY(ss_sample_read(source->catalog, source->snapshot, ss_pool_cores(), watch, arena,
                              &sample, err));
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

static const char *const change_words[] = {
    [SS_CHANGE_TABLE] = "table", [SS_CHANGE_COLUMN] = "column",
    [SS_CHANGE_RULE] = "rule",   [SS_CHANGE_COVERED] = "covered",
    [SS_CHANGE_TEXT] = "text",   [SS_CHANGE_DIGEST] = "digest",
    [SS_CHANGE_CSV] = "csv",     [SS_CHANGE_VANISHED] = "vanished"};

json_t *
ss_policy_changes_json(const ss_policy_changes *changes)
{
    json_t *list = json_array();

    for (size_t i = 0; i < changes->n; i++)
    {
        const ss_policy_change *c = &changes->list[i];
        json_t *o = json_pack("{s:s, s:s}", "what", change_words[c->kind], "object", c->object);

        if (c->rule != NULL)
            (void) json_object_set_new(o, "rule", json_string(c->rule));
        if (c->place != NULL)
            (void) json_object_set_new(o, "place", json_string(c->place));
        if (c->covers != NULL)
            (void) json_object_set_new(o, "covers", json_string(c->covers));
        if (c->n > 0)
            (void) json_object_set_new(o, "columns", json_integer((json_int_t) c->n));
        (void) json_array_append_new(list, o);
    }
    return list;
}
