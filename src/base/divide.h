/* Whole numbers divided towards minus infinity: days before 2000 are as long as those after. */
#ifndef SS_BASE_DIVIDE_H
#define SS_BASE_DIVIDE_H

#include <stdint.h>

/* The largest whole number that is at most a / b; b is not 0, and not -1 where a is INT64_MIN. */
static inline int64_t
ss_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

#endif
