/* getdents64(2) is Linux's own. */
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static void erase(int folder, const char *name);

/* Everything in the folder open at fd; the deepest first.  Errors are left for the removal of the folder itself. */
static void
empty_folder(int fd)
{
    alignas(struct dirent64) char entries[4096];
    ssize_t n;

    while ((n = getdents64(fd, entries, sizeof entries)) > 0)
    {
        for (ssize_t at = 0; at < n;)
        {
            const struct dirent64 *entry = (const void *) (entries + at);

            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                erase(fd, entry->d_name);
            at += entry->d_reclen;
        }
    }
}

static void
erase(int folder, const char *name)
{
    int fd;

    if (unlinkat(folder, name, 0) == 0)
        return;
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
    {
        empty_folder(fd);
        (void) close(fd);
    }
    (void) unlinkat(folder, name, AT_REMOVEDIR);
}

bool
ss_folder_erase(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT;
    empty_folder(fd);
    (void) close(fd);
    return rmdir(path) == 0 || errno == ENOENT;
}
