/*
 * Drives load's target side and assess's gates for tests/db/target*.sh: a refresh without the data.
 *
 *     db_target_tool SOURCE TARGET FOLDER [option=value ...]
 *
 * Options: run=WORD, inputs=WORD, until=open|prove|preflight|begin|build|gates|finish|publish|crash,
 * owners=skip|stand-in, strip=EXTENSION, access=ROLE, write=ROLE, wait=SECONDS, terminate=1, keep=1,
 * substitute=1, catalogs=1 (compare without pg_dump), sabotage=SQL (in NAME__next, before the gates).  SIGINT interrupts.
 * Prints what it finds on stdout, errors on stderr; exits with the code.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assess/constraints.h"
#include "assess/schema_equal.h"
#include "catalog/read.h"
#include "load/archive.h"
#include "load/preflight.h"
#include "load/publish.h"
#include "pg/programs.h"
#include "pg/snapshot.h"

typedef struct tool
{
    ss_arena *arena;
    const char *run;
    const char *inputs;
    const char *until;
    const char *sabotage;
    bool catalogs;
    ss_policy policy;
    ss_extension_rule extension;
    ss_access access;
    ss_target *target;
    ss_snapshot *snapshot;
    ss_catalog *catalog;
    ss_programs programs;
    ss_archive *archive;
    ss_target_roles *roles;
    ss_db_facts facts;
    ss_watch watch;
} tool;

static void
notice(void *arg, ss_level level, const char *text)
{
    (void) arg;
    (void) level;
    printf("notice: %s\n", text);
}

static volatile sig_atomic_t stopped;

static void
on_signal(int sig)
{
    (void) sig;
    stopped = 1;
}

static bool
interrupted(void *arg)
{
    (void) arg;
    return stopped != 0;
}

static void
option(tool *t, const char *text)
{
    const char *v = strchr(text, '=') + 1;
    const size_t n = (size_t) (v - text);
    if (strncmp(text, "run=", n) == 0)
        t->run = v;
    else if (strncmp(text, "inputs=", n) == 0)
        t->inputs = v;
    else if (strncmp(text, "until=", n) == 0)
        t->until = v;
    else if (strncmp(text, "sabotage=", n) == 0)
        t->sabotage = v;
    else if (strncmp(text, "owners=", n) == 0)
    {
        t->policy.owners_skip = strcmp(v, "skip") == 0;
        t->policy.owners_stand_in = !t->policy.owners_skip;
    }
    else if (strncmp(text, "strip=", n) == 0)
    {
        t->extension = (ss_extension_rule){.name = v, .strip = true};
        t->policy.extensions = &t->extension;
        t->policy.nextensions = 1;
    }
    else if (strncmp(text, "access=", n) == 0 || strncmp(text, "write=", n) == 0)
    {
        t->access = (ss_access){.role = v, .read_only = text[0] == 'a'};
        t->policy.access = &t->access;
        t->policy.naccess = 1;
    }
    else if (strncmp(text, "wait=", n) == 0)
        t->policy.wait_s = (int) strtol(v, NULL, 10);
    else if (strncmp(text, "terminate=", n) == 0)
        t->policy.then_terminate = true;
    else if (strncmp(text, "keep=", n) == 0)
        t->policy.keep_previous = true;
    else if (strncmp(text, "catalogs=", n) == 0)
        t->catalogs = true;
    else if (strncmp(text, "substitute=", n) == 0)
        t->policy.locale_substitute = true;
    else
    {
        fprintf(stderr, "unknown option %s\n", text);
        exit(99);
    }
}

static bool
is_until(const tool *t, const char *stage)
{
    return strcmp(t->until, stage) == 0;
}

static void
print_findings(const ss_finding *list, size_t n, ss_code *code)
{
    for (size_t i = 0; i < n; i++)
    {
        printf("finding: %s %s: %s [%s]\n",
               list[i].severity == SS_FINDING_STOPS   ? "stops"
               : list[i].severity == SS_FINDING_WARNS ? "warns"
                                                      : "info",
               list[i].object, list[i].text, list[i].mend);
        if (list[i].severity == SS_FINDING_STOPS && list[i].code > *code)
            *code = list[i].code;
    }
}

static ss_code
look(tool *t, ss_endpoint *source, const ss_endpoint *target, ss_error *err)
{
    ss_code code = ss_target_open(t->arena, target, &t->watch, &t->target, err);
    if (code != SS_OK || is_until(t, "open"))
        return code;
    code = ss_snapshot_open(t->arena, source, &t->watch, &t->snapshot, err);
    if (code == SS_OK)
        code = ss_target_prove_different(t->target, ss_snapshot_pg(t->snapshot), err);
    if (code == SS_OK)
        printf("same cluster: %s\n", t->target->same_cluster ? "yes" : "no");
    if (code != SS_OK || is_until(t, "prove"))
        return code;
    ss_pg *pg = ss_snapshot_pg(t->snapshot);
    code = ss_catalog_read(pg, t->arena, t->arena, &t->catalog, err);
    if (code == SS_OK)
        code = ss_db_facts_read(pg, t->arena, &t->facts, err);
    if (code == SS_OK)
        code = ss_target_roles_look(t->target, t->catalog, &t->policy, t->arena, &t->roles, err);
    ss_finding *findings = NULL;
    size_t n = 0;
    if (code == SS_OK)
        code = ss_preflight(t->target, t->catalog, &t->policy, t->roles, pg, true, t->arena,
                            &findings, &n, err);
    ss_code stops = SS_OK;
    if (code == SS_OK)
        print_findings(findings, n, &stops);
    if (stops != SS_OK)
        return ss_fail(err, stops, "preflight stops");
    return code;
}

static ss_code
plan(tool *t, const char *folder, ss_error *err)
{
    const char *file = ss_strf(t->arena, "%s/schema.dump", folder);
    ss_code code =
        ss_programs_find(NULL, t->catalog->server_version, NULL, t->arena, &t->programs, err);
    if (code == SS_OK)
        code = ss_dump_schema(&t->programs, ss_snapshot_endpoint(t->snapshot),
                              ss_snapshot_id(t->snapshot), file, &t->watch, err);
    if (code == SS_OK)
        code = ss_archive_plan(&(ss_archive_input){.programs = &t->programs,
                                                   .file = file,
                                                   .catalog = t->catalog,
                                                   .policy = &t->policy,
                                                   .target = t->target,
                                                   .roles = t->roles,
                                                   .source = ss_snapshot_pg(t->snapshot)},
                               t->arena, &t->archive, err);
    if (code != SS_OK)
        return code;
    size_t n = 0;
    const ss_stripped *stripped = ss_archive_stripped(t->archive, &n);
    for (size_t i = 0; i < n; i++)
        printf("%s: %s %s (%s)\n", stripped[i].edited ? "edited" : "stripped", stripped[i].what,
               stripped[i].object, stripped[i].why);
    return SS_OK;
}

static ss_code
populate(tool *t, ss_pg *pg, ss_error *err)
{
    for (size_t i = 0; i < t->catalog->nviews; i++)
    {
        const ss_view *v = &t->catalog->views[i];
        if (!v->materialised || !v->populated)
            continue;
        const ss_code code = ss_pg_execf(pg, err, "REFRESH MATERIALIZED VIEW %s",
                                         ss_pg_qualified(t->arena, v->schema, v->name));
        if (code != SS_OK)
            return code;
    }
    return SS_OK;
}

static ss_code
gates(tool *t, ss_pg *pg, const char **skipped, size_t nskipped, ss_error *err)
{
    size_t n = 0;
    const ss_stripped *stripped = ss_archive_stripped(t->archive, &n);
    ss_assess_exempt *exempt = ss_alloc(t->arena, n, sizeof *exempt);
    for (size_t i = 0; i < n; i++)
        exempt[i] = (ss_assess_exempt){stripped[i].what, stripped[i].object};
    ss_gate all[] = {ss_gate_begin("schema-equal"), ss_gate_begin("constraints-valid"),
                     ss_gate_begin("row-counts")};
    uint64_t *planned = ss_alloc(t->arena, t->catalog->ntables, sizeof *planned);
    for (size_t i = 0; i < t->catalog->ntables; i++)
        planned[i] = ss_table_has_rows(&t->catalog->tables[i]) ? 0 : SS_ROWS_ANY;

    ss_code code = ss_archive_scratch(t->archive, t->target, t->run, &t->watch, err);
    const char *text = NULL, *scratch = NULL;
    if (code == SS_OK && !t->catalogs)
        code = ss_assess_dump(&t->programs, t->target->endpoint, t->target->version,
                              t->target->scratch.name, 0, &t->watch, t->arena, &scratch, err);
    if (code == SS_OK && scratch != NULL)
        code = ss_assess_dump(&t->programs, t->target->endpoint, t->target->version,
                              t->target->next.name, 0, &t->watch, t->arena, &text, err);
    if (code == SS_OK && text != NULL)
        ss_assess_texts_equal(text, scratch, t->arena, &all[0]);
    else if (code == SS_OK)
        code = ss_assess_catalogs_equal(t->target->endpoint, t->target->next.name,
                                        t->target->scratch.name, &t->watch, t->arena, &all[0], err);
    if (code == SS_OK)
        code = ss_target_drop(t->target, &t->target->scratch, err);
    const ss_assess_lists_options options = {.exempt = exempt,
                                             .nexempt = n,
                                             .owners_skipped = t->roles->owners == SS_OWNERS_SKIP,
                                             .locale_substituted = t->target->locale_note != NULL,
                                             .settings_skipped = skipped,
                                             .nsettings_skipped = nskipped};
    if (code == SS_OK)
        code = ss_assess_lists_equal(ss_snapshot_pg(t->snapshot), pg, &options, t->arena, &all[0],
                                     err);
    if (code == SS_OK)
        code = ss_assess_constraints(pg, t->catalog, t->arena, &all[1], err);
    if (code == SS_OK)
        code = ss_assess_row_counts(pg, t->catalog, planned, t->arena, &all[2], err);
    if (code != SS_OK)
        return code;
    for (size_t i = 0; i < 3; i++)
    {
        printf("gate %s: %s, %d compared\n", all[i].name, all[i].passed ? "passed" : "failed",
               (int) all[i].compared);
        for (size_t k = 0; k < all[i].nevidence; k++)
            printf("  %s: %s\n", all[i].evidence[k].object, all[i].evidence[k].text);
    }
    return ss_gates_verdict(all, 3, err);
}

static ss_code
build(tool *t, ss_error *err)
{
    ss_code code = ss_target_roles_create(t->target, t->roles, err);
    if (code == SS_OK)
        code = ss_target_begin(t->target, t->catalog, &t->policy, t->run, 2, err);
    if (code != SS_OK || is_until(t, "begin"))
        return code;
    if (code == SS_OK)
        code = ss_archive_restore_pre(t->archive, t->target, t->target->next.name, &t->watch, err);
    if (code == SS_OK)
        code =
            ss_archive_restore_post(t->archive, t->target, t->target->next.name, 2, &t->watch, err);
    const char **skipped = NULL;
    size_t nskipped = 0;
    ss_pg *pg = NULL;
    if (code == SS_OK)
        code = ss_target_connect(t->target, t->arena, &pg, err);
    if (code == SS_OK)
        code = populate(t, pg, err);
    if (code == SS_OK)
        code = ss_target_settings(t->target, &t->facts, t->arena, &skipped, &nskipped, err);
    if (code == SS_OK && t->sabotage != NULL)
        code = ss_pg_exec(pg, t->sabotage, err);
    if (code == SS_OK && !is_until(t, "build"))
        code = gates(t, pg, skipped, nskipped, err);
    ss_pg_close(pg);
    return code;
}

static ss_code
run(tool *t, ss_endpoint *source, const ss_endpoint *target, const char *folder, ss_error *err)
{
    ss_code code = look(t, source, target, err);
    if (code != SS_OK || is_until(t, "open") || is_until(t, "prove") || is_until(t, "preflight"))
        return code;
    if (ss_target_has_finished(t->target, t->inputs))
        printf("publishing what run %s finished\n", t->target->next.marker.run);
    else
    {
        code = plan(t, folder, err);
        if (code == SS_OK)
            code = build(t, err);
        if (code == SS_OK && is_until(t, "crash"))
            _exit(77);
        if (code == SS_OK && !is_until(t, "begin") && !is_until(t, "build") &&
            !is_until(t, "gates"))
            code = ss_target_finish(t->target, t->inputs, err);
    }
    if (code == SS_OK && is_until(t, "publish"))
        code = ss_publish(t->target, &t->policy, &t->facts, err);
    return code;
}

int
main(int argc, char **argv)
{
    tool t = {.arena = ss_arena_new(NULL),
              .run = "test",
              .until = "publish",
              .watch = {.notice = notice, .interrupted = interrupted}};
    (void) signal(SIGINT, on_signal);
    ss_error err = {0};
    ss_endpoint source = {0};
    ss_endpoint target = {0};
    if (argc < 4)
        return 99;
    for (int i = 4; i < argc; i++)
        option(&t, argv[i]);
    ss_code code = ss_endpoint_parse(argv[1], ".", 0, t.arena, &source, &err);
    if (code == SS_OK)
        code = ss_endpoint_parse(argv[2], ".", 0, t.arena, &target, &err);
    if (code == SS_OK)
        code = run(&t, &source, &target, argv[3], &err);
    if (code != SS_OK && t.target != NULL)
        ss_target_abandon(t.target);
    for (size_t i = 0; code != SS_OK && i < err.depth; i++)
        fprintf(stderr, "%s%s %s\n", i == 0 ? "error: " : "  ", err.line[i],
                i == 0 ? err.sqlstate : "");
    if (code != SS_OK && err.hint[0] != '\0')
        fprintf(stderr, "  hint: %s\n", err.hint);
    ss_arena_free(t.arena);
    return (int) code;
}
