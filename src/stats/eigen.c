#include "stats/eigen.h"

void
ss_eigen_symmetric(gsl_matrix *a, double least, gsl_vector *values, gsl_matrix *vectors,
                   gsl_eigen_symmv_workspace *workspace)
{
    const double shift = 1 - least;

    for (size_t i = 0; i < a->size1; i++)
        *gsl_matrix_ptr(a, i, i) += shift;
    (void) gsl_eigen_symmv(a, values, vectors, workspace);
    (void) gsl_vector_add_constant(values, -shift);
}
