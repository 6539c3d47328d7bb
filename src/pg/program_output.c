#include "pg/program_output.h"

#include <string.h>

#include "base/text.h"

int
ss_program_version(const char *text)
{
    const char *at = strstr(text, "(PostgreSQL) ");
    int major = 0, minor = 0;

    if (at == NULL)
        return 0;
    for (at += strlen("(PostgreSQL) "); *at >= '0' && *at <= '9' && major < 1000; at++)
        major = major * 10 + (*at - '0');
    if (*at == '.')
    {
        for (at++; *at >= '0' && *at <= '9' && minor < 1000; at++)
            minor = minor * 10 + (*at - '0');
    }
    /* 9.6 and older count otherwise and are too old for everything here. */
    return major < 10 ? 0 : major * 10000 + minor;
}

/* --- failures ----------------------------------------------------------------------------------- */

typedef struct phrase
{
    const char *says;
    ss_code code;
    const char *text;
    const char *hint;
} phrase;

static const char LOCKED[] = "a lock was not to be had in time";

/* The first that occurs in a line of the program or the server counts, so the narrower comes first. */
static const phrase phrases[] = {
    {"No space left on device", SS_ERETRY, "the disk is full", "Free some space and run it again."},
    {"server version mismatch", SS_EMEND, "the program is older than the server",
     "Install a newer PostgreSQL client, or name its folder with --pg-bindir."},
    {"unsupported version", SS_EMEND, "the archive was made by a newer pg_dump",
     "Name the folder of the newer pg_restore with --pg-bindir."},
    {"due to lock timeout", SS_ERETRY, LOCKED,
     "Something holds a table with ALTER, VACUUM FULL or the like: run it again when it is done."},
    {"due to statement timeout", SS_ERETRY, LOCKED,
     "Something holds a table with ALTER, VACUUM FULL or the like: run it again when it is done."},
    {"deadlock detected", SS_ERETRY, "deadlock", "Run it again."},
    {"invalid snapshot identifier", SS_ERETRY, "the snapshot is gone", "Run it again."},
    {"could not import the requested snapshot", SS_ERETRY, "the snapshot is gone", "Run it again."},
    {"ERROR:  snapshot \"", SS_ERETRY, "the snapshot is gone", "Run it again."},
    {"source transaction", SS_ERETRY, "the snapshot is gone", "Run it again."},
    {"out of shared memory", SS_EMEND, "the server's lock table is full",
     "Raise max_locks_per_transaction there."},
    {"terminating connection", SS_ERETRY, "the connection was lost", "Run it again."},
    {"server closed the connection", SS_ERETRY, "the connection was lost", "Run it again."},
    {"no connection to the server", SS_ERETRY, "the connection was lost", "Run it again."},
    {"too many clients", SS_ERETRY, "the server has no connection left", "Use fewer --jobs."},
    {"connection slots", SS_ERETRY, "the server has no connection left", "Use fewer --jobs."},
    {"password authentication failed", SS_EMEND, "password authentication failed",
     "Check user and password in the .pgpass or service file."},
    {"no password supplied", SS_EMEND, "the server wants a password and none is known",
     "Put it into a .pgpass file (mode 0600) or a service file."},
    {"connection to server", SS_ERETRY, "could not connect", "Is the server running?"},
    {"permission denied to create extension", SS_EMEND, "the role may not create the extension",
     "Have an administrator create it, or strip it by policy."},
    {"permission denied", SS_EMEND, "the role lacks a privilege", ""},
    {"must be owner", SS_EMEND, "the role is not the owner", ""},
    {"must be member of role", SS_EMEND, "the role may not act for the owner", ""},
    {"must be able to SET ROLE", SS_EMEND, "the role may not act for the owner", ""},
    {"must be superuser", SS_EMEND, "only a superuser may do this", ""},
    {"could not open extension control file", SS_EMEND, "the server lacks the extension's files",
     "Install the extension's package there, or strip it by policy."},
    {"is not available", SS_EMEND, "the server lacks the extension",
     "Install the extension's package there, or strip it by policy."},
    {"could not access file", SS_EMEND, "the server lacks a library", ""},
    {"unrecognized configuration parameter", SS_EMEND,
     "the server does not know a setting; it may be older than the source", ""},
    {"syntax error", SS_EMEND, "the server does not understand it; it may be older than the source",
     ""},
    {"affected by row-level security", SS_EMEND, "row security hides rows from the role", ""},
    {"already exists", SS_EMEND, "it is there already", ""},
    {"could not create unique index", SS_EMEND, "a key is not unique", ""},
    {"could not create exclusion constraint", SS_EMEND, "rows violate an exclusion constraint", ""},
    {"violates foreign key", SS_EMEND, "a foreign key has no parent row", ""},
    {"is violated by some row", SS_EMEND, "a row violates a CHECK", ""},
    {"violates check constraint", SS_EMEND, "a row violates a CHECK", ""},
    {"violates unique constraint", SS_EMEND, "a key is not unique", ""},
    {"violates not-null constraint", SS_EMEND, "a value is missing where NOT NULL demands one", ""},
    {"contains null values", SS_EMEND, "a value is missing where NOT NULL demands one", ""},
    {"could not write", SS_ERETRY, "could not write", "Is the disk full?"},
    {"could not open output file", SS_EMEND, "could not write the file", ""},
    {"could not open input file", SS_EMEND, "could not read the archive", ""},
    {"not appear to be a valid archive", SS_EMEND, "the file is no archive", ""},
    {"does not exist", SS_EMEND, "something it needs does not exist", ""},
};

static bool
holds(const char *line, size_t n, const char *what)
{
    const size_t m = strlen(what);

    for (size_t i = 0; i + m <= n; i++)
    {
        if (memcmp(line + i, what, m) == 0)
            return true;
    }
    return false;
}

/* The number in "pg_restore: from TOC entry 214; 1259 16387 TABLE ..."; 0 when line is another. */
static int
toc_entry(const char *line, size_t n)
{
    static const char marker[] = "from TOC entry ";
    int id = 0;

    if (strncmp(line, "pg_restore: ", 12) != 0 || !holds(line, n, marker))
        return 0;
    for (const char *c = strstr(line, marker) + strlen(marker); *c >= '0' && *c <= '9'; c++)
    {
        if (id > 100000000)
            return 0;
        id = id * 10 + (*c - '0');
    }
    return id;
}

/* "pg_restore: error: ..." and the like; not the progress of --verbose, not a statement. */
static bool
is_own_error(const char *line, size_t n)
{
    static const char *const programs[] = {"pg_dump: ", "pg_restore: ", "initdb: "};
    static const char *const kinds[] = {"error: ", "fatal: ", "detail: "};

    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
    {
        const size_t m = strlen(programs[i]);

        if (strncmp(line, programs[i], m) != 0)
            continue;
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        {
            if (strncmp(line + m, kinds[k], strlen(kinds[k])) == 0)
                return !holds(line, n, "detail: Query was");
        }
    }
    return false;
}

ss_program_failure
ss_program_failure_of(const char *text)
{
    ss_program_failure failure = {.code = SS_EMEND, .hint = "", .sqlstate = ""};
    int entry = 0;

    /*
     * Only what the programs themselves say counts, not the DETAIL and the statements that follow and
     * hold anything.  The first error is the cause; later ones follow from it.
     */
    while (*text != '\0' && failure.text == NULL)
    {
        const size_t n = strcspn(text, "\n");
        const int id = toc_entry(text, n);
        const bool own = is_own_error(text, n);

        if (id > 0)
            entry = id;
        for (size_t i = 0; own && id == 0 && i < sizeof phrases / sizeof phrases[0]; i++)
        {
            if (!holds(text, n, phrases[i].says))
                continue;
            failure.code = phrases[i].code;
            failure.text = phrases[i].text;
            failure.hint = phrases[i].hint;
            failure.sqlstate = phrases[i].text == LOCKED ? "55P03" : "";
            break;
        }
        if (own && holds(text, n, "error: could not execute query"))
            failure.dump_id = entry;
        if (own && holds(text, n, "error: ") && entry > 0 && failure.dump_id == 0)
            failure.dump_id = entry;
        text += n + (text[n] == '\n');
    }
    return failure;
}

/* --- the table of contents ---------------------------------------------------------------------- */

/* Descriptions of more than one word, as pg_dump writes them (12 to 18). */
static const char *const long_descs[] = {"ACCESS METHOD",
                                         "BLOB COMMENTS",
                                         "BLOB METADATA",
                                         "CHECK CONSTRAINT",
                                         "DATABASE PROPERTIES",
                                         "DEFAULT ACL",
                                         "EVENT TRIGGER",
                                         "FK CONSTRAINT",
                                         "FOREIGN DATA WRAPPER",
                                         "FOREIGN SERVER",
                                         "FOREIGN TABLE",
                                         "INDEX ATTACH",
                                         "LARGE OBJECT",
                                         "MATERIALIZED VIEW DATA",
                                         "MATERIALIZED VIEW",
                                         "OPERATOR CLASS",
                                         "OPERATOR FAMILY",
                                         "PROCEDURAL LANGUAGE",
                                         "PUBLICATION TABLES IN SCHEMA",
                                         "PUBLICATION TABLE",
                                         "ROW SECURITY",
                                         "SECURITY LABEL",
                                         "SEQUENCE OWNED BY",
                                         "SEQUENCE SET",
                                         "SHELL TYPE",
                                         "STATISTICS DATA",
                                         "SUBSCRIPTION TABLE",
                                         "TABLE ATTACH",
                                         "TABLE DATA",
                                         "TEXT SEARCH CONFIGURATION",
                                         "TEXT SEARCH DICTIONARY",
                                         "TEXT SEARCH PARSER",
                                         "TEXT SEARCH TEMPLATE",
                                         "USER MAPPING"};

/*
 * Kinds that begin longer ones, by the oid of the system catalog that holds them: what follows "TABLE" there is the name of
 * a schema, though it be "DATA".  Of a table's data, an index's place under another and the like the oid is 0.
 */
static const struct
{
    unsigned long catalog;
    const char *desc;
} whole_descs[] = {
    {1259, "TABLE"},   {1259, "SEQUENCE"}, {1259, "INDEX"},     {1259, "MATERIALIZED VIEW"},
    {2604, "DEFAULT"}, {2617, "OPERATOR"}, {3381, "STATISTICS"}};

/* How long the kind of object is that stands there.  catalog: the oid of the system catalog that holds it. */
static size_t
desc_length(const char *at, unsigned long catalog)
{
    for (size_t i = 0; i < sizeof whole_descs / sizeof whole_descs[0]; i++)
    {
        const size_t n = strlen(whole_descs[i].desc);

        if (catalog == whole_descs[i].catalog && strncmp(at, whole_descs[i].desc, n) == 0 &&
            at[n] == ' ')
            return n;
    }
    for (size_t i = 0; i < sizeof long_descs / sizeof long_descs[0]; i++)
    {
        const size_t n = strlen(long_descs[i]);

        if (strncmp(at, long_descs[i], n) == 0 && at[n] == ' ')
            return n;
    }
    return strcspn(at, " ");
}

/* A number and what separates it from the next thing; false when there is none. */
static bool
take_number(const char **at, uint32_t *v, const char *separator)
{
    const char *c = *at;
    uint64_t n = 0;

    for (; *c >= '0' && *c <= '9' && n <= UINT32_MAX; c++)
        n = n * 10 + (uint64_t) (*c - '0');
    if (c == *at || n > UINT32_MAX || strncmp(c, separator, strlen(separator)) != 0)
        return false;
    *v = (uint32_t) n;
    *at = c + strlen(separator);
    return true;
}

/* "214; 1259 16387 TABLE public customer postgres" */
static bool
parse_entry(const char *line, ss_arena *result, ss_archive_entry *entry)
{
    const char *at = line, *owner;
    uint32_t id, catalog, oid;
    size_t n;

    if (!take_number(&at, &id, "; ") || !take_number(&at, &catalog, " ") ||
        !take_number(&at, &oid, " ") || id > 1000000000)
        return false;
    *entry = (ss_archive_entry){.dump_id = (int) id, .line = line, .catalog = catalog, .oid = oid};
    n = desc_length(at, catalog);
    entry->desc = ss_strndup(result, at, n);
    at += n + (at[n] == ' ');
    /* Names are not quoted; one with a blank in it is only certain by its oid. */
    n = strcspn(at, " ");
    entry->schema = ss_strndup(result, at, n);
    at += n + (at[n] == ' ');
    owner = strrchr(at, ' ');
    if (owner == NULL)
    {
        entry->tag = ss_strdup(result, at);
        entry->owner = "";
        return true;
    }
    entry->tag = ss_strndup(result, at, (size_t) (owner - at));
    entry->owner = ss_strdup(result, owner + 1);
    return true;
}

void
ss_archive_parse_list(const char *text, ss_arena *result, ss_archive_entry **entries, size_t *n)
{
    ss_archive_entry *list = NULL;
    size_t count = 0, capacity = 0;

    while (*text != '\0')
    {
        const size_t length = strcspn(text, "\n");
        ss_archive_entry entry;

        if (*text != ';' && parse_entry(ss_strndup(result, text, length), result, &entry))
        {
            list = ss_grow(result, list, count, &capacity, sizeof *list);
            list[count++] = entry;
        }
        text += length + (text[length] == '\n');
    }
    *entries = list;
    *n = count;
}

/* --- plain dumps -------------------------------------------------------------------------------- */

static bool
line_is(const char *line, size_t n, const char *command, const char *token, size_t token_length)
{
    const size_t m = strlen(command);

    return n == m + token_length && memcmp(line, command, m) == 0 &&
           memcmp(line + m, token, token_length) == 0;
}

void
ss_dump_strip_restrict(ss_buf *text)
{
    static const char begins[] = "\\restrict ", ends[] = "\\unrestrict ";
    char *data = (char *) text->data, *to, *at;
    char token[128];
    size_t token_length = 0;

    if (text->len == 0)
        return;
    to = at = data;
    while (at < data + text->len)
    {
        const char *newline = memchr(at, '\n', (size_t) (data + text->len - at));
        const size_t n =
            newline == NULL ? (size_t) (data + text->len - at) : (size_t) (newline - at);
        const size_t whole = n + (newline != NULL);

        if (token_length == 0 && n > strlen(begins) && n - strlen(begins) < sizeof token &&
            memcmp(at, begins, strlen(begins)) == 0)
        {
            token_length = n - strlen(begins);
            memcpy(token, at + strlen(begins), token_length);
        }
        if (token_length == 0 || (!line_is(at, n, begins, token, token_length) &&
                                  !line_is(at, n, ends, token, token_length)))
        {
            memmove(to, at, whole);
            to += whole;
        }
        at += whole;
    }
    text->len = (size_t) (to - data);
    *to = '\0';
}

char *
ss_dump_label(const char *name, ss_arena *arena)
{
    char *text = ss_strndup(arena, name, strcspn(name, "\n"));
    char *owner = strstr(text, "; Owner: ");
    char *type, *schema;
    bool bare;

    if (owner != NULL)
        *owner = '\0';
    type = strstr(text, "; Type: ");
    schema = strstr(text, "; Schema: ");
    if (type == NULL || schema == NULL || schema < type)
        return ss_printable(arena, text);
    *type = '\0';
    *schema = '\0';
    bare = strcmp(schema + 10, "-") == 0;
    return ss_printable(arena, ss_strf(arena, "%s %s%s%s", type + 8, bare ? "" : schema + 10,
                                       bare ? "" : ".", text));
}
