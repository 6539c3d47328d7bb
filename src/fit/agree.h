/* Marginals and trees that were counted over the same rows tell the same of them. */
#ifndef SS_FIT_AGREE_H
#define SS_FIT_AGREE_H

#include "fit/column.h"

/* Of the rows that are counted in it as none of its values the shapes and habits, shared out anew over as many as there are now. */
void ss_fit_agree_shapes(const ss_fit_terms *terms, ss_marginal *m);

/*
 * A column's counts are what its tree tells of its codes: rows that this tells of in no number of their code alone, and rows of a
 * code whose value is another than the marginal's, would be the difference, and may be fewer than k people's.  The
 * other counts take their place.  columns: of the table.
 */
void ss_fit_agree(const ss_dependence *dependence, const ss_fit_terms *terms, ss_marginal *columns,
                  ss_arena *scratch);

#endif
