/*
 * The one description of a column's continuous rest: what remains of its numbers after the spikes.
 *
 * A parametric family or a monotone quantile function, chosen by the likelihood of people held out.  The candidates
 * are judged as they are stored, rounded and within the hard bounds.  Of those that are as good as the best, the one
 * told by the fewest numbers is taken: as good is not behind it, in nats per row held out, by more than two standard
 * errors of the paired difference (one in Breiman et al. 1984, Classification and Regression Trees, 3.4.3, who do
 * not pair), nor by SS_DISTRIBUTION_NEAR.  A fitted tail is a candidate where it is heavy.
 */
#ifndef SS_STATS_DISTRIBUTION_H
#define SS_STATS_DISTRIBUTION_H

#include "stats/family.h"
#include "stats/quantiles.h"

#define SS_DISTRIBUTION_NEAR                                                                       \
    0.01 /* nats per row: then no two rows in a hundred tell one from the other */

typedef struct ss_distribution
{
    const ss_law *law;      /* NULL: quantiles */
    ss_quantiles quantiles; /* when law is NULL */
    ss_grid_range
        range;  /* the hard bounds, and 0 where nobody is below it; holes are as they were given */
    ss_cdf cdf; /* of the one that it is, not divided by what the range leaves of it */
} ss_distribution;

typedef struct ss_distribution_options
{
    ss_grid_range range;
    uint64_t least_rows; /* that k people surely stand behind: 1 where each cell has k; 0 is 1 */
    uint64_t
        many_rows; /* that 50 people surely stand behind: of a fit, a component, a fitted tail */
    double
        rows_per_subject; /* of the rows held out: so much less do they tell than rows of as many people; 0 is 1 */
} ss_distribution_options;

typedef struct ss_distribution_candidate
{
    const char *
        name; /* of the family; "quantiles", and with a tail that is fitted "quantiles, upper tail" ... */
    size_t numbers; /* that it is told by */
    bool fitted; /* false: no such data, or the fit did not converge; the rest says nothing then */
    bool
        eligible; /* no row held out has probability 0, each component has rows enough, a fitted tail is better
                         than the default one */
    double nats;   /* log likelihood per row held out */
    double behind; /* the best one by so much ... */
    double error;  /* ... and the standard error of that */
} ss_distribution_candidate;

typedef struct ss_distribution_choice
{
    ss_distribution distribution;
    ss_distribution_candidate *candidates;
    size_t n, chosen;
} ss_distribution_choice;

/*
 * rows: cells to fit to; held_out: of other people, to judge by; ascending and disjoint, each.  Without rows held out it is
 * the quantile function, without rows enough for one nothing is told, and all units are alike.
 * *choice lives in result.
 */
void ss_distribution_choose(const ss_grid_cell *rows, size_t nrows, const ss_grid_cell *held_out,
                            size_t nheld_out, const ss_distribution_options *options,
                            ss_arena *result, ss_distribution_choice *choice);

/*
 * As integers (design 5.4): the units of a bin at n ascending fractions (0..1) of its probability; all in the bin and
 * within the hard bounds, if there is a unit that is both; never descending.
 */
void ss_distribution_points(const ss_distribution *distribution, int64_t low, int64_t high,
                            const double *fractions, size_t n, int64_t *points);

#endif
