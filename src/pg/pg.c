#include "pg/pg.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "pg/cluster.h"
#include "pg/pg_internal.h"

#define LOOK_MS           100 /* how often a wait looks at the watch */
#define ASK_MS            250 /* how long asking a server to stop may take */
#define CONNECT_TIMEOUT_S 30  /* unless connect_timeout says otherwise */
#define OLDEST_SERVER     120000

/* The first releases with the fix of CVE-2026-6477 (lo_read overrun), newest major first. */
static const int fixed_libpq[] = {180004, 170010, 160014, 150018, 140023};

/* --- waiting ------------------------------------------------------------------------------------ */

void
ss_pg_wait(const PGconn *conn, short events)
{
    struct pollfd p = {.fd = PQsocket(conn), .events = events};

    (void) poll(&p, 1, LOOK_MS);
}

/*
 * Ask the server to stop the statement; false when it does not answer.  PQcancel() waits without limit, so a child asks,
 * which a timer ends: what may be called by a signal handler may be called between fork and _exit.
 */
static bool
ask_to_stop(PGconn *conn)
{
    static const struct itimerval limit = {.it_value = {.tv_usec = ASK_MS * 1000}};
    PGcancel *c = PQgetCancel(conn);
    const pid_t pid = c == NULL ? -1 : ss_proc_fork();
    int how = -1;

    if (pid == 0)
    {
        char text[256];
        sigset_t others;

        (void) sigfillset(&others);
        (void) sigdelset(&others, SIGALRM);
        (void) sigprocmask(SIG_SETMASK, &others, NULL);
        (void) setitimer(ITIMER_REAL, &limit, NULL);
        _exit(PQcancel(c, text, (int) sizeof text) == 1 ? 0 : 1);
    }
    while (pid > 0 && waitpid(pid, &how, 0) < 0 && errno == EINTR)
        continue;
    PQfreeCancel(c);
    return how == 0;
}

/* Read what is left of the statement; false when it has not ended by then. */
static bool
read_to_end(PGconn *conn, int64_t until)
{
    while (ss_clock_ms() < until && PQconsumeInput(conn) != 0)
    {
        PGresult *res;
        bool copies;

        if (PQisBusy(conn))
        {
            ss_pg_wait(conn, POLLIN);
            continue;
        }
        res = PQgetResult(conn);
        if (res == NULL)
            return true;
        copies = PQresultStatus(res) == PGRES_COPY_IN || PQresultStatus(res) == PGRES_COPY_OUT;
        PQclear(res);
        if (copies)
            return true;
    }
    return false;
}

void
ss_pg_cancel(PGconn *conn)
{
    if (PQstatus(conn) != CONNECTION_OK ||
        (ask_to_stop(conn) && read_to_end(conn, ss_clock_ms() + SS_PG_CANCEL_WAIT_MS)))
        return;
    /* A server that hangs: whoever waits for this connection next comes back at once. */
    (void) shutdown(PQsocket(conn), SHUT_RDWR);
    (void) PQconsumeInput(conn);
}

ss_code
ss_pg_flush(ss_pg *pg, ss_error *err)
{
    int left;

    while ((left = PQflush(pg->conn)) > 0)
    {
        ss_pg_wait(pg->conn, POLLIN | POLLOUT);
        SS_TRY(ss_check_interrupt(pg->watch, err));
        if (PQconsumeInput(pg->conn) == 0)
            return ss_pg_fail_lost(pg, err);
    }
    return left < 0 ? ss_pg_fail_lost(pg, err) : SS_OK;
}

ss_code
ss_pg_await(ss_pg *pg, ss_error *err)
{
    ss_pg_wait(pg->conn, POLLIN);
    ss_report_waiting(pg->watch);
    if (ss_interrupted(pg->watch))
    {
        if (!pg->leaves_running)
            ss_pg_cancel(pg->conn);
        return ss_check_interrupt(pg->watch, err);
    }
    return PQconsumeInput(pg->conn) == 0 ? ss_pg_fail_lost(pg, err) : SS_OK;
}

ss_code
ss_pg_next_result(ss_pg *pg, PGresult **res, ss_error *err)
{
    *res = NULL;
    while (PQisBusy(pg->conn))
        SS_TRY(ss_pg_await(pg, err));
    *res = PQgetResult(pg->conn);
    return SS_OK;
}

static size_t
position_of(const PGresult *res)
{
    const char *text = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
    uint64_t n;

    return text != NULL && ss_parse_u64(text, &n) ? (size_t) n : 0;
}

ss_code
ss_pg_finish(ss_pg *pg, PGresult **last, ss_error *err)
{
    ss_code code = SS_OK;
    PGresult *res;

    *last = NULL;
    pg->failed_statement = 0;
    for (;;)
    {
        ExecStatusType status;

        code = ss_pg_next_result(pg, &res, err);
        if (code != SS_OK || res == NULL)
            break;
        pg->failed_statement++;
        status = PQresultStatus(res);
        PQclear(*last);
        *last = res;
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
            break;
    }
    if (code == SS_OK && *last != NULL)
    {
        const ExecStatusType status = PQresultStatus(*last);

        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
        {
            pg->failed_position = position_of(*last);
            code = ss_pg_fail_result(pg, *last, err);
        }
    }
    else if (code == SS_OK)
        code = PQstatus(pg->conn) == CONNECTION_OK ? SS_OK : ss_pg_fail_lost(pg, err);
    if (code != SS_OK)
    {
        PQclear(*last);
        *last = NULL;
    }
    return code;
}

/* --- opening ------------------------------------------------------------------------------------ */

static void
ignore_notice(void *arg, const PGresult *res)
{
    (void) arg;
    (void) res;
}

static void
close_deferred(void *arg)
{
    ss_pg_close(arg);
}

/* Are all hosts of a comma-separated list on this machine? */
static bool
hosts_are_local(const char *hosts)
{
    char one[256];

    if (hosts == NULL)
        return true;
    while (*hosts != '\0')
    {
        const size_t n = strcspn(hosts, ",");

        if (n >= sizeof one)
            return false;
        memcpy(one, hosts, n);
        one[n] = '\0';
        if (!ss_host_is_local(one))
            return false;
        hosts += n + (hosts[n] == ',');
    }
    return true;
}

typedef struct effective
{
    bool local;
    bool weak_default; /* nobody said an sslmode */
    int timeout_s;
    char sslmode[16];
} effective;

/* What libpq made of string, service file, environment and defaults. */
static effective
look_at(PGconn *conn)
{
    PQconninfoOption *options = PQconninfo(conn);
    effective e = {.timeout_s = CONNECT_TIMEOUT_S, .local = true, .weak_default = true};

    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
    {
        if (o->val == NULL)
            continue;
        if (strcmp(o->keyword, "host") == 0 || strcmp(o->keyword, "hostaddr") == 0)
            e.local = e.local && hosts_are_local(o->val);
        else if (strcmp(o->keyword, "connect_timeout") == 0 && o->val[0] != '\0')
        {
            int64_t seconds;

            if (ss_parse_i64(o->val, &seconds) && seconds > 1 && seconds < 3600)
                e.timeout_s = (int) seconds;
        }
        else if (strcmp(o->keyword, "sslmode") == 0)
        {
            (void) snprintf(e.sslmode, sizeof e.sslmode, "%s", o->val);
            e.weak_default = strcmp(o->val, "prefer") == 0;
        }
    }
    PQconninfoFree(options);
    return e;
}

static bool
says_sslmode(const char *conninfo)
{
    PQconninfoOption *given = PQconninfoParse(conninfo, NULL);
    bool says = getenv("PGSSLMODE") != NULL;

    for (const PQconninfoOption *o = given; o != NULL && o->keyword != NULL; o++)
        says = says || (strcmp(o->keyword, "sslmode") == 0 && o->val != NULL);
    PQconninfoFree(given);
    return says;
}

static PGconn *
start(const char *conninfo, const ss_pg_options *options, bool is_private, const char *sslmode)
{
    const char *keywords[16], *values[16];
    size_t n = 0;

#define PARAMETER(k, v) (keywords[n] = (k), values[n++] = (v))
    PARAMETER("dbname", conninfo); /* the first is expanded, later ones are plain names */
    PARAMETER("client_encoding", "UTF8");
    PARAMETER("gssencmode", "disable");
    PARAMETER("keepalives_idle", "60");
    PARAMETER("tcp_user_timeout", "120000");
    PARAMETER("application_name",
              options->application_name == NULL ? "sandseed" : options->application_name);
    if (options->dbname != NULL)
        PARAMETER("dbname", options->dbname);
    if (is_private)
    {
        /* The environment speaks of other servers. */
        PARAMETER("hostaddr", "");
        PARAMETER("options", "");
        PARAMETER("channel_binding", "prefer");
        PARAMETER("target_session_attrs", "any");
        PARAMETER("requirepeer", "");
    }
    if (sslmode != NULL)
        PARAMETER("sslmode", sslmode);
#undef PARAMETER
    keywords[n] = NULL;
    values[n] = NULL;
    return PQconnectStartParams(keywords, values, 1);
}

/* Drive the attempt to its end. */
static ss_code
drive(PGconn *conn, int timeout_s, const ss_watch *watch, const char *label, ss_error *err)
{
    const int64_t until = ss_clock_ms() + (int64_t) timeout_s * 1000;
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;

    while (PQstatus(conn) != CONNECTION_BAD)
    {
        if (want == PGRES_POLLING_OK)
            return SS_OK;
        if (want == PGRES_POLLING_FAILED)
            break;
        ss_pg_wait(conn, want == PGRES_POLLING_READING ? POLLIN : POLLOUT);
        SS_TRY(ss_check_interrupt(watch, err));
        if (ss_clock_ms() > until)
        {
            (void) ss_fail(err, SS_ERETRY, "could not connect to %s within %d s", label, timeout_s);
            return ss_hint(err, "Check host, port and network, then try again.");
        }
        want = PQconnectPoll(conn);
    }
    return ss_pg_fail_connect(conn, label, err);
}

static ss_code
connect_to(ss_pg *pg, const char *conninfo, const char *label, const ss_pg_options *options,
           ss_error *err)
{
    effective e;

    pg->conn = start(conninfo, options, pg->is_private, NULL);
    if (pg->conn == NULL)
        ss_out_of_memory();
    if (PQstatus(pg->conn) == CONNECTION_BAD)
        return ss_pg_fail_connect(pg->conn, label, err);
    e = look_at(pg->conn);
    if (!e.local && e.weak_default && !says_sslmode(conninfo))
    {
        /* Nothing has been sent yet: begin again, this time asking who the server is. */
        PQfinish(pg->conn);
        pg->conn = start(conninfo, options, pg->is_private, "verify-full");
        if (pg->conn == NULL)
            ss_out_of_memory();
        e = look_at(pg->conn);
    }
    SS_TRY(drive(pg->conn, e.timeout_s, pg->watch, label, err));
    (void) PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
    if (PQsetnonblocking(pg->conn, 1) != 0)
        return ss_pg_fail_lost(pg, err);
    if (PQsslInUse(pg->conn))
        (void) snprintf(pg->security, sizeof pg->security, "%s, sslmode=%s",
                        PQsslAttribute(pg->conn, "protocol"), e.sslmode);
    else
        (void) snprintf(pg->security, sizeof pg->security, "no TLS (%s)",
                        e.local ? "local" : e.sslmode);
    return SS_OK;
}

static ss_code
settle(ss_pg *pg, const ss_pg_options *options, ss_error *err)
{
    const int version = ss_pg_server_version(pg);

    if (version < OLDEST_SERVER)
    {
        (void) ss_fail(err, SS_EMEND, "%s is a server of PostgreSQL %d", pg->label,
                       version / 10000);
        return ss_hint(err,
                       "sandseed works with PostgreSQL %d and newer: restore a dump of it "
                       "into a newer server, or give it as CSV files.",
                       OLDEST_SERVER / 10000);
    }
    SS_TRY(ss_pg_exec(
        pg,
        "SET search_path = ''; SET DateStyle = 'ISO, YMD';"
        "SET IntervalStyle = 'postgres'; SET extra_float_digits = 3;"
        "SET bytea_output = 'hex'; SET TimeZone = 'UTC'; SET row_security = off;"
        "SET client_min_messages = error; SET xmloption = content;"
        "SET standard_conforming_strings = on; SET lock_timeout = '60s';"
        "SET idle_in_transaction_session_timeout = 0;"
        /* Those of newer servers.  A session waits idle while rows are made, and holds the lock. */
        "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings"
        " WHERE name IN ('idle_session_timeout', 'transaction_timeout');"
        "SET synchronize_seqscans = off; SET quote_all_identifiers = off;"
        "SET array_nulls = on;"
        /* Queries of catalogs look dear to the planner; compiling them costs more than they do. */
        "SET jit = off",
        err));
    SS_TRY(ss_pg_execf(pg, err, "SET statement_timeout = '%ds'", options->statement_timeout_s));
    if (!options->source)
        return ss_pg_quiet_log(pg, err);
    /* A view or a foreign table must not run its owner's code as us; known since mid 2024's minors. */
    SS_TRY(
        ss_pg_exec(pg,
                   "SET default_transaction_read_only = on;"
                   "SELECT pg_catalog.set_config(name, 'view, foreign-table', false)"
                   " FROM pg_catalog.pg_settings WHERE name = 'restrict_nonsystem_relation_kind'",
                   err));
    return SS_OK;
}

static bool
libpq_is_flawed(int version)
{
    for (size_t i = 0; i < sizeof fixed_libpq / sizeof fixed_libpq[0]; i++)
    {
        if (version / 10000 == fixed_libpq[i] / 10000)
            return version < fixed_libpq[i];
    }
    return version / 10000 < 14; /* no longer mended */
}

static void
warn_of_old_libpq(const ss_watch *watch)
{
    static atomic_flag warned = ATOMIC_FLAG_INIT;
    const int version = PQlibVersion();

    if (libpq_is_flawed(version) && !atomic_flag_test_and_set(&warned))
        ss_notice(watch, SS_WARNING,
                  "libpq %d.%d has a known flaw (CVE-2026-6477), which sandseed does not reach; "
                  "update it",
                  version / 10000, version % 10000);
}

ss_code
ss_pg_open(ss_arena *arena, const ss_endpoint *endpoint, const ss_pg_options *options,
           const ss_watch *watch, ss_pg **out, ss_error *err)
{
    ss_pg *pg = ss_alloc(arena, 1, sizeof *pg);
    const char *conninfo = endpoint->conninfo;
    ss_code code;

    if (endpoint->kind == SS_ENDPOINT_CSV)
        return ss_fail(err, SS_EBUG, "%s is not a server", endpoint->label);
    if (endpoint->kind == SS_ENDPOINT_CLUSTER)
        conninfo = ss_cluster_conninfo(
            endpoint->folder, options->dbname != NULL ? options->dbname : endpoint->dbname, arena);
    if (endpoint->kind == SS_ENDPOINT_CLUSTER && options->user != NULL)
        conninfo = ss_strf(arena, "%s user=%s", conninfo, options->user);
    *pg = (ss_pg){.watch = watch,
                  .arena = arena,
                  .label = ss_strdup(arena, endpoint->label),
                  .is_private = endpoint->kind == SS_ENDPOINT_CLUSTER};
    warn_of_old_libpq(watch);
    code = connect_to(pg, conninfo, endpoint->label, options, err);
    if (code != SS_OK && options->dbname != NULL)
        (void) ss_note(err, "while connecting to its database \"%s\"",
                       ss_printable(arena, options->dbname));
    if (code == SS_OK)
    {
        code = settle(pg, options, err);
        if (code != SS_OK)
            (void) ss_note(err, "while setting up the session on %s", endpoint->label);
    }
    if (code != SS_OK)
    {
        ss_pg_close(pg);
        return code;
    }
    ss_arena_defer(arena, close_deferred, pg);
    *out = pg;
    return SS_OK;
}

void
ss_pg_close(ss_pg *pg)
{
    if (pg == NULL)
        return;
    PQfreemem(pg->row);
    pg->row = NULL;
    if (pg->conn != NULL)
        PQfinish(pg->conn);
    pg->conn = NULL;
}

bool
ss_pg_is_superuser(const ss_pg *pg)
{
    const char *value = PQparameterStatus(pg->conn, "is_superuser");

    return value != NULL && strcmp(value, "on") == 0;
}

ss_code
ss_pg_quiet_log(ss_pg *pg, ss_error *err)
{
    return ss_pg_is_superuser(pg) ? ss_pg_exec(pg, "SET " SS_PG_QUIET_LOG, err) : SS_OK;
}

void
ss_pg_leave_running(ss_pg *pg)
{
    pg->leaves_running = true;
}

int
ss_pg_server_version(const ss_pg *pg)
{
    return PQserverVersion(pg->conn);
}

const char *
ss_pg_dbname(const ss_pg *pg)
{
    return PQdb(pg->conn);
}

const char *
ss_pg_user(const ss_pg *pg)
{
    return PQuser(pg->conn);
}

bool
ss_pg_is_local(const ss_pg *pg)
{
    return ss_host_is_local(PQhost(pg->conn));
}

const char *
ss_pg_security(const ss_pg *pg)
{
    return pg->security;
}

bool
ss_pg_is_sqlstate(const ss_error *err, const char *sqlstate)
{
    return strcmp(err->sqlstate, sqlstate) == 0;
}

/* --- statements --------------------------------------------------------------------------------- */

/* A connection that was closed or broke answers nothing. */
static ss_code
check_open(const ss_pg *pg, ss_error *err)
{
    if (pg->conn == NULL || PQstatus(pg->conn) != CONNECTION_OK)
        return ss_pg_fail_lost(pg, err);
    return SS_OK;
}

ss_code
ss_pg_send(ss_pg *pg, const char *sql, PGresult **res, ss_error *err)
{
    pg->failed_position = 0;
    SS_TRY(check_open(pg, err));
    if (PQsendQuery(pg->conn, sql) == 0)
        return ss_pg_fail_lost(pg, err);
    SS_TRY(ss_pg_flush(pg, err));
    return ss_pg_finish(pg, res, err);
}

ss_code
ss_pg_exec(ss_pg *pg, const char *sql, ss_error *err)
{
    PGresult *res;
    bool copies;

    SS_TRY(ss_pg_send(pg, sql, &res, err));
    copies = PQresultStatus(res) == PGRES_COPY_IN || PQresultStatus(res) == PGRES_COPY_OUT;
    PQclear(res);
    if (!copies)
        return SS_OK;
    ss_pg_copy_abort(pg);
    return ss_fail(err, SS_EMEND, "a COPY from or to the client stands among the statements");
}

ss_code
ss_pg_execf(ss_pg *pg, ss_error *err, const char *fmt, ...)
{
    char small[512], *sql = small;
    va_list ap, again;
    ss_code code;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n >= (int) sizeof small)
    {
        sql = malloc((size_t) n + 1);
        if (sql == NULL)
            ss_out_of_memory();
        (void) vsnprintf(sql, (size_t) n + 1, fmt, again);
    }
    va_end(again);
    code = ss_pg_exec(pg, sql, err);
    if (sql != small)
        free(sql);
    return code;
}

static void
clear_deferred(void *arg)
{
    PQclear(arg);
}

ss_code
ss_pg_query(ss_pg *pg, ss_arena *arena, const char *sql, size_t nparams, const char *const *params,
            ss_pg_result **result, ss_error *err)
{
    PGresult *res;

    SS_TRY(check_open(pg, err));
    if (PQsendQueryParams(pg->conn, sql, (int) nparams, NULL, params, NULL, NULL, 0) == 0)
        return ss_pg_fail_lost(pg, err);
    SS_TRY(ss_pg_flush(pg, err));
    SS_TRY(ss_pg_finish(pg, &res, err));
    if (res == NULL)
        return ss_fail(err, SS_EBUG, "a query without a statement");
    ss_arena_defer(arena, clear_deferred, res);
    *result = ss_alloc(arena, 1, sizeof **result);
    (*result)->res = res;
    return SS_OK;
}

size_t
ss_pg_rows(const ss_pg_result *result)
{
    return (size_t) PQntuples(result->res);
}

size_t
ss_pg_columns(const ss_pg_result *result)
{
    return (size_t) PQnfields(result->res);
}

const char *
ss_pg_value(const ss_pg_result *result, size_t row, size_t column)
{
    if (PQgetisnull(result->res, (int) row, (int) column))
        return NULL;
    return PQgetvalue(result->res, (int) row, (int) column);
}

ss_code
ss_pg_value_of(ss_pg *pg, ss_arena *arena, const char *sql, const char **value, ss_error *err)
{
    ss_pg_result *result;

    SS_TRY(ss_pg_query(pg, arena, sql, 0, NULL, &result, err));
    *value = ss_pg_rows(result) == 0 ? NULL : ss_pg_value(result, 0, 0);
    return SS_OK;
}

size_t
ss_pg_failed_position(const ss_pg *pg)
{
    return pg->failed_position;
}

size_t
ss_pg_failed_statement(const ss_pg *pg)
{
    return pg->failed_statement;
}
