/*
 * Pages of memory: what the kernel is told of a large block before it is written to.
 */
#ifndef SS_BASE_PAGES_H
#define SS_BASE_PAGES_H

#include <stddef.h>

/* Most of this block will soon be written to: let it come in large pages, where there are such.  Only time depends on it. */
void ss_pages_large(void *block, size_t n);

#endif
