/*
 * Small histograms in a line of text, of what a model tells: characters that look the heavier the more rows lie there, in ASCII, so that
 * any terminal and any file shows them.
 */
#ifndef SS_REPORT_HISTOGRAM_H
#define SS_REPORT_HISTOGRAM_H

#include "model/model.h"
#include "report/layout.h"

/* Of a column: its numbers or times, values, lengths, and when its times fall.  type: its name in the source. */
void ss_histograms_of_column(ss_layout *l, const ss_marginal *m, const char *type,
                             ss_arena *scratch);

/* Of a foreign key: how many children parents have. */
void ss_histogram_of_children(ss_layout *l, const ss_fan_out *f, ss_arena *scratch);

#endif
