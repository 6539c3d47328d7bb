#include "run/pseudonym_trials.h"

#include "base/try.h"
#include "pg/pg.h"
#include "run/trial.h"

#define THIRD (SS_EXAMPLES / 3)

/* SELECT whether the CHECK is false for none of these rows; of a domain, whether it takes them. */
static const char *
question(const ss_pseudonym_trial *t, const ss_table *table, const char ***texts, size_t from,
         size_t to, ss_arena *arena)
{
    ss_buf out = {0};
    const char *sql;

    ss_buf_puts(&out, "SELECT pg_catalog.bool_and((");
    if (t->name != NULL)
        ss_buf_puts(&out, t->expression);
    else /* asked for, so that the server does not leave the casts out */
    {
        ss_pg_ident(&out, table->columns[t->columns[0]].name);
        ss_buf_puts(&out, " IS NOT NULL");
    }
    ss_buf_puts(&out, ") IS NOT FALSE) FROM (VALUES ");
    for (size_t i = from; i < to; i++)
    {
        ss_buf_puts(&out, i == from ? "(" : ", (");
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
    sql = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return sql;
}

typedef enum verdict
{
    TAKES_ALL,
    TAKES_NONE,
    TAKES_SOME, /* or it is not known */
} verdict;

static ss_code
try_third(ss_trial *trial, const ss_pseudonym_trial *t, const ss_table *table, const char ***texts,
          size_t third, ss_arena *arena, verdict *v, ss_error *err)
{
    const size_t from = third * THIRD, to = from + THIRD;
    ss_answer answer;

    SS_TRY(ss_trial_ask(trial, question(t, table, texts, from, to, arena), &answer, err));
    *v = answer == SS_ANSWER_TRUE ? TAKES_ALL : TAKES_NONE;
    for (size_t i = from; i < to && *v == TAKES_NONE; i++)
    {
        SS_TRY(ss_trial_ask(trial, question(t, table, texts, i, i + 1, arena), &answer, err));
        if (answer != SS_ANSWER_FALSE && answer != SS_ANSWER_RAISES)
            *v = TAKES_SOME;
    }
    return SS_OK;
}

/*
 * What is made is written in small letters, in capitals or in both, as the value is.  What takes none of one sort and all of
 * another asks for that: then no value is of the first sort, nor what is made.
 */
static ss_code
try_examples(ss_trial *trial, const ss_pseudonyms *p, const ss_pseudonym_trial *t,
             const ss_table *table, ss_arena *arena, bool *holds, ss_error *err)
{
    const char ***texts = ss_alloc(arena, t->ncolumns, sizeof *texts);
    bool some = false;

    *holds = false;
    for (size_t c = 0; c < t->ncolumns; c++)
        SS_TRY(ss_pseudonyms_examples(p, t->table, t->columns[c], arena, &texts[c], err));
    for (size_t third = 0; third < 3 && !some; third++)
    {
        verdict v;

        SS_TRY(try_third(trial, t, table, texts, third, arena, &v, err));
        *holds = *holds || v == TAKES_ALL;
        some = v == TAKES_SOME;
    }
    *holds = *holds && !some;
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
        bool holds = false;

        SS_TRY(ss_trial_begin(trial, err));
        if (!is_foreign(trial, &list[i], table))
            SS_TRY(try_examples(trial, p, &list[i], table, arena, &holds, err));
        if (!holds)
            ss_pseudonyms_trial_failed(p, &list[i]);
    }
    return SS_OK;
}
