#include "cli_internal.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const cli_command commands[] = {
#define SS_COMMAND(name, run, args, usage, summary, description, examples)                         \
    {name, run, args, usage, summary, description, examples},
#include "commands.def"
#undef SS_COMMAND
};

static const cli_option options_table[] = {
#define SS_OPTION(name, letter, argument, set, field, commands, help)                              \
    {name, letter, argument, set, offsetof(ss_options, field), commands, help, false},
#include "options.def"
#undef SS_OPTION
    {"json", 0, NULL, SET_FLAG, offsetof(cli_settings, json), NULL,
     "the result as one JSON object on standard output", true},
    {"quiet", 'q', NULL, SET_FLAG, offsetof(cli_settings, quiet), NULL,
     "no progress and no notices, errors only", true},
    {"verbose", 'v', NULL, SET_FLAG, offsetof(cli_settings, verbose), NULL,
     "say more of what is being done", true},
    {"log-format", 0, "FORMAT", SET_TEXT, offsetof(cli_settings, log_format), NULL,
     "of what goes to standard error: text (default) or json", true},
    {"help", 'h', NULL, SET_FLAG, offsetof(cli_settings, help), NULL, "this text", true},
    {"version", 'V', NULL, SET_FLAG, offsetof(cli_settings, version), NULL, "the version", true},
};

enum
{
    NCOMMANDS = sizeof commands / sizeof commands[0],
    NOPTIONS = sizeof options_table / sizeof options_table[0],
    ROWS_MAX = 256,
    FD_MAX = 1023,    /* as fd: of a policy's key */
    FIRST_LONG = 256, /* getopt's value of option i is FIRST_LONG + i */
};

const cli_command *
cli_commands(size_t *count)
{
    *count = NCOMMANDS;
    return commands;
}

const cli_option *
cli_options(size_t *count)
{
    *count = NOPTIONS;
    return options_table;
}

/* Is the first word of name among the words of list, or name as a whole? */
bool
cli_takes(const cli_command *command, const cli_option *option)
{
    const char *list = option->commands;
    const size_t n = strlen(command->name);

    if (list == NULL)
        return true;
    for (const char *at = strstr(list, command->name); at != NULL;
         at = strstr(at + 1, command->name))
    {
        if ((at == list || at[-1] == ' ') && (at[n] == '\0' || at[n] == ' '))
            return true;
    }
    return false;
}

static bool
parse_number(const char *text, uint64_t *v)
{
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *v = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

static ss_code
add_rows(const char *text, ss_options *options, ss_error *err)
{
    static const char *rows[ROWS_MAX];

    if (options->nrows == ROWS_MAX)
        return ss_fail(err, SS_EMEND, "--rows can be said %d times", ROWS_MAX);
    rows[options->nrows++] = text;
    options->rows = rows;
    return SS_OK;
}

static ss_code
set_option(const cli_option *option, const char *text, ss_options *options, cli_settings *settings,
           ss_error *err)
{
    char *at = (option->own ? (char *) settings : (char *) options) + option->offset;
    uint64_t number = 0;

    switch (option->set)
    {
    case SET_FLAG:
        *(bool *) at = true;
        return SS_OK;
    case SET_TEXT:
        *(const char **) (void *) at = text;
        return SS_OK;
    case SET_ROWS:
        return add_rows(text, options, err);
    case SET_SEED:
    case SET_JOBS:
    case SET_FD:
        if (!parse_number(text, &number))
            return ss_fail(err, SS_EMEND, "--%s takes a whole number", option->name);
        if (option->set == SET_SEED)
        {
            options->seed = number;
            options->has_seed = true;
            return SS_OK;
        }
        if (option->set == SET_FD)
        {
            if (number < 3 || number > FD_MAX)
                return ss_fail(err, SS_EMEND, "--%s takes a number from 3 to %d", option->name,
                               FD_MAX);
            options->key_fd = (int) number;
            return SS_OK;
        }
        if (number < 1 || number > 256)
            return ss_fail(err, SS_EMEND, "--%s takes a number from 1 to 256", option->name);
        options->jobs = (size_t) number;
        return SS_OK;
    }
    return ss_fail(err, SS_EBUG, "option without a setter");
}

/* getopt with our table: every option, so that one of another command gets its own message.  used: which were given. */
static ss_code
parse_options(int argc, char **argv, bool *used, ss_options *options, cli_settings *settings,
              ss_error *err)
{
    struct option longs[NOPTIONS + 1] = {0};
    char shorts[2 * NOPTIONS + 2] = ":";
    size_t n = 1;
    int c;

    for (size_t i = 0; i < NOPTIONS; i++)
    {
        const cli_option *o = &options_table[i];

        longs[i] = (struct option){.name = o->name,
                                   .has_arg = o->argument ? required_argument : no_argument,
                                   .val = FIRST_LONG + (int) i};
        if (o->letter != 0)
        {
            shorts[n++] = (char) o->letter;
            if (o->argument != NULL)
                shorts[n++] = ':';
        }
    }
    opterr = 0;
    while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
    {
        const cli_option *o = NULL;

        if (c == ':')
            return ss_fail(err, SS_EMEND, "option %s needs an argument", argv[optind - 1]);
        if (c == '?' && optopt != 0 && optopt < FIRST_LONG)
            return ss_fail(err, SS_EMEND, "unknown option -%c", optopt);
        if (c == '?')
            return ss_fail(err, SS_EMEND, "unknown option %.*s",
                           (int) strcspn(argv[optind - 1], "="), argv[optind - 1]);
        for (size_t i = 0; i < NOPTIONS && o == NULL; i++)
        {
            if (c == FIRST_LONG + (int) i || c == options_table[i].letter)
                o = &options_table[i];
        }
        if (o == NULL)
            return ss_fail(err, SS_EBUG, "option out of the table");
        if (set_option(o, optarg, options, settings, err) != SS_OK)
            return err->code;
        used[o - options_table] = true;
    }
    return SS_OK;
}

/* The command that the words name; *words how many they are.  "cluster" alone names none. */
static const cli_command *
find_command(char **args, int nargs, int *words)
{
    for (size_t i = 0; i < NCOMMANDS; i++)
    {
        const char *name = commands[i].name;
        const char *space = strchr(name, ' ');
        const size_t first = space == NULL ? strlen(name) : (size_t) (space - name);

        if (nargs < 1 || strlen(args[0]) != first || strncmp(args[0], name, first) != 0)
            continue;
        if (space == NULL)
        {
            *words = 1;
            return &commands[i];
        }
        if (nargs > 1 && strcmp(args[1], space + 1) == 0)
        {
            *words = 2;
            return &commands[i];
        }
    }
    return NULL;
}

static ss_code
set_arguments(const cli_command *command, char **args, int n, ss_options *options, ss_error *err)
{
    const int min = command->args == ARGS_NONE                                  ? 0
                    : command->args == ARGS_SIGN || command->args == ARGS_MODEL ? 2
                                                                                : 1;
    const int max = command->args == ARGS_SIGN ? n : min;

    if (options->list_kinds)
        return n == 0 ? SS_OK : ss_fail(err, SS_EMEND, "plan --list-kinds takes no argument");
    if (n < min)
        return ss_fail(err, SS_EMEND, "%s needs %s", command->name, command->usage);
    if (n > max)
        return ss_fail(err, SS_EMEND, "%s takes no more than %s", command->name, command->usage);
    switch (command->args)
    {
    case ARGS_INSPECT:
        if (options->source != NULL)
            options->policy = args[0];
        else
            options->source = args[0];
        break;
    case ARGS_POLICY:
        options->policy = args[0];
        break;
    case ARGS_PLAN:
        if (options->output == NULL)
            options->policy = args[0];
        else if (options->source == NULL)
            options->source = args[0];
        else
            return ss_fail(err, SS_EMEND, "plan takes one source: an argument or --source");
        break;
    case ARGS_SIGN:
        options->policy = args[0];
        options->patterns = (const char *const *) (args + 1);
        options->npatterns = (size_t) (n - 1);
        break;
    case ARGS_MODEL:
        options->model = args[0];
        options->target = args[1];
        break;
    case ARGS_FOLDER:
        options->target = args[0];
        break;
    case ARGS_KEY:
        options->key = args[0];
        break;
    case ARGS_NONE:
        break;
    }
    return SS_OK;
}

ss_code
cli_parse(int argc, char **argv, const cli_command **command, ss_options *options,
          cli_settings *settings, ss_error *err)
{
    bool used[NOPTIONS] = {false};
    int words = 0;
    ss_code code;

    *command = NULL;
    code = parse_options(argc, argv, used, options, settings, err);
    *command = find_command(argv + optind, argc - optind, &words);
    if (code == SS_OK && settings->log_format != NULL &&
        strcmp(settings->log_format, "text") != 0 && strcmp(settings->log_format, "json") != 0)
        code = ss_fail(err, SS_EMEND, "--log-format takes text or json");
    if (code == SS_OK && !settings->help && !settings->version)
    {
        if (*command == NULL && optind < argc && strcmp(argv[optind], "cluster") == 0)
            code = ss_fail(err, SS_EMEND, "cluster needs start, stop or status");
        else if (*command == NULL && optind < argc && strcmp(argv[optind], "key") == 0)
            code = ss_fail(err, SS_EMEND, "key needs new, show, rotate or destroy");
        else if (*command == NULL && optind < argc)
            code = ss_fail(err, SS_EMEND, "unknown command \"%s\"", argv[optind]);
        else if (*command == NULL)
            code = ss_fail(err, SS_EMEND, "which command?");
        if (code == SS_OK && options->csv && settings->json)
            code = ss_fail(err, SS_EMEND, "--csv and --json: one of the two");
        for (size_t i = 0; code == SS_OK && i < NOPTIONS; i++)
        {
            if (used[i] && !cli_takes(*command, &options_table[i]))
                code = ss_fail(err, SS_EMEND, "%s takes no --%s", (*command)->name,
                               options_table[i].name);
        }
        if (code == SS_OK)
            code =
                set_arguments(*command, argv + optind + words, argc - optind - words, options, err);
    }
    return code;
}
