#include "run/throwaway.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/leftovers.h"
#include "base/lock.h"
#include "base/text.h"
#include "base/try.h"
#include "pg/cluster.h"
#include "secret/token.h"

#define PARENT   "/var/tmp"
#define PREFIX   "sandseed-"
#define ID_CHARS 16 /* 64 random bits: nobody else's folder, and a path short enough for a socket */
#define LOCK     ".lock"
#define ATTEMPTS 8
#define KEPT     "empty-server" /* in the output folder: a cluster that was never started */

/*
 * A server outlives a run that is killed, with everything that was staged in it.  So each has a lock file
 * beside its folder that its run holds: whoever can take the lock knows that the run is gone, and cleans up.
 */
typedef struct throwaway
{
    const char *folder;
    const char *lock;
    int fd; /* of the lock */
    const ss_watch *watch;
    ss_leftover place, server;
} throwaway;

/* -1: somebody holds it, or it is not ours. */
static int
take_lock(const char *path, int flags)
{
    const int fd = ss_lock_take(path, O_RDWR | flags);
    struct stat held;

    if (fd < 0)
        return -1;
    if (fstat(fd, &held) == 0 && S_ISREG(held.st_mode) && held.st_uid == geteuid())
        return fd;
    (void) close(fd);
    return -1;
}

static void
clean_up(const throwaway *t)
{
    ss_error ignored;

    ss_cluster_remove(t->folder, t->watch);
    ss_leftover_take_back(&t->server);
    /* A killed initdb leaves a folder that is no cluster yet. */
    if (ss_folder_remove(t->folder, &ignored) == SS_OK)
        (void) unlink(t->lock);
    ss_leftover_take_back(&t->place);
    (void) close(t->fd);
}

static void
clean_up_deferred(void *t)
{
    clean_up(t);
}

static bool
is_lock(const char *name)
{
    const size_t prefix = strlen(PREFIX);

    return strncmp(name, PREFIX, prefix) == 0 &&
           strspn(name + prefix, "0123456789abcdef") == ID_CHARS &&
           strcmp(name + prefix + ID_CHARS, LOCK) == 0;
}

/* The servers of runs that were killed. */
static void
sweep(ss_arena *scratch, const ss_watch *watch)
{
    DIR *dir = opendir(PARENT);
    const struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
    {
        throwaway t = {.watch = watch};

        if (!is_lock(entry->d_name))
            continue;
        t.lock = ss_path_join(scratch, PARENT, entry->d_name);
        t.folder = ss_strndup(scratch, t.lock, strlen(t.lock) - strlen(LOCK));
        t.fd = take_lock(t.lock, 0);
        if (t.fd >= 0)
            clean_up(&t);
    }
    if (dir != NULL)
        (void) closedir(dir);
}

static ss_code
make_place(ss_arena *arena, const ss_watch *watch, throwaway **place, ss_error *err)
{
    throwaway *t = ss_alloc(arena, 1, sizeof *t);

    *t = (throwaway){.fd = -1, .watch = watch};
    /* Another run's sweep may come between making the file and locking it. */
    for (int i = 0; t->fd < 0 && i < ATTEMPTS; i++)
    {
        t->folder = ss_strf(arena, PARENT "/" PREFIX "%.*s", ID_CHARS, ss_secret_id(arena));
        t->lock = ss_strf(arena, "%s" LOCK, t->folder);
        t->fd = take_lock(t->lock, O_CREAT | O_EXCL);
    }
    if (t->fd < 0)
    {
        (void) ss_fail(err, errno == ENOSPC ? SS_ERETRY : SS_EMEND, "could not make \"%s\": %s",
                       t->lock, strerror(errno));
        return ss_hint(err, "Runs keep their private servers in " PARENT ".");
    }
    t->place = (ss_leftover){.folder = t->folder};
    ss_leftover_add(&t->place);
    ss_arena_defer(arena, clean_up_deferred, t);
    *place = t;
    return SS_OK;
}

ss_code
ss_throwaway_start(ss_arena *arena, const ss_throwaway_options *options, const ss_watch *watch,
                   ss_endpoint *endpoint, ss_error *err)
{
    const char *dbname = options->dbname;
    const ss_cluster_options cluster = {
        .bindir = options->bindir,
        .throwaway = true,
        .ntables = options->ntables,
        .kept = options->output == NULL ? NULL : ss_path_join(arena, options->output, KEPT),
        .keep_in = options->folder};
    throwaway *t = NULL;
    bool started;

    sweep(arena, watch);
    SS_TRY(make_place(arena, watch, &t, err));
    *endpoint = (ss_endpoint){
        .kind = SS_ENDPOINT_CLUSTER, .folder = t->folder, .dbname = ss_strdup(arena, dbname)};
    endpoint->label = ss_strf(arena, "cluster:%s?dbname=%s", endpoint->folder, dbname);
    if (ss_cluster_start(endpoint->folder, &cluster, watch, &started, err) != SS_OK)
        return ss_note(err, "while starting a private server for this run");
    t->server = ss_leftover_server(ss_cluster_pid(endpoint->folder));
    ss_leftover_add(&t->server);
    return SS_OK;
}

ss_code
ss_throwaway_roles(const ss_endpoint *endpoint, const char *const *roles, size_t nroles,
                   const ss_watch *watch, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_pg_options options = {.dbname = "postgres"};
    ss_pg *pg = NULL;
    ss_code code = ss_pg_open(scratch, endpoint, &options, watch, &pg, err);

    for (size_t i = 0; i < nroles && code == SS_OK; i++)
    {
        const char *exists = NULL;
        ss_buf sql = {0};

        /* The server's own; what it does not have cannot be created. */
        if (strncmp(roles[i], "pg_", 3) == 0)
            continue;
        ss_buf_puts(&sql, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ");
        ss_pg_literal(&sql, roles[i]);
        code = ss_pg_value_of(pg, scratch, ss_buf_text(&sql), &exists, err);
        ss_buf_clear(&sql);
        ss_buf_puts(&sql, "CREATE ROLE ");
        ss_pg_ident(&sql, roles[i]);
        ss_buf_puts(&sql, " NOLOGIN");
        if (code == SS_OK && exists == NULL)
            code = ss_pg_exec(pg, ss_buf_text(&sql), err);
        ss_buf_done(&sql);
        if (code != SS_OK)
            (void) ss_note(err, "while creating role %s", ss_printable(scratch, roles[i]));
    }
    ss_arena_free(scratch);
    return code;
}
