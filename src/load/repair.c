/*
 * The server judges, and rows that fail are made again (design 5.3).
 *
 * Made tables stand here without CHECKs and without indexes.  First every row is judged by itself
 * (CHECKs, and whatever an index would compute of it); where rows fail, they go through the sieve
 * (load_internal.h) and take the place of the bad ones.  Then the rules over several rows: unique keys
 * and exclusions, by the server's own machinery.  Of rows that exclude each other the one with the
 * smallest number stays.
 *
 * Rows are told apart by the order in which they were loaded: one COPY in the transaction that
 * truncated the table, which fills page after page and never goes back to free space
 * (TABLE_INSERT_SKIP_FSM), so the order of ctid is the order of row numbers.  That mapping is taken
 * down when a table has its first failure (sandseed_rows) and kept up to date.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"

/* Rounds in which no row was mended: more of them where few are left, and each may find its place by chance. */
#define IDLE_ROUNDS_MAX 12
#define IDLE_PATIENCE   400
#define RELOAD_SHARE    8 /* more bad rows than an eighth: the table is loaded again, whole */

typedef struct repairing
{
    ss_load *load;
    const size_t *tables;
    ss_arena **arenas;   /* per worker */
    ss_arena **sessions; /* per worker: of its connection */
    ss_pg **connections;
} repairing;

/* --- rows by themselves ------------------------------------------------------------------------- */

/* How many rows break a rule?  Judged row by row when an expression raises. */
static ss_code
count_bad(ss_sieve *s, uint64_t *n, ss_error *err)
{
    for (;;)
    {
        const char *count;
        const ss_code code =
            ss_pg_value_of(s->pg, s->scratch,
                           ss_strf(s->scratch, "SELECT pg_catalog.count(*) FROM %s%s WHERE %s > 0",
                                   s->only, s->name, ss_sieve_verdict_in_place(s)),
                           &count, err);

        *n = 0;
        if (code == SS_OK)
        {
            (void) ss_parse_u64(count, n);
            ss_arena_reset(s->scratch);
            return SS_OK;
        }
        if (s->careful || !ss_load_row_refused(err))
            return ss_note(err, "while judging the rows of %s", s->table->label);
        *err = (ss_error){.code = SS_OK};
        SS_TRY(ss_sieve_be_careful(s, err));
    }
}

static ss_code
judge_rows(ss_sieve *s, ss_error *err)
{
    uint64_t bad;

    if (s->rules.n < 2)
        return SS_OK;
    SS_TRY(count_bad(s, &bad, err));
    if (bad == 0)
        return SS_OK;
    if (bad > s->source->nrows / RELOAD_SHARE || s->table->kind == SS_TABLE_PARTITIONED)
        return ss_sieve_reload(s, err);
    SS_TRY(ss_sieve_map(s, err));
    SS_TRY(ss_pg_execf(
        s->pg, err,
        "TRUNCATE pg_temp.sandseed_bad; INSERT INTO pg_temp.sandseed_bad SELECT m.n FROM "
        "(SELECT tableoid AS o, ctid AS c, %s AS v FROM %s%s OFFSET 0) b JOIN "
        "pg_temp.sandseed_rows m ON m.at = b.c AND m.o = b.o WHERE b.v > 0",
        ss_sieve_verdict_in_place(s), s->only, s->name));
    return ss_sieve_replace_bad(s, "its CHECKs", err);
}

/* --- rules over several rows -------------------------------------------------------------------- */

typedef struct set_rule
{
    const char *name;
    const char *table;   /* ONLY "schema"."table": the root, or a leaf with a rule of its own */
    const char *plain;   /* the columns of a plain unique key; or NULL */
    const char *present; /* its rows that count: those without NULL */
    const char *
        trial; /* a statement that builds it over the table, and refuses when rows exclude each other */
    const char *build; /* the same over pg_temp.sandseed_set */
} set_rule;

/* What follows the method's name in a definition: from " USING " on, outside of quotes; or NULL. */
static const char *
find_using(const char *definition)
{
    bool in_name = false, in_text = false;

    for (const char *at = definition; *at != '\0'; at++)
    {
        if (*at == '"' && !in_text)
            in_name = !in_name;
        else if (*at == '\'' && !in_name)
            in_text = !in_text;
        else if (!in_name && !in_text && strncmp(at, " USING ", 7) == 0)
            return at;
    }
    return NULL;
}

/* A constraint's definition without what says when it is checked. */
static const char *
immediate(const char *definition, ss_arena *arena)
{
    static const char *const words[] = {" DEFERRABLE", " NOT DEFERRABLE"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    {
        const size_t n = strlen(definition), m = strlen(words[i]);
        const char *at = strstr(definition, words[i]);

        /* It stands at the end, INITIALLY DEFERRED behind it at most. */
        if (at != NULL &&
            (at + m == definition + n || strncmp(at + m, " INITIALLY DEFERRED", 19) == 0))
            return ss_strndup(arena, definition, (size_t) (at - definition));
    }
    return definition;
}

static void
plain_columns(const ss_table *table, const ss_key *key, ss_arena *arena, set_rule *rule)
{
    ss_buf list = {0}, present = {0};

    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const ss_column *column = ss_table_attribute(table, key->attnums[i]);

        ss_buf_puts(&list, i == 0 ? "" : ", ");
        ss_pg_ident(&list, column->name);
        ss_buf_puts(&present, i == 0 ? "" : " AND ");
        ss_pg_ident(&present, column->name);
        /* A composite is there even when one of its fields is NULL. */
        ss_buf_puts(&present, " IS DISTINCT FROM NULL");
    }
    rule->plain = ss_strdup(arena, ss_buf_text(&list));
    rule->present = key->nulls_not_distinct ? "true" : ss_strdup(arena, ss_buf_text(&present));
    ss_buf_done(&list);
    ss_buf_done(&present);
}

/* False when there is nothing to judge. */
static bool
rule_of_key(const ss_table *table, const ss_key *key, const char *from, ss_arena *arena,
            set_rule *rule)
{
    const char *using = key->constraint ? NULL : find_using(key->definition);

    *rule = (set_rule){.name = key->name, .table = from};
    if (!key->valid)
        return false;
    if (key->constraint ||
        (!key->partial && !key->expression && using != NULL && strstr(using, " COLLATE ") == NULL))
    {
        plain_columns(table, key, arena, rule);
        return true;
    }
    if (using == NULL)
        return false;
    rule->trial = ss_strf(arena, "CREATE UNIQUE INDEX sandseed_trial ON %s%s", from, using);
    rule->build =
        ss_strf(arena, "CREATE UNIQUE INDEX sandseed_build ON pg_temp.sandseed_set%s", using);
    return true;
}

static void
rule_of_exclusion(const ss_exclusion *x, const char *from, ss_arena *arena, set_rule *rule)
{
    const char *definition = immediate(x->definition, arena);

    *rule = (set_rule){.name = x->name, .table = from};
    rule->trial = ss_strf(arena, "ALTER TABLE %s ADD %s", from, definition);
    rule->build = ss_strf(arena, "ALTER TABLE pg_temp.sandseed_set ADD %s", definition);
}

/* Do all rows satisfy it as they are? */
static ss_code
satisfied(ss_sieve *s, const set_rule *rule, bool *yes, ss_error *err)
{
    const char *any = NULL;
    ss_code code;

    if (rule->plain != NULL)
    {
        SS_TRY(ss_pg_value_of(s->pg, s->scratch,
                              ss_strf(s->scratch,
                                      "SELECT EXISTS (SELECT FROM %s WHERE %s GROUP BY %s HAVING "
                                      "pg_catalog.count(*) > 1)",
                                      rule->table, rule->present, rule->plain),
                              &any, err));
        *yes = any != NULL && any[0] == 'f';
        ss_arena_reset(s->scratch);
        return SS_OK;
    }
    code = ss_pg_execf(s->pg, err, "BEGIN; %s", rule->trial);
    if (code != SS_OK && strncmp(err->sqlstate, "23", 2) != 0)
        return code;
    *yes = code == SS_OK;
    *err = (ss_error){.code = SS_OK};
    return ss_pg_exec(s->pg, "ROLLBACK", err);
}

/* sandseed_bad: the rows that a row with a smaller number excludes. */
static ss_code
find_excluded(ss_sieve *s, const set_rule *rule, ss_error *err)
{
    SS_TRY(ss_sieve_map(s, err));
    SS_TRY(ss_pg_exec(s->pg, "TRUNCATE pg_temp.sandseed_bad", err));
    if (rule->plain != NULL)
        return ss_pg_execf(
            s->pg, err,
            "INSERT INTO pg_temp.sandseed_bad SELECT sandseed_n FROM (SELECT sandseed_n, "
            "pg_catalog.row_number() OVER (PARTITION BY %s ORDER BY sandseed_n) AS sandseed_k "
            "FROM (SELECT t.*, m.n AS sandseed_n FROM %s t JOIN pg_temp.sandseed_rows m ON "
            "m.at = t.ctid AND m.o = t.tableoid) own WHERE %s) u WHERE sandseed_k > 1",
            rule->plain, rule->table, rule->present);
    return ss_pg_execf(s->pg, err,
                       "CREATE TEMP TABLE sandseed_set (LIKE %s, sandseed_n pg_catalog.int8); %s;"
                       "INSERT INTO pg_temp.sandseed_set SELECT t.*, m.n FROM %s t JOIN "
                       "pg_temp.sandseed_rows m ON "
                       "m.at = t.ctid AND m.o = t.tableoid ORDER BY m.n ON CONFLICT DO NOTHING;"
                       "INSERT INTO pg_temp.sandseed_bad SELECT m.n FROM pg_temp.sandseed_rows m "
                       "JOIN %s t ON m.at = t.ctid "
                       "AND m.o = t.tableoid WHERE NOT EXISTS (SELECT FROM pg_temp.sandseed_set k "
                       "WHERE k.sandseed_n = m.n);"
                       "DROP TABLE pg_temp.sandseed_set",
                       strncmp(rule->table, "ONLY ", 5) == 0 ? rule->table + 5 : rule->table,
                       rule->build, rule->table, rule->table);
}

static ss_code
heal(ss_sieve *s, const set_rule *rule, bool *changed, ss_error *err)
{
    uint64_t fewest = UINT64_MAX;

    for (size_t idle = 0;;)
    {
        const char *count;
        uint64_t n = 0;
        bool yes;

        if (satisfied(s, rule, &yes, err) != SS_OK)
            return ss_note(err, "while judging %s by %s", s->table->label,
                           ss_printable(s->arena, rule->name));
        if (yes)
            return SS_OK;
        if (find_excluded(s, rule, err) != SS_OK)
            return ss_note(err, "while judging %s by %s", s->table->label,
                           ss_printable(s->arena, rule->name));
        SS_TRY(ss_pg_value_of(s->pg, s->scratch,
                              "SELECT pg_catalog.count(*) FROM pg_temp.sandseed_bad", &count, err));
        (void) ss_parse_u64(count, &n);
        ss_arena_reset(s->scratch);
        idle = n < fewest ? 0 : idle + 1;
        fewest = n < fewest ? n : fewest;
        if (n == 0 || idle > IDLE_ROUNDS_MAX + IDLE_PATIENCE / n)
            return ss_sieve_give_up(s, rule->name, n, err);
        *changed = true;
        SS_TRY(ss_sieve_replace_bad(s, rule->name, err));
    }
}

/* Has the root a key of the same columns?  Then its leaves' copies need no judgement of their own. */
static bool
is_roots(const ss_table *root, const ss_table *leaf, const ss_key *key)
{
    for (size_t i = 0; i < root->nkeys; i++)
    {
        const ss_key *other = &root->keys[i];
        const char *a = find_using(key->definition), *b = find_using(other->definition);

        if (leaf == root || key->constraint != other->constraint)
            continue;
        if (key->constraint ? strcmp(key->definition, other->definition) == 0
                            : a != NULL && b != NULL && strcmp(a, b) == 0)
            return true;
    }
    return false;
}

/* One pass over all rules of one table that holds rows of ours; *changed when one had something to mend. */
static ss_code
judge_sets(ss_sieve *s, const ss_table *table, bool *changed, ss_error *err)
{
    const char *from = ss_strf(s->arena, "%s%s", table->kind == SS_TABLE_PARTITIONED ? "" : "ONLY ",
                               ss_load_name(table, s->arena));
    set_rule rule;

    for (size_t i = 0; i < table->nkeys; i++)
    {
        if (rule_of_key(table, &table->keys[i], from, s->arena, &rule) &&
            !is_roots(s->table, table, &table->keys[i]))
            SS_TRY(heal(s, &rule, changed, err));
    }
    for (size_t i = 0; i < table->nexclusions; i++)
    {
        rule_of_exclusion(&table->exclusions[i], from, s->arena, &rule);
        SS_TRY(heal(s, &rule, changed, err));
    }
    return ss_check_interrupt(s->load->watch, err);
}

static ss_code
judge_all_sets(ss_sieve *s, bool *changed, ss_error *err)
{
    const ss_catalog *catalog = s->load->catalog;

    *changed = false;
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        if (table == s->table || (table->is_partition && ss_table_root(catalog, table) == s->table))
            SS_TRY(judge_sets(s, table, changed, err));
    }
    return SS_OK;
}

ss_code
ss_load_judge_sets(ss_sieve *s, ss_error *err)
{
    bool changed;

    do
        SS_TRY(judge_all_sets(s, &changed, err));
    while (changed);
    return SS_OK;
}

/* --- one table, all tables ---------------------------------------------------------------------- */

static ss_code
repair_table(repairing *r, size_t index, size_t worker, ss_error *err)
{
    ss_sieve s;

    if (r->connections[worker] == NULL)
        SS_TRY(ss_load_session(r->load, r->sessions[worker], &r->connections[worker], err));
    SS_TRY(
        ss_sieve_open(&s, r->load, index, worker, r->connections[worker], r->arenas[worker], err));
    SS_TRY(judge_rows(&s, err));
    SS_TRY(ss_load_judge_sets(&s, err));
    return ss_sieve_close(&s, err);
}

static ss_code
repair_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    repairing *r = arg;
    ss_code code;

    SS_TRY(ss_check_interrupt(r->load->watch, err));
    code = repair_table(r, r->tables[job], worker, err);
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

            if (!ss_load_check_is_off(load, table, check, arena))
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
    r.sessions = ss_alloc(arena, load->jobs + 1, sizeof *r.sessions);
    r.connections = ss_alloc(arena, load->jobs + 1, sizeof(ss_pg *));
    for (size_t i = 0; i < load->jobs; i++)
    {
        r.arenas[i] = ss_arena_new(arena);
        r.sessions[i] = ss_arena_new(arena);
    }
    code = ss_pool_run(n, load->jobs, repair_job, &r, err);
    for (size_t i = 0; i < load->jobs; i++)
    {
        ss_arena_free(r.arenas[i]);
        ss_arena_free(r.sessions[i]);
    }
    SS_TRY(code);
    SS_TRY(ss_load_repair_views(load, arena, err));
    return add_checks(load, arena, err);
}
