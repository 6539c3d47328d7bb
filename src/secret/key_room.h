/* The keys of a run: that of the sandbox and those of its uses, many in few pieces of locked memory. */
#ifndef SS_SECRET_KEY_ROOM_H
#define SS_SECRET_KEY_ROOM_H

#include "secret/key.h"
#include "secret/locked.h"

typedef struct ss_key_room ss_key_room;

/* A room with a copy of the sandbox's key; it and all keys in it are wiped with owner. */
ss_code ss_key_room_new(const unsigned char sandbox_key[SS_KEY_BYTES], ss_arena *owner,
                        ss_key_room **room, ss_error *err);

/*
 * The key of one use of one kind of pseudonym in one link group (ss_key_of_use()), which stays where it is as long as the
 * room: the same however often it is asked for.  Thread safe.
 */
ss_code ss_key_room_use(ss_key_room *room, const char *link_group, const char *kind,
                        const char *version, const char *use, const unsigned char **key,
                        ss_error *err);

/* The key of a purpose (ss_key_of_purpose()), likewise. */
ss_code ss_key_room_purpose(ss_key_room *room, const char *purpose, const unsigned char **key,
                            ss_error *err);

/* What names the sandbox's key in reports and logs. */
void ss_key_room_fingerprint(const ss_key_room *room, char text[SS_FINGERPRINT + 1]);

#endif
