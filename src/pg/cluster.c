#include "pg/cluster.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "pg/cluster_internal.h"
#include "pg/pg_internal.h"
#include "secret/token.h"

#define START_TIMEOUT    "300" /* s: recovery after a crash takes its time */
#define START_TIMEOUT_MS 60000 /* of a new server: it has nothing to recover */
#define LOCK_TIMEOUT_MS  300000
#define FAST_MS          60000 /* a fast shutdown writes a checkpoint */
#define IMMEDIATE_MS     5000
#define HURRY_MS         500 /* when the caller has been told to stop */
#define LOG_TAIL         65536
#define NAP_MS           50
#define SHORT_NAP_MS     2 /* a throw-away server starts and ends within a few of them */

/* --- the folder --------------------------------------------------------------------------------- */

/* Nothing in it but what an interrupted start of ours leaves. */
static bool
is_free(const char *path)
{
    static const char *const ours[] = {".", "..", "lock", "log", "data.new", "password"};
    DIR *dir = opendir(path);
    const struct dirent *entry;
    bool is = true;

    if (dir == NULL)
        return false;
    while ((entry = readdir(dir)) != NULL && is)
    {
        is = false;
        for (size_t i = 0; i < sizeof ours / sizeof ours[0] && !is; i++)
            is = strcmp(entry->d_name, ours[i]) == 0;
    }
    (void) closedir(dir);
    return is;
}

/* Closed to everybody but the server's user, whose it becomes. */
static ss_code
give_folder(const ss_place *place, ss_error *err)
{
    const int fd = open(place->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool given = fd >= 0 && fchmod(fd, 0700) == 0 &&
                 (place->uid == 0 || fchown(fd, place->uid, place->gid) == 0);

    if (fd >= 0)
        (void) close(fd);
    if (given)
        return SS_OK;
    return ss_fail(err, SS_EMEND, "could not give the folder \"%s\" to the user \"%s\"",
                   place->folder, place->user);
}

static ss_code
prepare_folder(const ss_place *place, bool *made, ss_arena *arena, ss_error *err)
{
    *made = false;
    if (ss_place_version(place, arena) != 0)
    {
        if (ss_path_exists(ss_path_join(arena, place->data, "sandseed.conf")))
            return SS_OK;
        return ss_fail(err, SS_EREFUSED, "the server in \"%s\" is not one of sandseed's",
                       place->folder);
    }
    if (ss_path_exists(place->folder))
    {
        if (!is_free(place->folder))
        {
            (void) ss_fail(err, SS_EREFUSED, "\"%s\" is not empty and holds no private server",
                           place->folder);
            return ss_hint(err, "Choose an empty or a new folder.");
        }
    }
    else
    {
        /* Parents stay open to the server's user; the folder itself is closed next. */
        SS_TRY(ss_folder_make(place->folder, 0755, err));
        *made = true;
    }
    return give_folder(place, err);
}

/* Of two sandseeds that start the same server one waits.  Closing *fd unlocks. */
static ss_code
lock_folder(const ss_place *place, ss_arena *arena, const ss_watch *watch, int *fd, ss_error *err)
{
    const char *path = ss_path_join(arena, place->folder, "lock");
    const int64_t until = ss_clock_ms() + LOCK_TIMEOUT_MS;
    struct stat st;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    *fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0)
        return ss_fail(err, SS_EMEND, "could not open \"%s\": %s", path, strerror(errno));
    /* For its owner to take later; a hard link to something else stays what it is. */
    if (place->uid != 0 && fstat(*fd, &st) == 0 && st.st_uid == 0 && st.st_nlink == 1)
        (void) !fchown(*fd, place->uid, place->gid);
    while (fcntl(*fd, F_SETLK, &lock) != 0)
    {
        SS_TRY(ss_check_interrupt(watch, err));
        if ((errno != EACCES && errno != EAGAIN && errno != EINTR) || ss_clock_ms() > until)
            return ss_fail(err, SS_ERETRY, "another sandseed is busy with the server in \"%s\"",
                           place->folder);
        ss_sleep_ms(NAP_MS);
    }
    return SS_OK;
}

/* --- stopping ----------------------------------------------------------------------------------- */

/* Wait until the server is gone; false when it is still there. */
static bool
wait_gone(const ss_place *place, int pid, int64_t wait_ms, const ss_watch *watch)
{
    const int64_t until = ss_clock_ms() + wait_ms;
    const bool hurry_from_start = ss_interrupted(watch);

    for (int nap_ms = SHORT_NAP_MS;; nap_ms = nap_ms < NAP_MS ? nap_ms * 2 : NAP_MS)
    {
        /* Its file goes a moment before the process does. */
        if (!ss_place_is_server(place, pid))
        {
            (void) waitpid(pid, NULL, WNOHANG); /* a throw-away server is our child */
            return true;
        }
        if (ss_clock_ms() > until || (!hurry_from_start && ss_interrupted(watch)))
            return false;
        ss_sleep_ms(nap_ms);
    }
}

/*
 * Signals do what pg_ctl does, and need no program of the right version.  Fast first; at once when
 * it takes too long or the caller is in a hurry: recovery then does the rest at the next start.
 */
static ss_code
stop_server(const ss_place *place, int pid, const ss_watch *watch, ss_error *err)
{
    const bool hurry = ss_interrupted(watch);

    if (kill((pid_t) pid, SIGINT) != 0 && errno != ESRCH)
        return ss_fail(err, SS_EMEND, "may not stop the server in \"%s\": %s", place->folder,
                       strerror(errno));
    if (wait_gone(place, pid, hurry ? HURRY_MS : FAST_MS, watch))
        return SS_OK;
    (void) kill((pid_t) pid, SIGQUIT);
    if (wait_gone(place, pid, ss_interrupted(watch) ? HURRY_MS : IMMEDIATE_MS, NULL))
        return SS_OK;
    (void) ss_fail(err, SS_ERETRY, "the server in \"%s\" did not stop", place->folder);
    return ss_hint(err, "Its process is number %d.", pid);
}

/* A start that failed must leave nothing running, also a server that has yet to write its file. */
static void
stop_half_started(const ss_place *place)
{
    const int64_t until = ss_clock_ms() + HURRY_MS;
    ss_server_state state;
    int pid;

    do
    {
        state = ss_place_state(place, &pid);
        if (state != SS_SERVER_STOPPED && state != SS_SERVER_STALE)
        {
            (void) kill((pid_t) pid, SIGQUIT);
            (void) wait_gone(place, pid, IMMEDIATE_MS, NULL);
            return;
        }
        ss_sleep_ms(NAP_MS);
    } while (ss_clock_ms() < until);
}

/* --- starting ----------------------------------------------------------------------------------- */

static ss_code
check_listen(const char *listen, const ss_watch *watch, ss_error *err)
{
    const char *colon = listen == NULL ? NULL : strrchr(listen, ':');
    uint64_t port;

    if (listen == NULL || strcmp(listen, "none") == 0)
        return SS_OK;
    if (colon == NULL || colon == listen || !ss_parse_u64(colon + 1, &port) || port < 1024 ||
        port > 65535 ||
        (strspn(listen, "0123456789abcdefABCDEF.:[]") != strlen(listen) &&
         strncmp(listen, "localhost:", 10) != 0))
    {
        (void) ss_fail(err, SS_EMEND, "--listen takes an address and a port from 1024 on, or none");
        return ss_hint(err, "For example --listen 127.0.0.1:5433.");
    }
    if (strncmp(listen, "127.", 4) != 0 && strncmp(listen, "localhost:", 10) != 0 &&
        strncmp(listen, "::1:", 4) != 0 && strncmp(listen, "[::1]:", 6) != 0)
        ss_notice(watch, SS_WARNING,
                  "the private server listens on %s: others can reach it, and without TLS what "
                  "they read can be seen on the way",
                  listen);
    return SS_OK;
}

static off_t
size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_size : 0;
}

/* What the log says since from; in arena. */
static const char *
log_since(const ss_place *place, off_t from, ss_arena *arena)
{
    char *text = ss_alloc(arena, LOG_TAIL + 1, 1);
    const int fd = open(place->log, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : pread(fd, text, LOG_TAIL, from);

    if (fd >= 0)
        (void) close(fd);
    text[n < 0 ? 0 : n] = '\0';
    return text;
}

typedef struct reason
{
    const char *says;
    ss_code code;
    const char *text;
    const char *hint;
} reason;

/* Why a server did not start, as its log says it: the log itself is not quoted. */
static const reason reasons[] = {
    {"No space left on device", SS_ERETRY, "the disk is full", "Free some space there."},
    {"Address already in use", SS_ERETRY, "its port is taken by another program",
     "Choose another port with --listen."},
    {"Cannot assign requested address", SS_EMEND, "this machine does not have the address",
     "Choose an address of this machine with --listen."},
    {"already exists", SS_ERETRY, "another server seems to use the folder",
     "Look whether its process is still running; if not, delete data/postmaster.pid."},
    {"incompatible with server", SS_EMEND, "it was made by another version of PostgreSQL",
     "Name that version's programs with --pg-bindir, or choose a new folder."},
    {"Cannot allocate memory", SS_ERETRY, "there is too little memory", "Free some memory."},
    {"could not create shared memory", SS_ERETRY, "there is too little shared memory",
     "Free some memory."},
    {"invalid permissions", SS_EMEND, "the permissions of its data folder were changed",
     "They must be 0700: chmod 0700 data."},
    {"wrong ownership", SS_EMEND, "the owner of its data folder was changed",
     "All files in it must belong to the user who runs it."},
    {"Permission denied", SS_EMEND, "it may not read its own files",
     "All files in its folder must belong to the user who runs it."},
    {"contains errors", SS_EMEND, "its configuration is not valid",
     "Undo the last change of data/postgresql.conf."},
};

static ss_code
start_failed(const ss_place *place, const char *log, ss_error *err)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
    {
        if (strstr(log, reasons[i].says) == NULL)
            continue;
        (void) ss_fail(err, reasons[i].code, "the server in \"%s\" did not start: %s",
                       place->folder, reasons[i].text);
        return ss_hint(err, "%s  Its log is %s.", reasons[i].hint, place->log);
    }
    SS_TRY(ss_place_disk(place, err));
    (void) ss_fail(err, SS_ERETRY, "the server in \"%s\" did not start", place->folder);
    return ss_hint(err, "Its log is %s.", place->log);
}

static ss_code
start_server(const ss_place *place, const ss_watch *watch, ss_arena *arena, ss_error *err)
{
    const char *const args[] = {"-D", place->data, "-w",       "-t",    START_TIMEOUT,
                                "-s", "-l",        place->log, "start", NULL};
    const off_t before = size_of(place->log);
    int status = 0;
    ss_code code = ss_place_run(place, "pg_ctl", args, &status, NULL, watch, err);

    if (code == SS_OK && status == 0)
        return SS_OK;
    stop_half_started(place);
    return code != SS_OK ? code : start_failed(place, log_since(place, before, arena), err);
}

/* As our child, without pg_ctl, which looks ten times a second whether it is ready and asks programs of their version. */
static ss_code
start_throwaway(const ss_place *place, const ss_watch *watch, ss_arena *arena, ss_error *err)
{
    const char *const args[] = {"-D", place->data, NULL};
    const int64_t until = ss_clock_ms() + START_TIMEOUT_MS;
    ss_code code = SS_OK;
    int pid, found;

    SS_TRY(ss_place_start(place, "postgres", args, &pid, err));
    while (ss_place_state(place, &found) != SS_SERVER_READY || found != pid)
    {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return start_failed(place, log_since(place, 0, arena), err);
        code = ss_check_interrupt(watch, err);
        if (code == SS_OK && ss_clock_ms() > until)
            code = start_failed(place, log_since(place, 0, arena), err);
        if (code != SS_OK)
        {
            (void) kill((pid_t) pid, SIGQUIT);
            (void) wait_gone(place, pid, IMMEDIATE_MS, NULL);
            return code;
        }
        ss_sleep_ms(SHORT_NAP_MS);
    }
    return SS_OK;
}

/* Somebody else is starting or stopping it: wait for the end of that. */
static ss_code
settle_state(const ss_place *place, const ss_watch *watch, ss_server_state *state, ss_error *err)
{
    const int64_t until = ss_clock_ms() + FAST_MS;
    int pid;

    while ((*state = ss_place_state(place, &pid)) == SS_SERVER_STARTING ||
           *state == SS_SERVER_STOPPING)
    {
        SS_TRY(ss_check_interrupt(watch, err));
        if (ss_clock_ms() > until)
            return ss_fail(err, SS_ERETRY, "the server in \"%s\" is %s for a long time",
                           place->folder, *state == SS_SERVER_STARTING ? "starting" : "stopping");
        ss_sleep_ms(NAP_MS);
    }
    return SS_OK;
}

/* --- the agents' role --------------------------------------------------------------------------- */

/* The password of an earlier start, or a new one. */
static const char *
agent_password(const char *file, ss_arena *arena)
{
    ss_error ignored;
    char *text, *password;

    if (ss_file_read(file, 4096, arena, &text, NULL, &ignored) == SS_OK &&
        (password = strrchr(text, ':')) != NULL)
    {
        password++;
        password[strcspn(password, "\n")] = '\0';
        if (strlen(password) >= 24)
            return password;
    }
    return ss_secret_token(arena);
}

static ss_code
set_agent(ss_pg *pg, const char *password, ss_arena *arena, ss_error *err)
{
    /* Hashed here, so that the password itself is never part of a statement. */
    char *verifier = PQencryptPasswordConn(pg->conn, password, SS_CLUSTER_AGENT, "scram-sha-256");
    const char *exists = NULL;
    ss_buf sql = {0};
    ss_code code;

    if (verifier == NULL)
        return ss_fail(err, SS_ERETRY, "could not encrypt a password");
    code = ss_pg_value_of(pg, arena,
                          "SELECT rolname FROM pg_catalog.pg_roles"
                          " WHERE rolname = '" SS_CLUSTER_AGENT "'",
                          &exists, err);
    if (code == SS_OK)
    {
        ss_buf_puts(&sql, exists == NULL ? "CREATE ROLE " : "ALTER ROLE ");
        ss_buf_puts(&sql, SS_CLUSTER_AGENT " NOSUPERUSER LOGIN PASSWORD ");
        ss_pg_literal(&sql, verifier);
        code = ss_pg_exec(pg, ss_buf_text(&sql), err);
    }
    PQfreemem(verifier);
    ss_buf_done(&sql);
    return code;
}

static ss_code
let_agent_in(const ss_place *place, const char *listen, ss_arena *arena, const ss_watch *watch,
             ss_error *err)
{
    const char *file = ss_path_join(arena, place->folder, "password");
    const ss_endpoint endpoint = {.kind = SS_ENDPOINT_CLUSTER,
                                  .folder = place->folder,
                                  .dbname = "postgres",
                                  .label = place->folder};
    const ss_pg_options options = {.application_name = "sandseed cluster"};
    const char *password = agent_password(file, arena), *line;
    ss_pg *pg;
    ss_code code;

    SS_TRY(ss_pg_open(arena, &endpoint, &options, watch, &pg, err));
    code = set_agent(pg, password, arena, err);
    ss_pg_close(pg);
    if (code != SS_OK)
        return ss_note(err, "while setting up the role \"" SS_CLUSTER_AGENT "\"");
    /* In .pgpass form, so that PGPASSFILE can point to it. */
    line = ss_strf(arena, "*:%s:*:" SS_CLUSTER_AGENT ":%s\n", strrchr(listen, ':') + 1, password);
    return ss_file_write_as(file, line, strlen(line), 0600, place->uid, place->gid, err);
}

/* --- the calls ---------------------------------------------------------------------------------- */

/* Does the running server listen where it is asked to?  "" for nowhere. */
static bool
listens_on(const ss_place *place, const char *listen, ss_arena *arena)
{
    ss_cluster_status status;
    ss_error ignored;

    if (ss_cluster_inspect(place->folder, arena, &status, &ignored) != SS_OK)
        return false;
    if (strcmp(listen, "none") == 0)
        return status.listen == NULL;
    return status.listen != NULL && strcmp(status.listen, listen) == 0;
}

/*
 * The number in the lock files belongs to another program or to a process that nobody has waited for,
 * which a server does not dare to rule out.  It still finds backends of the dead one by their shared memory.
 */
static void
clear_stale(const ss_place *place, ss_arena *arena)
{
    DIR *dir = opendir(place->folder);
    const struct dirent *entry;

    (void) unlink(ss_path_join(arena, place->data, "postmaster.pid"));
    while (dir != NULL && (entry = readdir(dir)) != NULL)
    {
        if (strncmp(entry->d_name, ".s.PGSQL.", 9) == 0)
            (void) unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir != NULL)
        (void) closedir(dir);
}

/* Everything from the locked folder on. */
static ss_code
bring_up(const ss_place *place, const ss_cluster_options *options, ss_arena *arena,
         const ss_watch *watch, bool *started, ss_error *err)
{
    const char *listen = options == NULL ? NULL : options->listen;
    ss_server_state state;

    if (ss_place_version(place, arena) == 0)
        SS_TRY(ss_place_create(place, options, arena, watch, err));
    SS_TRY(settle_state(place, watch, &state, err));
    if (state == SS_SERVER_READY)
    {
        if (listen == NULL || listens_on(place, listen, arena))
            return SS_OK;
        (void) ss_fail(err, SS_EMEND,
                       "the server in \"%s\" runs already and listens elsewhere or not at all",
                       place->folder);
        return ss_hint(err, "Stop it first: sandseed cluster stop %s", place->folder);
    }
    if (state == SS_SERVER_STALE)
        clear_stale(place, arena);
    SS_TRY(ss_place_configure(place, options, arena, err));
    SS_TRY(options != NULL && options->throwaway ? start_throwaway(place, watch, arena, err)
                                                 : start_server(place, watch, arena, err));
    *started = true;
    if (listen != NULL && strcmp(listen, "none") != 0)
    {
        const ss_code code = let_agent_in(place, listen, arena, watch, err);

        if (code != SS_OK)
        {
            stop_half_started(place);
            *started = false;
            return code;
        }
    }
    return SS_OK;
}

ss_code
ss_cluster_start(const char *folder, const ss_cluster_options *options, const ss_watch *watch,
                 bool *started, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    bool made = false;
    int lock = -1;
    ss_place place;
    ss_code code;

    *started = false;
    ss_place_of(folder, scratch, &place);
    code = check_listen(options == NULL ? NULL : options->listen, watch, err);
    if (code == SS_OK)
        code = ss_place_check(&place, scratch, err);
    if (code == SS_OK)
        code = ss_place_programs(&place, options == NULL ? NULL : options->bindir, scratch, err);
    if (code == SS_OK)
        code = prepare_folder(&place, &made, scratch, err);
    if (code == SS_OK)
        code = lock_folder(&place, scratch, watch, &lock, err);
    if (code == SS_OK)
        code = bring_up(&place, options, scratch, watch, started, err);
    if (code != SS_OK && made && ss_place_version(&place, scratch) == 0)
    {
        ss_error ignored;

        (void) ss_folder_remove(place.folder, &ignored);
    }
    if (lock >= 0)
        (void) close(lock);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_cluster_stop(const char *folder, const ss_cluster_options *options, const ss_watch *watch,
                ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_server_state state;
    ss_code code = SS_OK;
    ss_place place;
    int pid;

    (void) options;
    ss_place_of(folder, scratch, &place);
    state = ss_place_state(&place, &pid);
    if (ss_place_version(&place, scratch) == 0)
        code = ss_fail(err, SS_EMEND, "there is no private server in \"%s\"", place.folder);
    else if (!ss_path_exists(ss_path_join(scratch, place.data, "sandseed.conf")))
        code = ss_fail(err, SS_EREFUSED, "the server in \"%s\" is not one of sandseed's",
                       place.folder);
    else if (state != SS_SERVER_STOPPED && state != SS_SERVER_STALE)
        code = stop_server(&place, pid, watch, err);
    ss_arena_free(scratch);
    return code;
}

int
ss_cluster_pid(const char *folder)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_place place;
    int pid;

    ss_place_of(folder, scratch, &place);
    (void) ss_place_state(&place, &pid);
    ss_arena_free(scratch);
    return pid;
}

ss_code
ss_cluster_inspect(const char *folder, ss_arena *result, ss_cluster_status *status, ss_error *err)
{
    const char *password, *listen, *port;
    ss_server_state state;
    ss_place place;

    ss_place_of(folder, result, &place);
    if (ss_path_exists(place.folder) && access(place.folder, R_OK | X_OK) != 0)
        return ss_fail(err, SS_EMEND, "could not look into \"%s\": %s", place.folder,
                       strerror(errno));
    *status = (ss_cluster_status){.version = ss_place_version(&place, result),
                                  .socket_dir = place.folder};
    status->exists = status->version != 0;
    if (!status->exists)
        return SS_OK;
    state = ss_place_state(&place, &status->pid);
    status->running = state == SS_SERVER_READY || state == SS_SERVER_STARTING;
    password = ss_path_join(result, place.folder, "password");
    if (ss_path_exists(password))
        status->password_file = password;
    listen = ss_place_setting(&place, "listen_addresses", result);
    port = ss_place_setting(&place, "port", result);
    if (listen != NULL && listen[0] == '\'' && strcmp(listen, "''") != 0 && port != NULL)
        status->listen =
            ss_strf(result, "%.*s:%s", (int) strcspn(listen + 1, "'"), listen + 1, port);
    return SS_OK;
}

char *
ss_cluster_conninfo(const char *folder, const char *dbname, ss_arena *result)
{
    const char *port;
    ss_buf text = {0};
    ss_place place;
    char *copy;

    ss_place_of(folder, result, &place);
    port = ss_place_setting(&place, "port", result);
    ss_conninfo_put(&text, "host", place.folder);
    ss_buf_printf(&text, " port=%s user=" SS_CLUSTER_SUPERUSER,
                  port == NULL ? SS_CLUSTER_PORT : port);
    ss_conninfo_put(&text, "dbname", dbname);
    copy = ss_strdup(result, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

void
ss_cluster_remove(const char *folder, const ss_watch *watch)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_place place;
    ss_error ignored;
    int pid;

    ss_place_of(folder, scratch, &place);
    if (ss_path_exists(ss_path_join(scratch, place.data, "sandseed.conf")))
    {
        const ss_server_state state = ss_place_state(&place, &pid);

        /* Nobody will need its data again. */
        if (state != SS_SERVER_STOPPED && state != SS_SERVER_STALE)
        {
            (void) kill((pid_t) pid, SIGQUIT);
            (void) wait_gone(&place, pid, ss_interrupted(watch) ? HURRY_MS : IMMEDIATE_MS, NULL);
        }
        (void) ss_folder_remove(place.folder, &ignored);
    }
    ss_arena_free(scratch);
}
