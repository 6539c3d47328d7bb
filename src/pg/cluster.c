#define _DEFAULT_SOURCE /* chown and friends are POSIX; setgroups in base/proc.c is not */

#include "pg/cluster.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "pg/programs.h"
#include "secret/token.h"

#define SUPERUSER      "sandseed" /* of the private server; reached by peer from its owner and root */
#define AGENT          "sandbox"  /* the role that --listen lets in */
#define START_TIMEOUT  "60"
#define FILE_LIMIT     65536
#define DEFAULT_PORT   "5432" /* of the socket's name; --listen sets another for socket and TCP alike */
#define SOCKET_NAME    "/.s.PGSQL.65535"
#define MIN_FREE_BYTES (200ULL << 20) /* an empty cluster takes about 40 MB, its WAL 16 more */

/* A cluster's folder and who runs it. */
typedef struct place
{
    const char *folder;
    const char *data;
    const char *log;
    const char *bindir;
    unsigned uid, gid; /* 0 when we are not root: as ourselves */
    const char *user;  /* name of that user */
} place;

/* --- who and where ------------------------------------------------------------------------------ */

static ss_code
choose_user(place *p, ss_arena *scratch, ss_error *err)
{
    const struct passwd *pw;
    struct stat st;

    if (getuid() != 0)
    {
        pw = getpwuid(getuid());
        p->user = pw == NULL ? "" : ss_strdup(scratch, pw->pw_name);
        return pw != NULL ? SS_OK
                          : ss_fail(err, SS_EMEND, "this user has no name in the user database");
    }
    if (stat(p->data, &st) == 0 || stat(p->folder, &st) == 0)
        pw = st.st_uid == 0 ? NULL : getpwuid(st.st_uid);
    else
        pw = NULL;
    if (pw == NULL)
        pw = getpwnam("postgres");
    if (pw == NULL)
        pw = getpwnam("nobody");
    if (pw == NULL)
    {
        (void) ss_fail(err, SS_EMEND,
                       "there is no unprivileged user to run a server as: PostgreSQL refuses root");
        return ss_hint(err, "Install the package postgresql, which creates the user postgres.");
    }
    p->uid = pw->pw_uid;
    p->gid = pw->pw_gid;
    p->user = ss_strdup(scratch, pw->pw_name);
    return SS_OK;
}

/* May the server's user enter every folder on the way? */
static ss_code
check_way(const place *p, ss_arena *scratch, ss_error *err)
{
    char *path = ss_strdup(scratch, p->folder);

    for (char *c = path + 1; p->uid != 0 && *c != '\0'; c++)
    {
        struct stat st;
        mode_t needed;

        if (*c != '/')
            continue;
        *c = '\0';
        if (stat(path, &st) != 0)
            break; /* not there yet: we make it */
        needed = st.st_uid == p->uid ? S_IXUSR : st.st_gid == p->gid ? S_IXGRP : S_IXOTH;
        if ((st.st_mode & needed) == 0)
        {
            (void) ss_fail(err, SS_EMEND,
                           "the server's user \"%s\" may not enter the folder \"%s\"", p->user,
                           path);
            return ss_hint(err, "Choose a folder such as /var/tmp/NAME, or chmod o+x it.");
        }
        *c = '/';
    }
    return SS_OK;
}

static ss_code
check_socket_length(const char *folder, ss_error *err)
{
    const size_t length = strlen(folder) + strlen(SOCKET_NAME);

    if (length <= sizeof(((struct sockaddr_un *) 0)->sun_path) - 1)
        return SS_OK;
    (void) ss_fail(err, SS_EMEND, "the socket's path in \"%s\" would be %zu bytes long; 107 is the limit", folder,
                   length);
    return ss_hint(err, "Choose a shorter folder, such as /var/tmp/NAME.");
}

/* The major version of an existing data folder; 0 when there is none. */
static int
data_version(const place *p, ss_arena *scratch)
{
    ss_error ignored;
    char *text;
    int64_t version;

    if (ss_file_read(ss_path_join(scratch, p->data, "PG_VERSION"), 64, scratch, &text, NULL,
                     &ignored) != SS_OK)
        return 0;
    text[strcspn(text, "\n")] = '\0';
    return ss_parse_i64(text, &version) && version > 0 && version < 1000 ? (int) version : 0;
}

static ss_code
find_place(const char *folder, const ss_cluster_options *options, ss_arena *scratch, place *p,
           ss_error *err)
{
    const char *full = ss_path_absolute(scratch, folder);

    *p = (place){.folder = full,
                 .data = ss_path_join(scratch, full, "data"),
                 .log = ss_path_join(scratch, full, "log")};
    SS_TRY(check_socket_length(full, err));
    SS_TRY(choose_user(p, scratch, err));
    SS_TRY(ss_programs_find_server(options == NULL ? NULL : options->bindir,
                                   data_version(p, scratch), scratch, &p->bindir, err));
    return SS_OK;
}

/* --- running ------------------------------------------------------------------------------------ */

static ss_code
run(const place *p, const char *program, const char *const *args, int *status, ss_buf *said,
    const ss_watch *watch, ss_error *err)
{
    const char *argv[24] = {0};
    static const char *const unset[] = {"PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE",
                                        "PGOPTIONS", "PGSERVICE", NULL};
    static const char *const set[] = {"LC_ALL=C", NULL};
    ss_arena *scratch = ss_arena_new(NULL);
    ss_proc_options o = {.argv = argv,
                         .setenv = set,
                         .unsetenv = unset,
                         .cwd = "/",
                         .uid = p->uid,
                         .gid = p->gid,
                         .out = NULL,
                         .err_text = said};
    ss_code code;

    argv[0] = ss_path_join(scratch, p->bindir, program);
    for (size_t i = 0; args[i] != NULL && i + 2 < sizeof argv / sizeof argv[0]; i++)
        argv[i + 1] = args[i];
    code = ss_proc_run(&o, watch, status, err);
    ss_arena_free(scratch);
    return code;
}

/* Is the server of this folder alive, and which process is it? */
static bool
is_running(const char *data, int *pid, ss_arena *scratch)
{
    ss_error ignored;
    char *text, *line;
    int64_t number;
    struct stat st;

    *pid = 0;
    if (ss_file_read(ss_path_join(scratch, data, "postmaster.pid"), FILE_LIMIT, scratch, &text,
                     NULL, &ignored) != SS_OK)
        return false;
    line = strchr(text, '\n');
    if (line == NULL)
        return false;
    *line = '\0';
    if (!ss_parse_i64(text, &number) || number <= 1)
        return false;
    if (kill((pid_t) number, 0) != 0 && errno == ESRCH)
        return false;
    /* A stale file's number may belong to another program by now: a server has our data as its folder. */
    if (stat(ss_strf(scratch, "/proc/%lld/cwd", (long long) number), &st) == 0)
    {
        struct stat own;

        if (stat(data, &own) == 0 && (own.st_ino != st.st_ino || own.st_dev != st.st_dev))
            return false;
    }
    *pid = (int) number;
    return true;
}

static ss_code
disk_full(const char *folder, ss_error *err)
{
    struct statvfs fs;

    if (statvfs(folder, &fs) == 0 &&
        (unsigned long long) fs.f_bavail * fs.f_frsize < MIN_FREE_BYTES)
    {
        (void) ss_fail(err, SS_ERETRY, "the disk of \"%s\" is full: a server needs 200 MB to begin",
                       folder);
        return ss_hint(err, "Free some space, or choose another folder.");
    }
    return SS_OK;
}

/* --- creating ----------------------------------------------------------------------------------- */

static const char settings[] =
    "# written by sandseed; a private server: Unix socket only, values kept out of its log\n"
    "unix_socket_permissions = 0700\n"
    "log_error_verbosity = terse\n"
    "log_min_error_statement = panic\n"
    "log_min_messages = fatal\n"
    "log_statement = none\n"
    "lc_messages = 'C'\n"
    "wal_level = minimal\n"
    "max_wal_senders = 0\n"
    "max_wal_size = 4GB\n"
    "checkpoint_timeout = 30min\n"
    "shared_buffers = 256MB\n"
    "maintenance_work_mem = 256MB\n"
    "max_connections = 100\n"
    "max_locks_per_transaction = 1024\n"
    "autovacuum_naptime = 10min\n"
    "jit = off\n";

static const char throwaway_settings[] = "fsync = off\n"
                                         "synchronous_commit = off\n"
                                         "full_page_writes = off\n"
                                         "autovacuum = off\n";

static ss_code
write_owned(const place *p, const char *path, const char *text, ss_error *err)
{
    SS_TRY(ss_file_write(path, text, strlen(text), 0600, err));
    if (p->uid != 0 && chown(path, p->uid, p->gid) != 0)
        return ss_fail(err, SS_EMEND, "could not give \"%s\" to the user \"%s\"", path, p->user);
    return SS_OK;
}

/* Conf, host-based access and the map of who may be the superuser: its own user and root. */
static ss_code
configure(const place *p, const ss_cluster_options *options, ss_arena *scratch, ss_error *err)
{
    ss_buf conf = {0}, hba = {0};
    const char *listen = options == NULL ? NULL : options->listen;
    ss_code code;

    ss_buf_puts(&conf, settings);
    if (listen == NULL)
        ss_buf_puts(&conf, "listen_addresses = ''\nport = " DEFAULT_PORT "\n");
    ss_buf_puts(&conf, "unix_socket_directories = ");
    ss_pg_literal(&conf, p->folder);
    ss_buf_putc(&conf, '\n');
    if (options != NULL && options->throwaway)
        ss_buf_puts(&conf, throwaway_settings);
    ss_buf_puts(&hba, "# written by sandseed\nlocal all all peer map=sandseed\n");
    if (listen != NULL)
    {
        const char *colon = strrchr(listen, ':');

        ss_buf_printf(&conf, "listen_addresses = '%.*s'\nport = %s\n", (int) (colon - listen),
                      listen, colon + 1);
        ss_buf_puts(&hba, "host all " AGENT " all scram-sha-256\n");
    }
    code = write_owned(p, ss_path_join(scratch, p->data, "sandseed.conf"), ss_buf_text(&conf), err);
    if (code == SS_OK)
        code = write_owned(p, ss_path_join(scratch, p->data, "pg_hba.conf"), ss_buf_text(&hba), err);
    if (code == SS_OK)
        code = write_owned(
            p, ss_path_join(scratch, p->data, "pg_ident.conf"),
            ss_strf(scratch, "# written by sandseed\nsandseed %s " SUPERUSER "\nsandseed root " SUPERUSER "\n", p->user),
            err);
    ss_buf_done(&conf);
    ss_buf_done(&hba);
    return code;
}

static bool
folder_is_empty(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    bool empty = true;

    if (dir == NULL)
        return false;
    while ((entry = readdir(dir)) != NULL)
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    (void) closedir(dir);
    return empty;
}

static ss_code
create(const place *p, const ss_cluster_options *options, ss_arena *scratch, const ss_watch *watch,
       ss_error *err)
{
    const char *const with_locale[] = {"-D", p->data, "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8",
                                       "--auth=peer", "--no-sync", NULL};
    const char *const plain[] = {"-D", p->data, "-U", SUPERUSER, "-E", "UTF8", "--locale=C",
                                 "--auth=peer", "--no-sync", NULL};
    const bool existed = ss_path_exists(p->folder);
    ss_buf said = {0};
    int status = 0;
    ss_code code;

    if (existed && !folder_is_empty(p->folder))
    {
        (void) ss_fail(err, SS_EREFUSED, "\"%s\" is not empty and holds no private server",
                       p->folder);
        return ss_hint(err, "Choose an empty or a new folder.");
    }
    SS_TRY(ss_folder_make(p->folder, 0755, err));
    SS_TRY(disk_full(p->folder, err));
    if (chmod(p->folder, 0700) != 0 || (p->uid != 0 && chown(p->folder, p->uid, p->gid) != 0))
        return ss_fail(err, SS_EMEND, "could not give \"%s\" to the user \"%s\"", p->folder,
                       p->user);
    code = run(p, "initdb", with_locale, &status, &said, watch, err);
    if (code == SS_OK && status != 0 && strstr(ss_buf_text(&said), "locale") != NULL)
    {
        ss_buf_clear(&said);
        code = run(p, "initdb", plain, &status, &said, watch, err);
    }
    if (code == SS_OK && status != 0)
    {
        code = disk_full(p->folder, err);
        if (code == SS_OK && strstr(ss_buf_text(&said), "No space left") != NULL)
            code = ss_fail(err, SS_ERETRY, "the disk of \"%s\" is full", p->folder);
        if (code == SS_OK)
            code = ss_fail(err, SS_EMEND, "initdb could not create a server in \"%s\"", p->folder);
    }
    if (code == SS_OK)
    {
        ss_buf include = {0};
        char *conf = NULL;

        code = ss_file_read(ss_path_join(scratch, p->data, "postgresql.conf"), 1 << 20, scratch,
                            &conf, NULL, err);
        if (code == SS_OK)
        {
            ss_buf_printf(&include, "%s\ninclude = 'sandseed.conf'\n", conf);
            code = write_owned(p, ss_path_join(scratch, p->data, "postgresql.conf"),
                               ss_buf_text(&include), err);
        }
        ss_buf_done(&include);
    }
    if (code == SS_OK)
        code = configure(p, options, scratch, err);
    if (code != SS_OK)
    {
        ss_error ignored;

        (void) ss_folder_remove(existed ? p->data : p->folder, &ignored);
    }
    ss_buf_done(&said);
    return code;
}

/* --- listening ---------------------------------------------------------------------------------- */

static ss_code
check_listen(const char *listen, ss_error *err)
{
    const char *colon = listen == NULL ? NULL : strrchr(listen, ':');
    uint64_t port;

    if (listen == NULL)
        return SS_OK;
    if (colon == NULL || colon == listen || !ss_parse_u64(colon + 1, &port) || port < 1024 ||
        port > 65535 || listen[strspn(listen, "0123456789abcdefABCDEF.:")] != '\0')
    {
        (void) ss_fail(err, SS_EMEND, "--listen takes an address and a port from 1024 on");
        return ss_hint(err, "For example --listen 127.0.0.1:5433.");
    }
    return SS_OK;
}

/*
 * The role that people and agents in containers log in as.  It is no superuser: it reads and writes
 * what the sandbox's own grants (access: in the policy) and PUBLIC let it.
 */
static ss_code
let_agent_in(const place *p, const char *listen, ss_arena *scratch, const ss_watch *watch,
             ss_error *err)
{
    const char *file = ss_path_join(scratch, p->folder, "password");
    const ss_endpoint endpoint = {.kind = SS_ENDPOINT_CLUSTER, .folder = p->folder,
                                  .dbname = "postgres", .label = p->folder};
    const ss_pg_options o = {.application_name = "sandseed cluster"};
    const char *exists;
    char *password = NULL;
    ss_buf sql = {0};
    ss_error ignored;
    ss_pg *pg;
    ss_code code;

    SS_TRY(ss_pg_open(scratch, &endpoint, &o, watch, &pg, err));
    SS_TRY(ss_pg_value_of(pg, scratch,
                          "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = '" AGENT "'",
                          &exists, err));
    if (ss_file_read(file, 4096, scratch, &password, NULL, &ignored) == SS_OK)
        password = strrchr(password, ':');
    if (password != NULL)
    {
        password++;
        password[strcspn(password, "\n")] = '\0';
    }
    else
        password = ss_secret_token(scratch);
    /* In .pgpass form, so that PGPASSFILE can point to it. */
    SS_TRY(write_owned(p, file,
                       ss_strf(scratch, "*:%s:*:" AGENT ":%s\n", strrchr(listen, ':') + 1,
                               password),
                       err));
    ss_buf_puts(&sql, exists == NULL ? "CREATE ROLE " AGENT : "ALTER ROLE " AGENT);
    ss_buf_puts(&sql, " LOGIN PASSWORD ");
    ss_pg_literal(&sql, password);
    code = ss_pg_exec(pg, "SET password_encryption = 'scram-sha-256'", err);
    if (code == SS_OK)
        code = ss_pg_exec(pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    ss_pg_close(pg);
    return code;
}

/* --- the calls ---------------------------------------------------------------------------------- */

static ss_code
start_server(const place *p, const ss_watch *watch, ss_arena *scratch, ss_error *err)
{
    const char *const args[] = {"-D", p->data, "-w", "-t", START_TIMEOUT, "-s", "-l", p->log, "start", NULL};
    ss_buf said = {0};
    int status = 0;
    ss_code code;

    code = run(p, "pg_ctl", args, &status, &said, watch, err);
    if (code == SS_OK && status != 0)
    {
        char *log = NULL;
        ss_error ignored;

        code = disk_full(p->folder, err);
        if (code == SS_OK)
        {
            (void) ss_file_read(p->log, 1 << 24, scratch, &log, NULL, &ignored);
            code = ss_fail(err, SS_ERETRY, "the server in \"%s\" did not start%s", p->folder,
                           log != NULL && strstr(log, "Address already in use") != NULL
                               ? ": its port is taken by another program"
                               : "");
            (void) ss_hint(err, "Its log is %s.", p->log);
        }
    }
    ss_buf_done(&said);
    return code;
}

ss_code
ss_cluster_start(const char *folder, const ss_cluster_options *options, const ss_watch *watch,
                 bool *started, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const char *listen = options == NULL ? NULL : options->listen;
    place p;
    int pid;
    ss_code code;

    *started = false;
    code = check_listen(listen, err);
    if (code == SS_OK)
        code = find_place(folder, options, scratch, &p, err);
    if (code == SS_OK)
        code = check_way(&p, scratch, err);
    if (code == SS_OK && data_version(&p, scratch) == 0)
        code = create(&p, options, scratch, watch, err);
    else if (code == SS_OK && !ss_path_exists(ss_path_join(scratch, p.data, "sandseed.conf")))
        code = ss_fail(err, SS_EREFUSED, "the server in \"%s\" is not one of sandseed's", p.folder);
    if (code == SS_OK && !is_running(p.data, &pid, scratch))
    {
        if (listen != NULL)
            code = configure(&p, options, scratch, err);
        if (code == SS_OK)
            code = start_server(&p, watch, scratch, err);
        *started = code == SS_OK;
    }
    else if (code == SS_OK && listen != NULL)
        code = ss_fail(err, SS_EMEND, "the server in \"%s\" runs already: stop it before it can listen",
                       p.folder);
    if (code == SS_OK && listen != NULL)
        code = let_agent_in(&p, listen, scratch, watch, err);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_cluster_stop(const char *folder, const ss_cluster_options *options, const ss_watch *watch,
                ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    place p;
    int pid, status = 0;
    ss_code code = find_place(folder, options, scratch, &p, err);

    if (code == SS_OK && data_version(&p, scratch) == 0)
        code = ss_fail(err, SS_EMEND, "there is no private server in \"%s\"", p.folder);
    if (code == SS_OK && is_running(p.data, &pid, scratch))
    {
        const char *const args[] = {"-D", p.data, "-w", "-s", "-m", "fast", "stop", NULL};

        code = run(&p, "pg_ctl", args, &status, NULL, watch, err);
        if (code == SS_OK && status != 0)
            code = ss_fail(err, SS_ERETRY, "the server in \"%s\" did not stop", p.folder);
    }
    ss_arena_free(scratch);
    return code;
}

/* The last value of a setting in sandseed.conf, or NULL. */
static const char *
setting(const char *data, const char *name, ss_arena *scratch)
{
    const char *found = NULL;
    ss_error ignored;
    char *text;

    if (ss_file_read(ss_path_join(scratch, data, "sandseed.conf"), FILE_LIMIT, scratch, &text, NULL,
                     &ignored) != SS_OK)
        return NULL;
    for (char *line = text, *next; line != NULL; line = next)
    {
        const size_t n = strlen(name);

        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (strncmp(line, name, n) == 0 && strncmp(line + n, " = ", 3) == 0)
            found = line + n + 3;
    }
    return found;
}

ss_code
ss_cluster_inspect(const char *folder, ss_arena *result, ss_cluster_status *status, ss_error *err)
{
    place p = {.folder = ss_path_absolute(result, folder)};
    const char *password, *listen;

    (void) err;
    p.data = ss_path_join(result, p.folder, "data");
    *status = (ss_cluster_status){.version = data_version(&p, result), .socket_dir = p.folder};
    status->exists = status->version != 0;
    if (!status->exists)
        return SS_OK;
    status->running = is_running(p.data, &status->pid, result);
    password = ss_path_join(result, p.folder, "password");
    if (ss_path_exists(password))
        status->password_file = password;
    listen = setting(p.data, "listen_addresses", result);
    if (listen != NULL && strcmp(listen, "''") != 0)
        status->listen = ss_strf(result, "%.*s:%s", (int) strcspn(listen + 1, "'"), listen + 1,
                                 setting(p.data, "port", result));
    return SS_OK;
}

char *
ss_cluster_conninfo(const char *folder, const char *dbname, ss_arena *result)
{
    const char *port = setting(ss_path_join(result, folder, "data"), "port", result);
    ss_buf text = {0};
    char *copy;

    /* Values of a conninfo string: quotes and backslashes are escaped by backslashes. */
    for (int i = 0; i < 2; i++)
    {
        if (i == 0)
            ss_buf_puts(&text, "host='");
        else
            ss_buf_printf(&text, "' port=%s user=" SUPERUSER " dbname='",
                          port == NULL ? DEFAULT_PORT : port);
        for (const char *c = i == 0 ? folder : dbname; *c != '\0'; c++)
        {
            if (*c == '\'' || *c == '\\')
                ss_buf_putc(&text, '\\');
            ss_buf_putc(&text, *c);
        }
    }
    ss_buf_puts(&text, "'");
    copy = ss_strdup(result, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

void
ss_cluster_remove(const char *folder)
{
    ss_error ignored;

    (void) ss_cluster_stop(folder, NULL, NULL, &ignored);
    (void) ss_folder_remove(folder, &ignored);
}
