#include "fit/dependence.h"

#include <string.h>

#include "fit/comparison.h"

#define ROWS_MIN   100 /* of a sample: with fewer there is nothing to judge by */
#define LEAST_ROWS 50  /* of a leaf or class (design 5.7) */

struct ss_fit_dependence
{
    const ss_fit_kept *kept;
    const ss_fit_variables *v;
    ss_dependence *out;
    void *structure;
    ss_coded_table batch;
    ss_tally *tally;
    ss_arena *result;
};

ss_fit_dependence *
ss_fit_dependence_learn(const ss_fit_kept *kept, const ss_fit_variables *variables,
                        ss_arena *result, ss_arena *scratch, ss_error *err)
{
    ss_fit_dependence *d = ss_alloc(scratch, 1, sizeof *d);
    const ss_engine_options o = {.people = variables->people,
                                 .least_rows =
                                     kept->people.k > LEAST_ROWS ? kept->people.k : LEAST_ROWS};
    size_t drawn = 0;

    err->code = SS_OK;
    for (size_t i = 0; i < variables->n; i++)
        drawn += !ss_variable_is_given(&variables->variables[i]);
    if (variables->rows.n < ROWS_MIN || variables->n < 2 || drawn == 0)
        return NULL;
    *d = (ss_fit_dependence){
        .kept = kept, .v = variables, .out = ss_alloc(result, 1, sizeof *d->out), .result = result};
    d->out->variables = variables->variables;
    d->out->n = variables->n;
    d->batch = variables->rows;
    d->batch.columns = ss_alloc(scratch, variables->n + 1, sizeof *d->batch.columns);
    for (size_t i = 0; i < variables->n; i++)
    {
        d->batch.columns[i] = variables->rows.columns[i];
        d->batch.columns[i].codes = ss_alloc(scratch, SS_BATCH_ROWS, sizeof(uint16_t));
    }
    if (ss_fit_compare(variables, &o, result, d->out, &d->structure, err) != SS_OK)
        return NULL;
    d->tally = ss_tally_new(d->out->engine->ncells(d->structure), &o.people);
    return d;
}

void
ss_fit_dependence_done(ss_fit_dependence *d)
{
    if (d == NULL)
        return;
    ss_tally_free(d->tally);
    d->tally = NULL;
}

bool
ss_fit_dependence_wants_all(const ss_fit_dependence *d)
{
    return !d->v->related && d->kept->halved > 0;
}

void
ss_fit_dependence_add(ss_fit_dependence *d, const ss_fit_reading *reading)
{
    d->batch.n = reading->batch->nrows;
    d->batch.subjects = reading->behind.subjects;
    d->batch.weights = reading->behind.weights;
    /* Without relatives the variables are the table's columns. */
    for (size_t i = 0; i < d->kept->n; i++)
        ss_fit_book_codes(d->kept->coders[i], &reading->batch->columns[d->kept->at[i]], d->batch.n,
                          d->batch.columns[i].codes);
    ss_engine_count(d->out->engine, d->structure, &d->batch, d->tally);
}

void
ss_fit_dependence_add_sample(ss_fit_dependence *d)
{
    ss_engine_count(d->out->engine, d->structure, &d->v->rows, d->tally);
}

/* The latent class as one more variable, behind the others. */
static void
add_class(ss_dependence *out, uint32_t nclasses, ss_arena *result)
{
    ss_variable *variables = ss_alloc(result, out->n + 1, sizeof *variables);

    memcpy(variables, out->variables, out->n * sizeof *variables);
    variables[out->n++] =
        (ss_variable){.kind = SS_VARIABLE_CLASS, .column = SIZE_MAX, .ncodes = nclasses};
    out->variables = variables;
}

void
ss_fit_dependence_finish(ss_fit_dependence *d, ss_dependence **dependence)
{
    const ss_engine *engine = d->out->engine;
    void *model;

    d->out->engine->settle(d->structure, d->tally, d->result, &model);
    /* Where a relative's sample is not whole, neither are the rows whose relatives are all known. */
    d->out->sampled = d->kept->limited > 0 ||
                      (d->v->related && (d->kept->halved > 0 || d->v->rows.n < d->kept->rows.n));
    for (uint32_t c = 0; c < ss_tally_ncells(d->tally); c++)
        d->out->suppressed += ss_tally_weight(d->tally, c) > 0 && !ss_tally_enough(d->tally, c);
    /* Any of them may be one person's. */
    d->out->suppressed = ss_people_round(d->out->suppressed);
    d->out->model = model;
    if (engine->nclasses != NULL)
        add_class(d->out, engine->nclasses(d->structure), d->result);
    *dependence = d->out;
}
