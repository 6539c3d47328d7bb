/*
 * A file in memory: for what other programs are to read as a file, and what has no place on a disk.  It has no name, and goes when its
 * last descriptor is closed, however the process ends.
 */
#ifndef SS_BASE_MEMORY_FILE_H
#define SS_BASE_MEMORY_FILE_H

#include <stddef.h>

#include <sandseed/error.h>

#include "base/arena.h"

/* *fd: empty, for reading and writing, closed with owner; no program inherits it by itself.  SS_EMEND: the system has none. */
ss_code ss_memory_file(ss_arena *owner, int *fd, ss_error *err);

/* n bytes more at its end.  SS_ERETRY: there is no room in memory. */
ss_code ss_memory_file_append(int fd, const void *data, size_t n, ss_error *err);

#endif
