/* Random words for passwords and identifiers. */
#ifndef SS_SECRET_TOKEN_H
#define SS_SECRET_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* 160 random bits as 32 letters and digits (base32, lower case), in arena. */
char *ss_secret_token(ss_arena *arena);

/* n random bytes from the operating system. */
void ss_secret_random(unsigned char *bytes, size_t n);

/* 128 random bits as so many hexadecimal digits, in arena: the name of a run or a report. */
#define SS_SECRET_ID 32
char *ss_secret_id(ss_arena *arena);

/* Does text look like one, whole? */
bool ss_secret_is_id(const char *text);

#endif
