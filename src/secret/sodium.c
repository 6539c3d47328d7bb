#include "secret/sodium.h"

#include <sodium.h>

ss_code
ss_secret_init(ss_error *err)
{
    if (sodium_init() < 0)
        return ss_fail(err, SS_EBUG, "could not initialise libsodium");
    return SS_OK;
}
