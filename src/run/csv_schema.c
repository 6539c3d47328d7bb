#include "run/csv_schema.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "load/archive_text.h"
#include "pg/cluster.h"
#include "run/csv_files.h"
#include "run/throwaway.h"

#define SCHEMA_LIMIT ((size_t) 256 << 20)
#define ROLE_LINE    "-- sandseed role: "

/*
 * Roles that row security policies name: the writer of such a folder lists them in comments at its head.
 */
static ss_code
make_roles(const char *sql, const ss_endpoint *server, const ss_watch *watch, ss_arena *scratch,
           ss_error *err)
{
    while (strncmp(sql, ROLE_LINE, strlen(ROLE_LINE)) == 0)
    {
        const char *name = sql + strlen(ROLE_LINE);
        const size_t n = strcspn(name, "\n");
        const char *role = ss_csv_name_decode(scratch, name, n);

        if (role != NULL && strcmp(role, "public") != 0)
            SS_TRY(ss_throwaway_roles(server, &role, 1, watch, err));
        sql = name + n + (name[n] == '\n');
    }
    return SS_OK;
}

/*
 * pg_dump's \restrict and \unrestrict, which are psql's and not SQL, and a byte order mark: blanks, so that
 * places stay.
 */
static void
blank_what_is_not_sql(char *sql)
{
    char *line = sql;

    if (strncmp(sql, "\xEF\xBB\xBF", 3) == 0)
        memset(sql, ' ', 3);
    while (line != NULL && *line != '\0')
    {
        char *end = strchr(line, '\n');
        const size_t n = end == NULL ? strlen(line) : (size_t) (end - line);

        if (strncmp(line, "\\restrict ", 10) == 0 || strncmp(line, "\\unrestrict ", 12) == 0)
            memset(line, ' ', n);
        line = end == NULL ? NULL : end + 1;
    }
}

/* The character of a text (from 1); its end when there are fewer. */
static const char *
nth_character(const char *text, size_t nth)
{
    while (*text != '\0' && nth > 1)
        nth -= ((unsigned char) *++text & 0xC0) != 0x80;
    return text;
}

/* Where the nth statement begins. */
static const char *
nth_statement(const char *sql, size_t nth)
{
    const char *rest = sql, *statement = sql;
    size_t n;

    while (nth > 0 && ss_archive_text_next(&rest, &statement, &n))
        nth--;
    return statement;
}

/* Both from 1. */
static size_t
line_at(const char *sql, const char *at)
{
    size_t line = 1;

    for (const char *c = sql; c < at; c++)
        line += *c == '\n';
    return line;
}

static ss_code
read_schema(const char *file, ss_arena *scratch, char **sql, ss_error *err)
{
    const char *path = ss_printable(scratch, file);
    size_t n, bad;

    SS_TRY(ss_file_read(file, SCHEMA_LIMIT, scratch, sql, &n, err));
    if (strlen(*sql) != n)
    {
        (void) ss_fail(err, SS_EMEND, "%s, line %zu: a NUL byte", path,
                       line_at(*sql, *sql + strlen(*sql)));
        return ss_hint(err, "A file in UTF-16 holds them: convert it to UTF-8, for example with "
                            "iconv.");
    }
    if (!ss_utf8_valid((const unsigned char *) *sql, n, &bad))
    {
        (void) ss_fail(err, SS_EMEND, "%s, line %zu: not UTF-8", path, line_at(*sql, *sql + bad));
        return ss_hint(err, "Convert the file to UTF-8, for example with iconv.");
    }
    blank_what_is_not_sql(*sql);
    return SS_OK;
}

ss_code
ss_csv_run_schema(const char *path, const ss_endpoint *server, const ss_watch *watch,
                  ss_arena *scratch, ss_error *err)
{
    const ss_pg_options options = {.user = SS_CLUSTER_STAGER};
    const char *at;
    size_t position;
    char *sql;
    ss_pg *pg;
    ss_code code;

    SS_TRY(read_schema(path, scratch, &sql, err));
    SS_TRY(make_roles(sql, server, watch, scratch, err));
    SS_TRY(ss_pg_open(scratch, server, &options, watch, &pg, err));
    /* As in psql: who writes the file by hand writes CREATE TABLE customer. */
    SS_TRY(ss_pg_exec(pg, "SET search_path = public", err));
    code = ss_pg_exec(pg, sql, err);
    position = ss_pg_failed_position(pg);
    at = position > 0 ? nth_character(sql, position)
                      : nth_statement(sql, ss_pg_failed_statement(pg));
    ss_pg_close(pg);
    if (code == SS_OK)
        return SS_OK;
    if (code == SS_ERETRY && strncmp(err->sqlstate, "42", 2) == 0)
    {
        /* Nobody drops tables meanwhile here. */
        (void) ss_fail(err, SS_EMEND, "there is no such %s",
                       strcmp(err->sqlstate, "42703") == 0 ? "column" : "table");
    }
    (void) ss_note(err, "%s, line %zu", ss_printable(scratch, path), line_at(sql, at));
    err->hint[0] = '\0';
    return ss_hint(err,
                   "It must be plain SQL for the PostgreSQL here, without psql's own commands, as "
                   "pg_dump --schema-only --no-owner --no-privileges writes it; it runs "
                   "without superuser rights.");
}
