/*
 * A private server for the length of a run: where a model's schema stands, where CSV files become tables.
 *
 * It is a cluster of its own in a new folder below /var/tmp (short enough for a socket's path), without
 * fsync, and goes with its folder when the arena goes: after success, failure and a signal alike.  What a run
 * left that was killed goes when the next one starts.
 */
#ifndef SS_RUN_THROWAWAY_H
#define SS_RUN_THROWAWAY_H

#include "pg/endpoint.h"
#include "pg/pg.h"

typedef struct ss_throwaway_options
{
    const char *bindir; /* --pg-bindir, or NULL */
    const char *dbname; /* of the endpoint; the database itself is not created */
    const char *
        output; /* the run's output folder: an empty server is kept there for the next one; or NULL */
    const char
        *folder;    /* the run's own folder in it, where one is made; NULL: it is only looked for */
    size_t ntables; /* that it will hold; 0: nobody knows */
} ss_throwaway_options;

/* Start one.  *endpoint: the cluster with dbname. */
ss_code ss_throwaway_start(ss_arena *arena, const ss_throwaway_options *options,
                           const ss_watch *watch, ss_endpoint *endpoint, ss_error *err);

/* Create roles that its databases may name: none of them can log in. */
ss_code ss_throwaway_roles(const ss_endpoint *endpoint, const char *const *roles, size_t nroles,
                           const ss_watch *watch, ss_error *err);

#endif
