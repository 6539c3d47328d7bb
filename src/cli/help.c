/* --help and bash completion: readings of the tables of commands and options. */
#include "cli_internal.h"

#include <string.h>

const char cli_about[] =
    "sandseed reads a PostgreSQL database, learns what its data is like, and writes a sandbox\n"
    "database with the same schema and, as far as its policy says so, no real person in it.\n";

const char *const cli_endpoints[][2] = {
    {"postgresql://...", "a libpq URI, or a conninfo string: \"service=shop_reader\""},
    {"csv:DIR", "a folder of CSV files"},
    {"cluster:DIR", "a private server in a folder; cluster:DIR?dbname=NAME, default sandbox"},
    {NULL, NULL},
};

const char *const cli_exits[][2] = {
    {"0", "done"},
    {"1", "something to mend first: usage, a malformed file, a password, a privilege"},
    {"2", "source or target failed, worth retrying: unreachable, in use, disk full"},
    {"3", "refused: policy incomplete, drifted or unsafe; target not ours"},
    {"4", "a gate failed, nothing was published"},
    {"5", "a bug in sandseed"},
    {"128+n", "stopped by signal n"},
    {NULL, NULL},
};

enum
{
    LINE = 92,        /* longest line of text */
    HELP_COLUMN = 33, /* where an option's help begins */
};

/* Text broken at blanks so that no line is longer than LINE; the first stands at indent already. */
static void
wrapped(FILE *to, const char *text, size_t indent)
{
    size_t column = indent;

    while (*text != '\0')
    {
        const size_t word = strcspn(text, " ");

        if (column > indent && column + 1 + word > LINE)
        {
            (void) fprintf(to, "\n%*s", (int) indent, "");
            column = indent;
        }
        if (column > indent)
            column += (size_t) fprintf(to, " ");
        column += (size_t) fprintf(to, "%.*s", (int) word, text);
        text += word;
        text += strspn(text, " ");
    }
    (void) fputc('\n', to);
}

static void
option_line(FILE *to, const cli_option *o)
{
    char left[64];

    (void) snprintf(left, sizeof left, "%s%c%s--%s%s%s", o->letter ? "-" : "  ",
                    o->letter ? o->letter : ' ', o->letter ? ", " : " ", o->name,
                    o->argument ? " " : "", o->argument ? o->argument : "");
    (void) fprintf(to, "  %-*s ", HELP_COLUMN - 3, left);
    wrapped(to, o->help, HELP_COLUMN);
}

static void
options_of(FILE *to, const cli_command *command, bool own)
{
    size_t n;
    const cli_option *o = cli_options(&n);
    bool any = false;

    for (size_t i = 0; i < n; i++)
    {
        if (o[i].own != own || (command != NULL && !cli_takes(command, &o[i])))
            continue;
        if (!any)
            (void) fprintf(to, own ? "\nCommon options:\n" : "\nOptions:\n");
        any = true;
        option_line(to, &o[i]);
    }
}

void
cli_help(FILE *to, const cli_command *command)
{
    size_t n;
    const cli_command *all = cli_commands(&n);

    if (command != NULL)
    {
        (void) fprintf(to, "Usage: sandseed %s %s [OPTION...]\n\n", command->name, command->usage);
        wrapped(to, command->description, 0);
        options_of(to, command, false);
        options_of(to, command, true);
        return;
    }
    (void) fprintf(to, "Usage: sandseed COMMAND ARGUMENT... [OPTION...]\n\n%s\nCommands:\n",
                   cli_about);
    for (size_t i = 0; i < n; i++)
        (void) fprintf(to, "  %-16s %s\n", all[i].name, all[i].summary);
    (void) fprintf(to, "\nSOURCE and TARGET:\n");
    for (size_t i = 0; cli_endpoints[i][0] != NULL; i++)
        (void) fprintf(to, "  %-17s %s\n", cli_endpoints[i][0], cli_endpoints[i][1]);
    options_of(to, NULL, true);
    (void) fprintf(to, "\nExit status:\n");
    for (size_t i = 0; cli_exits[i][0] != NULL; i++)
        (void) fprintf(to, "  %-7s %s\n", cli_exits[i][0], cli_exits[i][1]);
    (void) fprintf(
        to, "\nsandseed COMMAND --help tells more of one, and so does man sandseed-COMMAND.\n");
}

void
cli_completion(FILE *to)
{
    size_t ncommands, noptions;
    const cli_command *c = cli_commands(&ncommands);
    const cli_option *o = cli_options(&noptions);

    (void) fputs("# bash completion for sandseed; made from the program's own tables\n"
                 "_sandseed()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]-} words\n"
                 "    case \"${COMP_WORDS[1]-} ${COMP_WORDS[2]-}\" in\n",
                 to);
    for (size_t i = 0; i < ncommands; i++)
    {
        (void) fprintf(to, "    \"%s\"%s) words=\"", c[i].name,
                       strchr(c[i].name, ' ') == NULL ? "\" \"*" : "");
        for (size_t j = 0; j < noptions; j++)
        {
            if (cli_takes(&c[i], &o[j]))
                (void) fprintf(to, " --%s", o[j].name);
        }
        (void) fputs("\" ;;\n", to);
    }
    (void) fputs("    \"cluster \"*) words=\"start stop status\" ;;\n    *) words=\"", to);
    for (size_t i = 0; i < ncommands; i++)
    {
        const size_t first = strcspn(c[i].name, " ");

        if (i == 0 || strncmp(c[i].name, c[i - 1].name, first + 1) != 0)
            (void) fprintf(to, " %.*s", (int) first, c[i].name);
    }
    (void) fputs(" --help --version\" ;;\n    esac\n"
                 "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                 "    [[ $cur == -* || $COMP_CWORD -lt 2 ]] || COMPREPLY+=($(compgen -f -- "
                 "\"$cur\"))\n}\n"
                 "complete -o filenames -F _sandseed sandseed\n",
                 to);
}
