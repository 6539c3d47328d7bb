/* sandseed cluster start | stop | status DIR. */
#include <string.h>

#include <sandseed/commands.h>

#include "base/text.h"
#include "base/try.h"
#include "pg/cluster.h"
#include "run/result_internal.h"

/* DIR, or the same written as cluster:DIR. */
static const char *
folder_of(const ss_options *options, ss_arena *arena)
{
    const char *text = options->target;
    const char *query;

    if (strncmp(text, "cluster:", 8) != 0)
        return text;
    text += 8;
    query = strchr(text, '?');
    return query == NULL ? text : ss_strndup(arena, text, (size_t) (query - text));
}

static json_t *
optional(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static ss_code
describe(const char *folder, ss_arena *arena, ss_result *result, ss_error *err)
{
    ss_cluster_status s;
    ss_buf text = {0};
    const char *conninfo;

    SS_TRY(ss_cluster_inspect(folder, arena, &s, err));
    if (!s.exists)
        return ss_fail(err, SS_EMEND, "there is no private server in \"%s\"", s.socket_dir);
    conninfo = ss_cluster_conninfo(s.socket_dir, "postgres", arena);
    ss_buf_printf(&text, "PostgreSQL %d in %s, %s\n", s.version, ss_printable(arena, s.socket_dir),
                  s.running ? "running" : "stopped");
    if (s.running)
    {
        ss_buf_printf(&text, "Connect:  psql \"%s\"\n", conninfo);
        if (s.listen != NULL)
            ss_buf_printf(
                &text,
                "Over TCP: PGPASSFILE=%s psql \"host=%.*s port=%s user=sandbox dbname=sandbox\"\n",
                s.password_file == NULL ? "?" : s.password_file,
                (int) (strrchr(s.listen, ':') - s.listen), s.listen, strrchr(s.listen, ':') + 1);
        ss_buf_printf(&text, "Stop:     sandseed cluster stop %s\n",
                      ss_printable(arena, s.socket_dir));
    }
    else
        ss_buf_printf(&text, "Start:    sandseed cluster start %s\n",
                      ss_printable(arena, s.socket_dir));
    ss_result_set(result, &text,
                  json_pack("{s:s, s:i, s:b, s:i, s:s, s:o, s:o}", "folder", s.socket_dir,
                            "version", s.version, "running", s.running, "pid", s.pid, "conninfo",
                            conninfo, "listen", optional(s.listen), "password_file",
                            optional(s.password_file)));
    ss_buf_done(&text);
    return SS_OK;
}

ss_code
ss_command_cluster_start(const ss_options *options, const ss_watch *watch, ss_result *result,
                         ss_error *err)
{
    const ss_cluster_options o = {.bindir = options->pg_bindir, .listen = options->listen};
    ss_arena *arena = ss_arena_new(NULL);
    const char *folder = folder_of(options, arena);
    bool started;
    ss_code code = ss_cluster_start(folder, &o, watch, &started, err);

    if (code == SS_OK)
        code = describe(folder, arena, result, err);
    ss_arena_free(arena);
    return code;
}

ss_code
ss_command_cluster_stop(const ss_options *options, const ss_watch *watch, ss_result *result,
                        ss_error *err)
{
    const ss_cluster_options o = {.bindir = options->pg_bindir};
    ss_arena *arena = ss_arena_new(NULL);
    const char *folder = folder_of(options, arena);
    ss_code code = ss_cluster_stop(folder, &o, watch, err);

    if (code == SS_OK)
        code = describe(folder, arena, result, err);
    ss_arena_free(arena);
    return code;
}

ss_code
ss_command_cluster_status(const ss_options *options, const ss_watch *watch, ss_result *result,
                          ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_code code = describe(folder_of(options, arena), arena, result, err);

    (void) watch;
    ss_arena_free(arena);
    return code;
}
