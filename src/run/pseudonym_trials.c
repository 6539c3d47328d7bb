#include "run/pseudonym_trials.h"

#include "base/try.h"
#include "pg/pg.h"
#include "run/trial.h"

#define EXAMPLES 60

/* SELECT whether the CHECK is false for none of so many rows; of a domain, whether it takes them. */
static ss_code
question(const ss_pseudonyms *p, const ss_pseudonym_trial *t, const ss_table *table,
         ss_arena *arena, const char **sql, ss_error *err)
{
    const char ***texts = ss_alloc(arena, t->ncolumns, sizeof *texts);
    ss_buf out = {0};

    for (size_t c = 0; c < t->ncolumns; c++)
        SS_TRY(ss_pseudonyms_examples(p, t->table, t->columns[c], EXAMPLES, arena, &texts[c], err));
    ss_buf_puts(&out, "SELECT pg_catalog.bool_and((");
    if (t->name != NULL)
        ss_buf_puts(&out, t->expression);
    else /* asked for, so that the server does not leave the casts out */
    {
        ss_pg_ident(&out, table->columns[t->columns[0]].name);
        ss_buf_puts(&out, " IS NOT NULL");
    }
    ss_buf_puts(&out, ") IS NOT FALSE) FROM (VALUES ");
    for (size_t i = 0; i < EXAMPLES; i++)
    {
        ss_buf_puts(&out, i == 0 ? "(" : ", (");
        for (size_t c = 0; c < t->ncolumns; c++)
        {
            ss_buf_puts(&out, c == 0 ? "CAST(" : ", CAST(");
            ss_pg_literal(&out, texts[c][i]);
            ss_buf_printf(&out, " AS %s)", table->columns[t->columns[c]].type_text);
        }
        ss_buf_putc(&out, ')');
    }
    ss_buf_puts(&out, ") AS \"a row\" (");
    for (size_t c = 0; c < t->ncolumns; c++)
    {
        ss_buf_puts(&out, c == 0 ? "" : ", ");
        ss_pg_ident(&out, table->columns[t->columns[c]].name);
    }
    ss_buf_putc(&out, ')');
    *sql = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return SS_OK;
}

/* Code of the schema's own decides: it cannot be tried, so that it is not certain. */
static bool
is_foreign(const ss_trial *trial, const ss_pseudonym_trial *t, const ss_table *table)
{
    for (size_t c = 0; c < t->ncolumns; c++)
    {
        if (ss_trial_is_foreign_type(trial, table->columns[t->columns[c]].type))
            return true;
    }
    return t->name != NULL && ss_trial_is_foreign(trial, "constraint", table, t->name);
}

ss_code
ss_pseudonym_trials_judge(ss_pseudonyms *p, const ss_source *source, ss_arena *arena, ss_error *err)
{
    ss_trial *trial = ss_trial_new(source, arena);
    size_t n;
    const ss_pseudonym_trial *list = ss_pseudonyms_trials(p, &n);

    for (size_t i = 0; i < n; i++)
    {
        const ss_table *table = &source->catalog->tables[list[i].table];
        ss_answer answer = SS_ANSWER_UNKNOWN;
        const char *sql;

        SS_TRY(ss_trial_begin(trial, err));
        if (!is_foreign(trial, &list[i], table))
        {
            SS_TRY(question(p, &list[i], table, arena, &sql, err));
            SS_TRY(ss_trial_ask(trial, sql, &answer, err));
        }
        if (answer != SS_ANSWER_TRUE)
            ss_pseudonyms_trial_failed(p, &list[i]);
    }
    return SS_OK;
}
