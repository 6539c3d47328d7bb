/* The engine of a Gaussian copula. */
#include "stats/copula.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>

#include "base/order.h"
#include "rand/stream.h"
#include "stats/polychoric.h"

#define ROWS_WORK    ((size_t) 1 << 19) /* rows times columns that are learnt from, about */
#define ROWS_MIN     ((size_t) 1000)
#define NOISE        3    /* nats of all people held out */
#define SIMULATED    4096 /* rows by which thresholds are set */
#define GROUPS       128  /* of them, that are near each other */
#define NEWTON_STEPS 50
#define RESIDUAL_MIN 20   /* in 1 / SS_COPULA_UNIT */
#define FAR          12.0 /* standard deviations: beyond there is nothing */

/* --- margins ---------------------------------------------------------------------------------------- */

/* Shares by place, the thresholds between them and the mean normal value of each; returns the scores' variance. */
static double
score(ss_copula_variable *v, double *shares, double *thresholds)
{
    double variance = 0;

    for (uint32_t i = 0; i < v->ncodes; i++)
        shares[i] = (double) ss_below_width(v->below, v->ncodes, v->code_at[i]) / 4294967296.0;
    ss_normal_thresholds(shares, v->ncodes, thresholds);
    for (uint32_t i = 0; i < v->ncodes; i++)
    {
        const double low = i == 0 ? -FAR : fmax(thresholds[i - 1], -FAR);
        const double high = i + 1 == v->ncodes ? FAR : fmin(thresholds[i], FAR);
        const double mean =
            shares[i] > 0 ? (gsl_ran_ugaussian_pdf(low) - gsl_ran_ugaussian_pdf(high)) / shares[i]
                          : low;
        const int32_t rounded = (int32_t) lrint(fmin(fmax(mean, -6.5), 6.5) * SS_NORMAL_ONE);

        v->scores[v->code_at[i]] = rounded;
        variance += shares[i] * pow((double) rounded / SS_NORMAL_ONE, 2);
    }
    return variance;
}

/* --- weights ---------------------------------------------------------------------------------------- */

/*
 * The best linear prediction of a variable's normal value from scores before it.  A score's covariance with its own normal value is its
 * variance, q: so with another's it is r q, and two scores have r q q'.
 */
static void
weigh(const ss_copula *s, ss_copula *m, const double *variances, ss_arena *result)
{
    const size_t n = s->nblock;
    gsl_matrix *c = gsl_matrix_calloc(n + 1, n + 1);
    gsl_vector *b = gsl_vector_alloc(n + 1);

    if (c == NULL || b == NULL)
        ss_out_of_memory();
    for (size_t i = 0; i < n; i++)
    {
        for (size_t j = 0; j < n; j++)
            gsl_matrix_set(c, i, j,
                           i == j ? fmax(variances[i], 1e-6)
                                  : s->correlations[i * n + j] * variances[i] * variances[j]);
    }
    if (n > 0)
    {
        gsl_matrix_view all = gsl_matrix_submatrix(c, 0, 0, n, n);

        (void) gsl_linalg_cholesky_decomp1(&all.matrix);
    }
    for (size_t i = 1; i < n; i++)
    {
        ss_copula_variable *v = &m->variables[s->block[i]];
        gsl_matrix_view before = gsl_matrix_submatrix(c, 0, 0, i, i);
        gsl_vector_view x = gsl_vector_subvector(b, 0, i);
        double left = 1;

        if (v->apart == SS_COPULA_APART)
            continue;
        for (size_t j = 0; j < i; j++)
            gsl_vector_set(b, j, s->correlations[i * n + j] * variances[j]);
        (void) gsl_linalg_cholesky_svx(&before.matrix, &x.vector);
        v->before = ss_alloc(result, i, sizeof *v->before);
        v->weights = ss_alloc(result, i, sizeof *v->weights);
        for (size_t j = 0; j < i; j++)
        {
            const double weight = gsl_vector_get(b, j) * SS_COPULA_UNIT;

            left -= gsl_vector_get(b, j) * s->correlations[i * n + j] * variances[j];
            if (fabs(weight) < 0.5)
                continue;
            v->before[v->nbefore] = s->block[j];
            v->weights[v->nbefore++] =
                (int32_t) lrint(fmin(fmax(weight, -SS_COPULA_WEIGHT_MAX), SS_COPULA_WEIGHT_MAX));
        }
        if (v->nbefore > 0)
            v->residual =
                (uint32_t) lrint(fmax(sqrt(fmax(left, 0)) * SS_COPULA_UNIT, RESIDUAL_MIN));
    }
    gsl_matrix_free(c);
    gsl_vector_free(b);
}

/* --- thresholds ------------------------------------------------------------------------------------- */

/* means: of SIMULATED rows, in 1 / (SS_NORMAL_ONE * SS_COPULA_UNIT); become GROUPS of them, ascending. */
static void
group_means(int64_t *means, double *groups)
{
    const size_t each = SIMULATED / GROUPS;

    ss_sort_i64(means, SIMULATED);
    for (size_t g = 0; g < GROUPS; g++)
    {
        double sum = 0;

        for (size_t i = 0; i < each; i++)
            sum += (double) means[g * each + i];
        groups[g] = sum / (double) each / SS_NORMAL_ONE / SS_COPULA_UNIT;
    }
}

/* Where share lies below, of normal values around the groups' means: Newton's steps, within bounds. */
static double
mixture_quantile(const double *groups, double sd, double share, double low)
{
    double high = groups[GROUPS - 1] + 7 * sd, x = low;

    low = fmax(low, groups[0] - 7 * sd);
    x = low < x ? x : low;
    for (int i = 0; i < NEWTON_STEPS && high - low > 1e-7; i++)
    {
        double p = 0, density = 0;

        for (size_t g = 0; g < GROUPS; g++)
        {
            p += gsl_cdf_ugaussian_P((x - groups[g]) / sd) / GROUPS;
            density += gsl_ran_ugaussian_pdf((x - groups[g]) / sd) / sd / GROUPS;
        }
        if (p < share)
            low = x;
        else
            high = x;
        x = density > 0 ? x - (p - share) / density : low;
        if (!(x > low && x < high))
            x = (low + high) / 2;
        else if (fabs(p - share) < 1e-9)
            break;
    }
    return x;
}

static int32_t
threshold_of(double x)
{
    return x < -FAR ? INT32_MIN : x > FAR ? INT32_MAX : (int32_t) lrint(x * SS_NORMAL_ONE);
}

static void
set_thresholds(ss_copula_variable *v, const double *shares, const double *normal, int64_t *means)
{
    double groups[GROUPS], below = 0, last = -FAR;

    if (v->nbefore > 0)
        group_means(means, groups);
    for (uint32_t i = 0; i + 1 < v->ncodes; i++)
    {
        below += shares[i];
        if (v->nbefore > 0 && isfinite(normal[i]) && shares[i] > 0)
            last = mixture_quantile(groups, (double) v->residual / SS_COPULA_UNIT, below, last);
        v->thresholds[i] = threshold_of(v->nbefore == 0 || !isfinite(normal[i]) ? normal[i] : last);
    }
}

/* The mean of the normal value, given codes before. */
static int64_t
mean_of(const ss_copula *m, const ss_copula_variable *v, const ss_coded_table *rows, size_t r)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < v->nbefore; i++)
    {
        const ss_copula_variable *before = &m->variables[v->before[i]];

        sum += (int64_t) v->weights[i] * before->scores[rows->columns[before->column].codes[r]];
    }
    return sum;
}

static uint16_t
draw_one(const ss_copula_variable *v, int64_t mean, uint64_t word)
{
    const int64_t value = mean + (int64_t) v->residual * ss_normal_score((uint32_t) (word >> 32));
    uint32_t low = 0, high = v->ncodes - 1;

    if (v->nbefore == 0 || (word & (SS_COPULA_APART - 1)) < v->apart)
        return (uint16_t) ss_below_draw(v->below, v->ncodes, word);
    /* The first place that does not end before it. */
    while (low < high)
    {
        const uint32_t middle = low + (high - low) / 2;

        if (value <= (int64_t) v->thresholds[middle] * SS_COPULA_UNIT)
            high = middle;
        else
            low = middle + 1;
    }
    return (uint16_t) v->code_at[low];
}

/* Words whose values lie evenly, in an order of their own for each variable. */
static void
even_words(uint64_t *state, uint64_t *words)
{
    for (size_t r = 0; r < SIMULATED; r++)
    {
        const size_t other = (size_t) ss_below(ss_unfold(state), r + 1);

        words[r] = words[other];
        words[other] = (2 * r + 1) * (UINT64_MAX / (2 * SIMULATED));
    }
    for (size_t r = 0; r < SIMULATED; r++)
        words[r] = (words[r] & ~(uint64_t) UINT8_MAX) | (ss_unfold(state) & UINT8_MAX);
}

/* Variable by variable of the block: rows as they are drawn, so that what follows has the shares that are told. */
static void
calibrate(const ss_copula *s, ss_copula *m, double **shares, double **normal)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_coded_table rows = {.n = SIMULATED, .d = m->d};
    uint64_t *words = ss_alloc(scratch, SIMULATED, sizeof *words), state = 1;
    int64_t *means = ss_alloc(scratch, SIMULATED, sizeof *means);
    int64_t *sorted = ss_alloc(scratch, SIMULATED, sizeof *sorted);

    rows.columns = ss_alloc(scratch, m->d + 1, sizeof *rows.columns);
    for (size_t i = 0; i < s->nblock; i++)
    {
        ss_copula_variable *v = &m->variables[s->block[i]];
        uint16_t *codes = ss_alloc(scratch, SIMULATED, sizeof *codes);

        rows.columns[v->column].codes = codes;
        for (size_t r = 0; r < SIMULATED; r++)
            means[r] = mean_of(m, v, &rows, r);
        memcpy(sorted, means, SIMULATED * sizeof *means);
        set_thresholds(v, shares[s->block[i]], normal[s->block[i]], sorted);
        even_words(&state, words);
        for (size_t r = 0; r < SIMULATED; r++)
            codes[r] = draw_one(v, means[r], words[r]);
    }
    ss_arena_free(scratch);
}

/* --- settling --------------------------------------------------------------------------------------- */

void
ss_copula_derive(ss_copula *copula, ss_arena *result)
{
    for (size_t i = 0; i < copula->n; i++)
    {
        ss_copula_variable *v = &copula->variables[i];

        v->below = ss_alloc(result, v->ncodes, sizeof *v->below);
        ss_told_below(&v->told, NULL, v->ncodes, copula->k, 0, v->below);
    }
}

static void
settle(const void *structure, const ss_tally *tally, ss_arena *result, void **model)
{
    static const ss_backoff_node leaf = {.parent = 0, .leaf = 0};
    const ss_copula *s = structure;
    ss_copula *m = ss_alloc(result, 1, sizeof *m);
    ss_arena *scratch = ss_arena_new(NULL);
    double **shares = ss_alloc(scratch, s->n + 1, sizeof *shares);
    double **normal = ss_alloc(scratch, s->n + 1, sizeof *normal);
    double *all = ss_alloc(scratch, s->n + 1, sizeof *all);
    double *variances = ss_alloc(scratch, s->nblock + 1, sizeof *variances);

    *m = *s;
    m->variables = ss_alloc(result, s->n + 1, sizeof *m->variables);
    for (size_t i = 0; i < s->n; i++)
    {
        ss_copula_variable *v = &m->variables[i];

        const ss_backoff alone = {.nodes = &leaf,
                                  .nnodes = 1,
                                  .nleaves = 1,
                                  .first = s->variables[i].first,
                                  .ncodes = s->variables[i].ncodes,
                                  .nordered = s->variables[i].nordered};

        *v = s->variables[i];
        v->codes = ss_alloc(result, v->ncodes, sizeof *v->codes);
        v->told = *ss_backoff_settle(&alone, tally, s->k, result, v->codes);
    }
    ss_copula_derive(m, result);
    for (size_t i = 0; i < s->n; i++)
    {
        ss_copula_variable *v = &m->variables[i];

        shares[i] = ss_alloc(scratch, v->ncodes, sizeof **shares);
        normal[i] = ss_alloc(scratch, v->ncodes, sizeof **normal);
        v->scores = ss_alloc(result, v->ncodes, sizeof *v->scores);
        v->thresholds = ss_alloc(result, v->ncodes, sizeof *v->thresholds);
        all[i] = score(v, shares[i], normal[i]);
    }
    for (size_t i = 0; i < s->nblock; i++)
        variances[i] = all[s->block[i]];
    weigh(s, m, variances, result);
    calibrate(s, m, shares, normal);
    ss_arena_free(scratch);
    *model = m;
}

/* --- using ------------------------------------------------------------------------------------------ */

/* Probability of a place of a normal value around mean; from the tail that is smaller. */
static double
probability(const ss_copula_variable *v, uint32_t place, int64_t mean)
{
    const double by = (double) v->residual * SS_NORMAL_ONE;
    const double low =
        place == 0 ? -HUGE_VAL
                   : ((double) v->thresholds[place - 1] * SS_COPULA_UNIT - (double) mean) / by;
    const double high = place + 1 == v->ncodes
                            ? HUGE_VAL
                            : ((double) v->thresholds[place] * SS_COPULA_UNIT - (double) mean) / by;
    const double p = low > 0 ? gsl_cdf_ugaussian_Q(low) - gsl_cdf_ugaussian_Q(high)
                             : gsl_cdf_ugaussian_P(high) - gsl_cdf_ugaussian_P(low);

    return p > 0 ? p : 0;
}

/* Of rows' codes of a variable, given those before: by its normal value, and by its shares alone. */
static void
probabilities(const ss_copula *m, const ss_copula_variable *v, const ss_coded_table *rows,
              double *normal, double *alone)
{
    const uint16_t *codes = rows->columns[v->column].codes;
    uint32_t *place = ss_must(calloc(v->ncodes + 1, sizeof *place));

    for (uint32_t i = 0; i < v->ncodes; i++)
        place[v->code_at[i]] = i;
    for (size_t r = 0; r < rows->n; r++)
    {
        alone[r] = exp(ss_below_log(v->below, v->ncodes, codes[r]));
        normal[r] =
            v->nbefore == 0 ? alone[r] : probability(v, place[codes[r]], mean_of(m, v, rows, r));
    }
    free(place);
}

static double
mixed(double normal, double alone, uint32_t apart)
{
    const double part = (double) apart / SS_COPULA_APART;

    return (1 - part) * normal + part * alone;
}

static void
log_density(const void *model, const ss_coded_table *rows, double *nats)
{
    const ss_copula *m = model;
    double *normal = calloc(rows->n + 1, sizeof *normal),
           *alone = calloc(rows->n + 1, sizeof *alone);

    if (normal == NULL || alone == NULL)
        ss_out_of_memory();
    memset(nats, 0, rows->n * sizeof *nats);
    for (size_t i = 0; i < m->n; i++)
    {
        const ss_copula_variable *v = &m->variables[i];

        if (v->given)
            continue;
        probabilities(m, v, rows, normal, alone);
        for (size_t r = 0; r < rows->n; r++)
            nats[r] += log(mixed(normal[r], alone[r], v->apart));
    }
    free(normal);
    free(alone);
}

static void
draw(const void *model, ss_coded_table *rows, const uint64_t *words)
{
    const ss_copula *m = model;

    for (size_t i = 0; i < m->n; i++)
    {
        const ss_copula_variable *v = &m->variables[i];
        uint16_t *codes = rows->columns[v->column].codes;

        for (size_t r = 0; r < rows->n && !v->given; r++)
            codes[r] = draw_one(v, mean_of(m, v, rows, r), words[(size_t) v->column * rows->n + r]);
    }
}

/* --- learning --------------------------------------------------------------------------------------- */

/* Given ones first, then by rank, and of each large domains first: a score of many tells the normal value best. */
static bool
comes_before(const ss_coded_column *a, const ss_coded_column *b)
{
    if (a->given != b->given)
        return a->given;
    if (!a->given && a->rank != b->rank)
        return a->rank < b->rank;
    return a->ncodes > b->ncodes;
}

static void
put_in_order(const ss_coded_table *rows, ss_copula *s)
{
    for (uint32_t c = 0; c < rows->d; c++)
    {
        const ss_coded_column *column = &rows->columns[c];
        size_t at = c;

        for (; at > 0 && comes_before(column, &rows->columns[s->variables[at - 1].column]); at--)
            s->variables[at] = s->variables[at - 1];
        s->variables[at] = (ss_copula_variable){.column = c,
                                                .ncodes = column->ncodes,
                                                .nordered = column->nordered,
                                                .given = column->given};
    }
    for (size_t i = 0; i < rows->d; i++)
    {
        s->variables[i].first = (uint32_t) s->ncells;
        s->ncells += s->variables[i].ncodes;
    }
}

/* How much of each variable people held out want apart: all of it where what was before does not help them. */
static void
judge(ss_copula *s, const ss_coded_table *rows, const ss_coded_table *held_out,
      const ss_people *people)
{
    static const uint32_t parts[] = {1, 4, 16, 64};
    ss_arena *scratch = ss_arena_new(NULL);
    ss_tally *tally = ss_tally_new(s->ncells, people);
    double *normal = ss_alloc(scratch, held_out->n + 1, sizeof *normal);
    double *alone = ss_alloc(scratch, held_out->n + 1, sizeof *alone);
    const ss_copula *m;
    void *model;

    ss_engine_count(&ss_engine_copula, s, rows, tally);
    settle(s, tally, scratch, &model);
    m = model;
    for (size_t i = 0; i < s->n; i++)
    {
        double best = NOISE;

        s->variables[i].apart = SS_COPULA_APART;
        if (m->variables[i].nbefore == 0)
            continue;
        probabilities(m, &m->variables[i], held_out, normal, alone);
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        {
            double gain = 0;

            for (size_t r = 0; r < held_out->n; r++)
                gain += log(mixed(normal[r], alone[r], parts[p]) / alone[r]);
            if (gain <= best)
                continue;
            best = gain;
            s->variables[i].apart = parts[p];
        }
    }
    ss_tally_free(tally);
    ss_arena_free(scratch);
}

/* The first rows, which are any: as many as cost what may be spent on them. */
static ss_coded_table
some(const ss_coded_table *rows, ss_arena *result)
{
    const size_t most = ROWS_WORK / (rows->d + 1), n = most > ROWS_MIN ? most : ROWS_MIN;

    return ss_coded_slice(rows, 0, n < rows->n ? n : rows->n, result);
}

static ss_code
learn(const ss_coded_table *all, const ss_coded_table *all_held_out,
      const ss_engine_options *options, ss_arena *result, void **structure, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_coded_table rows = some(all, scratch), held_out = some(all_held_out, scratch);
    ss_copula *s = ss_alloc(result, 1, sizeof *s);

    (void) err;
    *s = (ss_copula){.k = options->people.k, .n = rows.d, .d = rows.d};
    s->variables = ss_alloc(result, rows.d + 1, sizeof *s->variables);
    put_in_order(&rows, s);
    ss_copula_correlate(s, &rows, options, result);
    judge(s, &rows, &held_out, &options->people);
    ss_arena_free(scratch);
    *structure = s;
    return SS_OK;
}

static bool
finds(const void *structure)
{
    const ss_copula *s = structure;

    for (size_t i = 0; i < s->nblock; i++)
    {
        for (size_t j = 0; j < i; j++)
        {
            if (s->correlations[i * s->nblock + j] != 0)
                return true;
        }
    }
    return false;
}

static size_t
ncells(const void *structure)
{
    const ss_copula *s = structure;

    return s->ncells;
}

static void
cells(const void *structure, const ss_coded_table *rows, uint32_t *list)
{
    const ss_copula *s = structure;

    for (size_t i = 0; i < s->n; i++)
    {
        const ss_copula_variable *v = &s->variables[i];

        for (size_t r = 0; r < rows->n; r++)
            list[v->column * rows->n + r] = v->first + rows->columns[v->column].codes[r];
    }
}

const ss_engine ss_engine_copula = {.name = "copula",
                                    .learn = learn,
                                    .finds = finds,
                                    .ncells = ncells,
                                    .cells = cells,
                                    .settle = settle,
                                    .log_density = log_density,
                                    .draw = draw};
