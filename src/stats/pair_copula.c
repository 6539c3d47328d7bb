#include "stats/pair_copula.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "stats/normal_score.h"

#define CELL_MAX 64 /* rows of a cell that are looked at */
#define UNIT     10000
#define PI       3.141592653589793

/* --- fitting ---------------------------------------------------------------------------------------- */

static int
order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int
by_cell(const void *a, const void *b)
{
    const ss_pair_row *x = a, *y = b;

    if (x->cell != y->cell)
        return order(x->cell, y->cell);
    if (x->who != y->who)
        return order(x->who, y->who);
    if (x->x != y->x)
        return x->x < y->x ? -1 : 1;
    return (x->y > y->y) - (x->y < y->y);
}

/* CELL_MAX of a cell, at most; returns how many are left. */
static size_t
thin(ss_pair_row *rows, size_t n)
{
    size_t kept = 0, in_cell = 0;

    for (size_t i = 0; i < n; i++)
    {
        in_cell = kept > 0 && rows[kept - 1].cell == rows[i].cell ? in_cell : 0;
        if (in_cell == CELL_MAX)
            continue;
        in_cell++;
        rows[kept++] = rows[i];
    }
    return kept;
}

typedef struct pairs
{
    double up, down;         /* pairs of rows that ascend together, or against each other */
    double apart_x, apart_y; /* that differ at all */
    double variance;         /* of up - down, were there no dependence */
} pairs;

static void
count(const ss_pair_row *rows, size_t n, pairs *p)
{
    const double m = (double) n;

    for (size_t i = 0; i < n; i++)
    {
        for (size_t j = 0; j < i; j++)
        {
            const int dx = (rows[i].x > rows[j].x) - (rows[i].x < rows[j].x);
            const int dy = (rows[i].y > rows[j].y) - (rows[i].y < rows[j].y);

            p->up += dx * dy > 0;
            p->down += dx * dy < 0;
            p->apart_x += dx != 0;
            p->apart_y += dy != 0;
        }
    }
    p->variance += m * (m - 1) * (2 * m + 5) / 18;
}

void
ss_pair_copula_fit(ss_pair_row *rows, size_t n, ss_pair_copula *fit)
{
    pairs p = {0};
    double hundredths;

    *fit = (ss_pair_copula){0};
    if (n > 0)
        qsort(rows, n, sizeof *rows, by_cell);
    fit->n = thin(rows, n);
    for (size_t first = 0, last; first < fit->n; first = last)
    {
        for (last = first; last < fit->n && rows[last].cell == rows[first].cell;)
            last++;
        count(rows + first, last - first, &p);
    }
    if (p.apart_x <= 0 || p.apart_y <= 0 || p.variance <= 0)
        return;
    fit->tau = (p.up - p.down) / sqrt(p.apart_x * p.apart_y);
    fit->z = (p.up - p.down) / sqrt(p.variance);
    hundredths = 100 * sin(PI / 2 * fit->tau);
    fit->rho = (int) lrint(fmin(fmax(hundredths, -SS_PAIR_COPULA_MAX), SS_PAIR_COPULA_MAX));
}

/* --- using ------------------------------------------------------------------------------------------ */

double
ss_pair_copula_log_density(int rho, double u, double v)
{
    const double r = (double) rho / 100, left = (1 - r) * (1 + r);
    const double x = gsl_cdf_ugaussian_Pinv(u), y = gsl_cdf_ugaussian_Pinv(v);

    return -log(left) / 2 - (r * r * (x * x + y * y) - 2 * r * x * y) / (2 * left);
}

/* The greatest whole number whose square is not above n. */
static uint32_t
square_root(uint32_t n)
{
    uint32_t root = 0;

    for (uint32_t bit = 1u << 15; bit > 0; bit >>= 1)
    {
        if ((root + bit) * (root + bit) <= n)
            root += bit;
    }
    return root;
}

uint32_t
ss_pair_copula_draw(int rho, uint32_t u, uint32_t word)
{
    const int64_t along = (int64_t) rho * (UNIT / 100);
    const int64_t across = square_root((uint32_t) (UNIT * UNIT - along * along));
    const int64_t z = along * ss_normal_score(u) + across * ss_normal_score(word);
    uint32_t low = 0, high = UINT32_MAX;

    if (rho == 0)
        return word;
    /* The first whose score is not below it: scores never descend. */
    while (low < high)
    {
        const uint32_t middle = low + (high - low) / 2;

        if ((int64_t) ss_normal_score(middle) * UNIT < z)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
