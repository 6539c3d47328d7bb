/* A file without a name: room on disk that goes with its owner, however the process ends. */
#ifndef SS_BASE_NAMELESS_H
#define SS_BASE_NAMELESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>

#include "base/arena.h"

typedef struct ss_nameless ss_nameless;

/* It is made in folder when something is put into it.  hint: what to say where there is no room, a sentence. */
ss_nameless *ss_nameless_new(ss_arena *owner, const char *folder, const char *hint);

/* How many bytes it has; SS_ERETRY of all that follows: the folder is not there, has no room, or cannot be read. */
uint64_t ss_nameless_end(const ss_nameless *file);
ss_code ss_nameless_append(ss_nameless *file, const void *data, size_t n, ss_error *err);
ss_code ss_nameless_read(const ss_nameless *file, uint64_t at, void *data, size_t n, ss_error *err);

/* n bytes that are not read again: their room is given back, where the file system can. */
void ss_nameless_forget(const ss_nameless *file, uint64_t at, uint64_t n);

/*
 * n more bytes, zeroed, mapped into memory; the caller unmaps them.  Their room is there before they are written: a full
 * disk is an error here and no signal later.
 */
ss_code ss_nameless_map(ss_nameless *file, size_t n, void **bytes, ss_error *err);

#endif
