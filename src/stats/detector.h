/*
 * A detector: can rows that were drawn be told from real ones?
 *
 * For each of some pairs of columns it learns, from half of both, how much oftener real rows have two codes (coarsened
 * to a few levels) than drawn ones; a row's score is the sum of the logarithms of that, and the other half is judged by it; then the
 * halves change places.  It sees what is wrong with pairs and no more, costs milliseconds, and stands beside the likelihood,
 * which sees everything, but not what of it anybody would notice.
 */
#ifndef SS_STATS_DETECTOR_H
#define SS_STATS_DETECTOR_H

#include "stats/coded.h"

typedef struct ss_detector ss_detector;

/* Of these rows, which are kept, not copied; in the order of their people, so that few stand on both sides.  Lives in result. */
ss_detector *ss_detector_new(const ss_coded_table *real, ss_arena *result);

/*
 * The probability that of a real and a drawn row it takes the real one for the likelier to be so: .5 says that it cannot
 * tell them apart, 1 that it always can.
 */
double ss_detector_auc(const ss_detector *detector, const ss_coded_table *drawn);

/* The standard error of that, where there is no difference, of n real and n drawn rows. */
double ss_detector_error(size_t n);

#endif
