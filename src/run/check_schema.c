#include "run/check_schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/leftovers.h"
#include "base/text.h"
#include "base/try.h"
#include "load/archive.h"

static void
remove_deferred(void *arg)
{
    const ss_leftover *folder = arg;

    (void) ss_folder_erase(folder->folder);
    ss_leftover_take_back(folder);
}

/* For as long as the arena lives. */
static ss_code
make_folder(ss_arena *arena, const char **folder, ss_error *err)
{
    const char *tmp = getenv("TMPDIR");
    char *path =
        ss_strf(arena, "%s/sandseed-check-XXXXXX", tmp == NULL || tmp[0] == '\0' ? "/tmp" : tmp);
    ss_leftover *leftover = ss_alloc(arena, 1, sizeof *leftover);

    if (mkdtemp(path) == NULL)
        return ss_fail(err, SS_EMEND, "could not make a folder for the schema's archive: %s",
                       strerror(errno));
    *leftover = (ss_leftover){.folder = path};
    ss_leftover_add(leftover);
    ss_arena_defer(arena, remove_deferred, leftover);
    *folder = path;
    return SS_OK;
}

/* A role that may not read a table cannot dump it, which is told by that. */
static bool
may_dump(const ss_plan *plan)
{
    for (size_t i = 0; i < plan->nfindings; i++)
    {
        if (plan->findings[i].what == SS_WHAT_RIGHTS &&
            plan->findings[i].severity == SS_FINDING_STOPS)
            return false;
    }
    return true;
}

/* Every role is taken as there: names of roles are no text of the schema. */
static ss_code
look(const ss_options *o, const ss_source *source, const ss_plan *plan, const ss_watch *watch,
     ss_arena *arena, ss_archive_doubts *doubts, ss_error *err)
{
    static const ss_target target = {.superuser = true};
    static const ss_target_roles roles = {.owners = SS_OWNERS_AS_IS};
    ss_programs programs;
    ss_archive *archive;
    ss_archive_input input = {.programs = &programs,
                              .catalog = source->catalog,
                              .policy = plan->policy,
                              .target = &target,
                              .roles = &roles,
                              .source = ss_snapshot_pg(source->snapshot),
                              .doubts = doubts};
    const char *folder = NULL;

    SS_TRY(make_folder(arena, &folder, err));
    SS_TRY(ss_programs_find(o->pg_bindir, source->catalog->server_version, folder, arena, &programs,
                            err));
    input.file = ss_path_join(arena, folder, "schema.dump");
    SS_TRY(ss_dump_schema(&programs, source->schema, ss_snapshot_id(source->snapshot), input.file,
                          watch, err));
    return ss_archive_plan(&input, arena, &archive, err);
}

/* What the catalog's texts have told is not told again. */
static bool
is_told(const ss_plan *plan, const char *object)
{
    for (size_t i = 0; i < plan->nfindings; i++)
    {
        const ss_finding *f = &plan->findings[i];

        if (f->severity == SS_FINDING_STOPS &&
            (f->what == SS_WHAT_PERSONAL_TEXT || f->what == SS_WHAT_UNSIGNED) &&
            strcmp(f->object, object) == 0)
            return true;
    }
    return false;
}

/* An entry of the policy for something that pg_dump alone knows is needed, whatever the catalog's texts say. */
static void
drop_belied(ss_plan *plan, const ss_map *looked_at)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->nfindings; i++)
    {
        const ss_finding *f = &plan->findings[i];

        if (f->what != SS_WHAT_VANISHED || ss_policy_text_rule(plan->policy, f->object) == NULL ||
            ss_map_get(looked_at, f->object) == NULL)
            plan->findings[n++] = *f;
    }
    plan->nfindings = n;
}

ss_code
ss_check_schema(const ss_options *options, const ss_source *source, ss_plan *plan,
                const ss_watch *watch, ss_arena *arena, ss_finding **findings, size_t *n,
                ss_error *err)
{
    ss_archive_doubts doubts = {.looked_at = ss_map_new(arena)};
    ss_code code = SS_OK;

    *findings = NULL;
    *n = 0;
    if (may_dump(plan))
        code = look(options, source, plan, watch, arena, &doubts, err);
    if (code == SS_EINTERRUPTED)
        return code;
    drop_belied(plan, doubts.looked_at);
    *findings = ss_alloc(arena, doubts.n + 1, sizeof **findings);
    for (size_t i = 0; i < doubts.n; i++)
    {
        if (!is_told(plan, doubts.list[i].finding.object))
            (*findings)[(*n)++] = doubts.list[i].finding;
    }
    if (code != SS_OK)
        (*findings)[(*n)++] =
            (ss_finding){.severity = SS_FINDING_STOPS,
                         .code = code,
                         .about = "source",
                         .what = SS_WHAT_TARGET,
                         .object = "",
                         .place = "",
                         .text = err->depth == 0 ? "" : ss_strdup(arena, err->line[0]),
                         .mend = ss_strdup(arena, err->hint)};
    return SS_OK;
}
