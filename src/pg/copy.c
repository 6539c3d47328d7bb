/* COPY over a connection of pg.c: rows out, bytes in. */
#include "pg/pg.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "pg/pg_internal.h"

#define SEND_BYTES    65536
#define ABORT_WAIT_MS 1500
#define HURRY_MS      150 /* when the caller has been told to stop */

static ss_code
begin_copy(ss_pg *pg, const char *sql, ExecStatusType expected, ss_error *err)
{
    PGresult *res;
    ExecStatusType status;

    pg->failed_line = 0;
    pg->failed_column[0] = '\0';
    pg->unsent = 0;
    SS_TRY(ss_pg_send(pg, sql, &res, err));
    status = res == NULL ? PGRES_EMPTY_QUERY : PQresultStatus(res);
    PQclear(res);
    if (status != expected)
        return ss_fail(err, SS_EBUG, "the statement is not the COPY it should be");
    return SS_OK;
}

ss_code
ss_pg_copy_out(ss_pg *pg, const char *sql, ss_error *err)
{
    return begin_copy(pg, sql, PGRES_COPY_OUT, err);
}

ss_code
ss_pg_copy_row(ss_pg *pg, const unsigned char **data, size_t *len, ss_error *err)
{
    int n;

    PQfreemem(pg->row);
    pg->row = NULL;
    *data = NULL;
    *len = 0;
    while ((n = PQgetCopyData(pg->conn, &pg->row, 1)) == 0)
        SS_TRY(ss_pg_await(pg, err));
    if (n > 0)
    {
        *data = (const unsigned char *) pg->row;
        *len = (size_t) n;
        return SS_OK;
    }
    if (n == -2)
        return ss_pg_fail_lost(pg, err);

    PGresult *res;

    SS_TRY(ss_pg_finish(pg, &res, err));
    PQclear(res);
    return SS_OK;
}

ss_code
ss_pg_copy_in(ss_pg *pg, const char *sql, ss_error *err)
{
    return begin_copy(pg, sql, PGRES_COPY_IN, err);
}

ss_code
ss_pg_copy_put(ss_pg *pg, const void *data, size_t len, ss_error *err)
{
    const char *at = data;

    SS_TRY(ss_check_interrupt(pg->watch, err));
    while (len > 0)
    {
        /* libpq counts in int, and keeps a copy of what it cannot send at once. */
        const int part = len > (8U << 20) ? (int) (8U << 20) : (int) len;
        const int queued = PQputCopyData(pg->conn, at, part);

        if (queued < 0)
            return ss_pg_fail_lost(pg, err);
        if (queued > 0)
        {
            at += part;
            len -= (size_t) part;
            pg->unsent += (size_t) part;
        }
        /* Not after every row: each flush is a system call. */
        if (queued == 0 || pg->unsent >= SEND_BYTES)
        {
            SS_TRY(ss_pg_flush(pg, err));
            pg->unsent = 0;
        }
    }
    return SS_OK;
}

/*
 * "COPY orders, line 3, column total: ..." -> 3 and total.  The text itself goes nowhere: a name ends where a
 * value begins, and no name is looked for behind anything but the line's number.
 */
static uint64_t
line_of_context(const char *context, char *column, size_t size)
{
    const char *end;
    const char *at = context == NULL ? NULL : strstr(context, ", line ");
    uint64_t n = 0;

    if (at == NULL || strncmp(context, "COPY ", 5) != 0)
        return 0;
    for (at += 7; *at >= '0' && *at <= '9' && n < UINT64_MAX / 10 - 1; at++)
        n = n * 10 + (uint64_t) (*at - '0');
    if (strncmp(at, ", column ", 9) != 0)
        return n;
    at += 9;
    end = strstr(at, ": ");
    if (end != NULL && (size_t) (end - at) < size)
    {
        memcpy(column, at, (size_t) (end - at));
        column[end - at] = '\0';
    }
    return n;
}

ss_code
ss_pg_copy_end(ss_pg *pg, uint64_t *rows, ss_error *err)
{
    PGresult *res = NULL;
    ss_code code = SS_OK;
    int ended;

    while ((ended = PQputCopyEnd(pg->conn, NULL)) == 0)
        SS_TRY(ss_pg_flush(pg, err));
    if (ended < 0)
        return ss_pg_fail_lost(pg, err);
    SS_TRY(ss_pg_flush(pg, err));
    *rows = 0;
    for (;;)
    {
        ss_error ignored;

        SS_TRY(ss_pg_next_result(pg, &res, code == SS_OK ? err : &ignored));
        if (res == NULL)
            break;
        if (PQresultStatus(res) == PGRES_COMMAND_OK)
            (void) ss_parse_u64(PQcmdTuples(res), rows);
        else if (code == SS_OK)
        {
            pg->failed_line = line_of_context(PQresultErrorField(res, PG_DIAG_CONTEXT),
                                              pg->failed_column, sizeof pg->failed_column);
            code = ss_pg_fail_result(pg, res, err);
        }
        PQclear(res);
    }
    if (code == SS_OK && PQstatus(pg->conn) != CONNECTION_OK)
        return ss_pg_fail_lost(pg, err);
    return code;
}

void
ss_pg_copy_abort(ss_pg *pg)
{
    const int64_t until = ss_clock_ms() + (ss_interrupted(pg->watch) ? HURRY_MS : ABORT_WAIT_MS);

    if (pg->conn == NULL || PQtransactionStatus(pg->conn) != PQTRANS_ACTIVE)
        return;
    /* Not ss_pg_next_result() and ss_pg_flush(): a server that hangs must not hold us up. */
    (void) PQputCopyEnd(pg->conn, "given up");
    while (ss_clock_ms() < until && PQstatus(pg->conn) == CONNECTION_OK)
    {
        const int left = PQflush(pg->conn);

        if (left < 0 || PQconsumeInput(pg->conn) == 0)
            return;
        if (left > 0 || PQisBusy(pg->conn))
            ss_pg_wait(pg->conn, left > 0 ? POLLIN | POLLOUT : POLLIN);
        else
        {
            PGresult *res = PQgetResult(pg->conn);
            const bool last = res == NULL || PQresultStatus(res) == PGRES_COPY_OUT;

            PQclear(res);
            if (last)
                break;
        }
    }
    if (PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
        ss_pg_cancel(pg->conn);
}

uint64_t
ss_pg_copy_failed_line(const ss_pg *pg)
{
    return pg->failed_line;
}

const char *
ss_pg_copy_failed_column(const ss_pg *pg)
{
    return pg->failed_column;
}
