/* For pg/ only: what a connection is made of, and how libpq's failures become errors. */
#ifndef SS_PG_INTERNAL_H
#define SS_PG_INTERNAL_H

#include <libpq-fe.h>

#include "pg/pg.h"

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
    bool is_private; /* a server of pg/cluster.h */
    char security[64];
};

struct ss_pg_result
{
    PGresult *res;
};

/* An error from a failed result: SQLSTATE and names only.  Returns its code. */
ss_code ss_pg_fail_result(const ss_pg *pg, const PGresult *res, ss_error *err);

/* An error from a connection attempt that failed: classified, libpq's text not passed on. */
ss_code ss_pg_fail_connect(const PGconn *conn, const char *label, ss_error *err);

/* The connection broke. */
ss_code ss_pg_fail_lost(const ss_pg *pg, ss_error *err);

#endif
