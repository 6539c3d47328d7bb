/* Files that must be nobody else's: of keys, of people who are to be left out. */
#ifndef SS_SECRET_PRIVATE_FILE_H
#define SS_SECRET_PRIVATE_FILE_H

#include <sandseed/error.h>

/*
 * Open for reading.  SS_EMEND where it cannot be, or others could read or change it: it must be a regular file and no link,
 * ours or root's, of mode 0600 or less, in a folder that only we or root can change.  label: what messages call it.
 */
ss_code ss_private_file_open(const char *path, const char *label, int *fd, ss_error *err);

#endif
