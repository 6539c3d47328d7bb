/* Cells drawn from a distribution. */
#ifndef SS_TESTS_STATS_DRAWN_H
#define SS_TESTS_STATS_DRAWN_H

#include <math.h>
#include <stdlib.h>

#include "rand/stream.h"
#include "stats/family.h"

static inline double
uniform(uint64_t *state)
{
    return ((double) (ss_unfold(state) >> 11) + 0.5) / 9007199254740992.0;
}

/* From seed; of seed 0 one row at each of count equally likely quantiles, without noise of sampling.  n cells. */
static inline ss_grid_cell *
drawn(const ss_cdf *cdf, size_t count, uint64_t seed, ss_arena *arena, size_t *n)
{
    ss_grid_cell *cells = ss_alloc(arena, count + 1, sizeof *cells);

    for (size_t i = 0; i < count; i++)
    {
        const double u = seed == 0 ? ((double) i + 0.5) / (double) count : uniform(&seed);
        const int64_t unit = (int64_t) floor(ss_cdf_quantile(cdf, u, 1 - u) + 0.5);

        cells[i] = (ss_grid_cell){unit, unit, 1};
    }
    *n = ss_grid_put_together(cells, count);
    return cells;
}

/* One or two laws of each family, in units of a fine grid. */
static const struct known_law
{
    const char *name;
    double params[SS_FAMILY_PARAMS];
    double origin, length;
} known_laws[] = {
    {"exponential", {300}, 0, 1},
    {"normal", {-5000, 700}, 0, 1},
    {"log-normal", {6, 0.8}, 0, 1},
    {"gamma", {2.5, 400}, 0, 1},
    {"gamma", {40, 50}, 0, 1},
    {"weibull", {1.7, 900}, 0, 1},
    {"weibull", {0.8, 9000}, 0, 1},
    {"beta", {2, 5}, 0, 1000},
    {"beta", {0.6, 0.8}, -500, 100000},
    {"generalised-pareto", {500, 0.3}, 0, 1},
    {"generalised-pareto", {5000, -0.2}, 0, 1},
    {"log-normal-shifted", {5, 0.6, 4000}, 0, 1},
    {"student-t", {-300, 250, 4}, 0, 1},
    {"normal-mixture-2", {1000, 100, 1600, 200, 0.4}, 0, 1},
    {"normal-mixture-2", {-300, 500, 0, 100, 0.5}, 0, 1},
    {"normal-mixture-3", {1000, 100, 1600, 150, 2500, 300, 0.3, 0.3}, 0, 1},
};

#define KNOWN_LAWS (sizeof known_laws / sizeof *known_laws)

static inline ss_law
law_of(const struct known_law *known)
{
    ss_law law = {
        .family = ss_family_find(known->name), .origin = known->origin, .length = known->length};

    for (size_t i = 0; law.family != NULL && i < law.family->nparams; i++)
        law.params[i] = known->params[i];
    return law;
}

/* The hard bounds of a law that has both. */
static inline ss_grid_range
range_of_law(const struct known_law *known)
{
    ss_grid_range range = {.has_low = false};

    if (known->length > 1)
    {
        range.has_low = range.has_high = true;
        range.low = (int64_t) known->origin;
        range.high = (int64_t) (known->origin + known->length);
    }
    return range;
}

#endif
