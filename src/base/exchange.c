/* renameat2(2) is Linux's own. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

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
    return ss_fail(err, SS_EMEND, "could not rename \"%s\" to \"%s\": %s", folder, other,
                   strerror(errno));
}
