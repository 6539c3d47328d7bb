#include "secret/key_room.h"

#include <pthread.h>
#include <string.h>

#include "base/map.h"
#include "base/try.h"

#define KEYS_IN_FIRST                                                                              \
    480 /* with its edges a piece of locked memory is four pages then; each holds twice as many as the last */

struct ss_key_room
{
    ss_arena *arena;
    const unsigned char *sandbox_key;
    ss_map *known; /* what ss_key_of_use() was called with -> key */
    unsigned char *piece;
    size_t used, capacity; /* keys of the piece */
    pthread_mutex_t lock;
};

static void
destroy_lock(void *room)
{
    (void) pthread_mutex_destroy(&((ss_key_room *) room)->lock);
}

/* Room for one more key. */
static ss_code
take(ss_key_room *room, unsigned char **key, ss_error *err)
{
    if (room->used == room->capacity)
    {
        const size_t n = room->capacity == 0 ? KEYS_IN_FIRST : 2 * room->capacity;

        SS_TRY(ss_locked_new(room->arena, n * SS_KEY_BYTES, &room->piece, err));
        room->capacity = n;
        room->used = 0;
    }
    *key = room->piece + room->used++ * SS_KEY_BYTES;
    return SS_OK;
}

ss_code
ss_key_room_new(const unsigned char sandbox_key[SS_KEY_BYTES], ss_arena *owner, ss_key_room **room,
                ss_error *err)
{
    ss_key_room *r = ss_alloc(owner, 1, sizeof *r);
    unsigned char *key;

    r->arena = ss_arena_new(owner);
    r->known = ss_map_new(r->arena);
    SS_TRY(take(r, &key, err));
    memcpy(key, sandbox_key, SS_KEY_BYTES);
    r->sandbox_key = key;
    (void) pthread_mutex_init(&r->lock, NULL);
    ss_arena_defer(owner, destroy_lock, r);
    *room = r;
    return SS_OK;
}

/* The key of that name; *fresh, where it is new: to be filled. */
static ss_code
find(ss_key_room *room, const char *name, const unsigned char **key, unsigned char **fresh,
     ss_error *err)
{
    *fresh = NULL;
    *key = ss_map_get(room->known, name);
    if (*key != NULL)
        return SS_OK;
    SS_TRY(take(room, fresh, err));
    ss_map_put(room->known, name, *fresh);
    *key = *fresh;
    return SS_OK;
}

ss_code
ss_key_room_use(ss_key_room *room, const char *link_group, const char *kind, const char *version,
                const char *use, const unsigned char **key, ss_error *err)
{
    unsigned char *fresh;
    const char *name;
    ss_code code;

    (void) pthread_mutex_lock(&room->lock);
    /* With lengths, as the derivation has them. */
    name = ss_strf(room->arena, "%zu:%s%zu:%s%zu:%s%zu:%s", strlen(link_group), link_group,
                   strlen(kind), kind, strlen(version), version, strlen(use), use);
    code = find(room, name, key, &fresh, err);
    if (code == SS_OK && fresh != NULL)
        ss_key_of_use(fresh, room->sandbox_key, link_group, kind, version, use);
    (void) pthread_mutex_unlock(&room->lock);
    return code;
}

ss_code
ss_key_room_purpose(ss_key_room *room, const char *purpose, const unsigned char **key,
                    ss_error *err)
{
    unsigned char *fresh;
    ss_code code;

    (void) pthread_mutex_lock(&room->lock);
    /* That of a use begins with a digit. */
    code = find(room, ss_strf(room->arena, "purpose:%s", purpose), key, &fresh, err);
    if (code == SS_OK && fresh != NULL)
        ss_key_of_purpose(fresh, room->sandbox_key, purpose);
    (void) pthread_mutex_unlock(&room->lock);
    return code;
}

void
ss_key_room_fingerprint(const ss_key_room *room, char text[SS_FINGERPRINT + 1])
{
    ss_key_fingerprint(text, room->sandbox_key);
}
