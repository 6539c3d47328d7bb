/*
 * Private servers: a PostgreSQL cluster that lives in a folder and listens on a Unix socket there.
 *
 * sandseed runs initdb and pg_ctl itself; invoked as root it runs the server as an unprivileged
 * user (the owner of the folder, else "postgres", else "nobody").  The folder (0700) holds data/, the
 * socket, the log, and after --listen a password file (0600, in .pgpass form).
 *
 * Its superuser "sandseed" is reached by peer authentication, from the server's user and from root.
 * With listen a role "sandbox" logs in over TCP by scram and a generated password.  It is no
 * superuser, may create nothing in the server and sees what is granted to it or to PUBLIC: a
 * policy lets it into a sandbox by access: [sandbox].  What listen said holds for later starts too,
 * until another one or "none".
 */
#ifndef SS_PG_CLUSTER_H
#define SS_PG_CLUSTER_H

#include "pg/endpoint.h"
#include "pg/pg.h"

/*
 * A throw-away server lets one more role in, once somebody creates it: no superuser, for SQL that comes
 * along with files.
 */
#define SS_CLUSTER_STAGER "sandseed_files"

typedef struct ss_cluster_options
{
    const char *bindir; /* --pg-bindir, or NULL: the newest server found */
    const char *listen; /* "127.0.0.1:5433" with scram and a generated password, "none", or NULL */
    bool throwaway;     /* fsync off, small: a scratch server that is deleted with its folder */
    size_t ntables;     /* throwaway: that it will hold; 0: nobody knows */
    const char *kept;   /* throwaway: a folder from whose empty cluster it is copied; or NULL */
    const char *
        keep_in; /* and the caller's own folder beside, where another one is made when it is of no use; or NULL */
} ss_cluster_options;

typedef struct ss_cluster_status
{
    bool exists;
    bool running;
    int pid;
    int version; /* major */
    const char *socket_dir;
    const char *listen;        /* host:port, or NULL */
    const char *password_file; /* or NULL */
} ss_cluster_status;

/*
 * Make sure a server runs in folder: create it if it is missing or empty, start it if it is
 * stopped; *started says whether this call started it.  Databases are not created here.
 */
ss_code ss_cluster_start(const char *folder, const ss_cluster_options *options,
                         const ss_watch *watch, bool *started, ss_error *err);

/*
 * Stop it, fast; at once when that takes over a minute or watch is interrupted, which does not end
 * the call.  SS_OK when it does not run.
 */
ss_code ss_cluster_stop(const char *folder, const ss_cluster_options *options,
                        const ss_watch *watch, ss_error *err);

/* The process number of a server of ours; 0: it does not run. */
int ss_cluster_pid(const char *folder);

ss_code ss_cluster_inspect(const char *folder, ss_arena *result, ss_cluster_status *status,
                           ss_error *err);

/* The conninfo that reaches a database of a running cluster from this machine, in result. */
char *ss_cluster_conninfo(const char *folder, const char *dbname, ss_arena *result);

/*
 * Stop the server of a cluster of sandseed's and delete its folder; any other folder is left alone.
 * Tolerates anything, and waits less when watch is interrupted.
 */
void ss_cluster_remove(const char *folder, const ss_watch *watch);

#endif
