/* A map from strings to pointers, in an arena.  Keys are not copied; nothing is ever removed. */
#ifndef SS_BASE_MAP_H
#define SS_BASE_MAP_H

#include <stddef.h>

#include "base/arena.h"

typedef struct ss_map ss_map;

ss_map *ss_map_new(ss_arena *arena);

/* Set key to value (not NULL).  Returns the value it had before, or NULL. */
void *ss_map_put(ss_map *map, const char *key, void *value);

/* The value of key, or NULL. */
void *ss_map_get(const ss_map *map, const char *key);

size_t ss_map_count(const ss_map *map);

#endif
