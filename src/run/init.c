/* What must happen once before anything else. */
#include <sandseed/commands.h>

#include "secret/sodium.h"
#include "stats/gsl.h"

ss_code
ss_init(ss_error *err)
{
    ss_stats_init();
    return ss_secret_init(err);
}

const char *
ss_version(void)
{
    return SS_VERSION;
}
