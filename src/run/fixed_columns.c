#include "run/fixed_columns.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pg/pg.h"
#include "policy/amount.h"
#include "policy/known_password.h"
#include "run/trial.h"

extern const char ss_sql_run_partition_bounds[];

typedef struct judging
{
    ss_plan *plan;
    ss_pg *pg;
    ss_arena *arena;
    ss_trial *trial;
    const ss_table *table;
    const ss_table_plan *t;
    const char *rows; /* the table's fixed columns as a row of SQL */
    size_t capacity;
} judging;

static bool
is_fixed(const judging *j, size_t c)
{
    return j->table->columns[c].generated == SS_GENERATED_NOT &&
           !ss_is_known_password(&j->t->columns[c]) &&
           (j->t->columns[c].treatment == SS_TREAT_CONSTANT ||
            j->t->columns[c].treatment == SS_TREAT_NULLIFY);
}

static void
stop(judging *j, ss_code code, ss_what what, const char *object, const char *text, const char *mend)
{
    ss_plan *plan = j->plan;

    plan->findings =
        ss_grow(j->arena, plan->findings, plan->nfindings, &j->capacity, sizeof *plan->findings);
    plan->findings[plan->nfindings++] = (ss_finding){.severity = SS_FINDING_STOPS,
                                                     .code = code,
                                                     .what = what,
                                                     .about = "policy",
                                                     .object = ss_printable(j->arena, object),
                                                     .place = "",
                                                     .text = ss_printable(j->arena, text),
                                                     .mend = mend};
    plan->nstops++;
}

/* Has that been told already? */
static bool
is_unfit(const judging *j, size_t c)
{
    const char *label = ss_printable(
        j->arena, ss_policy_label(j->table->label, j->table->columns[c].name, j->arena));

    for (size_t i = 0; i < j->plan->nfindings; i++)
    {
        const ss_finding *f = &j->plan->findings[i];

        if (f->severity == SS_FINDING_STOPS && f->what == SS_WHAT_UNFIT &&
            strcmp(f->object, label) == 0)
            return true;
    }
    return false;
}

/* --- questions ---------------------------------------------------------------------------------- */

static void
put_value(const judging *j, size_t c, ss_buf *sql)
{
    const ss_decision *d = &j->t->columns[c];

    ss_buf_puts(sql, "CAST(");
    if (d->treatment == SS_TREAT_CONSTANT)
        ss_pg_literal(sql, d->value);
    else
        ss_buf_puts(sql, "NULL");
    ss_buf_printf(sql, " AS %s)", j->table->columns[c].type_text);
}

/*
 * Does the column take the constant?  A cast cuts what is too long for varchar(3)[] or bit(3), which COPY refuses; json_to_record()
 * reads as COPY does, but JSON.
 */
static ss_code
ask_of_constant(judging *j, size_t c, const char *cast, ss_answer *a, ss_error *err)
{
    const ss_column *column = &j->table->columns[c];
    const ss_type *base =
        &j->plan->catalog->types[ss_catalog_base_type(j->plan->catalog, column->type)];
    ss_buf sql = {0};
    ss_code code;

    SS_TRY(ss_trial_ask(j->trial, ss_strf(j->arena, "SELECT (%s) IS NULL", cast), a, err));
    if (*a == SS_ANSWER_RAISES || strcmp(base->name, "json") == 0 ||
        strcmp(base->name, "jsonb") == 0)
        return SS_OK;
    ss_buf_puts(&sql, "SELECT (c) IS NULL FROM "
                      "pg_catalog.json_to_record(pg_catalog.json_build_object('c', CAST(");
    ss_pg_literal(&sql, j->t->columns[c].value);
    ss_buf_printf(&sql, " AS pg_catalog.text))) AS r(c %s)", column->type_text);
    code = ss_trial_ask(j->trial, ss_buf_text(&sql), a, err);
    ss_buf_done(&sql);
    return code;
}

static bool
in_name(char c)
{
    return isalnum((unsigned char) c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

/* As a word of its own, wherever that stands: once too often does no harm. */
static bool
mentions(const char *expression, const char *name)
{
    const size_t n = strlen(name);

    for (const char *at = strstr(expression, name); at != NULL; at = strstr(at + 1, name))
    {
        if ((at == expression || !in_name(at[-1])) && !in_name(at[n]))
            return true;
    }
    return false;
}

/* Is the expression of fixed columns alone, of one at least? */
static bool
is_of_fixed(const judging *j, const char *expression)
{
    bool any = false;

    for (size_t c = 0; c < j->table->ncolumns; c++)
    {
        if (!mentions(expression, j->table->columns[c].name))
            continue;
        if (!is_fixed(j, c) || ss_trial_is_foreign_type(j->trial, j->table->columns[c].type))
            return false;
        any = true;
    }
    return any;
}

static ss_code
ask_of_row(judging *j, const char *expression, ss_answer *a, ss_error *err)
{
    return ss_trial_ask(j->trial,
                        ss_strf(j->arena, "SELECT %s FROM (%s) AS \"a row\"", expression, j->rows),
                        a, err);
}

/* --- judging ------------------------------------------------------------------------------------ */

static ss_code
judge_values(judging *j, bool *fit, ss_error *err)
{
    ss_buf row = {0};
    ss_code code = SS_OK;

    *fit = true;
    for (size_t c = 0; code == SS_OK && c < j->table->ncolumns; c++)
    {
        const ss_column *column = &j->table->columns[c];
        const size_t start = row.len;
        ss_answer a = SS_ANSWER_UNKNOWN;

        if (!is_fixed(j, c) || ss_trial_is_foreign_type(j->trial, column->type))
            continue;
        ss_buf_puts(&row, row.len == 0 ? "SELECT " : ", ");
        put_value(j, c, &row);
        if (j->t->columns[c].treatment == SS_TREAT_CONSTANT)
            code = ask_of_constant(j, c, ss_buf_text(&row) + start + (start == 0 ? 7 : 2), &a, err);
        if (a == SS_ANSWER_RAISES)
        {
            *fit = false;
            stop(j, SS_EMEND, SS_WHAT_UNFIT,
                 ss_policy_label(j->table->label, column->name, j->arena),
                 ss_strf(j->arena, "the value does not fit the type %.100s",
                         ss_printable(j->arena, column->type_text)),
                 "correct value:");
        }
        ss_buf_puts(&row, " AS ");
        ss_pg_ident(&row, column->name);
    }
    j->rows = ss_strdup(j->arena, ss_buf_text(&row));
    ss_buf_done(&row);
    return code;
}

static ss_code
judge_checks(judging *j, ss_error *err)
{
    for (size_t i = 0; i < j->table->nchecks; i++)
    {
        const ss_check *k = &j->table->checks[i];
        ss_answer a;

        if (ss_trial_is_foreign(j->trial, "constraint", j->table, k->name) ||
            !is_of_fixed(j, k->expression))
            continue;
        SS_TRY(ask_of_row(j, k->expression, &a, err));
        if (a == SS_ANSWER_FALSE || a == SS_ANSWER_RAISES)
            stop(j, SS_EREFUSED, SS_WHAT_UNFIT, j->table->label,
                 ss_strf(j->arena, "\"%.80s\" takes no row as its columns are treated",
                         ss_printable(j->arena, k->name)),
                 "another treatment or value: for one of its columns");
    }
    return SS_OK;
}

static ss_code
judge_generated(judging *j, ss_error *err)
{
    for (size_t c = 0; c < j->table->ncolumns; c++)
    {
        const ss_column *column = &j->table->columns[c];
        ss_answer a;

        if (column->generated == SS_GENERATED_NOT || column->default_expr == NULL ||
            ss_trial_is_foreign(j->trial, "generated", j->table, column->name) ||
            !is_of_fixed(j, column->default_expr))
            continue;
        SS_TRY(ask_of_row(j, ss_strf(j->arena, "(%s) IS NULL", column->default_expr), &a, err));
        if (a == SS_ANSWER_RAISES || (a == SS_ANSWER_TRUE && column->not_null))
            stop(j, SS_EREFUSED, SS_WHAT_UNFIT,
                 ss_policy_label(j->table->label, column->name, j->arena),
                 a == SS_ANSWER_RAISES
                     ? "the server cannot generate it from columns as they are treated"
                     : "the column is NOT NULL, and NULL is generated from columns as they are "
                       "treated",
                 "another treatment or value: for one of the columns that it is generated from");
    }
    return SS_OK;
}

/* A partitioned table, all of whose key is fixed: does no partition take its rows? */
static ss_code
judge_bounds(judging *j, ss_error *err)
{
    const char *const names[] = {j->table->schema, j->table->name};
    const char *sql = "false";
    ss_pg_result *r;
    ss_answer a;

    for (size_t i = 0; i < j->table->npartition_columns; i++)
    {
        const size_t c = ss_table_index(j->table, j->table->partition_attnums[i]);

        if (c == SS_NONE || !is_fixed(j, c))
            return SS_OK;
    }
    if (j->table->kind != SS_TABLE_PARTITIONED)
        return SS_OK;
    SS_TRY(ss_pg_query(j->pg, j->arena, ss_sql_run_partition_bounds, 2, names, &r, err));
    if (ss_pg_rows(r) == 0) /* it has no rows, so that it gets none */
        return SS_OK;
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        const char *bound = ss_pg_value(r, i, 0);

        if (bound == NULL || strstr(bound, "OPERATOR(") != NULL || !is_of_fixed(j, bound))
            return SS_OK;
        sql = ss_strf(j->arena, "%s OR (%s)", sql, bound);
    }
    SS_TRY(ask_of_row(j, sql, &a, err));
    if (a == SS_ANSWER_FALSE || a == SS_ANSWER_NULL)
        stop(j, SS_EREFUSED, SS_WHAT_UNFIT, j->table->label,
             "no partition takes a row as the columns of its key are treated",
             "another treatment or value: for one of them");
    return SS_OK;
}

/* Of the index of that name: does it hold every row, and is all that it computes the same, and no NULL that differs from others? */
static const char *
sameness(const judging *j, const ss_key *key)
{
    const char *sql = "true";

    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const size_t c = key->attnums[i] == 0 ? SS_NONE : ss_table_index(j->table, key->attnums[i]);
        ss_buf name = {0};

        if (c == SS_NONE)
            continue;
        if (!is_fixed(j, c) || ss_trial_is_foreign_type(j->trial, j->table->columns[c].type))
            return NULL;
        ss_pg_ident(&name, j->table->columns[c].name);
        if (!key->nulls_not_distinct)
            sql = ss_strf(j->arena, "%s AND %s IS NOT NULL", sql, ss_buf_text(&name));
        ss_buf_done(&name);
    }
    for (size_t i = 0; i < j->table->nexpressions; i++)
    {
        const ss_expression *e = &j->table->expressions[i];

        if (strcmp(e->name, key->name) != 0)
            continue;
        if ((e->expression != NULL && !is_of_fixed(j, e->expression)) ||
            (e->predicate != NULL && !is_of_fixed(j, e->predicate)))
            return NULL;
        if (e->expression != NULL)
            sql = ss_strf(j->arena,
                          key->nulls_not_distinct ? "%s AND ((%s) IS NULL) IS NOT NULL"
                                                  : "%s AND (%s) IS NOT NULL",
                          sql, e->expression);
        if (e->predicate != NULL)
            sql = ss_strf(j->arena, "%s AND (%s)", sql, e->predicate);
    }
    return sql;
}

/* Those over columns alone, and what they make of lower(x), are told by policy/resolve_keys.c: the finding, or NULL. */
static ss_finding *
told(const judging *j, const ss_key *key)
{
    for (size_t i = 0; i < j->plan->nfindings; i++)
    {
        ss_finding *f = &j->plan->findings[i];

        if (f->what == SS_WHAT_NOT_UNIQUE &&
            strcmp(f->object, ss_printable(j->arena, j->table->label)) == 0 &&
            strstr(f->text, ss_printable(j->arena, ss_strf(j->arena, "\"%.80s\"",
                                                           ss_printable(j->arena, key->name)))))
            return f;
    }
    return NULL;
}

static void
take_back(judging *j, ss_finding *f)
{
    ss_plan *plan = j->plan;

    if (f == NULL)
        return;
    plan->nfindings--;
    memmove(f, f + 1, (size_t) (plan->findings + plan->nfindings - f) * sizeof *f);
}

static ss_code
judge_keys(judging *j, ss_error *err)
{
    for (size_t i = 0; i < j->table->nkeys; i++)
    {
        const ss_key *key = &j->table->keys[i];
        ss_finding *warning;
        const char *sql;
        ss_answer a;
        bool more;

        if (!key->valid || !(key->expression || key->partial) ||
            ss_trial_is_foreign(j->trial, "index", j->table, key->name))
            continue;
        warning = told(j, key);
        if (warning != NULL && warning->severity == SS_FINDING_STOPS)
            continue;
        sql = sameness(j, key);
        if (sql == NULL)
            continue;
        SS_TRY(ask_of_row(j, sql, &a, err));
        more = a == SS_ANSWER_TRUE && j->table->reltuples > 1 &&
               ss_amount_of(j->t->rows, (uint64_t) j->table->reltuples) > 1;
        /* That nobody knows how many rows meet its condition is true no more: all do, or none. */
        if (more || a == SS_ANSWER_FALSE || a == SS_ANSWER_NULL)
            take_back(j, warning);
        if (a == SS_ANSWER_RAISES)
            stop(j, SS_EREFUSED, SS_WHAT_UNFIT, j->table->label,
                 ss_strf(j->arena, "\"%.80s\" cannot be computed from columns as they are treated",
                         ss_printable(j->arena, key->name)),
                 "another treatment or value: for one of its columns");
        if (more)
            stop(j, SS_EREFUSED, SS_WHAT_NOT_UNIQUE, j->table->label,
                 ss_strf(j->arena,
                         "\"%.80s\" has room for 1 row as its columns are treated, and the table "
                         "is to get more",
                         ss_printable(j->arena, key->name)),
                 "another treatment for one of its columns, or rows: 1 for the table");
    }
    return SS_OK;
}

static ss_code
judge_table(judging *j, ss_error *err)
{
    bool any = false, fit = true;

    for (size_t c = 0; c < j->table->ncolumns; c++)
    {
        any = any || is_fixed(j, c);
        fit = fit && !(is_fixed(j, c) && is_unfit(j, c));
    }
    if (!any || !fit)
        return SS_OK;
    SS_TRY(ss_trial_begin(j->trial, err));
    SS_TRY(judge_values(j, &fit, err));
    if (!fit || j->rows[0] == '\0')
        return SS_OK;
    SS_TRY(judge_checks(j, err));
    SS_TRY(judge_generated(j, err));
    SS_TRY(judge_bounds(j, err));
    return judge_keys(j, err);
}

ss_code
ss_fixed_columns_judge(ss_plan *plan, const ss_source *source, ss_arena *arena, ss_error *err)
{
    judging j = {.plan = plan,
                 .pg = ss_snapshot_pg(source->snapshot),
                 .arena = arena,
                 .trial = ss_trial_new(source, arena),
                 .capacity = plan->nfindings};

    for (size_t i = 0; i < plan->catalog->ntables; i++)
    {
        j.table = &plan->catalog->tables[i];
        j.t = &plan->tables[i];
        if (j.table->is_partition ||
            (j.t->mode != SS_MODE_SYNTHESISE && j.t->mode != SS_MODE_PSEUDONYMISE))
            continue;
        if (judge_table(&j, err) != SS_OK)
            return ss_note(err, "while trying the constants of %s",
                           ss_printable(arena, j.table->label));
    }
    return SS_OK;
}
