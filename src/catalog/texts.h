/* Replacing what looks personal in the texts that a catalog holds, so that whoever reads them reads what the sandbox has. */
#ifndef SS_CATALOG_TEXTS_H
#define SS_CATALOG_TEXTS_H

#include "catalog/catalog.h"

/* What is put in its place in that object ("table public.orders"); NULL: nothing is replaced there. */
typedef const char *ss_text_replacement(const void *arg, const char *object);

/* Defaults, CHECKs, bounds, definitions of keys and indexes, domains; not comments, which nobody reads after the policy was
 * made.  Tables and types move: pointers into the catalog of before are stale. */
void ss_catalog_replace_texts(ss_catalog *catalog, ss_text_replacement *replacement,
                              const void *arg, ss_arena *result);

#endif
