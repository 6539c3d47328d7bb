#include "run/grants.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "policy/lock.h"
#include "policy/policy.h"
#include "run/result_internal.h"
#include "run/source.h"

/* So many names stand in a reason. */
#define NAMES_MAX 5

/* What is being written: every statement as a line of SQL, and as an object for machines. */
typedef struct writer
{
    const ss_plan *plan;
    bool of_schema;   /* for the role of schema_source, which runs pg_dump and reads no rows */
    const char *name; /* of the role */
    const char *role; /* the same, as SQL writes it */
    ss_arena *arena;
    ss_buf sql;
    json_t *statements;
    json_t *left_out;
} writer;

/* --- names -------------------------------------------------------------------------------------- */

/*
 * An identifier or a literal.  What a terminal or a reader could take for something else (line ends, escapes,
 * right-to-left marks) goes by its code point, so that every statement is one line that shows all it does.
 */
static const char *
quoted(const writer *w, const char *name, char quote)
{
    ss_buf out = {0};
    const char *copy;

    if (strcmp(ss_printable(w->arena, name), name) == 0)
    {
        if (quote == '"')
            ss_pg_ident(&out, name);
        else
            ss_pg_literal(&out, name);
    }
    else
    {
        ss_buf_printf(&out, "U&%c", quote);
        for (size_t at = 0, taken; name[at] != '\0'; at += taken)
        {
            uint32_t point;

            taken = ss_utf8_point(name + at, &point);
            if (point >= 0x20 && point < 0x7F && point != '\\')
                ss_buf_printf(&out, "%s%c",
                              point == (unsigned char) quote ? (char[]){quote, 0} : "",
                              (int) point);
            else
                ss_buf_printf(&out, "\\+%06X", (unsigned) point);
        }
        ss_buf_putc(&out, quote);
    }
    copy = ss_strdup(w->arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}

static const char *
ident(const writer *w, const char *name)
{
    return quoted(w, name, '"');
}

static const char *
qualified(const writer *w, const ss_table *table)
{
    return ss_strf(w->arena, "%s.%s", ident(w, table->schema), ident(w, table->name));
}

/* One statement and why it is there. */
static void
add(writer *w, const char *what, const char *object, const char *sql, const char *why)
{
    const char *reason = ss_printable(w->arena, why);

    ss_buf_printf(&w->sql, "%s -- %s\n", sql, reason);
    (void) json_array_append_new(w->statements,
                                 json_pack("{s:s, s:s, s:s, s:s, s:s}", "role", w->name, "what",
                                           what, "object", object, "sql", sql, "why", reason));
}

static void
leave_out(writer *w, const char *object, const char *why)
{
    const char *reason = ss_printable(w->arena, why);

    ss_buf_printf(&w->sql, "-- no right on %s: %s\n", ss_printable(w->arena, object), reason);
    (void) json_array_append_new(w->left_out, json_pack("{s:s, s:s, s:s}", "role", w->name,
                                                        "object", object, "why", reason));
}

/* --- what a table needs ------------------------------------------------------------------------- */

static bool
is_by_column(const writer *w)
{
    return w->plan->policy->schema_source != NULL && !w->of_schema;
}

/* "password (nullify), total (constant)", or "". */
static const char *
unread(const writer *w, const ss_table *table, const ss_table_plan *p)
{
    ss_buf names = {0};
    size_t n = 0;
    const char *copy;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (p->reads[c] || (c == p->counts_by && is_by_column(w)))
            continue;
        if (n++ < NAMES_MAX)
            ss_buf_printf(&names, "%s%s (%s)", n == 1 ? "" : ", ", table->columns[c].name,
                          table->columns[c].generated != SS_GENERATED_NOT
                              ? "generated"
                              : ss_treatment_name(p->columns[c].treatment));
    }
    if (n > NAMES_MAX)
        ss_buf_printf(&names, " and %zu more", n - NAMES_MAX);
    copy = ss_strdup(w->arena, ss_buf_text(&names));
    ss_buf_done(&names);
    return copy;
}

/* What a run does with the table. */
static const char *
what_is_read(const writer *w, const ss_table *table, const ss_table_plan *p)
{
    if (p->reads_rows)
        return ss_strf(w->arena, "mode: %s, its rows are read", ss_mode_name(p->mode));
    if (p->mode == SS_MODE_EMPTY && ss_table_plan_reads(p, table))
        return "mode: empty, but people are found through it whose rows others are";
    if (p->mode == SS_MODE_EMPTY)
        return "mode: empty, no row of it is read";
    if (table->kind == SS_TABLE_PARTITIONED && ss_table_plan_reads(p, table))
        return "its partitions hold the rows, which are counted by these keys through it";
    return "it holds no rows itself";
}

static void
grant_columns(writer *w, const ss_table *table, const ss_table_plan *p)
{
    const char *left = p->reads_rows ? unread(w, table, p) : "";
    ss_buf sql = {0}, why = {0};
    const char *separator = "GRANT SELECT (";

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (!p->reads[c] && c != p->counts_by)
            continue;
        ss_buf_printf(&sql, "%s%s", separator, ident(w, table->columns[c].name));
        separator = ", ";
    }
    if (p->reads_places)
        ss_buf_printf(&sql, "%sctid", separator);
    ss_buf_printf(&sql, ") ON TABLE %s TO %s;", qualified(w, table), w->role);
    ss_buf_puts(&why, what_is_read(w, table, p));
    if (p->counts_by != SS_NONE)
        ss_buf_printf(&why, "; %s: counting rows takes the right to one column",
                      table->columns[p->counts_by].name);
    if (p->reads_places)
        ss_buf_puts(&why, "; ctid: in ranges of pages, for which the server knows rows by place");
    if (left[0] != '\0')
        ss_buf_printf(&why, "; not read: %s", left);
    add(w, "table", table->label, ss_buf_text(&sql), ss_buf_text(&why));
    ss_buf_done(&sql);
    ss_buf_done(&why);
}

static void
grant_table(writer *w, const ss_table *table, const ss_table_plan *p)
{
    const char *left = p->reads_rows ? unread(w, table, p) : "";

    if (w->of_schema)
        add(w, "table", table->label,
            ss_strf(w->arena, "GRANT SELECT ON TABLE %s TO %s;", qualified(w, table), w->role),
            "pg_dump locks it, which takes the right to all of it; no row is read");
    else
        add(w, "table", table->label,
            ss_strf(w->arena, "GRANT SELECT ON TABLE %s TO %s;", qualified(w, table), w->role),
            ss_strf(w->arena, "%s%s%s; pg_dump locks it, which takes the right to all of it",
                    what_is_read(w, table, p), left[0] == '\0' ? "" : "; not read: ", left));
}

/* Why the role needs nothing on the table; NULL: it needs something. */
static const char *
needs_nothing(const writer *w, const ss_table *table, const ss_table_plan *p)
{
    if (table->kind == SS_TABLE_FOREIGN)
        return "a foreign table, whose rows lie elsewhere; nothing reads or locks it";
    if (table->extension != NULL && p->mode == SS_MODE_EMPTY)
        return "its extension makes it; nothing reads or locks it";
    if (!is_by_column(w) || ss_table_plan_reads(p, table))
        return NULL;
    return p->mode == SS_MODE_EMPTY ? "mode: empty, nothing of it is read"
                                    : "nothing of it is read";
}

/* --- the whole ---------------------------------------------------------------------------------- */

static void
write_role(writer *w)
{
    const char *body =
        ss_strf(w->arena,
                "BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = %s) THEN"
                " CREATE ROLE %s LOGIN; END IF; END",
                quoted(w, w->name, '\''), w->role);

    add(w, "role", w->name, ss_strf(w->arena, "DO %s;", quoted(w, body, '\'')),
        "it logs in; give it a password with \\password, or a line in pg_hba.conf");
    add(w, "database", w->plan->catalog->database,
        ss_strf(w->arena, "GRANT CONNECT ON DATABASE %s TO %s;",
                ident(w, w->plan->catalog->database), w->role),
        "it connects to this database");
}

/* Row security hides rows from a role that neither owns the table nor passes it. */
static void
write_row_security(writer *w)
{
    ss_buf names = {0};
    size_t n = 0;

    for (size_t t = 0; t < w->plan->catalog->ntables; t++)
    {
        const ss_table *table = &w->plan->catalog->tables[t];

        if (!table->row_security || !ss_table_plan_reads(&w->plan->tables[t], table))
            continue;
        if (n++ < NAMES_MAX)
            ss_buf_printf(&names, "%s%s", n == 1 ? "" : ", ", table->label);
    }
    if (n > NAMES_MAX)
        ss_buf_printf(&names, " and %zu more", n - NAMES_MAX);
    if (n > 0)
        add(w, "row security", "", ss_strf(w->arena, "ALTER ROLE %s BYPASSRLS;", w->role),
            ss_strf(w->arena,
                    "row security is on for what is read: %s; a superuser alone may say this",
                    ss_buf_text(&names)));
    ss_buf_done(&names);
}

static void
write_tables(writer *w)
{
    const ss_catalog *catalog = w->plan->catalog;
    const char *schema = NULL;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_table_plan *p = &w->plan->tables[t];
        const char *nothing = needs_nothing(w, table, p);

        if (nothing != NULL)
        {
            leave_out(w, table->label, nothing);
            continue;
        }
        /* They come schema by schema. */
        if (schema == NULL || strcmp(schema, table->schema) != 0)
            add(w, "schema", table->schema,
                ss_strf(w->arena, "GRANT USAGE ON SCHEMA %s TO %s;", ident(w, table->schema),
                        w->role),
                "tables of it are named below");
        schema = table->schema;
        if (is_by_column(w))
            grant_columns(w, table, p);
        else
            grant_table(w, table, p);
    }
    if (catalog->nsequences > 0)
        leave_out(w, "sequences",
                  "their definitions are in the catalog, their values are not read");
}

/* What one role needs. */
static void
write_rights(writer *w, const char *name)
{
    w->name = name;
    w->role = ident(w, name);
    write_role(w);
    if (!w->of_schema)
        write_row_security(w);
    write_tables(w);
}

/* schema_role: of schema_source; or NULL. */
static void
write_all(writer *w, const ss_options *o, const char *schema_role)
{
    const char *role = ss_printable(w->arena, o->grants);

    ss_buf_printf(&w->sql,
                  "-- What the role %s needs at the source for %s, and nothing else.  Run it in "
                  "database %s as the\n"
                  "-- owner of its tables or as a superuser, twice if you like: psql -X -v "
                  "ON_ERROR_STOP=1 -f FILE\n"
                  "-- It takes nothing from a role that is there: sandseed check says what that "
                  "can do beyond this.\n"
                  "SET client_encoding = 'UTF8';\n"
                  "SET standard_conforming_strings = on;\n"
                  "BEGIN;\n",
                  role, ss_printable(w->arena, o->policy),
                  ss_printable(w->arena, w->plan->catalog->database));
    write_rights(w, o->grants);
    if (schema_role != NULL)
    {
        ss_buf_printf(&w->sql,
                      "-- What the role %s needs, which schema_source connects as: it runs "
                      "pg_dump, for the schema alone.\n",
                      ss_printable(w->arena, schema_role));
        w->of_schema = true;
        write_rights(w, schema_role);
    }
    ss_buf_puts(&w->sql, "COMMIT;\n");
}

/* A role that can be made, under this very name. */
static bool
can_be_made(const char *role)
{
    const size_t n = strlen(role);

    return n > 0 && n < 64 && strcmp(role, "public") != 0 && strcmp(role, "none") != 0 &&
           strncmp(role, "pg_", 3) != 0 && ss_utf8_valid((const unsigned char *) role, n, NULL);
}

static ss_code
check_role(const char *role, const char *whose, ss_error *err)
{
    if (can_be_made(role))
        return SS_OK;
    (void) ss_fail(err, SS_EMEND, "%s names no role that can be made", whose);
    return ss_hint(err, "Name one of at most 63 bytes, in UTF-8, not public, not none, and not "
                        "pg_..., which are the server's.");
}

/* Whom schema_source connects as; NULL where the policy has none.  Nothing is asked of a server. */
static ss_code
find_schema_role(const ss_options *o, const ss_policy *policy, ss_arena *arena, const char **role,
                 ss_error *err)
{
    ss_endpoint endpoint;

    *role = NULL;
    if (policy->schema_source == NULL)
        return SS_OK;
    SS_TRY(ss_endpoint_parse(policy->schema_source, ".", 1, arena, &endpoint, err));
    if (endpoint.kind != SS_ENDPOINT_SERVER)
        return ss_fail(err, SS_EMEND,
                       "schema_source goes with a source on a server, and is on the same one");
    *role = ss_endpoint_user(&endpoint, arena);
    SS_TRY(check_role(*role == NULL ? "" : *role, "schema_source", err));
    if (strcmp(*role, o->grants) != 0)
        return SS_OK;
    (void) ss_fail(err, SS_EMEND, "--grants names the role that schema_source connects as");
    return ss_hint(err,
                   "schema_source is for a second role, so that the first needs less: name "
                   "another one, or take schema_source out of %s.",
                   o->policy);
}

/*
 * A source with roles to give rights to.  It may not be the role's own yet, and that of schema_source may lack, too:
 * nothing is asked of either.
 */
static ss_code
open_source(const ss_options *o, const ss_policy *policy, const ss_watch *watch, ss_arena *arena,
            ss_source *source, ss_error *err)
{
    const char *text = o->source != NULL ? o->source : policy->source;
    const char *base = o->source != NULL ? "." : policy->source_folder;
    ss_policy alone = *policy;
    ss_watch *quiet = ss_alloc(arena, 1, sizeof *quiet);
    ss_endpoint endpoint;

    if (text == NULL)
        return ss_fail(err, SS_EMEND, "%s names no source, and there is no --source", o->policy);
    SS_TRY(ss_endpoint_parse(text, base, 1, arena, &endpoint, err));
    if (endpoint.kind != SS_ENDPOINT_SERVER)
    {
        (void) ss_fail(err, SS_EMEND, "the source %s has no roles to give rights to",
                       endpoint.label);
        return ss_hint(err, "--grants is for a source on a server: who may read a folder may read "
                            "all of it.");
    }
    alone.schema_source = NULL;
    /* That the one who asks may do more than read is nothing to warn of here. */
    if (watch != NULL)
        *quiet = *watch;
    quiet->notice = NULL;
    if (ss_source_open(text, base, &alone, o, quiet, arena, source, err) != SS_OK)
        return ss_hint(err, "Where that role is not there yet, name another one that may connect: "
                            "--source service=shop_admin.");
    return SS_OK;
}

ss_code
ss_plan_grants(const ss_options *options, const ss_watch *watch, ss_arena *arena, ss_result *result,
               ss_error *err)
{
    const ss_options *o = options;
    ss_policy *policy;
    ss_source source;
    ss_plan *plan;
    const char *schema_role;
    writer w = {.arena = arena};

    if (o->output != NULL || o->mode != NULL || o->target != NULL)
        return ss_fail(err, SS_EMEND, "--grants goes with a policy that is there, not with --%s",
                       o->output != NULL ? "output"
                       : o->mode != NULL ? "mode"
                                         : "target");
    SS_TRY(check_role(o->grants, "--grants", err));
    SS_TRY(ss_policy_read(o->policy, arena, &policy, err));
    SS_TRY(ss_lock_read(o->policy, arena, &policy->lock, err));
    SS_TRY(find_schema_role(o, policy, arena, &schema_role, err));
    SS_TRY(open_source(o, policy, watch, arena, &source, err));
    SS_TRY(ss_policy_resolve(policy, source.catalog, arena, &plan, err));
    w.plan = plan;
    w.statements = json_array();
    w.left_out = json_array();
    write_all(&w, o, schema_role);
    ss_result_set(result, &w.sql,
                  json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o, s:o}", "command", "plan", "policy",
                            o->policy, "role", o->grants, "schema_role", schema_role, "database",
                            source.catalog->database, "statements", w.statements, "left_out",
                            w.left_out));
    ss_buf_done(&w.sql);
    return SS_OK;
}
