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

/*
 * Start one.  bindir: --pg-bindir or NULL.  *endpoint: the cluster with dbname; the database itself is not
 * created.
 */
ss_code ss_throwaway_start(ss_arena *arena, const char *bindir, const char *dbname,
                           const ss_watch *watch, ss_endpoint *endpoint, ss_error *err);

/* Create roles that its databases may name: none of them can log in. */
ss_code ss_throwaway_roles(const ss_endpoint *endpoint, const char *const *roles, size_t nroles,
                           const ss_watch *watch, ss_error *err);

#endif
