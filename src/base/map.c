#include "base/map.h"

#include <stdint.h>
#include <string.h>

typedef struct slot
{
    const char *key;
    void *value;
} slot;

/* Open addressing with linear probing, at most half full. */
struct ss_map
{
    ss_arena *arena;
    slot *slots;
    size_t capacity; /* a power of two */
    size_t count;
};

/* FNV-1a.  Keys are names in one catalog or one policy, so nobody gains by making them collide. */
static size_t
hash(const char *key)
{
    uint64_t h = 1469598103934665603U;

    for (; *key != '\0'; key++)
        h = (h ^ (unsigned char) *key) * 1099511628211U;
    return (size_t) (h ^ (h >> 32));
}

static slot *
find(const ss_map *map, const char *key)
{
    size_t i = hash(key) & (map->capacity - 1);

    while (map->slots[i].key != NULL && strcmp(map->slots[i].key, key) != 0)
        i = (i + 1) & (map->capacity - 1);
    return &map->slots[i];
}

ss_map *
ss_map_new(ss_arena *arena)
{
    ss_map *map = ss_alloc(arena, 1, sizeof *map);

    map->arena = arena;
    map->capacity = 16;
    map->slots = ss_alloc(arena, map->capacity, sizeof *map->slots);
    return map;
}

static void
grow(ss_map *map)
{
    const slot *old = map->slots;
    const size_t n = map->capacity;

    map->capacity = n * 2;
    map->slots = ss_alloc(map->arena, map->capacity, sizeof *map->slots);
    for (size_t i = 0; i < n; i++)
    {
        if (old[i].key != NULL)
            *find(map, old[i].key) = old[i];
    }
}

void *
ss_map_put(ss_map *map, const char *key, void *value)
{
    slot *s;
    void *before;

    if (map->count * 2 >= map->capacity)
        grow(map);
    s = find(map, key);
    before = s->value;
    if (s->key == NULL)
        map->count++;
    *s = (slot){.key = key, .value = value};
    return before;
}

void *
ss_map_get(const ss_map *map, const char *key)
{
    return find(map, key)->value;
}

size_t
ss_map_count(const ss_map *map)
{
    return map->count;
}
