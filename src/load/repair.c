/*
 * The server judges, and rows that fail are made again (design 5.3).
 *
 * Made tables stand here without CHECKs and without indexes.  For every rule the server is asked
 * which rows break it.  Rows are told apart by the order in which they were loaded: one COPY in the
 * transaction that truncated or created the table, which fills page after page and never goes back to
 * free space (TABLE_INSERT_SKIP_FSM), so the order of ctid is the order of row numbers.  That mapping is taken down once, when a table
 * has its first failure, and kept up to date in a temporary table:
 *
 *     sandseed_rows (sandseed_n int8, sandseed_at tid)   row number, where it stands now
 *     sandseed_bad  (sandseed_n int8)                    the rows of this round
 *
 * A round makes the bad rows anew with one more attempt, replaces them, and asks again.  Which rows
 * are bad depends on values alone, so the result does not depend on the number of jobs.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"

typedef struct repairing
{
    ss_load *load;
    const size_t *tables;
    ss_arena **arenas; /* per worker */
} repairing;

typedef struct patient /* one table under repair */
{
    ss_load *load;
    ss_pg *pg;
    ss_arena *arena;
    const ss_table *table;
    const ss_row_source *source;
    ss_attempts *attempts;
    ss_load_table *done;
    const char *name;
    size_t worker;
    bool mapped; /* sandseed_rows exists */
} patient;

/* --- what breaks a rule ------------------------------------------------------------------------- */

/* "c" of the rows that break a CHECK. */
static char *
check_sql(const patient *p, const ss_check *check)
{
    return ss_strf(p->arena, "SELECT ctid AS c FROM ONLY %s WHERE NOT (%s)", p->name,
                   check->expression);
}

/*
 * The key's expressions and condition out of pg_get_indexdef(): what stands in the first pair of
 * parentheses after USING method, and after WHERE.  False when it is not understood.
 */
static bool
index_parts(ss_arena *arena, const char *definition, const char **keys, const char **where)
{
    const char *using = strstr(definition, " USING ");
    const char *open = using == NULL ? NULL : strchr(using, '(');
    const char *at = open;
    int depth = 0;
    bool in_text = false, in_name = false;

    for (; at != NULL && *at != '\0'; at++)
    {
        if (*at == '\'' && !in_name)
            in_text = !in_text;
        else if (*at == '"' && !in_text)
            in_name = !in_name;
        else if (*at == '(' && !in_text && !in_name)
            depth++;
        else if (*at == ')' && !in_text && !in_name && --depth == 0)
            break;
    }
    if (at == NULL || *at == '\0')
        return false;
    *keys = ss_strndup(arena, open + 1, (size_t) (at - open - 1));
    at = strstr(at, " WHERE ");
    *where = at == NULL ? "true" : at + strlen(" WHERE ");
    return true;
}

/*
 * "c" of the rows that repeat a key that a row with a smaller number has.  A key with operator
 * classes or collations of its own is left to the server's final word when the index is built.
 */
static char *
unique_sql(const patient *p, const ss_key *key)
{
    const char *keys = NULL, *where = "true";
    ss_buf list = {0}, present = {0};
    char *sql;

    if (key->expression || key->partial)
    {
        const char *definition = key->definition;

        if (strncmp(definition, "CREATE", 6) != 0 || !index_parts(p->arena, definition, &keys, &where))
            return NULL;
        ss_buf_printf(&list, "%s", keys);
        ss_buf_puts(&present, "true");
    }
    else
    {
        for (size_t i = 0; i < key->ncolumns; i++)
        {
            const ss_column *column = ss_table_attribute(p->table, key->attnums[i]);

            ss_buf_puts(&list, i == 0 ? "" : ", ");
            ss_pg_ident(&list, column->name);
            ss_buf_puts(&present, i == 0 ? "" : " AND ");
            if (key->nulls_not_distinct)
                ss_buf_puts(&present, "true");
            else
            {
                ss_pg_ident(&present, column->name);
                ss_buf_puts(&present, " IS NOT NULL");
            }
        }
    }
    /* Rows that were made again stand at the end: the number, not the place, says who came first. */
    sql = ss_strf(p->arena,
                  "SELECT c FROM (SELECT t.ctid AS c, pg_catalog.row_number() OVER (PARTITION BY "
                  "%s ORDER BY %s) AS k, ROW(%s) AS key FROM ONLY %s t %s WHERE (%s) AND %s) u WHERE k > 1%s",
                  ss_buf_text(&list), p->mapped ? "r.sandseed_n" : "t.ctid", ss_buf_text(&list), p->name,
                  p->mapped ? "JOIN pg_temp.sandseed_rows r ON r.sandseed_at = t.ctid" : "",
                  where, ss_buf_text(&present),
                  key->expression && !key->nulls_not_distinct ? " AND key IS NOT NULL" : "");
    ss_buf_done(&list);
    ss_buf_done(&present);
    return sql;
}

/* "c" of the rows that a row with a smaller number excludes: pairwise, by the constraint's own operators. */
static char *
exclusion_sql(const patient *p, const ss_exclusion *x)
{
    /* "EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (...)" with plain columns only */
    const char *keys, *where;
    ss_buf on = {0};
    const char *at;
    char *sql;

    if (!index_parts(p->arena, ss_strf(p->arena, " USING %s", strstr(x->definition, "USING ") == NULL ? "" : strstr(x->definition, "USING ") + 6), &keys, &where))
        return NULL;
    at = keys;
    for (size_t i = 0; i < x->ncolumns; i++)
    {
        const ss_column *column = x->attnums[i] == 0 ? NULL : ss_table_attribute(p->table, x->attnums[i]);
        const char *with = strstr(at, " WITH ");
        size_t n;

        if (column == NULL || with == NULL)
        {
            ss_buf_done(&on);
            return NULL;
        }
        at = with + strlen(" WITH ");
        n = strcspn(at, ", ");
        ss_buf_puts(&on, " AND a.");
        ss_pg_ident(&on, column->name);
        ss_buf_printf(&on, strncmp(at, "OPERATOR(", 9) == 0 ? " %.*s b." : " OPERATOR(pg_catalog.%.*s) b.", (int) n, at);
        ss_pg_ident(&on, column->name);
        at += n;
    }
    sql = strcmp(where, "true") != 0
              ? NULL
              : ss_strf(p->arena, "SELECT a.ctid AS c FROM ONLY %s a JOIN ONLY %s b ON a.ctid > b.ctid%s",
                        p->name, p->name, ss_buf_text(&on));
    ss_buf_done(&on);
    return sql;
}

/* --- one round ---------------------------------------------------------------------------------- */

static ss_code
map_rows(patient *p, ss_error *err)
{
    if (p->mapped)
        return SS_OK;
    if (p->table->kind == SS_TABLE_PARTITIONED)
    {
        (void) ss_fail(err, SS_EGATE, "rows made for the partitioned table %s break a constraint, and this "
                                      "build repairs ordinary tables only",
                       p->table->label);
        return ss_hint(err, "Give the table mode: empty, or its columns treatments that fit.");
    }
    SS_TRY(ss_pg_execf(p->pg, err,
                       "CREATE TEMP TABLE sandseed_rows AS SELECT pg_catalog.row_number() OVER (ORDER "
                       "BY ctid) - 1 AS sandseed_n, ctid AS sandseed_at FROM ONLY %s;"
                       "CREATE TEMP TABLE sandseed_bad (sandseed_n pg_catalog.int8)",
                       p->name));
    p->mapped = true;
    return SS_OK;
}

/* Make rows[0..n) with their attempts, in this order, into the temporary table sandseed_new. */
static ss_code
make_rows(const patient *p, const uint64_t *rows, size_t n, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(p->arena);
    const ss_row_source *source = p->source;
    ss_batch *batch = ss_batch_new(scratch, source->forms, source->ncolumns);
    uint32_t *attempts = ss_alloc(scratch, SS_BATCH_ROWS, sizeof *attempts);
    ss_copy_format format;
    ss_copy_column *columns =
        ss_load_columns(p->load, ss_catalog_index(p->load->catalog, p->table), source->columns,
                        source->ncolumns, &format, scratch);
    ss_copy_writer *writer =
        ss_copy_writer_new(scratch, p->pg, format, columns, source->ncolumns);
    uint64_t taken;
    ss_code code = ss_pg_copy_in(
        p->pg,
        ss_strf(scratch, "COPY pg_temp.sandseed_new %s FROM STDIN (FORMAT %s)",
                ss_load_column_list(p->table, source->columns, source->ncolumns, scratch),
                format == SS_COPY_BINARY ? "binary" : "text"),
        err);

    for (size_t done = 0; code == SS_OK && done < n;)
    {
        const size_t part = n - done > SS_BATCH_ROWS ? SS_BATCH_ROWS : n - done;

        for (size_t i = 0; i < part; i++)
            attempts[i] = ss_attempts_get(p->attempts, rows[done + i]);
        ss_batch_clear(batch);
        code = source->make(source->arg, p->worker, 0, rows + done, attempts, part, batch, err);
        if (code == SS_OK)
            code = ss_copy_write(writer, batch, err);
        done += part;
    }
    if (code == SS_OK)
        code = ss_copy_write_end(writer, err);
    if (code == SS_OK)
        code = ss_pg_copy_end(p->pg, &taken, err);
    else
        ss_pg_copy_abort(p->pg);
    ss_arena_free(scratch);
    return code;
}

/* Domains may refuse a row on its way into sandseed_new: the one it names is made once more. */
static ss_code
make_acceptable_rows(const patient *p, const uint64_t *rows, size_t n, ss_error *err)
{
    for (;;)
    {
        uint64_t line;
        ss_code code;

        SS_TRY(ss_pg_execf(p->pg, err,
                           "BEGIN; DROP TABLE IF EXISTS pg_temp.sandseed_new;"
                           "CREATE TEMP TABLE sandseed_new (LIKE %s)",
                           p->name));
        code = make_rows(p, rows, n, err);
        if (code == SS_OK)
            return ss_pg_exec(p->pg, "COMMIT", err);
        line = ss_pg_copy_failed_line(p->pg);
        if (line == 0 || line > n ||
            ss_attempts_bump(p->attempts, rows[line - 1]) > SS_ATTEMPTS_MAX)
            return code;
        SS_TRY(ss_pg_exec(p->pg, "ROLLBACK", err));
        *err = (ss_error){.code = SS_OK};
    }
}

/* Replace the rows of sandseed_bad and write down where the new ones stand. */
static ss_code
replace_rows(patient *p, const uint64_t *rows, size_t n, ss_error *err)
{
    const char *list = ss_load_column_list(p->table, p->source->columns, p->source->ncolumns, p->arena);
    const char *places;
    ss_buf numbers = {0};
    const char *params[2];
    ss_pg_result *ignored;
    ss_code code;

    SS_TRY(make_acceptable_rows(p, rows, n, err));
    SS_TRY(ss_pg_execf(p->pg, err,
                       "DELETE FROM ONLY %s t USING pg_temp.sandseed_rows r, pg_temp.sandseed_bad b "
                       "WHERE r.sandseed_n = b.sandseed_n AND t.ctid = r.sandseed_at",
                       p->name));
    SS_TRY(ss_pg_value_of(
        p->pg, p->arena,
        ss_strf(p->arena,
                "WITH i AS (INSERT INTO %s %s OVERRIDING SYSTEM VALUE SELECT %.*s FROM "
                "pg_temp.sandseed_new ORDER BY ctid RETURNING ctid) SELECT pg_catalog.array_agg(ctid)"
                " FROM i",
                p->name, list, list[0] == '\0' ? 1 : (int) (strlen(list) - 2),
                list[0] == '\0' ? " " : list + 1),
        &places, err));
    for (size_t i = 0; i < n; i++)
        ss_buf_printf(&numbers, "%c%llu", i == 0 ? '{' : ',', (unsigned long long) rows[i]);
    ss_buf_putc(&numbers, '}');
    params[0] = ss_buf_text(&numbers);
    params[1] = places;
    code = ss_pg_query(p->pg, p->arena,
                       "WITH new AS (SELECT * FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.int8[]), "
                       "pg_catalog.unnest($2::pg_catalog.tid[])) AS x(n, at)) UPDATE pg_temp.sandseed_rows r SET "
                       "sandseed_at = new.at FROM new WHERE new.n = r.sandseed_n",
                       2, params, &ignored, err);
    ss_buf_done(&numbers);
    return code;
}

/* The rows that sql's "c" names: their numbers, ascending. */
static ss_code
find_bad(patient *p, const char *sql, uint64_t **rows, size_t *n, ss_error *err)
{
    ss_pg_result *res;

    *n = 0;
    if (!p->mapped)
    {
        const char *any;

        SS_TRY(ss_pg_value_of(p->pg, p->arena,
                              ss_strf(p->arena, "SELECT EXISTS (SELECT FROM (%s) bad)", sql), &any,
                              err));
        if (any == NULL || any[0] != 't')
            return SS_OK;
        SS_TRY(map_rows(p, err));
    }
    SS_TRY(ss_pg_execf(p->pg, err,
                       "TRUNCATE pg_temp.sandseed_bad; INSERT INTO pg_temp.sandseed_bad SELECT "
                       "DISTINCT r.sandseed_n FROM (%s) bad JOIN pg_temp.sandseed_rows r ON r.sandseed_at = bad.c",
                       sql));
    SS_TRY(ss_pg_query(p->pg, p->arena, "SELECT sandseed_n FROM pg_temp.sandseed_bad ORDER BY 1", 0, NULL,
                       &res, err));
    *n = ss_pg_rows(res);
    *rows = ss_alloc(p->arena, *n + 1, sizeof **rows);
    for (size_t i = 0; i < *n; i++)
        (void) ss_parse_u64(ss_pg_value(res, i, 0), &(*rows)[i]);
    return SS_OK;
}

/*
 * Many rows of which not one gets right in so many rounds will fail for ever; few rows may just be
 * unlucky, and have as many rounds more as 2,000 contains them.
 */
#define IDLE_ROUNDS_MAX 12
#define IDLE_PATIENCE   2000

static ss_code
give_up(const patient *p, const char *rule, size_t n, ss_error *err)
{
    (void) ss_fail(err, SS_EGATE, "%s: no rows could be made that satisfy \"%s\" (%zu are left)",
                   p->table->label, ss_printable(p->arena, rule), n);
    return ss_hint(err, "Treat its columns differently in the policy, or ask for fewer rows.");
}

/* Make the rows that break a rule again until none does. */
static ss_code
heal(patient *p, const char *rule, const char *sql, bool *changed, ss_error *err)
{
    uint64_t *rows;
    size_t n, fewest = SIZE_MAX, idle = 0;

    for (;;)
    {
        const bool mapped = p->mapped;

        if (find_bad(p, sql, &rows, &n, err) != SS_OK)
            return ss_note(err, "while judging %s by %s", p->table->label,
                           ss_printable(p->arena, rule));
        if (n == 0)
            return SS_OK;
        idle = n < fewest ? 0 : idle + 1;
        fewest = n < fewest ? n : fewest;
        *changed = true;
        for (size_t i = 0; i < n; i++)
        {
            if (idle > IDLE_ROUNDS_MAX + IDLE_PATIENCE / n ||
                ss_attempts_bump(p->attempts, rows[i]) > SS_ATTEMPTS_MAX)
                return give_up(p, rule, n, err);
        }
        p->done->repairs += n;
        SS_TRY(replace_rows(p, rows, n, err));
        SS_TRY(ss_check_interrupt(p->load->watch, err));
        /* The rule was written for rows in their places; now their numbers count: judged anew. */
        if (!mapped)
            return SS_OK;
    }
}

/* One pass over all rules; *changed when one of them had something to mend. */
static ss_code
judge(patient *p, bool *changed, ss_error *err)
{
    *changed = false;
    for (size_t i = 0; i < p->table->nchecks; i++)
    {
        const ss_check *check = &p->table->checks[i];

        if (check->validated)
            SS_TRY(heal(p, check->name, check_sql(p, check), changed, err));
    }
    for (size_t i = 0; i < p->table->nkeys; i++)
    {
        const char *sql = unique_sql(p, &p->table->keys[i]);

        if (sql != NULL)
            SS_TRY(heal(p, p->table->keys[i].name, sql, changed, err));
    }
    for (size_t i = 0; i < p->table->nexclusions; i++)
    {
        const char *sql = exclusion_sql(p, &p->table->exclusions[i]);

        if (sql != NULL)
            SS_TRY(heal(p, p->table->exclusions[i].name, sql, changed, err));
    }
    return ss_check_interrupt(p->load->watch, err);
}

static ss_code
repair_table(ss_load *load, size_t index, size_t worker, ss_arena *arena, ss_error *err)
{
    patient p = {.load = load,
                 .arena = arena,
                 .table = &load->catalog->tables[index],
                 .source = load->made[index],
                 .attempts = load->attempts[index],
                 .done = &load->done[index],
                 .worker = worker};
    bool changed;

    p.name = ss_load_name(p.table, arena);
    /* ONLY a partitioned table has no rows: its leaves are judged through it. */
    if (p.table->kind == SS_TABLE_PARTITIONED)
        return SS_OK;
    SS_TRY(ss_load_session(load, arena, &p.pg, err));
    do
        SS_TRY(judge(&p, &changed, err));
    while (changed);
    ss_pg_close(p.pg);
    return SS_OK;
}

static ss_code
repair_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    repairing *r = arg;
    ss_code code;

    SS_TRY(ss_check_interrupt(r->load->watch, err));
    code = repair_table(r->load, r->tables[job], worker, r->arenas[worker], err);
    ss_arena_reset(r->arenas[worker]);
    return code;
}

/* Children first: what a child has of its own is then merged when its parent's comes down. */
static ss_code
add_checks(const ss_load *load, ss_arena *arena, ss_error *err)
{
    size_t *order = ss_alloc(arena, load->catalog->ntables + 1, sizeof *order);
    ss_pg *pg;

    SS_TRY(ss_load_session(load, arena, &pg, err));
    ss_catalog_parents_first(load->catalog, order, arena);
    for (size_t i = load->catalog->ntables; i > 0; i--)
    {
        const ss_table *table = &load->catalog->tables[order[i - 1]];

        for (size_t c = 0; c < table->nchecks && ss_load_is_made(load, order[i - 1]); c++)
        {
            const ss_check *check = &table->checks[c];
            ss_buf sql = {0};
            ss_code code;

            if (check->inherited)
                continue;
            ss_buf_printf(&sql, "ALTER TABLE %s ADD CONSTRAINT ", ss_load_name(table, arena));
            ss_pg_ident(&sql, check->name);
            ss_buf_printf(&sql, " %s", check->definition);
            code = ss_pg_exec(pg, ss_buf_text(&sql), err);
            ss_buf_done(&sql);
            if (code != SS_OK)
                return ss_note(err, "while adding CHECK \"%s\" to %s again",
                               ss_printable(arena, check->name), table->label);
        }
    }
    ss_pg_close(pg);
    return SS_OK;
}

ss_code
ss_load_repair(ss_load *load, ss_arena *arena, ss_error *err)
{
    size_t *tables = ss_alloc(arena, load->catalog->ntables + 1, sizeof *tables), n = 0;
    repairing r = {.load = load, .tables = tables};
    ss_code code;

    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        if (load->made != NULL && load->made[t] != NULL)
            tables[n++] = t;
    }
    if (n == 0)
        return SS_OK;
    r.arenas = ss_alloc(arena, load->jobs + 1, sizeof *r.arenas);
    for (size_t i = 0; i < load->jobs; i++)
        r.arenas[i] = ss_arena_new(arena);
    code = ss_pool_run(n, load->jobs, repair_job, &r, err);
    for (size_t i = 0; i < load->jobs; i++)
        ss_arena_free(r.arenas[i]);
    SS_TRY(code);
    return add_checks(load, arena, err);
}
