#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "pg/cluster_internal.h"
#include "secret/digest.h"

#define LOCKS_LEAST 64 /* PostgreSQL's default */
#define LOCKS_MOST  1024

/*
 * ERROR messages hold values (invalid input syntax for type integer: "..."), so the log begins at
 * LOG, which ranks above ERROR there.  Minimal WAL lets COPY into a new table skip it.
 */
static const char settings[] =
    "# Written by sandseed at every start: put changes into postgresql.conf, after its include.\n"
    "unix_socket_permissions = 0700\n"
    "log_min_messages = log\n"
    "log_error_verbosity = terse\n"
    "log_min_error_statement = panic\n"
    "log_statement = none\n"
    "log_checkpoints = off\n"
    "logging_collector = off\n"
    "lc_messages = 'C'\n"
    "timezone = 'UTC'\n"
    "log_timezone = 'UTC'\n"
    "password_encryption = 'scram-sha-256'\n"
    "wal_level = minimal\n"
    "max_wal_senders = 0\n"
    "max_wal_size = 4GB\n"
    "checkpoint_timeout = 30min\n"
    "shared_buffers = 256MB\n"
    "maintenance_work_mem = 256MB\n"
    "max_connections = 100\n"
    "max_locks_per_transaction = 1024\n" /* schemas of thousands of tables */
    "autovacuum_naptime = 10min\n"
    "jit = off\n";

static const char throwaway_settings[] = "sandseed.throwaway = on\n"
                                         "fsync = off\n"
                                         "synchronous_commit = off\n"
                                         "full_page_writes = off\n"
                                         "autovacuum = off\n"
                                         "max_logical_replication_workers = 0\n";

/* Making room for locks takes half of a server's start: a hundred for each table, where their number is known. */
static size_t
locks_for(size_t ntables)
{
    return ntables < LOCKS_LEAST ? LOCKS_LEAST : ntables > LOCKS_MOST ? LOCKS_MOST : ntables;
}

static ss_code
write_owned(const ss_place *place, ss_arena *arena, const char *name, const char *text,
            ss_error *err)
{
    return ss_file_write_as(ss_path_join(arena, place->data, name), text, strlen(text), 0600,
                            place->uid, place->gid, err);
}

/* HOST:PORT into its two parts; an IPv6 address may stand in brackets. */
static void
split_listen(const char *listen, ss_arena *arena, const char **host, const char **port)
{
    const char *colon = strrchr(listen, ':');
    size_t n = (size_t) (colon - listen);

    *port = colon + 1;
    if (n >= 2 && listen[0] == '[' && listen[n - 1] == ']')
    {
        listen++;
        n -= 2;
    }
    *host = ss_strndup(arena, listen, n);
}

ss_code
ss_place_configure(const ss_place *place, const ss_cluster_options *options, ss_arena *arena,
                   ss_error *err)
{
    const char *listen = options == NULL ? NULL : options->listen;
    const char *host = "", *port = SS_CLUSTER_PORT;
    const bool throwaway = (options != NULL && options->throwaway) ||
                           ss_place_setting(place, "sandseed.throwaway", arena) != NULL;
    ss_buf conf = {0}, hba = {0}, ident = {0};
    ss_code code;

    if (listen == NULL)
    {
        /* What an earlier start said still holds. */
        const char *addresses = ss_place_setting(place, "listen_addresses", arena);
        const char *before = ss_place_setting(place, "port", arena);

        if (addresses != NULL && addresses[0] == '\'' && before != NULL)
        {
            host = ss_strndup(arena, addresses + 1, strcspn(addresses + 1, "'"));
            port = before;
        }
    }
    else if (strcmp(listen, "none") != 0)
        split_listen(listen, arena, &host, &port);

    ss_buf_puts(&conf, settings);
    ss_buf_puts(&conf, "unix_socket_directories = ");
    ss_pg_literal(&conf, place->folder);
    ss_buf_printf(&conf, "\nlisten_addresses = '%s'\nport = %s\n", host, port);
    if (throwaway)
        ss_buf_puts(&conf, throwaway_settings);
    if (throwaway && options != NULL && options->ntables > 0)
        ss_buf_printf(&conf, "max_locks_per_transaction = %zu\n", locks_for(options->ntables));

    ss_buf_puts(&hba, "# written by sandseed\nlocal all all peer map=sandseed\n");
    if (host[0] != '\0')
        ss_buf_puts(&hba, "host all " SS_CLUSTER_AGENT " all scram-sha-256\n");
    ss_buf_printf(&ident,
                  "# written by sandseed\nsandseed \"%s\" " SS_CLUSTER_SUPERUSER
                  "\nsandseed root " SS_CLUSTER_SUPERUSER "\n",
                  place->user);
    if (throwaway)
        ss_buf_printf(
            &ident, "sandseed \"%s\" " SS_CLUSTER_STAGER "\nsandseed root " SS_CLUSTER_STAGER "\n",
            place->user);

    code = write_owned(place, arena, "sandseed.conf", ss_buf_text(&conf), err);
    if (code == SS_OK)
        code = write_owned(place, arena, "pg_hba.conf", ss_buf_text(&hba), err);
    if (code == SS_OK)
        code = write_owned(place, arena, "pg_ident.conf", ss_buf_text(&ident), err);
    ss_buf_done(&conf);
    ss_buf_done(&hba);
    ss_buf_done(&ident);
    return code;
}

/* --- initdb ------------------------------------------------------------------------------------- */

/* A throw-away server writes little; segments of its log of 1 MB make it smaller by half. */
static const char *const throwaway_segments = "--wal-segsize=1";
static const char *const locales[] = {"--locale=C.UTF-8", "--locale=C"};

static ss_code
run_initdb(const ss_place *place, const char *into, const char *locale, bool throwaway, int *status,
           ss_buf *said, const ss_watch *watch, ss_error *err)
{
    const char *const args[] = {"-D",
                                into,
                                "-U",
                                SS_CLUSTER_SUPERUSER,
                                "-E",
                                "UTF8",
                                locale,
                                "--lc-messages=C",
                                "--auth=peer",
                                "--no-sync",
                                throwaway ? throwaway_segments : NULL,
                                NULL};

    ss_buf_clear(said);
    return ss_place_run(place, "initdb", args, status, said, watch, err);
}

const char *
ss_place_initdb_text(ss_arena *arena)
{
    return ss_strf(arena, "-U " SS_CLUSTER_SUPERUSER " -E UTF8 %s or %s --lc-messages=C %s %s",
                   locales[0], locales[1], throwaway_segments,
                   ss_digest(arena, settings, strlen(settings)));
}

static ss_code
initdb_failed(const ss_place *place, const char *said, ss_error *err)
{
    if (strstr(said, "No space left on device") != NULL)
    {
        (void) ss_fail(err, SS_ERETRY, "the disk of \"%s\" is full", place->folder);
        return ss_hint(err, "Free some space there, or choose another folder.");
    }
    SS_TRY(ss_place_disk(place, err));
    (void) ss_fail(err, SS_EMEND, "initdb could not create a server in \"%s\"%s", place->folder,
                   strstr(said, "Permission denied") != NULL ? ": permission denied"
                   : strstr(said, "Cannot allocate memory") != NULL ||
                           strstr(said, "could not create shared memory") != NULL
                       ? ": there is too little memory"
                       : "");
    return ss_hint(err, "Run %s/initdb on a folder beside it, as the user %s, to see why.",
                   place->bindir, place->user);
}

/* initdb's cluster, that includes our settings, in half. */
static ss_code
make_cluster(const ss_place *place, const char *half, bool throwaway, ss_arena *arena,
             const ss_watch *watch, ss_error *err)
{
    ss_place fresh = *place;
    ss_buf said = {0};
    char *conf = NULL;
    int status = 0;
    ss_code code;

    fresh.data = half;
    code = run_initdb(place, half, locales[0], throwaway, &status, &said, watch, err);
    if (code == SS_OK && status != 0 && strstr(ss_buf_text(&said), "locale") != NULL)
    {
        code = ss_folder_remove(half, err);
        if (code == SS_OK)
            code = run_initdb(place, half, locales[1], throwaway, &status, &said, watch, err);
    }
    if (code == SS_OK && status != 0)
        code = initdb_failed(place, ss_buf_text(&said), err);
    ss_buf_done(&said);
    if (code == SS_OK)
        code = ss_file_read(ss_path_join(arena, half, "postgresql.conf"), 1 << 20, arena, &conf,
                            NULL, err);
    if (code == SS_OK)
        code = write_owned(&fresh, arena, "postgresql.conf",
                           ss_strf(arena, "%s\ninclude = 'sandseed.conf'\n", conf), err);
    if (code == SS_OK)
        code = write_owned(&fresh, arena, "sandseed.conf", settings, err);
    return code;
}

ss_code
ss_place_create(const ss_place *place, const ss_cluster_options *options, ss_arena *arena,
                const ss_watch *watch, ss_error *err)
{
    /* Under another name until it is whole: a killed initdb leaves no half of a server behind. */
    const char *half = ss_path_join(arena, place->folder, "data.new");
    const bool throwaway = options != NULL && options->throwaway;
    const char *kept = throwaway ? options->kept : NULL;
    bool copied;
    ss_error ignored;
    ss_code code = SS_OK;

    SS_TRY(ss_place_disk(place, err));
    SS_TRY(ss_folder_remove(half, err));
    copied = kept != NULL && ss_place_take_kept(place, kept, half, arena, watch);
    if (!copied)
        code = make_cluster(place, half, throwaway, arena, watch, err);
    if (code == SS_OK && rename(half, place->data) != 0)
        code = ss_fail(err, SS_EMEND, "could not rename \"%s\": %s", half, strerror(errno));
    if (code != SS_OK)
        (void) ss_folder_remove(half, &ignored);
    else if (!copied && kept != NULL && options->keep_in != NULL)
        ss_place_keep(place, kept, options->keep_in, arena, watch);
    return code;
}
