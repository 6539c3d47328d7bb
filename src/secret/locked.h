/*
 * Memory for keys: locked against being swapped out, between guard pages, left out of core dumps, wiped when it is freed
 * (libsodium's sodium_malloc()) and when the process ends by ss_end_now().
 */
#ifndef SS_SECRET_LOCKED_H
#define SS_SECRET_LOCKED_H

#include <stddef.h>

#include <sandseed/error.h>

#include "base/arena.h"

/*
 * n zeroed bytes, wiped and freed with owner.  SS_EMEND where the system does not lock them (RLIMIT_MEMLOCK): keys are
 * never kept in memory that can be swapped out.
 */
ss_code ss_locked_new(ss_arena *owner, size_t n, unsigned char **bytes, ss_error *err);

#endif
