/*
 * Parametric families of continuous distributions.
 *
 * A family is a constant: its name and parameters as the model calls them, what it is on, start values, density and
 * both tails.  families.def lists them; a new one is a file and a line there.  One fit serves all of them:
 * maximum likelihood of grouped data by Fisher scoring (Rao 1973, Linear Statistical Inference, 5g) with the damping
 * of Levenberg and Marquardt.
 */
#ifndef SS_STATS_FAMILY_H
#define SS_STATS_FAMILY_H

#include "stats/cdf.h"

#define SS_FAMILY_PARAMS 8

typedef enum ss_param_kind
{
    SS_PARAM_PLACE, /* on an axis: of values, of their logarithms */
    SS_PARAM_SCALE, /* positive; its logarithm is what is looked for */
    SS_PARAM_PURE,  /* a number within limits: a shape, a weight */
} ss_param_kind;

typedef struct ss_param
{
    const char *name;
    ss_param_kind kind;
    double least, most; /* of a pure one */
    size_t by;          /* of a place: the parameter that is its scale ... */
    bool log_by;        /* ... or the logarithm of it */
    bool down;          /* rounded down only: values begin there */
    bool among_rows;    /* a place that lies where rows are, or there is no fit */
} ss_param;

typedef enum ss_support
{
    SS_SUPPORT_LINE,
    SS_SUPPORT_ABOVE,   /* from the column's low bound on, 0 where it has none */
    SS_SUPPORT_BETWEEN, /* the column's hard bounds, both of them */
} ss_support;

typedef struct ss_family ss_family;

/* A family with its parameters, on the axis of units. */
typedef struct ss_law
{
    const ss_family *family;
    double params[SS_FAMILY_PARAMS];
    double origin, length; /* where its support begins, and how long it is; 0 and 1 on the line */
    bool fixed[SS_FAMILY_PARAMS]; /* not to be fitted */
} ss_law;

struct ss_family
{
    const char *name;
    ss_support support;
    size_t nparams;
    ss_param params[SS_FAMILY_PARAMS];

    /* Parameters to start from, by moments or quantiles; false: this is no data for the family. */
    bool (*start)(const ss_grid_groups *groups, ss_law *law);

    /* x: less the origin, by the length; inside the support, finite. */
    double (*log_density)(const double *params, double x);
    double (*lower)(const double *params, double x);
    double (*upper)(const double *params, double x);

    /* Of parameters that mean the same in another order, the one that is told; or NULL. */
    void (*arrange)(double *params);

    /* Of a mixture the least share that a component has in what lies between from and to; or NULL. */
    double (*least_share)(const double *params, double from, double to);
};

#define FAMILY(name) extern const ss_family ss_family_##name;
#include "stats/families.def"
#undef FAMILY

/* All of them, in the order of families.def. */
const ss_family *const *ss_family_all(size_t *n);
const ss_family *ss_family_find(const char *name);

/* Is there such a support in the range, and does all that there is lie in it?  Sets origin and length. */
bool ss_law_place(ss_law *law, const ss_family *family, const ss_grid_groups *groups);

ss_cdf ss_law_cdf(const ss_law *law);

double ss_law_scale_of(const ss_law *law, size_t place);

/* The least share that a component has of the range, 1 where there are none. */
double ss_law_least_share(const ss_law *law, const ss_grid_range *range);

/* To 3 significant digits; a place to a hundredth of its scale's first digit. */
void ss_law_round(ss_law *law);

/*
 * A place where values begin is near the least of them: bring it down to so round a number that so many rows lie
 * within a unit of its last digit, and fix it there.  Returns whether there is such a parameter; then the others
 * are to be fitted again.
 */
bool ss_law_fix_begin(ss_law *law, const ss_grid_groups *groups, double rows);

/* x to so many significant digits, the double that is nearest to that decimal. */
double ss_round_digits(double x, int digits);

typedef struct ss_family_fit
{
    ss_law law;
    double errors
        [SS_FAMILY_PARAMS]; /* standard errors; 0 of a parameter that is fixed or at the end of its range */
    double nats;            /* log likelihood of all rows */
    size_t steps;
    bool converged; /* nothing of the rest is to be relied on when it has not */
} ss_family_fit;

/* fit->converged is returned too. */
bool ss_family_fit_to(const ss_family *family, const ss_grid_groups *groups, ss_arena *scratch,
                      ss_family_fit *fit);

/* The same from law as it is, in which family, origin, length and start values stand. */
bool ss_law_fit(ss_law law, const ss_grid_groups *groups, ss_arena *scratch, ss_family_fit *fit);

#endif
