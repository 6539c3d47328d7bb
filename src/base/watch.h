/* The library's side of ss_watch: calls that tolerate NULL and never overlap. */
#ifndef SS_BASE_WATCH_H
#define SS_BASE_WATCH_H

#include <stdint.h>

#include <sandseed/error.h>
#include <sandseed/watch.h>

/* Tell the caller one line; text holds no value from a database.  Thread safe. */
void ss_notice(const ss_watch *watch, ss_level level, const char *fmt, ...) SS_PRINTF(3, 4);

/* Report progress.  Thread safe. */
void ss_report_progress(const ss_watch *watch, const ss_progress *progress);

/* A server or a program is waited for: still at what was reported last. */
void ss_report_waiting(const ss_watch *watch);

/* Has the caller asked to stop?  Cheap enough for once per batch. */
bool ss_interrupted(const ss_watch *watch);

/* SS_OK, or SS_EINTERRUPTED with its line when the caller asked to stop. */
ss_code ss_check_interrupt(const ss_watch *watch, ss_error *err);

/*
 * For clearing up after a run that may have been asked to stop: grace.watch is interrupted SS_GRACE_MS after outer is
 * seen to be, or after the beginning where it was before.  It tells nobody anything.  For one thread.
 */
#define SS_GRACE_MS 700

typedef struct ss_grace
{
    ss_watch watch;
    const ss_watch *outer;
    int64_t until; /* 0: outer is not interrupted */
} ss_grace;

void ss_grace_begin(ss_grace *grace, const ss_watch *outer);

#endif
