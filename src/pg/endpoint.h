/*
 * Endpoints: what SOURCE and TARGET may be.
 *
 *     postgresql://...  or  key=value ...   a libpq URI or conninfo string
 *     csv:DIR[?header=none&delimiter=;&null=WORD]   a folder of CSV files
 *     cluster:DIR[?dbname=NAME]             a private server in a folder (pg/cluster.h)
 */
#ifndef SS_PG_ENDPOINT_H
#define SS_PG_ENDPOINT_H

#include <stdbool.h>

#include <sandseed/error.h>

#include "base/arena.h"
#include "base/buf.h"

typedef enum ss_endpoint_kind
{
    SS_ENDPOINT_SERVER,
    SS_ENDPOINT_CSV,
    SS_ENDPOINT_CLUSTER,
} ss_endpoint_kind;

typedef struct ss_endpoint
{
    ss_endpoint_kind kind;
    const char *conninfo; /* server: as given.  May hold a password: never print it */
    const char *folder;   /* csv, cluster: absolute, symbolic links resolved as far as it exists */
    const char *dbname; /* server: from the string or the environment; cluster: default "sandbox" */
    char csv_delimiter; /* csv: ',' unless said otherwise */
    bool csv_no_header; /* csv: the first record is data */
    bool csv_any_header;  /* csv: the first record is a header, whatever it looks like */
    const char *csv_null; /* csv: the unquoted word that means NULL; "" unless said otherwise */
    const char
        *label; /* for people and reports: no user, no password; "postgresql://host:port/db" */
} ss_endpoint;

/*
 * Understand text.  base: folder that relative paths of csv: and cluster: start from (a policy's
 * own, or "."), Returns SS_EMEND when text is none of the three, and when refuse_password is true
 * and text holds one.
 */
ss_code ss_endpoint_parse(const char *text, const char *base, int refuse_password, ss_arena *result,
                          ss_endpoint *endpoint, ss_error *err);

/*
 * Is it on this machine: none, a socket's folder, "localhost" or a loopback address?  A name that only looks like an
 * address is one that others may answer to.
 */
bool ss_host_is_local(const char *host);

/* Append keyword=value to a conninfo string, behind a blank when it has begun; the value is quoted where it must be. */
void ss_conninfo_put(ss_buf *out, const char *keyword, const char *value);

/* Of a server: the conninfo that a person connects with, as it was given but for passwords. */
const char *ss_endpoint_conninfo(const ss_endpoint *endpoint, ss_arena *result);

/* Of a server: the role that it connects as, by the string, its service, the environment or libpq's default; or NULL. */
const char *ss_endpoint_user(const ss_endpoint *endpoint, ss_arena *result);

#endif
