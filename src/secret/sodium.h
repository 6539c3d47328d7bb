/* libsodium as a whole. */
#ifndef SS_SECRET_SODIUM_H
#define SS_SECRET_SODIUM_H

#include <sandseed/error.h>

/* Initialise libsodium.  SS_EBUG when it cannot, which no supported system does. */
ss_code ss_secret_init(ss_error *err);

#endif
