#include "stats/distribution.h"

#include <float.h>
#include <math.h>

#define CANDIDATES_MOST 32
#define ERRORS          2 /* standard errors that are noise */

static const size_t intervals[] = {64, 32, 16, 8};

#define SIZES (sizeof intervals / sizeof *intervals)

typedef struct choosing
{
    const ss_distribution_options *o;
    ss_grid_range range;
    ss_spans rows, held_out;
    ss_arena *result, *scratch;
    ss_distribution made[CANDIDATES_MOST];
    double *nats[CANDIDATES_MOST]; /* of each span held out */
    ss_distribution_choice *choice;
} choosing;

/* Judge it on what is held out.  Returns its number. */
static size_t
judge(choosing *c, const char *name, size_t numbers, const ss_distribution *d)
{
    const size_t at = c->choice->n++;
    ss_distribution_candidate *candidate = &c->choice->candidates[at];
    const double total = ss_cdf_log_total(&d->cdf, &c->range);
    double *nats = ss_alloc(c->scratch, c->held_out.n + 1, sizeof *nats), sum = 0;

    *candidate = (ss_distribution_candidate){
        .name = name, .numbers = numbers, .fitted = true, .eligible = isfinite(total)};
    ss_cdf_log_masses(&d->cdf, c->held_out.spans, c->held_out.n, nats);
    for (size_t i = 0; i < c->held_out.n; i++)
    {
        nats[i] -= total;
        if (!isfinite(nats[i]) || nats[i] < log(DBL_MIN))
        {
            nats[i] = log(DBL_MIN);
            candidate->eligible = false;
        }
        sum += c->held_out.rows[i] / c->held_out.total * nats[i];
    }
    candidate->nats = sum;
    c->made[at] = *d;
    c->nats[at] = nats;
    return at;
}

static double
per_subject(const choosing *c)
{
    return c->o->rows_per_subject > 1 ? c->o->rows_per_subject : 1;
}

/* By how much candidate a is behind b, per row, and the standard error of that. */
static double
compare(const choosing *c, size_t a, size_t b, double *error)
{
    double mean = 0, variance = 0;

    for (size_t i = 0; i < c->held_out.n; i++)
        mean += c->held_out.rows[i] / c->held_out.total * (c->nats[b][i] - c->nats[a][i]);
    for (size_t i = 0; i < c->held_out.n; i++)
        variance +=
            c->held_out.rows[i] / c->held_out.total * pow(c->nats[b][i] - c->nats[a][i] - mean, 2);
    *error = c->held_out.total > 0 ? sqrt(variance / c->held_out.total * per_subject(c)) : 0;
    return mean;
}

/* ---- candidates ---------------------------------------------------------------------------------- */

static void
add_family(choosing *c, const ss_family *family, const ss_grid_groups *groups)
{
    ss_law *law = ss_alloc(c->result, 1, sizeof *law);
    ss_family_fit fit;
    ss_distribution d;
    size_t at;

    if (!ss_family_fit_to(family, groups, c->scratch, &fit) ||
        (ss_law_fix_begin(&fit.law, groups, (double) c->o->many_rows) &&
         !ss_law_fit(fit.law, groups, c->scratch, &fit)))
    {
        c->choice->candidates[c->choice->n++] =
            (ss_distribution_candidate){.name = family->name, .numbers = family->nparams};
        return;
    }
    *law = fit.law;
    ss_law_round(law);
    d = (ss_distribution){.law = law, .cdf = ss_law_cdf(law)};
    at = judge(c, family->name, family->nparams, &d);
    if (ss_law_least_share(law, &c->range) * groups->total < (double) c->o->many_rows)
        c->choice->candidates[at].eligible = false;
}

static size_t
add_quantiles(choosing *c, const char *name, const ss_quantiles *q)
{
    const ss_distribution d = {.quantiles = *q, .cdf = ss_quantiles_cdf(q, &c->range, c->result)};

    return judge(c, name, ss_quantiles_numbers(q), &d);
}

/* Is it behind by noise only? */
static bool
as_good(double behind, double error)
{
    return behind <= fmin(ERRORS * error, SS_DISTRIBUTION_NEAR);
}

/* The one of candidates from .. to - 1 that is taken: as good as the best, with the fewest numbers. */
static size_t
take(choosing *c, size_t from, size_t to)
{
    ss_distribution_candidate *all = c->choice->candidates;
    size_t best = to, taken;

    for (size_t i = from; i < to; i++)
    {
        if (all[i].fitted && all[i].eligible && (best == to || all[i].nats > all[best].nats))
            best = i;
    }
    taken = best;
    for (size_t i = from; i < to && best < to; i++)
    {
        if (!all[i].fitted)
            continue;
        all[i].behind = compare(c, i, best, &all[i].error);
        if (!all[i].eligible || !as_good(all[i].behind, all[i].error))
            continue;
        if (all[i].numbers < all[taken].numbers ||
            (all[i].numbers == all[taken].numbers && all[i].nats > all[taken].nats))
            taken = i;
    }
    return taken;
}

/* Fitted tails for quantile function at, where they are as good as its own. */
static void
add_tails(choosing *c, size_t at)
{
    static const struct
    {
        ss_quantiles_side side;
        const char *name, *both;
    } sides[] = {
        {SS_QUANTILES_UPPER, "quantiles, upper tail", "quantiles, upper tail"},
        {SS_QUANTILES_LOWER, "quantiles, lower tail", "quantiles, both tails"},
    };

    size_t with = at;

    for (size_t i = 0; i < 2; i++)
    {
        ss_quantiles tailed;
        double behind, error;
        size_t next;

        if (!ss_quantiles_with_tail(&c->made[with].quantiles, sides[i].side, &c->rows, &c->range,
                                    c->o->many_rows, per_subject(c), c->result, &tailed))
            continue;
        next = add_quantiles(c, with == at ? sides[i].name : sides[i].both, &tailed);
        behind = compare(c, next, with, &error);
        if (c->choice->candidates[next].eligible && as_good(behind, error))
            with = next;
    }
}

/* That nobody is below 0 tells of nobody. */
static ss_grid_range
range_of(const ss_distribution_options *o, const ss_grid_cell *rows, size_t nrows,
         const ss_grid_cell *held_out, size_t nheld_out)
{
    ss_grid_range range = o->range;

    if (!range.has_low && nrows > 0 && rows[0].low >= 0 &&
        (nheld_out == 0 || held_out[0].low >= 0) && (range.nholes == 0 || range.holes[0].low >= 0))
        range.has_low = true;
    return range;
}

void
ss_distribution_choose(const ss_grid_cell *rows, size_t nrows, const ss_grid_cell *held_out,
                       size_t nheld_out, const ss_distribution_options *options, ss_arena *result,
                       ss_distribution_choice *choice)
{
    ss_arena *scratch = ss_arena_new(NULL);
    choosing c = {.o = options,
                  .range = range_of(options, rows, nrows, held_out, nheld_out),
                  .result = result,
                  .scratch = scratch,
                  .choice = choice};
    ss_grid_groups groups;
    size_t nfamilies, chosen;
    const ss_family *const *families = ss_family_all(&nfamilies);

    c.rows = ss_grid_spans(rows, nrows, &c.range, scratch);
    c.held_out = ss_grid_spans(held_out, nheld_out, &c.range, scratch);
    groups = ss_grid_group(&c.rows, &c.range, scratch);
    *choice = (ss_distribution_choice){
        .candidates = ss_alloc(result, CANDIDATES_MOST, sizeof *choice->candidates)};
    for (size_t i = 0; i < SIZES; i++)
    {
        const ss_quantiles q =
            ss_quantiles_of(rows, nrows, &c.range, intervals[i], options->least_rows, result);

        (void) add_quantiles(&c, "quantiles", &q);
    }
    chosen = 0;
    if (c.held_out.n > 0)
    {
        chosen = take(&c, 0, choice->n);
        if (chosen == choice->n)
            chosen = 0;
        add_tails(&c, chosen);
        for (size_t i = 0; i < nfamilies && c.rows.total >= (double) options->many_rows; i++)
            add_family(&c, families[i], &groups);
        chosen = take(&c, 0, choice->n);
        if (chosen == choice->n)
            chosen = 0;
    }
    choice->chosen = chosen;
    choice->distribution = c.made[chosen];
    choice->distribution.range = c.range;
    ss_arena_free(scratch);
}

void
ss_distribution_points(const ss_distribution *d, int64_t low, int64_t high, const double *fractions,
                       size_t n, int64_t *points)
{
    const ss_grid_range *range = &d->range;
    const int64_t from = range->has_low && range->low > low ? range->low : low;
    const int64_t to = range->has_high && range->high < high ? range->high : high;

    if (from <= to)
    {
        low = from;
        high = to;
    }
    ss_cdf_points(&d->cdf, low, high, fractions, n, points);
}
