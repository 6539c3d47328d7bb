#include <gsl/gsl_linalg.h>
#include <math.h>

#include "stats/family.h"

#define STEPS_MOST  50
#define TRIALS_MOST 12
#define DAMPING     1e-3
#define DIFFERENCE                                                                                 \
    1e-5 /* that derivatives are taken over, in scales: far less than a standard error */
#define GAIN_LEFT     1e-3   /* nats of all rows: a twentieth of a standard error is left to go */
#define GAIN_LEFT_ROW 1e-9   /* and what sums of many rows are not exact to */
#define NEVER         (-600) /* nats: what is less likely tells nothing of where rows are not */

typedef struct fitting
{
    const ss_grid_groups *g;
    size_t d;
    double *nats, *next;                      /* n: logs of the groups' probabilities */
    double *slopes;                           /* d x n: their derivatives */
    size_t active[SS_FAMILY_PARAMS], nactive; /* parameters that are free to move */
    double gradient[SS_FAMILY_PARAMS];        /* of the active ones, as the two below */
    double information[SS_FAMILY_PARAMS * SS_FAMILY_PARAMS];
    double step[SS_FAMILY_PARAMS];
} fitting;

static void
log_shares(const ss_law *law, const ss_grid_groups *g, double *nats)
{
    const ss_cdf cdf = ss_law_cdf(law);
    const double total = ss_cdf_log_total(&cdf, g->range);

    ss_cdf_log_masses(&cdf, g->spans, g->n, nats);
    for (size_t i = 0; i < g->n; i++)
        nats[i] -= total;
}

static double
loglik(const ss_law *law, const ss_grid_groups *g, double *nats)
{
    double sum = 0;

    log_shares(law, g, nats);
    for (size_t i = 0; i < g->n; i++)
    {
        if (g->rows[i] > 0)
            sum += g->rows[i] * nats[i];
    }
    return isnan(sum) ? -HUGE_VAL : sum;
}

typedef struct limits
{
    double least, most;
} limits;

static limits
limits_of(const ss_param *p, const ss_grid_groups *g)
{
    if (p->kind == SS_PARAM_PURE)
        return (limits){p->least, p->most};
    return p->among_rows ? (limits){g->low, g->high} : (limits){-HUGE_VAL, HUGE_VAL};
}

/* Parameter j by so many of its scales, within its limits.  Returns by how many. */
static double
move(ss_law *law, size_t j, double by, const ss_grid_groups *g)
{
    const ss_param *p = &law->family->params[j];
    const limits within = limits_of(p, g);
    const double was = law->params[j],
                 scale = p->kind == SS_PARAM_PLACE ? ss_law_scale_of(law, j) : 1;

    if (p->kind == SS_PARAM_SCALE)
    {
        law->params[j] *= exp(by);
        return by;
    }
    law->params[j] = fmin(fmax(was + by * scale, within.least), within.most);
    return (law->params[j] - was) / scale;
}

/* The longest step that is tried. */
static double
reach(const ss_param *p)
{
    switch (p->kind)
    {
    case SS_PARAM_PLACE:
        return 2;
    case SS_PARAM_SCALE:
        return 1;
    case SS_PARAM_PURE:
        return (p->most - p->least) / 4;
    }
    return 0;
}

static void
take_slopes(fitting *f, const ss_law *law)
{
    for (size_t j = 0; j < f->d; j++)
    {
        ss_law next = *law;
        double over = move(&next, j, DIFFERENCE, f->g);

        if (over == 0)
            over = move(&next, j, -DIFFERENCE, f->g);
        log_shares(&next, f->g, f->next);
        for (size_t i = 0; i < f->g->n; i++)
        {
            const double slope = (f->next[i] - f->nats[i]) / over;

            f->slopes[j * f->g->n + i] =
                isfinite(slope) && (f->g->rows[i] > 0 || f->nats[i] > NEVER) ? slope : 0;
        }
    }
}

static double
sum_of(const fitting *f, size_t j)
{
    double sum = 0;

    for (size_t i = 0; i < f->g->n; i++)
        sum += f->g->rows[i] * f->slopes[j * f->g->n + i];
    return sum;
}

/* Fixed, or at a limit of its range, with the likelihood rising beyond it. */
static bool
held(const ss_law *law, size_t j, double gradient, const ss_grid_groups *g)
{
    const limits within = limits_of(&law->family->params[j], g);

    return law->fixed[j] || (law->params[j] <= within.least && gradient <= 0) ||
           (law->params[j] >= within.most && gradient >= 0);
}

/* Gradient and expected information of all rows. */
static void
score(fitting *f, const ss_law *law)
{
    const size_t n = f->g->n;

    take_slopes(f, law);
    f->nactive = 0;
    for (size_t j = 0; j < f->d; j++)
    {
        const double gradient = sum_of(f, j);

        if (held(law, j, gradient, f->g))
            continue;
        f->gradient[f->nactive] = gradient;
        f->active[f->nactive++] = j;
    }
    for (size_t a = 0; a < f->nactive; a++)
    {
        for (size_t b = 0; b <= a; b++)
        {
            const double *x = f->slopes + f->active[a] * n, *y = f->slopes + f->active[b] * n;
            double sum = 0;

            for (size_t i = 0; i < n; i++)
            {
                if (x[i] != 0 && y[i] != 0)
                    sum += exp(f->nats[i]) * x[i] * y[i];
            }
            f->information[a * f->nactive + b] = f->information[b * f->nactive + a] =
                f->g->total * sum;
        }
    }
}

/* The Cholesky factor of the information, its diagonal made larger; false where it has none. */
static bool
factor(const fitting *f, double damping, double *into)
{
    gsl_matrix_view m = gsl_matrix_view_array(into, f->nactive, f->nactive);

    for (size_t i = 0; i < f->nactive * f->nactive; i++)
    {
        into[i] = f->information[i] * (i % (f->nactive + 1) == 0 ? 1 + damping : 1);
        if (!isfinite(into[i]) || (i % (f->nactive + 1) == 0 && !(into[i] > 0)))
            return false;
    }
    return gsl_linalg_cholesky_decomp1(&m.matrix) == GSL_SUCCESS;
}

/* f->step, and what is gained by it if the likelihood is as it looks from here; NAN where it cannot be known. */
static double
find_step(fitting *f, double damping)
{
    double into[SS_FAMILY_PARAMS * SS_FAMILY_PARAMS], gain = 0;
    gsl_matrix_view m;
    gsl_vector_view b, x;

    if (f->nactive == 0)
        return 0;
    if (!factor(f, damping, into))
        return NAN;
    m = gsl_matrix_view_array(into, f->nactive, f->nactive);
    b = gsl_vector_view_array(f->gradient, f->nactive);
    x = gsl_vector_view_array(f->step, f->nactive);
    if (gsl_linalg_cholesky_solve(&m.matrix, &b.vector, &x.vector) != GSL_SUCCESS)
        return NAN;
    for (size_t a = 0; a < f->nactive; a++)
        gain += f->step[a] * f->gradient[a] / 2;
    return gain;
}

static void
take_step(const fitting *f, ss_law *law)
{
    for (size_t a = 0; a < f->nactive; a++)
    {
        const double most = reach(&law->family->params[f->active[a]]);

        (void) move(law, f->active[a], fmin(fmax(f->step[a], -most), most), f->g);
    }
}

/* In the parameters' own measure.  False: something of them is not to be known from these rows. */
static bool
find_errors(fitting *f, const ss_law *law, double *errors)
{
    double into[SS_FAMILY_PARAMS * SS_FAMILY_PARAMS];
    gsl_matrix_view m;

    for (size_t j = 0; j < f->d; j++)
        errors[j] = 0;
    if (f->nactive == 0)
        return true;
    if (!factor(f, 0, into))
        return false;
    m = gsl_matrix_view_array(into, f->nactive, f->nactive);
    if (gsl_linalg_cholesky_invert(&m.matrix) != GSL_SUCCESS)
        return false;
    for (size_t a = 0; a < f->nactive; a++)
    {
        const size_t j = f->active[a];
        const ss_param_kind kind = law->family->params[j].kind;
        const double scale = kind == SS_PARAM_PLACE   ? ss_law_scale_of(law, j)
                             : kind == SS_PARAM_SCALE ? law->params[j]
                                                      : 1;

        errors[j] = scale * sqrt(into[a * f->nactive + a]);
        if (!isfinite(errors[j]))
            return false;
    }
    return true;
}

static bool
climb(fitting *f, ss_family_fit *fit)
{
    const double left = GAIN_LEFT + GAIN_LEFT_ROW * f->g->total;
    double damping = DAMPING;

    for (fit->steps = 0; fit->steps < STEPS_MOST; fit->steps++)
    {
        bool higher = false;

        score(f, &fit->law);
        if (find_step(f, 0) <= left)
            return true;
        for (size_t trial = 0; trial < TRIALS_MOST && !higher; trial++)
        {
            ss_law next = fit->law;
            double nats = -HUGE_VAL;

            if (!isnan(find_step(f, damping)))
            {
                take_step(f, &next);
                nats = loglik(&next, f->g, f->next);
            }
            higher = nats > fit->nats;
            damping *= higher ? 0.1 : 10;
            if (!higher)
                continue;
            fit->law = next;
            fit->nats = nats;
        }
        if (!higher)
            return false;
        log_shares(&fit->law, f->g, f->nats);
    }
    return false;
}

/* A place that would lie beyond all rows is none that they tell of; and where it stops is somebody's value. */
static bool
among_rows(const ss_law *law, const ss_grid_groups *g)
{
    for (size_t j = 0; j < law->family->nparams; j++)
    {
        const limits within = limits_of(&law->family->params[j], g);

        if (law->family->params[j].among_rows &&
            (law->params[j] <= within.least || law->params[j] >= within.most))
            return false;
    }
    return true;
}

bool
ss_law_fit(ss_law law, const ss_grid_groups *g, ss_arena *scratch, ss_family_fit *fit)
{
    const size_t d = law.family->nparams;
    fitting f = {.g = g,
                 .d = d,
                 .nats = ss_alloc(scratch, g->n + 1, sizeof *f.nats),
                 .next = ss_alloc(scratch, g->n + 1, sizeof *f.next),
                 .slopes = ss_alloc(scratch, d * g->n + 1, sizeof *f.slopes)};

    *fit = (ss_family_fit){.law = law};
    fit->nats = loglik(&law, g, f.nats);
    if (!isfinite(fit->nats) || !climb(&f, fit) || !among_rows(&fit->law, g))
        return false;
    if (law.family->arrange != NULL)
    {
        law.family->arrange(fit->law.params);
        fit->nats = loglik(&fit->law, g, f.nats);
        score(&f, &fit->law);
    }
    fit->converged = isfinite(fit->nats) && find_errors(&f, &fit->law, fit->errors);
    return fit->converged;
}

bool
ss_family_fit_to(const ss_family *family, const ss_grid_groups *g, ss_arena *scratch,
                 ss_family_fit *fit)
{
    ss_law law;

    *fit = (ss_family_fit){.law = {.family = family, .length = 1}};
    if (!ss_law_place(&law, family, g) || !family->start(g, &law))
        return false;
    return ss_law_fit(law, g, scratch, fit);
}
