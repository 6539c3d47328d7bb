/* sandseed inspect SOURCE | MODEL: what is in it. */
#include <sandseed/commands.h>

#include "base/try.h"
#include "report/inspect.h"
#include "report/inspect_model.h"
#include "run/model_folder.h"
#include "run/result_internal.h"
#include "run/source.h"

/* Reading it is checking it: see model/statistics_json.h. */
static ss_code
inspect_model(const ss_options *o, ss_arena *arena, ss_result *result, ss_error *err)
{
    ss_model_file file;
    const char *digest;
    ss_buf text = {0};

    SS_TRY(ss_model_folder_read(o->source, arena, &file, &digest, err));
    ss_inspect_model_text(&file, o->source, o->width, &text);
    ss_result_set(result, &text, ss_inspect_model_json(&file, o->source));
    ss_buf_done(&text);
    return SS_OK;
}

static ss_code
inspect(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result,
        ss_error *err)
{
    ss_source source;
    ss_buf text = {0};

    if (o->source == NULL)
        return ss_fail(err, SS_EMEND, "no source was given");
    if (ss_model_folder_is(o->source))
        return inspect_model(o, arena, result, err);
    SS_TRY(ss_source_open(o->source, ".", NULL, o, watch, arena, &source, err));
    const ss_inspect i = {.catalog = source.catalog,
                          .source = source.endpoint.label,
                          .security = ss_pg_security(ss_snapshot_pg(source.snapshot)),
                          .role = source.role};

    ss_inspect_text(&i, o->width, &text);
    ss_result_set(result, &text, ss_inspect_json(&i));
    ss_buf_done(&text);
    return SS_OK;
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
