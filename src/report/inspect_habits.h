/* What a column's habits are, in words: sandseed inspect MODEL. */
#ifndef SS_REPORT_INSPECT_HABITS_H
#define SS_REPORT_INSPECT_HABITS_H

#include "base/buf.h"
#include "model/habits.h"

/* Append "; by weekday and hour (UTC); 38 % on the hour ...", of a column of that marginal; nothing where there are none. */
void ss_inspect_habits(ss_buf *out, const ss_marginal *marginal);

#endif
