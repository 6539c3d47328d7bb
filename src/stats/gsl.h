/* GSL as a whole. */
#ifndef SS_STATS_GSL_H
#define SS_STATS_GSL_H

/* GSL's default error handler calls abort(); turn it off for the whole process and read return codes instead. */
void ss_stats_init(void);

#endif
