/*
 * src/pg against a real server.  tests/db/pg.sh starts it: HOST is its socket's folder; database shop has
 * the table customer with one e-mail address twice; role scrammer logs in with a password.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory_file.h"
#include "base/text.h"
#include "pg/programs.h"
#include "pg/snapshot.h"

#define PASSWORD_QUOTED "password='hunter:2\\\\right'"

static ss_arena *arena;

static double
now_s(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

static ss_endpoint
endpoint(const char *rest)
{
    ss_endpoint e;
    ss_error err;

    assert_int_equal(ss_endpoint_parse(ss_strf(arena, "host=%s %s", getenv("HOST"), rest), ".", 0,
                                       arena, &e, &err),
                     SS_OK);
    return e;
}

/* Nothing that a person may see holds a word. */
static void
assert_silent_about(const ss_error *err, const char *word)
{
    for (size_t i = 0; i < err->depth; i++)
        assert_null(strstr(err->line[i], word));
    assert_null(strstr(err->hint, word));
}

static void
assert_says(const ss_error *err, const char *what)
{
    for (size_t i = 0; i < err->depth; i++)
    {
        if (strstr(err->line[i], what) != NULL)
            return;
    }
    print_error("\"%s\" is not in: %s\n", what, err->line[0]);
    fail();
}

static ss_pg *
open_db(const char *rest, bool source)
{
    static ss_endpoint e[64];
    static size_t n;
    const ss_pg_options options = {.source = source};
    ss_error err;
    ss_pg *pg;

    e[n] = endpoint(rest);
    if (ss_pg_open(arena, &e[n++ % 64], &options, NULL, &pg, &err) != SS_OK)
    {
        print_error("%s\n", err.line[0]);
        fail();
    }
    return pg;
}

static ss_pg *
admin(const char *dbname)
{
    return open_db(ss_strf(arena, "user=postgres dbname=%s", dbname), false);
}

static void
exec(ss_pg *pg, const char *sql)
{
    ss_error err;

    if (ss_pg_exec(pg, sql, &err) != SS_OK)
    {
        print_error("%s: %s %s\n", sql, err.sqlstate, err.line[0]);
        fail();
    }
}

static const char *
value(ss_pg *pg, const char *sql)
{
    const char *v = NULL;
    ss_error err;

    assert_int_equal(ss_pg_value_of(pg, arena, sql, &v, &err), SS_OK);
    return v;
}

/* --- connections -------------------------------------------------------------------------------- */

typedef struct refusal
{
    const char *conninfo;
    ss_code code;
    const char *says;
} refusal;

static const refusal refusals[] = {
    {"user=scrammer dbname=shop password=hunter2wrong", SS_EMEND, "password authentication failed"},
    {"user=scrammer dbname=shop", SS_EMEND, "none is known"},
    {"user=postgres dbname=hunter2db", SS_EMEND, "the database does not exist"},
    {"user=hunter2role dbname=shop password=hunter2", SS_EMEND, "role does not exist"},
    {"user=postgres dbname=shop port=1 password=hunter2", SS_ERETRY, "no server listens"},
    {"user=postgres dbname=shop host=127.0.0.1 port=1 password=hunter2", SS_ERETRY, "refuses"},
    {"user=postgres dbname=shop host=no-such-host.invalid password=hunter2", SS_ERETRY,
     "host name is unknown"},
    {"service=hunter2", SS_EMEND, "service is not defined"},
};

static void
refused_connections_say_why_and_no_secret(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
    {
        const ss_endpoint e = endpoint(refusals[i].conninfo);
        const ss_pg_options options = {0};
        ss_error err;
        ss_pg *pg;

        assert_int_equal(ss_pg_open(arena, &e, &options, NULL, &pg, &err), refusals[i].code);
        assert_says(&err, refusals[i].says);
        assert_true(err.hint[0] != '\0');
        assert_silent_about(&err, "hunter2wrong");
        assert_silent_about(&err, "hunter2role");
    }
}

static void
sessions_are_set_up(void **state)
{
    ss_pg *pg = open_db("user=postgres dbname=shop", true);
    ss_error err;

    (void) state;
    assert_string_equal(value(pg, "SHOW search_path"), "\"\"");
    assert_string_equal(value(pg, "SHOW default_transaction_read_only"), "on");
    assert_string_equal(value(pg, "SHOW row_security"), "off");
    assert_string_equal(value(pg, "SHOW client_encoding"), "UTF8");
    assert_string_equal(value(pg, "SHOW TimeZone"), "UTC");
    assert_string_equal(value(pg, "SHOW idle_in_transaction_session_timeout"), "0");
    assert_string_equal(value(pg, "SELECT setting FROM pg_settings WHERE name = "
                                  "'restrict_nonsystem_relation_kind' UNION ALL SELECT "
                                  "'view, foreign-table' LIMIT 1"),
                        "view, foreign-table");
    assert_true(ss_pg_is_local(pg));
    assert_string_equal(ss_pg_dbname(pg), "shop");
    assert_int_not_equal(ss_pg_exec(pg, "CREATE TABLE public.no (x int)", &err), SS_OK);
    assert_true(ss_pg_is_sqlstate(&err, "25006"));
    ss_pg_close(pg);
    /* A closed connection fails, it does not crash. */
    assert_int_equal(ss_pg_exec(pg, "SELECT 1", &err), SS_ERETRY);
}

static bool
soon(void *arg)
{
    return now_s() > *(const double *) arg;
}

static void
statements_are_cancelled_in_time(void **state)
{
    double when;
    const ss_watch watch = {.interrupted = soon, .arg = &when};
    const ss_endpoint e = endpoint("user=postgres dbname=shop");
    const ss_pg_options options = {0};
    ss_pg *pg, *other = admin("shop");
    ss_error err;

    (void) state;
    when = now_s() + 1e6;
    assert_int_equal(ss_pg_open(arena, &e, &options, &watch, &pg, &err), SS_OK);
    when = now_s() + 0.3;
    assert_int_equal(ss_pg_exec(pg, "SELECT pg_catalog.pg_sleep(30)", &err), SS_EINTERRUPTED);
    assert_true(now_s() - when < 1.7);
    assert_string_equal(value(other, "SELECT count(*) FROM pg_catalog.pg_stat_activity"
                                     " WHERE query LIKE '%pg_sleep(30)%' AND state = 'active'"
                                     " AND pid <> pg_backend_pid()"),
                        "0");
    when = now_s() + 1e6;
    exec(pg, "SELECT 1");
    when = now_s() + 0.3;
    {
        const unsigned char *data;
        size_t n;
        ss_code code = ss_pg_copy_out(pg, "COPY (SELECT pg_catalog.pg_sleep(30)) TO STDOUT", &err);

        /* The server may tell of the COPY at once, or with its first row. */
        if (code == SS_OK)
            code = ss_pg_copy_row(pg, &data, &n, &err);
        assert_int_equal(code, SS_EINTERRUPTED);
    }
    assert_true(now_s() - when < 1.7);
    ss_pg_close(pg);
    ss_pg_close(other);
}

static void
a_lost_connection_is_worth_a_retry(void **state)
{
    ss_pg *pg = admin("shop"), *other = admin("shop");
    ss_error err;

    (void) state;
    assert_int_equal(ss_pg_execf(other, &err, "SELECT pg_catalog.pg_terminate_backend(%s, 10000)",
                                 value(pg, "SELECT pg_catalog.pg_backend_pid()")),
                     SS_OK);
    assert_int_equal(ss_pg_exec(pg, "SELECT 1", &err), SS_ERETRY);
    assert_int_equal(ss_pg_exec(pg, "SELECT 1", &err), SS_ERETRY);
    ss_pg_close(pg);
    ss_pg_close(other);
}

static void
services_and_password_files_are_honoured(void **state)
{
    const char *file = ss_strf(arena, "%s/service", getenv("TMPDIR"));
    const char *pass = ss_strf(arena, "%s/pass", getenv("TMPDIR"));
    const char *before = getenv("PGPASSFILE");
    const ss_pg_options options = {0};
    ss_programs programs;
    ss_buf text = {0};
    ss_endpoint e;
    ss_error err;
    ss_pg *pg;

    (void) state;
    before = before == NULL ? NULL : ss_strdup(arena, before);
    {
        const char *service =
            ss_strf(arena, "[other]\nhost=/nowhere\n[shop]\nhost=%s\nuser=scrammer\ndbname=empty\n",
                    getenv("HOST"));
        static const char line[] = "*:*:empty:scrammer:hunter\\:2\\\\right\n";

        assert_int_equal(ss_file_write(file, service, strlen(service), 0600, &err), SS_OK);
        assert_int_equal(ss_file_write(pass, line, sizeof line - 1, 0600, &err), SS_OK);
    }
    assert_int_equal(setenv("PGSERVICEFILE", file, 1), 0);
    assert_int_equal(setenv("PGPASSFILE", pass, 1), 0);
    assert_int_equal(ss_endpoint_parse("service=shop", ".", 1, arena, &e, &err), SS_OK);
    assert_string_equal(e.label, "service=shop");
    assert_int_equal(ss_pg_open(arena, &e, &options, NULL, &pg, &err), SS_OK);
    assert_string_equal(ss_pg_dbname(pg), "empty");
    assert_string_equal(ss_pg_user(pg), "scrammer");
    /* The programs get there too. */
    assert_int_equal(ss_programs_find(NULL, ss_pg_server_version(pg), NULL, arena, &programs, &err),
                     SS_OK);
    assert_int_equal(ss_dump_text(&programs, &e, NULL, NULL, &text, &err), SS_OK);
    assert_non_null(strstr(ss_buf_text(&text), "PostgreSQL database dump"));
    ss_buf_done(&text);
    ss_pg_close(pg);
    (void) unsetenv("PGSERVICEFILE");
    (void) unsetenv("PGPASSFILE");
    if (before != NULL)
        (void) setenv("PGPASSFILE", before, 1);
    (void) unlink(file);
    (void) unlink(pass);
}

static void
other_hosts_must_prove_who_they_are(void **state)
{
    const char *address = getenv("OTHER_HOST"); /* host=ADDRESS port=N, a server without TLS */
    const ss_pg_options options = {0};
    ss_endpoint e;
    ss_error err;
    ss_pg *pg;

    (void) state;
    if (address == NULL)
        skip();
    assert_int_equal(ss_endpoint_parse(ss_strf(arena, "%s user=sandbox dbname=postgres", address),
                                       ".", 0, arena, &e, &err),
                     SS_OK);
    assert_int_equal(ss_pg_open(arena, &e, &options, NULL, &pg, &err), SS_EMEND);
    assert_says(&err, "does not speak TLS");
    e.conninfo = ss_strf(arena, "%s sslmode=disable", e.conninfo);
    assert_int_equal(ss_pg_open(arena, &e, &options, NULL, &pg, &err), SS_OK);
    assert_string_equal(ss_pg_security(pg), "no TLS (disable)");
    ss_pg_close(pg);
}

/* --- statements and COPY ------------------------------------------------------------------------ */

static void
errors_name_objects_and_quote_no_value(void **state)
{
    ss_pg *pg = admin("shop");
    ss_error err;

    (void) state;
    assert_int_equal(ss_pg_exec(pg, "SELECT 'canary'::pg_catalog.int4", &err), SS_EMEND);
    assert_true(ss_pg_is_sqlstate(&err, "22P02"));
    assert_silent_about(&err, "canary");
    exec(pg, "CREATE TEMP TABLE u (x text CONSTRAINT \"only\n\x1b[31mone\" UNIQUE)");
    assert_int_equal(ss_pg_exec(pg, "INSERT INTO u VALUES ('canary'), ('canary')", &err), SS_EMEND);
    assert_says(&err, "table u");
    assert_says(&err, "only\\x0a\\x1b[31mone");
    assert_silent_about(&err, "canary");
    ss_pg_close(pg);
}

static void
values_come_as_they_are(void **state)
{
    const char *const params[] = {"a'b\\c", NULL};
    ss_pg *pg = admin("shop");
    ss_pg_result *r;
    ss_buf sql = {0};
    ss_error err;

    (void) state;
    assert_int_equal(ss_pg_query(pg, arena,
                                 "SELECT $1::text, $2::text, 'x' UNION ALL SELECT '', "
                                 "'y', NULL",
                                 2, params, &r, &err),
                     SS_OK);
    assert_int_equal(ss_pg_rows(r), 2);
    assert_int_equal(ss_pg_columns(r), 3);
    assert_string_equal(ss_pg_value(r, 0, 0), "a'b\\c");
    assert_null(ss_pg_value(r, 0, 1));
    assert_string_equal(ss_pg_value(r, 1, 0), "");
    assert_null(ss_pg_value(r, 1, 2));
    ss_buf_puts(&sql, "SELECT ");
    ss_pg_literal(&sql, "it's \\ \"quoted\" ö");
    assert_string_equal(value(pg, ss_buf_text(&sql)), "it's \\ \"quoted\" ö");
    ss_buf_done(&sql);
    exec(pg, ss_strf(arena, "SELECT 1 FROM %s", ss_pg_qualified(arena, "public", "od\"d\nname")));
    assert_null(value(pg, "SELECT 1 WHERE false"));
    ss_pg_close(pg);
}

static void
rows_are_copied_out_and_in(void **state)
{
    ss_pg *pg = admin("shop");
    const unsigned char *data;
    uint64_t rows = 0;
    size_t n, total = 0;
    ss_error err;

    (void) state;
    exec(pg, "CREATE TEMP TABLE c (a int, b text)");
    assert_int_equal(ss_pg_copy_in(pg, "COPY c FROM STDIN", &err), SS_OK);
    for (int i = 0; i < 50000; i++)
    {
        char line[64];
        const int length = snprintf(line, sizeof line, "%d\trow %d\n", i, i);

        assert_int_equal(ss_pg_copy_put(pg, line, (size_t) length, &err), SS_OK);
    }
    assert_int_equal(ss_pg_copy_end(pg, &rows, &err), SS_OK);
    assert_int_equal(rows, 50000);
    assert_int_equal(ss_pg_copy_out(pg, "COPY c TO STDOUT", &err), SS_OK);
    for (;;)
    {
        assert_int_equal(ss_pg_copy_row(pg, &data, &n, &err), SS_OK);
        if (data == NULL)
            break;
        if (total++ == 0)
            assert_memory_equal(data, "0\trow 0\n", 8);
    }
    assert_int_equal(total, 50000);
    ss_pg_close(pg);
}

static void
a_failed_copy_tells_its_line_and_no_value(void **state)
{
    static const char data[] = "1\nstop: line 99\n3\n";
    ss_pg *pg = admin("shop");
    uint64_t rows;
    ss_error err;

    (void) state;
    exec(pg, "CREATE TEMP TABLE f (a int)");
    assert_int_equal(ss_pg_copy_in(pg, "COPY f FROM STDIN", &err), SS_OK);
    assert_int_equal(ss_pg_copy_put(pg, data, sizeof data - 1, &err), SS_OK);
    assert_int_equal(ss_pg_copy_end(pg, &rows, &err), SS_EMEND);
    assert_int_equal(ss_pg_copy_failed_line(pg), 2);
    assert_silent_about(&err, "stop");
    ss_pg_copy_abort(pg);
    /* Given up half way, and the connection serves on. */
    assert_int_equal(ss_pg_copy_in(pg, "COPY f FROM STDIN", &err), SS_OK);
    assert_int_equal(ss_pg_copy_put(pg, "1\n", 2, &err), SS_OK);
    ss_pg_copy_abort(pg);
    assert_string_equal(value(pg, "SELECT count(*) FROM f"), "0");
    ss_pg_close(pg);
}

/* --- snapshots ---------------------------------------------------------------------------------- */

/* A table of public, as a snapshot is to know it. */
static ss_table_seen
seen_of(ss_pg *pg, const char *table)
{
    ss_buf sql = {0};
    uint64_t oid, filenode;

    ss_buf_printf(&sql, "SELECT 'public.%s'::regclass::oid", table);
    assert_true(ss_parse_u64(value(pg, ss_buf_text(&sql)), &oid));
    ss_buf_clear(&sql);
    ss_buf_printf(&sql, "SELECT pg_relation_filenode('public.%s')", table);
    assert_true(ss_parse_u64(value(pg, ss_buf_text(&sql)), &filenode));
    ss_buf_done(&sql);
    return (ss_table_seen){.oid = (uint32_t) oid, .filenode = (uint32_t) filenode, .label = table};
}

/* What stands in a table's place when its rows are about to be read, be it a view whose code would run as us. */
static void
readers_lock_the_table_and_no_other(void **state)
{
    static const char *const places[][2] = {
        {"CREATE VIEW public.stays AS SELECT 1 AS x", "DROP VIEW public.stays"},
        {"CREATE TABLE public.stays (x int)", "DROP TABLE public.stays"},
        {"SELECT", "SELECT"},
    };
    const ss_endpoint e = endpoint("user=postgres dbname=shop");
    const ss_pg_options options = {.source = true};
    ss_pg *writer = admin("shop"), *reader;
    ss_arena *own = ss_arena_new(NULL);
    ss_snapshot *s;
    ss_error err;
    ss_table_seen seen;

    (void) state;
    exec(writer, "CREATE TABLE public.stays (x int)");
    seen = seen_of(writer, "stays");
    assert_int_equal(ss_snapshot_open(own, &e, NULL, &s, &err), SS_OK);
    assert_int_equal(ss_pg_open(own, &e, &options, NULL, &reader, &err), SS_OK);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
    {
        exec(writer, "ALTER TABLE public.stays RENAME TO went");
        exec(writer, places[i][0]);
        assert_int_equal(ss_snapshot_begin(s, reader, &err), SS_OK);
        assert_int_equal(ss_snapshot_look(reader, &seen, &err), SS_ERETRY);
        assert_says(&err, "renamed");
        exec(reader, "ROLLBACK");
        exec(writer, places[i][1]);
        exec(writer, "ALTER TABLE public.went RENAME TO stays");
    }
    assert_int_equal(ss_snapshot_begin(s, reader, &err), SS_OK);
    assert_int_equal(ss_snapshot_look(reader, &seen, &err), SS_OK);
    exec(writer, "SET lock_timeout = '10ms'");
    assert_int_equal(ss_pg_exec(writer, "ALTER TABLE public.stays RENAME TO went", &err),
                     SS_ERETRY);
    exec(reader, "COMMIT");
    exec(writer, "DROP TABLE public.stays");
    ss_pg_close(writer);
    ss_arena_free(own);
}

static void
readers_share_a_snapshot_and_notice_a_truncate(void **state)
{
    const ss_endpoint e = endpoint("user=postgres dbname=shop");
    const ss_pg_options options = {.source = true};
    ss_pg *writer = admin("shop"), *reader;
    ss_arena *own = ss_arena_new(NULL);
    ss_snapshot *s;
    ss_error err;
    ss_table_seen seen;

    (void) state;
    exec(writer, "CREATE TABLE public.moving (x int); INSERT INTO public.moving VALUES (1)");
    seen = seen_of(writer, "moving");
    assert_int_equal(ss_snapshot_open(own, &e, NULL, &s, &err), SS_OK);
    exec(writer, "INSERT INTO public.moving VALUES (2)");
    assert_int_equal(ss_pg_open(own, &e, &options, NULL, &reader, &err), SS_OK);
    assert_int_equal(ss_snapshot_begin(s, reader, &err), SS_OK);
    assert_int_equal(ss_snapshot_look(reader, &seen, &err), SS_OK);
    assert_string_equal(value(reader, "SELECT count(*) FROM public.moving"), "1");
    assert_int_equal(ss_snapshot_end(reader, &err), SS_OK);
    assert_int_equal(ss_snapshot_unchanged(reader, &seen, &err), SS_OK);
    /* The holder locks no table: nothing here must wait. */
    exec(writer, "SET lock_timeout = '1s'; ALTER TABLE public.moving ADD COLUMN more text");
    assert_int_equal(ss_snapshot_unchanged(reader, &seen, &err), SS_OK);
    static const char *const changes[][2] = {
        {"ALTER TABLE public.moving RENAME TO moved", "ALTER TABLE public.moved RENAME TO moving"},
        {"ALTER TABLE public.moving RENAME x TO y", "ALTER TABLE public.moving RENAME y TO x"},
        {"ALTER TABLE public.moving ENABLE ROW LEVEL SECURITY",
         "ALTER TABLE public.moving DISABLE ROW LEVEL SECURITY"},
        {"TRUNCATE public.moving", "DROP TABLE public.moving"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
    {
        assert_int_equal(ss_snapshot_unchanged(reader, &seen, &err), SS_OK);
        exec(writer, changes[i][0]);
        assert_int_equal(ss_snapshot_unchanged(reader, &seen, &err), SS_ERETRY);
        assert_says(&err, "moving");
        exec(writer, changes[i][1]);
    }
    assert_int_equal(ss_snapshot_unchanged(reader, &seen, &err), SS_ERETRY);
    ss_snapshot_limit(s, 3600);
    assert_int_equal(ss_snapshot_begin(s, reader, &err), SS_OK);
    assert_int_equal(ss_snapshot_end(reader, &err), SS_OK);
    ss_snapshot_limit(s, 1);
    exec(writer, "SELECT pg_sleep(2.1)");
    assert_int_equal(ss_snapshot_begin(s, reader, &err), SS_ERETRY);
    assert_says(&err, "older than 1 s");
    ss_snapshot_limit(s, 5);
    assert_int_equal(ss_snapshot_begin(s, reader, &err), SS_OK);
    assert_int_equal(ss_pg_exec(reader, "SELECT pg_catalog.pg_sleep(30)", &err), SS_ERETRY);
    assert_string_equal(err.sqlstate, "57014");
    assert_int_equal(ss_pg_exec(reader, "ROLLBACK", &err), SS_OK);
    ss_snapshot_limit(s, 0);
    assert_int_equal(ss_snapshot_begin(s, reader, &err), SS_OK);
    assert_int_equal(ss_snapshot_end(reader, &err), SS_OK);
    exec(writer, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                 " WHERE application_name = 'sandseed snapshot'");
    assert_int_equal(ss_snapshot_begin(s, reader, &err), SS_ERETRY);
    assert_string_equal(value(reader, "SELECT 1"), "1");
    ss_pg_close(writer);
    ss_arena_free(own);
}

/* --- PostgreSQL's programs ---------------------------------------------------------------------- */

static void
schemas_are_dumped_and_restored(void **state)
{
    const ss_endpoint shop = endpoint("user=postgres dbname=shop");
    const ss_endpoint empty = endpoint("user=scrammer dbname=empty " PASSWORD_QUOTED);
    char folder[] = "/var/tmp/sspg.XXXXXX";
    const char *file;
    ss_programs programs;
    ss_archive_entry *entries;
    ss_restore_options options = {.section = "pre-data", .no_acl = true};
    ss_buf a = {0}, b = {0};
    ss_snapshot *s;
    struct stat st;
    ss_error err;
    size_t n, nameless, found = 0;
    ss_pg *pg;

    (void) state;
    assert_non_null(mkdtemp(folder));
    file = ss_strf(arena, "%s/schema.dump", folder);
    assert_int_equal(ss_snapshot_open(arena, &shop, NULL, &s, &err), SS_OK);
    assert_int_equal(ss_programs_find(NULL, ss_pg_server_version(ss_snapshot_pg(s)), NULL, arena,
                                      &programs, &err),
                     SS_OK);
    assert_int_equal(ss_dump_schema(&programs, &shop, ss_snapshot_id(s), file, NULL, &err), SS_OK);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(ss_archive_list(&programs, file, arena, &entries, &n, &err), SS_OK);
    for (size_t i = 0; i < n; i++)
        found += strcmp(entries[i].desc, "TABLE") == 0 && strcmp(entries[i].tag, "customer") == 0;
    assert_int_equal(found, 1);

    /* Into a database of the role with the password, whose role may not act for postgres: owners stay out. */
    options.no_owner = true;
    assert_int_equal(ss_restore(&programs, &empty, "empty", file, &options, NULL, &err), SS_OK);
    assert_int_equal(ss_restore(&programs, &empty, "empty", file, &options, NULL, &err), SS_EMEND);
    assert_says(&err, "already");
    assert_says(&err, "(archive entry ");
    assert_silent_about(&err, "hunter");

    /* A failing constraint names its entry, and not the value that fails it. */
    pg = open_db("user=scrammer dbname=empty " PASSWORD_QUOTED, false);
    exec(pg, "INSERT INTO public.customer VALUES (1, 'canary'), (1, 'canary')");
    options.section = "post-data";
    options.jobs = 2;
    assert_int_equal(ss_restore(&programs, &empty, "empty", file, &options, NULL, &err), SS_EMEND);
    assert_says(&err, "a key is not unique");
    assert_says(&err, "CONSTRAINT public.customer customer_pkey");
    assert_silent_about(&err, "canary");
    exec(pg, "TRUNCATE public.customer");

    /* An archive that is nowhere on disk does the same, by several jobs too. */
    assert_int_equal(ss_memory_file(arena, &programs.archive, &err), SS_OK);
    assert_int_equal(
        ss_dump_schema_to(&programs, &shop, NULL, ss_snapshot_id(s), programs.archive, NULL, &err),
        SS_OK);
    assert_int_equal(
        ss_archive_list(&programs, SS_ARCHIVE_NAMELESS, arena, &entries, &nameless, &err), SS_OK);
    assert_int_equal(nameless, n);
    assert_int_equal(
        ss_restore(&programs, &empty, "empty", SS_ARCHIVE_NAMELESS, &options, NULL, &err), SS_OK);
    ss_pg_close(pg);

    assert_int_equal(ss_dump_text(&programs, &empty, "empty", NULL, &a, &err), SS_OK);
    assert_int_equal(ss_dump_text(&programs, &empty, "empty", NULL, &b, &err), SS_OK);
    assert_string_equal(ss_buf_text(&a), ss_buf_text(&b));
    assert_non_null(strstr(ss_buf_text(&a), "CREATE TABLE public.customer"));
    assert_null(strstr(ss_buf_text(&a), "\\restrict"));
    assert_int_equal(ss_archive_sql(&programs, file, NULL, &a, &err), SS_OK);
    assert_non_null(strstr(ss_buf_text(&a), "CREATE TABLE public.customer"));

    /* A snapshot that is gone, a role that may not. */
    assert_int_equal(ss_dump_schema(&programs, &shop, "00000003-0000FFFF-1", file, NULL, &err),
                     SS_ERETRY);
    assert_false(ss_path_exists(file));
    {
        const ss_endpoint poor = endpoint("user=scrammer dbname=shop " PASSWORD_QUOTED);

        assert_int_equal(ss_dump_schema(&programs, &poor, NULL, file, NULL, &err), SS_EMEND);
        assert_says(&err, "privilege");
        assert_silent_about(&err, "hunter");
    }
    ss_buf_done(&a);
    ss_buf_done(&b);
    assert_int_equal(ss_folder_remove(folder, &err), SS_OK);
}

static void
programs_that_are_too_old_are_named(void **state)
{
    ss_programs programs;
    const char *bindir;
    ss_error err;

    (void) state;
    assert_int_equal(ss_programs_find(NULL, 990003, NULL, arena, &programs, &err), SS_EMEND);
    assert_says(&err, "PostgreSQL 99");
    assert_non_null(strstr(err.hint, "--pg-bindir"));
    assert_int_equal(ss_programs_find("/nonexistent", 150000, NULL, arena, &programs, &err),
                     SS_EMEND);
    assert_says(&err, "/nonexistent");
    assert_int_equal(ss_programs_find_server(NULL, 99, arena, &bindir, &err), SS_EMEND);
    assert_says(&err, "needs PostgreSQL 99");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_connections_say_why_and_no_secret),
        cmocka_unit_test(sessions_are_set_up),
        cmocka_unit_test(services_and_password_files_are_honoured),
        cmocka_unit_test(other_hosts_must_prove_who_they_are),
        cmocka_unit_test(statements_are_cancelled_in_time),
        cmocka_unit_test(a_lost_connection_is_worth_a_retry),
        cmocka_unit_test(errors_name_objects_and_quote_no_value),
        cmocka_unit_test(values_come_as_they_are),
        cmocka_unit_test(rows_are_copied_out_and_in),
        cmocka_unit_test(a_failed_copy_tells_its_line_and_no_value),
        cmocka_unit_test(readers_lock_the_table_and_no_other),
        cmocka_unit_test(readers_share_a_snapshot_and_notice_a_truncate),
        cmocka_unit_test(schemas_are_dumped_and_restored),
        cmocka_unit_test(programs_that_are_too_old_are_named),
    };
    int failed;

    if (getenv("HOST") == NULL)
        return 77;
    arena = ss_arena_new(NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    ss_arena_free(arena);
    return failed == 0 ? 0 : 1;
}
