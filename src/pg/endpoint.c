#include "pg/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"

static bool
starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The value of a keyword among parsed options, or NULL. */
static const char *
option(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
    {
        if (strcmp(options->keyword, keyword) == 0)
            return options->val != NULL && options->val[0] != '\0' ? options->val : NULL;
    }
    return NULL;
}

static ss_code
parse_cluster(const char *text, const char *base, ss_arena *result, ss_endpoint *endpoint,
              ss_error *err)
{
    const char *rest = text + strlen("cluster:");
    const char *query = strchr(rest, '?');
    const char *folder =
        query == NULL ? ss_strdup(result, rest) : ss_strndup(result, rest, (size_t) (query - rest));
    const char *dbname = "sandbox";

    if (folder[0] == '\0')
        return ss_fail(err, SS_EMEND, "\"cluster:\" needs a folder, as in cluster:./sandbox");
    if (query != NULL)
    {
        if (!starts_with(query, "?dbname=") || query[8] == '\0' || strchr(query, '&') != NULL)
            return ss_fail(err, SS_EMEND,
                           "cluster:DIR takes one parameter, as in cluster:DIR?dbname=NAME");
        dbname = ss_strdup(result, query + 8);
    }
    *endpoint = (ss_endpoint){
        .kind = SS_ENDPOINT_CLUSTER,
        .folder = ss_path_absolute(result, ss_path_join(result, base, folder)),
        .dbname = dbname,
    };
    endpoint->label = ss_strf(result, "cluster:%s?dbname=%s", endpoint->folder, dbname);
    return SS_OK;
}

/* delimiter=: a character, or the name of one that is awkward in a shell or in YAML. */
static bool
parse_delimiter(const char *text, char *delimiter)
{
    static const struct
    {
        const char *name;
        char is;
    } named[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}};

    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
    {
        if (strcmp(text, named[i].name) == 0)
        {
            *delimiter = named[i].is;
            return true;
        }
    }
    *delimiter = text[0];
    return text[0] > ' ' && text[0] < 0x7F && text[0] != '"' && text[1] == '\0';
}

static ss_code
parse_csv_parameter(const char *text, ss_endpoint *endpoint, ss_error *err)
{
    if (strcmp(text, "header=none") == 0)
    {
        endpoint->csv_no_header = true;
        return SS_OK;
    }
    if (strcmp(text, "header=first-line") == 0)
    {
        endpoint->csv_any_header = true;
        return SS_OK;
    }
    if (starts_with(text, "delimiter=") && parse_delimiter(text + 10, &endpoint->csv_delimiter))
        return SS_OK;
    if (starts_with(text, "null=") && strpbrk(text, "\"\r\n") == NULL)
    {
        endpoint->csv_null = text + 5;
        return SS_OK;
    }
    (void) ss_fail(err, SS_EMEND, "csv:DIR does not take this parameter");
    return ss_hint(err, "It takes header=none, delimiter=semicolon (or comma, tab, pipe, or a "
                        "character) and null=WORD, as in \"csv:DIR?header=none&delimiter=tab\".");
}

static ss_code
parse_csv(const char *text, const char *base, ss_arena *result, ss_endpoint *endpoint,
          ss_error *err)
{
    const char *rest = text + strlen("csv:");
    const char *query = strchr(rest, '?');
    const char *folder =
        query == NULL ? ss_strdup(result, rest) : ss_strndup(result, rest, (size_t) (query - rest));

    if (folder[0] == '\0')
        return ss_fail(err, SS_EMEND, "\"csv:\" needs a folder, as in csv:./data");
    *endpoint = (ss_endpoint){
        .kind = SS_ENDPOINT_CSV,
        .folder = ss_path_absolute(result, ss_path_join(result, base, folder)),
        .csv_delimiter = ',',
        .csv_null = "",
    };
    endpoint->label = ss_strf(result, "csv:%s%s", endpoint->folder, query == NULL ? "" : query);
    while (query != NULL)
    {
        const char *next = strchr(query + 1, '&');
        const size_t n = next == NULL ? strlen(query + 1) : (size_t) (next - query - 1);

        SS_TRY(parse_csv_parameter(ss_strndup(result, query + 1, n), endpoint, err));
        query = next;
    }
    if (strchr(endpoint->csv_null, endpoint->csv_delimiter) != NULL)
        return ss_fail(err, SS_EMEND, "the word for NULL cannot hold the delimiter");
    return SS_OK;
}

/*
 * What a connection would have, with its service's definition and all defaults; NULL when nothing says it.  libpq
 * reads a definition only on the way to a connection, which a mode that does not exist ends at once.
 */
static const char *
would_have(const char *text, char *(*what)(const PGconn *), ss_arena *result)
{
    const char *const keywords[] = {"dbname", "sslmode", NULL};
    const char *const values[] = {text, "none: this is no attempt to connect", NULL};
    PGconn *conn = PQconnectStartParams(keywords, values, 1);
    const char *name = conn == NULL ? NULL : what(conn);
    const char *copy = name == NULL || name[0] == '\0' ? NULL : ss_strdup(result, name);

    PQfinish(conn);
    return copy;
}

/* What a service file, the environment and libpq's defaults add to the string itself. */
static void
fill_defaults(PQconninfoOption *given, ss_arena *result, ss_endpoint *endpoint)
{
    PQconninfoOption *defaults = PQconndefaults();
    const char *host = option(given, "host"), *port = option(given, "port");
    const char *service = option(given, "service"), *user = option(given, "user");
    const char *dbname = option(given, "dbname");

    if (host == NULL)
        host = option(given, "hostaddr");
    if (defaults != NULL)
    {
        if (service == NULL)
            service = option(defaults, "service");
        if (service == NULL)
        {
            host = host != NULL ? host : option(defaults, "host");
            port = port != NULL ? port : option(defaults, "port");
            dbname = dbname != NULL ? dbname : option(defaults, "dbname");
            user = user != NULL ? user : option(defaults, "user");
        }
    }
    /* A database that is only implied carries the user's name: the label leaves it out. */
    if (dbname != NULL || service == NULL)
        endpoint->dbname = ss_strdup(result, dbname != NULL ? dbname : user != NULL ? user : "");
    else
        endpoint->dbname = would_have(endpoint->conninfo, PQdb, result);
    if (service != NULL && host == NULL)
        endpoint->label = ss_strf(result, "service=%s%s%s", service, dbname != NULL ? "/" : "",
                                  dbname != NULL ? dbname : "");
    else
        endpoint->label = ss_strf(
            result, "postgresql://%s%s%s/%s", host == NULL || host[0] == '/' ? "local" : host,
            port != NULL ? ":" : "", port != NULL ? port : "", dbname != NULL ? dbname : "");
    if (defaults != NULL)
        PQconninfoFree(defaults);
}

static ss_code
parse_server(const char *text, int refuse_password, ss_arena *result, ss_endpoint *endpoint,
             ss_error *err)
{
    char *message = NULL;
    PQconninfoOption *given = PQconninfoParse(text, &message);

    /* libpq's message quotes the string, and with it perhaps a password. */
    PQfreemem(message);
    if (given == NULL)
    {
        (void) ss_fail(err, SS_EMEND, "cannot understand the connection string");
        return ss_hint(err,
                       "Write postgresql://host/dbname, service=NAME, csv:DIR or cluster:DIR.");
    }
    if (refuse_password &&
        (option(given, "password") != NULL || option(given, "sslpassword") != NULL))
    {
        PQconninfoFree(given);
        (void) ss_fail(err, SS_EMEND, "the connection string holds a password");
        return ss_hint(err,
                       "Put it into ~/.pgpass, a file that PGPASSFILE names, or a service file, "
                       "and change it: it has been in plain sight.");
    }
    *endpoint = (ss_endpoint){.kind = SS_ENDPOINT_SERVER, .conninfo = ss_strdup(result, text)};
    fill_defaults(given, result, endpoint);
    PQconninfoFree(given);
    return SS_OK;
}

ss_code
ss_endpoint_parse(const char *text, const char *base, int refuse_password, ss_arena *result,
                  ss_endpoint *endpoint, ss_error *err)
{
    if (starts_with(text, "cluster:"))
        return parse_cluster(text, base, result, endpoint, err);
    if (starts_with(text, "csv:"))
        return parse_csv(text, base, result, endpoint, err);
    if (starts_with(text, "postgresql://") || starts_with(text, "postgres://") ||
        strchr(text, '=') != NULL)
        return parse_server(text, refuse_password, result, endpoint, err);
    /* Not quoted when it may be a URI of another kind: those hold passwords. */
    if (strchr(text, '@') != NULL || strstr(text, "//") != NULL)
        (void) ss_fail(err, SS_EMEND, "this is no source or target that sandseed knows");
    else
        (void) ss_fail(err, SS_EMEND, "\"%s\" is no source or target", ss_printable(result, text));
    return ss_hint(err, "Write postgresql://host/dbname, \"dbname=NAME\", csv:DIR or cluster:DIR.");
}

void
ss_conninfo_put(ss_buf *out, const char *keyword, const char *value)
{
    const char *quote = value[0] == '\0' || strpbrk(value, " \t\n\r\f\v'\\") != NULL ? "'" : "";

    ss_buf_printf(out, "%s%s=%s", out->len == 0 ? "" : " ", keyword, quote);
    for (; *value != '\0'; value++)
    {
        if (*value == '\'' || *value == '\\')
            ss_buf_putc(out, '\\');
        ss_buf_putc(out, *value);
    }
    ss_buf_puts(out, quote);
}

const char *
ss_endpoint_conninfo(const ss_endpoint *endpoint, ss_arena *result)
{
    PQconninfoOption *given = PQconninfoParse(endpoint->conninfo, NULL);
    ss_buf out = {0};
    const char *text;

    for (const PQconninfoOption *o = given; o != NULL && o->keyword != NULL; o++)
    {
        /* '*': libpq itself says that it is a secret. */
        if (o->val == NULL || o->val[0] == '\0' || strchr(o->dispchar, '*') != NULL)
            continue;
        ss_conninfo_put(&out, o->keyword, o->val);
    }
    PQconninfoFree(given);
    text = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return text;
}

const char *
ss_endpoint_user(const ss_endpoint *endpoint, ss_arena *result)
{
    return would_have(endpoint->conninfo, PQuser, result);
}

bool
ss_host_is_local(const char *host)
{
    struct in_addr four;
    struct in6_addr six;

    if (host == NULL || host[0] == '\0' || host[0] == '/' || host[0] == '@')
        return true;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET;
    return strcmp(host, "localhost") == 0 ||
           (inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six));
}
