#include "classify/stated.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "catalog/words.h"
#include "policy/policy_internal.h"

#define OURS "sandseed"

/* --- comments ------------------------------------------------------------------------------------ */

static size_t
skip_blanks(const char *text)
{
    return strspn(text, " \t");
}

/* The line of the comment that begins with "sandseed:", behind that; NULL: none does.  *n: its bytes. */
static const char *
our_line(const char *comment, size_t *n)
{
    for (const char *line = comment; *line != '\0';)
    {
        const size_t length = strcspn(line, "\r\n");
        const char *at = line + skip_blanks(line);

        if (strncasecmp(at, OURS, strlen(OURS)) == 0)
        {
            at += strlen(OURS);
            at += skip_blanks(at);
            if (*at == ':')
            {
                at++;
                *n = length - (size_t) (at - line);
                return at;
            }
        }
        line += length + strspn(line + length, "\r\n");
    }
    return NULL;
}

static int
find_word(const char *word, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
    {
        if (strcmp(list[i], word) == 0)
            return i;
    }
    return -1;
}

/* One "key=value" or "key: value"; or what is wrong with it. */
static const char *
take_pair(char *pair, ss_proposal *p, bool *has_class)
{
    char *value = pair + strcspn(pair, "=:");
    size_t n;
    int i;

    if (*value == '\0')
    {
        i = find_word(pair, ss_class_names, SS_NCLASSES);
        if (i < 0 || *has_class)
            return "a class, or key=value";
        p->class = (ss_class) i;
        *has_class = true;
        return NULL;
    }
    *value++ = '\0';
    value += skip_blanks(value);
    for (n = strlen(pair); n > 0 && (pair[n - 1] == ' ' || pair[n - 1] == '\t'); n--)
        pair[n - 1] = '\0';
    if (*value == '\0')
        return "a value behind each key";
    if (strcmp(pair, "class") == 0)
    {
        i = find_word(value, ss_class_names, SS_NCLASSES);
        if (i < 0 || *has_class)
            return "class: one of the policy's classes, once";
        p->class = (ss_class) i;
        *has_class = true;
    }
    else if (strcmp(pair, "treatment") == 0)
    {
        i = find_word(value, ss_treatment_names, SS_NTREATMENTS);
        if (i <= SS_TREAT_DEFAULT || i == SS_TREAT_CONSTANT || i == SS_TREAT_GENERALISE)
            return "treatment: synthesise, shape, pseudonymise, keep or nullify (what takes more "
                   "than a word goes into the policy)";
        p->treatment = (ss_treatment) i;
    }
    else if (strcmp(pair, "kind") == 0)
        p->kind = value;
    else if (strcmp(pair, "why") == 0)
        p->why = value;
    else
        return "one of the keys class, kind, treatment, why";
    return NULL;
}

bool
ss_stated_comment(const char *comment, ss_arena *result, ss_proposal *proposal, const char **wrong)
{
    ss_proposal p = {
        .confidence = SS_CONFIDENCE_HIGH, .stated = true, .why = "its comment says so"};
    bool has_class = false;
    size_t n = 0;
    const char *line = our_line(comment, &n);
    char *at;

    *wrong = NULL;
    if (line == NULL)
        return false;
    at = ss_strndup(result, line, n);
    for (bool more = true; more && *wrong == NULL;)
    {
        size_t length, blanks = skip_blanks(at);
        char *pair = at + blanks;

        /* A reason may hold commas. */
        length = strncmp(pair, "why", 3) == 0 ? strlen(pair) : strcspn(pair, ",");
        more = pair[length] == ',';
        at = pair + length + more;
        pair[length] = '\0';
        while (length > 0 && (pair[length - 1] == ' ' || pair[length - 1] == '\t'))
            pair[--length] = '\0';
        *wrong = length == 0 ? "a class, or key=value" : take_pair(pair, &p, &has_class);
    }
    if (*wrong == NULL && !has_class)
        *wrong = "a class";
    if (*wrong == NULL && p.class == SS_CLASS_UNDECIDED)
        *wrong = "a class that decides something";
    if (*wrong != NULL)
        return false;
    *proposal = p;
    return true;
}

/* --- SECURITY LABELs ----------------------------------------------------------------------------- */

/* Masking functions by the words of their names, and what they mask; the more telling first. */
static const struct
{
    const char *words;
    ss_class class;
    const char *kind;
} functions[] = {
    {"email|mail", SS_CLASS_DIRECT_IDENTIFIER, "email"},
    {"first name|firstname", SS_CLASS_DIRECT_IDENTIFIER, "given-name"},
    {"last name|lastname", SS_CLASS_DIRECT_IDENTIFIER, "family-name"},
    {"phone*", SS_CLASS_DIRECT_IDENTIFIER, "phone"},
    {"iban", SS_CLASS_DIRECT_IDENTIFIER, "iban"},
    {"credit card*", SS_CLASS_DIRECT_IDENTIFIER, "payment-card"},
    {"ssn", SS_CLASS_DIRECT_IDENTIFIER, "ssn"},
    {"street*|address|building*", SS_CLASS_DIRECT_IDENTIFIER, "street-address"},
    {"ip|ipv 4|ipv 6", SS_CLASS_DIRECT_IDENTIFIER, "ip-address"},
    {"city*", SS_CLASS_QUASI_IDENTIFIER, "city"},
    {"region*|state*", SS_CLASS_QUASI_IDENTIFIER, "region"},
    {"country*", SS_CLASS_QUASI_IDENTIFIER, "country"},
    {"zip*|postcode|postal*", SS_CLASS_QUASI_IDENTIFIER, "postcode"},
    {"company*", SS_CLASS_QUASI_IDENTIFIER, "employer"},
    {"username|user name", SS_CLASS_DIRECT_IDENTIFIER, "user-name"},
    {"name", SS_CLASS_DIRECT_IDENTIFIER, "person-name"},
    {"date*|ts*|tsrange|timestamp*|datetime*", SS_CLASS_QUASI_IDENTIFIER, "timestamp"},
    {"generalize|noise", SS_CLASS_QUASI_IDENTIFIER, NULL},
    {"lorem*", SS_CLASS_FREE_TEXT, "free-text"},
};

/* As SQL has them: in any case.  Behind them no word goes on. */
static bool
begins(const char *text, const char *with)
{
    const size_t n = strlen(with);

    return strncasecmp(text, with, n) == 0 &&
           strchr(" \t(", text[n]) != NULL; /* and at the end, which is a NUL */
}

/* The name of the function, without its schema and its arguments, which may hold values; "" where it is called by none. */
static const char *
function_of(const char *text, ss_arena *result)
{
    const char *start, *end;

    text += skip_blanks(text);
    end = text + strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
    if (*end != '(' || end - text > 120)
        return "";
    for (start = end; start > text && start[-1] != '.';)
        start--;
    return ss_strndup(result, start, (size_t) (end - start));
}

static void
by_function(const char *name, ss_proposal *p, ss_arena *result)
{
    const ss_words words = ss_words_of(name, result);

    p->class = SS_CLASS_DIRECT_IDENTIFIER;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
    {
        if (ss_words_find(&words, functions[i].words).n == 0)
            continue;
        p->class = functions[i].class;
        p->kind = functions[i].kind;
        return;
    }
}

bool
ss_stated_label(const char *provider, const char *label, ss_arena *result, ss_proposal *proposal)
{
    ss_proposal p = {.confidence = SS_CONFIDENCE_HIGH, .stated = true};

    label += skip_blanks(label);
    if (strcmp(provider, "k_anonymity") == 0 &&
        (begins(label, "QUASI IDENTIFIER") || begins(label, "INDIRECT IDENTIFIER")))
    {
        p.class = SS_CLASS_QUASI_IDENTIFIER;
        p.why = "SECURITY LABEL of k_anonymity";
    }
    else if (strncmp(provider, "anon", 4) != 0)
        return false;
    else if (begins(label, "NOT MASKED"))
    {
        p.class = SS_CLASS_NON_PERSONAL;
        p.why = "SECURITY LABEL of anon: NOT MASKED";
    }
    else if (begins(label, "MASKED WITH FUNCTION"))
    {
        const char *name = function_of(label + strlen("MASKED WITH FUNCTION"), result);

        by_function(name, &p, result);
        p.why = name[0] == '\0' ? "SECURITY LABEL of anon"
                                : ss_strf(result, "SECURITY LABEL of anon: %s", name);
    }
    else if (begins(label, "MASKED WITH VALUE"))
    {
        const char *value = label + strlen("MASKED WITH VALUE");
        const bool null = begins(value + skip_blanks(value), "NULL");

        p.class = SS_CLASS_DIRECT_IDENTIFIER;
        p.treatment = null ? SS_TREAT_NULLIFY : SS_TREAT_DEFAULT;
        p.why = null ? "SECURITY LABEL of anon: NULL" : "SECURITY LABEL of anon: a value";
    }
    else
        return false;
    *proposal = p;
    return true;
}

/* --- both ---------------------------------------------------------------------------------------- */

/* Of several labels the strictest counts. */
static int
care(const ss_proposal *p)
{
    return 2 * ss_class_care(p->class) + (p->treatment == SS_TREAT_NULLIFY);
}

/* Labels are lines of provider, tab and label. */
static bool
by_labels(const char *labels, ss_arena *result, ss_proposal *proposal)
{
    bool any = false;

    while (labels != NULL && *labels != '\0')
    {
        const size_t n = strcspn(labels, "\n");
        const char *line = ss_strndup(result, labels, n), *tab = strchr(line, '\t');
        ss_proposal here;

        if (tab != NULL && ss_stated_label(ss_strndup(result, line, (size_t) (tab - line)), tab + 1,
                                           result, &here))
        {
            if (!any || care(&here) > care(proposal))
                *proposal = here;
            any = true;
        }
        labels += n + (labels[n] == '\n');
    }
    return any;
}

bool
ss_stated(const ss_column *column, ss_arena *result, ss_proposal *proposal)
{
    const char *wrong;

    if (column->comment != NULL && ss_stated_comment(column->comment, result, proposal, &wrong))
        return true;
    return by_labels(column->labels, result, proposal);
}

ss_code
ss_stated_check(const ss_catalog *catalog, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_code code = SS_OK;

    for (size_t t = 0; t < catalog->ntables && code == SS_OK; t++)
    {
        const ss_table *table = &catalog->tables[t];
        size_t n;

        if (table->comment != NULL && our_line(table->comment, &n) != NULL)
        {
            code = ss_fail(err, SS_EMEND,
                           "the comment on table %s begins a line with \"" OURS ":"
                           "\", which is read on columns only",
                           ss_printable(scratch, table->label));
            (void) ss_hint(err, "Say in the policy what is done with the table.");
        }
        for (size_t c = 0; c < table->ncolumns && code == SS_OK; c++)
        {
            const ss_column *column = &table->columns[c];
            const char *wrong = NULL;
            ss_proposal unused;

            if (column->comment == NULL ||
                ss_stated_comment(column->comment, scratch, &unused, &wrong) || wrong == NULL)
                continue;
            code = ss_fail(
                err, SS_EMEND,
                "the comment on column %s cannot be read: behind \"" OURS ":\" expected %s",
                ss_printable(scratch, ss_policy_label(table->label, column->name, scratch)), wrong);
            (void) ss_hint(err, "Mend the comment at the source: docs/policy.md says what it may "
                                "hold.");
        }
    }
    ss_arena_free(scratch);
    return code;
}
