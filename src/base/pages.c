/* madvise() */
#define _GNU_SOURCE
#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void
ss_pages_large(void *block, size_t n)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t page = (uintptr_t) sysconf(_SC_PAGESIZE), start = (uintptr_t) block;
    const size_t before = (size_t) ((page - start % page) % page);

    if (n > before)
        (void) madvise((unsigned char *) block + before, n - before, MADV_HUGEPAGE);
#else
    (void) block;
    (void) n;
#endif
}
