/*
 * What a row must satisfy by itself, gathered from the catalog and, for the bounds of partitions,
 * from the server that holds the empty tables.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "load/load_internal.h"

extern const char ss_sql_load_partition_bounds[];

static void
add_rule(ss_row_rules *rules, const char *name, const char *sql, ss_arena *arena)
{
    size_t capacity = rules->capacity;

    rules->names = ss_grow(arena, rules->names, rules->n, &capacity, sizeof *rules->names);
    rules->sql = ss_grow(arena, rules->sql, rules->n, &rules->capacity, sizeof *rules->sql);
    rules->names[rules->n] = name;
    rules->sql[rules->n++] = sql;
}

static void
add_not_null(const ss_table *table, ss_row_rules *rules, ss_arena *arena)
{
    for (size_t i = 0; i < table->ncolumns; i++)
    {
        ss_buf sql = {0};

        if (!table->columns[i].not_null)
            continue;
        ss_pg_ident(&sql, table->columns[i].name);
        /* A composite is NOT NULL in a column even when all of its fields are. */
        ss_buf_puts(&sql, " IS DISTINCT FROM NULL");
        add_rule(rules, ss_strf(arena, "NOT NULL of %s", table->columns[i].name),
                 ss_strdup(arena, ss_buf_text(&sql)), arena);
        ss_buf_done(&sql);
    }
}

static void
add_checks(const ss_table *table, const char *bound, ss_row_rules *rules, ss_arena *arena)
{
    for (size_t i = 0; i < table->nchecks; i++)
    {
        const ss_check *check = &table->checks[i];

        if (!check->validated || (table->is_partition && check->inherited))
            continue;
        add_rule(rules, check->name,
                 bound == NULL ? check->expression
                               : ss_strf(arena, "(NOT (%s)) OR (%s)", bound, check->expression),
                 arena);
    }
}

/* Nothing is asked of an index's expression but that it can be computed. */
static void
add_expressions(const ss_table *table, ss_row_rules *rules, ss_arena *arena)
{
    for (size_t i = 0; i < table->nexpressions; i++)
    {
        const ss_expression *e = &table->expressions[i];
        const char *computed = e->expression == NULL
                                   ? ss_strf(arena, "pg_catalog.num_nulls(%s) >= 0", e->predicate)
                                   : ss_strf(arena, "pg_catalog.num_nulls(%s) >= 0", e->expression);

        add_rule(rules, e->name,
                 e->expression == NULL || e->predicate == NULL
                     ? computed
                     : ss_strf(arena, "CASE WHEN (%s) THEN %s END", e->predicate, computed),
                 arena);
    }
}

/* A row goes into one of the leaves, and must satisfy what that one asks beyond its root. */
static ss_code
add_partitions(const ss_catalog *catalog, const ss_table *table, ss_pg *pg, ss_row_rules *rules,
               ss_arena *arena, ss_error *err)
{
    const char *const params[1] = {ss_pg_qualified(arena, table->schema, table->name)};
    ss_buf routed = {0};
    bool takes_all = false;
    ss_pg_result *res;

    SS_TRY(ss_pg_query(pg, arena, ss_sql_load_partition_bounds, 1, params, &res, err));
    for (size_t i = 0; i < ss_pg_rows(res); i++)
    {
        const char *schema = ss_pg_value(res, i, 0), *name = ss_pg_value(res, i, 1),
                   *bound = ss_pg_value(res, i, 2);

        takes_all = takes_all || bound == NULL;
        ss_buf_puts(&routed, i == 0 ? "(" : " OR (");
        ss_buf_puts(&routed, bound == NULL ? "true" : bound);
        ss_buf_putc(&routed, ')');
        for (size_t t = 0; t < catalog->ntables; t++)
        {
            const ss_table *leaf = &catalog->tables[t];

            if (strcmp(leaf->name, name) == 0 && strcmp(leaf->schema, schema) == 0)
                add_checks(leaf, bound, rules, arena);
        }
    }
    if (ss_pg_rows(res) == 0)
        ss_buf_puts(&routed, "false");
    if (!takes_all)
        add_rule(rules, "the bounds of its partitions",
                 ss_strf(arena, "coalesce(%s, false)", ss_buf_text(&routed)), arena);
    ss_buf_done(&routed);
    return SS_OK;
}

ss_code
ss_load_row_rules(const ss_load *load, size_t index, ss_pg *pg, ss_row_rules *rules,
                  ss_arena *arena, ss_error *err)
{
    const ss_table *table = &load->catalog->tables[index];

    *rules = (ss_row_rules){0};
    add_rule(rules, "the types and domains of its columns", NULL, arena);
    add_not_null(table, rules, arena);
    add_checks(table, NULL, rules, arena);
    if (table->kind == SS_TABLE_PARTITIONED)
        SS_TRY(add_partitions(load->catalog, table, pg, rules, arena, err));
    add_expressions(table, rules, arena);
    return SS_OK;
}

char *
ss_load_verdict(const ss_row_rules *rules, ss_arena *arena)
{
    ss_buf sql = {0};
    char *text;

    ss_buf_puts(&sql, "CASE");
    for (size_t i = 1; i < rules->n; i++)
        ss_buf_printf(&sql, " WHEN NOT (%s) THEN %zu", rules->sql[i], i + 1);
    ss_buf_puts(&sql, rules->n > 1 ? " ELSE 0 END" : " WHEN true THEN 0 END");
    text = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return text;
}

/* What is not the row's doing: connection, privilege, syntax, resources, cancelled, internal. */
bool
ss_load_row_refused(const ss_error *err)
{
    static const char *const others[] = {"08", "0A", "25", "26", "28", "2D", "3D", "40",
                                         "42", "53", "55", "57", "58", "F0", "HV", "XX"};

    if (err->sqlstate[0] == '\0' || err->code == SS_EINTERRUPTED)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    {
        if (strncmp(err->sqlstate, others[i], 2) == 0)
            return false;
    }
    return true;
}
