/* For qsort(). */
#ifndef SS_BASE_ORDER_H
#define SS_BASE_ORDER_H

/* Two uint64_t, ascending. */
int ss_compare_u64(const void *a, const void *b);

#endif
