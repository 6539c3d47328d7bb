/* Digests of what a person signed and of what a run was made from: BLAKE2b, unkeyed, nothing secret. */
#ifndef SS_SECRET_DIGEST_H
#define SS_SECRET_DIGEST_H

#include <stddef.h>

#include "base/arena.h"

/* The first 32 bits of BLAKE2b-256 of n bytes as 8 hexadecimal digits, in arena: what a policy shows. */
char *ss_digest_short(ss_arena *arena, const void *data, size_t n);

/* All 256 bits as 64 digits. */
char *ss_digest(ss_arena *arena, const void *data, size_t n);

/* The same in pieces: begin, add what comes, end.  Lives in arena. */
typedef struct ss_digester ss_digester;

ss_digester *ss_digest_begin(ss_arena *arena);
void ss_digest_add(ss_digester *digester, const void *data, size_t n);
char *ss_digest_end(ss_digester *digester, ss_arena *arena);

#endif
