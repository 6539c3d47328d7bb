/*
 * Being watched: how a long call tells its caller what it is doing, and how the caller stops it.
 *
 * The library never prints and installs no signal handler.  A caller that wants progress, notices
 * or a way to interrupt passes an ss_watch; NULL, and NULL members, are allowed.  The functions may
 * be called from any thread, one at a time.
 */
#ifndef SANDSEED_WATCH_H
#define SANDSEED_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sandseed/export.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ss_level
{
    SS_DEBUG,   /* shown with --verbose */
    SS_INFO,    /* a stage began or ended */
    SS_WARNING, /* goes into the report as well */
    SS_ERROR,   /* one of several that end the run; the error that is returned says how many */
} ss_level;

typedef struct ss_progress
{
    const char *stage;  /* "learn", "publish", ...; constant strings */
    const char *object; /* schema.table, escaped for display; or NULL */
    uint64_t rows; /* done so far in this stage, over all tables; 0: a stage that counts none */
    uint64_t rows_total; /* estimated; 0 when unknown */
} ss_progress;

typedef struct ss_watch
{
    void (*notice)(void *arg, ss_level level, const char *text);
    /* NULL: still at what was told last; several times a second while others are waited for */
    void (*progress)(void *arg, const ss_progress *progress);
    bool (*interrupted)(void *arg); /* async-signal and thread safe; true ends the call soon */
    /*
     * A person types a passphrase, which is not shown: n bytes, at most room, into locked memory.  False: there is
     * nobody, or they gave up.
     */
    bool (*ask)(void *arg, const char *prompt, unsigned char *answer, size_t room, size_t *n);
    void *arg;
} ss_watch;

#ifdef __cplusplus
}
#endif

#endif
