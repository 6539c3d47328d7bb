#include "stats/correspondence.h"

#include <math.h>
#include <string.h>

#include "stats/eigen.h"

#define NOTHING 1e-12 /* inertia of a table without dependence */

/* The first eigenvector of S'S, S the standardised residuals (n rows, m columns, row major). */
static double
first_axis(const double *residuals, size_t n, size_t m, double *axis)
{
    gsl_eigen_symmv_workspace *eigen = gsl_eigen_symmv_alloc(m);
    gsl_matrix *gram = gsl_matrix_calloc(m, m), *vectors = gsl_matrix_alloc(m, m);
    gsl_vector *values = gsl_vector_alloc(m);
    size_t first;
    double inertia;

    if (eigen == NULL || gram == NULL || vectors == NULL || values == NULL)
        ss_out_of_memory();
    for (size_t i = 0; i < n; i++)
    {
        for (size_t j = 0; j < m; j++)
        {
            const double s = residuals[i * m + j];

            for (size_t k = 0; k < m && s != 0; k++)
                *gsl_matrix_ptr(gram, j, k) += s * residuals[i * m + k];
        }
    }
    ss_eigen_symmetric(gram, 0, values, vectors, eigen);
    first = gsl_vector_max_index(values);
    inertia = gsl_vector_get(values, first);
    for (size_t j = 0; j < m; j++)
        axis[j] = gsl_matrix_get(vectors, j, first);
    gsl_eigen_symmv_free(eigen);
    gsl_matrix_free(gram);
    gsl_matrix_free(vectors);
    gsl_vector_free(values);
    return inertia;
}

double
ss_correspondence_scores(const double *counts, size_t nrows, size_t ncolumns, ss_arena *scratch,
                         double *scores)
{
    double *rows = ss_alloc(scratch, nrows + 1, sizeof *rows);
    double *columns = ss_alloc(scratch, ncolumns + 1, sizeof *columns);
    double *residuals = ss_alloc(scratch, nrows * ncolumns + 1, sizeof *residuals);
    double *axis = ss_alloc(scratch, ncolumns + 1, sizeof *axis), total = 0, inertia;
    size_t most = 0;

    memset(scores, 0, nrows * sizeof *scores);
    for (size_t i = 0; i < nrows * ncolumns; i++)
    {
        rows[i / ncolumns] += counts[i];
        columns[i % ncolumns] += counts[i];
        total += counts[i];
    }
    if (total <= 0)
        return 0;
    for (size_t i = 0; i < nrows * ncolumns; i++)
    {
        const double expected = rows[i / ncolumns] * columns[i % ncolumns] / total;

        if (expected > 0)
            residuals[i] = (counts[i] - expected) / sqrt(expected * total);
    }
    inertia = first_axis(residuals, nrows, ncolumns, axis);
    if (inertia < NOTHING)
        return 0;
    for (size_t i = 0; i < nrows; i++)
    {
        for (size_t j = 0; j < ncolumns && rows[i] > 0; j++)
            scores[i] += residuals[i * ncolumns + j] * axis[j] / sqrt(rows[i] / total);
        most = rows[i] > rows[most] ? i : most;
    }
    for (size_t i = 0; i < nrows && scores[most] > 0; i++)
        scores[i] = i == most ? scores[i] : -scores[i];
    if (scores[most] > 0)
        scores[most] = -scores[most];
    return inertia;
}
