/* Eigenvalues of symmetric matrices.  For stats/ only: it speaks GSL's types. */
#ifndef SS_STATS_EIGEN_H
#define SS_STATS_EIGEN_H

#include <gsl/gsl_eigen.h>

/*
 * Eigenvalues and vectors of a, which is lost; least: none of them is below it, 0 at most.
 *
 * All are moved above 0 on the way.  GSL's iteration has no end of its own, and of a matrix of few dimensions waits for what is
 * left when they are taken out, which has no precision, to get small beside its neighbours.
 */
void ss_eigen_symmetric(gsl_matrix *a, double least, gsl_vector *values, gsl_matrix *vectors,
                        gsl_eigen_symmv_workspace *workspace);

#endif
