#include "stats/latent_class.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/grouping.h"

#define LANE      16  /* classes that are added up at once */
#define UNIT      128 /* logs of probabilities are integers, in so many parts of a nat */
#define NATS      14 /* a class that is less probable than the likeliest by more is not looked at */
#define EXP_ONE   (UINT32_C(1) << 20)
#define NEVER     (-(1 << 24)) /* of classes that only fill a lane */
#define LOG_LEAST (-30 * UNIT)

#define BEGIN_SHARE 0.5  /* of the row that a class begins with, in its tables */
#define STEP_ROWS   512  /* of a step towards what some of the rows say */
#define STEP_DECAY  0.55 /* of steps: (t + 2) to the power of minus that (Cappe and Moulines 2009) */
#define STEP_PASSES 3    /* over the rows, in steps; then in one each */
#define FULL_PASSES 2
#define PRIORS      7
#define NOISE       3 /* nats of all rows held out */

/* Rows, spread as the whole column's, that a column's tables are shrunk by. */
static const double priors[PRIORS] = {1, 4, 16, 64, 256, 1024, 8192};

struct ss_latent_classes
{
    size_t d;
    uint32_t nclasses, width; /* width: in whole lanes */
    uint32_t nlines;          /* codes of all columns */
    uint32_t *first;          /* of a column: the line of its first code */
    int32_t *logs;            /* lines x width: of a code, given the class */
    int32_t *shares;          /* width: of the classes */
    uint32_t *above;
    uint32_t exp[NATS * UNIT]; /* of what a class is behind the likeliest */
};

/* --- which class a row is in ------------------------------------------------------------------------ */

/* How probable each class makes the row whose codes' lines are given; the largest is returned. */
static int32_t
weigh(const ss_latent_classes *m, const int32_t *const *lines, int32_t *logs)
{
    int32_t most = INT32_MIN;

    for (uint32_t z = 0; z < m->width; z += LANE)
    {
        int32_t sum[LANE];

        memcpy(sum, m->shares + z, sizeof sum);
        for (size_t c = 0; c < m->d; c++)
        {
            const int32_t *line = lines[c] + z;

            for (uint32_t i = 0; i < LANE; i++)
                sum[i] += line[i];
        }
        memcpy(logs + z, sum, sizeof sum);
        for (uint32_t i = 0; i < LANE; i++)
            most = sum[i] > most ? sum[i] : most;
    }
    return most;
}

typedef struct posterior
{
    uint32_t n;
    int32_t most; /* log of the likeliest class' probability, and the row's in it */
    uint64_t total;
    uint32_t class[SS_LATENT_CLASSES_MAX], weight[SS_LATENT_CLASSES_MAX];
} posterior;

/* lines: room for one per column, which is left as the row's. */
static void
find_posterior(const ss_latent_classes *m, const ss_coded_table *rows, size_t r,
               const int32_t **lines, posterior *p)
{
    int32_t logs[SS_LATENT_CLASSES_MAX];

    for (size_t c = 0; c < m->d; c++)
        lines[c] = m->logs + (size_t) (m->first[c] + rows->columns[c].codes[r]) * m->width;
    p->most = weigh(m, lines, logs);
    p->n = 0;
    p->total = 0;
    for (uint32_t z = 0; z < m->nclasses; z++)
    {
        const int32_t behind = p->most - logs[z];

        if (behind >= NATS * UNIT)
            continue;
        p->class[p->n] = z;
        p->weight[p->n++] = m->exp[behind];
        p->total += m->exp[behind];
    }
}

static uint64_t
mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ (h >> 32)) * UINT64_C(0xD6E8FEB86659FD93);
    return h ^ (h >> 32);
}

static uint32_t
uniform_of(const ss_coded_table *rows, size_t r)
{
    uint64_t h = 1;

    for (size_t c = 0; c < rows->d; c++)
        h = mix(h, rows->columns[c].codes[r]);
    for (size_t w = 0; w < rows->npaths; w++)
        h = mix(h, rows->subjects[r * rows->npaths + w]);
    return (uint32_t) (h >> 32);
}

void
ss_latent_classes_assign(const ss_latent_classes *m, const ss_coded_table *rows, uint32_t *assigned)
{
    const int32_t **lines = ss_must(malloc((m->d + 1) * sizeof *lines));
    posterior p;

    for (size_t r = 0; r < rows->n; r++)
    {
        uint64_t u;
        uint32_t i = 0;

        find_posterior(m, rows, r, lines, &p);
        u = uniform_of(rows, r) * p.total >> 32;
        while (u >= p.weight[i])
            u -= p.weight[i++];
        assigned[r] = p.class[i];
    }
    free(lines);
}

uint32_t
ss_latent_classes_count(const ss_latent_classes *m)
{
    return m->nclasses;
}

const uint32_t *
ss_latent_classes_above(const ss_latent_classes *m)
{
    return m->above;
}

/* --- expectation and maximisation ------------------------------------------------------------------- */

typedef struct learning
{
    const ss_coded_table *rows;
    ss_latent_classes *m;
    double total;         /* rows, by their weights */
    float *counts, *seen; /* lines x width: rows by code and class, of all; of those of this step */
    float *sizes, *seen_size; /* width: rows by class */
    double *marginal;         /* lines: shares of the whole column */
    double *prior;            /* of a column */
    const int32_t **lines;
} learning;

static double
weight_of(const ss_coded_table *rows, size_t r)
{
    return rows->weights == NULL ? 1 : (double) rows->weights[r] / (double) SS_WHOLE;
}

static int32_t
in_units(double p)
{
    const double units = p > 0 ? log(p) * UNIT : LOG_LEAST;

    return units < LOG_LEAST ? LOG_LEAST : (int32_t) lrint(units);
}

static void
maximise(learning *l)
{
    ss_latent_classes *m = l->m;

    for (uint32_t z = 0; z < m->nclasses; z++)
        m->shares[z] = in_units((double) l->sizes[z] / l->total);
    for (size_t c = 0; c < m->d; c++)
    {
        const uint32_t end = m->first[c] + l->rows->columns[c].ncodes;

        for (uint32_t i = m->first[c]; i < end; i++)
        {
            const size_t at = (size_t) i * m->width;
            const double more = l->prior[c] * l->marginal[i];

            for (uint32_t z = 0; z < m->nclasses; z++)
                m->logs[at + z] = in_units(((double) l->counts[at + z] + more) /
                                           ((double) l->sizes[z] + l->prior[c]));
        }
    }
}

/* See the rows from .. to - 1. */
static void
expect(learning *l, size_t from, size_t to)
{
    const ss_latent_classes *m = l->m;
    posterior p;

    for (size_t r = from; r < to; r++)
    {
        float share[SS_LATENT_CLASSES_MAX];
        double each;

        find_posterior(m, l->rows, r, l->lines, &p);
        each = weight_of(l->rows, r) / (double) p.total;
        for (uint32_t i = 0; i < p.n; i++)
        {
            share[i] = (float) (p.weight[i] * each);
            l->seen_size[p.class[i]] += share[i];
        }
        for (size_t c = 0; c < m->d; c++)
        {
            float *line = l->seen + (l->lines[c] - m->logs);

            for (uint32_t i = 0; i < p.n; i++)
                line[p.class[i]] += share[i];
        }
    }
}

/* A part of the way from what is known to what the rows say that were seen, of which there are times as many. */
static void
step(learning *l, double part, double times)
{
    const ss_latent_classes *m = l->m;
    const size_t n = (size_t) m->nlines * m->width;
    const float keep = (float) (1 - part), add = (float) (part * times);

    for (size_t i = 0; i < n; i++)
        l->counts[i] = l->counts[i] * keep + l->seen[i] * add;
    for (uint32_t z = 0; z < m->width; z++)
        l->sizes[z] = l->sizes[z] * keep + l->seen_size[z] * add;
    memset(l->seen, 0, n * sizeof *l->seen);
    memset(l->seen_size, 0, m->width * sizeof *l->seen_size);
}

/* Log-likelihood of a column's rows, each without itself in its class' table. */
static double
without_itself(const learning *l, size_t c, double prior)
{
    const ss_latent_classes *m = l->m;
    const uint32_t end = m->first[c] + l->rows->columns[c].ncodes;
    double nats = 0;

    for (uint32_t i = m->first[c]; i < end; i++)
    {
        for (uint32_t z = 0; z < m->nclasses; z++)
        {
            const double n = (double) l->counts[(size_t) i * m->width + z];
            const double all = (double) l->sizes[z];

            if (n > 1.0 / 64)
                nats += n * log(((n > 1 ? n - 1 : 0) + prior * l->marginal[i]) /
                                ((all > 1 ? all - 1 : 0) + prior));
        }
    }
    return nats;
}

/* A column that classes tell nothing of keeps to the whole, so that no class is spent on its noise. */
static void
choose_priors(learning *l)
{
    for (size_t c = 0; c < l->m->d; c++)
    {
        double best = -INFINITY;

        for (size_t i = 0; i < PRIORS; i++)
        {
            const double nats = without_itself(l, c, priors[i]);

            if (nats <= best)
                continue;
            best = nats;
            l->prior[c] = priors[i];
        }
    }
}

static bool
alike(const ss_coded_table *rows, size_t a, size_t b)
{
    for (size_t c = 0; c < rows->d; c++)
    {
        if (rows->columns[c].codes[a] != rows->columns[c].codes[b])
            return false;
    }
    return true;
}

/* The first rows that differ: classes that begin alike stay so. */
static uint32_t
choose_rows(const ss_coded_table *rows, uint32_t most, size_t *chosen)
{
    uint32_t n = 0;

    for (size_t r = 0; r < rows->n && n < most; r++)
    {
        bool known = false;

        for (uint32_t i = 0; i < n && !known; i++)
            known = alike(rows, chosen[i], r);
        if (!known)
            chosen[n++] = r;
    }
    return n;
}

/* Each class begins half as one row, half as everybody. */
static void
begin(learning *l, const size_t *chosen)
{
    const ss_latent_classes *m = l->m;
    const double each = l->total / m->nclasses, own = m->nclasses == 1 ? 0 : BEGIN_SHARE;

    for (uint32_t z = 0; z < m->nclasses; z++)
    {
        l->sizes[z] = (float) each;
        for (uint32_t i = 0; i < m->nlines; i++)
            l->counts[(size_t) i * m->width + z] = (float) (each * (1 - own) * l->marginal[i]);
        for (size_t c = 0; c < m->d; c++)
        {
            const uint32_t line = m->first[c] + l->rows->columns[c].codes[chosen[z]];

            l->counts[(size_t) line * m->width + z] += (float) (each * own);
        }
    }
    for (size_t c = 0; c < m->d; c++)
        l->prior[c] = priors[0];
    maximise(l);
}

static void
pass_over(learning *l)
{
    expect(l, 0, l->rows->n);
    step(l, 1, 1);
    maximise(l);
}

static void
run(learning *l)
{
    const size_t n = l->rows->n;
    size_t t = 0;

    for (size_t pass = 0; pass < STEP_PASSES && l->m->nclasses > 1; pass++)
    {
        for (size_t from = 0; from < n; from += STEP_ROWS)
        {
            const size_t to = n - from < STEP_ROWS ? n : from + STEP_ROWS;

            expect(l, from, to);
            step(l, pow((double) t++ + 2, -STEP_DECAY), (double) n / (double) (to - from));
            maximise(l);
        }
        choose_priors(l);
    }
    for (size_t pass = 0; pass < FULL_PASSES; pass++)
    {
        pass_over(l);
        choose_priors(l);
    }
}

/* --- classes that have too few ---------------------------------------------------------------------- */

static ss_grouping *
group(const learning *l, const ss_people *least, ss_arena *result)
{
    const ss_latent_classes *m = l->m;
    ss_grouping *g = ss_grouping_new(m->nclasses, m->nlines, m->d, least, result);

    for (uint32_t z = 0; z < m->nclasses; z++)
    {
        g->rows[z] = (double) l->sizes[z];
        for (uint32_t i = 0; i < m->nlines; i++)
            g->counts[z][i] = (double) l->counts[(size_t) i * m->width + z];
    }
    return g;
}

static void
take_groups(learning *l, const ss_grouping *g)
{
    ss_latent_classes *m = l->m;

    m->nclasses = g->n;
    for (uint32_t z = g->n; z < m->width; z++)
        m->shares[z] = NEVER;
    for (uint32_t z = 0; z < g->n; z++)
    {
        l->sizes[z] = (float) g->rows[z];
        for (uint32_t i = 0; i < m->nlines; i++)
            l->counts[(size_t) i * m->width + z] = (float) g->counts[z][i];
    }
    maximise(l);
}

/* Each joins the class that it loses least with.  That moves others' rows too, so that they are counted again. */
static void
join_small(learning *l, const ss_people *least)
{
    const ss_coded_table *rows = l->rows;
    bool again = true;

    while (again && l->m->nclasses > 1)
    {
        ss_arena *scratch = ss_arena_new(NULL);
        uint32_t *assigned = ss_alloc(scratch, rows->n + 1, sizeof *assigned);
        ss_grouping *g = group(l, least, scratch);

        ss_latent_classes_assign(l->m, rows, assigned);
        for (size_t r = 0; r < rows->n; r++)
            ss_grouping_add_member(g, assigned[r], rows->subjects + r * rows->npaths);
        again = ss_grouping_join_small(g);
        if (again)
            take_groups(l, g);
        ss_arena_free(scratch);
    }
}

/* --- classes that nobody needs ---------------------------------------------------------------------- */

static double
held_nats(const learning *l, const ss_coded_table *held_out)
{
    posterior p;
    double nats = 0;

    for (size_t r = 0; r < held_out->n; r++)
    {
        find_posterior(l->m, held_out, r, l->lines, &p);
        nats += (double) p.most / UNIT + log((double) p.total / EXP_ONE);
    }
    return nats;
}

/* The two that lose least by it, until people held out lose more than what may be noise. */
static void
join_needless(learning *l, const ss_coded_table *held_out, const ss_people *least)
{
    double most = held_nats(l, held_out);
    bool again = held_out->n > 0;

    while (again && l->m->nclasses > 1)
    {
        ss_arena *scratch = ss_arena_new(NULL);
        const ss_grouping *before = group(l, least, scratch);
        ss_grouping *g = group(l, least, scratch);
        double nats;

        ss_grouping_join_to(g, g->n - 1);
        take_groups(l, g);
        pass_over(l);
        nats = held_nats(l, held_out);
        again = nats >= most - NOISE;
        if (!again)
            take_groups(l, before);
        most = nats > most ? nats : most;
        ss_arena_free(scratch);
    }
}

/* --- all -------------------------------------------------------------------------------------------- */

static ss_latent_classes *
make_room(const ss_coded_table *rows, uint32_t nclasses, ss_arena *result)
{
    ss_latent_classes *m = ss_alloc(result, 1, sizeof *m);

    *m = (ss_latent_classes){
        .d = rows->d, .nclasses = nclasses, .width = (nclasses + LANE - 1) / LANE * LANE};
    m->first = ss_alloc(result, rows->d + 1, sizeof *m->first);
    for (size_t c = 0; c < rows->d; c++)
    {
        m->first[c] = m->nlines;
        m->nlines += rows->columns[c].ncodes;
    }
    m->logs = ss_alloc(result, (size_t) m->nlines * m->width + 1, sizeof *m->logs);
    m->shares = ss_alloc(result, m->width, sizeof *m->shares);
    for (uint32_t z = 0; z < m->width; z++)
        m->shares[z] = NEVER;
    for (size_t i = 0; i < NATS * UNIT; i++)
        m->exp[i] = (uint32_t) lrint(exp(-(double) i / UNIT) * EXP_ONE);
    return m;
}

ss_latent_classes *
ss_latent_classes_learn(const ss_coded_table *rows, const ss_coded_table *held_out,
                        const ss_latent_class_options *options, ss_arena *result)
{
    ss_arena *scratch = ss_arena_new(NULL);
    size_t chosen[SS_LATENT_CLASSES_MAX] = {0};
    const uint32_t n = choose_rows(rows, options->nclasses, chosen);
    ss_latent_classes *m = make_room(rows, n == 0 ? 1 : n, result);
    const size_t cells = (size_t) m->nlines * m->width;
    learning l = {.rows = rows,
                  .m = m,
                  .counts = ss_alloc(scratch, cells + 1, sizeof *l.counts),
                  .seen = ss_alloc(scratch, cells + 1, sizeof *l.seen),
                  .sizes = ss_alloc(scratch, m->width, sizeof *l.sizes),
                  .seen_size = ss_alloc(scratch, m->width, sizeof *l.seen_size),
                  .marginal = ss_alloc(scratch, m->nlines + 1, sizeof *l.marginal),
                  .prior = ss_alloc(scratch, rows->d + 1, sizeof *l.prior),
                  .lines = ss_alloc(scratch, rows->d + 1, sizeof *l.lines)};

    for (size_t r = 0; r < rows->n; r++)
        l.total += weight_of(rows, r);
    for (size_t c = 0; c < rows->d; c++)
    {
        for (size_t r = 0; r < rows->n; r++)
            l.marginal[m->first[c] + rows->columns[c].codes[r]] += weight_of(rows, r) / l.total;
    }
    if (n > 0)
    {
        begin(&l, chosen);
        run(&l);
        join_needless(&l, held_out, &options->least);
        join_small(&l, &options->least);
    }
    m->above = ss_alloc(result, 2 * (size_t) m->nclasses, sizeof *m->above);
    ss_grouping_tree(group(&l, &options->least, scratch), m->above);
    ss_arena_free(scratch);
    return m;
}
