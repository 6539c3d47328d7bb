/* Of a column: how many different values there are besides those told, and how often they occur. */
#ifndef SS_FIT_TAIL_H
#define SS_FIT_TAIL_H

#include "fit/column.h"

/* What may be stored of the values of c that are in no cell of m, whose other parts are there. */
void ss_fit_tail(const ss_fit_column *c, const ss_fit_terms *terms, ss_marginal *m);

#endif
