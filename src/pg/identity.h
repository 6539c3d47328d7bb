/*
 * Which server and database a session really speaks to: labels, services and names of hosts say what
 * was asked for, and two servers may answer to the same one.
 */
#ifndef SS_PG_IDENTITY_H
#define SS_PG_IDENTITY_H

#include "pg/pg.h"

typedef struct ss_pg_identity
{
    const char *database; /* oid */
    const char *name;
    const char
        *system; /* identifier of the cluster, which its copies share; NULL: may not be read */
    const char *started; /* when the server was */
    bool standby;
    const char *at; /* where it was reached: host or folder of the socket, addresses, port */
} ss_pg_identity;

/* All of it lives in arena. */
ss_code ss_pg_identify(ss_pg *pg, ss_arena *arena, ss_pg_identity *id, ss_error *err);

#endif
