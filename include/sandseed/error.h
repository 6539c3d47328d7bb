/*
 * Errors: one code to branch on, one message chain to show.
 *
 * The caller owns an ss_error (usually on the stack) and passes it down.  The function that detects
 * a problem calls ss_fail(); each function that passes it on may add one line of context with
 * ss_note(), and whoever knows what the user should do next sets it with ss_hint().  Nothing is
 * allocated, so an out-of-memory can be reported as well.
 *
 * Messages name schemas, tables, columns, types and row numbers.  They never contain a value read
 * from a database, nor the text of a server's message.
 */
#ifndef SANDSEED_ERROR_H
#define SANDSEED_ERROR_H

#include <stddef.h>

#include <sandseed/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The program's exit status is the code, but for SS_EINTERRUPTED (128 + the signal). */
typedef enum ss_code
{
    SS_OK = 0,
    SS_EMEND = 1,    /* something to mend first: usage, a malformed file, a password, a privilege */
    SS_ERETRY = 2,   /* source or target failed, worth retrying: unreachable, in use, disk full */
    SS_EREFUSED = 3, /* refused: policy incomplete, drifted or unsafe; target not ours */
    SS_EGATE = 4,    /* a gate failed, nothing was published */
    SS_EBUG = 5,     /* a bug in sandseed */
    SS_EINTERRUPTED = 6, /* the caller's interrupted() said so */
} ss_code;

#define SS_ERROR_DEPTH 8
#define SS_ERROR_TEXT  512

typedef struct ss_error
{
    ss_code code;
    char sqlstate[6]; /* "" unless a server spoke */
    size_t depth;     /* lines used, innermost first */
    char line[SS_ERROR_DEPTH][SS_ERROR_TEXT];
    char hint[SS_ERROR_TEXT]; /* what to do next, a sentence; "" when nobody knew */
} ss_error;

/* Start a chain: the innermost line.  Returns code, so it can be returned. */
SS_EXPORT ss_code ss_fail(ss_error *err, ss_code code, const char *fmt, ...) SS_PRINTF(3, 4);

/* Add one line of context on the way up.  Returns err->code. */
SS_EXPORT ss_code ss_note(ss_error *err, const char *fmt, ...) SS_PRINTF(2, 3);

/* Say what to do next, unless somebody nearer to the cause has.  Returns err->code. */
SS_EXPORT ss_code ss_hint(ss_error *err, const char *fmt, ...) SS_PRINTF(2, 3);

#ifdef __cplusplus
}
#endif

#endif
