#include "pg/cluster_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
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
#include "pg/programs.h"

#define FILE_LIMIT     65536
#define SOCKET_NAME    "/.s.PGSQL.65535"
#define MIN_FREE_BYTES (200ULL << 20) /* an empty cluster takes about 40 MB, its WAL 16 more */

void
ss_place_of(const char *folder, ss_arena *arena, ss_place *place)
{
    char *full = ss_path_absolute(arena, folder);
    size_t n = strlen(full);

    while (n > 1 && full[n - 1] == '/')
        full[--n] = '\0';
    *place = (ss_place){
        .folder = full,
        .data = ss_path_join(arena, full, "data"),
        .log = ss_path_join(arena, full, "log"),
        .user = "",
    };
}

/* --- is it a place for a server? ---------------------------------------------------------------- */

static ss_code
check_name(const char *folder, ss_error *err)
{
    const size_t length = strlen(folder) + strlen(SOCKET_NAME);

    if (length > sizeof(((struct sockaddr_un *) 0)->sun_path) - 1)
    {
        (void) ss_fail(err, SS_EMEND,
                       "the socket's path in \"%s\" would be %zu bytes long; 107 is the limit",
                       folder, length);
        return ss_hint(err, "Choose a shorter folder, such as /var/tmp/NAME.");
    }
    /* pg_ctl hands the folder to a shell, inside double quotes. */
    for (const char *c = folder; *c != '\0'; c++)
    {
        if (strchr("\"$`\\", *c) != NULL || (unsigned char) *c < ' ' || *c == 0x7F)
        {
            (void) ss_fail(err, SS_EMEND,
                           "a private server's folder may hold no quote, $, backslash, backtick "
                           "or control character in its path");
            return ss_hint(err, "Choose a plainer folder, such as /var/tmp/NAME.");
        }
    }
    return SS_OK;
}

static ss_code
own_user(ss_place *place, ss_arena *arena, ss_error *err)
{
    const struct passwd *pw = getpwuid(getuid());
    struct stat st;

    if (pw == NULL)
    {
        (void) ss_fail(err, SS_EMEND, "the user with number %lu has no name, and initdb wants one",
                       (unsigned long) getuid());
        return ss_hint(err, "Add a line for it to /etc/passwd.");
    }
    place->user = ss_strdup(arena, pw->pw_name);
    if (stat(place->folder, &st) == 0 && st.st_uid != getuid())
    {
        (void) ss_fail(err, SS_EMEND, "the folder \"%s\" belongs to another user", place->folder);
        return ss_hint(err, "Choose a folder of your own.");
    }
    return SS_OK;
}

/* Root must not run a server: its folder's owner does, else "postgres", else "nobody". */
static ss_code
other_user(ss_place *place, ss_arena *arena, ss_error *err)
{
    const struct passwd *pw = NULL;
    struct stat st;

    if ((stat(place->data, &st) == 0 || stat(place->folder, &st) == 0) && st.st_uid != 0)
    {
        pw = getpwuid(st.st_uid);
        if (pw == NULL)
        {
            (void) ss_fail(err, SS_EMEND,
                           "the owner of \"%s\", number %lu, has no name, and initdb wants one",
                           place->folder, (unsigned long) st.st_uid);
            return ss_hint(err, "Add a line for it to /etc/passwd, or choose a new folder.");
        }
    }
    if (pw == NULL)
        pw = getpwnam("postgres");
    if (pw == NULL)
        pw = getpwnam("nobody");
    if (pw == NULL || pw->pw_uid == 0)
    {
        (void) ss_fail(err, SS_EMEND,
                       "there is no unprivileged user to run a server as: PostgreSQL refuses root");
        return ss_hint(err, "Install Debian's package postgresql, which makes the user postgres.");
    }
    place->uid = pw->pw_uid;
    place->gid = pw->pw_gid;
    place->user = ss_strdup(arena, pw->pw_name);
    return SS_OK;
}

/* May the server's user enter every folder on the way? */
static ss_code
check_way(const ss_place *place, ss_arena *arena, ss_error *err)
{
    char *path = ss_strdup(arena, place->folder);

    for (char *c = path + 1; place->uid != 0 && *c != '\0'; c++)
    {
        struct stat st;
        mode_t needed;

        if (*c != '/')
            continue;
        *c = '\0';
        if (stat(path, &st) != 0)
            break; /* not there yet: we shall make it */
        needed = st.st_uid == place->uid ? S_IXUSR : st.st_gid == place->gid ? S_IXGRP : S_IXOTH;
        if ((st.st_mode & needed) == 0)
        {
            (void) ss_fail(err, SS_EMEND,
                           "the server's user \"%s\" may not enter the folder \"%s\"", place->user,
                           path);
            return ss_hint(err, "Choose a folder such as /var/tmp/NAME, or let it in: chmod o+x.");
        }
        *c = '/';
    }
    return SS_OK;
}

ss_code
ss_place_check(ss_place *place, ss_arena *arena, ss_error *err)
{
    SS_TRY(check_name(place->folder, err));
    SS_TRY(getuid() == 0 ? other_user(place, arena, err) : own_user(place, arena, err));
    return check_way(place, arena, err);
}

ss_code
ss_place_programs(ss_place *place, const char *bindir, ss_arena *arena, ss_error *err)
{
    if (ss_programs_find_server(bindir, ss_place_version(place, arena), arena, &place->bindir,
                                err) != SS_OK)
        return ss_note(err, "while looking for the programs of the private server in \"%s\"",
                       place->folder);
    return SS_OK;
}

ss_code
ss_place_disk(const ss_place *place, ss_error *err)
{
    struct statvfs fs;

    if (statvfs(place->folder, &fs) == 0 &&
        (unsigned long long) fs.f_bavail * fs.f_frsize < MIN_FREE_BYTES)
    {
        (void) ss_fail(err, SS_ERETRY, "the disk of \"%s\" is full: a server needs 200 MB to begin",
                       place->folder);
        return ss_hint(err, "Free some space there, or choose another folder.");
    }
    return SS_OK;
}

/* --- what is there ------------------------------------------------------------------------------ */

int
ss_place_version(const ss_place *place, ss_arena *arena)
{
    ss_error ignored;
    char *text;
    int64_t version;

    if (ss_file_read(ss_path_join(arena, place->data, "PG_VERSION"), 64, arena, &text, NULL,
                     &ignored) != SS_OK)
        return 0;
    text[strcspn(text, "\n")] = '\0';
    return ss_parse_i64(text, &version) && version > 0 && version < 1000 ? (int) version : 0;
}

/* The value of a setting in sandseed.conf as it is written there, or NULL. */
const char *
ss_place_setting(const ss_place *place, const char *name, ss_arena *arena)
{
    const size_t n = strlen(name);
    const char *found = NULL;
    ss_error ignored;
    char *text;

    if (ss_file_read(ss_path_join(arena, place->data, "sandseed.conf"), FILE_LIMIT, arena, &text,
                     NULL, &ignored) != SS_OK)
        return NULL;
    for (char *line = text, *next; line != NULL; line = next)
    {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (strncmp(line, name, n) == 0 && strncmp(line + n, " = ", 3) == 0)
            found = line + n + 3;
    }
    return found;
}

/* A process that has ended but that nobody has waited for still has a number. */
static bool
is_zombie(int pid)
{
    char text[512] = "", path[48], *paren;
    FILE *f;

    (void) snprintf(path, sizeof path, "/proc/%d/stat", pid);
    f = fopen(path, "re");
    if (f == NULL)
        return false;
    if (fgets(text, (int) sizeof text, f) == NULL)
        text[0] = '\0';
    (void) fclose(f);
    paren = strrchr(text, ')');
    return paren != NULL && strncmp(paren, ") Z", 3) == 0;
}

/* Is the process of this number the server of this folder?  A stale file's number may have been given away. */
bool
ss_place_is_server(const ss_place *place, int pid)
{
    char cwd[48];
    struct stat here, there;

    /* The server's user is us or somebody root may signal: without the right it is another's. */
    if (kill((pid_t) pid, 0) != 0 || is_zombie(pid))
        return false;
    /* A server works in its data folder. */
    (void) snprintf(cwd, sizeof cwd, "/proc/%d/cwd", pid);
    return stat(cwd, &there) != 0 || stat(place->data, &here) != 0 ||
           (here.st_ino == there.st_ino && here.st_dev == there.st_dev);
}

/* postmaster.pid: number, folder, time, port, socket folder, address, shared memory, status. */
ss_server_state
ss_place_state(const ss_place *place, int *pid)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_server_state state = SS_SERVER_STOPPED;
    const char *file = ss_path_join(scratch, place->data, "postmaster.pid");
    const char *status = "";
    ss_error ignored;
    char *text;
    int64_t number;

    *pid = 0;
    if (ss_file_read(file, FILE_LIMIT, scratch, &text, NULL, &ignored) == SS_OK)
    {
        for (int line = 1; line < 8 && status != NULL; line++)
        {
            char *newline = strchr(line == 1 ? text : status, '\n');

            if (newline != NULL && line == 1)
                *newline = '\0';
            status = newline == NULL ? NULL : newline + 1;
        }
        state = SS_SERVER_STALE;
        if (ss_parse_i64(text, &number) && number > 1 && number < INT32_MAX &&
            ss_place_is_server(place, (int) number))
        {
            *pid = (int) number;
            /* The last line comes after the others. */
            if (status == NULL || *status == '\0' || strncmp(status, "starting", 8) == 0)
                state = SS_SERVER_STARTING;
            else
                state = strncmp(status, "stopping", 8) == 0 ? SS_SERVER_STOPPING : SS_SERVER_READY;
        }
    }
    ss_arena_free(scratch);
    return state;
}

/* --- running ------------------------------------------------------------------------------------ */

/*
 * A server runs code that is not ours, and may outlive us: of our environment it gets where programs and
 * libraries are found and nothing that could be a secret.  (Without TZ, initdb writes the machine's time zone.)
 */
static const char *const kept_environment[] = {
    "PATH",    "HOME",           "TMPDIR",   "LD_LIBRARY_PATH",    "LD_PRELOAD",
    "LOCPATH", "LOCALE_ARCHIVE", "ICU_DATA", "NSS_WRAPPER_PASSWD", "NSS_WRAPPER_GROUP",
    NULL};

/* How one of the server's programs is run; in arena. */
static ss_proc_options
program_of(const ss_place *place, const char *program, const char *const *args, ss_arena *arena)
{
    static const char *const set[] = {"LC_ALL=C", NULL};
    const char **argv;
    size_t n = 0;

    while (args[n] != NULL)
        n++;
    argv = ss_alloc(arena, n + 2, sizeof *argv);
    argv[0] = ss_path_join(arena, place->bindir, program);
    for (size_t i = 0; i < n; i++)
        argv[i + 1] = args[i];
    return (ss_proc_options){.argv = argv,
                             .setenv = set,
                             .keepenv = kept_environment,
                             .cwd = "/", /* ours may be closed to the server's user */
                             .uid = place->uid,
                             .gid = place->gid};
}

static ss_code
check_started(const ss_place *place, const char *program, int status, ss_error *err)
{
    if (status != 126 && status != 127)
        return SS_OK;
    (void) ss_fail(err, SS_EMEND, "the user \"%s\" cannot run \"%s\"", place->user, program);
    return ss_hint(err, "Its folders must be open to that user: chmod o+x.");
}

ss_code
ss_place_run(const ss_place *place, const char *program, const char *const *args, int *status,
             ss_buf *said, const ss_watch *watch, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_proc_options o = program_of(place, program, args, scratch);
    ss_code code;

    o.err_text = said;
    code = ss_proc_run(&o, watch, status, err);
    if (code == SS_OK)
        code = check_started(place, o.argv[0], *status, err);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_place_start(const ss_place *place, const char *program, const char *const *args, int *pid,
               ss_error *err)
{
    /* The folder is the server's user's: what may be there already is not opened, nor is a link followed. */
    const int log =
        open(place->log, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    ss_arena *scratch = ss_arena_new(NULL);
    ss_proc_options o = program_of(place, program, args, scratch);
    ss_code code;

    o.out_fd = log;
    if (log < 0 || (place->uid != 0 && fchown(log, place->uid, place->gid) != 0))
        code = ss_fail(err, errno == ENOSPC ? SS_ERETRY : SS_EMEND, "could not make \"%s\": %s",
                       place->log, strerror(errno));
    else
        code = ss_proc_start(&o, pid, err);
    if (log >= 0)
        (void) close(log);
    ss_arena_free(scratch);
    return code;
}
