/* --help, the man page and bash completion: three readings of the same two tables. */
#include "cli_internal.h"

#include <string.h>

static const char about[] =
    "sandseed reads a PostgreSQL database, learns what its data is like, and writes a sandbox\n"
    "database with the same schema and, as far as its policy says so, no real person in it.\n";

static const char *const endpoints[][2] = {
    {"postgresql://...", "a libpq URI, or a conninfo string: \"service=shop_reader\""},
    {"csv:DIR", "a folder of CSV files"},
    {"cluster:DIR", "a private server in a folder; cluster:DIR?dbname=NAME, default sandbox"},
};

static const char *const exits[][2] = {
    {"0", "done"},
    {"1", "something to mend first: usage, a malformed file, a password, a privilege"},
    {"2", "source or target failed, worth retrying: unreachable, in use, disk full"},
    {"3", "refused: policy incomplete, drifted or unsafe; target not ours"},
    {"4", "a gate failed, nothing was published"},
    {"5", "a bug in sandseed"},
    {"128+n", "stopped by signal n"},
};

enum
{
    NENDPOINTS = sizeof endpoints / sizeof endpoints[0],
    NEXITS = sizeof exits / sizeof exits[0],
};

static void
option_line(FILE *to, const cli_option *o)
{
    char left[64];

    (void) snprintf(left, sizeof left, "%s%c%s--%s%s%s", o->letter ? "-" : "  ",
                    o->letter ? o->letter : ' ', o->letter ? ", " : " ", o->name,
                    o->argument ? " " : "", o->argument ? o->argument : "");
    (void) fprintf(to, "  %-30s %s\n", left, o->help);
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

/* Text broken at blanks so that no line is longer than width. */
static void
wrapped(FILE *to, const char *text, size_t width)
{
    size_t column = 0;

    while (*text != '\0')
    {
        const size_t word = strcspn(text, " ");

        if (column > 0 && column + 1 + word > width)
        {
            (void) fputc('\n', to);
            column = 0;
        }
        if (column > 0)
            column += (size_t) fprintf(to, " ");
        column += (size_t) fprintf(to, "%.*s", (int) word, text);
        text += word;
        text += strspn(text, " ");
    }
    (void) fputc('\n', to);
}

void
cli_help(FILE *to, const cli_command *command)
{
    size_t n;
    const cli_command *all = cli_commands(&n);

    if (command != NULL)
    {
        (void) fprintf(to, "Usage: sandseed %s %s [OPTION...]\n\n", command->name, command->usage);
        wrapped(to, command->description, 88);
        options_of(to, command, false);
        options_of(to, command, true);
        return;
    }
    (void) fprintf(to, "Usage: sandseed COMMAND ARGUMENT... [OPTION...]\n\n%s\nCommands:\n", about);
    for (size_t i = 0; i < n; i++)
        (void) fprintf(to, "  %-16s %s\n", all[i].name, all[i].summary);
    (void) fprintf(to, "\nSOURCE and TARGET:\n");
    for (size_t i = 0; i < NENDPOINTS; i++)
        (void) fprintf(to, "  %-17s %s\n", endpoints[i][0], endpoints[i][1]);
    options_of(to, NULL, true);
    (void) fprintf(to, "\nExit status:\n");
    for (size_t i = 0; i < NEXITS; i++)
        (void) fprintf(to, "  %-7s %s\n", exits[i][0], exits[i][1]);
    (void) fprintf(to, "\nsandseed COMMAND --help tells more of one; man sandseed tells all.\n");
}

/* roff: '-' is a hyphen unless escaped, a line must not begin with '.' or '\''. */
static void
roff(FILE *to, const char *text)
{
    for (; *text != '\0'; text++)
    {
        if (*text == '-')
            (void) fputs("\\-", to);
        else if (*text == '\\')
            (void) fputs("\\e", to);
        else
            (void) fputc(*text, to);
    }
}

static void
man_option(FILE *to, const cli_option *o)
{
    (void) fputs(".TP\n", to);
    if (o->letter != 0)
        (void) fprintf(to, "\\fB\\-%c\\fR, ", o->letter);
    (void) fputs("\\fB\\-\\-", to);
    roff(to, o->name);
    (void) fputs("\\fR", to);
    if (o->argument != NULL)
        (void) fprintf(to, " \\fI%s\\fR", o->argument);
    (void) fputc('\n', to);
    roff(to, o->help);
    (void) fputs(".\n", to);
}

void
cli_man(FILE *to)
{
    size_t ncommands, noptions;
    const cli_command *c = cli_commands(&ncommands);
    const cli_option *o = cli_options(&noptions);

    (void) fprintf(to, ".TH SANDSEED 1 \"\" \"sandseed %s\" \"User Commands\"\n", ss_version());
    (void) fputs(".SH NAME\nsandseed \\- a sandbox database with the schema of production and no "
                 "real person in it\n.SH SYNOPSIS\n",
                 to);
    for (size_t i = 0; i < ncommands; i++)
    {
        (void) fprintf(to, ".B sandseed %s\n", c[i].name);
        roff(to, c[i].usage);
        (void) fputs(" [\\fIOPTION\\fR...]\n.br\n", to);
    }
    (void) fputs(".SH DESCRIPTION\n", to);
    roff(to, about);
    (void) fputs(".SH COMMANDS\n", to);
    for (size_t i = 0; i < ncommands; i++)
    {
        (void) fprintf(to, ".SS sandseed %s ", c[i].name);
        roff(to, c[i].usage);
        (void) fputc('\n', to);
        roff(to, c[i].description);
        (void) fputc('\n', to);
        for (size_t j = 0; j < noptions; j++)
        {
            if (!o[j].own && o[j].commands != NULL && cli_takes(&c[i], &o[j]))
                man_option(to, &o[j]);
        }
    }
    (void) fputs(".SH SOURCE AND TARGET\n", to);
    for (size_t i = 0; i < NENDPOINTS; i++)
    {
        (void) fputs(".TP\n", to);
        roff(to, endpoints[i][0]);
        (void) fputc('\n', to);
        roff(to, endpoints[i][1]);
        (void) fputc('\n', to);
    }
    (void) fputs(".SH OPTIONS\nOf every command:\n", to);
    for (size_t j = 0; j < noptions; j++)
    {
        if (o[j].own || o[j].commands == NULL)
            man_option(to, &o[j]);
    }
    (void) fputs(".SH EXIT STATUS\n", to);
    for (size_t i = 0; i < NEXITS; i++)
        (void) fprintf(to, ".TP\n%s\n%s\n", exits[i][0], exits[i][1]);
    (void) fputs(".SH ENVIRONMENT\nEverything that libpq honours: \\fBPGHOST\\fR, "
                 "\\fBPGSERVICE\\fR, \\fBPGPASSFILE\\fR, \\fBPGSSLMODE\\fR and so on.\n"
                 ".SH EXAMPLES\n.nf\n"
                 "sandseed inspect service=shop_reader\n"
                 "sandseed plan service=shop_reader \\-o policy.yaml\n"
                 "sandseed sign policy.yaml \\-\\-by a.khan \\-\\-why \\(dqreference list\\(dq "
                 "public.country\n"
                 "sandseed refresh policy.yaml\n.fi\n"
                 ".SH SEE ALSO\n.BR psql (1),\n.BR pg_dump (1)\n",
                 to);
}

void
cli_completion(FILE *to)
{
    size_t ncommands, noptions;
    const cli_command *c = cli_commands(&ncommands);
    const cli_option *o = cli_options(&noptions);

    (void) fputs("# bash completion for sandseed; made from the program's own tables\n"
                 "_sandseed()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]} words\n"
                 "    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n",
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
