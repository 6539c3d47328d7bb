/*
 * The commands, each one call: what the program sandseed is a thin shell over.
 *
 * Every function takes the caller's options, watch (or NULL), a {0} result and an error; returns the
 * code that the program exits with.  Paths are relative to the working directory, those inside a
 * policy to the policy's folder.  NULL and 0 in options mean "not given".
 */
#ifndef SANDSEED_COMMANDS_H
#define SANDSEED_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>
#include <sandseed/export.h>
#include <sandseed/result.h>
#include <sandseed/watch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Call once, before anything else: libraries, GSL's error handler (off, for the whole process). */
SS_EXPORT ss_code ss_init(ss_error *err);

/*
 * What to do when memory is out, before the process is aborted: print a line, say.  Set once, at start;
 * handler may end the process itself, and must not return to the library by longjmp.
 */
SS_EXPORT void ss_on_out_of_memory(void (*handler)(void));

/*
 * End the process at once, not waiting for the commands that run: private servers that they started are stopped, the
 * files of the runs deleted, but nothing is undone at sources and targets; the next run does that.  For a signal handler
 * or the handler of above.  Returns when another thread is at it.
 */
SS_EXPORT void ss_end_now(int status);

SS_EXPORT const char *ss_version(void);

typedef struct ss_options
{
    const char *source; /* an endpoint; overrides the policy's */
    const char *target; /* likewise */
    const char *policy; /* file */
    const char *model;  /* generate: a folder */
    const char
        *output; /* plan: the policy to write; fit: the model; generate: folder of the report */
    const char *const *rows; /* generate: "10%", "5000", "public.orders=200", in their order */
    size_t nrows;
    const char *mode;            /* plan: "synthesise" (default), "pseudonymise", "keep", "empty" */
    unsigned policy_mode;        /* plan: the file mode of a new policy; 0: 0600 */
    const char *by;              /* sign, key destroy */
    const char *why;             /* likewise */
    const char *const *patterns; /* sign */
    size_t npatterns;
    const char *pg_bindir; /* where PostgreSQL's programs are */
    const char *listen;    /* cluster start: "127.0.0.1:5433" */
    bool has_seed;
    uint64_t seed; /* for tests: sandboxes of one seed can be compared */
    size_t jobs;   /* threads and connections; 0: the machine's cores */
    bool allow_privileged_source;
    const char *
        grants; /* plan: print the SQL for this role at the source, and schema_source's; write nothing */
    bool list_kinds;     /* plan: which kinds of pseudonyms there are; nothing else */
    bool no_rows;        /* inspect, plan: look at no rows of the source */
    const char *classes; /* inspect: "direct-identifier,secret": columns of these alone */
    const char *tables;  /* inspect: globs over schema.table, commas between: these tables alone */
    const char
        *fail_on;      /* check: "new,vanished": findings of these words end it with 3; or "any" */
    bool csv;          /* inspect, of a policy: the text is CSV */
    const char *key;   /* key ...: the key file; check, fit, refresh: instead of what key: of the
                        policy names; generate, inspect: what opens the model */
    int key_fd;        /* likewise, the key from this descriptor; 0: none */
    const char *epoch; /* key new, rotate, destroy */
    const char *sandbox;         /* key new: whose key it is to be */
    const char *from;            /* key new: the key file that it is derived from */
    const char *passphrase_file; /* of the key file */
    bool passphrase;             /* key new: of the key file; asked for by way of the watch */
    unsigned width;              /* of the text result, in columns; 0: 80 */
} ss_options;

typedef ss_code ss_command(const ss_options *options, const ss_watch *watch, ss_result *result,
                           ss_error *err);

SS_EXPORT ss_command ss_command_inspect;  /* source; or a model, or a policy, as source or policy */
SS_EXPORT ss_command ss_command_plan;     /* source, output: a new policy; policy: an old one */
SS_EXPORT ss_command ss_command_sign;     /* policy, by, why, patterns */
SS_EXPORT ss_command ss_command_check;    /* policy */
SS_EXPORT ss_command ss_command_fit;      /* policy, output; key */
SS_EXPORT ss_command ss_command_generate; /* model, target; output, rows; key */
SS_EXPORT ss_command ss_command_refresh;  /* policy */
SS_EXPORT ss_command ss_command_key_new;  /* output; from and sandbox: of that sandbox alone */
SS_EXPORT ss_command ss_command_key_show; /* key */
SS_EXPORT ss_command ss_command_key_rotate;    /* key */
SS_EXPORT ss_command ss_command_key_destroy;   /* key, epoch, by, why; output: the record */
SS_EXPORT ss_command ss_command_cluster_start; /* target: the folder */
SS_EXPORT ss_command ss_command_cluster_stop;
SS_EXPORT ss_command ss_command_cluster_status;

#ifdef __cplusplus
}
#endif

#endif
