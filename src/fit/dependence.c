#include "fit/dependence.h"

#include <math.h>

#include "model/engines.h"

#define ROWS_MIN   200 /* of a sample: with fewer there is nothing to judge by */
#define LEAST_ROWS 50  /* of a leaf or class (design 5.7) */
/* Structure is nearly as good from so many as from all; counts are of all rows. */
#define TOLD_ROWS 32768
#define HELD_ROWS 8192

struct ss_fit_dependence
{
    const ss_fit_kept *kept;
    const ss_fit_variables *v;
    ss_dependence *out;
    const ss_engine *engine;
    void *structure;
    ss_coded_table batch;
    ss_tally *tally;
    ss_arena *result;
};

/*
 * The rows of the parts from .. to - 1, most of them at most: of the people with the least hashes, whose rows come first.  Two parts judge: one what of a structure helps, another, which no structure has seen, which
 * engine is best.
 */
static ss_coded_table *
part(const ss_fit_dependence *d, uint64_t from, uint64_t to, size_t most, uint32_t *list,
     ss_arena *scratch)
{
    size_t n = 0;

    for (uint32_t r = 0; r < d->v->rows.n && n < most; r++)
    {
        const uint64_t in = d->v->who[r] % SS_SAMPLE_PARTS;

        if (in >= from && in < to)
            list[n++] = r;
    }
    return ss_coded_select(&d->v->rows, list, n, scratch);
}

/* Learn with each engine, judge, keep the best; its model is let go: the counts come from all rows. */
static ss_code
choose(ss_fit_dependence *d, const ss_engine_options *o, ss_arena *scratch, ss_error *err)
{
    uint32_t *list = ss_alloc(scratch, d->v->rows.n + 1, sizeof *list);
    ss_coded_table *told = part(d, 2 * SS_SAMPLE_HELD, SS_SAMPLE_PARTS, TOLD_ROWS, list, scratch);
    ss_coded_table *helps = part(d, 0, SS_SAMPLE_HELD, HELD_ROWS, list, scratch);
    ss_coded_table *judges = part(d, SS_SAMPLE_HELD, 2 * SS_SAMPLE_HELD, HELD_ROWS, list, scratch);
    uint64_t *sets = ss_alloc(scratch, o->people.npaths * o->people.k + 1, sizeof *sets);
    const bool judged = ss_people_behind(&o->people, judges->subjects, NULL, judges->n, sets);
    ss_arena *winner = NULL;
    double best = -INFINITY;

    for (size_t e = 0; e < ss_nmodel_engines; e++)
    {
        const ss_engine *engine = ss_model_engines[e].engine;
        ss_arena *own = ss_arena_new(d->result);
        ss_tally *tally;
        void *structure, *model;
        double nats;

        if (engine->learn(told, helps, o, own, &structure, err) != SS_OK)
            return ss_note(err, "while learning dependence by %s", engine->name);
        tally = ss_tally_new(engine->ncells(structure), &o->people);
        ss_engine_count(engine, structure, told, tally);
        engine->settle(structure, tally, scratch, &model);
        nats = judged ? ss_engine_loglik(engine, model, judges) : 0;
        ss_tally_free(tally);
        if (judged)
            d->out->scores[d->out->nscores++] = (ss_engine_score){engine, llround(nats * 1000)};
        if (nats <= best)
        {
            ss_arena_free(own);
            continue;
        }
        ss_arena_free(winner);
        winner = own;
        best = nats;
        d->engine = engine;
        d->structure = structure;
    }
    d->out->engine = d->engine;
    return SS_OK;
}

ss_fit_dependence *
ss_fit_dependence_learn(const ss_fit_kept *kept, const ss_fit_variables *variables,
                        ss_arena *result, ss_arena *scratch, ss_error *err)
{
    ss_fit_dependence *d = ss_alloc(scratch, 1, sizeof *d);
    const ss_engine_options o = {.people = kept->people,
                                 .least_rows =
                                     kept->people.k > LEAST_ROWS ? kept->people.k : LEAST_ROWS};
    ss_arena *trials;
    size_t drawn = 0;
    ss_code code;

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
    trials = ss_arena_new(scratch);
    code = choose(d, &o, trials, err);
    ss_arena_free(trials);
    if (code != SS_OK)
        return NULL;
    d->tally = ss_tally_new(d->engine->ncells(d->structure), &o.people);
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
    ss_engine_count(d->engine, d->structure, &d->batch, d->tally);
}

void
ss_fit_dependence_add_sample(ss_fit_dependence *d)
{
    ss_engine_count(d->engine, d->structure, &d->v->rows, d->tally);
}

void
ss_fit_dependence_finish(ss_fit_dependence *d, ss_dependence **dependence)
{
    void *model;

    d->engine->settle(d->structure, d->tally, d->result, &model);
    /* Where a relative's sample is not whole, neither are the rows whose relatives are all known. */
    d->out->sampled = d->kept->limited > 0 ||
                      (d->v->related && (d->kept->halved > 0 || d->v->rows.n < d->kept->rows.n));
    for (uint32_t c = 0; c < ss_tally_ncells(d->tally); c++)
        d->out->suppressed += ss_tally_weight(d->tally, c) > 0 && !ss_tally_enough(d->tally, c);
    d->out->model = model;
    *dependence = d->out;
}
