/*
 * What a run reads of every table, which is what the source's role has to be able to read: the measure of check and of
 * plan --grants.  It follows what fit and load ask the server.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/references.h"
#include "policy/known_password.h"
#include "policy/resolve_internal.h"
#include "policy/subset.h"

/* --- what is read ------------------------------------------------------------------------------- */

/* Which columns are read for the sake of another table, by table; NULL: none. */
typedef struct asked
{
    const ss_resolving *r;
    bool **columns;
} asked;

static void
ask(const asked *a, size_t table, const size_t *columns, size_t n)
{
    bool **list = &a->columns[table];

    if (*list == NULL)
        *list = ss_alloc(a->r->result, a->r->catalog->tables[table].ncolumns + 1, sizeof **list);
    for (size_t i = 0; i < n; i++)
        (*list)[columns[i]] = true;
}

/* Ways to people are joined through every table on them, empty ones and roots of partitions as well. */
static void
ask_routes(const asked *a, size_t table, const ss_table_plan *t)
{
    for (size_t i = 0; i < t->nroutes; i++)
    {
        size_t at = table;

        for (size_t h = 0; h < t->routes[i].nhops; h++)
        {
            const ss_reference *hop = t->routes[i].hops[h];

            /* A root's own are read where those who have most rows are counted, which is by ways to people. */
            if (h > 0 || t->routes[i].to_people)
                ask(a, at, hop->columns, hop->ncolumns);
            if (h + 1 < t->routes[i].nhops || ss_reference_is_joined(a->r->catalog, at, hop))
                ask(a, hop->parent, hop->parent_columns, hop->ncolumns);
            at = hop->parent;
        }
    }
}

/* Is the value looked for in texts that are redacted, or needed to make what stands for it there? */
static bool
tells_who(const ss_table *table, const ss_table_plan *t, size_t c)
{
    const ss_class class = t->columns[c].class;
    bool tells = class == SS_CLASS_DIRECT_IDENTIFIER || class == SS_CLASS_QUASI_IDENTIFIER ||
                 class == SS_CLASS_KEY ||
                 ss_table_primary_key_holds(table, table->columns[c].attnum);

    for (size_t i = 0; i < table->ncolumns; i++)
    {
        const char *locale = t->columns[i].locale;

        tells = tells || (locale != NULL && locale[0] == '$' &&
                          strcmp(locale + 1, table->columns[c].name) == 0);
    }
    return tells && table->columns[c].generated == SS_GENERATED_NOT;
}

/* Redacted texts are searched for what the people have to whom ways lead. */
static void
ask_people(const asked *a, size_t table, const ss_table_plan *t)
{
    bool redacts = false;

    for (size_t c = 0; c < a->r->catalog->tables[table].ncolumns; c++)
        redacts = redacts || t->columns[c].treatment == SS_TREAT_REDACT;
    for (size_t i = 0; i < t->nroutes && redacts; i++)
    {
        const ss_reference *last = t->routes[i].hops[t->routes[i].nhops - 1];
        const ss_table *people = &a->r->catalog->tables[last->parent];

        if (!t->routes[i].to_people)
            continue;
        ask(a, last->parent, last->parent_columns, last->ncolumns);
        for (size_t c = 0; c < people->ncolumns; c++)
        {
            if (tells_who(people, &a->r->tables[last->parent], c))
                ask(a, last->parent, &c, 1);
        }
    }
}

/* Of a table that is made the rows that refer to each parent's are counted, through the roots of partition trees. */
static void
ask_references(const asked *a, size_t table, const ss_table_plan *t)
{
    size_t n;
    const ss_reference *list = ss_table_references(a->r->catalog, table, a->r->result, &n);

    for (size_t i = 0; i < n + t->nsoft; i++)
    {
        const ss_reference *ref = i < n ? &list[i] : &t->soft[i - n];

        if (a->r->tables[ref->parent].mode == SS_MODE_EMPTY)
            continue;
        ask(a, table, ref->columns, ref->ncolumns);
        ask(a, ref->parent, ref->parent_columns, ref->ncolumns);
    }
}

/* Rows of a subset are told by their keys and references, member by member of a partition tree. */
static void
ask_subset(const asked *a, size_t table)
{
    const ss_catalog *catalog = a->r->catalog;
    const ss_subset_plan *plan = a->r->plan->subset;
    const ss_table *of = &catalog->tables[table], *root = ss_table_root(catalog, of);
    const ss_subset_table *t = ss_subset_table_of(plan, catalog, of);
    const bool chosen = t->part == SS_SUBSET_CHOSEN;

    for (size_t c = 0; c < of->ncolumns && t->part != SS_SUBSET_ALL; c++)
    {
        const ss_column *in_root = ss_table_column(root, of->columns[c].name);
        const size_t column = (size_t) (in_root - root->columns);
        /* What the condition reads is for the server to say. */
        bool wanted = chosen && (plan->policy->where != NULL ||
                                 ss_table_primary_key_holds(root, in_root->attnum));

        for (size_t i = 0; i < t->nkeys; i++)
        {
            for (size_t k = 0; k < t->keys[i].n; k++)
                wanted = wanted || t->keys[i].columns[k] == column;
        }
        for (size_t i = 0; i < t->nedges; i++)
            wanted = wanted || ss_references_hold(t->edges[i].reference, 1, column);
        if (wanted)
            ask(a, table, &c, 1);
    }
}

static bool
is_soft_key(const ss_resolving *r, const ss_table *table, size_t c)
{
    const bool *keys = r->soft_keys[ss_catalog_index(r->catalog, table)];

    return keys != NULL && keys[c];
}

/* Shapes of a pseudonymise table differ from row to row: by the row's primary key. */
static bool
tells_row(const ss_table *table, const ss_table_plan *t, int16_t attnum)
{
    if (t->mode != SS_MODE_PSEUDONYMISE || !ss_table_primary_key_holds(table, attnum))
        return false;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if ((t->columns[c].treatment == SS_TREAT_SHAPE ||
             t->columns[c].treatment == SS_TREAT_REDACT) &&
            table->columns[c].generated == SS_GENERATED_NOT)
            return true;
    }
    return false;
}

/* Redacted texts are searched for what tells who somebody is, whatever is done with it. */
static bool
is_looked_for(const ss_table *table, const ss_table_plan *t, size_t c)
{
    for (size_t i = 0; t->columns[c].class == SS_CLASS_DIRECT_IDENTIFIER && i < table->ncolumns;
         i++)
    {
        if (t->columns[i].treatment == SS_TREAT_REDACT)
            return true;
    }
    return false;
}

/*
 * Does a run read the column's values for the table's own sake?  Of what the server generates only numbers, of synthesise tables:
 * a parent's total may be their sum.
 */
static bool
is_read(const ss_resolving *r, const ss_table *table, const ss_table_plan *t, size_t c)
{
    const ss_column *column = &table->columns[c];
    const ss_treatment treatment = t->columns[c].treatment;

    if (t->mode == SS_MODE_EMPTY || !ss_table_has_rows(table))
        return false;
    if (column->generated != SS_GENERATED_NOT)
        return t->mode == SS_MODE_SYNTHESISE && ss_catalog_is_exact_number(r->catalog, column);
    if (ss_table_foreign_key_holds(r->catalog, table, column->attnum))
        return true;
    if (ss_references_hold(t->soft, t->nsoft, c) || is_soft_key(r, table, c))
        return true;
    if (tells_row(table, t, column->attnum) || ss_is_known_password(&t->columns[c]) ||
        is_looked_for(table, t, c))
        return true;
    return treatment != SS_TREAT_NULLIFY && treatment != SS_TREAT_CONSTANT;
}

/* Without a primary key shapes differ by where the row lies. */
static bool
shapes_by_place(const ss_table *table, const ss_table_plan *t)
{
    for (size_t c = 0; c < table->ncolumns && t->mode == SS_MODE_PSEUDONYMISE; c++)
    {
        if (t->columns[c].treatment == SS_TREAT_SHAPE || t->columns[c].treatment == SS_TREAT_REDACT)
            return table->nkeys == 0 || !table->keys[0].primary;
    }
    return false;
}

/* What a run reads of the table, which is what its role needs to read. */
static void
decide(ss_resolving *r, const ss_table *table, ss_table_plan *t, const bool *others)
{
    bool *reads = ss_alloc(r->result, table->ncolumns + 1, sizeof *reads);
    bool any = false;

    t->reads = reads;
    t->counts_by = SS_NONE;
    t->reads_rows = t->mode != SS_MODE_EMPTY && ss_table_has_rows(table);
    t->reads_places =
        t->reads_rows &&
        (r->catalog->server_version >= 140000 || shapes_by_place(table, t) ||
         (r->plan->subset != NULL &&
          ss_subset_table_of(r->plan->subset, r->catalog, table)->part != SS_SUBSET_ALL));
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        reads[c] = table->kind != SS_TABLE_FOREIGN &&
                   (is_read(r, table, t, c) || (others != NULL && others[c]));
        any = any || reads[c];
    }
    /* Its rows can only be counted by who may read a column. */
    if (any || table->ncolumns == 0 || !t->reads_rows)
        return;
    t->counts_by = 0;
    for (size_t c = 0; c < table->ncolumns && table->nkeys > 0; c++)
    {
        if (table->columns[c].attnum == table->keys[0].attnums[0])
            t->counts_by = c;
    }
}

bool
ss_table_plan_reads(const ss_table_plan *plan, const ss_table *table)
{
    bool any = plan->reads_rows || plan->counts_by != SS_NONE;

    for (size_t c = 0; c < table->ncolumns; c++)
        any = any || plan->reads[c];
    return any;
}

/* --- what may be read ---------------------------------------------------------------------------- */

/* The right to see the table takes the right to look into its schema, which public gives everybody. */
static const char *
grant_reading(ss_resolving *r, const ss_table *table, const char *columns, const char *role)
{
    ss_buf text = {0};
    const char *copy;

    if (strcmp(table->schema, "public") != 0)
    {
        ss_buf_puts(&text, "GRANT USAGE ON SCHEMA ");
        ss_text_ident(&text, table->schema);
        ss_buf_puts(&text, " and ");
    }
    ss_buf_printf(&text, "GRANT SELECT%s%s%s ON %s TO the role %s", columns == NULL ? "" : " (",
                  columns == NULL ? "" : columns, columns == NULL ? "" : ")", table->label, role);
    copy = ss_strdup(r->result, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

/* With a schema_source our role needs what is read and no more: name what lacks. */
static void
check_columns(ss_resolving *r, const ss_table *table, const ss_table_plan *t)
{
    bool any = false;
    size_t lacks = 0;
    ss_buf names = {0};

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        any = any || table->columns[c].readable;
        if (table->columns[c].readable || !t->reads[c])
            continue;
        ss_buf_puts(&names, lacks++ == 0 ? "" : ", ");
        ss_text_ident(&names, table->columns[c].name);
    }
    if (!any && t->counts_by != SS_NONE)
    {
        lacks++;
        ss_text_ident(&names, table->columns[t->counts_by].name);
    }
    if (t->reads_places && !table->places_readable)
        ss_buf_puts(&names, lacks++ == 0 ? "ctid" : ", ctid");
    if (lacks > 0)
        ss_resolve_add(r, SS_FINDING_STOPS, SS_EMEND, SS_WHAT_RIGHTS, table->label, NULL,
                       grant_reading(r, table, ss_buf_text(&names), "that sandseed connects as"),
                       "the source's role may not read what the policy has read of the table");
    ss_buf_done(&names);
}

static void
check_reading(ss_resolving *r, const ss_table *table, const ss_table_plan *t)
{
    /* pg_dump locks none of an extension, whose script makes them. */
    if (table->kind == SS_TABLE_FOREIGN || (table->extension != NULL && t->mode == SS_MODE_EMPTY))
        return;
    if (r->policy->schema_source != NULL)
    {
        if (!table->lockable)
            ss_resolve_add(
                r, SS_FINDING_STOPS, SS_EMEND, SS_WHAT_RIGHTS, table->label, NULL,
                grant_reading(r, table, NULL, "of schema_source"),
                "the role of schema_source may not read the table, and pg_dump locks every table "
                "for its schema");
        check_columns(r, table, t);
    }
    else if (!table->readable)
        ss_resolve_add(
            r, SS_FINDING_STOPS, SS_EMEND, SS_WHAT_RIGHTS, table->label, NULL,
            grant_reading(r, table, NULL, "that sandseed connects as"),
            t->reads_rows
                ? "the source's role may not read the table"
                : "the source's role may not read the table, and pg_dump locks every table for its "
                  "schema, also one that stays empty");
    if (ss_table_plan_reads(t, table) && !table->rows_visible &&
        (table->readable || r->policy->schema_source != NULL))
        ss_resolve_add(
            r, SS_FINDING_STOPS, SS_EMEND, SS_WHAT_RIGHTS, table->label, NULL,
            "ALTER ROLE ... BYPASSRLS for the role that sandseed connects as, or mode: empty",
            "row security hides rows of the table from the source's role");
}

void
ss_resolve_reading(ss_resolving *r)
{
    const ss_catalog *catalog = r->catalog;
    const asked a = {.r = r, .columns = ss_alloc(r->result, catalog->ntables + 1, sizeof(bool *))};

    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table_plan *t = &r->tables[i];

        if (t->mode == SS_MODE_EMPTY || catalog->tables[i].is_partition)
            continue;
        ask_routes(&a, i, t);
        ask_people(&a, i, t);
        if (t->mode == SS_MODE_SYNTHESISE)
            ask_references(&a, i, t);
    }
    for (size_t i = 0; i < catalog->ntables && r->plan->subset != NULL; i++)
        ask_subset(&a, i);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        decide(r, &catalog->tables[i], &r->tables[i], a.columns[i]);
        check_reading(r, &catalog->tables[i], &r->tables[i]);
    }
}
