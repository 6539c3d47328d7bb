#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "stats/family.h"

/*
 * Mixtures of two and of three normals.  Parameters: mean and deviation of each, then the weights of all but the
 * last.  A component is 1 % at least, whose rows are the caller's to judge.
 */
#define MOST         3
#define WEIGHT_LEAST 0.01
#define EM_STEPS     40

typedef struct mixture
{
    double mean[MOST], deviation[MOST], weight[MOST];
} mixture;

static mixture
mixture_of(const double *p, size_t n)
{
    mixture m = {.weight = {0}};

    m.weight[n - 1] = 1;
    for (size_t i = 0; i < n; i++)
    {
        m.mean[i] = p[2 * i];
        m.deviation[i] = p[2 * i + 1];
        if (i + 1 < n)
        {
            m.weight[i] = p[2 * n + i];
            m.weight[n - 1] -= m.weight[i];
        }
    }
    return m;
}

static void
params_of(const mixture *m, size_t n, double *p)
{
    for (size_t i = 0; i < n; i++)
    {
        p[2 * i] = m->mean[i];
        p[2 * i + 1] = m->deviation[i];
        if (i + 1 < n)
            p[2 * n + i] = m->weight[i];
    }
}

/* NAN, which no likelihood climbs to, where weights leave too little for the last component. */
static double
log_density(const double *p, double x, size_t n)
{
    const mixture m = mixture_of(p, n);
    double nats[MOST], most = -HUGE_VAL, sum = 0;

    for (size_t i = 0; i < n; i++)
    {
        const double z = (x - m.mean[i]) / m.deviation[i];

        nats[i] = log(m.weight[i]) - z * z / 2 - log(m.deviation[i]) - (M_LN2 + M_LNPI) / 2;
        most = fmax(most, nats[i]);
    }
    for (size_t i = 0; i < n; i++)
        sum += exp(nats[i] - most);
    return m.weight[n - 1] < WEIGHT_LEAST ? (double) NAN : most + log(sum);
}

static double
tail(const double *p, double x, size_t n, double (*of)(double))
{
    const mixture m = mixture_of(p, n);
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += m.weight[i] * of((x - m.mean[i]) / m.deviation[i]);
    return m.weight[n - 1] < WEIGHT_LEAST ? (double) NAN : sum;
}

static double
least_share(const double *p, double from, double to, size_t n)
{
    const mixture m = mixture_of(p, n);
    double least = HUGE_VAL, all = 0;

    for (size_t i = 0; i < n; i++)
    {
        const double share =
            m.weight[i] * (gsl_cdf_ugaussian_P((to - m.mean[i]) / m.deviation[i]) -
                           gsl_cdf_ugaussian_P((from - m.mean[i]) / m.deviation[i]));

        least = fmin(least, share);
        all += share;
    }
    return all > 0 ? least / all : 0;
}

/* ---- starts -------------------------------------------------------------------------------------- */

/* Expectation and maximisation on the middles of groups (Dempster, Laird and Rubin 1977).  Returns the log likelihood. */
static double
improve(const ss_grid_groups *g, mixture *m, size_t n)
{
    double nats = 0;

    for (size_t step = 0; step < EM_STEPS; step++)
    {
        double rows[MOST] = {0}, sums[MOST] = {0}, squares[MOST] = {0};

        nats = 0;
        for (size_t i = 0; i < g->n; i++)
        {
            const double x = g->middle[i], width = g->spans[i].width;
            double share[MOST], all = 0;

            if (g->rows[i] <= 0)
                continue;
            for (size_t k = 0; k < n; k++)
            {
                const double z = (x - m->mean[k]) / m->deviation[k];

                share[k] = m->weight[k] / m->deviation[k] * exp(-z * z / 2);
                all += share[k];
            }
            if (!(all > 0))
                continue;
            nats += g->rows[i] * log(all);
            for (size_t k = 0; k < n; k++)
            {
                const double r = g->rows[i] * share[k] / all, off = x - m->mean[k];

                rows[k] += r;
                sums[k] += r * off;
                squares[k] += r * (off * off + width * width / 12);
            }
        }
        for (size_t k = 0; k < n; k++)
        {
            const double off = sums[k] / rows[k];

            if (!(rows[k] > 0))
                return -HUGE_VAL;
            m->weight[k] = rows[k] / g->total;
            m->mean[k] += off;
            m->deviation[k] = sqrt(fmax(squares[k] / rows[k] - off * off, 1e-12));
        }
    }
    return nats;
}

typedef struct sums
{
    double rows, first, second;
} sums;

static void
add(sums *s, const ss_grid_groups *g, size_t i)
{
    if (g->rows[i] <= 0)
        return;
    s->rows += g->rows[i];
    s->first += g->rows[i] * (g->middle[i] - g->mean);
    s->second += g->rows[i] * (pow(g->middle[i] - g->mean, 2) + pow(g->spans[i].width, 2) / 12);
}

static double
between(const sums *a, const sums *b)
{
    const double rows = b->rows - a->rows, first = b->first - a->first;

    return rows > 0 ? first * first / rows : 0;
}

/* Cut into n parts so that they differ most (Otsu 1979; Fisher 1958): found by trying all. */
static bool
cut(const ss_grid_groups *g, size_t n, const sums *upto, mixture *m)
{
    size_t at[MOST + 1] = {0}, best[MOST + 1] = {0};
    double most = -1;

    at[n] = best[n] = g->n;
    for (at[1] = 1; at[1] < g->n; at[1]++)
    {
        for (at[2] = n == 2 ? g->n : at[1] + 1; at[2] < g->n + (n == 2); at[2]++)
        {
            double sum = 0;

            for (size_t k = 0; k < n; k++)
                sum += between(&upto[at[k]], &upto[at[k + 1]]);
            if (sum <= most)
                continue;
            most = sum;
            best[1] = at[1];
            best[2] = at[2];
        }
    }
    for (size_t k = 0; k < n; k++)
    {
        const sums *a = &upto[best[k]], *b = &upto[best[k + 1]];
        const double rows = b->rows - a->rows, mean = (b->first - a->first) / rows;

        if (!(rows > 0))
            return false;
        m->mean[k] = g->mean + mean;
        m->deviation[k] = sqrt(fmax((b->second - a->second) / rows - mean * mean, 1e-12));
        m->weight[k] = rows / g->total;
    }
    return most >= 0;
}

/* One inside the other. */
static void
nest(const ss_grid_groups *g, size_t n, mixture *m)
{
    const double middle = ss_grid_groups_quantile(g, 0.5);

    for (size_t k = 0; k < n; k++)
    {
        m->mean[k] = middle;
        m->deviation[k] = g->deviation * (k == 0 ? 0.4 : k == 1 ? 1.3 : 2.5);
        m->weight[k] = 1.0 / (double) n;
    }
}

static bool
start(const ss_grid_groups *g, ss_law *law, size_t n)
{
    sums *upto = ss_must(calloc(g->n + 1, sizeof *upto));
    mixture cuts, nested;
    bool possible;

    for (size_t i = 0; i < g->n; i++)
    {
        upto[i + 1] = upto[i];
        add(&upto[i + 1], g, i);
    }
    possible = g->n >= 4 && g->deviation > 0 && cut(g, n, upto, &cuts);
    free(upto);
    if (!possible)
        return false;
    nest(g, n, &nested);
    params_of(improve(g, &cuts, n) >= improve(g, &nested, n) ? &cuts : &nested, n, law->params);
    for (size_t k = 0; k + 1 < n; k++)
        law->params[2 * n + k] =
            fmin(fmax(law->params[2 * n + k], 2 * WEIGHT_LEAST), 1 - 2 * WEIGHT_LEAST * (double) n);
    return true;
}

/* By their means. */
static void
arrange(double *p, size_t n)
{
    mixture m = mixture_of(p, n), sorted = {.weight = {0}};

    for (size_t k = 0; k < n; k++)
    {
        size_t place = 0;

        for (size_t i = 0; i < n; i++)
            place += m.mean[i] < m.mean[k] || (m.mean[i] == m.mean[k] && i < k);
        sorted.mean[place] = m.mean[k];
        sorted.deviation[place] = m.deviation[k];
        sorted.weight[place] = m.weight[k];
    }
    params_of(&sorted, n, p);
}

/* ---- the two ------------------------------------------------------------------------------------- */

#define MIXTURE(N)                                                                                 \
    static bool start_##N(const ss_grid_groups *g, ss_law *law)                                    \
    {                                                                                              \
        return start(g, law, N);                                                                   \
    }                                                                                              \
    static double log_density_##N(const double *p, double x)                                       \
    {                                                                                              \
        return log_density(p, x, N);                                                               \
    }                                                                                              \
    static double lower_##N(const double *p, double x)                                             \
    {                                                                                              \
        return tail(p, x, N, gsl_cdf_ugaussian_P);                                                 \
    }                                                                                              \
    static double upper_##N(const double *p, double x)                                             \
    {                                                                                              \
        return tail(p, x, N, gsl_cdf_ugaussian_Q);                                                 \
    }                                                                                              \
    static double least_share_##N(const double *p, double from, double to)                         \
    {                                                                                              \
        return least_share(p, from, to, N);                                                        \
    }                                                                                              \
    static void arrange_##N(double *p)                                                             \
    {                                                                                              \
        arrange(p, N);                                                                             \
    }

MIXTURE(2)
MIXTURE(3)

#define MEAN(name_, by_)                                                                           \
    {                                                                                              \
        .name = name_, .kind = SS_PARAM_PLACE, .by = by_, .among_rows = true                       \
    }
#define DEVIATION(name_)                                                                           \
    {                                                                                              \
        .name = name_, .kind = SS_PARAM_SCALE                                                      \
    }
#define WEIGHT(name_)                                                                              \
    {                                                                                              \
        .name = name_, .kind = SS_PARAM_PURE, .least = WEIGHT_LEAST, .most = 1 - WEIGHT_LEAST      \
    }

const ss_family ss_family_normal_mixture_2 = {
    .name = "normal-mixture-2",
    .support = SS_SUPPORT_LINE,
    .nparams = 5,
    .params = {MEAN("mean-1", 1), DEVIATION("deviation-1"), MEAN("mean-2", 3),
               DEVIATION("deviation-2"), WEIGHT("weight-1")},
    .start = start_2,
    .log_density = log_density_2,
    .lower = lower_2,
    .upper = upper_2,
    .arrange = arrange_2,
    .least_share = least_share_2,
};

const ss_family ss_family_normal_mixture_3 = {
    .name = "normal-mixture-3",
    .support = SS_SUPPORT_LINE,
    .nparams = 8,
    .params = {MEAN("mean-1", 1), DEVIATION("deviation-1"), MEAN("mean-2", 3),
               DEVIATION("deviation-2"), MEAN("mean-3", 5), DEVIATION("deviation-3"),
               WEIGHT("weight-1"), WEIGHT("weight-2")},
    .start = start_3,
    .log_density = log_density_3,
    .lower = lower_3,
    .upper = upper_3,
    .arrange = arrange_3,
    .least_share = least_share_3,
};
