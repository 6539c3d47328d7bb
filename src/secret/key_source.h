/*
 * Where a key comes from: a command of whoever holds keys, a descriptor that we inherited, or a file; a file under a
 * passphrase needs that, too.  Never an argument or the environment, which others can read.
 */
#ifndef SS_SECRET_KEY_SOURCE_H
#define SS_SECRET_KEY_SOURCE_H

#include <sandseed/watch.h>

#include "secret/keyring.h"

typedef struct ss_key_source /* one of the first three */
{
    const char *const *command; /* argv, run without a shell, prints the key; or NULL */
    bool has_fd;
    int fd;                      /* closed when it was read */
    const char *file;            /* or NULL */
    const char *passphrase_file; /* or NULL: the caller is asked (ss_watch), should it be needed */
} ss_key_source;

/* What messages call it: "key command \"vault\"", "descriptor 3", the file; in arena. */
const char *ss_key_source_label(const ss_key_source *source, ss_arena *arena);

/*
 * The keys that it holds, which go with owner.  SS_EMEND where it cannot be read or others could read or change it
 * (files: regular, no link, ours or root's, mode 0600 or less, in a folder that only we or root can change), where the
 * command fails or what it says is no key; SS_ERETRY when it does not end in time.  Nothing that a command says on its
 * standard error goes anywhere.
 */
ss_code ss_key_source_read(const ss_key_source *source, const ss_watch *watch, ss_arena *owner,
                           ss_keyring **ring, ss_error *err);

/* A passphrase's file, checked likewise, without the newline at its end. */
ss_code ss_passphrase_read(const char *file, ss_arena *owner, unsigned char **passphrase, size_t *n,
                           ss_error *err);

/* The passphrase of the file, or of the caller when it is NULL.  SS_EMEND when there is nobody to ask. */
ss_code ss_passphrase_get(const char *file, const char *prompt, const ss_watch *watch,
                          ss_arena *owner, unsigned char **passphrase, size_t *n, ss_error *err);

#endif
