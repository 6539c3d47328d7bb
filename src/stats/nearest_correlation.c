#include "stats/nearest_correlation.h"

#include <math.h>
#include <string.h>

#include "stats/eigen.h"

#define ROUNDS    500
#define TOLERANCE 1e-10 /* of an entry */

typedef struct room
{
    gsl_eigen_symmv_workspace *eigen;
    gsl_matrix *matrix, *vectors;
    gsl_vector *values;
} room;

/* Eigenvalues and vectors of x; no eigenvalue is below -n. */
static void
decompose(room *w, const double *x, size_t n)
{
    memcpy(w->matrix->data, x, n * n * sizeof *x);
    ss_eigen_symmetric(w->matrix, -(double) n, w->values, w->vectors, w->eigen);
}

/* x becomes the nearest matrix with no eigenvalue below least; returns the least it had. */
static double
project(room *w, double *x, size_t n, double least)
{
    double lowest = INFINITY;

    decompose(w, x, n);
    for (size_t k = 0; k < n; k++)
    {
        const double value = gsl_vector_get(w->values, k);
        const double add = value < least ? least - value : 0;

        lowest = value < lowest ? value : lowest;
        for (size_t i = 0; i < n && add > 0; i++)
        {
            const double v = add * gsl_matrix_get(w->vectors, i, k);

            for (size_t j = 0; j < n; j++)
                x[i * n + j] += v * gsl_matrix_get(w->vectors, j, k);
        }
    }
    return lowest;
}

static size_t
alternate(room *w, double *a, size_t n, double least, ss_arena *scratch)
{
    const size_t size = n * n;
    double *correction = ss_alloc(scratch, size, sizeof *correction);
    double *x = ss_alloc(scratch, size, sizeof *x);

    for (size_t i = 0; i < n; i++)
        a[i * n + i] = 1;
    for (size_t round = 0; round < ROUNDS; round++)
    {
        double moved = 0, lowest;

        for (size_t i = 0; i < size; i++)
            x[i] = a[i] - correction[i];
        memcpy(correction, x, size * sizeof *x);
        lowest = project(w, x, n, least);
        if (round == 0 && lowest >= least)
            return 0;
        for (size_t i = 0; i < size; i++)
        {
            const double next = i % (n + 1) == 0 ? 1 : x[i];

            correction[i] = x[i] - correction[i];
            moved = fabs(next - a[i]) > moved ? fabs(next - a[i]) : moved;
            a[i] = next;
        }
        if (moved < TOLERANCE)
            return round + 1;
    }
    return ROUNDS;
}

/* What the last round leaves below least is taken off by going towards the matrix of ones and zeros. */
static void
make_sure(room *w, double *a, size_t n, double least)
{
    double lowest;

    decompose(w, a, n);
    lowest = gsl_vector_min(w->values);
    for (size_t i = 0; i < n * n && lowest < least; i++)
    {
        if (i % (n + 1) != 0)
            a[i] *= (1 - least) / (1 - lowest);
    }
}

size_t
ss_nearest_correlation(double *a, size_t n, double least, ss_arena *scratch)
{
    room w;
    size_t rounds;

    if (n == 0)
        return 0;
    w = (room){.eigen = gsl_eigen_symmv_alloc(n),
               .matrix = gsl_matrix_alloc(n, n),
               .vectors = gsl_matrix_alloc(n, n),
               .values = gsl_vector_alloc(n)};
    if (w.eigen == NULL || w.matrix == NULL || w.vectors == NULL || w.values == NULL)
        ss_out_of_memory();
    rounds = alternate(&w, a, n, least, scratch);
    if (rounds > 0)
        make_sure(&w, a, n, least);
    gsl_eigen_symmv_free(w.eigen);
    gsl_matrix_free(w.matrix);
    gsl_matrix_free(w.vectors);
    gsl_vector_free(w.values);
    return rounds;
}
