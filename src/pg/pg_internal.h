/* For pg/ only: what a connection is made of, and how libpq's failures become errors. */
#ifndef SS_PG_INTERNAL_H
#define SS_PG_INTERNAL_H

#include <libpq-fe.h>

#include "pg/pg.h"

/* How long a server that was asked to stop a statement is listened to. */
#define SS_PG_CANCEL_WAIT_MS 300

struct ss_pg
{
    PGconn *conn;
    const ss_watch *watch;
    ss_arena *arena;
    const char *label;       /* of the endpoint: which of two servers an error speaks of */
    char *row;               /* the CopyData message last handed out; PQfreemem */
    size_t unsent;           /* bytes of COPY data put since the last flush */
    uint64_t failed_line;    /* of the last COPY FROM that failed */
    char failed_column[256]; /* of that line */
    size_t failed_position;  /* of the last statement that failed */
    size_t failed_statement;
    bool leaves_running;
    bool is_private; /* a server of pg/cluster.h */
    char security[64];
};

struct ss_pg_result
{
    PGresult *res;
};

/* Wait for events of poll(2) on the socket, no longer than the watch may go unlooked at. */
void ss_pg_wait(const PGconn *conn, short events);

/*
 * Ask the server to stop the statement, and read what is left of it for a moment.  The connection is broken when it
 * has not ended by then.
 */
void ss_pg_cancel(PGconn *conn);

/* Send what is queued.  Reads meanwhile, or a server that wants to talk would block us. */
ss_code ss_pg_flush(ss_pg *pg, ss_error *err);

/* Wait a moment for what the server sends, and take it in.  When interrupted, the statement is cancelled. */
ss_code ss_pg_await(ss_pg *pg, ss_error *err);

/* The next result of what was sent; *res is NULL when there is none left.  The caller clears it. */
ss_code ss_pg_next_result(ss_pg *pg, PGresult **res, ss_error *err);

/*
 * The last result of what was sent, all before it being successes.  A COPY's own start is returned
 * at once.  The caller clears *last.
 */
ss_code ss_pg_finish(ss_pg *pg, PGresult **last, ss_error *err);

/* Send statements by the simple protocol, and their last result as ss_pg_finish() gives it. */
ss_code ss_pg_send(ss_pg *pg, const char *sql, PGresult **res, ss_error *err);

/* An error from a failed result: SQLSTATE and names only.  Returns its code. */
ss_code ss_pg_fail_result(const ss_pg *pg, const PGresult *res, ss_error *err);

/* An error from a connection attempt that failed: classified, libpq's text not passed on. */
ss_code ss_pg_fail_connect(const PGconn *conn, const char *label, ss_error *err);

/* The connection broke. */
ss_code ss_pg_fail_lost(const ss_pg *pg, ss_error *err);

#endif
