/*
 * The man pages, in the order of man-pages(7): one of the program, one for each first word of a command.
 * Whatever is said of a command or an option comes from the tables that feed the parser.
 */
#include "cli_internal.h"

#include <string.h>

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
        else if (*text == '"')
            (void) fputs("\\(dq", to);
        else if (*text == '\'')
            (void) fputs("\\(aq", to);
        else
            (void) fputc(*text, to);
    }
}

static void
title(FILE *to, const char *name, const char *summary)
{
    (void) fputs(".TH ", to);
    for (; *name != '\0'; name++)
        (void) fputc(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name, to);
    (void) fprintf(to, " 1 \"\" \"sandseed %s\" \"User Commands\"\n.SH NAME\n", ss_version());
    (void) fputs(summary, to);
    (void) fputc('\n', to);
}

static void
tagged(FILE *to, const char *tag, const char *text)
{
    (void) fputs(".TP\n", to);
    roff(to, tag);
    (void) fputc('\n', to);
    roff(to, text);
    (void) fputs(".\n", to);
}

/* only: the verbs that take it, where others of the page do not. */
static void
option_entry(FILE *to, const cli_option *o, const char *only)
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
    if (only != NULL)
        (void) fprintf(to, "Of \\fB%s\\fR only.\n", only);
}

static void
exit_status(FILE *to)
{
    (void) fputs(".SH EXIT STATUS\n", to);
    for (size_t i = 0; cli_exits[i][0] != NULL; i++)
        tagged(to, cli_exits[i][0], cli_exits[i][1]);
}

static void
environment(FILE *to)
{
    (void) fputs(".SH ENVIRONMENT\nEverything that libpq honours: \\fBPGHOST\\fR, "
                 "\\fBPGSERVICE\\fR, \\fBPGSERVICEFILE\\fR, \\fBPGPASSFILE\\fR, \\fBPGSSLMODE\\fR "
                 "and so on.\n"
                 "\\fBCOLUMNS\\fR sets the width of results for people.\n",
                 to);
}

static void
synopsis(FILE *to, const cli_command *c)
{
    (void) fprintf(to, ".B sandseed %s\n", c->name);
    roff(to, c->usage);
    (void) fputs(" [\\fIOPTION\\fR...]\n.br\n", to);
}

static bool
begins_with(const cli_command *c, const char *word)
{
    const size_t n = strlen(word);

    return strncmp(c->name, word, n) == 0 && (c->name[n] == '\0' || c->name[n] == ' ');
}

static void
endpoints_section(FILE *to)
{
    (void) fputs(".SS SOURCE and TARGET\n", to);
    for (size_t i = 0; cli_endpoints[i][0] != NULL; i++)
        tagged(to, cli_endpoints[i][0], cli_endpoints[i][1]);
}

/* --- the program -------------------------------------------------------------------------------- */

static void
program_page(FILE *to)
{
    size_t ncommands, noptions;
    const cli_command *c = cli_commands(&ncommands);
    const cli_option *o = cli_options(&noptions);

    title(to, "sandseed",
          "sandseed \\- a sandbox database with the schema of production and no real person in it");
    (void) fputs(".SH SYNOPSIS\n", to);
    for (size_t i = 0; i < ncommands; i++)
        synopsis(to, &c[i]);
    (void) fputs(".SH DESCRIPTION\n", to);
    roff(to, cli_about);
    (void) fputs(
        ".PP\nA policy, a YAML file that a person signs, decides table by table and column by "
        "column; what nobody decided does not leave.\n.SS Commands\n",
        to);
    for (size_t i = 0; i < ncommands; i++)
        tagged(to, c[i].name, c[i].summary);
    endpoints_section(to);
    (void) fputs(".SH OPTIONS\nOf every command; those of one command stand on its own page:\n",
                 to);
    for (size_t j = 0; j < noptions; j++)
    {
        if (o[j].own || o[j].commands == NULL)
            option_entry(to, &o[j], NULL);
    }
    exit_status(to);
    environment(to);
    (void) fputs(".SH FILES\nIn the folder that the policy calls output:\n", to);
    tagged(to, "report.json, reports/", "the last report, and every earlier one");
    tagged(to, "seed",
           "the random seed of the last run: whoever has it can make the same rows again; keep it "
           "secret");
    tagged(to, "lock", "held by a run; one at a time");
    (void) fputs(".SH EXAMPLES\n.nf\n", to);
    for (size_t i = 0; i < ncommands; i++)
    {
        const size_t n = strcspn(c[i].examples, "\n");

        if (strchr(c[i].name, ' ') == NULL)
        {
            char line[160];

            (void) snprintf(line, sizeof line, "%.*s", (int) n, c[i].examples);
            roff(to, line);
            (void) fputc('\n', to);
        }
    }
    (void) fputs(".fi\n.SH SEE ALSO\n", to);
    for (size_t i = 0; i < ncommands; i++)
    {
        const int n = (int) strcspn(c[i].name, " ");

        if (i == 0 || strncmp(c[i].name, c[i - 1].name, (size_t) n + 1) != 0)
            (void) fprintf(to, ".BR sandseed\\-%.*s (1),\n", n, c[i].name);
    }
    (void) fputs(".BR psql (1),\n.BR pg_dump (1)\n", to);
}

/* --- a command ---------------------------------------------------------------------------------- */

static void
command_description(FILE *to, const char *word)
{
    size_t n;
    const cli_command *c = cli_commands(&n);

    for (size_t i = 0; i < n; i++)
    {
        if (!begins_with(&c[i], word))
            continue;
        if (strchr(c[i].name, ' ') != NULL)
            (void) fprintf(to, ".SS sandseed %s\n", c[i].name);
        roff(to, c[i].description);
        (void) fputc('\n', to);
    }
}

static void
command_options(FILE *to, const char *word)
{
    size_t ncommands, noptions;
    const cli_command *c = cli_commands(&ncommands);
    const cli_option *o = cli_options(&noptions);

    (void) fputs(".SH OPTIONS\n", to);
    for (size_t j = 0; j < noptions; j++)
    {
        bool takes = false, all = true;

        for (size_t i = 0; i < ncommands; i++)
        {
            if (!begins_with(&c[i], word))
                continue;
            takes = takes || cli_takes(&c[i], &o[j]);
            all = all && cli_takes(&c[i], &o[j]);
        }
        if (takes)
            option_entry(to, &o[j], all ? NULL : o[j].commands);
    }
}

bool
cli_man(FILE *to, const char *word)
{
    size_t n;
    const cli_command *c = cli_commands(&n), *first = NULL;
    char name[64], summary[160];

    if (word == NULL)
    {
        program_page(to);
        return true;
    }
    for (size_t i = n; i > 0; i--)
    {
        if (begins_with(&c[i - 1], word))
            first = &c[i - 1];
    }
    if (first == NULL)
        return false;
    (void) snprintf(name, sizeof name, "sandseed-%s", word);
    (void) snprintf(summary, sizeof summary, "sandseed\\-%s \\- %s", word,
                    strchr(first->name, ' ') == NULL
                        ? first->summary
                        : "private PostgreSQL servers, each in a folder");
    title(to, name, summary);
    (void) fputs(".SH SYNOPSIS\n", to);
    for (size_t i = 0; i < n; i++)
    {
        if (begins_with(&c[i], word))
            synopsis(to, &c[i]);
    }
    (void) fputs(".SH DESCRIPTION\n", to);
    command_description(to, word);
    if (first->args != ARGS_FOLDER)
        endpoints_section(to);
    command_options(to, word);
    exit_status(to);
    environment(to);
    (void) fputs(".SH EXAMPLES\n.nf\n", to);
    for (size_t i = 0; i < n; i++)
    {
        if (begins_with(&c[i], word))
            roff(to, c[i].examples);
    }
    (void) fputs(".fi\n.SH SEE ALSO\n.BR sandseed (1)\n", to);
    return true;
}
