#include "run/prepare.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/leftovers.h"
#include "base/lock.h"
#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "catalog/texts.h"
#include "policy/lock.h"
#include "run/findings.h"
#include "run/policy_source.h"
#include "secret/token.h"

#define POLICY_LIMIT (16U << 20)

/* A run's own folder in output:, for the length of the run. */
#define RUN_PREFIX "run-"

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
    const int fd = ss_lock_take(path, O_RDWR | O_CREAT);

    if (fd < 0 && errno != EWOULDBLOCK)
        return ss_fail(err, SS_EMEND, "could not lock \"%s\": %s", path, strerror(errno));
    if (fd < 0)
    {
        (void) ss_fail(err, SS_ERETRY, "another run holds \"%s\"", path);
        return ss_hint(err, "Wait for it to end, or give this policy an output folder of its own.");
    }
    ss_arena_defer(arena, close_deferred, (void *) (intptr_t) fd);
    return SS_OK;
}

static void
remove_deferred(void *arg)
{
    const ss_leftover *folder = arg;

    (void) ss_folder_erase(folder->folder);
    ss_leftover_take_back(folder);
}

/* Folders of runs that were killed: the lock says that none of them is at work. */
static void
remove_leftovers(const char *output, ss_arena *arena)
{
    DIR *dir = opendir(output);
    ss_error ignored;

    for (struct dirent *e = dir == NULL ? NULL : readdir(dir); e != NULL; e = readdir(dir))
    {
        const char *id = e->d_name + strlen(RUN_PREFIX);

        if (strncmp(e->d_name, RUN_PREFIX, strlen(RUN_PREFIX)) == 0 && ss_secret_is_id(id))
            (void) ss_folder_remove(ss_path_join(arena, output, e->d_name), &ignored);
    }
    if (dir != NULL)
        (void) closedir(dir);
}

static const char *
stamp(ss_arena *arena)
{
    char text[SS_CLOCK_UTC];

    ss_clock_utc(text);
    return ss_strdup(arena, text);
}

void
ss_prepare(ss_build *b, const char *command, const ss_options *options, const ss_watch *watch)
{
    ss_arena *arena = ss_arena_new(NULL);

    *b = (ss_build){.options = options,
                    .watch = watch,
                    .arena = arena,
                    .id = ss_secret_id(arena),
                    .jobs = options->jobs != 0 ? options->jobs : ss_pool_cores(),
                    .began = ss_clock_s()};
    b->report = (ss_report){.id = b->id,
                            .generated_at = stamp(arena),
                            .command = command,
                            .result = "failed",
                            .seed = options->has_seed ? "given" : "random"};
}

ss_code
ss_prepare_output(ss_build *b, const char *output, ss_error *err)
{
    ss_leftover *folder = ss_alloc(b->arena, 1, sizeof *folder);

    b->output = output;
    SS_TRY(ss_folder_make(output, 0700, err));
    SS_TRY(take_lock(output, b->arena, err));
    remove_leftovers(output, b->arena);
    b->folder = ss_strf(b->arena, "%s/" RUN_PREFIX "%s", output, b->id);
    *folder = (ss_leftover){.folder = b->folder};
    ss_leftover_add(folder);
    ss_arena_defer(b->arena, remove_deferred, folder);
    return ss_folder_make(b->folder, 0700, err);
}

ss_code
ss_prepare_policy(ss_build *b, ss_error *err)
{
    const char *file = b->options->policy;
    ss_policy *policy;
    char *text;
    size_t n;

    SS_TRY(ss_policy_read(file, b->arena, &policy, err));
    SS_TRY(ss_lock_read(file, b->arena, &policy->lock, err));
    SS_TRY(ss_file_read(file, POLICY_LIMIT, b->arena, &text, &n, err));
    b->policy = policy;
    b->report.policy_file = ss_printable(b->arena, file);
    b->report.policy_digest = ss_policy_digest(policy, text, n, b->arena);
    b->report.people = policy->people;
    if (b->options->jobs == 0 && policy->jobs != 0)
        b->jobs = policy->jobs;
    return SS_OK;
}

static const char *
replacement(const void *policy, const char *object)
{
    const ss_text_rule *rule = ss_policy_text_rule(policy, object);

    return rule == NULL ? NULL : rule->with;
}

static ss_code
resolve(ss_build *b, ss_error *err)
{
    ss_plan *plan;

    ss_catalog_replace_texts(b->source->catalog, replacement, b->policy, b->arena);
    SS_TRY(ss_policy_judge(b->policy, b->source, b->arena, &plan, &b->pseudonyms, err));
    b->plan = plan;
    for (size_t i = 0; i < plan->nfindings; i++)
    {
        const ss_finding *f = &plan->findings[i];

        /* Who signed has been told. */
        if (f->what == SS_WHAT_PERSONAL_KEEP && f->severity == SS_FINDING_INFO)
            continue;
        ss_notice(b->watch, SS_WARNING, "%s%s%s%s%s", f->place, f->place[0] != '\0' ? ": " : "",
                  f->object, f->object[0] != '\0' ? ": " : "", f->text);
    }
    b->report.findings = plan->findings;
    b->report.nfindings = plan->nfindings;
    if (ss_findings_code(plan->findings, plan->nfindings, err) != SS_OK)
        return ss_hint(err, "sandseed check %s lists all of it.", b->options->policy);
    b->report.undecided = plan->undecided;
    return SS_OK;
}

ss_code
ss_prepare_source(ss_build *b, ss_source *source, ss_error *err)
{
    const ss_options *o = b->options;
    const char *from = o->source != NULL ? o->source : b->policy->source;

    ss_build_stage(b, "check the source");
    if (from == NULL)
        return ss_fail(err, SS_EMEND, "%s names no source, and there is no --source", o->policy);
    SS_TRY(ss_source_open(from, o->source != NULL ? "." : b->policy->source_folder, b->policy, o,
                          b->watch, b->arena, source, err));
    b->source = source;
    if (source->csv_folder != NULL)
        ss_build_skip_owners(b);
    ss_snapshot_limit(source->snapshot, b->policy->max_snapshot_age_s);
    SS_TRY(ss_source_refuse_privileged(source, o, err));
    SS_TRY(resolve(b, err));
    b->report.source = source->endpoint.label;
    b->report.source_version = source->catalog->server_version;
    b->report.source_security = ss_pg_security(ss_snapshot_pg(source->snapshot));
    b->report.source_role = source->role;
    return ss_programs_find(o->pg_bindir, source->catalog->server_version, b->folder, b->arena,
                            &b->programs, err);
}

void
ss_prepare_take_key(ss_build *b, const ss_sandbox_key *key)
{
    b->keys = key->room;
    b->report.key = (ss_report_key){.from = key->from,
                                    .sandbox = key->sandbox,
                                    .epoch = key->epoch,
                                    .fingerprint = key->fingerprint};
    ss_notice(b->watch, SS_DEBUG, "key %s of sandbox %s, epoch %s, from %s", key->fingerprint,
              key->sandbox, key->epoch, key->from);
}

ss_code
ss_prepare_key(ss_build *b, ss_error *err)
{
    const bool needed = ss_pseudonyms_need_key(b->pseudonyms) || b->plan->subset != NULL;
    ss_sandbox_key key;

    if (needed || b->policy->key != NULL)
        SS_TRY(ss_sandbox_key_open(b->options, b->policy, b->watch, b->arena, &key, err));
    else if (ss_sandbox_key_is_given(b->options))
        SS_TRY(ss_sandbox_key_open_given(b->options, NULL, NULL, b->watch, b->arena, &key, err));
    else
        return SS_OK;
    ss_prepare_take_key(b, &key);
    if (b->pseudonyms != NULL)
        ss_pseudonyms_open(b->pseudonyms, key.room);
    return SS_OK;
}
