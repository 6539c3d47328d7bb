/* Running other programs: no shell, own environment, output captured, stopped when the caller is. */
#ifndef SS_BASE_PROC_H
#define SS_BASE_PROC_H

#include <sys/types.h>

#include <sandseed/error.h>
#include <sandseed/watch.h>

#include "base/buf.h"

typedef struct ss_proc_options
{
    const char *const *argv; /* argv[0] is a path, or a name to be found in PATH; NULL at the end */
    const char *const *setenv;   /* "NAME=value" ... NULL: added to our environment; may be NULL */
    const char *const *unsetenv; /* "NAME" ... NULL; may be NULL */
    const char *const *keepenv;  /* "NAME" ... NULL: of ours no other is passed on; NULL: all are */
    const char *cwd;             /* or NULL */
    unsigned uid, gid;           /* run as, when we are root; 0: as ourselves */
    int in_fd;                   /* its stdin is this descriptor; 0: empty */
    ss_buf *out;                 /* its stdout; NULL: discarded */
    int out_fd;                  /* its stdout is this descriptor; 0: see out */
    ss_buf *err_text; /* its stderr, of which the last 1 MB at most is kept; NULL: discarded */
    int timeout_s;    /* 0: none */
} ss_proc_options;

/*
 * Run and wait.  SS_OK with *status the exit status (128 + n for a signal), SS_EMEND when it cannot be started,
 * SS_EINTERRUPTED (the child got SIGTERM, then SIGKILL after half a second), SS_ERETRY on timeout.
 */
ss_code ss_proc_run(const ss_proc_options *options, const ss_watch *watch, int *status,
                    ss_error *err);

/*
 * Start, and go on: it is a leader of a session of its own and outlives us.  It is our child, *pid: waitpid(2) says whether it
 * ended.  Of options argv, the environment, cwd, user and out_fd count; stdout and stderr both go to out_fd.
 */
ss_code ss_proc_start(const ss_proc_options *options, pid_t *pid, ss_error *err);

/*
 * fork(), in whose child no handler of ours runs: all signals are blocked there, and those that we handle have their
 * usual effect.
 */
pid_t ss_proc_fork(void);

#endif
