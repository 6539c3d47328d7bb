/* memfd_create(2) */
#define _GNU_SOURCE

#include "base/memory_file.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3; some systems allow no other (vm.memfd_noexec) */
#endif

static void
close_deferred(void *fd)
{
    (void) close((int) (intptr_t) fd);
}

ss_code
ss_memory_file(ss_arena *owner, int *fd, ss_error *err)
{
    *fd = memfd_create("sandseed", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    if (*fd < 0 && errno == EINVAL)
        *fd = memfd_create("sandseed", MFD_CLOEXEC);
    if (*fd < 0)
        return ss_fail(err, SS_EMEND, "could not make a file in memory: %s", strerror(errno));
    ss_arena_defer(owner, close_deferred, (void *) (intptr_t) *fd);
    return SS_OK;
}

ss_code
ss_memory_file_append(int fd, const void *data, size_t n, ss_error *err)
{
    const unsigned char *bytes = data;

    while (n > 0)
    {
        const ssize_t w = write(fd, bytes, n);

        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return ss_fail(err, SS_ERETRY, "could not write to a file in memory: %s",
                           strerror(errno));
        bytes += w;
        n -= (size_t) w;
    }
    return SS_OK;
}
