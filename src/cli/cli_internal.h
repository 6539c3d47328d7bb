/*
 * The program: a thin shell over libsandseed.  Only this folder prints, sets signal handlers and
 * exits.
 *
 *     main.c     from argv to a command's call and an exit status
 *     table.c    commands and options as tables, and the parser over them
 *     help.c     --help and shell completion, from the same tables
 *     man.c      the man pages, from them too
 *     output.c   results on stdout; messages, logs and progress on stderr
 *     ask.c      passphrases from the terminal
 */
#ifndef SS_CLI_INTERNAL_H
#define SS_CLI_INTERNAL_H

#include <stdbool.h>
#include <stdio.h>

#include <sandseed/sandseed.h>

/* What a command's arguments fill. */
typedef enum cli_args
{
    ARGS_INSPECT, /* source; policy where --source is given */
    ARGS_POLICY,  /* policy */
    ARGS_PLAN,    /* source with -o, else policy */
    ARGS_SIGN,    /* policy, patterns */
    ARGS_MODEL,   /* model, target */
    ARGS_FOLDER,  /* target */
    ARGS_KEY,     /* key */
    ARGS_NONE,
} cli_args;

typedef struct cli_command
{
    const char *name; /* one or two words */
    ss_command *run;
    cli_args args;
    const char *usage; /* of its arguments */
    const char *summary;
    const char *description;
    const char *examples; /* lines of a shell, each ended */
} cli_command;

typedef enum cli_set
{
    SET_TEXT,
    SET_SEED,
    SET_JOBS,
    SET_FD,
    SET_FLAG,
    SET_ROWS, /* may be said again */
} cli_set;

typedef struct cli_option
{
    const char *name;
    int letter; /* 0: none */
    const char *argument;
    cli_set set;
    size_t
        offset; /* of its field in ss_options; for the options of the program itself, in cli_settings */
    const char *commands; /* NULL: all */
    const char *help;
    bool own; /* of the program itself */
} cli_option;

typedef struct cli_settings
{
    bool json;
    bool quiet;
    bool verbose;
    bool help;
    bool version;
    const char *log_format; /* "text", "json" */
} cli_settings;

const cli_command *cli_commands(size_t *count);
const cli_option *cli_options(size_t *count);
bool cli_takes(const cli_command *command, const cli_option *option);

/* Understand argv.  SS_EMEND with its message on misuse; *command is NULL for --help and --version alone. */
ss_code cli_parse(int argc, char **argv, const cli_command **command, ss_options *options,
                  cli_settings *settings, ss_error *err);

void cli_help(FILE *to, const cli_command *command); /* NULL: of the program */

/* The page of a command's first word (sandseed-cluster tells of all its verbs); NULL: of the program.  False: no such command. */
bool cli_man(FILE *to, const char *word);
void cli_completion(FILE *to);

/* Rows of two texts that --help and man pages share: ends with {NULL, NULL}. */
extern const char *const cli_endpoints[][2];
extern const char *const cli_exits[][2];
extern const char cli_about[];

void cli_output_begin(const cli_settings *settings);
int cli_output_result(const ss_result *result, ss_code code, int status, const ss_error *err);
void cli_output_usage(const ss_error *err, const cli_command *command);
void cli_notice(void *arg, ss_level level, const char *text);
void cli_progress(void *arg, const ss_progress *progress);

/* Ask at the terminal, which does not show the answer; false where there is none, or the user wants to stop. */
bool cli_ask(const char *prompt, bool (*interrupted)(void *), unsigned char *answer, size_t room,
             size_t *n);

#endif
