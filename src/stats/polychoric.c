#include "stats/polychoric.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>

#include "stats/bivariate_normal.h"

#define STEPS     60
#define TOLERANCE 1e-6
#define LEAST     1e-300 /* probability that a logarithm is taken of */

/* The likelihood, and what it needs. */
typedef struct likelihood
{
    const ss_polychoric_table *table;
    double *rows, *columns; /* thresholds, with the infinite ones at both ends */
    double *line[2];        /* P(X <= a threshold, Y <= each one), of two neighbouring thresholds */
} likelihood;

void
ss_normal_thresholds(const double *shares, size_t n, double *thresholds)
{
    double before = 0, after = 0;

    /* What lies beyond each is summed from its own end: nothing is lost in the tails. */
    for (size_t i = n; i-- > 1;)
    {
        after += shares[i];
        thresholds[i - 1] = after;
    }
    for (size_t i = 0; i + 1 < n; i++)
    {
        before += shares[i];
        after = thresholds[i];
        if (before <= 0)
            thresholds[i] = -INFINITY;
        else if (after <= 0)
            thresholds[i] = INFINITY;
        else
            thresholds[i] = before < after ? gsl_cdf_ugaussian_Pinv(before / (before + after))
                                           : gsl_cdf_ugaussian_Qinv(after / (before + after));
    }
}

static void
fill_line(const likelihood *l, double h, double rho, double *line)
{
    for (size_t j = 0; j <= l->table->ncolumns; j++)
        line[j] = ss_bivariate_normal(h, l->columns[j], rho);
}

/* Minus the log likelihood at rho. */
static double
minus_log(double rho, void *of)
{
    const likelihood *l = of;
    const ss_polychoric_table *t = l->table;
    double nats = 0, told = 0;

    fill_line(l, l->rows[0], rho, l->line[0]);
    for (size_t i = 0; i < t->nrows; i++)
    {
        const double *low = l->line[i % 2], *high = l->line[(i + 1) % 2];

        fill_line(l, l->rows[i + 1], rho, l->line[(i + 1) % 2]);
        for (size_t j = 0; j < t->ncolumns; j++)
        {
            const size_t at = i * t->ncolumns + j;
            const double p = high[j + 1] - high[j] - low[j + 1] + low[j];

            if (t->untold != NULL && t->untold[at])
                continue;
            told += p > 0 ? p : 0;
            if (t->counts[at] > 0)
                nats += t->counts[at] * log(p > LEAST ? p : LEAST);
        }
    }
    if (t->rest > 0)
        nats += t->rest * log(1 - told > LEAST ? 1 - told : LEAST);
    return -nats;
}

/* Thresholds of n codes between two infinite ones; returns how many codes have a share. */
static size_t
thresholds(const ss_polychoric_table *t, bool of_rows, double *out, ss_arena *scratch)
{
    const size_t n = of_rows ? t->nrows : t->ncolumns;
    const double *given = of_rows ? t->row_shares : t->column_shares;
    double *shares = ss_alloc(scratch, n + 1, sizeof *shares);
    size_t some = 0;

    for (size_t i = 0; i < t->nrows; i++)
    {
        for (size_t j = 0; j < t->ncolumns; j++)
        {
            if (t->untold == NULL || !t->untold[i * t->ncolumns + j])
                shares[of_rows ? i : j] += t->counts[i * t->ncolumns + j];
        }
    }
    for (size_t i = 0; i < n; i++)
    {
        if (given != NULL)
            shares[i] = given[i];
        some += shares[i] > 0;
    }
    out[0] = -INFINITY;
    out[n] = INFINITY;
    ss_normal_thresholds(shares, n, out + 1);
    return some;
}

/*
 * By the second derivative of the likelihood, taken by differences; where the best is at an end, or so near to it that
 * there is none, the error with which it is as many of them away from 0 as the likelihood ratio says.
 */
static double
standard_error(likelihood *l, double rho)
{
    const double h = 1e-3, best = minus_log(rho, l);
    double curvature, apart;

    if (fabs(rho) + h < SS_POLYCHORIC_MAX)
    {
        curvature = (minus_log(rho + h, l) - 2 * best + minus_log(rho - h, l)) / (h * h);
        if (curvature > 0)
            return 1 / sqrt(curvature);
    }
    apart = 2 * (minus_log(0, l) - best);
    return apart > 0 ? fabs(rho) / sqrt(apart) : HUGE_VAL;
}

/*
 * Between the neighbours of the best of a few places, for there may be more than one hill where cells are untold; at an end of
 * them where that is best.
 */
static double
maximise(likelihood *l)
{
    static const double places[] = {
        -SS_POLYCHORIC_MAX, -0.99, -0.96, -0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9, 0.96, 0.99,
        SS_POLYCHORIC_MAX};
    const size_t n = sizeof places / sizeof *places;
    gsl_min_fminimizer *m;
    gsl_function f = {.function = minus_log, .params = l};
    double values[sizeof places / sizeof *places], rho;
    size_t best = n / 2;

    for (size_t i = 0; i < n; i++)
        values[i] = minus_log(places[i], l);
    for (size_t i = 0; i < n; i++)
        best = values[i] < values[best] ? i : best;
    rho = places[best];
    if (best == 0 || best == n - 1)
        return rho;
    m = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (m == NULL)
        ss_out_of_memory();
    /* It refuses where the likelihood is flat. */
    if (gsl_min_fminimizer_set_with_values(m, &f, rho, values[best], places[best - 1],
                                           values[best - 1], places[best + 1],
                                           values[best + 1]) == GSL_SUCCESS)
    {
        double low = places[best - 1], high = places[best + 1];

        for (int i = 0; i < STEPS && high - low > TOLERANCE; i++)
        {
            if (gsl_min_fminimizer_iterate(m) != GSL_SUCCESS)
                break;
            low = gsl_min_fminimizer_x_lower(m);
            high = gsl_min_fminimizer_x_upper(m);
        }
        rho = gsl_min_fminimizer_x_minimum(m);
    }
    gsl_min_fminimizer_free(m);
    return rho;
}

void
ss_polychoric_of(const ss_polychoric_table *table, ss_arena *scratch, ss_polychoric *result)
{
    const size_t m = table->ncolumns + 1;
    likelihood l = {
        .table = table,
        .rows = ss_alloc(scratch, table->nrows + 1, sizeof *l.rows),
        .columns = ss_alloc(scratch, m, sizeof *l.columns),
        .line = {ss_alloc(scratch, m, sizeof **l.line), ss_alloc(scratch, m, sizeof **l.line)}};

    *result = (ss_polychoric){.rho = 0, .error = INFINITY};
    if (table->nrows == 0 || table->ncolumns == 0)
        return;
    if (thresholds(table, true, l.rows, scratch) < 2 ||
        thresholds(table, false, l.columns, scratch) < 2)
        return;
    result->rho = maximise(&l);
    result->error = standard_error(&l, result->rho);
}
