#include "fit/comparison.h"

#include <math.h>
#include <string.h>

#include "base/try.h"
#include "model/engines.h"
#include "rand/stream.h"
#include "stats/detector.h"

/* Structure is nearly as good from so many as from all; counts are of all rows. */
#define TOLD_ROWS 32768
#define HELD_ROWS 8192
#define SEEN_ROWS 1024 /* by the detector */
/* Of few rows more people judge, in turn: one part of them says little. */
#define TURN_ROWS 1200
#define TURNS_MAX (SS_SAMPLE_PARTS / SS_SAMPLE_HELD)

typedef struct turn
{
    ss_coded_table *told, *helps, *judges;
} turn;

typedef struct comparison
{
    const ss_fit_variables *v;
    const ss_engine_options *o;
    turn turns[TURNS_MAX];
    size_t nturns;
    ss_coded_table *judges; /* of all turns */
    ss_coded_table seen;    /* the first of them, by the detector */
    ss_detector *detector;
    bool judged;
    bool *stays; /* of the rows: those that stand for all */
} comparison;

typedef struct trial
{
    const ss_engine *engine;
    ss_arena *own;
    void *structure; /* of the first turn */
    bool finds;      /* in one of the turns: more than independence does */
    double *nats;    /* of each row that judges */
    size_t n;        /* of which so many are known */
    double mean, auc;
    bool
        passed_over; /* it may not be chosen: it found nothing that independence has not, or was given up */
    bool given_up; /* it learnt from a few rows, and few judged it */
} trial;

/*
 * Of rows that count for less than one so many as they count for: else what depends on what, and where it is told apart, would be that of
 * somebody who has far more rows than others (fit/heavy.h).
 */
static bool *
thin_out(const ss_coded_table *rows, ss_arena *scratch)
{
    bool *stays = ss_alloc(scratch, rows->n + 1, sizeof *stays);
    uint64_t weight = 0;

    for (size_t r = 0; r < rows->n; r++)
    {
        const uint64_t before = weight / SS_WHOLE;

        weight += rows->weights == NULL ? SS_WHOLE : rows->weights[r];
        stays[r] = weight / SS_WHOLE > before;
    }
    return stays;
}

/* Rows that stay; each counts for one. */
static ss_coded_table *
selected(const ss_coded_table *rows, const uint32_t *list, size_t n, ss_arena *result)
{
    ss_coded_table *t = ss_coded_select(rows, list, n, result);
    uint64_t *weights = ss_alloc(result, n + 1, sizeof *weights);

    for (size_t i = 0; i < n; i++)
        weights[i] = SS_WHOLE;
    t->weights = weights;
    return t;
}

/*
 * The rows of the parts from .. to - 1, counted from the turn's first part on, most of them at most: of the people with the
 * least hashes, whose rows come first.  Appended to list.
 */
static size_t
list_part(const comparison *c, size_t n, uint64_t from, uint64_t to, size_t most, uint32_t *list)
{
    size_t listed = 0;

    for (uint32_t r = 0; r < c->v->rows.n && listed < most; r++)
    {
        const uint64_t in = (c->v->who[r] + SS_SAMPLE_PARTS - n * SS_SAMPLE_HELD) % SS_SAMPLE_PARTS;

        if (c->stays[r] && in >= from && in < to)
            list[listed++] = r;
    }
    return listed;
}

/* The first rows, which are any. */
static ss_coded_table
some(const ss_coded_table *rows, size_t most, ss_arena *result)
{
    return ss_coded_slice(rows, 0, rows->n < most ? rows->n : most, result);
}

/* Two parts of the people judge: one what of a structure helps, another, which no structure has seen, the engines. */
static void
divide(comparison *c, ss_arena *scratch)
{
    const ss_coded_table *rows = &c->v->rows;
    const ss_people *people = &c->o->people;
    uint32_t *list = ss_alloc(scratch, rows->n + 1, sizeof *list);
    uint32_t *all = ss_alloc(scratch, rows->n + 1, sizeof *all);
    size_t nall = 0;

    c->stays = thin_out(rows, scratch);
    c->nturns = 1 + (rows->n == 0 ? 0 : TURN_ROWS / rows->n);
    c->nturns = c->nturns < TURNS_MAX ? c->nturns : TURNS_MAX;
    for (size_t t = 0; t < c->nturns; t++)
    {
        turn *own = &c->turns[t];
        size_t n = list_part(c, t, 2 * SS_SAMPLE_HELD, SS_SAMPLE_PARTS, TOLD_ROWS, list);

        own->told = selected(rows, list, n, scratch);
        n = list_part(c, t, 0, SS_SAMPLE_HELD, HELD_ROWS, list);
        own->helps = selected(rows, list, n, scratch);
        n = list_part(c, t, SS_SAMPLE_HELD, 2 * SS_SAMPLE_HELD, HELD_ROWS, all + nall);
        own->judges = selected(rows, all + nall, n, scratch);
        nall += n;
    }
    c->judges = selected(rows, all, nall, scratch);
    c->seen = some(c->judges, SEEN_ROWS, scratch);
    c->detector = ss_detector_new(&c->seen, scratch);
    c->judged =
        ss_people_behind(people, c->judges->subjects, NULL, nall,
                         ss_alloc(scratch, people->npaths * people->k + 1, sizeof(uint64_t)));
}

/* As many rows as like has, with what is given to them; into. */
static void
draw(const ss_engine *engine, const void *model, const ss_coded_table *like, ss_coded_table *into,
     ss_arena *scratch)
{
    const size_t nwords = like->n * (like->d + (engine->nclasses != NULL));
    uint64_t *words = ss_alloc(scratch, nwords + 1, sizeof *words), state = like->n;

    for (size_t i = 0; i < nwords; i++)
        words[i] = ss_unfold(&state);
    for (size_t i = 0; i < like->d; i++)
    {
        if (like->columns[i].given)
            memcpy(into->columns[i].codes, like->columns[i].codes,
                   like->n * sizeof *like->columns[i].codes);
    }
    engine->draw(model, into, words);
}

/* From first rows of the first turn, if not 0, else from all. */
static ss_code
try(const comparison *c, trial *t, size_t first, ss_arena *scratch, ss_error *err)
{
    ss_coded_table *drawn = ss_coded_like(c->judges, c->seen.n, scratch);
    size_t at = 0;

    t->nats = ss_alloc(scratch, c->judges->n + 1, sizeof *t->nats);
    t->mean = 0;
    drawn->n = c->seen.n;
    for (size_t i = 0; i < (first > 0 ? 1 : c->nturns); i++)
    {
        const turn *now = &c->turns[i];
        ss_arena *own = i == 0 ? t->own : ss_arena_new(scratch), *here = ss_arena_new(scratch);
        const ss_coded_table told = some(now->told, first > 0 ? first : SIZE_MAX, here);
        const ss_coded_table helps = some(now->helps, first > 0 ? first / 2 : SIZE_MAX, here);
        const ss_coded_table judges = some(now->judges, first > 0 ? SEEN_ROWS : SIZE_MAX, here);
        void *structure, *model;
        ss_tally *tally;

        if (t->engine->learn(&told, &helps, c->o, own, &structure, err) != SS_OK)
            return ss_note(err, "while learning dependence by %s", t->engine->name);
        if (i == 0)
            t->structure = structure;
        t->finds = t->finds || t->engine->finds(structure);
        if (!c->judged)
            return SS_OK;
        tally = ss_tally_new(t->engine->ncells(structure), &c->o->people);
        ss_engine_count(t->engine, structure, &told, tally);
        t->engine->settle(structure, tally, here, &model);
        ss_tally_free(tally);
        t->engine->log_density(model, &judges, t->nats + at);
        if (at < drawn->n)
        {
            const size_t left = drawn->n - at, n = judges.n < left ? judges.n : left;
            const ss_coded_table like = ss_coded_slice(&judges, 0, n, here);
            ss_coded_table into = ss_coded_slice(drawn, at, n, here);

            draw(t->engine, model, &like, &into, here);
        }
        at += judges.n;
        ss_arena_free(here);
        if (i > 0)
            ss_arena_free(own);
    }
    for (size_t r = 0; r < at; r++)
        t->mean += t->nats[r] / (double) at;
    t->n = at;
    drawn->n = at < drawn->n ? at : drawn->n;
    t->auc = ss_detector_auc(c->detector, drawn);
    return SS_OK;
}

/* By how much likelier a row is by a than by b, of those that both know. */
static double
more(const trial *a, const trial *b)
{
    const size_t n = a->n < b->n ? a->n : b->n;
    double sum = 0;

    for (size_t r = 0; r < n; r++)
        sum += a->nats[r] - b->nats[r];
    return n == 0 ? 0 : sum / (double) n;
}

/* Is that within a standard error of nothing? */
static bool
near(const trial *a, const trial *b)
{
    const size_t n = a->n < b->n ? a->n : b->n;
    const double mean = more(a, b);
    double squares = 0;

    for (size_t r = 0; r < n; r++)
        squares += (a->nats[r] - b->nats[r] - mean) * (a->nats[r] - b->nats[r] - mean);
    return n < 2 || mean * mean <= squares / (double) n / (double) (n - 1);
}

static const trial *
likeliest(const trial *trials, size_t n)
{
    const trial *best = trials;

    for (size_t i = 1; i < n; i++)
        best = trials[i].mean > best->mean && !trials[i].passed_over ? &trials[i] : best;
    return best;
}

/* The likeliest; of those that are near it one that the detector tells from real rows far less often. */
static size_t
best_of(const comparison *c, const trial *trials, size_t n)
{
    const double error = 2 * ss_detector_error(c->seen.n);
    const trial *best = likeliest(trials, n), *chosen = best;

    for (size_t i = 0; i < n; i++)
    {
        if (!trials[i].passed_over && trials[i].auc + error < best->auc &&
            trials[i].auc < chosen->auc && near(best, &trials[i]))
            chosen = &trials[i];
    }
    return (size_t) (chosen - trials);
}

/* What it has from the first rows alone must be three quarters of what the best has from all. */
static bool
promises(const trial *t, const trial *others, size_t n)
{
    const trial *best = likeliest(others, n);

    return more(t, others) >= more(best, others) * 3 / 4 && !near(t, others);
}

/* A table whose rows have children has a class already: it is a variable of every engine's. */
static bool
has_class(const ss_fit_variables *v)
{
    for (size_t i = 0; i < v->n; i++)
    {
        if (v->variables[i].kind == SS_VARIABLE_CLASS)
            return true;
    }
    return false;
}

/* Where all judged in turn, from those who have judged, too. */
static ss_code
learn_again(const comparison *c, trial *t, ss_arena *result, ss_arena *scratch, ss_error *err)
{
    uint32_t *list = ss_alloc(scratch, c->v->rows.n + 1, sizeof *list);
    const size_t n = list_part(c, 0, SS_SAMPLE_HELD, SS_SAMPLE_PARTS, TOLD_ROWS, list);
    const ss_coded_table *told = selected(&c->v->rows, list, n, scratch);

    ss_arena_free(t->own);
    t->own = ss_arena_new(result);
    if (t->engine->learn(told, c->turns[0].helps, c->o, t->own, &t->structure, err) != SS_OK)
        return ss_note(err, "while learning dependence by %s", t->engine->name);
    t->finds = t->engine->finds(t->structure);
    return SS_OK;
}

/* *n: one more, unless the engine is not tried. */
static ss_code
try_engine(const comparison *c, const ss_model_engine *e, trial *trials, size_t *n,
           ss_arena *result, ss_arena *scratch, ss_error *err)
{
    const bool costly = c->v->rows.n > e->most_rows;
    trial *t = &trials[*n];

    if ((costly && e->first_rows == 0) || (e->engine->nclasses != NULL && has_class(c->v)))
        return SS_OK;
    *t = (trial){.engine = e->engine, .own = ss_arena_new(result)};
    SS_TRY(try(c, t, costly ? e->first_rows : 0, scratch, err));
    if (costly && promises(t, trials, *n))
    {
        ss_arena_free(t->own);
        t->own = ss_arena_new(result);
        t->finds = false;
        SS_TRY(try(c, t, 0, scratch, err));
    }
    else if (costly)
    {
        /* So that it stands beside those that more rows judged. */
        t->mean = trials->mean + more(t, trials);
        t->given_up = true;
    }
    t->passed_over = t->given_up || (*n > 0 && !t->finds);
    (*n)++;
    return SS_OK;
}

ss_code
ss_fit_compare(const ss_fit_variables *variables, const ss_engine_options *options,
               ss_arena *result, ss_dependence *out, void **structure, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(result);
    comparison c = {.v = variables, .o = options};
    trial trials[SS_ENGINES_MAX];
    trial *chosen;
    size_t n = 0;

    divide(&c, scratch);
    for (size_t e = 0; e < ss_nmodel_engines && (e == 0 || c.judged); e++)
        SS_TRY(try_engine(&c, &ss_model_engines[e], trials, &n, result, scratch, err));
    chosen = &trials[best_of(&c, trials, n)];
    if (c.nturns > 1 && c.judged && chosen != trials)
        SS_TRY(learn_again(&c, chosen, result, scratch, err));
    if (!chosen->finds)
        chosen = trials;
    for (size_t i = 0; i < n; i++)
    {
        if (c.judged)
            out->scores[out->nscores++] =
                (ss_engine_score){.engine = trials[i].engine,
                                  .millinats = llround(trials[i].mean * 1000),
                                  .detector = (uint32_t) llround(trials[i].auc * 100),
                                  .given_up = trials[i].given_up};
        if (&trials[i] != chosen)
            ss_arena_free(trials[i].own);
    }
    out->engine = chosen->engine;
    *structure = chosen->structure;
    ss_arena_free(scratch);
    return SS_OK;
}
