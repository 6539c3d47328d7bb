#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A lock of what has another name by now, or none, keeps nobody off path. */
static bool
is_still(int fd, const char *path)
{
    struct stat held, named;

    return fstat(fd, &held) == 0 && lstat(path, &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

int
ss_lock_take(const char *path, int flags)
{
    const int fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
    int why = EWOULDBLOCK;

    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        why = errno;
    else if (is_still(fd, path))
        return fd;
    (void) close(fd);
    errno = why;
    return -1;
}
