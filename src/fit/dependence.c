#include "fit/dependence.h"

#include <math.h>

#include "fit/inside.h"

#define ROWS_MIN   200 /* of a sample: with fewer there is nothing to judge by */
#define LEAST_ROWS 50  /* of a leaf or class (design 5.7) */
static const ss_engine *const engines[] = {&ss_engine_independence, &ss_engine_trees};

#define NENGINES (sizeof engines / sizeof *engines)

struct ss_fit_dependence
{
    const ss_sample *sample;
    ss_fit_coder **coders; /* n */
    size_t *at;            /* n: places in a batch or the sample */
    ss_dependence *out;
    const ss_engine *engine;
    void *structure;
    ss_coded_table all; /* the sample */
    ss_coded_table batch;
    ss_tally *tally;
    ss_arena *result;
};

/*
 * The rows of the parts from .. to - 1.  Two parts judge: one what of a structure helps, another, which no structure has seen, which
 * engine is best.
 */
static ss_coded_table *
part(const ss_fit_dependence *d, uint64_t from, uint64_t to, uint32_t *list, ss_arena *scratch)
{
    size_t n = 0;

    for (uint32_t r = 0; r < d->sample->n; r++)
    {
        const uint64_t in = d->sample->who[r] % SS_SAMPLE_PARTS;

        if (in >= from && in < to)
            list[n++] = r;
    }
    return ss_coded_select(&d->all, list, n, scratch);
}

static bool
enough_people(const ss_coded_table *rows, const ss_people *people, ss_arena *scratch)
{
    uint64_t *sets = ss_alloc(scratch, people->npaths * people->k + 1, sizeof *sets);

    if (people->npaths == 0)
        return rows->n >= people->k;
    for (size_t r = 0; r < rows->n; r++)
    {
        for (size_t p = 0; p < people->npaths; p++)
            ss_people_put(sets + p * people->k, people->k, rows->subjects[r * people->npaths + p]);
    }
    return ss_people_enough(people, sets);
}

/* Learn with each engine, judge, keep the best; its model is let go: the counts come from all rows. */
static ss_code
choose(ss_fit_dependence *d, const ss_engine_options *o, ss_arena *scratch, ss_error *err)
{
    uint32_t *list = ss_alloc(scratch, d->sample->n + 1, sizeof *list);
    ss_coded_table *told = part(d, 2 * SS_SAMPLE_HELD, SS_SAMPLE_PARTS, list, scratch);
    ss_coded_table *helps = part(d, 0, SS_SAMPLE_HELD, list, scratch);
    ss_coded_table *judges = part(d, SS_SAMPLE_HELD, 2 * SS_SAMPLE_HELD, list, scratch);
    const bool judged = enough_people(judges, &o->people, scratch);
    ss_arena *winner = NULL;
    double best = -INFINITY;

    for (size_t e = 0; e < NENGINES; e++)
    {
        ss_arena *own = ss_arena_new(d->result);
        ss_tally *tally;
        void *structure, *model;
        double nats;

        if (engines[e]->learn(told, helps, o, own, &structure, err) != SS_OK)
            return ss_note(err, "while learning dependence by %s", engines[e]->name);
        tally = ss_tally_new(engines[e]->ncells(structure), &o->people);
        ss_engine_count(engines[e], structure, told, tally);
        engines[e]->settle(structure, tally, scratch, &model);
        nats = judged ? ss_engine_loglik(engines[e], model, judges) : 0;
        ss_tally_free(tally);
        if (judged)
            d->out->scores[d->out->nscores++] =
                (ss_engine_score){engines[e]->name, llround(nats * 1000)};
        if (nats <= best)
        {
            ss_arena_free(own);
            continue;
        }
        ss_arena_free(winner);
        winner = own;
        best = nats;
        d->engine = engines[e];
        d->structure = structure;
    }
    d->out->engine = d->engine->name;
    return SS_OK;
}

static void
code_sample(ss_fit_dependence *d, size_t n, ss_arena *scratch)
{
    d->all = (ss_coded_table){.n = d->sample->n,
                              .d = n,
                              .npaths = d->sample->npaths,
                              .subjects = d->sample->subjects,
                              .weights = d->sample->weights};
    d->all.columns = ss_alloc(scratch, n + 1, sizeof *d->all.columns);
    d->batch = d->all;
    d->batch.columns = ss_alloc(scratch, n + 1, sizeof *d->batch.columns);
    for (size_t i = 0; i < n; i++)
    {
        d->all.columns[i] = d->batch.columns[i] =
            (ss_coded_column){.ncodes = ss_book_ncodes(d->out->books[i]),
                              .nordered = ss_book_nordered(d->out->books[i])};
        d->all.columns[i].codes = ss_alloc(scratch, d->sample->n + 1, sizeof(uint16_t));
        d->batch.columns[i].codes = ss_alloc(scratch, SS_BATCH_ROWS, sizeof(uint16_t));
        ss_fit_book_codes(d->coders[i], &d->sample->columns[d->at[i]], d->sample->n,
                          d->all.columns[i].codes);
    }
}

ss_fit_dependence *
ss_fit_dependence_learn(const ss_fit_column *columns, size_t ncolumns, const ss_sample *sample,
                        const size_t *at, const ss_hash_key *key, ss_arena *result,
                        ss_arena *scratch, ss_error *err)
{
    ss_fit_dependence *d = ss_alloc(scratch, 1, sizeof *d);
    const ss_fit_who *who = ncolumns == 0 ? NULL : columns[0].who;
    ss_engine_options o;
    ss_arena *trials;
    uint64_t most;
    ss_code code;

    err->code = SS_OK;
    if (sample->n < ROWS_MIN || who == NULL)
        return NULL;
    o = (ss_engine_options){
        .people = {.k = who->k, .npaths = who->npaths, .may_be_empty = who->may_be_empty},
        .least_rows = who->k > LEAST_ROWS ? who->k : LEAST_ROWS};
    *d = (ss_fit_dependence){.sample = sample,
                             .coders = ss_alloc(scratch, ncolumns + 1, sizeof(ss_fit_coder *)),
                             .at = ss_alloc(scratch, ncolumns + 1, sizeof *d->at),
                             .out = ss_alloc(result, 1, sizeof *d->out),
                             .result = result};
    d->out->books = ss_alloc(result, ncolumns + 1, sizeof(ss_book *));
    most = ss_fit_most_rows(sample);
    for (size_t c = 0; c < ncolumns; c++)
    {
        const size_t n = d->out->n;

        if (at[c] == SS_NONE)
            continue;
        d->coders[n] = ss_fit_book_make(&columns[c], c, sample, at[c], most, key, result, scratch,
                                        &d->out->books[n]);
        d->at[n] = at[c];
        d->out->n += d->coders[n] != NULL;
    }
    if (d->out->n < 2)
        return NULL;
    code_sample(d, d->out->n, scratch);
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

void
ss_fit_dependence_add(ss_fit_dependence *d, const ss_fit_reading *reading)
{
    d->batch.n = reading->batch->nrows;
    d->batch.subjects = reading->behind.subjects;
    d->batch.weights = reading->behind.weights;
    for (size_t i = 0; i < d->out->n; i++)
        ss_fit_book_codes(d->coders[i], &reading->batch->columns[d->at[i]], d->batch.n,
                          d->batch.columns[i].codes);
    ss_engine_count(d->engine, d->structure, &d->batch, d->tally);
}

void
ss_fit_dependence_add_sample(ss_fit_dependence *d)
{
    ss_engine_count(d->engine, d->structure, &d->all, d->tally);
}

void
ss_fit_dependence_finish(ss_fit_dependence *d, bool sampled, ss_dependence **dependence)
{
    void *model;

    d->engine->settle(d->structure, d->tally, d->result, &model);
    d->out->sampled = sampled;
    for (uint32_t c = 0; c < ss_tally_ncells(d->tally); c++)
        d->out->suppressed += ss_tally_weight(d->tally, c) > 0 && !ss_tally_enough(d->tally, c);
    d->out->trees = model;
    *dependence = d->out;
}
