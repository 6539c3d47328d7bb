#include "pg/programs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/try.h"
#include "pg/cluster.h"
#include "pg/locks.h"
#include "pg/pg_internal.h"
#include "pg/program_output.h"

#define PACKAGES  "/usr/lib/postgresql"
#define LOCK_WAIT "60000" /* ms; design 5.14: production is never held up */

/* --- where they are ----------------------------------------------------------------------------- */

/* What a program says of its version, as long as the file is the same: a run asks for it many times. */
typedef struct known_version
{
    const struct known_version *next;
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec changed;
    char *path, *text;
} known_version;

static const known_version *known_versions;
static pthread_mutex_t known_versions_lock = PTHREAD_MUTEX_INITIALIZER;

static bool
is_of(const known_version *v, const char *path, const struct stat *st)
{
    return strcmp(v->path, path) == 0 && v->dev == st->st_dev && v->ino == st->st_ino &&
           v->size == st->st_size && v->changed.tv_sec == st->st_mtim.tv_sec &&
           v->changed.tv_nsec == st->st_mtim.tv_nsec;
}

static const char *
known_text(const char *path, const struct stat *st)
{
    const known_version *v;

    (void) pthread_mutex_lock(&known_versions_lock);
    for (v = known_versions; v != NULL && !is_of(v, path, st); v = v->next)
        continue;
    (void) pthread_mutex_unlock(&known_versions_lock);
    return v == NULL ? NULL : v->text;
}

/* It stays to the end of the process. */
static void
know(const char *path, const struct stat *st, const char *text)
{
    known_version *v = ss_must(malloc(sizeof *v));

    *v = (known_version){.dev = st->st_dev,
                         .ino = st->st_ino,
                         .size = st->st_size,
                         .changed = st->st_mtim,
                         .path = ss_must(strdup(path)),
                         .text = ss_must(strdup(text))};
    (void) pthread_mutex_lock(&known_versions_lock);
    v->next = known_versions;
    known_versions = v;
    (void) pthread_mutex_unlock(&known_versions_lock);
}

const char *
ss_programs_version_text(const char *bindir, const char *name, ss_arena *result)
{
    const char *argv[] = {ss_path_join(result, bindir, name), "--version", NULL};
    ss_buf out = {0};
    const ss_proc_options options = {.argv = argv, .out = &out, .timeout_s = 20};
    const char *text = "";
    struct stat st;
    ss_error ignored;
    int status;

    if (access(argv[0], X_OK) != 0 || stat(argv[0], &st) != 0)
        return text;
    if (known_text(argv[0], &st) != NULL)
        return known_text(argv[0], &st);
    if (ss_proc_run(&options, NULL, &status, &ignored) == SS_OK && status == 0)
    {
        text = ss_strndup(result, ss_buf_text(&out), strcspn(ss_buf_text(&out), "\n"));
        know(argv[0], &st, text);
    }
    ss_buf_done(&out);
    return text;
}

/* The version that bindir/name says it has; 0 when it does not run. */
static int
version_of(const char *bindir, const char *name)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const int version = ss_program_version(ss_programs_version_text(bindir, name, scratch));

    ss_arena_free(scratch);
    return version;
}

typedef struct candidates
{
    const char **dir;
    size_t n, capacity;
} candidates;

static void
add_candidate(candidates *c, ss_arena *arena, const char *dir)
{
    for (size_t i = 0; i < c->n; i++)
    {
        if (strcmp(c->dir[i], dir) == 0)
            return;
    }
    c->dir = ss_grow(arena, c->dir, c->n, &c->capacity, sizeof *c->dir);
    c->dir[c->n++] = dir;
}

/* The folders that may hold PostgreSQL's programs: that of Debian's packages for major first. */
static const char **
program_folders(const char *bindir, int major, ss_arena *arena, size_t *n)
{
    candidates c = {0};
    const char *path = getenv("PATH");
    DIR *packages;
    const struct dirent *entry;

    if (bindir != NULL)
    {
        add_candidate(&c, arena, ss_path_absolute(arena, bindir));
        *n = c.n;
        return c.dir;
    }
    add_candidate(&c, arena, ss_strf(arena, PACKAGES "/%d/bin", major));
    packages = opendir(PACKAGES);
    while (packages != NULL && (entry = readdir(packages)) != NULL)
    {
        uint64_t number;

        if (ss_parse_u64(entry->d_name, &number))
            add_candidate(&c, arena, ss_strf(arena, PACKAGES "/%s/bin", entry->d_name));
    }
    if (packages != NULL)
        (void) closedir(packages);
    while (path != NULL && *path != '\0')
    {
        const size_t length = strcspn(path, ":");

        /* Relative parts of PATH are not for programs that see a production database. */
        if (path[0] == '/')
            add_candidate(&c, arena, ss_strndup(arena, path, length));
        path += length + (path[length] == ':');
    }
    *n = c.n;
    return c.dir;
}

static ss_code
not_found(const char *bindir, int newest, const char *newest_dir, int server_version, ss_error *err)
{
    const char *where = bindir != NULL ? bindir : PACKAGES "/*/bin and PATH";
    const int major = server_version / 10000;

    if (newest == 0)
    {
        (void) ss_fail(err, SS_EMEND, "found no pg_dump and pg_restore in %s", where);
        return ss_hint(err, "Install Debian's package postgresql-client, or name the folder with "
                            "--pg-bindir.");
    }
    (void) ss_fail(err, SS_EMEND,
                   "the server is PostgreSQL %d, and the newest pg_dump found is %d.%d (%s)", major,
                   newest / 10000, newest % 10000, newest_dir);
    return ss_hint(err,
                   "pg_dump must not be older than the server: install postgresql-client-%d (from "
                   "apt.postgresql.org if Debian has none), or name its folder with --pg-bindir.  "
                   "Searched: %s.",
                   major, where);
}

ss_code
ss_programs_find(const char *bindir, int server_version, const char *folder, ss_arena *result,
                 ss_programs *programs, ss_error *err)
{
    size_t n;
    const char **folders = program_folders(bindir, server_version / 10000, result, &n);
    const char *best_dir = NULL, *newest_dir = NULL;
    int best = 0, newest = 0;

    for (size_t i = 0; i < n; i++)
    {
        const int version = version_of(folders[i], "pg_dump");

        if (version == 0 || version_of(folders[i], "pg_restore") / 10000 != version / 10000)
            continue;
        if (version > newest)
        {
            newest = version;
            newest_dir = folders[i];
        }
        if (version / 10000 < server_version / 10000)
            continue;
        if (best == 0 || version / 10000 < best / 10000 ||
            (version / 10000 == best / 10000 && version > best))
        {
            best = version;
            best_dir = folders[i];
        }
        /* Nothing is better, and in PATH there may be wrappers that take their time. */
        if (version / 10000 == server_version / 10000)
            break;
    }
    if (best == 0)
        return not_found(bindir, newest, newest_dir, server_version, err);
    *programs = (ss_programs){.bindir = best_dir, .version = best, .folder = folder};
    return SS_OK;
}

ss_code
ss_programs_find_server(const char *bindir, int major, ss_arena *result, const char **server_bindir,
                        ss_error *err)
{
    size_t n;
    const char **folders = program_folders(bindir, major, result, &n);
    const char *where = bindir != NULL ? bindir : PACKAGES "/*/bin and PATH";
    int best = 0, other = 0;

    for (size_t i = 0; i < n; i++)
    {
        const int version = version_of(folders[i], "postgres");

        if (version == 0 || access(ss_path_join(result, folders[i], "initdb"), X_OK) != 0 ||
            access(ss_path_join(result, folders[i], "pg_ctl"), X_OK) != 0)
            continue;
        if (major != 0 && version / 10000 != major)
            other = version > other ? version : other;
        else if (version > best)
        {
            best = version;
            *server_bindir = folders[i];
        }
        if (major != 0 && best != 0)
            break;
    }
    if (best != 0)
        return SS_OK;
    if (other != 0)
    {
        (void) ss_fail(err, SS_EMEND, "the server needs PostgreSQL %d, and only %d was found in %s",
                       major, other / 10000, where);
        return ss_hint(err, "Install postgresql-%d, or name its folder with --pg-bindir.", major);
    }
    (void) ss_fail(err, SS_EMEND, "found no PostgreSQL server (initdb, pg_ctl, postgres) in %s",
                   where);
    return ss_hint(err, "Install Debian's package postgresql, or name the folder of its programs "
                        "with --pg-bindir.");
}

/* --- how they reach a server -------------------------------------------------------------------- */

typedef struct reach
{
    ss_arena *arena;
    const char *folder; /* 0700, for the password file */
    const char **env;   /* NAME=value ... NULL */
    size_t nenv, capacity;
} reach;

/* What we give, or do not want the caller's environment to give. */
static const char *const unset[] = {"PGSERVICE",   "PGSERVICEFILE", "PGPASSWORD",
                                    "PGHOSTADDR",  "PGOPTIONS",     "PGTZ",
                                    "PGDATESTYLE", "PGGEQO",        NULL};

static void
put_env(reach *r, const char *name, const char *value)
{
    r->env =
        ss_grow(r->arena, r->env, r->env == NULL ? 0 : r->nenv + 1, &r->capacity, sizeof *r->env);
    r->env[r->nenv++] = ss_strf(r->arena, "%s=%s", name, value);
    r->env[r->nenv] = NULL;
}

static void
leave(reach *r)
{
    ss_error ignored;

    if (r->folder != NULL)
        (void) ss_folder_remove(r->folder, &ignored);
    r->folder = NULL;
}

/* One line of a password file that fits every host: there is only one. */
static ss_code
write_password(reach *r, const char *password, ss_error *err)
{
    const char *path = ss_path_join(r->arena, r->folder, "password");
    ss_buf line = {0};
    ss_code code;

    if (password != NULL && password[0] != '\0')
    {
        ss_buf_puts(&line, "*:*:*:*:");
        for (const char *c = password; *c != '\0'; c++)
        {
            if (*c == ':' || *c == '\\')
                ss_buf_putc(&line, '\\');
            ss_buf_putc(&line, *c);
        }
        ss_buf_putc(&line, '\n');
    }
    code = ss_file_write(path, ss_buf_text(&line), line.len, 0600, err);
    ss_buf_done(&line);
    put_env(r, "PGPASSFILE", path);
    return code;
}

/*
 * Settings without a variable of their own (sslpassword, keepalives) go into a service file, which
 * ranks above the variables and below nothing that we pass.
 */
static ss_code
write_service(reach *r, const PQconninfoOption *options, ss_error *err)
{
    const char *path = ss_path_join(r->arena, r->folder, "service");
    ss_buf text = {0};
    ss_code code;

    ss_buf_puts(&text, "[sandseed]\n");
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
    {
        if (o->envvar != NULL || o->val == NULL || o->val[0] == '\0' ||
            strcmp(o->keyword, "replication") == 0 ||
            strcmp(o->keyword, "fallback_application_name") == 0 || strchr(o->val, '\n') != NULL)
            continue;
        ss_buf_printf(&text, "%s=%s\n", o->keyword, o->val);
    }
    code = ss_file_write(path, ss_buf_text(&text), text.len, 0600, err);
    ss_buf_done(&text);
    put_env(r, "PGSERVICEFILE", path);
    put_env(r, "PGSERVICE", "sandseed");
    return code;
}

/*
 * Settings that a database or a role may carry, which the programs do not change themselves and
 * which would change what they write or stop them.  Given at the start, they outrank both; only
 * where needed, since a connection pool may not let them pass.
 */
static ss_code
put_settings(reach *r, ss_pg *pg, const char *given, ss_error *err)
{
    const char *settings = NULL;

    SS_TRY(ss_pg_value_of(
        pg, r->arena,
        "SELECT pg_catalog.string_agg(' -c ' || s.name || '=' || w.setting, '')"
        " FROM pg_catalog.pg_settings s JOIN (VALUES ('quote_all_identifiers', 'off'),"
        " ('default_transaction_read_only', 'off'), ('standard_conforming_strings', 'on'),"
        " ('idle_session_timeout', '0'), ('transaction_timeout', '0'))"
        " AS w (name, setting) ON w.name = s.name WHERE s.reset_val <> w.setting",
        &settings, err));
    if (settings != NULL)
        put_env(r, "PGOPTIONS", ss_strf(r->arena, "%s%s", given == NULL ? "" : given, settings));
    return SS_OK;
}

/* What is the same however a server is reached. */
static void
put_ways(reach *r)
{
    put_env(r, "PGAPPNAME", "sandseed");
    /* Defaults and views hold moments, which are written in the session's time zone. */
    put_env(r, "PGTZ", "UTC");
    /* Messages in English where we can have them: they are matched, not shown. */
    put_env(r, "LC_ALL", "C");
}

/*
 * A private server is reached as everybody knows, without a password and with nothing between that would not let
 * settings pass: so nobody needs to ask it, and each session costs it a process.
 */
static ss_code
describe_private(reach *r, const ss_endpoint *endpoint, const char *dbname, ss_error *err)
{
    const char *conninfo =
        ss_cluster_conninfo(endpoint->folder, dbname != NULL ? dbname : endpoint->dbname, r->arena);
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    const char *given = getenv("PGOPTIONS");
    ss_cluster_status status;

    if (options == NULL)
        return ss_fail(err, SS_EBUG, "the address of %s is not one", endpoint->label);
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
    {
        if (o->envvar != NULL && o->val != NULL)
            put_env(r, o->envvar, o->val);
    }
    PQconninfoFree(options);
    put_ways(r);
    SS_TRY(ss_cluster_inspect(endpoint->folder, r->arena, &status, err));
    put_env(r, "PGOPTIONS",
            ss_strf(r->arena,
                    "%s -c quote_all_identifiers=off -c default_transaction_read_only=off"
                    " -c standard_conforming_strings=on%s%s",
                    given == NULL ? "" : given,
                    status.version >= 14 ? " -c idle_session_timeout=0" : "",
                    status.version >= 17 ? " -c transaction_timeout=0" : ""));
    return SS_OK;
}

/* Into environment and files: how a connection that stands reached its server. */
static ss_code
describe(reach *r, ss_pg *pg, ss_error *err)
{
    PQconninfoOption *options = PQconninfo(pg->conn);
    const char *given = NULL;
    ss_code code;

    if (options == NULL)
        ss_out_of_memory();
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
    {
        const char *value = o->val;

        if (o->envvar == NULL || strcmp(o->keyword, "password") == 0 ||
            strcmp(o->keyword, "passfile") == 0 || strcmp(o->keyword, "service") == 0 ||
            strcmp(o->keyword, "servicefile") == 0 || strcmp(o->keyword, "application_name") == 0)
            continue;
        /* Of several hosts the one that answered. */
        if (strcmp(o->keyword, "host") == 0)
            value = PQhost(pg->conn);
        else if (strcmp(o->keyword, "port") == 0)
            value = PQport(pg->conn);
        else if (strcmp(o->keyword, "hostaddr") == 0 && value != NULL && value[0] != '\0')
            value = PQhostaddr(pg->conn);
        if (value != NULL && value[0] != '\0')
            put_env(r, o->envvar, value);
        if (strcmp(o->keyword, "options") == 0 && value != NULL)
            given = ss_strdup(r->arena, value);
    }
    put_ways(r);
    code = write_password(r, PQpass(pg->conn), err);
    if (code == SS_OK)
        code = write_service(r, options, err);
    if (code == SS_OK)
        code = put_settings(r, pg, given, err);
    PQconninfoFree(options);
    return code;
}

/*
 * Connect once ourselves: what is wrong with the connection is then said by pg.c, and the programs
 * get the very settings that worked.
 */
static ss_code
reach_server(reach *r, const ss_programs *programs, const ss_endpoint *endpoint, const char *dbname,
             bool source, const ss_watch *watch, ss_error *err)
{
    const ss_pg_options options = {.dbname = dbname, .source = source};
    const char *tmp = programs->folder != NULL ? programs->folder : getenv("TMPDIR");
    char *folder =
        ss_strf(r->arena, "%s/sandseed.XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
    ss_pg *pg;
    ss_code code;

    if (endpoint->kind == SS_ENDPOINT_CLUSTER)
        return describe_private(r, endpoint, dbname, err);
    SS_TRY(ss_pg_open(r->arena, endpoint, &options, watch, &pg, err));
    if (mkdtemp(folder) == NULL)
    {
        ss_pg_close(pg);
        return ss_fail(err, SS_EMEND, "could not make a temporary folder \"%s\"", folder);
    }
    r->folder = folder;
    code = describe(r, pg, err);
    ss_pg_close(pg);
    if (code != SS_OK)
        leave(r);
    return code;
}

/* --- running ------------------------------------------------------------------------------------ */

static ss_code
report_failure(const char *program, int status, const ss_program_failure *f, ss_error *err)
{
    if (f->text != NULL)
    {
        (void) ss_fail(err, f->code, "%s failed: %s", program, f->text);
        (void) snprintf(err->sqlstate, sizeof err->sqlstate, "%s", f->sqlstate);
        if (f->hint[0] != '\0')
            (void) ss_hint(err, "%s", f->hint);
        return err->code;
    }
    (void) ss_fail(err, SS_EMEND, "%s failed with exit status %d", program, status);
    return ss_hint(err,
                   "Its messages may quote data, so they are not shown here; run %s by hand "
                   "to see them.",
                   program);
}

/* Run it, its stdout into out or, if that is not 0, out_fd; *failure says what its stderr means when it fails. */
static ss_code
run_into(const ss_programs *programs, const char **argv, const reach *r, int out_fd, ss_buf *out,
         const ss_watch *watch, ss_program_failure *failure, ss_error *err)
{
    static const char *const english[] = {"LC_ALL=C", NULL};
    const char *program = argv[0];
    ss_arena *scratch = ss_arena_new(NULL);
    ss_buf errors = {0};
    const ss_proc_options options = {
        .argv = argv,
        .setenv = r == NULL ? english : r->env,
        .unsetenv = unset,
        .in_fd = programs->archive,
        .out = out,
        .out_fd = out_fd,
        .err_text = &errors,
    };
    int status = 0;
    ss_code code;

    *failure = (ss_program_failure){.hint = ""};
    argv[0] = ss_path_join(scratch, programs->bindir, program);
    code = ss_proc_run(&options, watch, &status, err);
    if (code == SS_OK && status != 0)
    {
        *failure = ss_program_failure_of(ss_buf_text(&errors));
        code = report_failure(program, status, failure, err);
    }
    argv[0] = program;
    ss_buf_done(&errors);
    ss_arena_free(scratch);
    return code;
}

static ss_code
run(const ss_programs *programs, const char **argv, const reach *r, ss_buf *out,
    const ss_watch *watch, ss_program_failure *failure, ss_error *err)
{
    return run_into(programs, argv, r, 0, out, watch, failure, err);
}

ss_code
ss_dump_schema_to(const ss_programs *programs, const ss_endpoint *source, const char *dbname,
                  const char *snapshot_id, int fd, const ss_watch *watch, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    reach r = {.arena = scratch};
    const char *argv[] = {"pg_dump",
                          "--schema-only",
                          "--format=custom",
                          "--no-password",
                          "--encoding=UTF8",
                          "--lock-wait-timeout=" LOCK_WAIT,
                          snapshot_id == NULL ? NULL
                                              : ss_strf(scratch, "--snapshot=%s", snapshot_id),
                          NULL};
    ss_program_failure failure;
    ss_code code = reach_server(&r, programs, source, dbname, true, watch, err);

    if (code == SS_OK)
        code = run_into(programs, argv, &r, fd, NULL, watch, &failure, err);
    if (code != SS_OK)
    {
        (void) ss_locks_note(source, watch, err);
        (void) ss_note(err, "while dumping the schema of %s", source->label);
    }
    leave(&r);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_dump_schema(const ss_programs *programs, const ss_endpoint *source, const char *snapshot_id,
               const char *file, const ss_watch *watch, ss_error *err)
{
    ss_code code;
    int fd;

    SS_TRY(ss_file_write(file, "", 0, 0600, err));
    fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return ss_fail(err, SS_EMEND, "could not write \"%s\": %s", file, strerror(errno));
    code = ss_dump_schema_to(programs, source, NULL, snapshot_id, fd, watch, err);
    (void) close(fd);
    if (code != SS_OK)
        (void) unlink(file);
    return code;
}

static ss_code
dump_text(const ss_programs *programs, const ss_endpoint *server, const char *dbname, bool portable,
          const ss_watch *watch, ss_buf *text, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    reach r = {.arena = scratch};
    const char *argv[] = {"pg_dump",
                          "--schema-only",
                          "--no-password",
                          "--encoding=UTF8",
                          "--lock-wait-timeout=" LOCK_WAIT,
                          portable ? "--no-owner" : NULL,
                          portable ? "--no-privileges" : NULL,
                          NULL};
    ss_program_failure failure;
    ss_code code = reach_server(&r, programs, server, dbname, false, watch, err);

    ss_buf_clear(text);
    if (code == SS_OK)
        code = run(programs, argv, &r, text, watch, &failure, err);
    if (code == SS_OK)
        ss_dump_strip_restrict(text);
    else
        (void) ss_note(err, "while dumping the schema of %s", server->label);
    leave(&r);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_dump_text(const ss_programs *programs, const ss_endpoint *server, const char *dbname,
             const ss_watch *watch, ss_buf *text, ss_error *err)
{
    if (dump_text(programs, server, dbname, false, watch, text, err) != SS_OK)
        return ss_note(err, "for comparison");
    return SS_OK;
}

ss_code
ss_dump_portable(const ss_programs *programs, const ss_endpoint *server, const char *dbname,
                 const ss_watch *watch, ss_buf *text, ss_error *err)
{
    return dump_text(programs, server, dbname, true, watch, text, err);
}

ss_code
ss_archive_list(const ss_programs *programs, const char *file, ss_arena *result,
                ss_archive_entry **entries, size_t *n, ss_error *err)
{
    const char *argv[] = {"pg_restore", "--list", file, NULL};
    ss_program_failure failure;
    ss_buf text = {0};
    ss_code code = run(programs, argv, NULL, &text, NULL, &failure, err);

    if (code == SS_OK)
        ss_archive_parse_list(ss_buf_text(&text), result, entries, n);
    else
        (void) ss_note(err, "while listing the archive \"%s\"", file);
    ss_buf_done(&text);
    return code;
}

ss_code
ss_archive_sql(const ss_programs *programs, const char *file, const char *use_list, ss_buf *text,
               ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const char *argv[] = {"pg_restore", "--file=-", file,
                          use_list == NULL ? NULL : ss_strf(scratch, "--use-list=%s", use_list),
                          NULL};
    ss_program_failure failure;
    ss_code code;

    ss_buf_clear(text);
    code = run(programs, argv, NULL, text, NULL, &failure, err);
    if (code == SS_OK)
        ss_dump_strip_restrict(text);
    else
        (void) ss_note(err, "while reading the archive \"%s\"", file);
    ss_arena_free(scratch);
    return code;
}

/* Say which entry it was.  The name comes from the archive's list, never from stderr. */
static void
name_entry(const ss_programs *programs, const char *file, int dump_id, ss_arena *scratch,
           ss_error *err)
{
    ss_archive_entry *entries = NULL;
    size_t n = 0;
    ss_error ignored;

    if (dump_id == 0 || ss_archive_list(programs, file, scratch, &entries, &n, &ignored) != SS_OK)
        return;
    for (size_t i = 0; i < n; i++)
    {
        const ss_archive_entry *e = &entries[i];

        if (e->dump_id != dump_id)
            continue;
        (void) ss_note(err, "while restoring %s %s%s%s (archive entry %d)", e->desc,
                       strcmp(e->schema, "-") == 0 ? "" : ss_printable(scratch, e->schema),
                       strcmp(e->schema, "-") == 0 ? "" : ".", ss_printable(scratch, e->tag),
                       dump_id);
        return;
    }
}

/* dbname='...' : so that a name with "=" in it stays a name. */
static const char *
name_database(ss_arena *arena, const char *dbname)
{
    ss_buf text = {0};
    const char *copy;

    ss_buf_puts(&text, "--dbname=dbname='");
    for (const char *c = dbname; *c != '\0'; c++)
    {
        if (*c == '\'' || *c == '\\')
            ss_buf_putc(&text, '\\');
        ss_buf_putc(&text, *c);
    }
    ss_buf_putc(&text, '\'');
    copy = ss_strdup(arena, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

ss_code
ss_restore(const ss_programs *programs, const ss_endpoint *target, const char *dbname,
           const char *file, const ss_restore_options *options, const ss_watch *watch,
           ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    reach r = {.arena = scratch};
    ss_program_failure failure = {.hint = ""};
    const char *argv[16];
    size_t n = 0;
    ss_code code = reach_server(&r, programs, target, dbname, false, watch, err);

    argv[n++] = "pg_restore";
    argv[n++] = "--exit-on-error";
    argv[n++] = "--verbose"; /* or it does not say at which entry it failed */
    argv[n++] = "--no-password";
    argv[n++] = name_database(scratch, dbname);
    if (options->section != NULL)
        argv[n++] = ss_strf(scratch, "--section=%s", options->section);
    if (options->use_list != NULL)
        argv[n++] = ss_strf(scratch, "--use-list=%s", options->use_list);
    if (options->jobs > 1)
        argv[n++] = ss_strf(scratch, "--jobs=%zu", options->jobs);
    if (options->create)
        argv[n++] = "--create";
    if (options->no_owner)
        argv[n++] = "--no-owner";
    if (options->no_acl)
        argv[n++] = "--no-acl";
    /* Tablespaces are folders of another machine. */
    argv[n++] = "--no-tablespaces";
    argv[n++] = file;
    argv[n] = NULL;
    if (code == SS_OK)
        code = run(programs, argv, &r, NULL, watch, &failure, err);
    if (code != SS_OK)
    {
        name_entry(programs, file, failure.dump_id, scratch, err);
        (void) ss_note(err, "while restoring the schema%s%s into \"%s\" of %s",
                       options->section != NULL ? ", " : "",
                       options->section != NULL ? options->section : "",
                       ss_printable(scratch, dbname), target->label);
    }
    leave(&r);
    ss_arena_free(scratch);
    return code;
}
