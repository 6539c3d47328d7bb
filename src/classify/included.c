#include "classify/included.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define BUDGET_S     10 /* for all questions of a run */
#define STATEMENT_S  1
#define BLOCKS       ((size_t) 64) /* of the table, from all over it */
#define ROWS         ((size_t) 20000)
#define LEAVES       8   /* partitions that are looked into */
#define DISTINCT     200 /* values that are looked for */
#define FAILURES_MAX 20  /* in a row: the source does not answer */

struct ss_included
{
    const ss_catalog *catalog;
    ss_arena *arena;
    ss_pg *pg;
    double until;
    size_t failures; /* in a row */
    bool interrupted;
    ss_error why; /* what interrupted it */
};

ss_code
ss_included_open(const ss_catalog *catalog, const ss_endpoint *source, const ss_watch *watch,
                 ss_arena *arena, ss_included **included, ss_error *err)
{
    const ss_pg_options options = {
        .source = true, .application_name = "sandseed plan", .statement_timeout_s = STATEMENT_S};
    ss_included *i = ss_alloc(arena, 1, sizeof *i);

    *i = (ss_included){.catalog = catalog, .arena = ss_arena_new(arena)};
    i->until = ss_clock_s() + BUDGET_S;
    *included = i;
    return ss_pg_open(arena, source, &options, watch, &i->pg, err);
}

static void
put_table(ss_buf *sql, const ss_table *table)
{
    ss_buf_puts(sql, table->kind == SS_TABLE_PARTITIONED ? "" : "ONLY ");
    ss_pg_ident(sql, table->schema);
    ss_buf_putc(sql, '.');
    ss_pg_ident(sql, table->name);
}

/*
 * The table itself, or of its partitions that have rows and that we may read some from all over it.  Through their root a
 * sample would have the same block numbers of each of them: of small ones, or of many, often none.
 */
static size_t
leaves_of(const ss_catalog *catalog, const ss_table *table, const ss_table **leaves)
{
    size_t n = 0, at = 0, all = 0;

    leaves[0] = table;
    for (int pass = 0; table->kind == SS_TABLE_PARTITIONED && pass < 2; pass++)
    {
        at = 0;
        for (size_t t = 0; t < catalog->ntables; t++)
        {
            const ss_table *leaf = &catalog->tables[t];

            if (!leaf->is_partition || leaf->kind != SS_TABLE_ORDINARY || leaf->relpages == 0 ||
                !leaf->readable || !leaf->rows_visible || ss_table_root(catalog, leaf) != table)
                continue;
            if (pass == 1 && n < LEAVES &&
                at++ == (all <= LEAVES ? n : n * (all - 1) / (LEAVES - 1)))
                leaves[n++] = leaf;
            all += pass == 0;
        }
    }
    return n == 0 ? 1 : n;
}

/* The schema that the operator = of the key's type is in: an extension's type has its own. */
static const char *
operator_schema(const ss_catalog *catalog, const ss_column *key)
{
    const size_t base = ss_catalog_base_type(catalog, key->type);

    return base == SS_NONE || catalog->types[base].kind != SS_TYPE_BASE
               ? "pg_catalog"
               : catalog->types[base].schema;
}

/* Always the same blocks, so that the same source gives the same proposals. */
static void
put_values(const ss_included *i, const ss_table *table, const ss_column *column, ss_buf *sql)
{
    const ss_table *leaves[LEAVES];
    const size_t n = leaves_of(i->catalog, table, leaves);

    for (size_t k = 0; k < n; k++)
    {
        const size_t blocks = BLOCKS / n;

        ss_buf_printf(sql, "%s(SELECT c.", k == 0 ? "" : " UNION ALL ");
        ss_pg_ident(sql, column->name);
        ss_buf_puts(sql, " AS value FROM ");
        put_table(sql, leaves[k]);
        ss_buf_puts(sql, " AS c");
        if (leaves[k]->relpages > (int64_t) blocks)
            ss_buf_printf(sql, " TABLESAMPLE pg_catalog.system (%.6f) REPEATABLE (1)",
                          100.0 * (double) blocks / (double) leaves[k]->relpages);
        ss_buf_puts(sql, " WHERE c.");
        ss_pg_ident(sql, column->name);
        ss_buf_printf(sql, " IS NOT NULL LIMIT %zu)", ROWS / n);
    }
}

static void
put_question(const ss_included *i, const ss_table *table, const ss_column *column,
             const ss_table *parent, const ss_column *key, ss_buf *sql)
{
    ss_buf_puts(sql, "SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE EXISTS (SELECT "
                     "FROM ");
    put_table(sql, parent);
    ss_buf_puts(sql, " AS p WHERE p.");
    ss_pg_ident(sql, key->name);
    /* Only where it decides: the role needs USAGE on the collation's schema to name it. */
    if (key->attcollation != NULL &&
        (column->attcollation == NULL || strcmp(key->attcollation, column->attcollation) != 0))
        ss_buf_printf(sql, " COLLATE %s", key->attcollation);
    ss_buf_puts(sql, " OPERATOR(");
    ss_pg_ident(sql, operator_schema(i->catalog, key));
    ss_buf_puts(sql, ".=) v.value)) FROM (SELECT DISTINCT s.value FROM (");
    put_values(i, table, column, sql);
    ss_buf_printf(sql, ") AS s LIMIT %d) AS v", DISTINCT);
}

bool
ss_included_ask(void *included, const ss_table *table, const ss_column *column,
                const ss_table *parent, const ss_column *key, ss_inclusion *answer)
{
    ss_included *i = included;
    ss_buf sql = {0};
    ss_pg_result *r;
    ss_error err = {0};
    uint64_t values = 0, found = 0;
    ss_code code;

    if (i->interrupted || i->failures >= FAILURES_MAX || ss_clock_s() > i->until ||
        !table->rows_visible || !parent->rows_visible || !column->readable || !key->readable)
        return false;
    put_question(i, table, column, parent, key, &sql);
    code = ss_pg_query(i->pg, i->arena, ss_buf_text(&sql), 0, NULL, &r, &err);
    ss_buf_done(&sql);
    if (code != SS_OK)
    {
        i->failures++;
        i->interrupted = code == SS_EINTERRUPTED;
        i->why = err;
        return false;
    }
    i->failures = 0;
    if (!ss_parse_u64(ss_pg_value(r, 0, 0), &values) || !ss_parse_u64(ss_pg_value(r, 0, 1), &found))
        return false;
    *answer = (ss_inclusion){.values = (size_t) values, .found = (size_t) found};
    return true;
}

ss_code
ss_included_close(ss_included *included, ss_error *err)
{
    ss_pg_close(included->pg);
    ss_arena_free(included->arena);
    if (!included->interrupted)
        return SS_OK;
    *err = included->why;
    return err->code;
}
