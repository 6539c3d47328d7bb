/*
 * Memory that lies in a file without a name, mapped: what grows with the rows of a database has its place on disk and is
 * in memory as far as there is some.  The file goes with its owner, however the process ends.
 */
#ifndef SS_BASE_SPILL_H
#define SS_BASE_SPILL_H

#include <stddef.h>

#include <sandseed/error.h>

#include "base/arena.h"

typedef struct ss_spill ss_spill;

/* The file is made in folder with the first piece.  Unmapped and gone with owner. */
ss_spill *ss_spill_new(ss_arena *owner, const char *folder);

/* n zeroed bytes for any use, valid as long as the owner; thread safe.  SS_ERETRY when the folder has no room for them. */
ss_code ss_spill_alloc(ss_spill *spill, size_t n, void **bytes, ss_error *err);

#endif
