#include "stats/gsl.h"

#include <gsl/gsl_errno.h>

void
ss_stats_init(void)
{
    (void) gsl_set_error_handler_off();
}
