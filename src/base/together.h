/*
 * A few different steps side by side, which stand or fall together: when one fails the others are stopped, and its
 * error is the one that is told.
 */
#ifndef SS_BASE_TOGETHER_H
#define SS_BASE_TOGETHER_H

#include <stddef.h>

#include <sandseed/error.h>
#include <sandseed/watch.h>

#include "base/arena.h"

/* One step.  watch: the caller's, which also ends when another step has failed; it lives as long as the arena. */
typedef ss_code ss_step(void *arg, size_t step, const ss_watch *watch, ss_error *err);

/*
 * Run steps 0 .. n - 1 on at most workers threads (1 runs them here, one after the other) and wait.  Returns SS_OK,
 * or the failure that came first.
 */
ss_code ss_together(size_t n, size_t workers, ss_step *step, void *arg, const ss_watch *watch,
                    ss_arena *arena, ss_error *err);

#endif
