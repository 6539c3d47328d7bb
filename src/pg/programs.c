#include "pg/programs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/try.h"
#include "pg/cluster.h"
#include "pg/pg_internal.h"

#define DEBIAN_BINS "/usr/lib/postgresql"

/* How long pg_dump waits for an application's lock on a table: it must never queue for long. */
#define DUMP_LOCK_WAIT "--lock-wait-timeout=30s"

/* --- finding ------------------------------------------------------------------------------------ */

/* "pg_dump (PostgreSQL) 15.18 (Debian ...)" -> 150018; "16beta1" -> 160000; 0 when it is not that. */
int
ss_programs_version(const char *text)
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
    return major * 10000 + minor;
}

static int
version_in(const char *bindir, const char *program)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_buf out = {0};
    const char *const argv[] = {ss_path_join(scratch, bindir, program), "--version", NULL};
    const ss_proc_options o = {.argv = argv, .out = &out, .timeout_s = 10};
    ss_error ignored;
    int status = 1, version = 0;

    if (access(argv[0], X_OK) == 0 && ss_proc_run(&o, NULL, &status, &ignored) == SS_OK &&
        status == 0)
        version = ss_programs_version(ss_buf_text(&out));
    ss_buf_done(&out);
    ss_arena_free(scratch);
    return version;
}

static int
newest_first(const void *a, const void *b)
{
    return *(const int *) b - *(const int *) a;
}

/* The folders to look into, best first: Debian's, newest version first, then those of PATH. */
static size_t
candidates(ss_arena *arena, const char **folders, size_t max)
{
    int versions[64];
    size_t nversions = 0, n = 0;
    DIR *dir = opendir(DEBIAN_BINS);
    const struct dirent *entry;
    const char *path = getenv("PATH");
    int64_t v;

    while (dir != NULL && (entry = readdir(dir)) != NULL && nversions < 64)
    {
        if (ss_parse_i64(entry->d_name, &v) && v > 0 && v < 1000)
            versions[nversions++] = (int) v;
    }
    if (dir != NULL)
        (void) closedir(dir);
    qsort(versions, nversions, sizeof versions[0], newest_first);
    for (size_t i = 0; i < nversions && n < max; i++)
        folders[n++] = ss_strf(arena, DEBIAN_BINS "/%d/bin", versions[i]);
    while (path != NULL && *path != '\0' && n < max)
    {
        const size_t length = strcspn(path, ":");

        if (length > 0)
            folders[n++] = ss_strndup(arena, path, length);
        path += length + (path[length] == ':');
    }
    return n;
}

static ss_code
not_found(const char *what, int wanted, int seen, const char *bindir, ss_error *err)
{
    if (seen != 0)
        (void) ss_fail(err, SS_EMEND, "%s is version %d, but the server is version %d: it must not be older", what,
                       seen / 10000, wanted);
    else if (wanted > 0)
        (void) ss_fail(err, SS_EMEND, "found no %s of PostgreSQL %d", what, wanted);
    else
        (void) ss_fail(err, SS_EMEND, "found no %s", what);
    if (bindir != NULL)
        return ss_hint(err, "Looked in \"%s\" only, because of --pg-bindir.", bindir);
    return ss_hint(err, "Looked in " DEBIAN_BINS "/*/bin and PATH: install the package "
                        "postgresql%s, or name a folder with --pg-bindir.",
                   wanted > 0 ? " of that version" : "");
}

ss_code
ss_programs_find(const char *bindir, int server_version, ss_arena *result, ss_programs *programs,
                 ss_error *err)
{
    const char *folders[128];
    const int wanted = server_version / 10000;
    size_t n = 1;
    int seen = 0;

    if (bindir != NULL)
        folders[0] = bindir;
    else
        n = candidates(result, folders, sizeof folders / sizeof folders[0]);
    for (size_t i = 0; i < n; i++)
    {
        const int version = version_in(folders[i], "pg_dump");

        if (version / 10000 >= wanted && version_in(folders[i], "pg_restore") / 10000 >= wanted)
        {
            *programs = (ss_programs){.bindir = ss_strdup(result, folders[i]), .version = version};
            return SS_OK;
        }
        if (version > seen)
            seen = version;
    }
    return not_found("pg_dump", wanted, seen, bindir, err);
}

ss_code
ss_programs_find_server(const char *bindir, int major, ss_arena *result,
                        const char **server_bindir, ss_error *err)
{
    const char *folders[128];
    size_t n = 1;

    if (bindir != NULL)
        folders[0] = bindir;
    else
        n = candidates(result, folders, sizeof folders / sizeof folders[0]);
    for (size_t i = 0; i < n; i++)
    {
        const int version = version_in(folders[i], "postgres") / 10000;

        if (version > 0 && (major == 0 || version == major) &&
            access(ss_path_join(result, folders[i], "initdb"), X_OK) == 0)
        {
            *server_bindir = ss_strdup(result, folders[i]);
            return SS_OK;
        }
    }
    return not_found("PostgreSQL server (initdb, pg_ctl)", major, 0, bindir, err);
}

/* --- running ------------------------------------------------------------------------------------ */

/* A program's connection: by environment, the password by a file that only we can read. */
typedef struct surroundings
{
    ss_arena *scratch;
    const char *set[24];
    const char *unset[8];
    size_t n;
    char *password_file; /* NULL: none written */
} surroundings;

static const char *const variables[][2] = {
    {"host", "PGHOST"},           {"hostaddr", "PGHOSTADDR"},   {"port", "PGPORT"},
    {"user", "PGUSER"},           {"sslmode", "PGSSLMODE"},     {"sslcert", "PGSSLCERT"},
    {"sslkey", "PGSSLKEY"},       {"sslrootcert", "PGSSLROOTCERT"}, {"sslcrl", "PGSSLCRL"},
    {"channel_binding", "PGCHANNELBINDING"}, {"passfile", "PGPASSFILE"},
    {"target_session_attrs", "PGTARGETSESSIONATTRS"}, {"krbsrvname", "PGKRBSRVNAME"},
};

/* .pgpass wants ':' and '\' escaped. */
static ss_code
write_password(surroundings *s, const char *password, ss_error *err)
{
    ss_buf line = {0};
    const char *folder = getenv("TMPDIR");
    int fd;
    ss_code code = SS_OK;

    ss_buf_puts(&line, "*:*:*:*:");
    for (; *password != '\0'; password++)
    {
        if (*password == ':' || *password == '\\')
            ss_buf_putc(&line, '\\');
        ss_buf_putc(&line, *password);
    }
    ss_buf_putc(&line, '\n');
    s->password_file = ss_strf(s->scratch, "%s/sandseed.XXXXXX", folder == NULL ? "/tmp" : folder);
    fd = mkstemp(s->password_file); /* 0600 */
    if (fd < 0 || write(fd, line.data, line.len) != (ssize_t) line.len)
        code = ss_fail(err, SS_ERETRY, "could not write a temporary password file");
    if (fd >= 0)
        (void) close(fd);
    ss_buf_done(&line);
    return code;
}

/* Connect once, so that libpq itself resolves services, files and defaults, and take over what it used. */
static ss_code
surround(surroundings *s, const ss_endpoint *endpoint, const char *dbname, const ss_watch *watch,
         ss_error *err)
{
    const ss_pg_options o = {.dbname = dbname, .application_name = "sandseed"};
    PQconninfoOption *options;
    const char *password;
    ss_pg *pg;
    ss_code code = SS_OK;

    SS_TRY(ss_pg_open(s->scratch, endpoint, &o, watch, &pg, err));
    options = PQconninfo(pg->conn);
    for (const PQconninfoOption *p = options; p != NULL && p->keyword != NULL; p++)
    {
        for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        {
            if (p->val != NULL && p->val[0] != '\0' && strcmp(p->keyword, variables[i][0]) == 0)
                s->set[s->n++] = ss_strf(s->scratch, "%s=%s", variables[i][1], p->val);
        }
    }
    PQconninfoFree(options);
    s->set[s->n++] = ss_strf(s->scratch, "PGDATABASE=%s", PQdb(pg->conn));
    s->set[s->n++] = "PGOPTIONS=-c search_path= -c row_security=off";
    s->set[s->n++] = "PGGSSENCMODE=disable";
    s->set[s->n++] = "PGCLIENTENCODING=UTF8";
    s->set[s->n++] = "PGAPPNAME=sandseed";
    s->set[s->n++] = "LC_ALL=C";
    password = PQconnectionUsedPassword(pg->conn) ? PQpass(pg->conn) : NULL;
    if (password != NULL && password[0] != '\0')
    {
        code = write_password(s, password, err);
        s->set[s->n++] = ss_strf(s->scratch, "PGPASSFILE=%s", s->password_file);
    }
    s->unset[0] = "PGSERVICE";
    s->unset[1] = "PGSERVICEFILE";
    s->unset[2] = "PGPASSWORD";
    ss_pg_close(pg);
    return code;
}

static void
leave(surroundings *s)
{
    if (s->password_file != NULL)
        (void) unlink(s->password_file);
    ss_arena_free(s->scratch);
}

/*
 * What a program's stderr says, in our words.  Its text quotes values, so of it only known
 * phrases, the archive entry ("from TOC entry 3215; 1259 16402 TABLE orders app") and names between
 * the entry's own fields are used.
 */
typedef struct phrase
{
    const char *says;
    ss_code code;
    const char *text;
} phrase;

static const phrase phrases[] = {
    {"No space left", SS_ERETRY, "the disk is full"},
    {"permission denied for", SS_EMEND, "the role lacks a privilege"},
    {"must be owner of", SS_EMEND, "the role is not the owner"},
    {"must be superuser", SS_EMEND, "only a superuser may do that"},
    {"must be able to SET ROLE", SS_EMEND, "the role may not act for that owner"},
    {"must be member of role", SS_EMEND, "the role may not act for that owner"},
    {"is not available", SS_EMEND, "an extension is not installed on the server"},
    {"could not open extension control file", SS_EMEND, "an extension is not installed on the server"},
    {"could not access file", SS_EMEND, "a library is not installed on the server"},
    {"server version mismatch", SS_EMEND, "the program is older than the server"},
    {"lock timeout", SS_ERETRY, "a table stayed locked by somebody else"},
    {"query would be affected by row-level security", SS_EMEND, "row security hides rows from the role"},
    {"role \"", SS_EMEND, "a role does not exist"},
    {"type \"", SS_EMEND, "a type does not exist on the server"},
    {"collation \"", SS_EMEND, "a collation does not exist on the server"},
    {"unrecognized configuration parameter", SS_EMEND, "the server does not know a setting"},
    {"server closed the connection", SS_ERETRY, "the connection was lost"},
    {"terminating connection", SS_ERETRY, "the server ended the connection"},
    {"could not connect", SS_ERETRY, "the server is not to be reached"},
    {"connection to server", SS_ERETRY, "the server is not to be reached"},
    {"could not find", SS_EMEND, "the archive is damaged"},
    {"already exists", SS_EMEND, "the object exists already"},
    {"syntax error", SS_EMEND, "the server does not understand the statement: is it older than the source?"},
};

ss_code
ss_programs_fail(const char *program, const char *said, ss_error *err)
{
    const char *entry = strstr(said, "from TOC entry ");
    const phrase *found = NULL;
    ss_arena *scratch = ss_arena_new(NULL);
    const char *name = "";

    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0] && found == NULL; i++)
    {
        if (strstr(said, phrases[i].says) != NULL)
            found = &phrases[i];
    }
    if (entry != NULL)
    {
        /* "from TOC entry 3215; 1259 16402 TABLE orders app": the numbers are left out. */
        const char *semicolon = strchr(entry, ';');
        const size_t line = strcspn(entry, "\n");

        if (semicolon != NULL && (size_t) (semicolon - entry) < line)
        {
            semicolon++;
            semicolon += strspn(semicolon, " 0123456789");
            name = ss_printable(scratch, ss_strndup(scratch, semicolon, strcspn(semicolon, "\n")));
        }
    }
    (void) ss_fail(err, found == NULL ? SS_EMEND : found->code, "%s failed%s%s%s%s", program,
                   name[0] != '\0' ? " at " : "", name, found == NULL ? "" : ": ",
                   found == NULL ? "" : found->text);
    ss_arena_free(scratch);
    return err->code;
}

typedef struct call
{
    const ss_programs *programs;
    const char *program;
    const ss_endpoint *server; /* NULL: none */
    const char *dbname;
    const char *const *args; /* NULL at the end */
    ss_buf *out;
} call;

static ss_code
run_program(const call *c, const ss_watch *watch, ss_error *err)
{
    surroundings s = {.scratch = ss_arena_new(NULL)};
    const char *argv[32] = {0};
    ss_buf said = {0};
    ss_proc_options o = {.argv = argv,
                         .setenv = s.set,
                         .unsetenv = s.unset,
                         .out = c->out,
                         .err_text = &said};
    int status = 0;
    ss_code code = SS_OK;

    if (c->server != NULL)
        code = surround(&s, c->server, c->dbname, watch, err);
    else
        s.set[s.n++] = "LC_ALL=C";
    argv[0] = ss_path_join(s.scratch, c->programs->bindir, c->program);
    for (size_t i = 0; c->args[i] != NULL && i + 2 < sizeof argv / sizeof argv[0]; i++)
        argv[i + 1] = c->args[i];
    if (code == SS_OK)
        code = ss_proc_run(&o, watch, &status, err);
    if (code == SS_OK && status != 0)
        code = ss_programs_fail(c->program, ss_buf_text(&said), err);
    ss_buf_done(&said);
    leave(&s);
    return code;
}

ss_code
ss_dump_schema(const ss_programs *programs, const ss_endpoint *source, const char *snapshot_id,
               const char *file, const ss_watch *watch, ss_error *err)
{
    char snapshot[128];
    const char *const args[] = {"--schema-only", "-Fc", "-Z1", "--no-password", DUMP_LOCK_WAIT,
                                snapshot,        "-f",  file,  NULL};
    const call c = {.programs = programs, .program = "pg_dump", .server = source,
                    .dbname = source->kind == SS_ENDPOINT_CLUSTER ? source->dbname : NULL,
                    .args = args};

    (void) snprintf(snapshot, sizeof snapshot, "--snapshot=%s", snapshot_id);
    if (run_program(&c, watch, err) != SS_OK)
        return ss_note(err, "while reading the schema of %s", source->label);
    return SS_OK;
}

/* One line of pg_restore --list: "215; 1259 16402 TABLE public orders app". */
static bool
parse_entry(ss_arena *arena, const char *line, ss_archive_entry *entry)
{
    /* Kinds of two or more words have to be known: the format does not delimit them. */
    static const char *const kinds[] = {
        "ACCESS METHOD", "ACL LANGUAGE", "BLOB COMMENTS", "BLOB METADATA", "CHECK CONSTRAINT",
        "DATABASE PROPERTIES", "DEFAULT ACL", "EVENT TRIGGER", "FK CONSTRAINT", "FOREIGN DATA WRAPPER",
        "FOREIGN SERVER", "FOREIGN TABLE", "INDEX ATTACH", "LARGE OBJECT", "MATERIALIZED VIEW DATA",
        "MATERIALIZED VIEW", "NOT NULL CONSTRAINT", "OPERATOR CLASS", "OPERATOR FAMILY",
        "PROCEDURAL LANGUAGE", "PUBLICATION TABLES IN SCHEMA", "PUBLICATION TABLE", "ROW SECURITY",
        "SECURITY LABEL", "SEQUENCE OWNED BY", "SEQUENCE SET", "SHELL TYPE", "STATISTICS DATA", "SUBSCRIPTION TABLE",
        "TABLE ATTACH", "TABLE DATA", "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY",
        "TEXT SEARCH PARSER", "TEXT SEARCH TEMPLATE", "USER MAPPING"};
    const char *at = line, *kind = NULL, *space, *last;
    int id = 0;

    if (*at == ';' || *at == '\0')
        return false;
    for (; *at >= '0' && *at <= '9' && id < 100000000; at++)
        id = id * 10 + (*at - '0');
    if (*at != ';')
        return false;
    at++;
    at += strspn(at, " ");
    at += strspn(at, "0123456789"); /* tableoid */
    at += strspn(at, " ");
    at += strspn(at, "0123456789"); /* oid */
    at += strspn(at, " ");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && kind == NULL; i++)
    {
        if (strncmp(at, kinds[i], strlen(kinds[i])) == 0 && at[strlen(kinds[i])] == ' ')
            kind = kinds[i];
    }
    if (kind == NULL)
        kind = ss_strndup(arena, at, strcspn(at, " "));
    at += strlen(kind);
    at += *at == ' ';
    space = strchr(at, ' ');
    last = strrchr(at, ' ');
    *entry = (ss_archive_entry){.dump_id = id, .line = line, .desc = kind};
    entry->schema = ss_strndup(arena, at, space == NULL ? strlen(at) : (size_t) (space - at));
    if (space == NULL || last == NULL)
        entry->tag = entry->owner = "";
    else
    {
        entry->owner = ss_strdup(arena, last + 1);
        entry->tag = last > space ? ss_strndup(arena, space + 1, (size_t) (last - space - 1)) : "";
    }
    return true;
}

ss_code
ss_archive_list(const ss_programs *programs, const char *file, ss_arena *result,
                ss_archive_entry **entries, size_t *n, ss_error *err)
{
    const char *const args[] = {"--list", file, NULL};
    ss_buf out = {0};
    const call c = {.programs = programs, .program = "pg_restore", .args = args, .out = &out};
    size_t capacity = 0;
    char *text;
    ss_code code = run_program(&c, NULL, err);

    *entries = NULL;
    *n = 0;
    text = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    for (char *line = text, *next; code == SS_OK && line != NULL; line = next)
    {
        ss_archive_entry entry;

        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (!parse_entry(result, line, &entry))
            continue;
        *entries = ss_grow(result, *entries, *n, &capacity, sizeof **entries);
        (*entries)[(*n)++] = entry;
    }
    return code;
}

ss_code
ss_restore(const ss_programs *programs, const ss_endpoint *target, const char *dbname,
           const char *file, const ss_restore_options *options, const ss_watch *watch,
           ss_error *err)
{
    char section[32], jobs[24];
    /* Tablespaces are folders of another machine. */
    const char *args[16] = {"--no-password", "--exit-on-error", "--no-tablespaces", "-d"};
    ss_arena *scratch = ss_arena_new(NULL);
    size_t n = 4;
    const call c = {.programs = programs, .program = "pg_restore", .server = target,
                    .dbname = dbname, .args = args};
    ss_code code;

    /* -d takes a conninfo string: the name quoted, so that one with '=' in it stays a name. */
    {
        ss_buf d = {0};

        ss_buf_puts(&d, "dbname='");
        for (const char *p = dbname; *p != '\0'; p++)
        {
            if (*p == '\'' || *p == '\\')
                ss_buf_putc(&d, '\\');
            ss_buf_putc(&d, *p);
        }
        ss_buf_putc(&d, '\'');
        args[n++] = ss_strdup(scratch, ss_buf_text(&d));
        ss_buf_done(&d);
    }
    if (options->section != NULL)
    {
        (void) snprintf(section, sizeof section, "--section=%s", options->section);
        args[n++] = section;
    }
    if (options->use_list != NULL)
    {
        args[n++] = "-L";
        args[n++] = options->use_list;
    }
    if (options->jobs > 1)
    {
        (void) snprintf(jobs, sizeof jobs, "-j%zu", options->jobs);
        args[n++] = jobs;
    }
    if (options->no_owner)
        args[n++] = "--no-owner";
    if (options->no_acl)
        args[n++] = "--no-acl";
    args[n] = file;
    code = run_program(&c, watch, err);
    ss_arena_free(scratch);
    if (code != SS_OK)
        return ss_note(err, "while restoring the %s schema into %s",
                       options->section == NULL ? "whole" : options->section, target->label);
    return SS_OK;
}

/* Without the lines that newer programs add with a random word: \restrict and \unrestrict. */
static void
strip_restrict(ss_buf *text)
{
    size_t to = 0;

    for (size_t at = 0; at < text->len;)
    {
        const unsigned char *line = text->data + at;
        const unsigned char *end = memchr(line, '\n', text->len - at);
        const size_t n = end == NULL ? text->len - at : (size_t) (end - line) + 1;

        if (!(n > 10 && memcmp(line, "\\restrict ", 10) == 0) &&
            !(n > 12 && memcmp(line, "\\unrestrict ", 12) == 0))
        {
            memmove(text->data + to, line, n);
            to += n;
        }
        at += n;
    }
    text->len = to;
    if (text->data != NULL)
        text->data[to] = '\0';
}

ss_code
ss_dump_text(const ss_programs *programs, const ss_endpoint *server, const char *dbname,
             const ss_watch *watch, ss_buf *text, ss_error *err)
{
    const char *const args[] = {"--schema-only", "--no-password", DUMP_LOCK_WAIT, NULL};
    const call c = {.programs = programs, .program = "pg_dump", .server = server, .dbname = dbname,
                    .args = args, .out = text};

    SS_TRY(run_program(&c, watch, err));
    strip_restrict(text);
    return SS_OK;
}

ss_code
ss_archive_sql(const ss_programs *programs, const char *file, const char *use_list, ss_buf *text,
               ss_error *err)
{
    const char *const args[] = {"-f", "-", "-L", use_list, file, NULL};
    const call c = {.programs = programs, .program = "pg_restore", .args = args, .out = text};

    SS_TRY(run_program(&c, NULL, err));
    strip_restrict(text);
    return SS_OK;
}
