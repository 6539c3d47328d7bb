/*
 * Who is in the way: names the tables that other sessions hold shut, for the error of a run that
 * waited for a lock in vain.  PostgreSQL itself says only that it waited.
 */
#ifndef SS_PG_LOCKS_H
#define SS_PG_LOCKS_H

#include "pg/endpoint.h"

struct ss_watch;

/*
 * When err says that a lock was not to be had, add the tables of the endpoint's database that are
 * locked against readers, and by which process.  Uses a connection of its own; never makes err
 * worse than it is.  Returns err's code.
 */
ss_code ss_locks_note(const ss_endpoint *endpoint, const struct ss_watch *watch, ss_error *err);

#endif
