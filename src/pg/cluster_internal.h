/*
 * For pg/cluster*.c only: a private server's folder, who runs it, and the steps of its life.
 *
 * Root may be at work in a folder that an unprivileged user owns and changes, so nothing here follows
 * a link or changes the owner of a file that it has not just made.
 */
#ifndef SS_PG_CLUSTER_INTERNAL_H
#define SS_PG_CLUSTER_INTERNAL_H

#include "pg/cluster.h"

#define SS_CLUSTER_SUPERUSER "sandseed" /* by peer, for the server's own user and for root */
#define SS_CLUSTER_AGENT     "sandbox"  /* the role that --listen lets in */
#define SS_CLUSTER_PORT      "5432"     /* of the socket's name; --listen sets another for both */

typedef struct ss_place
{
    const char *folder; /* absolute */
    const char *data;
    const char *log;
    const char *bindir; /* NULL until ss_place_programs() */
    unsigned uid, gid;  /* 0: we are not root, and run it as ourselves */
    const char *user;   /* name of the server's user */
} ss_place;

/* cluster_place.c: where, and by whom. */
void ss_place_of(const char *folder, ss_arena *arena, ss_place *place);
ss_code ss_place_check(ss_place *place, ss_arena *arena, ss_error *err);
ss_code ss_place_programs(ss_place *place, const char *bindir, ss_arena *arena, ss_error *err);
int ss_place_version(const ss_place *place, ss_arena *arena); /* major; 0: no cluster there */
const char *ss_place_setting(const ss_place *place, const char *name, ss_arena *arena);

/* Run one of the server's programs as its user. */
ss_code ss_place_run(const ss_place *place, const char *program, const char *const *args,
                     int *status, ss_buf *said, const ss_watch *watch, ss_error *err);

/* Start one of them, and go on: its output goes into the folder's log, which is new; *pid is our child. */
ss_code ss_place_start(const ss_place *place, const char *program, const char *const *args,
                       int *pid, ss_error *err);

/* The disk of the folder has too little left to begin with: SS_ERETRY. */
ss_code ss_place_disk(const ss_place *place, ss_error *err);

typedef enum ss_server_state
{
    SS_SERVER_STOPPED,
    SS_SERVER_STALE, /* postmaster.pid is there, its server is not */
    SS_SERVER_STARTING,
    SS_SERVER_READY,
    SS_SERVER_STOPPING,
} ss_server_state;

/* Is the process of this number alive and the server of this folder? */
bool ss_place_is_server(const ss_place *place, int pid);

ss_server_state ss_place_state(const ss_place *place, int *pid);

/* cluster_create.c: initdb, or a copy of what it once made, and configuration. */
ss_code ss_place_create(const ss_place *place, const ss_cluster_options *options, ss_arena *arena,
                        const ss_watch *watch, ss_error *err);
/* With what options a throw-away server is made; in arena. */
const char *ss_place_initdb_text(ss_arena *arena);
ss_code ss_place_configure(const ss_place *place, const ss_cluster_options *options,
                           ss_arena *arena, ss_error *err);

/*
 * cluster_kept.c: an empty cluster kept, as initdb left it and before any server ran on it, for copies of it: initdb takes a
 * second or two, a copy a tenth of one.
 *
 * It stands in a folder of the run's own user, also where root runs the server as another one: nobody else can change it.
 * It is used when everything that decides what initdb makes is as it was and every file in it has the size and the time that
 * were noted, and belongs to nobody else; otherwise it is as if there were none.
 */

/* A copy of kept as the folder into, with an identifier of its own; false: nothing is there to be copied, nor in into. */
bool ss_place_take_kept(const ss_place *place, const char *kept, const char *into, ss_arena *arena,
                        const ss_watch *watch);

/* Keep place's cluster, which has not been started, instead of what is there.  It is made in folder, which goes with the run. */
void ss_place_keep(const ss_place *place, const char *kept, const char *folder, ss_arena *arena,
                   const ss_watch *watch);

#endif
