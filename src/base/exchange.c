/* renameat2(2) is Linux's own. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

ss_code
ss_folder_exchange(const char *folder, const char *other, const char *aside, ss_error *err)
{
    if (renameat2(AT_FDCWD, folder, AT_FDCWD, other, RENAME_EXCHANGE) == 0)
        return SS_OK;
    if ((errno == EINVAL || errno == ENOSYS) && rename(other, aside) == 0)
    {
        int why;

        if (rename(folder, other) == 0)
        {
            (void) rename(aside, folder);
            return SS_OK;
        }
        why = errno;
        (void) rename(aside, other);
        errno = why;
    }
    const ss_code code = errno == EBUSY || errno == ENOSPC ? SS_ERETRY : SS_EMEND;
    const char *reason = strerror(errno);
    ss_arena *scratch = ss_arena_new(NULL);

    (void) ss_fail(err, code, "could not rename \"%s\" to \"%s\": %s",
                   ss_printable(scratch, folder), ss_printable(scratch, other), reason);
    ss_arena_free(scratch);
    return code;
}
