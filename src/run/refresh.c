/*
 * sandseed refresh: check, learn, build, judge, publish, report: the job that runs at night.
 */
#include <sandseed/commands.h>

#include "base/file.h"
#include "base/try.h"
#include "run/prepare.h"
#include "run/run_report.h"
#include "run/synthesise.h"

static ss_code
find_target(ss_build *b, ss_error *err)
{
    const char *o = b->options->target;
    const char *to = o != NULL ? o : b->policy->target;

    if (to == NULL)
        return ss_fail(err, SS_EMEND, "%s names no target, and there is no --target",
                       b->options->policy);
    SS_TRY(ss_endpoint_parse(to, o != NULL ? "." : b->policy->target_folder, 1, b->arena,
                             &b->endpoint, err));
    b->report.target = b->endpoint.label;
    return SS_OK;
}

static ss_code
run(ss_build *b, ss_result *result, ss_error *err)
{
    ss_source *source = ss_alloc(b->arena, 1, sizeof *source);
    ss_synthesis synthesis = {0};
    const char *archive;

    SS_TRY(ss_prepare_policy(b, err));
    SS_TRY(find_target(b, err));
    SS_TRY(ss_prepare_output(b, b->policy->output, err));
    SS_TRY(ss_prepare_source(b, source, err));
    SS_TRY(ss_prepare_key(b, err));
    archive = ss_path_join(b->arena, b->folder, "schema.dump");
    b->resumes = true;
    SS_TRY(ss_build_begin(b, archive, err));
    if (!b->finished)
    {
        ss_build_stage(b, "learn");
        SS_TRY(ss_synthesis_learn(&synthesis, b, err));
        SS_TRY(ss_synthesis_seed(&synthesis, b, err));
    }
    SS_TRY(ss_build_run(b, archive, ss_synthesis_make, &synthesis, err));
    return ss_run_published(b, result, err);
}

ss_code
ss_command_refresh(const ss_options *options, const ss_watch *watch, ss_result *result,
                   ss_error *err)
{
    ss_build b;
    ss_code code;

    ss_prepare(&b, "refresh", options, watch);
    code = run(&b, result, err);
    ss_run_end(&b, code, result, err);
    ss_arena_free(b.arena);
    return code;
}
