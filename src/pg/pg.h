/*
 * Connections to PostgreSQL: the only folder that knows libpq.
 *
 * A connection belongs to one thread at a time and is closed with its arena.  Every call that waits
 * for the server looks at the watch's interrupted() at least every 200 ms, cancels the statement and
 * returns SS_EINTERRUPTED.  That takes under a second from a server that hangs, too: its connection is then broken.
 *
 * Errors carry SQLSTATE and the schema, table, column and constraint names that the server reports
 * in fields of their own; never its message, DETAIL, CONTEXT or the statement, which quote values.
 * Codes: SS_ERETRY for connection loss, shutdown, disk full, lock timeout, in use (classes 08, 53,
 * 57, 58, 55P03, 40...); SS_EMEND for password and privilege (28..., 42501) and for the rest.
 */
#ifndef SS_PG_PG_H
#define SS_PG_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>
#include <sandseed/watch.h>

#include "base/arena.h"
#include "base/buf.h"
#include "pg/endpoint.h"

typedef struct ss_pg ss_pg;
typedef struct ss_pg_result ss_pg_result;

typedef struct ss_pg_options
{
    const char *dbname; /* another database than the endpoint's, or NULL */
    const char *user;   /* of a private server: another role than its superuser; or NULL */
    const char *application_name; /* shown in pg_stat_activity; NULL: "sandseed" */
    bool source; /* production: section 9 of the style: read only, timeouts, no foreign code */
    int statement_timeout_s; /* 0: none */
} ss_pg_options;

/*
 * Connect.  endpoint: a server, or a cluster that is running.  Sets client_encoding UTF8, an empty
 * search_path, DateStyle ISO, IntervalStyle postgres, extra_float_digits 3, bytea_output hex,
 * TimeZone UTC, no notices, row_security off.  TLS: sslmode=verify-full unless the connection is local or the
 * conninfo, service file or PGSSLMODE says otherwise (prefer, libpq's default, only counts in the first
 * and the last).  Warns once of a libpq with a known flaw.  A server older than PostgreSQL 12 is SS_EMEND.
 */
ss_code ss_pg_open(ss_arena *arena, const ss_endpoint *endpoint, const ss_pg_options *options,
                   const ss_watch *watch, ss_pg **pg, ss_error *err);

/* Close before its arena does.  NULL is allowed. */
void ss_pg_close(ss_pg *pg);

/* From now on an interrupted statement is not cancelled: the server carries it out when nobody waits any more. */
void ss_pg_leave_running(ss_pg *pg);

int ss_pg_server_version(const ss_pg *pg); /* 150018 */
/* May the session's role do everything, as it is now? */
bool ss_pg_is_superuser(const ss_pg *pg);

/*
 * Functions of the source's schema run on its rows at a target, and what they say holds values: the server's log
 * shall not.  Sessions at targets begin so where their role may set it; another role needs it said again.
 */
#define SS_PG_QUIET_LOG "log_min_messages = fatal"
ss_code ss_pg_quiet_log(ss_pg *pg, ss_error *err);

const char *ss_pg_dbname(const ss_pg *pg);
const char *ss_pg_user(const ss_pg *pg);
bool ss_pg_is_local(const ss_pg *pg); /* Unix socket or loopback */

/* TLS as the report states it: "TLSv1.3, verify-full", "none (local socket)". */
const char *ss_pg_security(const ss_pg *pg);

/* A statement, or several, that return no rows that matter; a COPY among them is SS_EMEND. */
ss_code ss_pg_exec(ss_pg *pg, const char *sql, ss_error *err);
ss_code ss_pg_execf(ss_pg *pg, ss_error *err, const char *fmt, ...) SS_PRINTF(3, 4);

/*
 * A query; parameters in text form, NULL for NULL.  The result lives in arena.  A statement that
 * needs rows of unbounded number uses COPY instead.
 */
ss_code ss_pg_query(ss_pg *pg, ss_arena *arena, const char *sql, size_t nparams,
                    const char *const *params, ss_pg_result **result, ss_error *err);
size_t ss_pg_rows(const ss_pg_result *result);
size_t ss_pg_columns(const ss_pg_result *result);
const char *ss_pg_value(const ss_pg_result *result, size_t row, size_t column); /* NULL for NULL */

/* The one value of a query that returns one row with one column; NULL for no row and for NULL. */
ss_code ss_pg_value_of(ss_pg *pg, ss_arena *arena, const char *sql, const char **value,
                       ss_error *err);

/* Was err a server's refusal with this SQLSTATE? */
bool ss_pg_is_sqlstate(const ss_error *err, const char *sqlstate);

/*
 * COPY ... TO STDOUT.  Each call of row gives one CopyData message: one row, valid until the next
 * call; *data is NULL at the end, when the statement's success has been checked.
 */
ss_code ss_pg_copy_out(ss_pg *pg, const char *sql, ss_error *err);
ss_code ss_pg_copy_row(ss_pg *pg, const unsigned char **data, size_t *len, ss_error *err);

/* COPY ... FROM STDIN.  put may be called with any number of bytes.  end: rows the server took. */
ss_code ss_pg_copy_in(ss_pg *pg, const char *sql, ss_error *err);
ss_code ss_pg_copy_put(ss_pg *pg, const void *data, size_t len, ss_error *err);
ss_code ss_pg_copy_end(ss_pg *pg, uint64_t *rows, ss_error *err);
/* Give up: the server discards what came.  After any failure of put or end too. */
void ss_pg_copy_abort(ss_pg *pg);
/* When a COPY FROM failed on a row: its 1-based line from the error's context; 0 unknown. */
uint64_t ss_pg_copy_failed_line(const ss_pg *pg);
/* The column of that row, "" when unknown. */
const char *ss_pg_copy_failed_column(const ss_pg *pg);

/* When a statement failed: the 1-based character of its text that the server pointed at; 0 unknown. */
size_t ss_pg_failed_position(const ss_pg *pg);
/* Which of several statements in one text it was, from 1. */
size_t ss_pg_failed_statement(const ss_pg *pg);

/* Append name quoted as an identifier; text as a literal.  Both are UTF-8. */
void ss_pg_ident(ss_buf *sql, const char *name);
void ss_pg_literal(ss_buf *sql, const char *text);
/* schema.name, both quoted, in arena. */
char *ss_pg_qualified(ss_arena *arena, const char *schema, const char *name);

#endif
