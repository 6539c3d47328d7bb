/* Files and folders.  Every message names the path; new files are 0600, new folders 0700 unless said otherwise. */
#ifndef SS_BASE_FILE_H
#define SS_BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include <sandseed/error.h>

#include "base/arena.h"
#include "base/buf.h"

/* The whole of a regular file of at most limit bytes, NUL-terminated, in result; *n may be NULL. */
ss_code ss_file_read(const char *path, size_t limit, ss_arena *result, char **text, size_t *n,
                     ss_error *err);

/* Write path whole or not at all: temporary file beside it, fsync, rename, fsync of the folder. */
ss_code ss_file_write(const char *path, const void *data, size_t n, mode_t mode, ss_error *err);

/*
 * The same, given to another user before it gets its name (uid 0: to nobody else).  Safe in a folder
 * that this user can change, too.
 */
ss_code ss_file_write_as(const char *path, const void *data, size_t n, mode_t mode, uid_t uid,
                         gid_t gid, ss_error *err);

/* Write a file that is not there yet: SS_EMEND when it is.  0600. */
ss_code ss_file_write_new(const char *path, const void *data, size_t n, ss_error *err);

/*
 * As ss_file_write() for a file that is the user's own: behind a link the file that it leads to is replaced, and its mode and,
 * where this user may give them, its owner and group stay.  mode is that of a new one.
 */
ss_code ss_file_write_over(const char *path, const void *data, size_t n, mode_t mode,
                           ss_error *err);

/* The folder and its missing parents. */
ss_code ss_folder_make(const char *path, mode_t mode, ss_error *err);

/* Delete a folder and all in it; does not follow links.  Tolerates that it is not there. */
ss_code ss_folder_remove(const char *path, ss_error *err);
/* The same, for signal handlers and where memory is out; errno says why not. */
bool ss_folder_erase(const char *path);

/*
 * Give folder the name of another one that is there, which gets the name of this one: at once where the file system
 * can (renameat2(2)); elsewhere by way of the name aside, which must be free, in three steps: the other one keeps that
 * name should the last step fail.
 */
ss_code ss_folder_exchange(const char *folder, const char *other, const char *aside, ss_error *err);

/* Let a name that path was given survive a power failure: it is written with the folder that it stands in. */
void ss_path_sync(const char *path);

bool ss_path_exists(const char *path);

/* base/name, or name when it is absolute; in arena. */
char *ss_path_join(ss_arena *arena, const char *base, const char *name);

/* Absolute, links resolved as far as the path exists; in arena. */
char *ss_path_absolute(ss_arena *arena, const char *path);

#endif
