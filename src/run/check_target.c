#include "run/check_target.h"

#include <string.h>

#include "base/try.h"
#include "load/preflight.h"
#include "load/target.h"
#include "load/target_roles.h"
#include "pg/cluster.h"

static ss_finding
finding_of(ss_severity severity, const char *object, const char *text, const char *mend)
{
    return (ss_finding){.severity = severity,
                        .code = SS_EMEND,
                        .about = "target",
                        .object = object,
                        .place = "",
                        .text = text,
                        .mend = mend};
}

/* Is there a server to look at?  One that a run would make or start is none. */
static ss_code
is_running(const ss_endpoint *endpoint, ss_arena *arena, ss_finding *finding, bool *running,
           ss_error *err)
{
    ss_cluster_status status;

    *running = endpoint->kind == SS_ENDPOINT_SERVER;
    if (endpoint->kind == SS_ENDPOINT_CSV)
        *finding = finding_of(SS_FINDING_WARNS, endpoint->label,
                              "what is in the folder was not looked at: a run does so first", "");
    if (endpoint->kind != SS_ENDPOINT_CLUSTER)
        return SS_OK;
    SS_TRY(ss_cluster_inspect(endpoint->folder, arena, &status, err));
    *running = status.exists && status.running;
    if (status.exists && !status.running)
        *finding = finding_of(SS_FINDING_WARNS, endpoint->label,
                              "its private server does not run: what it lacks was not looked for",
                              ss_strf(arena, "sandseed cluster start %s", endpoint->folder));
    return SS_OK;
}

static ss_code
look(ss_target *target, const ss_policy *policy, const ss_source *source, ss_arena *arena,
     ss_finding **findings, size_t *n, ss_error *err)
{
    ss_pg *from = ss_snapshot_pg(source->snapshot);
    ss_target_roles *roles;

    SS_TRY(ss_target_prove_different(target, from, err));
    SS_TRY(ss_target_roles_look(target, source->catalog, policy, arena, &roles, err));
    return ss_preflight(target, source->catalog, policy, roles, from, false, arena, findings, n,
                        err);
}

ss_code
ss_check_target(const ss_options *options, const ss_policy *policy, const ss_source *source,
                const ss_watch *watch, ss_arena *arena, ss_finding **findings, size_t *n,
                ss_error *err)
{
    const char *named = options->target != NULL ? options->target : policy->target;
    ss_finding *one = ss_alloc(arena, 1, sizeof *one);
    ss_endpoint endpoint = {.label = ""};
    ss_target *target = NULL;
    bool running = false;
    ss_code code;

    *findings = one;
    *n = 0;
    if (named == NULL)
    {
        *one = finding_of(SS_FINDING_STOPS, "", "neither the policy nor --target names a target",
                          "target: cluster:./sandbox");
        *n = 1;
        return SS_OK;
    }
    code = ss_endpoint_parse(named, options->target != NULL ? "." : policy->target_folder, 1, arena,
                             &endpoint, err);
    if (code == SS_OK)
        code = is_running(&endpoint, arena, one, &running, err);
    *n = one->text != NULL;
    if (code == SS_OK && running)
        code = ss_target_open(arena, &endpoint, watch, &target, err);
    if (code == SS_OK && running)
        code = look(target, policy, source, arena, findings, n, err);
    if (target != NULL)
        ss_target_close(target);
    if (code == SS_OK || code == SS_EINTERRUPTED)
        return code;
    *one = finding_of(SS_FINDING_STOPS, endpoint.label,
                      err->depth == 0 ? "" : ss_strdup(arena, err->line[0]),
                      ss_strdup(arena, err->hint));
    one->code = code;
    *findings = one;
    *n = 1;
    return SS_OK;
}
