/*
 * From libpq's failures to errors that quote nothing.
 *
 * Source of the codes: PostgreSQL documentation, appendix A.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pg/pg_internal.h"

typedef struct meaning
{
    const char *state; /* SQLSTATE, or a class */
    ss_code code;
    const char *text;
    const char *hint;
} meaning;

/* The longer match first. */
static const meaning meanings[] = {
    {"0A000", SS_EMEND, "the server does not support this", ""},
    {"22001", SS_EMEND, "a value is too long for its type", ""},
    {"22003", SS_EMEND, "a number is out of its type's range", ""},
    {"22007", SS_EMEND, "a value is no date or time", ""},
    {"22008", SS_EMEND, "a date or time is out of its type's range", ""},
    {"22021", SS_EMEND, "a value is not valid in the server's encoding", ""},
    {"22P02", SS_EMEND, "a value does not fit its type", ""},
    {"22P04", SS_EMEND, "the server could not read the COPY data", ""},
    {"23502", SS_EMEND, "a value is missing where NOT NULL demands one", ""},
    {"23503", SS_EMEND, "a foreign key has no parent row", ""},
    {"23505", SS_EMEND, "a key is not unique", ""},
    {"23514", SS_EMEND, "a row violates a CHECK or fits no partition", ""},
    {"23P01", SS_EMEND, "rows violate an exclusion constraint", ""},
    {"25006", SS_EMEND, "the server lets us read only",
     "Is it a standby, or is default_transaction_read_only set for this role?"},
    {"25P03", SS_ERETRY, "the server ended a session that was idle in a transaction",
     "Set idle_in_transaction_session_timeout to 0 for this role, then run it again."},
    {"25P04", SS_ERETRY, "a transaction took longer than the server allows",
     "Set transaction_timeout to 0 for this role, then run it again."},
    {"28P01", SS_EMEND, "password authentication failed", "Check the .pgpass or service file."},
    {"28", SS_EMEND, "the server does not let this role in", "Check user and pg_hba.conf."},
    {"3D000", SS_EMEND, "the database does not exist", ""},
    {"40001", SS_ERETRY, "the server could not serialise access", "Run it again."},
    {"40P01", SS_ERETRY, "deadlock", "Run it again."},
    {"3F000", SS_EMEND, "there is no such schema", ""},
    {"42501", SS_EMEND, "the role lacks a privilege", ""},
    {"42601", SS_EMEND, "a syntax error in SQL", ""},
    {"42703", SS_ERETRY, "a column is gone", "It was dropped or renamed meanwhile: run it again."},
    {"42704", SS_EMEND, "there is no such type, role or other object", ""},
    {"42P01", SS_ERETRY, "a table is not there",
     "If it was dropped meanwhile, run it again; a function that looks for it by search_path "
     "needs one: ALTER FUNCTION ... SET search_path."},
    {"53100", SS_ERETRY, "the server's disk is full", "Free some space there and run it again."},
    {"53200", SS_ERETRY, "the server is out of memory", ""},
    {"53300", SS_ERETRY, "the server has no connection left",
     "Use fewer --jobs, or raise max_connections."},
    {"53", SS_ERETRY, "the server is out of resources", ""},
    {"54", SS_EMEND, "a limit of the server is exceeded", ""},
    {"55006", SS_ERETRY, "the object is in use", ""},
    {"55P03", SS_ERETRY, "a lock was not to be had in time", "Run it again when it is free."},
    {"57014", SS_ERETRY, "the statement was cancelled or took too long", ""},
    {"57P05", SS_ERETRY, "the server ended an idle session",
     "Set idle_session_timeout to 0 for this role, then run it again."},
    {"57P", SS_ERETRY, "the server is shutting down or starting", "Run it again when it is up."},
    {"58030", SS_ERETRY, "the server has an I/O error", ""},
    {"58", SS_ERETRY, "the server's system failed", ""},
    {"08", SS_ERETRY, "the connection was lost", "Run it again."},
};

static const meaning *
find_meaning(const char *state)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
    {
        if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0)
            return &meanings[i];
    }
    return NULL;
}

/*
 * Did the server itself find the error, in one of the files that look after constraints and types?  Functions can
 * raise errors too, and write into any field what they like: a row's values, for one.
 */
static bool
names_objects(const PGresult *res)
{
    static const char *const files[] = {"copyfrom.c",        "domains.c",    "execExprInterp.c",
                                        "execIndexing.c",    "execMain.c",   "execPartition.c",
                                        "execReplication.c", "execUtils.c",  "heap.c",
                                        "index.c",           "indexcmds.c",  "nbtinsert.c",
                                        "nodeModifyTable.c", "partbounds.c", "ri_triggers.c",
                                        "tablecmds.c",       "tuplesort.c",  "tuplesortvariants.c",
                                        "typecmds.c"};
    const char *path = PQresultErrorField(res, PG_DIAG_SOURCE_FILE);
    const char *name = path == NULL ? NULL : strrchr(path, '/');

    name = name == NULL ? path : name + 1;
    for (size_t i = 0; name != NULL && i < sizeof files / sizeof files[0]; i++)
    {
        if (strcmp(name, files[i]) == 0)
            return true;
    }
    return false;
}

/* Has a function of a procedural language raised it by a statement of its own? */
static bool
is_raised(const PGresult *res)
{
    static const char *const functions[] = {"exec_stmt_raise", "PLy_elog", "PLy_output", "plperl",
                                            "pltcl"};
    const char *name = PQresultErrorField(res, PG_DIAG_SOURCE_FUNCTION);

    for (size_t i = 0; name != NULL && i < sizeof functions / sizeof functions[0]; i++)
    {
        if (strncmp(name, functions[i], strlen(functions[i])) == 0)
            return true;
    }
    return false;
}

/* ", what name" with the field's text made printable; what is a constant. */
static void
add_field(ss_arena *scratch, ss_buf *out, const PGresult *res, int field, const char *what)
{
    const char *text = PQresultErrorField(res, field);

    if (text != NULL && text[0] != '\0' && names_objects(res))
        ss_buf_printf(out, ", %s %s", what, ss_printable(scratch, text));
}

/* Is it the server's trouble, not the statement's?  Then the message has to say which server. */
static bool
of_server(const char *state)
{
    static const char *const classes[] = {"08", "25006", "25P0", "53", "57", "58", "XX"};

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
    {
        if (strncmp(state, classes[i], strlen(classes[i])) == 0)
            return true;
    }
    return false;
}

ss_code
ss_pg_fail_result(const ss_pg *pg, const PGresult *res, ss_error *err)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const meaning *m = state == NULL ? NULL : find_meaning(state);
    ss_arena *scratch = ss_arena_new(NULL);
    ss_buf names = {0};

    add_field(scratch, &names, res, PG_DIAG_SCHEMA_NAME, "schema");
    add_field(scratch, &names, res, PG_DIAG_TABLE_NAME, "table");
    add_field(scratch, &names, res, PG_DIAG_COLUMN_NAME, "column");
    add_field(scratch, &names, res, PG_DIAG_DATATYPE_NAME, "type");
    add_field(scratch, &names, res, PG_DIAG_CONSTRAINT_NAME, "constraint");
    if (state == NULL)
        (void) ss_fail(err, SS_ERETRY, "the connection to %s was lost", pg->label);
    else if (m != NULL)
        (void) ss_fail(err, m->code, "%s%s%s%s%s", m->text, ss_buf_text(&names),
                       of_server(state) ? " (" : "", of_server(state) ? pg->label : "",
                       of_server(state) ? ")" : "");
    else
        (void) ss_fail(err, SS_EMEND, "the server refused a statement%s", ss_buf_text(&names));
    /* Functions choose their state as well: what is not in the table is no more than "raised". */
    if (state != NULL)
        (void) snprintf(err->sqlstate, sizeof err->sqlstate, "%s",
                        is_raised(res) && (m == NULL || strlen(m->state) != 5) ? "P0001" : state);
    if (m != NULL && m->hint[0] != '\0')
        (void) ss_hint(err, "%s", m->hint);
    ss_buf_done(&names);
    ss_arena_free(scratch);
    return err->code;
}

ss_code
ss_pg_fail_lost(const ss_pg *pg, ss_error *err)
{
    (void) ss_fail(err, SS_ERETRY, "the connection to %s was lost", pg->label);
    (void) snprintf(err->sqlstate, sizeof err->sqlstate, "08006");
    return ss_hint(err, "Run it again when the server is back.");
}

/*
 * A failed attempt has no SQLSTATE to read, so libpq's text is searched for what it is known to
 * say.  A text in another language ends as "could not connect", which is true too.
 */
typedef struct attempt
{
    const char *says;
    const char *state; /* that the server gave it, where anybody asks; "" */
    ss_code code;
    const char *text;
    const char *hint;
} attempt;

static const attempt attempts[] = {
    {"could not access file", "", SS_EMEND, "the server lacks a library that this database loads",
     "See session_preload_libraries and local_preload_libraries: install it there, or ALTER "
     "DATABASE ... RESET it at the source."},
    {"password authentication failed", "", SS_EMEND, "password authentication failed",
     "Check user and password in the .pgpass or service file."},
    {"no password supplied", "", SS_EMEND, "the server wants a password and none is known",
     "Put it into a .pgpass file (mode 0600) or a service file."},
    {"eer authentication failed", "", SS_EMEND, "peer authentication failed",
     "The server maps the operating system's user to another role: see pg_hba.conf."},
    {"pg_hba.conf", "", SS_EMEND, "the server's pg_hba.conf does not let us in",
     "Ask its administrator for a line for this host, role and database."},
    {"definition of service", "", SS_EMEND, "the service is not defined",
     "Look into ~/.pg_service.conf or the file that PGSERVICEFILE names."},
    {"root certificate file", "", SS_EMEND, "TLS needs the certificate of the server's authority",
     "Put it into ~/.postgresql/root.crt, or say sslrootcert=... or, if you must, a weaker "
     "sslmode."},
    {"certificate", "", SS_EMEND, "the server's TLS certificate was not accepted",
     "sslmode=verify-full is the default for other hosts: check host name and authority."},
    {"does not support SSL", "", SS_EMEND, "the server does not speak TLS",
     "sslmode=verify-full is the default for other hosts; name a weaker one to go on without."},
    {"translate host name", "", SS_ERETRY, "the host name is unknown",
     "Check the name and the network."},
    {"onnection refused", "", SS_ERETRY, "the host refuses the connection",
     "Is the server running, on this port?"},
    {"No such file or directory", "", SS_ERETRY, "no server listens on that socket",
     "Is the server running, and is this its socket folder?"},
    {"o route to host", "", SS_ERETRY, "the host is unreachable", "Check the network."},
    {"etwork is unreachable", "", SS_ERETRY, "the network is unreachable", "Check the network."},
    {"timeout", "", SS_ERETRY, "the host did not answer in time",
     "Check the network, then try again."},
    {"too many", "", SS_ERETRY, "the server has no connection left",
     "Use fewer --jobs, or raise max_connections."},
    {"connection slots", "", SS_ERETRY, "the server has no connection left",
     "Use fewer --jobs, or raise max_connections."},
    {"starting up", "", SS_ERETRY, "the server is starting", "Try again in a moment."},
    {"shutting down", "", SS_ERETRY, "the server is shutting down", "Try again when it is up."},
    {"closed the connection unexpectedly", "", SS_ERETRY, "the server closed the connection",
     "Is the server running? Try again when it is up."},
    {"reset by peer", "", SS_ERETRY, "the server closed the connection",
     "Is the server running? Try again when it is up."},
    {"not currently accepting", "", SS_ERETRY, "the database lets nobody in", ""},
    {"role \"", "", SS_EMEND, "the role does not exist or may not log in", "Check the user name."},
    {"permission denied", "42501", SS_EMEND, "the role may not connect to the database",
     "GRANT CONNECT ON DATABASE ... TO the role."},
    {"database \"", "3D000", SS_EMEND, "the database does not exist", "Check the database name."},
};

ss_code
ss_pg_fail_connect(const PGconn *conn, const char *label, ss_error *err)
{
    const char *text = conn == NULL ? "" : PQerrorMessage(conn);

    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
    {
        if (strstr(text, attempts[i].says) == NULL)
            continue;
        (void) ss_fail(err, attempts[i].code, "could not connect to %s: %s", label,
                       attempts[i].text);
        (void) snprintf(err->sqlstate, sizeof err->sqlstate, "%s", attempts[i].state);
        if (attempts[i].hint[0] != '\0')
            (void) ss_hint(err, "%s", attempts[i].hint);
        return err->code;
    }
    (void) ss_fail(err, SS_ERETRY, "could not connect to %s", label);
    return ss_hint(err, "Try the same with psql: it shows what the server says.");
}
