/* The sieve: see load_internal.h.  Made rows are staged, judged by the server, made again. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"

/*
 * Many rows of which not one gets through in so many rounds will fail for ever; few rows may just be
 * unlucky, and have as many rounds more as 2,000 contains them.
 */
#define IDLE_ROUNDS_MAX 12
#define IDLE_PATIENCE   2000

/*
 * How many candidates one row costs is seen after some rounds, the first of which take the easy rows out.
 * A rule that hardly any candidate satisfies (a + b = 100) is given up then, not a thousand rounds later,
 * unless the table is small enough for patience to pay.
 */
#define ROUNDS_SEEN    10
#define ROUNDS_JUDGED  30
#define LEFT_TELLING   64        /* fewer rows say nothing of a rate */
#define CANDIDATES_MAX 5000000.0 /* for all rows that are left of a table */

/* --- its statements ----------------------------------------------------------------------------- */

/* The type of a column in sandseed_raw: nothing that could refuse a value that it was made for. */
static const char *
raw_type(const ss_sieve *s, const ss_column *column)
{
    const ss_catalog *catalog = s->load->catalog;
    const ss_type *type;

    if (column->type == SS_NONE || catalog->types[column->type].kind != SS_TYPE_DOMAIN)
        return column->type_text;
    type = &catalog->types[ss_catalog_base_type(catalog, column->type)];
    return ss_pg_qualified(s->arena, type->schema, type->name);
}

static const char *
raw_columns(const ss_sieve *s)
{
    ss_buf sql = {0};
    char *text;

    for (size_t i = 0; i < s->source->ncolumns; i++)
    {
        const ss_column *column = &s->table->columns[s->source->columns[i]];

        ss_buf_puts(&sql, ", ");
        ss_pg_ident(&sql, column->name);
        ss_buf_printf(&sql, " %s", raw_type(s, column));
    }
    text = ss_strdup(s->arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return text;
}

/* ROW(alias."a", NULL, ...)::table; generated: with their expressions, over the table's own name. */
static void
put_row(const ss_sieve *s, ss_buf *sql, const char *alias, bool generated)
{
    ss_buf_puts(sql, "ROW(");
    for (size_t c = 0; c < s->table->ncolumns; c++)
    {
        const ss_column *column = &s->table->columns[c];
        bool made = generated;

        for (size_t i = 0; i < s->source->ncolumns; i++)
            made = made || s->source->columns[i] == c;
        ss_buf_puts(sql, c == 0 ? "" : ", ");
        if (column->generated != SS_GENERATED_NOT && generated)
            ss_buf_printf(sql, "(%s)", column->default_expr);
        else if (made && column->generated == SS_GENERATED_NOT)
        {
            ss_buf_printf(sql, "%s.", alias);
            ss_pg_ident(sql, column->name);
        }
        else
            ss_buf_puts(sql, "NULL");
    }
    ss_buf_printf(sql, ")::%s", s->name);
}

static bool
has_generated(const ss_table *table)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (table->columns[c].generated != SS_GENERATED_NOT)
            return true;
    }
    return false;
}

/* A row of sandseed_raw r as the table would hold it. */
static const char *
typed_row(const ss_sieve *s)
{
    ss_buf sql = {0}, alias = {0};
    char *text;

    ss_pg_ident(&alias, s->table->name);
    if (has_generated(s->table))
    {
        ss_buf_puts(&sql, "(SELECT ");
        put_row(s, &sql, ss_buf_text(&alias), true);
        ss_buf_puts(&sql, " FROM pg_catalog.unnest(ARRAY[");
        put_row(s, &sql, "r", false);
        ss_buf_printf(&sql, "]) AS %s)", ss_buf_text(&alias));
    }
    else
        put_row(s, &sql, "r", false);
    text = ss_strdup(s->arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    ss_buf_done(&alias);
    return text;
}

static const char *
alias_of(const ss_sieve *s)
{
    ss_buf alias = {0};
    char *text;

    ss_pg_ident(&alias, s->table->name);
    text = ss_strdup(s->arena, ss_buf_text(&alias));
    ss_buf_done(&alias);
    return text;
}

const char *
ss_sieve_verdict_in_place(const ss_sieve *s)
{
    return s->careful ? ss_strf(s->arena, "pg_temp.sandseed_judge(%s.*)", alias_of(s)) : s->verdict;
}

/* Verdicts on the candidates behind number $1: those that are not 0. */
static const char *
judge_sql(const ss_sieve *s)
{
    if (s->careful)
        return ss_strf(
            s->scratch,
            "SELECT * FROM (SELECT r.sandseed_n, pg_temp.sandseed_judge_raw(r.*) FROM "
            "pg_temp.sandseed_raw r WHERE r.sandseed_n > $1) x(n, v) WHERE v > 0 ORDER BY n");
    return ss_strf(
        s->scratch,
        "SELECT * FROM (SELECT q.sandseed_n, %s FROM (SELECT r.sandseed_n, %s AS sandseed_row "
        "FROM pg_temp.sandseed_raw r WHERE r.sandseed_n > $1 OFFSET 0) q, LATERAL "
        "pg_catalog.unnest(ARRAY[q.sandseed_row]) AS %s) x(n, v) WHERE v > 0 ORDER BY n",
        s->verdict, s->row, alias_of(s));
}

/* --- opening and closing ------------------------------------------------------------------------ */

static ss_code
make_functions(ss_sieve *s, ss_error *err)
{
    static const char caught[] = " EXCEPTION WHEN OTHERS THEN IF pg_catalog.left(SQLSTATE, 2) IN "
                                 "('08', '0A', '40', '42', '53', "
                                 "'55', '57', '58', 'XX') THEN RAISE; END IF; RETURN ";
    ss_buf body = {0}, sql = {0};
    ss_code code;

    ss_buf_puts(&body, "#variable_conflict use_column\nDECLARE sandseed_at pg_catalog.int4 := 0; "
                       "sandseed_broken pg_catalog.bool; BEGIN ");
    for (size_t i = 1; i < s->rules.n; i++)
        ss_buf_printf(
            &body,
            "sandseed_at := %zu; SELECT NOT (%s) INTO sandseed_broken FROM "
            "pg_catalog.unnest(ARRAY[sandseed_row]) AS %s; IF sandseed_broken THEN RETURN "
            "sandseed_at; END IF; ",
            i + 1, s->rules.sql[i], alias_of(s));
    ss_buf_printf(&body, "RETURN 0;%s sandseed_at; END", caught);
    ss_buf_printf(&sql,
                  "CREATE OR REPLACE FUNCTION pg_temp.sandseed_judge(sandseed_row %s) RETURNS "
                  "pg_catalog.int4 LANGUAGE plpgsql AS ",
                  s->name);
    ss_pg_literal(&sql, ss_buf_text(&body));
    code = ss_pg_exec(s->pg, ss_buf_text(&sql), err);
    ss_buf_clear(&body);
    ss_buf_clear(&sql);
    ss_buf_printf(
        &body,
        "#variable_conflict use_column\nDECLARE sandseed_row %s; BEGIN sandseed_row := %s; "
        "RETURN pg_temp.sandseed_judge(sandseed_row);%s %d; END",
        s->name, s->row, caught, SS_RULE_TYPES);
    ss_buf_puts(&sql,
                "CREATE OR REPLACE FUNCTION pg_temp.sandseed_judge_raw(r pg_temp.sandseed_raw) "
                "RETURNS pg_catalog.int4 LANGUAGE plpgsql AS ");
    ss_pg_literal(&sql, ss_buf_text(&body));
    if (code == SS_OK)
        code = ss_pg_exec(s->pg, ss_buf_text(&sql), err);
    ss_buf_done(&body);
    ss_buf_done(&sql);
    if (code != SS_OK)
        return ss_note(err, "while preparing to judge %s row by row", s->table->label);
    return SS_OK;
}

static ss_code
make_tables(ss_sieve *s, ss_error *err)
{
    if (s->opened)
        return SS_OK;
    s->opened = true;
    if (ss_pg_execf(s->pg, err,
                    "CREATE TEMP TABLE sandseed_raw (sandseed_n pg_catalog.int8 GENERATED ALWAYS "
                    "AS IDENTITY%s);"
                    "CREATE TEMP TABLE sandseed_rows (n pg_catalog.int8, o pg_catalog.oid, at "
                    "pg_catalog.tid);"
                    "CREATE TEMP TABLE sandseed_bad (n pg_catalog.int8)",
                    raw_columns(s)) != SS_OK)
        return ss_note(err, "while preparing to repair %s", s->table->label);
    s->batch = ss_batch_new(s->arena, s->source->forms, s->source->ncolumns);
    s->columns = ss_load_columns(s->load, s->index, s->source->columns, s->source->ncolumns,
                                 &s->format, s->arena);
    s->numbers = ss_alloc(s->arena, SS_BATCH_ROWS, sizeof *s->numbers);
    s->rows = ss_alloc(s->arena, SS_SIEVE_ROWS, sizeof *s->rows);
    s->places = ss_alloc(s->arena, SS_SIEVE_ROWS, sizeof *s->places);
    s->left = ss_alloc(s->arena, SS_SIEVE_ROWS, sizeof *s->left);
    s->which = ss_alloc(s->arena, SS_SIEVE_ROWS, sizeof *s->which);
    return SS_OK;
}

ss_code
ss_sieve_open(ss_sieve *s, ss_load *load, size_t index, size_t worker, ss_pg *pg, ss_arena *arena,
              ss_error *err)
{
    const char *list;

    *s = (ss_sieve){.load = load,
                    .pg = pg,
                    .arena = arena,
                    .scratch = ss_arena_new(arena),
                    .index = index,
                    .table = &load->catalog->tables[index],
                    .source = load->made[index],
                    .attempts = load->attempts[index],
                    .done = &load->done[index],
                    .worker = worker};
    s->name = ss_load_name(s->table, arena);
    s->only = s->table->kind == SS_TABLE_PARTITIONED ? "" : "ONLY ";
    list = ss_load_column_list(s->table, s->source->columns, s->source->ncolumns, arena);
    s->list = list[0] == '\0' ? "" : ss_strndup(arena, list + 1, strlen(list) - 2);
    s->row = typed_row(s);
    SS_TRY(ss_load_row_rules(load, index, pg, &s->rules, arena, err));
    s->verdict = ss_load_verdict(&s->rules, arena);
    return SS_OK;
}

ss_code
ss_sieve_close(ss_sieve *s, ss_error *err)
{
    if (!s->opened)
        return SS_OK;
    s->opened = s->mapped = false;
    return ss_pg_execf(
        s->pg, err,
        "DROP FUNCTION IF EXISTS pg_temp.sandseed_judge(%s);"
        "DROP TABLE pg_temp.sandseed_raw, pg_temp.sandseed_rows, pg_temp.sandseed_bad CASCADE",
        s->name);
}

ss_code
ss_sieve_be_careful(ss_sieve *s, ss_error *err)
{
    SS_TRY(make_tables(s, err));
    SS_TRY(make_functions(s, err));
    s->careful = true;
    return SS_OK;
}

/* --- staging ------------------------------------------------------------------------------------ */

/* left[0 .. n) into sandseed_raw; SS_OK, or a refusal with *line the candidate it names. */
static ss_code
copy_candidates(ss_sieve *s, size_t n, uint64_t *line, ss_error *err)
{
    ss_copy_writer *writer =
        ss_copy_writer_new(s->scratch, s->pg, s->format, s->columns, s->source->ncolumns);
    uint64_t taken;
    ss_code code;

    *line = 0;
    SS_TRY(
        ss_pg_copy_in(s->pg,
                      ss_strf(s->scratch, "COPY pg_temp.sandseed_raw (%s) FROM STDIN (FORMAT %s)",
                              s->list, s->format == SS_COPY_BINARY ? "binary" : "text"),
                      err));
    code = SS_OK;
    for (size_t done = 0; code == SS_OK && done < n;)
    {
        const size_t part = n - done > SS_BATCH_ROWS ? SS_BATCH_ROWS : n - done;

        for (size_t i = 0; i < part; i++)
            s->numbers[i] = ss_attempts_get(s->attempts, s->left[done + i]);
        ss_batch_clear(s->batch);
        code = s->source->make(s->source->arg, s->worker, 0, s->left + done, s->numbers, part,
                               s->batch, err);
        if (code == SS_OK)
            code = ss_copy_write(writer, s->batch, err);
        done += part;
    }
    if (code == SS_OK)
        code = ss_copy_write_end(writer, err);
    if (code != SS_OK)
    {
        ss_pg_copy_abort(s->pg);
        return code;
    }
    code = ss_pg_copy_end(s->pg, &taken, err);
    if (code != SS_OK)
        *line = ss_pg_copy_failed_line(s->pg);
    return code;
}

ss_code
ss_sieve_give_up(const ss_sieve *s, const char *rule, uint64_t n, ss_error *err)
{
    (void) ss_fail(err, SS_EGATE, "%s: no rows could be made that satisfy \"%s\" (%llu are left)",
                   s->table->label, ss_printable(s->arena, rule), (unsigned long long) n);
    return ss_hint(
        err, "Treat its columns differently in the policy, give the table mode keep or empty, or "
             "ask for fewer rows.");
}

/* Stage the rows that are left.  A value that even a base type refuses is made once more. */
static ss_code
stage(ss_sieve *s, size_t n, ss_error *err)
{
    for (;;)
    {
        uint64_t line;
        const ss_code code = copy_candidates(s, n, &line, err);

        if (code == SS_OK)
            break;
        if (line == 0 || line > n || !ss_load_row_refused(err))
            return code;
        if (ss_attempts_bump(s->attempts, &s->left[line - 1], 1) > SS_ATTEMPTS_MAX)
            return ss_sieve_give_up(s, s->rules.names[SS_RULE_TYPES - 1], n, err);
        *err = (ss_error){.code = SS_OK};
        s->done->repairs++;
        /* The numbers that the refused COPY drew are drawn again. */
        SS_TRY(ss_pg_execf(s->pg, err,
                           "ALTER TABLE pg_temp.sandseed_raw ALTER sandseed_n RESTART WITH %llu",
                           (unsigned long long) s->last + 1));
        SS_TRY(ss_check_interrupt(s->load->watch, err));
    }
    for (size_t i = 0; i < n; i++)
        s->places[s->which[i]] = s->last + i + 1;
    s->last += n;
    return SS_OK;
}

/* Which of the n candidates last staged are bad?  They stay in left; *rule: what most of them break. */
static ss_code
judge(ss_sieve *s, size_t n, size_t *nbad, size_t *rule, ss_error *err)
{
    const uint64_t first = s->last - n;
    char *const number = ss_strf(s->scratch, "%llu", (unsigned long long) first);
    size_t *const counts = ss_alloc(s->scratch, s->rules.n + 1, sizeof *counts);
    const char *const params[1] = {number};
    ss_pg_result *res;
    ss_code code = ss_pg_query(s->pg, s->scratch, judge_sql(s), 1, params, &res, err);

    if (code != SS_OK && !s->careful && ss_load_row_refused(err))
    {
        *err = (ss_error){.code = SS_OK};
        SS_TRY(ss_sieve_be_careful(s, err));
        code = ss_pg_query(s->pg, s->scratch, judge_sql(s), 1, params, &res, err);
    }
    if (code != SS_OK)
        return ss_note(err, "while judging rows of %s", s->table->label);
    *nbad = ss_pg_rows(res);
    *rule = SS_RULE_TYPES;
    for (size_t i = 0; i < *nbad; i++)
    {
        uint64_t place = 0, broken = SS_RULE_TYPES;

        (void) ss_parse_u64(ss_pg_value(res, i, 0), &place);
        (void) ss_parse_u64(ss_pg_value(res, i, 1), &broken);
        if (place <= first || place > s->last || broken > s->rules.n)
            return ss_fail(err, SS_EBUG, "%s: a candidate that was not asked for", s->table->label);
        s->left[i] = s->left[place - first - 1];
        s->which[i] = s->which[place - first - 1];
        if (++counts[broken] > counts[*rule])
            *rule = (size_t) broken;
    }
    return SS_OK;
}

/* Too dear: left rows of now and those ahead, of which seen fell to left in the rounds between. */
static ss_code
judge_rate(const ss_sieve *s, size_t seen, size_t left, const char *rule, ss_error *err)
{
    const double rate = log((double) seen / (double) left) / (double) (ROUNDS_JUDGED - ROUNDS_SEEN);

    if (left < LEFT_TELLING || (log((double) left) < rate * (SS_ATTEMPTS_MAX - ROUNDS_JUDGED) &&
                                ((double) left + (double) s->ahead) < rate * CANDIDATES_MAX))
        return SS_OK;
    (void) ss_fail(err, SS_EGATE, "%s: too few rows satisfy \"%s\": %s, %llu are left",
                   s->table->label, ss_printable(s->arena, rule),
                   rate > 0 ? ss_strf(s->arena, "about 1 in %.0f", 1 / rate)
                            : "none of the last tries",
                   (unsigned long long) left + s->ahead);
    return ss_hint(
        err, "A rule that ties columns together exactly is met by chance only: give the table "
             "mode keep or empty, treat those columns differently, or ask for fewer rows.");
}

ss_code
ss_sieve_rows(ss_sieve *s, const uint64_t *rows, size_t n, ss_error *err)
{
    size_t left = n, idle = 0, round = 0, seen = 0;

    SS_TRY(make_tables(s, err));
    SS_TRY(ss_pg_exec(s->pg, "TRUNCATE pg_temp.sandseed_raw RESTART IDENTITY", err));
    s->last = 0;
    s->n = n;
    for (size_t i = 0; i < n; i++)
    {
        s->rows[i] = s->left[i] = rows[i];
        s->which[i] = i;
    }
    while (left > 0)
    {
        const size_t before = left;
        size_t rule = SS_RULE_TYPES;

        SS_TRY(stage(s, left, err));
        SS_TRY(judge(s, left, &left, &rule, err));
        ss_arena_reset(s->scratch);
        idle = left < before ? 0 : idle + 1;
        if (left == 0)
            break;
        if (idle > IDLE_ROUNDS_MAX + IDLE_PATIENCE / left ||
            ss_attempts_bump(s->attempts, s->left, left) > SS_ATTEMPTS_MAX)
            return ss_sieve_give_up(s, s->rules.names[rule - 1], left, err);
        if (++round == ROUNDS_SEEN)
            seen = left;
        else if (round == ROUNDS_JUDGED)
            SS_TRY(judge_rate(s, seen, left, s->rules.names[rule - 1], err));
        s->done->repairs += left;
        SS_TRY(ss_check_interrupt(s->load->watch, err));
    }
    return SS_OK;
}

/* --- into the table ----------------------------------------------------------------------------- */

/* {1,2,3} */
static const char *
array_of(const ss_sieve *s, const uint64_t *list)
{
    ss_buf text = {0};
    char *copy;

    for (size_t i = 0; i < s->n; i++)
        ss_buf_printf(&text, "%c%llu", i == 0 ? '{' : ',', (unsigned long long) list[i]);
    ss_buf_puts(&text, s->n == 0 ? "{}" : "}");
    copy = ss_strdup(s->scratch, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

/* Beside the table's own columns, which may have any name but sandseed's. */
#define SIEVED                                                                                     \
    "x AS MATERIALIZED (SELECT * FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.int8[]), "       \
    "pg_catalog.unnest($2::pg_catalog.int8[])) WITH ORDINALITY AS x(sandseed_x, "                  \
    "sandseed_place, sandseed_k))"

/* What came through last, in the order of its numbers; places into sandseed_rows when it is mapped. */
static ss_code
insert(ss_sieve *s, bool replaces, ss_error *err)
{
    const char *const params[2] = {array_of(s, s->rows), array_of(s, s->places)};
    const char *place;
    ss_pg_result *ignored;
    ss_code code;

    if (!s->mapped)
        place = "SELECT pg_catalog.count(*) FROM i";
    else if (replaces)
        place = "UPDATE pg_temp.sandseed_rows m SET o = p.o, at = p.at FROM p JOIN x ON "
                "x.sandseed_k = p.k WHERE m.n = x.sandseed_x";
    else
        place = "INSERT INTO pg_temp.sandseed_rows SELECT x.sandseed_x, p.o, p.at FROM p JOIN x ON "
                "x.sandseed_k = p.k";
    code = ss_pg_query(
        s->pg, s->scratch,
        ss_strf(s->scratch,
                "WITH " SIEVED
                ", i AS (INSERT INTO %s %s%s%s OVERRIDING SYSTEM VALUE SELECT %s FROM "
                "pg_temp.sandseed_raw r JOIN x ON x.sandseed_place = r.sandseed_n ORDER BY "
                "x.sandseed_x RETURNING "
                "tableoid, ctid), p AS (SELECT tableoid AS o, ctid AS at, pg_catalog.row_number() "
                "OVER () "
                "AS k FROM i) %s",
                s->name, s->list[0] == '\0' ? "" : "(", s->list, s->list[0] == '\0' ? "" : ")",
                s->list, place),
        2, params, &ignored, err);
    ss_arena_reset(s->scratch);
    if (code != SS_OK)
        return ss_note(err, "while loading rows of %s", s->table->label);
    return SS_OK;
}

ss_code
ss_sieve_reload(ss_sieve *s, ss_error *err)
{
    uint64_t *rows = ss_alloc(s->arena, SS_SIEVE_ROWS, sizeof *rows);

    SS_TRY(make_tables(s, err));
    SS_TRY(
        ss_pg_execf(s->pg, err, "TRUNCATE %s%s; TRUNCATE pg_temp.sandseed_rows", s->only, s->name));
    /* Unlike COPY in the transaction that truncates, INSERT goes back to pages with room. */
    s->mapped = s->attempts->moved = true;
    for (uint64_t first = 0; first < s->source->nrows; first += SS_SIEVE_ROWS)
    {
        const uint64_t left = s->source->nrows - first;
        const size_t n = left < SS_SIEVE_ROWS ? (size_t) left : SS_SIEVE_ROWS;

        for (size_t i = 0; i < n; i++)
            rows[i] = first + i;
        s->ahead = left - n;
        SS_TRY(ss_sieve_rows(s, rows, n, err));
        SS_TRY(insert(s, false, err));
    }
    return SS_OK;
}

ss_code
ss_sieve_map(ss_sieve *s, ss_error *err)
{
    SS_TRY(make_tables(s, err));
    if (s->mapped)
        return SS_OK;
    /* The same rows again, attempts being known: only their places are lost. */
    if (s->table->kind == SS_TABLE_PARTITIONED || s->attempts->moved)
        return ss_sieve_reload(s, err);
    SS_TRY(ss_pg_execf(
        s->pg, err,
        "INSERT INTO pg_temp.sandseed_rows SELECT pg_catalog.row_number() OVER (ORDER BY "
        "ctid) - 1, tableoid, ctid FROM ONLY %s; ANALYZE pg_temp.sandseed_rows",
        s->name));
    s->mapped = true;
    return SS_OK;
}

static ss_code
delete_sieved(ss_sieve *s, ss_error *err)
{
    const char *const params[2] = {array_of(s, s->rows), array_of(s, s->places)};
    ss_pg_result *ignored;
    const ss_code code = ss_pg_query(
        s->pg, s->scratch,
        ss_strf(s->scratch,
                "WITH " SIEVED " DELETE FROM %s%s t USING pg_temp.sandseed_rows m, x WHERE "
                "m.n = x.sandseed_x AND t.ctid = m.at AND t.tableoid = m.o",
                s->only, s->name),
        2, params, &ignored, err);

    ss_arena_reset(s->scratch);
    return code;
}

ss_code
ss_sieve_replace_bad(ss_sieve *s, const char *rule, ss_error *err)
{
    uint64_t *rows = ss_alloc(s->arena, SS_SIEVE_ROWS, sizeof *rows);
    char last[24] = "-1";

    for (;;)
    {
        const char *const params[1] = {last};
        ss_pg_result *res;
        size_t n;

        SS_TRY(ss_pg_query(
            s->pg, s->scratch,
            ss_strf(s->scratch,
                    "SELECT n FROM pg_temp.sandseed_bad WHERE n > $1 ORDER BY n LIMIT %d",
                    SS_SIEVE_ROWS),
            1, params, &res, err));
        n = ss_pg_rows(res);
        for (size_t i = 0; i < n; i++)
            (void) ss_parse_u64(ss_pg_value(res, i, 0), &rows[i]);
        if (n > 0)
            memcpy(last, ss_pg_value(res, n - 1, 0), strlen(ss_pg_value(res, n - 1, 0)) + 1);
        ss_arena_reset(s->scratch);
        if (n == 0)
            return SS_OK;
        if (ss_attempts_bump(s->attempts, rows, n) > SS_ATTEMPTS_MAX)
            return ss_sieve_give_up(s, rule, n, err);
        s->done->repairs += n;
        SS_TRY(ss_sieve_rows(s, rows, n, err));
        SS_TRY(delete_sieved(s, err));
        SS_TRY(insert(s, true, err));
        s->attempts->moved = true;
        SS_TRY(ss_check_interrupt(s->load->watch, err));
    }
}
