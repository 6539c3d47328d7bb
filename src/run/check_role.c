#include "run/check_role.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"

extern const char ss_sql_run_role_rights[];

#define NAMED 3 /* objects; as many as role_rights.sql gives */

typedef enum need
{
    NEVER,
    FOR_ROW_SECURITY, /* where it is on for rows that it reads */
    FOR_PG_DUMP,      /* where it runs that: nobody draws the line at tables then */
} need;

/* The kinds of role_rights.sql that are no privilege on relations. */
static const struct
{
    const char *kind;
    const char *text;
    const char *objects; /* one of them and several; NULL: the kind says all */
    need need;
} kinds[] = {
    {"superuser", "is a superuser or may become one", NULL, NEVER},
    {"createrole", "can make and change roles (CREATEROLE)", NULL, NEVER},
    {"createdb", "can make databases (CREATEDB)", NULL, NEVER},
    {"replication", "can copy the whole server (REPLICATION)", NULL, NEVER},
    {"bypassrls", "passes row security (BYPASSRLS), which is on for no rows that it reads", NULL,
     FOR_ROW_SECURITY},
    {"member", "has or may take the rights of", "predefined role", NEVER},
    {"owner", "owns", "object", NEVER},
    {"create", "has CREATE on", "object", NEVER},
    {"definer", "can act as somebody else through", "SECURITY DEFINER function", NEVER},
    {"passes on", "can give to others what it has on", "relation", NEVER},
    {"server", "can reach another database through", "foreign server", NEVER},
    {"sequence", "can set or advance", "sequence", NEVER},
    {"reads", "has SELECT, which nothing needs, on", "view or foreign table", FOR_PG_DUMP},
};

#define NKINDS (sizeof kinds / sizeof kinds[0])

typedef struct checking
{
    const ss_options *options;
    const ss_plan *plan;
    bool of_schema;   /* of schema_source, whose role runs pg_dump and reads no rows */
    const char *whom; /* "the source's role" */
    const char *role;
    ss_arena *arena;
    ss_finding *list;
    size_t n;
} checking;

/* text: "has INSERT on"; objects: a noun, or NULL; names: the first of so many. */
static void
add(checking *c, bool everybody, const char *text, const char *objects, size_t count,
    const char *names)
{
    const char *mend =
        everybody ? "REVOKE it FROM PUBLIC at the source, and GRANT it to those who need it"
                  : ss_strf(c->arena, "sandseed plan %s --grants ROLE%s", c->options->policy,
                            c->of_schema ? " says what the role of schema_source needs"
                                         : ", and connect as that role");
    const char *how = ss_strf(c->arena, "more than the policy needs: %s%s",
                              everybody ? "as everybody, " : "", c->whom);

    c->list[c->n++] =
        (ss_finding){.severity = SS_FINDING_WARNS,
                     .code = SS_OK,
                     .about = "source",
                     .what = SS_WHAT_RIGHTS,
                     .object = c->role,
                     .place = "",
                     .text = objects == NULL ? ss_strf(c->arena, "%s %s", how, text)
                                             : ss_strf(c->arena, "%s %s %zu %s%s: %s%s", how, text,
                                                       count, objects, count == 1 ? "" : "s",
                                                       ss_printable(c->arena, names),
                                                       count > NAMED ? ", ..." : ""),
                     .mend = mend};
}

static bool
row_security_is_met(const ss_plan *plan)
{
    for (size_t t = 0; t < plan->catalog->ntables; t++)
    {
        const ss_table *table = &plan->catalog->tables[t];

        if (table->row_security && ss_table_plan_reads(&plan->tables[t], table))
            return true;
    }
    return false;
}

static bool
is_needed(const checking *c, need what)
{
    switch (what)
    {
    case NEVER:
        return false;
    case FOR_ROW_SECURITY:
        return !c->of_schema && row_security_is_met(c->plan);
    case FOR_PG_DUMP:
        return c->of_schema || c->plan->policy->schema_source == NULL;
    }
    return false;
}

static void
take(checking *c, const char *kind, bool everybody, size_t count, const char *names)
{
    for (size_t k = 0; k < NKINDS; k++)
    {
        if (strcmp(kinds[k].kind, kind) != 0)
            continue;
        if (!is_needed(c, kinds[k].need))
            add(c, everybody, kinds[k].text, kinds[k].objects, count, names);
        return;
    }
    add(c, everybody, ss_strf(c->arena, "has %s on", ss_printable(c->arena, kind)), "relation",
        count, names);
}

/* With a schema_source: columns that the role may read and no run does. */
static void
take_columns(checking *c)
{
    const ss_catalog *catalog = c->plan->catalog;
    ss_buf names = {0};
    size_t n = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];
        const ss_table_plan *p = &c->plan->tables[t];

        for (size_t k = 0; k < table->ncolumns && table->kind != SS_TABLE_FOREIGN; k++)
        {
            if (!table->columns[k].readable || p->reads[k] || k == p->counts_by)
                continue;
            if (n++ >= NAMED)
                continue;
            ss_buf_printf(&names, "%s%s.", n == 1 ? "" : ", ", table->label);
            ss_text_ident(&names, table->columns[k].name);
        }
    }
    if (n > 0)
        add(c, false, "has SELECT, which the policy does not need, on", "column", n,
            ss_buf_text(&names));
    ss_buf_done(&names);
}

/* Of the role that pg is connected as. */
static ss_code
look(checking *c, const ss_source *source, ss_pg *pg, ss_error *err)
{
    const size_t before = c->n;
    ss_error refused;
    ss_pg_result *r;
    ss_finding *list;
    bool super = false;

    c->role = ss_printable(c->arena, ss_pg_user(pg));
    if (ss_pg_query(pg, c->arena, ss_sql_run_role_rights, 0, NULL, &r, err) != SS_OK)
        return ss_note(err, "while looking at the rights of %s", c->whom);
    list = ss_alloc(c->arena, before + ss_pg_rows(r) + 1, sizeof *list);
    if (before > 0)
        memcpy(list, c->list, before * sizeof *list);
    c->list = list;
    for (size_t i = 0; i < ss_pg_rows(r); i++)
        super = super || strcmp(ss_pg_value(r, i, 0), "superuser") == 0;
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        const char *kind = ss_pg_value(r, i, 0), *names = ss_pg_value(r, i, 3);
        uint64_t count = 0;

        /* A superuser has all the others, which says nothing more. */
        if (super && strcmp(kind, "superuser") != 0)
            continue;
        (void) ss_parse_u64(ss_pg_value(r, i, 2), &count);
        take(c, kind, ss_pg_value(r, i, 1)[0] == 't', (size_t) count, names == NULL ? "" : names);
    }
    /* What is refused is told by that, as something that stops. */
    if (super && ss_source_refuse_privileged(source, c->options, &refused) != SS_OK)
        c->n = before;
    if (!super && !c->of_schema && c->plan->policy->schema_source != NULL)
        take_columns(c);
    return SS_OK;
}

static ss_code
look_at_schema_source(checking *c, const ss_source *source, const ss_watch *watch, ss_error *err)
{
    const ss_pg_options options = {.source = true, .application_name = "sandseed schema"};
    ss_code code;
    ss_pg *pg;

    c->of_schema = true;
    c->whom = "the role of schema_source";
    SS_TRY(ss_pg_open(c->arena, source->schema, &options, watch, &pg, err));
    code = look(c, source, pg, err);
    ss_pg_close(pg);
    return code;
}

ss_code
ss_check_roles(const ss_options *options, const ss_source *source, const ss_plan *plan,
               const ss_watch *watch, ss_arena *arena, ss_finding **findings, size_t *n,
               ss_error *err)
{
    checking c = {.options = options, .plan = plan, .whom = "the source's role", .arena = arena};

    *findings = NULL;
    *n = 0;
    if (source->endpoint.kind != SS_ENDPOINT_SERVER || source->csv_folder != NULL)
        return SS_OK;
    SS_TRY(look(&c, source, ss_snapshot_pg(source->snapshot), err));
    if (source->schema != &source->endpoint)
        SS_TRY(look_at_schema_source(&c, source, watch, err));
    *findings = c.list;
    *n = c.n;
    return SS_OK;
}
