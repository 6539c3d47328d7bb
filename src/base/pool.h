/*
 * A worker pool: n jobs over a few threads, stopping at the first failure.
 *
 * Jobs are taken in the order of their numbers, so put the largest first.  The caller's arrays
 * must tolerate jobs running side by side; nothing else is shared.
 */
#ifndef SS_BASE_POOL_H
#define SS_BASE_POOL_H

#include <stddef.h>

#include <sandseed/error.h>

/*
 * One job.  worker is 0 .. workers - 1, one thread each: index per-thread connections and buffers
 * with it.
 */
typedef ss_code ss_job(void *arg, size_t job, size_t worker, ss_error *err);

/*
 * Run jobs 0 .. n - 1 on at most workers threads (1 runs them here) and wait.  Returns SS_OK, or the failure of
 * the lowest-numbered job that failed; jobs not yet begun by then are left out.
 */
ss_code ss_pool_run(size_t n, size_t workers, ss_job *job, void *arg, ss_error *err);

/* How many cores the machine has, 1 to 16. */
size_t ss_pool_cores(void);

#endif
